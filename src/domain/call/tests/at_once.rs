//! Stories of appointments that are booked while the caller is on the line, of emergencies, and of when somebody is there.

use serde_json::json;

use super::house::{CUT_BY_ANNA, CUT_BY_BEA, local};
use super::line::{Line, slots_of, whole, whole_but};
use crate::domain::answer::Status;
use crate::domain::booking::{Standing, State};
use crate::domain::call::{Function, Outcome};
use crate::domain::callback::Reason;
use crate::domain::ids::BookingId;
use crate::domain::phone::PhoneNumber;
use crate::domain::policy::BookingMoment;

fn in_call() -> Line {
    let mut line = Line::new();
    line.company.policy.booking_moment = BookingMoment::InCall;
    line
}

fn refused(why: &str) -> State {
    State::Refused { why: why.into() }
}

fn booking(line: &Line, number: u8) -> BookingId {
    BookingId::of(line.call.id, number)
}

#[test]
fn a_yes_is_booked_at_once_and_told_as_the_calendar_has_it() {
    let mut line = in_call();
    assert_eq!(line.collect(&whole()).status, Status::Held);

    let booked = line.yes();

    assert_eq!(booked.status, Status::Booked);
    assert_eq!(
        booked.message,
        "Ihr Termin ist eingetragen: Haarschnitt am Dienstag, 20. Oktober, 14 Uhr 30, bei Anna, Filiale Salon Beispiel \
         Mitte."
    );
    assert_eq!(line.intents.len(), 1);
    line.hang_up(&json!({}));
    assert_eq!((line.intents.len(), line.outcome()), (1, Some(Outcome::Promised)));
}

#[test]
fn what_its_owner_must_confirm_is_only_requested() {
    let mut line = in_call();
    line.calendar.fate = Some(State::Booked { uid: "abc".into(), standing: Standing::Pending });
    line.collect(&whole());

    assert_eq!(line.yes().status, Status::Requested);
}

#[test]
fn a_write_that_takes_longer_is_being_worked_on_and_the_next_question_tells_how_it_ended() {
    let mut line = in_call();
    line.calendar.fate = None;
    line.collect(&whole());

    assert_eq!(line.yes().status, Status::Working);
    assert_eq!(line.yes().status, Status::Working);
    line.calendar.fate = Some(State::Booked { uid: "abc".into(), standing: Standing::Accepted });
    assert_eq!(line.yes().status, Status::Booked);
    assert_eq!(line.intents.len(), 1, "one promise, one booking");
}

#[test]
fn a_time_that_is_taken_meanwhile_is_told_with_others_and_what_is_agreed_then_is_another_booking() {
    let mut line = in_call();
    line.collect(&whole_but(&json!({"mitarbeiter": "Anna"})));
    line.calendar.book_out(&[CUT_BY_ANNA], "2026-10-20T14:30");
    line.calendar.fate = Some(refused("slot_taken"));

    let taken = line.yes();

    assert_eq!(taken.status, Status::SlotTaken);
    let (handle, _) = slots_of(&taken)[0].clone();
    assert_eq!(line.collect(&json!({"slot_id": handle})).status, Status::Held);
    line.calendar.fate = Some(State::Booked { uid: "def".into(), standing: Standing::Accepted });
    assert_eq!(line.yes().status, Status::Booked);
    assert_eq!(line.intents.len(), 2);
    assert_eq!(line.intents[1].booking, booking(&line, 11));
    assert_eq!(line.replaced, [booking(&line, 1)], "nobody has to call about the first one");
    line.hang_up(&json!({}));
    assert_eq!((line.outcome(), line.reasons()), (Some(Outcome::Promised), vec![]));
}

#[test]
fn whoever_wants_none_of_the_others_is_called_back() {
    let mut line = in_call();
    line.collect(&whole());
    line.calendar.book_out(&[CUT_BY_ANNA, CUT_BY_BEA], "2026-10-20T14:30");
    line.calendar.fate = Some(refused("slot_taken"));
    assert_eq!(line.yes().status, Status::SlotTaken);

    let mut claimed = line;
    claimed.agent_words.push("Ihr Termin ist gebucht.");
    claimed.hang_up(&json!({}));
    claimed.analyzed(&json!({}));

    assert_eq!(claimed.outcome(), Some(Outcome::Callback), "what was missed has an item of its own");
    assert_eq!(claimed.reasons(), [Reason::PromiseWithoutBooking]);
    assert_eq!(claimed.replaced, []);
}

#[test]
fn what_the_calendar_refuses_for_good_is_called_back_about() {
    for fate in [refused("bad_request"), State::Failed { why: "timed_out".into() }] {
        let mut line = in_call();
        line.calendar.fate = Some(fate);
        line.collect(&whole());

        let told = line.yes();

        assert_eq!(told.status, Status::CallbackNoted);
        assert!(told.message.contains("nicht eintragen"), "{}", told.message);
        assert_eq!(line.reasons(), [], "its booking has made the item");
    }
}

#[test]
fn while_the_calendar_is_down_a_wish_is_noted_and_nobody_waits() {
    let mut line = in_call();
    line.calendar.reachable = false;
    line.calendar.fate = None;
    line.collect(&whole());

    assert_eq!(line.yes().status, Status::Noted);
    assert_eq!(line.yes().status, Status::Noted);
    assert_eq!(line.intents.len(), 1);
}

