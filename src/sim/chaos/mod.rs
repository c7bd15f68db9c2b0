//! A run in which everything goes wrong at once: callers, mishaps, other people and the judge. Who is tried is not in here.

mod caller;
mod dice;
pub mod judge;
mod plan;
mod storm;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

pub use caller::{Played, Shelf};
pub use plan::{CallPlan, Kill, Plan, Rules, SERVICES, Time};
pub use storm::{calm, overlaps, people, prepare, rows, visitors, weather};

use super::calcom::Calcom;
use super::retell::Workspace;
use super::scenario::working_day;

/// Where it is played.
#[derive(Clone, Debug)]
pub struct Stage {
    pub plan: Plan,
    pub calcom: Calcom,
    pub retell: Workspace,
    /// The number that is called.
    pub number: &'static str,
    /// When the run began; days are counted from here.
    pub now: Timestamp,
    pub tally: Tally,
}

/// What happened how often; every clone counts into the same.
#[derive(Clone, Debug, Default)]
pub struct Tally(Arc<Mutex<BTreeMap<&'static str, usize>>>);

impl Tally {
    pub fn add(&self, what: &'static str, count: usize) {
        *self.all().entry(what).or_default() += count;
    }

    pub fn get(&self, what: &str) -> usize {
        self.all().get(what).copied().unwrap_or_default()
    }

    /// Everything that was counted, by its name.
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        self.all().clone()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<&'static str, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stage {
    /// The n-th call, from the first ring to the last delivery.
    pub async fn play(&self, number: usize) -> Played {
        caller::play(self, &self.plan.call(number)).await
    }

    fn date(&self, time: Time) -> Date {
        working_day(self.now, time.day)
    }

    fn start(&self, time: Time) -> Option<Timestamp> {
        let berlin = TimeZone::get("Europe/Berlin").ok()?;
        let minutes = i16::try_from(9 * 60 + 30 * time.half_hour).ok()?;
        let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
        Some(self.date(time).at(hour, minute, 0, 0).to_zoned(berlin).ok()?.timestamp())
    }
}

fn clock(time: Time) -> String {
    format!("{:02}:{:02}", 9 + time.half_hour / 2, time.half_hour % 2 * 30)
}

async fn pause(ms: u64) {
    if ms > 0 {
        actix_rt::time::sleep(Duration::from_millis(ms)).await;
    }
}
