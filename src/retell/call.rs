//! The call object of Retell's webhooks and functions, read once and without its transcript.

use std::collections::{BTreeMap, HashSet};
use std::fmt::{self, Debug, Formatter};

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{MapAccess, SeqAccess};
use serde_json::Value;

use super::function::base_name;
use super::measured::{Cost, Latency, Thousandths};
use super::tolerant::{Scalar, Shape, Tolerant, next_value, skip_value};
use super::values::{Values, said};
use crate::domain::measures::Measures;

/// Which side rang.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Direction {
    Inbound,
    Outbound,
    Other(String),
}

/// A function the agent called, as the transcript lists it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToolCall {
    pub id: String,
    pub name: String,
    pub is_answered: bool,
}

/// What a call object says; anything missing or of the wrong type is absent, never an error.
#[derive(Clone, Default, PartialEq)]
pub struct Call {
    pub call_id: Option<String>,
    pub call_type: Option<String>,
    pub call_status: Option<String>,
    pub agent_id: Option<String>,
    pub from_number: Option<String>,
    pub to_number: Option<String>,
    pub direction: Option<Direction>,
    pub start_timestamp: Option<Timestamp>,
    pub end_timestamp: Option<Timestamp>,
    pub disconnection_reason: Option<String>,
    /// What was measured of it; when it ended stands in `end_timestamp` alone.
    pub measures: Measures,
    pub dynamic_variables: BTreeMap<String, String>,
    pub collected_variables: BTreeMap<String, String>,
    pub call_summary: Option<String>,
    /// Whether the post-call analysis has been made.
    pub is_analyzed: bool,
    /// The named results of the post-call analysis; none where the analysis is missing or was sent as `[]`.
    pub custom_analysis: Option<Values>,
    /// In the order of the transcript.
    pub tool_calls: Vec<ToolCall>,
}

impl Call {
    /// The number of the business: the one called, or the one an outbound call came from.
    pub fn our_number(&self) -> Option<&str> {
        if self.is_outbound() { self.from_number.as_deref() } else { self.to_number.as_deref() }
    }

    /// The number of the other party, or whatever stands in its place, such as "anonymous".
    pub fn their_number(&self) -> Option<&str> {
        if self.is_outbound() { self.to_number.as_deref() } else { self.from_number.as_deref() }
    }

    /// What was measured of it, with when it ended.
    pub fn measures(&self) -> Measures {
        Measures { ended_at: self.end_timestamp, ..self.measures }
    }

    pub fn is_outbound(&self) -> bool {
        self.direction == Some(Direction::Outbound)
    }

    /// Whether the call came through a browser, so that no number can name the company.
    pub fn is_web(&self) -> bool {
        let has_number = self.from_number.is_some() || self.to_number.is_some();
        self.call_type.as_deref() == Some("web_call") || !has_number
    }

    /// Whether the call is over, by its status; where that is none we know, by what only an ended call has.
    pub fn has_ended(&self) -> bool {
        match self.call_status.as_deref() {
            Some("ended" | "error" | "not_connected") => true,
            Some("registered" | "ongoing") => false,
            Some(_) | None => self.end_timestamp.is_some() || self.disconnection_reason.is_some(),
        }
    }

    /// Why it ended, as Retell says it; of a call that never connected without a reason, its status.
    pub fn ended_because(&self) -> Option<&str> {
        let never = self.call_status.as_deref().filter(|status| *status == "not_connected");
        self.disconnection_reason.as_deref().or(never)
    }

    /// The first of these variables with a value, what was collected in the call before what was given to it.
    pub fn variable(&self, names: &[&str]) -> Option<&str> {
        let of = |variables: &'_ BTreeMap<String, String>, name: &str| variables.contains_key(name);
        let found = |variables: &'_ BTreeMap<String, String>| {
            names.iter().copied().find(|name| of(variables, name) && said(&variables[*name]).is_some())
        };
        if let Some(name) = found(&self.collected_variables) {
            return said(&self.collected_variables[name]);
        }
        found(&self.dynamic_variables).and_then(|name| said(&self.dynamic_variables[name]))
    }

    /// The id of the invocation being executed: the last of this function that has no result yet.
    pub fn last_tool_call_id(&self, function: &str) -> Option<&str> {
        let is_it = |call: &&ToolCall| base_name(&call.name) == base_name(function);
        // An answered one is an earlier invocation; its id would bring back its old answer.
        let last = self.tool_calls.iter().rev().find(is_it).filter(|call| !call.is_answered);
        last.map(|call| call.id.as_str()).filter(|id| !id.is_empty())
    }
}

