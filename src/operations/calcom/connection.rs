//! Whether each account's key is accepted, whose it is, how fast Cal.com answers, and how far its clock is off.

use schemars::JsonSchema;
use serde::Serialize;

use super::{PATIENCE, TOO_SLOW, UNUSABLE, in_words};
use crate::actors::Switchboard;
use crate::actors::breaker::Describe;
use crate::actors::line::{Line, Unread};
use crate::clock::Clock;
use crate::domain::directory::Account;
use crate::operations::{Error, Principal, company_of};

/// How a company's accounts answer.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Connections {
    pub company: String,
    /// Every account answers and accepts its key.
    pub is_well: bool,
    pub accounts: Vec<Connection>,
}

/// How one account answers.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Connection {
    pub account: String,
    pub base_url: String,
    pub accepts_key: bool,
    /// Whose key it is.
    pub owner: Option<Owner>,
    /// A key that lists no bookings is blind after a lost answer.
    pub lists_bookings: Option<bool>,
    /// From the question to the answer, in milliseconds, with what it waited for its place in the account's minute.
    pub latency_ms: Option<u64>,
    /// How many seconds Cal.com's clock is ahead of ours (behind, where it is negative).
    pub clock_ahead_s: Option<i64>,
    /// The versions of the interface that are asked for.
    pub versions: Versions,
    /// `closed`, `open`, `half_open` or `misconfigured`.
    pub breaker: String,
    /// What is wrong and what to do.
    pub problem: Option<String>,
}

/// `cal-api-version`, by resource.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Versions {
    pub bookings: String,
    pub slots: String,
    pub event_types: String,
}

/// The user a key belongs to.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Owner {
    pub id: String,
    pub username: Option<String>,
    pub timezone: Option<String>,
}

/// Asks every active account of a company, by way of its line: where its breaker is open, that is the answer.
pub async fn test_connection(
    house: &Switchboard,
    who: &Principal,
    company: Option<&str>,
) -> Result<Connections, Error> {
    who.may_see_calls()?;
    let company = company_of(&house.directory(), who, company)?;
    let active = company.accounts.iter().filter(|account| account.is_active);
    let accounts = futures_util::future::join_all(active.map(|account| test(house, account))).await;
    let is_well = accounts.iter().all(|one| one.accepts_key && one.lists_bookings == Some(true));
    Ok(Connections { company: company.slug.clone(), is_well, accounts })
}

async fn test(house: &Switchboard, account: &Account) -> Connection {
    let versions = house.calcom_versions();
    let blank = Connection {
        account: account.name.clone(),
        base_url: account.base_url.clone(),
        versions: Versions {
            bookings: versions.bookings.clone(),
            slots: versions.slots.clone(),
            event_types: versions.event_types.clone(),
        },
        ..Connection::default()
    };
    let Some(line) = house.line(account) else {
        return Connection { problem: Some(UNUSABLE.into()), ..blank };
    };
    let asked = tokio::time::timeout(PATIENCE, ask(house, &line, blank.clone())).await;
    let told = asked.unwrap_or_else(|_| Connection { problem: Some(TOO_SLOW.into()), ..blank });
    let breaker = line.breaker().send(Describe).await.map(|described| described.face.as_str().to_owned());
    Connection { breaker: breaker.unwrap_or_else(|_| "restarting".into()), ..told }
}

async fn ask(house: &Switchboard, line: &Line, blank: Connection) -> Connection {
    let watch = Clock::stopwatch();
    let (me, date) = match line.me_dated().await {
        Ok(known) => known,
        Err(unread) => return Connection { problem: Some(in_words(&unread)), ..blank },
    };
    let (latency_ms, now) = (watch.elapsed_ms(), house.clock().now());
    let (lists_bookings, problem) = match line.lists(None).await {
        Ok(Some(_)) => (Some(true), None),
        Ok(None) => (
            Some(false),
            Some(
                "the key may not list bookings: use one of the person whose event types are booked"
                    .to_owned(),
            ),
        ),
        Err(unread @ (Unread::Failed(_) | Unread::Kept(_))) => (None, Some(in_words(&unread))),
    };
    Connection {
        accepts_key: true,
        owner: Some(Owner { id: me.id, username: me.username, timezone: me.zone }),
        lists_bookings,
        latency_ms: Some(latency_ms),
        clock_ahead_s: date.map(|date| date.duration_since(now).as_secs()),
        problem,
        ..blank
    }
}
