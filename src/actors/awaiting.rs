//! Who waits for a booking: whoever answers a caller hears when it has moved in the books, and goes on as soon as it is settled.

use std::time::Duration;

use tokio::sync::broadcast;

use super::calendar::Tell;
use super::switchboard::Switchboard;
use crate::domain::booking::{Agreed, Booking, Input, Upshot};
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

/// Has done what a caller has agreed to, and waits for its end; the booking as it stands where it could not be ordered within
/// that time, None: it is ordered and takes longer. However often it is asked, what was agreed to is done once.
pub(super) async fn ordered(
    switchboard: &Switchboard,
    company: CompanyId,
    (booking, agreed): (BookingId, &Agreed),
    patience: Duration,
) -> Result<Option<Booking>, Error> {
    let mut moved = switchboard.movements().0.subscribe();
    let bookings = switchboard.store().bookings(Scope::one(company));
    let seeing_to_it = async {
        loop {
            let Some(row) = bookings.find(booking).await? else { return Ok(None) };
            let stands = machine(&row)?;
            match stands.upshot(agreed) {
                // Behind another change it is told again and again, until that has ended.
                Upshot::Open => {
                    let calendar = switchboard.calendar(company, row.calendar_id.into());
                    let tell = Tell { booking, input: Input::Agreed(agreed.clone()) };
                    // A calendar that is just being started again is told the next time.
                    calendar.send(tell).await.ok().transpose()?;
                }
                Upshot::Overtaken | Upshot::Elsewhere if stands.change.is_some() => {}
                Upshot::UnderWay => {}
                Upshot::Done | Upshot::Failed | Upshot::Overtaken | Upshot::Elsewhere | Upshot::Over => {
                    return Ok(Some(stands));
                }
            }
            drop(tokio::time::timeout(READ_EVERY, has_moved(&mut moved, booking)).await);
        }
    };
    if let Ok(seen_to) = tokio::time::timeout(patience, seeing_to_it).await {
        return seen_to;
    }
    let stands = bookings.find(booking).await?.map(|row| machine(&row)).transpose()?;
    Ok(stands.filter(|stands| stands.upshot(agreed) != Upshot::UnderWay))
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
