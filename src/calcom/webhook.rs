//! Cal.com's webhooks: what happened to a booking, told once and never again, signed with the account's own secret.
//! Wire: <https://cal.com/docs/developing/guides/automation/webhooks>

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::Sha256;

use super::json::{is_true, items, moment, text, whole};
use super::wire::{Booking, Uid};

/// The header that carries the signature: lowercase hex of an HMAC-SHA256 over the raw body.
pub const SIGNATURE_HEADER: &str = "x-cal-signature-256";

/// Something that happened to a booking; to be verified by reading, since anything may have happened since.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Such as `BOOKING_CREATED`; the list grows.
    pub trigger: String,
    pub created_at: Option<Timestamp>,
    pub uid: Option<Uid>,
    /// The uid under which it stood before it was moved.
    pub old_uid: Option<Uid>,
    pub event_type_id: Option<i64>,
    /// The booking as it was told; None: not enough of it to be one.
    pub booking: Option<Booking>,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook")
            .field("trigger", &self.trigger)
            .field("uid", &self.uid)
            .finish_non_exhaustive()
    }
}

/// Where Cal.com sends what, as its owner set it up there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    pub url: String,
    pub is_active: bool,
    pub triggers: Vec<String>,
}

impl Subscription {
    pub(super) fn read_all(data: &Value) -> Option<Vec<Self>> {
        let read = |of: &Value| {
            let triggers = items(of, "triggers").iter().filter_map(Value::as_str).map(str::to_owned);
            Some(Self {
                url: text(of, "subscriberUrl")?,
                is_active: is_true(of, "active"),
                triggers: triggers.collect(),
            })
        };
        Some(data.as_array()?.iter().filter_map(read).collect())
    }
}

impl Webhook {
    /// None: no JSON object with a trigger.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let json: Value = serde_json::from_slice(body).ok()?;
        // Meetings are told flat, without a payload.
        let payload = if json["payload"].is_object() { &json["payload"] } else { &json };
        Some(Self {
            trigger: text(&json, "triggerEvent")?,
            created_at: moment(&json, "createdAt"),
            uid: text(payload, "uid").map(Uid::new),
            old_uid: text(payload, "rescheduleUid").map(Uid::new),
            event_type_id: whole(payload, "eventTypeId"),
            booking: Booking::read_told(payload),
        })
    }

    /// Whether it tells that a booking was made or asked for.
    pub fn tells_of_a_new_booking(&self) -> bool {
        matches!(self.trigger.as_str(), "BOOKING_CREATED" | "BOOKING_REQUESTED")
    }

    /// Whether it tells of the booking itself: that it was made, changed or ended, not that somebody came or not.
    pub fn tells_of_a_booking(&self) -> bool {
        self.trigger.starts_with("BOOKING_") && self.trigger != "BOOKING_NO_SHOW_UPDATED"
    }

    /// What makes a repeat recognisable: webhooks have no id.
    pub fn once(&self) -> String {
        let uid = self.uid.as_ref().map_or("", Uid::expose);
        let at = self.created_at.map(|at| at.to_string()).unwrap_or_default();
        format!("{} {uid} {at}", self.trigger)
    }
}

/// Whether one of these secrets signed the body.
pub fn is_signed(body: &[u8], header: Option<&str>, secrets: &[&SecretString]) -> bool {
    let Some(digest) = header.and_then(|header| hex::decode(header.trim()).ok()) else { return false };
    secrets.iter().any(|secret| {
        let secret = secret.expose_secret();
        // Everybody knows the empty secret.
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok().filter(|_| !secret.is_empty());
        mac.is_some_and(|mac| mac.chain_update(body).verify_slice(&digest).is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::super::wire::Status;
    use super::*;

    fn read(body: &str) -> Webhook {
        Webhook::parse(body.as_bytes()).unwrap()
    }

    #[test]
    fn the_vendors_vector_is_signed_and_nothing_else_is() {
        let vector: Value = serde_json::from_str(sample!("delivery.signature-vector.json")).unwrap();
        let text = |field: &str| vector[field].as_str().unwrap().to_owned();
        let secret = SecretString::from(text("secret"));
        let signature = vector["headers"]["X-Cal-Signature-256"].as_str().unwrap().to_owned();
        let body = text("rawBody");

        assert!(is_signed(body.as_bytes(), Some(&signature), &[&"other".into(), &secret]));
        assert!(!is_signed(format!("{body} ").as_bytes(), Some(&signature), &[&secret]));
        assert!(!is_signed(body.as_bytes(), Some("no-secret-provided"), &[&secret]));
        assert!(!is_signed(body.as_bytes(), None, &[&secret]));
        assert!(!is_signed(body.as_bytes(), Some(&signature), &["".into()].each_ref()));
    }

    #[test]
    fn a_new_booking_is_told_with_what_we_sent_along() {
        let webhook = read(sample!("delivery.BOOKING_CREATED.json"));

        assert!(webhook.tells_of_a_new_booking());
        let booking = webhook.booking.unwrap();
        assert_eq!(booking.status, Status::Accepted);
        assert_eq!(booking.start, "2026-12-01T09:00:00Z".parse().unwrap());
        assert_eq!(booking.metadata_value("channel"), Some("voice"));
        assert_eq!(booking.attendees[0].email.as_deref(), Some("marta.ruiz@example.com"));
        assert_eq!(webhook.event_type_id, Some(4711));
    }

    #[test]
    fn a_move_names_the_uid_that_is_over() {
        let webhook = read(sample!("delivery.BOOKING_RESCHEDULED.json"));

        assert_eq!(webhook.old_uid, Some(Uid::new("hQ2v9rT7cXb4N1kLm8Zs5p")));
        assert_eq!(webhook.uid, Some(Uid::new("n4Yb6uQw2EzR8tKm1VsX7d")));
    }

    #[test]
    fn every_sample_can_be_read_and_a_repeat_is_recognised() {
        let samples = [
            sample!("delivery.BOOKING_CANCELLED.json"),
            sample!("delivery.BOOKING_NO_SHOW_UPDATED.json"),
            sample!("delivery.BOOKING_REJECTED.json"),
            sample!("delivery.BOOKING_REQUESTED.json"),
            sample!("delivery.MEETING_STARTED.json"),
        ];
        let mut seen: Vec<String> = samples.map(|body| read(body).once()).to_vec();
        seen.sort();
        seen.dedup();

        assert_eq!(seen.len(), samples.len());
        assert_eq!(read(samples[0]).once(), read(samples[0]).once());
        let told = samples.map(|body| read(body).tells_of_a_booking());
        assert_eq!(told, [true, false, true, true, false]);
        assert_eq!(Webhook::parse(b"[]"), None);
    }
}
