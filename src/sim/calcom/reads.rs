//! GET /v2/bookings and GET /v2/bookings/{uid}, as a possibly lagging replica shows them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::books::{Booking, Status};
use super::engine::{Engine, millis};
use super::orders;
use super::present;
use super::routes::{Ask, speaks_bookings};
use super::settings::ApiKey;
use super::wire::{self, Refusal};

const TAKE: usize = 100;
const TAKE_MAX: usize = 250;
const STATUSES: [&str; 5] = ["upcoming", "recurring", "past", "cancelled", "unconfirmed"];

/// The filters of a list; those by creation and change do not count for the total.
#[derive(Debug)]
struct Filter {
    statuses: Vec<String>,
    attendee_email: Option<String>,
    attendee_name: Option<String>,
    uid: Option<String>,
    event_types: Option<Vec<i64>>,
    is_team_only: bool,
    after_start: Option<Timestamp>,
    before_end: Option<Timestamp>,
    created: (Option<Timestamp>, Option<Timestamp>),
    updated: (Option<Timestamp>, Option<Timestamp>),
    sort: Option<(Field, bool)>,
    take: usize,
    skip: usize,
}

#[derive(Clone, Copy, Debug)]
enum Field {
    Start,
    End,
    Created,
    Updated,
}

/// One booking by uid; anybody who knows the uid may read it.
pub(super) fn get(engine: &Engine, ask: &Ask, uid: &str) -> Result<(u16, Value), Refusal> {
    let now = engine.now();
    let seen_at = now - millis(engine.standing().stale_ms);
    let books = engine.books(now);
    let row = orders::find(&books, uid)?;
    let row = row.as_of(seen_at).ok_or_else(|| orders::unknown_booking(uid))?;
    let body = if speaks_bookings(&ask.version) {
        present::booking(&engine.settings, row)
    } else {
        present::old_booking(&engine.settings, row)
    };
    Ok((200, wire::success(body)))
}

/// The list; in the oldest version every filter is silently ignored.
pub(super) fn list(engine: &Engine, ask: &Ask, key: Option<&ApiKey>) -> Result<(u16, Value), Refusal> {
    let now = engine.now();
    let seen_at = now - millis(engine.standing().stale_ms);
    let books = engine.books(now);
    let visible: Vec<&Booking> = books
        .rows
        .iter()
        .filter_map(|row| row.as_of(seen_at))
        .filter(|row| key.is_some_and(|key| may_list(engine, key, row)))
        .collect();
    if !speaks_bookings(&ask.version) {
        let rows: Vec<Value> =
            visible.into_iter().map(|row| present::old_booking(&engine.settings, row)).collect();
        let body = json!({"bookings": rows, "recurringInfo": [], "nextCursor": null});
        return Ok((200, wire::success(body)));
    }
    let filter = Filter::read(engine, &ask.parameters())?;
    let counted: Vec<&Booking> = visible.into_iter().filter(|row| filter.counts(engine, row, now)).collect();
    let total = counted.len();
    let mut rows: Vec<&Booking> = counted.into_iter().filter(|row| filter.is_in_window(row)).collect();
    filter.sort(&mut rows);
    let page: Vec<Value> = rows
        .into_iter()
        .skip(filter.skip)
        .take(filter.take)
        .map(|row| present::booking(&engine.settings, row))
        .collect();
    let pagination = pagination(page.len(), total, &filter);
    Ok((200, json!({"status": "success", "data": page, "pagination": pagination})))
}

/// The key's user is organizer, co-host or attendee, or may see somebody who is.
fn may_list(engine: &Engine, key: &ApiKey, row: &Booking) -> bool {
    std::iter::once(&key.owner).chain(&key.sees).any(|host| row.concerns(*host))
        || engine.settings.host(key.owner).is_some_and(|owner| owner.email == row.attendee.email)
}

fn pagination(returned: usize, total: usize, filter: &Filter) -> Value {
    let remaining = total.saturating_sub(filter.skip + returned);
    let pages = total.div_ceil(filter.take);
    json!({
        "returnedItems": returned,
        "totalItems": total,
        "itemsPerPage": filter.take,
        "remainingItems": remaining,
        "currentPage": if total == 0 { 0 } else { filter.skip / filter.take + 1 },
        "totalPages": pages,
        "hasNextPage": remaining > 0,
        "hasPreviousPage": filter.skip > 0,
    })
}

impl Filter {
    fn read(engine: &Engine, parameters: &[(String, String)]) -> Result<Self, Refusal> {
        let mut filter = Self::empty();
        let mut sorts: [Option<bool>; 4] = [None; 4];
        for (name, value) in parameters {
            match name.as_str() {
                "status" => filter.statuses = statuses(value)?,
                "attendeeEmail" => filter.attendee_email = Some(value.replace(' ', "+")),
                "attendeeName" => filter.attendee_name = Some(value.clone()),
                "bookingUid" => filter.uid = Some(value.clone()),
                "eventTypeIds" | "eventTypeId" => filter.event_types = Some(ids(engine, name, value)?),
                "teamsIds" | "teamId" => filter.is_team_only = true,
                "afterStart" => filter.after_start = Some(instant(name, value)?),
                "beforeEnd" => filter.before_end = Some(instant(name, value)?),
                "afterCreatedAt" => filter.created.0 = Some(instant(name, value)?),
                "beforeCreatedAt" => filter.created.1 = Some(instant(name, value)?),
                "afterUpdatedAt" => filter.updated.0 = Some(instant(name, value)?),
                "beforeUpdatedAt" => filter.updated.1 = Some(instant(name, value)?),
                "sortStart" => sorts[0] = Some(is_ascending(name, value)?),
                "sortEnd" => sorts[1] = Some(is_ascending(name, value)?),
                "sortCreated" => sorts[2] = Some(is_ascending(name, value)?),
                "sortUpdatedAt" => sorts[3] = Some(is_ascending(name, value)?),
                "take" => filter.take = number(name, value, 1, TAKE_MAX)?,
                "skip" => filter.skip = number(name, value, 0, usize::MAX)?,
                _ => return Err(Refusal::unknown_parameter(name, value)),
            }
        }
        let fields = [Field::Start, Field::End, Field::Created, Field::Updated];
        filter.sort = fields.into_iter().zip(sorts).find_map(|(field, up)| up.map(|up| (field, up)));
        Ok(filter)
    }

