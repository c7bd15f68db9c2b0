//! `change_appointment` and `cancel_appointment`: what exists is moved or called off during the call, once the caller has
//! said yes to exactly that; what this call has only promised is changed in its draft.

use super::at_once::as_called;
use super::desk::{Asked, Desk, iso};
use super::existing::{Appointment, Existing, Mine};
use super::facts::Need;
use super::hear::{Heard, clarify};
use super::offer::Search;
use super::{Event, Question, Request, Yes};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::{Change, StaffWish, Stage, Wish};
use crate::domain::callback::Reason;
use crate::domain::directory::{Branch, Service};
use crate::domain::retry::{later, minutes};
use crate::domain::speech::sentences;

/// From this number on, drafts are of changes to what exists, not of new appointments.
pub(super) const CHANGES: u8 = 100;
/// Changes of one call.
const CHANGES_MAX: u8 = 20;

/// What is wanted of an appointment that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Move,
    Cancel,
}

/// What a change is about.
pub(super) enum Subject {
    /// Promised in this call and not in the books.
    Draft(u8),
    /// In the books; the number of the draft of its change.
    Change(u8),
}

impl<'a> Desk<'a> {
    pub(super) fn change_appointment(
        &mut self,
        branch: &'a Branch,
        request: &Request,
    ) -> Result<Answer, Need> {
        match self.subject(Wanted::Move, branch, request)? {
            Err(answer) => Ok(*answer),
            Ok(Subject::Draft(number)) => self.collect(branch, &as_collected(number, request)),
            Ok(Subject::Change(number)) => self.move_on(number, branch, request),
        }
    }

    pub(super) fn cancel_appointment(
        &mut self,
        branch: &'a Branch,
        request: &Request,
    ) -> Result<Answer, Need> {
        match self.subject(Wanted::Cancel, branch, request)? {
            Err(answer) => Ok(*answer),
            Ok(Subject::Draft(number)) => Ok(self.drop_promise(number, branch, request)),
            Ok(Subject::Change(number)) => self.cancel_on(number, request),
        }
    }

    /// What is to be changed: what is being talked about, unless the caller names another one.
    fn subject(
        &mut self,
        wanted: Wanted,
        branch: &'a Branch,
        request: &Request,
    ) -> Result<Result<Subject, Box<Answer>>, Need> {
        if let Some(subject) = self.spoken_of(wanted, branch, request) {
            match self.may_go_on(&subject, branch, request)? {
                Ok(true) => return Ok(Ok(subject)),
                Ok(false) => {}
                Err(answer) => return Ok(Err(Box::new(answer))),
            }
        }
        let mine = match self.existing(branch, request)? {
            Ok(mine) => mine,
            Err(answer) => return Ok(Err(Box::new(answer))),
        };
        match &mine.what {
            Existing::Draft(number) => Ok(Ok(Subject::Draft(*number))),
            Existing::Booked(appointment) => {
                Ok(self.take_up(wanted, (&mine, appointment), request)?.map(Subject::Change))
            }
        }
    }

    /// Begins to talk about changing this one, if that may be done at all.
    fn take_up(
        &mut self,
        wanted: Wanted,
        (mine, appointment): (&Mine, &Appointment),
        request: &Request,
    ) -> Result<Result<u8, Box<Answer>>, Need> {
        let company = self.company;
        if let Some(number) = self.taken_up(wanted, mine) {
            return Ok(Ok(number));
        }
        let Some(place) = company.branch(mine.branch) else {
            return Ok(Err(Box::new(self.not_allowed(wanted, (mine, None), request))));
        };
        let too_late =
            later(self.now, minutes(company.policy.change_until_hours.saturating_mul(60))) > mine.start;
        let cannot_move =
            wanted == Wanted::Move && (place.paused || service_of(place, appointment).is_none());
        if too_late || cannot_move {
            return Ok(Err(Box::new(self.not_allowed(wanted, (mine, Some(place)), request))));
        }
        // What was wanted of it before is not wanted any more.
        let before: Vec<u8> = self
            .changes()
            .filter(|(number, change)| {
                change.booking == mine.booking
                    && !self.draft(*number).is_decided()
                    && !self.draft(*number).is_promised()
            })
            .map(|(number, _)| number)
            .collect();
        for number in before {
            self.record(Event::Withdrawn { appointment: number });
        }
        if let Some(answer) = self.is_being_changed(wanted, (mine, appointment, place), request)? {
            return Ok(Err(Box::new(answer)));
        }
        let taken = self.call.drafts.keys().filter(|number| **number >= CHANGES).count();
        let Some(number) = u8::try_from(taken).ok().filter(|taken| *taken < CHANGES_MAX) else {
            return Ok(Err(Box::new(self.not_allowed(wanted, (mine, Some(place)), request))));
        };
        let number = CHANGES + number;
        let service = service_of(place, appointment).map(|service| service.id);
        let staff = appointment.slot.staff.clone().map(StaffWish::Named);
        let change = Change {
            booking: mine.booking,
            customer: Some(appointment.customer),
            branch: mine.branch,
            cancels: wanted == Wanted::Cancel,
            from: mine.start,
            event_type_id: appointment.slot.event_type_id,
            tells_what_for: mine.tells_what_for,
            anew: 0,
            to: None,
            agreed_at: None,
            came: None,
        };
        self.record(Event::Changing { appointment: number, change });
        if service.is_some() {
            let wish = Wish { service, staff, ..Wish::default() };
            self.record(Event::heard(number, wish));
        }
        Ok(Ok(number))
    }

