//! Free slots as Cal.com showed them a moment ago: one question at a time per event type, kept for a short life.

// Only what has to be newer than the question itself waits for nobody: whatever was asked before it is of no use to it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use dashmap::DashMap;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use tracing::Instrument as _;

use super::line::{Line, Unread};
use crate::calcom;
use crate::clock::Clock;
use crate::domain::ids::CompanyId;
use crate::domain::retry::{later, millis};
use crate::meters;

/// How many days are asked for at once when one of them is wanted.
const DAYS_AT_ONCE: i64 = 7;
/// Event types kept in memory; beyond it the oldest knowledge is dropped.
const EVENT_TYPES_MAX: usize = 20_000;

type Key = (CompanyId, i64);

/// A start and, where Cal.com says so, an end.
pub type Stretch = (Timestamp, Option<Timestamp>);

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Question {
    pub company: CompanyId,
    pub event_type_id: i64,
    pub from: Date,
    pub days: u8,
    pub zone: TimeZone,
    pub zone_name: String,
    /// The answer must not be older than the question.
    pub fresh: bool,
}

/// The cache. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Slots {
    known: Arc<DashMap<Key, Arc<EventType>>>,
    life_ms: u64,
    clock: Clock,
}

#[derive(Debug, Default)]
struct EventType {
    asking: tokio::sync::Mutex<()>,
    days: Mutex<BTreeMap<Date, Day>>,
}

#[derive(Clone, Debug)]
struct Day {
    read_at: Timestamp,
    free: Vec<Stretch>,
}

impl Slots {
    pub fn new(life_ms: u64, clock: Clock) -> Self {
        Self { known: Arc::default(), life_ms, clock }
    }

    /// The free stretches of the days asked for.
    pub async fn free(&self, line: &Line, question: &Question) -> Result<Vec<Stretch>, Unread> {
        let asked_at = self.clock.now();
        let oldest = if question.fresh { asked_at } else { later(asked_at, -millis(self.life_ms)) };
        let event_type = self.event_type((question.company, question.event_type_id));
        if let Some(known) = event_type.known(question, oldest) {
            meters::slots("cache");
            return Ok(known);
        }
        let _turn = if question.fresh { None } else { Some(event_type.asking.lock().await) };
        // Whoever asked before us may have brought just what we need.
        if let Some(known) = event_type.known(question, oldest) {
            meters::slots("another_question");
            return Ok(known);
        }
        meters::slots("calcom");
        let span = tracing::info_span!("slots", event_type = question.event_type_id, fresh = question.fresh);
        let read_at = self.clock.now();
        let (range, count) = range_of(question);
        let slots = line.slots(question.event_type_id, range, &question.zone_name).instrument(span).await?;
        event_type.learn(question, count, (read_at, slots));
        Ok(event_type.known(question, oldest).unwrap_or_default())
    }

    /// Reads what may be asked for soon, unless it is known well enough or somebody is asking already. What cannot be
    /// read is left to whoever asks.
    pub async fn read_ahead(&self, line: &Line, question: &Question) {
        let event_type = self.event_type((question.company, question.event_type_id));
        let read_at = self.clock.now();
        // What has only half of its life left may be gone by the time somebody asks.
        if event_type.known(question, later(read_at, -millis(self.life_ms / 2))).is_some() {
            return;
        }
        let Ok(_turn) = event_type.asking.try_lock() else { return };
        let (range, count) = range_of(question);
        let read = line.slots_ahead(question.event_type_id, range, &question.zone_name);
        let span = tracing::info_span!("slots_ahead", event_type = question.event_type_id);
        if let Ok(slots) = read.instrument(span).await {
            meters::slots("ahead");
            event_type.learn(question, count, (read_at, slots));
        }
    }

    /// What was known of an event type is no longer true.
    pub fn forget(&self, company: CompanyId, event_type_id: i64) {
        self.known.remove(&(company, event_type_id));
    }

    fn event_type(&self, key: Key) -> Arc<EventType> {
        if self.known.len() >= EVENT_TYPES_MAX && !self.known.contains_key(&key) {
            let oldest = later(self.clock.now(), -millis(self.life_ms));
            self.known.retain(|_, event_type| event_type.is_younger_than(oldest));
        }
        self.known.entry(key).or_default().clone()
    }
}

impl EventType {
    fn known(&self, question: &Question, oldest: Timestamp) -> Option<Vec<Stretch>> {
        let days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = Vec::new();
        for date in days_of(question.from, i64::from(question.days)) {
            let day = days.get(&date).filter(|day| day.read_at >= oldest)?;
            free.extend(day.free.iter().copied());
        }
        Some(free)
    }

    fn is_younger_than(&self, oldest: Timestamp) -> bool {
        let days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        days.values().any(|day| day.read_at >= oldest)
    }

    /// Takes in what Cal.com showed for so many days; what was read later than this stays.
    fn learn(&self, question: &Question, count: i64, (read_at, slots): (Timestamp, Vec<calcom::Slot>)) {
        let mut read: BTreeMap<Date, Day> =
            days_of(question.from, count).map(|date| (date, Day { read_at, free: Vec::new() })).collect();
        for slot in slots {
            let date = slot.start.to_zoned(question.zone.clone()).date();
            if let Some(day) = read.get_mut(&date) {
                day.free.push((slot.start, slot.end));
            }
        }
        let today = read_at.to_zoned(question.zone.clone()).date();
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        days.retain(|date, _| *date >= today);
        for (date, day) in read {
            if days.get(&date).is_none_or(|known| known.read_at <= read_at) {
                days.insert(date, day);
            }
        }
    }
}

/// What is read of Cal.com for a question, and how many days that is.
fn range_of(question: &Question) -> ((Timestamp, Timestamp), i64) {
    let wanted = i64::from(question.days);
    let count = if question.fresh { wanted } else { wanted.max(DAYS_AT_ONCE) };
    let end = midnight(after(question.from, count), &question.zone);
    ((midnight(question.from, &question.zone), end), count)
}

fn days_of(from: Date, count: i64) -> impl Iterator<Item = Date> {
    (0..count).map(move |days| after(from, days))
}

fn after(date: Date, days: i64) -> Date {
    date.saturating_add(days.days())
}

fn midnight(date: Date, zone: &TimeZone) -> Timestamp {
    zone.to_timestamp(date.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX)
}
