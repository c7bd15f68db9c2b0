//! The proof of the books: what is stored, what was asked, and what ran at the same time.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::books::Booking;
use super::dials::{Glitch, Mishap};
use super::engine::Engine;
use super::post::Fate;

/// The metadata key under which an intent's id travels.
const INTENT_KEY: &str = "fernamt_booking";

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Request {
    pub at: Timestamp,
    pub method: String,
    pub path: String,
    pub query: String,
    /// The route with placeholders, such as `GET /v2/bookings/{uid}`.
    pub route: &'static str,
    /// Absent while it runs and where the connection was cut.
    pub status: Option<u16>,
    pub took_ms: Option<u64>,
}

/// One webhook as it went out, or did not.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub at: Timestamp,
    /// Such as `BOOKING_CREATED`.
    pub trigger: &'static str,
    /// The booking it told of.
    pub uid: String,
    pub fate: Fate,
    /// What the last try was answered with; absent where nobody answered or nothing was sent.
    pub status: Option<u16>,
}

/// A view of everything that was stored and asked.
#[derive(Clone, Debug)]
pub struct Ledger {
    engine: Arc<Engine>,
}

/// The request log and the counts of what is under way.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) requests: Vec<Request>,
    pub(super) deliveries: Vec<Delivery>,
    mishaps: BTreeMap<&'static str, usize>,
    under_way: BTreeMap<i64, usize>,
    under_way_max: BTreeMap<i64, usize>,
}

impl Ledger {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Every row, cancelled ones included, in the order of insertion.
    pub fn bookings(&self) -> Vec<Booking> {
        self.engine.books(self.engine.now()).rows.clone()
    }

    /// The rows inserted after the first so many.
    pub fn bookings_after(&self, seen: usize) -> Vec<Booking> {
        self.engine.books(self.engine.now()).rows.iter().skip(seen).cloned().collect()
    }

    /// The rows that mean an appointment: accepted and pending.
    pub fn live_bookings(&self) -> Vec<Booking> {
        self.bookings().into_iter().filter(Booking::is_live).collect()
    }

    /// How many live rows each intent has; anything above one is a broken promise.
    pub fn live_bookings_per_intent(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for row in self.live_bookings() {
            if let Some(intent) = row.metadata.get(INTENT_KEY) {
                *counts.entry(intent.clone()).or_default() += 1;
            }
        }
        counts
    }

    /// Pairs of live bookings of one host that overlap in time.
    pub fn overlaps(&self) -> Vec<(Booking, Booking)> {
        let live = self.live_bookings();
        let mut pairs = Vec::new();
        for (at, first) in live.iter().enumerate() {
            let later = live.iter().skip(at + 1).filter(|second| collide(first, second));
            pairs.extend(later.map(|second| (first.clone(), second.clone())));
        }
        pairs
    }

    /// The greatest number of booking POSTs that were under way at once for any one host.
    pub fn in_flight_max_per_host(&self) -> usize {
        self.engine.log().under_way_max.values().copied().max().unwrap_or_default()
    }

    /// The same for one host.
    pub fn in_flight_max_of(&self, host: i64) -> usize {
        self.engine.log().under_way_max.get(&host).copied().unwrap_or_default()
    }

    /// Courtesy reservations that have not run out.
    pub fn open_reservations(&self) -> usize {
        let now = self.engine.now();
        self.engine.books(now).reservations.iter().filter(|held| held.until > now).count()
    }

    /// All requests in the order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.engine.log().requests.clone()
    }

    /// The requests that arrived from `from` on and before `until`.
    pub fn requests_between(&self, from: Timestamp, until: Timestamp) -> Vec<Request> {
        self.requests().into_iter().filter(|request| from <= request.at && request.at < until).collect()
    }

    /// The webhooks that are done with, in the order in which they were.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.engine.log().deliveries.clone()
    }

    /// How often each mishap and each glitch has happened, by its name.
    pub fn mishaps(&self) -> BTreeMap<&'static str, usize> {
        self.engine.log().mishaps.clone()
    }

    /// Booking writes whose row may still appear: late commits that have not fallen due, and requests still under way.
    pub fn writes_under_way(&self) -> usize {
        let late = self.engine.books(self.engine.now()).late.len();
        let log = self.engine.log();
        let is_running = |one: &&Request| one.took_ms.is_none() && one.route.starts_with("POST /v2/bookings");
        late + log.requests.iter().filter(is_running).count()
    }

    /// How often each route was asked for.
    pub fn counters(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for request in &self.engine.log().requests {
            *counts.entry(request.route).or_default() += 1;
        }
        counts
    }

    /// How often one route was asked for, such as `POST /v2/bookings`.
    pub fn count(&self, route: &str) -> usize {
        self.engine.log().requests.iter().filter(|request| request.route == route).count()
    }
}

impl Log {
    pub(super) fn count_mishap(&mut self, mishap: Mishap) {
        let name = match mishap {
            Mishap::CutBefore => "cut before the insert",
            Mishap::CutAfter => "cut after the insert",
            Mishap::FailBefore => "500 before the insert",
            Mishap::FailAfter => "500 after the insert",
            Mishap::CommitLate { .. } => "late commit",
            Mishap::InsertLate { .. } => "late insert",
            Mishap::AnswerLate { .. } => "late answer",
            Mishap::Throttled => "429 to a write",
        };
        *self.mishaps.entry(name).or_default() += 1;
    }

    pub(super) fn count_glitch(&mut self, glitch: Glitch) {
        let name = match glitch {
            Glitch::Cut => "read cut",
            Glitch::Fail => "500 to a read",
            Glitch::Throttled => "429 to a read",
            Glitch::Slow { .. } => "slow read",
        };
        *self.mishaps.entry(name).or_default() += 1;
    }

    pub(super) fn enter(&mut self, hosts: &[i64]) {
        for host in hosts {
            let running = self.under_way.entry(*host).or_default();
            *running += 1;
            let most = self.under_way_max.entry(*host).or_default();
            *most = (*most).max(*running);
        }
    }

    pub(super) fn leave(&mut self, hosts: &[i64]) {
        for host in hosts {
            if let Some(running) = self.under_way.get_mut(host) {
                *running = running.saturating_sub(1);
            }
        }
    }
}

fn collide(first: &Booking, second: &Booking) -> bool {
    let share_a_host =
        first.concerns(second.host) || second.co_hosts.iter().any(|host| first.concerns(*host));
    share_a_host && first.start < second.end && second.start < first.end
}
