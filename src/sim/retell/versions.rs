//! The writing side of a simulated Retell: versions of agents and of what they think with, their publishing, and numbers.
//!
//! Assumed, since no document says it: a new version of an agent takes a new version of its engine along, both drafts; publishing
//! the agent publishes that engine; a PATCH replaces each member it names as a whole, and null takes a member away.

use std::collections::BTreeSet;

use actix_web::http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::rest::{Account, NOT_FOUND};

/// Types of tools that are not accepted any more since 2026-09-30.
const LEGACY: [&str; 2] = ["check_availability_cal", "book_appointment_cal"];
/// What nobody may set.
const OWN: [&str; 5] = ["version", "is_published", "base_version", "agent_id", "last_modification_timestamp"];
const NAME_MAX: usize = 64;

type Answer = Result<(StatusCode, Value), (StatusCode, String)>;

/// Which rows, and the member that holds their id.
#[derive(Clone, Copy)]
enum Kind {
    Agent,
    Llm,
    Flow,
}

/// What is answered to a request that may change something; None: there is no such route.
pub(super) fn answer(
    account: &mut Account,
    (method, path): (&Method, &[&str]),
    version: Option<&str>,
    body: &[u8],
) -> Option<Answer> {
    let asked = (method, path);
    Some(match asked {
        (&Method::GET, ["list-agent-versions", id]) => list(account, id),
        (&Method::POST, ["create-agent-version", id]) => {
            read(body).and_then(|body| create(account, id, &body))
        }
        (&Method::POST, ["publish-agent-version", id]) => {
            read(body).and_then(|body| publish(account, id, &body))
        }
        (&Method::PATCH, ["update-agent", id]) => {
            read(body).and_then(|body| update(account, Kind::Agent, (id, version), &body))
        }
        (&Method::PATCH, ["update-retell-llm", id]) => {
            read(body).and_then(|body| update(account, Kind::Llm, (id, version), &body))
        }
        (&Method::PATCH, ["update-conversation-flow", id]) => {
            read(body).and_then(|body| update(account, Kind::Flow, (id, version), &body))
        }
        (&Method::PATCH, ["update-phone-number", number]) => {
            read(body).and_then(|body| dial(account, &number.replace("%2B", "+"), &body))
        }
        _ => return None,
    })
}

fn read(body: &[u8]) -> Result<Map<String, Value>, (StatusCode, String)> {
    serde_json::from_slice(body).map_err(|_| refused("body must be a JSON object"))
}

fn list(account: &Account, id: &str) -> Answer {
    let rows: Vec<Value> = account
        .agents
        .iter()
        .filter(|agent| agent["agent_id"] == id)
        .map(|agent| {
            json!({"version": agent["version"], "is_published": agent["is_published"],
                   "base_version": agent["base_version"]})
        })
        .collect();
    if rows.is_empty() {
        return Err(unknown());
    }
    Ok((StatusCode::OK, json!({"items": rows, "has_more": false})))
}

fn create(account: &mut Account, id: &str, body: &Map<String, Value>) -> Answer {
    let base = body.get("base_version").and_then(Value::as_i64);
    let base = base.ok_or_else(|| refused("base_version must be a number"))?;
    let at = |account: &Account| {
        account.agents.iter().position(|row| row["agent_id"] == id && row["version"] == base)
    };
    let mut draft = at(account).map(|at| account.agents[at].clone()).ok_or_else(unknown)?;
    let next = 1 + newest(&account.agents, "agent_id", id);
    if let Some((kind, engine)) = engine_of(&draft) {
        let rows = kind.rows(account);
        let of = draft["response_engine"]["version"].as_i64();
        let there = rows.iter().filter(|row| row[kind.field()] == engine.as_str());
        let there = there.filter(|row| of.is_none() || row["version"].as_i64() == of);
        let mut copy = there.cloned().next_back().ok_or_else(unknown)?;
        let version = 1 + newest(rows, kind.field(), &engine);
        (copy["version"], copy["is_published"]) = (json!(version), json!(false));
        rows.push(copy);
        draft["response_engine"]["version"] = json!(version);
    }
    (draft["version"], draft["is_published"], draft["base_version"]) =
        (json!(next), json!(false), json!(base));
    draft["last_modification_timestamp"] = json!(1_795_100_400_000_i64 + next);
    if let Some(draft) = draft.as_object_mut() {
        draft.remove("assigned_tags");
    }
    account.agents.push(draft.clone());
    Ok((StatusCode::CREATED, draft))
}

