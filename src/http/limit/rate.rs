//! So many in a minute by key, with an end to how many keys are remembered.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// How many questions pass between two looks at how many keys are remembered; a power of two.
const TIDY_EVERY: u64 = 1_024;

/// A limit by key; none where it was set to 0.
pub(super) struct Rate<K: Hash + Eq + Clone> {
    limiter: Option<DefaultKeyedRateLimiter<K>>,
    keys_max: usize,
    asked: AtomicU64,
}

impl<K: Hash + Eq + Clone> Rate<K> {
    /// So many a minute of each key, all of which may come at once.
    pub(super) fn per_minute(most: u32, keys_max: usize) -> Self {
        let limiter = NonZeroU32::new(most).map(|most| RateLimiter::keyed(Quota::per_minute(most)));
        Self { limiter, keys_max, asked: AtomicU64::new(0) }
    }

    /// One more of this key; an error says how long it should wait.
    pub(super) fn check(&self, key: &K) -> Result<(), Duration> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        if self.asked.fetch_add(1, Ordering::Relaxed).is_multiple_of(TIDY_EVERY)
            && limiter.len() > self.keys_max
        {
            limiter.retain_recent();
        }
        limiter.check_key(key).map_err(|no| no.wait_time_from(limiter.clock().now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_own_minute_and_is_told_how_long_to_wait() {
        let rate = Rate::per_minute(3, 10);
        for _ in 0..3 {
            assert_eq!(rate.check(&"one"), Ok(()));
        }

        let wait = rate.check(&"one").unwrap_err();

        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(20), "{wait:?}");
        assert_eq!(rate.check(&"another"), Ok(()));
    }

    #[test]
    fn nought_is_no_limit() {
        let rate = Rate::per_minute(0, 10);

        assert!((0..10_000).all(|_| rate.check(&"one").is_ok()));
    }

    #[test]
    fn quiet_keys_are_forgotten_when_there_are_too_many() {
        // So fast that a key is quiet again after a microsecond.
        let rate = Rate::per_minute(u32::MAX, 10);

        for key in 0..TIDY_EVERY * 4 {
            assert_eq!(rate.check(&key), Ok(()));
        }

        let remembered = rate.limiter.as_ref().map_or(0, |limiter| limiter.len() as u64);
        assert!(remembered <= TIDY_EVERY + 10, "{remembered}");
    }
}
