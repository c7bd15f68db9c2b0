//! What the variables and the analysis say at the end: a yes in them counts for what the first draft then says, unless the
//! words beside it say something else, or only the analysis has heard it of a call in which functions were called.

use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::desk::Desk;
use super::facts::Need;
use super::finish::wished;
use super::hear::news_of;
use super::moment::{day_in, time_in};
use super::offer::Search;
use super::{Event, Request, Words, Yes};
use crate::domain::appointment::{Draft, StaffWish, Stage, Wish};
use crate::domain::callback::Reason;
use crate::domain::directory::{Branch, Called};
use crate::domain::speech::{Edge, Understood, when};

impl<'a> Desk<'a> {
    /// A yes that stands in the variables: counts for what the first draft then says. Some: why it cannot be kept.
    pub(super) fn take_last_words(
        &mut self,
        words: &Words,
        branch: &'a Branch,
    ) -> Result<Option<Reason>, Need> {
        let before = self.draft(1);
        // Whoever rang again was asked anew.
        if self.call.taken_over {
            return Ok(None);
        }
        match before.stage {
            Stage::Confirmed | Stage::Requested(_) | Stage::Withdrawn => return Ok(None),
            // The yes in the variables may mean what was offered after the read-back.
            Stage::ReadBack if before.has_newer_offer => return Ok(Some(Reason::UnclearWish)),
            Stage::Open | Stage::ReadBack => {}
        }
        let mut heard = self.hear(branch, 1, &only_gaps(words.request(), &before));
        if before.wish.is_empty() && heard.start.is_some_and(|start| self.was_about(start)) {
            return Ok(None);
        }
        if self.is_doubtful(branch, words, &before) {
            self.take_in_who_it_is(branch, words, &before);
            return Ok(Some(if words.is_late() { Reason::LateYes } else { Reason::UnclearWish }));
        }
        heard.mark = words.name_mark();
        let (wish, (person, name)) = (heard.wish.changes_to(&before.wish), heard.news_of_the_person(&before));
        if !wish.is_empty() || !person.is_empty() {
            self.record(Event::Heard { appointment: 1, wish, name, person });
        }
        if words.is_late() {
            return Ok(Some(Reason::LateYes));
        }
        let draft = self.draft(1);
        let service = draft.wish.service.and_then(|id| branch.service(id));
        let (Some(service), Some(start), Some(_), None) =
            (service, heard.start, &draft.person.name, heard.question)
        else {
            return Ok(Some(Reason::UnclearWish));
        };
        let search = Search { branch, service, staff: draft.wish.staff.as_ref(), appointment: 1 };
        if search.offers().is_empty() || self.objection_to(&search, start).is_some() {
            return Ok(Some(Reason::UnclearWish));
        }
        if !self.claim(&search, start, None)? {
            return Ok(Some(Reason::SlotTaken));
        }
        let yes = if words.is_confirmed_by_the_analysis() { Yes::InAnalysis } else { Yes::InVariables };
        self.record(Event::Confirmed { appointment: 1, yes });
        Ok(None)
    }

    /// Whether nobody can say to what the yes was. Where functions were called they would have heard of it: the analysis alone
    /// is a guess there. Words that the agent has collected count for what the functions know, as long as they may mean that.
    fn is_doubtful(&self, branch: &Branch, words: &Words, draft: &Draft) -> bool {
        let is_a_guess = words.is_confirmed_by_the_analysis() && !self.call.answered.is_empty();
        is_a_guess || self.speaks_against(branch, words, draft)
    }

    /// Whoever is called back is called by name, where no function has heard one.
    fn take_in_who_it_is(&mut self, branch: &Branch, words: &Words, draft: &Draft) {
        if draft.person.name.is_some() {
            return;
        }
        let person = self.person_of(branch, &words.request()).0;
        let (person, name) = news_of(&person, words.name_mark(), draft);
        if !person.is_empty() {
            self.record(Event::Heard { appointment: 1, wish: Wish::default(), name, person });
        }
    }

    /// Whether the agent has collected another day, time, service or person than the functions know. A name is left out: it
    /// is often the caller's, whomever the appointment is for.
    fn speaks_against(&self, branch: &Branch, words: &Words, draft: &Draft) -> bool {
        let said = words.of_the_call().request();
        self.says_another_moment(branch, &said, draft)
            || says_another_service(branch, &said, draft)
            || self.says_another_person(branch, &said, draft)
    }

    fn says_another_moment(&self, branch: &Branch, said: &Request, draft: &Draft) -> bool {
        let began = self.began(branch);
        let reference = self.reference(branch, &began);
        let chosen = draft.chosen.as_ref().map(|chosen| chosen.slot.start.to_zoned(branch.zone.clone()));
        let date = chosen.as_ref().map(jiff::Zoned::date).or(draft.wish.date);
        let time = chosen.as_ref().map(jiff::Zoned::time).or(draft.wish.time);
        let day = said.date.as_deref().map(|words| day_in(words, &reference));
        let clock = said.time.as_deref().map(|words| time_in(words, &reference));
        let fits_together = |clock: &Understood| {
            let known = date.map(|date| Understood::Day { date });
            known.is_some_and(|day| may_be(&when::combine(&day, clock, &reference), date, time))
        };
        let another_day = day.is_some_and(|day| !may_be(&day, date, time));
        let another_time = clock.is_some_and(|clock| !may_be(&clock, date, time) && !fits_together(&clock));
        date.is_some() && another_day || time.is_some() && another_time
    }

