//! Who may hear of existing appointments, and which one is meant.

use serde_json::{Value, json};
use uuid::Uuid;

use super::house::{anna, local, mitte};
use super::line::{Line, whole, whole_but};
use crate::domain::answer::{Answer, Status};
use crate::domain::call::{Appointment, Event, Footing, Function};
use crate::domain::callback::Reason;
use crate::domain::ids::{BookingId, CustomerId};
use crate::domain::phone::PhoneNumber;
use crate::domain::policy::CallerId;
use crate::domain::slot::Slot;

const OWN: &str = "+4930901820";

fn erika() -> CustomerId {
    Uuid::from_u128(0xE).into()
}

fn jonas() -> CustomerId {
    Uuid::from_u128(0x10).into()
}

fn booking(n: u128) -> BookingId {
    Uuid::from_u128(0xB00 + n).into()
}

fn appointment(n: u128, customer: CustomerId, start: &str) -> Appointment {
    let start = local(start);
    let slot = Slot { start, end: start, event_type_id: 11, calendar: anna(), staff: Some("Anna".into()) };
    Appointment {
        booking: booking(n),
        customer,
        branch: mitte(),
        service: "Haarschnitt".into(),
        slot,
        footing: Footing::Stands,
        change: None,
        is_of_this_call: false,
    }
}

/// A line from Erika's number; she has an appointment on each of these days.
fn known(starts: &[&str]) -> Line {
    let mut line = Line::new();
    knows(&mut line, "erika beispiel", erika());
    for (n, start) in (1..).zip(starts) {
        line.calendar.appointments.push(appointment(n, erika(), start));
    }
    line
}

fn knows(line: &mut Line, name: &str, customer: CustomerId) {
    line.calendar.customers.push((name.into(), PhoneNumber::parse_e164(OWN).unwrap(), customer));
}

fn find(line: &mut Line, args: &Value) -> Answer {
    line.invoke(&Function::FindAppointments, args)
}

fn confirm(line: &mut Line, args: &Value) -> Answer {
    line.invoke(&Function::ConfirmAppointment, args)
}

fn rows(answer: &Answer) -> Vec<Value> {
    answer.field("appointments").and_then(Value::as_array).cloned().unwrap_or_default()
}

#[test]
fn after_the_name_fits_the_caller_hears_day_and_time_and_nothing_else() {
    let mut line = known(&["2026-10-20T14:30"]);

    let first = find(&mut line, &json!({}));
    let answer = find(&mut line, &json!({"name": "Frau Baispiel"}));

    assert_eq!(first.status, Status::IdentityNeeded);
    assert_eq!(answer.status, Status::Found);
    assert_eq!(
        answer.message,
        "Sie haben einen Termin: am Dienstag, 20. Oktober, 14 Uhr 30, Filiale Salon Beispiel Mitte."
    );
    let row = &rows(&answer)[0];
    assert_eq!((&row["booking"], &row["confirmed"]), (&json!("t1"), &json!(true)));
    assert!(row.get("service").is_none() && row.get("staff").is_none(), "{row}");
}

