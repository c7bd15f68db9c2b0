//! What waits to be made at Cal.com, what came to nothing, and how requests fared; of one company.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bookings::BookingView;
use super::callbacks::CallbackView;
use super::{Error, List, OfCompany, Principal, bookings, callbacks, company_of, instant, limit};
use crate::actors::Switchboard;
use crate::actors::calendar::Describe;
use crate::domain::directory::Calendar;
use crate::domain::ids::{CalendarId, CompanyId};
use crate::domain::retry::later;
use crate::store::Scope;
use crate::store::queues::{Sent, Waiting};

const HOURS_DEFAULT: u32 = 24;
const HOURS_MAX: u32 = 24 * 90;
/// More requests are not looked at.
const REQUESTS_MAX: u64 = 20_000;

/// Which bookings that came to nothing are asked for.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Failed {
    /// The slug; needed by whoever sees several companies.
    pub company: Option<String>,
    /// Those promised within so many hours, 1 to 2160; left out: all.
    pub hours: Option<u32>,
    /// 1 to 200; 50 where nothing is said.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Of which time figures are asked for.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Period {
    /// The slug; needed by whoever sees several companies.
    pub company: Option<String>,
    /// 1 to 2160; 24 where nothing is said.
    pub hours: Option<u32>,
}

/// How the calendars of a company stand.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Overview {
    pub company: String,
    pub calendars: Vec<QueueView>,
}

/// How a calendar stands: its bookings are made one after the other.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct QueueView {
    pub calendar: String,
    /// Promised and not sent, or to be sent again.
    pub waiting: u64,
    /// On their way to Cal.com.
    pub sent: u64,
    /// Sent, and nobody knows what became of them; they are looked for.
    pub unsure: u64,
    /// When the oldest of these was promised.
    pub oldest: Option<String>,
    pub oldest_seconds: Option<i64>,
    /// The booking being made at this moment, by this process.
    pub in_flight: Option<String>,
    /// Nothing is sent before that instant.
    pub waits_until: Option<String>,
    /// The booking that moved last.
    pub last: Option<LastView>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LastView {
    pub booking_id: String,
    pub state: String,
    pub reason: Option<String>,
    pub at: String,
}

/// A booking that came to nothing, or of which nobody knows.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FailedView {
    pub booking: BookingView,
    /// Who is called back about it.
    pub callbacks: Vec<CallbackView>,
}

/// How requests about bookings fared.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Metrics {
    pub company: String,
    pub since: String,
    /// By what was wanted of Cal.com: `create`, `move`, `cancel` or `look`.
    pub requests: Vec<RequestFigures>,
    /// There were more than are counted here; these are the latest.
    pub truncated: bool,
    /// All bookings of the company by their state.
    pub bookings: BTreeMap<String, i64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RequestFigures {
    pub kind: String,
    pub number: usize,
    /// By how they ended; "(under way)": they have not.
    pub results: BTreeMap<String, usize>,
    /// Half of them took no longer, in milliseconds.
    pub p50_ms: Option<i64>,
    /// Nineteen of twenty took no longer, in milliseconds.
    pub p95_ms: Option<i64>,
}

/// The calendars that the principal sees, each with its company's slug, in order.
pub fn calendars(
    house: &Switchboard,
    who: &Principal,
    company: Option<&str>,
) -> Result<Vec<(String, String)>, Error> {
    who.may_see_appointments()?;
    let directory = house.directory();
    let seen = who.within(&directory, company)?;
    let companies = directory.companies().filter(|company| seen.sees(company.id));
    let mut calendars: Vec<(String, String)> = companies
        .flat_map(|company| {
            company.calendars.iter().map(|calendar| (company.slug.clone(), calendar.slug.clone()))
        })
        .collect();
    calendars.sort();
    Ok(calendars)
}

pub async fn overview(house: &Switchboard, who: &Principal, of: &OfCompany) -> Result<Overview, Error> {
    who.may_see_appointments()?;
    let company = company_of(&house.directory(), who, of.company.as_deref())?;
    let waiting = house.store().queues(Scope::one(company.id)).waiting().await?;
    let mut calendars = Vec::with_capacity(company.calendars.len());
    for calendar in &company.calendars {
        calendars.push(queue(house, company.id, calendar, &waiting).await?);
    }
    Ok(Overview { company: company.slug.clone(), calendars })
}

