//! Whatever was accepted once may be delivered again at any time, in any order: nothing comes of it, and functions are
//! answered with the same bytes.

use std::collections::BTreeSet;

use fernamt::sim::calcom::sign;
use fernamt::sim::retell::{Answer, Call, Prepared, Workspace};
use fernamt::store::holds::Owner;
use fernamt::store::{Scope, bookings, calls};
use serde_json::{Value, json};

use super::house::{House, Setup, eventually, salon_a, status, wish};

const SECRET: &str = "whsec_erfunden_2";
const RETELL: &str = "/api/webhooks/retell";
const CALCOM: &str = "/api/webhooks/calcom/salon-a";
/// Each is delivered again so often.
const TIMES: usize = 3;

/// Equal arguments are told apart at once, so that only the rest of what makes a repeat is left to recognise it by;
/// deliveries are forgotten after a day.
const SETTINGS: &str = "
[calls]
repeat_window_ms = 0
bodies_days = 1
deliveries_days = 1
[limits]
company_requests_per_minute = 0
call_requests_per_minute = 0
token_requests_per_minute = 0
[calcom]
compare_every_ms = 3600000
quiet_horizon_ms = 400
watch_after_ms = [300]
";

/// Something that was accepted, and what was answered.
struct Accepted {
    path: String,
    body: Vec<u8>,
    answer: Vec<u8>,
}

/// All that was accepted, in the order it came.
#[derive(Default)]
struct Shelf(Vec<Accepted>);

impl Shelf {
    fn keep(&mut self, path: &str, body: &[u8], answer: &Answer) {
        assert!([200, 204].contains(&answer.status), "{path}: {}", String::from_utf8_lossy(&answer.bytes));
        self.0.push(Accepted { path: path.into(), body: body.to_vec(), answer: answer.bytes.clone() });
    }

    async fn function(&mut self, call: &mut Call, prepared: Prepared, expected: &str) {
        let answer = prepared.send().await;
        assert_eq!(status(&answer), expected, "{}", answer.body);
        self.keep(&prepared.path, &prepared.body, &answer);
        call.hear(&answer);
    }

    async fn asks(&mut self, call: &mut Call, (name, args): (&str, Value), expected: &str) {
        let prepared = call.prepare(name, &args);
        self.function(call, prepared, expected).await;
    }

    async fn asks_without_id(&mut self, call: &mut Call, (name, args): (&str, Value), expected: &str) {
        let prepared = call.prepare_without_id(name, &args);
        self.function(call, prepared, expected).await;
    }

    async fn event(&mut self, salon: &Workspace, call: &Call, event: &str) {
        let body = call.body_of(event);
        self.keep(RETELL, &body, &salon.post_signed(RETELL, &body).await);
    }

    async fn ends(&mut self, salon: &Workspace, call: &mut Call) {
        call.hang_up("user_hangup");
        call.analyze(&json!({}));
        self.event(salon, call, "call_ended").await;
        self.event(salon, call, "call_analyzed").await;
    }

    /// Delivers everything again.
    async fn again(&self, house: &House, in_reverse: bool) {
        let salon = house.salon();
        let indices: Vec<usize> = (0..self.0.len()).collect();
        let order: Vec<usize> = if in_reverse { indices.into_iter().rev().collect() } else { indices };
        for one in order.into_iter().map(|index| &self.0[index]) {
            for time in 0..TIMES {
                // Somebody on the way may write a body anew.
                let mut body = one.body.clone();
                body.extend(vec![b'\n'; time]);
                let answer = deliver(&salon, &one.path, &body).await;
                let what = String::from_utf8_lossy(&answer.bytes).into_owned();
                assert!([200, 204].contains(&answer.status), "{}: {} {what}", one.path, answer.status);
                assert_eq!(what, String::from_utf8_lossy(&one.answer), "{} was answered anew", one.path);
            }
        }
    }
}

/// As whoever it comes from would sign it now.
async fn deliver(salon: &Workspace, path: &str, body: &[u8]) -> Answer {
    if path != CALCOM {
        return salon.post_signed(path, body).await;
    }
    let signature = sign(SECRET, body);
    salon.post_raw(path, body, &[("x-cal-signature-256", &signature)]).await
}

