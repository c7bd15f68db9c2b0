//! The simulated Cal.com over real HTTP: every behaviour the house relies on or must survive.

mod webhooks;

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::{Calcom, EventType, Kind, Mishap, Settings, Write};
use crate::sim::time;

const BOOKINGS: &str = "2024-08-13";
const SLOTS: &str = "2024-09-04";
/// A Tuesday; the sim lives on the Friday before it.
const TEN: &str = "2026-12-01T09:00:00Z";
const HALF_PAST_TEN: &str = "2026-12-01T09:30:00Z";

struct Desk {
    sim: Calcom,
    http: Client,
}

struct Reply {
    status: u16,
    body: Value,
    headers: reqwest::header::HeaderMap,
}

impl Reply {
    fn message(&self) -> &str {
        self.body["error"]["message"].as_str().or(self.body["message"].as_str()).unwrap_or_default()
    }
}

fn settings(hosts: u16) -> Settings {
    let friday: Timestamp = "2026-11-27T12:00:00Z".parse().unwrap();
    let clock_offset = friday.duration_since(time::now(SignedDuration::ZERO));
    Settings { clock_offset, slots_stale_ms: 0, ..Settings::with_hosts(hosts) }
}

fn client() -> Client {
    // Whoever comes first installs it; for the others it is installed already.
    drop(rustls::crypto::ring::default_provider().install_default());
    Client::builder().timeout(Duration::from_secs(10)).build().unwrap()
}

fn desk(settings: Settings) -> Desk {
    Desk { sim: Calcom::start(settings).unwrap(), http: client() }
}

fn body(event_type: i64, start: &str, intent: &str) -> Value {
    json!({
        "start": start,
        "eventTypeId": event_type,
        "attendee": {"name": "Frieda Beispiel", "email": format!("{intent}@post.example"),
            "timeZone": "Europe/Berlin", "language": "de", "phoneNumber": "+493012345678"},
        "metadata": {"fernamt_booking": intent},
    })
}

impl Desk {
    async fn try_ask(
        &self,
        method: Method,
        path: &str,
        version: &str,
        body: Option<&Value>,
    ) -> Result<Reply, reqwest::Error> {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.sim.url()))
            .bearer_auth("cal_sim_key")
            .header("cal-api-version", version);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Reply { status, headers, body: response.json().await? })
    }

    async fn get(&self, path: &str, version: &str) -> Reply {
        self.try_ask(Method::GET, path, version, None).await.unwrap()
    }

    async fn post(&self, path: &str, version: &str, body: &Value) -> Reply {
        self.try_ask(Method::POST, path, version, Some(body)).await.unwrap()
    }

    async fn book(&self, event_type: i64, start: &str, intent: &str) -> Reply {
        self.post("/v2/bookings", BOOKINGS, &body(event_type, start, intent)).await
    }

    async fn try_book(&self, start: &str, intent: &str) -> Result<Reply, reqwest::Error> {
        self.try_ask(Method::POST, "/v2/bookings", BOOKINGS, Some(&body(1001, start, intent))).await
    }

    async fn slots(&self, query: &str) -> Reply {
        self.get(&format!("/v2/slots?eventTypeId=1001&{query}"), SLOTS).await
    }

    fn live(&self, intent: &str) -> usize {
        self.sim.ledger().live_bookings_per_intent().get(intent).copied().unwrap_or_default()
    }
}

/// No response at all, as opposed to one that could not be read.
fn was_cut(result: Result<Reply, reqwest::Error>) -> bool {
    result.is_err_and(|error| error.is_request() && !error.is_connect() && !error.is_timeout())
}

fn uid(reply: &Reply) -> String {
    reply.body["data"]["uid"].as_str().unwrap().to_owned()
}

#[actix_rt::test]
async fn a_booking_has_exactly_the_fields_of_the_vendors_sample() {
    let desk = desk(settings(1));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/samples/calcom/booking.create.201.json");
    let sample: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();

    let reply = desk.book(1001, TEN, "b1").await;

    assert_eq!(reply.status, 201);
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    let (mine, theirs) = (&reply.body["data"], &sample["data"]);
    assert_eq!(names(mine), names(theirs));
    assert_eq!(names(&mine["attendees"][0]), names(&theirs["attendees"][0]));
    assert_eq!(names(&mine["hosts"][0]), names(&theirs["hosts"][0]));
    assert_eq!(mine["start"], "2026-12-01T09:00:00.000Z");
    assert_eq!(mine["metadata"]["fernamt_booking"], "b1");
    assert!(reply.headers.contains_key("x-request-id"));
    assert_eq!(reply.headers["x-ratelimit-remaining-default"], "119");
}

