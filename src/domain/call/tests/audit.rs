//! The audit after a call: promises that stand are left alone, promises without a fact reach a person, each once.

use serde_json::json;

use super::changing::erika;
use super::line::{Line, caller, collected, whole, whole_but};
use super::why::{NOTHING, sentence};
use crate::domain::alert::Alert;
use crate::domain::answer::Status;
use crate::domain::call::{Event, Function, News, Outcome};
use crate::domain::callback::{Priority, Reason};
use crate::domain::speech::claims::Claim;

const BOOKED: &str = "Perfekt, Ihr Termin ist gebucht!";

fn unfounded(line: &Line) -> Vec<Claim> {
    let events = line.journal.iter().filter_map(|(event, _)| {
        if let Event::Unfounded { claims } = event { Some(claims.iter().copied()) } else { None }
    });
    events.flatten().collect()
}

#[test]
fn a_promise_without_any_function_is_an_alert_and_a_callback_of_high_priority() {
    let mut line = Line::new();
    line.agent_words.push(BOOKED);
    line.hang_up(&json!({"dienstleistung": "Haarschnitt", "datum": "Dienstag"}));
    line.analyzed(&json!({"dienstleistung": "Haarschnitt", "datum": "Dienstag"}));

    assert_eq!(line.reasons(), [Reason::PromiseWithoutBooking]);
    let item = &line.callbacks[0];
    assert_eq!((item.priority(), item.phone.as_ref()), (Priority::High, caller().number()));
    assert_eq!(item.wish.as_ref().unwrap().0, "Haarschnitt, Dienstag");
    assert_eq!(line.alerts, [Alert::promise_without_booking(line.call.id)]);
    assert_eq!(unfounded(&line), [Claim::Booked]);
    assert_eq!(line.outcome(), Some(Outcome::Callback));
}

#[test]
fn a_promise_that_is_kept_is_no_news() {
    let mut line = Line::new();
    line.agent_words.push(BOOKED);
    line.collect(&whole());
    line.yes();
    line.hang_up(&json!({}));
    line.analyzed(&json!({}));

    assert_eq!((line.reasons(), line.alerts.len(), unfounded(&line)), (vec![], 0, vec![]));
    assert_eq!(line.outcome(), Some(Outcome::Promised));
}

#[test]
fn a_yes_in_the_variables_keeps_what_the_agent_promised() {
    let mut line = Line::new();
    line.agent_words.push(BOOKED);
    line.hang_up(&collected());

    assert_eq!((line.reasons(), unfounded(&line)), (vec![], vec![]));
}

#[test]
fn booked_is_what_the_agent_says_of_a_slot_that_was_only_held() {
    let mut line = Line::new();
    line.collect(&whole());
    line.agent_words.push(BOOKED);
    line.hang_up(&json!({}));
    line.analyzed(&json!({}));

    assert_eq!(line.reasons(), [Reason::PromiseWithoutBooking, Reason::CutOff]);
    assert_eq!(line.outcome(), Some(Outcome::Callback));
}

#[test]
fn the_words_that_come_only_with_the_analysis_are_audited_then() {
    let mut line = Line::new();
    line.collect(&whole());
    line.no();
    line.hang_up(&json!({}));
    assert_eq!(line.outcome(), Some(Outcome::Withdrawn));
    line.agent_words.push("Ich habe Ihren Termin auf Freitag verschoben.");
    line.analyzed(&json!({}));

    assert_eq!(line.reasons(), [Reason::PromiseWithoutBooking]);
    assert_eq!(unfounded(&line), [Claim::Moved]);
    assert_eq!(line.outcome(), Some(Outcome::Callback));
}

#[test]
fn what_the_caller_took_back_was_told_as_it_was() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    line.no();
    line.agent_words.extend([BOOKED, "In Ordnung, der Termin ist storniert."]);
    line.hang_up(&json!({}));
    line.analyzed(&json!({}));

    assert_eq!((line.reasons(), unfounded(&line)), (vec![], vec![]));
    assert_eq!(line.outcome(), Some(Outcome::Withdrawn));
}

#[test]
fn what_was_never_agreed_to_and_then_dropped_founds_no_claim_that_something_else_is_booked() {
    let mut line = Line::new();
    line.collect(&whole());
    line.no();
    line.agent_words.push("Dann habe ich Sie für Freitag um zehn eingetragen.");
    line.hang_up(&json!({}));
    line.analyzed(&json!({}));

    assert_eq!(
        (line.reasons(), unfounded(&line)),
        (vec![Reason::PromiseWithoutBooking], vec![Claim::Booked])
    );
}

