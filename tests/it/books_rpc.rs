//! The books through the gateway: imports, figures, views, people; within one company, whatever is asked.

use fernamt::operations::{Role, tokens};
use fernamt::sim::retell::{Account, Call, Ring, Weather};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::house::{CALLER, House, KEY_A, NOWHERE, NUMBER_A, NUMBER_B, Setup, eventually, wish};

const BRISK: &str = "
[retell]
requests_per_second_max = 1000
";

async fn open() -> House {
    House::open(Setup { settings: BRISK, ..Setup::default() }).await
}

async fn token(house: &House, role: Role, company: &str) -> String {
    let directory = house.app.house().directory();
    let companies = [company.to_owned()];
    let named = (role, companies.as_slice(), "test");
    tokens::create(house.app.house().store(), house.clock, &directory, named).await.unwrap().1
}

async fn ask(house: &House, token: &str, method: &str, params: Value) -> Value {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    let url = format!("{}/api/mcp/gateway", house.app.url());
    let answer = house.http.post(url).bearer_auth(token).json(&body).send().await.unwrap();
    answer.json().await.unwrap()
}

/// What a method answers that has to answer.
async fn told(house: &House, token: &str, method: &str, params: Value) -> Value {
    let answer = ask(house, token, method, params).await;
    assert!(answer.get("error").is_none(), "{method}: {answer}");
    answer["result"].clone()
}

/// The code of a refusal.
async fn refused(house: &House, token: &str, method: &str, params: Value) -> i64 {
    let answer = ask(house, token, method, params).await;
    answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("{method}: {answer}"))
}

fn count(of: &Value) -> usize {
    of.as_array().unwrap().len()
}

/// A call of earlier days in which somebody said yes to an appointment that is still to come.
fn old_call(house: &House, number: &str, hours: i64) -> Call {
    let unheard = house.workspace_for(NOWHERE, (KEY_A, "agent_a"));
    let mut call = unheard.ring(Ring { from: Some(CALLER), to: number, ..Ring::default() });
    let said = [("booking_confirmed", "true"), ("datum", "20.10.2026"), ("uhrzeit", "10:00")];
    for (name, value) in said.into_iter().chain([("name", "Jonas Muster"), ("dienstleistung", "Haarschnitt")])
    {
        call.collect(name, value);
    }
    call.agent("Perfekt, Ihr Termin ist gebucht!");
    call.hang_up("user_hangup");
    call.analyze(&json!({"booking_confirmed": true}));
    call.took_place(SignedDuration::from_hours(hours));
    call
}

