//! What callers of each number hear, from what stands at Retell: as before, as they are to, both, or neither.

use serde_json::Value;

use super::goal::Goal;
use super::numbers::{AGENTS, NumberPatch, ours};
use super::object::{Object, is_same};
use super::plan::{Place, Plan};
use super::standing::{AtRetell, Bound, Version, e164};

/// Who answers a part of a number's calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    pub agent_id: String,
    pub weight: Value,
    /// Which version it asks for.
    pub bound: Bound,
    /// Which version of the agent that is meant answers; None: another agent does, or nobody.
    pub version: Option<i64>,
}

/// What callers of a number hear, beside what they heard and what they are to hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hears {
    AsBefore,
    AsWanted,
    /// What they are to hear is what they heard.
    Both,
    Neither,
}

/// A number, and what its callers hear.
#[derive(Clone, Debug)]
pub struct Ear {
    /// Empty: whoever calls without a number, where there is no number to judge by.
    pub number: String,
    /// Whether this deployment looks after it.
    pub is_ours: bool,
    pub hears: Hears,
    pub shares: Vec<Share>,
}

/// What callers are to hear in the end.
#[derive(Clone, Debug)]
pub struct Due {
    pub(super) numbers: Vec<DueNumber>,
    /// What those hear who follow what is published.
    pub(super) main: Goal,
}

/// A number as it is to be, and what each entry of the agent is to sound like; None: nobody answered there.
#[derive(Clone, Debug)]
pub(super) struct DueNumber {
    pub(super) number: String,
    pub(super) there: Object,
    pub(super) sounds: Vec<Option<Goal>>,
}

/// Who answers a number, part by part.
pub(super) fn shares(at: &AtRetell, number: &Object, agent_id: &str) -> Vec<Share> {
    let share = |entry: Object| {
        let bound = Bound::parse(&entry.value("agent_version"));
        let id = entry.string("agent_id").unwrap_or_default();
        let version = if id == agent_id { at.resolved.get(bound.word()).copied() } else { None };
        Share { agent_id: id, weight: entry.value("weight"), bound, version }
    };
    number.objects(AGENTS).into_iter().map(share).collect()
}

impl Due {
    /// What a plan leads to: every number that is looked after hears the version that was looked at.
    pub fn wanted(at: &AtRetell, plan: &Plan, goal: Option<&Goal>, place: &Place) -> Self {
        let main = goal.cloned().unwrap_or_else(|| Goal::Saved(at.answering.clone()));
        let due = |there: &Object| {
            let number = e164(there);
            let patch = plan.numbers.iter().find(|patch| patch.number == number);
            let there = patch.map_or_else(|| there.clone(), |patch| there.with(&patch.members));
            let entries = shares(at, &there, &place.agent_id).into_iter();
            let ours = entries.filter(|share| share.agent_id == place.agent_id);
            DueNumber { sounds: ours.map(|_| Some(main.clone())).collect(), number, there }
        };
        Self { numbers: ours(at, place).into_iter().map(due).collect(), main }
    }

    /// What callers of every number hear that has to do with the agent.
    pub fn ears(&self, (before, after): (&AtRetell, &AtRetell), place: &Place) -> Vec<Ear> {
        let mut ears = Vec::new();
        for there in &after.numbers {
            let number = e164(there);
            let now = shares(after, there, &place.agent_id);
            let then = before.number(&number).map(|there| shares(before, there, &place.agent_id));
            let then = then.unwrap_or_default();
            let due = self.numbers.iter().find(|due| due.number == number);
            let rings = |shares: &[Share]| shares.iter().any(|share| share.agent_id == place.agent_id);
            if due.is_none() && !rings(&now) && !rings(&then) {
                continue;
            }
            let as_before = is_same_sound((before, &then), (after, &now), place);
            let as_wanted = match due {
                Some(due) => due.is_heard((after, &now), place),
                None => as_before || self.is_dragged_along(&then, (after, &now), place),
            };
            ears.push(Ear {
                number,
                is_ours: due.is_some(),
                hears: Hears::of(as_before, as_wanted),
                shares: now,
            });
        }
        if !ears.iter().any(|ear| ear.is_ours) {
            ears.push(self.published((before, after), place));
        }
        ears
    }

    /// What is not as it is to be, in words.
    pub fn left(&self, after: &AtRetell, place: &Place) -> Vec<String> {
        let mut left = Vec::new();
        for due in &self.numbers {
            let Some(there) = after.number(&due.number) else { continue };
            let number = &due.number;
            let now = shares(after, there, &place.agent_id);
            if !due.is_heard((after, &now), place) {
                left.push(format!("{number} does not hear what it is to hear: {}", voices(&now)));
            }
            let url = "inbound_webhook_url";
            if !is_same(&there.value(url), &due.there.value(url)) {
                left.push(format!("{number} {url}"));
            }
        }
        left
    }