impl Debug for Call {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        // Numbers, variables and summary are personal, so only what identifies the call is shown.
        formatter
            .debug_struct("Call")
            .field("call_id", &self.call_id)
            .field("call_status", &self.call_status)
            .field("disconnection_reason", &self.disconnection_reason)
            .finish_non_exhaustive()
    }
}

/// What the agent said, turn by turn, in a webhook or function body; for the audit after the call.
pub fn agent_words(body: &[u8]) -> Vec<String> {
    let spoken = serde_json::from_slice::<Tolerant<Spoken>>(body);
    spoken.map_or_else(|_| Vec::new(), |spoken| spoken.0.0)
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Key {
    CallId,
    CallType,
    CallStatus,
    AgentId,
    FromNumber,
    ToNumber,
    Direction,
    StartTimestamp,
    EndTimestamp,
    DurationMs,
    CallCost,
    Latency,
    DisconnectionReason,
    RetellLlmDynamicVariables,
    CollectedDynamicVariables,
    CallAnalysis,
    TranscriptWithToolCalls,
    #[serde(other)]
    Other,
}

impl Shape for Option<Call> {
    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut call = Call::default();
        while let Some(key) = map.next_key::<Key>()? {
            match key {
                Key::CallId => call.call_id = next_value(&mut map)?,
                Key::CallType => call.call_type = next_value(&mut map)?,
                Key::CallStatus => call.call_status = next_value(&mut map)?,
                Key::AgentId => call.agent_id = next_value(&mut map)?,
                Key::FromNumber => call.from_number = next_value(&mut map)?,
                Key::ToNumber => call.to_number = next_value(&mut map)?,
                Key::Direction => call.direction = next_value(&mut map)?,
                Key::StartTimestamp => call.start_timestamp = next_value(&mut map)?,
                Key::EndTimestamp => call.end_timestamp = next_value(&mut map)?,
                Key::DurationMs => {
                    call.measures.duration_ms = next_value::<Thousandths, A>(&mut map)?.whole();
                }
                Key::CallCost => call.measures.cost_millicents = next_value::<Cost, A>(&mut map)?.0,
                Key::Latency => next_value::<Latency, A>(&mut map)?.tell(&mut call.measures),
                Key::DisconnectionReason => call.disconnection_reason = next_value(&mut map)?,
                Key::RetellLlmDynamicVariables => call.dynamic_variables = next_value(&mut map)?,
                Key::CollectedDynamicVariables => call.collected_variables = next_value(&mut map)?,
                Key::CallAnalysis => {
                    let analysis: Analysis = next_value(&mut map)?;
                    call.is_analyzed = analysis.is_there;
                    call.call_summary = analysis.summary;
                    call.custom_analysis = analysis.custom;
                }
                Key::TranscriptWithToolCalls => {
                    let turns: ToolTurns = next_value(&mut map)?;
                    call.tool_calls = turns.0;
                }
                Key::Other => skip_value(&mut map)?,
            }
        }
        Ok(Some(call))
    }
}

impl Shape for Option<Direction> {
    fn from_scalar(scalar: Scalar<'_>) -> Self {
        let text = scalar.into_text()?;
        Some(match text.as_str() {
            "inbound" => Direction::Inbound,
            "outbound" => Direction::Outbound,
            _ => Direction::Other(text),
        })
    }
}

impl Shape for Option<Timestamp> {
    fn from_scalar(scalar: Scalar<'_>) -> Self {
        let text = scalar.into_text()?;
        // A fraction of a millisecond says nothing to us.
        let whole = text.split_once('.').map_or(text.as_str(), |(whole, _)| whole);
        Timestamp::from_millisecond(whole.trim().parse().ok()?).ok()
    }
}

impl Shape for BTreeMap<String, String> {
    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut variables = Self::new();
        while let Some(name) = map.next_key::<String>()? {
            if let Some(value) = next_value::<Option<String>, A>(&mut map)? {
                variables.insert(name, value);
            }
        }
        Ok(variables)
    }
}

impl Shape for Option<Values> {
    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut values = Vec::new();
        while let Some(entry) = map.next_entry::<String, Value>()? {
            values.push(entry);
        }
        Ok(Some(values.into_iter().collect()))
    }
}

