//! A call: what has been said, offered and promised in it, as the sum of its events.

mod at_desk;
mod at_once;
mod audit;
mod changed;
mod changing;
mod check;
mod collect;
mod desk;
mod event;
mod existing;
mod facts;
mod find;
mod finish;
mod hear;
mod hotline;
mod imported;
mod keep;
mod knowing;
mod last_words;
mod moment;
mod news;
mod offer;
mod opening;
mod ordering;
mod other;
pub mod outcome;
mod parting;
mod refer;
mod repeat;
pub mod replayed;
mod request;
mod resuming;
mod spoken_of;
mod under_way;
pub mod why;

#[cfg(test)]
pub(super) mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub use at_desk::Entry;
pub use at_once::{as_called, tries_before};
pub use changing::change_number;
pub use desk::{Decision, Intent, Step, Turn};
pub use event::{Ending, Event, Named, Offered, Outcome, Sought, Yes};
pub use existing::{Appointment, Footing};
pub use facts::{Fact, Facts, Need};
pub use news::{News, Words};
pub use parting::Parting;
pub use repeat::Mark;
pub use request::{Function, Request};
pub use resuming::Earlier;

use super::appointment::{Draft, Stage};
use super::callback::Reason;
use super::identity::Basis;
use super::ids::{BookingId, BranchId, CallId, CompanyId, CustomerId};
use super::phone::{Caller, PhoneNumber};

/// The most appointments one call can make.
pub const APPOINTMENTS_MAX: u8 = 9;

/// The appointments of a call by their number, each in a box: a node of the tree has room for eleven of what it holds,
/// and nearly every call makes one.
pub type Drafts = BTreeMap<u8, Box<Draft>>;

/// Where the call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Live,
    /// Hung up; something is still open for want of data.
    Ended {
        at: Timestamp,
    },
    Settled {
        outcome: Outcome,
    },
}

/// A call as the sum of its events. `apply` never refuses; the decisions are made by [`Call::invoke`] and [`Call::hear`].
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "what was told about a call comes in any order, each on its own"
)]
pub struct Call {
    pub id: CallId,
    pub company: CompanyId,
    pub caller: Caller,
    /// When the call began: the instant that "morgen" is counted from.
    pub began_at: Timestamp,
    pub branch: Option<BranchId>,
    /// Events so far: the optimistic lock of its journal.
    pub version: u32,
    pub phase: Phase,
    pub drafts: Drafts,
    offered: Vec<Offered>,
    listings: u32,
    /// What was offered last, as long as the same is asked for.
    listing: Option<Box<Listing>>,
    answered: Vec<Answered>,
    pub started: bool,
    pub ended: bool,
    pub analyzed: bool,
    hung_up: bool,
    /// It was given up on: nobody knows how it went on.
    unreported: bool,
    /// Why somebody is to call back.
    callbacks: Vec<Reason>,
    audited: bool,
    /// It goes on where an earlier one stopped, since so many answers.
    resumed: Option<usize>,
    /// It went on in another call.
    taken_over: bool,
    /// A name was given, whatever came of it.
    was_named: bool,
    /// What the caller was asked last, as long as nothing else is spoken of.
    asked: Option<Question>,
    /// Who the caller has shown to be, and by what.
    identified: Vec<(CustomerId, Basis)>,
    failed_tries: u32,
    /// When it was given up to find out who the caller is.
    unidentified_at: Option<Timestamp>,
    named: Vec<Named>,
    will_come: Vec<BookingId>,
}

/// What a caller is asked to say yes or no to. A yes that does not say to what is to what was asked last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    /// Whether this is right, of a new appointment or of a change.
    ReadBack(u8),
    /// Whether this promise is really to be dropped.
    Drop(u8),
}

/// What was offered for an appointment to one question, asked once or again.
#[derive(Clone, Debug, PartialEq)]
struct Listing {
    appointment: u8,
    sought: Sought,
    starts: Vec<Timestamp>,
}

