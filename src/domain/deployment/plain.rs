//! What an agent is wanted to be like where nobody has said otherwise.

use serde_json::json;

use super::wanted::{Wanted, WantedFunction};
use crate::domain::readiness::{function_url, inbound_url, webhook_url};

/// This house answers in four seconds at most.
const TIMEOUT_MS: u32 = 8_000;
const EVENTS: [&str; 3] = ["call_started", "call_ended", "call_analyzed"];
/// Each function with what it is for.
const FUNCTIONS: [(&str, &str); 9] = [
    ("check_availability", "Nennt freie Zeiten. Immer aufrufen, bevor eine Zeit angeboten wird."),
    ("collect_appointment", "Nimmt Wünsche und Angaben zum Termin auf und hält ihn fest."),
    ("change_appointment", "Verlegt einen bestehenden Termin."),
    ("cancel_appointment", "Sagt einen bestehenden Termin ab."),
    ("find_appointments", "Nennt die Termine des Anrufers."),
    ("confirm_appointment", "Bestätigt einen bestehenden Termin."),
    ("request_callback", "Nimmt die Bitte um einen Rückruf auf."),
    ("list_services", "Nennt, was angeboten wird."),
    ("opening_hours", "Nennt die Öffnungszeiten."),
];

impl Wanted {
    /// Every function switched on, the prompt left alone.
    pub fn plain(public_url: &str) -> Self {
        let function = |(name, description): (&str, &str)| WantedFunction {
            name: name.to_owned(),
            is_on: true,
            url: function_url(public_url, name),
            description: description.to_owned(),
            parameters: json!({"type": "object", "properties": {}}),
            timeout_ms: TIMEOUT_MS,
            speak_during: None,
        };
        Self {
            webhook_url: webhook_url(public_url),
            webhook_events: EVENTS.map(str::to_owned).into(),
            webhook_timeout_ms: 10_000,
            inbound_webhook_url: inbound_url(public_url),
            functions: FUNCTIONS.map(function).into(),
            prompt: None,
        }
    }
}
