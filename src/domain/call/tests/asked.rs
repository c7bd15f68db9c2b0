//! Stories of what a yes, a no and a name are to where appointments that stand are changed: to what was asked last, or to
//! what is named, and by whom it may be said.

use serde_json::json;
use uuid::Uuid;

use super::changing::{NAME, booking, cancel, change, customer, erika, moved};
use super::house::{CUT_BY_BEA, bea};
use super::line::{Line, caller, whole, whole_but};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::Stage;
use crate::domain::booking::Order;
use crate::domain::call::{Appointment, Function};
use crate::domain::callback::Reason;
use crate::domain::ids::CustomerId;

fn find(line: &mut Line) -> Answer {
    line.invoke(&Function::FindAppointments, &json!({"name": NAME}))
}

fn jonas() -> CustomerId {
    Uuid::from_u128(0xD).into()
}

/// Erika and Jonas ring from one number; each has one of these appointments.
fn family() -> Line {
    let mut line = erika(&["2026-10-20T14:30", "2026-10-21T14:30"]);
    line.calendar.customers.push(("jonas beispiel".into(), caller().number().unwrap().clone(), jonas()));
    let his = line.calendar.appointments.pop().unwrap();
    line.calendar.appointments.push(Appointment { customer: jonas(), ..his });
    line
}

#[test]
fn a_yes_is_to_the_appointment_that_was_read_back_last() {
    let mut line = erika(&["2026-10-20T14:30"]);
    line.collect(&whole_but(&json!({"datum": "22.10."})));
    line.yes();
    find(&mut line);
    let booked = cancel(&mut line, &json!({"booking": "t1"}));
    let promised = cancel(&mut line, &json!({"booking": "t2"}));

    let dropped = cancel(&mut line, &json!({"bestaetigung": true}));

    assert_eq!((booked.status, promised.status), (Status::ConfirmCancel, Status::ConfirmCancel));
    assert_eq!(dropped.status, Status::Cancelled);
    assert!(dropped.message.contains("22. Oktober"), "{}", dropped.message);
    assert_eq!((line.calendar.orders.len(), line.stage(1)), (0, Stage::Withdrawn));
}

#[test]
fn the_other_way_round_the_promise_stays() {
    let mut line = erika(&["2026-10-20T14:30"]);
    line.collect(&whole_but(&json!({"datum": "22.10."})));
    line.yes();
    find(&mut line);
    cancel(&mut line, &json!({"booking": "t2"}));
    cancel(&mut line, &json!({"booking": "t1"}));

    assert_eq!(cancel(&mut line, &json!({"bestaetigung": true})).status, Status::Cancelled);

    assert_eq!(line.calendar.orders, [(booking(1), Order::Cancel)]);
    assert_eq!(line.stage(1), Stage::Confirmed);
}

#[test]
fn of_two_cancellations_the_yes_is_to_the_one_that_was_named_again() {
    let mut line = erika(&["2026-10-20T14:30", "2026-10-21T14:30"]);
    find(&mut line);
    for booking in ["t1", "t2", "t1"] {
        cancel(&mut line, &json!({"booking": booking}));
    }

    cancel(&mut line, &json!({"bestaetigung": true}));

    assert_eq!(line.calendar.orders, [(booking(1), Order::Cancel)]);
}

#[test]
fn a_yes_after_another_question_is_asked_for_again() {
    let mut line = erika(&["2026-10-20T14:30", "2026-10-21T14:30"]);
    change(
        &mut line,
        &json!({"name": NAME, "datum": "20.10.", "neues_datum": "22.10.", "neue_uhrzeit": "10:00"}),
    );
    cancel(&mut line, &json!({"datum": "21.10."}));

    let unclear = change(&mut line, &json!({"bestaetigung": true}));

    assert_eq!((unclear.status, line.calendar.orders.len()), (Status::Held, 0));
    assert_eq!(change(&mut line, &json!({"bestaetigung": true})).status, Status::Changed);
}

#[test]
fn whoever_says_another_name_does_not_go_on_with_what_is_open() {
    let mut line = erika(&["2026-10-20T14:30"]);
    change(&mut line, &json!({"name": NAME, "neues_datum": "22.10.", "neue_uhrzeit": "10:00"}));

    let other = change(&mut line, &json!({"name": "Otto Muster", "bestaetigung": true}));

    assert_eq!((other.status, line.calendar.orders.len()), (Status::IdentityNeeded, 0));
    let hers = change(&mut line, &json!({"name": "Frau Beispiel", "bestaetigung": true}));
    assert_eq!(hers.status, Status::Changed, "{}", hers.message);
}

