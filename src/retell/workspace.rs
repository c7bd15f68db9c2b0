//! What Retell's REST interface answers about numbers, agents and their functions, read tolerantly.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::domain::readiness::{Agent, Asked, Binding, Number, Tool};

/// What an agent thinks with, where its functions stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    Llm {
        id: String,
        version: Option<String>,
    },
    Flow {
        id: String,
        version: Option<String>,
    },
    /// A custom LLM of somebody's, or a kind that is not known yet.
    Elsewhere,
}

/// The numbers of a page; None if it is no list. Older answers are a bare array.
pub(super) fn numbers_of(page: &Value) -> Option<Vec<Number>> {
    let items = page["items"].as_array().or_else(|| page.as_array())?;
    Some(items.iter().filter_map(number_of).collect())
}

fn number_of(of: &Value) -> Option<Number> {
    Some(Number {
        e164: text(of, "phone_number")?,
        inbound_agents: items(of, "inbound_agents").iter().filter_map(binding_of).collect(),
        inbound_webhook_url: text(of, "inbound_webhook_url"),
    })
}

fn binding_of(of: &Value) -> Option<Binding> {
    Some(Binding { agent_id: text(of, "agent_id")?, version: version_of(of, "agent_version") })
}

/// The agent, still without its functions.
pub(super) fn agent_of(of: &Value, is_published: bool) -> Agent {
    let events = of["webhook_events"].as_array();
    let events = events.map(|all| all.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    Agent {
        version: of["version"].as_i64(),
        is_published: of["is_published"].as_bool().unwrap_or(is_published),
        webhook_url: text(of, "webhook_url"),
        webhook_events: events,
        tools: Asked::NotAsked,
        tells_ai: None,
    }
}

pub(super) fn engine_of(of: &Value) -> Engine {
    let engine = &of["response_engine"];
    let version = version_of(engine, "version");
    match (engine["type"].as_str(), text(engine, "llm_id"), text(engine, "conversation_flow_id")) {
        (Some("retell-llm"), Some(id), _) => Engine::Llm { id, version },
        (Some("conversation-flow"), _, Some(id)) => Engine::Flow { id, version },
        _ => Engine::Elsewhere,
    }
}

/// The custom functions of an LLM (its own and its states') or of a flow (its own, its parts', its subagents').
pub(super) fn tools_of(of: &Value) -> Vec<Tool> {
    let own = items(of, "general_tools").iter().chain(items(of, "tools"));
    let parts = ["states", "components", "nodes"].into_iter().flat_map(|field| items(of, field));
    let theirs = parts.flat_map(|part| items(part, "tools"));
    own.chain(theirs).filter_map(tool_of).collect()
}

fn tool_of(of: &Value) -> Option<Tool> {
    if of["type"] != "custom" {
        return None;
    }
    Some(Tool {
        name: text(of, "name")?,
        url: text(of, "url").unwrap_or_default(),
        method: text(of, "method").unwrap_or_else(|| "POST".into()).to_uppercase(),
        args_at_root: of["args_at_root"] == Value::Bool(true),
        timeout_ms: of["timeout_ms"].as_u64(),
        parameters: parameters_of(of),
    })
}

fn parameters_of(of: &Value) -> BTreeSet<String> {
    let properties = of["parameters"]["properties"].as_object();
    properties.into_iter().flat_map(|properties| properties.keys().cloned()).collect()
}

/// What an agent is told to say: of an LLM its prompt, its greeting and its states', of a flow that of its nodes.
pub(super) fn words_of(of: &Value) -> Vec<&str> {
    let own = ["general_prompt", "begin_message", "global_prompt"].map(|field| &of[field]);
    let states = items(of, "states").iter().map(|state| &state["state_prompt"]);
    let nodes = items(of, "nodes").iter().map(|node| &node["instruction"]["text"]);
    own.into_iter().chain(states).chain(nodes).filter_map(Value::as_str).collect()
}

/// A version is a number, or a name.
fn version_of(of: &Value, field: &str) -> Option<String> {
    text(of, field).or_else(|| of[field].as_i64().map(|version| version.to_string()))
}

fn text(of: &Value, field: &str) -> Option<String> {
    of[field].as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn items<'a>(of: &'a Value, field: &str) -> &'a [Value] {
    of[field].as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::samples;
    use super::*;

    fn sample(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_number_is_read_with_who_answers_it_and_in_which_version() {
        let page = json!({"items": [sample(samples::PHONE_NUMBER)], "has_more": false});

        let numbers = numbers_of(&page).unwrap();

        assert_eq!(numbers[0].e164, "+12025550198");
        assert_eq!(numbers[0].inbound_agents[0].agent_id, "agent_3f7b1c9d2e8a4056b1c2d3e4f5");
        assert_eq!(numbers[0].inbound_agents[0].version.as_deref(), Some("prod"));
        assert_eq!(
            numbers[0].inbound_webhook_url.as_deref(),
            Some("https://hooks.example.invalid/retell/inbound")
        );
    }

    #[test]
    fn an_agent_is_read_with_its_webhook_and_what_it_thinks_with() {
        let of = sample(samples::AGENT);

        let agent = agent_of(&of, false);

        assert!(agent.is_published);
        assert_eq!(agent.version, Some(7));
        assert_eq!(agent.webhook_events.unwrap().len(), 3);
        let (id, version) = ("llm_7c1d2e3f4a5b6c7d8e9f0a1b2c3d".to_owned(), Some("7".to_owned()));
        assert_eq!(engine_of(&of), Engine::Llm { id, version });
    }

    #[test]
    fn of_the_tools_only_custom_functions_are_ours_to_judge() {
        let tools = tools_of(&sample(samples::LLM));

        let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_str()).collect();
        assert_eq!(names, ["check_availability", "collect_appointment"]);
        assert_eq!((tools[0].method.as_str(), tools[0].timeout_ms), ("POST", Some(8_000)));
        assert!(!tools[0].args_at_root);
    }

    #[test]
    fn functions_are_found_in_states_nodes_and_components_too() {
        let tool = |name: &str| json!({"type": "custom", "name": name, "url": "https://a.example"});
        let of = json!({
            "states": [{"tools": [tool("a")]}],
            "nodes": [{"type": "conversation"}, {"type": "subagent", "tools": [tool("b")]}],
            "components": [{"tools": [tool("c")]}], "tools": [tool("d")]
        });

        let names: Vec<String> = tools_of(&of).into_iter().map(|tool| tool.name).collect();

        assert_eq!(names, ["d", "a", "c", "b"]);
    }

    #[test]
    fn a_function_is_read_with_the_names_of_what_it_passes_on() {
        let properties = json!({"datum": {"type": "string"}, "name": {"type": "string"}});
        let tool = json!({
            "type": "custom", "name": "a", "url": "https://a.example",
            "parameters": {"type": "object", "properties": properties}
        });

        let tools = tools_of(&json!({"general_tools": [tool]}));

        assert_eq!(tools[0].parameters, BTreeSet::from(["datum".to_owned(), "name".to_owned()]));
    }

    #[test]
    fn what_an_agent_is_told_to_say_stands_in_prompt_greeting_states_and_nodes() {
        let of = json!({
            "general_prompt": "a", "begin_message": "b", "global_prompt": null,
            "states": [{"state_prompt": "c"}], "nodes": [{"instruction": {"type": "prompt", "text": "d"}}, {}]
        });

        assert_eq!(words_of(&of), ["a", "b", "c", "d"]);
    }

    #[test]
    fn an_engine_nobody_knows_stands_elsewhere() {
        let custom =
            json!({"response_engine": {"type": "custom-llm", "llm_websocket_url": "wss://a.example"}});

        assert_eq!(engine_of(&custom), Engine::Elsewhere);
        assert_eq!(engine_of(&json!({})), Engine::Elsewhere);
    }
}
