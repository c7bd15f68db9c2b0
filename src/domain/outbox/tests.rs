//! Tests of what follows from deliveries, of kinds of messages, and of the ids by which they are known.

use super::*;
use crate::domain::alert::Kind;

fn rules() -> Rules {
    Rules { pauses_ms: vec![5_000, 300_000], window_ms: 900_000 }
}

fn now() -> Timestamp {
    "2026-10-14T08:05:00Z".parse().unwrap()
}

fn in_ms(ms: i64) -> Timestamp {
    now().checked_add(SignedDuration::from_millis(ms)).unwrap()
}

fn not_now() -> Verdict {
    Verdict::NotNow("500".into())
}

fn reminder(start: Timestamp, sequence: i32) -> Message {
    Message {
        company: Uuid::from_u128(1).into(),
        channel: None,
        topic: Topic::Appointment(Occasion::Reminder),
        about: About::Appointment { booking: Uuid::from_u128(2).into(), start, was: None, sequence },
        due: start,
    }
}

#[test]
fn what_was_not_taken_comes_back_after_growing_pauses_and_is_given_up_in_the_end() {
    let rules = rules();

    let first = rules.next(1, not_now(), 0, now());
    let second = rules.next(2, not_now(), 0, now());
    let third = rules.next(3, not_now(), 0, now());

    assert_eq!(first, Next::Again { at: in_ms(5_000), why: "500".into() });
    assert_eq!(second, Next::Again { at: in_ms(300_000), why: "500".into() });
    assert_eq!(third, Next::Failed { why: "500".into() });
}

#[test]
fn chance_lengthens_a_pause_by_less_than_a_tenth() {
    let Next::Again { at, .. } = rules().next(1, not_now(), 999, now()) else { panic!("not tried again") };

    assert_eq!(at, in_ms(5_499));
    assert_eq!(rules().next(1, not_now(), u16::MAX, now()), rules().next(1, not_now(), 999, now()));
}

#[test]
fn what_will_never_be_taken_is_not_tried_again() {
    assert_eq!(rules().next(1, Verdict::Taken, 0, now()), Next::Sent);
    assert!(matches!(rules().next(1, Verdict::Gone, 0, now()), Next::Failed { .. }));
    assert!(matches!(rules().next(1, Verdict::Refused("550".into()), 0, now()), Next::Failed { .. }));
    assert!(matches!(rules().next(1, Verdict::Moot("over"), 0, now()), Next::Dropped { .. }));
}

#[test]
fn alerts_are_told_at_once_and_then_gathered_for_the_window() {
    let rules = rules();

    assert!(rules.may_tell(None, now()));
    assert!(!rules.may_tell(Some(now()), in_ms(899_999)));
    assert!(rules.may_tell(Some(now()), in_ms(900_000)));
}

#[test]
fn every_kind_of_message_is_read_as_it_is_written() {
    for topic in Topic::all() {
        assert_eq!(Topic::parse(topic.as_str()), Some(topic));
    }
    for kind in Kind::ALL {
        assert_eq!(Topic::Alert(kind).as_str(), format!("alert.{}", kind.as_str()));
    }
}

#[test]
fn a_reminder_of_the_same_time_is_the_same_message_whatever_has_happened_in_between() {
    assert_eq!(reminder(now(), 1).id(), reminder(now(), 5).id());
    assert_ne!(reminder(now(), 1).id(), reminder(in_ms(1_000), 1).id());
}
