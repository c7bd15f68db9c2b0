//! Appointments by the gateway: entered once whatever is repeated, moved, called off, found, and never another company's.

use fernamt::operations::{Role, tokens};
use fernamt::sim::calcom::{EventType, Kind, Settings};
use serde_json::{Value, json};

use super::house::{House, Setup, eventually, instant, salon_a, salon_b};

const HALF_PAST_TWO: &str = "2026-10-20T14:30:00+02:00";

/// Asks a method: the result, or the error object.
async fn ask_as(house: &House, token: &str, method: &str, params: Value) -> Result<Value, Value> {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    let url = format!("{}/api/mcp/gateway", house.app.url());
    let answer = house.http.post(url).bearer_auth(token).json(&body).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let mut answer: Value = answer.json().await.unwrap();
    if answer["error"].is_null() { Ok(answer["result"].take()) } else { Err(answer["error"].take()) }
}

async fn ask(house: &House, method: &str, params: Value) -> Result<Value, Value> {
    ask_as(house, &house.token, method, params).await
}

async fn token(house: &House, role: Role, company: &str) -> String {
    let directory = house.app.house().directory();
    let companies = [company.to_owned()];
    let created =
        tokens::create(house.app.house().store(), house.clock, &directory, (role, &companies, "test")).await;
    created.unwrap().1
}

fn haircut(key: &str, start: &str) -> Value {
    json!({
        "company": "salon-a", "service": "haarschnitt", "start": start, "name": "Erika Beispiel",
        "phone": "0171 1234567", "idempotency_key": key,
    })
}

fn with(mut params: Value, field: &str, value: Value) -> Value {
    params[field] = value;
    params
}

fn problem(refusal: &Value) -> &str {
    refusal["data"]["problem"].as_str().unwrap()
}

/// A booking once it has that in that field.
async fn once(house: &House, id: &str, field: &str, value: Value) -> Value {
    eventually("the booking to change", || async {
        let booking = house.get(&format!("bookings/{id}")).await;
        (booking[field] == value).then_some(booking)
    })
    .await
}

fn id_of(outcome: &Value) -> String {
    outcome["booking"]["id"].as_str().unwrap().to_owned()
}

#[actix_rt::test]
async fn one_key_sent_many_times_at_once_is_one_booking_and_with_other_content_refused() {
    let house = House::open(Setup::default()).await;
    house.calcom.dials().write_delay_ms(50, 150);

    let same = (0..6).map(|_| ask(&house, "calcom.createBooking", haircut("web-1", HALF_PAST_TWO)));
    let answers = futures_util::future::join_all(same).await;

    let ids: Vec<String> = answers.iter().map(|answer| id_of(answer.as_ref().unwrap())).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{answers:?}");
    let booking = once(&house, &ids[0], "state", json!("booked")).await;
    assert_eq!(booking["customer"]["phone"], "+491711234567");
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
    let again = ask(&house, "calcom.createBooking", haircut("web-1", HALF_PAST_TWO)).await.unwrap();
    assert_eq!((&again["state"], &again["is_repeat"]), (&json!("booked"), &json!(true)));
    let other = with(haircut("web-1", HALF_PAST_TWO), "name", json!("Max Muster"));
    let refused = ask(&house, "calcom.createBooking", other).await.unwrap_err();
    assert!(problem(&refused).contains("idempotency_key was used for another appointment"), "{refused}");
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
    let story = house.get(&format!("calls/{}/timeline", booking["call_id"].as_str().unwrap())).await;
    assert!(story["why"].as_str().unwrap().contains("it was entered at the desk"), "{story}");
    assert_eq!(house.get("calls?limit=200").await["items"], json!([]), "nobody has called");
}

#[actix_rt::test]
async fn a_time_that_is_taken_is_refused_with_others_and_rules_hold_unless_they_are_overridden() {
    let house = House::open(Setup::default()).await;
    house.calcom.dials().taken_by_visitor(1001, instant(HALF_PAST_TWO)).unwrap();

    let taken = ask(&house, "calcom.createBooking", haircut("web-1", HALF_PAST_TWO)).await.unwrap_err();
    let near = json!({"company": "salon-a", "service": "Haarschnitt", "start": "2026-10-20T14:30"});
    let near = ask(&house, "calcom.findAlternativeSlots", near).await.unwrap();
    let day = json!({"company": "salon-a", "service": "Schnitt", "date": "2026-10-20"});
    let free = ask(&house, "calcom.checkAvailability", day).await.unwrap();
    // Saturday after two, when the salon is closed and its hairdresser works.
    let closed = haircut("web-2", "2026-10-17T15:00:00+02:00");
    let refused = ask(&house, "calcom.createBooking", closed.clone()).await.unwrap_err();
    let entered = ask(&house, "calcom.createBooking", with(closed, "override_rules", json!(true))).await;

    assert!(problem(&taken).starts_with("this time is taken: Cal.com does not offer it"), "{taken}");
    let offered: Vec<&str> = taken["data"]["alternatives"]
        .as_array()
        .unwrap()
        .iter()
        .map(|slot| slot["start"].as_str().unwrap())
        .collect();
    assert_eq!(
        offered,
        ["2026-10-20T14:00:00+02:00", "2026-10-20T15:00:00+02:00", "2026-10-19T14:30:00+02:00"],
        "the nearest first"
    );
    assert_eq!((&near["is_free"], &near["slots"]), (&json!(false), &taken["data"]["alternatives"]));
    let starts = free["slots"].as_array().unwrap();
    assert_eq!(starts.len(), 17, "{free}");
    assert!(starts.iter().all(|slot| slot["start"] != HALF_PAST_TWO && slot["calendar"] == "anna"));
    assert!(problem(&refused).contains("the branch is closed then"), "{refused}");
    once(&house, &id_of(&entered.unwrap()), "state", json!("booked")).await;
}

