//! Stories of several appointments in one call.

use serde_json::json;

use super::house::{CUT_BY_BEA, local};
use super::line::{Line, collected, whole, whole_but};
use crate::domain::answer::Status;
use crate::domain::call::Outcome;
use crate::domain::callback::Reason;

#[test]
fn two_appointments_are_two_intents() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    line.collect(&whole_but(&json!({"termin": 2, "name": "Max Beispiel", "datum": "22.10."})));
    line.collect(&json!({"termin": 2, "bestaetigung": true}));
    line.hang_up(&json!({}));

    assert_eq!(line.starts(), [local("2026-10-20T14:30"), local("2026-10-22T14:30")]);
    assert_ne!(line.intents[0].booking, line.intents[1].booking);
    assert_ne!(line.intents[0].customer, line.intents[1].customer);
}

#[test]
fn two_people_at_once_come_to_two_persons() {
    let mut line = Line::new();
    line.collect(&whole());
    let second = line.collect(&whole_but(&json!({"termin": 2, "name": "Max Beispiel"})));
    let third = line.collect(&whole_but(&json!({"termin": 3, "name": "Mia Beispiel"})));

    assert_eq!(second.field("appointment").unwrap()["staff"], "Bea");
    assert_eq!(third.status, Status::Unavailable);
}

#[test]
fn two_appointments_never_share_a_slot_even_without_holds_and_calendar() {
    for (hold_minutes, reachable) in [(0, true), (0, false), (10, false)] {
        let mut line = Line::new();
        line.company.policy.hold_minutes = hold_minutes;
        line.calendar.reachable = reachable;
        line.collect(&whole_but(&json!({"mitarbeiter": "Bea"})));
        let second =
            line.collect(&whole_but(&json!({"termin": 2, "name": "Max Beispiel", "mitarbeiter": "Bea"})));

        assert_eq!(second.status, Status::Unavailable, "{hold_minutes} {reachable}");
        assert_eq!(line.draft(2).chosen, None, "{hold_minutes} {reachable}");
    }
}

#[test]
fn at_most_three_are_held_at_a_time() {
    let mut line = Line::new();
    for (termin, day) in [(1, "20.10."), (2, "21.10."), (3, "22.10.")] {
        assert_eq!(line.collect(&whole_but(&json!({"termin": termin, "datum": day}))).status, Status::Held);
    }
    let fourth = line.collect(&whole_but(&json!({"termin": 4, "datum": "23.10."})));

    assert_eq!((fourth.status, line.calendar.holds.len()), (Status::Invalid, 3));
}

#[test]
fn a_no_to_the_second_leaves_the_first() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    line.collect(&whole_but(&json!({"termin": 2, "datum": "22.10."})));
    line.collect(&json!({"termin": 2, "bestaetigung": false}));
    line.hang_up(&json!({}));

    assert_eq!(line.starts(), [local("2026-10-20T14:30")]);
    assert_eq!(line.outcome(), Some(Outcome::Promised));
}

#[test]
fn the_first_is_booked_at_once_and_the_second_waits_for_the_analysis() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    line.collect(&whole_but(&json!({"termin": 2, "datum": "22.10."})));
    line.hang_up(&json!({}));
    let at_once = (line.intents.len(), line.outcome());
    line.analyzed(&json!({}));

    assert_eq!(at_once, (1, None));
    assert_eq!((line.intents.len(), line.outcome()), (1, Some(Outcome::Promised)));
    assert_eq!(line.reasons(), [Reason::CutOff]);
}

#[test]
fn the_yes_in_the_variables_does_not_take_the_slot_of_the_second_appointment() {
    let mut line = Line::new();
    line.calendar.only(&[CUT_BY_BEA], &["2026-10-20T14:30"]);
    line.collect(&whole_but(&json!({"termin": 2, "name": "Max Beispiel"})));
    line.collect(&json!({"termin": 2, "bestaetigung": true}));
    line.hang_up(&collected());
    line.analyzed(&collected());

    assert_eq!(line.intents.len(), 1);
    assert_eq!(line.reasons(), [Reason::SlotTaken]);
}

#[test]
fn a_broken_yes_to_the_first_hides_not_what_was_left_open_of_the_second() {
    let mut line = Line::new();
    line.collect(&json!({"dienstleistung": "Haarschnitt"}));
    line.collect(&whole_but(&json!({"termin": 2, "uhrzeit": "16:00"})));
    line.hang_up(&json!({"booking_confirmed": "true"}));
    line.time_is_up(&json!({"booking_confirmed": "true"}));

    let about: Vec<_> = line.callbacks.iter().map(|item| (item.appointment, item.reason)).collect();
    assert_eq!(about, [(2, Reason::CutOff), (1, Reason::UnclearWish)]);
}
