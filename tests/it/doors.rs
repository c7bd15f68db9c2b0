//! Retell's doors: who is let in, what is kept, what is answered to nonsense.

use std::collections::BTreeMap;

use fernamt::sim::retell::{Ring, SIGNATURE_HEADER, Workspace, sign};
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};

use super::house::{House, KEY_A, KEY_B, NUMBER_A, NUMBER_B, Setup, eventually, says_yes, status, wish};

const WEBHOOK: &str = "/api/webhooks/retell";
const COLLECT: &str = "/api/mcp/gateway/retell/functions/collect_appointment";
const VECTORS: &str = include_str!("../fixtures/samples/retell/signature_vectors.json");

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("../fixtures/samples/retell/", $name)).as_slice()
    };
}

/// Riverside Dental of the samples: its number, its agent, its key.
fn riverside() -> Setup {
    let company = super::house::salon_a("")
        .replace("salon-a", "riverside")
        .replace(KEY_A, "key_test_9f2c1d7ab04e4f6e8a31c55d0b7e")
        .replace(NUMBER_A, "+12025550198")
        .replace("agent_a", "agent_3f7b1c9d2e8a4056b1c2d3e4f5")
        .replace("name = \"Haarschnitt\"", "name = \"Cleaning\"")
        .replace(
            "name = \"Salon Morgenrot\"",
            "name = \"Riverside Dental\"\nlanguage = \"en\"\ntimezone = \"America/New_York\"",
        );
    Setup {
        at: Some("2026-11-20T15:00:00.123Z"),
        companies: vec![company, super::house::salon_b()],
        ..Setup::default()
    }
}

/// Every table of the books with how many rows it has.
async fn rows(house: &House) -> BTreeMap<String, i64> {
    let db = Database::connect(format!("sqlite://{}?mode=ro", house.database().display())).await.unwrap();
    let ask = |sql: String| Statement::from_string(db.get_database_backend(), sql);
    // How far an account has been compared and what has been forgotten are the house's own notes, whoever knocks.
    let tables =
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('marks', 'retentions')";
    let tables = db.query_all_raw(ask(tables.into())).await.unwrap();
    let mut counts = BTreeMap::new();
    for table in tables {
        let name: String = table.try_get("", "name").unwrap();
        let row = db.query_one_raw(ask(format!("SELECT count(*) AS n FROM {name}"))).await.unwrap().unwrap();
        counts.insert(name, row.try_get("", "n").unwrap());
    }
    counts
}

#[actix_rt::test]
async fn what_retells_own_sdk_signed_is_taken() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    for vector in vectors["vectors"].as_array().unwrap() {
        let at = jiff::Timestamp::from_millisecond(vector["timestamp_ms"].as_i64().unwrap()).unwrap();
        let at: &'static str = Box::leak(at.to_string().into_boxed_str());
        let house = House::open(Setup { at: Some(at), ..riverside() }).await;
        let (body, name) = (vector["body"].as_str().unwrap().as_bytes(), vector["name"].as_str().unwrap());
        let headers = [(SIGNATURE_HEADER, vector["signature"].as_str().unwrap())];
        let salon = house.salon();

        let (path, expected) = match name {
            "webhook_call_started_compact" => (WEBHOOK, 204),
            // No number and no agent names a branch: signed by us, but for nobody.
            "function_call_unicode" | "unicode_escaped_same_value" => (COLLECT, 200),
            "whitespace_and_key_order_matter" => (WEBHOOK, 404),
            // The body is empty and the key another one.
            "empty_body_get_or_delete_function" => (COLLECT, 401),
            other => panic!("a vector nobody has thought about: {other}"),
        };
        assert_eq!(salon.post_raw(path, body, &headers).await.status, expected, "{name}");
    }
}

#[actix_rt::test]
async fn every_sample_of_retell_is_taken() {
    let house = House::open(riverside()).await;
    let retell = house.workspace("key_test_9f2c1d7ab04e4f6e8a31c55d0b7e", "agent");
    for (name, body) in [
        ("started", sample!("webhook_call_started.json")),
        ("started over the web", sample!("webhook_call_started_web.json")),
        ("transcript", sample!("webhook_transcript_updated.json")),
        ("transfer", sample!("webhook_transfer_started.json")),
        ("ended", sample!("webhook_call_ended.json")),
        ("analyzed", sample!("webhook_call_analyzed.json")),
        ("analyzed, strange", sample!("webhook_call_analyzed_tolerance.json")),
    ] {
        assert_eq!(retell.post_signed(WEBHOOK, body).await.status, 204, "{name}");
    }
    for path in ["/api/webhooks/retell/inbound", WEBHOOK] {
        let inbound = retell.post_signed(path, sample!("inbound_webhook.json")).await;
        assert_eq!(inbound.status, 200);
        let variables = inbound.body["call_inbound"]["dynamic_variables"].as_object().unwrap();
        assert!(variables.values().all(Value::is_string), "{variables:?}");
        assert_eq!(variables["heute_datum"], "2026-11-20");
    }
    let check = "/api/mcp/gateway/retell/functions/check_availability";
    let checked = retell.post_signed(check, sample!("function_check_availability.json")).await;
    assert_eq!(status(&checked), "available", "{}", checked.body);
    let collected = retell.post_signed(COLLECT, sample!("function_collect_appointment.json")).await;
    assert_eq!(status(&collected), "held", "{}", collected.body);
    assert!(collected.body["message"].as_str().unwrap().contains("Zoë Müller"), "{}", collected.body);
}

