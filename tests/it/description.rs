//! The description of the interface: sound in itself, true of the routes that are there and of what they answer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fernamt::http::openapi;
use serde_json::{Map, Value, json};

use super::house::{CALLER, House, Setup};
use super::process::run;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

fn document() -> Value {
    serde_json::from_str(&openapi::text()).unwrap()
}

fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, item)| {
        let operations = item.as_object().unwrap().iter();
        operations.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

#[test]
fn the_document_is_openapi_and_its_schemas_are_json_schema() {
    let document = document();

    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        assert!(path.starts_with('/') && !path.ends_with('/'), "{path}");
        assert!(
            ids.insert(operation["operationId"].as_str().unwrap()),
            "{method} {path}: the id is there twice"
        );
        let named = path.split('{').skip(1).map(|part| part.split('}').next().unwrap());
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        for name in named {
            let is_it = |one: &&Value| one["name"] == name && one["in"] == "path" && one["required"] == true;
            assert_eq!(parameters.iter().filter(is_it).count(), 1, "{method} {path}: {name}");
        }
        for (status, answer) in operation["responses"].as_object().unwrap() {
            assert!(
                status.parse::<u16>().is_ok_and(|status| (200..600).contains(&status)),
                "{path}: {status}"
            );
            assert!(
                answer["$ref"].is_string() || answer["description"].is_string(),
                "{method} {path} {status}"
            );
        }
        for scheme in
            operation["security"].as_array().unwrap().iter().flat_map(|one| one.as_object().unwrap())
        {
            assert!(document["components"]["securitySchemes"][scheme.0].is_object(), "{method} {path}");
        }
    }
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        jsonschema::draft202012::meta::validate(schema).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
    }
}

#[test]
fn the_command_prints_what_the_route_answers() {
    let folder = tempfile::tempdir().unwrap();

    let (code, printed) = run(folder.path(), &["openapi"]);

    assert_eq!((code, printed), (0, openapi::text()));
}

#[actix_rt::test]
async fn what_is_described_is_there_and_nothing_else() {
    let house = House::open(Setup::default()).await;
    let document = document();
    let mut described: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (path, method, _) in operations(&document) {
        described.entry(path.to_owned()).or_default().insert(method);
    }

    for (path, methods) in &described {
        let asked = path.replace("{file}", "start.js").replace("{id}", "none").replace("{slug}", "mitte");
        for method in METHODS {
            let url = format!("{}{asked}", house.app.url());
            let name = method.to_uppercase().parse().unwrap();
            let answer = house.http.request(name, url).body("{}").send().await.unwrap();
            let status = answer.status().as_u16();
            let text = answer.text().await.unwrap();
            let nothing =
                status == 405 || (status == 404 && (text.is_empty() || text.contains("there is nothing at")));
            assert_eq!(!nothing, methods.contains(method), "{method} {path}: {status} {text}");
        }
    }
    let hung = hung_in(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert!(hung.len() > 15, "the search finds the routes: {hung:?}");
    for path in hung {
        let functions = path.strip_suffix("/{function}");
        let is_described = match functions {
            Some(folder) => described.keys().any(|known| known.starts_with(folder)),
            None => described.contains_key(&path),
        };
        assert!(is_described, "{path} answers and is not described");
    }
}

/// The paths that stand in the code, as `resource("/…")` or in the list that a loop hangs.
fn hung_in(root: &Path) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for entry in std::fs::read_dir(root.join("src/http")).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        let scope = text.split("scope(\"").nth(1).map_or("", |rest| rest.split('"').next().unwrap());
        for part in text.split("resource(\"").skip(1) {
            paths.insert(format!("{scope}{}", part.split('"').next().unwrap()));
        }
    }
    paths
}

