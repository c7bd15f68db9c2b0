//! When to try again: a schedule as data, no sleeping.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Doubling pauses from `first_ms` to at most `longest_ms` (milliseconds).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backoff {
    pub first_ms: u64,
    pub longest_ms: u64,
}

impl Backoff {
    /// The pause after the n-th failure in a row; the first is number 1.
    pub fn pause(&self, failures: u32) -> SignedDuration {
        let doublings = failures.saturating_sub(1).min(32);
        let ms = self.first_ms.saturating_mul(1 << doublings).min(self.longest_ms);
        SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX))
    }

    /// All pauses after so many failures in a row, one after the other.
    pub fn pauses(&self, failures: u32) -> SignedDuration {
        // From here on every pause is the longest.
        let growing = failures.min(33);
        let grown: SignedDuration = (1..=growing).map(|n| self.pause(n)).sum();
        let rest = i32::try_from(failures - growing).unwrap_or(i32::MAX);
        grown.saturating_add(self.pause(34).checked_mul(rest).unwrap_or(SignedDuration::MAX))
    }

    /// The instant to try again after the n-th failure in a row.
    pub fn again_at(&self, failures: u32, now: Timestamp) -> Timestamp {
        later(now, self.pause(failures))
    }
}

/// `at + by`, or the end of time where that lies beyond the calendar.
pub fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// Milliseconds as a duration.
pub fn millis(ms: u64) -> SignedDuration {
    SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX))
}

/// Minutes as a duration.
pub fn minutes(count: u32) -> SignedDuration {
    SignedDuration::from_mins(i64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EASY: Backoff = Backoff { first_ms: 100, longest_ms: 1_000 };

    #[test]
    fn pauses_double_up_to_the_longest() {
        let pauses: Vec<i128> = (1..=6).map(|n| EASY.pause(n).as_millis()).collect();

        assert_eq!(pauses, [100, 200, 400, 800, 1_000, 1_000]);
    }

    #[test]
    fn all_pauses_together_are_what_has_been_waited() {
        let together: Vec<i128> = [0, 1, 2, 6, 40].map(|n| EASY.pauses(n).as_millis()).into();

        assert_eq!(together, [0, 100, 300, 3_500, 37_500]);
    }

    #[test]
    fn countless_failures_do_not_overflow() {
        assert_eq!(EASY.pause(u32::MAX).as_millis(), 1_000);
        assert!(EASY.pauses(u32::MAX) > EASY.pauses(i32::MAX.unsigned_abs()));
    }
}
