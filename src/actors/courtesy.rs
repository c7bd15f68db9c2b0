//! Courtesy to web visitors: what a caller has chosen is hidden at Cal.com meanwhile. It binds nobody, goes after everything
//! else, and nothing depends on it.

// A reservation also hides the slot from its owner, so it is taken back before the owner's next look at free slots, and from
// the other hosts of a pool, where nothing is reserved at all.

use std::time::Duration;

use entities::reservation::Model;
use futures_util::future::join_all;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tracing::Instrument as _;

use super::errand::Errand;
use super::line::{Line, Unread};
use super::supervisor::spawn;
use super::switchboard::Switchboard;
use crate::calcom::Uid;
use crate::domain::budget::Class;
use crate::domain::call::Call;
use crate::domain::directory::{Company, Offer};
use crate::domain::ids::{CalendarId, CallId};
use crate::domain::retry::{later, minutes};
use crate::domain::slot::Slot;
use crate::store::Error;
use crate::store::holds::Owner;

/// How long taking back waits for a place in the minute's budget while no caller waits for it.
const BEHIND_WAITS: Duration = Duration::from_secs(2);
/// The most that are taken back in one round of the sweeper.
const ROUND_MAX: u64 = 64;

/// Behind the answer: reserves what the call has chosen and not reserved yet, and takes back what it has given up.
pub(super) fn follow(switchboard: &Switchboard, call: &Call) {
    let directory = switchboard.directory();
    let Some(company) = directory.company(call.company).cloned() else { return };
    let wanted: Vec<(u8, Slot)> =
        call.courtesies(&company).map(|(number, slot)| (number, slot.clone())).collect();
    let had_something = !call.drafts.is_empty() && company.policy.calcom_reservation;
    if !had_something {
        return;
    }
    let (house, id) = (switchboard.clone(), call.id);
    let work = async move {
        if let Err(error) = see_to(&house, &company, id, &wanted).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "a reservation could not be written down; it runs out by itself");
        }
    };
    spawn(switchboard.desk(), work.in_current_span());
}

async fn see_to(
    house: &Switchboard,
    company: &Company,
    call: CallId,
    wanted: &[(u8, Slot)],
) -> Result<(), Error> {
    let rows = house.store().reservations(company.id).of_call(call, house.clock().now()).await?;
    let given_up = rows.iter().filter(|row| !row.wanted);
    join_all(given_up.map(|row| take_back(house, company, row, (Class::Courtesy, BEHIND_WAITS)))).await;
    for (appointment, slot) in wanted {
        if !rows.iter().any(|row| row.wanted && is_of(row, slot)) {
            reserve(house, company, Owner { call, appointment: *appointment }, slot).await?;
        }
    }
    Ok(())
}

async fn reserve(house: &Switchboard, company: &Company, owner: Owner, slot: &Slot) -> Result<(), Error> {
    let Some(line) = line(house, company, (owner.call, slot.calendar)) else { return Ok(()) };
    let rows = house.store().reservations(company.id);
    let (id, life_minutes) = (house.clock().mint(), company.policy.hold_minutes);
    if !rows.begin(id, owner, slot, later(house.clock().now(), minutes(life_minutes))).await? {
        return Ok(());
    }
    match line.reserve(slot.event_type_id, slot.start, life_minutes).await {
        Ok(reservation) => {
            // What was given up while Cal.com was asked goes at once.
            let made = rows.made(id, reservation.uid.expose()).await?;
            if let Some(row) = made.filter(|row| !row.wanted) {
                take_back(house, company, &row, (Class::Courtesy, BEHIND_WAITS)).await;
            }
            Ok(())
        }
        // Nobody knows whether it stands: the row stays until it would have run out.
        Err(Unread::Failed(failure)) if failure.counts_against_wire() => Ok(()),
        Err(Unread::Failed(_) | Unread::Kept(_)) => rows.forget(id).await,
    }
}

