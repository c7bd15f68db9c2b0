//! What a booking write asks for, whether it may be done, and doing it: check first, insert later, as Cal.com does.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::availability::{Diary, minutes};
use super::books::{Attendee, Booking, Books, Status};
use super::settings::{EventType, Kind, Settings};
use super::wire::{NOT_AVAILABLE, OUT_OF_BOUNDS, PAST, Refusal, TEAM_NOT_AVAILABLE};

/// A write whose body has been read and found well-formed.
#[derive(Clone, Debug)]
pub(super) enum Order {
    Create(Box<NewBooking>),
    Reschedule { uid: String, start: Timestamp, by: Option<String>, reason: Option<String> },
    Cancel { uid: String, reason: Option<String>, by_a_host: bool },
}

/// What POST /v2/bookings carries.
#[derive(Clone, Debug)]
pub(super) struct NewBooking {
    pub(super) event_type: i64,
    pub(super) start: Timestamp,
    pub(super) attendee: Attendee,
    pub(super) guests: Vec<String>,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) responses: Map<String, Value>,
}

/// What the check allows; by the time it is carried out somebody else may have been quicker.
#[derive(Clone, Debug)]
pub(super) enum Plan {
    /// Round robin and confirmation types answer a repeat with the booking that exists.
    Existing(String),
    Insert(Box<Booking>),
    Replace {
        old: String,
        row: Box<Booking>,
    },
    Cancel {
        uid: String,
        reason: Option<String>,
    },
}

impl Plan {
    /// Whether it makes a row that nobody has been told of yet.
    pub(super) fn is_news(&self) -> bool {
        matches!(self, Self::Insert(_) | Self::Replace { .. })
    }
}

/// Reads only: the same refusals, in the same order, as the real core.
pub(super) fn check(
    settings: &Settings,
    books: &Books,
    order: &Order,
    now: Timestamp,
) -> Result<Plan, Refusal> {
    match order {
        Order::Create(wanted) => check_create(settings, books, wanted, now),
        Order::Reschedule { uid, start, by, reason } => {
            let old = find(books, uid)?;
            let row = check_reschedule(settings, books, (old, *start, by.as_deref()), now)?;
            let row = Booking { rescheduling_reason: reason.clone(), ..row };
            Ok(Plan::Replace { old: uid.clone(), row: Box::new(row) })
        }
        Order::Cancel { uid, reason, by_a_host } => {
            check_cancel(find(books, uid)?, reason.as_deref(), *by_a_host, now)?;
            Ok(Plan::Cancel { uid: uid.clone(), reason: reason.clone() })
        }
    }
}

/// Writes what was allowed and answers the uid of the row the client is to see.
pub(super) fn carry_out(
    settings: &Settings,
    books: &mut Books,
    plan: Plan,
    now: Timestamp,
) -> Result<String, Refusal> {
    match plan {
        Plan::Existing(uid) => Ok(uid),
        Plan::Insert(row) => books.insert(*row, now).map_err(|_| lost_race(settings)),
        Plan::Replace { old, row } => {
            let by = row.rescheduled_by.clone();
            let uid = books.insert(*row, now).map_err(|_| lost_race(settings))?;
            let next = uid.clone();
            books.change(&old, now, |row| {
                row.status = Status::Cancelled;
                row.rescheduled_to = Some(next);
                row.rescheduled_by = by;
            });
            Ok(uid)
        }
        Plan::Cancel { uid, reason } => {
            books.change(&uid, now, |row| {
                row.status = Status::Cancelled;
                row.cancellation_reason = reason;
            });
            Ok(uid)
        }
    }
}

/// The 404 of an uid nobody knows.
pub(super) fn find<'a>(books: &'a Books, uid: &str) -> Result<&'a Booking, Refusal> {
    books.find(uid).ok_or_else(|| unknown_booking(uid))
}

/// The text of a booking that is not there.
pub(super) fn unknown_booking(uid: &str) -> Refusal {
    Refusal::framework(404, format!("Booking with uid={uid} was not found in the database"))
}

fn check_create(
    settings: &Settings,
    books: &Books,
    wanted: &NewBooking,
    now: Timestamp,
) -> Result<Plan, Refusal> {
    let event_type = event_type(settings, wanted.event_type)?;
    if wanted.start < now {
        return Err(Refusal::framework(400, PAST));
    }
    check_bounds(event_type, wanted.start, now)?;
    if event_type.email_verified {
        return Err(Refusal::bare(400, "email_verification_required"));
    }
    if let Some(uid) = existing(books, event_type, wanted) {
        return Ok(Plan::Existing(uid));
    }
    let diary = Diary { settings, books, except: None };
    let (host, co_hosts) = choose_hosts(diary, event_type, wanted.start)?;
    let status =
        if event_type.kind == Kind::RequiresConfirmation { Status::Pending } else { Status::Accepted };
    Ok(Plan::Insert(Box::new(Booking {
        id: 0,
        uid: String::new(),
        event_type: event_type.id,
        host,
        co_hosts,
        start: wanted.start,
        end: wanted.start + minutes(event_type.length_minutes),
        status,
        attendee: wanted.attendee.clone(),
        guests: wanted.guests.clone(),
        metadata: wanted.metadata.clone(),
        responses: wanted.responses.clone(),
        created_at: now,
        updated_at: now,
        cancellation_reason: None,
        rescheduling_reason: None,
        rescheduled_by: None,
        rescheduled_from: None,
        rescheduled_to: None,
        before: None,
    })))
}

