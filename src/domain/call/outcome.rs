//! What came of a call in the end, in one word: by its own decision, or by how its bookings stand.

use super::Outcome;

/// The word that lists show and filters take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Something is promised and not decided yet.
    Promised,
    Booked,
    /// Cal.com's owner must confirm it.
    Pending,
    /// Cal.com refused, or it was given up.
    Failed,
    Cancelled,
    /// An appointment that existed was moved or called off.
    Changed,
    Callback,
    Withdrawn,
    Abandoned,
    Nothing,
}

impl Standing {
    pub const ALL: [Self; 10] = [
        Self::Promised,
        Self::Booked,
        Self::Pending,
        Self::Failed,
        Self::Cancelled,
        Self::Changed,
        Self::Callback,
        Self::Withdrawn,
        Self::Abandoned,
        Self::Nothing,
    ];

    /// Of a call that promised nothing, or nothing that stands among the bookings yet.
    pub fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Promised => Self::Promised,
            Outcome::Changed => Self::Changed,
            Outcome::Callback => Self::Callback,
            Outcome::Withdrawn => Self::Withdrawn,
            Outcome::Abandoned => Self::Abandoned,
            Outcome::Nothing => Self::Nothing,
        }
    }

    /// Of a call whose bookings are in these states: what is open or broken is told before what went well.
    pub fn of_bookings(states: &[String]) -> Self {
        let any = |state: &str| states.iter().any(|one| one == state);
        if any("waiting") || any("sent") || any("unsure") {
            Self::Promised
        } else if any("failed") || any("refused") {
            Self::Failed
        } else if any("booked") {
            Self::Booked
        } else if any("pending") {
            Self::Pending
        } else {
            Self::Cancelled
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Promised => "promised",
            Self::Booked => "booked",
            Self::Pending => "pending",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Changed => "changed",
            Self::Callback => "callback",
            Self::Withdrawn => "withdrawn",
            Self::Abandoned => "abandoned",
            Self::Nothing => "nothing",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_a_call_can_be_settled_with_is_a_word_of_the_list() {
        let settled = [
            Outcome::Promised,
            Outcome::Changed,
            Outcome::Callback,
            Outcome::Withdrawn,
            Outcome::Abandoned,
            Outcome::Nothing,
        ];

        for outcome in settled {
            assert_eq!(Standing::parse(outcome.as_str()), Some(Standing::of(outcome)));
        }
    }

    #[test]
    fn a_promise_that_was_broken_outweighs_one_that_was_kept() {
        let of = |states: [&str; 2]| Standing::of_bookings(&states.map(str::to_owned));

        assert_eq!(of(["booked", "refused"]), Standing::Failed);
        assert_eq!(of(["booked", "unsure"]), Standing::Promised);
        assert_eq!(of(["booked", "pending"]), Standing::Booked);
        assert_eq!(of(["cancelled", "cancelled"]), Standing::Cancelled);
    }
}