#[test]
fn after_too_many_tries_what_is_open_is_not_gone_on_with_either() {
    let mut line = erika(&["2026-10-20T14:30"]);
    change(&mut line, &json!({"name": NAME, "neues_datum": "22.10.", "neue_uhrzeit": "10:00"}));
    for _ in 0..3 {
        line.invoke(&Function::FindAppointments, &json!({"name": "Otto Muster"}));
    }

    let moved = change(&mut line, &json!({"name": "Otto Muster", "neue_uhrzeit": "11:00"}));
    let agreed = change(&mut line, &json!({"bestaetigung": true}));

    assert_eq!((moved.status, agreed.status), (Status::CallbackNoted, Status::CallbackNoted));
    assert_eq!((line.calendar.orders.len(), line.reasons()), (0, vec![Reason::Unidentified]));
}

#[test]
fn at_a_family_number_a_yes_under_another_name_is_about_that_ones_appointment() {
    let mut line = family();
    cancel(&mut line, &json!({"name": NAME}));
    assert_eq!(cancel(&mut line, &json!({"bestaetigung": true})).status, Status::Cancelled);

    let his = cancel(&mut line, &json!({"name": "Jonas Beispiel", "bestaetigung": true}));

    assert_eq!(his.status, Status::ConfirmCancel);
    assert!(his.message.contains("21. Oktober"), "{}", his.message);
    assert_eq!(line.calendar.orders, [(booking(1), Order::Cancel)]);
}

#[test]
fn at_a_family_number_another_name_takes_up_that_ones_appointment() {
    let mut line = family();
    change(&mut line, &json!({"name": NAME, "neues_datum": "22.10.", "neue_uhrzeit": "10:00"}));

    let his = change(
        &mut line,
        &json!({"name": "Jonas Beispiel", "neues_datum": "23.10.", "neue_uhrzeit": "10:00"}),
    );

    assert_eq!(his.status, Status::Held);
    assert!(his.message.contains("21. Oktober"), "{}", his.message);
}

#[test]
fn another_name_does_not_drop_what_somebody_has_just_been_promised() {
    let mut line = family();
    line.collect(&whole_but(&json!({"datum": "22.10."})));
    line.yes();
    find(&mut line);
    cancel(&mut line, &json!({"booking": "t2"}));

    let his = cancel(&mut line, &json!({"name": "Jonas Beispiel", "bestaetigung": true}));

    assert_ne!(his.status, Status::Cancelled, "{}", his.message);
    assert_eq!(line.stage(1), Stage::Confirmed);
}

#[test]
fn a_yes_may_name_the_appointment_it_is_about() {
    for named in
        [json!({"booking": "t1", "bestaetigung": true}), json!({"datum": "20.10.", "bestaetigung": true})]
    {
        let mut line = erika(&["2026-10-20T14:30", "2026-10-21T14:30"]);
        find(&mut line);
        let asked = cancel(&mut line, &named);

        assert_eq!(asked.status, Status::ConfirmCancel, "nothing was read back before");
        assert_eq!(cancel(&mut line, &named).status, Status::Cancelled, "{named}");
        assert_eq!(cancel(&mut line, &named).status, Status::Cancelled, "told again: {named}");
        assert_eq!(line.calendar.orders, [(booking(1), Order::Cancel)]);
    }
}

#[test]
fn a_yes_with_all_that_was_read_back_is_a_yes() {
    let mut line = erika(&["2026-10-20T14:30"]);
    let mut whole = json!({"booking": "t1", "neues_datum": "22.10.", "neue_uhrzeit": "10:00"});
    find(&mut line);
    assert_eq!(change(&mut line, &whole).status, Status::Held);
    whole["bestaetigung"] = true.into();

    let changed = change(&mut line, &whole);

    assert_eq!(changed.status, Status::Changed, "{}", changed.message);
    assert_eq!(change(&mut line, &whole).status, Status::Changed, "told again");
    assert_eq!(line.calendar.orders, [moved(1, "2026-10-22T10:00")]);
}

#[test]
fn a_yes_with_another_time_than_was_read_back_is_held_first() {
    let mut line = erika(&["2026-10-20T14:30"]);
    find(&mut line);
    change(&mut line, &json!({"booking": "t1", "neues_datum": "22.10.", "neue_uhrzeit": "10:00"}));

    let other = change(
        &mut line,
        &json!({"booking": "t1", "neues_datum": "22.10.", "neue_uhrzeit": "11:00", "bestaetigung": true}),
    );

    assert_eq!((other.status, line.calendar.orders.len()), (Status::Held, 0));
}