fn check_reschedule(
    settings: &Settings,
    books: &Books,
    (old, start, by): (&Booking, Timestamp, Option<&str>),
    now: Timestamp,
) -> Result<Booking, Refusal> {
    let uid = &old.uid;
    if let Some(next) = &old.rescheduled_to {
        let text = format!(
            "Can't reschedule booking with uid={uid} because it has been cancelled and rescheduled already to booking with uid={next}. You probably want to reschedule {next} instead by passing it within the request URL."
        );
        return Err(Refusal::framework(400, text));
    }
    if !old.is_live() {
        let text = format!(
            "Can't reschedule booking with uid={uid} because it has been cancelled. Please provide uid of a booking that is not cancelled."
        );
        return Err(Refusal::framework(400, text));
    }
    let event_type = event_type(settings, old.event_type)?;
    if start < now {
        return Err(Refusal::framework(400, PAST));
    }
    check_bounds(event_type, start, now)?;
    let diary = Diary { settings, books, except: Some(uid) };
    let (host, co_hosts) = choose_hosts(diary, event_type, start)?;
    let by_the_owner = settings.host(old.host).is_some_and(|owner| by == Some(owner.email.as_str()));
    let waits = event_type.kind == Kind::RequiresConfirmation && !by_the_owner;
    Ok(Booking {
        host,
        co_hosts,
        start,
        end: start + old.end.duration_since(old.start),
        status: if waits { Status::Pending } else { Status::Accepted },
        rescheduled_by: by.map(str::to_owned),
        rescheduled_from: Some(uid.clone()),
        rescheduled_to: None,
        cancellation_reason: None,
        before: None,
        ..old.clone()
    })
}

fn check_cancel(row: &Booking, reason: Option<&str>, by_a_host: bool, now: Timestamp) -> Result<(), Refusal> {
    if !row.is_live() {
        let text = format!(
            "Can't cancel booking with uid={} because it has been cancelled already. Please provide uid of a booking that is not cancelled.",
            row.uid
        );
        return Err(Refusal::framework(400, text));
    }
    if row.end <= now {
        return Err(Refusal::bare(400, "Cannot cancel a booking that has already ended"));
    }
    if by_a_host && reason.is_none_or(|text| text.trim().is_empty()) {
        return Err(Refusal::bare(400, "Cancellation reason is required"));
    }
    Ok(())
}

fn event_type(settings: &Settings, id: i64) -> Result<&EventType, Refusal> {
    settings
        .event_type(id)
        .ok_or_else(|| Refusal::framework(404, format!("Event type with id {id} not found.")))
}

fn check_bounds(event_type: &EventType, start: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    let too_soon = start < now + minutes(event_type.minimum_notice_minutes);
    let too_far =
        event_type.window_days.is_some_and(|days| start > now + SignedDuration::from_hours(24 * days));
    if too_soon || too_far {
        return Err(Refusal::framework(400, OUT_OF_BOUNDS));
    }
    Ok(())
}

/// Cal.com's own look for a repeat: same type, start and attendee, in the state the type produces.
fn existing(books: &Books, event_type: &EventType, wanted: &NewBooking) -> Option<String> {
    let status = match event_type.kind {
        Kind::RoundRobin => Status::Accepted,
        Kind::RequiresConfirmation => Status::Pending,
        Kind::Personal | Kind::Collective => return None,
    };
    let same = |row: &&Booking| {
        row.status == status
            && row.event_type == event_type.id
            && row.start == wanted.start
            && row.attendee.email == wanted.attendee.email
            && (wanted.attendee.phone.is_none() || row.attendee.phone == wanted.attendee.phone)
    };
    books.rows.iter().find(same).map(|row| row.uid.clone())
}

fn choose_hosts(
    diary: Diary<'_>,
    event_type: &EventType,
    start: Timestamp,
) -> Result<(i64, Vec<i64>), Refusal> {
    let free = diary.free_hosts(event_type, start);
    match event_type.kind {
        Kind::Personal | Kind::RequiresConfirmation => {
            free.first().map(|host| (*host, Vec::new())).ok_or_else(|| Refusal::framework(400, NOT_AVAILABLE))
        }
        Kind::RoundRobin => next_in_turn(diary, free)
            .map(|host| (host, Vec::new()))
            .ok_or_else(|| Refusal::framework(400, TEAM_NOT_AVAILABLE)),
        Kind::Collective => match free.split_first() {
            Some((first, others)) if free.len() == event_type.host_ids.len() => Ok((*first, others.to_vec())),
            _ => Err(Refusal::framework(400, TEAM_NOT_AVAILABLE)),
        },
    }
}

/// Who has fewest bookings; among equals it goes round, so that two requests at once may well get two hosts.
fn next_in_turn(diary: Diary<'_>, mut free: Vec<i64>) -> Option<i64> {
    if free.len() > 1 {
        let turns = diary.books.next_pick() % free.len();
        free.rotate_left(turns);
    }
    free.into_iter().min_by_key(|host| diary.books.rows.iter().filter(|row| row.host == *host).count())
}

fn lost_race(settings: &Settings) -> Refusal {
    if settings.production {
        Refusal::bare(400, "An error occurred while querying the database.")
    } else {
        Refusal::bare(409, "booking_conflict_error")
    }
}