#[actix_rt::test]
async fn a_taken_time_is_refused_in_the_words_that_also_mean_everything_else() {
    let desk = desk(settings(1));
    desk.book(1001, TEN, "b1").await;

    let taken = desk.book(1001, TEN, "b2").await;
    let overlapping = desk.book(1001, "2026-12-01T09:15:00Z", "b3").await;
    let at_night = desk.book(1001, "2026-12-01T22:00:00Z", "b4").await;

    for reply in [taken, overlapping, at_night] {
        assert_eq!(reply.status, 400);
        assert_eq!(reply.body["error"]["code"], "BadRequestException");
        assert_eq!(reply.message(), "User either already has booking at this time or is not available");
    }
    assert_eq!(desk.sim.ledger().bookings().len(), 1);
}

#[actix_rt::test]
async fn malformed_bodies_are_refused_in_the_vendors_words() {
    let desk = desk(settings(1).and(EventType { email_required: true, ..EventType::personal(2001, 1) }));
    let with = |change: &dyn Fn(&mut Value)| {
        let mut wanted = body(1001, TEN, "b1");
        change(&mut wanted);
        wanted
    };
    let long = "x".repeat(501);
    let cases: Vec<(Value, &str)> = vec![
        (
            with(&|b| b["idempotencyKey"] = json!("a")),
            "idempotencyKey property is wrong,property idempotencyKey should not exist ",
        ),
        (
            with(&|b| b["attendee"]["nick"] = json!("a")),
            "attendee property is wrong, nick property is wrong,property nick should not exist ",
        ),
        (
            with(&|b| b["attendee"]["timeZone"] = json!("Berlin")),
            "attendee property is wrong, timeZone property is wrong,timeZone must be a valid IANA time-zone ",
        ),
        (
            with(&|b| b["attendee"]["phoneNumber"] = json!("030123")),
            "attendee property is wrong, phoneNumber property is wrong,phoneNumber must be a valid phone number in international format ",
        ),
        (
            with(&|b| b["attendee"] = json!({"name": "A", "timeZone": "Europe/Berlin"})),
            "attendee property is wrong,Attendee must have at least one contact method (email or phone number) ",
        ),
        (with(&|b| b["metadata"]["n"] = json!(7)), "metadata,n - Expected string, received number, "),
        (
            with(&|b| b["metadata"]["n"] = json!(long)),
            "metadata property is wrong,Metadata must have at most 50 keys, each key up to 40 characters, and string values up to 500 characters. ",
        ),
        (with(&|b| b["start"] = json!("2026-11-02T09:00:00Z")), "Attempting to book a meeting in the past."),
        (with(&|b| b["eventTypeId"] = json!(9)), "Event type with id 9 not found."),
        (
            with(&|b| {
                b["eventTypeId"] = json!(2001);
                b["attendee"].as_object_mut().unwrap().remove("email");
            }),
            "responses - {email}error_required_field, ",
        ),
    ];

    for (wanted, text) in cases {
        let reply = desk.post("/v2/bookings", BOOKINGS, &wanted).await;

        assert_eq!(reply.message(), text);
        assert_eq!(reply.status, if text.contains("not found") { 404 } else { 400 });
    }
    assert!(desk.sim.ledger().bookings().is_empty());
}

#[actix_rt::test]
async fn too_soon_and_too_far_are_out_of_bounds() {
    let strict = EventType {
        minimum_notice_minutes: 7 * 24 * 60,
        window_days: Some(10),
        ..EventType::personal(2001, 1)
    };
    let desk = desk(settings(1).and(strict));

    let soon = desk.book(2001, TEN, "b1").await;
    let far = desk.book(2001, "2026-12-22T09:00:00Z", "b2").await;
    let between = desk.book(2001, "2026-12-05T09:00:00Z", "b3").await;

    assert!(soon.message().starts_with("The event type can't be booked at the \"start\" time provided."));
    assert_eq!(soon.message(), far.message());
    assert_eq!(between.status, 201);
}

