//! Stories of appointments that exist and are moved or called off, and of promises that are changed before they are booked.

use serde_json::{Value, json};
use uuid::Uuid;

use super::house::{CUT_BY_ANNA, CUT_BY_BEA, anna, bea, local, mitte};
use super::line::{Line, caller, whole, whole_but};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::Stage;
use crate::domain::booking::Order;
use crate::domain::call::{Appointment, Footing, Function, Outcome};
use crate::domain::callback::Reason;
use crate::domain::ids::{BookingId, CustomerId};
use crate::domain::retry::{later, minutes};
use crate::domain::slot::Slot;
use crate::domain::speech::names;

pub(super) const NAME: &str = "Erika Beispiel";

pub(super) fn customer() -> CustomerId {
    Uuid::from_u128(0xC).into()
}

pub(super) fn booking(n: u128) -> BookingId {
    Uuid::from_u128(0xB0 + n).into()
}

/// An appointment of Erika's with Anna, or with Bea where the number is even.
fn appointment(n: u128, start: &str) -> Appointment {
    let (event_type_id, calendar, staff) =
        if n.is_multiple_of(2) { (CUT_BY_BEA, bea(), "Bea") } else { (CUT_BY_ANNA, anna(), "Anna") };
    let start = local(start);
    let slot =
        Slot { start, end: later(start, minutes(30)), event_type_id, calendar, staff: Some(staff.into()) };
    Appointment {
        booking: booking(n),
        customer: customer(),
        branch: mitte(),
        service: "Haarschnitt".into(),
        slot,
        footing: Footing::Stands,
        change: None,
        is_of_this_call: false,
    }
}

/// Erika rings from her own number and has these appointments.
pub(super) fn erika(starts: &[&str]) -> Line {
    let mut line = Line::new();
    let number = caller().number().unwrap().clone();
    line.calendar.customers.push((names::fold(NAME), number, customer()));
    let all = starts.iter().zip(1..);
    line.calendar.appointments = all.map(|(start, n)| appointment(n, start)).collect();
    line
}

pub(super) fn change(line: &mut Line, args: &Value) -> Answer {
    line.invoke(&Function::ChangeAppointment, args)
}

pub(super) fn cancel(line: &mut Line, args: &Value) -> Answer {
    line.invoke(&Function::CancelAppointment, args)
}

pub(super) fn moved(n: u128, to: &str) -> (BookingId, Order) {
    (booking(n), Order::Move { to: local(to) })
}

#[test]
fn a_move_is_read_back_with_both_times_and_made_upon_the_yes() {
    let mut line = erika(&["2026-10-20T14:30"]);

    let held = change(&mut line, &json!({"name": NAME, "neues_datum": "22.10.", "neue_uhrzeit": "10 Uhr"}));

    assert_eq!(held.status, Status::Held);
    assert!(held.message.contains("20. Oktober, 14 Uhr 30"), "{}", held.message);
    assert!(held.message.contains("22. Oktober, 10 Uhr"), "{}", held.message);
    assert_eq!(line.calendar.orders, [], "nothing is ordered before the yes");
    let changed = change(&mut line, &json!({"bestaetigung": true}));
    assert_eq!(changed.status, Status::Changed, "{}", changed.message);
    assert!(changed.message.contains("22. Oktober, 10 Uhr"), "{}", changed.message);
    assert_eq!(line.calendar.orders, [moved(1, "2026-10-22T10:00")]);
    assert_eq!(line.calendar.holds.len(), 0, "the new time need not be held any longer");
    line.agent_words.push("Ich habe Ihren Termin verschoben.");
    line.hang_up(&json!({}));
    line.analyzed(&json!({}));
    assert_eq!((line.outcome(), line.reasons()), (Some(Outcome::Changed), vec![]));
    assert_eq!(line.intents.len(), 0);
}

#[test]
fn of_two_the_one_on_friday_is_moved_and_without_a_word_it_is_asked_which() {
    let mut line = erika(&["2026-10-20T14:30", "2026-10-23T09:00"]);

    let asked = change(&mut line, &json!({"name": NAME, "neues_datum": "29.10.", "neue_uhrzeit": "11:00"}));
    assert_eq!(asked.status, Status::WhichOne, "{}", asked.message);
    let held = change(
        &mut line,
        &json!({"datum": "Freitag, der 23.", "neues_datum": "29.10.", "neue_uhrzeit": "11:00"}),
    );
    assert_eq!(held.status, Status::Held, "{}", held.message);
    assert_eq!(change(&mut line, &json!({"bestaetigung": true})).status, Status::Changed);

    assert_eq!(line.calendar.orders, [moved(2, "2026-10-29T11:00")]);
}

