//! The branch actor: takes the promises made on the phone to the calendars they belong to.

use actix::{Actor, Context, Handler, Message, ResponseFuture, Supervised};

use super::calendar::{self, JoinQueue};
use super::switchboard::Switchboard;
use crate::domain::ids::{BookingId, BranchId, CalendarId, CompanyId};

/// When to try again to hand over a booking to a calendar that was just being started again.
const RESTART_PAUSE: std::time::Duration = std::time::Duration::from_millis(500);

/// The actor of one branch.
#[derive(Debug)]
pub struct BranchActor {
    id: BranchId,
    company: CompanyId,
    switchboard: Switchboard,
    placed: u64,
}

/// A promise to keep: the booking stands in the books and joins its calendar's queue.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct PlaceBooking {
    pub booking: BookingId,
    pub calendar: CalendarId,
}

/// Asks how it stands.
#[derive(Debug, Message)]
#[rtype(result = "Description")]
pub struct Describe;

/// How a branch stands: its calendars, as far as they have been busy.
#[derive(Clone, Debug)]
pub struct Description {
    pub id: BranchId,
    /// Bookings placed since the actor was made.
    pub placed: u64,
    pub calendars: Vec<calendar::Description>,
}

impl BranchActor {
    pub fn new(id: BranchId, company: CompanyId, switchboard: Switchboard) -> Self {
        Self { id, company, switchboard, placed: 0 }
    }
}

impl Actor for BranchActor {
    type Context = Context<Self>;
}

impl Supervised for BranchActor {}

impl Handler<PlaceBooking> for BranchActor {
    type Result = ResponseFuture<()>;

    fn handle(
        &mut self,
        PlaceBooking { booking, calendar }: PlaceBooking,
        _: &mut Self::Context,
    ) -> Self::Result {
        self.placed += 1;
        let calendar = self.switchboard.calendar(self.company, calendar);
        Box::pin(async move {
            let mut joined = calendar.send(JoinQueue(booking)).await;
            if joined.is_err() {
                actix_rt::time::sleep(RESTART_PAUSE).await;
                joined = calendar.send(JoinQueue(booking)).await;
            }
            // Where there is no room, nobody keeps knocking: the sweep brings it back.
            if !matches!(joined, Ok(Ok(()))) {
                tracing::warn!(booking.id = %booking, "booking {booking} could not join its queue yet");
            }
        })
    }
}

impl Handler<Describe> for BranchActor {
    type Result = ResponseFuture<Description>;

    fn handle(&mut self, _: Describe, _: &mut Self::Context) -> Self::Result {
        let directory = self.switchboard.directory();
        let branch = directory.company(self.company).and_then(|company| company.branch(self.id));
        let offers =
            branch.into_iter().flat_map(|branch| &branch.services).flat_map(|service| &service.offers);
        let mut ids: Vec<CalendarId> = offers.map(|offer| offer.calendar).collect();
        ids.sort();
        ids.dedup();
        let (id, placed, switchboard) = (self.id, self.placed, self.switchboard.clone());
        Box::pin(async move {
            let mut calendars = Vec::new();
            for actor in ids.into_iter().filter_map(|id| switchboard.living_calendar(id)) {
                calendars.extend(actor.send(calendar::Describe).await);
            }
            Description { id, placed, calendars }
        })
    }
}
