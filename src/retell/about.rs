//! What a workspace at Retell says of itself: whose key it is, which agents it has, and one of them in full.

use serde_json::{Value, json};

use super::client::{Client, PAGE_SIZE, PAGES_MAX, PUBLISHED, ReadFailure};
use super::workspace::{Engine, engine_of};
use crate::domain::readiness::Agent;

/// Whose key it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    pub org_id: Option<String>,
    pub org_name: Option<String>,
    pub key_name: Option<String>,
}

/// An agent as lists tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedAgent {
    pub id: String,
    pub name: Option<String>,
    pub channel: Option<String>,
    pub is_suspended: bool,
}

/// An agent in one of its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub agent: Agent,
    pub name: Option<String>,
    /// Several, where it speaks several.
    pub languages: Vec<String>,
    /// What it thinks with: `retell-llm`, `conversation-flow`, or `elsewhere`.
    pub engine: &'static str,
    /// The LLM or flow.
    pub engine_id: Option<String>,
}

impl Client {
    /// `GET /get-api-key-info`.
    pub async fn key_info(&self) -> Result<KeyInfo, ReadFailure> {
        let found =
            self.find(&["get-api-key-info"], &[]).await?.ok_or(ReadFailure::Refused { status: 404 })?;
        Ok(KeyInfo {
            org_id: text(&found, "org_id"),
            org_name: text(&found, "org_name"),
            key_name: text(&found, "api_key_name"),
        })
    }

    /// `POST /v2/list-agents`, all pages: voice agents only.
    pub async fn agents(&self) -> Result<Vec<ListedAgent>, ReadFailure> {
        let asked = json!({"filter_criteria": {"channel": {"type": "string", "op": "eq", "value": "voice"}}});
        let (mut agents, mut after) = (Vec::new(), None::<String>);
        for _ in 0..PAGES_MAX {
            let mut query = vec![("limit", PAGE_SIZE.to_owned())];
            query.extend(after.take().map(|key| ("pagination_key", key)));
            let request = self.http.post(self.url(&["v2", "list-agents"])).query(&query).json(&asked);
            let body = self.read(request).await?.ok_or(ReadFailure::Refused { status: 404 })?;
            let page: Value = serde_json::from_slice(&body).map_err(|_| ReadFailure::Unreadable)?;
            let items = page["items"].as_array().ok_or(ReadFailure::Unreadable)?;
            agents.extend(items.iter().filter_map(listed));
            match page["pagination_key"].as_str().filter(|_| page["has_more"] == Value::Bool(true)) {
                Some(key) => after = Some(key.to_owned()),
                None => break,
            }
        }
        Ok(agents)
    }

    /// An agent in that version, or in the published one, else its draft; None: this workspace has no such agent.
    pub async fn profile(&self, id: &str, version: Option<&str>) -> Result<Option<Profile>, ReadFailure> {
        let wanted = version.unwrap_or(PUBLISHED);
        let path = ["get-agent", id];
        let found = match self.find(&path, &[("version", wanted.to_owned())]).await? {
            Some(found) => Some((found, wanted == PUBLISHED)),
            // It may be there without ever having been published.
            None if version.is_none() => self.find(&path, &[]).await?.map(|found| (found, false)),
            None => None,
        };
        let Some((found, is_published)) = found else { return Ok(None) };
        let (kind, engine_id) = match engine_of(&found) {
            Engine::Llm { id, .. } => ("retell-llm", Some(id)),
            Engine::Flow { id, .. } => ("conversation-flow", Some(id)),
            Engine::Elsewhere => ("elsewhere", None),
        };
        Ok(Some(Profile {
            agent: self.whole(&found, is_published).await,
            name: text(&found, "agent_name"),
            languages: languages(&found["language"]),
            engine: kind,
            engine_id,
        }))
    }
}

fn listed(of: &Value) -> Option<ListedAgent> {
    Some(ListedAgent {
        id: text(of, "agent_id")?,
        name: text(of, "agent_name"),
        channel: text(of, "channel"),
        is_suspended: of["is_suspended"] == Value::Bool(true),
    })
}

/// One language is a word, several are a list of them.
fn languages(of: &Value) -> Vec<String> {
    let words = of.as_array().map_or_else(|| vec![of], |all| all.iter().collect());
    words.into_iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn text(of: &Value, field: &str) -> Option<String> {
    of[field].as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}
