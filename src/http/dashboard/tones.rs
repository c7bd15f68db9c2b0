//! Which tone a state is shown in: `good`, `busy`, `warn`, `bad` or `quiet`. The word stands beside it, always.

pub(super) fn of_booking(state: &str) -> &'static str {
    match state {
        "booked" => "good",
        "waiting" | "sent" | "pending" => "busy",
        "unsure" => "warn",
        "refused" | "failed" => "bad",
        _ => "quiet",
    }
}

pub(super) fn of_callback(is_overdue: bool, state: &str) -> &'static str {
    match state {
        "done" => "good",
        _ if is_overdue => "bad",
        "unreachable" => "warn",
        _ => "busy",
    }
}

pub(super) fn of_breaker(state: &str) -> &'static str {
    match state {
        "closed" => "good",
        "half_open" => "warn",
        _ => "bad",
    }
}

/// How far an appointment has come while its call is live.
pub(super) fn of_stage(stage: &str) -> &'static str {
    match stage {
        "confirmed" | "requested" => "good",
        "held" => "busy",
        _ => "quiet",
    }
}
