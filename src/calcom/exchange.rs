//! A request to Cal.com as it may be shown to people: what was asked and what came of it, without anybody's name, address or uid.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::kind::kind_of;

/// One request and its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    pub kind: &'static str,
    pub method: String,
    /// The path with `{uid}` for whatever is neither a word of the API nor an event type's number.
    pub path: String,
    /// The times and event types that were asked about.
    pub asked: Value,
    /// The HTTP status; None: there was no complete answer.
    pub status: Option<u16>,
    /// `ok`, or the code of what was answered or went wrong.
    pub outcome: &'static str,
    pub duration_ms: u64,
}

/// Told of every request once it has ended.
pub type Observer = Arc<dyn Fn(Exchange) + Send + Sync>;

/// A request before it leaves.
pub(super) struct Asked {
    kind: &'static str,
    method: String,
    path: String,
    about: Value,
}

/// Words of the API's paths.
const WORDS: [&str; 9] =
    ["v2", "bookings", "slots", "reservations", "event-types", "teams", "me", "cancel", "reschedule"];
/// Fields, in query or body, that say nothing about a person.
const FIELDS: [&str; 14] = [
    "start",
    "end",
    "afterStart",
    "beforeEnd",
    "afterUpdatedAt",
    "eventTypeId",
    "eventTypeIds",
    "timeZone",
    "lengthInMinutes",
    "slotStart",
    "reservationDuration",
    "status",
    "take",
    "skip",
];

impl Asked {
    pub(super) fn of(request: &reqwest::Request) -> Self {
        let url = request.url();
        let query =
            url.query_pairs().map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())));
        let body = request.body().and_then(reqwest::Body::as_bytes);
        let body: Option<Map<String, Value>> = body.and_then(|bytes| serde_json::from_slice(bytes).ok());
        let fields = query.chain(body.into_iter().flatten());
        let shown = fields.filter(|(name, value)| FIELDS.contains(&name.as_str()) && is_plain(value));
        let parts: Vec<&str> = url.path_segments().into_iter().flatten().map(masked).collect();
        Self {
            kind: kind_of(request.method(), url.path()),
            method: request.method().to_string(),
            path: format!("/{}", parts.join("/")),
            about: Value::Object(shown.collect()),
        }
    }

    pub(super) fn ended(self, status: Option<u16>, outcome: &'static str, duration_ms: u64) -> Exchange {
        let Self { kind, method, path, about: asked } = self;
        Exchange { kind, method, path, asked, status, outcome, duration_ms }
    }
}

fn is_plain(value: &Value) -> bool {
    value.is_string() || value.is_number()
}

fn masked(part: &str) -> &str {
    let is_number = !part.is_empty() && part.len() <= 12 && part.bytes().all(|byte| byte.is_ascii_digit());
    if is_number || WORDS.contains(&part) { part } else { "{uid}" }
}

#[cfg(test)]
mod tests {
    use reqwest::Method;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_shown_of_a_request_names_nobody() {
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::new();
        let create = http.post("https://api.cal.example/v2/bookings").json(&json!({
            "start": "2026-10-20T12:30:00Z",
            "eventTypeId": 1001,
            "attendee": {"name": "Erika Beispiel", "email": "erika@beispiel.example"},
            "metadata": {"fernamt_booking": "x"},
        }));
        let look = http.get(
            "https://api.cal.example/v2/bookings?attendeeEmail=erika%40beispiel.example&eventTypeIds=1001",
        );
        let cancel = http.request(Method::POST, "https://api.cal.example/v2/bookings/q8Zr2kFhUid/cancel");

        let of =
            |request: reqwest::RequestBuilder| Asked::of(&request.build().unwrap()).ended(Some(200), "ok", 7);
        let [create, look, cancel] = [create, look, cancel].map(of);

        assert_eq!(create.asked, json!({"start": "2026-10-20T12:30:00Z", "eventTypeId": 1001}));
        assert_eq!((look.path.as_str(), &look.asked), ("/v2/bookings", &json!({"eventTypeIds": "1001"})));
        assert_eq!((cancel.kind, cancel.path.as_str()), ("cancel_booking", "/v2/bookings/{uid}/cancel"));
        assert!(!format!("{create:?} {look:?} {cancel:?}").contains("rika"));
    }
}
