//! `collect_appointment`: takes in what the caller says bit by bit, holds the chosen slot, reads back, and counts the yes.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::desk::{Desk, iso};
use super::facts::Need;
use super::hear::Heard;
use super::offer::Search;
use super::other::names_of;
use super::{Event, Request, Yes};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::{Chosen, Draft, Stage, Wish};
use crate::domain::directory::{Branch, Offer, Service};
use crate::domain::phone::Caller;
use crate::domain::retry::{later, minutes};
use crate::domain::slot::Slot;
use crate::domain::speech::{Understood, names, say, sentences, when};

/// A free slot seen longer ago than this is looked up again before the yes counts.
const TRUTH_LASTS: SignedDuration = SignedDuration::from_mins(1);

impl<'a> Desk<'a> {
    pub(super) fn collect(&mut self, branch: &'a Branch, request: &Request) -> Result<Answer, Need> {
        let Some(number) = self.appointment_of(request) else { return Ok(self.not_an_appointment()) };
        let before = self.draft(number);
        if before.change.is_some() {
            return Ok(self.not_an_appointment());
        }
        if let Stage::Requested(booking) = before.stage {
            return self.told_of(number, (&before, booking), branch, request);
        }
        if branch.paused {
            return Ok(self.paused());
        }
        if let Some(allowed) = request.may_notify.filter(|allowed| before.may_notify != Some(*allowed)) {
            self.record(Event::MayNotify { appointment: number, allowed });
        }
        let heard = self.hear(branch, number, request);
        if number == 1 && self.resume(branch, &before, &heard)? {
            return Ok(self.unreachable());
        }
        let changed = self.take_in(number, &before, &heard);
        // A number that is only just said is read back, too, before a yes counts.
        let other_number = heard.person.phone.is_some() && heard.person.phone != before.person.phone;
        if self.draft(number).stage == Stage::ReadBack && (other_number || heard.wants_something_else()) {
            self.record(Event::heard(number, Wish::default()));
        }
        let is_refusal = request.confirmed == Some(false) && !changed && !heard.wants_something_else();
        if is_refusal && let Some(answer) = self.withdraw(number, &before) {
            return Ok(answer);
        }
        self.go_on(number, branch, request, heard)
    }

    /// Records what is new; says whether anything is.
    pub(super) fn take_in(&mut self, number: u8, before: &Draft, heard: &Heard) -> bool {
        let wish = heard.wish.changes_to(&before.wish);
        let (person, name) = heard.news_of_the_person(before);
        let changed = !wish.is_empty() || !person.is_empty();
        if changed || name.is_some() {
            self.record(Event::Heard { appointment: number, wish, name, person });
        }
        self.unsay(number, heard) || changed
    }

    /// What was said before and is not meant any more is forgotten, unless it has been promised.
    pub(super) fn unsay(&mut self, number: u8, heard: &Heard) -> bool {
        let draft = self.draft(number);
        let date = heard.unsaid.0 && draft.wish.says_a_day();
        let time = heard.unsaid.1 && draft.wish.says_a_time();
        if draft.is_promised() || !(date || time) {
            return false;
        }
        self.record(Event::Unsaid { appointment: number, date, time });
        true
    }

    /// An explicit no, where there is something to say no to.
    fn withdraw(&mut self, number: u8, before: &Draft) -> Option<Answer> {
        match before.stage {
            Stage::ReadBack | Stage::Confirmed => {
                self.record(Event::Withdrawn { appointment: number });
                Some(Answer::new(Status::Withdrawn, sentences::withdrawn(self.company.language)))
            }
            Stage::Withdrawn => {
                Some(Answer::new(Status::Withdrawn, sentences::withdrawn(self.company.language)))
            }
            Stage::Open | Stage::Requested(_) => None,
        }
    }

