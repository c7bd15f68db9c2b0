//! Cal.com's wire: slots, bookings and event types of its API v2, and how sure one may be of each outcome.

mod client;
mod event_type;
mod exchange;
mod headers;
mod json;
mod kind;
mod outcome;
mod request;
mod texts;
pub mod webhook;
mod wire;

use serde::{Deserialize, Serialize};

pub use client::{Client, http};
pub use event_type::{BookingField, EventType, SchedulingType};
pub use exchange::{Exchange, Observer};
pub use headers::RateLeft;
pub use outcome::{Attempt, Change, Doubt, No, Offline, ReadFailure, Unsent};
pub use request::{Attendee, Lookup, NewBooking, attendee_email_on_record};
pub use webhook::Webhook;
pub use wire::{Booking, Guest, Host, Me, Reservation, Slot, Status, Uid};

/// What cannot be sent to Cal.com at all, found before any request.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the base url of cal.com must be an http or https address")]
    BaseUrl,
    #[error("the cal.com key is empty or holds characters that no key has")]
    Key,
    #[error("the http client could not be set up")]
    Http(#[source] reqwest::Error),
    #[error("cal.com takes at most 50 metadata entries of 40 characters for the key and 500 for the value")]
    MetadataTooLarge,
    #[error("the metadata key {0} belongs to cal.com")]
    MetadataReserved(&'static str),
    #[error("an attendee needs an e-mail address or a phone number")]
    NoContact,
    #[error("the attendee's phone number is not of the form +4930123456")]
    PhoneNotE164,
}

/// Times, bounds and API versions of this wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub connect_timeout_ms: u64,
    pub read_timeout_ms: u64,
    /// Long, since a booking waits at Cal.com for every webhook it sends.
    pub write_timeout_ms: u64,
    /// Below the five seconds after which a self-hosted Cal.com closes an idle connection.
    pub pool_idle_ms: u64,
    pub body_max_bytes: usize,
    pub versions: Versions,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect_timeout_ms: 2_000,
            read_timeout_ms: 2_000,
            write_timeout_ms: 60_000,
            pool_idle_ms: 4_000,
            body_max_bytes: 8 * 1024 * 1024,
            versions: Versions::default(),
        }
    }
}

/// The `cal-api-version` of each resource; an unknown date silently means a version of 2024-04 to Cal.com.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Versions {
    pub bookings: String,
    pub slots: String,
    pub event_types: String,
}

impl Default for Versions {
    fn default() -> Self {
        Self {
            bookings: "2024-08-13".to_owned(),
            slots: "2024-09-04".to_owned(),
            event_types: "2024-06-14".to_owned(),
        }
    }
}

#[cfg(test)]
macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/samples/calcom/", $name))
    };
}
#[cfg(test)]
use sample;
