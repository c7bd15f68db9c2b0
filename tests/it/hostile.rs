//! Whoever has a token and means ill: nothing they send ends the process, starves others or tells them of strangers.

use fernamt::operations::{Role, tokens};
use serde_json::{Value, json};

use super::house::{CALLER, House, NUMBER_A, NUMBER_B, Setup, eventually, instant, salon_a, salon_b, wish};

async fn token(house: &House, role: Role, company: &str) -> String {
    let (store, directory) = (house.app.house().store(), house.app.house().directory());
    let companies = [company.to_owned()];
    tokens::create(store, house.clock, &directory, (role, &companies, "test")).await.unwrap().1
}

fn unhurried() -> Setup {
    Setup { settings: "[limits]\ntoken_requests_per_minute = 0", ..Setup::default() }
}

fn problem(refusal: &Value) -> &str {
    refusal["data"]["problem"].as_str().unwrap()
}

/// A turn of a conversation that a program leads under that name.
async fn turn(house: &House, token: &str, (name, function): (&str, &str), args: Value) -> Value {
    let params = json!({"call_id": name, "args": args});
    house.ask(token, &format!("retell.functions.{function}"), params).await.unwrap()
}

/// A whole conversation up to the booking.
async fn books(house: &House, agent: &str, name: &str, wish: Value) -> Value {
    let mut held = turn(house, agent, (name, "collect_appointment"), wish).await;
    if held["status"] == "incomplete" {
        held = turn(house, agent, (name, "collect_appointment"), json!({"telefonnummer": CALLER})).await;
    }
    assert_eq!(held["status"], "held", "{held}");
    turn(house, agent, (name, "collect_appointment"), json!({"bestaetigung": true})).await
}

#[actix_rt::test]
async fn a_name_of_a_thousand_words_is_refused_by_every_finder_and_the_house_goes_on() {
    let house = House::open(unhurried()).await;
    let staff = token(&house, Role::Staff, "salon-a").await;
    let (many, long) = ("ab ".repeat(30), "ab ".repeat(1_000));

    for (method, field) in
        [("appointment.management.find", "name"), ("customer.find", "name"), ("database.search", "text")]
    {
        for text in [&many, &long] {
            let refused = house.ask(&staff, method, json!({(field): text})).await.unwrap_err();
            assert!(problem(&refused).contains(&format!("{field} must be")), "{method}: {refused}");
        }
    }

    let found = house.ask(&staff, "appointment.management.find", json!({"name": "erika beispiel"})).await;
    assert_eq!(found.unwrap()["appointments"], json!([]));
}

#[actix_rt::test]
async fn the_names_of_desk_bookings_and_of_calls_that_are_over_open_no_appointment() {
    let house = House::open(unhurried()).await;
    let (call, _) = house.booked().await;
    let agent = token(&house, Role::Agent, "salon-a").await;
    let entered = json!({
        "company": "salon-a", "service": "haarschnitt", "start": "2026-10-21T10:00:00+02:00", "name": "Max Muster",
        "phone": "0171 7654321", "idempotency_key": "mcp-1",
    });
    house.ask(&house.token, "calcom.createBooking", entered).await.unwrap();

    for function in ["find_appointments", "cancel_appointment"] {
        for name in ["desk:mcp-1", "DESK:mcp-1", "gateway:2026-10-14.1:x"] {
            let params = json!({"call_id": name, "args": {"bestaetigung": true}});
            let refused =
                house.ask(&agent, &format!("retell.functions.{function}"), params).await.unwrap_err();
            assert_eq!(refused["code"], -32602, "{name}: {refused}");
        }
        let params = json!({"call_id": call.id(), "args": {"bestaetigung": true}});
        let refused = house.ask(&agent, &format!("retell.functions.{function}"), params).await.unwrap_err();
        assert!(problem(&refused).starts_with("the call of this call_id is over"), "{refused}");
    }
    assert_eq!(house.calcom.ledger().live_bookings().len(), 2);
}

