//! What a company wants its agent at Retell to be like: functions, webhooks, prompt; the same whoever installs it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::catalogue::{self, Place};
use super::prompt;
use super::reception::{Author, Reception};
use crate::domain::directory::{Branch, Company};
use crate::domain::readiness::{function_url, inbound_url, webhook_url};
use crate::domain::speech::Language;

/// How the agent of a branch is to be set up.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// Where Retell tells what happens in calls.
    pub webhook_url: String,
    pub webhook_events: BTreeSet<String>,
    /// How long Retell waits for the webhook, in milliseconds.
    pub webhook_timeout_ms: u32,
    /// What a number asks before it is answered.
    pub inbound_webhook_url: String,
    /// Every function of this house, switched on or off, in the order in which agents see them.
    pub functions: Vec<WantedFunction>,
    /// The agent's prompt; None: it is somebody else's and stays as it is.
    pub prompt: Option<String>,
}

/// One function as it is offered to the agent.
#[derive(Clone, Debug, PartialEq)]
pub struct WantedFunction {
    pub name: String,
    /// Switched off, it is taken from the agent where it is there.
    pub is_on: bool,
    pub url: String,
    pub description: String,
    /// A JSON Schema of its arguments.
    pub parameters: Value,
    /// How long Retell waits for an answer, in milliseconds, 1,000 to 600,000.
    pub timeout_ms: u32,
    /// What the agent says while it waits; None: nothing.
    pub speak_during: Option<String>,
}

impl Wanted {
    /// What a company wants for the agent of one of its branches; `public_url` without a slash at its end.
    pub fn of(company: &Company, branch: &Branch, reception: &Reception, public_url: &str) -> Self {
        let place = Place::of(company, reception.trade());
        let prompt = match reception.author() {
            Author::Ours => Some(prompt::text(company, branch, reception)),
            Author::Theirs => None,
        };
        Self { prompt, ..Self::at(place, reception, public_url) }
    }

    /// What everybody gets who has set nothing.
    pub fn plain(public_url: &str) -> Self {
        Self::at(Place::plain(Language::De), &Reception::default(), public_url)
    }

    fn at(place: Place, reception: &Reception, public_url: &str) -> Self {
        let functions = catalogue::ALL.iter().map(|entry| {
            let shown = reception.function(entry, place);
            WantedFunction { url: function_url(public_url, entry.name), ..shown }
        });
        Self {
            webhook_url: webhook_url(public_url),
            webhook_events: reception.webhook_events(),
            webhook_timeout_ms: reception.webhook_timeout_ms(),
            inbound_webhook_url: inbound_url(public_url),
            functions: functions.collect(),
            prompt: None,
        }
    }
}

impl WantedFunction {
    /// The custom tool as Retell's REST interface takes it.
    pub fn tool(&self) -> Value {
        let mut tool = json!({
            "type": "custom",
            "name": self.name,
            "description": self.description,
            "url": self.url,
            "method": "POST",
            // Without the call beside the arguments nobody could tell whose they are.
            "args_at_root": false,
            "parameters": self.parameters,
            "timeout_ms": self.timeout_ms,
            // A repeat is the model's to decide: it knows what the caller has said since.
            "max_retry": 0,
            "speak_during_execution": self.speak_during.is_some(),
            // The answer is a sentence for the caller.
            "speak_after_execution": true,
        });
        if let (Some(words), Some(tool)) = (&self.speak_during, tool.as_object_mut()) {
            tool.insert("execution_message_type".into(), json!("static_text"));
            tool.insert("execution_message_description".into(), json!(words));
        }
        tool
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_set_nothing_gets_nine_functions_that_come_here_and_keeps_the_prompt() {
        let wanted = Wanted::plain("https://house.example");

        assert_eq!(wanted.functions.len(), 9);
        assert!(wanted.functions.iter().all(|function| function.is_on && function.timeout_ms == 8_000));
        assert_eq!(
            wanted.functions[0].url,
            "https://house.example/api/mcp/gateway/retell/functions/check_availability"
        );
        assert_eq!(wanted.webhook_url, "https://house.example/api/webhooks/retell");
        assert_eq!(wanted.inbound_webhook_url, "https://house.example/api/webhooks/retell/inbound");
        let events: Vec<&str> = wanted.webhook_events.iter().map(String::as_str).collect();
        assert_eq!(events, ["call_analyzed", "call_ended", "call_started"]);
        assert_eq!(wanted.prompt, None);
    }

    #[test]
    fn a_tool_sends_the_call_with_its_arguments_and_speaks_while_it_waits() {
        let mut wanted = Wanted::plain("https://house.example");

        let tool = wanted.functions[0].tool();

        assert_eq!((&tool["method"], &tool["args_at_root"]), (&json!("POST"), &json!(false)));
        assert_eq!((&tool["max_retry"], &tool["timeout_ms"]), (&json!(0), &json!(8_000)));
        assert_eq!(tool["execution_message_type"], "static_text");
        wanted.functions[0].speak_during = None;
        let silent = wanted.functions[0].tool();
        assert_eq!(silent["speak_during_execution"], false);
        assert!(silent.get("execution_message_type").is_none());
    }
}
