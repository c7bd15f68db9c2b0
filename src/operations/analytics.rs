//! How calls went over a time, for the companies somebody looks after: from call to booking, when, why, how fast, at what cost.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::statistics::{Group, PAGE_SIZE, PAGES_MAX, TallyView, span, view};
use super::{Error, Principal};
use crate::actors::Switchboard;
use crate::domain::directory::Company;
use crate::domain::statistics::{By, Counted, Tally, began, percentile};
use crate::store::Scope;

/// Answers of functions, and callback items, that are looked at for one company: the latest.
const SAMPLE_MAX: u64 = 50_000;
const HOURS: usize = 24;

/// Which calls are counted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Query {
    /// A company's slug; left out: all that the token sees.
    pub company: Option<String>,
    /// Calls that began from then on. Left out: 30 days before `to`.
    #[param(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// Calls that began before then, at most 366 days after `from`. Left out: now.
    #[param(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
    /// What `groups` are put together by.
    #[param(inline)]
    pub by: By,
}

/// Calls, and what came of them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Analytics {
    pub companies: Vec<String>,
    pub from: String,
    pub to: String,
    pub by: By,
    pub total: TallyView,
    /// In the order of their keys.
    pub groups: Vec<Group>,
    /// The same by place: `company/branch`, `company/(none)` for what belongs to no branch.
    pub places: Vec<Group>,
    pub funnel: Funnel,
    /// Days on which there was a call, in order.
    pub days: Vec<Day>,
    /// Calls by the hour in which they began, 0 to 23, as their branches' clocks show it.
    pub hours: Vec<u64>,
    /// The functions that were called, in the order of their names.
    pub functions: Vec<FunctionTimes>,
}

/// How many calls came how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Funnel {
    pub calls: u64,
    /// Somebody spoke with the agent.
    pub answered: u64,
    /// Something came of it: an appointment made, moved or called off, or a callback.
    pub served: u64,
    /// With an appointment that stands.
    pub booked: u64,
}

/// What came of the calls of a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Day {
    pub date: String,
    /// Calls by outcome; `(open)`: not settled, `(imported)`: found in Retell's list.
    pub outcomes: BTreeMap<String, u64>,
    /// Callback items by reason.
    pub reasons: BTreeMap<String, u64>,
}

/// How fast a function answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FunctionTimes {
    pub function: String,
    pub calls: usize,
    /// Half of the answers took no longer, in milliseconds.
    pub p50_ms: i32,
    /// Ninety-five of a hundred took no longer, in milliseconds.
    pub p95_ms: i32,
}

/// How many of each.
type Counts = BTreeMap<String, u64>;

/// What is put together while reading.
#[derive(Default)]
struct Sums {
    total: Tally,
    groups: BTreeMap<String, Tally>,
    places: BTreeMap<String, Tally>,
    funnel: Funnel,
    days: BTreeMap<String, (Counts, Counts)>,
    hours: [u64; HOURS],
    functions: BTreeMap<String, Vec<i32>>,
}

/// Counts what the principal sees; for those who may see calls.
pub async fn read(house: &Switchboard, who: &Principal, query: &Query) -> Result<Analytics, Error> {
    who.may_see_calls()?;
    let directory = house.directory();
    let seen = who.within(&directory, query.company.as_deref())?;
    let (from, to) = span((query.from, query.to), house.clock().now())?;
    let companies: Vec<Arc<Company>> =
        directory.companies().filter(|company| seen.sees(company.id)).cloned().collect();
    let (mut sums, mut pages) = (Sums::default(), 0);
    for company in &companies {
        sums.read(house, company, ((from, to), query.by), &mut pages).await?;
    }
    let groups = |all: BTreeMap<String, Tally>| {
        all.into_iter().map(|(key, tally)| Group { key, tally: view(tally) }).collect()
    };
    let days = sums.days.into_iter();
    Ok(Analytics {
        companies: companies.iter().map(|company| company.slug.clone()).collect(),
        from: from.to_string(),
        to: to.to_string(),
        by: query.by,
        total: view(sums.total),
        groups: groups(sums.groups),
        places: groups(sums.places),
        funnel: sums.funnel,
        days: days.map(|(date, (outcomes, reasons))| Day { date, outcomes, reasons }).collect(),
        hours: sums.hours.to_vec(),
        functions: sums.functions.into_iter().filter_map(times).collect(),
    })
}

impl Sums {
    async fn read(
        &mut self,
        house: &Switchboard,
        company: &Company,
        (span, by): ((Timestamp, Timestamp), By),
        pages: &mut usize,
    ) -> Result<(), Error> {
        let statistics = house.store().statistics(Scope::one(company.id));
        let mut after = None;
        loop {
            *pages += 1;
            if *pages > PAGES_MAX {
                let why = "there are too many calls in this span; ask for a shorter one, or for one company";
                return Err(Error::Invalid(why.into()));
            }
            let page = statistics.calls(span, after, PAGE_SIZE).await?;
            page.items.iter().for_each(|call| self.add(call, company, by));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        for (function, ms) in statistics.function_times(span, SAMPLE_MAX).await? {
            self.functions.entry(function).or_default().push(ms);
        }
        let zone = company.branches.first().map_or(jiff::tz::TimeZone::UTC, |branch| branch.zone.clone());
        for (reason, at) in statistics.callback_reasons(span, SAMPLE_MAX).await? {
            let day = at.to_zoned(zone.clone()).date().to_string();
            *self.days.entry(day).or_default().1.entry(reason).or_default() += 1;
        }
        Ok(())
    }

    fn add(&mut self, call: &Counted, company: &Company, by: By) {
        let before = self.total;
        self.total.add(call, company);
        self.groups.entry(by.group(call, company)).or_default().add(call, company);
        let place = format!("{}/{}", company.slug, By::Branch.group(call, company));
        self.places.entry(place).or_default().add(call, company);
        let is_served = call.booked + call.moved + call.cancelled + call.callbacks > 0;
        self.funnel.calls += 1;
        self.funnel.answered += self.total.answered - before.answered;
        self.funnel.served += u64::from(is_served);
        self.funnel.booked += u64::from(call.booked > 0);
        let began = began(call, company);
        let outcomes = &mut self.days.entry(began.date().to_string()).or_default().0;
        *outcomes.entry(By::Outcome.group(call, company)).or_default() += 1;
        let hour = usize::try_from(began.hour()).unwrap_or_default();
        self.hours[hour.min(HOURS - 1)] += 1;
    }
}

fn times((function, mut values): (String, Vec<i32>)) -> Option<FunctionTimes> {
    Some(FunctionTimes {
        calls: values.len(),
        p50_ms: percentile(&mut values, 50)?,
        p95_ms: percentile(&mut values, 95)?,
        function,
    })
}
