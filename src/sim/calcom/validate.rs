//! Reads the bodies of booking writes as strictly as Cal.com does: an unknown field is a refusal.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::books::Attendee;
use super::orders::{NewBooking, Order};
use super::settings::{EventType, Settings};
use super::wire::{self, Refusal};

const BOOKING_FIELDS: [&str; 17] = [
    "start",
    "attendee",
    "eventTypeId",
    "eventTypeSlug",
    "username",
    "teamSlug",
    "organizationSlug",
    "bookingFieldsResponses",
    "guests",
    "location",
    "metadata",
    "lengthInMinutes",
    "recurrenceCount",
    "routing",
    "emailVerificationCode",
    "meetingUrl",
    "instant",
];
const ATTENDEE_FIELDS: [&str; 5] = ["name", "email", "phoneNumber", "timeZone", "language"];
const LANGUAGES: [&str; 42] = [
    "ar", "ca", "de", "es", "eu", "he", "id", "ja", "lv", "pl", "ro", "sr", "th", "vi", "az", "cs", "el",
    "es-419", "fi", "hr", "it", "km", "nl", "pt", "ru", "sv", "tr", "zh-CN", "bg", "da", "en", "et", "fr",
    "hu", "iw", "ko", "no", "pt-BR", "sk", "ta", "uk", "zh-TW",
];
const METADATA_LIMITS: &str = "Metadata must have at most 50 keys, each key up to 40 characters, and string values up to 500 characters.";

/// A JSON object, or the refusal of anything else.
pub(super) fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Refusal::framework(400, "Validation failed (object expected)")),
        Err(_) if body.is_empty() => Ok(Map::new()),
        Err(error) => Err(Refusal::framework(400, format!("Unexpected token in JSON: {error}"))),
    }
}

/// POST /v2/bookings.
pub(super) fn create(settings: &Settings, body: &Map<String, Value>) -> Result<Order, Refusal> {
    only(body, &BOOKING_FIELDS, "")?;
    let start = start_of(body)?;
    let Some(attendee) = body.get("attendee").and_then(Value::as_object) else {
        return Err(wrong("", "attendee", "attendee must be an object"));
    };
    check_attendee(attendee)?;
    let metadata = metadata(body.get("metadata"))?;
    let event_type = event_type(settings, body)?;
    if body.contains_key("lengthInMinutes") {
        return Err(Refusal::framework(
            400,
            "Can't specify 'lengthInMinutes' because event type does not have multiple possible lengths. Please, remove the 'lengthInMinutes' field from the request.",
        ));
    }
    if body.contains_key("recurrenceCount") {
        return Err(Refusal::framework(
            400,
            format!("Event type with id={} is not a recurring event.", event_type.id),
        ));
    }
    let attendee = attendee_of(event_type, attendee)?;
    let responses =
        body.get("bookingFieldsResponses").and_then(Value::as_object).cloned().unwrap_or_default();
    let guests = body.get("guests").and_then(Value::as_array).into_iter().flatten();
    let guests = guests.filter_map(Value::as_str).map(str::to_owned).collect();
    let event_type = event_type.id;
    Ok(Order::Create(Box::new(NewBooking { event_type, start, attendee, guests, metadata, responses })))
}

/// POST /v2/bookings/{uid}/reschedule.
pub(super) fn reschedule(uid: &str, body: &Map<String, Value>) -> Result<Order, Refusal> {
    only(body, &["start", "rescheduledBy", "reschedulingReason", "emailVerificationCode"], "")?;
    let start = start_of(body)?;
    let by = text(body, "rescheduledBy");
    if by.as_deref().is_some_and(|email| !is_email(email)) {
        return Err(wrong("", "rescheduledBy", "rescheduledBy must be an email"));
    }
    let reason = text(body, "reschedulingReason");
    Ok(Order::Reschedule { uid: uid.to_owned(), start, by, reason })
}

/// POST /v2/bookings/{uid}/cancel.
pub(super) fn cancel(uid: &str, by_a_host: bool, body: &Map<String, Value>) -> Result<Order, Refusal> {
    only(body, &["cancellationReason", "cancelSubsequentBookings", "seatUid"], "")?;
    Ok(Order::Cancel { uid: uid.to_owned(), reason: text(body, "cancellationReason"), by_a_host })
}

/// Refuses the first field that is not on the list, in the words of the real validator.
pub(super) fn only(body: &Map<String, Value>, known: &[&str], inside: &str) -> Result<(), Refusal> {
    match body.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(wrong(inside, name, &format!("property {name} should not exist"))),
        None => Ok(()),
    }
}

/// One validation sentence; `inside` names the object that holds the property, if any.
pub(super) fn wrong(inside: &str, property: &str, why: &str) -> Refusal {
    let outer = if inside.is_empty() { String::new() } else { format!("{inside} property is wrong, ") };
    Refusal::framework(400, format!("{outer}{property} property is wrong,{why} "))
}

