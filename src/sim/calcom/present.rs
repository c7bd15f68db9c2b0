//! How bookings, event types and users look on the wire, in the current and in the oldest version.

use serde_json::{Map, Value, json};

use super::books::{Booking, Status};
use super::settings::{EventType, Host, Kind, Settings};
use super::wire::utc;

pub(super) const TEAM_ID: i64 = 77;

/// A booking at 2024-08-13.
pub(super) fn booking(settings: &Settings, row: &Booking) -> Value {
    let host = settings.host(row.host);
    let place = place(row);
    let event_type = settings.event_type(row.event_type);
    let mut fields = json!({
        "id": row.id,
        "uid": row.uid,
        "title": title(settings, row),
        "description": row.responses.get("notes"),
        "hosts": host.map(booking_host).into_iter().collect::<Vec<_>>(),
        "status": row.status.word(),
        "cancellationReason": row.cancellation_reason.as_deref().unwrap_or_default(),
        "cancelledByEmail": "",
        "start": utc(row.start),
        "end": utc(row.end),
        "duration": row.end.duration_since(row.start).as_mins(),
        "eventTypeId": row.event_type,
        "eventType": event_type.map(|kind| json!({"id": kind.id, "slug": kind.slug})),
        "meetingUrl": place,
        "location": place,
        "absentHost": false,
        "createdAt": utc(row.created_at),
        "updatedAt": utc(row.updated_at),
        "metadata": row.metadata,
        "rating": null,
        "icsUid": format!("{}@Cal.com", row.uid),
        "rescheduledByEmail": row.rescheduled_by,
        "attendees": attendees(settings, row),
        "bookingFieldsResponses": responses(row),
    });
    put(&mut fields, "rescheduledFromUid", row.rescheduled_from.as_deref());
    put(&mut fields, "rescheduledToUid", row.rescheduled_to.as_deref());
    put(&mut fields, "reschedulingReason", row.rescheduling_reason.as_deref());
    if !row.guests.is_empty() {
        fields["guests"] = json!(row.guests);
    }
    fields
}

/// The answer to a create or a reschedule carries one more field than a read.
pub(super) fn written_booking(settings: &Settings, row: &Booking) -> Value {
    let mut fields = booking(settings, row);
    fields["isPlatformManagedUserBooking"] = json!(false);
    fields
}

/// A booking at 2024-04-15, which a missing version header silently selects.
pub(super) fn old_booking(settings: &Settings, row: &Booking) -> Value {
    json!({
        "id": row.id,
        "uid": row.uid,
        "title": title(settings, row),
        "startTime": utc(row.start),
        "endTime": utc(row.end),
        "status": row.status.word().to_uppercase(),
        "eventTypeId": row.event_type,
        "metadata": row.metadata,
        "attendees": [{"name": row.attendee.name, "email": row.attendee.email, "timeZone": row.attendee.time_zone}],
        "user": settings.host(row.host).map(|host| json!({"id": host.id, "name": host.name, "email": host.email})),
    })
}

/// An event type at 2024-06-14.
pub(super) fn event_type(settings: &Settings, kind: &EventType) -> Value {
    let waits = kind.kind == Kind::RequiresConfirmation;
    let mut fields = json!({
        "id": kind.id,
        "ownerId": if kind.is_team() { None } else { Some(kind.owner_id) },
        "lengthInMinutes": kind.length_minutes,
        "title": kind.title,
        "slug": kind.slug,
        "description": null,
        "locations": [{"type": "integration", "integration": "cal-video"}],
        "bookingFields": [
            {"type": "name", "required": true, "isDefault": true, "slug": "name"},
            {"type": "email", "required": kind.email_required, "isDefault": true, "slug": "email"},
            {"type": "phone", "required": false, "isDefault": true, "slug": "attendeePhoneNumber", "label": "phone_number", "hidden": kind.email_required},
        ],
        "recurrence": null,
        "disableGuests": false,
        "slotInterval": kind.slot_interval_minutes,
        "minimumBookingNotice": kind.minimum_notice_minutes,
        "beforeEventBuffer": kind.before_buffer_minutes,
        "afterEventBuffer": kind.after_buffer_minutes,
        "metadata": {},
        "requiresBookerEmailVerification": kind.email_verified,
        "seatsPerTimeSlot": null,
        "price": 0,
        "currency": "eur",
        "isInstantEvent": false,
        "scheduleId": null,
        "offsetStart": 0,
        "hidden": false,
        "bookingRequiresAuthentication": false,
        "confirmationPolicy": if waits { json!({"type": "always", "blockUnconfirmedBookingsInBooker": false}) } else { disabled() },
        "seats": disabled(),
        "bookingWindow": kind.window_days.map_or_else(disabled, |days| json!({"type": "calendarDays", "value": days, "rolling": false})),
        "bookerActiveBookingsLimit": disabled(),
    });
    if kind.is_team() {
        put_team(settings, kind, &mut fields);
    } else {
        let owner = settings.host(kind.owner_id);
        fields["users"] = json!(owner.map(type_user).into_iter().collect::<Vec<_>>());
        let username = owner.map(|host| host.username.as_str()).unwrap_or_default();
        fields["bookingUrl"] = json!(format!("https://cal.com/{username}/{}", kind.slug));
    }
    fields
}

