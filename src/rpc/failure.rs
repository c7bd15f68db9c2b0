//! Why a method was not answered: the specification's codes and our own, each with words that say what to do next.

use serde::Serialize;
use serde_json::{Value, json};

use crate::operations;

/// How long whoever met a busy actor waits before asking again, in seconds.
const AGAIN_AFTER_S: u64 = 1;
/// The same where Cal.com does not answer: a breaker is open for about so long.
const CALENDAR_AGAIN_AFTER_S: u64 = 30;

/// What went wrong, as a number. Those from -32099 to -32000 are ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Parse,
    InvalidRequest,
    MethodNotFound,
    InvalidParams,
    Internal,
    Forbidden,
    NotFound,
    Conflict,
    Gone,
    NoAnswer,
}

/// An error object of JSON-RPC.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    pub code: Code,
    pub data: Data,
}

/// What an error object carries beside its code.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Data {
    /// The code as a word.
    pub r#type: &'static str,
    /// What is wrong and what to do, in a sentence.
    pub problem: String,
    /// After so many seconds it is worth trying again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// What can be had instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternatives: Option<Box<Value>>,
}

impl Code {
    pub const ALL: [Self; 10] = [
        Self::Parse,
        Self::InvalidRequest,
        Self::MethodNotFound,
        Self::InvalidParams,
        Self::Internal,
        Self::Forbidden,
        Self::NotFound,
        Self::Conflict,
        Self::Gone,
        Self::NoAnswer,
    ];

    pub fn number(self) -> i64 {
        match self {
            Self::Parse => -32_700,
            Self::InvalidRequest => -32_600,
            Self::MethodNotFound => -32_601,
            Self::InvalidParams => -32_602,
            Self::Internal => -32_603,
            Self::Forbidden => -32_003,
            Self::NotFound => -32_004,
            Self::Conflict => -32_009,
            Self::Gone => -32_010,
            Self::NoAnswer => -32_053,
        }
    }

    /// The specification's own words for its codes.
    pub fn message(self) -> &'static str {
        match self {
            Self::Parse => "Parse error",
            Self::InvalidRequest => "Invalid Request",
            Self::MethodNotFound => "Method not found",
            Self::InvalidParams => "Invalid params",
            Self::Internal => "Internal error",
            Self::Forbidden => "Forbidden",
            Self::NotFound => "Not found",
            Self::Conflict => "Conflict",
            Self::Gone => "Gone",
            Self::NoAnswer => "No answer",
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Parse => "parse_error",
            Self::InvalidRequest => "invalid_request",
            Self::MethodNotFound => "method_not_found",
            Self::InvalidParams => "invalid_params",
            Self::Internal => "internal",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Gone => "gone",
            Self::NoAnswer => "no_answer",
        }
    }
}

impl Failure {
    pub fn new(code: Code, problem: impl Into<String>) -> Self {
        let data =
            Data { r#type: code.as_str(), problem: problem.into(), retry_after: None, alternatives: None };
        Self { code, data }
    }

    /// Something went wrong that whoever asks can do nothing about.
    pub fn internal() -> Self {
        let problem = "something failed here, and was logged: try again, and tell whoever runs this server if it stays so";
        Self::new(Code::Internal, problem)
    }

    /// The params do not fit; the words say what would.
    pub fn params(problem: impl Into<String>) -> Self {
        Self::new(Code::InvalidParams, problem)
    }

    /// What is wrong and what to do.
    pub fn problem(&self) -> &str {
        &self.data.problem
    }

    /// The error object.
    pub fn to_json(&self) -> Value {
        json!({"code": self.code.number(), "message": self.code.message(), "data": self.data})
    }
}

impl From<operations::Error> for Failure {
    fn from(error: operations::Error) -> Self {
        use operations::Error as Why;
        let code = match &error {
            Why::Forbidden => Code::Forbidden,
            Why::NotFound(_) => Code::NotFound,
            Why::Invalid(_) => Code::InvalidParams,
            Why::Conflict(_) | Why::Taken { .. } => Code::Conflict,
            Why::Gone(_) => Code::Gone,
            Why::NoAnswer | Why::CalendarAway => Code::NoAnswer,
            Why::Store(source) => {
                tracing::error!(error = source as &dyn std::error::Error, "a method failed at the books");
                Code::Internal
            }
        };
        let mut failure = Self::new(code, error.to_string());
        let data = &mut failure.data;
        match error {
            Why::NoAnswer => data.retry_after = Some(AGAIN_AFTER_S),
            Why::CalendarAway => data.retry_after = Some(CALENDAR_AGAIN_AFTER_S),
            Why::Taken { alternatives, .. } => data.alternatives = Some(Box::new(json!(alternatives))),
            Why::Forbidden
            | Why::NotFound(_)
            | Why::Invalid(_)
            | Why::Conflict(_)
            | Why::Gone(_)
            | Why::Store(_) => {}
        }
        failure
    }
}
