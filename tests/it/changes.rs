//! What changes after a booking stands: by people at Cal.com, by those who look after the desk, and both at once.

use fernamt::actors::calendar::Tell;
use fernamt::clock::Clock;
use fernamt::domain::booking::{Input, Order};
use fernamt::sim::calcom::{Mishap, Write};
use serde_json::{Value, json};
use uuid::Uuid;

use super::house::{House, Setup, eventually, salon_a};

const SECRET: &str = "whsec_erfunden_1";

/// A house that Cal.com's webhooks reach; comparing by itself would take an hour.
async fn listening() -> House {
    let company = salon_a("")
        .replace("attendee_email_domain", &format!("webhook_secret = \"{SECRET}\"\nattendee_email_domain"));
    let settings = "[calcom]\ncompare_every_ms = 3600000\nquiet_horizon_ms = 400\nwatch_after_ms = [300]";
    let house = House::open(Setup { settings, companies: vec![company], ..Setup::default() }).await;
    let url = format!("{}/api/webhooks/calcom/salon-a", house.app.url());
    house.calcom.dials().subscribe(&url, SECRET);
    house
}

/// A house that no webhook reaches; it compares by itself.
async fn comparing() -> House {
    House::open(Setup { settings: "[calcom]\ncompare_every_ms = 100", ..Setup::default() }).await
}

fn uid(booking: &Value) -> String {
    booking["calcom_uid"].as_str().unwrap().to_owned()
}

/// The booking of the call once it has that in that field.
async fn once(house: &House, call: &str, field: &str, value: &str) -> Value {
    eventually("the change to be known", || async {
        house.bookings(call).await.into_iter().find(|booking| booking[field] == value)
    })
    .await
}

async fn why(house: &House, call: &str) -> String {
    let calls = house.get("calls?limit=200").await;
    let found = calls["items"].as_array().unwrap().iter().find(|one| one["retell_call_id"] == call).cloned();
    let id = found.unwrap()["id"].as_str().unwrap().to_owned();
    house.get(&format!("calls/{id}/timeline")).await["why"].as_str().unwrap().to_owned()
}

async fn act(house: &House, booking: &Value, what: &str) -> u16 {
    let id = booking["id"].as_str().unwrap();
    let url = format!("{}/api/admin/v1/bookings/{id}/{what}", house.app.url());
    house.http.post(url).bearer_auth(&house.token).send().await.unwrap().status().as_u16()
}

#[actix_rt::test]
async fn what_a_person_cancels_at_the_calendar_is_cancelled_here_by_its_webhook() {
    let house = listening().await;
    let (call, booking) = house.booked().await;

    assert!(house.calcom.dials().cancelled_by_person(&uid(&booking)));

    let cancelled = once(&house, call.id(), "state", "cancelled").await;
    assert_eq!(cancelled["reason"], "cancelled at Cal.com");
    assert!(why(&house, call.id()).await.contains("cancelled at Cal.com"));
}

#[actix_rt::test]
async fn what_a_person_moves_at_the_calendar_is_moved_here_whether_told_or_found() {
    for house in [listening().await, comparing().await] {
        let (call, booking) = house.booked().await;
        let to = "2026-10-21T09:00:00Z".parse().unwrap();

        let new = house.calcom.dials().moved_by_person(&uid(&booking), to).unwrap();

        let moved = once(&house, call.id(), "start", "2026-10-21T09:00:00Z").await;
        assert_eq!((moved["state"].as_str(), uid(&moved)), (Some("booked"), new));
        assert!(why(&house, call.id()).await.contains("was moved to this time at Cal.com"));
    }
}

#[actix_rt::test]
async fn a_webhook_that_is_not_signed_or_came_before_changes_nothing() {
    let house = listening().await;
    let (_, booking) = house.booked().await;
    let url = format!("{}/api/webhooks/calcom/salon-a", house.app.url());
    let body = format!(
        r#"{{"triggerEvent":"BOOKING_CANCELLED","createdAt":"2026-10-14T08:10:00Z","payload":{{"uid":"{}"}}}}"#,
        uid(&booking)
    );
    let send = async |signature: Option<String>| {
        let mut request = house.http.post(&url).body(body.clone());
        if let Some(signature) = signature {
            request = request.header("X-Cal-Signature-256", signature);
        }
        request.send().await.unwrap().status().as_u16()
    };
    let deliveries = async || house.get("deliveries?limit=200").await["items"].as_array().unwrap().len();
    let before = deliveries().await;

    assert_eq!(send(None).await, 401);
    assert_eq!(send(Some("0".repeat(64))).await, 401);
    assert_eq!(deliveries().await, before);
    let signature = fernamt::sim::calcom::sign(SECRET, body.as_bytes());
    for _ in 0..3 {
        assert_eq!(send(Some(signature.clone())).await, 204);
    }

    assert_eq!(deliveries().await, before + 1, "a repeat is counted, not kept");
    // It was not cancelled, whatever the webhook said: reading decides.
    let id = booking["id"].as_str().unwrap();
    assert_eq!(house.get(&format!("bookings/{id}")).await["state"], "booked");
}

