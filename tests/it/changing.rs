//! Appointments that exist are moved and called off by telephone: what the caller said yes to, once, and told as it is.

use fernamt::sim::calcom::{Mishap, Write};
use fernamt::sim::retell::{Call, Ring};
use serde_json::{Value, json};

use super::house::{CALLER, House, NUMBER_A, Setup, eventually, instant, salon_a, says_yes, status, wish};

const NAME: &str = "Erika Beispiel";

/// A house where Erika has these appointments, by her own number.
async fn with(settings: &'static str, times: &[(&str, &str)]) -> House {
    let house = House::open(Setup { settings, companies: vec![salon_a("")], ..Setup::default() }).await;
    for (date, time) in times {
        let mut call = house.ring();
        assert_eq!(status(&call.invoke("collect_appointment", wish(date, time, NAME)).await), "held");
        assert_eq!(says_yes(&mut call).await, "confirmed");
        ends(&mut call).await;
        house.booking_in(call.id(), &["booked"]).await;
    }
    house
}

async fn ends(call: &mut Call) {
    call.hang_up("user_hangup");
    call.ended().await;
    call.analyzed(json!({})).await;
}

async fn ask(call: &mut Call, function: &str, args: Value) -> Value {
    let answer = call.invoke(function, args).await;
    status(&answer);
    answer.body
}

/// Says yes until something else than "still at it" is told.
async fn yes(call: &mut Call, function: &str) -> Value {
    eventually("the change to be told", || {
        let asked = call.prepare(function, &json!({"bestaetigung": true}));
        async move {
            let told = asked.send().await.body;
            (told["status"] != "working").then_some(told)
        }
    })
    .await
}

async fn why(house: &House, call: &Call) -> String {
    let calls = house.get("calls?limit=200").await;
    let one =
        calls["items"].as_array().unwrap().iter().find(|one| one["retell_call_id"] == call.id()).cloned();
    let id = one.unwrap()["id"].as_str().unwrap().to_owned();
    house.get(&format!("calls/{id}/timeline")).await["why"].as_str().unwrap().to_owned()
}

/// The starts of what stands in the calendar.
fn standing(house: &House) -> Vec<String> {
    let mut starts: Vec<String> =
        house.calcom.ledger().live_bookings().iter().map(|booking| booking.start.to_string()).collect();
    starts.sort();
    starts
}

#[actix_rt::test]
async fn of_two_appointments_the_one_on_friday_is_moved_and_the_other_stays() {
    let house = with("", &[("2026-10-20", "14:30"), ("2026-10-23", "09:00")]).await;
    let mut call = house.ring();
    let to = json!({"name": NAME, "neues_datum": "2026-10-29", "neue_uhrzeit": "11:00"});

    let asked = ask(&mut call, "change_appointment", to).await;
    assert_eq!(asked["status"], "which_one", "{asked}");
    assert_eq!(asked["appointments"].as_array().unwrap().len(), 2);
    let friday = json!({"datum": "Freitag, der 23.", "neues_datum": "2026-10-29", "neue_uhrzeit": "11:00"});
    let held = ask(&mut call, "change_appointment", friday).await;
    assert_eq!(held["status"], "held", "{held}");
    assert_eq!(
        held["message"],
        "Ich wiederhole: Ihr Termin am Freitag, 23. Oktober, 9 Uhr wird verschoben auf Donnerstag, 29. Oktober, 11 Uhr. \
         Ist das so richtig?"
    );
    let changed = yes(&mut call, "change_appointment").await;

    assert_eq!(changed["status"], "changed", "{changed}");
    assert_eq!(changed["appointment"]["start"], "2026-10-29T11:00:00+01:00");
    assert_eq!(standing(&house), ["2026-10-20T12:30:00Z", "2026-10-29T10:00:00Z"]);
    ends(&mut call).await;
    let why = why(&house, &call).await;
    assert!(why.contains("was to be moved to Thu 29 Oct 2026, 11:00, and that was done"), "{why}");
    assert_eq!(house.callbacks().await, Vec::<Value>::new());
}

#[actix_rt::test]
async fn a_cancellation_is_asked_about_and_then_done_once_however_often_it_is_said() {
    let house = with("", &[("2026-10-20", "14:30")]).await;
    let mut call = house.ring();

    let asked = ask(&mut call, "cancel_appointment", json!({"name": NAME})).await;
    assert_eq!(asked["status"], "confirm_cancel", "{asked}");
    assert_eq!(standing(&house).len(), 1);
    let cancelled = yes(&mut call, "cancel_appointment").await;
    assert_eq!(cancelled["status"], "cancelled", "{cancelled}");
    assert_eq!(yes(&mut call, "cancel_appointment").await["status"], "cancelled");

    assert_eq!(standing(&house), Vec::<String>::new());
    assert_eq!(house.calcom.ledger().count("POST /v2/bookings/{uid}/cancel"), 1);
    call.agent("Ihr Termin ist storniert.");
    ends(&mut call).await;
    assert_eq!(house.callbacks().await, Vec::<Value>::new());
    assert_eq!(house.get("calls?limit=200").await["items"][0]["outcome"], "changed");
}