#[derive(Default)]
struct Analysis {
    is_there: bool,
    summary: Option<String>,
    custom: Option<Values>,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum AnalysisKey {
    CallSummary,
    CustomAnalysisData,
    #[serde(other)]
    Other,
}

impl Shape for Analysis {
    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut analysis = Self::default();
        while let Some(key) = map.next_key()? {
            // Before the analysis is made there is no object, or an empty one.
            analysis.is_there = true;
            match key {
                AnalysisKey::CallSummary => analysis.summary = next_value(&mut map)?,
                AnalysisKey::CustomAnalysisData => analysis.custom = next_value(&mut map)?,
                AnalysisKey::Other => skip_value(&mut map)?,
            }
        }
        Ok(analysis)
    }
}

/// One entry of the transcript, without the words and their times, which are most of a body.
#[derive(Default)]
struct ToolTurn {
    role: Option<String>,
    id: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum ToolTurnKey {
    Role,
    ToolCallId,
    Name,
    #[serde(other)]
    Other,
}

impl Shape for ToolTurn {
    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut turn = Self::default();
        while let Some(key) = map.next_key()? {
            match key {
                ToolTurnKey::Role => turn.role = next_value(&mut map)?,
                ToolTurnKey::ToolCallId => turn.id = next_value(&mut map)?,
                ToolTurnKey::Name => turn.name = next_value(&mut map)?,
                ToolTurnKey::Other => skip_value(&mut map)?,
            }
        }
        Ok(turn)
    }
}

#[derive(Default)]
struct ToolTurns(Vec<ToolCall>);

impl Shape for ToolTurns {
    fn from_seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<Self, A::Error> {
        let mut calls = Vec::new();
        let mut answered = HashSet::new();
        while let Some(Tolerant(turn)) = seq.next_element::<Tolerant<ToolTurn>>()? {
            let id = turn.id.unwrap_or_default();
            match turn.role.as_deref() {
                Some("tool_call_invocation") => {
                    calls.push(ToolCall { id, name: turn.name.unwrap_or_default(), is_answered: false });
                }
                Some("tool_call_result") => drop(answered.insert(id)),
                Some(_) | None => {}
            }
        }
        for call in &mut calls {
            call.is_answered = answered.contains(&call.id);
        }
        Ok(Self(calls))
    }
}

/// The agent's turns of a whole body, of its call, or of one transcript.
#[derive(Default)]
struct Spoken(Vec<String>);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum SpokenKey {
    Call,
    TranscriptObject,
    TranscriptWithToolCalls,
    #[serde(other)]
    Other,
}

impl Shape for Spoken {
    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut spoken = Self::default();
        while let Some(key) = map.next_key()? {
            let found: Self = match key {
                SpokenKey::Call | SpokenKey::TranscriptObject | SpokenKey::TranscriptWithToolCalls => {
                    next_value(&mut map)?
                }
                SpokenKey::Other => {
                    skip_value(&mut map)?;
                    continue;
                }
            };
            // Both transcripts hold the same turns; the longer one has lost less.
            if found.0.len() > spoken.0.len() {
                spoken = found;
            }
        }
        Ok(spoken)
    }

    fn from_seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<Self, A::Error> {
        let mut words = Vec::new();
        while let Some(Tolerant(turn)) = seq.next_element::<Tolerant<Turn>>()? {
            if turn.role.as_deref() == Some("agent") {
                words.extend(turn.content);
            }
        }
        Ok(Self(words))
    }
}

#[derive(Default)]
struct Turn {
    role: Option<String>,
    content: Option<String>,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum TurnKey {
    Role,
    Content,
    #[serde(other)]
    Other,
}

impl Shape for Turn {
    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut turn = Self::default();
        while let Some(key) = map.next_key()? {
            match key {
                TurnKey::Role => turn.role = next_value(&mut map)?,
                TurnKey::Content => turn.content = next_value(&mut map)?,
                TurnKey::Other => skip_value(&mut map)?,
            }
        }
        Ok(turn)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::retell::samples;
    use crate::retell::webhook::Webhook;

    fn call(of: &Value) -> Call {
        let body = json!({"event": "call_ended", "call": of}).to_string();
        Webhook::parse(body.as_bytes()).unwrap().call.unwrap()
    }

