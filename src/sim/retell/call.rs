//! One call being played: who calls, what is said, which functions the agent uses, how it ends.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::transcript::{Speaker, Transcript};
use super::workspace::{Answer, FUNCTION_PATH, INBOUND_PATH, Ring, WEBHOOK_PATH, Workspace};

/// A call in whatever state the test has brought it to; order and repetition are the test's.
#[derive(Clone, Debug)]
pub struct Call {
    workspace: Workspace,
    id: String,
    /// The fields that are there from the first event on.
    basics: Value,
    variables: Map<String, Value>,
    collected: Map<String, Value>,
    transcript: Transcript,
    started_at: Timestamp,
    ending: Option<Ending>,
    analysis: Option<Value>,
    last: Option<Prepared>,
}

/// A function request ready to be sent, once or several times, one after another or at once.
#[derive(Clone, Debug)]
pub struct Prepared {
    workspace: Workspace,
    pub path: String,
    pub body: Vec<u8>,
    pub tool_call_id: Option<String>,
}

#[derive(Clone, Debug)]
struct Ending {
    at: Timestamp,
    reason: String,
    is_connected: bool,
}

impl Call {
    pub(super) fn new(workspace: Workspace, ring: Ring<'_>) -> Self {
        let id = workspace.fresh_id("call_", 27);
        let started_at = workspace.now();
        let mut basics = json!({
            "call_id": id,
            "call_type": if ring.is_web { "web_call" } else { "phone_call" },
            "agent_id": workspace.agent_id(),
            "agent_version": 7,
            "agent_name": "Empfang",
            "start_timestamp": started_at.as_millisecond(),
            "data_storage_setting": "everything",
            "opt_in_signed_url": false,
        });
        if ring.is_web {
            basics["access_token"] = json!(workspace.fresh_id("invented.", 24));
        } else {
            basics["from_number"] = json!(ring.from.unwrap_or("anonymous"));
            basics["to_number"] = json!(ring.to);
            basics["direction"] = json!(if ring.is_outbound { "outbound" } else { "inbound" });
            basics["telephony_identifier"] = json!({"twilio_call_sid": workspace.fresh_id("CA", 32)});
        }
        if let Some(metadata) = ring.metadata {
            basics["metadata"] = metadata;
        }
        let variables =
            ring.variables.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let call = Self {
            workspace,
            id,
            basics,
            variables,
            collected: Map::new(),
            transcript: Transcript::default(),
            started_at,
            ending: None,
            analysis: None,
            last: None,
        };
        call.keep();
        call
    }

    /// As it stands now, where it can be looked up.
    fn keep(&self) {
        self.workspace.record(&self.id, || self.analyzed_object());
    }