#[actix_rt::test]
async fn what_stands_in_a_schema_or_in_every_other_program_names_no_conversation() {
    let house = House::open(unhurried()).await;
    let agent = token(&house, Role::Agent, "salon-a").await;

    for name in [
        "call_id",
        "<call_id>",
        "${call_id}",
        "string",
        "default",
        "1",
        "test",
        "TEST",
        "null",
        "uuid",
        " ",
        "{{x}}",
    ] {
        let params = json!({"call_id": name, "args": {}});
        let refused = house.ask(&agent, "retell.functions.list_services", params).await.unwrap_err();
        assert!(problem(&refused).starts_with("call_id must name the conversation"), "{name}: {refused}");
    }
}

#[actix_rt::test]
async fn a_name_used_again_after_its_conversation_is_over_begins_another_that_knows_nothing_of_it() {
    let house = House::open(unhurried()).await;
    let agent = token(&house, Role::Agent, "salon-a").await;
    let first = books(&house, &agent, "anruf-1", wish("2026-10-20", "14:30", "Erika Beispiel")).await;
    assert_eq!(first["status"], "booked", "{first}");
    let own = turn(&house, &agent, ("anruf-1", "find_appointments"), json!({})).await;
    assert_eq!(own["status"], "found", "as long as it lasts: {own}");

    let house = house.restart_at("2026-10-14T09:05:00Z").await;
    eventually("the end of the conversation", || async {
        (house.get("calls").await["items"][0]["phase"] == "settled").then_some(())
    })
    .await;
    let found = turn(&house, &agent, ("anruf-1", "find_appointments"), json!({})).await;
    let cancelled =
        turn(&house, &agent, ("anruf-1", "cancel_appointment"), json!({"bestaetigung": true})).await;
    let second = books(&house, &agent, "anruf-1", wish("2026-10-21", "10:00", "Max Muster")).await;

    assert_ne!(found["status"], "found", "{found}");
    assert!(!["cancelled", "confirm_cancel"].contains(&cancelled["status"].as_str().unwrap()), "{cancelled}");
    assert_eq!(second["status"], "booked", "{second}");
    assert_eq!(house.calcom.ledger().live_bookings().len(), 2);
    let calls = house.get("calls").await;
    assert_eq!(calls["items"].as_array().unwrap().len(), 2, "{calls}");
}

#[actix_rt::test]
async fn a_batch_that_can_never_fit_is_told_so_and_takes_nothing_from_the_next_question() {
    let settings = "[limits]\ntoken_requests_per_minute = 20";
    let house = House::open(Setup { settings, ..Setup::default() }).await;
    let one = json!({"jsonrpc": "2.0", "method": "branch.list", "id": 1});
    let url = format!("{}/api/mcp/gateway", house.app.url());
    let send = async |questions: usize| {
        let batch = Value::Array(vec![one.clone(); questions]);
        house.http.post(&url).bearer_auth(&house.token).json(&batch).send().await.unwrap()
    };

    let too_large = send(50).await;
    let (fits, over, rest) = (send(15).await, send(15).await, send(2).await);

    assert_eq!(too_large.status(), 413);
    let told: Value = too_large.json().await.unwrap();
    assert!(told["detail"].as_str().unwrap().contains("send smaller batches"), "{told}");
    assert_eq!((fits.status().as_u16(), over.status().as_u16(), rest.status().as_u16()), (200, 429, 200));
    let wait: u64 = over.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((30..=45).contains(&wait), "until all fifteen may be asked: {wait}");
}

