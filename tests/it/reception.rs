//! What a company's agents are to be like, over REST and JSON-RPC; the test of the webhook goes the whole way.

use fernamt::operations::{Role, tokens};
use fernamt::sim::retell::{Account, Call, Rest, Ring};
use serde_json::{Value, json};

use super::house::{CALLER, House, KEY_A, NOWHERE, NUMBER_A, Setup, eventually, salon_a};

const NEW_KEY: &str = "key_salon_a_von_morgen_4711";

async fn sent(house: &House, (method, path): (&str, &str), body: Value) -> (u16, Value) {
    let url = format!("{}/api/admin/v1/companies/{path}", house.app.url());
    let request = house.http.request(method.parse().unwrap(), url).bearer_auth(&house.token).json(&body);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// A method of the gateway.
async fn asked(house: &House, method: &str, params: Value) -> Value {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    let url = format!("{}/api/mcp/gateway", house.app.url());
    let answer = house.http.post(url).bearer_auth(&house.token).json(&body).send().await.unwrap();
    answer.json().await.unwrap()
}

async fn token(house: &House, role: Role, company: &str) -> String {
    let (store, directory) = (house.app.house().store(), house.app.house().directory());
    let made = tokens::create(store, house.clock, &directory, (role, &[company.to_owned()], "test")).await;
    made.unwrap().1
}

fn function<'a>(list: &'a Value, name: &str) -> &'a Value {
    list["custom_functions"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()
}

/// A call to salon A by a workspace that signs with that key.
fn ring_with(house: &House, key: &str) -> Call {
    house.workspace(key, "agent_a").ring(Ring { from: Some(CALLER), to: NUMBER_A, ..Ring::default() })
}

async fn status_of(house: &House, key: &str) -> u16 {
    ring_with(house, key).invoke("list_services", json!({})).await.status
}

#[actix_rt::test]
async fn functions_are_shown_as_agents_get_them_and_changed_one_by_one() {
    let house = House::open(Setup::default()).await;

    let before = house.get("companies/salon-a/functions").await;
    assert_eq!(before["custom_functions"].as_array().unwrap().len(), 9);
    let check = function(&before, "check_availability");
    assert_eq!((&check["enabled"], &check["timeout_ms"]), (&json!(true), &json!(8000)));
    assert!(check["parameters"]["properties"]["datum"]["description"].as_str().unwrap().contains("wörtlich"));
    let change = json!({"enabled": false, "timeout_ms": 5000, "parameters": {"grund": "Nur auf Nachfrage."}});
    let (status, changed) = sent(&house, ("PATCH", "salon-a/functions/cancel_appointment"), change).await;

    assert_eq!((status, &changed["function"]["enabled"]), (200, &json!(false)), "{changed}");
    let after = house.get("companies/salon-a/functions").await;
    let cancel = function(&after, "cancel_appointment");
    assert_eq!((&cancel["enabled"], &cancel["timeout_ms"]), (&json!(false), &json!(5000)));
    assert_eq!(cancel["parameters"]["properties"]["grund"]["description"], "Nur auf Nachfrage.");
    assert_eq!((&before["changed_by"], &after["changed_by"]), (&Value::Null, &json!("test")));
    let other = house.get("companies/salon-b/functions").await;
    assert_eq!(function(&other, "cancel_appointment")["enabled"], true);
}

#[actix_rt::test]
async fn a_branch_has_its_own_settings_over_those_of_the_company() {
    let house = House::open(Setup::default()).await;

    sent(&house, ("PATCH", "salon-a/functions/list_services"), json!({"enabled": false, "timeout_ms": 3000}))
        .await;
    sent(&house, ("PATCH", "salon-a/functions/list_services?branch=mitte"), json!({"enabled": true})).await;

    let of_company = house.get("companies/salon-a/functions").await;
    let of_branch = house.get("companies/salon-a/functions?branch=mitte").await;
    assert_eq!(function(&of_company, "list_services")["enabled"], false);
    let own = function(&of_branch, "list_services");
    assert_eq!((&own["enabled"], &own["timeout_ms"]), (&json!(true), &json!(3000)));
}

