//! Params as a method takes them; where they do not fit, which one it is and what would, in plain words.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::failure::Failure;

/// What the types of this program are called by people who write JSON.
const IN_PLAIN_WORDS: [(&str, &str); 18] = [
    ("a map", "an object"),
    ("a sequence", "a list"),
    ("a boolean", "true or false"),
    ("a string", "a string"),
    ("a borrowed string", "a string"),
    ("a character", "a string of one character"),
    ("unit", "null"),
    ("i8", "a whole number"),
    ("i16", "a whole number"),
    ("i32", "a whole number"),
    ("i64", "a whole number"),
    ("isize", "a whole number"),
    ("u8", "a whole number from 0 to 255"),
    ("u16", "a whole number from 0 to 65535"),
    ("u32", "a whole number, 0 or more"),
    ("u64", "a whole number, 0 or more"),
    ("usize", "a whole number, 0 or more"),
    ("f64", "a number"),
];

/// Reads params; a refusal names the param.
pub(super) fn read<P: DeserializeOwned>(params: Value) -> Result<P, Failure> {
    serde_path_to_error::deserialize(params).map_err(|error| {
        let at = error.path().to_string();
        let place = if at == "." || at == "?" { "params".to_owned() } else { format!("params.{at}") };
        Failure::params(format!("{place}: {}", plain(&error.inner().to_string())))
    })
}

/// What is wrong with a value, without the words of the language this program is written in.
fn plain(words: &str) -> String {
    if let Some((_, expected)) = words.rsplit_once(", expected ")
        && (words.starts_with("invalid type: ") || words.starts_with("invalid value: "))
    {
        return format!("must be {}", named(expected));
    }
    if words.starts_with("UUID parsing failed") {
        return "must be an id, as the lists give it (a UUID)".to_owned();
    }
    // Whatever a reader of times complains about, this is what it takes.
    let is_of_serde =
        ["invalid ", "unknown ", "missing ", "duplicate "].iter().any(|start| words.starts_with(start));
    if !is_of_serde && ["parse", "component", "digit", "end of input"].iter().any(|part| words.contains(part))
    {
        return "must be a time, such as \"2026-10-20T14:30:00+02:00\"".to_owned();
    }
    words.to_owned()
}

fn named(expected: &str) -> String {
    let known = IN_PLAIN_WORDS.iter().find(|(theirs, _)| *theirs == expected);
    match known {
        Some((_, ours)) => (*ours).to_owned(),
        None if expected.starts_with("struct ") => "an object".to_owned(),
        None if expected.contains("enum ") => "one of its words".to_owned(),
        None => expected.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde::Deserialize;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read counts")]
    struct Asked {
        start: String,
        limit: Option<u64>,
        id: Option<Uuid>,
        from: Option<Timestamp>,
        is_old: Option<bool>,
        tags: Option<Vec<Inner>>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only whether it can be read counts")]
    struct Inner {
        number: i64,
    }

    fn problem(params: Value) -> String {
        read::<Asked>(params).unwrap_err().problem().to_owned()
    }

    #[test]
    fn a_param_of_the_wrong_kind_is_named_with_what_it_must_be() {
        let with = |field: &str, value: Value| {
            let mut params = json!({"start": "x"});
            params[field] = value;
            problem(params)
        };

        assert_eq!(with("start", json!({"x": [1]})), "params.start: must be a string");
        assert_eq!(with("limit", json!(-1)), "params.limit: must be a whole number, 0 or more");
        assert_eq!(with("limit", json!("5")), "params.limit: must be a whole number, 0 or more");
        assert_eq!(with("is_old", json!("yes")), "params.is_old: must be true or false");
        assert_eq!(with("tags", json!({})), "params.tags: must be a list");
        assert_eq!(
            with("tags", json!([{"number": 1}, {"number": "2"}])),
            "params.tags[1].number: must be a whole number"
        );
        assert_eq!(with("tags", json!([1])), "params.tags[0]: must be an object");
        assert_eq!(with("id", json!("x")), "params.id: must be an id, as the lists give it (a UUID)");
        for text in ["x", "gestern", "2026-10-20", "2026-13-20T00:00Z"] {
            let told = with("from", json!(text));
            assert_eq!(told, "params.from: must be a time, such as \"2026-10-20T14:30:00+02:00\"", "{text}");
        }
    }

    #[test]
    fn what_is_missing_or_too_much_is_named_as_well() {
        assert_eq!(problem(json!({})), "params: missing field `start`");
        assert!(problem(json!({"start": "x", "arguments": {}})).contains("unknown field `arguments`"));
    }
}
