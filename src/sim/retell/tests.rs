//! Calls played against a small house that keeps what it receives.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::signer::{SIGNATURE_HEADER, sign};
use super::{Call, Ring, Settings, Workspace};

const KEY: &str = "key_invented_for_the_sim";

#[derive(Clone, Debug)]
struct Received {
    path: String,
    signature: String,
    bytes: Vec<u8>,
}

struct House {
    url: String,
    received: Arc<Mutex<Vec<Received>>>,
    server: ServerHandle,
}

fn house() -> House {
    let received: Arc<Mutex<Vec<Received>>> = Arc::default();
    let shelf = Arc::clone(&received);
    let server = HttpServer::new(move || {
        let shelf = Arc::clone(&shelf);
        App::new().default_service(web::to(move |request: HttpRequest, body: web::Bytes| {
            let signature = request.headers().get(SIGNATURE_HEADER).map(|v| v.to_str().unwrap().to_owned());
            shelf.lock().unwrap().push(Received {
                path: request.path().to_owned(),
                signature: signature.unwrap_or_default(),
                bytes: body.to_vec(),
            });
            std::future::ready(answer(request.path()))
        }))
    })
    .workers(1)
    .disable_signals()
    .bind(("127.0.0.1", 0))
    .unwrap();
    let url = format!("http://{}", server.addrs()[0]);
    let server = server.run();
    let handle = server.handle();
    actix_rt::Arbiter::current().spawn(async move { drop(server.await) });
    House { url, received, server: handle }
}

fn answer(path: &str) -> HttpResponse {
    if path.ends_with("/inbound") {
        return HttpResponse::Ok()
            .json(json!({"call_inbound": {"dynamic_variables": {"heute": "Dienstag"}}}));
    }
    if path.contains("/functions/") {
        return HttpResponse::Ok().json(json!({"success": true, "message": "Gern."}));
    }
    HttpResponse::NoContent().finish()
}

impl House {
    fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    fn body(&self, at: usize) -> Value {
        serde_json::from_slice(&self.received()[at].bytes).unwrap()
    }
}

fn workspace(url: &str, seed: u64) -> Workspace {
    // Whoever comes first installs it; for the others it is installed already.
    drop(rustls::crypto::ring::default_provider().install_default());
    Workspace::new(Settings {
        house_url: url.to_owned(),
        key: KEY.to_owned(),
        agent_id: "agent_invented".to_owned(),
        clock_offset: SignedDuration::from_hours(24 * 365),
        http: reqwest::Client::new(),
        seed,
    })
}

fn inbound_call(workspace: &Workspace) -> Call {
    workspace.ring(Ring { from: Some("+493012345678"), to: "+493087654321", ..Ring::default() })
}

