//! Named values as a voice agent supplies them: loosely typed, sometimes placeholders, read by any of their names.

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};

use serde_json::Value;

const SAYS_NOTHING: &[&str] = &["none", "null", "nil", "undefined", "unknown", "unbekannt", "n/a"];
const SAYS_YES: &[&str] = &["true", "1", "yes", "y", "ja", "j"];
const SAYS_NO: &[&str] = &["false", "0", "no", "n", "nein"];
/// Words that may lead to a spoken yes or no and are neither.
const OPENERS: &[&str] = &[
    "äh", "ähm", "hm", "oh", "ah", "ach", "also", "na", "das", "so", "ist", "es", "ganz", "alles", "in",
    "that", "thats", "s", "is", "it", "well", "um", "uh", "of", "all",
];
/// Words by which a caller says yes to what was read back.
const YES: &[&str] = &[
    "ja",
    "jawohl",
    "jawoll",
    "jo",
    "jep",
    "jup",
    "genau",
    "richtig",
    "korrekt",
    "passt",
    "stimmt",
    "okay",
    "ok",
    "ordnung",
    "gern",
    "gerne",
    "klar",
    "natürlich",
    "einverstanden",
    "yes",
    "yeah",
    "yep",
    "sure",
    "right",
    "correct",
    "exactly",
    "course",
    "perfect",
    "perfekt",
    "prima",
];
/// Words by which a caller says no.
const NO: &[&str] = &["nein", "nee", "nö", "no", "nope"];
/// Words that add nothing to a yes or a no.
const ADDED: &[&str] = &[
    "bitte", "danke", "vielen", "dank", "schön", "sehr", "gut", "so", "ist", "es", "das", "auch", "mal",
    "dann", "mir", "please", "thanks", "thank", "you", "that", "thats", "s", "is", "it", "fine", "good",
];

/// A map of names to JSON values that answers in the type one asks for.
#[derive(Clone, Default, PartialEq)]
pub struct Values(BTreeMap<String, Value>);

impl Values {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first of these names that holds anything but a placeholder, as it came.
    pub fn get(&self, names: &[&str]) -> Option<&Value> {
        names.iter().filter_map(|name| self.0.get(*name)).find(|value| !is_nothing(value))
    }

    /// The value as text; a number is written out, truth values and structures are no text.
    pub fn text(&self, names: &[&str]) -> Option<String> {
        self.first(names, text_of)
    }

    /// The value as yes or no, in German, English or digits; anything else is neither.
    pub fn truth(&self, names: &[&str]) -> Option<bool> {
        self.first(names, truth_of)
    }