#[actix_rt::test]
async fn a_delivery_whose_number_is_anothers_by_now_is_taken_in_as_one_whose_number_is_nobodys() {
    let house = House::open(unhurried()).await;
    house.booked().await;
    let admin = token(&house, Role::CompanyAdmin, "salon-a").await;
    let deliveries = house.get_as(&admin, "deliveries?limit=200").await.1;
    let ended =
        deliveries["items"].as_array().unwrap().iter().find(|one| one["event"] == "call_ended").unwrap();
    let again = json!({"delivery_id": ended["id"]});
    let away = "+493083793300";

    house.apply(&salon_a("").replace(NUMBER_A, away)).await;
    let nobodys = house.ask(&admin, "webhook.replay", again.clone()).await;
    house.apply(&salon_b().replace(NUMBER_B, NUMBER_A)).await;
    let anothers = house.ask(&admin, "webhook.replay", again).await;

    assert_eq!(nobodys.as_ref().unwrap()["result"], "unchanged", "{nobodys:?}");
    assert_eq!(anothers, nobodys);
}

#[actix_rt::test]
async fn how_much_the_house_has_to_do_is_told_of_ones_own_companies_alone() {
    let house = House::open(unhurried()).await;
    house.booked().await;
    let mut call = house.ring();
    call.invoke("list_services", json!({})).await;
    let (a, b) = (
        token(&house, Role::CompanyAdmin, "salon-a").await,
        token(&house, Role::CompanyAdmin, "salon-b").await,
    );
    let staff = token(&house, Role::Staff, "salon-a").await;
    let live = async |token: Option<&str>| {
        let asked = house.http.get(format!("{}/api/mcp/gateway/health", house.app.url()));
        let asked = match token {
            Some(token) => asked.bearer_auth(token),
            None => asked,
        };
        let health: Value = asked.send().await.unwrap().json().await.unwrap();
        health["services"]["actors"]["live_calls"].clone()
    };
    let ready: Value =
        house.http.get(format!("{}/readyz", house.app.url())).send().await.unwrap().json().await.unwrap();

    assert_eq!(live(None).await, Value::Null);
    assert_eq!(live(Some(&staff)).await, Value::Null);
    assert_eq!(live(Some(&a)).await, 1, "the other one is over");
    assert_eq!(live(Some(&b)).await, 0);
    assert_eq!(live(Some(&house.token)).await, 1);
    assert_eq!(ready["live_calls"], Value::Null, "{ready}");
}

#[actix_rt::test]
async fn where_the_servers_files_stand_is_told_to_those_who_run_it_alone() {
    let house = House::open(unhurried()).await;
    let admin = token(&house, Role::CompanyAdmin, "salon-a").await;

    let theirs = house.get_as(&admin, "readiness").await.1;
    let whole = house.get("readiness?company=salon-a").await;

    let of_key = |readiness: &Value| {
        let findings = readiness["companies"][0]["findings"].as_array().unwrap();
        findings.iter().find(|one| one["subject"] == "master_key").unwrap()["what"].clone()
    };
    let file = house.database().parent().unwrap().display().to_string();
    assert!(!theirs.to_string().contains(&file), "{theirs}");
    assert_eq!(of_key(&theirs), "the master key's file is readable by its owner alone");
    assert!(of_key(&whole).as_str().unwrap().contains(&file), "{whole}");
}

/// An appointment entered at the desk, once it stands.
async fn entered(house: &House, key: &str, start: &str) -> String {
    let asked = json!({
        "company": "salon-a", "service": "haarschnitt", "start": start, "name": "Max Muster",
        "phone": "0171 7654321", "idempotency_key": key,
    });
    let outcome = house.ask(&house.token, "calcom.createBooking", asked).await.unwrap();
    let id = outcome["booking"]["id"].as_str().unwrap().to_owned();
    eventually("the booking to stand", || async {
        (house.get(&format!("bookings/{id}")).await["state"] == "booked").then_some(())
    })
    .await;
    id
}