    fn empty() -> Self {
        Self {
            statuses: Vec::new(),
            attendee_email: None,
            attendee_name: None,
            uid: None,
            event_types: None,
            is_team_only: false,
            after_start: None,
            before_end: None,
            created: (None, None),
            updated: (None, None),
            sort: None,
            take: TAKE,
            skip: 0,
        }
    }

    fn counts(&self, engine: &Engine, row: &Booking, now: Timestamp) -> bool {
        let has_email = |email: &String| {
            row.attendee.email == *email
                || row.guests.contains(email)
                || row
                    .co_hosts
                    .iter()
                    .filter_map(|id| engine.settings.host(*id))
                    .any(|host| host.email == *email)
        };
        let is_team =
            || engine.settings.event_type(row.event_type).is_some_and(super::settings::EventType::is_team);
        (self.statuses.is_empty() || self.statuses.iter().any(|status| is_status(row, status, now)))
            && self.attendee_email.as_ref().is_none_or(has_email)
            && self.attendee_name.as_ref().is_none_or(|name| row.attendee.name == *name)
            && self.uid.as_ref().is_none_or(|uid| row.uid == *uid)
            && self.event_types.as_ref().is_none_or(|ids| ids.contains(&row.event_type))
            && (!self.is_team_only || is_team())
            && self.after_start.is_none_or(|at| row.start >= at)
            && self.before_end.is_none_or(|at| row.end <= at)
    }

    fn is_in_window(&self, row: &Booking) -> bool {
        let within = |at: Timestamp, (after, before): (Option<Timestamp>, Option<Timestamp>)| {
            after.is_none_or(|bound| at >= bound) && before.is_none_or(|bound| at <= bound)
        };
        within(row.created_at, self.created) && within(row.updated_at, self.updated)
    }

    fn sort(&self, rows: &mut [&Booking]) {
        let (field, is_ascending) = self.sort.unwrap_or((Field::Start, true));
        rows.sort_by_key(|row| match field {
            Field::Start => row.start,
            Field::End => row.end,
            Field::Created => row.created_at,
            Field::Updated => row.updated_at,
        });
        if !is_ascending {
            rows.reverse();
        }
    }
}

fn is_status(row: &Booking, status: &str, now: Timestamp) -> bool {
    match status {
        "upcoming" => row.is_live() && row.end >= now,
        "past" => row.is_live() && row.end < now,
        "cancelled" => !row.is_live(),
        "unconfirmed" => row.status == Status::Pending && row.end >= now,
        _ => false,
    }
}

fn statuses(value: &str) -> Result<Vec<String>, Refusal> {
    let wanted: Vec<String> = value.split(',').map(str::to_owned).collect();
    if wanted.iter().all(|status| STATUSES.contains(&status.as_str())) {
        return Ok(wanted);
    }
    let text = "Invalid status. Allowed are upcoming, recurring, past, cancelled, unconfirmed".to_owned();
    Err(Refusal::parameter("status", value, "isEnum", text))
}

fn ids(engine: &Engine, name: &str, value: &str) -> Result<Vec<i64>, Refusal> {
    let parsed: Result<Vec<i64>, _> = value.split(',').map(str::parse).collect();
    let ids = parsed.map_err(|_| {
        Refusal::parameter(name, value, "isNumber", format!("{name} must be a list of numbers"))
    })?;
    if ids.iter().any(|id| engine.settings.event_type(*id).is_none()) {
        return Err(Refusal::coded(400, "TRPCError", "The requested event-types do not exist."));
    }
    Ok(ids)
}

fn instant(name: &str, value: &str) -> Result<Timestamp, Refusal> {
    wire::instant(value).ok_or_else(|| {
        let why = format!("{name} must be a valid ISO 8601 date string");
        Refusal::parameter(name, value, "isISO8601", why)
    })
}

fn is_ascending(name: &str, value: &str) -> Result<bool, Refusal> {
    match value {
        "asc" => Ok(true),
        "desc" => Ok(false),
        _ => Err(Refusal::parameter(
            name,
            value,
            "isEnum",
            format!("{name} must be either \"asc\" or \"desc\""),
        )),
    }
}

fn number(name: &str, value: &str, min: usize, max: usize) -> Result<usize, Refusal> {
    value.parse().ok().filter(|number| (min..=max).contains(number)).ok_or_else(|| {
        Refusal::parameter(name, value, "max", format!("{name} must be between {min} and {max}"))
    })
}
