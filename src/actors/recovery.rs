//! Taking up again: after a start, what ended without a decision and what was promised without a booking goes on.

use entities::call::Model;
use jiff::Timestamp;

use super::branch::PlaceBooking;
use super::call::{Seed, WakeUp};
use super::switchboard::{Busy, Switchboard};
use crate::domain::call::Words;
use crate::domain::phone::Caller;
use crate::retell;
use crate::store::{Error, Scope};

/// What has been taken up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakenUp {
    pub calls: usize,
    pub bookings: usize,
}

/// Wakes the actors of unsettled calls and sends open bookings that have been quiet since then to their queues.
pub async fn take_up(switchboard: &Switchboard, quiet_since: Timestamp) -> Result<TakenUp, Error> {
    let recovery = switchboard.store().recovery();
    let mut taken = TakenUp::default();
    for row in recovery.unsettled_calls().await? {
        let key = (row.company_id.into(), row.retell_call_id.as_str().into());
        if switchboard.living_call(&key).is_some() {
            continue;
        }
        let seed = seed(&row);
        match switchboard.call(&key, &seed) {
            Ok(actor) if actor.send(WakeUp).await.is_ok() => taken.calls += 1,
            Ok(_) => {
                tracing::warn!(call.id = %row.id, "call {} could not be woken, the next sweep tries again", row.id);
            }
            Err(Busy) => break,
        }
    }
    for row in recovery.open_bookings(quiet_since).await? {
        let branch = switchboard.branch(row.company_id.into(), row.branch_id.into());
        let place = PlaceBooking { booking: row.id.into(), calendar: row.calendar_id.into() };
        if branch.send(place).await.is_ok() {
            taken.bookings += 1;
        }
    }
    Ok(taken)
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
    let body = calls.last_body(row.id.into()).await?;
    let webhook = body.and_then(|body| retell::Webhook::parse(&body).ok());
    Ok(webhook.and_then(|webhook| webhook.call).map(|call| words_of(&call)).unwrap_or_default())
}

/// The words of a webhook in order of trust: collected variables, dynamic variables, the analysis.
pub fn words_of(call: &retell::Call) -> Words {
    let analysis = call.custom_analysis.as_ref().map(|values| {
        let names = values.iter().map(|(name, _)| name.to_owned());
        names.filter_map(|name| Some((name.clone(), spoken(values, &name)?))).collect()
    });
    Words::gather([
        call.collected_variables.clone(),
        call.dynamic_variables.clone(),
        analysis.unwrap_or_default(),
    ])
}

fn spoken(values: &retell::Values, name: &str) -> Option<String> {
    values.text(&[name]).or_else(|| values.truth(&[name]).map(|truth| truth.to_string()))
}
