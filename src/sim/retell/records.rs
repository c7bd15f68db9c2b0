//! The calls a simulated Retell keeps, as its REST side tells them: one with everything, or lists without transcripts.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde_json::{Map, Value};

use super::rest::{Account, NOT_FOUND, refusal};

const LIMIT_DEFAULT: usize = 50;
const LIMIT_MAX: usize = 1_000;
/// Lists leave these out; whoever wants them asks for the one call.
const TRANSCRIPTS: [&str; 6] = [
    "transcript",
    "transcript_object",
    "transcript_with_tool_calls",
    "scrubbed_transcript_with_tool_calls",
    "pre_session_transcript_with_tool_calls",
    "post_session_transcript_with_tool_calls",
];
/// What a workspace does not keep that is set to store basic attributes only.
const WORDS: [&str; 4] =
    ["call_analysis", "collected_dynamic_variables", "retell_llm_dynamic_variables", "metadata"];
const FIELDS: [&str; 5] = ["filter_criteria", "sort_order", "limit", "pagination_key", "include_total"];
/// Filters by one of several words.
const ENUMS: [&str; 4] = ["call_status", "call_type", "direction", "disconnection_reason"];
/// Filters by a number or a range of numbers.
const NUMBERS: [&str; 3] = ["start_timestamp", "end_timestamp", "duration_ms"];

/// No part of the API: a call that was played elsewhere is kept in the workspace that has its number.
pub(super) fn told(accounts: &mut BTreeMap<String, Account>, id: &str, body: &[u8]) -> HttpResponse {
    let Ok(call) = serde_json::from_slice::<Value>(body) else {
        return refusal(StatusCode::BAD_REQUEST, "the body must be the call");
    };
    let is_its = |account: &&mut Account| {
        account.numbers.iter().any(|number| number["phone_number"] == call["to_number"])
    };
    let Some(account) = accounts.values_mut().find(is_its) else {
        return refusal(StatusCode::NOT_FOUND, "no workspace has that number");
    };
    account.calls.insert(id.to_owned(), call);
    HttpResponse::NoContent().finish()
}

/// `GET /v2/get-call/{id}`.
pub(super) fn one(account: &Account, id: &str) -> HttpResponse {
    if account.spoilt.contains(id) {
        return refusal(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong on our side");
    }
    match account.calls.get(id) {
        Some(call) if account.keeps_no_words => {
            HttpResponse::Ok().json(without(call, &[&TRANSCRIPTS, &WORDS]))
        }
        Some(call) => HttpResponse::Ok().json(call),
        None => refusal(StatusCode::UNPROCESSABLE_ENTITY, NOT_FOUND),
    }
}

/// `POST /v3/list-calls`: strict about what it is asked, so that a misspelt filter is not silently no filter.
pub(super) fn list(account: &Account, body: &[u8]) -> HttpResponse {
    match page(account, body) {
        Ok(page) => HttpResponse::Ok().json(page),
        Err(message) => refusal(StatusCode::BAD_REQUEST, &message),
    }
}

fn page(account: &Account, body: &[u8]) -> Result<Value, String> {
    let empty = Map::new();
    let asked: Value = if body.is_empty() {
        Value::Object(empty.clone())
    } else {
        serde_json::from_slice(body).map_err(|_| "body must be JSON".to_owned())?
    };
    let asked = asked.as_object().ok_or("body must be an object")?;
    if let Some(unknown) = asked.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        return Err(format!("body/{unknown} is not allowed"));
    }
    let filters = match asked.get("filter_criteria") {
        None => &empty,
        Some(filters) => filters.as_object().ok_or("body/filter_criteria must be object")?,
    };
    let limit = match asked.get("limit") {
        None => LIMIT_DEFAULT,
        Some(limit) => within(limit).ok_or("body/limit must be between 1 and 1000")?,
    };
    // What is wrong with a filter is said where there is nothing to filter as well.
    fits(&Value::Null, filters)?;
    let mut rows = Vec::new();
    for call in account.calls.values() {
        if fits(call, filters)? {
            rows.push(call);
        }
    }
    rows.sort_by_key(|call| place(call));
    match asked.get("sort_order").map(|order| order.as_str().unwrap_or_default()) {
        None | Some("descending") => rows.reverse(),
        Some("ascending") => {}
        Some(_) => return Err("body/sort_order must be ascending or descending".into()),
    }
    let from = match asked.get("pagination_key") {
        None => 0,
        Some(key) => after(&rows, key).ok_or("body/pagination_key is not one of ours")?,
    };
    let items: Vec<Value> = rows.iter().skip(from).take(limit).map(|call| listed(call)).collect();
    let has_more = from + items.len() < rows.len();
    let mut page = serde_json::json!({"items": items, "has_more": has_more});
    if let Some(last) = rows.get((from + items.len()).saturating_sub(1)).filter(|_| has_more) {
        page["pagination_key"] = Value::from(key_of(last));
    }
    if asked.get("include_total") == Some(&Value::Bool(true)) {
        page["total"] = Value::from(rows.len());
    }
    Ok(page)
}

