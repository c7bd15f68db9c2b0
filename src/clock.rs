//! The only place that asks what time it is, and the only one that mints ids.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use uuid::{NoContext, Uuid};

/// The time of this process; may be shifted, so that a test can live on another day.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    shift: SignedDuration,
}

/// Measures how long something takes, whatever happens to the time of day.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Clock {
    /// A clock that runs beside the real one, so much ahead of it.
    pub fn shifted(shift: SignedDuration) -> Self {
        Self { shift }
    }

    /// A clock that shows that instant now and goes on from there.
    pub fn starting_at(at: Timestamp) -> Self {
        Self { shift: at.duration_since(Self::default().now()) }
    }

    /// How much this clock is ahead of the real one.
    pub fn shift(&self) -> SignedDuration {
        self.shift
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks")]
    pub fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        now.checked_add(self.shift).unwrap_or(now)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks")]
    pub fn stopwatch() -> Stopwatch {
        Stopwatch(Instant::now())
    }

    /// A fresh id, ordered by time (UUID v7).
    pub fn mint(&self) -> Uuid {
        let now = self.now();
        let seconds = u64::try_from(now.as_second()).unwrap_or(0);
        let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
        Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanos))
    }
}

impl Stopwatch {
    pub fn elapsed(&self) -> std::time::Duration {
        self.0.elapsed()
    }

    pub fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// What is left of so many milliseconds.
    pub fn left_of(&self, budget_ms: u64) -> std::time::Duration {
        std::time::Duration::from_millis(budget_ms).saturating_sub(self.0.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shifted_clock_lives_on_another_day() {
        let there: Timestamp = "2026-10-14T08:05:00Z".parse().unwrap();

        let clock = Clock::starting_at(there);

        let ahead = clock.now().duration_since(there);
        assert!(ahead >= SignedDuration::ZERO && ahead < SignedDuration::from_mins(1), "{ahead}");
    }

    #[test]
    fn ids_are_ordered_by_the_time_they_were_minted() {
        let (early, late) = (Clock::default(), Clock::shifted(SignedDuration::from_hours(1)));

        assert!(early.mint() < late.mint());
    }
}