    /// Whether a number that nobody looks after hears what is wanted since it follows the agent.
    fn is_dragged_along(&self, then: &[Share], (at, now): (&AtRetell, &[Share]), place: &Place) -> bool {
        then.len() == now.len()
            && then.iter().zip(now).all(|(then, now)| {
                let is_entry = then.agent_id == now.agent_id
                    && is_same(&then.weight, &now.weight)
                    && then.bound == now.bound;
                let is_met = || at.content(now.version).is_some_and(|there| self.main.is_met(there));
                let stays = then.agent_id != place.agent_id || !then.bound.floats();
                is_entry && (stays || is_met())
            })
    }

    /// Whoever calls without a number gets what is published.
    fn published(&self, (before, after): (&AtRetell, &AtRetell), place: &Place) -> Ear {
        let share = |at: &AtRetell| Share {
            agent_id: place.agent_id.clone(),
            weight: Value::Null,
            bound: Bound::Published,
            version: at.published(),
        };
        let (then, now) = ([share(before)], [share(after)]);
        let as_before = is_same_sound((before, &then), (after, &now), place);
        let as_wanted = after.content(after.published()).is_some_and(|there| self.main.is_met(there));
        let hears = Hears::of(as_before, as_wanted);
        Ear { number: String::new(), is_ours: true, hears, shares: now.into() }
    }
}

impl DueNumber {
    /// Whether callers hear what they are to hear.
    fn is_heard(&self, (at, now): (&AtRetell, &[Share]), place: &Place) -> bool {
        let mut sounds = self.sounds.iter();
        let wanted = shares(at, &self.there, &place.agent_id);
        wanted.len() == now.len()
            && wanted.iter().zip(now).all(|(wanted, now)| {
                let is_entry = wanted.agent_id == now.agent_id && is_same(&wanted.weight, &now.weight);
                let sounds = if wanted.agent_id == place.agent_id {
                    match (sounds.next().unwrap_or(&None), at.content(now.version)) {
                        (Some(goal), Some(there)) => goal.is_met(there),
                        (None, None) => true,
                        (Some(_), None) | (None, Some(_)) => false,
                    }
                } else {
                    wanted.bound == now.bound
                };
                is_entry && sounds
            })
    }
}

impl Hears {
    fn of(as_before: bool, as_wanted: bool) -> Self {
        match (as_before, as_wanted) {
            (true, true) => Self::Both,
            (true, false) => Self::AsBefore,
            (false, true) => Self::AsWanted,
            (false, false) => Self::Neither,
        }
    }
}

impl Ear {
    /// Whether such a version answers here.
    pub fn hears_version(&self, version: i64) -> bool {
        self.shares.iter().any(|share| share.version == Some(version))
    }

    /// The versions that answer here, each once.
    pub fn versions(&self) -> Vec<i64> {
        let mut versions: Vec<i64> = self.shares.iter().filter_map(|share| share.version).collect();
        versions.sort_unstable();
        versions.dedup();
        versions
    }
}

impl NumberPatch {
    /// Whether a number stands as it did, or as it was set on the way, wherever this sets it.
    pub fn finds(&self, there: &Object, known: &[&Object]) -> bool {
        let is_known = |key: &str| known.iter().any(|known| is_same(&known.value(key), &there.value(key)));
        self.members.keys().all(is_known)
    }
}

/// Whether callers hear the same of both.
fn is_same_sound(
    (before, then): (&AtRetell, &[Share]),
    (after, now): (&AtRetell, &[Share]),
    place: &Place,
) -> bool {
    let is_like = |then: Option<&Version>, now: Option<&Version>| match (then, now) {
        (Some(then), Some(now)) => then.is_like(now),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    then.len() == now.len()
        && then.iter().zip(now).all(|(then, now)| {
            let sounds = if then.agent_id == place.agent_id {
                is_like(before.content(then.version), after.content(now.version))
            } else {
                then.bound == now.bound
            };
            then.agent_id == now.agent_id && is_same(&then.weight, &now.weight) && sounds
        })
}

/// Who answers, in words.
pub(super) fn voices(shares: &[Share]) -> String {
    if shares.is_empty() {
        return "nobody answers".to_owned();
    }
    let voice = |share: &Share| match share.version {
        Some(version) => format!("version {version} of {}", share.agent_id),
        None => share.agent_id.clone(),
    };
    let voices: Vec<String> = shares.iter().map(voice).collect();
    format!("{} answers", voices.join(" and "))
}