fn within(limit: &Value) -> Option<usize> {
    let limit = usize::try_from(limit.as_u64()?).ok()?;
    (1..=LIMIT_MAX).contains(&limit).then_some(limit)
}

/// Lists are in the order of the calls' beginnings.
fn place(call: &Value) -> (i64, String) {
    (call["start_timestamp"].as_i64().unwrap_or_default(), text(&call["call_id"]))
}

/// The key names the last call of the page, so that calls that come in between shift nothing.
fn key_of(call: &Value) -> String {
    let (at, id) = place(call);
    hex::encode(format!("{at} {id}"))
}

fn after(rows: &[&Value], key: &Value) -> Option<usize> {
    rows.iter().position(|call| key_of(call) == text(key)).map(|at| at + 1)
}

fn listed(call: &Value) -> Value {
    without(call, &[&TRANSCRIPTS])
}

fn without(call: &Value, left_out: &[&[&str]]) -> Value {
    let fields = call.as_object().into_iter().flatten();
    let kept = fields.filter(|(name, _)| !left_out.iter().any(|names| names.contains(&name.as_str())));
    Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
}

fn fits(call: &Value, filters: &Map<String, Value>) -> Result<bool, String> {
    let mut does = true;
    for (name, filter) in filters {
        does &= match name.as_str() {
            "agent" => by_agent(call, filter)?,
            "call_id" | "from_number" | "to_number" => by_text(&call[name], (name, filter))?,
            known if ENUMS.contains(&known) => by_enum(&call[name], (name, filter))?,
            known if NUMBERS.contains(&known) => by_number(&call[name], (name, filter))?,
            _ => return Err(format!("body/filter_criteria/{name} is not known here")),
        };
    }
    Ok(does)
}

fn by_agent(call: &Value, filter: &Value) -> Result<bool, String> {
    let agents = filter.as_array().ok_or("body/filter_criteria/agent must be array")?;
    Ok(agents.iter().any(|agent| agent["agent_id"] == call["agent_id"]))
}

fn by_enum(value: &Value, (name, filter): (&String, &Value)) -> Result<bool, String> {
    let wrong = || format!("body/filter_criteria/{name} must be an enum filter");
    let words = filter["value"].as_array().ok_or_else(wrong)?;
    if filter["type"] != "enum" || filter["op"] != "in" {
        return Err(wrong());
    }
    Ok(words.contains(value))
}

fn by_text(value: &Value, (name, filter): (&String, &Value)) -> Result<bool, String> {
    match (text(&filter["type"]).as_str(), text(&filter["op"]).as_str()) {
        ("string", "eq") => Ok(*value == filter["value"]),
        ("string", "ne") => Ok(*value != filter["value"]),
        _ => Err(format!("body/filter_criteria/{name} must be a string filter with eq or ne")),
    }
}

