//! Who waits for a booking: whoever answers a caller hears when it has moved in the books, and goes on as soon as it is settled.

use std::time::Duration;

use tokio::sync::broadcast;

use super::switchboard::Switchboard;
use crate::domain::booking::Booking;
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
