//! `check_availability`: what is free, by the calendar and by the house's rules; nothing is held and nothing promised.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::desk::Desk;
use super::facts::Need;
use super::offer::Search;
use super::{Event, Request, Sought};
use crate::domain::alternatives::{Days, Times, one_a_day, spread};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::{Stage, Wish};
use crate::domain::directory::Branch;
use crate::domain::slot::Slot;
use crate::domain::speech::{say, sentences};

/// Days of a wish that are read at once; of more, the first such stretch that has anything.
const DAYS_AT_ONCE: u8 = 14;
/// So many days have no end that anybody thinks of.
const ENDLESS_DAYS: i64 = 100;
/// Days that are read at once for whoever takes the first that is free.
const A_WEEK: u8 = 7;

impl<'a> Desk<'a> {
    pub(super) fn check(&mut self, branch: &'a Branch, request: &Request) -> Result<Answer, Need> {
        let Some(number) = self.appointment_of(request) else { return Ok(self.not_an_appointment()) };
        if branch.paused {
            return Ok(self.paused());
        }
        let heard = self.hear(branch, number, request);
        self.remember(number, &heard.wish);
        if let Some(question) = heard.question {
            return Ok(question);
        }
        if self.draft(number).chosen.is_none() {
            self.unsay(number, &heard);
        }
        let mut before = self.draft(number);
        before.unsay(heard.unsaid.0, heard.unsaid.1);
        let wish = heard.wish.or(before.wish);
        let Some(service) = wish.service.and_then(|id| branch.service(id)) else {
            return Ok(self.ask_for_a_service(branch));
        };
        let staff = wish.staff.clone();
        let search = Search { branch, service, staff: staff.as_ref(), appointment: number };
        if search.offers().is_empty() {
            return Ok(self.not_by_them(service));
        }
        match (heard.start, wish.any_of_days()) {
            (Some(start), _) => self.check_time(&search, start),
            (None, Some(days)) if !heard.soonest => self.check_days(&search, days, wish.any_of_times()),
            (None, _) => self.check_soonest(&search, wish.any_of_times()),
        }
    }

    /// While nothing is chosen yet, what is asked about counts as what is wanted.
    fn remember(&mut self, number: u8, wish: &Wish) {
        let draft = self.draft(number);
        let news = wish.changes_to(&draft.wish);
        if draft.stage == Stage::Open && draft.chosen.is_none() && !news.is_empty() {
            self.record(Event::heard(number, news));
        }
    }

    fn check_time(&mut self, search: &Search<'_>, start: Timestamp) -> Result<Answer, Need> {
        if let Some(objection) = self.objection_to(search, start) {
            return Ok(objection);
        }
        let day = start.to_zoned(search.branch.zone.clone()).date();
        let Some(slots) = self.free(search, day, 1, false)? else { return Ok(self.unreachable()) };
        match slots.into_iter().find(|slot| slot.start == start) {
            Some(slot) => {
                let (rows, spoken) = self.offer(vec![slot], search, None);
                let sentence = sentences::this_is_free(&spoken.join(""), self.company.language);
                Ok(Answer::new(Status::Available, sentence).with("slots", rows))
            }
            None => self.not_free(search, Status::Unavailable, start),
        }
    }

    /// What is free on some days, at some times of day; what was named already to the same question is not named again.
    fn check_days(&mut self, search: &Search<'_>, days: Days, times: Option<Times>) -> Result<Answer, Need> {
        if let Some(objection) = self.objection_to_days(search.branch, days) {
            return Ok(objection);
        }
        let (wished, sought) = (search.wished(Some(days), times), search.sought(Some(days), times));
        let found = self.free_within(search, (days, DAYS_AT_ONCE), |slot| wished.holds(slot))?;
        let Some(mut slots) = found else { return Ok(self.unreachable()) };
        let named = self.call.shown(search.appointment, Some(&sought)).to_vec();
        slots.retain(|slot| !named.contains(&slot.start));
        if !slots.is_empty() {
            // "Ab Montag" is soon after Monday, not some day of the year.
            let is_endless = days.last > days.first.saturating_add(ENDLESS_DAYS.days());
            let slots = if is_endless { on_the_first_day(slots, &search.branch.zone) } else { slots };
            return Ok(self.available(spread(slots, self.most()), search, sought));
        }
        let found = self.alternatives(search, (Some(days), times), &named)?;
        let day = (days.first == days.last && times.is_none())
            .then(|| self.day_in_words(search.branch, days.first));
        Ok(self.instead(Status::Unavailable, found, sought, |offers, language| match &day {
            _ if !named.is_empty() => sentences::no_more_then(offers, language),
            Some(day) => sentences::not_free_day(day, offers, language),
            None => sentences::nothing_then(offers, language),
        }))
    }

