//! What nobody's commit tells of: breakers that open and close, bursts of wrong signatures, callbacks that are overdue,
//! branches that nobody calls.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::super::breaker::Describe;
use super::super::switchboard::{Switchboard, account_name};
use crate::domain::alert::Alert;
use crate::domain::breaker::Face;
use crate::domain::callback;
use crate::domain::directory::{Account, Branch, Company};
use crate::domain::retry::{later, millis};
use crate::store::{Error, Scope};

/// What is overdue longer than this is not told of any more when a house opens.
const OVERDUE_REACH: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Callbacks told of in one look; the rest comes with the next.
const OVERDUE_MAX: u64 = 200;

/// What was seen at the last look.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Accounts, by the names of their breakers, whose trouble was told.
    troubled: HashMap<String, Face>,
    /// Up to when callbacks were looked through.
    overdue_until: Option<Timestamp>,
    watched_at: Option<Timestamp>,
}

pub(super) async fn round(house: &Switchboard, seen: &mut Seen) -> Result<(), Error> {
    let now = house.clock().now();
    breakers(house, seen, now).await?;
    for company in house.take_signature_bursts() {
        house
            .store()
            .alerts(Scope::one(company))
            .raise(company, Alert::signature_failures(company), now)
            .await?;
    }
    let every = millis(house.settings().post.watch_every_ms);
    if seen.watched_at.is_none_or(|at| later(at, every) <= now) {
        overdue(house, seen, now).await?;
        quiet_branches(house, now).await?;
        seen.watched_at = Some(now);
    }
    Ok(())
}

async fn breakers(house: &Switchboard, seen: &mut Seen, now: Timestamp) -> Result<(), Error> {
    let mut names = HashSet::new();
    for company in house.directory().companies() {
        names.extend(company.accounts.iter().map(account_name));
    }
    for name in names {
        let Some(line) = house.living_line(&name) else { continue };
        let Ok(described) = line.breaker().send(Describe).await else { continue };
        let before = seen.troubled.get(&name).copied();
        let alert: fn(&Account) -> Alert = match (before, described.face) {
            (Some(before), face) if before == face => continue,
            (None, Face::Open) => |account| Alert::breaker_open(account.id),
            (_, Face::Misconfigured) => |account| Alert::breaker_misconfigured(account.id),
            (Some(_), Face::Closed) => |account| Alert::breaker_closed(account.id),
            // While it is being tried, and when it opens anew without having answered, nothing has changed.
            (_, Face::Open | Face::HalfOpen) | (None, Face::Closed) => continue,
        };
        raise_for_all(house, &name, alert, now).await?;
        match described.face {
            Face::Closed => drop(seen.troubled.remove(&name)),
            face @ (Face::Open | Face::HalfOpen | Face::Misconfigured) => {
                seen.troubled.insert(name, face);
            }
        }
    }
    Ok(())
}

/// Everybody who shares a breaker is told of it.
async fn raise_for_all(
    house: &Switchboard,
    name: &str,
    alert: fn(&Account) -> Alert,
    now: Timestamp,
) -> Result<(), Error> {
    for company in house.directory().companies() {
        let own = company.accounts.iter().find(|account| account.is_active && account_name(account) == name);
        if let Some(account) = own {
            house.store().alerts(Scope::one(company.id)).raise(company.id, alert(account), now).await?;
        }
    }
    Ok(())
}

async fn overdue(house: &Switchboard, seen: &mut Seen, now: Timestamp) -> Result<(), Error> {
    let since = seen.overdue_until.unwrap_or_else(|| later(now, -OVERDUE_REACH));
    let rows = house.store().callbacks(Scope::All).fell_due((since, now), OVERDUE_MAX).await?;
    for row in &rows {
        let company = row.company_id.into();
        let alerts = house.store().alerts(Scope::one(company));
        alerts.raise_once(company, &Alert::callback_overdue(row.id.into()), now).await?;
    }
    let is_all = rows.len() < usize::try_from(OVERDUE_MAX).unwrap_or(usize::MAX);
    seen.overdue_until = if is_all { Some(now) } else { rows.last().map(|row| row.due_at.into()) };
    Ok(())
}

async fn quiet_branches(house: &Switchboard, now: Timestamp) -> Result<(), Error> {
    for company in house.directory().companies() {
        let hours = company.policy.alert_without_calls_hours;
        for branch in company.branches.iter().filter(|branch| hours > 0 && !branch.paused) {
            quiet_branch(house, (company, branch), hours, now).await?;
        }
    }
    Ok(())
}

async fn quiet_branch(
    house: &Switchboard,
    (company, branch): (&Company, &Branch),
    hours: u32,
    now: Timestamp,
) -> Result<(), Error> {
    let is_open = branch.opening.as_ref().is_none_or(|o| o.is_open_at(&now.to_zoned(branch.zone.clone())));
    let store = house.store();
    let last = store.calls(Scope::one(company.id)).last_at(branch.id).await?;
    // A branch that nobody ever called is not in use yet; the check says what is missing there.
    let Some(last) = last.filter(|_| is_open) else { return Ok(()) };
    let too_long = callback::due(branch.opening.as_ref(), &branch.zone, hours.saturating_mul(60), last);
    if too_long > now {
        return Ok(());
    }
    let (alerts, alert) = (store.alerts(Scope::one(company.id)), Alert::no_calls(branch.id));
    // Told once for each time it falls silent.
    if alerts.last(company.id, &alert).await?.is_none_or(|told| told < last) {
        alerts.raise(company.id, alert, now).await?;
    }
    Ok(())
}