fn said(args: Value) -> (&'static str, Value) {
    ("collect_appointment", args)
}

fn yes() -> (&'static str, Value) {
    said(json!({"bestaetigung": true}))
}

async fn listening() -> House {
    let company = salon_a("")
        .replace("attendee_email_domain", &format!("webhook_secret = \"{SECRET}\"\nattendee_email_domain"));
    let house = House::open(Setup { settings: SETTINGS, companies: vec![company], ..Setup::default() }).await;
    house.calcom.dials().subscribe(&format!("{}{CALCOM}", house.app.url()), SECRET);
    house
}

/// A day: every kind of function, with and without an id; promises, a withdrawal, a wish for a call, a call cut off.
async fn day(house: &House) -> Shelf {
    let (salon, mut shelf) = (house.salon(), Shelf::default());

    let mut kept = house.ring();
    shelf.event(&salon, &kept, "call_started").await;
    shelf.asks(&mut kept, ("list_services", json!({})), "services").await;
    let day = json!({"datum": "2026-10-20", "dienstleistung": "Haarschnitt"});
    shelf.asks(&mut kept, ("check_availability", day.clone()), "available").await;
    shelf.asks(&mut kept, said(wish("2026-10-20", "14:30", "Erika Beispiel")), "held").await;
    shelf.asks(&mut kept, yes(), "confirmed").await;
    shelf.asks(&mut kept, ("request_callback", json!({"grund": "Frage"})), "callback_noted").await;
    shelf.ends(&salon, &mut kept).await;

    // Nothing tells its repeats but what was said, and in the end the caller has withdrawn.
    let mut withdrawn = house.ring();
    let wished = wish("2026-10-20", "15:30", "Max Beispiel");
    shelf.asks_without_id(&mut withdrawn, ("check_availability", day), "available").await;
    shelf.asks_without_id(&mut withdrawn, said(wished), "held").await;
    shelf.asks_without_id(&mut withdrawn, yes(), "confirmed").await;
    shelf.asks_without_id(&mut withdrawn, said(json!({"bestaetigung": false})), "withdrawn").await;
    shelf.ends(&salon, &mut withdrawn).await;

    let mut moved = house.ring();
    shelf.event(&salon, &moved, "call_started").await;
    let rings_back = json!({"grund": "Frage zur Rechnung", "telefonnummer": "030 1234567"});
    shelf.asks_without_id(&mut moved, ("request_callback", rings_back), "callback_noted").await;
    shelf.asks_without_id(&mut moved, said(wish("2026-10-21", "10:00", "Jonas Muster")), "held").await;
    shelf.asks_without_id(&mut moved, yes(), "confirmed").await;
    shelf.ends(&salon, &mut moved).await;

    let mut cut_off = house.ring();
    shelf.asks_without_id(&mut cut_off, said(wish("2026-10-22", "10:00", "Mia Muster")), "held").await;
    shelf.ends(&salon, &mut cut_off).await;

    let mut silent = house.ring();
    silent.never_connects("dial_no_answer");
    shelf.event(&salon, &silent, "call_ended").await;

    let (kept, moved) =
        (house.booking_in(kept.id(), &["booked"]).await, house.booking_in(moved.id(), &["booked"]).await);
    let uid = |booking: &Value| booking["calcom_uid"].as_str().unwrap().to_owned();
    let to = "2026-10-21T13:00:00Z".parse().unwrap();
    house.calcom.dials().moved_by_person(&uid(&moved), to).unwrap();
    assert!(house.calcom.dials().cancelled_by_person(&uid(&kept)));
    house.booking_in(kept["call_id"].as_str().unwrap(), &["cancelled"]).await;
    eventually("the move to be known", || async {
        let known = house.bookings(moved["call_id"].as_str().unwrap()).await;
        (known[0]["start"] == "2026-10-21T13:00:00Z").then_some(())
    })
    .await;
    shelf.take_in_calcoms(house).await;
    shelf
}

