//! Stories of the yes: it counts for exactly what was read back, once.

use jiff::SignedDuration;
use serde_json::json;

use super::house::{CUT_BY_ANNA, CUT_BY_BEA, anna, local};
use super::line::{Line, whole, whole_but};
use crate::domain::answer::Status;
use crate::domain::appointment::Stage;
use crate::domain::call::{Function, Need, Outcome};
use crate::domain::slot::Kept;

#[test]
fn a_yes_that_comes_with_new_data_is_read_back_first() {
    let mut line = Line::new();
    let all_at_once = line.collect(&whole_but(&json!({"bestaetigung": true})));
    let changed = line.collect(&json!({"uhrzeit": "15:00", "bestaetigung": true}));

    assert_eq!((all_at_once.status, changed.status), (Status::Held, Status::Held));
    assert_eq!(line.yes().status, Status::Confirmed);
}

#[test]
fn a_yes_with_the_same_data_once_more_is_a_yes() {
    let mut line = Line::new();
    line.collect(&whole());

    assert_eq!(line.collect(&whole_but(&json!({"bestaetigung": true}))).status, Status::Confirmed);
}

#[test]
fn any_change_voids_the_yes() {
    let changes = [
        json!({"datum": "21.10.2026"}),
        json!({"uhrzeit": "15:00"}),
        json!({"dienstleistung": "Färben"}),
        json!({"mitarbeiter": "Bea"}),
        json!({"name": "Max Beispiel"}),
        json!({"email": "max@beispiel.example"}),
    ];
    for change in changes {
        let mut line = Line::new();
        line.collect(&whole());
        line.yes();
        let answer = line.collect(&change);

        assert_eq!((answer.status, line.stage(1)), (Status::Held, Stage::ReadBack), "{change}");
        line.hang_up(&json!({}));
        line.analyzed(&json!({}));
        assert!(line.intents.is_empty(), "{change}");
    }
}

#[test]
fn a_change_that_was_not_understood_voids_what_was_read_back() {
    for change in
        [json!({"dienstleistung": "Reifenwechsel"}), json!({"mitarbeiter": "Zoe"}), json!({"slot_id": "q9"})]
    {
        let mut line = Line::new();
        line.collect(&whole());
        line.collect(&change);

        assert_eq!(line.yes().status, Status::Held, "{change}");
        assert_eq!(line.yes().status, Status::Confirmed, "{change}");
    }
}

#[test]
fn a_day_that_was_not_understood_does_not_fall_back_to_the_one_before() {
    for change in [
        json!({"datum": "Montag, 20.10."}),
        json!({"datum": "so bald wie möglich"}),
        json!({"datum": "31.11.", "notiz": "Kommt mit Kind"}),
    ] {
        let mut line = Line::new();
        line.collect(&whole());
        line.collect(&change);
        let yes = line.yes();

        assert_eq!(yes.status, Status::Incomplete, "{change}");
        assert_eq!(yes.field("missing").unwrap()[0], "datum", "{change}");
    }
}

#[test]
fn a_note_or_another_number_does_not_void_the_yes() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    let answer = line.collect(&json!({"notiz": "Kommt mit Kind", "telefonnummer": "030 901821"}));
    line.hang_up(&json!({}));

    assert_eq!(answer.status, Status::Confirmed);
    assert_eq!(line.intents[0].person.note.as_deref(), Some("Kommt mit Kind"));
    assert_eq!(line.intents[0].person.phone.as_ref().unwrap().e164(), "+4930901821");
}

#[test]
fn a_number_said_with_the_yes_is_read_back_first() {
    let mut line = Line::new();
    line.collect(&whole());
    let answer = line.collect(&json!({"telefonnummer": "030 901821", "bestaetigung": true}));

    assert_eq!(answer.status, Status::Held);
    assert!(answer.message.contains("Telefon null drei null – "), "{}", answer.message);
    assert_eq!(line.yes().status, Status::Confirmed);
}

#[test]
fn the_number_the_call_comes_from_is_not_read_back() {
    let answer = Line::new().collect(&whole_but(&json!({"telefonnummer": "030 901820"})));

    assert!(!answer.message.contains("Telefon"), "{}", answer.message);
}

#[test]
fn a_yes_said_twice_is_confirmed_twice_and_booked_once() {
    let mut line = Line::new();
    line.collect(&whole());
    let answers = [line.yes(), line.yes(), line.collect(&whole_but(&json!({"bestaetigung": true})))];
    line.hang_up(&json!({}));

    assert!(answers.iter().all(|answer| *answer == answers[0] && answer.status == Status::Confirmed));
    assert_eq!(line.intents.len(), 1);
}

