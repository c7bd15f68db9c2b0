//! A slot: a stretch of time in one calendar, as one event type, by one person.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ids::CalendarId;

/// Holds are kept in steps of this many minutes.
pub const QUANTUM_MINUTES: i64 = 5;

/// A bookable stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    pub start: Timestamp,
    pub end: Timestamp,
    pub event_type_id: i64,
    pub calendar: CalendarId,
    pub staff: Option<String>,
}

/// A stretch of a calendar that somebody else keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    pub calendar: CalendarId,
    pub start: Timestamp,
    pub end: Timestamp,
}

/// The same, and in which lane: a calendar has one for each host who can serve at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InLane {
    pub kept: Kept,
    pub lane: u32,
}

impl Slot {
    /// Whether others keep a part of it in each of so many lanes, so that no host is left for all of it.
    pub fn is_kept_in_all(&self, kept: &[InLane], lanes: u32) -> bool {
        let clashing = kept.iter().filter(|one| one.lane < lanes && self.clashes_with(&one.kept));
        let lanes_kept: BTreeSet<u32> = clashing.map(|one| one.lane).collect();
        u32::try_from(lanes_kept.len()).unwrap_or(u32::MAX) >= lanes
    }

    pub fn clashes_with(&self, kept: &Kept) -> bool {
        self.calendar == kept.calendar && self.start < kept.end && kept.start < self.end
    }

    /// The numbers of the five-minute steps since 1970 that the slot touches.
    pub fn quanta(&self) -> impl Iterator<Item = i64> + use<> {
        let step = QUANTUM_MINUTES * 60_000;
        let first = self.start.as_millisecond().div_euclid(step);
        let last = (self.end.as_millisecond() - 1).div_euclid(step);
        first..=last.max(first)
    }
}

/// The stretch of time a five-minute step stands for.
pub fn quantum(calendar: CalendarId, number: i64) -> Kept {
    let step = QUANTUM_MINUTES * 60_000;
    let at = |n: i64| Timestamp::from_millisecond(n.saturating_mul(step)).unwrap_or(Timestamp::MAX);
    Kept { calendar, start: at(number), end: at(number + 1) }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn slot(from_minute: i64, to_minute: i64) -> Slot {
        Slot {
            start: Timestamp::from_second(from_minute * 60).unwrap(),
            end: Timestamp::from_second(to_minute * 60).unwrap(),
            event_type_id: 1,
            calendar: Uuid::from_u128(1).into(),
            staff: None,
        }
    }

    #[test]
    fn half_an_hour_is_six_steps() {
        assert_eq!(slot(60, 90).quanta().collect::<Vec<_>>(), [12, 13, 14, 15, 16, 17]);
    }

    #[test]
    fn slots_that_only_touch_do_not_clash() {
        let kept: Vec<Kept> = slot(90, 120).quanta().map(|n| quantum(Uuid::from_u128(1).into(), n)).collect();

        assert!(!kept.iter().any(|k| slot(60, 90).clashes_with(k)));
        assert!(kept.iter().any(|k| slot(61, 91).clashes_with(k)));
    }
}