#[derive(Clone, Debug, PartialEq)]
struct Answered {
    key: String,
    at: Timestamp,
}

impl Call {
    /// A call nobody has heard of yet.
    pub fn new(id: CallId, company: CompanyId, caller: Caller, began_at: Timestamp) -> Self {
        Self {
            id,
            company,
            caller,
            began_at,
            branch: None,
            version: 0,
            phase: Phase::Live,
            drafts: Drafts::new(),
            offered: Vec::new(),
            listings: 0,
            listing: None,
            answered: Vec::new(),
            started: false,
            ended: false,
            analyzed: false,
            hung_up: false,
            unreported: false,
            callbacks: Vec::new(),
            audited: false,
            resumed: None,
            taken_over: false,
            was_named: false,
            asked: None,
            identified: Vec::new(),
            failed_tries: 0,
            unidentified_at: None,
            named: Vec::new(),
            will_come: Vec::new(),
        }
    }

    /// Takes in what has happened at that instant.
    pub fn apply(&mut self, event: &Event, at: Timestamp) {
        self.version += 1;
        match event {
            Event::Began { branch, .. } => self.branch = self.branch.or(*branch),
            Event::EnteredAtDesk { branch, .. } => {
                self.branch = Some(*branch);
                self.ended = true;
            }
            Event::Started => self.started = true,
            Event::BranchChosen { branch } => self.move_to(*branch),
            Event::Heard { appointment, wish, name, person } => {
                self.asked = None;
                self.was_named |= person.name.is_some();
                self.draft(*appointment).hear(wish.clone(), person.clone(), *name);
            }
            Event::MayNotify { appointment, allowed } => self.draft(*appointment).may_notify = Some(*allowed),
            Event::Unsaid { appointment, date, time } => self.draft(*appointment).unsay(*date, *time),
            Event::Offered { appointment, slots, sought } => {
                self.listings += 1;
                self.offered.extend(slots.iter().cloned());
                self.list(*appointment, slots, sought.as_ref());
                self.offer_something_newer(*appointment);
            }
            Event::Chosen { appointment, chosen } => self.draft(*appointment).chosen = Some(chosen.clone()),
            Event::Dropped { appointment } => self.draft(*appointment).drop_slot(),
            Event::ReadBack { appointment } => {
                self.asked = Some(Question::ReadBack(*appointment));
                self.draft(*appointment).read_back();
            }
            Event::Confirmed { appointment, yes } => {
                self.draft(*appointment).promise(*yes == Yes::Said);
                self.draft(*appointment).agree(at);
            }
            Event::Resumed { .. } => self.resume(),
            Event::TakenOver => self.taken_over = true,
            Event::Changing { appointment, change } => self.draft(*appointment).begin_change(change.clone()),
            Event::Changed { appointment, came } => self.draft(*appointment).change_came(*came),
            Event::AskedToDrop { appointment } => self.asked = appointment.map(Question::Drop),
            Event::Withdrawn { appointment } => {
                self.asked = None;
                self.draft(*appointment).withdraw();
            }
            Event::Requested { appointment, booking } => {
                self.draft(*appointment).stage = Stage::Requested(*booking);
            }
            Event::Missed { appointment, next } => self.miss(*appointment, *next),
            Event::Answered { key, .. } => self.answered.push(Answered { key: key.clone(), at }),
            Event::CallbackNoted { reason } => self.note_callback(*reason, at),
            Event::Identified { customers, basis } => self.know(customers, *basis),
            Event::NotIdentified { appointment } => self.not_identified(*appointment),
            Event::Named { appointments } => self.named.extend(appointments.iter().cloned()),
            Event::WillCome { booking, .. } => self.will_come.push(*booking),
            Event::Ended { ending } => self.end(*ending, at),
            Event::Analyzed => self.analyzed = true,
            Event::Unfounded { .. } => self.audited = true,
            Event::Settled { outcome } => self.phase = Phase::Settled { outcome: *outcome },
        }
    }

