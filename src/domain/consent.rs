//! What callers have said to being recorded and to being written to: nothing, yes or no, and a no outweighs what comes later.

use serde::{Deserialize, Serialize};

/// Variables under which an agent notes whether the call may be recorded.
pub const RECORDING: [&str; 4] =
    ["aufzeichnung_erlaubt", "_aufzeichnung_erlaubt", "recording_allowed", "_recording_allowed"];
/// Variables under which it notes whether messages about appointments may be sent.
pub const MESSAGES: [&str; 4] =
    ["benachrichtigung_erlaubt", "_benachrichtigung_erlaubt", "messages_allowed", "_messages_allowed"];

/// What was said to one question.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConsentSaid)]
pub enum Said {
    #[default]
    NotAsked,
    Given,
    Refused,
}

/// What a caller has said to both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    pub recording: Said,
    pub messages: Said,
}

impl Said {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAsked => "not_asked",
            Self::Given => "given",
            Self::Refused => "refused",
        }
    }

    /// As it was stored; what is no word of ours counts as nothing said.
    pub fn parse(text: Option<&str>) -> Self {
        let all = [Self::Given, Self::Refused];
        all.into_iter().find(|said| text == Some(said.as_str())).unwrap_or_default()
    }

    pub fn of(answer: Option<bool>) -> Self {
        match answer {
            None => Self::NotAsked,
            Some(true) => Self::Given,
            Some(false) => Self::Refused,
        }
    }
}

impl Consent {
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_stored_is_read_back_and_anything_else_is_nothing_said() {
        for said in [Said::NotAsked, Said::Given, Said::Refused] {
            assert_eq!(Said::parse(Some(said.as_str())), said);
        }
        assert_eq!((Said::parse(None), Said::parse(Some("maybe"))), (Said::NotAsked, Said::NotAsked));
        assert_eq!((Said::of(Some(false)), Said::of(None)), (Said::Refused, Said::NotAsked));
    }
}
