//! The desk a turn is worked at: what is known, what is still to be asked, and what follows, without touching the call.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::facts::{Fact, Facts, Need};
use super::{Call, Event, Function, Request};
use crate::domain::Hidden;
use crate::domain::alert::Alert;
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::{Draft, Person};
use crate::domain::booking::{Agreed, Booking};
use crate::domain::callback::{self, Callback, Reason, Wished};
use crate::domain::directory::{Branch, Company};
use crate::domain::ids::{BookingId, BranchId, CallbackId, CustomerId};
use crate::domain::phone::PhoneNumber;
use crate::domain::slot::{Kept, Slot};
use crate::domain::speech::when::Reference;
use crate::domain::speech::{say, sentences};

/// An intent to book, with all that the request to Cal.com will need.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    pub booking: BookingId,
    pub branch: BranchId,
    pub appointment: u8,
    pub slot: Slot,
    pub service_name: String,
    pub customer: CustomerId,
    pub customer_is_new: bool,
    pub person: Person,
    /// Whether the customer has agreed to be written to; None: nobody has asked.
    pub may_notify: Option<bool>,
    /// Nothing is to be written at Cal.com: the company is in test mode.
    pub test_mode: bool,
}

/// What a turn comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    pub events: Vec<Event>,
    /// None where a function was called: what follows from the events is waited for, and the function asked again.
    pub answer: Option<Answer>,
    pub intents: Vec<Intent>,
    pub callbacks: Vec<Callback>,
    pub alerts: Vec<Alert>,
    /// Appointments whose hold is not needed any more.
    pub releases: Vec<u8>,
    /// Callback items that nobody has to see to: the caller has rung again.
    pub done: Vec<CallbackId>,
    /// Bookings that came to nothing and nobody has to call about: the caller has agreed to something else.
    pub replaced: Vec<BookingId>,
}

/// Ask this first, or done.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Ask(Need),
    Done(Box<Decision>),
}

/// What a turn may build on.
#[derive(Clone, Copy, Debug)]
pub struct Turn<'a> {
    pub company: &'a Company,
    pub facts: &'a Facts,
    pub now: Timestamp,
}

/// What the caller has said about being called back.
#[derive(Default)]
pub(super) struct Asked {
    /// Who asks, where it is not whom the appointment is for.
    pub(super) name: Option<String>,
    pub(super) wish: Option<String>,
    pub(super) wished: Option<Wished>,
    pub(super) is_urgent: bool,
    /// What stands in the books and is to be changed.
    pub(super) booking: Option<BookingId>,
}

pub(super) struct Desk<'a> {
    pub(super) call: Call,
    pub(super) company: &'a Company,
    pub(super) now: Timestamp,
    facts: &'a Facts,
    /// Appointments with a slot before this turn, or in it.
    held: BTreeSet<u8>,
    /// The answer follows from what is done upon this decision.
    waits: bool,
    decision: Decision,
}

impl Call {
    /// What follows from a function call; the key makes a repeat recognisable.
    pub fn invoke(&self, function: &Function, request: &Request, key: &str, turn: &Turn<'_>) -> Step {
        let mut desk = Desk::new(self, turn);
        match desk.serve_and_see_to_it(function, request) {
            Err(need) => Step::Ask(need),
            Ok(_) if desk.waits => Step::Done(Box::new(desk.close())),
            Ok(answer) => {
                desk.record(Event::Answered {
                    key: key.to_owned(),
                    function: function.as_str().to_owned(),
                    status: answer.status,
                });
                Step::Done(Box::new(Decision { answer: Some(answer), ..desk.close() }))
            }
        }
    }
}

impl<'a> Desk<'a> {
    pub(super) fn new(call: &Call, turn: &Turn<'a>) -> Self {
        let holding = call.drafts.iter().filter(|(_, draft)| draft.chosen.is_some());
        let held = holding.map(|(number, _)| *number).collect();
        let (company, now, facts) = (turn.company, turn.now, turn.facts);
        let decision = Decision::default();
        Self { call: call.clone(), company, now, facts, held, waits: false, decision }
    }