#[actix_rt::test]
async fn a_wrong_signature_gets_401_and_leaves_nothing_behind() {
    let house = House::open(Setup::default()).await;
    let before = rows(&house).await;
    let call = house.ring();
    let body = call.body_of("call_started");
    let reserialised = serde_json::to_vec_pretty(&serde_json::from_slice::<Value>(&body).unwrap()).unwrap();
    let now = house.clock.now().as_millisecond();
    let good = sign(KEY_A, &body, now);
    let salon = house.salon();
    let cases: Vec<(&str, &[u8], Option<String>)> = vec![
        ("none", &body, None),
        ("another tenant's", &body, Some(sign(KEY_B, &body, now))),
        ("nobody's", &body, Some(sign("key_nobody", &body, now))),
        ("stale", &body, Some(sign(KEY_A, &body, now - 300_500))),
        ("from the future", &body, Some(sign(KEY_A, &body, now + 400_000))),
        ("of other bytes", &reserialised, Some(good.clone())),
        ("upper case", &body, Some(good.to_uppercase())),
        ("bare", &body, Some(good.split("d=").nth(1).unwrap().to_owned())),
    ];
    for (name, body, signature) in &cases {
        let headers: Vec<(&str, &str)> =
            signature.iter().map(|text| (SIGNATURE_HEADER, text.as_str())).collect();
        for path in [WEBHOOK, COLLECT, "/api/mcp/retell/webhook"] {
            let answer = salon.post_raw(path, body, &headers).await;
            assert_eq!(answer.status, 401, "{name} at {path}");
            assert_eq!(answer.body["error"]["code"], "invalid_signature");
        }
    }

    let ringing = json!({"event": "call_inbound", "call_inbound": {"from_number": "+491711234567", "to_number": NUMBER_A}});
    let intruder = house.workspace(KEY_B, "agent_b");
    let inbound = intruder.post_signed("/api/webhooks/retell/inbound", ringing.to_string().as_bytes()).await;
    assert_eq!(inbound.status, 401);
    assert_eq!(rows(&house).await, before);
}

#[actix_rt::test]
async fn another_tenants_valid_signature_over_our_call_touches_nothing_of_ours() {
    let house = House::open(Setup::default()).await;
    let mut ours = house.ring();
    ours.invoke("collect_appointment", wish("2026-10-20", "14:30", "Erika Beispiel")).await;
    says_yes(&mut ours).await;
    let before = house.get(&format!("calls/{}/timeline?", ours.id())).await;
    let intruder = house.workspace(KEY_B, "agent_b");
    let mut body: Value = serde_json::from_slice(&ours.body_of("call_ended")).unwrap();

    // Our number, their signature: refused. Their number and our call id: a call of their own.
    let with_our_number = intruder.post_signed(WEBHOOK, &serde_json::to_vec(&body).unwrap()).await;
    body["call"]["to_number"] = json!(NUMBER_B);
    let with_their_number = intruder.post_signed(WEBHOOK, &serde_json::to_vec(&body).unwrap()).await;
    let withdraw =
        json!({"name": "collect_appointment", "args": {"bestaetigung": false}, "call": body["call"]});
    let function = intruder.post_signed(COLLECT, &serde_json::to_vec(&withdraw).unwrap()).await;

    assert_eq!((with_our_number.status, with_their_number.status), (401, 204));
    assert_eq!(status(&function), "incomplete", "their own call knows nothing of ours: {}", function.body);
    let calls = house.get("calls?company=salon-a").await;
    assert_eq!(calls["items"].as_array().unwrap().len(), 1);
    let after = house.get(&format!("calls/{}/timeline", before["call"]["id"].as_str().unwrap())).await;
    assert_eq!(after["events"], before["events"]);
    ours.hang_up("user_hangup");
    assert_eq!(ours.ended().await, 204);
    house.booking_in(before["call"]["id"].as_str().unwrap(), &["booked"]).await;
}