/// Before the owner looks at free slots: takes back what is reserved for the call; what may stand all the same is told.
pub(super) async fn make_way(
    house: &Switchboard,
    company: &Company,
    call: &Call,
    patience: Duration,
) -> Result<Vec<Model>, Error> {
    if call.drafts.is_empty() || !company.policy.calcom_reservation {
        return Ok(Vec::new());
    }
    let reservations = house.store().reservations(company.id);
    let rows = reservations.of_call(call.id, house.clock().now()).await?;
    if rows.is_empty() {
        return Ok(rows);
    }
    reservations.give_up(call.id).await?;
    let way = (Class::Question, patience);
    let gone = rows.iter().map(|row| async move {
        let gone = tokio::time::timeout(patience, take_back(house, company, row, way)).await;
        gone.unwrap_or(false)
    });
    let gone = join_all(gone).await;
    Ok(rows.into_iter().zip(gone).filter(|(_, is_gone)| !is_gone).map(|(row, _)| row).collect())
}

/// What was given up and not taken back so far: by whoever booked, hung up, or was here before a restart.
pub(super) async fn sweep(house: &Switchboard) -> Result<(), Error> {
    let recovery = house.store().recovery();
    recovery.drop_expired_reservations(house.clock().now()).await?;
    recovery.give_up_unheld_reservations().await?;
    let rows = recovery.given_up_reservations(ROUND_MAX).await?;
    let directory = house.directory();
    let known = rows.iter().filter_map(|row| Some((directory.company(row.company_id.into())?, row)));
    join_all(known.map(|(company, row)| take_back(house, company, row, (Class::Courtesy, BEHIND_WAITS))))
        .await;
    Ok(())
}

/// Takes one back; false: it may still stand, and the sweeper tries again.
async fn take_back(house: &Switchboard, company: &Company, row: &Model, way: (Class, Duration)) -> bool {
    let calendar: CalendarId = row.calendar_id.into();
    let line = line(house, company, (row.call_id.into(), calendar));
    let (Some(line), Some(uid)) = (line, row.uid.as_deref()) else { return false };
    if line.release(&Uid::new(uid), way).await.is_err() {
        return false;
    }
    forget_slots(house, company, calendar);
    match house.store().reservations(company.id).forget(row.id).await {
        Ok(()) => true,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(
                error,
                "a reservation that was taken back could not be forgotten; it is tried again"
            );
            true
        }
    }
}

/// What was read while the slot was hidden is not true any more, for any event type of that host.
fn forget_slots(house: &Switchboard, company: &Company, calendar: CalendarId) {
    let services = company.branches.iter().flat_map(|branch| &branch.services);
    for offer in services.flat_map(|service| &service.offers).filter(|offer| offer.calendar == calendar) {
        house.slots().forget(company.id, offer.event_type_id);
    }
}

fn line(house: &Switchboard, company: &Company, (call, calendar): (CallId, CalendarId)) -> Option<Line> {
    let account = company.account_of(calendar)?;
    house.line_for(account, Errand { company: company.id, call, booking: None })
}

/// What a call has reserved and could not take back is hidden from itself, too: it is there all the same.
pub(super) fn show_own(
    slots: &mut Vec<Slot>,
    call: &Call,
    hidden: &[Model],
    offers: &[Offer],
    (zone, (from, days)): (&TimeZone, (Date, u8)),
) {
    let last = from.saturating_add(i64::from(days).days());
    let chosen = call.drafts.values().filter_map(|draft| draft.chosen.as_ref());
    let own = chosen.map(|chosen| &chosen.slot).filter(|slot| {
        let date = slot.start.to_zoned(zone.clone()).date();
        let is_offered = offers.iter().any(|offer| offer.event_type_id == slot.event_type_id);
        is_offered && from <= date && date < last && hidden.iter().any(|row| is_of(row, slot))
    });
    for slot in own {
        if !slots.contains(slot) {
            slots.push(slot.clone());
        }
    }
}

/// Whether a reservation hides this slot.
fn is_of(row: &Model, slot: &Slot) -> bool {
    (row.event_type_id, row.starts_at) == (slot.event_type_id, slot.start.into())
}
