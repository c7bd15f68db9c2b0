//! Who waits for a booking: whoever answers a caller hears when it has moved in the books, and goes on as soon as it is settled.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::broadcast;

use super::calendar::Tell;
use super::switchboard::Switchboard;
use crate::domain::booking::{Booking, Input, Order};
use crate::domain::ids::{BookingId, CompanyId};
use crate::store::bookings::machine;
use crate::store::{Error, Scope};

/// Movements that a slow listener may be behind; beyond that it reads the books.
const BEHIND_MAX: usize = 256;
/// The books are read so often although nobody tells of a movement: another node may have brought it about.
const READ_EVERY: Duration = Duration::from_millis(400);

/// Tells those who wait which booking has moved.
#[derive(Debug)]
pub(super) struct Movements(broadcast::Sender<BookingId>);

impl Default for Movements {
    fn default() -> Self {
        Self(broadcast::Sender::new(BEHIND_MAX))
    }
}

impl Movements {
    pub(super) fn tell(&self, booking: BookingId) {
        // Mostly nobody is waiting.
        drop(self.0.send(booking));
    }
}

/// An order that a caller has agreed to at that instant.
pub(super) struct Wanted<'a> {
    pub(super) booking: BookingId,
    pub(super) order: &'a Order,
    pub(super) since: Timestamp,
}

impl Wanted<'_> {
    /// Whether nothing is left to be ordered: it is so already, is being made so, or was tried and came to nothing.
    fn is_seen_to(&self, booking: &Booking) -> bool {
        let is_so = booking.is_as_ordered(self.order) && booking.change.is_none();
        let is_being_made = booking.change.as_ref().is_some_and(|change| change.order == *self.order);
        let has_ended = booking.changed.as_ref().is_some_and(|changed| {
            changed.order == *self.order && !changed.by_person && changed.at >= self.since
        });
        is_so || is_being_made || has_ended
    }
}

/// Gives the order, unless that is done already, and waits for its end; None: not within that time. However often it is
/// asked, what was agreed to is done once.
pub(super) async fn ordered(
    switchboard: &Switchboard,
    company: CompanyId,
    wanted: Wanted<'_>,
    patience: Duration,
) -> Result<Option<Booking>, Error> {
    let bookings = switchboard.store().bookings(Scope::one(company));
    let Some(row) = bookings.find(wanted.booking).await? else { return Ok(None) };
    if !wanted.is_seen_to(&machine(&row)?) {
        let calendar = switchboard.calendar(company, row.calendar_id.into());
        let tell = Tell { booking: wanted.booking, input: Input::Ordered(wanted.order.clone()) };
        match calendar.send(tell).await {
            Ok(told) => drop(told?),
            // The calendar is just being started again: asked once more, the order is given then.
            Err(_) => return Ok(None),
        }
    }
    settled(switchboard, company, wanted.booking, patience).await
}

/// The booking once it is settled and nothing about it is being changed; None: not within that time.
pub(super) async fn settled(
    switchboard: &Switchboard,
    company: CompanyId,
    booking: BookingId,
    patience: Duration,
) -> Result<Option<Booking>, Error> {
    let mut moved = switchboard.movements().0.subscribe();
    let bookings = switchboard.store().bookings(Scope::one(company));
    let waiting = async {
        loop {
            let stands = bookings.find(booking).await?.map(|row| machine(&row)).transpose()?;
            if let Some(stands) = stands.filter(|one| one.is_settled() && one.change.is_none()) {
                return Ok(stands);
            }
            // Whether it was told or not, the books say how it stands.
            drop(tokio::time::timeout(READ_EVERY, has_moved(&mut moved, booking)).await);
        }
    };
    tokio::time::timeout(patience, waiting).await.ok().transpose()
}

/// Comes back when somebody tells of a movement of this booking, or so many were told that it may have been among them.
async fn has_moved(moved: &mut broadcast::Receiver<BookingId>, booking: BookingId) {
    while moved.recv().await.is_ok_and(|other| other != booking) {}
}
