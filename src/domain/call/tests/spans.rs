//! Stories of days and times that are asked about or wished for: hours of a span, callbacks, emergencies, moves left open.

use serde_json::{Value, json};

use super::changing::{NAME, booking, change, erika};
use super::line::{Line, whole};
use super::why::{NOTHING, over, sentence};
use crate::domain::answer::{Answer, Status};
use crate::domain::call::{Function, Outcome};
use crate::domain::callback::{Priority, Reason};
use crate::domain::hours::DateRange;
use crate::domain::speech::Language;

/// The hours that are told for these words; closed from Christmas Eve on.
fn hours(words: &str, language: Language) -> String {
    let mut line = Line::new();
    line.company.language = language;
    let opening = line.company.branches[0].opening.as_mut().unwrap();
    opening.closures = vec![DateRange::parse("2026-12-24/2027-01-03").unwrap()];
    let told = line.invoke(&Function::OpeningHours, &json!({"datum": words}));
    assert_eq!(told.status, Status::Hours, "{}", told.message);
    told.message
}

#[test]
fn the_hours_of_a_span_are_true_for_every_day_of_it() {
    let de = |words| hours(words, Language::De);

    assert_eq!(
        de("vom 21. bis 31. Dezember"),
        "Wir haben Montag bis Mittwoch von 9 Uhr bis 18 Uhr geöffnet. Vom 24. bis 31. Dezember ist geschlossen."
    );
    assert_eq!(
        de("zwischen den Jahren"),
        "Vom 27. bis 30. Dezember haben wir geschlossen. Wieder geöffnet ist am Montag, 4. Januar 2027, ab 9 Uhr."
    );
    assert_eq!(
        de("Dezember"),
        "Wir haben Montag bis Freitag von 9 Uhr bis 18 Uhr und Samstag von 9 Uhr bis 14 Uhr geöffnet. \
         Vom 24. bis 31. Dezember ist geschlossen."
    );
    assert!(
        de("vom 1. November bis 31. März").ends_with("Das gilt bis Freitag, 1. Januar 2027."),
        "{}",
        de("vom 1. November bis 31. März")
    );
    assert_eq!(
        hours("21 December to 31 December", Language::En),
        "We are open Monday to Wednesday from 9 am to 6 pm. From December 24 to 31 we are closed."
    );
}

#[test]
fn as_a_rule_a_closure_is_told_to_its_end() {
    let mut line = Line::new();
    let opening = line.company.branches[0].opening.as_mut().unwrap();
    opening.closures = vec![DateRange::parse("2026-10-26/2026-11-13").unwrap()];
    let told = line.invoke(&Function::OpeningHours, &json!({}));

    assert!(told.message.ends_with("Vom 26. Oktober bis 13. November ist geschlossen."), "{}", told.message);
}

#[test]
fn a_day_that_is_closed_is_said_to_be_whatever_time_was_said() {
    let mut line = Line::new();
    let told = line.check(&json!({"dienstleistung": "Haarschnitt", "datum": "Sonntag", "uhrzeit": "10 Uhr"}));

    assert_eq!(told.status, Status::Closed);
    assert_eq!(
        told.message,
        "Am Sonntag, 18. Oktober, haben wir geschlossen. Welcher andere Tag passt Ihnen?"
    );
}

fn call_me(line: &mut Line, when: &str) -> Answer {
    line.invoke(&Function::RequestCallback, &json!({"grund": "Rezept", "wunschzeit": when}))
}

fn field(answer: &Answer, name: &str) -> Option<String> {
    answer.field(name).and_then(Value::as_str).map(str::to_owned)
}

#[test]
fn whoever_wants_to_be_called_when_nobody_is_there_hears_so_and_is_called_afterwards() {
    for (when, from, until) in [
        ("Samstag um 20 Uhr", "2026-10-19T09:00:00+02:00", "2026-10-19T11:00:00+02:00"),
        ("Sonntag", "2026-10-19T09:00:00+02:00", "2026-10-19T11:00:00+02:00"),
        ("morgen um 22 Uhr", "2026-10-16T09:00:00+02:00", "2026-10-16T11:00:00+02:00"),
    ] {
        let mut line = Line::new();
        let noted = call_me(&mut line, when);

        assert!(noted.message.starts_with("Zu dieser Zeit ist bei uns niemand da."), "{}", noted.message);
        assert_eq!(field(&noted, "from").as_deref(), Some(from), "{when}");
        assert_eq!(field(&noted, "until").as_deref(), Some(until), "{when}");
    }
}

#[test]
fn a_time_to_call_that_has_passed_or_is_no_time_is_not_passed_over_in_silence() {
    for (when, begin) in [("gestern", "Diese Zeit ist schon vorbei."), ("blabla", "Wann es Ihnen recht ist")]
    {
        let mut line = Line::new();
        let noted = call_me(&mut line, when);

        assert_eq!(noted.status, Status::CallbackNoted);
        assert!(noted.message.starts_with(begin), "{when}: {}", noted.message);
        assert_eq!(field(&noted, "from"), None);
        assert!(line.callbacks[0].wish.as_ref().unwrap().0.ends_with(when));
    }
}

#[test]
fn what_is_urgent_is_never_due_before_it_may_begin() {
    for when in
        ["morgen um 15 Uhr", "Freitag", "nächste Woche", "heute Abend", "Sonntag", "egal", "in zehn Minuten"]
    {
        for reason in ["Rezept", "dringend"] {
            let mut line = Line::new();
            let noted =
                line.invoke(&Function::RequestCallback, &json!({"grund": reason, "wunschzeit": when}));

            let (from, until) = (field(&noted, "from"), field(&noted, "until"));
            assert!(from.is_none_or(|from| Some(from) <= until), "{reason} {when}: {}", noted.message);
            let item = &line.callbacks[0];
            assert!(item.wished.is_none_or(|wished| wished.from <= item.due), "{reason} {when}");
        }
    }
}

