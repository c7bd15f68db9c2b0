//! Holds and the courtesy to web visitors, seen from outside: who keeps a slot, and that nothing stays hidden afterwards.

use fernamt::sim::calcom::{self, EventType, Kind};
use fernamt::sim::retell::Call;
use sea_orm::{ConnectionTrait as _, Database, Statement};
use serde_json::json;

use super::house::{House, Setup, eventually, salon_a, salon_b, says_yes, status, wish};

/// Salon A with two people who share the haircut.
fn pool() -> Setup {
    let calcom = calcom::Settings { requests_per_minute: None, ..calcom::Settings::with_hosts(3) };
    let calcom = calcom.and(EventType::team(1020, Kind::RoundRobin, &[1, 2]));
    let company = salon_a("")
        .replace("event_type_id = 1001", "event_type_id = 1020")
        .replace("[company.policy]", "[[company.calendar]]\nslug = \"anna\"\nhosts = 2\n[company.policy]");
    Setup { calcom, companies: vec![company, salon_b()], ..Setup::default() }
}

async fn asks(house: &House, name: &str) -> (Call, String) {
    let mut call = house.ring();
    let answer = call.invoke("collect_appointment", wish("2026-10-20", "14:30", name)).await;
    (call, status(&answer))
}

async fn reserved(house: &House, number: usize) {
    eventually(&format!("{number} open reservations"), || async {
        (house.calcom.ledger().open_reservations() == number).then_some(())
    })
    .await;
}

/// Cal.com has a reservation before the house has read what it is called, and only by that name can it be taken back.
async fn known_by_name(house: &House) {
    let books = Database::connect(format!("sqlite://{}?mode=ro", house.database().display())).await.unwrap();
    let named = "SELECT 1 FROM reservations WHERE uid IS NOT NULL";
    eventually("the reservation to be written down", || async {
        books.query_one_raw(Statement::from_string(books.get_database_backend(), named)).await.unwrap()
    })
    .await;
}

async fn ends(mut call: Call) -> String {
    call.hang_up("user_hangup");
    call.ended().await;
    call.analyzed(json!({})).await;
    call.id().to_owned()
}

#[actix_rt::test]
async fn two_people_of_a_pool_serve_two_callers_at_once_and_a_third_is_offered_something_else() {
    let house = House::open(pool()).await;
    let (mut one, first) = asks(&house, "Erika Beispiel").await;
    let (mut two, second) = asks(&house, "Max Beispiel").await;
    let (_three, third) = asks(&house, "Mia Beispiel").await;
    assert_eq!((first.as_str(), second.as_str(), third.as_str()), ("held", "held", "unavailable"));

    says_yes(&mut one).await;
    says_yes(&mut two).await;
    for call in [one, two] {
        let id = ends(call).await;
        house.booking_in(&id, &["booked"]).await;
    }

    assert_eq!(house.calcom.ledger().live_bookings().len(), 2);
    assert_eq!(house.calcom.ledger().overlaps().len(), 0);
    assert_eq!(
        house.calcom.ledger().count("POST /v2/slots/reservations"),
        0,
        "it would hide the other's time"
    );
}

#[actix_rt::test]
async fn a_pool_that_this_caller_and_another_fill_together_is_not_offered_again() {
    let house = House::open(pool()).await;
    let (_other, held) = asks(&house, "Max Beispiel").await;
    let (mut call, mine) = asks(&house, "Erika Beispiel").await;
    assert_eq!((held.as_str(), mine.as_str()), ("held", "held"));

    let second =
        json!({"termin": 2, "datum": "2026-10-20", "uhrzeit": "14:30", "dienstleistung": "Haarschnitt"});
    let asked = call.invoke("check_availability", second).await;

    assert_eq!(status(&asked), "unavailable", "{}", asked.body);
    // The first appointment's own hold is in its own way no more than before.
    let first = json!({"datum": "2026-10-20", "uhrzeit": "14:30", "dienstleistung": "Haarschnitt"});
    assert_eq!(status(&call.invoke("check_availability", first).await), "available");
}

