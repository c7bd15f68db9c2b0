//! Which slots may be offered: the calendar's own, narrowed by the house's rules, spread or ranked by nearness.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use super::desk::{Desk, Need, iso};
use super::{Event, Offered};
use crate::domain::answer::{Answer, Status};
use crate::domain::directory::{Branch, Offer, Service};
use crate::domain::retry::{later, minutes};
use crate::domain::slot::{Kept, Slot};
use crate::domain::speech::sentences;

/// How far ahead alternatives are looked for when a day has none, in days.
const LOOK_AHEAD_DAYS: u8 = 6;
/// How many times that far the search for the first free slot goes.
const SEARCHES_MAX: i32 = 3;

/// Where to look for slots: what, by whom.
#[derive(Clone, Copy)]
pub(super) struct Search<'a> {
    pub(super) branch: &'a Branch,
    pub(super) service: &'a Service,
    pub(super) staff: Option<&'a str>,
    /// The appointment they are for: its own hold does not stand in its way.
    pub(super) appointment: u8,
}

impl Search<'_> {
    pub(super) fn offers(&self) -> Vec<Offer> {
        self.service.offers_by(self.staff).cloned().collect()
    }

    pub(super) fn event_types(&self) -> Vec<i64> {
        self.service.offers_by(self.staff).map(|offer| offer.event_type_id).collect()
    }
}

impl Desk<'_> {
    /// Why nothing can start at that time by the house's own rules, if so.
    fn objection(&self, branch: &Branch, start: Timestamp, minutes_long: u32) -> Option<Answer> {
        let policy = &self.company.policy;
        let language = self.company.language;
        let zoned = start.to_zoned(branch.zone.clone());
        if start <= self.now {
            return Some(Answer::new(Status::Past, sentences::past(language)));
        }
        if start < later(self.now, minutes(policy.min_notice_minutes)) {
            let sentence = sentences::too_soon(policy.min_notice_minutes, language);
            return Some(Answer::new(Status::TooSoon, sentence));
        }
        if zoned.date() > self.last_day(branch) {
            return Some(Answer::new(Status::TooFar, sentences::too_far(policy.max_horizon_days, language)));
        }
        let closed = branch.opening.as_ref().is_some_and(|opening| !opening.fits(&zoned, minutes_long));
        closed.then(|| {
            Answer::new(Status::Closed, sentences::closed(&self.spoken(start, &branch.zone), language))
        })
    }

    /// The objection to that time here; what the appointment holds already does not become too soon by waiting.
    pub(super) fn objection_to(&self, search: &Search<'_>, start: Timestamp) -> Option<Answer> {
        let objection = self.objection(search.branch, start, search.service.duration_minutes)?;
        let chosen = self.draft(search.appointment).chosen;
        let is_held = chosen.is_some_and(|chosen| chosen.slot.start == start);
        Some(objection).filter(|objection| objection.status != Status::TooSoon || !is_held)
    }

    pub(super) fn today(&self, branch: &Branch) -> Date {
        self.now.to_zoned(branch.zone.clone()).date()
    }

    pub(super) fn last_day(&self, branch: &Branch) -> Date {
        let days = i64::from(self.company.policy.max_horizon_days);
        self.today(branch).checked_add(days.days()).unwrap_or(Date::MAX)
    }

    /// Free slots of a stretch of days, in order, that the rules allow; None when the calendar is out of reach.
    pub(super) fn free(
        &self,
        search: &Search<'_>,
        from: Date,
        days: u8,
        fresh: bool,
    ) -> Result<Option<Vec<Slot>>, Need> {
        let minutes = search.service.duration_minutes;
        let (appointment, offers) = (search.appointment, search.offers());
        let need = Need::Slots { appointment, offers, minutes, from, days, fresh };
        let Some(mut slots) = self.slots_fact(need)? else { return Ok(None) };
        let mine = self.kept_for_others_of_this_call(search.appointment);
        slots.retain(|slot| self.objection_to(search, slot.start).is_none() && !self.is_full_of(&mine, slot));
        slots.sort_by_key(|slot| slot.start);
        Ok(Some(slots))
    }

    /// What this call holds for its other appointments.
    pub(super) fn kept_for_others_of_this_call(&self, appointment: u8) -> Vec<Kept> {
        let others = self.call.drafts.iter().filter(|(number, _)| **number != appointment);
        let chosen = others.filter_map(|(_, draft)| draft.chosen.as_ref());
        chosen
            .map(|chosen| Kept {
                calendar: chosen.slot.calendar,
                start: chosen.slot.start,
                end: chosen.slot.end,
            })
            .collect()
    }

    /// Whether this call keeps so much of the time for its other appointments that no host is left for one more.
    pub(super) fn is_full_of(&self, mine: &[Kept], slot: &Slot) -> bool {
        let kept = mine.iter().filter(|kept| slot.clashes_with(kept)).count();
        u32::try_from(kept).unwrap_or(u32::MAX) >= self.company.hosts_of(slot.calendar)
    }

    /// Other times near the wished one: the same day first, then the days after.
    pub(super) fn alternatives(
        &self,
        search: &Search<'_>,
        wished: Timestamp,
        fresh: bool,
    ) -> Result<Vec<Slot>, Need> {
        let most = usize::from(self.company.policy.alternatives_max);
        let day = wished.to_zoned(search.branch.zone.clone()).date();
        let mut slots = match self.free(search, day, 1, fresh)? {
            Some(slots) => one_each_time(slots),
            None => return Ok(Vec::new()),
        };
        // Somebody may have been faster after the slots were read: what is theirs is not offered.
        let refused = self.refused_stretches();
        slots.retain(|slot| slot.start != wished && !refused.iter().any(|kept| slot.clashes_with(kept)));
        slots.sort_by_key(|slot| distance(slot, wished));
        slots.truncate(most);
        if slots.len() < most {
            let next = day.saturating_add(1.day());
            let mut later =
                self.free(search, next, LOOK_AHEAD_DAYS, false)?.map(one_each_time).unwrap_or_default();
            later.sort_by_key(|slot| distance(slot, wished));
            slots.extend(later.into_iter().take(most - slots.len()));
        }
        slots.sort_by_key(|slot| slot.start);
        Ok(slots)
    }

    /// The first free slots from a day on, spread over their day; None when the calendar is out of reach.
    pub(super) fn soonest(&self, search: &Search<'_>, from: Date) -> Result<Option<Vec<Slot>>, Need> {
        let mut day = from;
        for _ in 0..SEARCHES_MAX {
            let Some(slots) = self.free(search, day, LOOK_AHEAD_DAYS + 1, false)? else { return Ok(None) };
            if !slots.is_empty() {
                return Ok(Some(slots));
            }
            day = day.saturating_add(i64::from(LOOK_AHEAD_DAYS + 1).days());
        }
        Ok(Some(Vec::new()))
    }

    /// Gives each slot its handle and says which ones they are.
    pub(super) fn offer(&mut self, slots: Vec<Slot>, search: &Search<'_>) -> (Vec<Value>, Vec<String>) {
        let branch = search.branch;
        let letter = letters(self.call.listings);
        let handles = slots.into_iter().zip(1..);
        let offered: Vec<Offered> =
            handles.map(|(slot, n)| Offered { handle: format!("{letter}{n}"), slot }).collect();
        let spoken: Vec<String> =
            offered.iter().map(|one| self.spoken(one.slot.start, &branch.zone)).collect();
        let rows = offered.iter().zip(&spoken).map(|(one, spoken)| row(one, spoken, branch)).collect();
        if !offered.is_empty() {
            self.record(Event::Offered { appointment: search.appointment, slots: offered });
        }
        (rows, spoken)
    }

    /// The wished time cannot be had: says so and offers what is near.
    pub(super) fn not_free(
        &mut self,
        search: &Search<'_>,
        status: Status,
        wished: Timestamp,
        fresh: bool,
    ) -> Result<Answer, Need> {
        let alternatives = self.alternatives(search, wished, fresh)?;
        let (rows, spoken) = self.offer(alternatives, search);
        let wished = self.spoken(wished, &search.branch.zone);
        let sentence = sentences::not_free(&wished, &spoken, self.company.language);
        Ok(Answer::new(status, sentence).with("slots", rows))
    }
}