#[actix_rt::test]
async fn what_is_entered_while_cal_com_is_away_is_kept_and_booked_when_it_is_back() {
    let house = House::open(Setup::default()).await;
    house.calcom.go_down().await;

    let entered = ask(&house, "calcom.createBooking", haircut("web-1", HALF_PAST_TWO)).await.unwrap();
    let rival = with(haircut("web-2", HALF_PAST_TWO), "name", json!("Max Muster"));
    let rival = ask(&house, "calcom.createBooking", rival).await.unwrap_err();
    house.calcom.come_back().unwrap();

    assert!(["waiting", "sent", "unsure"].contains(&entered["state"].as_str().unwrap()), "{entered}");
    assert!(problem(&rival).contains("this time is taken"), "{rival}");
    let booking = once(&house, &id_of(&entered), "state", json!("booked")).await;
    assert_eq!(booking["start"], "2026-10-20T12:30:00Z");
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
}

#[actix_rt::test]
async fn an_appointment_is_found_confirmed_moved_and_called_off_each_once() {
    let house = House::open(Setup::default()).await;
    let entered = ask(&house, "calcom.createBooking", haircut("web-1", HALF_PAST_TWO)).await.unwrap();
    let id = id_of(&entered);
    once(&house, &id, "state", json!("booked")).await;
    house.calcom.dials().taken_by_visitor(1001, instant("2026-10-21T10:00:00+02:00")).unwrap();
    let staff = token(&house, Role::Staff, "salon-a").await;

    let asked = json!({"phone": "0171/1234567", "name": "beispiel"});
    let found = ask_as(&house, &staff, "appointment.management.find", asked).await.unwrap();
    let by_name =
        ask_as(&house, &staff, "appointment.management.find", json!({"name": "Muster"})).await.unwrap();
    let one = json!({"booking_id": id});
    let confirmed = ask_as(&house, &staff, "appointment.management.confirm", one.clone()).await.unwrap();
    let full = json!({"booking_id": id, "start": "2026-10-21T10:00"});
    let full = ask_as(&house, &staff, "appointment.management.change", full).await.unwrap_err();
    let wanted = json!({"booking_id": id, "start": "2026-10-21T11:00"});
    let moves = (0..3).map(|_| ask_as(&house, &staff, "appointment_management.change", wanted.clone()));
    let moves = futures_util::future::join_all(moves).await;
    let moved = once(&house, &id, "start", json!("2026-10-21T09:00:00Z")).await;
    let repeated = ask(&house, "calcom.rescheduleBooking", wanted).await.unwrap();
    ask_as(&house, &staff, "appointment.management.cancel", one.clone()).await.unwrap();
    let cancelled = once(&house, &id, "state", json!("cancelled")).await;
    let again = ask(&house, "calcom.cancelBooking", one.clone()).await.unwrap();
    let late = ask(&house, "appointment.management.confirm", one).await.unwrap_err();

    assert_eq!(found["appointments"][0]["id"], json!(id));
    assert_eq!(by_name["appointments"], json!([]));
    assert!(confirmed["message"].as_str().unwrap().contains("noted"), "{confirmed}");
    assert!(!full["data"]["alternatives"].as_array().unwrap().is_empty(), "{full}");
    assert!(moves.iter().all(Result::is_ok), "{moves:?}");
    assert_eq!((&moved["state"], &repeated["is_repeat"]), (&json!("booked"), &json!(true)));
    assert_eq!((&cancelled["reason"], &again["is_repeat"]), (&json!("called off at the desk"), &json!(true)));
    assert!(problem(&late).contains("stands no more"), "{late}");
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1, "the visitor's");
    let story = house.get(&format!("calls/{}/timeline", cancelled["call_id"].as_str().unwrap())).await;
    assert_eq!(story.to_string().matches("the desk noted that they will come").count(), 1, "{story}");
}

