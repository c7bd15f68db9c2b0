//! Retell's webhooks: which event happened on which call, and who is ringing before a call exists.

use std::fmt::{self, Debug, Formatter};

use serde::Deserialize;
use serde::de::MapAccess;

use super::call::Call;
use super::tolerant::{Shape, Tolerant, next_value, skip_value};

/// Why a body cannot be a webhook or a function call at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAWebhook {
    #[error("the body is not JSON")]
    NotJson,
    #[error("the body is JSON, but not an object")]
    NotAnObject,
}

/// What happened; the list of events grows, so an unknown one is kept by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    CallStarted,
    CallEnded,
    CallAnalyzed,
    Other(String),
}

impl Event {
    /// The name as Retell writes it.
    pub fn name(&self) -> &str {
        match self {
            Self::Other(name) => name,
            Self::CallStarted | Self::CallEnded | Self::CallAnalyzed => self.known(),
        }
    }

    /// The name if it is one we act on, for counting: all others are one word.
    pub fn known(&self) -> &'static str {
        match self {
            Self::CallStarted => "call_started",
            Self::CallEnded => "call_ended",
            Self::CallAnalyzed => "call_analyzed",
            Self::Other(_) => "other",
        }
    }
}

/// One delivery.
#[derive(Debug, Clone, PartialEq)]
pub struct Webhook {
    pub event: Event,
    pub call: Option<Call>,
}

impl Webhook {
    /// Reads any JSON object as a webhook; an event without a name is `Other("")`.
    pub fn parse(body: &[u8]) -> Result<Self, NotAWebhook> {
        object(body)
    }
}

/// Who is ringing which number, asked before the call is answered.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Inbound {
    pub from_number: Option<String>,
    pub to_number: Option<String>,
    pub agent_id: Option<String>,
    pub call_id: Option<String>,
}

impl Inbound {
    /// Reads the `call_inbound` part of a body; without one, nothing is known.
    pub fn parse(body: &[u8]) -> Result<Self, NotAWebhook> {
        object::<Ringing>(body).map(|ringing| ringing.0)
    }
}

impl Debug for Inbound {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Inbound").field("call_id", &self.call_id).finish_non_exhaustive()
    }
}

/// Reads a whole body that must be one JSON object.
pub(super) fn object<T>(body: &[u8]) -> Result<T, NotAWebhook>
where
    Option<T>: Shape,
{
    let read = serde_json::from_slice::<Tolerant<Option<T>>>(body).map_err(|_| NotAWebhook::NotJson)?;
    read.0.ok_or(NotAWebhook::NotAnObject)
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Key {
    Event,
    Call,
    #[serde(other)]
    Other,
}

impl Shape for Option<Webhook> {
    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut event = None;
        let mut call = None;
        while let Some(key) = map.next_key()? {
            match key {
                Key::Event => event = next_value::<Option<String>, A>(&mut map)?,
                Key::Call => call = next_value(&mut map)?,
                Key::Other => skip_value(&mut map)?,
            }
        }
        Ok(Some(Webhook { event: event_of(event.unwrap_or_default()), call }))
    }
}

fn event_of(name: String) -> Event {
    match name.as_str() {
        "call_started" => Event::CallStarted,
        "call_ended" => Event::CallEnded,
        "call_analyzed" => Event::CallAnalyzed,
        _ => Event::Other(name),
    }
}

/// The body round the `call_inbound` part.
#[derive(Default)]
struct Ringing(Inbound);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum RingingKey {
    CallInbound,
    #[serde(other)]
    Other,
}

impl Shape for Option<Ringing> {
    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut ringing = Ringing::default();
        while let Some(key) = map.next_key()? {
            match key {
                RingingKey::CallInbound => ringing.0 = next_value(&mut map)?,
                RingingKey::Other => skip_value(&mut map)?,
            }
        }
        Ok(Some(ringing))
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum InboundKey {
    FromNumber,
    ToNumber,
    AgentId,
    CallId,
    #[serde(other)]
    Other,
}

impl Shape for Inbound {
    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut inbound = Self::default();
        while let Some(key) = map.next_key()? {
            match key {
                InboundKey::FromNumber => inbound.from_number = next_value(&mut map)?,
                InboundKey::ToNumber => inbound.to_number = next_value(&mut map)?,
                InboundKey::AgentId => inbound.agent_id = next_value(&mut map)?,
                InboundKey::CallId => inbound.call_id = next_value(&mut map)?,
                InboundKey::Other => skip_value(&mut map)?,
            }
        }
        Ok(inbound)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::retell::samples;

