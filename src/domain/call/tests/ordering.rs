//! Stories of orders: what was agreed to is done once, for the appointment as it was read back, and told as it came out.

use serde_json::json;

use super::changing::{NAME, booking, cancel, change, erika, moved};
use super::house::local;
use super::line::Line;
use super::why::{NOTHING, sentence};
use crate::domain::answer::Status;
use crate::domain::booking::Order;
use crate::domain::call::{News, Outcome};
use crate::domain::callback::Reason;

/// Erika has agreed to have her appointment moved to the 22nd, and the calendar takes its time.
fn agreed() -> Line {
    let mut line = erika(&["2026-10-20T14:30"]);
    line.calendar.changes_well = None;
    change(&mut line, &json!({"name": NAME, "neues_datum": "22.10.", "neue_uhrzeit": "10:00"}));
    assert_eq!(change(&mut line, &json!({"bestaetigung": true})).status, Status::Working);
    line
}

fn stands_on(line: &Line, start: &str) -> bool {
    line.calendar.appointments[0].slot.start == local(start)
}

#[test]
fn the_late_end_of_a_call_does_not_undo_what_another_call_has_changed_since() {
    for news in [News::Ended, News::NoAnswer, News::GivenUp] {
        let mut line = agreed();
        line.calendar.changes_well = Some(true);
        line.calendar.catch_up(line.now);
        let other = Order::Move { to: local("2026-10-23T15:00") };
        line.calendar.changed_in_another_call(booking(1), other, line.now);

        line.news(news, &json!({}));

        assert!(stands_on(&line, "2026-10-23T15:00"), "{news:?}");
        assert_eq!((line.calendar.orders.len(), line.reasons()), (2, vec![]), "{news:?}");
    }
}

#[test]
fn the_late_end_of_a_call_does_not_undo_what_a_person_has_changed_since() {
    let mut line = agreed();
    line.calendar.changes_well = Some(true);
    line.calendar.catch_up(line.now);
    line.calendar.changed_by_a_person(booking(1), Some("2026-10-20T14:30"), line.now);

    line.hang_up(&json!({}));

    assert!(stands_on(&line, "2026-10-20T14:30"), "moved back to where it was, by somebody who had a reason");
    assert_eq!(line.calendar.orders, [moved(1, "2026-10-22T10:00")]);
    assert_eq!((line.outcome(), line.reasons()), (Some(Outcome::Changed), vec![]));
}

#[test]
fn a_yes_to_another_time_than_it_stands_at_by_now_is_asked_for_again() {
    let mut line = erika(&["2026-10-20T14:30"]);
    cancel(&mut line, &json!({"name": NAME}));
    line.calendar.changed_by_a_person(booking(1), Some("2026-10-21T14:30"), line.now);

    let again = cancel(&mut line, &json!({"bestaetigung": true}));

    assert_eq!((again.status, line.calendar.orders.len()), (Status::ConfirmCancel, 0));
    assert!(again.message.contains("21. Oktober"), "{}", again.message);
    let cancelled = cancel(&mut line, &json!({"bestaetigung": true}));
    assert_eq!(cancelled.status, Status::Cancelled);
    assert!(cancelled.message.contains("21. Oktober"), "{}", cancelled.message);
}

#[test]
fn a_move_from_another_time_than_was_read_back_is_read_back_anew() {
    let mut line = erika(&["2026-10-20T14:30"]);
    change(&mut line, &json!({"name": NAME, "neues_datum": "22.10.", "neue_uhrzeit": "10:00"}));
    line.calendar.changed_by_a_person(booking(1), Some("2026-10-21T14:30"), line.now);

    let again = change(&mut line, &json!({"bestaetigung": true}));

    assert_eq!((again.status, line.calendar.orders.len()), (Status::Held, 0));
    assert!(
        again.message.contains("21. Oktober") && again.message.contains("22. Oktober"),
        "{}",
        again.message
    );
    assert_eq!(change(&mut line, &json!({"bestaetigung": true})).status, Status::Changed);
    assert_eq!(line.calendar.orders, [moved(1, "2026-10-22T10:00")]);
}

#[test]
fn what_somebody_has_cancelled_meanwhile_is_not_said_to_stay() {
    let mut line = erika(&["2026-10-20T14:30"]);
    change(&mut line, &json!({"name": NAME, "neues_datum": "22.10.", "neue_uhrzeit": "10:00"}));
    line.calendar.changed_by_a_person(booking(1), None, line.now);

    let told = change(&mut line, &json!({"bestaetigung": true}));

    assert_eq!(told.status, Status::NotFound);
    assert!(told.message.contains("steht nicht mehr"), "{}", told.message);
    assert_eq!((line.calendar.orders.len(), line.reasons()), (0, vec![]));
}

#[test]
fn behind_the_change_of_another_call_the_caller_is_not_told_that_it_failed() {
    let mut line = erika(&["2026-10-20T14:30"]);
    cancel(&mut line, &json!({"name": NAME}));
    line.calendar.changes_well = None;
    let other = Order::Move { to: local("2026-10-23T15:00") };
    line.calendar.changed_in_another_call(booking(1), other, line.now);
    line.calendar.send_what_waits(line.now);

    let waits = cancel(&mut line, &json!({"bestaetigung": true}));

    assert_eq!((waits.status, line.calendar.orders.len()), (Status::Working, 1));
    line.calendar.changes_well = Some(true);
    line.calendar.catch_up(line.now);
    let again = cancel(&mut line, &json!({"bestaetigung": true}));
    assert_eq!(again.status, Status::ConfirmCancel, "{}", again.message);
    assert!(again.message.contains("23. Oktober"), "{}", again.message);
}

