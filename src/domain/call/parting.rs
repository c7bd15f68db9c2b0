//! How the two parties came apart, as far as it changes what follows from a call.

/// How a call came to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parting {
    /// Somebody hung up, the line broke, or nothing is known about it.
    #[default]
    HungUp,
    /// Nobody ever spoke with anybody.
    NeverConnected,
    /// The caller went on talking with somebody else.
    PutThrough,
}

/// Reasons of Retell's that say that there was no conversation.
const NEVER: [&str; 16] = [
    // A status of Retell's, kept in place of the reason where none is given.
    "not_connected",
    "dial_busy",
    "dial_failed",
    "dial_no_answer",
    "invalid_destination",
    "user_declined",
    "telephony_provider_permission_denied",
    "telephony_provider_unavailable",
    "sip_routing_error",
    "marked_as_spam",
    "network_blocked",
    "concurrency_limit_reached",
    "no_valid_payment",
    "no_concurrency_fallback",
    "error_user_not_joined",
    "registered_call_timeout",
];
/// Reasons that say that a person, or another agent, has taken over.
const PUT_THROUGH: [&str; 3] = ["call_transfer", "transfer_bridged", "call_take_over"];

impl Parting {
    /// What Retell's `disconnection_reason` says; the list of reasons grows, and an unknown one is an ordinary end.
    pub fn of(reason: Option<&str>) -> Self {
        match reason {
            Some(reason) if NEVER.contains(&reason) => Self::NeverConnected,
            Some(reason) if PUT_THROUGH.contains(&reason) => Self::PutThrough,
            Some(_) | None => Self::HungUp,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_to_be_no_conversation_counts_as_none() {
        for reason in ["dial_no_answer", "registered_call_timeout", "not_connected"] {
            assert_eq!(Parting::of(Some(reason)), Parting::NeverConnected, "{reason}");
        }
        for reason in ["call_transfer", "transfer_bridged"] {
            assert_eq!(Parting::of(Some(reason)), Parting::PutThrough, "{reason}");
        }
        for reason in
            [None, Some("user_hangup"), Some("error_asr"), Some("transfer_cancelled"), Some("new_in_2027")]
        {
            assert_eq!(Parting::of(reason), Parting::HungUp, "{reason:?}");
        }
    }
}
