//! What a company wants its agent at Retell to be like: functions, webhooks, prompt; the same whoever installs it.

use std::collections::BTreeSet;

use serde_json::Value;

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
