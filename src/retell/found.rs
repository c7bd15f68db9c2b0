//! What Retell answers about calls when it is asked: one with everything, or a page of a list.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::call::Call;
use super::tolerant::Tolerant;
use super::webhook::Webhook;
use crate::domain::Hidden;

/// A call as Retell told it when it was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub call: Call,
    /// What was answered, in the envelope of a webhook, so that it is kept and read like one.
    pub body: Hidden,
}

/// A page of calls; lists leave out what was said in them.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    pub calls: Vec<Call>,
    /// What to ask for the page after this one with; None: it was the last.
    pub next: Option<String>,
}

impl Found {
    /// The event under which such an answer is kept.
    pub const EVENT: &str = "get_call";

    /// Reads an answer of `get-call`; None: it is no JSON object.
    pub(super) fn parse(answer: &[u8]) -> Option<Self> {
        let answer = std::str::from_utf8(answer).ok()?;
        // Only one whole value can be put into an envelope.
        serde_json::from_str::<IgnoredAny>(answer).ok()?;
        let body = format!("{{\"event\":\"{}\",\"call\":{answer}}}", Self::EVENT);
        let call = Webhook::parse(body.as_bytes()).ok()?.call?;
        Some(Self { call, body: Hidden(body) })
    }
}

impl Page {
    /// Reads an answer of `list-calls`; None: it is no list. What is no call among its items is passed over.
    pub(super) fn parse(answer: &[u8]) -> Option<Self> {
        let answer: Value = serde_json::from_slice(answer).ok()?;
        let items = answer.get("items")?.as_array()?;
        let calls = items.iter().filter_map(|item| Tolerant::<Option<Call>>::deserialize(item).ok()?.0);
        let next = answer["pagination_key"].as_str().filter(|_| answer["has_more"] == Value::Bool(true));
        Some(Self { calls: calls.collect(), next: next.map(str::to_owned) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retell::samples;

    #[test]
    fn an_answer_is_kept_in_an_envelope_that_reads_like_a_webhook() {
        let sample: Value = serde_json::from_str(samples::ANALYZED).unwrap();

        let found = Found::parse(sample["call"].to_string().as_bytes()).unwrap();

        let read = Webhook::parse(found.body.0.as_bytes()).unwrap();
        assert_eq!((read.event.name(), read.call), ("get_call", Some(found.call.clone())));
        assert_eq!(found.call.call_id.as_deref(), Some("call_5a1e2b3c4d5e6f708192a3b4c5d"));
        assert!(found.call.is_analyzed);
        assert!(!format!("{found:?}").contains("2025550"));
    }

    #[test]
    fn what_is_no_object_is_no_call() {
        for answer in ["", "[]", "null", "\"call\"", "{}}, {\"event\":\"x\"", "{},\"event\":\"call_ended\""] {
            assert_eq!(Found::parse(answer.as_bytes()), None, "{answer}");
        }
    }

    #[test]
    fn the_vendors_list_is_read_with_the_key_of_its_next_page() {
        let page = Page::parse(samples::LIST_CALLS.as_bytes()).unwrap();

        assert_eq!(page.calls.len(), 2);
        assert_eq!(page.calls[0].our_number(), Some("+12025550198"));
        assert!(page.calls[1].is_web());
        assert_eq!(page.next.as_deref(), Some("eyJpbnZlbnRlZCI6ImN1cnNvciJ9"));
    }

    #[test]
    fn the_last_page_names_no_next_one_and_strange_items_are_passed_over() {
        let page =
            Page::parse(br#"{"items":[7,{"call_id":"call_1"}],"has_more":false,"pagination_key":"x"}"#);

        let page = page.unwrap();
        assert_eq!((page.calls.len(), page.next), (1, None));
        assert_eq!(Page::parse(b"[]"), None);
        assert_eq!(Page::parse(br#"{"items":{}}"#), None);
    }
}
