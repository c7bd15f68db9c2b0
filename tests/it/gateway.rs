//! The gateway from outside: JSON-RPC over HTTP with tokens of several roles, every method under each of its names, and
//! nobody beyond his own company.

use std::collections::BTreeMap;

use fernamt::operations::{Role, tokens};
use serde_json::{Value, json};

use super::house::{CALLER, House, KEY_B, NUMBER_B, Setup, eventually, says_yes, status, wish};
use fernamt::sim::retell::Ring;

/// Somebody at the other company, whom nobody of this one may hear of.
const STRANGER: &str = "Zacharias Fremdling";
/// Nothing in any company, in the shape of our ids.
const NOBODY: &str = "01999999-9999-7999-8999-999999999999";

/// Tokens ask as often as a test needs.
fn unhurried() -> Setup {
    Setup { settings: "[limits]\ntoken_requests_per_minute = 0", ..Setup::default() }
}

async fn token(house: &House, role: Role, companies: &[&str]) -> String {
    let companies: Vec<String> = companies.iter().map(|slug| (*slug).to_owned()).collect();
    let (store, directory) = (house.app.house().store(), house.app.house().directory());
    tokens::create(store, house.clock, &directory, (role, &companies, "test")).await.unwrap().1
}

/// What is answered to a body, and under which status.
async fn post(house: &House, token: &str, body: String) -> (u16, String) {
    let url = format!("{}/api/mcp/gateway/", house.app.url());
    let answer = house.http.post(url).bearer_auth(token).body(body).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// The answer to one method.
async fn ask(house: &House, token: &str, method: &str, params: Value) -> Value {
    let body = json!({"jsonrpc": "2.0", "method": method, "params": params, "id": 1});
    let (code, text) = post(house, token, body.to_string()).await;
    assert_eq!(code, 200, "{method}: {text}");
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&answer["jsonrpc"], &answer["id"]), (&json!("2.0"), &json!(1)), "{answer}");
    answer
}

async fn document(house: &House, token: &str) -> Value {
    let url = format!("{}/api/mcp/gateway/methods", house.app.url());
    house.http.get(url).bearer_auth(token).send().await.unwrap().json().await.unwrap()
}

