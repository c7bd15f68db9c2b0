//! What a turn needs to know from outside, and what it has found out so far.

use jiff::Timestamp;

use super::{Appointment, Earlier};
use crate::domain::Hidden;
use crate::domain::booking::{Agreed, Booking};
use crate::domain::directory::Offer;
use crate::domain::identity::Known;
use crate::domain::ids::{BookingId, BranchId, CustomerId};
use crate::domain::phone::PhoneNumber;
use crate::domain::slot::{Kept, Slot};

/// Something outside that has to be asked or claimed before the turn can be answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Need {
    /// Free slots of these offers for an appointment from that local day on, without those for which no host is left by
    /// what other callers, and this one for other appointments, hold.
    Slots {
        appointment: u8,
        offers: Vec<Offer>,
        minutes: u32,
        from: jiff::civil::Date,
        days: u8,
        fresh: bool,
        /// What is to be moved there does not stand in its own way.
        moving: Option<BookingId>,
    },
    /// Our hold on a slot, moved from whatever this appointment held before; until None: until settled.
    Hold { appointment: u8, slot: Slot, until: Option<Timestamp> },
    /// The customer with this folded name and number, if we know one.
    Customer { name: String, number: PhoneNumber },
    /// The booking once it is settled, as long as the caller can wait for it.
    Settled { booking: BookingId },
    /// The same, once what was agreed to is seen to, or as it stands where that could not be ordered so far; done once,
    /// however often it is asked.
    Ordered { booking: BookingId, agreed: Agreed },
    /// What a call from this number to this branch, which has just ended, has left open.
    Earlier { number: PhoneNumber, branch: BranchId },
    /// The customers seen at this number and these ones, and how often callers from it could not be identified lately.
    Persons { number: Option<PhoneNumber>, and: Vec<CustomerId> },
    /// What stands in the books for these customers, and what was made in this call, from now on.
    Appointments { customers: Vec<CustomerId> },
    /// The customer of that name whose coming booking has this code; answered like [`Need::Customer`].
    Code { figures: Hidden, name: Hidden },
}

/// The answer to a need.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// None: the calendar could not be reached in time.
    Slots(Option<Vec<Slot>>),
    Held(bool),
    Customer(Option<CustomerId>),
    Earlier(Option<Box<Earlier>>),
    /// None: it is still being seen to.
    Settled(Option<Box<Booking>>),
    Persons {
        known: Vec<Known>,
        failed_today: u32,
    },
    Appointments(Vec<Appointment>),
}

/// What has been found out for this turn.
#[derive(Clone, Debug, Default)]
pub struct Facts(Vec<(Need, Fact)>);

impl Facts {
    /// The most questions one turn may ask.
    pub const MAX: usize = 16;

    pub fn note(&mut self, need: Need, fact: Fact) {
        self.0.push((need, fact));
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Stretches that turned out to be somebody else's when we wanted to hold them.
    pub(super) fn refused(&self) -> impl Iterator<Item = Kept> {
        self.0.iter().filter_map(|(need, fact)| match (need, fact) {
            (Need::Hold { slot, .. }, Fact::Held(false)) => {
                Some(Kept { calendar: slot.calendar, start: slot.start, end: slot.end })
            }
            (
                Need::Hold { .. }
                | Need::Slots { .. }
                | Need::Customer { .. }
                | Need::Settled { .. }
                | Need::Ordered { .. }
                | Need::Earlier { .. }
                | Need::Persons { .. }
                | Need::Code { .. }
                | Need::Appointments { .. },
                _,
            ) => None,
        })
    }

    pub(super) fn about(&self, need: Need) -> Result<&Fact, Need> {
        match self.0.iter().find(|(known, _)| *known == need) {
            Some((_, fact)) => Ok(fact),
            None => Err(need),
        }
    }
}
