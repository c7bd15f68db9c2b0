//! What stood at Retell before a deployment, and the way back there: every number hears again what it heard.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::goal::{Goal, differences};
use super::heard::{Due, DueNumber};
use super::numbers::{AGENTS, NumberPatch, hold, ours, rides, set_versions};
use super::object::{Object, is_same};
use super::plan::{Place, Plan};
use super::standing::{AtRetell, Bound, Version, bindings, e164};
use super::{notes, undone};

/// What stood at Retell at some time; it may hold secrets of tools.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Saved {
    pub agent_id: String,
    version: Option<i64>,
    agent: Object,
    engine: Option<Object>,
    /// The numbers that were looked after.
    numbers: Vec<Object>,
    /// What was kept before these were known has none of them.
    #[serde(default)]
    published: Option<i64>,
    #[serde(default)]
    latest: Option<i64>,
    #[serde(default)]
    resolved: BTreeMap<String, i64>,
    #[serde(default)]
    contents: BTreeMap<i64, Version>,
    /// Whether any number of the workspace followed every draft, and none what is published.
    #[serde(default)]
    follows_drafts: bool,
}

/// How it gets back there.
#[derive(Clone, Debug)]
pub struct WayBack {
    /// None: no new version is needed.
    pub goal: Option<Goal>,
    pub plan: Plan,
    pub due: Due,
}

/// The version is gone that stood there before, and cannot be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the version that stood there before is gone at Retell, and the agent thinks with something else by now: it cannot be \
     brought back from here"
)]
pub struct Gone;

/// A number on its way back.
struct Back {
    due: DueNumber,
    /// Whether it is to follow what is made or published.
    floats: Vec<Bound>,
    /// What of it cannot be as it was.
    note: Option<String>,
}

impl Saved {
    pub fn of(at: &AtRetell, place: &Place) -> Self {
        let bound: Vec<Bound> =
            at.numbers.iter().flat_map(|number| bindings(number, &place.agent_id)).collect();
        Self {
            agent_id: place.agent_id.clone(),
            version: at.answering.number(),
            agent: at.answering.agent.clone(),
            engine: at.answering.engine.clone(),
            numbers: ours(at, place).into_iter().cloned().collect(),
            published: at.published(),
            latest: at.latest(),
            resolved: at.resolved.clone(),
            contents: at.contents.clone(),
            follows_drafts: bound.contains(&Bound::Latest) && !bound.contains(&Bound::Published),
        }
    }

    /// By which words its numbers asked for a version.
    pub fn words(&self) -> Vec<Bound> {
        self.numbers.iter().flat_map(|number| bindings(number, &self.agent_id)).collect()
    }

    /// What has to be done so that every number hears again what it heard, and is bound as it was.
    pub fn way_back(&self, at: &AtRetell, place: &Place) -> Result<WayBack, Gone> {
        let (version, main) = self.main();
        let like_main = |version| at.content(version).is_some_and(|there| there.is_like(&main));
        let known = self.numbers.iter().filter(|before| at.number(&e164(before)).is_some());
        let back: Vec<Back> = known.map(|before| self.back(before, (at, &main), place)).collect();
        let asks = |word: &Bound| back.iter().any(|back| back.floats.contains(word));
        let followers = notes::followers(at, place);
        let needs = !self.is_published_back(at, &main)
            || (!followers.is_empty() && !self.is_draft_back(at, &main))
            || (asks(&Bound::Published) && !like_main(at.published()))
            || (asks(&Bound::Latest) && !like_main(at.latest()));
        let is_there =
            version.is_some_and(|version| at.versions.iter().any(|listed| listed.version == version));
        if needs && !is_there && main.engine_id() != at.answering.engine_id() {
            return Err(Gone);
        }
        let mut plan = Plan { makes_version: needs, ..Plan::default() };
        if needs {
            plan.base = if is_there { version } else { at.answering.number() };
            plan.followers = followers;
        }
        for back in &back {
            set_back(&mut plan, back, at, place);
        }
        plan.notes.extend(back.iter().filter_map(|back| back.note.clone()));
        undone::changes(&mut plan, (at, &main), place);
        let goal = Goal::Saved(main);
        let due = Due { numbers: back.into_iter().map(|back| back.due).collect(), main: goal.clone() };
        Ok(WayBack { goal: needs.then_some(goal), plan, due })
    }

