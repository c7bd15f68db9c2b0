//! Whether a version has become what it was to become.

use serde_json::Value;

use super::object::{Object, is_same};
use super::plan::{Place, Plan, fit};
use super::standing::Version;
use super::tools::is_decided;
use super::wanted::Wanted;

/// What is another in every version.
const OF_A_VERSION: [&str; 8] = [
    "version",
    "base_version",
    "is_published",
    "assigned_tags",
    "version_title",
    "version_description",
    "last_modification_timestamp",
    "user_modified_timestamp",
];
const ENGINE: &str = "response_engine";

/// What a new version is to be like.
#[derive(Clone, Debug)]
pub enum Goal {
    /// As it is wanted, and for the rest like the version it is made from.
    Wanted { wanted: Box<Wanted>, place: Place, from: Version, target: Version },
    /// As it once was.
    Saved(Version),
}

/// Members that are not as they are to be, as they are to be; a member that is to go is null. What differs in every version counts as equal.
pub fn differences(target: &Object, there: &Object) -> Object {
    let mut patch = Object::default();
    let counts = |key: &&str| !OF_A_VERSION.contains(key);
    for key in target.keys().filter(counts) {
        let (wanted, is) = (without_version(key, target.value(key)), without_version(key, there.value(key)));
        if !is_same(&wanted, &is) {
            patch.set(key, &Value::Null);
            if let Some(raw) = target.raw(key) {
                patch.set_raw(key, raw.to_owned());
            }
        }
    }
    for key in there.keys().filter(counts).filter(|key| target.raw(key).is_none()) {
        if !there.value(key).is_null() {
            patch.set(key, &Value::Null);
        }
    }
    patch
}

/// A new version of an agent thinks with a new version of its engine.
fn without_version(key: &str, mut value: Value) -> Value {
    if key == ENGINE
        && let Some(members) = value.as_object_mut()
    {
        members.remove("version");
    }
    value
}

impl Goal {
    /// The way from a version that answers to what is wanted, as the plan has it.
    pub fn wanted(from: &Version, plan: &Plan, wanted: &Wanted, place: &Place) -> Self {
        let target = Version {
            agent: from.agent.with(&plan.agent),
            engine: from.engine.as_ref().map(|engine| engine.with(&plan.engine)),
        };
        Self::Wanted { wanted: Box::new(wanted.clone()), place: place.clone(), from: from.clone(), target }
    }

    pub fn target(&self) -> &Version {
        match self {
            Self::Wanted { target, .. } | Self::Saved(target) => target,
        }
    }

    /// What is still to be set of agent and engine; both empty where it is as it is to be.
    pub fn left(&self, draft: &Version) -> (Object, Object) {
        if self.is_met(draft) {
            return (Object::default(), Object::default());
        }
        let target = self.target();
        let engine = match (&target.engine, &draft.engine) {
            (Some(target), Some(engine)) => differences(target, engine),
            _ => Object::default(),
        };
        (differences(&target.agent, &draft.agent), engine)
    }

    /// Whether the version is as it is to be; Retell may have put defaults of its own into what we set.
    pub fn is_met(&self, draft: &Version) -> bool {
        match self {
            Self::Saved(target) => target.is_like(draft),
            Self::Wanted { wanted, place, from, target } => {
                let mut plan = Plan::default();
                fit(&mut plan, draft, wanted, place);
                let rest = stands(&from.agent, (&target.agent, &draft.agent), &|_| true)
                    && match (&from.engine, &target.engine, &draft.engine) {
                        (Some(from), Some(target), Some(draft)) => {
                            stands(from, (target, draft), &|tool| !is_decided(tool, wanted, place))
                        }
                        (None, None, None) => true,
                        _ => false,
                    };
                plan.changes.is_empty() && rest
            }
        }
    }
}

/// Whether everything we did not set is as it was: other members, and in the lists we set the tools that are not ours.
fn stands(from: &Object, (target, draft): (&Object, &Object), is_foreign: &dyn Fn(&Object) -> bool) -> bool {
    let set = differences(target, from);
    let mut changed = differences(target, draft);
    for key in set.keys() {
        changed.remove(key);
    }
    let lists = LISTS.into_iter().filter(|list| set.raw(list).is_some());
    let same = |list: &str| {
        let others = |of: &Object| without_ours(list, of.value(list), is_foreign);
        is_same(&others(from), &others(draft))
    };
    changed.is_empty() && lists.into_iter().all(same)
}

/// Where tools stand, and parts that hold tools.
const LISTS: [&str; 5] = ["general_tools", "tools", "states", "nodes", "components"];

/// A member of an engine without the tools that are decided about from here.
fn without_ours(key: &str, value: Value, is_foreign: &dyn Fn(&Object) -> bool) -> Value {
    match value {
        Value::Array(items) => {
            let stays = |item: &Value| {
                let is_tool = ["general_tools", "tools"].contains(&key);
                !is_tool || Object::parse(&item.to_string()).is_none_or(|tool| is_foreign(&tool))
            };
            let items = items.into_iter().filter(stays);
            Value::Array(items.map(|item| without_ours("", item, is_foreign)).collect())
        }
        Value::Object(members) => {
            let members = members.into_iter();
            Value::Object(
                members.map(|(key, value)| (key.clone(), without_ours(&key, value, is_foreign))).collect(),
            )
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}