fn by_number(value: &Value, (name, filter): (&String, &Value)) -> Result<bool, String> {
    let wrong = || format!("body/filter_criteria/{name} must be a number or range filter");
    // What a call does not have fits no filter about it.
    let number = value.as_i64();
    let bound = |bound: &Value| bound.as_i64().ok_or_else(wrong);
    let asked = &filter["value"];
    let range = match (text(&filter["type"]).as_str(), text(&filter["op"]).as_str()) {
        ("range", "bt") => bound(&asked[0])?..=bound(&asked[1])?,
        ("number", "eq") => bound(asked)?..=bound(asked)?,
        ("number", "ge") => bound(asked)?..=i64::MAX,
        ("number", "gt") => bound(asked)?.saturating_add(1)..=i64::MAX,
        ("number", "le") => i64::MIN..=bound(asked)?,
        ("number", "lt") => i64::MIN..=bound(asked)?.saturating_sub(1),
        _ => return Err(wrong()),
    };
    Ok(number.is_some_and(|number| range.contains(&number)))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::SignedDuration;
    use serde_json::json;

    use super::super::{Call, Rest, Ring, Settings, Weather, Workspace};
    use super::*;

    const KEY: &str = "key_sim";

    struct World {
        rest: Rest,
        workspace: Workspace,
        http: reqwest::Client,
    }

    fn world() -> World {
        drop(rustls::crypto::ring::default_provider().install_default());
        let (rest, http) = (Rest::start(0).unwrap(), reqwest::Client::new());
        let workspace = Workspace::new(Settings {
            house_url: "http://127.0.0.1:9".into(),
            key: KEY.into(),
            agent_id: "agent_invented".into(),
            clock_offset: SignedDuration::ZERO,
            http: http.clone(),
            seed: 1,
        });
        World { workspace: workspace.known_at(&rest), rest, http }
    }

    impl World {
        fn ring(&self) -> Call {
            self.workspace.ring(Ring { from: Some("+493012345678"), to: "+493087654321", ..Ring::default() })
        }

        async fn get(&self, id: &str) -> (u16, Value) {
            let url = format!("{}/v2/get-call/{id}", self.rest.url());
            let answer = self.http.get(url).bearer_auth(KEY).send().await.unwrap();
            (answer.status().as_u16(), answer.json().await.unwrap())
        }

        async fn list(&self, key: &str, body: &Value) -> (u16, Value) {
            let request = self.http.post(format!("{}/v3/list-calls", self.rest.url())).bearer_auth(key);
            let answer = request.json(body).send().await.unwrap();
            (answer.status().as_u16(), answer.json().await.unwrap())
        }

        async fn ids(&self, body: &Value) -> Vec<String> {
            let (status, page) = self.list(KEY, body).await;
            assert_eq!(status, 200, "{page}");
            page["items"].as_array().unwrap().iter().map(|item| text(&item["call_id"])).collect()
        }
    }

    fn fields(call: &Value) -> BTreeSet<&str> {
        call.as_object().unwrap().keys().map(String::as_str).collect()
    }

    fn sample(name: &str) -> Value {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/samples/retell/");
        serde_json::from_str(&std::fs::read_to_string(format!("{folder}{name}")).unwrap()).unwrap()
    }

    #[actix_rt::test]
    async fn a_call_being_played_is_found_as_it_stands() {
        let world = world();
        let mut call = world.ring();
        let ringing = world.get(call.id()).await;
        call.says("Guten Tag.");
        call.prepare("list_services", &json!({}));
        call.hang_up("user_hangup");
        let ended = world.get(call.id()).await.1;
        call.analyze(&json!({"datum": "morgen"}));

        let analyzed = world.get(call.id()).await.1;

        assert_eq!((ringing.0, &ringing.1["call_status"]), (200, &json!("ongoing")));
        assert_eq!(ended, call.object(), "without its analysis it is what call_ended carries");
        assert_eq!(ended["transcript_with_tool_calls"].as_array().unwrap().len(), 2);
        assert_eq!(analyzed["call_analysis"]["custom_analysis_data"]["datum"], "morgen");
        assert_eq!(world.get("call_unheard_of").await.0, 422);
    }

    #[actix_rt::test]
    async fn how_a_call_ended_is_its_status() {
        let world = world();
        let (mut broken, mut unanswered) = (world.ring(), world.ring());
        broken.hang_up("error_llm_websocket_lost_connection");
        unanswered.never_connects("dial_no_answer");

        let unanswered = world.get(unanswered.id()).await.1;

        assert_eq!(world.get(broken.id()).await.1["call_status"], "error");
        assert_eq!(unanswered["call_status"], "not_connected");
        assert_eq!(unanswered["disconnection_reason"], "dial_no_answer");
        assert!(unanswered.get("start_timestamp").is_none());
    }

    #[actix_rt::test]
    async fn a_workspace_that_keeps_no_words_tells_only_that_a_call_took_place() {
        let world = world();
        let mut call = world.ring();
        call.says("Guten Tag.");
        call.collect("datum", "morgen");
        call.hang_up("user_hangup");
        call.analyze(&json!({"datum": "morgen"}));
        world.rest.change(KEY, |account| account.keeps_no_words = true);

        let (status, kept) = world.get(call.id()).await;

        assert_eq!((status, &kept["disconnection_reason"]), (200, &json!("user_hangup")));
        assert!(!kept.to_string().contains("morgen") && !kept.to_string().contains("Guten Tag"), "{kept}");
        assert!(kept["end_timestamp"].is_i64());
    }

    #[actix_rt::test]
    async fn lists_tell_calls_by_when_they_ended_without_what_was_said() {
        let world = world();
        let (mut old, mut fresh, ongoing) = (world.ring(), world.ring(), world.ring());
        old.says("Guten Tag.");
        old.hang_up("user_hangup");
        old.took_place(SignedDuration::from_hours(30));
        fresh.says("Guten Tag.");
        fresh.hang_up("agent_hangup");
        fresh.analyze(&json!({}));
        let now = world.workspace.now();
        let ms = |hours: i64| (now - SignedDuration::from_hours(hours)).as_millisecond();
        let ended = |low: i64, high: i64| json!({"filter_criteria": {"end_timestamp": {"type": "range", "op": "bt", "value": [low, high]}}});

        let (_, page) = world.list(KEY, &ended(ms(1), ms(-1))).await;

        assert_eq!(page["items"][0]["call_id"], fresh.id());
        assert_eq!((page["items"].as_array().unwrap().len(), &page["has_more"]), (1, &json!(false)));
        let theirs = sample("list_calls.json");
        let known = fields(&theirs["items"][0]);
        let item = fields(&page["items"][0]);
        assert!(item.iter().all(|field| known.contains(field)), "{item:?}");
        assert!(!item.contains("transcript") && !item.contains("transcript_with_tool_calls"));
        assert_eq!(world.ids(&ended(ms(40), ms(20))).await, [old.id()]);
        let ongoing_only = json!({"type": "enum", "op": "in", "value": ["ongoing"]});
        let asked = json!({"filter_criteria": {"call_status": ongoing_only}});
        assert_eq!(world.ids(&asked).await, [ongoing.id()]);
    }

    #[actix_rt::test]
    async fn pages_go_on_where_the_last_one_ended_whatever_has_been_added_since() {
        let world = world();
        let mut calls: Vec<Call> = (0..5).map(|_| world.ring()).collect();
        for (hours, call) in (1..).zip(&mut calls) {
            call.took_place(SignedDuration::from_hours(hours));
        }
        let all: Vec<&str> = calls.iter().map(Call::id).collect();

        let (_, first) = world.list(KEY, &json!({"limit": 2, "include_total": true})).await;
        let newcomer = world.ring();
        let key = &first["pagination_key"];
        let rest = world.ids(&json!({"limit": 9, "pagination_key": key})).await;

        assert_eq!((&first["has_more"], &first["total"]), (&json!(true), &json!(5)));
        assert_eq!(first["items"][1]["call_id"], all[1]);
        assert_eq!(rest, &all[2..]);
        let upward = world.ids(&json!({"sort_order": "ascending"})).await;
        assert_eq!(upward.last().map(String::as_str), Some(newcomer.id()));
    }

    #[actix_rt::test]
    async fn what_the_vendor_would_not_understand_is_refused() {
        let world = world();
        world.ring();
        let filtered = |filter: Value| json!({"filter_criteria": filter});
        let refused = [
            json!({"filter": {}}),
            json!({"limit": 5000}),
            json!({"sort_order": "up"}),
            json!({"pagination_key": "invented"}),
            filtered(json!({"ended_at": {"type": "number", "op": "ge", "value": 1}})),
            filtered(json!({"end_timestamp": {"lower_threshold": 1}})),
            filtered(json!({"call_status": ["ended"]})),
        ];

        for body in refused {
            assert_eq!(world.list(KEY, &body).await.0, 400, "{body}");
        }
        assert_eq!(world.list("key_wrong", &json!({})).await.0, 401);
        let vendors = sample("list_calls_request.json");
        let message = world.list(KEY, &vendors).await.1["message"].clone();
        assert_eq!(
            message, "body/filter_criteria/metadata is not known here",
            "the rest of it is understood"
        );
    }

    #[actix_rt::test]
    async fn bad_weather_is_felt_until_it_is_fair_again() {
        let world = world();
        let call = world.ring();
        let url = format!("{}/v2/get-call/{}", world.rest.url(), call.id());
        let get = || async { world.http.get(&url).bearer_auth(KEY).send().await?.bytes().await };

        world.rest.weather(Weather::Cut);
        assert!(get().await.is_err());
        world.rest.weather(Weather::Failing(503));
        assert_eq!(world.get(call.id()).await.0, 503);
        world.rest.weather(Weather::Fair);

        assert_eq!(world.get(call.id()).await.0, 200);
        assert_eq!((world.rest.asked("/v2/get-call/"), world.rest.asked("/v3/")), (3, 0));
    }
}
