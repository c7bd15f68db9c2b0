//! GET /v2/slots at 2024-09-04, with the bumped end and answers that are two seconds old.

use std::collections::BTreeMap;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::availability::{Diary, minutes};
use super::engine::{Engine, millis};
use super::routes::Ask;
use super::settings::{EventType, Settings};
use super::wire::{self, Refusal};

const KNOWN: [&str; 13] = [
    "start",
    "end",
    "eventTypeId",
    "eventTypeSlug",
    "username",
    "usernames",
    "teamSlug",
    "organizationSlug",
    "timeZone",
    "duration",
    "format",
    "bookingUidToReschedule",
    "rrHostSubsetIds",
];
const BAD_RANGE: &str = "Invalid time range given - check the 'start' and 'end' query parameters.";

/// A question that has been read.
struct Question {
    from: Timestamp,
    until: Timestamp,
    zone: Option<TimeZone>,
    is_range: bool,
    except: Option<String>,
}

/// The map of local days to slots.
pub(super) fn list(engine: &Engine, ask: &Ask) -> Result<(u16, Value), Refusal> {
    let parameters: BTreeMap<String, String> = ask.parameters().into_iter().collect();
    if let Some((name, value)) = parameters.iter().find(|(name, _)| !KNOWN.contains(&name.as_str())) {
        return Err(Refusal::unknown_parameter(name, value));
    }
    let event_type = event_type(&engine.settings, &parameters)?;
    let question = read(&parameters, event_type)?;
    let now = engine.now();
    let mut books = engine.books(now);
    let stale = millis(engine.settings.slots_stale_ms);
    let cache_key = format!("{parameters:?}");
    if let Some((at, answer)) = books.slot_answers.get(&cache_key)
        && now.duration_since(*at) < stale
    {
        return Ok((200, wire::success(answer.clone())));
    }
    let diary = Diary { settings: &engine.settings, books: &books, except: question.except.as_deref() };
    let starts = diary.offered(event_type, (question.from, question.until), now);
    let answer = by_day(&starts, event_type, &question);
    books.slot_answers.retain(|_, (at, _)| now.duration_since(*at) < stale);
    books.slot_answers.insert(cache_key, (now, answer.clone()));
    Ok((200, wire::success(answer)))
}

fn event_type<'a>(
    settings: &'a Settings,
    parameters: &BTreeMap<String, String>,
) -> Result<&'a EventType, Refusal> {
    let unknown = || Refusal::framework(404, "Event Type not found");
    if let Some(id) = parameters.get("eventTypeId") {
        return id.parse().ok().and_then(|id| settings.event_type(id)).ok_or_else(unknown);
    }
    let (Some(slug), Some(name)) = (parameters.get("eventTypeSlug"), parameters.get("username")) else {
        return Err(Refusal::parameter(
            "eventTypeId",
            "",
            "isDefined",
            "One of eventTypeId, eventTypeSlug with username or teamSlug, or usernames is required".into(),
        ));
    };
    let owner = settings
        .hosts
        .iter()
        .find(|host| host.username == *name)
        .ok_or_else(|| Refusal::framework(404, format!("User with username {name} not found")))?;
    settings
        .event_types
        .iter()
        .find(|kind| kind.slug == *slug && kind.owner_id == owner.id)
        .ok_or_else(unknown)
}

fn read(parameters: &BTreeMap<String, String>, event_type: &EventType) -> Result<Question, Refusal> {
    let from = bound(parameters, "start")?;
    let until = bumped(bound(parameters, "end")?);
    if until < from {
        return Err(Refusal::framework(400, BAD_RANGE));
    }
    let zone = match parameters.get("timeZone") {
        None => None,
        Some(name) => Some(TimeZone::get(name).map_err(|_| {
            let text = "timeZone must be a valid IANA time-zone".to_owned();
            Refusal::parameter("timeZone", name, "isTimeZone", text)
        })?),
    };
    let format = parameters.get("format").map_or("time", String::as_str);
    if !matches!(format, "time" | "range") {
        let text = "format must be one of the following values: range, time".to_owned();
        return Err(Refusal::parameter("format", format, "isEnum", text));
    }
    if parameters.get("duration").is_some_and(|text| text.parse() != Ok(event_type.length_minutes)) {
        return Err(Refusal::framework(400, "Invalid duration for this event type."));
    }
    let except = parameters.get("bookingUidToReschedule").cloned();
    Ok(Question { from, until, zone, is_range: format == "range", except })
}

fn bound(parameters: &BTreeMap<String, String>, name: &str) -> Result<Timestamp, Refusal> {
    let text = parameters.get(name).map(String::as_str).unwrap_or_default();
    wire::instant(text).ok_or_else(|| {
        let why = format!("{name} must be a valid ISO 8601 date string");
        Refusal::parameter(name, text, "isDateString", why)
    })
}

/// An end at exactly midnight UTC means the whole of that day.
fn bumped(end: Timestamp) -> Timestamp {
    let is_midnight = end.to_zoned(TimeZone::UTC).time() == Time::midnight();
    if is_midnight { end + SignedDuration::from_secs(86_399) } else { end }
}

fn by_day(starts: &[Timestamp], event_type: &EventType, question: &Question) -> Value {
    let mut days: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for start in starts {
        let end = *start + minutes(event_type.length_minutes);
        let (day, from, until) = match &question.zone {
            Some(zone) => (
                start.to_zoned(zone.clone()).date().to_string(),
                wire::local(*start, zone),
                wire::local(end, zone),
            ),
            None => (start.to_zoned(TimeZone::UTC).date().to_string(), wire::utc(*start), wire::utc(end)),
        };
        let slot =
            if question.is_range { json!({"start": from, "end": until}) } else { json!({"start": from}) };
        days.entry(day).or_default().push(slot);
    }
    json!(days)
}