#[test]
fn until_it_is_settled_every_function_answers_every_caller_the_same() {
    let mut answers = Vec::new();
    for mut line in [known(&["2026-10-20T14:30"]), Line::new(), Line::withheld()] {
        answers.push(find(&mut line, &json!({})).to_json().to_string());
        answers.push(confirm(&mut line, &json!({"name": "Otto Muster"})).to_json().to_string());
        answers
            .push(find(&mut line, &json!({"name": "Otto Muster", "code": "123456"})).to_json().to_string());
    }
    let mut withheld = Line::withheld();
    knows(&mut withheld, "erika beispiel", erika());
    answers.push(find(&mut withheld, &json!({"name": "Erika Beispiel"})).to_json().to_string());

    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

#[test]
fn three_wrong_tries_end_in_a_callback_whoever_it_is() {
    let last = |mut line: Line| {
        let statuses: Vec<Status> =
            (0..3).map(|_| find(&mut line, &json!({"name": "Otto Muster"})).status).collect();
        assert_eq!(statuses, [Status::IdentityNeeded, Status::IdentityNeeded, Status::CallbackNoted]);
        let again = find(&mut line, &json!({"name": "Erika Beispiel"}));
        (line.answers[2].1.to_json().to_string(), again.to_json().to_string(), line)
    };

    let (stranger, _, _) = last(Line::new());
    let (forged, again, line) = last(known(&["2026-10-20T14:30"]));

    assert_eq!(forged, stranger);
    assert_eq!(again, forged, "the right name comes too late, and the callback stays what it was");
    let items: Vec<_> =
        line.callbacks.iter().map(|item| (item.reason, item.name.clone().unwrap().0)).collect();
    assert_eq!(items, [(Reason::Unidentified, "Otto Muster".to_owned())]);
}

#[test]
fn without_a_number_the_callback_is_noted_once_one_is_said() {
    let mut line = Line::withheld();
    for _ in 0..2 {
        find(&mut line, &json!({"name": "Erika Beispiel"}));
    }

    let third = find(&mut line, &json!({"name": "Erika Beispiel"}));
    let noted = find(&mut line, &json!({"telefonnummer": "0171 1234567"}));

    assert_eq!((third.status, line.callbacks.len()), (Status::Incomplete, 1));
    assert_eq!(third.field("missing"), Some(&json!(["telefonnummer"])));
    assert_eq!(noted.status, Status::CallbackNoted);
    assert!(line.callbacks[0].phone.is_some());
}

#[test]
fn a_number_at_which_too_many_failed_today_is_told_nothing_any_more() {
    let mut line = known(&["2026-10-20T14:30"]);
    line.calendar.failed_today = line.company.policy.identity_tries_a_day_max;

    let answer = find(&mut line, &json!({"name": "Erika Beispiel"}));

    assert_eq!(answer.status, Status::CallbackNoted);
}

#[test]
fn a_family_number_asks_for_the_full_name_and_tells_each_only_their_own() {
    let mut line = known(&["2026-10-20T14:30"]);
    knows(&mut line, "jonas beispiel", jonas());
    line.calendar.appointments.push(appointment(9, jonas(), "2026-10-21T09:00"));

    assert_eq!(find(&mut line, &json!({"name": "Beispiel"})).status, Status::IdentityNeeded);
    let answer = find(&mut line, &json!({"name": "Jonas Beispiel"}));

    let starts: Vec<Value> = rows(&answer).iter().map(|row| row["start"].clone()).collect();
    assert_eq!(starts, [json!("2026-10-21T09:00:00+02:00")]);
}

#[test]
fn whoever_has_several_is_asked_which_and_may_say_the_day_or_the_handle() {
    let starts = ["2026-10-16T10:00", "2026-10-20T14:30"];
    let mut line = known(&starts);
    let named = json!({"name": "Erika Beispiel"});

    let asked = confirm(&mut line, &named);
    let friday = confirm(&mut line, &json!({"datum": "den am Freitag"}));
    let second = confirm(&mut line, &json!({"booking": "t2"}));
    let wrong = confirm(&mut line, &json!({"datum": "Donnerstag"}));
    let at = confirm(&mut line, &json!({"uhrzeit": "14:30"}));

    assert_eq!((asked.status, rows(&asked).len()), (Status::WhichOne, 2));
    assert_eq!(
        asked.message,
        "Welchen Termin meinen Sie: am Freitag, 16. Oktober, 10 Uhr, Filiale Salon Beispiel Mitte oder am Dienstag, 20. Oktober, 14 Uhr 30, Filiale Salon Beispiel Mitte?"
    );
    assert_eq!((friday.status, &rows(&friday)[0]["booking"]), (Status::Confirmed, &json!("t1")));
    assert_eq!((second.status, &rows(&second)[0]["booking"]), (Status::Confirmed, &json!("t2")));
    assert_eq!((wrong.status, rows(&wrong).len()), (Status::WhichOne, 2));
    assert_eq!(&rows(&at)[0]["booking"], &json!("t2"));
    let will_come: Vec<_> = line
        .journal
        .iter()
        .filter_map(
            |(event, _)| if let Event::WillCome { booking, .. } = event { Some(*booking) } else { None },
        )
        .collect();
    assert_eq!(will_come, [booking(1), booking(2)], "each is noted once");
}

#[test]
fn a_handle_of_somebody_elses_opens_nothing() {
    let mut line = known(&["2026-10-16T10:00"]);
    knows(&mut line, "jonas beispiel", jonas());
    line.calendar.appointments.push(appointment(9, jonas(), "2026-10-21T09:00"));
    find(&mut line, &json!({"name": "Jonas Beispiel"}));
    find(&mut line, &json!({"name": "Erika Beispiel"}));

    let answer = confirm(&mut line, &json!({"name": "Erika Beispiel", "booking": "t1"}));

    assert_eq!((answer.status, rows(&answer).len()), (Status::WhichOne, 1));
    assert_eq!(rows(&answer)[0]["start"], "2026-10-16T10:00:00+02:00");
}

#[test]
fn who_has_nothing_hears_so_once_it_is_settled_who_they_are() {
    let mut line = known(&[]);
    let named = json!({"name": "Erika Beispiel"});

    assert_eq!(find(&mut line, &named).status, Status::NoneFound);
    assert_eq!(confirm(&mut line, &named).status, Status::NotFound);
}

#[test]
fn what_is_not_in_the_calendar_yet_is_not_said_to_stand() {
    let mut line = known(&["2026-10-20T14:30"]);
    line.calendar.appointments[0].footing = Footing::OnItsWay;
    let named = json!({"name": "Erika Beispiel"});

    let found = find(&mut line, &named);
    let confirmed = confirm(&mut line, &named);

    assert!(found.message.contains("noch nicht bestätigt"), "{}", found.message);
    assert_eq!((confirmed.status, &rows(&found)[0]["confirmed"]), (Status::Noted, &json!(false)));
}

#[test]
fn what_this_call_has_confirmed_is_found_in_it_without_showing_who_one_is() {
    let mut line = Line::withheld();
    line.collect(&whole());
    line.collect(&json!({"telefonnummer": "0171 1234567"}));
    assert_eq!(line.yes().status, Status::Confirmed);

    let answer = find(&mut line, &json!({}));
    let others = find(&mut line, &json!({"name": "Otto Muster"}));

    assert_eq!((answer.status, &rows(&answer)[0]["service"]), (Status::Found, &json!("Haarschnitt")));
    assert_eq!(others.status, Status::IdentityNeeded);
}

#[test]
fn a_number_nobody_vouches_for_counts_as_none() {
    let mut line = known(&["2026-10-20T14:30"]);
    line.company.policy.caller_id = CallerId::Match;
    assert_eq!(find(&mut line, &json!({})).status, Status::Found);

    let answer = find(&mut line, &json!({"as_withheld": true}));

    assert_eq!(answer.status, Status::IdentityNeeded);
}

#[test]
fn a_spelled_name_is_taken_as_it_is_spelled() {
    let mut line = known(&["2026-10-20T14:30"]);

    let answer = line.collect(&json!({
        "dienstleistung": "Haarschnitt", "datum": "20.10.2026", "uhrzeit": "14:30",
        "name": "Erika Maier, M wie Martha, e, y, e, er"
    }));

    assert_eq!(answer.status, Status::Held);
    assert!(answer.message.contains("auf den Namen Erika Meyer"), "{}", answer.message);
}

#[test]
fn a_code_with_its_name_opens_everything_on_any_line_and_a_code_alone_nothing() {
    let mut line = Line::withheld();
    line.calendar.codes.push(("471100".into(), "erika beispiel".into(), erika()));
    line.calendar.appointments.push(appointment(1, erika(), "2026-10-20T14:30"));

    let alone = find(&mut line, &json!({"code": "471100"}));
    let another = find(&mut line, &json!({"code": "471100", "name": "Otto Muster"}));
    let found =
        find(&mut line, &json!({"code": "vier sieben eins eins null null", "name": "Erika Beispiel"}));
    let confirmed = confirm(&mut line, &json!({}));

    assert_eq!((alone.status, another.status), (Status::IdentityNeeded, Status::IdentityNeeded));
    assert_eq!(alone.to_json(), another.to_json());
    assert_eq!((found.status, &rows(&found)[0]["service"]), (Status::Found, &json!("Haarschnitt")));
    assert_eq!(confirmed.status, Status::Confirmed);
    assert!(!format!("{:?}", line.calendar.asked).contains("471100"), "a code shows nowhere");
}

#[test]
fn whoever_promises_something_under_each_name_uses_up_tries_like_anybody_who_guesses() {
    let mut line = known(&["2026-10-20T14:30"]);
    let try_as = |line: &mut Line, name: &str| {
        line.collect(&json!({"name": name}));
        line.yes();
        find(line, &json!({"name": name}))
    };
    line.collect(&whole_but(&json!({"name": "Otto Muster", "datum": "22.10.2026"})));

    for name in ["Otto Muster", "Jonas Muster", "Karl Muster"] {
        let answer = try_as(&mut line, name);
        assert_eq!(rows(&answer).len(), 1, "{}", answer.message);
        // The same name twice is one try.
        find(&mut line, &json!({"name": name}));
    }
    let answer = try_as(&mut line, "Erika Beispiel");

    assert_eq!(rows(&answer).len(), 1, "only what this call has promised: {}", answer.message);
    let failed = line.journal.iter().filter(|(event, _)| matches!(event, Event::NotIdentified { .. }));
    assert_eq!(failed.count(), 3);
}

#[test]
fn many_names_at_once_are_nobodys() {
    let mut line = known(&["2026-10-20T14:30"]);

    let answer = find(&mut line, &json!({"name": "Otto Anna Erika Schmidt Weber Beispiel"}));

    assert_eq!(answer.status, Status::IdentityNeeded, "{}", answer.message);
    assert_eq!(find(&mut line, &json!({"name": "Erika Maria Beispiel"})).status, Status::Found);
}

#[test]
fn what_an_appointment_is_for_cannot_be_asked_for_where_it_may_not_be_told() {
    let ask = |service: &str| {
        let mut line = known(&["2026-10-20T14:30", "2026-10-23T10:00"]);
        line.calendar.appointments[1].service = "Farbe".into();
        let answer = confirm(&mut line, &json!({"name": "Erika Beispiel", "dienstleistung": service}));
        (answer.status, answer.message.clone(), rows(&answer))
    };

    assert_eq!(ask("Farbe"), ask("Haarschnitt"));
}

#[test]
fn the_limit_of_open_appointments_tells_nothing_to_who_may_not_hear_of_them() {
    let held = |policy: CallerId, name: &str| {
        let mut line = known(&["2026-10-20T14:30"]);
        line.company.policy.open_appointments_max = Some(1);
        line.company.policy.caller_id = policy;
        line.collect(&whole_but(&json!({"name": name, "datum": "22.10.2026"}))).status
    };

    assert_eq!(held(CallerId::MatchAndName, "Erika Beispiel"), Status::NotAllowed);
    assert_eq!(held(CallerId::MatchAndName, "Otto Muster"), Status::Held);
    assert_eq!(held(CallerId::Code, "Erika Beispiel"), Status::Held);
}