#[test]
fn an_emergency_is_heard_in_whatever_argument_of_whatever_function() {
    for (function, args) in [
        (Function::RequestCallback, json!({"grund": "Ich habe Brustschmerzen"})),
        (Function::RequestCallback, json!({"grund": "Rezept", "wunschzeit": "sofort, ein Notfall"})),
        (Function::ChangeAppointment, json!({"neues_datum": "Brustschmerzen"})),
        (Function::ChangeAppointment, json!({"neue_uhrzeit": "jetzt, es ist ein Notfall"})),
        (Function::CancelAppointment, json!({"grund": "Notfall"})),
        (Function::FindAppointments, json!({"name": "Notfall"})),
        (Function::ConfirmAppointment, json!({"notiz": "Notfall"})),
        (Function::OpeningHours, json!({"datum": "Notfall"})),
        (Function::ListServices, json!({"filiale": "Notfall"})),
        (Function::CollectAppointment, json!({"mitarbeiter": "Notfall"})),
    ] {
        for mut line in [Line::new(), Line::hotline()] {
            let told = line.invoke(&function, &args);
            assert_eq!(told.status, Status::Emergency, "{args}: {}", told.message);
        }
    }
}

#[test]
fn a_callback_in_an_emergency_is_noted_first_of_all_and_why_tells_of_it() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    line.invoke(&Function::RequestCallback, &json!({"grund": "Brustschmerzen"}));
    over(&mut line, &json!({}));

    assert_eq!(line.callbacks[0].priority(), Priority::High);
    assert_eq!(line.outcome(), Some(Outcome::Promised));
    let why = sentence(&line, &NOTHING);
    assert!(why.contains("the caller spoke of an emergency"), "{why}");
}

#[test]
fn a_move_that_is_left_open_is_called_about_and_why_says_how_far_it_came() {
    let mut line = erika(&["2026-10-20T14:30"]);
    let asked = change(&mut line, &json!({"name": NAME, "neues_datum": "22.10."}));
    over(&mut line, &json!({}));

    assert_eq!(asked.field("missing"), Some(&json!(["neue_uhrzeit"])));
    assert_eq!((line.reasons(), line.outcome()), (vec![Reason::CutOff], Some(Outcome::Callback)));
    assert_eq!(line.callbacks[0].booking, Some(booking(1)));
    let why = sentence(&line, &NOTHING);
    assert!(!why.contains("did not agree") && why.contains("before it was clear to when"), "{why}");
}

#[test]
fn nobody_calls_back_about_a_move_where_nobody_can_be_called() {
    let mut line = erika(&["2026-10-20T14:30"]);
    change(&mut line, &json!({"name": NAME, "neues_datum": "22.10.", "neue_uhrzeit": "10:00"}));
    change(&mut line, &json!({"bestaetigung": false}));
    over(&mut line, &json!({}));

    assert_eq!((line.reasons(), line.outcome()), (vec![], Some(Outcome::Withdrawn)));
}

#[test]
fn a_weekday_means_a_later_week_where_there_is_nothing_on_the_next_one() {
    let mut line = erika(&["2026-11-02T10:00", "2026-11-02T14:00", "2026-11-03T10:00"]);
    let asked = change(&mut line, &json!({"name": NAME, "datum": "den am Montag"}));
    assert_eq!(asked.status, Status::WhichOne);
    assert_eq!(asked.field("appointments").unwrap().as_array().unwrap().len(), 2, "{}", asked.message);
    let args = json!({"datum": "den am Montag um zehn", "neues_datum": "4.11.", "neue_uhrzeit": "11:00"});
    let held = change(&mut line, &args);

    assert_eq!(held.status, Status::Held, "{}", held.message);
    assert!(held.message.contains("2. November, 10 Uhr"), "{}", held.message);
}

#[test]
fn a_move_to_some_time_of_a_week_is_offered_times() {
    let mut line = erika(&["2026-10-20T14:30"]);
    let week = change(&mut line, &json!({"name": NAME, "neues_datum": "nächste Woche"}));
    let mornings = change(&mut line, &json!({"neues_datum": "22.10.", "neue_uhrzeit": "vormittags"}));
    let slot = mornings.field("slots").unwrap()[0]["slot_id"].clone();
    let held = change(&mut line, &json!({"slot_id": slot}));

    assert_eq!((week.status, mornings.status), (Status::Available, Status::Available), "{}", week.message);
    assert_eq!(held.status, Status::Held, "{}", held.message);
    assert_eq!(change(&mut line, &json!({"bestaetigung": true})).status, Status::Changed);
}

#[test]
fn a_number_without_its_country_is_one_of_the_branchs_own() {
    let mut line = Line::withheld();
    line.company.branches[0].numbers = vec!["+35315550101".parse().unwrap()];
    line.invoke(&Function::RequestCallback, &json!({"telefonnummer": "085 123 45 70"}));
    assert_eq!(line.callbacks[0].phone.as_ref().unwrap().e164(), "+353851234570");

    let mut nowhere = Line::withheld();
    nowhere.company.branches[0].zone_name = "Europe/Lisbon".into();
    let asked = nowhere.invoke(&Function::RequestCallback, &json!({"telefonnummer": "085 123 45 70"}));
    assert_eq!(asked.field("missing"), Some(&json!(["telefonnummer"])), "nobody guesses a country");
}
