//! `check_availability`: what is free, by the calendar and by the house's rules; nothing is held and nothing promised.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::desk::{Desk, Need};
use super::offer::{Search, one_each_time, spread};
use super::{Event, Request};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::{Person, Stage, Wish};
use crate::domain::directory::Branch;
use crate::domain::slot::Slot;
use crate::domain::speech::sentences;

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
        let mut before = self.draft(number).wish;
        before.date = before.date.filter(|_| !heard.unsaid.0);
        before.time = before.time.filter(|_| !heard.unsaid.1);
        let wish = heard.wish.or(before);
        let Some(service) = wish.service.and_then(|id| branch.service(id)) else {
            return Ok(self.ask_for_a_service(branch));
        };
        let staff = wish.staff_named();
        let search = Search { branch, service, staff, appointment: number };
        if search.offers().is_empty() {
            return Ok(self.not_by_them(service));
        }
        match (heard.start, wish.date) {
            (Some(start), _) => self.check_time(&search, start),
            (None, Some(day)) if !heard.soonest => self.check_day(&search, day),
            (None, _) => self.check_soonest(&search, wish.time),
        }
    }

    /// While nothing is chosen yet, what is asked about counts as what is wanted.
    fn remember(&mut self, number: u8, wish: &Wish) {
        let draft = self.draft(number);
        let news = wish.changes_to(&draft.wish);
        if draft.stage == Stage::Open && draft.chosen.is_none() && !news.is_empty() {
            self.record(Event::Heard { appointment: number, wish: news, person: Person::default() });
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
                let (rows, spoken) = self.offer(vec![slot], search);
                let sentence = sentences::this_is_free(&spoken.join(""), self.company.language);
                Ok(Answer::new(Status::Available, sentence).with("slots", rows))
            }
            None => self.not_free(search, Status::Unavailable, start, false),
        }
    }

    fn check_day(&mut self, search: &Search<'_>, day: Date) -> Result<Answer, Need> {
        if let Some(objection) = self.objection_to_day(search.branch, day) {
            return Ok(objection);
        }
        let Some(slots) = self.free(search, day, 1, false)? else { return Ok(self.unreachable()) };
        if slots.is_empty() {
            let noon = search.branch.zone.to_timestamp(day.at(12, 0, 0, 0)).unwrap_or(self.now);
            return self.not_free_day(search, day, noon);
        }
        Ok(self.available(slots, search))
    }

    fn check_soonest(&mut self, search: &Search<'_>, time: Option<Time>) -> Result<Answer, Need> {
        let Some(mut slots) = self.soonest(search, self.today(search.branch))? else {
            return Ok(self.unreachable());
        };
        let local = |slot: &Slot| slot.start.to_zoned(search.branch.zone.clone());
        if slots.iter().any(|slot| Some(local(slot).time()) == time) {
            let mut at_that_time = one_each_time(slots);
            at_that_time.retain(|slot| Some(local(slot).time()) == time);
            at_that_time.truncate(usize::from(self.company.policy.alternatives_max).max(1));
            return Ok(self.available(at_that_time, search));
        }
        let first_day = slots.first().map(|slot| local(slot).date());
        slots.retain(|slot| Some(local(slot).date()) == first_day);
        if slots.is_empty() {
            let sentence = sentences::nothing_free(self.company.language);
            return Ok(Answer::new(Status::Unavailable, sentence).with("slots", Vec::<String>::new()));
        }
        Ok(self.available(slots, search))
    }

    fn available(&mut self, slots: Vec<Slot>, search: &Search<'_>) -> Answer {
        let most = usize::from(self.company.policy.alternatives_max).max(1);
        let (rows, spoken) = self.offer(spread(one_each_time(slots), most), search);
        Answer::new(Status::Available, sentences::these_are_free(&spoken, self.company.language))
            .with("slots", rows)
    }

    fn not_free_day(&mut self, search: &Search<'_>, day: Date, noon: Timestamp) -> Result<Answer, Need> {
        let alternatives = self.alternatives(search, noon, false)?;
        let (rows, spoken) = self.offer(alternatives, search);
        let day = crate::domain::speech::say::date(day, self.today(search.branch), self.company.language);
        let sentence = sentences::not_free_day(&day, &spoken, self.company.language);
        Ok(Answer::new(Status::Unavailable, sentence).with("slots", rows))
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
        let spoken = crate::domain::speech::say::date(day, self.today(branch), language);
        closed.then(|| Answer::new(Status::Closed, sentences::closed_day(&spoken, language)))
    }

    pub(super) fn unreachable(&self) -> Answer {
        Answer::new(Status::CalendarUnreachable, sentences::unreachable(self.company.language))
    }

    pub(super) fn paused(&self) -> Answer {
        Answer::new(Status::Closed, sentences::paused(self.company.language)).with("paused", true)
    }
}