    fn go_on(
        &mut self,
        number: u8,
        branch: &'a Branch,
        request: &Request,
        heard: Heard,
    ) -> Result<Answer, Need> {
        let draft = self.draft(number);
        if let Some(question) = heard.question {
            return Ok(question);
        }
        let Some(service) = draft.wish.service.and_then(|id| branch.service(id)) else {
            return Ok(self.ask_for_more(number, branch, &heard));
        };
        let search = Search { branch, service, staff: draft.wish.staff.as_ref(), appointment: number };
        if search.offers().is_empty() {
            return Ok(self.not_by_them(service));
        }
        let is_open = heard.start.is_none()
            && draft.wish.is_open()
            && (request.says_what_or_when() || request.branch.is_some());
        if heard.soonest || heard.any_time || is_open {
            return self.check(branch, request);
        }
        let Some(start) = heard.start else {
            return Ok(self.ask_for_more(number, branch, &heard));
        };
        if let Some(objection) = self.objection_to(&search, start) {
            self.drop_slot(number);
            return Ok(objection);
        }
        let yes = request.confirmed == Some(true);
        if let Some(refusal) = self.choose(&search, start, yes)? {
            return Ok(refusal);
        }
        self.conclude(&search, &heard, yes)
    }

    /// Sees to it that the wished slot is held; Some: it cannot be had, and this is what to say.
    pub(super) fn choose(
        &mut self,
        search: &Search<'_>,
        start: Timestamp,
        yes: bool,
    ) -> Result<Option<Answer>, Need> {
        let draft = self.draft(search.appointment);
        match draft.chosen_at(start, &search.event_types()) {
            Some(chosen) => self.keep(search, &chosen.clone(), yes),
            None => self.take(search, start),
        }
    }

    /// The slot is ours already: extends the hold, and looks again before a yes if the last look was long ago.
    fn keep(&mut self, search: &Search<'_>, chosen: &Chosen, yes: bool) -> Result<Option<Answer>, Need> {
        let stale = later(chosen.seen_at, TRUTH_LASTS) <= self.now;
        let mut next = chosen.clone();
        if yes && stale {
            let Some(seen) = self.look_again(search, chosen)? else {
                return self.lost(search, chosen.slot.start).map(Some);
            };
            next = seen;
        }
        if self.is_to_be_extended(chosen) {
            next.until = Some(self.held_until());
            if !self.hold(search.appointment, &next.slot, next.until)? {
                return self.lost(search, chosen.slot.start).map(Some);
            }
        }
        if next != *chosen {
            self.record(Event::Chosen { appointment: search.appointment, chosen: next });
        }
        Ok(None)
    }

    /// The chosen slot as the calendar shows it now; None: it is not free any more.
    fn look_again(&self, search: &Search<'_>, chosen: &Chosen) -> Result<Option<Chosen>, Need> {
        let day = chosen.slot.start.to_zoned(search.branch.zone.clone()).date();
        let seen = |slot: Slot, verified| Chosen { slot, verified, seen_at: self.now, until: chosen.until };
        Ok(match self.free(search, day, 1, true)? {
            // What was taken on trust may turn out longer or shorter than the house thought.
            Some(slots) => {
                slots.into_iter().find(|slot| is_the_same(slot, &chosen.slot)).map(|slot| seen(slot, true))
            }
            None => Some(seen(chosen.slot.clone(), false)),
        })
    }

    /// Another slot than before is wanted: lets go of the old one and claims the new one if it is free.
    fn take(&mut self, search: &Search<'_>, start: Timestamp) -> Result<Option<Answer>, Need> {
        self.drop_slot(search.appointment);
        let others = self
            .call
            .drafts
            .iter()
            .filter(|(number, draft)| **number != search.appointment && draft.chosen.is_some());
        if others.count() >= usize::from(self.company.policy.holds_max) {
            return Ok(Some(Answer::new(Status::Invalid, sentences::too_many_holds(self.company.language))));
        }
        if self.claim(search, start, Some(self.held_until()))? {
            return Ok(None);
        }
        let offered = self.call.offered.iter().any(|offered| offered.slot.start == start);
        let status = if offered { Status::SlotTaken } else { Status::Unavailable };
        self.not_free(search, status, start).map(Some)
    }

