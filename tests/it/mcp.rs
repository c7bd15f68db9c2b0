//! The Model Context Protocol from outside: tools, resources and the prompt over HTTP, as far as the token reaches.

use fernamt::operations::{Role, tokens};
use serde_json::{Value, json};

use super::house::{CALLER, House, KEY_B, NUMBER_B, Setup, says_yes, wish};
use fernamt::sim::retell::Ring;

const ACCEPT: &str = "application/json, text/event-stream";

async fn token(house: &House, role: Role, companies: &[&str]) -> String {
    let companies: Vec<String> = companies.iter().map(|slug| (*slug).to_owned()).collect();
    let (store, directory) = (house.app.house().store(), house.app.house().directory());
    tokens::create(store, house.clock, &directory, (role, &companies, "test")).await.unwrap().1
}

/// What is answered to one message, whole.
async fn said(house: &House, token: &str, method: &str, params: Value) -> Value {
    let message = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
    let url = format!("{}/mcp", house.app.url());
    let asked = house.http.post(url).bearer_auth(token).header("accept", ACCEPT).json(&message);
    let answer = asked.send().await.unwrap();
    let (code, text) = (answer.status(), answer.text().await.unwrap());
    assert!(code.is_success(), "{method}: {code} {text}");
    serde_json::from_str(&text).unwrap()
}

async fn result(house: &House, token: &str, method: &str, params: Value) -> Value {
    let mut answer = said(house, token, method, params).await;
    assert!(answer["result"].is_object(), "{method}: {answer}");
    answer["result"].take()
}

async fn call(house: &House, token: &str, tool: &str, arguments: Value) -> Value {
    result(house, token, "tools/call", json!({"name": tool, "arguments": arguments})).await
}

#[actix_rt::test]
async fn a_client_is_greeted_by_name_and_nobody_without_a_token() {
    let house = House::open(Setup::default()).await;
    let client = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}});
    let url = format!("{}/mcp", house.app.url());

    let hello = result(&house, &house.token, "initialize", client.clone()).await;
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": client});
    let without = house.http.post(&url).header("accept", ACCEPT).json(&message).send().await.unwrap();
    let wrong = house.http.post(&url).bearer_auth("fernamt_wrong").json(&message).send().await.unwrap();
    let stream = house.http.get(&url).bearer_auth(&house.token).send().await.unwrap();
    let led_here = house.http.post(&url).bearer_auth(&house.token).header("host", "boese.example");
    let led_here = led_here.header("accept", ACCEPT).json(&message).send().await.unwrap();

    assert_eq!(
        (&hello["serverInfo"]["name"], &hello["protocolVersion"]),
        (&json!("fernamt"), &json!("2025-06-18"))
    );
    assert!(hello["capabilities"]["tools"].is_object() && hello["capabilities"]["prompts"].is_object());
    assert_eq!((without.status().as_u16(), wrong.status().as_u16()), (401, 401));
    assert_eq!(without.headers()["www-authenticate"], "Bearer");
    assert_eq!((stream.status().as_u16(), led_here.status().as_u16()), (405, 403));
}

#[actix_rt::test]
async fn every_method_is_a_tool_that_answers_as_it_says_and_tells_what_went_wrong_in_words() {
    let house = House::open(Setup::default()).await;
    house.booked().await;

    let tools = result(&house, &house.token, "tools/list", json!({})).await;
    let branches = call(&house, &house.token, "branch_list", json!({"company": "salon-a"})).await;
    let missing = call(&house, &house.token, "branch_get", json!({"branch": "nirgends"})).await;
    let unknown = said(&house, &house.token, "tools/call", json!({"name": "no_such", "arguments": {}})).await;

    let tools = tools["tools"].as_array().unwrap();
    let list = tools.iter().find(|tool| tool["name"] == "branch_list").unwrap();
    assert_eq!(list["annotations"]["readOnlyHint"], true);
    let cancel = tools.iter().find(|tool| tool["name"] == "retell_functions_cancel_appointment").unwrap();
    assert_eq!(
        (&cancel["annotations"]["readOnlyHint"], &cancel["annotations"]["destructiveHint"]),
        (&json!(false), &json!(true))
    );
    let answer = &branches["structuredContent"];
    assert_eq!(answer["items"][0]["slug"], "mitte", "{branches}");
    let validator = jsonschema::validator_for(&list["outputSchema"]).unwrap();
    assert!(validator.is_valid(answer), "{answer}");
    assert_eq!(
        (&missing["isError"], &missing["content"][0]["text"]),
        (&json!(true), &json!("there is no such branch"))
    );
    assert!(unknown["error"]["message"].as_str().unwrap().contains("tools/list"), "{unknown}");
}

