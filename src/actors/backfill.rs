//! Backfill: goes through what Retell lists as ended, and takes in the calls whose end nobody told us.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::call::Told;
use super::enquiries::{note, told};
use super::news::{self, call_id, line_of};
use super::switchboard::Switchboard;
use super::trunk::Trunk;
use crate::domain::call::News;
use crate::domain::call::why::Answer;
use crate::domain::directory::Line;
use crate::domain::ids::CompanyId;
use crate::domain::retry::{later, millis};
use crate::meters;
use crate::retell::{Call, Page, ReadFailure};
use crate::store::lost::{Known, Progress};
use crate::store::{Error, Scope};

/// Calls on one page.
const PAGE_SIZE: usize = 100;
/// Pages of one workspace in one round.
const PAGES_MAX: usize = 20;
/// Workspaces gone through at the same time, so that one that cannot be reached keeps no other waiting.
const WORKSPACES_AT_ONCE: usize = 8;

/// Settings of the `[backfill]` table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How often the lists are gone through, in milliseconds; 0: never.
    pub every_ms: u64,
    /// What ended so shortly before the last round is gone through once more, in milliseconds.
    pub overlap_ms: u64,
    /// What ended within this time is left to its webhooks, in milliseconds.
    pub behind_ms: u64,
    /// What ended longer ago is not looked for, in milliseconds.
    pub reach_ms: u64,
    /// Calls of one workspace that are asked for one by one in a round.
    pub calls_max: usize,
}

/// The round of one workspace.
struct Round<'a> {
    house: &'a Switchboard,
    trunk: Trunk,
    /// The companies whose key opens the workspace; a call of any other is none of theirs.
    companies: Vec<CompanyId>,
    /// What ended before has been counted in an earlier round.
    known_until: Timestamp,
    calls_left: usize,
}

/// How far a page has been taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    All,
    /// The round has asked for as many calls as it may.
    Enough,
    /// Retell or the books could not go on.
    Stuck,
}

/// Goes through all workspaces; true: there is more to be done than one round may do.
pub(super) async fn fill_in(house: Switchboard) -> Result<bool, Error> {
    let mut workspaces: BTreeMap<String, (Trunk, Vec<CompanyId>)> = BTreeMap::new();
    for company in house.directory().companies() {
        let Some(trunk) = house.trunk(company.id).await? else { continue };
        let entry = workspaces.entry(trunk.workspace.clone()).or_insert_with(|| (trunk, Vec::new()));
        entry.1.push(company.id);
    }
    let rounds = stream::iter(workspaces.into_values());
    let rounds = rounds.map(|(trunk, companies)| go_through(&house, trunk, companies));
    let rounds: Vec<Result<bool, Error>> = rounds.buffer_unordered(WORKSPACES_AT_ONCE).collect().await;
    rounds.into_iter().try_fold(false, |is_more, round| Ok(is_more | round?))
}

/// From which end of a call on the backfill sees to it by itself; None: it sees to none.
pub(super) async fn sees_to_from(
    house: &Switchboard,
    workspace: &str,
    company: CompanyId,
) -> Result<Option<Timestamp>, Error> {
    let (settings, now) = (&house.settings().enquiries.backfill, house.clock().now());
    if settings.every_ms == 0 {
        return Ok(None);
    }
    let progress = house.store().lost().progress(workspace).await?;
    let known_until = match progress {
        Some(progress) => progress.known_until,
        None => house.store().lost().last_heard(&[company]).await?.map_or(now, |heard| heard.min(now)),
    };
    Ok(Some(from(settings, (known_until, now))))
}

/// What ended before that is not gone through.
fn from(settings: &Settings, (known_until, now): (Timestamp, Timestamp)) -> Timestamp {
    let earliest = later(now, -millis(settings.reach_ms));
    later(known_until, -millis(settings.overlap_ms)).max(earliest)
}

async fn go_through(house: &Switchboard, trunk: Trunk, companies: Vec<CompanyId>) -> Result<bool, Error> {
    let (settings, now) = (&house.settings().enquiries.backfill, house.clock().now());
    let before = match house.store().lost().progress(&trunk.workspace).await? {
        Some(progress) => progress,
        // What ended before anybody here had heard of the workspace is nothing we owe.
        None => {
            let heard = house.store().lost().last_heard(&companies).await?;
            Progress { known_until: heard.map_or(now, |heard| heard.min(now)), round: None }
        }
    };
    let known_until = before.known_until;
    let (until, mut page) = before.round.unwrap_or((later(now, -millis(settings.behind_ms)), None));
    let from = from(settings, (known_until, now));
    let until = until.max(from);
    let mut round = Round { house, trunk, companies, known_until, calls_left: settings.calls_max.max(1) };
    for _ in 0..PAGES_MAX {
        let Some(listed) = round.list((from, until), &mut page).await? else { return Ok(false) };
        let taken = round.take_in(&listed.calls).await?;
        let next = listed.next.filter(|_| taken == Taken::All);
        let is_through = taken == Taken::All && next.is_none();
        if is_through {
            // What ends while the round goes on belongs to the next one.
            round.note(Progress { known_until: until.max(known_until), round: None }).await?;
            return Ok(false);
        }
        page = if taken == Taken::All { next } else { page };
        round.note(Progress { known_until, round: Some((until, page.clone())) }).await?;
        if taken != Taken::All {
            return Ok(taken == Taken::Enough);
        }
    }
    Ok(true)
}