#[actix_rt::test]
async fn buffers_keep_the_neighbouring_times_free() {
    let padded = EventType { after_buffer_minutes: 10, ..EventType::personal(2001, 1) };
    let desk = desk(settings(1).and(padded));
    desk.book(2001, HALF_PAST_TEN, "b1").await;

    let before = desk.book(2001, TEN, "b2").await;
    let before_without = desk.book(1001, TEN, "b3").await;
    let behind = desk.book(1001, "2026-12-01T10:00:00Z", "b4").await;

    assert_eq!((before.status, before_without.status, behind.status), (400, 201, 400));
}

#[actix_rt::test]
async fn a_phone_only_attendee_is_stored_under_an_address_made_of_the_digits() {
    let desk = desk(settings(1));
    let mut wanted = body(1001, TEN, "b1");
    wanted["attendee"].as_object_mut().unwrap().remove("email");

    let reply = desk.post("/v2/bookings", BOOKINGS, &wanted).await;
    let found = desk.get("/v2/bookings?attendeeEmail=493012345678%40sms.cal.com", BOOKINGS).await;

    assert_eq!(reply.body["data"]["attendees"][0]["email"], "493012345678@sms.cal.com");
    assert_eq!(found.body["data"][0]["uid"], reply.body["data"]["uid"]);
}

#[actix_rt::test]
async fn a_missing_version_header_silently_means_the_oldest_api() {
    let desk = desk(settings(1));
    desk.book(1001, TEN, "b1").await;

    let create = desk.post("/v2/bookings", "", &body(1001, HALF_PAST_TEN, "b2")).await;
    let list = desk.get("/v2/bookings?attendeeEmail=nobody%40post.example", "2030-01-01").await;
    let slots = desk.get("/v2/slots?eventTypeId=1001&start=2026-12-01&end=2026-12-01", BOOKINGS).await;
    let hold = desk.post("/v2/slots/reservations", "", &json!({"eventTypeId": 1001, "slotStart": TEN})).await;
    let kind = desk.get("/v2/event-types/1001", "").await;

    assert_eq!(
        (create.status, create.message()),
        (400, "attendee property is wrong,property attendee should not exist ")
    );
    assert_eq!(list.body["data"]["bookings"][0]["status"], "ACCEPTED");
    assert_eq!(slots.status, 404);
    assert_eq!((hold.status, hold.message()), (404, "Cannot POST /v2/slots/reservations"));
    assert_eq!(kind.body["data"]["eventType"]["length"], 30);
}

#[actix_rt::test]
async fn keys_are_needed_where_the_vendor_needs_them() {
    let desk = desk(settings(1));
    let ask = async |path: &str, key: Option<&str>| {
        let mut request = desk.http.get(format!("{}{path}", desk.sim.url()));
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        let response = request.header("cal-api-version", SLOTS).send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap()["error"]["message"].clone())
    };

    let (none, none_text) = ask("/v2/me", None).await;
    let (wrong, wrong_text) = ask("/v2/me", Some("cal_other")).await;
    let (public, _) = ask("/v2/slots?eventTypeId=1001&start=2026-12-01&end=2026-12-01", None).await;

    assert_eq!(none, 401);
    assert!(none_text.as_str().unwrap().starts_with("ApiAuthStrategy - No authentication method provided."));
    assert_eq!((wrong, wrong_text.as_str()), (401, Some("CustomThrottlerGuard - Invalid API Key")));
    assert_eq!(public, 200);
    assert_eq!(desk.get("/v2/me", "").await.body["data"]["id"], 1);
}

#[actix_rt::test]
async fn beyond_the_limit_every_request_is_throttled_without_a_retry_after() {
    let desk = desk(Settings { requests_per_minute: Some(2), block_ms: 150, ..settings(1) });
    desk.get("/v2/me", "").await;
    desk.get("/v2/me", "").await;

    let reply = desk.book(1001, TEN, "b1").await;

    assert_eq!(reply.status, 429);
    assert_eq!(reply.body["error"]["code"], "ThrottlerException");
    assert_eq!(reply.body["error"]["details"], reply.body["error"]["message"]);
    assert_eq!(reply.headers["x-ratelimit-reset-default"], "1");
    assert!(!reply.headers.contains_key("retry-after"));
    assert!(desk.sim.ledger().bookings().is_empty());
    while desk.get("/v2/me", "").await.status == 429 {
        actix_rt::time::sleep(Duration::from_millis(20)).await;
    }
}

