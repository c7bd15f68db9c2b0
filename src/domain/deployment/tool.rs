//! One function of ours at Retell: what of it is set from here, and that the rest of it stays.

use serde_json::{Map, Value, json};

use super::change::{Area, Change, shown, without_query};
use super::object::{Object, is_same};
use super::wanted::WantedFunction;

/// How long Retell waits where nothing is set, in milliseconds.
const TIMEOUT_MS: u32 = 120_000;

/// What we set of a function: member, value, and what counts where the member is not there.
fn members(wanted: &WantedFunction) -> Vec<(&'static str, Value, Value)> {
    let mut members = vec![
        ("type", json!("custom"), Value::Null),
        ("name", json!(wanted.name), Value::Null),
        ("description", json!(wanted.description), Value::Null),
        ("method", json!("POST"), json!("POST")),
        ("url", json!(wanted.url), Value::Null),
        ("args_at_root", json!(false), json!(false)),
        ("parameters", wanted.parameters.clone(), Value::Null),
        ("timeout_ms", json!(wanted.timeout_ms), json!(TIMEOUT_MS)),
        // A repeat is the model's to decide: it knows what the caller has said since.
        ("max_retry", json!(0), json!(0)),
        ("speak_during_execution", json!(wanted.speak_during.is_some()), json!(false)),
        // Otherwise the agent falls silent when a function fails.
        ("speak_after_execution", json!(true), Value::Null),
    ];
    if let Some(text) = &wanted.speak_during {
        members.push(("execution_message_type", json!("static_text"), json!("prompt")));
        members.push(("execution_message_description", json!(text), Value::Null));
    }
    members
}

/// Where functions of this house are called, whatever its address was at the time.
const OURS: &str = "/api/mcp/gateway/retell/functions/";
/// What was meant for whoever was called before; it may be a secret.
const MEANT_FOR_THERE: [&str; 2] = ["headers", "query_params"];

/// Whether a tool calls somebody else.
pub(super) fn goes_elsewhere(tool: &Object) -> bool {
    tool.string("url").is_some_and(|url| !without_query(&url).contains(OURS))
}

/// The function as it is to be, and what of it changes, wherever it stands; what we do not set stays as it is.
pub(super) fn merged(
    there: &Object,
    wanted: &WantedFunction,
    (is_named, whereabouts): (bool, &str),
) -> (Object, Vec<Change>) {
    let (mut tool, mut changes) = (there.clone(), Vec::new());
    if goes_elsewhere(there) {
        for key in MEANT_FOR_THERE.into_iter().filter(|key| !there.value(key).is_null()) {
            tool.remove(key);
            let change = Change::new(Area::Function, &wanted.name, &format!("{key}{whereabouts}"));
            changes.push(change.to("none: those there were meant for where it went"));
        }
    }
    let members = members(wanted).into_iter().filter(|(key, ..)| is_named || *key != "name");
    for (key, after, unset) in members {
        let before = there.value(key);
        let counts = if before.is_null() { unset } else { before.clone() };
        if is_same(&counts, &after) {
            continue;
        }
        tool.set(key, &after);
        changes.push(change(&wanted.name, (key, whereabouts), (&before, &after)));
    }
    (tool, changes)
}

/// A function that was not there.
pub(super) fn new(wanted: &WantedFunction, is_in_flow: bool) -> (Object, Change) {
    let mut tool = Object::default();
    if is_in_flow {
        // Nodes refer to it by this.
        tool.set("tool_id", &json!(format!("tool-fernamt-{}", wanted.name)));
    }
    for (key, value, _) in members(wanted) {
        tool.set(key, &value);
    }
    let url = shown(&json!(wanted.url)).unwrap_or_default();
    (tool, Change::new(Area::Function, &wanted.name, "is added").to(url))
}

fn change(name: &str, (key, whereabouts): (&str, &str), (before, after): (&Value, &Value)) -> Change {
    let change = Change::new(Area::Function, name, &format!("{key}{whereabouts}"));
    if key != "parameters" {
        return change.from(shown(before)).to(shown(after).unwrap_or_default());
    }
    if before.is_null() {
        return change.to("a schema, where none was");
    }
    let (before, after) = (properties(before), properties(after));
    let names = |of: &Map<String, Value>, without: &Map<String, Value>| -> Vec<String> {
        of.keys().filter(|key| !without.contains_key(*key)).cloned().collect()
    };
    let other = |key: &&String| before.get(*key).is_some_and(|old| !is_same(old, &after[*key]));
    let said = [
        ("adds", names(&after, &before)),
        ("drops", names(&before, &after)),
        ("changes", after.keys().filter(other).cloned().collect()),
    ];
    let said: Vec<String> = said
        .iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(verb, names)| format!("{verb} {}", names.join(", ")))
        .collect();
    let said =
        if said.is_empty() { "changes what is required or allowed".to_owned() } else { said.join("; ") };
    change.to(said)
}

fn properties(schema: &Value) -> Map<String, Value> {
    schema["properties"].as_object().cloned().unwrap_or_default()
}
