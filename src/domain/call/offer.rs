//! Which slots may be offered: the calendar's own, narrowed by the house's rules; what is near when the wish cannot be met.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use super::desk::{Desk, iso};
use super::facts::Need;
use super::{Event, Offered, Sought};
use crate::domain::alternatives::{Days, Times, Wished, nearest, one_each_time};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::StaffWish;
use crate::domain::directory::{Branch, Offer, Service};
use crate::domain::objection::{Objection, last_day, objection};
use crate::domain::slot::{Kept, Slot};
use crate::domain::speech::{Language, say, sentences};

/// How many times so many days are searched for the first that has anything free.
const SEARCHES_MAX: i32 = 3;
/// The most days asked for at once.
const DAYS_MAX: u8 = 31;
/// The most other branches that are looked at.
const BRANCHES_MAX: usize = 2;

/// Where to look for slots: what, by whom.
#[derive(Clone, Copy)]
pub(super) struct Search<'a> {
    pub(super) branch: &'a Branch,
    pub(super) service: &'a Service,
    pub(super) staff: Option<&'a StaffWish>,
    /// The appointment they are for: its own hold does not stand in its way.
    pub(super) appointment: u8,
}

/// What is free instead of what was wished for, and where.
pub(super) struct Alternatives<'a> {
    slots: Vec<Slot>,
    at: Search<'a>,
    is_elsewhere: bool,
}

impl<'a> Search<'a> {
    pub(super) fn offers(&self) -> Vec<Offer> {
        self.service.offers_by(self.staff).cloned().collect()
    }

    pub(super) fn event_types(&self) -> Vec<i64> {
        self.service.offers_by(self.staff).map(|offer| offer.event_type_id).collect()
    }

    /// The person who is wished for, if one is.
    fn named(&self) -> Option<&'a str> {
        if let Some(StaffWish::Named(name)) = self.staff { Some(name) } else { None }
    }

    /// The same with whoever gives the service, except those who are not wanted.
    fn with_anybody(self) -> Self {
        Self { staff: self.staff.filter(|staff| matches!(staff, StaffWish::AnyoneBut(_))), ..self }
    }

    /// Whether a slot is as it is wished for, and how far from it, can be told by this.
    pub(super) fn wished(&self, days: Option<Days>, times: Option<Times>) -> Wished<'a> {
        Wished { days, times, staff: self.named(), zone: &self.branch.zone }
    }

    /// This question, so that it is known when it comes again.
    pub(super) fn sought(&self, days: Option<Days>, times: Option<Times>) -> Sought {
        Sought { service: self.service.id, staff: self.staff.cloned(), days, times }
    }
}

impl<'a> Desk<'a> {
    /// Why nothing can start at that time by the house's own rules, if so, as the caller hears it.
    fn objection(&self, branch: &Branch, start: Timestamp, minutes_long: u32) -> Option<Answer> {
        let language = self.company.language;
        let (status, sentence) =
            match objection(&self.company.policy, branch, (start, minutes_long), self.now)? {
                Objection::Past => (Status::Past, sentences::past(language)),
                Objection::TooSoon { notice_minutes } => {
                    (Status::TooSoon, sentences::too_soon(notice_minutes, language))
                }
                Objection::TooFar { horizon_days } => {
                    (Status::TooFar, sentences::too_far(horizon_days, language))
                }
                Objection::Holiday(_) | Objection::Closed => return Some(self.closed(branch, start)),
            };
        Some(Answer::new(status, sentence))
    }

    /// For which holiday it is closed on a day, if that is why.
    pub(super) fn closed_holiday(&self, branch: &Branch, day: Date) -> Option<Answer> {
        let language = self.company.language;
        let holiday = branch.opening.as_ref()?.holiday_on(day)?.name(language);
        let day = say::date(day, self.today(branch), language);
        Some(Answer::new(Status::Closed, sentences::closed_holiday(&day, holiday, language)))
    }