    /// What is free first, at any time of the first day or at certain times of the first days; asked again, what comes after.
    fn check_soonest(&mut self, search: &Search<'_>, times: Option<Times>) -> Result<Answer, Need> {
        let (wished, sought) = (search.wished(None, times), search.sought(None, times));
        let named = self.call.shown(search.appointment, Some(&sought)).to_vec();
        let begin = named.iter().copied().max().unwrap_or(self.now);
        let zone = &search.branch.zone;
        let days = Days { first: begin.to_zoned(zone.clone()).date(), last: self.last_day(search.branch) };
        let is_wanted = |slot: &Slot| slot.start > begin && wished.holds(slot);
        let found = self.free_within(search, (days, A_WEEK), is_wanted)?;
        let Some(slots) = found else { return Ok(self.unreachable()) };
        if slots.is_empty() {
            let found = self.alternatives(search, (None, times), &named)?;
            let sentence = if times.is_some() { sentences::nothing_then } else { sentences::nothing_free };
            return Ok(self.instead(Status::Unavailable, found, sought, sentence));
        }
        let slots = if times.is_some() {
            one_a_day(slots, zone, self.most())
        } else {
            spread(on_the_first_day(slots, zone), self.most())
        };
        Ok(self.available(slots, search, sought))
    }

    fn available(&mut self, slots: Vec<Slot>, search: &Search<'_>, sought: Sought) -> Answer {
        let (rows, spoken) = self.offer(slots, search, Some(sought));
        Answer::new(Status::Available, sentences::these_are_free(&spoken, self.company.language))
            .with("slots", rows)
    }

    /// The most that is offered at a time: whoever asks what is free hears of one at least.
    fn most(&self) -> usize {
        usize::from(self.company.policy.alternatives_max).max(1)
    }

    fn day_in_words(&self, branch: &Branch, day: Date) -> String {
        say::date(day, self.today(branch), self.company.language)
    }

    /// Why nothing can be had on any of these days by the house's own rules, if so.
    fn objection_to_days(&self, branch: &Branch, days: Days) -> Option<Answer> {
        if days.first == days.last {
            return self.objection_to_day(branch, days.first);
        }
        let (today, last_day) = (self.today(branch), self.last_day(branch));
        // Of days that are partly over or out of reach the others are left.
        let nearest = if days.last < today { days.last } else { days.first };
        let is_out_of_reach = days.last < today || days.first > last_day;
        is_out_of_reach.then(|| self.objection_to_day(branch, nearest)).flatten()
    }

    /// Why nothing can be had on that day by the house's own rules, if so.
    fn objection_to_day(&self, branch: &Branch, day: Date) -> Option<Answer> {
        let language = self.company.language;
        if day < self.today(branch) {
            return Some(Answer::new(Status::Past, sentences::past(language)));
        }
        if day > self.last_day(branch) {
            let sentence = sentences::too_far(self.company.policy.max_horizon_days, language);
            return Some(Answer::new(Status::TooFar, sentence));
        }
        let closed = branch.opening.as_ref().is_some_and(|opening| opening.blocks_on(day).is_empty());
        let spoken = self.day_in_words(branch, day);
        closed.then(|| {
            let closed = || Answer::new(Status::Closed, sentences::closed_day(&spoken, language));
            self.closed_holiday(branch, day).unwrap_or_else(closed)
        })
    }

    pub(super) fn unreachable(&self) -> Answer {
        Answer::new(Status::CalendarUnreachable, sentences::unreachable(self.company.language))
    }

    pub(super) fn paused(&self) -> Answer {
        Answer::new(Status::Closed, sentences::paused(self.company.language)).with("paused", true)
    }
}

fn on_the_first_day(mut slots: Vec<Slot>, zone: &TimeZone) -> Vec<Slot> {
    let day = |slot: &Slot| slot.start.to_zoned(zone.clone()).date();
    let first = slots.first().map(day);
    slots.retain(|slot| Some(day(slot)) == first);
    slots
}
