//! Import: goes through what Retell lists as ended long ago and keeps what nobody here has heard of; nothing follows from it.

use std::collections::HashMap;

use jiff::Timestamp;

use super::backfill::sees_to_from;
use super::call::{Seed, Told};
use super::enquiries::delivery;
use super::news::{self, call_id, line_of};
use super::switchboard::Switchboard;
use super::trunk::Trunk;
use crate::clock::{Clock, Stopwatch};
use crate::domain::call::{News, Words};
use crate::domain::directory::Line;
use crate::domain::ids::CompanyId;
use crate::domain::retry::{later, millis};
use crate::retell::{Call, Found, ReadFailure};
use crate::store;
use crate::store::lost::Known;

/// Calls on one page.
const PAGE_SIZE: usize = 100;
/// How long one import goes on, in milliseconds; whoever wants more asks again.
const PATIENCE_MS: u64 = 20_000;

/// What is to be imported.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub company: CompanyId,
    /// Calls that ended from then until then.
    pub range: (Timestamp, Timestamp),
    /// Where to go on.
    pub place: Place,
    /// Calls that are asked for one by one.
    pub calls_max: usize,
}

/// A place in Retell's list, which begins with the calls that ended first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The page, as Retell named it; None: the first.
    pub page: Option<String>,
    /// So many calls of it have been gone through, whatever came of them.
    pub done: usize,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Calls that were listed.
    pub seen: usize,
    /// Calls that were not known and are kept now.
    pub new: usize,
    pub known: usize,
    /// Listed, but not to be read, or gone by now.
    pub unreadable: usize,
    /// For a number or an agent that is none of this company's.
    pub elsewhere: usize,
    /// So recent that they are taken in by themselves, with all that follows from them.
    pub left_to_backfill: usize,
    /// Everything in the range has been gone through.
    pub is_complete: bool,
    /// Where to go on, unless all is through.
    pub place: Place,
    /// Why it stopped, if Retell would not go on.
    pub stopped: Option<ReadFailure>,
}

/// Why nothing could be imported at all.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("the company has no usable key or address for Retell")]
    NoWorkspace,
    #[error("{0}")]
    Retell(ReadFailure),
    #[error("the books failed")]
    Books(#[from] store::Error),
}

/// Imports page by page, until all is through, enough is asked for, or the time is up. A call that is known stays as it is.
pub async fn import(house: &Switchboard, wanted: Wanted) -> Result<Imported, Failure> {
    let trunk = house.trunk(wanted.company).await?.ok_or(Failure::NoWorkspace)?;
    let behind = millis(house.settings().enquiries.backfill.behind_ms);
    // What has just ended is left to its webhooks.
    let until = wanted.range.1.min(later(house.clock().now(), -behind));
    let sees_to_from = sees_to_from(house, &trunk.workspace, wanted.company).await?;
    let import = Import { house, trunk, company: wanted.company, sees_to_from, watch: Clock::stopwatch() };
    let mut told = Imported { place: wanted.place, ..Imported::default() };
    if wanted.range.0 > until {
        return Ok(Imported { is_complete: true, ..told });
    }
    let mut calls_left = wanted.calls_max;
    while import.has_time() {
        let listed = match import
            .trunk
            .ended_calls((wanted.range.0, until), told.place.page.as_deref(), PAGE_SIZE)
            .await
        {
            Ok(listed) => listed,
            Err(failure) if told.seen == 0 => return Err(Failure::Retell(failure)),
            Err(failure) => return Ok(Imported { stopped: Some(failure), ..told }),
        };
        if !import.take(&listed.calls, &mut calls_left, &mut told).await? {
            break;
        }
        told.place = Place { page: listed.next, done: 0 };
        if told.place.page.is_none() {
            told.is_complete = true;
            break;
        }
    }
    Ok(told)
}

struct Import<'a> {
    house: &'a Switchboard,
    trunk: Trunk,
    company: CompanyId,
    /// What ended from then on the backfill takes in.
    sees_to_from: Option<Timestamp>,
    watch: Stopwatch,
}

impl Import<'_> {
    fn has_time(&self) -> bool {
        self.watch.elapsed_ms() < PATIENCE_MS
    }

    /// Takes a page; false: it has to be gone on with later.
    async fn take(
        &self,
        calls: &[Call],
        left: &mut usize,
        told: &mut Imported,
    ) -> Result<bool, store::Error> {
        let ids: Vec<&str> = calls.iter().filter_map(call_id).collect();
        let known = self.house.store().lost().known(&ids).await?;
        for call in calls.iter().skip(told.place.done) {
            if !call.has_ended() {
                told.place.done += 1;
                continue;
            }
            let Some((id, line)) = self.place(call, &known) else {
                told.elsewhere += 1;
                told.place.done += 1;
                continue;
            };
            if known.contains_key(id) {
                told.known += 1;
            } else if self.is_left_to_backfill(call) {
                told.left_to_backfill += 1;
            } else if *left == 0 || !self.has_time() {
                return Ok(false);
            } else {
                *left -= 1;
                told.stopped = self.fetch((id, line), told).await.err();
            }
            if told.stopped.is_some() {
                return Ok(false);
            }
            told.seen += 1;
            told.place.done += 1;
        }
        Ok(true)
    }

    /// Asks for one call and keeps it; fails where the next would fare no better.
    async fn fetch(&self, (id, line): (&str, Line), told: &mut Imported) -> Result<(), ReadFailure> {
        match self.trunk.call(id).await {
            Ok(Some(found)) if self.keep(&found, (id, line)).await => told.new += 1,
            Ok(_)
            | Err(ReadFailure::Unreadable | ReadFailure::Refused { .. } | ReadFailure::ServerError { .. }) => {
                told.unreadable += 1;
            }
            Err(failure) => return Err(failure),
        }
        Ok(())
    }

    /// Its id and line, if it is this company's: one that is known stays with whom it is known to.
    fn place<'c>(&self, call: &'c Call, known: &HashMap<String, Vec<Known>>) -> Option<(&'c str, Line)> {
        let id = call_id(call)?;
        let line = line_of(&self.house.directory(), call).filter(|line| line.company == self.company)?;
        let is_ours = |known: &Vec<Known>| known.iter().any(|known| known.company == self.company);
        known.get(id).is_none_or(is_ours).then_some((id, line))
    }

    fn is_left_to_backfill(&self, call: &Call) -> bool {
        let ended = call.end_timestamp;
        self.sees_to_from.is_some_and(|from| ended.is_none_or(|ended| ended >= from))
    }

    /// Enters the call as one of which nothing follows; false: it is no call of this line, or could not be written down.
    async fn keep(&self, found: &Found, (id, line): (&str, Line)) -> bool {
        let call = &found.call;
        if !call.has_ended() || line_of(&self.house.directory(), call) != Some(line) {
            return false;
        }
        let now = self.house.clock().now();
        let began_at = call.start_timestamp.or(call.end_timestamp).unwrap_or(now);
        let seed = Seed { began_at, ..news::seed(call, line, now) };
        let news = News::Imported { analyzed: call.is_analyzed };
        let kept = Some(delivery(self.house, found));
        let told = Told { words: Words::default(), ..news::told(news, (call, &[]), kept) };
        news::tell(self.house, &(line.company, id.into()), &seed, told).await
    }
}