    /// The wish goes on under another number.
    fn miss(&mut self, appointment: u8, next: u8) {
        if let Some(mut draft) = self.drafts.remove(&appointment) {
            draft.miss();
            self.drafts.insert(next, draft);
        }
    }

    /// A yes to whatever was read back may mean this now.
    fn offer_something_newer(&mut self, appointment: u8) {
        self.asked = self.asked.filter(|asked| matches!(asked, Question::ReadBack(_)));
        for (number, draft) in &mut self.drafts {
            draft.has_newer_offer |= *number == appointment || draft.stage == Stage::ReadBack;
        }
    }

    fn note_callback(&mut self, reason: Reason, at: Timestamp) {
        self.callbacks.push(reason);
        if reason == Reason::Unidentified {
            self.unidentified_at = self.unidentified_at.or(Some(at));
        }
    }

    fn not_identified(&mut self, appointment: Option<u8>) {
        self.failed_tries += 1;
        if let Some(number) = appointment {
            self.draft(number).past.name_was_tried = true;
        }
    }

    fn know(&mut self, customers: &[CustomerId], basis: Basis) {
        self.identified.retain(|(customer, _)| !customers.contains(customer));
        self.identified.extend(customers.iter().map(|customer| (*customer, basis)));
    }

    fn resume(&mut self) {
        self.resumed = Some(self.answered.len());
        self.draft(1).past.was_resumed = true;
    }

    fn end(&mut self, ending: Ending, at: Timestamp) {
        self.ended = true;
        self.hung_up |= ending == Ending::HungUp;
        self.unreported = ending == Ending::Unreported;
        if self.phase == Phase::Live {
            self.phase = Phase::Ended { at };
        }
    }

    /// Whether it is noted that the customer will come to this appointment.
    pub fn knows_they_come(&self, booking: BookingId) -> bool {
        self.will_come.contains(&booking)
    }

    /// The number to reach the caller at: spoken for this appointment, else the caller's own.
    pub fn reachable_at(&self, appointment: u8) -> Option<PhoneNumber> {
        let spoken = self.drafts.get(&appointment).and_then(|draft| draft.person.phone.clone());
        spoken.or_else(|| self.caller.number().cloned())
    }

    /// The slot behind a handle, as it was offered in this call.
    fn slot_called(&self, handle: &str) -> Option<&Offered> {
        self.offered.iter().find(|offered| offered.handle.eq_ignore_ascii_case(handle.trim()))
    }

    /// Keeps what was offered to a question; another question begins anew.
    fn list(&mut self, appointment: u8, slots: &[Offered], sought: Option<&Sought>) {
        let before = self.shown(appointment, sought).to_vec();
        self.listing = sought.map(|sought| {
            let starts = before.into_iter().chain(slots.iter().map(|offered| offered.slot.start)).collect();
            Box::new(Listing { appointment, sought: sought.clone(), starts })
        });
    }

    /// The times that were offered already to this very question.
    fn shown(&self, appointment: u8, sought: Option<&Sought>) -> &[Timestamp] {
        let listing = self.listing.as_deref();
        let is_it =
            |listing: &&Listing| listing.appointment == appointment && Some(&listing.sought) == sought;
        listing.filter(is_it).map_or(&[], |listing| &listing.starts)
    }

    /// Another branch: what was wanted there is another service, by other people, at another place.
    fn move_to(&mut self, branch: BranchId) {
        if self.branch.replace(branch) != Some(branch) {
            let elsewhere = |draft: &&mut Box<Draft>| !draft.is_promised() && draft.change.is_none();
            for draft in self.drafts.values_mut().filter(elsewhere) {
                draft.move_elsewhere();
            }
        }
    }

    fn is_unreported(&self) -> bool {
        self.unreported
    }

    fn draft(&mut self, appointment: u8) -> &mut Draft {
        self.drafts.entry(appointment).or_default()
    }
}
