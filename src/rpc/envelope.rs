//! JSON-RPC 2.0 as its specification has it (<https://www.jsonrpc.org/specification>): requests, notifications, batches, errors.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

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
    Request { id: Value, method: String, params: Option<Value> },
    /// Is done and not answered.
    Notification { method: String, params: Option<Value> },
    /// Is no request; the id is told as far as it could be read.
    Invalid { id: Value },
}

impl Letter {
    pub fn read(body: &[u8]) -> Self {
        match serde_json::from_slice(body) {
            Err(_) => Self::Refused(Failure::bare(Code::Parse)),
            Ok(Value::Array(entries)) if entries.is_empty() => {
                Self::Refused(Failure::bare(Code::InvalidRequest))
            }
            Ok(Value::Array(entries)) if entries.len() > BATCH_MAX => {
                let problem = format!("a batch may hold {BATCH_MAX} entries at most; send several");
                Self::Refused(Failure::new(Code::InvalidRequest, problem))
            }
            Ok(Value::Array(entries)) => Self::Batch(entries.into_iter().map(Entry::read).collect()),
            Ok(one) => Self::One(Entry::read(one)),
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
    fn read(value: Value) -> Self {
        let Value::Object(mut object) = value else { return Self::Invalid { id: Value::Null } };
        let id = match object.remove("id") {
            Some(id) if id.is_string() || id.is_number() || id.is_null() => Some(id),
            Some(_) => return Self::Invalid { id: Value::Null },
            None => None,
        };
        match (method_and_params(object), id) {
            (Some((method, params)), Some(id)) => Self::Request { id, method, params },
            (Some((method, params)), None) => Self::Notification { method, params },
            (None, id) => Self::Invalid { id: id.unwrap_or_default() },
        }
    }
}

fn method_and_params(mut object: Map<String, Value>) -> Option<(String, Option<Value>)> {
    if object.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return None;
    }
    let Some(Value::String(method)) = object.remove("method") else { return None };
    match object.remove("params") {
        params @ (None | Some(Value::Object(_) | Value::Array(_))) => Some((method, params)),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => None,
    }
}

/// What is sent back; None: nothing is to be.
pub async fn answer<C>(letter: Letter, call: C) -> Option<Value>
where
    C: AsyncFn(&str, Option<Value>) -> Result<Value, Failure>,
{
    match letter {
        Letter::Refused(failure) => Some(told(&Value::Null, Err(failure))),
        Letter::One(entry) => answer_one(entry, &call).await,
        Letter::Batch(entries) => {
            let mut answers = Vec::new();
            // One after the other: a batch is no way to more than one place at the books.
            for entry in entries {
                answers.extend(answer_one(entry, &call).await);
            }
            if answers.is_empty() { None } else { Some(Value::Array(answers)) }
        }
    }
}

async fn answer_one<C>(entry: Entry, call: &C) -> Option<Value>
where
    C: AsyncFn(&str, Option<Value>) -> Result<Value, Failure>,
{
    match entry {
        Entry::Request { id, method, params } => Some(told(&id, call(&method, params).await)),
        Entry::Notification { method, params } => {
            // Whoever wants to hear how it went sends an id.
            drop(call(&method, params).await);
            None
        }
        Entry::Invalid { id } => Some(told(&id, Err(Failure::bare(Code::InvalidRequest)))),
    }
}

fn told(id: &Value, outcome: Result<Value, Failure>) -> Value {
    match outcome {
        Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
        Err(failure) => json!({"jsonrpc": "2.0", "id": id, "error": failure.to_json()}),
    }
}