    /// It is closed then: which holiday it is, that it is the whole day, or that it is at that time.
    fn closed(&self, branch: &Branch, start: Timestamp) -> Answer {
        let (language, day) = (self.company.language, start.to_zoned(branch.zone.clone()).date());
        let is_all_day = branch.opening.as_ref().is_some_and(|opening| opening.blocks_on(day).is_empty());
        self.closed_holiday(branch, day).unwrap_or_else(|| {
            let sentence = if is_all_day {
                sentences::closed_day(&say::date(day, self.today(branch), language), language)
            } else {
                sentences::closed(&self.spoken(start, &branch.zone), language)
            };
            Answer::new(Status::Closed, sentence)
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
        last_day(&self.company.policy, branch, self.now)
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
        let moving = self.draft(appointment).change.map(|change| change.booking);
        let need = Need::Slots { appointment, offers, minutes, from, days, fresh, moving };
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

    /// The free slots of a stretch of days that are as wanted: of the first so many days with any at all; None when the
    /// calendar is out of reach.
    pub(super) fn free_within(
        &self,
        search: &Search<'_>,
        (days, days_at_once): (Days, u8),
        is_wanted: impl Fn(&Slot) -> bool,
    ) -> Result<Option<Vec<Slot>>, Need> {
        let mut from = days.first.max(self.today(search.branch));
        let last = days.last.min(self.last_day(search.branch));
        for _ in 0..SEARCHES_MAX {
            let count = days_between(from, last).min(days_at_once);
            if count == 0 {
                break;
            }
            let Some(mut slots) = self.free(search, from, count, false)? else { return Ok(None) };
            slots.retain(&is_wanted);
            if !slots.is_empty() {
                return Ok(Some(one_each_time(slots, search.named())));
            }
            from = from.saturating_add(i64::from(count).days());
        }
        Ok(Some(Vec::new()))
    }

    /// Free times nearest to what was wished for, without those that were named already: here, by the wished person or
    /// somebody else, or where here is nothing at all, at another branch.
    pub(super) fn alternatives<'b>(
        &self,
        search: &Search<'b>,
        (days, times): (Option<Days>, Option<Times>),
        named: &[Timestamp],
    ) -> Result<Alternatives<'b>, Need>
    where
        'a: 'b,
    {
        let wished = search.wished(days, times);
        // The wished time itself is gone, unless somebody else than the wished person has it free.
        let is_gone = |slot: &Slot| wished.is_exact() && wished.holds(slot) && wished.is_by_the_wished(slot);
        let here = self.near(search, &wished, |slot| !named.contains(&slot.start) && !is_gone(slot))?;
        if !here.is_empty() || self.call.drafts.values().any(|draft| draft.is_promised()) {
            return Ok(Alternatives { slots: here, at: *search, is_elsewhere: false });
        }
        for other in self.elsewhere(search).take(BRANCHES_MAX) {
            let slots = self.near(&other, &other.wished(days, times), |slot| !named.contains(&slot.start))?;
            if !slots.is_empty() {
                return Ok(Alternatives { slots, at: other, is_elsewhere: true });
            }
        }
        Ok(Alternatives { slots: Vec::new(), at: *search, is_elsewhere: false })
    }

    /// The same service at the company's other branches.
    fn elsewhere<'b>(&self, search: &Search<'b>) -> impl Iterator<Item = Search<'b>> + use<'a, 'b>
    where
        'a: 'b,
    {
        let (search, company) = (*search, self.company);
        let others =
            company.branches.iter().filter(move |branch| branch.id != search.branch.id && !branch.paused);
        others.filter_map(move |branch| {
            let service = branch.service_called(&search.service.name)?;
            Some(Search { branch, service, staff: None, ..search })
        })
    }

    /// Of the free times of some days round the wish those that come nearest to it, whoever serves.
    fn near(
        &self,
        search: &Search<'_>,
        wished: &Wished<'_>,
        may_be: impl Fn(&Slot) -> bool,
    ) -> Result<Vec<Slot>, Need> {
        let most = usize::from(self.company.policy.alternatives_max);
        let (today, last_day) = (self.today(search.branch), self.last_day(search.branch));
        let round = wished.days.unwrap_or(Days::on(today)).round(Days { first: today, last: last_day });
        let count = days_between(round.first, round.last).max(1);
        let mut slots = self.free(&search.with_anybody(), round.first, count, false)?.unwrap_or_default();
        // Somebody may have been faster after the slots were read: what is theirs is not offered.
        let refused = self.refused_stretches();
        slots.retain(|slot| may_be(slot) && !refused.iter().any(|kept| slot.clashes_with(kept)));
        Ok(nearest(slots, wished, most))
    }

    /// Gives each slot its handle and says which ones they are, the day only where it changes.
    pub(super) fn offer(
        &mut self,
        slots: Vec<Slot>,
        search: &Search<'_>,
        sought: Option<Sought>,
    ) -> (Vec<Value>, Vec<String>) {
        let branch = search.branch;
        let letter = letters(self.call.listings);
        let handles = slots.into_iter().zip(1..);
        let offered: Vec<Offered> =
            handles.map(|(slot, n)| Offered { handle: format!("{letter}{n}"), slot }).collect();
        let rows =
            offered.iter().map(|one| row(one, &self.spoken(one.slot.start, &branch.zone), branch)).collect();
        let spoken = self.said_in_turn(offered.iter().map(|one| &one.slot), search);
        if !offered.is_empty() {
            self.record(Event::Offered { appointment: search.appointment, slots: offered, sought });
        }
        (rows, spoken)
    }

    /// The times as they are said one after the other; who serves is named where it is not who was wished for.
    fn said_in_turn<'s>(&self, slots: impl Iterator<Item = &'s Slot>, search: &Search<'_>) -> Vec<String> {
        let language = self.company.language;
        let mut day = None;
        let said = slots.map(|slot| {
            let local = slot.start.to_zoned(search.branch.zone.clone());
            let is_same = day.replace(local.date()) == Some(local.date());
            let when = if is_same {
                say::time(local.time(), language)
            } else {
                self.spoken(slot.start, &search.branch.zone)
            };
            match (&slot.staff, search.named()) {
                (Some(staff), Some(wished)) if staff != wished => sentences::by_them(&when, staff, language),
                _ => when,
            }
        });
        said.collect()
    }