    /// What is to be published: what was, or what those heard who followed every draft where nobody followed that.
    fn main(&self) -> (Option<i64>, Version) {
        let meant = if self.follows_drafts { self.latest } else { self.published };
        let answering = || (self.version, Version { agent: self.agent.clone(), engine: self.engine.clone() });
        let kept = meant.and_then(|version| Some((Some(version), self.contents.get(&version)?.clone())));
        kept.unwrap_or_else(answering)
    }

    /// Whether what is published is what was, or what is to be.
    fn is_published_back(&self, at: &AtRetell, main: &Version) -> bool {
        let Some(now) = at.published() else { return true };
        let before = self.published.and_then(|version| self.contents.get(&version));
        at.content(Some(now))
            .is_some_and(|now| now.is_like(main) || before.is_some_and(|before| before.is_like(now)))
    }

    /// Whether those outside who follow every draft hear what was the latest, or what is to be.
    fn is_draft_back(&self, at: &AtRetell, main: &Version) -> bool {
        let before = self.latest.and_then(|version| self.contents.get(&version));
        let is_like = |now: &Version| now.is_like(main) || before.is_none_or(|before| before.is_like(now));
        at.content(at.latest()).is_some_and(is_like)
    }

    /// A number as it is to be: each entry in the word it had, if that stands for what it heard, else on a version that does.
    fn back(&self, before: &Object, (at, main): (&AtRetell, &Version), place: &Place) -> Back {
        let (mut sounds, mut floats, mut kept) = (Vec::new(), Vec::new(), Vec::<i64>::new());
        let mut there = before.clone();
        let word = |bound: &Bound| {
            let heard = self.heard(bound, main);
            let is_like = |version: Option<&i64>| {
                at.content(version.copied()).zip(heard).is_some_and(|(now, heard)| now.is_like(heard))
            };
            sounds.push(heard.map(|heard| Goal::Saved(heard.clone())));
            let stays = match bound {
                Bound::Published | Bound::Latest => heard.is_none_or(|heard| heard.is_like(main)),
                Bound::Pinned(word) => heard.is_none() || is_like(at.resolved.get(word)),
            };
            if stays {
                floats.extend(bound.floats().then(|| bound.clone()));
                return None;
            }
            let first = self.resolved.get(bound.word()).filter(|version| is_like(Some(*version)));
            let other = first.or_else(|| at.contents.keys().find(|version| is_like(Some(*version))));
            if other.is_none() && heard.is_some_and(|heard| heard.is_like(main)) {
                floats.push(Bound::Published);
                return Some(json!(Bound::Published.word()));
            }
            kept.extend(other);
            other.map(|version| json!(version))
        };
        set_versions(before, place, word, &mut there);
        // What is not set anew keeps its very letters.
        if is_same(&there.value(AGENTS), &before.value(AGENTS)) {
            there = before.clone();
        }
        let number = e164(before);
        let note = kept.first().map(|version| {
            format!("{number} is kept on version {version}, which it heard before: what it followed sounds otherwise by now")
        });
        Back { due: DueNumber { number, there, sounds }, floats, note }
    }

    /// What was heard by that word.
    fn heard<'a>(&'a self, bound: &Bound, main: &'a Version) -> Option<&'a Version> {
        if self.contents.is_empty() {
            return Some(main);
        }
        self.contents.get(self.resolved.get(bound.word())?)
    }
}

/// What is to be set of a number, and when: at once where it then hears what it heard, else after the publishing.
fn set_back(plan: &mut Plan, back: &Back, at: &AtRetell, place: &Place) {
    let number = &back.due.number;
    let Some(there) = at.number(number) else { return };
    let is_early = plan.makes_version && back.floats.is_empty();
    let goes_along = rides(there, place) && back.floats.len() == back.due.sounds.len();
    let held = if plan.makes_version && !is_early && !goes_along { hold(at, there, place) } else { None };
    let there = held.as_ref().map_or_else(|| there.clone(), |held| there.with(&held.members));
    let differs = differences(&back.due.there, &there);
    let mut members = Object::default();
    let keys = [AGENTS, "inbound_webhook_url"].into_iter();
    keys.filter_map(|key| Some((key, differs.raw(key)?)))
        .for_each(|(key, raw)| members.set_raw(key, raw.to_owned()));
    plan.holds.extend(held);
    if members.is_empty() {
        return;
    }
    let patch = NumberPatch { number: number.clone(), members };
    if is_early { plan.early.push(patch) } else { plan.numbers.push(patch) }
}
