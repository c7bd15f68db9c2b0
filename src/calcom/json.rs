//! Picking fields out of Cal.com's JSON, whose types differ from its own schema in many places.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

/// The field as text; null, empty and other types count as absent, except that numbers are written out.
pub(super) fn text(of: &Value, field: &str) -> Option<String> {
    scalar_text(&of[field]).filter(|text| !text.is_empty())
}

/// The field as a whole number, written as a number or as text.
pub(super) fn whole(of: &Value, field: &str) -> Option<i64> {
    match &of[field] {
        Value::Number(number) => {
            let written = number.to_string();
            written.strip_suffix(".0").unwrap_or(&written).parse().ok()
        }
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The field as a number that cannot be negative; anything else counts as none.
pub(super) fn count(of: &Value, field: &str) -> Option<u32> {
    whole(of, field).and_then(|number| number.try_into().ok())
}

pub(super) fn is_true(of: &Value, field: &str) -> bool {
    of[field] == Value::Bool(true)
}

pub(super) fn moment(of: &Value, field: &str) -> Option<Timestamp> {
    of[field].as_str()?.parse().ok()
}

/// The elements of the field, none if it is no array.
pub(super) fn items<'a>(of: &'a Value, field: &str) -> &'a [Value] {
    of[field].as_array().map_or(&[], Vec::as_slice)
}

/// The field as text by name; what is no text, number or truth value is left out.
pub(super) fn texts_by_name(of: &Value, field: &str) -> BTreeMap<String, String> {
    let entries = of[field].as_object().into_iter().flatten();
    entries.filter_map(|(name, value)| Some((name.clone(), scalar_text(value)?))).collect()
}

/// Whether the field is an object that does not say `disabled`.
pub(super) fn is_enabled(of: &Value, field: &str) -> bool {
    of[field].is_object() && !is_true(&of[field], "disabled")
}

fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_read_from_numbers_and_texts() {
        let of = json!({"a": 7, "b": "7", "c": 7.0, "d": 7.5, "e": "unknown", "f": null});

        assert_eq!(whole(&of, "a"), Some(7));
        assert_eq!(whole(&of, "b"), Some(7));
        assert_eq!(whole(&of, "c"), Some(7));
        for field in ["d", "e", "f", "g"] {
            assert_eq!(whole(&of, field), None, "{field}");
        }
        assert_eq!(text(&of, "a").as_deref(), Some("7"));
        assert_eq!(text(&of, "e").as_deref(), Some("unknown"));
    }

    #[test]
    fn a_field_of_something_that_is_no_object_is_absent() {
        assert_eq!(text(&json!([1]), "a"), None);
        assert_eq!(items(&json!({"a": 3}), "a"), &[] as &[Value]);
        assert!(texts_by_name(&json!(null), "a").is_empty());
    }

    #[test]
    fn a_policy_counts_only_when_it_is_there_and_not_disabled() {
        let of = json!({"on": {"type": "always"}, "off": {"disabled": true}, "none": null});

        assert!(is_enabled(&of, "on"));
        assert!(!is_enabled(&of, "off"));
        assert!(!is_enabled(&of, "none"));
    }
}
