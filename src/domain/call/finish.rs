//! The end of a call: what was promised enters the books, what was left open becomes a callback item or nothing.

use jiff::civil::{Date, Time};

use super::at_once::tries_before;
use super::desk::{Asked, Desk, Intent, Step, Turn};
use super::facts::Need;
use super::hear::news_of;
use super::{Call, Drafts, Ending, Event, News, Outcome, Parting, Phase, Words};
use crate::domain::appointment::{Came, Change, Chosen, Draft, Person, Stage, Wish};
use crate::domain::callback::Reason;
use crate::domain::directory::Branch;
use crate::domain::ids::{BookingId, CustomerId};
use crate::domain::speech::names;

impl Call {
    /// What follows from news about the call.
    pub fn hear(&self, news: News, words: &Words, turn: &Turn<'_>) -> Step {
        let mut desk = Desk::new(self, turn);
        match desk.take_news(news, words) {
            Err(need) => Step::Ask(need),
            Ok(()) => Step::Done(Box::new(desk.close())),
        }
    }

    /// Whether these news have been heard before.
    pub fn knows(&self, news: News) -> bool {
        match news {
            News::Started => self.started,
            News::Ended => self.hung_up,
            News::Analyzed => self.analyzed,
            News::Found { analyzed } => self.has_ended() && (self.analyzed || !analyzed),
            // Whether there is anything to see to is for the turn to say.
            News::NoAnswer => false,
            News::GivenUp => self.ended,
            News::TakenOver => self.taken_over,
            News::TimeIsUp => self.is_settled(),
            // Whatever is known of a call already goes before what a list says.
            News::Imported { .. } => self.version > 0,
        }
    }

    /// Whether somebody who knows has said that it ended.
    fn has_ended(&self) -> bool {
        self.ended && !self.unreported
    }

    pub fn is_settled(&self) -> bool {
        matches!(self.phase, Phase::Settled { .. })
    }
}

impl<'a> Desk<'a> {
    fn take_news(&mut self, news: News, words: &Words) -> Result<(), Need> {
        match news {
            News::Started => self.record(Event::Started),
            News::Ended => self.record(Event::Ended { ending: Ending::HungUp }),
            News::Analyzed => {
                self.record(Event::Analyzed);
                // The analysis is made after the end, so the call has ended even if nobody said so.
                if !self.call.has_ended() {
                    self.record(Event::Ended { ending: Ending::Analyzed });
                }
            }
            News::Found { analyzed } => {
                if !self.call.has_ended() {
                    self.record(Event::Ended { ending: Ending::Asked });
                }
                if analyzed && !self.call.analyzed {
                    self.record(Event::Analyzed);
                }
            }
            News::NoAnswer => return self.keep_promises(),
            News::TakenOver => {
                self.give_over();
                return Ok(());
            }
            News::Imported { analyzed } => {
                self.import(analyzed);
                return Ok(());
            }
            News::GivenUp if self.call.ended => {}
            News::GivenUp => self.record(Event::Ended { ending: Ending::Unreported }),
            News::TimeIsUp => {}
        }
        let is_settled = self.call.is_settled();
        let comes_to_light = is_settled && news != News::Started && self.is_a_yes_that_comes_to_light(words);
        if !self.call.ended || is_settled && !comes_to_light {
            self.audit_anew(words);
            return Ok(());
        }
        let is_last_word = matches!(news, News::TimeIsUp | News::GivenUp);
        self.finish(words, self.call.analyzed || is_last_word || is_settled)
    }

    /// The transcript may come with the analysis, after a call is settled.
    fn audit_anew(&mut self, words: &Words) {
        let Phase::Settled { outcome: before } = self.call.phase else { return };
        let (company, was_audited) = (self.company, self.call.audited);
        self.audit(words, self.call.branch.and_then(|id| company.branch(id)));
        if self.call.audited && !was_audited {
            self.settle_as(before);
        }
    }

    /// Settled already: says so again only if something else has come of it.
    fn settle_as(&mut self, before: Outcome) {
        let outcome = self.outcome(&self.call.drafts);
        if outcome != before {
            self.record(Event::Settled { outcome });
        }
    }

    /// A yes in words that came only after everything was settled, which nobody has seen to so far.
    fn is_a_yes_that_comes_to_light(&self, words: &Words) -> bool {
        words.is_confirmed()
            && !self.call.taken_over
            && !self.nobody_spoke(words)
            && !self.call.callbacks.iter().any(|reason| carries_a_yes(*reason))
            && matches!(self.draft(1).stage, Stage::Open | Stage::ReadBack)
    }

    /// A call in which a function was called was connected, whatever is said about its end.
    fn nobody_spoke(&self, words: &Words) -> bool {
        words.parting() == Parting::NeverConnected && self.call.answered.is_empty()
    }

