//! Cal.com's two error envelopes and the way it writes times.

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use serde_json::{Value, json};

pub(super) const NOT_AVAILABLE: &str = "User either already has booking at this time or is not available";
pub(super) const TEAM_NOT_AVAILABLE: &str =
    "One of the hosts either already has booking at this time or is not available";
pub(super) const PAST: &str = "Attempting to book a meeting in the past.";
pub(super) const OUT_OF_BOUNDS: &str = "The event type can't be booked at the \"start\" time provided. This could be because it's too soon (violating the minimum booking notice) or too far in the future (outside the event's scheduling window). Try fetching available slots first using the GET /v2/slots endpoint and then make a booking with \"start\" time equal to one of the available slots: https://cal.com/docs/api-reference/v2/slots";
pub(super) const NO_AUTH: &str = "ApiAuthStrategy - No authentication method provided. Either pass an API key as 'Bearer' header or OAuth client credentials as 'x-cal-secret-key' and 'x-cal-client-id' headers";
pub(super) const BAD_KEY: &str = "CustomThrottlerGuard - Invalid API Key";
const THROTTLED: &str = "CustomThrottlerGuard - Too many requests. Please try again later.";

/// A request that Cal.com turns down: the status and the shape its body has.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    shape: Shape,
}

#[derive(Clone, Debug)]
enum Shape {
    /// Envelope A, written by the framework's own exceptions.
    Framework(String),
    /// Envelope A of a rejected query string, which hides the reason in the details.
    Query {
        property: String,
        value: String,
        constraint: &'static str,
        text: String,
    },
    /// Envelope A without details, as the inner layers write it.
    Coded {
        code: &'static str,
        message: String,
    },
    /// Envelope B, from everything thrown inside the booking core.
    Bare(String),
    Throttled,
}

impl Refusal {
    pub(super) fn framework(status: u16, message: impl Into<String>) -> Self {
        Self { status, shape: Shape::Framework(message.into()) }
    }

    pub(super) fn coded(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, shape: Shape::Coded { code, message: message.into() } }
    }

    pub(super) fn bare(status: u16, message: impl Into<String>) -> Self {
        Self { status, shape: Shape::Bare(message.into()) }
    }

    pub(super) fn throttled() -> Self {
        Self { status: 429, shape: Shape::Throttled }
    }

    pub(super) fn unknown_parameter(name: &str, value: &str) -> Self {
        Self::parameter(name, value, "whitelistValidation", format!("property {name} should not exist"))
    }

    pub(super) fn parameter(name: &str, value: &str, constraint: &'static str, text: String) -> Self {
        let shape = Shape::Query { property: name.into(), value: value.into(), constraint, text };
        Self { status: 400, shape }
    }

    pub(super) fn broken() -> Self {
        Self::bare(500, "Internal server error")
    }

    pub(super) fn to_json(&self, path: &str, now: Timestamp) -> Value {
        let error = match &self.shape {
            Shape::Bare(message) => return json!({"statusCode": self.status, "message": message}),
            Shape::Framework(message) => json!({
                "code": class_of(self.status),
                "message": message,
                "details": {"message": message, "error": phrase_of(self.status), "statusCode": self.status},
            }),
            Shape::Query { property, value, constraint, text } => json!({
                "code": "BadRequestException",
                "message": "Bad Request Exception",
                "details": {"errors": [{
                    "target": {property.as_str(): value},
                    "value": value,
                    "property": property,
                    "children": [],
                    "constraints": {*constraint: text},
                }]},
            }),
            Shape::Coded { code, message } => json!({"code": code, "message": message}),
            Shape::Throttled => {
                json!({"code": "ThrottlerException", "message": THROTTLED, "details": THROTTLED})
            }
        };
        json!({"status": "error", "timestamp": utc(now), "path": path, "error": error})
    }
}

/// The envelope of every success.
pub(super) fn success(data: Value) -> Value {
    let fields = [("status".to_owned(), Value::from("success")), ("data".to_owned(), data)];
    Value::Object(fields.into_iter().collect())
}

/// A time as Cal.com writes it: UTC with milliseconds.
pub(super) fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// The same instant with the offset of a zone.
pub(super) fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S.%3f%:z").to_string()
}

/// An instant as Cal.com reads it: without an offset it means UTC.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let at: civil::DateTime = text.parse().ok()?;
    at.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

fn class_of(status: u16) -> &'static str {
    match status {
        400 => "BadRequestException",
        401 => "UnauthorizedException",
        403 => "ForbiddenException",
        404 => "NotFoundException",
        409 => "ConflictException",
        422 => "UnprocessableEntityException",
        _ => "InternalServerErrorException",
    }
}

fn phrase_of(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        409 => "Conflict",
        422 => "Unprocessable Entity",
        _ => "Internal Server Error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_an_offset_means_utc() {
        assert_eq!(utc(instant("2026-12-01T09:00:00").unwrap()), "2026-12-01T09:00:00.000Z");
        assert_eq!(utc(instant("2026-12-01").unwrap()), "2026-12-01T00:00:00.000Z");
        assert_eq!(utc(instant("2026-12-01T10:00:00+01:00").unwrap()), "2026-12-01T09:00:00.000Z");
        assert!(instant("tomorrow").is_none());
    }

    #[test]
    fn a_local_time_carries_its_offset() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();

        let text = local(instant("2026-12-01T09:00:00Z").unwrap(), &zone);

        assert_eq!(text, "2026-12-01T10:00:00.000+01:00");
    }
}