impl Round<'_> {
    /// A page of the list; None: not now.
    async fn list(
        &self,
        range: (Timestamp, Timestamp),
        page: &mut Option<String>,
    ) -> Result<Option<Page>, Error> {
        match self.trunk.ended_calls(range, page.as_deref(), PAGE_SIZE).await {
            Ok(listed) => Ok(Some(listed)),
            Err(failure) => {
                let workspace = &self.trunk.workspace;
                tracing::warn!(
                    workspace,
                    "the calls of workspace {workspace} could not be listed: {failure}"
                );
                meters::backfilled("list_failed");
                // A key that is not accepted any more would not be tomorrow either; what is known is passed over.
                if matches!(failure, ReadFailure::Refused { .. }) && page.take().is_some() {
                    let round = Some((range.1, None));
                    self.note(Progress { known_until: self.known_until, round }).await?;
                }
                Ok(None)
            }
        }
    }

    async fn note(&self, progress: Progress) -> Result<(), Error> {
        self.house.store().lost().go_on(&self.trunk.workspace, progress).await
    }

    async fn take_in(&mut self, calls: &[Call]) -> Result<Taken, Error> {
        let ids: Vec<&str> = calls.iter().filter_map(call_id).collect();
        let known = self.house.store().lost().known(&ids).await?;
        for call in calls.iter().filter(|call| call.has_ended()) {
            let Some(id) = call_id(call) else {
                self.count_stranger(call);
                continue;
            };
            let known = known.get(id).map(Vec::as_slice).unwrap_or_default();
            let Some(line) = self.line(call, known) else {
                self.count_stranger(call);
                continue;
            };
            // What has ended here waits for its analysis by itself, and what is asked about for the next question.
            if known.iter().any(|known| known.company == line.company && known.is_seen_to) {
                continue;
            }
            if self.calls_left == 0 {
                return Ok(Taken::Enough);
            }
            self.calls_left -= 1;
            if !self.fetch((call, known), (id, line)).await? {
                return Ok(Taken::Stuck);
            }
        }
        Ok(Taken::All)
    }

    /// Takes one call in the way its webhooks would have been; false: it has to be tried again.
    async fn fetch(&self, (call, known): (&Call, &[Known]), (id, line): (&str, Line)) -> Result<bool, Error> {
        let found = match self.trunk.call(id).await {
            Ok(Some(found)) => found,
            Ok(None) => {
                meters::backfilled("gone");
                return Ok(true);
            }
            Err(failure) => {
                tracing::warn!("a call that Retell lists could not be asked for: {failure}");
                return match failure {
                    // What is wrong with one call must not keep the others waiting.
                    ReadFailure::Unreadable
                    | ReadFailure::TimedOut
                    | ReadFailure::Refused { .. }
                    | ReadFailure::ServerError { .. } => self.leave_for_later(call, (id, line)).await,
                    ReadFailure::BaseUrl
                    | ReadFailure::BadKey
                    | ReadFailure::Unreachable
                    | ReadFailure::Throttled => {
                        meters::backfilled("failed");
                        Ok(false)
                    }
                };
            }
        };
        // Told in the list and in the call itself, the line must be the same; nothing is guessed.
        let Some(line) = self.line(&found.call, known) else { return Ok(true) };
        let seed = news::seed(&found.call, line, self.house.clock().now());
        let key = (line.company, id.into());
        let is_told = news::tell(self.house, &key, &seed, told(self.house, &found)).await;
        meters::backfilled(if is_told { "taken_in" } else { "failed" });
        Ok(is_told)
    }

    /// Enters a call as one that has begun and was asked about in vain: from now on it is so like any that has gone silent.
    async fn leave_for_later(&self, call: &Call, (id, line): (&str, Line)) -> Result<bool, Error> {
        let seed = news::seed(call, line, self.house.clock().now());
        let begun = Told { disconnection_reason: None, ..news::told(News::Started, (call, &[]), None) };
        let is_told = news::tell(self.house, &(line.company, id.into()), &seed, begun).await;
        meters::backfilled(if is_told { "left_for_later" } else { "failed" });
        let calls = self.house.store().calls(Scope::one(line.company));
        if let Some(row) = calls.find_by_retell_id(id).await? {
            note(self.house, &row, (1, Answer::Unreachable)).await?;
        }
        Ok(is_told)
    }

    /// The line of a call, if it belongs to a company whose workspace this is. A call that is in the books stays with the
    /// company it is known to, whoever has its number by now.
    fn line(&self, call: &Call, known: &[Known]) -> Option<Line> {
        let line = line_of(&self.house.directory(), call);
        let company = match known {
            [] => line?.company,
            [known] => known.company,
            several => {
                several.iter().find(|known| line.is_some_and(|line| line.company == known.company))?.company
            }
        };
        let branch = line.filter(|line| line.company == company).and_then(|line| line.branch);
        self.companies.contains(&company).then_some(Line { company, branch })
    }

    /// A call for a number or agent that nobody here has, or that is known to somebody elsewhere: never guessed, counted once.
    fn count_stranger(&self, call: &Call) {
        if call.end_timestamp.is_some_and(|ended| ended >= self.known_until) {
            meters::backfilled("unknown_number");
        }
    }
}