#[actix_rt::test]
async fn an_unknown_number_is_told_so_kept_and_never_guessed() {
    let house = House::open(Setup::default()).await;
    let mut call = house.salon().ring(Ring { from: None, to: "+493055555555", ..Ring::default() });

    let webhook = call.start().await;
    let function = call.invoke("check_availability", json!({"datum": "2026-10-20"})).await;
    let inbound = call.inbound().await;

    assert_eq!(webhook, 404);
    assert_eq!(status(&function), "unknown_number");
    assert_eq!(function.body["success"], false);
    assert_eq!((inbound.status, inbound.body), (200, json!({"call_inbound": {}})));
    assert_eq!(house.get("calls").await["items"], json!([]));
    // What came while it rang is kept behind the answer.
    let unknown = eventually("all three to be kept", || async {
        let unknown = house.app.house().store().deliveries().unknown_numbers().await.unwrap();
        unknown.into_iter().find(|unknown| unknown.deliveries == 3)
    })
    .await;
    assert_eq!(unknown.number, "+493055555555");
}

async fn post(retell: &Workspace, path: &str, body: &[u8]) -> (u16, Value) {
    let answer = retell.post_signed(path, body).await;
    (answer.status, answer.body)
}

#[actix_rt::test]
async fn nonsense_gets_a_clear_answer_and_loses_nothing() {
    let house = House::open(Setup::default()).await;
    let retell = house.salon();
    let call = house.ring();
    let object: Value = call.object();
    let function =
        |args: Value| serde_json::to_vec(&json!({"name": "x", "args": args, "call": object})).unwrap();
    let before = rows(&house).await["inbox"];

    for path in [WEBHOOK, COLLECT] {
        assert_eq!(post(&retell, path, b"{ not json").await.0, 400);
        assert_eq!(post(&retell, path, b"[1, 2]").await.0, 400);
        assert_eq!(post(&retell, path, &vec![b' '; 9 * 1024 * 1024]).await.0, 413);
    }
    assert_eq!(rows(&house).await["inbox"], before, "what is no JSON object is not kept");
    // Without a call: the webhook is refused and kept, the function says something and is kept.
    assert_eq!(post(&retell, WEBHOOK, br#"{"event":"call_ended"}"#).await.0, 400);
    let (code, said) = post(&retell, COLLECT, br#"{"name":"collect_appointment","args":{}}"#).await;
    assert_eq!((code, &said["status"]), (200, &json!("invalid")));
    let mut placeholder = object.clone();
    placeholder["call_id"] = json!("{{call_id}}");
    let body = serde_json::to_vec(&json!({"name": "x", "args": {}, "call": placeholder})).unwrap();
    assert_eq!(post(&retell, COLLECT, &body).await.1["status"], "invalid");
    assert_eq!(rows(&house).await["inbox"], before + 3);

    let string_args = wish("2026-10-20", "14:30", "Erika Beispiel").to_string();
    let (_, held) = post(&retell, COLLECT, &function(json!(string_args))).await;
    assert_eq!(held["status"], "held", "arguments written as a string are read: {held}");
    assert_eq!(post(&retell, COLLECT, &function(json!(17))).await.1["status"], "invalid");
    assert_eq!(post(&retell, COLLECT, &function(json!({"datum": "2023-10-20"}))).await.1["status"], "past");
    for (name, time) in
        [("", "15:00"), ("{{name}}", "15:30"), ("unbekannt", "16:00"), ("Salon Morgenrot", "16:30")]
    {
        let mut fresh = house.ring();
        let answer = fresh.invoke("collect_appointment", wish("2026-10-20", time, name)).await;
        assert_eq!(
            (status(&answer).as_str(), &answer.body["missing"]),
            ("incomplete", &json!(["name"])),
            "{name:?}"
        );
    }
    let mut fresh = house.ring();
    let unknown = fresh.invoke("order_pizza", json!({})).await;
    assert_eq!(status(&unknown), "unknown_function");
    let services = fresh.invoke("list_services_v17", json!({})).await;
    assert_eq!(status(&services), "services");
    assert_eq!(services.body["services"][0]["name"], "Haarschnitt");
    assert_eq!(house.app.house().falls(), 0, "nothing panicked");
}

#[actix_rt::test]
async fn a_function_without_an_id_is_recognised_by_its_arguments_for_a_while() {
    let house = House::open(Setup::default()).await;
    let mut call = house.ring();
    let wish = wish("2026-10-20", "14:30", "Erika Beispiel");

    let one = call.invoke_without_id("collect_appointment", wish.clone()).await;
    let two = call.invoke_without_id("collect_appointment", wish).await;

    assert_eq!(status(&one), "held");
    assert_eq!(one.bytes, two.bytes);
}