#[actix_rt::test]
async fn the_desk_cancels_a_booking_at_the_calendar_too() {
    let house = comparing().await;
    let (call, booking) = house.booked().await;
    house.calcom.dials().mishap(Write::Cancel, Mishap::CutAfter, 1);

    assert_eq!(act(&house, &booking, "cancel").await, 200);

    once(&house, call.id(), "state", "cancelled").await;
    assert_eq!(house.calcom.ledger().live_bookings().len(), 0);
    assert_eq!(act(&house, &booking, "cancel").await, 409, "there is nothing left to cancel");
}

#[actix_rt::test]
async fn what_was_refused_is_tried_again_when_a_person_says_so() {
    let house = comparing().await;
    let mut call = house.ring();
    let wish = super::house::wish("2026-10-20", "14:30", "Erika Beispiel");
    call.invoke("collect_appointment", wish).await;
    super::house::says_yes(&mut call).await;
    let start = "2026-10-20T12:30:00Z".parse().unwrap();
    let visitor = house.calcom.dials().taken_by_visitor(1001, start).unwrap();
    call.hang_up("user_hangup");
    call.ended().await;
    let refused = house.booking_in(call.id(), &["refused"]).await;
    assert_eq!(house.callbacks().await[0]["reason"], "slot_taken");
    let alerts = house.get("alerts").await;
    assert_eq!(
        (&alerts["items"][0]["kind"], &alerts["items"][0]["subject"]),
        (&"booking_failed".into(), &refused["id"])
    );
    house.calcom.dials().cancelled_by_person(&visitor);

    assert_eq!(act(&house, &refused, "retry").await, 200);

    house.booking_in(call.id(), &["booked"]).await;
    assert_eq!(house.callbacks().await[0]["state"], "done", "nobody has to call any more");
    assert_eq!(act(&house, &refused, "retry").await, 409);
}

#[actix_rt::test]
async fn what_fails_again_after_somebody_has_seen_to_it_is_somebodys_matter_again() {
    let house = comparing().await;
    let mut call = house.ring();
    let wish = super::house::wish("2026-10-20", "14:30", "Erika Beispiel");
    call.invoke("collect_appointment", wish).await;
    super::house::says_yes(&mut call).await;
    house.calcom.dials().taken_by_visitor(1001, "2026-10-20T12:30:00Z".parse().unwrap()).unwrap();
    call.hang_up("user_hangup");
    call.ended().await;
    let refused = house.booking_in(call.id(), &["refused"]).await;
    let item = house.callbacks().await.remove(0);
    let url = format!("{}/api/admin/v1/callbacks/{}", house.app.url(), item["id"].as_str().unwrap());
    let done = house.http.patch(url).bearer_auth(&house.token).json(&json!({"state": "done"}));
    assert_eq!(done.send().await.unwrap().status(), 200);
    let told_at = house.get("alerts").await["items"][0]["at"].clone();

    assert_eq!(act(&house, &refused, "retry").await, 200);

    let items = eventually("the item to be open again", || async {
        let items = house.callbacks().await;
        items.iter().all(|item| item["state"] == "open").then_some(items)
    })
    .await;
    assert_eq!((items.len(), &items[0]["id"]), (1, &item["id"]));
    let alerts = house.get("alerts").await;
    assert_eq!(alerts["items"].as_array().unwrap().len(), 1);
    assert_ne!(alerts["items"][0]["at"], told_at, "it is told anew");
    assert_eq!(house.bookings(call.id()).await[0]["state"], "refused");
}

