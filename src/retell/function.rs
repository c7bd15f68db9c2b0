//! A function the voice agent calls: its name, the call it belongs to and its arguments.

use std::fmt::{self, Debug, Formatter};

use serde::de::MapAccess;
use serde_json::{Map, Value};

use super::call::Call;
use super::tolerant::{Shape, next_value};
use super::values::Values;
use super::webhook::{NotAWebhook, object};

/// Added to the arguments by the model's speech, not by the caller, so it tells no two requests apart.
const EXECUTION_MESSAGE: &str = "execution_message";

/// Names of arguments that hold the code of a booking.
pub const CODES: [&str; 3] = ["code", "buchungscode", "booking_code"];

/// What the agent passed to a function.
#[derive(Clone, PartialEq)]
pub enum Arguments {
    Read(Values),
    /// Neither an object nor a text holding one.
    Unreadable,
}

impl Arguments {
    /// The first of these names with a value, as text; numbers are written out, placeholders skipped.
    pub fn text(&self, names: &[&str]) -> Option<String> {
        self.values().and_then(|values| values.text(names))
    }

    /// The first of these names that says yes or no.
    pub fn truth(&self, names: &[&str]) -> Option<bool> {
        self.values().and_then(|values| values.truth(names))
    }

    /// The first of these names with a whole number, written as number or text.
    pub fn number(&self, names: &[&str]) -> Option<i64> {
        self.values().and_then(|values| values.number(names))
    }

    /// The same text for the same request, however its keys are ordered; for the idempotency key.
    pub fn canonical(&self) -> String {
        match self {
            Self::Read(values) => values.canonical_without(&[EXECUTION_MESSAGE]),
            Self::Unreadable => "unreadable".to_owned(),
        }
    }

    /// The same as it is kept: without what only the caller may know.
    pub fn for_the_books(&self) -> String {
        match self {
            Self::Read(values) => {
                let left_out: Vec<&str> = [EXECUTION_MESSAGE].into_iter().chain(CODES).collect();
                values.canonical_without(&left_out)
            }
            Self::Unreadable => self.canonical(),
        }
    }

    pub fn is_readable(&self) -> bool {
        self.values().is_some()
    }

    fn values(&self) -> Option<&Values> {
        match self {
            Self::Read(values) => Some(values),
            Self::Unreadable => None,
        }
    }

    /// An object, a text that holds one, or nothing; anything else cannot be read.
    pub fn from_json(json: Value) -> Self {
        match json {
            Value::Null => Self::Read(Values::default()),
            Value::Object(map) => Self::Read(map.into()),
            Value::String(text) if text.trim().is_empty() => Self::Read(Values::default()),
            Value::String(text) => match serde_json::from_str(&text) {
                Ok(Value::Object(map)) => Self::Read(map.into()),
                Ok(Value::Null) => Self::Read(Values::default()),
                Ok(_) | Err(_) => Self::Unreadable,
            },
            Value::Bool(_) | Value::Number(_) | Value::Array(_) => Self::Unreadable,
        }
    }
}

impl Default for Arguments {
    fn default() -> Self {
        Self::Read(Values::default())
    }
}

impl Debug for Arguments {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(values) => formatter.debug_tuple("Read").field(values).finish(),
            Self::Unreadable => formatter.write_str("Unreadable"),
        }
    }
}

/// One call of a function, in the present body shape or an older one, or its arguments alone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Invocation {
    pub name: Option<String>,
    pub call: Option<Call>,
    pub args: Arguments,
}

impl Invocation {
    /// Reads any JSON object; what it lacks is absent or empty.
    pub fn parse(body: &[u8]) -> Result<Self, NotAWebhook> {
        object(body)
    }

    /// The function's name without a version such as `_v17` at its end.
    pub fn base_name(&self) -> Option<&str> {
        self.name.as_deref().map(base_name)
    }

    /// The id under which Retell knows this invocation; `function` is the name it was called by.
    pub fn tool_call_id(&self, function: &str) -> Option<&str> {
        self.call.as_ref().and_then(|call| call.last_tool_call_id(function))
    }
}

/// The name without a version such as `_v17` at its end.
pub fn base_name(name: &str) -> &str {
    let is_version = |version: &str| !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    match name.rsplit_once("_v") {
        Some((base, version)) if !base.is_empty() && is_version(version) => base,
        Some(_) | None => name,
    }
}