#[actix_rt::test]
async fn cal_com_is_told_who_called_off_or_moved_and_why_only_where_the_company_says_so() {
    let house = House::open(unhurried()).await;
    let (one, two) = (
        entered(&house, "web-1", "2026-10-20T10:00:00+02:00").await,
        entered(&house, "web-2", "2026-10-20T11:00:00+02:00").await,
    );
    let told = |start: &str| {
        let rows = house.calcom.ledger().bookings();
        let row = rows.iter().find(|row| row.start == instant(start)).unwrap().clone();
        (row.cancellation_reason, row.rescheduling_reason)
    };
    let cancel = |id: &str, why: &str| json!({"booking_id": id, "reason": why, "company": "salon-a"});

    house.ask(&house.token, "calcom.cancelBooking", cancel(&one, "Kundin krank")).await.unwrap();
    let moved = json!({"booking_id": two, "start": "2026-10-20T12:00:00+02:00", "reason": "Kundin krank"});
    house.ask(&house.token, "calcom.rescheduleBooking", moved).await.unwrap();
    house.apply(&salon_a("calcom_reasons = true")).await;
    let long =
        house.ask(&house.token, "calcom.cancelBooking", cancel(&two, &"a".repeat(201))).await.unwrap_err();
    house.ask(&house.token, "calcom.cancelBooking", cancel(&two, " Meister\u{202e}\nkrank ")).await.unwrap();

    assert_eq!(
        told("2026-10-20T10:00:00+02:00").0.as_deref(),
        Some("Am Empfang abgesagt / cancelled at the desk")
    );
    let rows = house.calcom.ledger().bookings();
    let reasons: Vec<&str> = rows.iter().filter_map(|row| row.rescheduling_reason.as_deref()).collect();
    assert_eq!(reasons, ["Am Empfang verschoben / moved at the desk"]);
    assert_eq!(told("2026-10-20T12:00:00+02:00").0.as_deref(), Some("Meister krank"));
    assert!(problem(&long).contains("at most 200"), "{long}");
}

#[actix_rt::test]
async fn what_names_a_booking_may_name_its_company_and_no_other() {
    let house = House::open(unhurried()).await;
    let id = entered(&house, "web-1", "2026-10-20T10:00:00+02:00").await;
    let methods = [
        "appointment.management.confirm",
        "calcom.rescheduleBooking",
        "appointment.management.change",
        "appointment.management.cancel",
        "calcom.cancelBooking",
    ];

    for method in methods {
        let with = |company: &str| {
            let mut params = json!({"booking_id": id, "company": company});
            if method.contains("change") || method.contains("reschedule") {
                params["start"] = json!("2026-10-20T12:00:00+02:00");
            }
            params
        };
        let other = house.ask(&house.token, method, with("salon-b")).await.unwrap_err();
        let nobodys = house.ask(&house.token, method, with("salon-x")).await.unwrap_err();
        assert_eq!((&other["code"], &nobodys["code"]), (&json!(-32004), &json!(-32004)), "{method}: {other}");
        house.ask(&house.token, method, with("salon-a")).await.unwrap();
    }
}

#[actix_rt::test]
async fn one_of_many_equal_requests_at_once_has_entered_it_and_the_others_are_told_they_repeat() {
    let house = House::open(unhurried()).await;
    let asked = json!({
        "company": "salon-a", "service": "haarschnitt", "start": "2026-10-20T10:00:00+02:00", "name": "Max Muster",
        "phone": "0171 7654321", "idempotency_key": "web-1",
    });

    let same = (0..12).map(|_| house.ask(&house.token, "calcom.createBooking", asked.clone()));
    let answers = futures_util::future::join_all(same).await;

    let first = answers.iter().filter(|answer| answer.as_ref().unwrap()["is_repeat"] == false).count();
    assert_eq!(first, 1, "{answers:?}");
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
}