#[test]
fn a_new_appointment_is_no_old_one_that_was_moved() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    line.agent_words.push("Ihren alten Termin habe ich verschoben.");
    line.hang_up(&json!({}));
    line.analyzed(&json!({}));

    assert_eq!((line.reasons(), unfounded(&line)), (vec![Reason::PromiseWithoutBooking], vec![Claim::Moved]));
    assert_eq!((line.intents.len(), line.outcome()), (1, Some(Outcome::Promised)));
}

#[test]
fn what_was_changed_in_the_call_after_it_had_been_told_was_moved() {
    let mut after_a_yes = Line::new();
    after_a_yes.collect(&whole());
    after_a_yes.yes();
    after_a_yes.collect(&json!({"uhrzeit": "16:00"}));
    after_a_yes.yes();
    let mut before_it = Line::new();
    before_it.collect(&whole());
    before_it.collect(&json!({"uhrzeit": "16:00"}));
    before_it.yes();
    let mut as_another = Line::new();
    as_another.collect(&whole());
    as_another.yes();
    as_another.no();
    as_another.collect(&whole_but(&json!({"termin": 2, "uhrzeit": "16:00"})));
    as_another.collect(&json!({"termin": 2, "bestaetigung": true}));
    for mut line in [after_a_yes, before_it, as_another] {
        line.agent_words.push("Ich habe Ihren Termin auf 16 Uhr verschoben.");
        line.hang_up(&json!({}));
        line.analyzed(&json!({}));

        assert_eq!((line.intents.len(), line.reasons(), unfounded(&line)), (1, vec![], vec![]));
    }
}

#[test]
fn a_change_that_nobody_has_agreed_to_is_no_move() {
    let mut line = Line::new();
    line.collect(&whole());
    line.yes();
    line.collect(&json!({"uhrzeit": "16:00"}));
    line.agent_words.push("Ich habe Ihren Termin auf 16 Uhr verschoben.");
    line.hang_up(&json!({}));
    line.analyzed(&json!({}));

    assert_eq!(unfounded(&line), [Claim::Moved]);
}

#[test]
fn cancelled_is_nothing_that_this_call_could_have_done_without_an_appointment() {
    let mut line = Line::new();
    line.invoke(&Function::Unknown("cancel_appointment".into()), &json!({}));
    line.agent_words.push("Ihr Termin am Montag ist storniert.");
    line.hang_up(&json!({}));
    line.time_is_up(&json!({}));

    assert_eq!(line.reasons(), [Reason::PromiseWithoutBooking]);
    assert_eq!(unfounded(&line), [Claim::Cancelled]);
}

#[test]
fn however_often_it_is_told_a_call_is_audited_once() {
    let mut line = Line::new();
    line.agent_words.push(BOOKED);
    line.hang_up(&json!({}));
    line.time_is_up(&json!({}));
    for news in [News::Analyzed, News::Ended, News::TimeIsUp, News::Analyzed] {
        line.news_again(news, &json!({}));
    }

    assert_eq!(line.reasons(), [Reason::PromiseWithoutBooking]);
    assert_eq!((line.alerts.len(), unfounded(&line)), (1, vec![Claim::Booked]));
}

#[test]
fn nothing_is_audited_while_something_may_still_come_of_the_call() {
    let mut line = Line::new();
    line.collect(&json!({"dienstleistung": "Haarschnitt"}));
    line.agent_words.push(BOOKED);
    line.hang_up(&json!({}));
    assert_eq!(unfounded(&line), []);

    line.analyzed(&json!({"booking_confirmed": "true", "datum": "20.10.", "uhrzeit": "14:30", "name": "Erika Beispiel"}));

    assert_eq!((line.reasons(), unfounded(&line)), (vec![], vec![]));
    assert_eq!(line.outcome(), Some(Outcome::Promised));
}

#[test]
fn on_a_hotline_without_a_branch_somebody_is_told_all_the_same() {
    let mut line = Line::hotline();
    line.agent_words.push("Your appointment is booked.");
    line.hang_up(&json!({}));
    line.analyzed(&json!({}));

    assert_eq!(line.reasons(), [Reason::PromiseWithoutBooking]);
    assert_eq!(line.outcome(), Some(Outcome::Callback));
}

