//! Changing agents at Retell, and reading them in their very letters; a change that was not answered may have happened.

use std::time::Duration;

use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::json;

use super::client::{Client, PAGE_SIZE, PAGES_MAX, ReadFailure};
use crate::domain::deployment::{Engine, Listed, Object, Version};

/// The longest reason of Retell's that is passed on, in signs.
const REASON_MAX: usize = 200;

/// Why a change was not made, or is not known to have been made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteFailure {
    /// Surely nothing has happened.
    #[error("no connection to Retell")]
    NotSent,
    #[error("Retell does not accept the key")]
    BadKey,
    #[error("Retell asks to wait")]
    Throttled,
    /// Somebody else was quicker: to be read again.
    #[error("Retell says that it has changed meanwhile (status {status})")]
    Stale { status: u16 },
    #[error("Retell refused with status {status}: {reason}")]
    Refused { status: u16, reason: String },
    /// It may have happened: to be looked at.
    #[error("{0}; whether it was done has to be looked at")]
    Unknown(ReadFailure),
}

impl WriteFailure {
    /// Whether sending the same again can help.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::NotSent | Self::Throttled | Self::Stale { .. } | Self::Unknown(_) => true,
            Self::BadKey | Self::Refused { .. } => false,
        }
    }
}

impl Client {
    /// Every number of the workspace as it stands there.
    pub async fn raw_numbers(&self) -> Result<Vec<Object>, ReadFailure> {
        let pages = self.pages(&["v2", "list-phone-numbers"]).await?;
        pages.ok_or(ReadFailure::Refused { status: 404 })
    }

    /// One number as it stands there; None: the workspace has no such number.
    pub async fn raw_number(&self, number: &str) -> Result<Option<Object>, ReadFailure> {
        self.raw(&["get-phone-number", number], None).await
    }

    /// The versions of an agent; None: the workspace has no such agent.
    pub async fn versions(&self, agent_id: &str) -> Result<Option<Vec<Listed>>, ReadFailure> {
        let pages = self.pages(&["list-agent-versions", agent_id]).await?;
        let listed = |of: &Object| Listed::parse(&serde_json::from_str(&of.text()).ok()?);
        Ok(pages.map(|items| items.iter().filter_map(listed).collect()))
    }

    /// The number of the version that such a word stands for; None: there is none.
    pub async fn version_of(&self, agent_id: &str, word: &str) -> Result<Option<i64>, ReadFailure> {
        let agent = self.raw(&["get-agent", agent_id], Some(word)).await?;
        agent.map(|agent| agent.value("version").as_i64().ok_or(ReadFailure::Unreadable)).transpose()
    }

    /// A version of an agent with what it thinks with; None: there is no such version.
    pub async fn version(&self, agent_id: &str, version: i64) -> Result<Option<Version>, ReadFailure> {
        let found = self.raw(&["get-agent", agent_id], Some(&version.to_string())).await?;
        let Some(agent) = found else { return Ok(None) };
        let mut found = Version { agent, engine: None };
        let (route, id, version) = match found.thinks_with() {
            Engine::Llm { id, version } => ("get-retell-llm", id, version),
            Engine::Flow { id, version } => ("get-conversation-flow", id, version),
            Engine::Elsewhere => return Ok(Some(found)),
        };
        let version = version.map(|version| version.to_string());
        let engine = self.raw(&[route, &id], version.as_deref()).await?;
        found.engine = Some(engine.ok_or(ReadFailure::Refused { status: 422 })?);
        Ok(Some(found))
    }

    /// Makes a draft from a version; says which one it is.
    pub async fn create_version(&self, agent_id: &str, base: i64) -> Result<i64, WriteFailure> {
        let body = json!({"base_version": base}).to_string();
        let answer = self.write(Method::POST, (&["create-agent-version", agent_id], None), body).await?;
        let unreadable = WriteFailure::Unknown(ReadFailure::Unreadable);
        let agent = std::str::from_utf8(&answer).ok().and_then(Object::parse);
        agent.and_then(|agent| agent.value("version").as_i64()).ok_or(unreadable)
    }

    /// Sets members of a draft of an agent.
    pub async fn update_agent(
        &self,
        agent_id: &str,
        version: i64,
        members: &Object,
    ) -> Result<(), WriteFailure> {
        let path: &[&str] = &["update-agent", agent_id];
        self.write(Method::PATCH, (path, Some(version)), members.text()).await.map(drop)
    }

    /// Sets members of a draft of what an agent thinks with.
    pub async fn update_engine(&self, engine: &Engine, members: &Object) -> Result<(), WriteFailure> {
        let (route, id, version) = match engine {
            Engine::Llm { id, version } => ("update-retell-llm", id, version),
            Engine::Flow { id, version } => ("update-conversation-flow", id, version),
            Engine::Elsewhere => return Ok(()),
        };
        self.write(Method::PATCH, (&[route, id], *version), members.text()).await.map(drop)
    }

