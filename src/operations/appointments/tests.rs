//! What a refusal says of the times that can be had instead.

use super::{FreeSlot, in_words};
use crate::operations::Error;

#[test]
fn a_time_that_is_taken_is_refused_with_what_is_free_near_it() {
    let slot = |start: &str, staff: Option<&str>| FreeSlot {
        start: start.into(),
        end: String::new(),
        spoken: String::new(),
        staff: staff.map(str::to_owned),
        calendar: None,
        event_type_id: 1,
    };
    let alternatives =
        vec![slot("2026-10-20T15:00:00+02:00", Some("Anna")), slot("2026-10-20T15:30:00+02:00", None)];

    assert_eq!(in_words(&[]), "; nothing is free near it");
    let refusal = Error::Taken { why: "this time is taken".into(), alternatives };
    assert_eq!(
        refusal.to_string(),
        "this time is taken; free near it: 2026-10-20T15:00:00+02:00 (Anna), 2026-10-20T15:30:00+02:00"
    );
}
