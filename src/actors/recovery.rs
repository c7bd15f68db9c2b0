//! Taking up again: after a start, what ended without a decision and what was promised without a booking goes on.

use std::future::ready;

use entities::call::Model;
use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;

use super::branch::PlaceBooking;
use super::call::{Seed, WakeUp};
use super::news::words_of;
use super::switchboard::Switchboard;
use crate::domain::call::Words;
use crate::domain::phone::Caller;
use crate::retell;
use crate::store::{Error, Scope};

/// Calls that are woken at a time: enough to keep every reader of the books at work.
const WOKEN_AT_ONCE: usize = 16;

/// What has been taken up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakenUp {
    pub calls: usize,
    pub bookings: usize,
}

/// Wakes the actors of unsettled calls and sends open bookings that have been quiet since then to their queues.
pub async fn take_up(switchboard: &Switchboard, quiet_since: Timestamp) -> Result<TakenUp, Error> {
    let recovery = switchboard.store().recovery();
    let unsettled = stream::iter(recovery.unsettled_calls().await?);
    let woken = unsettled.map(|row| wake(switchboard, row)).buffer_unordered(WOKEN_AT_ONCE);
    let mut taken = TakenUp { calls: woken.filter(|is_woken| ready(*is_woken)).count().await, bookings: 0 };
    for row in recovery.due_bookings(quiet_since).await? {
        let branch = switchboard.branch(row.company_id.into(), row.branch_id.into());
        let place = PlaceBooking { booking: row.id.into(), calendar: row.calendar_id.into() };
        if branch.send(place).await.is_ok() {
            taken.bookings += 1;
        }
    }
    Ok(taken)
}

/// Wakes the actor of a call that has none; false: it lives already, or has to wait for the next round.
async fn wake(switchboard: &Switchboard, row: Model) -> bool {
    let key = (row.company_id.into(), row.retell_call_id.as_str().into());
    if switchboard.living_call(&key).is_some() {
        return false;
    }
    let Ok(actor) = switchboard.call(&key, &seed(&row)) else { return false };
    let is_woken = actor.send(WakeUp).await.is_ok();
    if !is_woken {
        tracing::warn!(call.id = %row.id, "call {} could not be woken, the next sweep tries again", row.id);
    }
    is_woken
}

/// What the books know of a call, for starting its actor.
pub fn seed(row: &Model) -> Seed {
    Seed {
        caller: Caller::from_wire(row.caller_number.as_deref()),
        began_at: row.started_at.into(),
        branch: row.branch_id.map(Into::into),
    }
}

/// The words of the last webhook of a call that has ended but is not settled.
pub(super) async fn last_words(switchboard: &Switchboard, row: &Model) -> Result<Words, Error> {
    if row.phase != "ended" {
        return Ok(Words::default());
    }
    let calls = switchboard.store().calls(Scope::one(row.company_id.into()));
    let Some(body) = calls.last_body(row.id.into()).await? else { return Ok(Words::default()) };
    let call = retell::Webhook::parse(&body).ok().and_then(|webhook| webhook.call);
    Ok(call.map(|call| words_of(&call, &body)).unwrap_or_default())
}
