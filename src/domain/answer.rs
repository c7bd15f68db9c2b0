//! What a function answers: a status for the agent's logic and a sentence to say, flat, never a code to be read out.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The statuses of contract 4 that this house gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Available,
    Unavailable,
    Clarify,
    UnknownService,
    Closed,
    Past,
    TooSoon,
    TooFar,
    CalendarUnreachable,
    /// It is not settled who the caller is: the same whether or not such a person exists.
    IdentityNeeded,
    Found,
    #[serde(rename = "none")]
    NoneFound,
    /// More than one appointment may be meant.
    WhichOne,
    NotFound,
    Incomplete,
    Held,
    Confirmed,
    /// It stands in the calendar.
    Booked,
    /// It stands in the calendar, and its owner must confirm it.
    Requested,
    Withdrawn,
    SlotTaken,
    Noted,
    /// It is still being done: say the sentence, ask again.
    Working,
    Services,
    Hours,
    CallbackNoted,
    /// An appointment that existed stands at another time.
    Changed,
    /// Read back, and waits for the yes.
    ConfirmCancel,
    Cancelled,
    /// Not by telephone, or not any more.
    NotAllowed,
    /// It cannot wait for a free slot.
    Emergency,
    UnknownNumber,
    UnknownFunction,
    Invalid,
    Trouble,
}

impl Status {
    /// Every status there is.
    pub const ALL: [Self; 35] = [
        Self::Available,
        Self::Unavailable,
        Self::Clarify,
        Self::UnknownService,
        Self::Closed,
        Self::Past,
        Self::TooSoon,
        Self::TooFar,
        Self::CalendarUnreachable,
        Self::IdentityNeeded,
        Self::Found,
        Self::NoneFound,
        Self::WhichOne,
        Self::NotFound,
        Self::Incomplete,
        Self::Held,
        Self::Confirmed,
        Self::Booked,
        Self::Requested,
        Self::Withdrawn,
        Self::SlotTaken,
        Self::Noted,
        Self::Working,
        Self::Services,
        Self::Hours,
        Self::CallbackNoted,
        Self::Changed,
        Self::ConfirmCancel,
        Self::Cancelled,
        Self::NotAllowed,
        Self::Emergency,
        Self::UnknownNumber,
        Self::UnknownFunction,
        Self::Invalid,
        Self::Trouble,
    ];

    /// Whether the function did what it was asked; a question back to the caller is no success.
    pub fn is_success(self) -> bool {
        match self {
            Self::Available
            | Self::Found
            | Self::NoneFound
            | Self::Incomplete
            | Self::Held
            | Self::Confirmed
            | Self::Booked
            | Self::Requested
            | Self::Withdrawn
            | Self::Noted
            | Self::Working
            | Self::Services
            | Self::Hours
            | Self::CallbackNoted
            | Self::Changed
            | Self::ConfirmCancel
            | Self::Cancelled
            | Self::Emergency => true,
            Self::Unavailable
            | Self::Clarify
            | Self::UnknownService
            | Self::Closed
            | Self::Past
            | Self::TooSoon
            | Self::TooFar
            | Self::CalendarUnreachable
            | Self::IdentityNeeded
            | Self::WhichOne
            | Self::NotFound
            | Self::SlotTaken
            | Self::NotAllowed
            | Self::UnknownNumber
            | Self::UnknownFunction
            | Self::Invalid
            | Self::Trouble => false,
        }
    }

    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Unavailable => "unavailable",
            Self::Clarify => "clarify",
            Self::UnknownService => "unknown_service",
            Self::Closed => "closed",
            Self::Past => "past",
            Self::TooSoon => "too_soon",
            Self::TooFar => "too_far",
            Self::CalendarUnreachable => "calendar_unreachable",
            Self::IdentityNeeded => "identity_needed",
            Self::Found => "found",
            Self::NoneFound => "none",
            Self::WhichOne => "which_one",
            Self::NotFound => "not_found",
            Self::Incomplete => "incomplete",
            Self::Held => "held",
            Self::Confirmed => "confirmed",
            Self::Booked => "booked",
            Self::Requested => "requested",
            Self::Withdrawn => "withdrawn",
            Self::SlotTaken => "slot_taken",
            Self::Noted => "noted",
            Self::Working => "working",
            Self::Services => "services",
            Self::Hours => "hours",
            Self::CallbackNoted => "callback_noted",
            Self::Changed => "changed",
            Self::ConfirmCancel => "confirm_cancel",
            Self::Cancelled => "cancelled",
            Self::NotAllowed => "not_allowed",
            Self::Emergency => "emergency",
            Self::UnknownNumber => "unknown_number",
            Self::UnknownFunction => "unknown_function",
            Self::Invalid => "invalid",
            Self::Trouble => "trouble",
        }
    }
}

/// An answer to the agent.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: Status,
    /// A sentence to say, in the branch's language.
    pub message: String,
    fields: Map<String, Value>,
}

impl Answer {
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), fields: Map::new() }
    }

    /// The same answer with one more field.
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(field.to_owned(), value.into());
        self
    }

    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// The flat JSON object of contract 4.
    pub fn to_json(&self) -> Value {
        let mut object = self.fields.clone();
        object.insert("success".into(), json!(self.status.is_success()));
        object.insert("status".into(), json!(self.status.as_str()));
        object.insert("message".into(), json!(self.message));
        Value::Object(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_one_flat_object() {
        let answer = Answer::new(Status::Incomplete, "Wie ist Ihr Name?").with("missing", vec!["name"]);

        assert_eq!(
            answer.to_json(),
            json!({"success": true, "status": "incomplete", "message": "Wie ist Ihr Name?", "missing": ["name"]})
        );
    }

    #[test]
    fn the_word_for_a_status_is_the_one_that_is_stored() {
        for status in Status::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), json!(status.as_str()));
        }
    }
}
