//! The sim's own clock: it stands outside the house, so it may ask what time it is.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

/// The simulated present: real time moved by an offset, so that a test may live in another year.
#[expect(clippy::disallowed_methods, reason = "the sim is outside the house and keeps its own clock here")]
pub fn now(offset: SignedDuration) -> Timestamp {
    let present = Timestamp::now();
    present.checked_add(offset).unwrap_or(present)
}

/// A reading of the monotonic clock, for measuring how long something took.
#[expect(clippy::disallowed_methods, reason = "the sim is outside the house and keeps its own clock here")]
pub fn instant() -> Instant {
    Instant::now()
}

/// Whole milliseconds since a reading of the monotonic clock.
pub fn elapsed_ms(since: Instant) -> u64 {
    u64::try_from(instant().duration_since(since).as_millis()).unwrap_or(u64::MAX)
}
