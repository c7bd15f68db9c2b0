//! What Cal.com's webhooks say about a booking: one event, its booking and the body that goes out.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde_json::{Map, Value, json};

use super::books::{Booking, Status};
use super::present;
use super::settings::{EventType, Kind, Settings};
use super::wire::utc;

/// The events about bookings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trigger {
    Created,
    Requested,
    Rescheduled,
    Cancelled,
    Rejected,
}

impl Trigger {
    /// The word on the wire.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Created => "BOOKING_CREATED",
            Self::Requested => "BOOKING_REQUESTED",
            Self::Rescheduled => "BOOKING_RESCHEDULED",
            Self::Cancelled => "BOOKING_CANCELLED",
            Self::Rejected => "BOOKING_REJECTED",
        }
    }

    /// What is told of a row that has just been stored; where the owner must confirm, a move is a request, too.
    pub(super) fn of_new(row: &Booking) -> Self {
        match (row.status, &row.rescheduled_from) {
            (Status::Pending, _) => Self::Requested,
            (_, Some(_)) => Self::Rescheduled,
            (_, None) => Self::Created,
        }
    }
}

/// The body of a delivery; `old` is the booking that was moved.
pub(super) fn body(
    settings: &Settings,
    (trigger, row): (Trigger, &Booking),
    old: Option<&Booking>,
    now: Timestamp,
) -> Value {
    let mut payload = common(settings, row);
    // A receiver has to live with what it does not know: Cal.com adds fields without notice.
    payload["unknownToday"] = json!({"nested": [1, "two", null]});
    match trigger {
        Trigger::Created | Trigger::Rescheduled => {
            payload["metadata"] = metadata(row, trigger == Trigger::Created);
            payload["status"] = json!("ACCEPTED");
        }
        Trigger::Requested => {
            payload["metadata"] = json!(row.metadata);
            payload["status"] = json!("PENDING");
        }
        Trigger::Cancelled => {
            payload["startTime"] = json!(with_offset(row.start));
            payload["endTime"] = json!(with_offset(row.end));
            payload["status"] = json!("CANCELLED");
            payload["cancellationReason"] = json!(row.cancellation_reason.as_deref().unwrap_or_default());
            payload["requestReschedule"] = json!(false);
        }
        Trigger::Rejected => {
            payload["metadata"] = json!(row.metadata);
            payload["status"] = json!("REJECTED");
            payload["rejectionReason"] = json!("Host has to take another call");
        }
    }
    if let Some(old) = old {
        payload["rescheduleId"] = json!(old.id);
        payload["rescheduleUid"] = json!(old.uid);
        payload["rescheduleStartTime"] = json!(short(old.start));
        payload["rescheduleEndTime"] = json!(short(old.end));
        payload["rescheduledBy"] = json!(row.rescheduled_by.as_deref().unwrap_or(&row.attendee.email));
    }
    json!({"triggerEvent": trigger.word(), "createdAt": utc(now), "payload": payload})
}

fn common(settings: &Settings, row: &Booking) -> Value {
    let kind = settings.event_type(row.event_type);
    let notes = row.responses.get("notes");
    json!({
        "bookerUrl": "https://app.cal.com",
        "title": present::title(settings, row),
        "startTime": short(row.start),
        "endTime": short(row.end),
        "additionalNotes": notes,
        "type": kind.map(|kind| kind.slug.as_str()),
        "description": notes,
        "eventTypeId": row.event_type,
        "hideCalendarNotes": false,
        "hideCalendarEventDetails": false,
        "hideOrganizerEmail": false,
        "schedulingType": kind.and_then(scheduling),
        "seatsPerTimeSlot": null,
        "seatsShowAttendees": true,
        "seatsShowAvailabilityCount": true,
        "customReplyToEmail": null,
        "organizer": organizer(settings, row),
        "attendees": [attendee(row)],
        "responses": responses(row),
        "userFieldsResponses": {},
        "location": present::place(row),
        "destinationCalendar": null,
        "iCalUID": format!("{}@Cal.com", row.rescheduled_from.as_deref().unwrap_or(&row.uid)),
        "iCalSequence": i32::from(row.rescheduled_from.is_some()),
        "requiresConfirmation": kind.is_some_and(|kind| kind.kind == Kind::RequiresConfirmation),
        "uid": row.uid,
        "eventTitle": kind.map(|kind| kind.title.as_str()),
        "eventDescription": null,
        "price": 0,
        "currency": "eur",
        "length": row.end.duration_since(row.start).as_mins(),
        "bookingId": row.id,
    })
}

/// A move carries none of the caller's metadata: its request has no such field.
fn metadata(row: &Booking, with_callers: bool) -> Value {
    let mut fields = Map::new();
    if with_callers {
        fields.extend(row.metadata.iter().map(|(key, value)| (key.clone(), json!(value))));
    }
    fields.insert("videoCallUrl".into(), json!(present::place(row)));
    Value::Object(fields)
}

fn scheduling(kind: &EventType) -> Option<&'static str> {
    match kind.kind {
        Kind::RoundRobin => Some("ROUND_ROBIN"),
        Kind::Collective => Some("COLLECTIVE"),
        Kind::Personal | Kind::RequiresConfirmation => None,
    }
}

fn organizer(settings: &Settings, row: &Booking) -> Value {
    let Some(host) = settings.host(row.host) else { return Value::Null };
    json!({
        "id": host.id, "name": host.name, "email": host.email, "username": host.username,
        "timeZone": host.time_zone, "language": {"locale": "en"}, "timeFormat": "HH:mm",
        "utcOffset": offset_minutes(row.start, &host.time_zone),
    })
}

fn attendee(row: &Booking) -> Value {
    let who = &row.attendee;
    let mut fields = json!({
        "email": who.email, "name": who.name, "firstName": "", "lastName": "", "timeZone": who.time_zone,
        "language": {"locale": who.language}, "utcOffset": offset_minutes(row.start, &who.time_zone),
    });
    if let Some(phone) = &who.phone {
        fields["phoneNumber"] = json!(phone);
    }
    fields
}

fn responses(row: &Booking) -> Value {
    let field = |label: &str, value: &Value| json!({"label": label, "value": value, "isHidden": false});
    let mut fields = Map::new();
    fields.insert("name".into(), field("your_name", &json!(row.attendee.name)));
    fields.insert("email".into(), field("email_address", &json!(row.attendee.email)));
    fields.extend(row.responses.iter().map(|(slug, value)| (slug.clone(), field(slug, value))));
    Value::Object(fields)
}

/// `2026-12-01T09:00:00Z`
fn short(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `2026-12-01T09:00:00+00:00`, as cancellations have it.
fn with_offset(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

fn offset_minutes(at: Timestamp, zone: &str) -> i32 {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    Zoned::new(at, zone).offset().seconds() / 60
}
