//! Work at the desk, with nobody on the line: free times are asked for, appointments entered and changed, through the same
//! slots, holds, journal, calendars and breakers as for callers.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use super::awaiting;
use super::branch::PlaceBooking;
use super::inquiry::Inquiry;
use super::switchboard::Switchboard;
use crate::clock::{Clock, Stopwatch};
use crate::domain::booking::{Agreed, Booking, Cause, Order};
use crate::domain::call::{Call, Decision, Entry, Event, Fact, Need};
use crate::domain::directory::{Branch, Company, Offer};
use crate::domain::ids::{BookingId, CallId};
use crate::domain::measures::Measures;
use crate::domain::phone::Caller;
use crate::domain::retry::{later, minutes};
use crate::domain::slot::Slot;
use crate::store::calls::AT_DESK;
use crate::store::holds::Owner;
use crate::store::journal::{Append, Appended, Head};
use crate::store::{Error, Scope};

/// How long the desk waits for a booking before it is told that it is on its way.
const WAITS: Duration = Duration::from_secs(10);
/// How long a time is kept for a booking that is to be moved there; Cal.com decides in the end.
const MOVE_HELD_MINUTES: u32 = 2;
/// How often a lost race for a call's journal is taken up again.
const RACES_MAX: u32 = 8;

/// One piece of work for a branch of a company.
#[derive(Debug)]
pub struct Desk<'a> {
    house: &'a Switchboard,
    company: &'a Arc<Company>,
    /// The call the work belongs to: the booking's, or one that nobody made.
    call: Call,
    watch: Stopwatch,
}

/// What is asked of the calendars.
#[derive(Clone, Debug)]
pub struct Search {
    pub offers: Vec<Offer>,
    pub minutes: u32,
    pub from: Date,
    pub days: u8,
    /// The answer must not be older than the question.
    pub fresh: bool,
    /// The appointment they are for, whose own hold is not in its way.
    pub appointment: u8,
    /// What this booking takes up itself counts as free.
    pub moving: Option<BookingId>,
}

/// What came of entering an appointment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entered {
    /// It stands in the books by this request.
    Now,
    /// It stands in the books by an earlier request just like this one.
    Before,
    /// Its key was used for something else.
    OtherContent,
}

impl<'a> Desk<'a> {
    pub fn at(house: &'a Switchboard, company: &'a Arc<Company>, branch: &Branch, call: CallId) -> Self {
        let mut blank = Call::new(call, company.id, Caller::Withheld, house.clock().now());
        blank.branch = Some(branch.id);
        Self { house, company, call: blank, watch: Clock::stopwatch() }
    }

    /// The free times that others do not keep; None: the calendar did not answer in time.
    pub async fn free(&self, search: Search) -> Result<Option<Vec<Slot>>, Error> {
        let Search { offers, minutes, from, days, fresh, appointment, moving } = search;
        let need = Need::Slots { appointment, offers, minutes, from, days, fresh, moving };
        let (switchboard, company, call) = (self.house, self.company, &self.call);
        let watch = Some(&self.watch);
        let inquiry = Inquiry { switchboard, company, call, now: self.house.clock().now(), watch };
        let Fact::Slots(slots) = inquiry.find_out(&need).await? else { return Ok(None) };
        Ok(slots)
    }

    /// Keeps the slot for that appointment, unless it keeps one already; false: others keep it.
    pub async fn hold(&self, appointment: u8, slot: &Slot) -> Result<bool, Error> {
        let life = self.company.policy.hold_minutes;
        if life == 0 {
            return Ok(true);
        }
        let (now, owner) = (self.house.clock().now(), Owner { call: self.call.id, appointment });
        let lanes = self.company.hosts_of(slot.calendar);
        let holds = self.house.store().holds(self.company.id);
        // The same request may have been quicker: what it keeps until its booking is settled is not cut short.
        holds.claim_if_none(owner, (slot, lanes), later(now, minutes(life)), now).await
    }

    /// Keeps the slot until the booking that is to be moved there has moved.
    pub async fn hold_to_move(&self, appointment: u8, slot: &Slot) -> Result<bool, Error> {
        let life = self.company.policy.hold_minutes.min(MOVE_HELD_MINUTES);
        if life == 0 {
            return Ok(true);
        }
        let now = self.house.clock().now();
        let owner = Owner { call: self.call.id, appointment: to_move(appointment) };
        let lanes = self.company.hosts_of(slot.calendar);
        let holds = self.house.store().holds(self.company.id);
        holds.claim(owner, (slot, lanes), later(now, minutes(life)), now).await
    }

    /// What was kept for a move is let go.
    pub async fn release_move(&self, appointment: u8) -> Result<(), Error> {
        let owner = Owner { call: self.call.id, appointment: to_move(appointment) };
        self.house.store().holds(self.company.id).release(owner).await
    }