#[actix_rt::test]
async fn real_answers_are_as_described() {
    let house = House::open(Setup::default()).await;
    let (call, booking) = house.booked().await;
    let missed = house.ring();
    drop(missed);
    let created = json!({"email": "anna@beispiel.example", "role": "platform_admin", "password": "sehr geheim und lang"});
    let url = format!("{}/api/admin/v1/users", house.app.url());
    let made = house.http.post(url).bearer_auth(&house.token).json(&created).send().await.unwrap();
    assert_eq!(made.status(), 201, "{}", made.text().await.unwrap());
    house.ring().invoke("request_callback", json!({"grund": "Frage"})).await;
    let callback = house.callbacks().await[0]["id"].as_str().unwrap().to_owned();
    let deliveries = house.get("deliveries").await;
    let delivery = deliveries["items"][0]["id"].as_str().unwrap().to_owned();
    let post = async |what: &str, asked: Value| {
        let url = format!("{}/api/admin/v1/{what}", house.app.url());
        let answer = house.http.post(url).bearer_auth(&house.token).json(&asked).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let nobody = json!({"company": "salon-a", "phone": "030 99999999"});
    let erasure = post("erasures", nobody).await.1["id"].as_str().unwrap().to_owned();
    let document = document();
    let her = json!({"company": "salon-a", "phone": CALLER});
    let preview = json!({"company": "salon-a", "phone": CALLER, "preview": true});
    for (what, asked) in [("exports", her), ("erasures", preview)] {
        let operation = &document["paths"][format!("/api/admin/v1/{what}")]["post"];
        let (status, answer) = post(what, asked).await;
        assert_eq!(status, 200, "{what}: {answer}");
        fits(
            &document,
            &operation["responses"]["200"]["content"]["application/json"]["schema"],
            &answer,
            what,
        );
    }

    let mut validated = 0;
    for (path, method, operation) in operations(&document) {
        let id = match path {
            path if path.contains("bookings") => booking["id"].as_str().unwrap(),
            path if path.contains("deliveries") => delivery.as_str(),
            path if path.contains("erasures") => erasure.as_str(),
            path if path.contains("callbacks") => callback.as_str(),
            _ => call.id(),
        };
        // A company's slug stands in the path itself; a branch's needs it beside.
        let is_of_company = path.contains("companies/{slug}");
        let slug = if is_of_company { "salon-a" } else { "mitte" };
        let asked = path.replace("{id}", id).replace("{slug}", slug).replace("{name}", "list_services");
        let query = if path.contains("{slug}") && !is_of_company { "?company=salon-a" } else { "" };
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        if method != "get" || schema.is_null() {
            continue;
        }
        let url = format!("{}{asked}{query}", house.app.url());
        let answer = house.http.get(url).bearer_auth(&house.token).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let answer: Value = answer.json().await.unwrap();
        validated += 1;
        fits(&document, schema, &answer, path);
    }
    assert!(validated >= 12, "{validated}");
    let refused = house.http.get(format!("{}/api/admin/v1/calls", house.app.url())).send().await.unwrap();
    fits(&document, &json!({"$ref": "#/components/schemas/Problem"}), &refused.json().await.unwrap(), "401");
}

#[actix_rt::test]
async fn what_functions_answer_is_as_described() {
    let house = House::open(Setup::default()).await;
    let document = document();
    let mut call = house.ring();
    let asked = [
        ("list_services", json!({})),
        ("check_availability", json!({"datum": "Dienstag", "dienstleistung": "Haarschnitt"})),
        (
            "check_availability",
            json!({"datum": "2026-10-20", "uhrzeit": "14:30", "dienstleistung": "Haarschnitt"}),
        ),
        (
            "check_availability",
            json!({"datum": "2026-10-18", "uhrzeit": "14:30", "dienstleistung": "Haarschnitt"}),
        ),
        ("check_availability", json!({"dienstleistung": "Dauerwelle"})),
        (
            "collect_appointment",
            json!({"datum": "2026-10-20", "uhrzeit": "14:30", "dienstleistung": "Haarschnitt"}),
        ),
        ("collect_appointment", json!({"name": "Erika Beispiel"})),
        ("collect_appointment", json!({"bestaetigung": true})),
        ("change_appointment", json!({"neues_datum": "2026-10-22", "neue_uhrzeit": "10:00"})),
        ("cancel_appointment", json!({"name": "Max Mustermann"})),
        ("opening_hours", json!({"datum": "Samstag"})),
        ("collect_appointment", json!({"notiz": "Notfall"})),
        ("request_callback", json!({"grund": "Frage", "wunschzeit": "morgen"})),
    ];
    let mut seen = BTreeSet::new();
    for (function, arguments) in asked {
        let path = format!("/api/mcp/gateway/retell/functions/{function}");
        let operation = &document["paths"][&path]["post"];
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        fits(&document, body, &json!({"name": function, "call": {"call_id": "x"}, "args": arguments}), &path);

        let answer = call.invoke(function, arguments).await;

        seen.insert(answer.body["status"].as_str().unwrap().to_owned());
        fits(
            &document,
            &operation["responses"]["200"]["content"]["application/json"]["schema"],
            &answer.body,
            &path,
        );
    }
    assert!(seen.len() >= 6, "{seen:?}");
}

#[actix_rt::test]
async fn the_page_for_people_asks_nobody_but_this_server() {
    let house = House::open(Setup::default()).await;
    let get = async |path: &str| {
        let answer = house.http.get(format!("{}{path}", house.app.url())).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer
    };
    let page = get("/docs").await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let html = page.text().await.unwrap();

    assert!(policy.starts_with("default-src 'none'") && !policy.contains("http"), "{policy}");
    assert!(!html.contains("http://") && !html.contains("https://") && !html.contains("//cdn"), "{html}");
    let named = html.split(['"']).filter(|part| part.starts_with("/docs/") || *part == "/openapi.json");
    let named: Vec<&str> = named.collect();
    assert_eq!(named.len(), 4, "{named:?}");
    for path in named {
        assert!(!get(path).await.bytes().await.unwrap().is_empty(), "{path}");
    }
    assert_eq!(get("/openapi.json").await.text().await.unwrap(), openapi::text());
}

/// The answer fits its schema, and holds nothing that is not described.
fn fits(document: &Value, schema: &Value, answer: &Value, place: &str) {
    let mut components = document["components"].clone();
    let schemas = components["schemas"].as_object_mut().unwrap();
    // What is a part of another is closed by the whole.
    let parts: Vec<String> = schemas
        .values()
        .filter_map(|schema| schema["allOf"].as_array())
        .flatten()
        .filter_map(|part| part["$ref"].as_str()?.rsplit('/').next().map(str::to_owned))
        .collect();
    for (name, schema) in schemas {
        if schema["allOf"].is_array() {
            schema["unevaluatedProperties"] = json!(false);
        } else if !parts.contains(name) {
            close(schema);
        }
    }
    let whole = json!({"allOf": [schema], "components": components});
    let validator = jsonschema::draft202012::new(&whole).unwrap();
    let wrong: Vec<String> =
        validator.iter_errors(answer).map(|wrong| format!("{}: {wrong}", wrong.instance_path())).collect();
    assert!(wrong.is_empty(), "{place}: {wrong:#?}\n{answer:#}");
}

/// Nothing beyond the described fields, where the schema does not say otherwise.
fn close(schema: &mut Value) {
    if let Some(several) = schema.get_mut("anyOf").and_then(Value::as_array_mut) {
        several.iter_mut().for_each(close);
    }
    let Some(fields) = schema.as_object_mut() else { return };
    let has_fields =
        fields.get("properties").is_some_and(|fields| fields.as_object().is_some_and(|f| !Map::is_empty(f)));
    if has_fields && !fields.contains_key("additionalProperties") {
        fields.insert("additionalProperties".into(), json!(false));
    }
}