#[actix_rt::test]
async fn slots_follow_hours_bookings_reservations_and_the_bumped_end() {
    let desk = desk(settings(1));
    desk.book(1001, TEN, "b1").await;
    let hold = json!({"eventTypeId": 1001, "slotStart": HALF_PAST_TEN, "reservationDuration": 10});
    let hold = desk.post("/v2/slots/reservations", SLOTS, &hold).await;

    let tuesday = desk.slots("start=2026-12-01&end=2026-12-01&timeZone=Europe/Berlin").await;
    let to_midnight = desk.slots("start=2026-12-01T00:00:00Z&end=2026-12-02T00:00:00Z").await;
    let sunday = desk.slots("start=2026-12-06&end=2026-12-06").await;
    let unknown = desk.slots("start=2026-12-01&end=2026-12-01&colour=red").await;

    let day = tuesday.body["data"]["2026-12-01"].as_array().unwrap();
    assert_eq!(hold.status, 201);
    assert_eq!(day.len(), 18 - 2);
    assert_eq!(day[0], json!({"start": "2026-12-01T09:00:00.000+01:00"}));
    assert_eq!(day[2], json!({"start": "2026-12-01T11:00:00.000+01:00"}));
    assert_eq!(to_midnight.body["data"].as_object().unwrap().len(), 2);
    assert_eq!(to_midnight.body["data"]["2026-12-02"][0]["start"], "2026-12-02T08:00:00.000Z");
    assert_eq!(sunday.body["data"], json!({}));
    assert_eq!((unknown.status, unknown.message()), (400, "Bad Request Exception"));
}

#[actix_rt::test]
async fn a_slot_answer_is_repeated_while_it_is_fresh() {
    let desk = desk(Settings { slots_stale_ms: 60_000, ..settings(1) });
    let question = "start=2026-12-01&end=2026-12-01&format=range";
    let before = desk.slots(question).await;
    desk.book(1001, TEN, "b1").await;

    let after = desk.slots(question).await;
    let other_question = desk.slots("start=2026-12-01&end=2026-12-01").await;

    assert_eq!(before.body["data"]["2026-12-01"][0]["end"], "2026-12-01T08:30:00.000Z");
    assert_eq!(after.body, before.body);
    assert_eq!(other_question.body["data"]["2026-12-01"].as_array().unwrap().len(), 17);
}

#[actix_rt::test]
async fn a_reservation_hides_a_slot_and_binds_nobody() {
    let desk = desk(settings(1));
    let wish = json!({"eventTypeId": 1001, "slotStart": TEN});
    let held = desk.post("/v2/slots/reservations", SLOTS, &wish).await;
    let path = format!("/v2/slots/reservations/{}", held.body["data"]["reservationUid"].as_str().unwrap());

    let again = desk.post("/v2/slots/reservations", SLOTS, &wish).await;
    let extended = desk.try_ask(Method::PATCH, &path, SLOTS, Some(&wish)).await.unwrap();
    let booked = desk.book(1001, TEN, "b1").await;
    let booked_over = desk.post("/v2/slots/reservations", SLOTS, &wish).await;
    let dropped = desk.try_ask(Method::DELETE, &path, SLOTS, None).await.unwrap();
    let gone = desk.get(&path, SLOTS).await;

    assert_eq!((again.status, extended.status), (422, 422));
    assert!(again.message().starts_with("This time slot is already reserved"));
    assert_eq!(booked.status, 201);
    assert_eq!(booked_over.message(), "Can't reserve a slot if the event is already booked.");
    assert_eq!(dropped.body, json!({"status": "success"}));
    assert_eq!(gone.body, json!({"status": "success", "data": null}));
}

#[actix_rt::test]
async fn a_connection_cut_before_the_insert_leaves_nothing() {
    let desk = desk(settings(1));
    desk.sim.dials().cut_before_insert(1);

    let first = desk.try_book(TEN, "b1").await;
    let left = desk.live("b1");
    let second = desk.try_book(TEN, "b1").await;

    assert!(was_cut(first));
    assert_eq!(left, 0);
    assert_eq!(second.unwrap().status, 201);
}

#[actix_rt::test]
async fn a_connection_cut_after_the_insert_leaves_a_booking_without_an_answer() {
    let desk = desk(settings(1));
    desk.sim.dials().cut_after_insert(1);

    let first = desk.try_book(TEN, "b1").await;
    let second = desk.book(1001, TEN, "b1").await;

    assert!(was_cut(first));
    assert_eq!(desk.live("b1"), 1);
    assert_eq!(second.status, 400);
    let log = desk.sim.ledger().requests();
    assert_eq!((log[0].status, log[1].status), (None, Some(400)));
}

