//! What undoing a deployment takes away again, in words: also what others have changed since.

use std::collections::BTreeMap;

use serde_json::Value;

use super::change::{Area, Change, NEW_VERSION, shown};
use super::goal::differences;
use super::heard::{shares, voices};
use super::numbers::{AGENTS, words};
use super::object::{Object, is_same};
use super::plan::{Place, Plan};
use super::standing::{AtRetell, Version, bindings};
use super::wording::difference;

/// Members whose values hold no secrets.
const SHOWN: [&str; 8] = [
    "voice_id",
    "language",
    "agent_name",
    "webhook_url",
    "webhook_events",
    "webhook_timeout_ms",
    "begin_message",
    "timezone",
];

/// Says what a plan that leads back changes.
pub(super) fn changes(plan: &mut Plan, (at, main): (&AtRetell, &Version), place: &Place) {
    let mut said = Vec::new();
    if plan.makes_version {
        // Those who follow what is published go from there.
        let now = at.content(at.published()).unwrap_or(&at.answering);
        of_version(&mut said, (now, main), place);
        let from = now.number().map(|version| format!("version {version} is published"));
        let change = Change::new(Area::Agent, &place.agent_id, NEW_VERSION).from(from);
        said.push(change.to("a copy of what stood there before"));
    }
    for patch in plan.early.iter().chain(&plan.numbers) {
        let Some(there) = at.number(&patch.number) else { continue };
        let after = there.with(&patch.members);
        if !is_same(&there.value(AGENTS), &after.value(AGENTS)) {
            let change = Change::new(Area::Number, &patch.number, "is answered by");
            said.push(change.from(Some(answered(at, there, place))).to(answered(at, &after, place)));
        }
        let url = "inbound_webhook_url";
        if !is_same(&there.value(url), &after.value(url)) {
            let change = Change::new(Area::Number, &patch.number, url).from(shown(&there.value(url)));
            said.push(Change { after: shown(&after.value(url)), ..change });
        }
    }
    plan.changes.extend(said);
}

fn answered(at: &AtRetell, number: &Object, place: &Place) -> String {
    let words: Vec<String> = bindings(number, &place.agent_id).iter().map(words).collect();
    let voices = voices(&shares(at, number, &place.agent_id));
    if words.is_empty() { voices } else { format!("{} ({voices} now)", words.join(" and ")) }
}

fn of_version(said: &mut Vec<Change>, (now, then): (&Version, &Version), place: &Place) {
    for key in differences(&then.agent, &now.agent).keys() {
        said.push(of_member((&now.agent, &then.agent), (Area::Agent, &place.agent_id), key));
    }
    let (Some(now), Some(then)) = (&now.engine, &then.engine) else { return };
    for key in differences(then, now).keys() {
        match key {
            "general_tools" | "tools" => of_tools(said, (now, then), key),
            "general_prompt" | "global_prompt" => {
                let text = |of: &Object| of.value(key).as_str().unwrap_or_default().to_owned();
                let (gone, new) = difference(&text(now), &text(then));
                let change = Change::new(Area::Prompt, key, "the prompt");
                let side = |lines: String| Some(lines).filter(|lines| !lines.is_empty());
                said.push(Change { before: side(gone), after: side(new), ..change });
            }
            _ => said.push(of_member((now, then), (Area::Agent, &place.agent_id), key)),
        }
    }
}

fn of_member((now, then): (&Object, &Object), (area, subject): (Area, &str), key: &str) -> Change {
    let change = Change::new(area, subject, key);
    if !SHOWN.contains(&key) {
        return change.to("as it was before");
    }
    Change { before: shown(&now.value(key)), after: shown(&then.value(key)), ..change }
}

/// Tools may hold secrets: only their names are said.
fn of_tools(said: &mut Vec<Change>, (now, then): (&Object, &Object), list: &str) {
    let named = |of: &Object| -> BTreeMap<String, Value> {
        let tools = of.objects(list).into_iter();
        tools
            .filter_map(|tool| Some((tool.string("name")?, serde_json::from_str(&tool.text()).ok()?)))
            .collect()
    };
    let (now, then) = (named(now), named(then));
    for (name, tool) in &now {
        let what = match then.get(name) {
            None => "is taken away again",
            Some(before) if is_same(before, tool) => continue,
            Some(_) => "is set back",
        };
        said.push(Change::new(Area::Function, name, what));
    }
    let back = then.keys().filter(|name| !now.contains_key(*name));
    said.extend(back.map(|name| Change::new(Area::Function, name, "comes back")));
}