async fn queue(
    house: &Switchboard,
    company: CompanyId,
    calendar: &Calendar,
    waiting: &[Waiting],
) -> Result<QueueView, Error> {
    let own: Vec<&Waiting> =
        waiting.iter().filter(|row| CalendarId::from(row.calendar_id) == calendar.id).collect();
    let number = |state: &str| {
        let row = own.iter().find(|row| row.state == state);
        row.map_or(0, |row| row.number.unsigned_abs())
    };
    let oldest = own.iter().map(|row| row.oldest).min();
    let described = match house.living_calendar(calendar.id) {
        Some(actor) => actor.send(Describe).await.ok(),
        None => None,
    };
    let last = house.store().queues(Scope::one(company)).last(calendar.id).await?;
    let age = |at: entities::Ms| house.clock().now().duration_since(at.into()).as_secs().max(0);
    Ok(QueueView {
        calendar: calendar.slug.clone(),
        waiting: number("waiting"),
        sent: number("sent"),
        unsure: number("unsure"),
        oldest: oldest.map(instant),
        oldest_seconds: oldest.map(age),
        in_flight: described.as_ref().and_then(|one| Some(one.in_flight?.to_string())),
        waits_until: described.as_ref().and_then(|one| Some(one.waits_until?.to_string())),
        last: last.map(|row| LastView {
            booking_id: row.id.to_string(),
            state: row.state,
            reason: row.reason,
            at: instant(row.state_since),
        }),
    })
}

/// Bookings that were refused or given up, or of which nobody knows, with who is called back about them.
pub async fn failed(house: &Switchboard, who: &Principal, asked: &Failed) -> Result<List<FailedView>, Error> {
    who.may_see_appointments()?;
    let (directory, now) = (house.directory(), house.clock().now());
    let company = company_of(&directory, who, asked.company.as_deref())?;
    let since = asked.hours.map(|hours| back(hours, now)).transpose()?;
    let cursor = asked.cursor.as_deref().map(str::parse).transpose()?;
    let queues = house.store().queues(Scope::one(company.id));
    let page = queues.failed(since, cursor, limit(asked.limit)?).await?;
    let ids: Vec<uuid::Uuid> = page.items.iter().map(|row| row.id).collect();
    let about = queues.callbacks_about(&ids).await?;
    let view = |row: &entities::booking::Model| FailedView {
        booking: bookings::view(&directory, row),
        callbacks: about
            .iter()
            .filter(|item| item.booking_id == Some(row.id))
            .map(|item| callbacks::view(&directory, item.clone(), now))
            .collect(),
    };
    let items = page.items.iter().map(view).collect();
    Ok(List { items, next_cursor: page.next.map(|cursor| cursor.to_string()) })
}

pub async fn metrics(house: &Switchboard, who: &Principal, period: &Period) -> Result<Metrics, Error> {
    who.may_see_appointments()?;
    let company = company_of(&house.directory(), who, period.company.as_deref())?;
    let since = back(period.hours.unwrap_or(HOURS_DEFAULT), house.clock().now())?;
    let scope = Scope::one(company.id);
    let sent = house.store().queues(scope.clone()).sent(since, REQUESTS_MAX + 1).await?;
    let most = usize::try_from(REQUESTS_MAX).unwrap_or(usize::MAX);
    let mut kinds: BTreeMap<&str, Vec<&Sent>> = BTreeMap::new();
    for one in sent.iter().take(most) {
        kinds.entry(&one.kind).or_default().push(one);
    }
    Ok(Metrics {
        company: company.slug.clone(),
        since: since.to_string(),
        requests: kinds.into_iter().map(|(kind, sent)| figures(kind, &sent)).collect(),
        truncated: sent.len() > most,
        bookings: house.store().bookings(scope).counts().await?,
    })
}

fn figures(kind: &str, sent: &[&Sent]) -> RequestFigures {
    let mut results: BTreeMap<String, usize> = BTreeMap::new();
    for one in sent {
        *results.entry(one.result.clone().unwrap_or_else(|| "(under way)".into())).or_default() += 1;
    }
    let mut took: Vec<i64> = sent.iter().filter_map(|one| Some(one.ended_at?.0 - one.started_at.0)).collect();
    took.sort_unstable();
    RequestFigures {
        kind: kind.to_owned(),
        number: sent.len(),
        results,
        p50_ms: quantile(&took, 50),
        p95_ms: quantile(&took, 95),
    }
}

/// The value that so many of a hundred do not exceed; None: there are none.
fn quantile(sorted: &[i64], of_hundred: usize) -> Option<i64> {
    let place = (sorted.len() * of_hundred).div_ceil(100);
    sorted.get(place.checked_sub(1)?).copied()
}

fn back(hours: u32, now: Timestamp) -> Result<Timestamp, Error> {
    if !(1..=HOURS_MAX).contains(&hours) {
        return Err(Error::Invalid(format!("hours must be 1 to {HOURS_MAX}")));
    }
    Ok(later(now, -SignedDuration::from_hours(hours.into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_a_value_that_was_measured() {
        assert_eq!(quantile(&[], 50), None);
        assert_eq!(quantile(&[7], 95), Some(7));
        assert_eq!(quantile(&[1, 2, 3, 4], 50), Some(2));
        assert_eq!(quantile(&(1..=100).collect::<Vec<_>>(), 95), Some(95));
    }
}