#[actix_rt::test]
async fn requests_batches_and_notifications_are_answered_as_the_specification_says() {
    let house = House::open(Setup::default()).await;
    let said = async |body: &str| {
        let (code, text) = post(&house, &house.token, body.to_owned()).await;
        (code, serde_json::from_str::<Value>(&text).unwrap_or_default())
    };

    let (_, one) = said(r#"{"jsonrpc": "2.0", "method": "branch.list", "id": "a"}"#).await;
    let (_, batch) = said(
        r#"[{"jsonrpc": "2.0", "method": "branch.list", "id": 1.5}, {"jsonrpc": "2.0", "method": "branch.list"},
            {"foo": "boo"}, {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": null}]"#,
    )
    .await;
    let silent =
        said(r#"[{"jsonrpc": "2.0", "method": "branch.list"}, {"jsonrpc": "2.0", "method": "no.such"}]"#)
            .await;
    let lone = said(r#"{"jsonrpc": "2.0", "method": "branch.list"}"#).await;
    let (parse_code, parse) = said(r#"{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]"#).await;
    let (_, by_position) =
        said(r#"{"jsonrpc": "2.0", "method": "branch.get", "params": ["mitte"], "id": 1}"#).await;

    assert_eq!((&one["id"], one["result"]["items"].as_array().unwrap().len()), (&json!("a"), 2));
    let answers = batch.as_array().unwrap();
    assert_eq!(answers.len(), 3, "{batch}");
    assert_eq!((&answers[0]["id"], &answers[0]["result"]), (&json!(1.5), &one["result"]));
    let refused = |answer: &Value| {
        let error = &answer["error"];
        assert!(error["data"]["type"].is_string() && error["data"]["problem"].is_string(), "{answer}");
        assert_eq!((&answer["jsonrpc"], &answer["id"]), (&json!("2.0"), &Value::Null));
        (error["code"].as_i64().unwrap(), error["message"].as_str().unwrap().to_owned())
    };
    assert_eq!(refused(&answers[1]), (-32600, "Invalid Request".to_owned()));
    assert_eq!(refused(&answers[2]), (-32601, "Method not found".to_owned()));
    assert_eq!((silent, lone), ((204, Value::Null), (204, Value::Null)));
    assert_eq!((parse_code, refused(&parse)), (200, (-32700, "Parse error".to_owned())));
    assert_eq!(by_position["error"]["code"], -32602);
    assert_eq!(by_position["error"]["data"]["type"], "invalid_params");
    assert!(by_position["error"]["data"]["problem"].as_str().unwrap().contains("by name"), "{by_position}");
}

#[actix_rt::test]
async fn nobody_asks_without_a_token_too_much_at_once_or_too_often() {
    let settings = "[limits]\ntoken_requests_per_minute = 10";
    let house = House::open(Setup { settings, ..Setup::default() }).await;
    let one = json!({"jsonrpc": "2.0", "method": "branch.list", "id": 1});
    let url = format!("{}/api/mcp/gateway", house.app.url());

    let without = house.http.post(&url).body(one.to_string()).send().await.unwrap();
    let described = house.http.get(format!("{url}/methods")).send().await.unwrap();
    let wrong = post(&house, "fernamt_wrong", one.to_string()).await;
    let large = post(&house, &house.token, " ".repeat(300_000) + &one.to_string()).await;
    let batch = Value::Array(vec![one.clone(); 8]).to_string();
    let first = post(&house, &house.token, batch.clone()).await;
    let second = post(&house, &house.token, batch).await;

    for refused in [without, described] {
        assert_eq!(refused.status(), 401);
        assert_eq!(refused.headers()["content-type"], "application/problem+json");
        assert_eq!(refused.headers()["www-authenticate"], "Bearer");
    }
    assert_eq!(wrong.0, 401);
    assert_eq!(large.0, 413, "{}", large.1);
    assert_eq!(first.0, 200);
    assert_eq!(second.0, 429, "every entry of a batch counts: {}", second.1);
}

#[actix_rt::test]
async fn every_method_of_the_seed_documents_and_the_contract_that_is_listed_answers_under_each_form_of_its_name()
 {
    let house = House::open(unhurried()).await;
    let (call, booking) = house.booked().await;
    let document = document(&house, &house.token).await;
    let methods = document["methods"].as_array().unwrap();
    let mut answered = 0;

    for method in methods {
        let name = method["name"].as_str().unwrap();
        let params = sample(method, call.id(), booking["id"].as_str().unwrap());
        let (space, last) = name.rsplit_once('.').unwrap();
        let mut names = vec![name.to_owned()];
        if space != "rpc" {
            names.extend([format!("{}.{last}", space.replace('.', "_")), name.replace('.', "_")]);
        }
        for name in names {
            let answer = ask(&house, &house.token, &name, params.clone()).await;
            if let Some(result) = answer.get("result") {
                fits(&document, &method["result"]["schema"], result, &name);
                answered += 1;
            } else {
                // Whatever else it needs, it is there.
                assert_ne!(answer["error"]["code"], -32601, "{name}: {answer}");
                assert_ne!(answer["error"]["code"], -32603, "{name}: {answer}");
            }
        }
    }
    assert!(answered >= 20, "{answered}");
    for name in ["retell.functions.collect_appointment", "retell.functions.change_appointment"] {
        assert!(methods.iter().any(|method| method["name"] == name), "{name}");
    }
    let discovered = ask(&house, &house.token, "rpc.discover", json!({})).await;
    assert_eq!(discovered["result"], document);
}

/// Params that a method of that description might be asked with.
fn sample(method: &Value, call: &str, booking: &str) -> Value {
    let known = |name: &str| match name {
        "company" => json!("salon-a"),
        "branch" => json!("mitte"),
        "call_id" => json!(call),
        "booking" | "booking_id" | "id" => json!(booking),
        "args" => json!({"datum": "2026-10-20", "uhrzeit": "14:30", "dienstleistung": "Haarschnitt"}),
        _ => Value::Null,
    };
    let params = method["params"].as_array().unwrap().iter();
    let wanted = params.filter(|param| param["required"] == true || param["name"] == "company");
    let wanted = wanted.map(|param| {
        let name = param["name"].as_str().unwrap();
        let value = known(name);
        let made_up = if param["schema"]["type"] == "string" { json!("x") } else { json!({}) };
        (name.to_owned(), if value.is_null() { made_up } else { value })
    });
    Value::Object(wanted.collect())
}

/// Whether an answer is as its schema says, with everything that refers to.
fn fits(document: &Value, schema: &Value, answer: &Value, what: &str) {
    let mut whole = json!({"$schema": "http://json-schema.org/draft-07/schema#", "allOf": [schema]});
    whole["components"] = document["components"].clone();
    let validator = jsonschema::validator_for(&whole).unwrap();
    let wrong: Vec<String> =
        validator.iter_errors(answer).map(|wrong| format!("{}: {wrong}", wrong.instance_path())).collect();
    assert!(wrong.is_empty(), "{what}: {wrong:?}\n{answer}");
}

#[actix_rt::test]
async fn a_voice_agent_reaches_its_functions_alone() {
    let house = House::open(unhurried()).await;
    let agent = token(&house, Role::Agent, &["salon-a"]).await;

    let shown = document(&house, &agent).await;
    let whole = document(&house, &house.token).await;

    let names: Vec<&str> =
        shown["methods"].as_array().unwrap().iter().map(|method| method["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"retell.functions.check_availability"), "{names:?}");
    for method in whole["methods"].as_array().unwrap() {
        let name = method["name"].as_str().unwrap();
        if !names.contains(&name) {
            let refused = ask(&house, &agent, name, json!({})).await;
            assert_eq!(refused["error"]["code"], -32003, "{name}: {refused}");
        }
    }
}

/// A turn of a conversation that a program leads.
async fn turn(house: &House, token: &str, function: &str, args: Value) -> Value {
    let params = json!({"call_id": "chat-1", "args": args});
    let mut answer = ask(house, token, &format!("retell_functions.{function}"), params).await;
    assert!(answer["result"]["message"].as_str().is_some_and(|words| !words.is_empty()), "{answer}");
    answer["result"].take()
}

#[actix_rt::test]
async fn a_conversation_without_a_call_is_booked_at_the_yes_and_ends_by_its_silence() {
    let house = House::open(unhurried()).await;
    let agent = token(&house, Role::Agent, &["salon-a"]).await;

    let checked = turn(&house, &agent, "check_availability", wish("2026-10-20", "14:30", "")).await;
    let held =
        turn(&house, &agent, "collect_appointment", wish("2026-10-20", "14:30", "Erika Beispiel")).await;
    let told = json!({"telefonnummer": CALLER, "bestaetigung": null});
    let held = if held["status"] == "incomplete" {
        turn(&house, &agent, "collect_appointment", told).await
    } else {
        held
    };
    let yes = turn(&house, &agent, "collect_appointment", json!({"bestaetigung": true})).await;
    let again = turn(&house, &agent, "collect_appointment", json!({"bestaetigung": true})).await;
    let whose = turn(&house, &agent, "cancel_appointment", json!({"name": "Erika Beispiel"})).await;

    assert_eq!(
        (&checked["status"], &held["status"]),
        (&json!("available"), &json!("held")),
        "{checked} {held}"
    );
    assert_eq!(yes["status"], "booked", "{yes}");
    assert_eq!(again, yes, "the same words soon after are a repeat");
    assert_eq!(house.calcom.ledger().live_bookings().len(), 1);
    assert_ne!(whose["status"], "cancelled", "{whose}");
    let house = house.restart_at("2026-10-14T09:05:00Z").await;
    let call = eventually("the end of the conversation", || async {
        let calls = house.get("calls").await;
        let call = calls["items"][0].clone();
        (call["phase"] == "settled").then_some(call)
    })
    .await;
    assert_eq!(call["retell_call_id"], "gateway:2026-10-14.1:chat-1");
    assert_eq!(call["outcome"], "booked", "{call}");
    assert_eq!(house.retell.asked("/v2/get-call"), 0, "Retell is not asked about what it cannot know");
}

#[actix_rt::test]
async fn a_program_that_names_a_call_of_retells_speaks_in_that_call_as_one_who_shows_no_number() {
    let house = House::open(unhurried()).await;
    let (_, booking) = house.booked().await;
    assert_eq!(booking["state"], "booked");
    let mut call = house.ring();
    call.invoke("list_services", json!({})).await;
    let agent = token(&house, Role::Agent, &["salon-a"]).await;

    let named = json!({"name": "Erika Beispiel"});
    let params = json!({"call_id": call.id(), "args": named});
    let asked = ask(&house, &agent, "retell.functions.cancel_appointment", params).await;
    let signed = call.invoke("cancel_appointment", named).await;

    assert_eq!(asked["result"]["status"], "identity_needed", "{asked}");
    assert_eq!(status(&signed), "confirm_cancel");
    let calls = house.get("calls").await;
    assert_eq!(calls["items"].as_array().unwrap().len(), 2, "no conversation beside it: {calls}");
}

#[actix_rt::test]
async fn a_conversation_needs_a_name_and_a_token_of_several_companies_is_asked_for_one() {
    let house = House::open(unhurried()).await;
    let several = token(&house, Role::Agency, &["salon-a", "salon-b"]).await;
    let problem = async |params: Value| {
        let answer = ask(&house, &several, "retell.functions.check_availability", params).await;
        assert_eq!(answer["error"]["code"], -32602, "{answer}");
        answer["error"]["data"]["problem"].as_str().unwrap().to_owned()
    };

    let unnamed = problem(json!({"call_id": "x"})).await;
    let placeholder = problem(json!({"company": "salon-a", "call_id": "{{call_id}}"})).await;
    let long = problem(json!({"company": "salon-a", "call_id": "x".repeat(129)})).await;
    let unknown = problem(json!({"company": "salon-a", "call_id": "x", "arguments": {}})).await;

    assert_eq!(unnamed, "name the company: one of salon-a, salon-b");
    assert!(
        placeholder.contains("call_id must name the conversation") && long == placeholder,
        "{placeholder}"
    );
    assert!(unknown.contains("unknown field `arguments`"), "{unknown}");
}

#[actix_rt::test]
async fn how_the_services_stand_is_told_to_everybody_and_whose_they_are_only_with_a_token() {
    let house = House::open(Setup::default()).await;
    house.booked().await;
    let company = token(&house, Role::CompanyAdmin, &["salon-b"]).await;
    let url = format!("{}/api/mcp/gateway/health", house.app.url());

    let open: Value = house.http.get(&url).send().await.unwrap().json().await.unwrap();
    let whole: Value =
        house.http.get(&url).bearer_auth(&house.token).send().await.unwrap().json().await.unwrap();
    let other: Value = house.http.get(&url).bearer_auth(company).send().await.unwrap().json().await.unwrap();

    assert_eq!((&open["status"], &open["services"]["database"]["status"]), (&json!("ok"), &json!("ok")));
    assert_eq!(open["services"]["calcom"], json!({"status": "ok", "breakers": []}));
    assert_eq!(open["services"]["retell"], json!({"status": "ok", "last_heard_at": null}));
    assert!(whole["services"]["retell"]["last_heard_at"].is_string(), "{whole}");
    assert!(!whole["services"]["calcom"]["breakers"].as_array().unwrap().is_empty());
    assert!(other["services"]["retell"]["last_heard_at"].is_null(), "{other}");
    assert!(!other.to_string().contains("salon-a"), "{other}");
}

#[actix_rt::test]
async fn a_calendar_that_does_not_answer_is_told_as_such_while_calls_are_served() {
    let settings = "[calcom]\nbreaker_cool_down_ms = 600000";
    let house = House::open(Setup { settings, ..Setup::default() }).await;
    house.calcom.go_down().await;
    let mut call = house.ring();
    for day in 12..18 {
        let wish = json!({"datum": format!("2026-11-{day}"), "dienstleistung": "Haarschnitt"});
        call.invoke("check_availability", wish).await;
    }
    eventually("the breaker to open", || async { (house.breaker().await == "open").then_some(()) }).await;
    let url = format!("{}/api/mcp/gateway/health", house.app.url());

    let answer = house.http.get(&url).bearer_auth(&house.token).send().await.unwrap();

    assert_eq!(answer.status(), 200);
    let health: Value = answer.json().await.unwrap();
    assert_eq!(
        (&health["status"], &health["services"]["calcom"]["status"]),
        (&json!("degraded"), &json!("down"))
    );
    assert_eq!(health["services"]["calcom"]["breakers"][0]["state"], "open");
}

/// What belongs to the other company, each with what is nobody's in the same shape.
async fn of_the_other_company(house: &House) -> BTreeMap<String, String> {
    let salon_b = house.workspace(KEY_B, "agent_b");
    let mut call = salon_b.ring(Ring { from: Some(CALLER), to: NUMBER_B, ..Ring::default() });
    call.invoke("collect_appointment", wish("2026-10-21", "10:00", STRANGER)).await;
    says_yes(&mut call).await;
    call.hang_up("user_hangup");
    call.ended().await;
    let booking = house.booking_in(call.id(), &["booked"]).await;
    let mut lost = salon_b.ring(Ring { from: Some("+491701112223"), to: NUMBER_B, ..Ring::default() });
    let wish = json!({"name": STRANGER, "grund": "Rückruf"});
    lost.invoke("request_callback", wish).await;
    lost.hang_up("user_hangup");
    lost.ended().await;
    let callback =
        eventually("the callback item", || async { house.callbacks().await.first().cloned() }).await;
    let deliveries = house.get("deliveries?company=salon-b").await;
    let id = |value: &Value| value.as_str().unwrap().to_owned();
    let our_call = house.get(&format!("calls/{}", call.id())).await;
    BTreeMap::from([
        ("salon-b".to_owned(), "salon-x".to_owned()),
        (call.id().to_owned(), "call_00000000000000000000000000000".to_owned()),
        (id(&our_call["id"]), NOBODY.to_owned()),
        (id(&booking["id"]), NOBODY.to_owned()),
        (id(&booking["customer"]["id"]), NOBODY.to_owned()),
        (id(&callback["id"]), NOBODY.to_owned()),
        (id(&deliveries["items"][0]["id"]), NOBODY.to_owned()),
        (NUMBER_B.to_owned(), "+494055566779".to_owned()),
        ("agent_b".to_owned(), "agent_x".to_owned()),
        (STRANGER.to_owned(), "Niemand Nirgends".to_owned()),
    ])
}

/// Why something was refused; how a text fails to be a number or a time is told of the text itself, and says nothing else.
fn refused(answer: &Value) -> Option<Value> {
    let mut error = answer.get("error").cloned()?;
    if error["code"] == -32_602 {
        error["data"]["problem"].take();
    }
    Some(error)
}

#[actix_rt::test]
async fn a_token_of_one_company_never_hears_of_another_in_any_answer_or_refusal() {
    let house = House::open(unhurried()).await;
    let others = of_the_other_company(&house).await;
    let (call, booking) = house.booked().await;
    let mine = token(&house, Role::CompanyAdmin, &["salon-a"]).await;
    let document = document(&house, &mine).await;
    let mut compared = 0;

    // Conversations last: they are kept under whatever name was asked with.
    let (functions, lists): (Vec<&Value>, Vec<&Value>) = document["methods"]
        .as_array()
        .unwrap()
        .iter()
        .partition(|method| method["name"].as_str().unwrap().starts_with("retell.functions."));
    for method in lists.into_iter().chain(functions) {
        let name = method["name"].as_str().unwrap();
        let usual = sample(method, call.id(), booking["id"].as_str().unwrap());
        let alone = ask(&house, &mine, name, usual.clone()).await;
        hears_of_nobody(&alone, &others, name);
        for param in method["params"].as_array().unwrap() {
            let param = param["name"].as_str().unwrap();
            // What is no telephone number is refused for its own letters.
            let fits = |foreign: &str| param != "phone" || foreign.starts_with('+');
            for (foreign, nobodys) in others.iter().filter(|(foreign, _)| fits(foreign)) {
                let asked = async |value: &str| {
                    let mut params = usual.clone();
                    params[param] = json!(value);
                    let answer = ask(&house, &mine, name, params).await;
                    serde_json::from_str::<Value>(&answer.to_string().replace(value, "THAT")).unwrap()
                };
                let (of_other, of_nobody) = (asked(foreign).await, asked(nobodys).await);
                assert_eq!(refused(&of_other), refused(&of_nobody), "{name} {param}={foreign}");
                hears_of_nobody(&of_other, &others, &format!("{name} {param}={foreign}"));
                compared += 1;
            }
        }
    }
    assert!(compared > 100, "{compared}");
    let batch: Vec<Value> = others
        .keys()
        .map(|foreign| json!({"jsonrpc": "2.0", "method": "branch.list", "params": {"company": foreign}, "id": 1}))
        .collect();
    let (_, text) = post(&house, &mine, Value::Array(batch).to_string()).await;
    hears_of_nobody(&serde_json::from_str(&text).unwrap(), &others, "a batch");
}

fn hears_of_nobody(answer: &Value, others: &BTreeMap<String, String>, what: &str) {
    let text = answer.to_string();
    for foreign in others.keys() {
        assert!(!text.contains(foreign.as_str()), "{what}: {foreign} in {text}");
    }
}