    /// It is not for the telephone: a person calls back, if there is a number to call.
    fn not_allowed(
        &mut self,
        wanted: Wanted,
        (mine, place): (&Mine, Option<&Branch>),
        request: &Request,
    ) -> Answer {
        let language = self.company.language;
        let spoken = self.in_short(mine);
        let Some(place) = place.filter(|_| self.call.reachable_at(1).is_some()) else {
            return Answer::new(Status::NotAllowed, sentences::change_not_allowed(&spoken, None, language));
        };
        let name = self.person_of(place, request).0.name;
        let wish = sentences::change_wished(wanted == Wanted::Cancel, &spoken, self.company.language);
        let asked = Asked { name, wish: Some(wish), ..Asked::default() };
        let due = self.call_back_as(place, 1, Reason::ChangeNotAllowed, asked);
        let until = self.spoken(due, &place.zone);
        Answer::new(Status::NotAllowed, sentences::change_not_allowed(&spoken, Some(&until), language))
            .with("until", iso(due, &place.zone))
    }

    /// What was promised in this call and is not in the books yet is taken back, once the caller has said so twice.
    fn drop_promise(&mut self, number: u8, branch: &Branch, request: &Request) -> Answer {
        let (draft, language) = (self.draft(number), self.company.language);
        let when = draft.chosen.as_ref().map(|chosen| self.spoken(chosen.slot.start, &branch.zone));
        let spoken = sentences::on(&when.unwrap_or_default(), language);
        let was_asked = self.call.asked == Some(Question::Drop(number));
        if was_asked && request.confirmed == Some(true) {
            self.record(Event::Withdrawn { appointment: number });
            return Answer::new(Status::Cancelled, sentences::cancelled(&spoken, language));
        }
        if was_asked && request.confirmed == Some(false) {
            self.record(Event::AskedToDrop { appointment: None });
            return Answer::new(Status::Withdrawn, sentences::stays(&spoken, language));
        }
        self.withdraw_cancellations();
        self.record(Event::AskedToDrop { appointment: Some(number) });
        Answer::new(Status::ConfirmCancel, sentences::confirm_cancel(&spoken, language))
    }

    fn cancel_on(&mut self, number: u8, request: &Request) -> Result<Answer, Need> {
        let draft = self.draft(number);
        let Some(change) = draft.change.clone() else { return Ok(self.not_an_appointment()) };
        let (spoken, language) = (self.standing_in_words(&change), self.company.language);
        let said = self.said_to(number, request);
        match draft.stage {
            Stage::Confirmed => self.come_of(number, &change),
            Stage::ReadBack if said == Some(true) && !draft.has_newer_offer => {
                self.record(Event::Confirmed { appointment: number, yes: Yes::Said });
                self.wait();
                Ok(Answer::new(Status::Working, sentences::changing_now(true, language)))
            }
            Stage::ReadBack if said == Some(false) => {
                self.record(Event::Withdrawn { appointment: number });
                Ok(Answer::new(Status::Withdrawn, sentences::stays(&spoken, language)))
            }
            Stage::Open | Stage::ReadBack | Stage::Withdrawn | Stage::Requested(_) => {
                self.record(Event::ReadBack { appointment: number });
                Ok(Answer::new(Status::ConfirmCancel, sentences::confirm_cancel(&spoken, language)))
            }
        }
    }

    fn move_on(&mut self, number: u8, branch: &'a Branch, request: &Request) -> Result<Answer, Need> {
        let company = self.company;
        let before = self.draft(number);
        let Some(change) = before.change.clone() else { return Ok(self.not_an_appointment()) };
        if before.stage == Stage::Confirmed {
            return self.come_of(number, &change);
        }
        let place = company.branch(change.branch).unwrap_or(branch);
        if let Some(question) = self.by_somebody_else(number, (&change, place), request) {
            return Ok(question);
        }
        let confirmed = self.said_to(number, request);
        let wished = Request { appointment: Some(number), confirmed, ..to_move(request) };
        let heard = self.hear(place, number, &wished);
        let changed = self.take_in(number, &before, &heard);
        if self.draft(number).stage == Stage::ReadBack && heard.wants_something_else() {
            self.record(Event::heard(number, Wish::default()));
        }
        let is_refusal = request.confirmed == Some(false) && !changed && !heard.wants_something_else();
        if is_refusal && before.stage == Stage::ReadBack {
            self.record(Event::Withdrawn { appointment: number });
            let stays = sentences::stays(&self.standing_in_words(&change), company.language);
            return Ok(Answer::new(Status::Withdrawn, stays));
        }
        self.see_to_the_time(number, place, (&wished, heard), &change)
    }

