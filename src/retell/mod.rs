//! Retell's wire: what its webhooks and function calls say, whether it was Retell that said it, and what it answers when asked.

mod about;
pub mod call;
mod client;
mod found;
pub mod function;
mod measured;
pub mod probe;
pub mod signature;
pub mod sparing;
mod tolerant;
mod transcript;
pub mod values;
pub mod webhook;
mod workspace;
mod writing;

pub use about::{KeyInfo, ListedAgent, Profile};
pub use call::{Call, agent_words};
pub use client::{Client, ReadFailure, Settings, http};
pub use found::{Found, Page};
pub use function::{Arguments, Invocation};
pub use transcript::{Spoken, transcript};
pub use values::Values;
pub use webhook::{Inbound, NotAWebhook, Webhook};
pub use writing::WriteFailure;

#[cfg(test)]
mod samples {
    //! The recorded shapes, shared by the tests of this room.

    macro_rules! sample {
        ($name:literal) => {
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/samples/retell/", $name))
        };
    }

    pub(super) const ANALYZED: &str = sample!("webhook_call_analyzed.json");
    pub(super) const TOLERANCE: &str = sample!("webhook_call_analyzed_tolerance.json");
    pub(super) const ENDED: &str = sample!("webhook_call_ended.json");
    pub(super) const STARTED: &str = sample!("webhook_call_started.json");
    pub(super) const STARTED_WEB: &str = sample!("webhook_call_started_web.json");
    pub(super) const TRANSCRIPT: &str = sample!("webhook_transcript_updated.json");
    pub(super) const TRANSFER: &str = sample!("webhook_transfer_started.json");
    pub(super) const LIST_CALLS: &str = sample!("list_calls.json");
    pub(super) const INBOUND: &str = sample!("inbound_webhook.json");
    pub(super) const CHECK: &str = sample!("function_check_availability.json");
    pub(super) const COLLECT: &str = sample!("function_collect_appointment.json");
    pub(super) const ARGS_ONLY: &str = sample!("function_args_only.json");
    pub(super) const AGENT: &str = sample!("agent.json");
    pub(super) const LLM: &str = sample!("retell_llm.json");
    pub(super) const PHONE_NUMBER: &str = sample!("phone_number.json");
    pub(super) const VECTORS: &str = sample!("signature_vectors.json");
}
