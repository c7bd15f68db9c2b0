//! The specification's own examples (section 7), and what it says beside them.

use serde_json::{Value, json};

use super::*;

/// The methods of the specification's examples.
fn example(method: &str, params: Option<Value>) -> Result<Value, Failure> {
    let params = params.unwrap_or_default();
    let number = |at: usize, name: &str| {
        params.get(at).or_else(|| params.get(name)).and_then(Value::as_i64).unwrap_or_default()
    };
    match method {
        "subtract" => Ok(json!(number(0, "minuend") - number(1, "subtrahend"))),
        "sum" => Ok(json!(params.as_array().unwrap().iter().filter_map(Value::as_i64).sum::<i64>())),
        "get_data" => Ok(json!(["hello", 5])),
        "update" | "notify_hello" | "notify_sum" => Ok(Value::Null),
        _ => Err(Failure::new(Code::MethodNotFound, "there is no such method")),
    }
}

async fn written(body: &str) -> Option<String> {
    let reply = answer(Letter::read(body.as_bytes()), async |method, params| example(method, params)).await;
    reply.map(|reply| serde_json::to_string(&reply).unwrap())
}

async fn said(body: &str) -> Option<Value> {
    written(body).await.map(|text| serde_json::from_str(&text).unwrap())
}

/// The answer as the specification shows it, which leaves out what an error carries beside its code: each says what is wrong.
fn without_data(mut answer: Value) -> Value {
    let each = if answer.is_array() {
        answer.as_array_mut().into_iter().flatten().collect()
    } else {
        vec![&mut answer]
    };
    for answer in each {
        if let Some(error) = answer.get_mut("error").and_then(Value::as_object_mut) {
            let data = error.remove("data").unwrap();
            assert!(data["type"].is_string() && !data["problem"].as_str().unwrap().is_empty(), "{data}");
        }
    }
    answer
}

#[actix_rt::test]
async fn every_example_of_the_specification_is_answered_as_it_says() {
    let examples = include_str!("examples.txt");

    let mut shown = 0;
    for example in examples.split("\n\n") {
        let (sent, answered) = example.trim().split_once("\n<--").unwrap();
        let sent = sent.strip_prefix("-->").unwrap();
        let expected = if answered.trim().is_empty() {
            None
        } else {
            Some(serde_json::from_str::<Value>(answered).unwrap())
        };
        assert_eq!(said(sent).await.map(without_data), expected, "{sent}");
        shown += 1;
    }
    assert_eq!(shown, 15);
}

