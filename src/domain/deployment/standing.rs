//! How an agent stands at Retell: the version that answers, what it thinks with, the versions there are, and the numbers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::goal::differences;
use super::object::Object;

/// The word by which a number follows whatever is published last.
const PUBLISHED: &str = "latest_published";
/// The word by which a number follows every change, published or not.
const LATEST: &str = "latest";

/// A version of an agent, with what it thinks with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Version {
    pub agent: Object,
    /// None: it thinks elsewhere, in a custom LLM.
    pub engine: Option<Object>,
}

/// What an agent thinks with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    Llm {
        id: String,
        version: Option<i64>,
    },
    Flow {
        id: String,
        version: Option<i64>,
    },
    /// A custom LLM of somebody's, or a kind that is not known yet.
    Elsewhere,
}

/// A version as Retell lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    pub version: i64,
    pub is_published: bool,
}

/// Which version a number asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Whatever is published last.
    Published,
    /// Whatever is there, drafts too.
    Latest,
    /// One version, by its number or by a tag, wherever the others go.
    Pinned(String),
}

/// An agent and its surroundings as Retell told them.
#[derive(Clone, Debug)]
pub struct AtRetell {
    /// The version that is to be changed: the one that answers.
    pub answering: Version,
    pub versions: Vec<Listed>,
    /// Every number of the workspace.
    pub numbers: Vec<Object>,
    /// Which version each word stands for by which a number asks for one.
    pub resolved: BTreeMap<String, i64>,
    /// What each version is like that somebody may hear.
    pub contents: BTreeMap<i64, Version>,
}

impl Version {
    pub fn number(&self) -> Option<i64> {
        self.agent.value("version").as_i64()
    }

    /// What the agent thinks with, whatever the version; None: it thinks elsewhere.
    pub fn engine_id(&self) -> Option<String> {
        match self.thinks_with() {
            Engine::Llm { id, .. } | Engine::Flow { id, .. } => Some(id),
            Engine::Elsewhere => None,
        }
    }

    /// Whether callers hear the same from both; what differs in every version does not count.
    pub fn is_like(&self, other: &Self) -> bool {
        let engines = match (&self.engine, &other.engine) {
            (Some(one), Some(other)) => differences(one, other).is_empty(),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        engines && differences(&self.agent, &other.agent).is_empty()
    }

    pub fn thinks_with(&self) -> Engine {
        let of = self.agent.value("response_engine");
        let version = of["version"].as_i64();
        let id = |field: &str| of[field].as_str().map(str::to_owned);
        match (of["type"].as_str(), id("llm_id"), id("conversation_flow_id")) {
            (Some("retell-llm"), Some(id), _) => Engine::Llm { id, version },
            (Some("conversation-flow"), _, Some(id)) => Engine::Flow { id, version },
            _ => Engine::Elsewhere,
        }
    }
}

impl Listed {
    /// None: it names no version.
    pub fn parse(of: &Value) -> Option<Self> {
        Some(Self { version: of["version"].as_i64()?, is_published: of["is_published"] == Value::Bool(true) })
    }
}

impl Bound {
    pub(super) fn parse(of: &Value) -> Self {
        match of {
            // Without a word Retell takes the latest.
            Value::Null => Self::Latest,
            Value::String(word) => Self::of_word(word),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                Self::Pinned(of.to_string())
            }
        }
    }

    pub fn of_word(word: &str) -> Self {
        match word {
            PUBLISHED => Self::Published,
            LATEST => Self::Latest,
            word => Self::Pinned(word.to_owned()),
        }
    }

    /// Whether what it stands for changes with what is made or published.
    pub fn floats(&self) -> bool {
        match self {
            Self::Published | Self::Latest => true,
            Self::Pinned(_) => false,
        }
    }

    /// As Retell is asked for it.
    pub fn word(&self) -> &str {
        match self {
            Self::Published => PUBLISHED,
            Self::Latest => LATEST,
            Self::Pinned(word) => word,
        }
    }
}

/// Which versions of an agent a number asks for, one for each of its entries.
pub fn bindings(number: &Object, agent_id: &str) -> Vec<Bound> {
    let agents = number.objects("inbound_agents").into_iter();
    let ours = agents.filter(|agent| agent.string("agent_id").as_deref() == Some(agent_id));
    ours.map(|agent| Bound::parse(&agent.value("agent_version"))).collect()
}

/// The number as everybody writes it.
pub(super) fn e164(number: &Object) -> String {
    number.string("phone_number").unwrap_or_default()
}

impl AtRetell {
    /// The version published last.
    pub fn published(&self) -> Option<i64> {
        self.versions.iter().filter(|listed| listed.is_published).map(|listed| listed.version).max()
    }

    /// The newest version, published or not.
    pub fn latest(&self) -> Option<i64> {
        self.versions.iter().map(|listed| listed.version).max()
    }

    /// What a version is like; None: there is none that anybody may hear.
    pub fn content(&self, version: Option<i64>) -> Option<&Version> {
        self.contents.get(&version?)
    }

    /// Whether nobody has changed anything between the two.
    pub fn is_as(&self, other: &Self) -> bool {
        let texts = |at: &Self| at.numbers.iter().map(Object::text).collect::<Vec<_>>();
        let is_like = |(one, other): (_, _)| {
            let ((number, one), (other_number, other)): ((&i64, &Version), (&i64, &Version)) = (one, other);
            number == other_number && one.is_like(other)
        };
        self.versions == other.versions
            && texts(self) == texts(other)
            && self.contents.len() == other.contents.len()
            && self.contents.iter().zip(&other.contents).all(is_like)
    }

    pub fn number(&self, number: &str) -> Option<&Object> {
        self.numbers.iter().find(|there| e164(there) == number)
    }

    /// The versions of an agent that answer a number.
    pub fn answers(&self, number: &str, agent_id: &str) -> Vec<i64> {
        let bound = self.number(number).map(|there| bindings(there, agent_id)).unwrap_or_default();
        bound.iter().filter_map(|bound| self.resolved.get(bound.word()).copied()).collect()
    }
}