fn start_of(body: &Map<String, Value>) -> Result<Timestamp, Refusal> {
    body.get("start")
        .and_then(Value::as_str)
        .and_then(wire::instant)
        .ok_or_else(|| wrong("", "start", "start must be a valid ISO 8601 date string"))
}

fn event_type<'a>(settings: &'a Settings, body: &Map<String, Value>) -> Result<&'a EventType, Refusal> {
    if let Some(id) = body.get("eventTypeId") {
        let id = id.as_i64().ok_or_else(|| wrong("", "eventTypeId", "eventTypeId must be a number"))?;
        return settings
            .event_type(id)
            .ok_or_else(|| Refusal::framework(404, format!("Event type with id {id} not found.")));
    }
    let (Some(slug), Some(username)) = (text(body, "eventTypeSlug"), text(body, "username")) else {
        return Err(Refusal::framework(
            400,
            "Either eventTypeId or eventTypeSlug + username or eventTypeSlug + teamSlug must be provided",
        ));
    };
    let host = settings
        .hosts
        .iter()
        .find(|host| host.username == username)
        .ok_or_else(|| Refusal::framework(404, format!("User with username {username} not found")))?;
    settings
        .event_types
        .iter()
        .find(|event_type| event_type.slug == slug && event_type.owner_id == host.id)
        .ok_or_else(|| Refusal::framework(404, format!("Event type with slug {slug} not found.")))
}

fn check_attendee(attendee: &Map<String, Value>) -> Result<(), Refusal> {
    only(attendee, &ATTENDEE_FIELDS, "attendee")?;
    if text(attendee, "name").is_none_or(|name| name.is_empty()) {
        return Err(wrong("attendee", "name", "name should not be empty,name must be a string"));
    }
    if text(attendee, "timeZone").is_none_or(|zone| TimeZone::get(&zone).is_err()) {
        return Err(wrong("attendee", "timeZone", "timeZone must be a valid IANA time-zone"));
    }
    let (email, phone) = (text(attendee, "email"), text(attendee, "phoneNumber"));
    if email.as_deref().is_some_and(|email| !is_email(email)) {
        return Err(wrong("attendee", "email", "email must be an email"));
    }
    if phone.as_deref().is_some_and(|phone| !is_international(phone)) {
        let why = "phoneNumber must be a valid phone number in international format";
        return Err(wrong("attendee", "phoneNumber", why));
    }
    if email.is_none() && phone.is_none() {
        let why = "Attendee must have at least one contact method (email or phone number)";
        return Err(Refusal::framework(400, format!("attendee property is wrong,{why} ")));
    }
    if let Some(language) = attendee.get("language")
        && !language.as_str().is_some_and(|code| LANGUAGES.contains(&code))
    {
        let why = format!("language must be one of the following values: {}", LANGUAGES.join(", "));
        return Err(wrong("attendee", "language", &why));
    }
    Ok(())
}

/// Without an e-mail address the attendee is stored under one made of the digits of the number.
fn attendee_of(event_type: &EventType, fields: &Map<String, Value>) -> Result<Attendee, Refusal> {
    let phone = text(fields, "phoneNumber");
    let email = match (text(fields, "email"), &phone) {
        (Some(email), _) => email,
        (None, Some(phone)) if !event_type.email_required => {
            format!("{}@sms.cal.com", phone.trim_start_matches('+'))
        }
        (None, _) => {
            return Err(Refusal::coded(400, "BAD_REQUEST", "responses - {email}error_required_field, "));
        }
    };
    Ok(Attendee {
        name: text(fields, "name").unwrap_or_default(),
        email,
        phone,
        time_zone: text(fields, "timeZone").unwrap_or_default(),
        language: text(fields, "language").unwrap_or_else(|| "en".into()),
    })
}

fn metadata(value: Option<&Value>) -> Result<BTreeMap<String, String>, Refusal> {
    let fields = match value {
        None => return Ok(BTreeMap::new()),
        Some(Value::Object(fields)) => fields,
        Some(_) => return Err(wrong("", "metadata", "metadata must be an object")),
    };
    let too_long = |(key, value): (&String, &Value)| {
        key.chars().count() > 40 || value.as_str().is_some_and(|text| text.chars().count() > 500)
    };
    if fields.len() > 50 || fields.iter().any(too_long) {
        return Err(wrong("", "metadata", METADATA_LIMITS));
    }
    fields
        .iter()
        .map(|(key, value)| match value {
            Value::String(text) => Ok((key.clone(), text.clone())),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                let text = format!("metadata,{key} - Expected string, received {}, ", kind_of(value));
                Err(Refusal::coded(400, "BAD_REQUEST", text))
            }
        })
        .collect()
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    fields.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    !local.is_empty() && domain.contains('.') && !domain.contains('@') && !text.contains(char::is_whitespace)
}

fn is_international(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else { return false };
    (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}