#[actix_rt::test]
async fn a_voice_agent_lists_and_calls_its_functions_alone() {
    let house = House::open(Setup::default()).await;
    let (booked, _) = house.booked().await;
    let agent = token(&house, Role::Agent, &["salon-a"]).await;

    let tools = result(&house, &agent, "tools/list", json!({})).await;
    let asked = json!({"call_id": "chat-1", "args": {"datum": "2026-10-20", "uhrzeit": "15:30", "dienstleistung": "Haarschnitt"}});
    let free = call(&house, &agent, "retell_functions_check_availability", asked).await;
    let refused = said(&house, &agent, "tools/call", json!({"name": "branch_list", "arguments": {}})).await;
    let resources = result(&house, &agent, "resources/list", json!({})).await;
    let uri = format!("fernamt://calls/{}", booked.id());
    let read = said(&house, &agent, "resources/read", json!({"uri": uri})).await;
    let prompts = result(&house, &agent, "prompts/list", json!({})).await;

    let names: Vec<&str> =
        tools["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert!(names.len() >= 4 && names.iter().all(|name| name.starts_with("retell_functions_")), "{names:?}");
    assert_eq!(free["structuredContent"]["status"], "available", "{free}");
    assert!(refused["error"].is_object() && read["error"].is_object(), "{refused} {read}");
    assert_eq!((&resources["resources"], &prompts["prompts"]), (&json!([]), &json!([])));
}

#[actix_rt::test]
async fn staff_are_shown_what_they_may_ask_and_a_refusal_carries_what_can_be_had_instead() {
    let house = House::open(Setup::default()).await;
    house.booked().await;
    let staff = token(&house, Role::Staff, &["salon-a"]).await;

    let tools = result(&house, &staff, "tools/list", json!({})).await;
    let templates = result(&house, &staff, "resources/templates/list", json!({})).await;
    let prompts = result(&house, &staff, "prompts/list", json!({})).await;
    let taken = json!({
        "service": "haarschnitt", "start": "2026-10-20T14:30:00+02:00", "name": "Max Muster", "phone": "0171 7654321",
        "idempotency_key": "web-1",
    });
    let taken = call(&house, &staff, "calcom_createBooking", taken).await;

    let names: Vec<&str> =
        tools["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"calcom_createBooking") && names.contains(&"callback_list"), "{names:?}");
    for name in
        names.iter().filter(|name| name.contains("get") || name.contains("list") || name.contains("find"))
    {
        let asked = call(&house, &staff, name, json!({})).await;
        let closed = asked["structuredContent"]["type"] == "forbidden";
        assert!(!closed, "{name} is shown and closed: {asked}");
    }
    let templates = templates["resourceTemplates"].as_array().unwrap();
    assert_eq!((templates.len(), &templates[0]["name"]), (1, &json!("booking")));
    assert_eq!(prompts["prompts"], json!([]));
    assert_eq!((&taken["isError"], &taken["structuredContent"]["type"]), (&json!(true), &json!("conflict")));
    assert!(!taken["structuredContent"]["alternatives"].as_array().unwrap().is_empty(), "{taken}");
}

#[actix_rt::test]
async fn what_is_in_the_books_can_be_read_by_whose_it_is() {
    let house = House::open(Setup::default()).await;
    let (_, booking) = house.booked().await;
    let mut other =
        house.workspace(KEY_B, "agent_b").ring(Ring { from: Some(CALLER), to: NUMBER_B, ..Ring::default() });
    other.invoke("collect_appointment", wish("2026-10-21", "10:00", "Zacharias Fremdling")).await;
    says_yes(&mut other).await;
    other.hang_up("user_hangup");
    other.ended().await;
    let foreign = house.booking_in(other.id(), &["booked"]).await;
    let mine = token(&house, Role::CompanyAdmin, &["salon-a"]).await;

    let list = result(&house, &mine, "resources/list", json!({})).await;
    let uris: Vec<String> = list["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|resource| resource["uri"].as_str().unwrap().to_owned())
        .collect();
    let read = async |uri: &str| said(&house, &mine, "resources/read", json!({"uri": uri})).await;

    let uri = format!("fernamt://bookings/{}", booking["id"].as_str().unwrap());
    assert!(uris.contains(&uri) && uris.contains(&"fernamt://readiness/salon-a".to_owned()), "{uris:?}");
    assert!(!list.to_string().contains("salon-b"), "{list}");
    for uri in &uris {
        let content = read(uri).await["result"]["contents"][0].clone();
        assert_eq!((&content["uri"], &content["mimeType"]), (&json!(uri), &json!("application/json")));
        assert!(serde_json::from_str::<Value>(content["text"].as_str().unwrap()).unwrap().is_object());
    }
    let nobodys = "01999999-9999-7999-8999-999999999999";
    for (kind, id) in [
        ("calls", other.id()),
        ("calls", foreign["call_id"].as_str().unwrap()),
        ("bookings", foreign["id"].as_str().unwrap()),
        ("readiness", "salon-b"),
    ] {
        let (of_other, of_nobody) = (
            read(&format!("fernamt://{kind}/{id}")).await,
            read(&format!("fernamt://{kind}/{nobodys}")).await,
        );
        assert!(of_other["error"].is_object(), "{kind}: {of_other}");
        assert_eq!(of_other["error"], of_nobody["error"]);
    }
}

#[actix_rt::test]
async fn the_prompt_asks_why_nothing_was_booked_with_the_calls_timeline() {
    let house = House::open(Setup::default()).await;
    let mut call = house.ring();
    call.invoke("check_availability", wish("2026-10-20", "14:30", "Erika Beispiel")).await;
    call.hang_up("user_hangup");
    call.ended().await;

    let prompts = result(&house, &house.token, "prompts/list", json!({})).await;
    let name = prompts["prompts"][0]["name"].as_str().unwrap();
    let told = json!({"name": name, "arguments": {"call_id": call.id()}});
    let told = result(&house, &house.token, "prompts/get", told).await;
    let nothing = said(&house, &house.token, "prompts/get", json!({"name": name})).await;

    assert_eq!(prompts["prompts"][0]["arguments"][0]["name"], "call_id");
    let question = told["messages"][0]["content"]["text"].as_str().unwrap();
    assert!(question.starts_with("Why was nothing booked in this call?"), "{question}");
    let timeline = told["messages"][1]["content"]["resource"]["text"].as_str().unwrap();
    let timeline: Value = serde_json::from_str(timeline).unwrap();
    assert_eq!(timeline["call"]["retell_call_id"], call.id());
    assert_eq!(nothing["error"]["code"], -32602, "{nothing}");
}