fn names(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

fn sample(name: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/samples/retell/");
    serde_json::from_str(&std::fs::read_to_string(format!("{folder}{name}")).unwrap()).unwrap()
}

#[actix_rt::test]
async fn every_delivery_is_signed_over_its_own_bytes_at_the_simulated_time() {
    let house = house();
    let workspace = workspace(&house.url, 1);
    let call = inbound_call(&workspace);
    let before_ms = workspace.now().as_millisecond();

    let status = call.start().await;

    let received = house.received();
    let stamp: i64 = received[0].signature[2..].split(',').next().unwrap().parse().unwrap();
    assert_eq!((status, received[0].path.as_str()), (204, "/api/webhooks/retell"));
    assert_eq!(received[0].signature, sign(KEY, &received[0].bytes, stamp));
    assert!(stamp >= before_ms && stamp <= workspace.now().as_millisecond());
}

#[actix_rt::test]
async fn events_have_the_fields_of_the_vendors_samples() {
    let workspace = workspace("http://127.0.0.1:9", 1);
    let mut call = workspace.ring(Ring {
        from: Some("+493012345678"),
        to: "+493087654321",
        variables: &[("firma", "Praxis Beispiel")],
        metadata: Some(json!({"ref": "ib_01"})),
        ..Ring::default()
    });
    let started: Value = serde_json::from_slice(&call.body_of("call_started")).unwrap();
    call.collect("wunsch", "Zahnreinigung");
    call.agent("Guten Tag.");
    call.says("Ich hätte gern einen Termin.");
    call.hang_up("user_hangup");
    let ended: Value = serde_json::from_slice(&call.body_of("call_ended")).unwrap();

    assert_eq!(names(&started["call"]), names(&sample("webhook_call_started.json")["call"]));
    let theirs = sample("webhook_call_ended.json");
    for name in names(&ended["call"]) {
        assert!(names(&theirs["call"]).contains(&name), "{name}");
    }
    for name in ["end_timestamp", "duration_ms", "disconnection_reason", "transcript", "transcript_object"] {
        assert!(names(&ended["call"]).contains(name), "{name}");
    }
    assert_eq!(ended["call"]["transcript"], "Agent: Guten Tag.\nUser: Ich hätte gern einen Termin.\n");
    assert_eq!(ended["call"]["transcript_object"][1]["words"].as_array().unwrap().len(), 5);
    assert!(ended["call"].get("call_analysis").is_none());
}

#[actix_rt::test]
async fn a_function_request_ends_its_transcript_with_its_own_invocation() {
    let house = house();
    let mut call = inbound_call(&workspace(&house.url, 1));
    call.says("Haben Sie morgen etwas frei?");

    let answer = call.invoke("check_availability", json!({"datum": "morgen"})).await;

    let sent = house.body(0);
    let last = sent["call"]["transcript_with_tool_calls"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(house.received()[0].path, "/api/mcp/gateway/retell/functions/check_availability");
    assert_eq!((&sent["name"], &sent["args"]), (&json!("check_availability"), &json!({"datum": "morgen"})));
    assert_eq!(last["role"], "tool_call_invocation");
    assert_eq!(last["arguments"], r#"{"datum":"morgen"}"#);
    assert_eq!(last["tool_call_id"].as_str(), answer.tool_call_id.as_deref());
    assert_eq!((answer.status, &answer.body["message"]), (200, &json!("Gern.")));
    let after = call.object();
    let result = after["transcript_with_tool_calls"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&result["role"], &result["successful"]), (&json!("tool_call_result"), &json!(true)));
    assert_eq!(result["content"].as_str().unwrap().as_bytes(), answer.bytes);
}

#[actix_rt::test]
async fn a_repeat_sends_the_same_bytes_and_the_same_id() {
    let house = house();
    let mut call = inbound_call(&workspace(&house.url, 1));
    let first = call.invoke("collect_appointment", json!({"name": "Frieda"})).await;

    let repeat = call.repeat_last().await;
    let next = call.invoke("collect_appointment", json!({"name": "Frieda"})).await;

    let received = house.received();
    assert_eq!(received[0].bytes, received[1].bytes);
    assert_eq!(first.tool_call_id, repeat.tool_call_id);
    assert_ne!(first.tool_call_id, next.tool_call_id);
}

#[actix_rt::test]
async fn a_prepared_request_can_be_under_way_twice_at_once() {
    let house = house();
    let mut call = inbound_call(&workspace(&house.url, 1));
    let prepared = call.prepare("collect_appointment", &json!({}));

    let (first, second) = tokio::join!(prepared.send(), prepared.send());

    assert_eq!((first.status, second.status), (200, 200));
    assert_eq!(house.received()[0].bytes, house.received()[1].bytes);
}

#[actix_rt::test]
async fn an_invocation_without_an_id_has_none_anywhere() {
    let house = house();
    let mut call = inbound_call(&workspace(&house.url, 1));

    let answer = call.invoke_without_id("list_services", json!({})).await;

    assert_eq!(answer.tool_call_id, None);
    assert!(!String::from_utf8_lossy(&house.received()[0].bytes).contains("tool_call_id"));
}

#[actix_rt::test]
async fn the_inbound_webhook_gives_the_call_its_variables() {
    let house = house();
    let mut call = inbound_call(&workspace(&house.url, 1));

    call.inbound().await;

    assert_eq!(house.body(0)["call_inbound"]["to_number"], "+493087654321");
    assert_eq!(call.object()["retell_llm_dynamic_variables"], json!({"heute": "Dienstag"}));
}

#[actix_rt::test]
async fn events_come_in_the_order_and_number_the_test_wants() {
    let house = house();
    let mut call = inbound_call(&workspace(&house.url, 1));
    call.hang_up("user_hangup");
    call.analyzed(json!({"_name": "Frieda"})).await;
    call.ended().await;
    call.ended().await;
    call.transcript_updated().await;

    let events: Vec<Value> = (0..4).map(|at| house.body(at)["event"].clone()).collect();

    assert_eq!(events, ["call_analyzed", "call_ended", "call_ended", "transcript_updated"]);
    assert_eq!(house.body(0)["call"]["call_analysis"]["custom_analysis_data"]["_name"], "Frieda");
    assert_eq!(house.received()[1].bytes, house.received()[2].bytes);
}

#[actix_rt::test]
async fn callers_without_a_number_and_web_calls_look_as_they_do_at_retell() {
    let workspace = workspace("http://127.0.0.1:9", 1);

    let hidden = workspace.ring(Ring { to: "+493087654321", ..Ring::default() }).object();
    let web = workspace.ring(Ring { is_web: true, ..Ring::default() }).object();

    assert_eq!(hidden["from_number"], "anonymous");
    assert_eq!(web["call_type"], "web_call");
    assert!(web.get("from_number").is_none() && web.get("direction").is_none());
    assert!(web["access_token"].is_string());
}

#[actix_rt::test]
async fn the_same_seed_gives_the_same_ids() {
    let (first, second, other) = (workspace("x", 4), workspace("x", 4), workspace("x", 5));

    assert_eq!(inbound_call(&first).id(), inbound_call(&second).id());
    assert_ne!(inbound_call(&first).id(), inbound_call(&other).id());
}

#[actix_rt::test]
async fn a_house_that_is_gone_answers_with_status_0() {
    let house = house();
    house.server.stop(false).await;
    let mut call = inbound_call(&workspace(&house.url, 1));

    let answer = call.invoke("opening_hours", json!({})).await;

    assert_eq!((answer.status, call.start().await), (0, 0));
    let last = call.object()["transcript_with_tool_calls"][1].clone();
    assert_eq!(last["successful"], false);
}