#[actix_rt::test]
async fn an_id_comes_back_as_it_was_sent() {
    let large = ["123456789012345678901234567890", "1e400", "0.1000000000000000055511151231257827"];
    for id in
        ["null", "0", "-7", "1.5", "18446744073709551615", r#""""#, r#""a\u00e4""#].into_iter().chain(large)
    {
        let sent = format!(r#"{{"jsonrpc": "2.0", "method": "get_data", "id": {id}}}"#);

        let answer = written(&sent).await.unwrap();

        assert_eq!(answer, format!(r#"{{"jsonrpc":"2.0","id":{id},"result":["hello",5]}}"#));
    }
}

#[actix_rt::test]
async fn what_is_no_request_is_told_so_under_its_id_where_that_could_be_read() {
    let refused = |id: Value| json!({"jsonrpc": "2.0", "id": id, "error": {"code": -32600, "message": "Invalid Request"}});
    let cases = [
        (r#"{"method": "get_data", "id": 1}"#, json!(1)),
        (r#"{"jsonrpc": "1.0", "method": "get_data", "id": 1}"#, json!(1)),
        (r#"{"jsonrpc": 2.0, "method": "get_data", "id": "x"}"#, json!("x")),
        (r#"{"jsonrpc": "2.0", "id": 1}"#, json!(1)),
        (r#"{"jsonrpc": "2.0", "method": "get_data", "params": null, "id": 1}"#, json!(1)),
        (r#"{"jsonrpc": "2.0", "method": "get_data", "params": "bar", "id": 1}"#, json!(1)),
        (r#"{"jsonrpc": "2.0", "method": "get_data", "id": true}"#, Value::Null),
        (r#"{"jsonrpc": "2.0", "method": "get_data", "id": [1]}"#, Value::Null),
        (r#"{"jsonrpc": "2.0", "method": "get_data", "id": {}}"#, Value::Null),
        ("1", Value::Null),
        ("null", Value::Null),
        (r#""x""#, Value::Null),
    ];
    for (sent, id) in cases {
        assert_eq!(said(sent).await.map(without_data), Some(refused(id)), "{sent}");
    }
}

#[actix_rt::test]
async fn what_is_no_json_at_all_is_a_parse_error() {
    for sent in ["", "{", "\u{0}", "{} {}", "[1,]", "[".repeat(100_000).as_str()] {
        let answer = said(sent).await.unwrap();

        assert_eq!((&answer["error"]["code"], &answer["id"]), (&json!(-32700), &Value::Null), "{sent}");
    }
}

#[actix_rt::test]
async fn what_is_nested_too_deeply_is_no_request_and_says_so_under_its_id() {
    let deep = "[".repeat(50_000) + &"]".repeat(50_000);
    let sent = format!(r#"{{"jsonrpc": "2.0", "method": "sum", "params": {deep}, "id": 4}}"#);

    let refused = said(&sent).await.unwrap();
    let alone = said(&deep).await.unwrap();

    assert_eq!((&refused["error"]["code"], &refused["id"]), (&json!(-32600), &json!(4)));
    assert!(refused["error"]["data"]["problem"].as_str().unwrap().contains("nested"), "{refused}");
    assert_eq!(alone[0]["error"]["code"], -32600);
}

#[actix_rt::test]
async fn a_request_that_leaves_out_a_part_is_told_which() {
    for (sent, part) in [
        (r#"{"method":"get_data","id":1}"#, "jsonrpc must be"),
        (r#"{"jsonrpc":"2.0","id":1}"#, "method must be"),
        (r#"{"jsonrpc":"2.0","method":"get_data","params":3,"id":1}"#, "params must be"),
        (r#"{"jsonrpc":"2.0","method":"get_data","id":{}}"#, "id must be"),
    ] {
        let refused = said(sent).await.unwrap();

        assert!(refused["error"]["data"]["problem"].as_str().unwrap().starts_with(part), "{refused}");
    }
}

#[actix_rt::test]
async fn a_batch_beyond_the_bound_is_refused_as_a_whole_and_says_how_many_there_may_be() {
    let one = json!({"jsonrpc": "2.0", "method": "get_data", "id": 1});
    let full = Value::Array(vec![one.clone(); BATCH_MAX]).to_string();
    let over = Value::Array(vec![one; BATCH_MAX + 1]).to_string();

    assert_eq!(said(&full).await.unwrap().as_array().unwrap().len(), BATCH_MAX);
    let refused = said(&over).await.unwrap();
    assert_eq!(refused["error"]["code"], -32600);
    assert!(refused["error"]["data"]["problem"].as_str().unwrap().contains(&BATCH_MAX.to_string()));
}

#[actix_rt::test]
async fn a_notification_is_done_and_never_answered_whatever_comes_of_it() {
    let done = std::cell::RefCell::new(Vec::new());
    let call = async |method: &str, _: Option<Value>| {
        done.borrow_mut().push(method.to_owned());
        Err(Failure::internal())
    };

    let one = answer(Letter::read(br#"{"jsonrpc": "2.0", "method": "a"}"#), call).await;
    let two = r#"[{"jsonrpc": "2.0", "method": "b"}, {"jsonrpc": "2.0", "method": "c", "params": {}}]"#;
    let batch = answer(Letter::read(two.as_bytes()), call).await;

    assert!(one.is_none() && batch.is_none());
    assert_eq!(*done.borrow(), ["a", "b", "c"]);
}
