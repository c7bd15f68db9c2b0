//! Bodies with less in them than came: without links to recordings, or without anything that was said.

use serde_json::Value;

/// Links under which a recording can be heard, or a log with all that was said be read.
const LINKS: [&str; 5] = [
    "recording_url",
    "recording_multi_channel_url",
    "scrubbed_recording_url",
    "scrubbed_recording_multi_channel_url",
    "public_log_url",
];
/// What was said, word for word or retold.
const WORDS: [&str; 7] = [
    "transcript",
    "transcript_object",
    "transcript_with_tool_calls",
    "scrubbed_transcript_with_tool_calls",
    "pre_session_transcript_with_tool_calls",
    "post_session_transcript_with_tool_calls",
    "call_summary",
];

/// The body of a webhook without links to recordings; byte for byte as it came where there are none.
pub fn without_recording(body: &str) -> String {
    without(body, &[&LINKS])
}

/// The body of a webhook without links to recordings and without what was said; variables stay.
pub fn without_words(body: &str) -> String {
    without(body, &[&LINKS, &WORDS])
}

fn without(body: &str, names: &[&[&str]]) -> String {
    let is_meant = |name: &str| names.iter().any(|names| names.contains(&name));
    let quoted = |name: &&&str| body.contains(&format!("\"{name}\""));
    // Mostly nothing is to be taken out, and then nothing is written anew.
    if !names.iter().any(|names| names.iter().any(|name| quoted(&name))) {
        return body.to_owned();
    }
    let Ok(mut value) = serde_json::from_str::<Value>(body) else { return String::new() };
    take_out(&mut value, &is_meant);
    value.to_string()
}

fn take_out(value: &mut Value, is_meant: &impl Fn(&str) -> bool) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !is_meant(name));
            fields.values_mut().for_each(|field| take_out(field, is_meant));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| take_out(item, is_meant)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retell::samples;

    #[test]
    fn of_the_vendors_body_the_links_go_and_the_rest_stays() {
        let kept: Value = serde_json::from_str(&without_recording(samples::ENDED)).unwrap();

        assert!(samples::ENDED.contains("recording_url"));
        assert!(LINKS.iter().all(|name| !kept.to_string().contains(name)), "{kept}");
        assert!(kept["call"]["transcript"].is_string());
        assert!(kept["call"]["call_id"].is_string());
    }

    #[test]
    fn without_words_nothing_is_left_that_was_said_but_variables() {
        let body = r#"{"call":{"call_id":"c","transcript":"Ja.","transcript_object":[{"content":"Ja."}],
            "call_analysis":{"call_summary":"Ja.","custom_analysis_data":{"_name":"Erika"}},"recording_url":"https://x"}}"#;

        let kept: Value = serde_json::from_str(&without_words(body)).unwrap();

        let analysis = serde_json::json!({"custom_analysis_data": {"_name": "Erika"}});
        assert_eq!(kept, serde_json::json!({"call": {"call_id": "c", "call_analysis": analysis}}));
    }

    #[test]
    fn what_holds_none_of_it_is_kept_byte_for_byte() {
        let body = r#"{ "call" : {"call_id":"c"} }"#;

        assert_eq!(without_words(body), body);
    }
}