#[test]
fn whoever_hangs_up_before_it_could_be_ordered_is_called_back() {
    let mut line = erika(&["2026-10-20T14:30"]);
    cancel(&mut line, &json!({"name": NAME}));
    line.calendar.changes_well = None;
    let other = Order::Move { to: local("2026-10-23T15:00") };
    line.calendar.changed_in_another_call(booking(1), other, line.now);
    line.calendar.send_what_waits(line.now);
    cancel(&mut line, &json!({"bestaetigung": true}));

    line.hang_up(&json!({}));
    line.analyzed(&json!({}));

    assert_eq!((line.outcome(), line.reasons()), (Some(Outcome::Callback), vec![Reason::ChangeFailed]));
}

#[test]
fn a_change_that_failed_is_not_tried_again_by_the_end_of_the_call() {
    let mut line = agreed();
    line.calendar.changes_well = Some(false);
    line.calendar.catch_up(line.now);

    line.hang_up(&json!({}));

    assert_eq!(line.calendar.orders, [moved(1, "2026-10-22T10:00")]);
    assert!(stands_on(&line, "2026-10-20T14:30"));
    assert_eq!(line.reasons(), [], "its booking has made the item");
}

/// Another call has something done to Erika's appointment, which waits for a calendar that does not answer.
fn another_call_has(order: Order) -> Line {
    let mut line = erika(&["2026-10-20T14:30"]);
    line.calendar.changes_well = None;
    line.calendar.changed_in_another_call(booking(1), order, line.now);
    line
}

#[test]
fn whoever_wants_something_else_of_what_is_being_cancelled_hears_so_and_is_called_back() {
    let mut line = another_call_has(Order::Cancel);

    let told = change(&mut line, &json!({"name": NAME, "neues_datum": "22.10.", "neue_uhrzeit": "10 Uhr"}));
    let again = change(&mut line, &json!({"name": NAME}));

    assert_eq!((told.status, again.status), (Status::CallbackNoted, Status::CallbackNoted));
    assert!(told.message.contains("läuft gerade noch eine Absage"), "{}", told.message);
    assert!(told.field("until").is_some(), "{}", told.message);
    line.hang_up(&json!({}));
    line.analyzed(&json!({}));
    assert_eq!((line.outcome(), line.reasons()), (Some(Outcome::Callback), vec![Reason::ChangeNotAllowed]));
    let wish = &line.callbacks[0].wish.as_ref().unwrap().0;
    assert!(
        wish.starts_with("Verschieben: ") && wish.ends_with("-> Donnerstag, 22. Oktober, 10 Uhr"),
        "{wish}"
    );
    assert_eq!(line.calendar.orders.len(), 1, "nothing is ordered behind it");
}

#[test]
fn whoever_wants_it_cancelled_while_it_is_being_moved_is_called_back() {
    let mut line = another_call_has(Order::Move { to: local("2026-10-23T15:00") });

    let told = cancel(&mut line, &json!({"name": NAME}));
    let elsewhere =
        change(&mut line, &json!({"name": NAME, "neues_datum": "nach den Ferien", "neue_uhrzeit": "10 Uhr"}));

    assert_eq!((told.status, elsewhere.status), (Status::CallbackNoted, Status::CallbackNoted));
    let wishes: Vec<&str> = line.callbacks.iter().map(|one| one.wish.as_ref().unwrap().0.as_str()).collect();
    assert!(wishes[0].starts_with("Absage: "), "{wishes:?}");
    assert!(wishes[1].ends_with("-> nach den Ferien, 10 Uhr"), "{wishes:?}");
}

#[test]
fn whoever_wants_just_what_is_being_done_hears_that_it_is_being_done() {
    let mut cancelled = another_call_has(Order::Cancel);
    let mut moved = another_call_has(Order::Move { to: local("2026-10-22T10:00") });

    let told = cancel(&mut cancelled, &json!({"name": NAME}));
    let there = change(&mut moved, &json!({"name": NAME, "neues_datum": "22.10.", "neue_uhrzeit": "10:00"}));

    assert_eq!((told.status, there.status), (Status::Working, Status::Working));
    assert!(told.message.contains("Absage") && !told.message.contains("ändere"), "{}", told.message);
    assert_eq!((cancelled.reasons(), moved.reasons()), (vec![], vec![]));
}

#[test]
fn whoever_wants_something_else_of_what_this_call_has_just_ordered_is_called_back() {
    let mut line = erika(&["2026-10-20T14:30"]);
    line.calendar.changes_well = None;
    cancel(&mut line, &json!({"name": NAME}));
    cancel(&mut line, &json!({"bestaetigung": true}));

    let told = change(&mut line, &json!({"name": NAME, "neues_datum": "22.10.", "neue_uhrzeit": "10:00"}));

    assert_eq!(told.status, Status::CallbackNoted, "{}", told.message);
    line.hang_up(&json!({}));
    assert_eq!(line.reasons(), [Reason::ChangeNotAllowed]);
}

#[test]
fn what_was_still_being_done_when_the_call_ended_is_told_as_it_stands_now() {
    let mut line = agreed();
    line.hang_up(&json!({}));
    line.analyzed(&json!({}));

    let at_first = sentence(&line, &NOTHING);
    line.calendar.changes_well = Some(true);
    line.calendar.catch_up(line.now);
    let by_now = sentence(&line, &NOTHING);

    assert!(at_first.ends_with("the caller agreed, and it is still being done."), "{at_first}");
    assert!(by_now.ends_with("the caller agreed, and it is done."), "{by_now}");
}