#[test]
fn what_took_longer_is_told_to_whoever_names_the_appointment() {
    for wanted in [json!({"neues_datum": "22.10.", "neue_uhrzeit": "10:00"}), json!({})] {
        let mut line = erika(&["2026-10-20T14:30"]);
        let is_move = wanted.get("neues_datum").is_some();
        let ask = if is_move { change } else { cancel };
        find(&mut line);
        let mut named = wanted.clone();
        named["booking"] = "t1".into();
        ask(&mut line, &named);
        named["bestaetigung"] = true.into();
        line.calendar.changes_well = None;
        assert_eq!(ask(&mut line, &named).status, Status::Working);

        line.calendar.changes_well = Some(true);
        line.calendar.catch_up(line.now);
        let told = ask(&mut line, &named);

        let done = if is_move { Status::Changed } else { Status::Cancelled };
        assert_eq!((told.status, line.calendar.orders.len()), (done, 1), "{}", told.message);
    }
}

#[test]
fn twenty_questions_about_one_appointment_are_one_question() {
    let mut line = erika(&["2026-10-20T14:30"]);
    find(&mut line);
    for _ in 0..25 {
        assert_eq!(cancel(&mut line, &json!({"booking": "t1"})).status, Status::ConfirmCancel);
    }
}

#[test]
fn what_is_just_being_moved_is_one_appointment_and_not_a_promise_beside_it() {
    let mut line = erika(&["2026-10-20T14:30"]);
    line.calendar.changes_well = None;
    change(&mut line, &json!({"name": NAME, "neues_datum": "22.10.", "neue_uhrzeit": "10:00"}));
    assert_eq!(change(&mut line, &json!({"bestaetigung": true})).status, Status::Working);

    let found = find(&mut line);
    let cancelled = cancel(&mut line, &json!({}));

    let rows = found.field("appointments").unwrap().as_array().unwrap().clone();
    assert_eq!((rows.len(), rows[0].get("service")), (1, None), "{rows:?}");
    assert_eq!(cancelled.status, Status::CallbackNoted, "{}", cancelled.message);
}

#[test]
fn a_yes_after_something_else_was_offered_is_asked_for_again() {
    let mut line = erika(&["2026-10-20T14:30"]);
    change(&mut line, &json!({"name": NAME, "neues_datum": "22.10.", "neue_uhrzeit": "10:00"}));
    line.check(&json!({"dienstleistung": "Haarschnitt", "datum": "23.10."}));

    let again = change(&mut line, &json!({"bestaetigung": true}));

    assert_eq!((again.status, line.calendar.orders.len()), (Status::Held, 0));
    assert_eq!(change(&mut line, &json!({"bestaetigung": true})).status, Status::Changed);
    assert_eq!(line.calendar.orders, [moved(1, "2026-10-22T10:00")]);
}

#[test]
fn a_yes_to_a_cancellation_after_something_was_offered_is_asked_for_again() {
    let mut line = erika(&["2026-10-20T14:30"]);
    find(&mut line);
    cancel(&mut line, &json!({"booking": "t1"}));
    line.check(&json!({"dienstleistung": "Haarschnitt", "datum": "23.10."}));

    let again = cancel(&mut line, &json!({"booking": "t1", "bestaetigung": true}));

    assert_eq!((again.status, line.calendar.orders.len()), (Status::ConfirmCancel, 0));
}

#[test]
fn a_note_does_not_say_which_of_both_is_meant() {
    let mut line = Line::new();
    line.collect(&whole());
    line.check(&json!({"datum": "22.10."}));

    let noted = line.collect(&json!({"bestaetigung": true, "notiz": "bringt einen Hund mit"}));

    assert_eq!(noted.status, Status::Held);
    assert_eq!(line.yes().status, Status::Confirmed);
}

#[test]
fn an_appointment_with_anna_is_not_moved_to_a_time_of_beas() {
    for tells_what_for in [false, true] {
        let mut line = erika(&["2026-10-21T14:30"]);
        line.calendar.appointments[0].is_of_this_call = tells_what_for;
        line.check(&json!({"dienstleistung": "Haarschnitt", "mitarbeiter": "Bea", "datum": "22.10.", "uhrzeit": "10:00"}));

        let asked = change(&mut line, &json!({"name": NAME, "slot_id": "a1"}));
        let yes = change(&mut line, &json!({"bestaetigung": true}));

        assert_eq!((asked.status, yes.status), (Status::Clarify, Status::Incomplete), "{}", asked.message);
        assert_eq!(asked.message.contains("Anna"), tells_what_for, "{}", asked.message);
        assert_eq!(line.calendar.orders.len(), 0);
    }
}

#[test]
fn with_whom_it_is_moved_is_read_back_where_that_may_be_told() {
    let mut line = erika(&["2026-10-21T14:30"]);
    let mine = &mut line.calendar.appointments[0];
    (mine.is_of_this_call, mine.slot.event_type_id, mine.slot.calendar) = (true, CUT_BY_BEA, bea());

    let held = change(&mut line, &json!({"name": NAME, "neues_datum": "22.10.", "neue_uhrzeit": "10:00"}));

    assert!(held.message.contains("bei Bea"), "{}", held.message);
    assert_eq!(line.calendar.appointments[0].customer, customer());
}
