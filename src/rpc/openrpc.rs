//! The gateway described (`OpenRPC` 1.3.2, <https://spec.open-rpc.org>), from the table and the types in it.

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Value, json};

use super::failure::Code;
use super::table::{Method, table};
use crate::operations::Role;

const OPENRPC: &str = "1.3.2";
/// Where the gateway is, on whatever host it is reached at.
const PATH: &str = "/api/mcp/gateway/";

static FOR_PEOPLE: LazyLock<Value> = LazyLock::new(|| written(Role::PlatformAdmin));
static FOR_STAFF: LazyLock<Value> = LazyLock::new(|| written(Role::Staff));
static FOR_AGENTS: LazyLock<Value> = LazyLock::new(|| written(Role::Agent));

/// What somebody in that role may ask: the same each time.
pub fn document(role: Role) -> &'static Value {
    match role {
        Role::Agent => &FOR_AGENTS,
        Role::Staff => &FOR_STAFF,
        Role::PlatformAdmin | Role::Agency | Role::CompanyAdmin => &FOR_PEOPLE,
    }
}

/// All of it as it is printed.
pub fn text() -> String {
    // What was put together from JSON can be written as JSON.
    serde_json::to_string_pretty(&*FOR_PEOPLE).unwrap_or_default() + "\n"
}

/// Schemas of what is taken, each complete in itself.
pub fn reading() -> SchemaGenerator {
    SchemaSettings::draft07()
        .with(|settings| settings.inline_subschemas = true)
        .for_deserialize()
        .into_generator()
}

/// Schemas of what is given, each complete in itself.
pub fn writing() -> SchemaGenerator {
    SchemaSettings::draft07()
        .with(|settings| settings.inline_subschemas = true)
        .for_serialize()
        .into_generator()
}

fn written(role: Role) -> Value {
    let mut takes = reading();
    let in_components =
        |settings: &mut SchemaSettings| settings.definitions_path = "/components/schemas".into();
    let mut gives = SchemaSettings::draft07().with(in_components).for_serialize().into_generator();
    let methods = table().methods().iter().filter(|method| method.is_for(role));
    let methods: Vec<Value> = methods.map(|method| described(method, &mut takes, &mut gives)).collect();
    json!({
        "openrpc": OPENRPC,
        "info": {
            "title": "Fernamt gateway",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "JSON-RPC 2.0 over POST, with a bearer token. Params are taken by name. The last part of a name may also follow an underscore form (retell_config.getWebhook).",
        },
        "servers": [{"name": "this server", "url": PATH}],
        "methods": methods,
        "components": {"schemas": gives.take_definitions(true), "errors": errors()},
    })
}

fn described(method: &Method, takes: &mut SchemaGenerator, gives: &mut SchemaGenerator) -> Value {
    json!({
        "name": method.name,
        "summary": method.summary,
        "paramStructure": "by-name",
        "params": params(&method.params_schema(takes)),
        "result": {"name": "result", "schema": method.result_schema(gives)},
        "errors": Code::ALL.into_iter().filter(|code| is_of_methods(*code)).map(reference).collect::<Vec<_>>(),
        "x-effect": {
            "reads_only": method.effect.reads_only,
            "destroys": method.effect.destroys,
            "idempotent": method.effect.is_idempotent,
        },
    })
}

/// Each param by itself, those that are needed first.
fn params(schema: &Schema) -> Vec<Value> {
    let is_required = |name: &str| {
        let required = schema.get("required").and_then(Value::as_array);
        required.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(name)))
    };
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let mut params: Vec<Value> = properties
        .map(|(name, schema)| {
            let mut param = json!({"name": name, "required": is_required(name), "schema": schema});
            if let Some(description) = schema.get("description") {
                param["description"] = description.clone();
            }
            param
        })
        .collect();
    params.sort_by_key(|param| param["required"] != true);
    params
}

/// Errors that a method may answer; the others are met before one is reached.
fn is_of_methods(code: Code) -> bool {
    match code {
        Code::Parse | Code::InvalidRequest | Code::MethodNotFound => false,
        Code::InvalidParams
        | Code::Internal
        | Code::Forbidden
        | Code::NotFound
        | Code::Conflict
        | Code::Gone
        | Code::NoAnswer => true,
    }
}

fn reference(code: Code) -> Value {
    json!({"$ref": format!("#/components/errors/{}", code.as_str())})
}

fn errors() -> Value {
    let all = Code::ALL.into_iter().map(|code| {
        let data = json!({"type": code.as_str(), "problem": meaning(code)});
        let object = json!({"code": code.number(), "message": code.message(), "data": data});
        (code.as_str().to_owned(), object)
    });
    Value::Object(all.collect())
}

/// What a code means, for who writes a client.
fn meaning(code: Code) -> &'static str {
    match code {
        Code::Parse => "the body is no JSON",
        Code::InvalidRequest => "it is JSON, but no request or batch",
        Code::MethodNotFound => "no method has this name; the problem names one that is near",
        Code::InvalidParams => "the params do not fit the method; the problem says which and why",
        Code::Internal => "something failed here, and was logged",
        Code::Forbidden => "the token's role does not allow this",
        Code::NotFound => "there is no such thing, or not in the companies of the token",
        Code::Conflict => "it cannot be done as things are; the problem says what stands in the way",
        Code::Gone => "it was there and is not kept any more",
        Code::NoAnswer => {
            "who was asked did not answer in time; retry_after says when to ask again, in seconds"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_within_the_document_leads_somewhere() {
        for role in [Role::PlatformAdmin, Role::Staff, Role::Agent] {
            let document = document(role);
            let text = document.to_string();

            for part in text.split("\"$ref\":\"#").skip(1) {
                let pointer = part.split('"').next().unwrap();
                assert!(document.pointer(pointer).is_some(), "{pointer}");
            }
        }
    }

    #[test]
    fn every_method_takes_an_object_of_described_params() {
        let mut bare = Vec::new();
        for method in table().methods() {
            let schema = method.params_schema(&mut reading());

            assert_eq!(schema.get("type"), Some(&json!("object")), "{}", method.name);
            let params = params(&schema).into_iter().filter(|param| param["description"].is_null());
            bare.extend(params.map(|param| format!("{} {}", method.name, param["name"])));
        }
        assert_eq!(bare, Vec::<String>::new(), "each says what it is");
    }

    #[test]
    fn a_voice_agent_is_shown_its_functions_alone() {
        let names = |role| -> Vec<&'static str> {
            let methods = document(role)["methods"].as_array().unwrap().iter();
            methods.map(|method| method["name"].as_str().unwrap()).collect()
        };

        let foreign = |name: &&str| !name.starts_with("retell.functions.") && *name != "rpc.discover";
        assert_eq!(names(Role::Agent).into_iter().find(foreign), None);
        assert!(names(Role::Staff).contains(&"branch.list"));
        for closed in ["retell.importCalls", "webhook.replay", "branch.readiness", "retell.config.getWebhook"]
        {
            assert!(!names(Role::Staff).contains(&closed) && names(Role::CompanyAdmin).contains(&closed));
        }
    }
}