fn publish(account: &mut Account, id: &str, body: &Map<String, Value>) -> Answer {
    let version = body.get("version").and_then(Value::as_i64);
    let version = version.ok_or_else(|| refused("version must be a number"))?;
    let agent = account.agents.iter_mut().find(|row| row["agent_id"] == id && row["version"] == version);
    let agent = agent.ok_or_else(unknown)?;
    agent["is_published"] = json!(true);
    let of = agent["response_engine"]["version"].clone();
    if let Some((kind, engine)) = engine_of(agent) {
        let rows = kind.rows(account).iter_mut();
        for row in rows.filter(|row| row[kind.field()] == engine.as_str() && row["version"] == of) {
            row["is_published"] = json!(true);
        }
    }
    Ok((StatusCode::OK, Value::Null))
}

fn update(
    account: &mut Account,
    kind: Kind,
    (id, version): (&str, Option<&str>),
    body: &Map<String, Value>,
) -> Answer {
    let rows = kind.rows(account);
    let version = match version {
        Some(version) => version.parse().map_err(|_| refused("version must be a number"))?,
        None => newest(rows, kind.field(), id),
    };
    let row = rows.iter_mut().find(|row| row[kind.field()] == id && row["version"] == version);
    let row = row.ok_or_else(unknown)?;
    if row["is_published"] == true {
        return Err(refused("Cannot update published version"));
    }
    let mut changed = row.clone();
    change(&mut changed, body);
    // Names are unique among all tools, also among those that this request does not name.
    vet(changed.as_object().unwrap_or(body))?;
    *row = changed;
    Ok((StatusCode::OK, row.clone()))
}

/// Changes a number.
fn dial(account: &mut Account, number: &str, body: &Map<String, Value>) -> Answer {
    if body.contains_key("inbound_agent_id") || body.contains_key("inbound_agent_version") {
        return Err(refused("Deprecated API usage is no longer supported: use inbound_agents"));
    }
    for agents in ["inbound_agents", "outbound_agents"].iter().filter_map(|field| body.get(*field)) {
        weigh(agents)?;
    }
    let row = account.numbers.iter_mut().find(|row| row["phone_number"] == number).ok_or_else(unknown)?;
    change(row, body);
    Ok((StatusCode::OK, row.clone()))
}

fn weigh(agents: &Value) -> Result<(), (StatusCode, String)> {
    let agents = agents.as_array().ok_or_else(|| refused("inbound_agents must be a list"))?;
    if agents.iter().any(|agent| !agent["agent_id"].is_string()) {
        return Err(refused("agent_id is required"));
    }
    let weights: Option<Vec<f64>> = agents.iter().map(|agent| agent["weight"].as_f64()).collect();
    let sum: f64 = weights.ok_or_else(|| refused("weight is required"))?.iter().sum();
    if !agents.is_empty() && (sum - 1.0).abs() > 1e-6 {
        return Err(refused("weights must sum to 1"));
    }
    Ok(())
}

/// Tools as Retell takes them.
fn vet(body: &Map<String, Value>) -> Result<(), (StatusCode, String)> {
    let lists = ["general_tools", "tools"].iter().filter_map(|field| body.get(*field)?.as_array());
    let inner = ["states", "nodes", "components"].iter().filter_map(|field| body.get(*field)?.as_array());
    let nested = |part: &&Value| part["nodes"].as_array().cloned().unwrap_or_default();
    let parts: Vec<Value> =
        inner.flatten().flat_map(|part| [nested(&part), vec![part.clone()]].concat()).collect();
    let inner = parts.iter().filter_map(|part| part["tools"].as_array());
    let mut names = BTreeSet::new();
    for tool in lists.chain(inner).flatten() {
        let kind = tool["type"].as_str().unwrap_or_default();
        if LEGACY.contains(&kind) {
            return Err(refused(&format!("Deprecated API usage is no longer supported: tool type {kind}")));
        }
        let name = tool["name"].as_str().unwrap_or_default();
        let fits = |sign: char| sign.is_ascii_alphanumeric() || sign == '_' || sign == '-';
        if name.is_empty() || name.len() > NAME_MAX || !name.chars().all(fits) {
            return Err(refused("tool name must be 1 to 64 of a-z A-Z 0-9 _ -"));
        }
        if kind == "custom" && !tool["url"].is_string() {
            return Err(refused("url is required"));
        }
        if !names.insert(name.to_owned()) {
            return Err(refused(&format!("tool name {name} is not unique")));
        }
    }
    Ok(())
}

fn change(row: &mut Value, body: &Map<String, Value>) {
    let Some(row) = row.as_object_mut() else { return };
    for (field, value) in body.iter().filter(|(field, _)| !OWN.contains(&field.as_str())) {
        if value.is_null() {
            row.remove(field);
        } else {
            row.insert(field.clone(), value.clone());
        }
    }
    let at = row.get("last_modification_timestamp").and_then(Value::as_i64).unwrap_or_default();
    row.insert("last_modification_timestamp".into(), json!(at + 1));
}