#[actix_rt::test]
async fn an_appointment_may_be_moved_into_the_time_it_takes_up_itself() {
    let house = with("", &[("2026-10-20", "14:30")]).await;
    let own = house.calcom.ledger().live_bookings()[0].clone();
    let mut call = house.ring();
    // The half hour around it is full; what it takes up itself is not in its way.
    house.calcom.dials().taken_by_visitor(1001, instant("2026-10-20T13:00:00Z")).unwrap();

    let held = ask(
        &mut call,
        "change_appointment",
        json!({"name": NAME, "neues_datum": "2026-10-20", "neue_uhrzeit": "14:00"}),
    )
    .await;

    assert_eq!(held["status"], "held", "{held}");
    assert_eq!(yes(&mut call, "change_appointment").await["status"], "changed");
    assert_eq!(standing(&house), ["2026-10-20T12:00:00Z", "2026-10-20T13:00:00Z"]);
    assert_ne!(own.start, instant("2026-10-20T12:00:00Z"));
}

#[actix_rt::test]
async fn a_time_somebody_took_meanwhile_leaves_the_appointment_where_it_is_and_a_person_calls() {
    let house = with("", &[("2026-10-20", "14:30")]).await;
    let mut call = house.ring();
    let to = json!({"name": NAME, "neues_datum": "2026-10-22", "neue_uhrzeit": "10:00"});
    assert_eq!(ask(&mut call, "change_appointment", to).await["status"], "held");
    house.calcom.dials().taken_by_visitor(1001, instant("2026-10-22T08:00:00Z")).unwrap();

    let told = yes(&mut call, "change_appointment").await;

    assert_eq!(told["status"], "callback_noted", "{told}");
    assert!(told["message"].as_str().unwrap().contains("es bleibt vorerst bei"), "{told}");
    assert_eq!(standing(&house), ["2026-10-20T12:30:00Z", "2026-10-22T08:00:00Z"]);
    let callbacks = house.callbacks().await;
    assert_eq!(
        (callbacks.len(), callbacks[0]["reason"].as_str()),
        (1, Some("change_failed")),
        "{callbacks:?}"
    );
}

#[actix_rt::test]
async fn an_answer_that_gets_lost_is_looked_for_and_told_when_it_is_known() {
    let house =
        with("[calls]\nanswer_budget_ms = 3000\nanswer_max_ms = 20000", &[("2026-10-20", "14:30")]).await;
    let mut call = house.ring();
    ask(&mut call, "cancel_appointment", json!({"name": NAME})).await;
    house.calcom.dials().mishap(Write::Cancel, Mishap::CutAfter, 1);

    let cancelled = yes(&mut call, "cancel_appointment").await;

    assert_eq!(cancelled["status"], "cancelled", "{cancelled}");
    assert_eq!(standing(&house), Vec::<String>::new());
}

#[actix_rt::test]
async fn killed_after_the_yes_the_change_is_made_once_and_the_repeat_finds_it() {
    let house =
        with("[calls]\nanswer_budget_ms = 3000\nanswer_max_ms = 20000", &[("2026-10-20", "14:30")]).await;
    let mut call = house.ring();
    let to = json!({"name": NAME, "neues_datum": "2026-10-22", "neue_uhrzeit": "10:00"});
    assert_eq!(ask(&mut call, "change_appointment", to).await["status"], "held");
    house.calcom.dials().write_delay_ms(6000, 6000);
    let first = call.invoke("change_appointment", json!({"bestaetigung": true})).await;
    assert_eq!(status(&first), "working", "{}", first.body);

    let house = house.restart().await;
    let told = eventually("the change to be told", || {
        let again = call.prepare("change_appointment", &json!({"bestaetigung": true}));
        let salon = house.salon();
        async move {
            let told = salon.post_signed(&again.path, &again.body).await.body;
            (told["status"] != "working").then_some(told)
        }
    })
    .await;

    assert_eq!(told["status"], "changed", "{told}");
    assert_eq!(standing(&house), ["2026-10-22T08:00:00Z"]);
}

#[actix_rt::test]
async fn whoever_hangs_up_right_after_the_yes_is_seen_to() {
    let house =
        with("[calls]\nanswer_budget_ms = 3000\nanswer_max_ms = 20000", &[("2026-10-20", "14:30")]).await;
    let mut call = house.ring();
    ask(&mut call, "cancel_appointment", json!({"name": NAME})).await;
    house.calcom.dials().write_delay_ms(6000, 6000);
    ask(&mut call, "cancel_appointment", json!({"bestaetigung": true})).await;
    ends(&mut call).await;

    eventually("the calendar to be empty", async || standing(&house).is_empty().then_some(())).await;
    let why = why(&house, &call).await;
    assert!(why.contains("was to be called off"), "{why}");
}

