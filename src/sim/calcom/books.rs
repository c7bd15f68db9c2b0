//! The simulated database: bookings, reservations and what is still to be committed.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::hooks::Hook;
use super::orders::Plan;

/// What a booking row says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Accepted,
    Pending,
    Cancelled,
    Rejected,
}

/// Who the booking is for.
#[derive(Clone, Debug)]
pub struct Attendee {
    pub name: String,
    pub email: String,
    pub phone: Option<String>,
    pub time_zone: String,
    pub language: String,
}

/// One row of the bookings table.
#[derive(Clone, Debug)]
pub struct Booking {
    pub id: i64,
    pub uid: String,
    pub event_type: i64,
    /// The organizer.
    pub host: i64,
    /// The other hosts of a collective booking.
    pub co_hosts: Vec<i64>,
    pub start: Timestamp,
    pub end: Timestamp,
    pub status: Status,
    pub attendee: Attendee,
    pub guests: Vec<String>,
    pub metadata: BTreeMap<String, String>,
    pub responses: Map<String, Value>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub cancellation_reason: Option<String>,
    pub rescheduling_reason: Option<String>,
    pub rescheduled_by: Option<String>,
    pub rescheduled_from: Option<String>,
    pub rescheduled_to: Option<String>,
    /// The row before its last change, which a lagging replica still shows.
    pub(super) before: Option<Box<Booking>>,
}

/// A courtesy hold that hides a slot and binds nobody.
#[derive(Clone, Debug)]
pub(super) struct Reservation {
    pub(super) uid: String,
    pub(super) event_type: i64,
    pub(super) host: i64,
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    pub(super) until: Timestamp,
}

/// A write that has passed every check, whose client was cut off, and whose row appears later.
#[derive(Clone, Debug)]
pub(super) struct Late {
    pub(super) due: Timestamp,
    pub(super) plan: Plan,
}

/// The unique key (start, end, organizer) had a row already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LostRace;

/// All tables.
#[derive(Debug)]
pub(super) struct Books {
    pub(super) rows: Vec<Booking>,
    pub(super) reservations: Vec<Reservation>,
    pub(super) late: Vec<Late>,
    pub(super) hooks: Vec<Hook>,
    pub(super) slot_answers: HashMap<String, (Timestamp, Value)>,
    taken: HashMap<(Timestamp, Timestamp, i64), String>,
    positions: HashMap<String, usize>,
    picks: Cell<usize>,
    rng: fastrand::Rng,
}

impl Status {
    /// The word on the wire since 2024-08-13.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Pending => "pending",
            Self::Cancelled => "cancelled",
            Self::Rejected => "rejected",
        }
    }
}

impl Booking {
    /// Whether the row still means an appointment: accepted or pending.
    pub fn is_live(&self) -> bool {
        matches!(self.status, Status::Accepted | Status::Pending)
    }

    /// Whether a person's calendar holds this booking.
    pub fn concerns(&self, host: i64) -> bool {
        self.host == host || self.co_hosts.contains(&host)
    }

    /// The row as a replica saw it at an earlier time, if it existed then.
    pub(super) fn as_of(&self, at: Timestamp) -> Option<&Self> {
        if self.updated_at <= at {
            return Some(self);
        }
        self.before.as_deref()?.as_of(at)
    }
}

impl Books {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            rows: Vec::new(),
            reservations: Vec::new(),
            late: Vec::new(),
            hooks: Vec::new(),
            slot_answers: HashMap::new(),
            taken: HashMap::new(),
            positions: HashMap::new(),
            picks: Cell::new(0),
            rng: fastrand::Rng::with_seed(seed),
        }
    }

    pub(super) fn find(&self, uid: &str) -> Option<&Booking> {
        self.positions.get(uid).and_then(|at| self.rows.get(*at))
    }

    /// Stores a row under a fresh uid; only accepted rows are unique per start, end and organizer.
    pub(super) fn insert(&mut self, mut row: Booking, now: Timestamp) -> Result<String, LostRace> {
        let key = (row.start, row.end, row.host);
        if row.status == Status::Accepted && self.taken.contains_key(&key) {
            return Err(LostRace);
        }
        let uid = self.short_uid();
        row.id = 918_000 + i64::try_from(self.rows.len()).unwrap_or_default();
        row.uid.clone_from(&uid);
        row.created_at = now;
        row.updated_at = now;
        if row.status == Status::Accepted {
            self.taken.insert(key, uid.clone());
        }
        self.positions.insert(uid.clone(), self.rows.len());
        self.rows.push(row);
        Ok(uid)
    }

    /// Changes a row, keeping its earlier version for lagging readers and the unique key in step.
    pub(super) fn change(&mut self, uid: &str, now: Timestamp, change: impl FnOnce(&mut Booking)) {
        let Some(row) = self.positions.get(uid).and_then(|at| self.rows.get_mut(*at)) else { return };
        let earlier = row.clone();
        change(row);
        row.updated_at = now;
        let key = (row.start, row.end, row.host);
        let accepted = row.status == Status::Accepted;
        row.before = Some(Box::new(earlier));
        if accepted {
            self.taken.entry(key).or_insert_with(|| uid.to_owned());
        } else if self.taken.get(&key).is_some_and(|holder| holder == uid) {
            self.taken.remove(&key);
        }
    }

    /// How often a round robin has picked a host; counted when it picks, not when the row is stored.
    pub(super) fn next_pick(&self) -> usize {
        let pick = self.picks.get();
        self.picks.set(pick.wrapping_add(1));
        pick
    }

    /// Twenty-two letters and digits, like the real short uids.
    pub(super) fn short_uid(&mut self) -> String {
        std::iter::repeat_with(|| self.rng.alphanumeric()).take(22).collect()
    }

    /// A random uuid from the seeded source.
    pub(super) fn uuid(&mut self) -> String {
        uuid::Builder::from_random_bytes(self.rng.u128(..).to_be_bytes()).into_uuid().to_string()
    }

    pub(super) fn random_between(&mut self, min: u64, max: u64) -> u64 {
        self.rng.u64(min..=max.max(min))
    }
}
