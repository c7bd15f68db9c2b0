//! An appointment entered at the desk: the journal of a call that nobody made, whole from its first event to its end.

use jiff::Timestamp;

use super::desk::{Decision, Intent};
use super::{Event, Outcome, Yes};
use crate::domain::appointment::{Chosen, Person, StaffWish, Wish};
use crate::domain::directory::{Branch, Service};
use crate::domain::ids::{BookingId, CallId, CustomerId};
use crate::domain::slot::Slot;
use crate::domain::speech::names;

/// What is entered, agreed with the customer already.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    pub call: CallId,
    pub branch: &'a Branch,
    pub service: &'a Service,
    pub staff: Option<StaffWish>,
    pub slot: Slot,
    /// Cal.com showed it free; false while the calendar cannot be reached.
    pub verified: bool,
    pub person: Person,
    /// Whether the customer has agreed to be written to; None: nobody has asked.
    pub may_notify: Option<bool>,
    /// Whom of that name and number the house knows.
    pub customer: Option<CustomerId>,
    pub test_mode: bool,
}

impl Entry<'_> {
    /// The only appointment of a desk's entry.
    pub const APPOINTMENT: u8 = 1;

    pub fn booking(&self) -> BookingId {
        BookingId::of(self.call, Self::APPOINTMENT)
    }

    /// What enters the books in one commit.
    pub fn decide(&self, now: Timestamp) -> Decision {
        let (appointment, booking) = (Self::APPOINTMENT, self.booking());
        let chosen = Chosen { slot: self.slot.clone(), verified: self.verified, seen_at: now, until: None };
        let mut events = vec![
            Event::EnteredAtDesk { branch: self.branch.id, at: now },
            Event::Heard { appointment, wish: self.wish(), name: None, person: self.person.clone() },
        ];
        events.extend(self.may_notify.map(|allowed| Event::MayNotify { appointment, allowed }));
        events.extend([
            Event::Chosen { appointment, chosen },
            Event::Confirmed { appointment, yes: Yes::AtTheDesk },
            Event::Requested { appointment, booking },
            Event::Settled { outcome: Outcome::Promised },
        ]);
        Decision {
            events,
            intents: vec![self.intent()],
            releases: self.test_mode.then_some(appointment).into_iter().collect(),
            ..Decision::default()
        }
    }

    fn wish(&self) -> Wish {
        let local = self.slot.start.to_zoned(self.branch.zone.clone());
        Wish {
            service: Some(self.service.id),
            staff: self.staff.clone(),
            date: Some(local.date()),
            time: Some(local.time()),
            ..Wish::default()
        }
    }

    fn intent(&self) -> Intent {
        let folded = names::fold(self.person.name.as_deref().unwrap_or_default());
        Intent {
            booking: self.booking(),
            branch: self.branch.id,
            appointment: Self::APPOINTMENT,
            slot: self.slot.clone(),
            service_name: self.service.name.clone(),
            customer: self.customer.unwrap_or_else(|| CustomerId::first_met(self.call, &folded)),
            customer_is_new: self.customer.is_none(),
            person: self.person.clone(),
            may_notify: self.may_notify,
            test_mode: self.test_mode,
        }
    }
}