    #[test]
    fn every_sample_is_read_with_its_event_and_call() {
        let expected = [
            (samples::STARTED, "call_started", "call_5a1e2b3c4d5e6f708192a3b4c5d"),
            (samples::STARTED_WEB, "call_started", "call_0b1c2d3e4f5061728394a5b6c7d"),
            (samples::ENDED, "call_ended", "call_5a1e2b3c4d5e6f708192a3b4c5d"),
            (samples::ANALYZED, "call_analyzed", "call_5a1e2b3c4d5e6f708192a3b4c5d"),
            (samples::TOLERANCE, "call_analyzed", "call_5a1e2b3c4d5e6f708192a3b4c5d"),
            (samples::TRANSCRIPT, "transcript_updated", "call_5a1e2b3c4d5e6f708192a3b4c5d"),
            (samples::TRANSFER, "transfer_started", "call_5a1e2b3c4d5e6f708192a3b4c5d"),
        ];

        for (body, event, call_id) in expected {
            let webhook = Webhook::parse(body.as_bytes()).unwrap();
            assert_eq!(webhook.event.name(), event);
            assert_eq!(webhook.call.unwrap().call_id.as_deref(), Some(call_id), "{event}");
        }
    }

    #[test]
    fn the_three_lifecycle_events_are_told_from_the_rest() {
        let event = |body: &str| Webhook::parse(body.as_bytes()).unwrap().event;

        assert_eq!(event(samples::STARTED), Event::CallStarted);
        assert_eq!(event(samples::ENDED), Event::CallEnded);
        assert_eq!(event(samples::ANALYZED), Event::CallAnalyzed);
        assert_eq!(event(samples::TRANSFER), Event::Other("transfer_started".into()));
        assert_eq!(event("{}"), Event::Other(String::new()));
    }

    #[test]
    fn what_is_not_json_is_told_from_what_is_not_an_object() {
        for body in ["", "{", "nonsense", "{} {}", "{\"event\":}"] {
            assert_eq!(Webhook::parse(body.as_bytes()), Err(NotAWebhook::NotJson), "{body}");
        }
        for body in ["[]", "null", "17", "\"call_ended\"", "[{\"event\":\"call_ended\"}]"] {
            assert_eq!(Webhook::parse(body.as_bytes()), Err(NotAWebhook::NotAnObject), "{body}");
        }
        assert_eq!(Webhook::parse(b"{\"event\":\"\xff\"}"), Err(NotAWebhook::NotJson));
    }

    #[test]
    fn a_call_of_the_wrong_type_is_no_call() {
        for body in [r#"{"event":"call_ended","call":"call_1"}"#, r#"{"event":"call_ended","call":[{}]}"#] {
            let webhook = Webhook::parse(body.as_bytes()).unwrap();
            assert_eq!(webhook.event, Event::CallEnded);
            assert_eq!(webhook.call, None);
        }
    }

    #[test]
    fn an_inbound_call_names_both_numbers() {
        let inbound = Inbound::parse(samples::INBOUND.as_bytes()).unwrap();

        assert_eq!(inbound.from_number.as_deref(), Some("+12025550143"));
        assert_eq!(inbound.to_number.as_deref(), Some("+12025550198"));
        assert_eq!(inbound.agent_id.as_deref(), Some("agent_3f7b1c9d2e8a4056b1c2d3e4f5"));
        assert_eq!(inbound.call_id.as_deref(), Some("call_5a1e2b3c4d5e6f708192a3b4c5d"));
        assert_eq!(Inbound::parse(b"{\"call_inbound\":7}"), Ok(Inbound::default()));
        assert_eq!(Inbound::parse(b"[]"), Err(NotAWebhook::NotAnObject));
    }

    #[test]
    fn a_deeply_nested_field_does_not_matter() {
        let deep = format!("{{\"x\":{}{},\"event\":\"call_ended\"}}", "[".repeat(9000), "]".repeat(9000));

        assert_eq!(Webhook::parse(deep.as_bytes()).unwrap().event, Event::CallEnded);
    }

    /// JSON of any shape under the field names this room reads.
    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        use serde_json::Value;
        let names = "event|call|call_id|from_number|direction|start_timestamp|call_analysis|role|name|args\
                     |custom_analysis_data|retell_llm_dynamic_variables|transcript_with_tool_calls|call_inbound|x";
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 40, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(names, inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(body in any::<Vec<u8>>()) {
            drop(Webhook::parse(&body));
            drop(Inbound::parse(&body));
            drop(super::super::call::agent_words(&body));
        }

        #[test]
        fn every_json_object_is_a_webhook(json in any_json()) {
            let body = json.to_string();
            prop_assert_eq!(Webhook::parse(body.as_bytes()).is_ok(), json.is_object());
            prop_assert_eq!(Inbound::parse(body.as_bytes()).is_ok(), json.is_object());
        }
    }
}