    /// Publishes a draft with what it thinks with.
    pub async fn publish(&self, agent_id: &str, version: i64) -> Result<(), WriteFailure> {
        let body = json!({"version": version}).to_string();
        self.write(Method::POST, (&["publish-agent-version", agent_id], None), body).await.map(drop)
    }

    /// Sets members of a number.
    pub async fn update_number(&self, number: &str, members: &Object) -> Result<(), WriteFailure> {
        self.write(Method::PATCH, (&["update-phone-number", number], None), members.text()).await.map(drop)
    }

    async fn raw(&self, path: &[&str], version: Option<&str>) -> Result<Option<Object>, ReadFailure> {
        let query: Vec<_> = version.iter().map(|version| ("version", *version)).collect();
        let found = self.read(self.http.get(self.url(path)).query(&query)).await?;
        found.map(|body| object(&body)).transpose()
    }

    /// The items of all pages; a bare array is one page. None: there is no such list.
    async fn pages(&self, path: &[&str]) -> Result<Option<Vec<Object>>, ReadFailure> {
        let (mut items, mut after) = (Vec::new(), None::<String>);
        for _ in 0..PAGES_MAX {
            let mut query = vec![("limit", PAGE_SIZE.to_owned())];
            query.extend(after.take().map(|key| ("pagination_key", key)));
            let Some(body) = self.read(self.http.get(self.url(path)).query(&query)).await? else {
                return Ok(None);
            };
            if let Ok(bare) = serde_json::from_slice::<Vec<Object>>(&body) {
                items.extend(bare);
                break;
            }
            let page = object(&body)?;
            items.extend(page.objects("items"));
            after = page.string("pagination_key").filter(|_| page.value("has_more") == true);
            if after.is_none() {
                break;
            }
        }
        Ok(Some(items))
    }

    /// Deletes a call with its recording and transcript; false: the workspace has no such call any more.
    pub async fn delete_call(&self, id: &str) -> Result<bool, WriteFailure> {
        // Without a body and a type for it: an empty body is no JSON.
        let request = self.http.delete(self.url(&["v2", "delete-call", id]));
        let request = request.bearer_auth(self.key.expose_secret());
        let request = request.timeout(Duration::from_millis(self.settings.write_timeout_ms));
        let response = request.send().await.map_err(|error| fault(&error))?;
        match response.status().as_u16() {
            200..=299 => Ok(true),
            404 | 422 => Ok(false),
            401 | 403 => Err(WriteFailure::BadKey),
            429 => Err(WriteFailure::Throttled),
            status @ (408 | 500..) => Err(WriteFailure::Unknown(ReadFailure::ServerError { status })),
            status => {
                let body = response.bytes().await.unwrap_or_default();
                Err(WriteFailure::Refused { status, reason: reason(&body) })
            }
        }
    }

    async fn write(
        &self,
        method: Method,
        (path, version): (&[&str], Option<i64>),
        body: String,
    ) -> Result<Vec<u8>, WriteFailure> {
        let query: Vec<_> = version.iter().map(|version| ("version", version.to_string())).collect();
        let request = self.http.request(method, self.url(path)).query(&query);
        let request =
            request.bearer_auth(self.key.expose_secret()).header("content-type", "application/json");
        let request = request.timeout(Duration::from_millis(self.settings.write_timeout_ms)).body(body);
        let response = request.send().await.map_err(|error| fault(&error))?;
        let status = response.status().as_u16();
        let body = response.bytes().await;
        match status {
            200..=299 => Ok(body.map_err(|error| fault(&error))?.to_vec()),
            401 | 403 => Err(WriteFailure::BadKey),
            409 | 412 => Err(WriteFailure::Stale { status }),
            429 => Err(WriteFailure::Throttled),
            408 | 500.. => Err(WriteFailure::Unknown(ReadFailure::ServerError { status })),
            status => Err(WriteFailure::Refused { status, reason: reason(&body.unwrap_or_default()) }),
        }
    }
}

fn object(body: &[u8]) -> Result<Object, ReadFailure> {
    std::str::from_utf8(body).ok().and_then(Object::parse).ok_or(ReadFailure::Unreadable)
}

/// What Retell says about a refusal.
fn reason(body: &[u8]) -> String {
    let said = std::str::from_utf8(body).ok().and_then(Object::parse).and_then(|body| body.string("message"));
    let said = said.unwrap_or_else(|| "no reason given".to_owned());
    said.chars().filter(|sign| !sign.is_control()).take(REASON_MAX).collect()
}

fn fault(error: &reqwest::Error) -> WriteFailure {
    if error.is_connect() || error.is_builder() {
        return WriteFailure::NotSent;
    }
    WriteFailure::Unknown(if error.is_timeout() { ReadFailure::TimedOut } else { ReadFailure::Unreachable })
}
