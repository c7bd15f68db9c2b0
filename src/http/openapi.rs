//! The description of all that can be asked over HTTP (OpenAPI 3.1): the administrators' side from the code, the vendors'
//! side, which is fixed by contract, from a file.

use serde_json::{Map, Value, json};
use utoipa::OpenApi as _;

use super::{admin, analytics, audit, companies, events, messages, people, privacy, reception};

/// Retell's doors, health and what all answers share.
const FIXED: &str = include_str!("openapi.json");
const ADMIN: &str = "/api/admin/v1/";

/// The document as it is served and printed: the same bytes each time.
pub fn text() -> String {
    let document = serde_json::to_string_pretty(&document());
    // What was put together from JSON can be written as JSON.
    document.unwrap_or_default() + "\n"
}

fn document() -> Value {
    let mut document: Value = serde_json::from_str(FIXED).unwrap_or_default();
    set(&mut document["info"], "version", json!(super::VERSION));
    let parts = [
        admin::Document::openapi(),
        analytics::Document::openapi(),
        audit::Document::openapi(),
        companies::Document::openapi(),
        events::Document::openapi(),
        messages::Document::openapi(),
        people::Document::openapi(),
        privacy::Document::openapi(),
        reception::Document::openapi(),
    ];
    for part in parts {
        let part = serde_json::to_value(part).unwrap_or_default();
        lay(&mut document["paths"], &part["paths"]);
        lay(&mut document["components"]["schemas"], &part["components"]["schemas"]);
    }
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (_, item) in paths.filter(|(path, _)| path.starts_with(ADMIN)) {
        let operations = item.as_object_mut().into_iter().flatten();
        operations.for_each(|(_, operation)| guard(operation));
    }
    document
}

/// What holds for every question of an administrator: a token or a session, and refusals as problem documents.
fn guard(operation: &mut Value) {
    set(operation, "security", json!([{"token": []}, {"session": []}]));
    set(operation, "tags", json!(["administration"]));
    // What is answered is what was asked for; the summary says it.
    let summary = operation["summary"].clone();
    for (_, answer) in operation["responses"].as_object_mut().into_iter().flatten() {
        let is_told = answer["description"].as_str().is_some_and(|words| !words.is_empty());
        if !is_told {
            set(answer, "description", summary.clone());
        }
    }
    let refusals = [
        ("400", "BadRequest"),
        ("401", "NoToken"),
        ("403", "Forbidden"),
        ("404", "NotFound"),
        ("429", "TooOften"),
        ("503", "NoAnswer"),
    ];
    for (status, name) in refusals {
        let refusal = json!({"$ref": format!("#/components/responses/{name}")});
        set(&mut operation["responses"], status, refusal);
    }
}

fn set(object: &mut Value, key: &str, value: Value) {
    if !object.is_object() {
        *object = Value::Object(Map::new());
    }
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}

fn lay(base: &mut Value, over: &Value) {
    for (key, value) in over.as_object().into_iter().flatten() {
        set(base, key, value.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::answer::Status;

    #[test]
    fn every_reference_within_the_document_leads_somewhere() {
        let document = document();
        let text = document.to_string();

        for part in text.split("\"$ref\":\"#").skip(1) {
            let pointer = part.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }

    #[test]
    fn every_status_a_function_may_answer_is_described() {
        let described = document()["components"]["schemas"]["Status"]["enum"].clone();

        let all: Vec<&str> = Status::ALL.iter().map(|status| status.as_str()).collect();

        assert_eq!(described, json!(all));
    }

    #[test]
    fn no_operation_is_without_a_summary_and_an_answer() {
        for (path, item) in document()["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                assert!(
                    operation["summary"].as_str().is_some_and(|words| !words.is_empty()),
                    "{method} {path}"
                );
                assert!(
                    operation["responses"].as_object().is_some_and(|all| !all.is_empty()),
                    "{method} {path}"
                );
            }
        }
    }
}