    /// A call that is settled has no end any more at which somebody sees to what was agreed: it is done at once.
    fn serve_and_see_to_it(&mut self, function: &Function, request: &Request) -> Result<Answer, Need> {
        let answer = self.serve(function, request)?;
        self.extend_holds()?;
        self.settle_anew()?;
        Ok(self.going_on(self.refer(answer)))
    }

    fn serve(&mut self, function: &Function, request: &Request) -> Result<Answer, Need> {
        if let Function::Unknown(_) = function {
            return Ok(self.unknown_function());
        }
        if self.is_an_emergency(request) {
            return Ok(self.help(function, request));
        }
        if request.unreadable {
            return Ok(Answer::new(Status::Invalid, sentences::not_understood(self.company.language)));
        }
        if let Some(answer) = self.about_another_branch(function, request) {
            return Ok(answer);
        }
        let branch = match self.branch(request) {
            Ok(branch) => branch,
            Err(question) if self.call.branch.is_none() => {
                return self.without_a_branch(function, request, *question);
            }
            Err(question) => return Ok(*question),
        };
        match function {
            Function::CollectAppointment => self.collect(branch, request),
            Function::CheckAvailability => self.check(branch, request),
            Function::ListServices => Ok(self.list_services(branch)),
            Function::OpeningHours => Ok(self.opening_hours(branch, request)),
            Function::RequestCallback => Ok(self.request_callback(branch, request)),
            Function::FindAppointments => self.find_appointments(branch, request),
            Function::ChangeAppointment => self.change_appointment(branch, request),
            Function::CancelAppointment => self.cancel_appointment(branch, request),
            Function::ConfirmAppointment => self.confirm_appointment(branch, request),
            Function::Unknown(_) => Ok(self.unknown_function()),
        }
    }

    fn unknown_function(&self) -> Answer {
        Answer::new(Status::UnknownFunction, sentences::unknown_function(self.company.language))
    }

    /// It happens: the call moves on, and the journal will say so.
    pub(super) fn record(&mut self, event: Event) {
        self.call.apply(&event, self.now);
        if let Event::Chosen { appointment, .. } = &event {
            self.held.insert(*appointment);
        }
        self.decision.events.push(event);
    }

    pub(super) fn intend(&mut self, intent: Intent) {
        self.decision.intents.push(intent);
    }

    /// The appointment's slot need not be kept any longer, though it was chosen.
    pub(super) fn release(&mut self, appointment: u8) {
        self.decision.releases.push(appointment);
    }

    /// The function is asked again once what was decided is under way; then it is answered.
    pub(super) fn wait(&mut self) {
        self.waits = true;
    }

    /// Nobody has to see to this item any more.
    pub(super) fn see_done(&mut self, item: CallbackId) {
        self.decision.done.push(item);
    }

    /// Nobody has to call about this booking any more.
    pub(super) fn replace(&mut self, booking: BookingId) {
        self.decision.replaced.push(booking);
    }

    pub(super) fn draft(&self, appointment: u8) -> Draft {
        self.call.drafts.get(&appointment).map_or_else(Draft::default, |draft| Draft::clone(draft))
    }

    pub(super) fn slots_fact(&self, need: Need) -> Result<Option<Vec<Slot>>, Need> {
        match self.facts.about(need)? {
            Fact::Slots(slots) => Ok(slots.clone()),
            Fact::Held(_)
            | Fact::Customer(_)
            | Fact::Earlier(_)
            | Fact::Persons { .. }
            | Fact::Appointments(_)
            | Fact::Settled(_) => Ok(None),
        }
    }

    /// The booking once what was agreed to is seen to, one way or the other, or where it could not be ordered; None: it is
    /// ordered, and takes longer than the caller can wait.
    pub(super) fn ordered(&self, booking: BookingId, agreed: Agreed) -> Result<Option<Booking>, Need> {
        let fact = self.facts.about(Need::Ordered { booking, agreed })?;
        let Fact::Settled(settled) = fact else { return Ok(None) };
        Ok(settled.as_deref().cloned())
    }

    /// The booking once it is settled; None: that takes longer than the caller can wait.
    pub(super) fn settled(&self, booking: BookingId) -> Result<Option<Booking>, Need> {
        let Fact::Settled(settled) = self.facts.about(Need::Settled { booking })? else { return Ok(None) };
        Ok(settled.as_deref().cloned())
    }