#[actix_rt::test]
async fn what_another_caller_holds_or_was_promised_is_not_tried_again_for_whoever_lost_it() {
    let house = House::open(Setup::default()).await;
    let (mut first, _) = asks(&house, "Erika Beispiel").await;
    says_yes(&mut first).await;
    let start = "2026-10-20T12:30:00Z".parse().unwrap();
    let visitor = house.calcom.dials().taken_by_visitor(1001, start).unwrap();
    let refused = house.booking_in(&ends(first).await, &["refused"]).await;
    house.calcom.dials().cancelled_by_person(&visitor);
    eventually("the first caller's reservation to be gone", || async {
        (house.calcom.ledger().open_reservations() == 0).then_some(())
    })
    .await;
    let (mut second, held) = asks(&house, "Max Beispiel").await;
    assert_eq!(held, "held");
    let retry = async || {
        let url =
            format!("{}/api/admin/v1/bookings/{}/retry", house.app.url(), refused["id"].as_str().unwrap());
        let answer = house.http.post(url).bearer_auth(&house.token).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };

    let (code, told) = retry().await;

    assert!(code == 409 && told.contains("another caller holds this time"), "{code} {told}");
    assert_eq!(says_yes(&mut second).await, "confirmed");
    assert_eq!(retry().await.0, 409);
    let id = second.id().to_owned();
    ends(second).await;
    house.booking_in(&id, &["booked"]).await;
    assert_eq!(house.bookings(refused["call_id"].as_str().unwrap()).await[0]["state"], "refused");
}

#[actix_rt::test]
async fn what_is_chosen_is_hidden_from_web_visitors_until_it_is_booked() {
    let house = House::open(Setup::default()).await;
    let (mut call, held) = asks(&house, "Erika Beispiel").await;
    assert_eq!(held, "held");
    reserved(&house, 1).await;

    // Its owner sees it all the same, and it is hidden again afterwards.
    let again = json!({"datum": "2026-10-20", "uhrzeit": "14:30", "dienstleistung": "Haarschnitt"});
    assert_eq!(status(&call.invoke("check_availability", again).await), "available");
    reserved(&house, 1).await;
    assert_eq!(says_yes(&mut call).await, "held", "something else was offered since");
    assert_eq!(says_yes(&mut call).await, "confirmed");
    let id = ends(call).await;
    house.booking_in(&id, &["booked"]).await;

    reserved(&house, 0).await;
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
}

#[actix_rt::test]
async fn another_choice_a_no_and_a_hang_up_show_the_slot_again() {
    let house = House::open(Setup::default()).await;
    let (mut other, _) = asks(&house, "Erika Beispiel").await;
    reserved(&house, 1).await;
    assert_eq!(status(&other.invoke("collect_appointment", json!({"uhrzeit": "16:00"})).await), "held");
    let (mut refuser, held) = asks(&house, "Max Beispiel").await;
    assert_eq!(held, "held", "the first caller's old choice is free again");
    reserved(&house, 2).await;
    let no = refuser.invoke("collect_appointment", json!({"bestaetigung": false})).await;
    assert_eq!(status(&no), "withdrawn");
    reserved(&house, 1).await;

    ends(other).await;
    ends(refuser).await;

    reserved(&house, 0).await;
}

#[actix_rt::test]
async fn a_reservation_is_taken_back_by_whoever_starts_after_a_stop() {
    let house = House::open(Setup::default()).await;
    let (call, _) = asks(&house, "Erika Beispiel").await;
    reserved(&house, 1).await;
    known_by_name(&house).await;
    // Cal.com is away when the caller hangs up, and comes back after the house has been started anew.
    house.calcom.go_down().await;
    ends(call).await;
    assert_eq!(house.calcom.ledger().open_reservations(), 1);

    let house = house.restart().await;
    house.calcom.come_back().unwrap();

    reserved(&house, 0).await;
}

#[actix_rt::test]
async fn where_it_is_switched_off_nothing_is_reserved() {
    let quiet = salon_a("calcom_reservation = false");
    let house = House::open(Setup { companies: vec![quiet, salon_b()], ..Setup::default() }).await;
    let (mut call, _) = asks(&house, "Erika Beispiel").await;
    says_yes(&mut call).await;
    let id = ends(call).await;
    house.booking_in(&id, &["booked"]).await;
    assert_eq!(house.calcom.ledger().count("POST /v2/slots/reservations"), 0);
}