/// An event type at 2024-04-15.
pub(super) fn old_event_type(kind: &EventType) -> Value {
    json!({"id": kind.id, "slug": kind.slug, "title": kind.title, "length": kind.length_minutes})
}

/// GET /v2/me.
pub(super) fn me(host: &Host) -> Value {
    json!({
        "id": host.id, "username": host.username, "email": host.email, "name": host.name,
        "avatarUrl": null, "bio": null, "timeFormat": 24, "defaultScheduleId": 300 + host.id,
        "weekStart": "Monday", "timeZone": host.time_zone, "organizationId": null,
    })
}

fn disabled() -> Value {
    json!({"disabled": true})
}

fn put(fields: &mut Value, name: &str, value: Option<&str>) {
    if let Some(text) = value {
        fields[name] = json!(text);
    }
}

fn put_team(settings: &Settings, kind: &EventType, fields: &mut Value) {
    let hosts: Vec<Value> = kind
        .host_ids
        .iter()
        .filter_map(|id| settings.host(*id))
        .map(|host| {
            json!({"userId": host.id, "name": host.name, "username": host.username, "avatarUrl": null,
                "mandatory": kind.kind == Kind::Collective, "priority": "medium"})
        })
        .collect();
    fields["teamId"] = json!(TEAM_ID);
    fields["parentEventTypeId"] = Value::Null;
    fields["schedulingType"] = json!(if kind.kind == Kind::Collective { "collective" } else { "roundRobin" });
    fields["assignAllTeamMembers"] = json!(false);
    fields["hosts"] = json!(hosts);
    fields["team"] = json!({"id": TEAM_ID, "slug": "team", "name": "Team", "weekStart": "Monday"});
    fields["rescheduleWithSameRoundRobinHost"] = json!(false);
}

/// Where the video call is held: nowhere yet while the owner has not confirmed.
pub(super) fn place(row: &Booking) -> String {
    match row.status {
        Status::Pending => "integrations:daily".to_owned(),
        Status::Accepted | Status::Cancelled | Status::Rejected => {
            format!("https://app.cal.com/video/{}", row.uid)
        }
    }
}

/// What, between whom.
pub(super) fn title(settings: &Settings, row: &Booking) -> String {
    let kind = settings.event_type(row.event_type).map(|kind| kind.title.as_str()).unwrap_or_default();
    let host = settings.host(row.host).map(|host| host.name.as_str()).unwrap_or_default();
    format!("{kind} between {host} and {}", row.attendee.name)
}

fn booking_host(host: &Host) -> Value {
    json!({"id": host.id, "name": host.name, "email": host.email, "displayEmail": host.email,
        "username": host.username, "timeZone": host.time_zone})
}

fn type_user(host: &Host) -> Value {
    json!({"id": host.id, "name": host.name, "username": host.username, "avatarUrl": null,
        "brandColor": null, "darkBrandColor": null, "weekStart": "Monday", "metadata": {}})
}

/// The other hosts of a collective booking appear among the attendees.
fn attendees(settings: &Settings, row: &Booking) -> Vec<Value> {
    let who = &row.attendee;
    let mut first = json!({"name": who.name, "email": who.email, "displayEmail": who.email,
        "timeZone": who.time_zone, "language": who.language, "absent": false});
    put(&mut first, "phoneNumber", who.phone.as_deref());
    let others = row.co_hosts.iter().filter_map(|id| settings.host(*id)).map(|host| {
        json!({"name": host.name, "email": host.email, "displayEmail": host.email,
            "timeZone": host.time_zone, "language": "en", "absent": false})
    });
    std::iter::once(first).chain(others).collect()
}

fn responses(row: &Booking) -> Map<String, Value> {
    let mut fields = row.responses.clone();
    fields.insert("name".into(), json!(row.attendee.name));
    fields.insert("email".into(), json!(row.attendee.email));
    if let Some(phone) = &row.attendee.phone {
        fields.insert("attendeePhoneNumber".into(), json!(phone));
    }
    fields.insert("displayEmail".into(), json!(row.attendee.email));
    if let Some(reason) = &row.rescheduling_reason {
        fields.insert("rescheduledReason".into(), json!(reason));
    }
    fields
}