    /// Whether the slot is now held for this appointment.
    pub(super) fn hold(&self, appointment: u8, slot: &Slot, until: Option<Timestamp>) -> Result<bool, Need> {
        if self.company.policy.hold_minutes == 0 {
            return Ok(true);
        }
        match self.facts.about(Need::Hold { appointment, slot: slot.clone(), until })? {
            Fact::Held(held) => Ok(*held),
            Fact::Slots(_)
            | Fact::Customer(_)
            | Fact::Persons { .. }
            | Fact::Appointments(_)
            | Fact::Earlier(_)
            | Fact::Settled(_) => Ok(false),
        }
    }

    pub(super) fn refused_stretches(&self) -> Vec<Kept> {
        self.facts.refused().collect()
    }

    pub(super) fn customer(
        &self,
        name: &str,
        number: Option<PhoneNumber>,
    ) -> Result<Option<CustomerId>, Need> {
        let Some(number) = number else { return Ok(None) };
        match self.facts.about(Need::Customer { name: name.to_owned(), number })? {
            Fact::Customer(known) => Ok(*known),
            Fact::Earlier(_)
            | Fact::Settled(_)
            | Fact::Slots(_)
            | Fact::Held(_)
            | Fact::Persons { .. }
            | Fact::Appointments(_) => Ok(None),
        }
    }

    /// What has been found out about it.
    pub(super) fn about(&self, need: Need) -> Result<&Fact, Need> {
        self.facts.about(need)
    }

    /// Notes a callback item; the same call and reason make one.
    pub(super) fn call_back(
        &mut self,
        branch: &Branch,
        appointment: u8,
        reason: Reason,
        wish: Option<String>,
    ) -> Timestamp {
        self.call_back_as(branch, appointment, reason, Asked { wish, ..Asked::default() })
    }

    /// The same, where the caller has said when, or that it is urgent.
    pub(super) fn call_back_as(
        &mut self,
        branch: &Branch,
        appointment: u8,
        reason: Reason,
        asked: Asked,
    ) -> Timestamp {
        let person = self.draft(appointment).person;
        let Asked { name, wish, wished, is_urgent, booking } = asked;
        let within = self.company.policy.callback_within_minutes;
        let opening = branch.opening.as_ref();
        // What is urgent does not wait for a later hour.
        let from = wished.filter(|_| !is_urgent).map(|wished| wished.from);
        let due = callback::due_from(opening, &branch.zone, within, (from, self.now));
        self.decision.callbacks.push(Callback {
            call: self.call.id,
            booking,
            appointment,
            reason,
            name: name.or(person.name).map(Hidden),
            phone: self.call.reachable_at(appointment),
            wish: wish.map(Hidden),
            wished,
            is_urgent,
            due,
        });
        self.record(Event::CallbackNoted { reason });
        due
    }

    /// Somebody who looks after the company has to know of it.
    pub(super) fn alert(&mut self, alert: Alert) {
        self.decision.alerts.push(alert);
    }

    /// The instant that "morgen" is counted from, in the branch's zone.
    pub(super) fn began(&self, branch: &Branch) -> Zoned {
        self.call.began_at.to_zoned(branch.zone.clone())
    }

    pub(super) fn reference<'b>(&self, branch: &'b Branch, now: &'b Zoned) -> Reference<'b> {
        Reference { now, opening: branch.opening.as_ref(), language: self.company.language }
    }

    pub(super) fn spoken(&self, at: Timestamp, zone: &TimeZone) -> String {
        let today = self.now.to_zoned(zone.clone()).date();
        say::moment(&at.to_zoned(zone.clone()), today, self.company.language)
    }

    pub(super) fn close(mut self) -> Decision {
        let gone = |number: &u8| self.call.drafts.get(number).is_none_or(|draft| draft.chosen.is_none());
        let gone: Vec<u8> = self.held.iter().copied().filter(gone).collect();
        self.decision.releases.extend(gone);
        self.decision
    }
}

/// An instant as agents and integrators read it: local time with its offset.
pub(super) fn iso(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