impl Shape for Option<Invocation> {
    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut invocation = Invocation::default();
        let mut args = None;
        let mut rest = Map::new();
        let mut has_call = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "call" => {
                    has_call = true;
                    invocation.call = next_value(&mut map)?;
                }
                "args" | "arguments" | "parameters" => args = Some(map.next_value::<Value>()?),
                _ => drop(rest.insert(key, map.next_value()?)),
            }
        }
        let name = rest.get("name").or_else(|| rest.get("function_name"));
        invocation.name = name.and_then(Value::as_str).map(str::to_owned).filter(|name| !name.is_empty());
        let is_envelope = has_call || args.is_some() || rest.len() <= usize::from(name.is_some());
        invocation.args = if is_envelope {
            args.map_or_else(Arguments::default, Arguments::from_json)
        } else {
            // In this mode of Retell's the body is the arguments, and a `name` in it is a person's.
            invocation.name = None;
            Arguments::Read(rest.into())
        };
        Ok(Some(invocation))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::retell::samples;

    fn invocation(of: &Value) -> Invocation {
        Invocation::parse(of.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_check_of_availability_is_read_with_its_call_and_arguments() {
        let invocation = Invocation::parse(samples::CHECK.as_bytes()).unwrap();

        assert_eq!(invocation.base_name(), Some("check_availability"));
        assert_eq!(invocation.tool_call_id("check_availability"), Some("tool_call_3d5cd1"));
        assert_eq!(invocation.args.text(&["datum", "date"]).as_deref(), Some("2026-11-24"));
        assert_eq!(
            invocation.args.canonical(),
            r#"{"date":"2026-11-24","part_of_day":"morning","service":"cleaning"}"#
        );
        let call = invocation.call.unwrap();
        assert_eq!(call.call_id.as_deref(), Some("call_5a1e2b3c4d5e6f708192a3b4c5d"));
        assert_eq!(call.our_number(), Some("+12025550198"));
    }

    #[test]
    fn the_second_function_of_a_call_has_its_own_id() {
        let invocation = Invocation::parse(samples::COLLECT.as_bytes()).unwrap();

        assert_eq!(invocation.tool_call_id("collect_appointment"), Some("tool_call_a81f20"));
        assert_eq!(invocation.tool_call_id("check_availability"), None);
        assert_eq!(invocation.args.text(&["customer_name"]).as_deref(), Some("Zoë Müller"));
    }

    #[test]
    fn a_body_of_arguments_alone_has_no_call() {
        let invocation = Invocation::parse(samples::ARGS_ONLY.as_bytes()).unwrap();

        assert_eq!(invocation.name, None);
        assert_eq!(invocation.call, None);
        assert_eq!(invocation.args.text(&["part_of_day"]).as_deref(), Some("morning"));
    }

    #[test]
    fn in_a_body_of_arguments_alone_the_name_is_the_callers() {
        let invocation = invocation(&json!({"name": "Erika Beispiel", "datum": "morgen"}));

        assert_eq!(invocation.name, None);
        assert_eq!(invocation.args.text(&["name"]).as_deref(), Some("Erika Beispiel"));
    }

    #[test]
    fn the_older_field_names_are_understood() {
        let invocation = invocation(&json!({
            "function_name": "collect_appointment_v17", "parameters": {"datum": "morgen"}, "call": {}
        }));

        assert_eq!(invocation.base_name(), Some("collect_appointment"));
        assert_eq!(invocation.args.text(&["datum"]).as_deref(), Some("morgen"));
    }

    #[test]
    fn arguments_may_be_an_object_or_a_text_holding_one() {
        let args = |args: Value| invocation(&json!({"name": "f", "args": args})).args;
        let expected = args(json!({"datum": "morgen"}));

        assert_eq!(args(json!("{\"datum\":\"morgen\"}")), expected);
        for empty in [json!(null), json!({}), json!(""), json!("null"), json!("{}")] {
            assert_eq!(args(empty.clone()), Arguments::default(), "{empty}");
        }
        for unreadable in [json!([1]), json!(7), json!(true), json!("morgen"), json!("[1]")] {
            assert_eq!(args(unreadable.clone()), Arguments::Unreadable, "{unreadable}");
        }
        assert_eq!(invocation(&json!({"name": "list_services"})).args, Arguments::default());
        assert_eq!(invocation(&json!({"name": "list_services"})).name.as_deref(), Some("list_services"));
    }

    #[test]
    fn only_a_version_is_cut_from_a_name() {
        assert_eq!(base_name("book_v2"), "book");
        assert_eq!(base_name("book_via_v12"), "book_via");
        for whole in ["book", "book_v", "book_version", "_v3", "book_v2a"] {
            assert_eq!(base_name(whole), whole);
        }
    }

    #[test]
    fn the_spoken_filler_changes_nothing_about_a_request() {
        let args = |filler: &str| {
            let body = json!({"name": "f", "args": {"b": 1, "a": 2, "execution_message": filler}});
            invocation(&body).args.canonical()
        };

        assert_eq!(args("Einen Moment"), args("Ich schaue nach"));
        assert_eq!(Arguments::Unreadable.canonical(), "unreadable");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(body in any::<Vec<u8>>()) {
            drop(Invocation::parse(&body));
        }

        #[test]
        fn the_order_of_keys_changes_nothing(entries in prop::collection::btree_map("[a-z]{1,4}", any::<i32>(), 1..6)) {
            let write = |entries: Vec<(&String, &i32)>| {
                let body: Vec<String> = entries.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
                let body = format!("{{\"args\":{{{}}}}}", body.join(","));
                Invocation::parse(body.as_bytes()).unwrap().args.canonical()
            };
            prop_assert_eq!(write(entries.iter().collect()), write(entries.iter().rev().collect()));
        }
    }
}
