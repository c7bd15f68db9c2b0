//! Slot reservations: they hide a slot from others and bind nobody.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::availability::minutes;
use super::books::{Books, Reservation};
use super::engine::Engine;
use super::routes::Ask;
use super::settings::{ApiKey, EventType};
use super::validate;
use super::wire::{self, NO_AUTH, Refusal};

const FIELDS: [&str; 4] = ["eventTypeId", "slotStart", "slotDuration", "reservationDuration"];
const MINUTES: i64 = 5;

/// A reservation that was asked for, not yet compared with what exists.
struct Wish<'a> {
    event_type: &'a EventType,
    start: Timestamp,
    minutes: i64,
}

pub(super) fn create(engine: &Engine, ask: &Ask, key: Option<&ApiKey>) -> Result<(u16, Value), Refusal> {
    let wish = wish(engine, ask, key)?;
    let now = engine.now();
    let mut books = engine.books(now);
    check_free(&books, &wish, now)?;
    let uid = books.uuid();
    let row = reservation(&wish, uid, now);
    let body = shown(&row, Some(wish.minutes));
    books.reservations.retain(|held| held.until > now);
    books.reservations.push(row);
    Ok((201, wire::success(body)))
}

/// An unknown uid is no error: the data is null.
pub(super) fn get(engine: &Engine, uid: &str) -> (u16, Value) {
    let books = engine.books(engine.now());
    let found = books.reservations.iter().find(|held| held.uid == uid);
    (200, wire::success(found.map_or(Value::Null, |held| shown(held, None))))
}

/// The reservation counts itself as an overlap, so extending the same slot is refused.
pub(super) fn change(
    engine: &Engine,
    ask: &Ask,
    uid: &str,
    key: Option<&ApiKey>,
) -> Result<(u16, Value), Refusal> {
    let wish = wish(engine, ask, key)?;
    let now = engine.now();
    let mut books = engine.books(now);
    if !books.reservations.iter().any(|held| held.uid == uid) {
        return Err(Refusal::framework(404, format!("Slot with uid={uid} not found")));
    }
    check_free(&books, &wish, now)?;
    let row = reservation(&wish, uid.to_owned(), now);
    let body = shown(&row, Some(wish.minutes));
    books.reservations.retain(|held| held.uid != uid);
    books.reservations.push(row);
    Ok((200, wire::success(body)))
}

pub(super) fn delete(engine: &Engine, uid: &str) -> (u16, Value) {
    engine.books(engine.now()).reservations.retain(|held| held.uid != uid);
    (200, json!({"status": "success"}))
}

fn wish<'a>(engine: &'a Engine, ask: &Ask, key: Option<&ApiKey>) -> Result<Wish<'a>, Refusal> {
    let body = validate::object(&ask.body)?;
    validate::only(&body, &FIELDS, "")?;
    let id = body.get("eventTypeId").and_then(Value::as_i64);
    let id = id.ok_or_else(|| validate::wrong("", "eventTypeId", "eventTypeId must be an integer number"))?;
    let start = body.get("slotStart").and_then(Value::as_str).and_then(wire::instant);
    let start = start
        .ok_or_else(|| validate::wrong("", "slotStart", "slotStart must be a valid ISO 8601 date string"))?;
    let event_type = engine
        .settings
        .event_type(id)
        .ok_or_else(|| Refusal::framework(404, format!("Event Type with ID={id} not found")))?;
    let minutes = length(&body, event_type, key)?;
    Ok(Wish { event_type, start, minutes })
}

fn length(body: &Map<String, Value>, event_type: &EventType, key: Option<&ApiKey>) -> Result<i64, Refusal> {
    if body.contains_key("slotDuration") {
        return Err(Refusal::framework(
            400,
            "Slot duration can only be given for event types with several lengths.",
        ));
    }
    let Some(wanted) = body.get("reservationDuration") else { return Ok(MINUTES) };
    let minutes = wanted.as_i64().filter(|minutes| *minutes > 0);
    let minutes = minutes.ok_or_else(|| {
        validate::wrong("", "reservationDuration", "reservationDuration must be an integer number")
    })?;
    let Some(key) = key else { return Err(Refusal::framework(401, NO_AUTH)) };
    let related = |host: &i64| key.owner == *host || key.sees.contains(host);
    if !related(&event_type.owner_id) && !event_type.host_ids.iter().any(related) {
        return Err(Refusal::framework(
            403,
            "You are not allowed to set a reservation duration for this event type.",
        ));
    }
    Ok(minutes)
}

/// Only bookings and reservations of the same event type count, and working hours not at all.
fn check_free(books: &Books, wish: &Wish<'_>, now: Timestamp) -> Result<(), Refusal> {
    let (id, start) = (wish.event_type.id, wish.start);
    let end = start + minutes(wish.event_type.length_minutes);
    let booked = books.rows.iter().filter(|row| row.event_type == id && row.is_live());
    if booked.into_iter().any(|row| row.start < end && start < row.end) {
        return Err(Refusal::framework(422, "Can't reserve a slot if the event is already booked."));
    }
    let held = books.reservations.iter().filter(|held| held.event_type == id && held.until > now);
    if held.into_iter().any(|held| held.start < end && start < held.end) {
        let text = "This time slot is already reserved by another user. Please choose a different time.";
        return Err(Refusal::framework(422, text));
    }
    Ok(())
}

fn reservation(wish: &Wish<'_>, uid: String, now: Timestamp) -> Reservation {
    Reservation {
        uid,
        event_type: wish.event_type.id,
        host: wish.event_type.host_ids.first().copied().unwrap_or_default(),
        start: wish.start,
        end: wish.start + minutes(wish.event_type.length_minutes),
        until: now + minutes(wish.minutes),
    }
}

fn shown(row: &Reservation, minutes: Option<i64>) -> Value {
    let mut fields = json!({
        "eventTypeId": row.event_type,
        "slotStart": wire::utc(row.start),
        "slotEnd": wire::utc(row.end),
        "slotDuration": row.end.duration_since(row.start).as_mins(),
        "reservationUid": row.uid,
        "reservationUntil": wire::utc(row.until),
    });
    if let Some(minutes) = minutes {
        fields["reservationDuration"] = json!(minutes);
    }
    fields
}