    fn ms(of: i64) -> Timestamp {
        Timestamp::from_millisecond(of).unwrap()
    }

    #[test]
    fn an_analyzed_call_is_read_in_full() {
        let call = Webhook::parse(samples::ANALYZED.as_bytes()).unwrap().call.unwrap();

        assert_eq!(call.call_id.as_deref(), Some("call_5a1e2b3c4d5e6f708192a3b4c5d"));
        assert_eq!(call.agent_id.as_deref(), Some("agent_3f7b1c9d2e8a4056b1c2d3e4f5"));
        assert_eq!(call.direction, Some(Direction::Inbound));
        assert_eq!(call.our_number(), Some("+12025550198"));
        assert_eq!(call.their_number(), Some("+12025550143"));
        assert_eq!(call.start_timestamp, Some(ms(1_795_186_800_123)));
        assert_eq!(call.end_timestamp, Some(ms(1_795_186_835_333)));
        assert_eq!(call.disconnection_reason.as_deref(), Some("user_hangup"));
        assert_eq!(call.dynamic_variables["business_name"], "Riverside Dental");
        assert_eq!(call.variable(&["appointment_reference"]), Some("RD-4821"));
        assert!(call.call_summary.unwrap().starts_with("The caller booked"));
        let analysis = call.custom_analysis.unwrap();
        assert_eq!(analysis.truth(&["appointment_made"]), Some(true));
        assert_eq!(analysis.number(&["party_size"]), Some(1));
        assert_eq!(analysis.text(&["reason_not_booked"]), None);
    }

    #[test]
    fn unknown_reasons_roles_and_fields_are_taken_as_they_come() {
        let call = Webhook::parse(samples::TOLERANCE.as_bytes()).unwrap().call.unwrap();

        assert_eq!(call.disconnection_reason.as_deref(), Some("a_future_reason"));
        assert_eq!(call.their_number(), Some("anonymous"));
        assert_eq!(call.our_number(), Some("+12025550198"));
        assert_eq!(call.collected_variables["current_node"], "End");
        assert_eq!(call.tool_calls.len(), 2);
        assert!(!call.is_web());
    }

    #[test]
    fn an_outbound_call_comes_from_our_number() {
        let call = call(&json!({"direction": "outbound", "from_number": "+4930", "to_number": "+4989"}));

        assert_eq!(call.our_number(), Some("+4930"));
        assert_eq!(call.their_number(), Some("+4989"));
    }

    #[test]
    fn without_a_known_direction_a_call_counts_as_inbound() {
        for direction in [json!(null), json!("sideways"), json!({})] {
            let call = call(&json!({"direction": direction, "from_number": "+4989", "to_number": "+4930"}));
            assert_eq!(call.our_number(), Some("+4930"), "{direction}");
        }
    }

    #[test]
    fn a_call_without_numbers_or_of_type_web_is_a_web_call() {
        assert!(Webhook::parse(samples::STARTED_WEB.as_bytes()).unwrap().call.unwrap().is_web());
        assert!(call(&json!({"call_id": "call_1", "from_number": ""})).is_web());
        assert!(call(&json!({"call_type": "web_call", "to_number": "+4930"})).is_web());
        assert!(!call(&json!({"to_number": "+4930"})).is_web());
    }

