//! All companies of a reader at a glance: what was booked today, what failed, who waits, whether the calendar answers.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Error, Principal, breakers};
use crate::actors::Switchboard;
use crate::domain::alert::Kind;
use crate::domain::breaker::Face;
use crate::domain::retry::later;

/// How long a promise without a booking is shown.
const PROMISES: SignedDuration = SignedDuration::from_hours(24);

/// How a company stands today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The slug.
    pub company: String,
    /// Made since then: bookings, and those of them that were refused or given up.
    pub bookings: u64,
    pub failed: u64,
    /// Callback items to be done, and those of them that are overdue.
    pub callbacks: u64,
    pub overdue: u64,
    /// Calls of the last 24 hours in which something was promised that nobody booked.
    pub promises: u64,
    /// The worst of its Cal.com accounts.
    pub calendar: Face,
}

impl Standing {
    /// What stands worse comes first.
    fn urgency(&self) -> (bool, u64) {
        let is_cut = matches!(self.calendar, Face::Open | Face::Misconfigured);
        (is_cut, self.promises + self.failed + self.overdue)
    }
}

/// The companies the principal sees, those with trouble first; at most so many. `midnight` is when today began.
pub async fn companies(
    house: &Switchboard,
    who: &Principal,
    midnight: Timestamp,
    companies_max: usize,
) -> Result<Vec<Standing>, Error> {
    who.may_see_calls()?;
    let (store, scope, now) = (house.store(), || who.scope.clone(), house.clock().now());
    let made = store.bookings(scope()).made_since(midnight).await?;
    let open = by_company(store.callbacks(scope()).to_be_done(None).await?);
    let overdue = by_company(store.callbacks(scope()).to_be_done(Some(now)).await?);
    let (alerts, since) = (store.alerts(scope()), later(now, -PROMISES));
    let promises = by_company(alerts.counts_since(Kind::PromiseWithoutBooking, since).await?);
    let faces = faces(house, who).await?;
    let is_lost = |state: &str| matches!(state, "refused" | "failed");
    let directory = house.directory();
    let seen = directory.companies().filter(|company| who.sees(company.id));
    let mut standings: Vec<Standing> = seen
        .map(|company| {
            let id = Uuid::from(company.id);
            let own = || made.iter().filter(|(of, _)| *of == id);
            let count = |of: &HashMap<Uuid, u64>| of.get(&id).copied().unwrap_or(0);
            Standing {
                bookings: number(own().count()),
                failed: number(own().filter(|(_, state)| is_lost(state)).count()),
                callbacks: count(&open),
                overdue: count(&overdue),
                promises: count(&promises),
                calendar: faces.get(&company.slug).copied().unwrap_or(Face::Closed),
                company: company.slug.clone(),
            }
        })
        .collect();
    standings.sort_by(|a, b| b.urgency().cmp(&a.urgency()).then_with(|| a.company.cmp(&b.company)));
    standings.truncate(companies_max);
    Ok(standings)
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn by_company(rows: Vec<(Uuid, i64)>) -> HashMap<Uuid, u64> {
    rows.into_iter().map(|(company, number)| (company, number.unsigned_abs())).collect()
}

/// The worst breaker of each company.
async fn faces(house: &Switchboard, who: &Principal) -> Result<BTreeMap<String, Face>, Error> {
    let badness = |face: Face| match face {
        Face::Closed => 0,
        Face::HalfOpen => 1,
        Face::Open => 2,
        Face::Misconfigured => 3,
    };
    let mut faces: BTreeMap<String, Face> = BTreeMap::new();
    for breaker in breakers::list(house, who).await?.items {
        for company in breaker.companies {
            let worst = faces.entry(company).or_insert(breaker.state);
            if badness(breaker.state) > badness(*worst) {
                *worst = breaker.state;
            }
        }
    }
    Ok(faces)
}