    /// What stands in the books under that key; None: nothing.
    pub async fn known(&self, key: &str) -> Result<Option<Entered>, Error> {
        let calls = self.house.store().calls(Scope::one(self.company.id));
        let row = calls.find_by_retell_id(&name_of(key)).await?;
        Ok(row.map(|row| {
            if CallId::from(row.id) == self.call.id { Entered::Before } else { Entered::OtherContent }
        }))
    }

    /// Enters an appointment whose slot is held, in one commit; under one key that happens once, however often and wherever
    /// it is asked for.
    pub async fn enter(&self, key: &str, entry: &Entry<'_>) -> Result<Entered, Error> {
        let decision = entry.decide(self.house.clock().now());
        let appended = self.append(key, entry.branch, &decision).await?;
        let entered = match appended {
            Appended::Done => Entered::Now,
            Appended::Conflict => self.known(key).await?.unwrap_or(Entered::OtherContent),
        };
        match entered {
            Entered::Now => self.place(entry).await,
            Entered::Before => {}
            Entered::OtherContent => {
                let owner = Owner { call: entry.call, appointment: Entry::APPOINTMENT };
                self.house.store().holds(self.company.id).release(owner).await?;
            }
        }
        Ok(entered)
    }

    async fn append(&self, key: &str, branch: &Branch, decision: &Decision) -> Result<Appended, Error> {
        let (at, name) = (self.house.clock().now(), name_of(key));
        let blank = Call::new(self.call.id, self.company.id, Caller::Withheld, at);
        let mut after = blank.clone();
        decision.events.iter().for_each(|event| after.apply(event, at));
        let heads =
            (Head::of(&blank, &name, None), Head { ended_at: Some(at), ..Head::of(&after, &name, None) });
        let append = Append {
            intents: decision.intents.clone(),
            releases: decision.releases.clone(),
            zone: branch.zone_name.clone(),
            language: self.company.language.code(),
            ..of_events(heads, decision.events.clone(), at)
        };
        self.house.store().journal().append(append).await
    }

    async fn place(&self, entry: &Entry<'_>) {
        if entry.test_mode {
            return;
        }
        let branch = self.house.branch(self.company.id, entry.branch.id);
        let place = PlaceBooking { booking: entry.booking(), calendar: entry.slot.calendar };
        if branch.send(place).await.is_err() {
            tracing::warn!(booking.id = %entry.booking(), "booking {} waits for the sweep", entry.booking());
        }
    }

    /// The booking once it is settled; None: it takes longer than the desk waits.
    pub async fn settled(&self, booking: BookingId) -> Result<Option<Booking>, Error> {
        awaiting::settled(self.house, self.company.id, booking, WAITS).await
    }

    /// Gives the order, unless it is given already, and waits for its end; None: it takes longer than the desk waits.
    pub async fn ordered(
        &self,
        (booking, from): (BookingId, Timestamp),
        order: &Order,
        cause: Cause,
    ) -> Result<Option<Booking>, Error> {
        let id = self.house.clock().mint().into();
        let agreed = Agreed { id, order: order.clone(), from, cause };
        awaiting::ordered(self.house, self.company.id, (booking, &agreed), WAITS).await
    }
}

/// Notes in the journal of a booking's call that its customer will come; once, however often it is said; false: the call moves
/// on all the time. A call that is going on finds it when it writes next.
pub async fn note_that_they_come(house: &Switchboard, row: &entities::booking::Model) -> Result<bool, Error> {
    let calls = house.store().calls(Scope::one(row.company_id.into()));
    for _ in 0..RACES_MAX {
        let Some(of_call) = calls.find(row.call_id.into()).await? else { return Ok(false) };
        let call = calls.replay(&of_call).await?;
        let booking = row.id.into();
        if call.knows_they_come(booking) {
            return Ok(true);
        }
        let event = Event::WillCome { booking, at_desk: true };
        let at = house.clock().now();
        let mut after = call.clone();
        after.apply(&event, at);
        let name = of_call.retell_call_id.as_str();
        let heads = (Head::of(&call, name, None), Head::of(&after, name, None));
        let append = of_events(heads, vec![event], at);
        if house.store().journal().append(append).await? == Appended::Done {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Nothing but events.
fn of_events((before, after): (Head, Head), events: Vec<Event>, at: Timestamp) -> Append {
    Append {
        before,
        after,
        events,
        at,
        invocation: None,
        delivery: None,
        intents: Vec::new(),
        callbacks: Vec::new(),
        alerts: Vec::new(),
        releases: Vec::new(),
        done: Vec::new(),
        replaced: Vec::new(),
        zone: "UTC".to_owned(),
        language: "de",
        measures: Measures::default(),
    }
}

/// Under this name what is entered with a key stands among the calls.
fn name_of(key: &str) -> String {
    format!("{AT_DESK}{key}")
}

/// The number under which a time is kept for an appointment that the desk moves; no call counts so far.
fn to_move(appointment: u8) -> u8 {
    u8::MAX - appointment % 50
}
