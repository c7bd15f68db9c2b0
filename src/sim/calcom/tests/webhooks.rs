//! The webhooks of the simulated Cal.com: who subscribes, what is told when, and how badly the post may do it.

use std::sync::{Arc, Mutex};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Method;
use sha2::Sha256;

use super::super::{Fate, Status};
use super::*;

const SECRET: &str = "whsec_invented";

#[derive(Clone, Debug)]
struct Letter {
    signature: String,
    body: Value,
    raw: Vec<u8>,
}

/// Somebody who subscribed and keeps what comes.
struct Listener {
    url: String,
    letters: Arc<Mutex<Vec<Letter>>>,
}

impl Listener {
    fn start() -> Self {
        let letters: Arc<Mutex<Vec<Letter>>> = Arc::default();
        let shelf = Arc::clone(&letters);
        let server = HttpServer::new(move || {
            let shelf = Arc::clone(&shelf);
            App::new().default_service(web::to(move |request: HttpRequest, body: web::Bytes| {
                let signature =
                    request.headers().get("x-cal-signature-256").unwrap().to_str().unwrap().to_owned();
                let raw = body.to_vec();
                let body = serde_json::from_slice(&raw).unwrap();
                shelf.lock().unwrap().push(Letter { signature, body, raw });
                std::future::ready(HttpResponse::InternalServerError().finish())
            }))
        })
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
        let url = format!("http://{}/cal", server.addrs()[0]);
        let server = server.run();
        actix_rt::Arbiter::current().spawn(async move { drop(server.await) });
        Self { url, letters }
    }

    fn triggers(&self) -> Vec<String> {
        let letters = self.letters.lock().unwrap();
        letters.iter().map(|letter| letter.body["triggerEvent"].as_str().unwrap().to_owned()).collect()
    }

