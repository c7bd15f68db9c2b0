//! The rate limit of Cal.com: so many requests a window for each key, then a block of its own length.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::settings::Settings;

/// What the limit says about one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    /// Seconds from now, not a point in time.
    pub(super) reset_s: u64,
    pub(super) is_blocked: bool,
}

/// One bucket for each key, and one for those without.
#[derive(Debug, Default)]
pub(super) struct Limits {
    buckets: HashMap<String, Bucket>,
}

#[derive(Debug)]
struct Bucket {
    since: Instant,
    used: u32,
    blocked_until: Option<Instant>,
}

impl Limits {
    /// Counts a request; nothing where the limit is switched off.
    pub(super) fn count(&mut self, settings: &Settings, key: &str, now: Instant) -> Option<Verdict> {
        let limit = settings.requests_per_minute?;
        let window = Duration::from_millis(settings.window_ms);
        let bucket = self.buckets.entry(key.to_owned()).or_insert_with(|| Bucket::fresh(now));
        if bucket.blocked_until.is_some_and(|until| until <= now)
            || (bucket.blocked_until.is_none() && now >= bucket.since + window)
        {
            *bucket = Bucket::fresh(now);
        }
        bucket.used = bucket.used.saturating_add(1);
        if bucket.used > limit && bucket.blocked_until.is_none() {
            bucket.blocked_until = Some(now + Duration::from_millis(settings.block_ms));
        }
        let end = bucket.blocked_until.unwrap_or(bucket.since + window);
        let left_ms = end.saturating_duration_since(now).as_millis();
        Some(Verdict {
            limit,
            remaining: limit.saturating_sub(bucket.used),
            reset_s: u64::try_from(left_ms.div_ceil(1000)).unwrap_or(u64::MAX),
            is_blocked: bucket.blocked_until.is_some(),
        })
    }
}

impl Bucket {
    fn fresh(now: Instant) -> Self {
        Self { since: now, used: 0, blocked_until: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::time;

    #[test]
    fn a_key_is_blocked_beyond_its_limit_until_the_block_ends() {
        let settings = Settings { requests_per_minute: Some(2), block_ms: 5_000, ..Settings::default() };
        let mut limits = Limits::default();
        let start = time::instant();

        let first = limits.count(&settings, "a", start).unwrap();
        limits.count(&settings, "a", start).unwrap();
        let third = limits.count(&settings, "a", start).unwrap();
        let later = limits.count(&settings, "a", start + Duration::from_secs(5)).unwrap();

        assert_eq!((first.remaining, first.reset_s, first.is_blocked), (1, 60, false));
        assert_eq!((third.remaining, third.reset_s, third.is_blocked), (0, 5, true));
        assert!(!later.is_blocked);
    }

    #[test]
    fn keys_have_buckets_of_their_own() {
        let settings = Settings { requests_per_minute: Some(1), ..Settings::default() };
        let mut limits = Limits::default();
        let start = time::instant();
        limits.count(&settings, "a", start).unwrap();
        limits.count(&settings, "a", start).unwrap();

        let other = limits.count(&settings, "b", start).unwrap();

        assert!(!other.is_blocked);
    }
}