    /// It is moved with whom it is: a time that was offered of somebody else is not meant, whatever was read back.
    fn by_somebody_else(
        &mut self,
        number: u8,
        (change, place): (&Change, &Branch),
        request: &Request,
    ) -> Option<Answer> {
        let slot = &self.call.slot_called(request.slot_id.as_deref()?)?.slot;
        if slot.event_type_id == change.event_type_id {
            return None;
        }
        if self.draft(number).stage == Stage::ReadBack {
            self.record(Event::heard(number, Wish::default()));
        }
        let mut offers = place.services.iter().filter_map(|service| service.offer_of(change.event_type_id));
        let staff = offers.next().and_then(|offer| offer.staff.as_deref()).filter(|_| change.tells_what_for);
        Some(clarify(sentences::stays_with(staff, self.company.language)))
    }

    /// Sees to it that the new time is free and held, and reads back what will be moved where.
    pub(super) fn see_to_the_time(
        &mut self,
        number: u8,
        place: &'a Branch,
        (wished, heard): (&Request, Heard),
        change: &Change,
    ) -> Result<Answer, Need> {
        if let Some(question) = heard.question {
            return Ok(question);
        }
        let draft = self.draft(number);
        // By the same person as before: the appointment keeps its event type.
        let known = draft.wish.service.and_then(|id| place.service(id));
        let Some(service) = known.map(|service| only(service, change.event_type_id)) else {
            return Ok(self.ask_when(&draft, change));
        };
        let is_open = heard.start.is_none() && draft.wish.is_open() && wished.says_what_or_when();
        if heard.soonest || heard.any_time || is_open {
            return self.check(place, wished);
        }
        let Some(start) = heard.start else { return Ok(self.ask_when(&draft, change)) };
        let search = Search { branch: place, service: &service, staff: None, appointment: number };
        if start == change.from {
            self.drop_slot(number);
            let (spoken, language) = (self.standing_in_words(change), self.company.language);
            return Ok(clarify(sentences::is_then_already(&spoken, language)));
        }
        if let Some(objection) = self.objection_to(&search, start) {
            self.drop_slot(number);
            return Ok(objection);
        }
        let yes = wished.confirmed == Some(true);
        if let Some(refusal) = self.choose(&search, start, yes)? {
            return Ok(refusal);
        }
        Ok(self.read_back_or_agree(number, yes, change))
    }

    fn read_back_or_agree(&mut self, number: u8, yes: bool, change: &Change) -> Answer {
        let (draft, language) = (self.draft(number), self.company.language);
        let Some(chosen) = &draft.chosen else { return self.ask_when(&draft, change) };
        let agreed = draft.stage == Stage::ReadBack && yes && !draft.has_newer_offer;
        if agreed && chosen.verified {
            self.record(Event::Confirmed { appointment: number, yes: Yes::Said });
            self.wait();
            return Answer::new(Status::Working, sentences::changing_now(false, language));
        }
        // What nobody could look up is not given up for what stands.
        if !chosen.verified {
            self.drop_slot(number);
            return self.unreachable();
        }
        self.record(Event::ReadBack { appointment: number });
        let to = self.spoken(chosen.slot.start, &self.zone_at(change.branch));
        let from = self.standing_in_words(change);
        Answer::new(Status::Held, sentences::read_back_move(&from, &to, language))
            .with("appointment", self.moved_row(change, chosen))
    }
}

/// Which change of a call a draft of that number is, if it is one.
pub fn change_number(appointment: u8) -> Option<u8> {
    appointment.checked_sub(CHANGES).map(|n| n.saturating_add(1))
}

/// The service whose event type the appointment has.
fn service_of<'b>(branch: &'b Branch, appointment: &Appointment) -> Option<&'b Service> {
    branch.services.iter().find(|service| service.offer_of(appointment.slot.event_type_id).is_some())
}

/// The service as only that event type gives it.
fn only(service: &Service, event_type_id: i64) -> Service {
    let mut only = service.clone();
    only.offers.retain(|offer| offer.event_type_id == event_type_id);
    only
}

/// Whether it says which appointment is meant.
pub(super) fn names_one(request: &Request) -> bool {
    let Request { booking, date, time, service, staff, .. } = request;
    [booking, date, time, service, staff].into_iter().any(Option::is_some)
}

/// Whether it says when the appointment is to be instead.
pub(super) fn says_when(request: &Request) -> bool {
    [&request.new_date, &request.new_time, &request.slot_id].into_iter().any(Option::is_some)
}

/// The new day and time as the wish of an appointment.
pub(super) fn to_move(request: &Request) -> Request {
    Request {
        date: request.new_date.clone(),
        time: request.new_time.clone(),
        slot_id: request.slot_id.clone(),
        confirmed: request.confirmed,
        ..Request::default()
    }
}

/// The change of what was promised in this call, as if it were said anew.
fn as_collected(number: u8, request: &Request) -> Request {
    Request { appointment: Some(as_called(number)), ..to_move(request) }
}