    async fn wait_for(&self, count: usize) -> Vec<Letter> {
        for _ in 0..500 {
            let letters = self.letters.lock().unwrap().clone();
            if letters.len() >= count {
                return letters;
            }
            actix_rt::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{:?} is all that came", self.triggers());
    }
}

fn names(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

/// The fields of the vendor's sample, optional ones left out.
fn sample(event: &str) -> Value {
    let path = format!("{}/tests/fixtures/samples/calcom/delivery.{event}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn is_like_the_vendors(letter: &Letter, event: &str) {
    let sample = sample(event);
    let mut mine = names(&letter.body["payload"]);
    assert!(mine.remove("unknownToday"), "a receiver must meet a field it does not know");
    assert_eq!(mine, names(&sample["payload"]), "{event}");
    assert_eq!(names(&letter.body), names(&sample));
    assert_eq!(names(&letter.body["payload"]["organizer"]), names(&sample["payload"]["organizer"]));
    assert_eq!(names(&letter.body["payload"]["attendees"][0]), names(&sample["payload"]["attendees"][0]));
    assert_eq!(letter.body["payload"]["status"], sample["payload"]["status"]);
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(&letter.raw);
    assert_eq!(letter.signature, hex::encode(mac.finalize().into_bytes()));
}

#[actix_rt::test]
async fn a_webhook_is_created_listed_changed_and_deleted_under_its_own_key() {
    let desk = desk(settings(2));
    let wish = json!({"active": true, "subscriberUrl": "http://house.example/cal", "triggers": ["BOOKING_CREATED"], "secret": SECRET});

    let created = desk.post("/v2/webhooks", "", &wish).await;
    let again = desk.post("/v2/webhooks", "", &wish).await;
    let id = created.body["data"]["id"].as_str().unwrap().to_owned();
    let path = format!("/v2/webhooks/{id}");
    let change = json!({"triggers": ["BOOKING_CREATED", "BOOKING_CANCELLED"]});
    let changed = desk.try_ask(Method::PATCH, &path, "", Some(&change)).await.unwrap();
    let listed = desk.get("/v2/webhooks?take=10", "").await;
    let of_type = desk.get("/v2/event-types/1001/webhooks", "").await;
    let gone = desk.try_ask(Method::DELETE, &path, "", None).await.unwrap();
    let after = desk.get(&path, "").await;

    assert_eq!(created.status, 201);
    assert_eq!(created.body["data"]["userId"], 1);
    assert_eq!((again.status, &again.body["error"]["code"]), (409, &json!("CONFLICT")));
    assert_eq!(changed.body["data"]["triggers"].as_array().unwrap().len(), 2);
    assert_eq!(listed.body["data"][0], changed.body["data"]);
    assert_eq!(of_type.body["data"], json!([]));
    assert_eq!((gone.status, after.status), (200, 404));
}

#[actix_rt::test]
async fn malformed_subscriptions_are_refused() {
    let desk = desk(settings(1));
    let good = json!({"active": true, "subscriberUrl": "http://house.example", "triggers": []});
    let with = |field: &str, value: Value| {
        let mut wish = good.clone();
        wish[field] = value;
        wish
    };

    for wish in [
        with("triggers", json!(["BOOKING_IMAGINED"])),
        with("subscriberUrl", json!("ftp://house.example")),
        with("active", json!("yes")),
        with("mine", json!(1)),
    ] {
        assert_eq!(desk.post("/v2/webhooks", "", &wish).await.status, 400, "{wish}");
    }
    assert_eq!(desk.post("/v2/event-types/999/webhooks", "", &good).await.status, 404);
}

#[actix_rt::test]
async fn a_booking_is_told_before_it_is_answered_and_only_to_those_whose_booking_it_is() {
    let desk = desk(settings(2));
    let (mine, type_two, all) = (Listener::start(), Listener::start(), Listener::start());
    let wish = |url: &str| json!({"active": true, "subscriberUrl": url, "triggers": ["BOOKING_CREATED"], "secret": SECRET});
    desk.post("/v2/webhooks", "", &wish(&mine.url)).await;
    desk.post("/v2/event-types/1002/webhooks", "", &wish(&type_two.url)).await;
    desk.sim.dials().subscribe(&all.url, SECRET);

    desk.book(1001, TEN, "b1").await;
    let (told_mine, told_two) = (mine.triggers(), type_two.triggers());
    desk.book(1002, TEN, "b2").await;

    assert_eq!((told_mine.len(), told_two.len()), (1, 0));
    assert_eq!((mine.triggers().len(), type_two.triggers().len(), all.triggers().len()), (1, 1, 2));
    let letter = all.letters.lock().unwrap()[0].clone();
    is_like_the_vendors(&letter, "BOOKING_CREATED");
    assert_eq!(letter.body["payload"]["metadata"]["fernamt_booking"], "b1");
    assert_eq!(letter.body["payload"]["startTime"], TEN);
    // What the receiver said to it is nobody's business.
    assert_eq!(desk.sim.ledger().deliveries()[0].status, Some(500));
}

#[actix_rt::test]
async fn a_move_and_a_cancellation_are_told_without_our_metadata() {
    let desk = desk(settings(1));
    let listener = Listener::start();
    desk.sim.dials().subscribe(&listener.url, SECRET);
    let old = uid(&desk.book(1001, TEN, "b1").await);

    let path = format!("/v2/bookings/{old}/reschedule");
    let moved = uid(&desk.post(&path, BOOKINGS, &json!({"start": HALF_PAST_TEN})).await);
    let reason = json!({"cancellationReason": "Caller cancelled by phone"});
    desk.post(&format!("/v2/bookings/{moved}/cancel"), BOOKINGS, &reason).await;

    let letters = listener.wait_for(3).await;
    is_like_the_vendors(&letters[1], "BOOKING_RESCHEDULED");
    assert_eq!(letters[1].body["payload"]["rescheduleUid"], old);
    assert_eq!(letters[1].body["payload"]["uid"], moved);
    assert!(letters[1].body["payload"]["metadata"]["fernamt_booking"].is_null());
    is_like_the_vendors(&letters[2], "BOOKING_CANCELLED");
    assert_eq!(letters[2].body["payload"]["startTime"], "2026-12-01T09:30:00+00:00");
}

#[actix_rt::test]
async fn what_needs_confirmation_is_requested_first_and_created_or_rejected_by_its_owner() {
    let desk = desk(settings(1).and(EventType::team(2001, Kind::RequiresConfirmation, &[1])));
    let listener = Listener::start();
    desk.sim.dials().subscribe(&listener.url, SECRET);

    let first = uid(&desk.book(2001, TEN, "b1").await);
    let second = uid(&desk.book(2001, HALF_PAST_TEN, "b2").await);
    desk.sim.dials().confirmed_by_person(&first);
    listener.wait_for(3).await;
    desk.sim.dials().declined_by_person(&second);

    let letters = listener.wait_for(4).await;
    is_like_the_vendors(&letters[0], "BOOKING_REQUESTED");
    assert_eq!(letters[2].body["triggerEvent"], "BOOKING_CREATED");
    assert_eq!(letters[2].body["payload"]["metadata"]["fernamt_booking"], "b1");
    is_like_the_vendors(&letters[3], "BOOKING_REJECTED");
    assert_eq!(desk.sim.ledger().bookings()[1].status, Status::Rejected);
}

#[actix_rt::test]
async fn people_at_the_calendar_are_told_of_like_everybody_else() {
    let desk = desk(settings(1));
    let listener = Listener::start();
    desk.sim.dials().subscribe(&listener.url, SECRET);
    let start: Timestamp = TEN.parse().unwrap();

    let visitors = desk.sim.dials().taken_by_visitor(1001, start).unwrap();
    listener.wait_for(1).await;
    let moved = desk.sim.dials().moved_by_person(&visitors, HALF_PAST_TEN.parse().unwrap()).unwrap();
    listener.wait_for(2).await;
    assert!(desk.sim.dials().cancelled_by_person(&moved));
    let letters = listener.wait_for(3).await;

    assert_eq!(listener.triggers(), ["BOOKING_CREATED", "BOOKING_RESCHEDULED", "BOOKING_CANCELLED"]);
    assert_eq!(letters[2].body["payload"]["cancellationReason"], "Cancelled at Cal.com");
}

#[actix_rt::test]
async fn the_post_loses_doubles_and_delays_what_it_is_told_to() {
    let desk = desk(settings(1));
    let listener = Listener::start();
    desk.sim.dials().subscribe(&listener.url, SECRET);
    desk.sim.dials().fates([Fate::Lost, Fate::Delayed { ms: 5_000 }, Fate::Twice]);

    for (start, intent) in [(TEN, "b1"), (HALF_PAST_TEN, "b2"), ("2026-12-01T10:00:00Z", "b3")] {
        assert_eq!(desk.book(1001, start, intent).await.status, 201);
    }

    let letters = listener.wait_for(3).await;
    let intents: Vec<&Value> =
        letters.iter().map(|letter| &letter.body["payload"]["metadata"]["fernamt_booking"]).collect();
    assert_eq!(intents, ["b3", "b3", "b2"]);
}

#[actix_rt::test]
async fn a_late_commit_is_told_when_it_is_stored() {
    let desk = desk(settings(1));
    let listener = Listener::start();
    desk.sim.dials().subscribe(&listener.url, SECRET);
    desk.sim.dials().late_commit(1, 150);

    let cut = desk.try_book(TEN, "b1").await;
    let at_once = listener.triggers().len();
    listener.wait_for(1).await;

    assert!(was_cut(cut));
    assert_eq!((at_once, desk.live("b1")), (0, 1));
}

#[actix_rt::test]
async fn round_robin_may_take_in_a_repeat_while_the_first_is_still_on_its_way() {
    let desk = desk(settings(2).and(EventType::team(2001, Kind::RoundRobin, &[1, 2])));
    desk.sim.dials().mishap(Write::Create, Mishap::InsertLate { ms: 300 }, 1);
    let impatient = Client::builder().timeout(Duration::from_millis(100)).build().unwrap();
    let first = impatient
        .post(format!("{}/v2/bookings", desk.sim.url()))
        .bearer_auth("cal_sim_key")
        .header("cal-api-version", BOOKINGS)
        .json(&body(2001, TEN, "b1"));

    assert!(first.send().await.unwrap_err().is_timeout());
    let repeated = desk.book(2001, TEN, "b1").await;
    while desk.sim.ledger().requests()[0].status.is_none() {
        actix_rt::time::sleep(Duration::from_millis(10)).await;
    }

    // This is the duplicate that looking first and waiting for the horizon avoid.
    assert_eq!(repeated.status, 201);
    assert_eq!(desk.live("b1"), 2);
}

#[actix_rt::test]
async fn a_programme_of_mishaps_and_glitches_is_met_in_its_order() {
    let desk = desk(settings(1));
    desk.sim.dials().mishaps(Write::Create, [None, Some(Mishap::Throttled), Some(Mishap::FailBefore)]);
    desk.sim.dials().glitches([Some(super::super::Glitch::Fail), None]);

    let mut statuses = Vec::new();
    for start in [TEN, HALF_PAST_TEN, HALF_PAST_TEN, HALF_PAST_TEN] {
        statuses.push(desk.book(1001, start, "b1").await.status);
    }
    let reads = [desk.get("/v2/me", "").await.status, desk.get("/v2/me", "").await.status];

    assert_eq!(statuses, [201, 429, 500, 201]);
    assert_eq!(reads, [500, 200]);
    let counted = desk.sim.ledger().mishaps();
    assert_eq!((counted["429 to a write"], counted["500 to a read"]), (1, 1));
}
