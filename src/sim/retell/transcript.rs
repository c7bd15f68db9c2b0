//! What was said in a call and which tools were used, in the three forms the call object carries.

use serde_json::{Value, json};

const WORD_MS: u64 = 280;
const PAUSE_MS: u64 = 50;
const TURN_PAUSE_MS: u64 = 700;

/// Grows with every turn; times are those of the audio, not of the machine.
#[derive(Clone, Debug, Default)]
pub(super) struct Transcript {
    text: String,
    turns: Vec<Value>,
    turns_and_tools: Vec<Value>,
    audio_ms: u64,
}

/// Who speaks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Speaker {
    Agent,
    User,
}

impl Transcript {
    pub(super) fn say(&mut self, speaker: Speaker, content: &str) {
        let (name, role) = match speaker {
            Speaker::Agent => ("Agent", "agent"),
            Speaker::User => ("User", "user"),
        };
        self.text.push_str(&format_line(name, content));
        self.audio_ms += TURN_PAUSE_MS;
        let words: Vec<Value> = content.split_whitespace().map(|word| self.word(word)).collect();
        let turn = json!({"role": role, "content": content, "words": words});
        self.turns.push(turn.clone());
        self.turns_and_tools.push(turn);
    }

    /// Arguments travel as a JSON text, not as an object.
    pub(super) fn invoke(&mut self, tool_call_id: Option<&str>, name: &str, args: &Value) {
        let mut entry = json!({
            "role": "tool_call_invocation", "name": name, "arguments": args.to_string(), "type": "custom",
        });
        if let Some(id) = tool_call_id {
            entry["tool_call_id"] = json!(id);
        }
        self.turns_and_tools.push(entry);
    }

    pub(super) fn result(&mut self, tool_call_id: Option<&str>, content: &str, is_success: bool) {
        let mut entry = json!({"role": "tool_call_result", "content": content, "successful": is_success});
        if let Some(id) = tool_call_id {
            entry["tool_call_id"] = json!(id);
        }
        self.turns_and_tools.push(entry);
    }

    pub(super) fn write_into(&self, call: &mut Value) {
        call["transcript"] = json!(self.text);
        call["transcript_object"] = json!(self.turns);
        call["transcript_with_tool_calls"] = json!(self.turns_and_tools);
    }

    pub(super) fn audio_ms(&self) -> u64 {
        self.audio_ms
    }

    fn word(&mut self, word: &str) -> Value {
        let start = self.audio_ms;
        let end = start + WORD_MS;
        self.audio_ms = end + PAUSE_MS;
        json!({"word": word, "start": seconds(start), "end": seconds(end)})
    }
}

fn format_line(name: &str, content: &str) -> String {
    format!("{name}: {content}\n")
}

fn seconds(ms: u64) -> f64 {
    std::time::Duration::from_millis(ms).as_secs_f64()
}