fn row(offered: &Offered, spoken: &str, branch: &Branch) -> Value {
    let slot = &offered.slot;
    let mut row = json!({
        "slot_id": offered.handle,
        "start": iso(slot.start, &branch.zone),
        "end": iso(slot.end, &branch.zone),
        "spoken": spoken,
    });
    if let (Some(staff), Some(fields)) = (&slot.staff, row.as_object_mut()) {
        fields.insert("staff".into(), json!(staff));
    }
    row
}

/// The letters of the n-th listing of a call: a, b, … z, aa, ab, …
fn letters(listing: u32) -> String {
    let low = char::from_u32(u32::from('a') + listing % 26).unwrap_or('a');
    if listing < 26 { low.to_string() } else { format!("{}{low}", letters(listing / 26 - 1)) }
}

/// One slot for each starting time, the first in the order of the offers.
pub(super) fn one_each_time(mut slots: Vec<Slot>) -> Vec<Slot> {
    slots.dedup_by_key(|slot| slot.start);
    slots
}

/// At most so many, spread evenly over all there are.
pub(super) fn spread(slots: Vec<Slot>, most: usize) -> Vec<Slot> {
    let (count, steps) = (slots.len(), most.saturating_sub(1).max(1));
    if count <= most {
        return slots;
    }
    let wanted: Vec<usize> = (0..most).map(|i| i * (count - 1) / steps).collect();
    slots.into_iter().enumerate().filter(|(i, _)| wanted.contains(i)).map(|(_, slot)| slot).collect()
}

fn distance(slot: &Slot, wished: Timestamp) -> i64 {
    (slot.start.as_millisecond() - wished.as_millisecond()).abs()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(hour: i64) -> Slot {
        Slot {
            start: Timestamp::from_second(hour * 3600).unwrap(),
            end: Timestamp::from_second(hour * 3600 + 1800).unwrap(),
            event_type_id: 1,
            calendar: Uuid::nil().into(),
            staff: None,
        }
    }

    #[test]
    fn listings_are_lettered_on_and_on() {
        let all: Vec<String> = [0, 1, 25, 26, 27, 52].map(letters).to_vec();

        assert_eq!(all, ["a", "b", "z", "aa", "ab", "ba"]);
    }

    #[test]
    fn three_of_many_are_the_first_the_middle_and_the_last() {
        let three = spread((9..18).map(at).collect(), 3);

        assert_eq!(three, [at(9), at(13), at(17)]);
    }

    #[test]
    fn one_of_many_is_the_first() {
        assert_eq!(spread((9..18).map(at).collect(), 1), [at(9)]);
    }
}
