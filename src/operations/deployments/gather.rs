//! Reading how an agent stands at Retell, and keeping it so that it can be brought back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::deployment::{
    AtRetell, Bound, Goal, NumberPatch, Object, Place, Plan, Version, bindings, differences, holds, ours,
};
use crate::operations::Error;
use crate::retell::{Client, ReadFailure};

/// Why it is not known how an agent stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unread {
    NoAgent,
    Failed(ReadFailure),
}

/// What stood at Retell at some time; it may hold secrets of tools.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Saved {
    pub(super) agent_id: String,
    version: Option<i64>,
    agent: Object,
    engine: Option<Object>,
    numbers: Vec<Object>,
}

impl From<ReadFailure> for Unread {
    fn from(failure: ReadFailure) -> Self {
        Self::Failed(failure)
    }
}

/// Asks a second time; reading again is always safe.
pub(super) async fn twice<T, F>(ask: impl Fn() -> F) -> Result<T, ReadFailure>
where
    F: Future<Output = Result<T, ReadFailure>>,
{
    match ask().await {
        Err(_) => ask().await,
        answer => answer,
    }
}

/// How the agent stands: its numbers, its versions, and the one that answers.
pub(super) async fn at_retell(client: &Client, place: &Place) -> Result<AtRetell, Unread> {
    let agent_id = place.agent_id.as_str();
    let numbers = twice(|| client.raw_numbers()).await?;
    let versions = twice(|| client.versions(agent_id)).await?.ok_or(Unread::NoAgent)?;
    let last = versions.iter().map(|listed| listed.version).max().ok_or(Unread::NoAgent)?;
    let published = versions.iter().filter(|listed| listed.is_published).map(|listed| listed.version).max();
    let bound: Vec<Bound> = numbers.iter().flat_map(|number| bindings(number, agent_id)).collect();
    let mut resolved = BTreeMap::new();
    for word in bound {
        let version = match &word {
            Bound::Published => published,
            Bound::Latest => Some(last),
            Bound::Pinned(word) => match word.parse().ok() {
                Some(version) => Some(version),
                None => twice(|| client.version_of(agent_id, word)).await?,
            },
        };
        resolved.extend(version.map(|version| (word.word().to_owned(), version)));
    }
    let empty = Version { agent: Object::default(), engine: None };
    let mut at = AtRetell { answering: empty, versions, numbers, resolved };
    let answers = |number: &String| at.answers(number, agent_id).into_iter().next();
    let answering = place.numbers.iter().chain(&place.hotlines).find_map(answers);
    let version = answering.or(published).unwrap_or(last);
    at.answering = twice(|| client.version(agent_id, version)).await?.ok_or(Unread::NoAgent)?;
    Ok(at)
}

impl Saved {
    pub(super) fn of(at: &AtRetell, place: &Place) -> Self {
        Self {
            agent_id: place.agent_id.clone(),
            version: at.answering.number(),
            agent: at.answering.agent.clone(),
            engine: at.answering.engine.clone(),
            numbers: ours(at, place).into_iter().cloned().collect(),
        }
    }

    fn goal(&self) -> Goal {
        Goal::Saved(Version { agent: self.agent.clone(), engine: self.engine.clone() })
    }

    /// What has to be done to get back there; no goal: the version that answers is so already.
    pub(super) fn way_back(&self, at: &AtRetell, place: &Place) -> Result<(Option<Goal>, Plan), Error> {
        let goal = self.goal();
        let mut plan = Plan { numbers: self.numbers(at), ..Plan::default() };
        let is_there =
            self.version.is_some_and(|version| at.versions.iter().any(|listed| listed.version == version));
        let moves = plan.numbers.iter().any(NumberPatch::is_bound_anew);
        let base = at.answering.number();
        if goal.is_met(&at.answering) && !(moves && at.published() != base) {
            return Ok((None, plan));
        }
        if !is_there && goal.target().engine_id() != at.answering.engine_id() {
            let what = "the version that stood there before is gone at Retell, and the agent thinks with something else by now: it \
                        cannot be brought back from here";
            return Err(Error::Gone(what.to_owned()));
        }
        plan.makes_version = true;
        plan.base = if is_there { self.version } else { base };
        plan.holds = holds(at, place, base.unwrap_or_default());
        Ok((Some(goal), plan))
    }

    /// The numbers as they were, those that are not so.
    fn numbers(&self, at: &AtRetell) -> Vec<NumberPatch> {
        let mut patches = Vec::new();
        for before in &self.numbers {
            let Some(number) = before.string("phone_number") else { continue };
            let Some(there) = at.number(&number) else { continue };
            let differs = differences(before, there);
            let mut members = Object::default();
            let back = ["inbound_agents", "inbound_webhook_url"].into_iter();
            back.filter_map(|key| Some((key, differs.raw(key)?)))
                .for_each(|(key, raw)| members.set_raw(key, raw.to_owned()));
            if !members.is_empty() {
                patches.push(NumberPatch { number, members });
            }
        }
        patches
    }

    /// What is not as it was, in words.
    pub(super) fn left(&self, at: &AtRetell, place: &Place) -> Vec<String> {
        let mut left = Vec::new();
        if !self.goal().is_met(&at.answering) {
            left.push(format!("{} is not what it was before", place.agent_id));
        }
        left.extend(
            self.numbers(at).iter().map(|patch| format!("{} is not what it was before", patch.number)),
        );
        left
    }
}