    fn says_another_person(&self, branch: &Branch, said: &Request, draft: &Draft) -> bool {
        let Some(words) = said.staff.as_deref() else { return false };
        let known = match &draft.chosen {
            Some(chosen) => chosen.slot.staff.as_deref(),
            None if draft.wish.staff_named().is_none() => return false,
            None => draft.wish.staff_named(),
        };
        let is_known = |wish: &StaffWish| match wish {
            StaffWish::Anyone => true,
            StaffWish::Named(name) => known == Some(name.as_str()),
            StaffWish::AnyoneBut(others) => known.is_none_or(|known| !others.iter().any(|one| one == known)),
        };
        match branch.staff_called(words) {
            Called::One(wish) => !is_known(&wish),
            Called::Several(several) => !several.iter().any(is_known),
            Called::Nobody => !self.means_anyone(branch, words),
        }
    }

    /// What a yes was to that cannot be kept, in words for whoever calls back: what was held, and what was said beside it.
    pub(super) fn doubtful_wish(&self, branch: &Branch, words: &Words, draft: &Draft) -> Option<String> {
        let read_back = self.wish_read_back(draft, branch);
        if !self.speaks_against(branch, words, draft) {
            return read_back.or(words.wish()).or_else(|| wished(draft, branch));
        }
        let both = [read_back.or_else(|| wished(draft, branch)), words.wish()];
        Some(both.into_iter().flatten().collect::<Vec<_>>().join(" / ")).filter(|wish| !wish.is_empty())
    }

    /// Whether an appointment that stands at that time was spoken of, or one that was to be moved there: the variables tell
    /// of that one, and nothing is booked anew.
    fn was_about(&self, start: Timestamp) -> bool {
        self.call.drafts.values().any(|draft| {
            let Some(change) = &draft.change else { return false };
            let wished = draft.chosen.as_ref().map(|chosen| chosen.slot.start);
            [Some(change.from), change.to, wished].contains(&Some(start))
        })
    }
}

fn says_another_service(branch: &Branch, said: &Request, draft: &Draft) -> bool {
    let (Some(words), Some(known)) = (said.service.as_deref(), draft.wish.service) else { return false };
    match branch.services_called(words) {
        Called::One(service) => service.id != known,
        Called::Several(several) => several.iter().all(|service| service.id != known),
        Called::Nobody => true,
    }
}

/// Whether words may mean that day and that time, as far as they are known; what nobody understands means something else.
fn may_be(understood: &Understood, date: Option<Date>, time: Option<Time>) -> bool {
    let is_day = |said: Date| date.is_none_or(|known| known == said);
    let is_time = |said: Time| time.is_none_or(|known| known == said);
    match understood {
        Understood::Exact { start } => is_day(start.date()) && is_time(start.time()),
        Understood::Day { date } => is_day(*date),
        Understood::Time { time } => is_time(*time),
        Understood::Window { from, to } => {
            beside(from, date, time) != Ordering::Less && beside(to, date, time) != Ordering::Greater
        }
        Understood::Candidates { options } => options.iter().any(|option| may_be(option, date, time)),
        Understood::Soonest => true,
        Understood::Invalid { .. } | Understood::Unknown => false,
    }
}

/// Where the day and the time lie, seen from an edge of a window.
fn beside(edge: &Edge, date: Option<Date>, time: Option<Time>) -> Ordering {
    match (edge, date, time) {
        (Edge::Moment(moment), Some(date), Some(time)) => date.to_datetime(time).cmp(&moment.datetime()),
        (Edge::Moment(moment), Some(date), None) => date.cmp(&moment.date()),
        (Edge::Day(day), Some(date), _) => date.cmp(day),
        (Edge::Clock(clock), _, Some(time)) => time.cmp(clock),
        (Edge::Moment(_) | Edge::Day(_), None, _) | (Edge::Clock(_), _, None) => Ordering::Equal,
    }
}

/// What functions have said is not overwritten by variables, and a spelled address was never read back here.
fn only_gaps(words: Request, draft: &Draft) -> Request {
    let unless = |known: bool, word: Option<String>| if known { None } else { word };
    Request {
        date: unless(draft.wish.date.is_some(), words.date),
        time: unless(draft.wish.time.is_some(), words.time),
        service: unless(draft.wish.service.is_some(), words.service),
        staff: unless(draft.wish.staff.is_some(), words.staff),
        phone: unless(draft.person.phone.is_some(), words.phone),
        note: unless(draft.person.note.is_some(), words.note),
        email: None,
        ..words
    }
}