#[actix_rt::test]
async fn another_companys_booking_is_as_unknown_as_one_that_never_was_and_agents_reach_nothing() {
    let house = House::open(Setup { companies: vec![salon_a(""), salon_b()], ..Setup::default() }).await;
    let entered = ask(&house, "calcom.createBooking", haircut("web-1", HALF_PAST_TWO)).await.unwrap();
    let (theirs, nobodys) = (id_of(&entered), uuid::Uuid::now_v7().to_string());
    let b = token(&house, Role::CompanyAdmin, "salon-b").await;
    let agent = token(&house, Role::Agent, "salon-a").await;
    let methods = [
        "calcom.rescheduleBooking",
        "calcom.cancelBooking",
        "appointment.management.change",
        "appointment.management.cancel",
        "appointment.management.confirm",
    ];

    for method in methods {
        let params = |id: &str| match method.rsplit('.').next().unwrap() {
            "change" | "rescheduleBooking" => json!({"booking_id": id, "start": "2026-10-21T11:00"}),
            _ => json!({"booking_id": id}),
        };
        let foreign = ask_as(&house, &b, method, params(&theirs)).await.unwrap_err();
        let unknown = ask_as(&house, &b, method, params(&nobodys)).await.unwrap_err();
        assert_eq!(foreign, unknown, "{method}");
        assert_eq!(foreign["data"]["type"], "not_found", "{method}");
        let barred = ask_as(&house, &agent, method, params(&theirs)).await.unwrap_err();
        assert_eq!(barred["data"]["type"], "forbidden", "{method}");
    }
    let found = ask_as(&house, &b, "appointment.management.find", json!({"name": "Beispiel"})).await.unwrap();
    assert_eq!(found["appointments"], json!([]));
    let named = json!({"company": "salon-a", "name": "Beispiel"});
    let foreign = ask_as(&house, &b, "appointment.management.find", named).await.unwrap_err();
    assert_eq!(foreign["data"]["type"], "not_found");
    let own = with(haircut("web-1", HALF_PAST_TWO), "company", json!("salon-b"));
    let own = ask_as(&house, &b, "calcom.createBooking", own).await.unwrap();
    assert_ne!(id_of(&own), theirs, "a key is one company's");
}

#[actix_rt::test]
async fn what_the_accounts_offer_is_told_with_what_can_be_booked_by_voice_and_what_to_write() {
    let mut verified = EventType::personal(1101, 1);
    verified.email_verified = true;
    let calcom = Settings { requests_per_minute: None, ..Settings::with_hosts(3) };
    let calcom = calcom.and(EventType::personal(1100, 1)).and(verified).and(EventType::team(
        1200,
        Kind::RoundRobin,
        &[1, 2],
    ));
    let house = House::open(Setup { calcom, ..Setup::default() }).await;

    let company = json!({"company": "salon-a"});
    let offered = ask(&house, "calcom.syncEventTypes", company.clone()).await.unwrap();
    let tested = ask(&house, "calcom.testConnection", company.clone()).await.unwrap();
    house.calcom.dials().broken(true);
    let away = ask(&house, "calcom.testConnection", company).await.unwrap();

    let account = &offered["accounts"][0];
    let of = |id: i64| {
        account["event_types"].as_array().unwrap().iter().find(|one| one["id"] == id).cloned().unwrap()
    };
    assert_eq!(of(1001)["used_by"][0]["service"], "haarschnitt");
    assert_eq!(
        of(1002)["hosts"],
        json!([{"id": "2", "calendars": ["bea"]}]),
        "another's that the file names"
    );
    assert_eq!(
        (&of(1101)["is_bookable_by_voice"], &of(1200)["kind"]),
        (&json!(false), &json!("round_robin"))
    );
    assert!(of(1101)["why_not"][0]["why"].as_str().unwrap().contains("verified"));
    let proposal = account["proposal"].as_str().unwrap();
    assert!(proposal.contains("event_type_id = 1100\ncalendar = \"anna\""), "{proposal}");
    assert!(proposal.contains("event_type_id = 1200") && !proposal.contains("1101"), "{proposal}");
    assert!(!proposal.contains("1001"), "{proposal}");
    let well = &tested["accounts"][0];
    assert_eq!((&tested["is_well"], &well["accepts_key"]), (&json!(true), &json!(true)));
    assert_eq!((&well["owner"]["username"], &well["breaker"]), (&json!("host1"), &json!("closed")));
    assert!(well["latency_ms"].is_u64() && well["clock_ahead_s"].is_i64(), "{well}");
    assert_eq!((&away["is_well"], &away["accounts"][0]["accepts_key"]), (&json!(false), &json!(false)));
    assert!(!away["accounts"][0]["problem"].as_str().unwrap().is_empty(), "{away}");
}