    /// What was agreed enters the books, though nobody knows whether the call has ended: a yes counts whoever hangs up.
    fn keep_promises(&mut self) -> Result<(), Need> {
        let company = self.company;
        match self.call.branch.and_then(|id| company.branch(id)) {
            Some(branch) => self.place_confirmed(branch),
            None => Ok(()),
        }
    }

    fn finish(&mut self, words: &Words, is_last_word: bool) -> Result<(), Need> {
        if self.nobody_spoke(words) {
            self.record(Event::Settled { outcome: Outcome::Nothing });
            return Ok(());
        }
        let Some(branch) = self.branch_at_the_end(words) else {
            if is_last_word {
                self.settle_without_branch(words);
            }
            return Ok(());
        };
        let broken = if words.is_confirmed() { self.take_last_words(words, branch)? } else { None };
        self.place_confirmed(branch)?;
        let decided =
            !self.call.drafts.is_empty() && self.call.drafts.values().all(|draft| draft.is_decided());
        if decided || is_last_word {
            self.audit(words, Some(branch));
            self.settle(branch, words, broken);
        }
        Ok(())
    }

    fn branch_at_the_end(&mut self, words: &Words) -> Option<&'a Branch> {
        let company = self.company;
        if let Some(branch) = self.call.branch.and_then(|id| company.branch(id)) {
            return Some(branch);
        }
        let branch = company.branch_called(&words.request().branch?)?;
        self.choose_branch(branch);
        Some(branch)
    }

    fn place_confirmed(&mut self, branch: &Branch) -> Result<(), Need> {
        let numbers: Vec<u8> = self.call.drafts.keys().copied().collect();
        for number in numbers {
            let draft = self.draft(number);
            if let Some(change) = draft.change.as_ref().filter(|_| draft.stage == Stage::Confirmed) {
                self.leave_to_it(number, change)?;
                continue;
            }
            let (Stage::Confirmed, Some(chosen)) = (&draft.stage, &draft.chosen) else { continue };
            self.place(branch, number, &draft, chosen)?;
        }
        Ok(())
    }

    /// A change that was agreed to is ordered whoever hangs up; how it ends is its booking's own matter.
    fn leave_to_it(&mut self, number: u8, change: &Change) -> Result<(), Need> {
        if self.see_to(number, change)?.is_none() && self.call.ended {
            self.record(Event::Changed { appointment: number, came: Came::LeftToIt });
        }
        Ok(())
    }

    pub(super) fn place(
        &mut self,
        branch: &Branch,
        number: u8,
        draft: &Draft,
        chosen: &Chosen,
    ) -> Result<(), Need> {
        let name = draft.person.name.as_deref().unwrap_or_default();
        // Only the number the call came from can say who it is; a spoken one opens nobody's record.
        let folded = names::fold(name);
        let known = self.customer(&folded, self.call.caller.number().cloned())?;
        let booking = BookingId::of(self.call.id, number);
        let service = draft.wish.service.and_then(|id| branch.service(id));
        self.intend(Intent {
            booking,
            branch: branch.id,
            appointment: number,
            slot: chosen.slot.clone(),
            service_name: service.map(|service| service.name.clone()).unwrap_or_default(),
            customer: known.unwrap_or_else(|| CustomerId::first_met(self.call.id, &folded)),
            customer_is_new: known.is_none(),
            person: Person {
                phone: self.call.reachable_at(number),
                // A dictated address that was never spelled back may be anybody's.
                email: draft.person.email.clone().filter(|_| draft.email_was_read_back),
                ..draft.person.clone()
            },
            may_notify: draft.may_notify,
            test_mode: self.company.policy.test_mode,
        });
        self.record(Event::Requested { appointment: number, booking });
        self.replace_earlier_tries(number);
        if self.company.policy.test_mode {
            self.release(number);
        }
        Ok(())
    }

    /// The last word: what is still open is let go, and a person is told where something was promised.
    fn settle(&mut self, branch: &Branch, words: &Words, broken: Option<Reason>) {
        let drafts = self.call.drafts.clone();
        for (number, draft) in &drafts {
            if draft.is_decided() {
                continue;
            }
            // A broken yes was to the first, and is told of as such.
            let is_told_of = broken.is_some() && *number == 1;
            let unfinished = self.unfinished(draft, words).filter(|_| !is_told_of);
            if let (Some(reason), Some(_)) = (unfinished, self.call.reachable_at(*number)) {
                let change = draft.change.as_ref().map(|change| self.change_wished(change, draft));
                let wish =
                    change.or_else(|| self.wish_read_back(draft, branch)).or_else(|| wished(draft, branch));
                let booking = draft.change.as_ref().map(|change| change.booking);
                self.call_back_as(branch, *number, reason, Asked { wish, booking, ..Asked::default() });
            }
            if draft.chosen.is_some() {
                self.record(Event::Dropped { appointment: *number });
            }
        }
        if let Some(reason) = broken {
            let draft = drafts.get(&1).map_or_else(Draft::default, |draft| Draft::clone(draft));
            self.call_back(branch, 1, reason, self.doubtful_wish(branch, words, &draft));
        }
        self.record(Event::Settled { outcome: self.outcome(&drafts) });
    }

    /// Why somebody should be called back about what was neither agreed to nor given up.
    fn unfinished(&self, draft: &Draft, words: &Words) -> Option<Reason> {
        if self.call.taken_over {
            return None;
        }
        let is_wanted = draft.stage == Stage::ReadBack || !draft.wish.is_empty();
        match draft.stage {
            // How it went on is not known: perhaps the caller waits for what was agreed after the last we heard.
            Stage::Open | Stage::ReadBack if self.call.unreported => {
                Some(Reason::NeverReported).filter(|_| is_wanted)
            }
            // Whoever was put through has been seen to by somebody else.
            Stage::ReadBack if words.parting() != Parting::PutThrough => Some(Reason::CutOff),
            // To when it is to be moved has not become clear, or the time was not to be had.
            Stage::Open if draft.change.is_some() && words.parting() != Parting::PutThrough => {
                Some(Reason::CutOff)
            }
            Stage::Open | Stage::ReadBack | Stage::Confirmed | Stage::Requested(_) | Stage::Withdrawn => None,
        }
    }

    /// What was agreed after the call was settled enters the books at once, and the outcome follows.
    pub(super) fn settle_anew(&mut self) -> Result<(), Need> {
        let Phase::Settled { outcome: before } = self.call.phase else { return Ok(()) };
        let company = self.company;
        let Some(branch) = self.call.branch.and_then(|id| company.branch(id)) else { return Ok(()) };
        self.place_confirmed(branch)?;
        self.settle_as(before);
        Ok(())
    }

    /// What was read back to the caller, in words.
    pub(super) fn wish_read_back(&self, draft: &Draft, branch: &Branch) -> Option<String> {
        let chosen = draft.chosen.as_ref()?;
        let service = draft.wish.service.and_then(|id| branch.service(id))?;
        Some(format!("{}, {}", service.name, self.spoken(chosen.slot.start, &branch.zone)))
    }

    fn settle_without_branch(&mut self, words: &Words) {
        let company = self.company;
        if let (true, Some(branch)) = (words.is_confirmed(), company.branches.first()) {
            let person = self.person_of(branch, &words.request()).0;
            let (person, name) = news_of(&person, words.name_mark(), &self.draft(1));
            self.record(Event::Heard { appointment: 1, wish: Wish::default(), name, person });
            self.call_back(branch, 1, Reason::UnclearWish, words.wish());
        }
        self.ask_where(words);
        self.audit(words, None);
        let outcome = self.outcome(&self.call.drafts);
        self.record(Event::Settled { outcome });
    }

    fn outcome(&self, drafts: &Drafts) -> Outcome {
        let any = |is: fn(&Draft) -> bool| drafts.values().any(|draft| is(draft));
        if any(|draft| matches!(draft.stage, Stage::Requested(_))) {
            Outcome::Promised
        } else if any(|draft| draft.change.as_ref().is_some_and(Change::is_promised)) {
            Outcome::Changed
        } else if !self.call.callbacks.is_empty() || drafts.keys().any(|number| tries_before(*number) > 0) {
            Outcome::Callback
        } else if any(|draft| draft.stage == Stage::Withdrawn) {
            Outcome::Withdrawn
        } else if any(|draft| !draft.wish.is_empty()) {
            Outcome::Abandoned
        } else {
            Outcome::Nothing
        }
    }
}

