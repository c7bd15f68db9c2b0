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

/// What came of a call.
pub(super) fn of_outcome(outcome: &str) -> &'static str {
    match outcome {
        "booked" | "changed" => "good",
        "promised" | "pending" => "busy",
        "callback" => "warn",
        "failed" => "bad",
        _ => "quiet",
    }
}

/// What a function answered: a question back is no trouble, trouble is.
pub(super) fn of_answer(answer: &serde_json::Value) -> &'static str {
    match (answer["status"].as_str().unwrap_or_default(), answer["success"].as_bool()) {
        ("trouble" | "invalid" | "unknown_function" | "unknown_number" | "calendar_unreachable", _) => "bad",
        ("held" | "confirmed" | "booked" | "changed" | "cancelled" | "callback_noted", _) => "good",
        (_, Some(true)) => "busy",
        (_, Some(false) | None) => "warn",
    }
}

/// How a request about a booking ended.
pub(super) fn of_result(class: &str) -> &'static str {
    match class {
        "created" | "done" => "good",
        "definite no" | "not available" => "bad",
        "not executed" | "doubt" => "warn",
        _ => "quiet",
    }
}
