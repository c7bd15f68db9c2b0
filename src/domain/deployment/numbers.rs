//! The numbers: by which agent they are answered, in which version, and what is asked while they ring.

use serde_json::{Value, json};

use super::change::{Area, Change, without_query};
use super::object::Object;
use super::plan::Place;
use super::standing::{AtRetell, Bound, bindings, e164};
use super::wanted::Wanted;

pub(super) const AGENTS: &str = "inbound_agents";

/// A number, and its members as they are to be.
#[derive(Clone, Debug)]
pub struct NumberPatch {
    pub number: String,
    pub members: Object,
}

impl NumberPatch {
    /// Whether another agent or another version is to answer.
    pub fn is_bound_anew(&self) -> bool {
        self.members.raw(AGENTS).is_some()
    }

    /// Whether the number is so already.
    pub fn is_so(&self, there: &Object) -> bool {
        self.members.keys().all(|key| super::object::is_same(&there.value(key), &self.members.value(key)))
    }
}

/// The numbers this deployment looks after: the branch's own, and hotlines that ring at its agent.
pub fn ours<'a>(at: &'a AtRetell, place: &Place) -> Vec<&'a Object> {
    let mine = |there: &&Object| {
        let number = e164(there);
        let is_hotline = place.hotlines.contains(&number) && !bindings(there, &place.agent_id).is_empty();
        is_hotline || place.numbers.contains(&number)
    };
    at.numbers.iter().filter(mine).collect()
}

pub(super) fn plan(at: &AtRetell, wanted: &Wanted, place: &Place) -> (Vec<NumberPatch>, Vec<Change>) {
    let (mut patches, mut changes) = (Vec::new(), Vec::new());
    for there in ours(at, place) {
        let mut members = Object::default();
        let number = e164(there);
        if let Some(change) = bind(there, place, &mut members) {
            changes.push(change);
        }
        let before = there.string("inbound_webhook_url");
        if before.as_ref() != Some(&wanted.inbound_webhook_url) {
            members.set("inbound_webhook_url", &json!(wanted.inbound_webhook_url));
            let change = Change::new(Area::Number, &number, "inbound_webhook_url");
            let before = before.map(|url| without_query(&url).to_owned());
            changes.push(change.from(before).to(wanted.inbound_webhook_url.clone()));
        }
        if !members.is_empty() {
            patches.push(NumberPatch { number, members });
        }
    }
    (patches, changes)
}

/// The agent answers in the version published last; others that share the number keep their part.
fn bind(there: &Object, place: &Place, members: &mut Object) -> Option<Change> {
    let bound = bindings(there, &place.agent_id);
    let change = Change::new(Area::Number, &e164(there), "is answered by");
    let after = format!("{}, always as published last", place.agent_id);
    if bound.is_empty() {
        let entry =
            json!([{"agent_id": place.agent_id, "agent_version": Bound::Published.word(), "weight": 1}]);
        members.set(AGENTS, &entry);
        let others: Vec<String> =
            there.objects(AGENTS).iter().filter_map(|agent| agent.string("agent_id")).collect();
        return Some(change.from(Some(others.join(", ")).filter(|ids| !ids.is_empty())).to(after));
    }
    if bound.iter().all(|bound| *bound == Bound::Published) {
        return None;
    }
    let words: Vec<String> = bound.iter().map(words).collect();
    set_versions(there, place, |_| Some(json!(Bound::Published.word())), members);
    Some(change.from(Some(format!("{}, {}", place.agent_id, words.join(" and ")))).to(after))
}

/// Every entry of the agent gets the version that is said for it; what else stands in the entries stays.
pub(super) fn set_versions(
    there: &Object,
    place: &Place,
    mut version: impl FnMut(&Bound) -> Option<Value>,
    members: &mut Object,
) {
    let entries = there.items(AGENTS).into_iter().map(|raw| match Object::parse(raw.get()) {
        Some(mut entry) if entry.string("agent_id").as_deref() == Some(&place.agent_id) => {
            if let Some(version) = version(&Bound::parse(&entry.value("agent_version"))) {
                entry.set("agent_version", &version);
                return entry.to_raw().unwrap_or(raw);
            }
            raw
        }
        Some(_) | None => raw,
    });
    let entries: Vec<_> = entries.collect();
    members.set_items(AGENTS, &entries);
}

/// Whether a number changes over as a whole with what is published.
pub(super) fn rides(there: &Object, place: &Place) -> bool {
    bindings(there, &place.agent_id).iter().all(|bound| *bound == Bound::Published)
}

/// A number, each of its entries kept on the version that answers it now; None: none of them would move.
pub(super) fn hold(at: &AtRetell, there: &Object, place: &Place) -> Option<NumberPatch> {
    if !bindings(there, &place.agent_id).iter().any(Bound::floats) {
        return None;
    }
    let mut members = Object::default();
    let now = |bound: &Bound| {
        bound.floats().then(|| at.resolved.get(bound.word()).map(|version| json!(version))).flatten()
    };
    set_versions(there, place, now, &mut members);
    Some(NumberPatch { number: e164(there), members })
}

/// Numbers that would hear of drafts, or change over in part: kept where they are until the version is published.
pub(super) fn holds(at: &AtRetell, place: &Place) -> Vec<NumberPatch> {
    let floating = ours(at, place).into_iter().filter(|there| !rides(there, place));
    floating.filter_map(|there| hold(at, there, place)).collect()
}

pub(super) fn words(bound: &Bound) -> String {
    match bound {
        Bound::Published => "as published last".to_owned(),
        Bound::Latest => "as edited last, published or not".to_owned(),
        Bound::Pinned(version) => format!("always in version {version}"),
    }
}