#[test]
fn an_explicit_no_after_the_read_back_withdraws() {
    let mut line = Line::new();
    line.collect(&whole());
    let answer = line.no();
    line.hang_up(&json!({}));

    assert_eq!(answer.status, Status::Withdrawn);
    assert!(line.calendar.holds.is_empty() && line.intents.is_empty() && line.callbacks.is_empty());
    assert_eq!(line.outcome(), Some(Outcome::Withdrawn));
}

#[test]
fn an_explicit_no_after_the_yes_withdraws_too() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    let answer = line.no();
    line.hang_up(&json!({"booking_confirmed": "true"}));

    assert_eq!(answer.status, Status::Withdrawn);
    assert!(line.intents.is_empty());
}

#[test]
fn a_no_that_comes_along_with_data_is_no_refusal() {
    let mut line = Line::new();
    let first = line.collect(&whole_but(&json!({"bestaetigung": false})));
    let second = line.collect(&json!({"uhrzeit": "15:00", "bestaetigung": false}));

    assert_eq!((first.status, second.status), (Status::Held, Status::Held));
    assert_eq!(line.draft(1).chosen.unwrap().slot.start, local("2026-10-20T15:00"));
}

#[test]
fn a_no_with_only_what_was_read_back_is_a_refusal() {
    let mut line = Line::new();
    line.collect(&whole());

    assert_eq!(line.collect(&whole_but(&json!({"bestaetigung": false}))).status, Status::Withdrawn);
}

#[test]
fn a_no_with_an_unclear_other_wish_asks_and_does_not_withdraw() {
    let mut line = Line::new();
    line.collect(&whole());
    let answer = line.collect(&json!({"datum": "31.11.", "bestaetigung": false}));

    assert_eq!((answer.status, line.stage(1)), (Status::Clarify, Stage::Open));
}

#[test]
fn a_no_with_the_wish_for_any_other_time_offers_some_and_does_not_withdraw() {
    let mut line = Line::new();
    line.collect(&whole());
    let answer = line.collect(&json!({"datum": "egal", "bestaetigung": false}));

    assert_eq!((answer.status, line.stage(1)), (Status::Available, Stage::Open));
}

#[test]
fn a_no_to_nothing_asks_on() {
    let answer = Line::new().no();

    assert_eq!(answer.status, Status::Incomplete);
}

#[test]
fn after_a_withdrawal_one_can_begin_anew() {
    let mut line = Line::new();
    line.collect(&whole());
    line.no();
    let again = line.collect(&whole_but(&json!({"datum": "22.10."})));
    line.yes();
    line.hang_up(&json!({}));

    assert_eq!(again.status, Status::Held);
    assert_eq!(line.starts(), [local("2026-10-22T14:30")]);
}

#[test]
fn where_no_confirmation_is_required_complete_is_confirmed() {
    let mut line = Line::new();
    line.company.policy.require_confirmation = false;
    let answer = line.collect(&whole());
    line.hang_up(&json!({}));

    assert_eq!(answer.status, Status::Confirmed);
    assert_eq!(line.intents.len(), 1);
}

#[test]
fn a_confirmed_slot_is_held_until_it_is_settled() {
    let mut line = Line::new();
    line.collect(&whole());
    let before = line.calendar.holds[&1].1;
    line.yes();

    assert_eq!(before, Some(local("2026-10-14T10:15")));
    assert_eq!(line.calendar.holds[&1].1, None);
}

#[test]
fn a_slot_that_is_lost_before_the_yes_needs_a_new_read_back() {
    let mut line = Line::new();
    line.collect(&whole());
    line.wait(2);
    line.calendar.book_out(&[CUT_BY_ANNA, CUT_BY_BEA], "2026-10-20T14:30");
    let taken = line.yes();
    line.calendar.only(&[CUT_BY_BEA], &["2026-10-20T14:30"]);
    let again = line.yes();

    assert_eq!((taken.status, again.status), (Status::SlotTaken, Status::Held));
    assert_eq!(again.field("appointment").unwrap()["staff"], "Bea");
}

#[test]
fn a_slot_lost_after_the_yes_needs_a_new_yes() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    line.wait(2);
    line.calendar.book_out(&[CUT_BY_ANNA, CUT_BY_BEA], "2026-10-20T14:30");
    let taken = line.yes();
    line.calendar.only(&[CUT_BY_BEA], &["2026-10-20T14:30"]);
    let again = line.collect(&json!({}));

    assert_eq!((taken.status, again.status), (Status::SlotTaken, Status::Held));
}

