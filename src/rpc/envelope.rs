//! JSON-RPC 2.0 as its specification has it (<https://www.jsonrpc.org/specification>): requests, notifications, batches, errors.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::BATCH_MAX;
use super::failure::{Code, Failure};

/// What a body holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Letter {
    One(Entry),
    Batch(Vec<Entry>),
    /// No answer to parts of it: it is refused as a whole.
    Refused(Failure),
}

/// One entry of a body.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// Is answered under its id, which may be null.
    Request { id: Id, method: String, params: Option<Value> },
    /// Is done and not answered.
    Notification { method: String, params: Option<Value> },
    /// Is no request; the id is told as far as it could be read.
    Invalid { id: Id, why: &'static str },
}

/// The id of a request as it was written: a string, a number of whatever size, or null.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Id(Box<RawValue>);

impl PartialEq for Id {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl Id {
    fn null() -> Self {
        Self(RawValue::NULL.to_owned())
    }

    /// None: it is neither a string nor a number nor null.
    fn read(raw: &RawValue) -> Option<Self> {
        let is_one = raw.get() == "null"
            || raw.get().starts_with(|sign: char| sign == '"' || sign == '-' || sign.is_ascii_digit());
        is_one.then(|| Self(raw.to_owned()))
    }
}

/// What is sent back.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Reply {
    One(Box<Told>),
    Batch(Vec<Told>),
}

/// The answer to one request.
#[derive(Debug, Serialize)]
pub struct Told {
    jsonrpc: &'static str,
    id: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Value>,
}

impl Letter {
    pub fn read(body: &[u8]) -> Self {
        let refused = |code, problem: String| Self::Refused(Failure::new(code, problem));
        match serde_json::from_slice::<&RawValue>(body) {
            Err(error) => {
                let (line, column) = (error.line(), error.column());
                refused(Code::Parse, format!("the body is no JSON: look at line {line}, column {column}"))
            }
            Ok(whole) if !whole.get().starts_with('[') => Self::One(Entry::read(whole)),
            Ok(whole) => {
                let entries: Vec<&RawValue> = serde_json::from_str(whole.get()).unwrap_or_default();
                match entries.len() {
                    0 => refused(Code::InvalidRequest, "a batch must hold at least one request".to_owned()),
                    1..=BATCH_MAX => Self::Batch(entries.into_iter().map(Entry::read).collect()),
                    _ => {
                        let problem = format!("a batch may hold {BATCH_MAX} entries at most; send several");
                        refused(Code::InvalidRequest, problem)
                    }
                }
            }
        }
    }

    /// How many questions it holds: each counts against its token's minute.
    pub fn entries(&self) -> usize {
        match self {
            Self::One(_) | Self::Refused(_) => 1,
            Self::Batch(entries) => entries.len(),
        }
    }
}

impl Entry {
    fn read(raw: &RawValue) -> Self {
        let Ok(object) = serde_json::from_str::<HashMap<String, &RawValue>>(raw.get()) else {
            let why = "a request is an object with jsonrpc, method, and as they are needed params and id";
            return Self::Invalid { id: Id::null(), why };
        };
        let id = match object.get("id").map(|id| Id::read(id)) {
            Some(Some(id)) => Some(id),
            Some(None) => {
                let why = "id must be a string, a number or null; left out, nothing is answered";
                return Self::Invalid { id: Id::null(), why };
            }
            None => None,
        };
        match (method_and_params(&object), id) {
            (Ok((method, params)), Some(id)) => Self::Request { id, method, params },
            (Ok((method, params)), None) => Self::Notification { method, params },
            (Err(why), id) => Self::Invalid { id: id.unwrap_or_else(Id::null), why },
        }
    }
}

fn method_and_params(object: &HashMap<String, &RawValue>) -> Result<(String, Option<Value>), &'static str> {
    let value = |name: &str| object.get(name).map(|raw| serde_json::from_str::<Value>(raw.get()));
    if !matches!(value("jsonrpc"), Some(Ok(Value::String(version))) if version == "2.0") {
        return Err("jsonrpc must be the string \"2.0\"");
    }
    let Some(Ok(Value::String(method))) = value("method") else {
        return Err("method must be the name of a method, as a string");
    };
    match value("params") {
        None => Ok((method, None)),
        Some(Ok(params @ (Value::Object(_) | Value::Array(_)))) => Ok((method, Some(params))),
        Some(Ok(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_))) => {
            Err("params must be an object, or left out")
        }
        Some(Err(_)) => Err("params hold a number that is too large, or are nested too deeply"),
    }
}

/// What is sent back; None: nothing is to be.
pub async fn answer<C>(letter: Letter, call: C) -> Option<Reply>
where
    C: AsyncFn(&str, Option<Value>) -> Result<Value, Failure>,
{
    match letter {
        Letter::Refused(failure) => Some(Reply::One(Box::new(told(Id::null(), Err(failure))))),
        Letter::One(entry) => Some(Reply::One(Box::new(answer_one(entry, &call).await?))),
        Letter::Batch(entries) => {
            let mut answers = Vec::new();
            // One after the other: a batch is no way to more than one place at the books.
            for entry in entries {
                answers.extend(answer_one(entry, &call).await);
            }
            if answers.is_empty() { None } else { Some(Reply::Batch(answers)) }
        }
    }
}

async fn answer_one<C>(entry: Entry, call: &C) -> Option<Told>
where
    C: AsyncFn(&str, Option<Value>) -> Result<Value, Failure>,
{
    match entry {
        Entry::Request { id, method, params } => Some(told(id, call(&method, params).await)),
        Entry::Notification { method, params } => {
            // Whoever wants to hear how it went sends an id.
            drop(call(&method, params).await);
            None
        }
        Entry::Invalid { id, why } => Some(told(id, Err(Failure::new(Code::InvalidRequest, why)))),
    }
}

fn told(id: Id, outcome: Result<Value, Failure>) -> Told {
    let (result, error) = match outcome {
        Ok(result) => (Some(result), None),
        Err(failure) => (None, Some(failure.to_json())),
    };
    Told { jsonrpc: "2.0", id, result, error }
}
