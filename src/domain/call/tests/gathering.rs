//! Stories of what is said bit by bit: nothing is lost, nothing is taken for what it is not.

use serde_json::json;

use super::house::{cut, local};
use super::line::{Line, collected, whole, whole_but};
use crate::domain::answer::Status;
use crate::domain::appointment::{StaffWish, Stage};
use crate::domain::call::{Function, Outcome};
use crate::domain::speech::Language;

#[test]
fn data_in_three_parts_and_a_yes_make_one_intent() {
    let mut line = Line::new();
    let asked_for_the_day = line.collect(&json!({"dienstleistung": "Haare schneiden"}));
    let asked_for_the_name = line.collect(&json!({"datum": "20.10.", "uhrzeit": "14:30"}));
    let read_back = line.collect(&json!({"name": "Erika Beispiel"}));
    let confirmed = line.yes();
    line.hang_up(&json!({}));

    assert_eq!(asked_for_the_day.field("missing"), Some(&json!(["datum", "uhrzeit", "name"])));
    assert_eq!(asked_for_the_name.field("missing"), Some(&json!(["name"])));
    assert_eq!((read_back.status, confirmed.status), (Status::Held, Status::Confirmed));
    assert_eq!(line.starts(), ["2026-10-20T12:30:00Z".parse().unwrap()]);
    assert_eq!(line.outcome(), Some(Outcome::Promised));
}

#[test]
fn after_the_clocks_have_changed_half_past_two_is_an_hour_later_in_utc() {
    let mut line = Line::new();
    line.collect(&whole_but(&json!({"datum": "27.10.2026"})));
    line.yes();
    line.hang_up(&json!({}));

    assert_eq!(line.starts(), ["2026-10-27T13:30:00Z".parse().unwrap()]);
}

#[test]
fn the_read_back_says_all_that_the_yes_will_stand_for() {
    let answer = Line::new().collect(&whole());

    assert_eq!(
        answer.message,
        "Ich wiederhole: Haarschnitt am Dienstag, 20. Oktober, 14 Uhr 30, bei Anna, Filiale Salon Beispiel Mitte, auf den Namen Erika Beispiel. Ist das so richtig?"
    );
    assert_eq!(
        answer.field("appointment"),
        Some(&json!({
            "service": "Haarschnitt", "start": "2026-10-20T14:30:00+02:00", "end": "2026-10-20T15:00:00+02:00",
            "spoken": "Dienstag, 20. Oktober, 14 Uhr 30", "staff": "Anna"
        }))
    );
}

#[test]
fn an_unknown_service_is_asked_about_and_the_rest_is_kept() {
    let mut line = Line::new();
    let asked = line.collect(&whole_but(&json!({"dienstleistung": "Reifenwechsel"})));
    let read_back = line.collect(&json!({"dienstleistung": "Haarschnitt"}));

    assert_eq!(asked.status, Status::UnknownService);
    assert_eq!(asked.field("services"), Some(&json!(["Haarschnitt", "Färben"])));
    assert_eq!(read_back.status, Status::Held);
}

#[test]
fn what_stands_in_a_names_place_is_no_name() {
    for no_name in ["{{name}}", "", "unbekannt", "Anna", "Salon Beispiel", "14 Uhr"] {
        let mut line = Line::new();
        let answer = line.collect(&whole_but(&json!({"name": no_name})));

        assert_eq!(answer.field("missing"), Some(&json!(["name"])), "{no_name}");
        assert_eq!(line.draft(1).person.name, None, "{no_name}");
    }
}

#[test]
fn a_caller_without_a_number_is_asked_for_one() {
    let mut line = Line::withheld();
    let asked = line.collect(&whole());
    let too_early = line.yes();
    let read_back = line.collect(&json!({"telefonnummer": "030 901820"}));
    let confirmed = line.yes();
    line.hang_up(&json!({}));

    assert_eq!(asked.field("missing"), Some(&json!(["telefonnummer"])));
    assert_eq!(too_early.status, Status::Incomplete);
    assert_eq!((read_back.status, confirmed.status), (Status::Held, Status::Confirmed));
    assert_eq!(line.intents[0].person.phone.as_ref().unwrap().e164(), "+4930901820");
}

#[test]
fn a_number_that_was_not_understood_is_asked_for_again() {
    let mut line = Line::new();
    let answer = line.collect(&whole_but(&json!({"telefonnummer": "null eins"})));

    assert_eq!(answer.field("missing"), Some(&json!(["telefonnummer"])));
    assert_eq!(line.collect(&json!({"telefonnummer": "030 901821"})).status, Status::Held);
}