#[test]
fn the_sentence_why_names_what_was_claimed() {
    let mut line = Line::new();
    line.agent_words.push(BOOKED);
    line.hang_up(&json!({}));
    line.analyzed(&json!({}));

    let why = sentence(&line, &NOTHING);

    assert_eq!(
        why,
        "Nothing was booked: the agent said that an appointment was booked, but nothing of the kind stands, and a person is \
         to call back by Wed 14 Oct 2026, 12:05."
    );
}

#[test]
fn whoever_is_in_a_hurry_or_names_a_time_is_called_accordingly() {
    let ask = |grund: &str, when: &str| {
        let mut line = Line::new();
        let noted = line.invoke(&Function::RequestCallback, &json!({"grund": grund, "wunschzeit": when}));
        assert_eq!(noted.status, Status::CallbackNoted);
        let until = noted.field("until").unwrap().as_str().unwrap().to_owned();
        (line.callbacks[0].priority(), until, line.callbacks[0].wished.is_some())
    };

    let soon = "2026-10-14T12:05:00+02:00".to_owned();
    assert_eq!(ask("Frage zur Rechnung", "egal"), (Priority::Normal, soon.clone(), false));
    assert_eq!(ask("Ich habe Zahnschmerzen", "egal"), (Priority::High, soon.clone(), false));
    assert_eq!(ask("Es ist dringend", "morgen um 15 Uhr"), (Priority::High, soon.clone(), false));
    assert_eq!(ask("Es ist kein Notfall", "egal"), (Priority::Normal, soon, false));
    let later = "2026-10-15T17:00:00+02:00".to_owned();
    assert_eq!(ask("Rückfrage", "morgen um 15 Uhr"), (Priority::Normal, later, true));
    let day = "2026-10-16T11:00:00+02:00".to_owned();
    assert_eq!(ask("Rückfrage", "am Freitag"), (Priority::Normal, day, true));
    let afterwards = "2026-10-16T11:00:00+02:00".to_owned();
    assert_eq!(ask("Rückfrage", "morgen um 22 Uhr").1, afterwards, "nobody is there then");
}

#[test]
fn no_more_slots_are_kept_for_one_call_than_the_company_allows() {
    let mut line = Line::new();
    line.company.policy.holds_max = 1;
    assert_eq!(line.collect(&whole()).status, Status::Held);

    let second = line.collect(&whole_but(&json!({"termin": 2, "uhrzeit": "16:00"})));

    assert_eq!(second.status, Status::Invalid);
}

#[test]
fn a_cancellation_that_was_not_wanted_in_the_end_is_none() {
    let mut line = erika(&["2026-10-20T14:30"]);
    line.agent_words.push("Ihr Termin ist storniert.");
    let asked = line.invoke(&Function::CancelAppointment, &json!({"name": "Erika Beispiel"}));
    assert_eq!(asked.status, Status::ConfirmCancel, "{}", asked.message);
    line.invoke(&Function::CancelAppointment, &json!({"bestaetigung": false}));

    line.hang_up(&json!({}));
    line.analyzed(&json!({}));

    assert_eq!(unfounded(&line), [Claim::Cancelled]);
    assert_eq!(line.reasons(), [Reason::PromiseWithoutBooking]);
}

#[test]
fn variables_that_tell_of_a_change_book_nothing_anew() {
    for (new, told) in [
        (json!({"neues_datum": "22.10.", "neue_uhrzeit": "10 Uhr"}), "22.10.2026"),
        (json!({}), "20.10.2026"),
    ] {
        let mut line = erika(&["2026-10-20T14:30"]);
        let moves = new.get("neues_datum").is_some();
        let function = if moves { Function::ChangeAppointment } else { Function::CancelAppointment };
        line.invoke(&Function::FindAppointments, &json!({"name": "Erika Beispiel"}));
        line.invoke(&function, &new);
        let done = line.invoke(&function, &json!({"bestaetigung": true}));
        assert!([Status::Changed, Status::Cancelled].contains(&done.status), "{}", done.message);

        let time = if moves { "10:00" } else { "14:30" };
        let words = json!({
            "booking_confirmed": true, "datum": told, "uhrzeit": time, "name": "Erika Beispiel",
            "dienstleistung": "Haarschnitt",
        });
        line.hang_up(&words);
        line.analyzed(&words);

        assert_eq!((line.intents.len(), line.reasons()), (0, vec![]), "{told}");
        assert_eq!(line.outcome(), Some(Outcome::Changed), "{told}");
    }
}