    /// The wished time cannot be had: says so and offers what is near.
    pub(super) fn not_free(
        &mut self,
        search: &Search<'_>,
        status: Status,
        wished: Timestamp,
    ) -> Result<Answer, Need> {
        let local = wished.to_zoned(search.branch.zone.clone());
        let (days, times) = (Some(Days::on(local.date())), Some(Times::at(local.time())));
        let sought = search.sought(days, times);
        // Whoever only asks again hears of others; whoever wants to book hears what is nearest now.
        let is_asked = status == Status::Unavailable;
        let named =
            if is_asked { self.call.shown(search.appointment, Some(&sought)).to_vec() } else { Vec::new() };
        let found = self.alternatives(search, (days, times), &named)?;
        let wished = self.spoken(wished, &search.branch.zone);
        Ok(self.instead(status, found, sought, |offers, language| {
            sentences::not_free(&wished, offers, language)
        }))
    }

    /// Offers what was found instead of what was wished for, in the sentence that says what cannot be had.
    pub(super) fn instead(
        &mut self,
        status: Status,
        found: Alternatives<'_>,
        sought: Sought,
        sentence: impl Fn(&sentences::Offers, Language) -> String,
    ) -> Answer {
        let (mut rows, spoken) = self.offer(found.slots, &found.at, Some(sought));
        let elsewhere = found.is_elsewhere.then(|| found.at.branch.name.clone());
        for fields in rows.iter_mut().filter_map(Value::as_object_mut) {
            if let Some(branch) = &elsewhere {
                fields.insert("branch".into(), json!(branch));
            }
        }
        let offers = sentences::Offers { spoken, branch: elsewhere };
        Answer::new(status, sentence(&offers, self.company.language)).with("slots", rows)
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

/// How many days there are from one to another, both included; at most as many as can be asked for at once.
fn days_between(from: Date, last: Date) -> u8 {
    let days = from.until(last).map_or(0, |span| span.get_days());
    u8::try_from(days.saturating_add(1).clamp(0, i32::from(DAYS_MAX))).unwrap_or(DAYS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listings_are_lettered_on_and_on() {
        let all: Vec<String> = [0, 1, 25, 26, 27, 52].map(letters).to_vec();

        assert_eq!(all, ["a", "b", "z", "aa", "ab", "ba"]);
    }
}
