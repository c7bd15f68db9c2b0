//! An instant as the database keeps it: milliseconds since 1970 in a BIGINT, the same on SQLite and PostgreSQL.

use jiff::Timestamp;
use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

/// Milliseconds since the Unix epoch (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, DeriveValueType, Serialize, Deserialize)]
pub struct Ms(pub i64);

impl From<Timestamp> for Ms {
    fn from(at: Timestamp) -> Self {
        Self(at.as_millisecond())
    }
}

impl From<Ms> for Timestamp {
    /// A value outside jiff's range (years -9999 to 9999) becomes the nearest end of it.
    fn from(ms: Ms) -> Self {
        Self::from_millisecond(ms.0).unwrap_or(if ms.0 < 0 { Self::MIN } else { Self::MAX })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_survives_the_round_trip_to_the_millisecond() {
        let at = Timestamp::from_millisecond(1_795_186_800_123).unwrap();

        assert_eq!(Timestamp::from(Ms::from(at)), at);
    }

    #[test]
    fn a_value_beyond_the_calendar_becomes_its_end() {
        assert_eq!(Timestamp::from(Ms(i64::MAX)), Timestamp::MAX);
        assert_eq!(Timestamp::from(Ms(i64::MIN)), Timestamp::MIN);
    }
}