#[actix_rt::test]
async fn what_cannot_be_is_refused_and_says_what_can() {
    let house = House::open(Setup::default()).await;
    let cases = [
        ("salon-a/functions/cancel_appointment", json!({"timeout_ms": 60_000}), 400, "1000 to 15000"),
        ("salon-a/functions/cancel_appointment", json!({"speed": 1}), 400, "speed"),
        ("salon-a/functions/book", json!({"enabled": true}), 400, "check_availability"),
        ("salon-a/functions/book?branch=ost", json!({}), 404, "branch"),
        ("salon-a/webhook", json!({"webhook_events": ["call_ended"]}), 400, "must have call_started"),
        ("salon-a/webhook", json!({"regenerate_secret": true}), 400, "only Retell makes one"),
        ("salon-a/prompt", json!({"extra": "x".repeat(4_001)}), 400, "at most 4000"),
    ];
    for (path, body, expected, words) in cases {
        let (status, problem) = sent(&house, ("PATCH", path), body).await;

        assert_eq!(status, expected, "{path}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
    }
}

#[actix_rt::test]
async fn another_companys_settings_are_not_found_like_those_of_one_that_does_not_exist() {
    let house = House::open(Setup::default()).await;
    let admin = token(&house, Role::CompanyAdmin, "salon-b").await;
    let staff = token(&house, Role::Staff, "salon-a").await;

    for what in ["functions", "functions/list_services", "webhook", "prompt"] {
        let theirs = house.get_as(&admin, &format!("companies/salon-a/{what}")).await;
        let nobodys = house.get_as(&admin, &format!("companies/salon-x/{what}")).await;

        assert_eq!((theirs.0, &theirs.1["detail"]), (404, &nobodys.1["detail"]), "{what}");
        assert_eq!(house.get_as(&admin, &format!("companies/salon-b/{what}")).await.0, 200, "{what}");
        assert_eq!(house.get_as(&staff, &format!("companies/salon-a/{what}")).await.0, 403, "{what}");
    }
}

#[actix_rt::test]
async fn a_test_of_the_webhook_goes_through_the_door_into_the_books_and_changes_nothing() {
    let house = House::open(Setup::default()).await;
    assert_eq!(house.get("companies/salon-a/webhook").await["test_status"], "never");

    let (status, test) = sent(&house, ("POST", "salon-a/webhook/test"), json!({})).await;

    assert_eq!((status, &test["success"], &test["arrived"]), (200, &json!(true), &json!(true)), "{test}");
    assert_eq!(test["status_code"], 204);
    assert!(test["response_time_ms"].is_u64() && test["fix"].as_str().unwrap().contains("public https"));
    let deliveries = house.get("deliveries?company=salon-a").await;
    assert!(deliveries["items"][0]["event"].as_str().unwrap().starts_with("fernamt_test_"), "{deliveries}");
    assert_eq!(house.get("calls").await["items"], json!([]));
    let webhook = house.get("companies/salon-a/webhook").await;
    assert_eq!(
        (&webhook["test_status"], &webhook["last_tested_at"]),
        (&json!("success"), &test["tested_at"])
    );
}

#[actix_rt::test]
async fn where_the_public_address_leads_nowhere_the_test_says_so_and_what_to_do() {
    let house =
        House::open(Setup { settings: "public_url = \"http://127.0.0.1:9\"", ..Setup::default() }).await;

    let (_, test) = sent(&house, ("POST", "salon-a/webhook/test"), json!({})).await;

    assert_eq!((&test["success"], &test["status_code"]), (&json!(false), &Value::Null), "{test}");
    assert!(test["message"].as_str().unwrap().contains("connection was refused"), "{test}");
    assert!(test["fix"].as_str().unwrap().contains("FERNAMT_PUBLIC_URL"), "{test}");
    assert_eq!(house.get("companies/salon-a/webhook").await["test_status"], "failed");
}

#[actix_rt::test]
async fn where_the_public_address_leads_to_somebody_else_the_test_does_not_take_it_for_ours() {
    let stranger = House::open(Setup { companies: Vec::new(), ..Setup::default() }).await;
    let settings: &'static str =
        Box::leak(format!("public_url = \"{}\"", stranger.app.url()).into_boxed_str());
    let house = House::open(Setup { settings, ..Setup::default() }).await;

    let (_, test) = sent(&house, ("POST", "salon-a/webhook/test"), json!({})).await;

    assert_eq!((&test["success"], &test["status_code"]), (&json!(false), &json!(401)), "{test}");
    assert!(test["fix"].as_str().unwrap().contains("another signing key"), "{test}");
}

#[actix_rt::test]
async fn a_signing_key_is_replaced_while_both_count_and_the_old_one_ends() {
    let house = House::open(Setup::default()).await;
    assert_eq!((status_of(&house, KEY_A).await, status_of(&house, NEW_KEY).await), (200, 401));

    let change = json!({"signing_key": NEW_KEY, "previous_valid_hours": 24});
    let (status, updated) = sent(&house, ("PATCH", "salon-a/webhook"), change).await;

    assert_eq!(status, 200, "{updated}");
    assert!(!updated.to_string().contains(NEW_KEY), "{updated}");
    assert_eq!(updated["webhook"]["webhook_secret"], "key_…4711");
    assert!(updated["webhook"]["previous_secret_valid_until"].is_string(), "{updated}");
    assert_eq!((status_of(&house, KEY_A).await, status_of(&house, NEW_KEY).await), (200, 200));

    let again = json!({"signing_key": "key_salon_a_von_uebermorgen", "previous_valid_hours": 0});
    assert_eq!(sent(&house, ("PATCH", "salon-a/webhook"), again).await.0, 200);
    assert_eq!(status_of(&house, NEW_KEY).await, 401);
    assert_eq!(status_of(&house, KEY_A).await, 200, "its own time is not over");
}

/// How the check sees the key that signs.
async fn light_of_the_key(house: &House) -> Value {
    let readiness = house.get("readiness?company=salon-a").await;
    let findings = readiness["companies"][0]["findings"].as_array().unwrap().clone();
    findings.iter().find(|one| one["subject"] == "webhook_key").unwrap()["light"].clone()
}

#[actix_rt::test]
async fn a_new_key_is_yellow_until_something_has_come_that_is_signed_with_it() {
    let house = House::open(Setup::default()).await;
    let change = json!({"signing_key": NEW_KEY, "previous_valid_hours": 24});
    assert_eq!(sent(&house, ("PATCH", "salon-a/webhook"), change).await.0, 200);

    assert_eq!(light_of_the_key(&house).await, "yellow");
    assert_eq!(sent(&house, ("POST", "salon-a/webhook/test"), json!({})).await.1["success"], true);
    assert_eq!(ring_with(&house, KEY_A).start().await, 204);
    assert_eq!(light_of_the_key(&house).await, "yellow", "by the house itself, and with the old key");
    assert_eq!(ring_with(&house, NEW_KEY).start().await, 204);

    assert_eq!(light_of_the_key(&house).await, "green");
}

#[actix_rt::test]
async fn a_mistyped_key_is_red_once_retell_is_refused() {
    let house = House::open(Setup::default()).await;
    let change = json!({"signing_key": NEW_KEY, "previous_valid_hours": 0});
    assert_eq!(sent(&house, ("PATCH", "salon-a/webhook"), change).await.0, 200);

    eventually("the end of the key before", || async {
        (ring_with(&house, KEY_A).start().await == 401).then_some(())
    })
    .await;

    assert_eq!(light_of_the_key(&house).await, "red");
}

#[actix_rt::test]
async fn whether_retell_knows_where_to_send_events_is_read_there() {
    let rest = Rest::start(0).unwrap();
    let house = House::open(Setup { companies: Vec::new(), ..Setup::default() }).await;
    rest.open(KEY_A, Account::default().with_receptionist("agent_a", NUMBER_A, &house.app.url()));
    house.apply(&salon_a("").replace(NOWHERE, &rest.url())).await;

    let ours = house.get("companies/salon-a/webhook").await;
    rest.change(KEY_A, |account| account.agents[0]["webhook_url"] = json!("https://elsewhere.example/hook"));
    let theirs = house.get("companies/salon-a/webhook").await;

    assert_eq!(
        (&ours["is_configured_in_retell"], &ours["agents"][0]["is_published"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(theirs["is_configured_in_retell"], false, "{theirs}");
    assert_eq!(theirs["agents"][0]["webhook_url"], "https://elsewhere.example/hook");
}

#[actix_rt::test]
async fn the_prompt_follows_functions_trade_and_the_companys_own_words() {
    let house = House::open(Setup::default()).await;
    let usual = house.get("companies/salon-a/prompt").await;
    assert_eq!((&usual["author"], &usual["trade"]), (&json!("theirs"), &json!("general")));
    assert!(usual["prompt_template"].as_str().unwrap().contains("KI-Assistent von Salon Morgenrot Mitte"));
    assert_eq!(usual["variables"]["services"], json!(["Haarschnitt", "Beratung"]));

    sent(&house, ("PATCH", "salon-a/functions/request_callback"), json!({"enabled": false})).await;
    let change = json!({"author": "ours", "trade": "salon", "extra": "Parkplätze sind im Hof."});
    let (_, prompt) = sent(&house, ("PATCH", "salon-a/prompt"), change).await;

    let text = prompt["prompt_template"].as_str().unwrap();
    assert!(!text.contains("request_callback") && text.contains("# Im Salon"), "{text}");
    assert!(text.ends_with("Parkplätze sind im Hof.\n"), "{text}");
    assert_eq!(prompt["author"], "ours");
}

#[actix_rt::test]
async fn the_gateway_answers_the_same_by_the_names_of_the_contract() {
    let house = House::open(Setup::default()).await;
    let call = async |name: &str, params: Value| asked(&house, name, params).await["result"].clone();

    let off = json!({"company": "salon-a", "function_name": "opening_hours", "enabled": false});
    let updated = call("retell.config.updateCustomFunction", off).await;
    let listed = call("retell_config.getCustomFunctions", json!({"company": "salon-a"})).await;
    let prompt =
        call("retell.config.getAgentPromptTemplate", json!({"company": "salon-a", "trade": "workshop"}))
            .await;
    let test = call("retell.config.testWebhook", json!({"company": "salon-a"})).await;
    let webhook = call("retell.config.getWebhook", json!({"company": "salon-a"})).await;
    let events = json!({"company": "salon-a", "webhook_timeout_ms": 5000});
    let set = call("retell.config.updateWebhook", events).await;

    assert_eq!((&updated["success"], &updated["function"]["enabled"]), (&json!(true), &json!(false)));
    assert_eq!(function(&listed, "opening_hours")["enabled"], false);
    assert!(prompt["prompt_template"].as_str().unwrap().contains("# In der Werkstatt"));
    assert_eq!(test["success"], true, "{test}");
    assert_eq!(webhook["test_status"], "success");
    assert_eq!(set["webhook"]["webhook_timeout_ms"], 5000);
    let several = asked(&house, "retell.config.getWebhook", json!({})).await;
    assert!(several["error"].to_string().contains("salon-a, salon-b"), "{several}");
}
