//! Calls counted, for whoever looks after a company: by day, by branch or by outcome.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Error, Principal, company_of, moments};
use crate::actors::Switchboard;
use crate::domain::retry::later;
use crate::domain::statistics::{By, Tally};
use crate::store::Scope;

/// Calls read at a time.
pub(super) const PAGE_SIZE: u64 = 1_000;
/// More are not counted in one go.
pub(super) const PAGES_MAX: usize = 500;
/// The longest span, in days.
const DAYS_MAX: i64 = 366;
const DAYS_DEFAULT: i64 = 30;

/// Which calls are counted, and how they are put together.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Query {
    /// The slug; needed by whoever sees several companies.
    pub company: Option<String>,
    /// RFC 3339 or a day; calls that began from then on. Left out: 30 days before `to`.
    #[schemars(with = "Option<String>")]
    #[serde(default, deserialize_with = "moments::from")]
    pub from: Option<Timestamp>,
    /// RFC 3339 or a day; calls that began before then, at most 366 days after `from`. Left out: now.
    #[schemars(with = "Option<String>")]
    #[serde(default, deserialize_with = "moments::to")]
    pub to: Option<Timestamp>,
    /// What they are put together by; by day where nothing is said.
    #[schemars(default)]
    pub by: By,
}

/// The calls of a company, counted.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CallStats {
    pub company: String,
    pub from: String,
    pub to: String,
    pub by: By,
    pub total: TallyView,
    /// In the order of their keys.
    pub groups: Vec<Group>,
}

/// Calls of one day, branch or outcome.
#[derive(Clone, Debug, Serialize, JsonSchema, utoipa::ToSchema)]
pub struct Group {
    /// A date as the branch's clock shows it, the slug of a branch or "(none)", an outcome, "(open)" or "(imported)".
    pub key: String,
    #[serde(flatten)]
    pub tally: TallyView,
}

/// Calls put together.
#[derive(Clone, Debug, Serialize, JsonSchema, utoipa::ToSchema)]
pub struct TallyView {
    /// Telephone calls.
    pub calls: u64,
    /// Conversations that programs have led through the gateway; what came of them is counted below with that of calls.
    pub conversations: u64,
    /// Calls in which somebody spoke with the agent.
    pub answered: u64,
    /// Appointments made in these calls that stand now, or await their owner's word.
    pub booked: u64,
    /// Existing appointments that were moved in these calls.
    pub moved: u64,
    /// Existing appointments that were called off in these calls.
    pub cancelled: u64,
    pub callbacks: u64,
    /// As Retell measured them, to the nearest minute.
    pub minutes: i64,
    /// What Retell charges, to the nearest US cent.
    pub cost_cents: i64,
    /// Calls that came when their branch was closed.
    pub after_hours: u64,
    /// The same, of a hundred; null where no branch has opening hours.
    pub after_hours_percent: Option<u64>,
}

/// Counts the calls of one company; for those who may see calls.
pub async fn calls(house: &Switchboard, who: &Principal, query: &Query) -> Result<CallStats, Error> {
    who.may_see_calls()?;
    let directory = house.directory();
    let company = company_of(&directory, who, query.company.as_deref())?;
    let (from, to) = span((query.from, query.to), house.clock().now())?;
    let statistics = house.store().statistics(Scope::one(company.id));
    let (mut total, mut groups) = (Tally::default(), BTreeMap::<String, Tally>::new());
    let mut after = None;
    for _ in 0..PAGES_MAX {
        let page = statistics.calls((from, to), after, PAGE_SIZE).await?;
        for call in &page.items {
            total.add(call, &company);
            groups.entry(query.by.group(call, &company)).or_default().add(call, &company);
        }
        after = page.next;
        if after.is_none() {
            return Ok(CallStats {
                company: company.slug.clone(),
                from: from.to_string(),
                to: to.to_string(),
                by: query.by,
                total: view(total),
                groups: groups.into_iter().map(|(key, tally)| Group { key, tally: view(tally) }).collect(),
            });
        }
    }
    Err(Error::Invalid("there are too many calls in this span; ask for a shorter one".into()))
}

/// The span that is meant, checked; the last 30 days where nothing is said.
pub(super) fn span(
    (from, to): (Option<Timestamp>, Option<Timestamp>),
    now: Timestamp,
) -> Result<(Timestamp, Timestamp), Error> {
    let days = |days: i64| SignedDuration::from_hours(days * 24);
    let to = to.unwrap_or(now);
    let from = from.unwrap_or_else(|| later(to, -days(DAYS_DEFAULT)));
    if from > to {
        return Err(Error::Invalid("from must not be after to".into()));
    }
    if to.duration_since(from) > days(DAYS_MAX) {
        return Err(Error::Invalid(format!(
            "the span must be at most {DAYS_MAX} days; ask for a part of it"
        )));
    }
    Ok((from, to))
}

pub(super) fn view(tally: Tally) -> TallyView {
    TallyView {
        calls: tally.calls,
        conversations: tally.conversations,
        answered: tally.answered,
        booked: tally.booked,
        moved: tally.moved,
        cancelled: tally.cancelled,
        callbacks: tally.callbacks,
        minutes: tally.minutes(),
        cost_cents: tally.cost_cents(),
        after_hours: tally.after_hours,
        after_hours_percent: tally.after_hours_percent(),
    }
}
