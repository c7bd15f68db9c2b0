//! So many in a minute by key, with an end to how many keys are remembered.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// How many questions pass between two looks at how many keys are remembered; a power of two.
const TIDY_EVERY: u64 = 1_024;

/// Why several questions may not be asked together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum Over {
    /// Not yet: after so long they may.
    For(Duration),
    /// They are more than may ever come at once, which is so many.
    Ever(u32),
}

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

    /// So many more of this key, who has asked once already: all or none, so that who is refused has lost nothing. The wait
    /// is until all of them and the one before them may be asked.
    pub(super) fn check_all(&self, key: &K, more: u32) -> Result<(), Over> {
        let (Some(limiter), Some(wanted)) = (&self.limiter, NonZeroU32::new(more)) else { return Ok(()) };
        let whole = wanted.saturating_add(1);
        if limiter.check_key_n(key, wanted).map_err(|most| Over::Ever(most.0))?.is_ok() {
            return Ok(());
        }
        match limiter.check_key_n(key, whole) {
            Ok(Err(no)) => Err(Over::For(no.wait_time_from(limiter.clock().now()))),
            // What could not be had a moment ago can be had now.
            Ok(Ok(())) => Ok(()),
            Err(most) => Err(Over::Ever(most.0)),
        }
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
    fn whoever_asks_for_several_at_once_gets_all_or_loses_none_and_is_told_when_all_can_be_had() {
        let rate = Rate::per_minute(10, 10);
        assert_eq!((rate.check(&"one"), rate.check_all(&"one", 4)), (Ok(()), Ok(())));
        assert_eq!(rate.check(&"one"), Ok(()));

        // Four are left, and it takes six seconds for one more.
        let Err(Over::For(wait)) = rate.check_all(&"one", 6) else { panic!("it is over the limit") };

        let seconds = wait.as_secs_f64();
        assert!(
            seconds > 12.0 && seconds <= 18.0,
            "three are missing, with the one that was asked: {wait:?}"
        );
        assert_eq!(rate.check_all(&"one", 4), Ok(()), "none of them was taken");
        assert_eq!(rate.check_all(&"one", 10), Err(Over::Ever(10)));
        assert_eq!(rate.check_all(&"another", 0), Ok(()));
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