    /// Claims a free slot at that time for the appointment; false: there is none, or somebody else was faster.
    pub(super) fn claim(
        &mut self,
        search: &Search<'_>,
        start: Timestamp,
        until: Option<Timestamp>,
    ) -> Result<bool, Need> {
        let day = start.to_zoned(search.branch.zone.clone()).date();
        let free = self.free(search, day, 1, true)?;
        let verified = free.is_some();
        let mut fitting: Vec<Slot> = match free {
            Some(slots) => slots.into_iter().filter(|slot| slot.start == start).collect(),
            None => self.on_trust(search, start),
        };
        let draft = self.draft(search.appointment);
        if let Some(chosen) = draft.chosen_at(start, &search.event_types()) {
            fitting.sort_by_key(|slot| !is_the_same(slot, &chosen.slot));
            // Whoever was read back is the one who was promised: nobody else in their place.
            fitting.retain(|slot| draft.stage != Stage::ReadBack || is_the_same(slot, &chosen.slot));
        }
        let until = until.filter(|_| self.company.policy.hold_minutes > 0);
        for slot in fitting {
            if self.hold(search.appointment, &slot, until)? {
                let chosen = Chosen { slot, verified, seen_at: self.now, until };
                self.record(Event::Chosen { appointment: search.appointment, chosen });
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The calendar cannot be asked: the slot as it would be, with whoever is not kept by this call already.
    fn on_trust(&self, search: &Search<'_>, start: Timestamp) -> Vec<Slot> {
        let end = later(start, minutes(search.service.duration_minutes));
        let slot = |offer: Offer| Slot {
            start,
            end,
            event_type_id: offer.event_type_id,
            calendar: offer.calendar,
            staff: offer.staff,
        };
        let mine = self.kept_for_others_of_this_call(search.appointment);
        let slots = search.offers().into_iter().map(slot);
        slots.filter(|slot| !self.is_full_of(&mine, slot)).collect()
    }

    fn lost(&mut self, search: &Search<'_>, start: Timestamp) -> Result<Answer, Need> {
        self.drop_slot(search.appointment);
        self.not_free(search, Status::SlotTaken, start)
    }

    /// A slot that is not wanted any more is not held any more.
    pub(super) fn drop_slot(&mut self, number: u8) {
        if self.draft(number).chosen.is_some() {
            self.record(Event::Dropped { appointment: number });
        }
    }

    /// The slot is held: asks for what is missing, reads back, or takes the yes.
    fn conclude(&mut self, search: &Search<'_>, heard: &Heard, yes: bool) -> Result<Answer, Need> {
        let (number, branch) = (search.appointment, search.branch);
        let draft = self.draft(number);
        let missing = self.missing(&draft, heard);
        let (Some(chosen), true) = (&draft.chosen, missing.is_empty()) else {
            return Ok(self.ask_for_more(number, branch, heard));
        };
        if let Some(refusal) = self.too_many(branch, (number, &draft))? {
            self.drop_slot(number);
            return Ok(refusal);
        }
        let agreed = match draft.stage {
            Stage::ReadBack => yes && !draft.has_newer_offer,
            Stage::Confirmed => true,
            Stage::Open | Stage::Withdrawn | Stage::Requested(_) => false,
        };
        if draft.stage == Stage::Confirmed && yes && draft.has_newer_offer {
            return Ok(self.which_of_both(number, chosen, branch));
        }
        let is_read_back =
            self.company.policy.require_confirmation || draft.past.was_resumed || draft.name_mark.is_unsure;
        if !agreed && is_read_back {
            self.record(Event::ReadBack { appointment: number });
            return Ok(self.read_back(&draft, chosen, branch));
        }
        if draft.stage != Stage::Confirmed && !self.confirm(number, chosen, agreed)? {
            return self.lost(search, chosen.slot.start);
        }
        if self.books_at_once() {
            return self.book_at_once(number, branch);
        }
        Ok(self.agreed(&draft, chosen, branch))
    }

    /// A yes to what is promised already, but something else was offered since: asks which is meant, and keeps the promise.
    fn which_of_both(&mut self, number: u8, chosen: &Chosen, branch: &Branch) -> Answer {
        self.record(Event::heard(number, Wish::default()));
        let promised = self.spoken(chosen.slot.start, &branch.zone);
        let language = self.company.language;
        let exact = Understood::Exact { start: chosen.slot.start.to_zoned(branch.zone.clone()) };
        Answer::new(Status::Clarify, sentences::slot_contradicts(&promised, language))
            .with("candidates", vec![when::to_json(&exact, language)])
    }

    /// A confirmed slot is kept until its booking is settled, however long that takes; false: it is lost.
    fn confirm(&mut self, number: u8, chosen: &Chosen, agreed: bool) -> Result<bool, Need> {
        if !self.hold(number, &chosen.slot, None)? {
            return Ok(false);
        }
        let kept = Chosen { until: None, ..chosen.clone() };
        self.record(Event::Chosen { appointment: number, chosen: kept });
        let yes = if agreed { Yes::Said } else { Yes::NotNeeded };
        self.record(Event::Confirmed { appointment: number, yes });
        Ok(true)
    }

    fn missing(&self, draft: &Draft, heard: &Heard) -> Vec<&'static str> {
        let withheld = self.call.caller == Caller::Withheld;
        [
            (draft.wish.service.is_none(), "dienstleistung"),
            (draft.wish.date.is_none(), "datum"),
            (draft.wish.time.is_none(), "uhrzeit"),
            (draft.person.name.is_none(), "name"),
            (heard.unclear.phone || (withheld && draft.person.phone.is_none()), "telefonnummer"),
            (heard.unclear.email, "email"),
        ]
        .into_iter()
        .filter_map(|(is_missing, field)| is_missing.then_some(field))
        .collect()
    }

    fn ask_for_more(&self, number: u8, branch: &Branch, heard: &Heard) -> Answer {
        let draft = self.draft(number);
        let missing = self.missing(&draft, heard);
        let names = names_of(branch);
        let first = missing.first().copied().unwrap_or("datum");
        let sentence = sentences::asking_for(first, heard.unclear.name, &names, self.company.language);
        Answer::new(Status::Incomplete, sentence).with("missing", missing)
    }

    fn read_back(&self, draft: &Draft, chosen: &Chosen, branch: &Branch) -> Answer {
        let what = self.in_words(draft, chosen, branch);
        let language = self.company.language;
        // The number the caller rings from was not said, so it cannot have been misheard.
        let phone = draft.person.phone.as_ref().filter(|phone| self.call.caller.number() != Some(*phone));
        let is_spelled = draft.name_mark.is_unsure;
        let contact = sentences::Contact {
            name: draft
                .person
                .name
                .as_deref()
                .filter(|_| is_spelled)
                .map(|name| names::spell_surname(name, language)),
            phone: phone.map(|phone| phone.spoken(language)),
            email: draft.person.email.as_deref().map(|email| say::email_spelled(email, language)),
        };
        let (status, sentence) = if chosen.verified {
            (Status::Held, sentences::read_back(&what, &contact, language))
        } else {
            (Status::Noted, sentences::read_back_on_trust(&what, &contact, language))
        };
        Answer::new(status, sentence).with("appointment", self.appointment_row(draft, chosen, branch))
    }

    pub(super) fn agreed(&self, draft: &Draft, chosen: &Chosen, branch: &Branch) -> Answer {
        let what = self.in_words(draft, chosen, branch);
        let language = self.company.language;
        let (status, sentence) = if chosen.verified {
            (Status::Confirmed, sentences::confirmed(&what, language))
        } else {
            (Status::Noted, sentences::noted(&what, language))
        };
        Answer::new(status, sentence).with("appointment", self.appointment_row(draft, chosen, branch))
    }

    pub(super) fn in_words(&self, draft: &Draft, chosen: &Chosen, branch: &Branch) -> sentences::Spoken {
        sentences::Spoken {
            service: service_name(draft, branch),
            when: self.spoken(chosen.slot.start, &branch.zone),
            staff: chosen.slot.staff.clone(),
            branch: (self.company.branches.len() > 1).then(|| branch.name.clone()),
            name: draft.person.name.clone().unwrap_or_default(),
        }
    }

    pub(super) fn appointment_row(&self, draft: &Draft, chosen: &Chosen, branch: &Branch) -> Value {
        let mut row = json!({
            "service": service_name(draft, branch),
            "start": iso(chosen.slot.start, &branch.zone),
            "end": iso(chosen.slot.end, &branch.zone),
            "spoken": self.spoken(chosen.slot.start, &branch.zone),
        });
        if let (Some(staff), Some(fields)) = (&chosen.slot.staff, row.as_object_mut()) {
            fields.insert("staff".into(), json!(staff));
        }
        row
    }

    /// The wished person does not do this.
    pub(super) fn not_by_them(&self, service: &Service) -> Answer {
        let staff = service.staff_names();
        let sentence = sentences::not_by_them(&service.name, &staff, self.company.language);
        Answer::new(Status::Clarify, sentence).with("candidates", staff)
    }
}

/// The same time with the same person, however long it turns out to be.
fn is_the_same(one: &Slot, other: &Slot) -> bool {
    (one.start, one.event_type_id) == (other.start, other.event_type_id)
}

fn service_name(draft: &Draft, branch: &Branch) -> String {
    let service = draft.wish.service.and_then(|id| branch.service(id));
    service.map(|service| service.name.clone()).unwrap_or_default()
}