#[actix_rt::test]
async fn a_withheld_number_and_a_wrong_name_change_nothing_and_hear_the_same() {
    let house = with("", &[("2026-10-20", "14:30")]).await;
    let mut withheld = house.salon().ring(Ring { from: None, to: NUMBER_A, ..Ring::default() });
    let mut forged = house.salon().ring(Ring { from: Some(CALLER), to: NUMBER_A, ..Ring::default() });

    let one = ask(&mut withheld, "cancel_appointment", json!({"name": NAME})).await;
    let other = ask(&mut forged, "cancel_appointment", json!({"name": "Max Mustermann"})).await;

    assert_eq!((one["status"].as_str(), &one), (Some("identity_needed"), &other));
    assert_eq!(standing(&house).len(), 1);
}

#[actix_rt::test]
async fn what_was_booked_in_this_very_call_is_moved_in_the_calendar() {
    let company = salon_a("booking_moment = \"in_call\"");
    let house = House::open(Setup { companies: vec![company], ..Setup::default() }).await;
    let mut call = house.ring();
    call.invoke("collect_appointment", wish("2026-10-20", "14:30", NAME)).await;
    assert_eq!(yes(&mut call, "collect_appointment").await["status"], "booked");

    let to = json!({"neues_datum": "2026-10-22", "neue_uhrzeit": "10:00"});
    let held = ask(&mut call, "change_appointment", to).await;

    assert_eq!(held["status"], "held", "{held}");
    assert_eq!(yes(&mut call, "change_appointment").await["status"], "changed");
    assert_eq!(standing(&house), ["2026-10-22T08:00:00Z"]);
    ends(&mut call).await;
}

#[actix_rt::test]
async fn the_late_end_of_a_call_does_not_undo_what_a_later_call_has_moved() {
    let house =
        with("[calls]\nanswer_budget_ms = 3000\nanswer_max_ms = 20000", &[("2026-10-20", "14:30")]).await;
    let mut first = house.ring();
    let to = json!({"name": NAME, "neues_datum": "2026-10-22", "neue_uhrzeit": "10:00"});
    assert_eq!(ask(&mut first, "change_appointment", to).await["status"], "held");
    house.calcom.dials().write_delay_ms(6000, 6000);
    assert_eq!(
        ask(&mut first, "change_appointment", json!({"bestaetigung": true})).await["status"],
        "working"
    );
    eventually("the first move to be made", async || {
        (standing(&house) == ["2026-10-22T08:00:00Z"]).then_some(())
    })
    .await;
    house.calcom.dials().write_delay_ms(0, 0);
    eventually("the house to know it", async || {
        house.get("bookings").await["items"][0]["changing"].is_null().then_some(())
    })
    .await;
    let mut second = house.ring();
    let to = json!({"name": NAME, "neues_datum": "2026-10-23", "neue_uhrzeit": "15:00"});
    eventually("the second move to be held", || {
        let asked = second.prepare("change_appointment", &to);
        async move { (asked.send().await.body["status"] == "held").then_some(()) }
    })
    .await;
    assert_eq!(yes(&mut second, "change_appointment").await["status"], "changed");

    ends(&mut first).await;

    eventually("the first call to be settled", async || {
        let calls = house.get("calls?limit=200").await;
        let mut items = calls["items"].as_array().unwrap().iter();
        items.any(|one| one["retell_call_id"] == first.id() && one["outcome"] == "changed").then_some(())
    })
    .await;
    assert_eq!(standing(&house), ["2026-10-23T13:00:00Z"]);
    assert_eq!(house.callbacks().await, Vec::<Value>::new());
}

#[actix_rt::test]
async fn what_a_later_call_has_moved_is_asked_about_anew_before_it_is_cancelled() {
    let house = with("", &[("2026-10-20", "14:30")]).await;
    let mut first = house.ring();
    let asked = ask(&mut first, "cancel_appointment", json!({"name": NAME})).await;
    assert_eq!(asked["status"], "confirm_cancel", "{asked}");
    let mut second = house.ring();
    let to = json!({"name": NAME, "neues_datum": "2026-10-23", "neue_uhrzeit": "15:00"});
    assert_eq!(ask(&mut second, "change_appointment", to).await["status"], "held");
    assert_eq!(yes(&mut second, "change_appointment").await["status"], "changed");

    let again = ask(&mut first, "cancel_appointment", json!({"bestaetigung": true})).await;

    assert_eq!(again["status"], "confirm_cancel", "{again}");
    assert!(again["message"].as_str().unwrap().contains("23. Oktober"), "{again}");
    assert_eq!(standing(&house), ["2026-10-23T13:00:00Z"]);
    assert_eq!(yes(&mut first, "cancel_appointment").await["status"], "cancelled");
    assert_eq!(standing(&house), Vec::<String>::new());
}