impl Shelf {
    /// What Cal.com has told, as it stands in the books: made, made, moved, cancelled.
    async fn take_in_calcoms(&mut self, house: &House) {
        let told = eventually("Cal.com's webhooks", || async {
            let listed = house.get("deliveries?limit=200").await["items"].as_array().unwrap().clone();
            let told: Vec<Value> = listed.into_iter().filter(|row| row["route"] == "calcom").collect();
            (told.len() == 4).then_some(told)
        })
        .await;
        for row in told.iter().rev() {
            let kept = house.get(&format!("deliveries/{}", row["id"].as_str().unwrap())).await;
            let body = kept["body"].as_str().unwrap().as_bytes().to_vec();
            self.0.push(Accepted { path: CALCOM.into(), body, answer: Vec::new() });
        }
    }
}

/// What the books and the calendar say, once nothing is left to do.
async fn calm(house: &House) -> Value {
    let store = house.app.house().store();
    eventually("everything to be calm", || async {
        let bookings =
            store.bookings(Scope::All).list(&bookings::Filter::default(), None, 200).await.unwrap().items;
        let calls = store.calls(Scope::All).list(&calls::Filter::default(), None, 200).await.unwrap().items;
        let is_calm = bookings.iter().all(|row| row.due_at.is_none())
            && calls.iter().all(|row| row.phase == "settled")
            && house.calcom.ledger().open_reservations() == 0;
        is_calm.then_some(())
    })
    .await;
    let calls = store.calls(Scope::All).list(&calls::Filter::default(), None, 200).await.unwrap().items;
    let mut bookings = house.get("bookings?limit=200").await["items"].clone();
    for booking in bookings.as_array_mut().unwrap() {
        // That it was looked at again is no change of it.
        booking.as_object_mut().unwrap().remove("updated_at");
    }
    let mut alerts = house.get("alerts?limit=200").await["items"].clone();
    // That nobody calls back comes with time alone.
    alerts.as_array_mut().unwrap().retain(|alert| alert["kind"] != "callback_overdue");
    json!({
        "calls": calls.iter().map(|row| format!("{row:?}")).collect::<Vec<_>>(),
        "bookings": bookings,
        "callbacks": house.get("callbacks?limit=200").await["items"],
        "alerts": alerts,
        "calendar": house.calcom.ledger().bookings().iter().map(|row| format!("{row:?}")).collect::<Vec<_>>(),
    })
}

/// Everything that is held by anybody.
async fn held(house: &House) -> BTreeSet<String> {
    let (directory, now) = (house.app.house().directory(), house.clock.now());
    let company = directory.company_by_slug("salon-a").unwrap();
    let calendars: Vec<_> = company.calendars.iter().map(|calendar| calendar.id).collect();
    let nobody = Owner { call: uuid::Uuid::nil().into(), appointment: 1 };
    let always = ("2026-01-01T00:00:00Z".parse().unwrap(), "2027-12-31T00:00:00Z".parse().unwrap());
    let holds = house.app.house().store().holds(company.id);
    let kept = holds.kept_by_others(&calendars, always, nobody, now).await.unwrap();
    kept.iter().map(|one| format!("{one:?}")).collect()
}

async fn nothing_comes_of(shelf: &Shelf, house: &House, when: &str) {
    let before = calm(house).await;
    let kept = held(house).await;
    for in_reverse in [false, true] {
        shelf.again(house, in_reverse).await;
        assert_eq!(calm(house).await, before, "{when}, in reverse: {in_reverse}");
        // What was held for something just booked runs out meanwhile.
        assert!(held(house).await.is_subset(&kept), "{when}, in reverse: {in_reverse}");
    }
}

#[actix_rt::test]
async fn nothing_comes_of_a_replay_however_often_in_whatever_order_however_late() {
    let house = listening().await;
    let shelf = day(&house).await;
    assert_eq!(house.callbacks().await.len(), 3, "two wishes and one who was cut off");

    nothing_comes_of(&shelf, &house, "right after").await;

    let house = house.restart().await;
    nothing_comes_of(&shelf, &house, "after a restart").await;

    // Before and after the appointments, when no delivery is remembered any more.
    let mut house = house;
    for later in ["2026-10-17T08:05:00Z", "2026-10-28T08:05:00Z"] {
        house = house.restart_at(later).await;
        eventually("the deliveries to be forgotten", || async {
            let left = house.get("deliveries?limit=200").await["items"].as_array().unwrap().len();
            (left == 0).then_some(())
        })
        .await;
        nothing_comes_of(&shelf, &house, later).await;
    }
}
