//! One thing that a deployment would change, as a person reads it.

use serde::Serialize;
use serde_json::Value;

/// The longest text that is shown of a value, in signs.
const SHOWN_MAX: usize = 160;

/// What follows from every change of an agent.
pub(super) const NEW_VERSION: &str = "a new version is published";

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    Agent,
    Function,
    Prompt,
    Number,
}

/// What is to become of something; secrets that stand in it are not shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Change {
    pub area: Area,
    /// The agent, the function or the number.
    pub subject: String,
    pub what: String,
    /// As it is; nothing where it was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// As it is to be; nothing where it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl Change {
    pub(super) fn new(area: Area, subject: &str, what: &str) -> Self {
        Self { area, subject: subject.to_owned(), what: what.to_owned(), before: None, after: None }
    }

    /// Whether it says nothing but what follows from the others.
    pub fn follows(&self) -> bool {
        self.area == Area::Agent && self.what == NEW_VERSION
    }

    pub(super) fn from(self, before: Option<String>) -> Self {
        Self { before, ..self }
    }

    pub(super) fn to(self, after: impl Into<String>) -> Self {
        Self { after: Some(after.into()), ..self }
    }
}

impl Area {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Function => "function",
            Self::Prompt => "prompt",
            Self::Number => "number",
        }
    }
}

/// A value in words; None: there is none.
pub(super) fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) if text.starts_with("http") => Some(without_query(text).to_owned()),
        Value::String(text) => Some(format!("\"{}\"", short(text))),
        Value::Array(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
                .collect();
            Some(short(&items.join(", ")))
        }
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => Some(short(&value.to_string())),
    }
}

/// A query may hold a secret.
pub(super) fn without_query(url: &str) -> &str {
    url.split('?').next().unwrap_or(url)
}

fn short(text: &str) -> String {
    if text.chars().count() <= SHOWN_MAX {
        return text.to_owned();
    }
    let start: String = text.chars().take(SHOWN_MAX).collect();
    format!("{start}…")
}