#[test]
fn a_cancellation_is_asked_about_first_and_once() {
    let mut line = erika(&["2026-10-20T14:30"]);

    let asked = cancel(&mut line, &json!({"name": NAME, "bestaetigung": true}));
    assert_eq!((asked.status, line.calendar.orders.len()), (Status::ConfirmCancel, 0));
    let cancelled = cancel(&mut line, &json!({"bestaetigung": true}));
    assert_eq!(cancelled.status, Status::Cancelled, "{}", cancelled.message);
    assert_eq!(cancel(&mut line, &json!({"bestaetigung": true})).status, Status::Cancelled, "told again");

    assert_eq!(line.calendar.orders, [(booking(1), Order::Cancel)], "ordered once");
}

#[test]
fn a_no_leaves_it_as_it_is() {
    let mut line = erika(&["2026-10-20T14:30"]);
    cancel(&mut line, &json!({"name": NAME}));
    let stays = cancel(&mut line, &json!({"bestaetigung": false}));
    change(&mut line, &json!({"neues_datum": "22.10.", "neue_uhrzeit": "10:00"}));
    let stays_too = change(&mut line, &json!({"bestaetigung": false}));

    assert_eq!((stays.status, stays_too.status), (Status::Withdrawn, Status::Withdrawn));
    assert!(stays_too.message.contains("es bleibt bei"), "{}", stays_too.message);
    assert_eq!((line.calendar.orders.len(), line.calendar.holds.len()), (0, 0));
}

#[test]
fn another_time_after_the_read_back_needs_another_yes() {
    let mut line = erika(&["2026-10-20T14:30"]);
    change(&mut line, &json!({"name": NAME, "neues_datum": "22.10.", "neue_uhrzeit": "10:00"}));

    let other = change(&mut line, &json!({"neue_uhrzeit": "11:00", "bestaetigung": true}));

    assert_eq!((other.status, line.calendar.orders.len()), (Status::Held, 0));
    assert_eq!(change(&mut line, &json!({"bestaetigung": true})).status, Status::Changed);
    assert_eq!(line.calendar.orders, [moved(1, "2026-10-22T11:00")]);
}

#[test]
fn a_time_that_is_not_free_is_not_moved_to_and_others_are_offered() {
    let mut line = erika(&["2026-10-20T14:30"]);
    line.calendar.book_out(&[CUT_BY_ANNA], "2026-10-22T10:00");

    let taken = change(&mut line, &json!({"name": NAME, "neues_datum": "22.10.", "neue_uhrzeit": "10:00"}));

    assert_eq!(taken.status, Status::Unavailable, "with Bea it would be free, and it stays with Anna");
    let slot = taken.field("slots").unwrap()[0]["slot_id"].clone();
    assert_eq!(change(&mut line, &json!({"slot_id": slot})).status, Status::Held);
    assert_eq!(change(&mut line, &json!({"bestaetigung": true})).status, Status::Changed);
}

#[test]
fn what_is_missing_is_asked_for_one_after_the_other() {
    let mut line = erika(&["2026-10-20T14:30"]);

    let day = change(&mut line, &json!({"name": NAME}));
    let time = change(&mut line, &json!({"neues_datum": "22.10."}));
    let same = change(&mut line, &json!({"neues_datum": "20.10.", "neue_uhrzeit": "14:30"}));

    assert_eq!(day.field("missing").unwrap(), &json!(["neues_datum", "neue_uhrzeit"]));
    assert_eq!(time.field("missing").unwrap(), &json!(["neue_uhrzeit"]));
    assert_eq!(same.status, Status::Clarify, "{}", same.message);
}

#[test]
fn so_shortly_before_nothing_is_changed_by_telephone() {
    for wanted in [change, cancel] {
        let mut line = erika(&["2026-10-14T11:30"]);

        let told =
            wanted(&mut line, &json!({"name": NAME, "neues_datum": "22.10.", "neue_uhrzeit": "10:00"}));

        assert_eq!(told.status, Status::NotAllowed);
        assert_eq!(line.reasons(), [Reason::ChangeNotAllowed]);
        assert_eq!(line.calendar.orders, []);
    }
}

#[test]
fn a_paused_branch_moves_nothing_and_still_lets_people_cancel() {
    let mut line = erika(&["2026-10-20T14:30"]);
    line.company.branches[0].paused = true;

    let moved = change(&mut line, &json!({"name": NAME, "neues_datum": "22.10.", "neue_uhrzeit": "10:00"}));
    let cancelled = cancel(&mut line, &json!({}));

    assert_eq!((moved.status, cancelled.status), (Status::NotAllowed, Status::ConfirmCancel));
}

#[test]
fn a_change_that_takes_longer_is_being_worked_on_and_its_end_is_told_when_asked() {
    let mut line = erika(&["2026-10-20T14:30"]);
    line.calendar.changes_well = None;
    change(&mut line, &json!({"name": NAME, "neues_datum": "22.10.", "neue_uhrzeit": "10:00"}));

    assert_eq!(change(&mut line, &json!({"bestaetigung": true})).status, Status::Working);
    line.calendar.changes_well = Some(true);
    assert_eq!(change(&mut line, &json!({"bestaetigung": true})).status, Status::Changed);
}