#[test]
fn an_address_is_spelled_in_the_read_back_and_a_wrong_one_asked_for() {
    let mut line = Line::new();
    let asked = line.collect(&whole_but(&json!({"email": "erika at beispiel"})));
    let read_back = line.collect(&json!({"email": "e@b.example"}));

    assert_eq!(asked.field("missing"), Some(&json!(["email"])));
    assert!(
        read_back.message.contains("E-Mail e, at, b, Punkt, e, x, a, m, p, l, e"),
        "{}",
        read_back.message
    );
}

#[test]
fn the_wished_person_is_the_one_who_is_booked() {
    let mut line = Line::new();
    let answer = line.collect(&whole_but(&json!({"mitarbeiter": "bei der Bea"})));
    line.yes();
    line.hang_up(&json!({}));

    assert_eq!(answer.field("appointment").unwrap()["staff"], "Bea");
    assert_eq!(line.intents[0].slot.staff.as_deref(), Some("Bea"));
}

#[test]
fn somebody_who_does_not_do_this_is_not_booked_for_it() {
    let mut line = Line::new();
    let answer = line.collect(&whole_but(&json!({"dienstleistung": "Färben", "mitarbeiter": "Anna"})));

    assert_eq!((answer.status, answer.field("candidates")), (Status::Clarify, Some(&json!(["Bea"]))));
    assert_eq!(answer.message, "Färben macht bei uns nur Bea. Ist Ihnen das recht?");
}

#[test]
fn whoever_the_caller_does_not_want_does_not_serve() {
    let mut line = Line::new();
    let answer = line.collect(&whole_but(&json!({"mitarbeiter": "egal, nur nicht bei Anna"})));

    assert_eq!(
        (answer.status, &answer.field("appointment").unwrap()["staff"]),
        (Status::Held, &json!("Bea"))
    );
    let mut line = Line::new();
    let dye = json!({"dienstleistung": "Färben", "mitarbeiter": "nicht bei der Bea"});
    let answer = line.collect(&whole_but(&dye));

    assert_eq!(answer.message, "Färben macht bei uns nur Bea. Ist Ihnen das recht?");
}

#[test]
fn no_preference_is_no_name_of_a_person() {
    for words in ["egal", "keine Präferenz", "beliebig", "wer frei ist"] {
        let mut line = Line::new();

        assert_eq!(line.collect(&whole_but(&json!({"mitarbeiter": words}))).status, Status::Held, "{words}");
        assert_eq!(line.draft(1).wish.staff, Some(StaffWish::Anyone), "{words}");
    }
}

#[test]
fn everybody_who_works_here_is_named_once() {
    let mut line = Line::new();
    line.company.branches[0].services[1].offers.reverse();
    line.company.branches[0].services.swap(0, 1);
    let answer = line.collect(&json!({"mitarbeiter": "Zoe"}));

    assert_eq!(answer.field("candidates"), Some(&json!(["Bea", "Anna"])));
}

#[test]
fn where_only_one_thing_is_offered_nobody_is_asked_what_it_is_about() {
    let mut line = Line::hotline();
    let answer = line.collect(&json!({"filiale": "Nord", "datum": "20.10.", "uhrzeit": "14:30"}));

    assert_eq!(answer.field("missing"), Some(&json!(["name"])));
}

#[test]
fn a_hotline_asks_for_the_branch_and_then_goes_on() {
    let mut line = Line::hotline();
    let asked = line.collect(&whole());
    let read_back = line.collect(&whole_but(&json!({"filiale": "Mitte"})));
    line.yes();
    line.hang_up(&json!({}));

    assert_eq!(asked.field("missing"), Some(&json!(["filiale"])));
    assert_eq!(asked.field("branches"), Some(&json!(["Salon Beispiel Mitte", "Salon Beispiel Nord"])));
    assert_eq!(read_back.status, Status::Held);
    assert_eq!(line.intents[0].branch, super::house::mitte());
}

#[test]
fn checking_first_is_remembered_when_collecting() {
    let mut line = Line::new();
    let free = line.check(&json!({"dienstleistung": "Haarschnitt", "datum": "20.10.", "uhrzeit": "14:30"}));
    let read_back = line.collect(&json!({"name": "Erika Beispiel"}));

    assert_eq!(free.message, "Dienstag, 20. Oktober, 14 Uhr 30 ist frei. Soll ich das für Sie festhalten?");
    assert_eq!(read_back.status, Status::Held);
    assert_eq!(line.draft(1).wish.service, Some(cut()));
}

