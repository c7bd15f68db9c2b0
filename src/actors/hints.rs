//! Hints from Cal.com that something has happened to a booking: each leads to the booking it is about, which then looks.

use jiff::Timestamp;

use super::booking::MARK;
use super::calendar::Tell;
use super::switchboard::Switchboard;
use super::witness::seen;
use crate::calcom::{self, Uid, Webhook};
use crate::domain::booking::{Input, State};
use crate::domain::directory::Company;
use crate::domain::ids::CompanyId;
use crate::meters;
use crate::store::bookings::machine;
use crate::store::{Error, Scope};

/// A webhook's trigger, for counting.
pub fn known(trigger: &str) -> &'static str {
    const KNOWN: [&str; 8] = [
        "BOOKING_CREATED",
        "BOOKING_REQUESTED",
        "BOOKING_RESCHEDULED",
        "BOOKING_CANCELLED",
        "BOOKING_REJECTED",
        "BOOKING_NO_SHOW_UPDATED",
        "MEETING_STARTED",
        "MEETING_ENDED",
    ];
    KNOWN.into_iter().find(|known| *known == trigger).unwrap_or("OTHER")
}

/// Tells the booking a webhook is about; what was known of free times is forgotten.
pub async fn hear(switchboard: &Switchboard, company: &Company, webhook: &Webhook) -> Result<(), Error> {
    if let Some(event_type) = webhook.event_type_id {
        switchboard.slots().forget(company.id, event_type);
    }
    let uids = [&webhook.uid, &webhook.old_uid].into_iter().flatten();
    let Some(row) = find(switchboard, company.id, webhook.booking.as_ref(), uids).await? else {
        return Ok(());
    };
    let witness = webhook.booking.as_ref().filter(|_| webhook.tells_of_a_new_booking());
    let witness = witness.map(|booking| seen(booking, None)).filter(|seen| seen.marked.is_some());
    // Another calendar's booking of the same event type tells nothing of this one but that it may have changed.
    let input = witness.map_or(Input::Hinted, Input::Witnessed);
    tell(switchboard, &row, input).await
}

/// Compares what has changed at Cal.com since then with the books, in every account that is in use.
pub async fn compare_all(switchboard: &Switchboard, since: Timestamp) {
    let directory = switchboard.directory();
    for company in directory.companies() {
        for account in company.accounts.iter().filter(|account| account.is_active) {
            let Some(line) = switchboard.line(account) else { continue };
            // Where nobody can look, the next round does.
            let Ok(changed) = line.updated_since(since).await else { continue };
            if let Err(error) = compare_these(switchboard, company.id, &changed).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "what has changed at cal.com could not be compared with the books"
                );
            }
        }
    }
}

async fn compare_these(
    switchboard: &Switchboard,
    company: CompanyId,
    changed: &[calcom::Booking],
) -> Result<(), Error> {
    for theirs in changed {
        if compare(switchboard, company, theirs).await? {
            meters::calendar_differs();
        }
    }
    Ok(())
}

/// Compares a booking as Cal.com lists it with ours; where they differ ours looks. True: they differed.
async fn compare(
    switchboard: &Switchboard,
    company: CompanyId,
    theirs: &calcom::Booking,
) -> Result<bool, Error> {
    let uids = [&theirs.uid].into_iter().chain(&theirs.rescheduled_from);
    let Some(row) = find(switchboard, company, Some(theirs), uids).await? else {
        if theirs.metadata_value(MARK).is_some() && theirs.status.is_live() {
            tracing::warn!(uid = %theirs.uid, "a booking at cal.com bears our mark, and nobody here knows it");
        }
        return Ok(false);
    };
    let ours = machine(&row)?;
    let agrees = match (&ours.state, seen(theirs, None).standing) {
        (State::Booked { uid, standing }, Some(there)) => {
            uid == theirs.uid.expose() && ours.start == theirs.start && *standing == there
        }
        // One that was moved away from is no news; the end of its chain is listed by itself.
        (State::Booked { uid, .. }, None) => uid != theirs.uid.expose(),
        (State::Waiting { .. } | State::Sent { .. } | State::Unsure { .. }, _) => ours.sent_maybe == 0,
        (State::Refused { .. } | State::Failed { .. } | State::Cancelled { .. }, there) => {
            there.is_none() || ours.surplus.iter().any(|surplus| surplus.uid == theirs.uid.expose())
        }
    };
    if agrees || ours.is_under_way() {
        return Ok(false);
    }
    tell(switchboard, &row, Input::Hinted).await?;
    Ok(true)
}

async fn find<'a>(
    switchboard: &Switchboard,
    company: CompanyId,
    booking: Option<&calcom::Booking>,
    uids: impl Iterator<Item = &'a Uid>,
) -> Result<Option<entities::booking::Model>, Error> {
    let bookings = switchboard.store().bookings(Scope::one(company));
    let mark = booking.and_then(|booking| booking.metadata_value(MARK)?.parse().ok());
    if let Some(id) = mark
        && let Some(row) = bookings.find(id).await?
    {
        return Ok(Some(row));
    }
    for uid in uids {
        if let Some(row) = bookings.of_uid(uid.expose()).await? {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

async fn tell(switchboard: &Switchboard, row: &entities::booking::Model, input: Input) -> Result<(), Error> {
    let calendar = switchboard.calendar(row.company_id.into(), row.calendar_id.into());
    match calendar.send(Tell { booking: row.id.into(), input }).await {
        Ok(told) => told.map(drop),
        // Its books are read again when it is back; the sweep brings the booking to it.
        Err(_) => Ok(()),
    }
}