    /// The value as a whole number, written as number or text.
    pub fn number(&self, names: &[&str]) -> Option<i64> {
        self.first(names, number_of)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// JSON with sorted keys and without the named ones; equal values give equal text.
    pub fn canonical_without(&self, left_out: &[&str]) -> String {
        let kept = self.0.iter().filter(|(name, _)| !left_out.contains(&name.as_str()));
        let mut text = String::new();
        write_object(kept.collect(), &mut text);
        text
    }

    fn first<T>(&self, names: &[&str], read: fn(&Value) -> Option<T>) -> Option<T> {
        names.iter().filter_map(|name| self.0.get(*name)).find_map(read)
    }
}

impl FromIterator<(String, Value)> for Values {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl From<serde_json::Map<String, Value>> for Values {
    fn from(map: serde_json::Map<String, Value>) -> Self {
        map.into_iter().collect()
    }
}

impl Debug for Values {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        // The names are ours, the values are what a caller said.
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

/// The text without surrounding space, unless it is empty or a placeholder such as `{{name}}` or "None".
pub fn said(text: &str) -> Option<&str> {
    let text = text.trim();
    let is_variable = text.starts_with("{{") && text.ends_with("}}");
    let says_nothing = text.is_empty() || SAYS_NOTHING.iter().any(|word| text.eq_ignore_ascii_case(word));
    (!is_variable && !says_nothing).then_some(text)
}

/// Yes or no as people and models write it.
pub fn truth(text: &str) -> Option<bool> {
    let text = text.trim();
    let is_one_of = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_one_of(SAYS_YES) {
        return Some(true);
    }
    if is_one_of(SAYS_NO) {
        return Some(false);
    }
    spoken(text)
}

/// A yes or a no with words round it that change nothing; with any other word it is neither, as in "ja, aber später".
fn spoken(text: &str) -> Option<bool> {
    if text.contains('?') {
        return None;
    }
    let folded = text.to_lowercase().replace('’', "'");
    let words = folded.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut words = words.skip_while(|word| OPENERS.contains(word));
    let first = words.next()?;
    let adds_nothing = |word: &str| ADDED.contains(&word);
    if YES.contains(&first) {
        return words.all(|word| YES.contains(&word) || adds_nothing(word)).then_some(true);
    }
    let is_no = NO.contains(&first) && words.all(|word| NO.contains(&word) || adds_nothing(word));
    is_no.then_some(false)
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => said(text).is_none(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => said(text).map(str::to_owned),
        Value::Number(number) => {
            Some(number_of(value).map_or_else(|| number.to_string(), |whole| whole.to_string()))
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn truth_of(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::String(text) => truth(text),
        Value::Number(_) => number_of(value).and_then(|number| truth(&number.to_string())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn number_of(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| whole(&number.to_string())),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// `2.0` is how some models write 2.
fn whole(number: &str) -> Option<i64> {
    number.strip_suffix(".0")?.parse().ok()
}

fn write_value(value: &Value, text: &mut String) {
    match value {
        Value::Object(map) => write_object(map.iter().collect(), text),
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                write_value(item, text);
            }
            text.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string());
        }
    }
}

fn write_object(mut entries: Vec<(&String, &Value)>, text: &mut String) {
    // Sorted here, since the order of serde_json's map depends on a feature any crate may switch on.
    entries.sort_unstable_by_key(|(name, _)| *name);
    text.push('{');
    for (place, (name, value)) in entries.into_iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        write_value(&Value::String(name.clone()), text);
        text.push(':');
        write_value(value, text);
    }
    text.push('}');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn values(of: Value) -> Values {
        serde_json::from_value::<serde_json::Map<String, Value>>(of).unwrap().into()
    }

    #[test]
    fn placeholders_say_nothing() {
        for nothing in ["", "  ", "{{name}}", " {{ user name }} ", "None", "null", "UNKNOWN", "undefined"] {
            assert_eq!(said(nothing), None, "{nothing}");
        }
        assert_eq!(said(" Zoë Müller "), Some("Zoë Müller"));
        assert_eq!(said("None of them"), Some("None of them"));
    }

    #[test]
    fn text_is_found_under_the_first_name_that_has_some() {
        let values =
            values(json!({"datum": "{{datum}}", "date": "morgen", "uhrzeit": 14, "halb": 14.5, "zwei": 2.0}));

        assert_eq!(values.text(&["datum", "date"]).as_deref(), Some("morgen"));
        assert_eq!(values.text(&["uhrzeit"]).as_deref(), Some("14"));
        assert_eq!(values.text(&["halb"]).as_deref(), Some("14.5"));
        assert_eq!(values.text(&["zwei"]).as_deref(), Some("2"));
        assert_eq!(values.text(&["datum", "name"]), None);
    }

    #[test]
    fn structures_and_truth_values_are_no_text() {
        let values = values(json!({"a": true, "b": [1], "c": {"d": 1}, "e": null}));

        for name in ["a", "b", "c", "e"] {
            assert_eq!(values.text(&[name]), None, "{name}");
        }
    }

    #[test]
    fn yes_and_no_are_understood_in_both_languages_and_as_digits() {
        for yes in [json!(true), json!("true"), json!(1), json!("1"), json!("yes"), json!("Ja"), json!(" y ")]
        {
            assert_eq!(values(json!({"b": yes})).truth(&["b"]), Some(true), "{yes}");
        }
        for no in [json!(false), json!("False"), json!(0), json!("0"), json!("no"), json!("nein"), json!("n")]
        {
            assert_eq!(values(json!({"b": no})).truth(&["b"]), Some(false), "{no}");
        }
        for neither in [json!(2), json!("vielleicht"), json!(null), json!([true]), json!("{{b}}"), json!(0.5)]
        {
            assert_eq!(values(json!({"b": neither})).truth(&["b"]), None, "{neither}");
        }
    }

    #[test]
    fn a_spoken_yes_counts_as_long_as_nothing_is_added_that_changes_it() {
        for yes in [
            "Ja, bitte",
            "ja gerne",
            "ja genau",
            "äh ja genau",
            "genau",
            "richtig",
            "passt",
            "Das passt.",
            "stimmt so",
            "jawohl",
            "okay",
            "in Ordnung",
            "Ja, das ist richtig.",
            "yes please",
            "that's right",
            "That’s right, thank you",
            "of course",
        ] {
            assert_eq!(truth(yes), Some(true), "{yes}");
        }
        for no in ["Nein, danke", "nee", "no thanks", "No, thank you."] {
            assert_eq!(truth(no), Some(false), "{no}");
        }
        for neither in [
            "ja, aber lieber um drei",
            "ja nicht",
            "das passt nicht",
            "nicht richtig",
            "nein, lieber 17 Uhr",
            "ja?",
            "ja nein",
            "nein, passt",
            "Dienstag",
            "that is not right",
            "das",
            "",
        ] {
            assert_eq!(truth(neither), None, "{neither}");
        }
    }

    #[test]
    fn numbers_may_be_written_as_text() {
        let values = values(json!({"a": 2, "b": "3", "c": 4.0, "d": 4.5, "e": "vier"}));

        assert_eq!(values.number(&["a"]), Some(2));
        assert_eq!(values.number(&["b"]), Some(3));
        assert_eq!(values.number(&["c"]), Some(4));
        assert_eq!(values.number(&["d"]), None);
        assert_eq!(values.number(&["e"]), None);
    }

    #[test]
    fn canonical_text_sorts_keys_at_every_depth() {
        let values =
            values(json!({"b": {"z": 1, "a": [true, null]}, "a": "x\"y", "execution_message": "gleich"}));

        let text = values.canonical_without(&["execution_message"]);

        assert_eq!(text, r#"{"a":"x\"y","b":{"a":[true,null],"z":1}}"#);
    }

    #[test]
    fn debug_shows_names_and_no_values() {
        let shown = format!("{:?}", values(json!({"name": "Zoë Müller"})));

        assert_eq!(shown, r#"{"name"}"#);
    }
}