#[test]
fn a_hold_is_extended_only_when_a_minute_of_it_has_gone() {
    let mut line = Line::new();
    line.collect(&whole());
    line.collect(&json!({"notiz": "a"}));
    let at_once = line.calendar.asked.clone();
    line.wait(1);
    line.now += SignedDuration::from_secs(1);
    line.collect(&json!({"notiz": "b"}));

    assert_eq!(at_once, []);
    assert!(matches!(line.calendar.asked.as_slice(), [Need::Hold { until: Some(_), .. }]));
    assert_eq!(line.calendar.holds[&1].1, Some(local("2026-10-14T10:16") + SignedDuration::from_secs(1)));
}

#[test]
fn every_turn_extends_what_is_held_whatever_it_is_about() {
    let mut line = Line::new();
    line.collect(&whole());
    line.wait(8);
    line.invoke(&Function::ListServices, &json!({}));
    line.wait(8);
    line.check(&json!({"datum": "22.10."}));

    assert_eq!(line.calendar.holds[&1].1, Some(local("2026-10-14T10:31")));
    assert_eq!(line.draft(1).chosen.unwrap().until, Some(local("2026-10-14T10:31")));
}

#[test]
fn what_another_caller_took_over_meanwhile_is_let_go_by_a_turn_about_something_else() {
    let mut line = Line::new();
    line.collect(&whole_but(&json!({"mitarbeiter": "Anna"})));
    line.wait(11);
    let (start, end) = (local("2026-10-20T14:30"), local("2026-10-20T15:00"));
    line.calendar.others.push((Kept { calendar: anna(), start, end }, local("2026-10-14T10:30")));
    line.invoke(&Function::ListServices, &json!({}));

    assert_eq!((line.draft(1).chosen, line.stage(1)), (None, Stage::Open));
    assert_eq!(line.yes().status, Status::Unavailable);
}

#[test]
fn only_what_one_host_has_free_is_worth_hiding_from_web_visitors() {
    let hidden = |change: fn(&mut Line)| {
        let mut line = Line::new();
        change(&mut line);
        line.collect(&whole());
        line.call.courtesies(&line.company).count()
    };

    assert_eq!(hidden(|_| {}), 1);
    assert_eq!(hidden(|line| line.company.policy.calcom_reservation = false), 0);
    assert_eq!(hidden(|line| line.company.policy.hold_minutes = 0), 0);
    assert_eq!(hidden(|line| line.company.policy.test_mode = true), 0);
    assert_eq!(hidden(|line| line.calendar.reachable = false), 0);
    assert_eq!(hidden(|line| line.company.calendars.iter_mut().for_each(|one| one.hosts = 2)), 0);
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    assert_eq!(line.call.courtesies(&line.company).count(), 1, "until it is booked");
    line.hang_up(&json!({}));
    assert_eq!(line.call.courtesies(&line.company).count(), 0, "nothing is reserved anew after the end");
}

#[test]
fn a_hold_that_ran_out_and_went_to_another_is_slot_taken() {
    let mut line = Line::new();
    line.collect(&whole_but(&json!({"mitarbeiter": "Anna"})));
    line.wait(11);
    let (start, end) = (local("2026-10-20T14:30"), local("2026-10-20T15:00"));
    line.calendar.others.push((Kept { calendar: anna(), start, end }, local("2026-10-14T10:30")));
    let answer = line.yes();

    assert_eq!(answer.status, Status::SlotTaken);
    assert_eq!(line.draft(1).chosen, None);
}

#[test]
fn a_hold_that_ran_out_and_went_to_nobody_is_still_ours() {
    let mut line = Line::new();
    line.collect(&whole());
    line.wait(30);

    assert_eq!(line.yes().status, Status::Confirmed);
}

#[test]
fn without_holds_nothing_is_held_and_the_yes_still_counts() {
    let mut line = Line::new();
    line.company.policy.hold_minutes = 0;
    let held = line.collect(&whole());
    line.wait(30);
    let confirmed = line.yes();
    line.hang_up(&json!({}));

    assert_eq!((held.status, confirmed.status), (Status::Held, Status::Confirmed));
    assert!(line.calendar.holds.is_empty());
    assert_eq!(line.intents.len(), 1);
}

#[test]
fn what_is_offered_for_a_second_appointment_does_not_touch_the_yes_to_the_first() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    line.check(&json!({"termin": 2, "dienstleistung": "Haarschnitt", "datum": "21.10."}));

    assert_eq!(line.yes().status, Status::Confirmed);
}

#[test]
fn a_yes_in_the_variables_after_a_newer_offer_is_given_to_a_person() {
    let mut line = Line::new();
    line.collect(&whole());
    line.check(&json!({"datum": "21.10."}));
    line.hang_up(&json!({"booking_confirmed": "true"}));
    line.analyzed(&json!({"booking_confirmed": "true"}));

    assert!(line.intents.is_empty());
    assert_eq!(line.callbacks.len(), 1);
}
