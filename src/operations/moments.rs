//! From when until when, as people write it: an instant with its offset, or a day.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// `from`: a day begins at midnight UTC.
pub(super) fn from<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    read(deserializer, "from", |day| day)
}

/// `to`: a day is meant with all of its hours, by UTC.
pub(super) fn to<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    read(deserializer, "to", |day| day.saturating_add(1.day()))
}

fn read<'de, D: Deserializer<'de>>(
    deserializer: D,
    field: &str,
    midnight_of: fn(Date) -> Date,
) -> Result<Option<Timestamp>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let text = text.trim();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(Some(instant));
    }
    // A local time without an offset would silently lose it.
    let day = Some(text).filter(|text| text.len() == "2026-10-20".len()).and_then(|text| text.parse().ok());
    let instant = day.and_then(|day| TimeZone::UTC.to_timestamp(midnight_of(day).at(0, 0, 0, 0)).ok());
    let refusal = || {
        D::Error::custom(format!(
            "{field} must be an instant like 2026-10-20T14:30:00+02:00 or a day like 2026-10-20"
        ))
    };
    instant.map(Some).ok_or_else(refusal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Span {
        #[serde(default, deserialize_with = "from")]
        from: Option<Timestamp>,
        #[serde(default, deserialize_with = "to")]
        to: Option<Timestamp>,
    }

    fn span(text: &str) -> Result<Span, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn a_day_is_meant_with_all_of_its_hours() {
        let day = span(r#"{"from": "2026-11-22", "to": "2026-11-22"}"#).unwrap();
        let none = span(r#"{"from": null}"#).unwrap();

        assert_eq!(day.from.unwrap().to_string(), "2026-11-22T00:00:00Z");
        assert_eq!(day.to.unwrap().to_string(), "2026-11-23T00:00:00Z");
        assert_eq!((none.from, none.to), (None, None));
        assert!(span(r#"{"from": "2026-11-22T09:00:00+01:00"}"#).is_ok());
    }

    #[test]
    fn what_is_neither_an_instant_nor_a_day_is_refused_with_the_field_and_the_form() {
        for wrong in ["gestern", "2026-11-22T09:00", "22.11.2026", "2026-13-01", ""] {
            let refusal = span(&format!(r#"{{"to": "{wrong}"}}"#)).unwrap_err().to_string();

            assert!(refusal.starts_with("to must be an instant like"), "{refusal}");
        }
    }
}