#[actix_rt::test]
async fn a_500_may_or_may_not_have_stored_something() {
    let desk = desk(settings(1));
    desk.sim.dials().fail_with_500(1);
    desk.sim.dials().mishap(Write::Create, Mishap::FailAfter, 1);

    let first = desk.book(1001, TEN, "b1").await;
    let second = desk.book(1001, TEN, "b2").await;

    assert_eq!(first.body, json!({"statusCode": 500, "message": "Internal server error"}));
    assert_eq!(second.status, 500);
    assert_eq!((desk.live("b1"), desk.live("b2")), (0, 1));
}

#[actix_rt::test]
async fn a_late_commit_appears_after_its_client_was_cut_off() {
    let desk = desk(settings(1));
    desk.sim.dials().late_commit(1, 150);

    let cut = desk.try_book(TEN, "b1").await;
    let at_once = desk.live("b1");
    let mut looks = 0;
    while desk.live("b1") == 0 && looks < 200 {
        looks += 1;
        actix_rt::time::sleep(Duration::from_millis(10)).await;
    }

    assert!(was_cut(cut));
    assert_eq!((at_once, desk.live("b1")), (0, 1));
    assert_eq!(desk.book(1001, TEN, "b2").await.status, 400);
}

#[actix_rt::test]
async fn a_client_that_gives_up_does_not_undo_its_booking() {
    let desk = desk(settings(1));
    desk.sim.dials().check_insert_gap_ms(500);
    let impatient = Client::builder().timeout(Duration::from_millis(200)).build().unwrap();
    let request = impatient
        .post(format!("{}/v2/bookings", desk.sim.url()))
        .bearer_auth("cal_sim_key")
        .header("cal-api-version", BOOKINGS)
        .json(&body(1001, TEN, "b1"));

    let answer = request.send().await;

    assert!(answer.unwrap_err().is_timeout());
    assert_eq!(desk.live("b1"), 0);
    while desk.sim.ledger().requests()[0].status.is_none() {
        actix_rt::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(desk.live("b1"), 1);
}

#[actix_rt::test]
async fn stale_reads_do_not_see_young_rows() {
    let desk = desk(settings(1));
    let uid = uid(&desk.book(1001, TEN, "b1").await);
    desk.sim.dials().stale_reads(60_000);

    let lagging = desk.get("/v2/bookings", BOOKINGS).await;
    let single = desk.get(&format!("/v2/bookings/{uid}"), BOOKINGS).await;
    desk.sim.dials().stale_reads(0);
    let fresh = desk.get("/v2/bookings", BOOKINGS).await;

    assert_eq!(lagging.body["data"], json!([]));
    assert_eq!(lagging.body["pagination"]["currentPage"], 0);
    assert_eq!(single.message(), format!("Booking with uid={uid} was not found in the database"));
    assert_eq!(fresh.body["pagination"]["totalItems"], 1);
}

#[actix_rt::test]
async fn stale_reads_show_a_row_as_it_was_before_a_young_change() {
    let desk = desk(settings(1));
    let uid = uid(&desk.book(1001, TEN, "b1").await);
    let path = format!("/v2/bookings/{uid}");
    desk.sim.dials().stale_reads(400);
    while desk.get(&path, BOOKINGS).await.status == 404 {
        actix_rt::time::sleep(Duration::from_millis(10)).await;
    }

    assert!(desk.sim.dials().cancelled_by_person(&uid));
    let lagging = desk.get(&path, BOOKINGS).await;
    desk.sim.dials().stale_reads(0);
    let fresh = desk.get(&path, BOOKINGS).await;

    assert_eq!(lagging.body["data"]["status"], "accepted");
    assert_eq!(fresh.body["data"]["status"], "cancelled");
}

#[actix_rt::test]
async fn an_outage_refuses_connections_and_the_data_survives_it() {
    let desk = desk(settings(1));
    desk.book(1001, TEN, "b1").await;

    desk.sim.go_down().await;
    let down = desk.try_book(HALF_PAST_TEN, "b2").await;
    let refused = client().get(desk.sim.url()).send().await;
    desk.sim.come_back().unwrap();
    let back = desk.book(1001, TEN, "b3").await;

    assert!(down.is_err());
    assert!(refused.unwrap_err().is_connect());
    assert_eq!(back.status, 400);
    assert_eq!(desk.sim.ledger().bookings().len(), 1);
}

#[actix_rt::test]
async fn an_outage_cuts_what_is_under_way_and_a_late_commit_outlives_it() {
    let desk = desk(settings(1));
    desk.sim.dials().write_delay_ms(30_000, 30_000);
    desk.sim.dials().late_commit(1, 50);
    assert!(was_cut(desk.try_book(TEN, "b1").await));

    let outage = async {
        while desk.sim.ledger().count("POST /v2/bookings") < 2 {
            actix_rt::time::sleep(Duration::from_millis(5)).await;
        }
        desk.sim.go_down().await;
    };
    let (under_way, ()) = tokio::join!(desk.try_book(HALF_PAST_TEN, "b2"), outage);
    while desk.live("b1") == 0 {
        actix_rt::time::sleep(Duration::from_millis(5)).await;
    }

    assert!(was_cut(under_way));
    assert_eq!((desk.live("b1"), desk.live("b2")), (1, 1));
    let started = time::instant();
    while desk.sim.ledger().writes_under_way() > 0 {
        assert!(time::elapsed_ms(started) < 20_000, "what the outage took away counts as under way");
        actix_rt::time::sleep(Duration::from_millis(5)).await;
    }
}

#[actix_rt::test]
async fn a_broken_calendar_answers_500_to_everything() {
    let desk = desk(settings(1));
    desk.sim.dials().broken(true);

    let me = desk.get("/v2/me", "").await;
    let booking = desk.book(1001, TEN, "b1").await;
    desk.sim.dials().all_well();

    assert_eq!((me.status, booking.status), (500, 500));
    assert_eq!(desk.book(1001, TEN, "b1").await.status, 201);
}

#[actix_rt::test]
async fn round_robin_answers_a_repeat_with_the_booking_that_exists() {
    let desk = desk(settings(2).and(EventType::team(3001, Kind::RoundRobin, &[1, 2])));
    let first = desk.book(3001, TEN, "b1").await;
    let mut foreign = body(3001, TEN, "b1");
    foreign["metadata"]["fernamt_booking"] = json!("b2");

    let repeat = desk.post("/v2/bookings", BOOKINGS, &foreign).await;
    let other = desk.book(3001, TEN, "b3").await;
    let none_left = desk.book(3001, TEN, "b4").await;

    assert_eq!((repeat.status, uid(&repeat)), (201, uid(&first)));
    assert_eq!(repeat.body["data"]["metadata"]["fernamt_booking"], "b1");
    assert_ne!(other.body["data"]["hosts"][0]["id"], first.body["data"]["hosts"][0]["id"]);
    assert!(none_left.message().starts_with("One of the hosts either already has booking"));
}

#[actix_rt::test]
async fn a_type_that_needs_confirmation_books_pending_and_blocks_nobody() {
    let waiting = EventType { kind: Kind::RequiresConfirmation, ..EventType::personal(3001, 1) };
    let desk = desk(settings(1).and(waiting));
    let first = desk.book(3001, TEN, "b1").await;

    let repeat = desk.book(3001, TEN, "b1").await;
    let other = desk.book(3001, TEN, "b2").await;
    assert!(desk.sim.dials().confirmed_by_person(&uid(&first)));
    let late = desk.book(3001, TEN, "b1").await;

    assert_eq!(first.body["data"]["status"], "pending");
    assert_eq!(uid(&repeat), uid(&first));
    assert_eq!(other.status, 201);
    assert_eq!(late.status, 400);
    assert_eq!(desk.sim.ledger().overlaps().len(), 1);
}

#[actix_rt::test]
async fn a_collective_booking_needs_all_its_hosts() {
    let desk = desk(settings(2).and(EventType::team(3001, Kind::Collective, &[1, 2])));
    let first = desk.book(3001, TEN, "b1").await;

    let of_a_co_host = desk.book(1002, TEN, "b2").await;
    desk.book(1002, HALF_PAST_TEN, "b3").await;
    let one_missing = desk.book(3001, HALF_PAST_TEN, "b4").await;

    assert_eq!(first.body["data"]["attendees"].as_array().unwrap().len(), 2);
    assert_eq!((of_a_co_host.status, one_missing.status), (400, 400));
}

#[actix_rt::test]
async fn in_the_gap_between_check_and_insert_only_the_unique_key_guards() {
    let desk = desk(settings(1));
    desk.sim.dials().check_insert_gap_ms(200);

    let (first, second) = tokio::join!(desk.book(1001, TEN, "b1"), desk.book(1001, TEN, "b2"));

    let (won, lost) = if first.status == 201 { (first, second) } else { (second, first) };
    assert_eq!(won.status, 201);
    assert_eq!(
        lost.body,
        json!({"statusCode": 400, "message": "An error occurred while querying the database."})
    );
    assert_eq!(desk.sim.ledger().in_flight_max_per_host(), 2);
    assert_eq!(desk.sim.ledger().in_flight_max_of(1), 2);
}

#[actix_rt::test]
async fn the_gap_lets_overlapping_bookings_through_and_the_ledger_shows_them() {
    let desk = desk(settings(1));
    desk.sim.dials().check_insert_gap_ms(200);

    let (first, second) =
        tokio::join!(desk.book(1001, TEN, "b1"), desk.book(1001, "2026-12-01T09:15:00Z", "b2"));

    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(desk.sim.ledger().overlaps().len(), 1);
}

#[actix_rt::test]
async fn a_reschedule_makes_a_new_uid_and_says_so_when_repeated() {
    let desk = desk(settings(1));
    let old = uid(&desk.book(1001, TEN, "b1").await);
    let path = format!("/v2/bookings/{old}/reschedule");
    let wanted = json!({"start": HALF_PAST_TEN, "reschedulingReason": "Anruf"});

    let moved = desk.post(&path, BOOKINGS, &wanted).await;
    let again = desk.post(&path, BOOKINGS, &wanted).await;
    let read = desk.get(&format!("/v2/bookings/{old}"), BOOKINGS).await;
    let freed = desk.book(1001, TEN, "b2").await;

    let new = uid(&moved);
    assert_eq!((moved.status, again.status), (201, 400));
    assert_ne!(new, old);
    assert_eq!(moved.body["data"]["rescheduledFromUid"], json!(old));
    assert_eq!(moved.body["data"]["metadata"]["fernamt_booking"], "b1");
    assert_eq!(
        (&read.body["data"]["status"], &read.body["data"]["rescheduledToUid"]),
        (&json!("cancelled"), &json!(new))
    );
    assert_eq!(
        again.message(),
        format!(
            "Can't reschedule booking with uid={old} because it has been cancelled and rescheduled already to booking with uid={new}. You probably want to reschedule {new} instead by passing it within the request URL."
        )
    );
    assert_eq!(freed.status, 201);
}

#[actix_rt::test]
async fn a_cancel_wants_a_reason_and_happens_once() {
    let desk = desk(settings(1));
    let uid = uid(&desk.book(1001, TEN, "b1").await);
    let path = format!("/v2/bookings/{uid}/cancel");

    let without = desk.post(&path, BOOKINGS, &json!({})).await;
    let done = desk.post(&path, BOOKINGS, &json!({"cancellationReason": "Anruf"})).await;
    let again = desk.post(&path, BOOKINGS, &json!({"cancellationReason": "Anruf"})).await;

    assert_eq!(without.body, json!({"statusCode": 400, "message": "Cancellation reason is required"}));
    assert_eq!((done.status, &done.body["data"]["status"]), (200, &json!("cancelled")));
    assert_eq!(
        again.message(),
        format!(
            "Can't cancel booking with uid={uid} because it has been cancelled already. Please provide uid of a booking that is not cancelled."
        )
    );
    assert_eq!(desk.live("b1"), 0);
}

#[actix_rt::test]
async fn mishaps_reach_cancels_and_reschedules_too() {
    let desk = desk(settings(1));
    let uid = uid(&desk.book(1001, TEN, "b1").await);
    desk.sim.dials().mishap(Write::Reschedule, Mishap::CutAfter, 1);

    let path = format!("/v2/bookings/{uid}/reschedule");
    let cut = desk.try_ask(Method::POST, &path, BOOKINGS, Some(&json!({"start": HALF_PAST_TEN}))).await;

    assert!(was_cut(cut));
    let live = desk.sim.ledger().live_bookings();
    assert_eq!((live.len(), live[0].rescheduled_from.as_deref()), (1, Some(uid.as_str())));
}

#[actix_rt::test]
async fn the_exact_look_finds_only_what_it_asks_for() {
    let desk = desk(settings(2));
    let first = uid(&desk.book(1001, TEN, "b1").await);
    desk.book(1001, HALF_PAST_TEN, "b1").await;
    desk.book(1002, TEN, "b1").await;
    let look = |email: &str| {
        format!(
            "/v2/bookings?attendeeEmail={email}&eventTypeIds=1001&afterStart={TEN}&beforeEnd={HALF_PAST_TEN}&sortCreated=desc&take=250"
        )
    };

    let found = desk.get(&look("b1%40post.example"), BOOKINGS).await;
    let other_case = desk.get(&look("B1%40post.example"), BOOKINGS).await;
    let paged = desk.get("/v2/bookings?take=2&sortCreated=asc", BOOKINGS).await;
    let unknown_type = desk.get("/v2/bookings?eventTypeIds=9", BOOKINGS).await;
    let bad_status = desk.get("/v2/bookings?status=nope", BOOKINGS).await;

    assert_eq!(found.body["data"].as_array().unwrap().len(), 1);
    assert_eq!(found.body["data"][0]["uid"], json!(first));
    assert_eq!(other_case.body["data"], json!([]));
    assert_eq!(
        (&paged.body["pagination"]["remainingItems"], &paged.body["pagination"]["hasNextPage"]),
        (&json!(1), &json!(true))
    );
    assert_eq!(unknown_type.message(), "The requested event-types do not exist.");
    assert_eq!(bad_status.body["error"]["details"]["errors"][0]["property"], "status");
}

#[actix_rt::test]
async fn a_key_lists_only_the_hosts_it_may_see() {
    let mut narrow = settings(2);
    narrow.keys[0].sees = Vec::new();
    let desk = desk(narrow);
    desk.book(1001, TEN, "b1").await;
    desk.book(1002, TEN, "b2").await;

    let list = desk.get("/v2/bookings", BOOKINGS).await;

    assert_eq!(list.body["pagination"]["totalItems"], 1);
    assert_eq!(list.body["data"][0]["hosts"][0]["id"], 1);
    assert_eq!(desk.get("/v2/event-types/1002", "2024-06-14").await.status, 404);
}

#[actix_rt::test]
async fn a_visitor_of_the_web_page_takes_a_time_away() {
    let desk = desk(settings(1));
    let ten: Timestamp = TEN.parse().unwrap();

    let taken = desk.sim.dials().taken_by_visitor(1001, ten);
    let twice = desk.sim.dials().taken_by_visitor(1001, ten);

    assert!(taken.is_some());
    assert!(twice.is_none());
    assert_eq!(desk.book(1001, TEN, "b1").await.status, 400);
    assert!(desk.sim.ledger().live_bookings_per_intent().is_empty());
}

#[actix_rt::test]
async fn event_types_say_who_owns_or_hosts_them() {
    let desk = desk(settings(2).and(EventType::team(3001, Kind::RoundRobin, &[1, 2])));

    let own = desk.get("/v2/event-types", "2024-06-14").await;
    let personal = desk.get("/v2/event-types/1002", "2024-06-14").await;
    let team = desk.get("/v2/event-types/3001", "2024-06-14").await;

    assert_eq!(own.body["data"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&personal.body["data"]["ownerId"], &personal.body["data"]["lengthInMinutes"]),
        (&json!(2), &json!(30))
    );
    assert_eq!(
        (&team.body["data"]["ownerId"], &team.body["data"]["schedulingType"]),
        (&Value::Null, &json!("roundRobin"))
    );
    assert_eq!(team.body["data"]["hosts"][1]["userId"], 2);
}

#[actix_rt::test]
async fn the_ledger_counts_routes_and_keeps_the_order_of_arrival() {
    let desk = desk(settings(1));
    let before = desk.sim.now();
    desk.get("/v2/me", "").await;
    let uid = uid(&desk.book(1001, TEN, "b1").await);
    desk.get(&format!("/v2/bookings/{uid}"), BOOKINGS).await;
    let nowhere = desk.get("/v2/nowhere", "").await;

    let ledger = desk.sim.ledger();

    let routes: Vec<&str> = ledger.requests().iter().map(|request| request.route).collect();
    assert_eq!(routes, ["GET /v2/me", "POST /v2/bookings", "GET /v2/bookings/{uid}", "unknown"]);
    assert_eq!(ledger.count("POST /v2/bookings"), 1);
    assert!(ledger.requests_between(before - SignedDuration::from_secs(5), before).is_empty());
    assert_eq!((nowhere.status, nowhere.message()), (404, "Cannot GET /v2/nowhere"));
}
