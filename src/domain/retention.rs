//! How long what is kept of callers is kept, by kind: as a company has set it, else as the house has.

use serde::{Deserialize, Serialize};

/// A kind of data that goes with its time.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = RetentionKind)]
pub enum Kind {
    /// Bodies about calls: transcripts, variables, the analysis.
    Transcripts,
    /// Bodies that belong to no call: what rang, Cal.com's webhooks.
    Messages,
    /// What functions were called with and answered.
    Functions,
    /// From which number a call came and what was said of name, number and address. That it took place stays.
    Calls,
    /// Callback items that are done.
    Callbacks,
    /// Requests to Cal.com.
    Exchanges,
}

/// What a company has set, in days; 0: no longer than it is needed. What is left out is as in the house's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcripts_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub functions_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callbacks_days: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchanges_days: Option<u32>,
}

impl Kind {
    pub const ALL: [Self; 6] =
        [Self::Transcripts, Self::Messages, Self::Functions, Self::Calls, Self::Callbacks, Self::Exchanges];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Transcripts => "transcripts",
            Self::Messages => "messages",
            Self::Functions => "functions",
            Self::Calls => "calls",
            Self::Callbacks => "callbacks",
            Self::Exchanges => "exchanges",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl Retention {
    /// What is set for a kind; None: as in the house's settings.
    pub fn days(&self, kind: Kind) -> Option<u32> {
        match kind {
            Kind::Transcripts => self.transcripts_days,
            Kind::Messages => self.messages_days,
            Kind::Functions => self.functions_days,
            Kind::Calls => self.calls_days,
            Kind::Callbacks => self.callbacks_days,
            Kind::Exchanges => self.exchanges_days,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_key_and_what_is_left_out_is_the_houses_to_say() {
        for kind in Kind::ALL {
            let text = format!("{{\"{}_days\": 0}}", kind.as_str());
            let set: Retention = serde_json::from_str(&text).unwrap();

            for other in Kind::ALL {
                assert_eq!(set.days(other), (other == kind).then_some(0), "{text}");
            }
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        }
        assert!(serde_json::from_str::<Retention>(r#"{"transcript_days": 3}"#).is_err());
    }
}
