//! Hints from Cal.com that something has happened to a booking: each leads to the booking it is about, which then looks.

use jiff::SignedDuration;

use super::booking::MARK;
use super::calendar::Tell;
use super::switchboard::Switchboard;
use super::witness::{fate_of, seen};
use crate::calcom::{self, Uid, Webhook};
use crate::domain::alert::Alert;
use crate::domain::booking::{Input, State};
use crate::domain::directory::{Account, Company};
use crate::domain::ids::CompanyId;
use crate::domain::retry::{later, millis};
use crate::meters;
use crate::store::bookings::machine;
use crate::store::{Error, Scope};

/// How far back the first comparison with an account's bookings reaches.
const FIRST_COMPARES: SignedDuration = SignedDuration::from_hours(1);
/// How much of the time before the last change is compared again, all by Cal.com's clock: a change may show late.
const COMPARES_AGAIN: SignedDuration = SignedDuration::from_secs(30);
/// So many lists of one account are gone through in a round.
const LISTS_MAX: usize = 10;

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
    if !webhook.tells_of_a_booking() {
        return Ok(());
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

/// Compares what has changed at Cal.com since the last time with the books, in every account that is in use; true: there is
/// more to be compared. What could not be read or compared is gone through again by the next round.
pub async fn compare_all(switchboard: &Switchboard) -> bool {
    let directory = switchboard.directory();
    let mut is_more = false;
    for company in directory.companies() {
        for account in company.accounts.iter().filter(|account| account.is_active) {
            match compare_account(switchboard, company.id, account).await {
                Ok(more) => is_more |= more,
                Err(error) => tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "what has changed at cal.com could not be compared with the books"
                ),
            }
        }
    }
    is_more
}

async fn compare_account(
    switchboard: &Switchboard,
    company: CompanyId,
    account: &Account,
) -> Result<bool, Error> {
    let progress = switchboard.store().lost();
    let known = progress.compares_from(account.id).await?;
    let mut since = known.unwrap_or(later(switchboard.clock().now(), -FIRST_COMPARES));
    if known.is_none() {
        progress.compare_from(account.id, since).await?;
    }
    let Some(line) = switchboard.line(account) else { return Ok(false) };
    for _ in 0..LISTS_MAX {
        let Ok((listed, is_full)) = line.updated_since(since).await else { return Ok(false) };
        for theirs in &listed {
            compare(switchboard, company, theirs).await?;
        }
        let next = match listed.iter().filter_map(|theirs| theirs.updated_at).max() {
            None => since,
            // Of more than fit in one list at one instant the rest is passed over: there is no way to ask for it.
            Some(last) if is_full => last.max(later(since, millis(1))),
            Some(last) => later(last, -COMPARES_AGAIN).max(since),
        };
        if next != since {
            progress.compare_from(account.id, next).await?;
            since = next;
        }
        if !is_full {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Compares a booking as Cal.com lists it with ours; where they differ somebody is told, and ours looks.
async fn compare(
    switchboard: &Switchboard,
    company: CompanyId,
    theirs: &calcom::Booking,
) -> Result<(), Error> {
    let uids = [&theirs.uid].into_iter().chain(&theirs.rescheduled_from);
    let Some(row) = find(switchboard, company, Some(theirs), uids).await? else {
        return name_unknown(switchboard, company, theirs).await;
    };
    let ours = machine(&row)?;
    let agrees = match (&ours.state, fate_of(&theirs.status).standing()) {
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
        return Ok(());
    }
    meters::calendar_differs();
    if ours.is_settled() && ours.start > switchboard.clock().now() {
        raise(switchboard, company, Alert::calendar_differs(row.id.into())).await?;
    }
    tell(switchboard, &row, Input::Hinted).await
}

/// A booking with a mark like ours that stands and is in nobody's books. Companies may share an account: then it is the
/// other's.
async fn name_unknown(
    switchboard: &Switchboard,
    company: CompanyId,
    theirs: &calcom::Booking,
) -> Result<(), Error> {
    let Some(mark) = theirs.metadata_value(MARK) else { return Ok(()) };
    let anybodys = match mark.parse() {
        Ok(id) => switchboard.store().bookings(Scope::All).find(id).await?.is_some(),
        Err(_) => false,
    };
    if anybodys || fate_of(&theirs.status).standing().is_none() {
        return Ok(());
    }
    tracing::warn!(uid = %theirs.uid, "a booking at cal.com bears our mark, and nobody here knows it");
    raise(switchboard, company, Alert::unknown_booking(theirs.uid.expose())).await
}

async fn raise(switchboard: &Switchboard, company: CompanyId, alert: Alert) -> Result<(), Error> {
    let alerts = switchboard.store().alerts(Scope::one(company));
    alerts.raise(company, alert, switchboard.clock().now()).await
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