#[test]
fn a_yes_after_something_else_was_offered_is_asked_about_again() {
    let mut line = Line::new();
    line.collect(&whole());
    line.check(&json!({"datum": "21.10."}));

    assert_eq!(line.yes().status, Status::Held);
    assert_eq!(line.yes().status, Status::Confirmed);
    line.check(&json!({"datum": "22.10."}));
    assert_eq!(line.yes().status, Status::Clarify, "what is promised stays promised, but which is meant?");
    assert_eq!(line.stage(1), Stage::Confirmed);
    assert_eq!(line.yes().status, Status::Confirmed);
    assert_eq!(line.draft(1).chosen.unwrap().slot.start, local("2026-10-20T14:30"));
}

#[test]
fn a_branch_that_pauses_gives_no_appointments_but_takes_callbacks() {
    let mut line = Line::new();
    line.company.branches[0].paused = true;
    let refused = line.collect(&whole());
    let noted = line.invoke(&Function::RequestCallback, &json!({"grund": "Termin", "wunschzeit": "abends"}));

    assert_eq!(refused.status, Status::Closed);
    assert_eq!(noted.status, Status::CallbackNoted);
    assert_eq!(noted.field("until"), Some(&json!("2026-10-15T10:00:00+02:00")));
    assert_eq!(line.callbacks[0].wish.as_ref().unwrap().0, "Termin / abends");
}

#[test]
fn a_callback_needs_a_number() {
    let mut line = Line::withheld();
    let asked = line.invoke(&Function::RequestCallback, &json!({"name": "Erika Beispiel"}));
    let noted = line.invoke(&Function::RequestCallback, &json!({"telefonnummer": "030 901820"}));
    line.hang_up(&json!({}));
    line.analyzed(&json!({}));

    assert_eq!((asked.status, noted.status), (Status::Incomplete, Status::CallbackNoted));
    assert_eq!(line.callbacks[0].name.as_ref().unwrap().0, "Erika Beispiel");
    assert_eq!(line.outcome(), Some(Outcome::Callback));
}

#[test]
fn what_cannot_be_read_or_done_is_said_and_changes_nothing() {
    let mut line = Line::new();
    let unknown = line.invoke(&Function::named("order_pizza"), &json!({}));
    let unreadable = line.invoke(&Function::CollectAppointment, &json!([1]));
    let tenth = line.collect(&whole_but(&json!({"termin": 10})));
    let named = line.collect(&whole_but(&json!({"termin": "der zweite"})));

    assert_eq!((unknown.status, unreadable.status), (Status::UnknownFunction, Status::Invalid));
    assert_eq!((tenth.status, named.status), (Status::Invalid, Status::Invalid));
    assert!(line.call.drafts.is_empty());
}

#[test]
fn a_house_with_hundreds_of_services_still_answers_shortly() {
    let mut line = Line::new();
    let template = line.company.branches[0].services[0].clone();
    let numbered = |n: u32| {
        let name = format!("Behandlung mit einem recht ausführlichen Namen und noch einem Zusatz, Stufe {n}");
        crate::domain::directory::Service { name, slug: format!("stufe-{n}"), ..template.clone() }
    };
    line.company.branches[0].services = (0..400).map(numbered).collect();

    assert_eq!(line.invoke(&Function::ListServices, &json!({})).status, Status::Services);
    assert_eq!(line.collect(&json!({"dienstleistung": "Massage"})).status, Status::UnknownService);
}

#[test]
fn checking_without_a_service_asks_and_does_not_say_it_was_not_found() {
    let answer = Line::new().check(&json!({"datum": "20.10."}));

    assert_eq!(answer.status, Status::UnknownService);
    assert_eq!(answer.message, "Worum geht es? Wir bieten Haarschnitt und Färben.");
}

#[test]
fn in_test_mode_the_intent_says_so() {
    let mut line = Line::new();
    line.company.policy.test_mode = true;
    line.hang_up(&collected());

    assert!(line.intents[0].test_mode);
}

#[test]
fn english_houses_speak_english() {
    let mut line = Line::new();
    line.company.language = Language::En;
    line.company.branches[0].services[0].name = "Haircut".into();
    let answer = line.collect(&json!({
        "dienstleistung": "haircut", "datum": "20 October", "uhrzeit": "2:30 pm", "name": "Erika Beispiel"
    }));

    assert_eq!(
        answer.message,
        "Let me repeat: Haircut on Tuesday, October 20, 2:30 pm, with Anna, branch Salon Beispiel Mitte, for Erika Beispiel. Is that right?"
    );
    assert_eq!(line.stage(1), Stage::ReadBack);
}
