//! Reading from Retell's REST interface: numbers, agents and their functions, calls. What is written there is in `writing.rs`.

use std::fmt::{self, Debug, Formatter};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::found::{Found, Page};
use super::workspace::{Engine, agent_of, engine_of, numbers_of, tools_of, words_of};
use crate::domain::readiness::{Agent, Asked, Number, speaks_of_an_ai};

pub(super) const PAGE_SIZE: &str = "1000";
pub(super) const PAGES_MAX: usize = 10;
/// The version that answers where a number names none.
pub(super) const PUBLISHED: &str = "latest_published";

/// Times and bounds of this wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How long a connection may take, in milliseconds.
    pub connect_timeout_ms: u64,
    /// How long an answer may take, in milliseconds.
    pub read_timeout_ms: u64,
    /// How long the answer to a change may take, in milliseconds.
    pub write_timeout_ms: u64,
    /// Longer answers are not read, in bytes.
    pub body_max_bytes: usize,
    /// Questions about calls a second and workspace at most.
    pub requests_per_second_max: u32,
}

/// Why nothing could be read; reading again is always safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadFailure {
    #[error("base_url is no http or https address")]
    BaseUrl,
    #[error("Retell does not accept the key")]
    BadKey,
    #[error("no connection to Retell")]
    Unreachable,
    #[error("Retell did not answer in time")]
    TimedOut,
    #[error("Retell asks to wait")]
    Throttled,
    #[error("Retell refused with status {status}")]
    Refused { status: u16 },
    #[error("Retell failed with status {status}")]
    ServerError { status: u16 },
    #[error("Retell's answer could not be read")]
    Unreadable,
}

/// One workspace at Retell; cheap to clone.
#[derive(Clone)]
pub struct Client {
    pub(super) http: reqwest::Client,
    base: Url,
    pub(super) key: SecretString,
    pub(super) settings: Settings,
}

/// The HTTP client for all workspaces: it follows no redirect, so that a key stays where it belongs.
pub fn http(settings: &Settings) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .connect_timeout(Duration::from_millis(settings.connect_timeout_ms))
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("fernamt/", env!("CARGO_PKG_VERSION")))
        .build()
}

impl Client {
    /// A workspace that shares an HTTP client; fails on a base URL that cannot be used.
    pub fn new(
        http: reqwest::Client,
        base_url: &str,
        key: SecretString,
        settings: &Settings,
    ) -> Result<Self, ReadFailure> {
        let base: Url = base_url.trim().parse().map_err(|_| ReadFailure::BaseUrl)?;
        if !matches!(base.scheme(), "http" | "https") || base.cannot_be_a_base() {
            return Err(ReadFailure::BaseUrl);
        }
        Ok(Self { http, base, key, settings: settings.clone() })
    }

    /// All numbers of the workspace.
    pub async fn numbers(&self) -> Result<Vec<Number>, ReadFailure> {
        let (mut numbers, mut after) = (Vec::new(), None::<String>);
        for _ in 0..PAGES_MAX {
            let mut query = vec![("limit", PAGE_SIZE.to_owned())];
            query.extend(after.take().map(|key| ("pagination_key", key)));
            let page = self.find(&["v2", "list-phone-numbers"], &query).await?;
            let page = page.ok_or(ReadFailure::Refused { status: 404 })?;
            numbers.extend(numbers_of(&page).ok_or(ReadFailure::Unreadable)?);
            match page["pagination_key"].as_str().filter(|_| page["has_more"] == Value::Bool(true)) {
                Some(key) => after = Some(key.to_owned()),
                None => break,
            }
        }
        Ok(numbers)
    }

    /// An agent with its functions, in that version or in the published one; None: this workspace has no such agent.
    pub async fn agent(&self, id: &str, version: Option<&str>) -> Result<Option<Agent>, ReadFailure> {
        let wanted = version.unwrap_or(PUBLISHED);
        let path = ["get-agent", id];
        let found = match self.find(&path, &[("version", wanted.to_owned())]).await? {
            Some(found) => Some((found, wanted == PUBLISHED)),
            // It may be there without ever having been published.
            None => self.find(&path, &[]).await?.map(|found| (found, false)),
        };
        let Some((found, is_published)) = found else { return Ok(None) };
        Ok(Some(self.whole(&found, is_published).await))
    }

