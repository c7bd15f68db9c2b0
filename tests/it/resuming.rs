//! Whoever is cut off and rings again within minutes goes on where it stopped.

use fernamt::sim::retell::{Call, Ring};
use serde_json::{Value, json};

use super::house::{House, NUMBER_A, Setup, says_yes, status, wish};

const NAME: &str = "Erika Beispiel";

/// A call that breaks off after the read-back.
async fn cut_off(house: &House) -> Call {
    let mut call = house.ring();
    assert_eq!(status(&call.invoke("collect_appointment", wish("2026-10-20", "14:30", NAME)).await), "held");
    call.hang_up("error_asr");
    assert_eq!(call.ended().await, 204);
    call
}

#[actix_rt::test]
async fn the_slot_of_the_broken_call_is_read_back_anew_and_booked_once() {
    let house = House::open(Setup::default()).await;
    let mut broken = cut_off(&house).await;
    broken.analyzed(json!({"booking_confirmed": "false"})).await;
    assert_eq!(house.callbacks().await.len(), 1, "cut off");

    let mut again = house.ring();
    let held = again.invoke("collect_appointment", json!({"name": NAME, "bestaetigung": true})).await;

    assert_eq!(status(&held), "held", "{}", held.body);
    let message = held.body["message"].as_str().unwrap();
    assert!(message.starts_with("Wir waren eben unterbrochen") && message.contains("14 Uhr 30"), "{message}");
    assert_eq!(says_yes(&mut again).await, "confirmed");
    again.hang_up("user_hangup");
    again.ended().await;
    let booking = house.booking_in(again.id(), &["booked"]).await;
    assert_eq!(booking["start"], "2026-10-20T12:30:00Z");
    assert_eq!(house.callbacks().await[0]["state"], "done", "nobody has to call about the broken one");
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
}

#[actix_rt::test]
async fn what_the_broken_call_holds_is_not_in_its_callers_way_and_a_late_yes_of_it_books_nothing() {
    let house = House::open(Setup::default()).await;
    let mut broken = cut_off(&house).await;

    let mut again = house.ring();
    let held = again.invoke("collect_appointment", json!({"name": NAME})).await;
    assert_eq!(status(&held), "held", "{}", held.body);
    broken.collect("booking_confirmed", "true");
    broken.analyzed(json!({})).await;
    assert_eq!(says_yes(&mut again).await, "confirmed");
    again.hang_up("user_hangup");
    again.ended().await;

    house.booking_in(again.id(), &["booked"]).await;
    assert_eq!(house.bookings(broken.id()).await, Vec::<Value>::new());
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
    assert_eq!(house.callbacks().await, Vec::<Value>::new());
}

#[actix_rt::test]
async fn another_name_and_a_withheld_number_hear_nothing_of_it() {
    let house = House::open(Setup::default()).await;
    cut_off(&house).await;
    let mut other = house.ring();
    let mut withheld = house.salon().ring(Ring { from: None, to: NUMBER_A, ..Ring::default() });

    let one = other.invoke("collect_appointment", json!({"name": "Max Mustermann"})).await;
    let two = withheld.invoke("collect_appointment", json!({"name": NAME})).await;

    for answer in [one, two] {
        assert_eq!(status(&answer), "incomplete", "{}", answer.body);
        assert!(!answer.body.to_string().contains("unterbrochen"), "{}", answer.body);
    }
}
