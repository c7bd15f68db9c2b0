//! On whose word a booking is changed, and why: what Cal.com is told of it.

use serde::{Deserialize, Serialize};

use crate::domain::speech::legible;

/// On whose word a change is made: who reads it at Cal.com is told no other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Cause {
    #[default]
    Caller,
    /// At the desk, by a person or a program; why, where the company has Cal.com told.
    Desk {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<Because>,
    },
}

/// Why something is changed, in a person's words: one line, not endless, and never shown by accident.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Because(String);

impl Because {
    pub const CHARS_MAX: usize = 200;

    /// None: nothing is left of it, or it is too long.
    pub fn parse(words: &str) -> Option<Self> {
        let legible = legible(words);
        (!legible.is_empty() && legible.chars().count() <= Self::CHARS_MAX).then_some(Self(legible))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Because {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Because")
    }
}

impl Cause {
    pub const DESK: Self = Self::Desk { because: None };

    pub(super) fn is_a_caller(&self) -> bool {
        *self == Self::Caller
    }

    /// Why what was called off stands no more.
    pub(super) fn called_off(&self) -> &'static str {
        match self {
            Self::Caller => "called off by the customer on the telephone",
            Self::Desk { .. } => "called off at the desk",
        }
    }
}