    /// An agent as it was found, with what stands in what it thinks with.
    pub(super) async fn whole(&self, found: &Value, is_published: bool) -> Agent {
        let engine = self.engine(&engine_of(found)).await;
        let told = engine.as_ref().ok().and_then(Option::as_ref).map(words_of);
        let tells_ai = told.map(speaks_of_an_ai);
        let tools = match engine {
            Ok(engine) => Asked::Known(engine.as_ref().map(tools_of)),
            Err(ReadFailure::BadKey) => Asked::BadKey,
            Err(failure) => Asked::Failed(failure.to_string()),
        };
        Agent { tools, tells_ai, ..agent_of(found, is_published) }
    }

    /// A call with all that Retell knows of it; None: this workspace has no such call.
    pub async fn call(&self, id: &str) -> Result<Option<Found>, ReadFailure> {
        let found = self.read(self.http.get(self.url(&["v2", "get-call", id]))).await?;
        // What is answered about another call than the one that was asked for is no answer.
        let is_it = |found: &Found| found.call.call_id.as_deref() == Some(id);
        found.map(|body| Found::parse(&body).filter(is_it).ok_or(ReadFailure::Unreadable)).transpose()
    }

    /// A page of the calls that ended in this range (both ends in it), those that began first in front.
    pub async fn ended_calls(
        &self,
        (from, until): (Timestamp, Timestamp),
        page: Option<&str>,
        limit: usize,
    ) -> Result<Page, ReadFailure> {
        let range = [from.as_millisecond(), until.as_millisecond()];
        let mut asked = json!({
            "filter_criteria": {"end_timestamp": {"type": "range", "op": "bt", "value": range}},
            "sort_order": "ascending",
            "limit": limit,
        });
        if let Some(page) = page {
            asked["pagination_key"] = json!(page);
        }
        let found = self.read(self.http.post(self.url(&["v3", "list-calls"])).json(&asked)).await?;
        let body = found.ok_or(ReadFailure::Refused { status: 404 })?;
        Page::parse(&body).ok_or(ReadFailure::Unreadable)
    }

    /// What the agent thinks with; None where that is not at Retell.
    async fn engine(&self, engine: &Engine) -> Result<Option<Value>, ReadFailure> {
        let (route, id, version) = match engine {
            Engine::Llm { id, version } => ("get-retell-llm", id, version),
            Engine::Flow { id, version } => ("get-conversation-flow", id, version),
            Engine::Elsewhere => return Ok(None),
        };
        let query: Vec<_> = version.iter().map(|version| ("version", version.clone())).collect();
        let found = self.find(&[route, id], &query).await?.ok_or(ReadFailure::Refused { status: 422 })?;
        Ok(Some(found))
    }

    /// Retell says 422 where others say 404.
    pub(super) async fn find(
        &self,
        path: &[&str],
        query: &[(&str, String)],
    ) -> Result<Option<Value>, ReadFailure> {
        let found = self.read(self.http.get(self.url(path)).query(query)).await?;
        found.map(|body| serde_json::from_slice(&body).map_err(|_| ReadFailure::Unreadable)).transpose()
    }

    pub(super) fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    /// The body of the answer; None: there is no such thing.
    pub(super) async fn read(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<Option<Vec<u8>>, ReadFailure> {
        let timeout = Duration::from_millis(self.settings.read_timeout_ms);
        let request = request.bearer_auth(self.key.expose_secret()).timeout(timeout);
        let mut response = request.send().await.map_err(|error| fault(&error))?;
        match response.status().as_u16() {
            200..=299 => {}
            401 | 403 => return Err(ReadFailure::BadKey),
            404 | 422 => return Ok(None),
            429 => return Err(ReadFailure::Throttled),
            status @ 500.. => return Err(ReadFailure::ServerError { status }),
            status => return Err(ReadFailure::Refused { status }),
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| fault(&error))? {
            if body.len() + chunk.len() > self.settings.body_max_bytes {
                return Err(ReadFailure::Unreadable);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Some(body))
    }
}

impl Debug for Client {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

fn fault(error: &reqwest::Error) -> ReadFailure {
    if error.is_timeout() {
        return ReadFailure::TimedOut;
    }
    ReadFailure::Unreachable
}