#[actix_rt::test]
async fn a_time_between_those_that_are_offered_is_not_said_to_be_taken() {
    let house = House::open(unhurried()).await;
    let id = entered(&house, "web-1", "2026-10-20T10:00:00+02:00").await;
    let at = |start: &str| {
        json!({
            "company": "salon-a", "service": "haarschnitt", "start": start, "name": "Erika Beispiel",
            "phone": "0171 1234567", "idempotency_key": start,
        })
    };

    let between =
        house.ask(&house.token, "calcom.createBooking", at("2026-10-20T14:07:00+02:00")).await.unwrap_err();
    let taken =
        house.ask(&house.token, "calcom.createBooking", at("2026-10-20T10:00:00+02:00")).await.unwrap_err();
    let moved = json!({"booking_id": id, "start": "2026-10-20T14:07:00+02:00"});
    let moved = house.ask(&house.token, "calcom.rescheduleBooking", moved).await.unwrap_err();

    assert!(problem(&between).starts_with("no appointment begins at this time"), "{between}");
    assert!(problem(&moved).starts_with("no appointment begins at this time"), "{moved}");
    assert!(problem(&taken).starts_with("this time is taken"), "{taken}");
}

#[actix_rt::test]
async fn signs_that_hide_or_turn_the_writing_round_and_half_a_number_never_reach_cal_com() {
    let house = House::open(unhurried()).await;
    let asked = |phone: &str, key: &str| {
        json!({
            "company": "salon-a", "service": "haarschnitt", "start": "2026-10-20T10:00:00+02:00",
            "name": "Zoë \u{202e}evil\u{7}\n", "phone": phone, "idempotency_key": key,
        })
    };

    let half = house.ask(&house.token, "calcom.createBooking", asked("0171 1", "web-1")).await.unwrap_err();
    house.ask(&house.token, "calcom.createBooking", asked("0171 1234567", "web-2")).await.unwrap();

    assert!(problem(&half).contains("phone: too few digits"), "{half}");
    let booked = house.calcom.ledger().live_bookings();
    assert!(format!("{booked:?}").contains("Zoë evil\""), "{booked:?}");
}

#[actix_rt::test]
async fn a_number_is_resolved_to_where_it_rings_and_anothers_is_as_unknown_as_nobodys() {
    let house = House::open(unhurried()).await;
    let a = token(&house, Role::Staff, "salon-a").await;
    let resolve = async |number: &str| {
        house.ask(&a, "webhook.resolvePhoneNumber", json!({"phone_number": number})).await
    };

    let own = resolve(NUMBER_A).await.unwrap();
    let (others, nobodys) = (resolve(NUMBER_B).await, resolve("+494055566779").await);

    assert_eq!(
        own,
        json!({"company": "salon-a", "number": NUMBER_A, "branch": "mitte", "retell_agent_id": "agent_a", "paused": false})
    );
    assert_eq!(others, nobodys);
    assert_eq!(others.unwrap_err()["code"], -32004);
}

#[actix_rt::test]
async fn conversations_of_programs_are_no_telephone_calls_and_rows_agree_with_what_is_counted() {
    let house = House::open(unhurried()).await;
    house.booked().await;
    let agent = token(&house, Role::Agent, "salon-a").await;
    turn(&house, &agent, ("versuch-1", "list_services"), json!({})).await;
    entered(&house, "web-1", "2026-10-20T10:00:00+02:00").await;
    let rows = async |conditions: Value| {
        let asked = json!({"company": "salon-a", "view": "calls", "where": conditions});
        house.ask(&house.token, "database.query", asked).await.unwrap()["items"].as_array().unwrap().len()
    };

    let stats = json!({"company": "salon-a"});
    let stats = house.ask(&house.token, "database.getCallStats", stats).await.unwrap();

    let total = &stats["total"];
    assert_eq!(
        (&total["calls"], &total["answered"], &total["conversations"]),
        (&json!(1), &json!(1), &json!(1))
    );
    assert_eq!(rows(json!({})).await, 2, "what was entered at the desk was no call");
    assert_eq!(rows(json!({"outcome": {"ne": "booked"}})).await, 1, "what has no outcome has not that one");
}