/// Whether somebody who calls back for this reason sees to a yes, too.
fn carries_a_yes(reason: Reason) -> bool {
    match reason {
        Reason::UnclearWish | Reason::SlotTaken | Reason::LateYes | Reason::PromiseWithoutBooking => true,
        Reason::CallersWish
        | Reason::CutOff
        | Reason::NeverReported
        | Reason::BookingRefused
        | Reason::BookingUnsure
        | Reason::CalendarUnreachable
        | Reason::ChangeFailed
        | Reason::BookedTwice
        | Reason::ChangeNotAllowed
        | Reason::Unidentified => false,
    }
}

/// What was wanted as far as it had become clear, in words.
pub(super) fn wished(draft: &Draft, branch: &Branch) -> Option<String> {
    let service = draft.wish.service.and_then(|id| branch.service(id)).map(|service| service.name.clone());
    let wish = &draft.wish;
    let (day, clock) =
        (|date: Date| date.strftime("%d.%m.%Y").to_string(), |time: Time| time.strftime("%H:%M").to_string());
    let days = wish.days.map(|days| format!("{}–{}", day(days.first), day(days.last)));
    let times = wish.times.map(|times| format!("{}–{}", clock(times.from), clock(times.until)));
    let (date, time) = (wish.date.map(day).or(days), wish.time.map(clock).or(times));
    let said: Vec<String> = [service, date, time].into_iter().flatten().collect();
    Some(said.join(", ")).filter(|wish| !wish.is_empty())
}
