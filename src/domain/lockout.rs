//! When an account is locked: so many wrong passwords within a while, and nobody may try for a while.

use jiff::Timestamp;

use super::retry::{later, millis};

/// How many wrong passwords lock an account, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// 1 or more.
    pub wrong_max: u32,
    /// Wrong passwords count together that were tried within so many milliseconds.
    pub within_ms: u64,
    pub locked_ms: u64,
}

/// What was tried at an account without success.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    pub wrong: u32,
    pub since: Option<Timestamp>,
    pub locked_until: Option<Timestamp>,
}

impl Tries {
    pub fn is_locked(self, now: Timestamp) -> bool {
        self.locked_until.is_some_and(|until| now < until)
    }

    /// One try more, counted before it is known to be wrong: however many are made at a time, no more than that count.
    pub fn and_one_more(self, rules: Rules, now: Timestamp) -> Self {
        let since = self.since.filter(|since| now < later(*since, millis(rules.within_ms)));
        let wrong = if since.is_some() { self.wrong.saturating_add(1) } else { 1 };
        if wrong >= rules.wrong_max {
            return Self { wrong: 0, since: None, locked_until: Some(later(now, millis(rules.locked_ms))) };
        }
        Self { wrong, since: since.or(Some(now)), locked_until: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules { wrong_max: 3, within_ms: 60_000, locked_ms: 120_000 };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn after(seconds: &[i64]) -> Tries {
        seconds.iter().fold(Tries::default(), |tries, second| tries.and_one_more(RULES, at(*second)))
    }

    #[test]
    fn the_last_of_the_wrong_ones_locks_for_the_whole_time() {
        assert!(!after(&[0, 10]).is_locked(at(10)));
        let locked = after(&[0, 10, 20]);

        assert!(locked.is_locked(at(20)) && locked.is_locked(at(139)));
        assert!(!locked.is_locked(at(140)));
    }

    #[test]
    fn wrong_ones_far_apart_do_not_count_together() {
        assert!(!after(&[0, 10, 61]).is_locked(at(61)));
    }

    #[test]
    fn after_the_lock_counting_begins_anew() {
        assert!(!after(&[0, 10, 20, 150, 151]).is_locked(at(151)));
        assert!(after(&[0, 10, 20, 150, 151, 152]).is_locked(at(152)));
    }
}