#[actix_rt::test]
async fn what_is_imported_is_counted_and_nothing_follows_from_it_however_often() {
    let house = open().await;
    let (mut known, _) = house.booked().await;
    known.took_place(SignedDuration::from_hours(2));
    let old: Vec<Call> = [30, 60, 90].map(|hours| old_call(&house, NUMBER_A, hours)).into();
    let spoilt = old_call(&house, NUMBER_A, 70);
    house.retell.change(KEY_A, |account| account.spoilt.extend([spoilt.id().to_owned()]));
    old_call(&house, NUMBER_B, 50);
    let admin = token(&house, Role::CompanyAdmin, "salon-a").await;

    let first = told(&house, &admin, "retell.importCalls", json!({})).await;
    let again = told(&house, &admin, "retell.importCalls", json!({})).await;

    let figures = |of: &Value| {
        ["seen", "new", "known", "unreadable", "elsewhere"].map(|name| of[name].as_u64().unwrap())
    };
    assert_eq!(figures(&first), [5, 3, 1, 1, 1], "{first}");
    assert_eq!(figures(&again), [5, 0, 4, 1, 1], "{again}");
    assert_eq!((&first["complete"], &first["next_cursor"]), (&json!(true), &Value::Null));
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1, "only what was booked before");
    assert!(house.callbacks().await.is_empty());
    for call in &old {
        assert!(house.bookings(call.id()).await.is_empty());
        let details = told(&house, &admin, "retell.getCallDetails", json!({"call_id": call.id()})).await;
        assert_eq!(details["measures"]["imported"], true);
        assert_eq!(details["measures"]["cost_millicents"], 7_040);
        assert_eq!(details["story"]["call"]["phase"], "settled");
        assert!(
            details["story"]["why"].as_str().unwrap().contains("imported from Retell's list"),
            "{details}"
        );
    }
    // Its analysis comes after all: it says nothing new.
    assert_eq!(
        house.salon().post_signed("/api/webhooks/retell", &old[0].body_of("call_analyzed")).await.status,
        204
    );
    assert!(house.bookings(old[0].id()).await.is_empty());
    let stats = told(&house, &admin, "retell.getCallStats", json!({"by": "outcome"})).await;
    assert_eq!((&stats["total"]["calls"], &stats["total"]["booked"]), (&json!(4), &json!(1)), "{stats}");
    assert_eq!((&stats["total"]["cost_cents"], &stats["total"]["after_hours"]), (&json!(28), &json!(3)));
    assert_eq!(stats["total"]["after_hours_percent"], 75);
    let keys: Vec<&str> =
        stats["groups"].as_array().unwrap().iter().map(|group| group["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["(imported)", "booked"]);
    let days = told(&house, &admin, "database.getCallStats", json!({})).await;
    let keys: Vec<&str> =
        days["groups"].as_array().unwrap().iter().map(|group| group["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["2026-10-10", "2026-10-11", "2026-10-13", "2026-10-14"]);
}

#[actix_rt::test]
async fn an_import_of_a_few_calls_at_a_time_comes_to_its_end() {
    let house = open().await;
    for hours in [30, 40, 50, 60, 70] {
        old_call(&house, NUMBER_A, hours);
    }
    let admin = token(&house, Role::CompanyAdmin, "salon-a").await;
    let (mut new, mut rounds, mut cursor) = (0, 0, Value::Null);

    loop {
        rounds += 1;
        let part = told(&house, &admin, "retell.importCalls", json!({"limit": 2, "cursor": cursor})).await;
        new += part["new"].as_u64().unwrap();
        cursor = part["next_cursor"].clone();
        if part["complete"] == true || rounds > 9 {
            break;
        }
    }

    assert_eq!((new, rounds), (5, 3));
    house.retell.weather(Weather::Failing(401));
    assert_eq!(refused(&house, &admin, "retell.importCalls", json!({})).await, -32_009);
    assert_eq!(refused(&house, &admin, "retell.importCalls", json!({"limit": 0})).await, -32_602);
}

#[actix_rt::test]
async fn calls_that_cannot_be_read_hold_no_import_up_and_each_is_counted_once_on_the_way() {
    let house = open().await;
    for hours in [70, 60, 50] {
        let spoilt = old_call(&house, NUMBER_A, hours);
        house.retell.change(KEY_A, |account| account.spoilt.extend([spoilt.id().to_owned()]));
    }
    old_call(&house, NUMBER_B, 45);
    old_call(&house, NUMBER_A, 40);
    old_call(&house, NUMBER_A, 30);
    let admin = token(&house, Role::CompanyAdmin, "salon-a").await;
    let (mut rounds, mut cursor, mut sums) = (0, Value::Null, [0; 4]);

    loop {
        rounds += 1;
        let part = told(&house, &admin, "retell.importCalls", json!({"limit": 1, "cursor": cursor})).await;
        for (sum, name) in sums.iter_mut().zip(["seen", "new", "unreadable", "elsewhere"]) {
            *sum += part[name].as_u64().unwrap();
        }
        cursor = part["next_cursor"].clone();
        if part["complete"] == true || rounds > 9 {
            break;
        }
    }

    assert_eq!((sums, rounds), ([5, 2, 3, 1], 5));
    assert_eq!(cursor, Value::Null);
}

#[actix_rt::test]
async fn what_the_backfill_sees_to_is_left_to_it() {
    let settings = "
        [backfill]
        every_ms = 200
        behind_ms = 0
        [retell]
        requests_per_second_max = 1000
    ";
    let house = House::open(Setup { settings, ..Setup::default() }).await;
    let admin = token(&house, Role::CompanyAdmin, "salon-a").await;
    eventually("a round of the backfill", || async {
        (house.retell.asked("/v3/list-calls") >= 2).then_some(())
    })
    .await;
    let (long_ago, lately) = (old_call(&house, NUMBER_A, 60), old_call(&house, NUMBER_A, 0));

    let imported = told(&house, &admin, "retell.importCalls", json!({})).await;

    assert_eq!(imported["new"], 1, "{imported}");
    house.booking_in(lately.id(), &["booked"]).await;
    assert!(house.bookings(long_ago.id()).await.is_empty());
}

#[actix_rt::test]
async fn views_are_asked_within_one_company_and_no_text_breaks_out_of_them() {
    let house = open().await;
    house.booked().await;
    let (own, other) = (
        token(&house, Role::CompanyAdmin, "salon-a").await,
        token(&house, Role::CompanyAdmin, "salon-b").await,
    );
    let bookings = |test: Value| json!({"view": "bookings", "where": {"customer_name": test}});

    let all = told(&house, &own, "database.query", json!({"view": "bookings"})).await;

    assert_eq!((count(&all["items"]), &all["items"][0]["state"]), (1, &json!("booked")), "{all}");
    assert_eq!(all["items"][0]["starts_at"], "2026-10-20T12:30:00Z");
    for fits in
        [json!("Erika Beispiel"), json!({"contains": "Beispiel"}), json!({"in": ["x", "Erika Beispiel"]})]
    {
        assert_eq!(count(&told(&house, &own, "database.query", bookings(fits)).await["items"]), 1);
    }
    for text in ["%", "_rika Beispiel", "' OR '1'='1", "x'; DROP TABLE bookings; --", "\"", "\\"] {
        for test in [json!(text), json!({"contains": text})] {
            let found = told(&house, &own, "database.query", bookings(test)).await;
            assert_eq!(count(&found["items"]), 0, "{text}");
        }
        let found = told(&house, &own, "database.search", json!({"text": format!("{text}{text}")})).await;
        assert_eq!((count(&found["customers"]), count(&found["bookings"])), (0, 0), "{text}");
    }
    let nonsense = [
        json!({"view": "tokens"}),
        json!({"view": "bookings; DROP TABLE bookings"}),
        json!({"view": "bookings", "where": {"company_id": "x"}}),
        json!({"view": "bookings", "where": {"id\" = id OR 1=1 --": 1}}),
        json!({"view": "bookings", "where": {"starts_at": {"gte": "yesterday"}}}),
        json!({"view": "bookings", "where": {"state": ["booked", "waiting"]}}),
        json!({"view": "bookings", "where": {"state": {}}}),
        json!({"view": "bookings", "where": {"state": {"like": "%"}}}),
        json!({"view": "bookings", "where": {"state": {"lt": "x"}}}),
        json!({"view": "bookings", "where": {"state": "a\u{0}b"}}),
        json!({"view": "bookings", "order": "starts_at; DROP TABLE bookings"}),
        json!({"view": "bookings", "order": "reason"}),
        json!({"view": "bookings", "limit": 201}),
        json!({"view": "bookings", "cursor": "00"}),
        json!({"view": "bookings", "sql": "SELECT 1"}),
    ];
    for params in nonsense {
        assert_eq!(refused(&house, &own, "database.query", params.clone()).await, -32_602, "{params}");
    }
    for view in ["calls", "bookings", "callbacks", "deliveries", "requests", "customers"] {
        let theirs = told(&house, &other, "database.query", json!({"view": view})).await;
        assert_eq!(count(&theirs["items"]), 0, "{view}");
    }
    assert_eq!(count(&told(&house, &own, "database.query", json!({"view": "bookings"})).await["items"]), 1);
}

#[actix_rt::test]
async fn pages_of_a_view_follow_one_another_and_a_cursor_is_for_its_own_order() {
    let house = open().await;
    let admin = token(&house, Role::CompanyAdmin, "salon-a").await;
    for hours in [30, 40, 50] {
        old_call(&house, NUMBER_A, hours);
    }
    told(&house, &admin, "retell.importCalls", json!({})).await;
    let page = |cursor: Value| json!({"view": "calls", "order": "started_at", "limit": 2, "cursor": cursor});

    let first = told(&house, &admin, "database.query", page(Value::Null)).await;
    let second = told(&house, &admin, "database.query", page(first["next_cursor"].clone())).await;

    assert_eq!((count(&first["items"]), count(&second["items"])), (2, 1));
    assert_eq!(second["next_cursor"], Value::Null);
    let at = |row: &Value| row["started_at"].as_str().unwrap().to_owned();
    assert!(
        at(&first["items"][0]) < at(&first["items"][1]) && at(&first["items"][1]) < at(&second["items"][0])
    );
    let other_order = json!({"view": "calls", "cursor": first["next_cursor"]});
    assert_eq!(refused(&house, &admin, "database.query", other_order).await, -32_602);
}

#[actix_rt::test]
async fn anothers_things_are_answered_like_things_that_do_not_exist() {
    let house = open().await;
    let (call, booking) = house.booked().await;
    let admin = token(&house, Role::CompanyAdmin, "salon-a").await;
    let other = token(&house, Role::CompanyAdmin, "salon-b").await;
    let found = told(&house, &admin, "customer.find", json!({"name": "beispiel"})).await;
    let customer = &found["items"][0]["id"];
    let deliveries = told(&house, &admin, "webhook.listDeliveries", json!({"event": "call_ended"})).await;
    let nothing = "0199e2a4-0000-7000-8000-000000000000";
    let things = [
        ("retell.getCallDetails", json!({"call_id": call.id()}), json!({"call_id": "call_unheard_of"})),
        (
            "retell.getAgent",
            json!({"agent_id": "agent_a"}),
            json!({"agent_id": "agent_a", "company": "salon-a"}),
        ),
        ("queue.retryJob", json!({"booking_id": booking["id"]}), json!({"booking_id": nothing})),
        ("customer.history", json!({"customer_id": customer}), json!({"customer_id": nothing})),
        (
            "webhook.replay",
            json!({"delivery_id": deliveries["items"][0]["id"]}),
            json!({"delivery_id": nothing}),
        ),
        ("callback.resolve", json!({"callback_id": nothing}), json!({"callback_id": "x"})),
    ];
    for (method, theirs, nobodys) in things {
        let of_theirs = ask(&house, &other, method, theirs).await;

        assert_eq!(of_theirs["error"]["code"], -32_004, "{method}: {of_theirs}");
        if method != "retell.getAgent" {
            assert_eq!(of_theirs, ask(&house, &other, method, nobodys).await, "{method}");
        }
    }
    let of_company = [
        "retell.listAgents",
        "retell.getPhoneNumbers",
        "retell.testConnection",
        "retell.getCallStats",
        "retell.importCalls",
        "webhook.getStats",
        "queue.getOverview",
        "queue.getFailedJobs",
        "queue.getMetrics",
        "database.getFailedAppointments",
        "database.getCallStats",
        "database.getPhoneBranchMapping",
    ];
    for method in of_company {
        let theirs = ask(&house, &other, method, json!({"company": "salon-a"})).await;
        let nobodys = ask(&house, &other, method, json!({"company": "salon-c"})).await;

        assert_eq!(theirs["error"]["code"], -32_004, "{method}: {theirs}");
        assert_eq!(theirs, nobodys, "{method}");
    }
    let searched = told(&house, &other, "database.search", json!({"text": "Beispiel"})).await;
    assert_eq!(
        (count(&searched["customers"]), count(&searched["bookings"]), count(&searched["calls"])),
        (0, 0, 0)
    );
    assert_eq!(count(&told(&house, &other, "customer.find", json!({"phone": CALLER})).await["items"]), 0);
}

#[actix_rt::test]
async fn staff_see_appointments_and_people_and_neither_calls_nor_deliveries() {
    let house = open().await;
    house.booked().await;
    let staff = token(&house, Role::Staff, "salon-a").await;
    let agent = token(&house, Role::Agent, "salon-a").await;

    let schema = told(&house, &staff, "database.getSchema", json!({})).await;

    let names: Vec<&str> =
        schema["views"].as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["bookings", "callbacks", "branches", "numbers", "customers"]);
    assert_eq!(refused(&house, &staff, "database.query", json!({"view": "calls"})).await, -32_602);
    let found = told(&house, &staff, "database.search", json!({"text": "0171 1234567"})).await;
    assert_eq!(
        (count(&found["customers"]), count(&found["bookings"]), &found["calls"]),
        (1, 1, &Value::Null)
    );
    for method in [
        "retell.getCallStats",
        "retell.importCalls",
        "retell.listAgents",
        "webhook.getStats",
        "webhook.listDeliveries",
    ] {
        assert_eq!(refused(&house, &staff, method, json!({})).await, -32_003, "{method}");
    }
    for method in ["database.getSchema", "queue.getOverview", "database.getPhoneBranchMapping"] {
        assert_eq!(refused(&house, &agent, method, json!({})).await, -32_003, "{method}");
    }
}

#[actix_rt::test]
async fn a_customer_is_found_with_what_they_have_had_and_the_desk_says_who_calls_back() {
    let house = open().await;
    let (_, booking) = house.booked().await;
    let mut cut_off = house.ring();
    cut_off.invoke("collect_appointment", wish("2026-10-20", "16:00", "Erika Beispiel")).await;
    cut_off.hang_up("user_hangup");
    assert_eq!((cut_off.ended().await, cut_off.analyzed(json!({})).await), (204, 204));
    let admin = token(&house, Role::CompanyAdmin, "salon-a").await;
    let items = eventually("the callback item", || async {
        let listed = told(&house, &admin, "callback.list", json!({})).await;
        (count(&listed["items"]) == 1).then(|| listed["items"].clone())
    })
    .await;
    let id = &items[0]["id"];

    let found =
        told(&house, &admin, "customer.find", json!({"phone": "0171 1234567", "name": "beisp"})).await;
    let history =
        told(&house, &admin, "customer.history", json!({"customer_id": found["items"][0]["id"]})).await;
    let assigned = told(&house, &admin, "callback.assign", json!({"callback_id": id, "owner": "Bea"})).await;
    let resolved =
        told(&house, &admin, "callback.resolve", json!({"callback_id": id, "note": "erreicht"})).await;

    assert_eq!(found["items"][0]["numbers"][0]["number"], CALLER);
    assert_eq!((&history["bookings"][0]["id"], count(&history["calls"])), (&booking["id"], 1), "{history}");
    assert_eq!((&assigned["owner"], &assigned["state"]), (&json!("Bea"), &json!("open")));
    assert_eq!(
        (&resolved["owner"], &resolved["state"], &resolved["note"]),
        (&json!("Bea"), &json!("done"), &json!("erreicht"))
    );
    assert_eq!(refused(&house, &admin, "customer.find", json!({})).await, -32_602);
    assert_eq!(refused(&house, &admin, "customer.find", json!({"phone": "%%%"})).await, -32_602);
}

#[actix_rt::test]
async fn queues_doors_and_numbers_are_told_as_they_stand() {
    let house = open().await;
    let (call, booking) = house.booked().await;
    call.ended().await;
    let admin = token(&house, Role::CompanyAdmin, "salon-a").await;

    let queues = told(&house, &admin, "queue.getOverview", json!({})).await;
    let metrics = told(&house, &admin, "queue.getMetrics", json!({"hours": 1})).await;
    let doors = told(&house, &admin, "webhook.getStats", json!({})).await;
    let mapping = told(&house, &admin, "database.getPhoneBranchMapping", json!({})).await;

    let anna = queues["calendars"].as_array().unwrap().iter().find(|one| one["calendar"] == "anna").unwrap();
    assert_eq!((&anna["waiting"], &anna["last"]["booking_id"]), (&json!(0), &booking["id"]), "{queues}");
    assert_eq!(anna["last"]["state"], "booked");
    let made = metrics["requests"].as_array().unwrap().iter().find(|one| one["kind"] == "create").unwrap();
    assert_eq!((&made["number"], &metrics["bookings"]["booked"]), (&json!(1), &json!(1)), "{metrics}");
    assert!(made["p95_ms"].is_i64());
    let ended = doors["items"].as_array().unwrap().iter().find(|one| one["event"] == "call_ended").unwrap();
    assert_eq!(
        (&ended["status"], &ended["number"], &ended["repeats"]),
        (&json!("taken"), &json!(1), &json!(1)),
        "{doors}"
    );
    assert_eq!(mapping["items"][0]["number"], NUMBER_A);
    assert_eq!((count(&mapping["items"]), &mapping["items"][0]["branch"]), (1, &json!("mitte")));
    assert_eq!(count(&told(&house, &admin, "queue.getFailedJobs", json!({})).await["items"]), 0);
    assert_eq!(
        refused(&house, &admin, "queue.retryJob", json!({"booking_id": booking["id"]})).await,
        -32_009
    );
    let deliveries = told(&house, &admin, "webhook.listDeliveries", json!({"event": "call_ended"})).await;
    let replay = json!({"delivery_id": deliveries["items"][0]["id"]});
    assert_eq!(told(&house, &admin, "webhook.replay", replay).await["result"], "unchanged");
    assert_eq!(
        refused(&house, &house.token, "queue.getOverview", json!({})).await,
        -32_602,
        "which company?"
    );
}

#[actix_rt::test]
async fn what_retell_has_of_a_company_is_told_without_what_is_anothers() {
    let house = open().await;
    let account = Account::default()
        .with_receptionist("agent_a", NUMBER_A, "http://house.example")
        .with_receptionist("agent_b", NUMBER_B, "http://house.example")
        .with_receptionist("agent_c", "+4930901820", "http://house.example");
    house.retell.open(KEY_A, account);
    let admin = token(&house, Role::CompanyAdmin, "salon-a").await;

    let agents = told(&house, &admin, "retell.listAgents", json!({})).await;
    let agent = told(&house, &admin, "retell.getAgent", json!({})).await;
    let numbers = told(&house, &admin, "retell.getPhoneNumbers", json!({})).await;
    let connection = told(&house, &admin, "retell.testConnection", json!({})).await;
    house.retell.weather(Weather::Failing(500));
    let broken = told(&house, &admin, "retell.testConnection", json!({})).await;

    let ids: Vec<&str> =
        agents["items"].as_array().unwrap().iter().map(|one| one["agent_id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["agent_a", "agent_c"]);
    assert_eq!(agents["items"][0]["branches"], json!(["mitte"]));
    assert_eq!(
        (&agent["agent_id"], &agent["published"], &agent["version"]),
        (&json!("agent_a"), &json!(true), &json!(1))
    );
    assert_eq!((count(&agent["tools"]), &agent["engine"]), (4, &json!("retell-llm")));
    let listed: Vec<(&Value, &Value)> =
        numbers["items"].as_array().unwrap().iter().map(|one| (&one["number"], &one["branch"])).collect();
    assert_eq!(listed, [(&json!(NUMBER_A), &json!("mitte")), (&json!("+4930901820"), &Value::Null)]);
    assert_eq!(numbers["missing_at_retell"], json!([]));
    assert_eq!(
        (&connection["connected"], &connection["org_name"]),
        (&json!(true), &json!("Invented workspace"))
    );
    assert_eq!((&broken["connected"], &broken["org_name"]), (&json!(false), &Value::Null));
    assert!(broken["problem"].as_str().unwrap().contains("500"));
}
