//! A burst: so much of one thing within a while that somebody has to know, and not of each.

use jiff::{SignedDuration, Timestamp};

use super::retry::later;

/// How many within the while are one.
const MANY: u32 = 10;
/// The while.
const WHILE: SignedDuration = SignedDuration::from_mins(10);

/// What was seen since the while began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Burst {
    since: Option<Timestamp>,
    count: u32,
}

impl Burst {
    /// Takes note of one more; true once in a while, with the one that makes them many.
    pub fn note(&mut self, now: Timestamp) -> bool {
        if self.since.is_none_or(|since| later(since, WHILE) <= now) {
            *self = Self { since: Some(now), count: 0 };
        }
        self.count = self.count.saturating_add(1);
        self.count == MANY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + 60 * minutes).unwrap()
    }

    #[test]
    fn ten_within_ten_minutes_are_a_burst_once() {
        let mut burst = Burst::default();

        let told: Vec<usize> = (1..=25).filter(|_| burst.note(at(0))).collect();

        assert_eq!(told, [10]);
    }

    #[test]
    fn a_few_now_and_then_are_none() {
        let mut burst = Burst::default();

        assert!((0..100).all(|nth| !burst.note(at(nth * 2))));
    }
}
