//! How the house stands in numbers, for whoever watches it; without names, numbers or words of anybody.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::{Error, slug_of};
use crate::actors::breaker::Describe;
use crate::actors::{Switchboard, budget};
use crate::domain::directory::Directory;
use crate::domain::outbox::State;
use crate::domain::retry::{later, millis};
use crate::meters::{BreakerFigures, BudgetFigures, CallbackFigures, Figures, QueueFigures};
use crate::store::Scope;
use crate::store::figures::OpenBookings;

/// Reads them from the books and the actors; what it costs grows with what waits, not with what is done.
pub async fn read(house: &Switchboard, version: &'static str) -> Result<Figures, Error> {
    let (directory, now) = (house.directory(), house.clock().now());
    let figures = house.store().figures();
    let open = figures.open_bookings().await?;
    let lately = later(now, -millis(house.settings().idle_ms));
    Ok(Figures {
        version,
        queues: queues(&directory, &open, now),
        bookings_open: by_state(&open),
        callbacks: callbacks(house, &directory, now).await?,
        breakers: breakers(house).await,
        budgets: budgets(house).await,
        calls_live: figures.live_calls(lately).await?,
        actors: house.actors_count(),
        journal_waiting: figures.journal_waiting(),
        messages: messages(house).await?,
    })
}

fn queues(directory: &Directory, open: &[OpenBookings], now: jiff::Timestamp) -> Vec<QueueFigures> {
    let mut queues: BTreeMap<_, (u64, i64)> = BTreeMap::new();
    for row in open {
        let (number, oldest) = queues.entry((row.company_id, row.calendar_id)).or_insert((0, row.oldest_ms));
        *number += row.number.unsigned_abs();
        *oldest = row.oldest_ms.min(*oldest);
    }
    let figures = |((company, calendar), (waiting, oldest_ms)): ((uuid::Uuid, uuid::Uuid), (u64, i64))| {
        let age = SignedDuration::from_millis(now.as_millisecond() - oldest_ms);
        QueueFigures {
            company: slug_of(directory, company),
            // Its slug is as a rule the first name of somebody on the staff.
            calendar: calendar.to_string(),
            waiting,
            oldest_s: age.as_secs_f64().max(0.0),
        }
    };
    queues.into_iter().map(figures).collect()
}

fn by_state(open: &[OpenBookings]) -> Vec<(String, u64)> {
    let mut states: BTreeMap<String, u64> =
        ["waiting", "sent", "unsure"].map(|state| (state.to_owned(), 0)).into();
    for row in open {
        *states.entry(row.state.clone()).or_default() += row.number.unsigned_abs();
    }
    states.into_iter().collect()
}

/// Every company has its row, so that a zero is told too.
async fn callbacks(
    house: &Switchboard,
    directory: &Directory,
    now: jiff::Timestamp,
) -> Result<Vec<CallbackFigures>, Error> {
    let figures = house.store().figures();
    let open = figures.open_callbacks(None).await?;
    let overdue = figures.open_callbacks(Some(now)).await?;
    let of = |rows: &[crate::store::figures::OpenCallbacks], company: uuid::Uuid| {
        let row = rows.iter().find(|row| row.company_id == company);
        row.map_or(0, |row| row.number.unsigned_abs())
    };
    let companies = directory.companies().map(|company| {
        let id = company.id.into();
        CallbackFigures { company: company.slug.clone(), open: of(&open, id), overdue: of(&overdue, id) }
    });
    Ok(companies.collect())
}

/// What is on its way out, and what did not get there.
async fn messages(house: &Switchboard) -> Result<Vec<(&'static str, u64)>, Error> {
    let outbox = house.store().outbox(Scope::All);
    let mut counts = Vec::new();
    for state in [State::Waiting, State::Failed] {
        counts.push((state.as_str(), outbox.count(state).await?));
    }
    Ok(counts)
}

/// The accounts of the directory; one that has had no traffic is closed.
async fn breakers(house: &Switchboard) -> Vec<BreakerFigures> {
    let mut breakers = Vec::new();
    for account in accounts(house) {
        let described = match house.living_line(&account) {
            Some(line) => line.breaker().send(Describe).await.ok(),
            None => None,
        };
        let state = described.map_or("closed", |described| described.face.as_str());
        breakers.push(BreakerFigures { account, state });
    }
    breakers
}

/// Who waits for the budgets of the accounts that have had traffic.
async fn budgets(house: &Switchboard) -> Vec<BudgetFigures> {
    let mut budgets = Vec::new();
    for account in accounts(house) {
        let Some(line) = house.living_line(&account) else { continue };
        let waiting = line.budget().send(budget::Describe).await.unwrap_or_default();
        budgets.extend(waiting.into_iter().map(|(class, waiting)| BudgetFigures {
            account: account.clone(),
            class: class.as_str(),
            waiting,
        }));
    }
    budgets
}

fn accounts(house: &Switchboard) -> BTreeSet<String> {
    let directory = house.directory();
    let accounts = directory.companies().flat_map(|company| &company.accounts);
    accounts.map(crate::actors::switchboard::account_name).collect()
}