    /// Retell's id of this call.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A dynamic variable the call is started with.
    pub fn set_variable(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), json!(value));
        self.keep();
    }

    /// A variable the agent has collected during the call.
    pub fn collect(&mut self, name: &str, value: &str) {
        self.collected.insert(name.to_owned(), json!(value));
        self.keep();
    }

    /// The caller's turn.
    pub fn says(&mut self, text: &str) {
        self.transcript.say(Speaker::User, text);
        self.keep();
    }

    /// The agent's turn.
    pub fn agent(&mut self, text: &str) {
        self.transcript.say(Speaker::Agent, text);
        self.keep();
    }

    /// Sends the inbound webhook and takes over the variables and metadata it is answered with.
    pub async fn inbound(&mut self) -> Answer {
        let body = json!({
            "event": "call_inbound",
            "event_timestamp": self.workspace.now().as_millisecond(),
            "call_inbound": {
                "call_id": self.id,
                "agent_id": self.basics["agent_id"],
                "agent_version": self.basics["agent_version"],
                "from_number": self.basics["from_number"],
                "to_number": self.basics["to_number"],
            },
        });
        let answer = self.workspace.post_signed(INBOUND_PATH, &bytes_of(&body)).await;
        if (200..300).contains(&answer.status) {
            self.take_over(&answer.body["call_inbound"]);
            self.keep();
        }
        answer
    }

    /// Delivers `call_started`.
    pub async fn start(&self) -> u16 {
        self.deliver("call_started").await
    }

    /// Calls a function as the agent does: invocation into the transcript, request, result into the transcript.
    pub async fn invoke(&mut self, name: &str, args: Value) -> Answer {
        let prepared = self.prepare(name, &args);
        let answer = prepared.send().await;
        self.hear(&answer);
        answer
    }

    /// The same without a `tool_call_id` in the transcript, as older agents send it.
    pub async fn invoke_without_id(&mut self, name: &str, args: Value) -> Answer {
        let prepared = self.prepare_without_id(name, &args);
        let answer = prepared.send().await;
        self.hear(&answer);
        answer
    }

    /// Writes the invocation into the transcript and answers the request that would be sent now.
    pub fn prepare(&mut self, name: &str, args: &Value) -> Prepared {
        let tool_call_id = self.workspace.fresh_id("tool_call_", 6);
        self.prepare_with(Some(tool_call_id), name, args)
    }

    /// The same without a `tool_call_id`.
    pub fn prepare_without_id(&mut self, name: &str, args: &Value) -> Prepared {
        self.prepare_with(None, name, args)
    }

    /// Writes what came back into the transcript; a broken connection counts as a failed tool call.
    pub fn hear(&mut self, answer: &Answer) {
        let content = String::from_utf8_lossy(&answer.bytes);
        let is_success = (200..300).contains(&answer.status);
        self.transcript.result(answer.tool_call_id.as_deref(), &content, is_success);
        self.keep();
    }

    /// Sends the last function request again, byte for byte, freshly signed; nothing to repeat is status 0.
    pub async fn repeat_last(&self) -> Answer {
        match &self.last {
            Some(prepared) => prepared.send().await,
            None => {
                Answer { status: 0, body: Value::Null, bytes: Vec::new(), elapsed_ms: 0, tool_call_id: None }
            }
        }
    }

    /// Ends the call without telling anybody.
    pub fn hang_up(&mut self, reason: &str) {
        let talked = i64::try_from(self.transcript.audio_ms()).unwrap_or_default();
        let heard_until = self.started_at + SignedDuration::from_millis(talked);
        let at = self.workspace.now().max(heard_until);
        self.ending = Some(Ending { at, reason: reason.to_owned(), is_connected: true });
        self.keep();
    }

    /// Ends the call before anybody spoke, without telling anybody.
    pub fn never_connects(&mut self, reason: &str) {
        let at = self.workspace.now();
        self.ending = Some(Ending { at, reason: reason.to_owned(), is_connected: false });
        self.keep();
    }

    /// Moves the whole call back in time, as if it had taken place so much earlier.
    pub fn took_place(&mut self, before: SignedDuration) {
        self.started_at -= before;
        self.basics["start_timestamp"] = json!(self.started_at.as_millisecond());
        if let Some(ending) = &mut self.ending {
            ending.at -= before;
        }
        self.keep();
    }

    /// Delivers `call_ended`; repeat it as often as wanted.
    pub async fn ended(&self) -> u16 {
        self.deliver("call_ended").await
    }

    /// Delivers `call_analyzed` with these custom analysis fields.
    pub async fn analyzed(&mut self, custom_analysis: Value) -> u16 {
        self.analyze(&custom_analysis);
        self.deliver("call_analyzed").await
    }

    /// Analyses the call without telling anybody.
    pub fn analyze(&mut self, custom_analysis: &Value) {
        self.analysis = Some(json!({
            "call_summary": "Zusammenfassung des Gesprächs.",
            "in_voicemail": false,
            "user_sentiment": "Neutral",
            "call_successful": true,
            "custom_analysis_data": custom_analysis,
        }));
        self.keep();
    }

    /// Delivers `transcript_updated`.
    pub async fn transcript_updated(&self) -> u16 {
        self.deliver("transcript_updated").await
    }

    /// Delivers any event, such as `transfer_started`.
    pub async fn deliver(&self, event: &str) -> u16 {
        self.workspace.post_signed(WEBHOOK_PATH, &self.body_of(event)).await.status
    }

    /// The bytes of an event as it would be delivered now.
    pub fn body_of(&self, event: &str) -> Vec<u8> {
        let call = match event {
            "call_started" => self.basic(),
            "call_analyzed" => self.analyzed_object(),
            _ => self.object(),
        };
        bytes_of(&json!({"event": event, "call": call}))
    }

    /// The call object as it stands, without an analysis.
    pub fn object(&self) -> Value {
        let mut call = self.basic();
        self.transcript.write_into(&mut call);
        call["latency"] = json!({});
        if let Some(ending) = &self.ending {
            let duration_ms = ending.at.duration_since(self.started_at).as_millis();
            call["end_timestamp"] = json!(ending.at.as_millisecond());
            call["duration_ms"] = json!(i64::try_from(duration_ms).unwrap_or_default());
            call["disconnection_reason"] = json!(ending.reason);
            call["recording_url"] = json!(format!("https://recordings.example.invalid/{}.wav", self.id));
            call["public_log_url"] = json!(format!("https://logs.example.invalid/{}.log", self.id));
            call["latency"] = json!({"e2e": {"p50": 812.0, "p90": 1120.5, "p95": 1188.2, "p99": 1240.0,
                "max": 1250.0, "min": 604.0, "num": 2, "values": [604.0, 1250.0]}});
            call["call_cost"] = json!({"combined_cost": 7.04, "total_duration_seconds": 36,
                "total_duration_unit_price": 0.1956, "product_costs": []});
            if !self.collected.is_empty() {
                call["collected_dynamic_variables"] = json!(self.collected);
            }
        }
        call
    }

    fn analyzed_object(&self) -> Value {
        let mut call = self.object();
        if let Some(analysis) = &self.analysis {
            call["call_analysis"] = analysis.clone();
        }
        call
    }

    fn basic(&self) -> Value {
        let mut call = self.basics.clone();
        call["call_status"] = json!(match &self.ending {
            None => "ongoing",
            Some(ending) if !ending.is_connected => "not_connected",
            Some(ending) if ending.reason.starts_with("error_") => "error",
            Some(_) => "ended",
        });
        // Nothing has begun where nobody was reached.
        if self.ending.as_ref().is_some_and(|ending| !ending.is_connected)
            && let Some(fields) = call.as_object_mut()
        {
            fields.remove("start_timestamp");
        }
        if !self.variables.is_empty() {
            call["retell_llm_dynamic_variables"] = json!(self.variables);
        }
        call
    }

    fn prepare_with(&mut self, tool_call_id: Option<String>, name: &str, args: &Value) -> Prepared {
        self.transcript.invoke(tool_call_id.as_deref(), name, args);
        let body = bytes_of(&json!({"name": name, "call": self.object(), "args": args}));
        let path = format!("{FUNCTION_PATH}{name}");
        let prepared = Prepared { workspace: self.workspace.clone(), path, body, tool_call_id };
        self.last = Some(prepared.clone());
        self.keep();
        prepared
    }

    fn take_over(&mut self, inbound: &Value) {
        if let Some(variables) = inbound["dynamic_variables"].as_object() {
            // One value that is no text makes Retell discard the whole answer.
            if !variables.values().all(Value::is_string) {
                return;
            }
            self.variables.extend(variables.clone());
        }
        if inbound["metadata"].is_object() {
            self.basics["metadata"] = inbound["metadata"].clone();
        }
    }
}

impl Prepared {
    /// Sends the request, freshly signed.
    pub async fn send(&self) -> Answer {
        let answer = self.workspace.post_signed(&self.path, &self.body).await;
        Answer { tool_call_id: self.tool_call_id.clone(), ..answer }
    }
}

fn bytes_of(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}
