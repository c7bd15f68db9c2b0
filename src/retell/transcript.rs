//! What was said in a call, turn by turn, for whoever may read it.

use std::fmt::{self, Debug, Formatter};

use serde_json::Value;

/// What one side said without the other speaking.
#[derive(Clone, PartialEq, Eq)]
pub struct Spoken {
    pub is_agent: bool,
    pub words: String,
    /// Since the beginning of the audio, in milliseconds.
    pub at_ms: Option<i64>,
}

impl Debug for Spoken {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Spoken").field("is_agent", &self.is_agent).finish_non_exhaustive()
    }
}

/// The turns that a webhook's body or a call object holds; what is no turn is left out.
pub fn transcript(body: &[u8]) -> Vec<Spoken> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let call = if body["call"].is_object() { &body["call"] } else { &body };
    let turns = |field: &str| -> Vec<Spoken> {
        call[field].as_array().into_iter().flatten().filter_map(spoken).collect()
    };
    let (plain, with_tools) = (turns("transcript_object"), turns("transcript_with_tool_calls"));
    // Both hold the same turns; the longer one has lost less.
    if with_tools.len() > plain.len() { with_tools } else { plain }
}

fn spoken(turn: &Value) -> Option<Spoken> {
    let is_agent = match turn["role"].as_str()? {
        "agent" => true,
        "user" => false,
        _ => return None,
    };
    let words = turn["content"].as_str().map(str::trim).filter(|words| !words.is_empty())?;
    Some(Spoken { is_agent, words: words.to_owned(), at_ms: began_ms(&turn["words"][0]["start"]) })
}

/// Seconds with a fraction, as milliseconds.
#[expect(clippy::cast_possible_truncation, reason = "no call lasts longer than these hold")]
fn began_ms(start: &Value) -> Option<i64> {
    start.as_f64().filter(|seconds| seconds.is_finite()).map(|seconds| (seconds * 1000.0) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retell::samples::{ENDED, STARTED};

    #[test]
    fn the_turns_of_a_recorded_call_are_told_apart_and_dated() {
        let spoken = transcript(ENDED.as_bytes());

        assert!(spoken.len() > 2);
        assert!(spoken[0].is_agent && spoken[0].words.starts_with("Thanks for calling"));
        assert_eq!(spoken[0].at_ms, Some(420));
        assert!(spoken[1].words.contains("book a cleaning") && !spoken[1].is_agent);
    }

    #[test]
    fn where_nothing_was_said_or_nothing_can_be_read_there_are_no_turns() {
        let odd = r#"{"call": {"transcript_object": [1, {"role": "agent"}, {"role": "narrator", "content": "x"}]}}"#;

        assert_eq!(transcript(STARTED.as_bytes()), []);
        assert_eq!(transcript(odd.as_bytes()), []);
        assert_eq!(transcript(b"no json"), []);
    }
}
