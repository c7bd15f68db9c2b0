//! A Retell workspace: one signing key, one agent, and the post office that delivers to the house.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::call::Call;
use super::rest::{Accounts, Rest};
use super::signer::{SIGNATURE_HEADER, sign};
use crate::sim::time;

/// Where the events of calls go.
pub(super) const WEBHOOK_PATH: &str = "/api/webhooks/retell";
/// Where the inbound webhook goes.
pub(super) const INBOUND_PATH: &str = "/api/webhooks/retell/inbound";
/// Where functions are called; the name follows.
pub(super) const FUNCTION_PATH: &str = "/api/mcp/gateway/retell/functions/";

/// What a workspace is made of.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Without a slash at its end, such as `http://127.0.0.1:8080`.
    pub house_url: String,
    pub key: String,
    pub agent_id: String,
    pub clock_offset: SignedDuration,
    pub http: reqwest::Client,
    /// Call ids and tool call ids follow from it.
    pub seed: u64,
}

/// A workspace whose calls can be played; every clone draws its ids from the same source.
#[derive(Clone, Debug)]
pub struct Workspace {
    settings: Arc<Settings>,
    rng: Arc<Mutex<fastrand::Rng>>,
    /// Where its calls can be looked up.
    records: Option<Accounts>,
}

/// A telephone that rings, or a browser that calls.
#[derive(Clone, Debug, Default)]
pub struct Ring<'a> {
    /// `None` is a caller who hides the number.
    pub from: Option<&'a str>,
    pub to: &'a str,
    pub is_outbound: bool,
    /// A web call has neither numbers nor a direction.
    pub is_web: bool,
    pub variables: &'a [(&'a str, &'a str)],
    pub metadata: Option<Value>,
}

/// What the house answered; status 0 where nothing answered.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// Null where the body was not JSON.
    pub body: Value,
    pub bytes: Vec<u8>,
    pub elapsed_ms: u64,
    pub tool_call_id: Option<String>,
}

impl Workspace {
    /// A workspace; the client is the caller's, so that its time-outs are too.
    pub fn new(settings: Settings) -> Self {
        let rng = Arc::new(Mutex::new(fastrand::Rng::with_seed(settings.seed)));
        Self { settings: Arc::new(settings), rng, records: None }
    }

    /// The same workspace, whose calls that REST side knows under its key, as they stand at every moment.
    pub fn known_at(mut self, rest: &Rest) -> Self {
        self.records = Some(rest.accounts().clone());
        self
    }

    /// Keeps a call where it can be looked up, if there is such a place.
    pub(super) fn record(&self, id: &str, call: impl FnOnce() -> Value) {
        if let Some(records) = &self.records {
            records.record(&self.settings.key, id, call());
        }
    }

    /// Starts a call; nothing is sent until one of its methods sends it.
    pub fn ring(&self, ring: Ring<'_>) -> Call {
        Call::new(self.clone(), ring)
    }

    /// Posts these bytes, freshly signed.
    pub async fn post_signed(&self, path: &str, body: &[u8]) -> Answer {
        let signature = sign(&self.settings.key, body, self.now().as_millisecond());
        self.post_raw(path, body, &[(SIGNATURE_HEADER, &signature)]).await
    }

    /// Posts these bytes with just these headers beside the content type.
    pub async fn post_raw(&self, path: &str, body: &[u8], headers: &[(&str, &str)]) -> Answer {
        let started = time::instant();
        let mut request = self
            .settings
            .http
            .post(format!("{}{path}", self.settings.house_url))
            .header("content-type", "application/json")
            .body(body.to_vec());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (status, bytes) = match request.send().await {
            Ok(response) => {
                let status = response.status().as_u16();
                // A body that breaks off is no answer, whatever its head said.
                response.bytes().await.map_or((0, Vec::new()), |bytes| (status, bytes.to_vec()))
            }
            Err(_) => (0, Vec::new()),
        };
        Answer {
            status,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            bytes,
            elapsed_ms: time::elapsed_ms(started),
            tool_call_id: None,
        }
    }

    /// The simulated present.
    pub fn now(&self) -> Timestamp {
        time::now(self.settings.clock_offset)
    }

    pub(super) fn agent_id(&self) -> &str {
        &self.settings.agent_id
    }

    /// A fresh id: the prefix and so many hexadecimal digits.
    pub(super) fn fresh_id(&self, prefix: &str, digits: usize) -> String {
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        let tail: String = std::iter::repeat_with(|| rng.digit(16)).take(digits).collect();
        format!("{prefix}{tail}")
    }
}