#[test]
fn a_change_that_fails_is_told_as_it_is() {
    let mut line = erika(&["2026-10-20T14:30"]);
    line.calendar.changes_well = Some(false);
    cancel(&mut line, &json!({"name": NAME}));

    let failed = cancel(&mut line, &json!({"bestaetigung": true}));

    assert_eq!(failed.status, Status::CallbackNoted);
    assert!(failed.message.contains("es bleibt vorerst bei"), "{}", failed.message);
    line.agent_words.push("Ihr Termin ist storniert.");
    line.hang_up(&json!({}));
    line.analyzed(&json!({}));
    assert_eq!(line.reasons(), [Reason::PromiseWithoutBooking], "its booking has made an item of its own");
}

#[test]
fn whoever_hangs_up_after_the_yes_is_seen_to_and_without_one_called_back() {
    let mut agreed = erika(&["2026-10-20T14:30"]);
    agreed.calendar.changes_well = None;
    cancel(&mut agreed, &json!({"name": NAME}));
    cancel(&mut agreed, &json!({"bestaetigung": true}));
    agreed.hang_up(&json!({}));
    let mut open = erika(&["2026-10-20T14:30"]);
    cancel(&mut open, &json!({"name": NAME}));
    open.hang_up(&json!({}));
    open.analyzed(&json!({}));

    assert_eq!(agreed.calendar.orders.last(), Some(&(booking(1), Order::Cancel)));
    assert_eq!((agreed.outcome(), agreed.reasons()), (Some(Outcome::Changed), vec![]));
    assert_eq!((open.calendar.orders.len(), open.reasons()), (0, vec![Reason::CutOff]));
}

#[test]
fn what_this_call_has_only_promised_is_moved_in_its_draft() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();

    let held = change(&mut line, &json!({"neues_datum": "22.10.", "neue_uhrzeit": "10:00"}));

    assert_eq!(held.status, Status::Held, "{}", held.message);
    assert_eq!(change(&mut line, &json!({"bestaetigung": true})).status, Status::Confirmed);
    line.hang_up(&json!({}));
    assert_eq!(line.starts(), [local("2026-10-22T10:00")]);
    assert_eq!(line.calendar.orders, []);
}

#[test]
fn what_this_call_has_only_promised_is_dropped_in_its_draft() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();

    let asked = cancel(&mut line, &json!({}));

    assert_eq!((asked.status, line.stage(1)), (Status::ConfirmCancel, Stage::Confirmed));
    assert_eq!(cancel(&mut line, &json!({"bestaetigung": true})).status, Status::Cancelled);
    line.hang_up(&json!({}));
    assert_eq!(line.intents, []);
    assert_eq!(line.outcome(), Some(Outcome::Withdrawn));
}

#[test]
fn a_question_about_dropping_is_over_once_something_else_is_said() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    cancel(&mut line, &json!({}));
    line.collect(&whole_but(&json!({"uhrzeit": "16:00"})));
    line.yes();

    assert_eq!(cancel(&mut line, &json!({"bestaetigung": true})).status, Status::ConfirmCancel);
}

#[test]
fn no_more_appointments_than_allowed_are_given_to_one_customer() {
    let mut line = erika(&["2026-10-21T14:30"]);
    line.company.policy.open_appointments_max = Some(2);

    assert_eq!(line.collect(&whole()).status, Status::Held);
    line.yes();
    let third = line.collect(&whole_but(&json!({"termin": 2, "datum": "23.10."})));
    assert_eq!((third.status, line.draft(2).chosen), (Status::NotAllowed, None), "{}", third.message);
    let others = line.collect(&whole_but(&json!({"termin": 3, "datum": "23.10.", "name": "Max Beispiel"})));
    assert_eq!(others.status, Status::Held, "somebody else");
    line.hang_up(&json!({}));

    assert_eq!(line.starts(), [local("2026-10-20T14:30")], "what was agreed to stays");
}

#[test]
fn a_test_mode_changes_nothing_in_the_calendar() {
    let mut line = erika(&["2026-10-20T14:30"]);
    line.company.policy.test_mode = true;
    cancel(&mut line, &json!({"name": NAME}));

    assert_eq!(cancel(&mut line, &json!({"bestaetigung": true})).status, Status::Cancelled);
    assert_eq!(line.calendar.orders, []);
}

#[test]
fn whoever_takes_any_time_is_offered_times_of_the_same_person() {
    let mut line = erika(&["2026-10-20T14:30"]);

    let offered = change(&mut line, &json!({"name": NAME, "neues_datum": "22.10.", "neue_uhrzeit": "egal"}));

    let slots = offered.field("slots").unwrap().as_array().unwrap().clone();
    assert!(!slots.is_empty() && slots.iter().all(|slot| slot["staff"] == "Anna"), "{slots:?}");
}

#[test]
fn whoever_is_not_known_changes_nothing() {
    let mut line = erika(&["2026-10-20T14:30"]);

    let told = cancel(&mut line, &json!({"name": "Max Mustermann"}));

    assert_eq!(told.status, Status::IdentityNeeded);
    assert_eq!(line.calendar.orders, []);
}