#[test]
fn something_else_said_about_what_is_booked_is_asked_about_and_a_second_appointment_has_a_number() {
    let mut line = in_call();
    line.collect(&whole());
    line.yes();

    let asked = line.collect(&json!({"datum": "22.10."}));

    assert_eq!(asked.status, Status::Clarify);
    assert!(asked.message.contains("14 Uhr 30"), "{}", asked.message);
    let second = line.collect(&whole_but(&json!({"termin": 2, "datum": "22.10.", "name": "Max Beispiel"})));
    assert_eq!(second.status, Status::Held);
    assert_eq!(line.collect(&json!({"termin": 2, "bestaetigung": true})).status, Status::Booked);
    assert_eq!(line.starts(), [local("2026-10-20T14:30"), local("2026-10-22T14:30")]);
}

#[test]
fn without_a_read_back_a_complete_wish_is_booked_at_once() {
    let mut line = in_call();
    line.company.policy.require_confirmation = false;

    assert_eq!(line.collect(&whole()).status, Status::Booked);
    assert_eq!(line.intents.len(), 1);
}

#[test]
fn a_test_mode_writes_nothing_and_keeps_nobody_waiting() {
    let mut line = in_call();
    line.company.policy.test_mode = true;
    line.collect(&whole());

    assert_eq!(line.yes().status, Status::Confirmed);
    assert!(line.intents[0].test_mode);
}

#[test]
fn an_emergency_is_no_matter_for_a_free_time() {
    let mut line = Line::new();
    let told = line.check(&json!({"dienstleistung": "Notfall, ich blute", "datum": "morgen"}));

    assert_eq!(told.status, Status::Emergency);
    assert!(told.message.contains("112") && told.message.contains("116 117"), "{}", told.message);
    assert_eq!((line.calendar.asked.len(), told.field("transfer_to")), (0, None));
    let calm =
        line.check(&json!({"dienstleistung": "Haarschnitt", "grund": "kein Notfall", "datum": "morgen"}));
    assert_eq!(calm.status, Status::Available);
}

#[test]
fn a_person_is_named_only_while_somebody_is_there() {
    let person = PhoneNumber::parse_e164("+493083793300").unwrap();
    for (hours, named) in [(0, true), (9, false)] {
        let mut line = Line::new();
        line.company.branches[0].transfer_to = Some(person.clone());
        line.wait(hours * 60);

        let emergency = line.collect(&json!({"notiz": "Brustschmerzen"}));
        let made_up = line.invoke(&Function::Unknown("tell_a_joke".into()), &json!({}));
        let hours = line.invoke(&Function::OpeningHours, &json!({}));

        for answer in [emergency, made_up] {
            let number = answer.field("transfer_to").and_then(|number| number.as_str());
            assert_eq!(number, named.then_some("+493083793300"), "{}", answer.message);
            assert_eq!(answer.message.contains("verbinde"), named, "{}", answer.message);
        }
        assert_eq!(hours.field("transfer_to"), None);
    }
}

#[test]
fn the_company_says_what_an_emergency_is_and_what_is_said_then() {
    let mut line = Line::new();
    line.company.policy.emergency_words = vec!["Rohrbruch".into()];
    line.company.policy.emergency_sentence = Some("Drehen Sie bitte den Haupthahn zu.".into());

    assert_eq!(
        line.collect(&json!({"notiz": "Wir haben einen Rohrbruch"})).message,
        "Drehen Sie bitte den Haupthahn zu."
    );
    assert_ne!(line.collect(&json!({"notiz": "Notfall"})).status, Status::Emergency);
}

#[test]
fn opening_hours_are_told_for_a_day_a_week_or_as_a_rule() {
    let mut line = Line::new();
    let mut ask = |args: serde_json::Value| {
        let told = line.invoke(&Function::OpeningHours, &args);
        assert_eq!(told.status, Status::Hours, "{}", told.message);
        let rows = told.field("hours").unwrap().as_array().unwrap().clone();
        (told.message.clone(), rows)
    };

    let (rule, rows) = ask(json!({}));
    assert_eq!(
        rule,
        "Wir haben Montag bis Freitag von 9 Uhr bis 18 Uhr und Samstag von 9 Uhr bis 14 Uhr geöffnet."
    );
    assert_eq!(rows.len(), 7);
    assert_eq!(rows[0]["open"][0], json!({"from": "09:00", "to": "18:00"}));
    let (saturday, rows) = ask(json!({"datum": "am Samstag"}));
    assert_eq!(saturday, "Am Samstag, 17. Oktober, haben wir von 9 Uhr bis 14 Uhr geöffnet.");
    assert_eq!((rows.len(), rows[0]["date"].as_str()), (1, Some("2026-10-17")));
    let (sunday, rows) = ask(json!({"datum": "Sonntag"}));
    assert_eq!(
        sunday,
        "Am Sonntag, 18. Oktober, haben wir geschlossen. Wieder geöffnet ist am Montag, 19. Oktober, ab 9 Uhr."
    );
    assert_eq!(rows[0]["open"], json!([]));
}

#[test]
fn closures_are_told_beside_the_rule() {
    let mut line = Line::new();
    let closed = crate::domain::hours::DateRange::parse("2026-10-23").unwrap();
    line.company.branches[0].opening.as_mut().unwrap().closures.push(closed);

    let told = line.invoke(&Function::OpeningHours, &json!({}));

    assert!(told.message.ends_with("Am Freitag, 23. Oktober, ist geschlossen."), "{}", told.message);
}