#[actix_rt::test]
async fn what_a_person_changed_while_nobody_was_here_is_found_however_long_that_was() {
    let settings = "[calcom]\ncompare_every_ms = 100";
    let mut house = House::open(Setup { settings, ..Setup::default() }).await;
    let (call, booking) = house.booked().await;
    let account = house.app.house().directory().company_by_slug("salon-a").unwrap().accounts[0].id;
    eventually("a first comparison", || async {
        house.app.house().store().lost().compares_from(account).await.unwrap()
    })
    .await;

    // The house goes on after a day, by its own clock.
    house.clock = Clock::starting_at("2026-10-15T08:05:00Z".parse().unwrap());
    assert!(house.calcom.dials().cancelled_by_person(&uid(&booking)));
    let house = house.restart().await;

    once(&house, call.id(), "state", "cancelled").await;
    let differs = house.get("alerts?kind=calendar_differs").await;
    assert_eq!(differs["items"][0]["subject"], booking["id"]);
}

#[actix_rt::test]
async fn a_booking_with_our_mark_that_nobody_knows_is_shown() {
    let house = comparing().await;
    let stray = json!({
        "eventTypeId": 1001,
        "start": "2026-10-22T09:00:00Z",
        "attendee": {"name": "Erika Beispiel", "email": "erika@beispiel.example", "timeZone": "Europe/Berlin"},
        "metadata": {"fernamt_booking": Uuid::from_u128(77).to_string()},
    });
    let url = format!("{}/v2/bookings", house.calcom.url());
    let post = house.http.post(url).bearer_auth("cal_sim_key").header("cal-api-version", "2024-08-13");
    let made: Value = post.json(&stray).send().await.unwrap().json().await.unwrap();

    let alert = eventually("the alert", || async {
        house.get("alerts?kind=unknown_booking&company=salon-a").await["items"].get(0).cloned()
    })
    .await;

    assert_eq!(alert["subject"], made["data"]["uid"]);
}

/// Has a booking moved, as an order of the caller's will.
async fn move_it(house: &House, booking: &Value, to: &str) {
    let row_id: Uuid = booking["id"].as_str().unwrap().parse().unwrap();
    let directory = house.app.house().directory();
    let company = directory.company_by_slug("salon-a").unwrap();
    let calendar = company.calendars.iter().find(|calendar| calendar.slug == "anna").unwrap().id;
    let order = Input::Ordered(Order::Move { to: to.parse().unwrap() });
    let calendar = house.app.house().calendar(company.id, calendar);
    assert!(calendar.send(Tell { booking: row_id.into(), input: order }).await.unwrap().unwrap());
}

#[actix_rt::test]
async fn a_move_that_is_cut_off_is_judged_by_reading() {
    for mishap in [Mishap::CutBefore, Mishap::CutAfter, Mishap::FailBefore, Mishap::FailAfter] {
        let house = listening().await;
        let (call, booking) = house.booked().await;
        house.calcom.dials().mishap(Write::Reschedule, mishap, 1);

        move_it(&house, &booking, "2026-10-21T09:00:00Z").await;

        let moved = once(&house, call.id(), "start", "2026-10-21T09:00:00Z").await;
        let live = house.calcom.ledger().live_bookings();
        assert_eq!((live.len(), live[0].uid.as_str()), (1, uid(&moved).as_str()), "{mishap:?}");
    }
}

#[actix_rt::test]
async fn a_person_who_cancels_or_moves_while_we_move_is_right_and_somebody_is_told() {
    for cancels in [true, false] {
        let house = listening().await;
        let (call, booking) = house.booked().await;
        house.calcom.dials().mishap(Write::Reschedule, Mishap::CutBefore, 1);
        move_it(&house, &booking, "2026-10-21T09:00:00Z").await;
        eventually("the request to be lost", || async {
            (house.calcom.ledger().count("POST /v2/bookings/{uid}/reschedule") == 1).then_some(())
        })
        .await;

        let theirs = "2026-10-22T09:00:00Z";
        if cancels {
            assert!(house.calcom.dials().cancelled_by_person(&uid(&booking)));
            once(&house, call.id(), "state", "cancelled").await;
        } else {
            house.calcom.dials().moved_by_person(&uid(&booking), theirs.parse().unwrap()).unwrap();
            once(&house, call.id(), "start", theirs).await;
        }

        let items = house.callbacks().await;
        assert_eq!((items.len(), items[0]["reason"].as_str()), (1, Some("change_failed")));
        assert_eq!(house.calcom.ledger().live_bookings().len(), usize::from(!cancels));
        let told = why(&house, call.id()).await;
        assert!(told.contains(if cancels { "cancelled at Cal.com" } else { "was not moved to" }), "{told}");
    }
}