    #[test]
    fn wrong_types_become_text_or_are_absent() {
        let call = call(&json!({
            "call_id": 17, "agent_id": [1], "from_number": {"a": 1}, "to_number": null, "direction": 3,
            "start_timestamp": "1795186800123", "end_timestamp": 1_795_186_835_333.5, "call_analysis": [],
            "retell_llm_dynamic_variables": {"a": true, "b": 1, "c": null, "d": {"e": 1}, "f": 1.5, "g": "yes"},
            "collected_dynamic_variables": [], "transcript_with_tool_calls": "gone"
        }));

        assert_eq!(call.call_id.as_deref(), Some("17"));
        assert_eq!(call.agent_id, None);
        assert_eq!(call.from_number, None);
        assert_eq!(call.direction, Some(Direction::Other("3".into())));
        assert_eq!(call.start_timestamp, Some(ms(1_795_186_800_123)));
        assert_eq!(call.end_timestamp, Some(ms(1_795_186_835_333)));
        let expected = [("a", "true"), ("b", "1"), ("f", "1.5"), ("g", "yes")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(call.dynamic_variables, BTreeMap::from(expected));
        assert!(call.collected_variables.is_empty());
        assert_eq!(call.custom_analysis, None);
        assert!(call.tool_calls.is_empty());
    }

    #[test]
    fn an_empty_array_in_place_of_the_analysis_data_is_no_data() {
        let of =
            |data: Value| call(&json!({"call_analysis": {"custom_analysis_data": data}})).custom_analysis;

        assert_eq!(of(json!([])), None);
        assert_eq!(of(json!(null)), None);
        assert_eq!(of(json!({"uhrzeit": "14:30"})).unwrap().text(&["uhrzeit"]).as_deref(), Some("14:30"));
    }

    #[test]
    fn whether_a_call_is_over_and_analysed_is_read_from_it() {
        let of = |status: Value| call(&json!({"call_status": status, "disconnection_reason": "dial_busy"}));

        for (status, has_ended) in [("ongoing", false), ("registered", false), ("error", true), ("new", true)]
        {
            assert_eq!(of(json!(status)).has_ended(), has_ended, "{status}");
        }
        assert!(!call(&json!({"call_id": "call_1"})).has_ended());
        assert_eq!(of(json!("not_connected")).ended_because(), Some("dial_busy"));
        let unexplained = call(&json!({"call_status": "not_connected"}));
        assert_eq!((unexplained.has_ended(), unexplained.ended_because()), (true, Some("not_connected")));
        assert!(!call(&json!({"call_analysis": {}})).is_analyzed);
        assert!(!call(&json!({"call_analysis": null})).is_analyzed);
        assert!(call(&json!({"call_analysis": {"user_sentiment": "Neutral"}})).is_analyzed);
    }

    #[test]
    fn a_key_written_twice_counts_with_its_last_value() {
        let body = br#"{"call":{"call_id":"call_1","call_id":"call_2"},"event":"call_ended"}"#;

        let call = Webhook::parse(body).unwrap().call.unwrap();

        assert_eq!(call.call_id.as_deref(), Some("call_2"));
    }

    #[test]
    fn the_invocation_under_way_is_the_last_one_without_a_result() {
        let turn = |id: &str, role: &str| json!({"role": role, "tool_call_id": id, "name": "collect_appointment_v17"});
        let first = turn("t1", "tool_call_invocation");
        let result = turn("t1", "tool_call_result");
        let second = turn("t2", "tool_call_invocation");
        let with = |turns: Vec<Value>| call(&json!({"transcript_with_tool_calls": turns}));

        assert_eq!(with(vec![first.clone()]).last_tool_call_id("collect_appointment"), Some("t1"));
        assert_eq!(with(vec![first.clone()]).last_tool_call_id("check_availability"), None);
        assert_eq!(with(vec![first.clone(), result.clone()]).last_tool_call_id("collect_appointment"), None);
        assert_eq!(with(vec![first, result, second]).last_tool_call_id("collect_appointment"), Some("t2"));
    }

    #[test]
    fn a_collected_variable_goes_before_a_given_one_and_placeholders_are_skipped() {
        let call = call(&json!({
            "retell_llm_dynamic_variables": {"datum": "morgen", "name": "Erika Beispiel"},
            "collected_dynamic_variables": {"_datum__termin": "übermorgen", "name": "{{name}}"}
        }));

        assert_eq!(call.variable(&["datum", "_datum__termin"]), Some("übermorgen"));
        assert_eq!(call.variable(&["name"]), Some("Erika Beispiel"));
        assert_eq!(call.variable(&["uhrzeit"]), None);
    }

    #[test]
    fn the_agents_own_words_are_read_when_asked_for() {
        let words = agent_words(samples::ENDED.as_bytes());

        assert_eq!(words.len(), 4);
        assert_eq!(words[3], "You're booked for nine thirty. Anything else?");
        assert!(agent_words(b"not json").is_empty());
        assert!(agent_words(samples::STARTED.as_bytes()).is_empty());
    }

    #[test]
    fn debug_shows_no_number_and_no_name() {
        let call = Webhook::parse(samples::ANALYZED.as_bytes()).unwrap().call.unwrap();

        let shown = format!("{call:?}");

        assert!(shown.contains("call_5a1e2b3c4d5e6f708192a3b4c5d"));
        assert!(!shown.contains("2025550") && !shown.contains("Riverside"), "{shown}");
    }
}