/// What an agent thinks with; None: something of somebody else's.
fn engine_of(agent: &Value) -> Option<(Kind, String)> {
    let engine = &agent["response_engine"];
    let (kind, field) = match engine["type"].as_str()? {
        "retell-llm" => (Kind::Llm, "llm_id"),
        "conversation-flow" => (Kind::Flow, "conversation_flow_id"),
        _ => return None,
    };
    Some((kind, engine[field].as_str()?.to_owned()))
}

fn newest(rows: &[Value], field: &str, id: &str) -> i64 {
    rows.iter().filter(|row| row[field] == id).filter_map(|row| row["version"].as_i64()).max().unwrap_or(-1)
}

fn refused(why: &str) -> (StatusCode, String) {
    (StatusCode::BAD_REQUEST, why.to_owned())
}

fn unknown() -> (StatusCode, String) {
    (StatusCode::UNPROCESSABLE_ENTITY, NOT_FOUND.to_owned())
}

impl Kind {
    fn field(self) -> &'static str {
        match self {
            Self::Agent => "agent_id",
            Self::Llm => "llm_id",
            Self::Flow => "conversation_flow_id",
        }
    }

    fn rows(self, account: &mut Account) -> &mut Vec<Value> {
        match self {
            Self::Agent => &mut account.agents,
            Self::Llm => &mut account.llms,
            Self::Flow => &mut account.flows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Account {
        Account::default().with_receptionist("agent_a", "+4930901820", "http://house.example")
    }

    fn ask(account: &mut Account, method: &Method, path: &str, body: &Value) -> Answer {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let path: Vec<&str> = path.split('/').collect();
        answer(account, (method, &path), query.strip_prefix("version="), body.to_string().as_bytes()).unwrap()
    }

    fn status(answer: Answer) -> u16 {
        answer.map_or_else(|(status, _)| status, |(status, _)| status).as_u16()
    }

    #[test]
    fn what_is_published_is_changed_by_a_draft_that_takes_its_engine_along() {
        let mut account = account();
        let tools = json!({"general_tools": []});
        let published =
            status(ask(&mut account, &Method::PATCH, "update-retell-llm/llm_of_agent_a?version=1", &tools));

        let draft =
            ask(&mut account, &Method::POST, "create-agent-version/agent_a", &json!({"base_version": 1}));
        let patched = ask(&mut account, &Method::PATCH, "update-retell-llm/llm_of_agent_a?version=2", &tools);
        let done = ask(&mut account, &Method::POST, "publish-agent-version/agent_a", &json!({"version": 2}));

        assert_eq!((published, status(patched), status(done)), (400, 200, 200));
        assert_eq!(draft.unwrap().1["response_engine"]["version"], 2);
        assert_eq!(account.llms[0]["general_tools"].as_array().unwrap().len(), 5);
        assert_eq!(
            (&account.llms[1]["general_tools"], &account.llms[1]["is_published"]),
            (&json!([]), &json!(true))
        );
    }

    #[test]
    fn tools_that_retell_does_not_take_are_refused() {
        let mut account = account();
        ask(&mut account, &Method::POST, "create-agent-version/agent_a", &json!({"base_version": 1}))
            .unwrap();
        let refused = [
            json!([{"type": "check_availability_cal", "name": "cal"}]),
            json!([{"type": "custom", "name": "ohne_url"}]),
            json!([{"type": "end_call", "name": "mit leerzeichen"}]),
            json!([{"type": "end_call", "name": "a"}, {"type": "press_digit", "name": "a"}]),
            json!([{"type": "end_call", "name": "in_a_state"}]),
        ];
        let state = json!([{"name": "buchen", "tools": [{"type": "end_call", "name": "in_a_state"}]}]);
        account.llms.last_mut().unwrap()["states"] = state;

        for tools in refused {
            let body = json!({"general_tools": tools});
            let answer =
                ask(&mut account, &Method::PATCH, "update-retell-llm/llm_of_agent_a?version=2", &body);
            assert_eq!(status(answer), 400, "{body}");
        }
    }

    #[test]
    fn a_number_takes_weights_that_sum_to_one_and_no_single_agent() {
        let mut account = account();
        let bodies = [
            (400, json!({"inbound_agent_id": "agent_a"})),
            (400, json!({"inbound_agents": [{"agent_id": "agent_a", "weight": 0.5}]})),
            (400, json!({"inbound_agents": [{"agent_id": "agent_a"}]})),
            (200, json!({"inbound_agents": []})),
            (
                200,
                json!({"inbound_agents": [{"agent_id": "a", "weight": 0.25}, {"agent_id": "b", "weight": 0.75}]}),
            ),
        ];

        for (expected, body) in bodies {
            let answer = ask(&mut account, &Method::PATCH, "update-phone-number/%2B4930901820", &body);
            assert_eq!(status(answer), expected, "{body}");
        }
    }
}
