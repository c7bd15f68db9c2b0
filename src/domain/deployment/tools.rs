//! The list of an agent's tools: ours are merged by name, everybody else's stay in their very letters.

use std::collections::BTreeSet;

use serde_json::Value;
use serde_json::value::RawValue;

use super::change::{Area, Change, without_query};
use super::object::Object;
use super::plan::{Place, Plan};
use super::tool;
use super::wanted::{Wanted, WantedFunction};
use crate::domain::call::Function;
use crate::domain::readiness::function_url;

/// Retell's own tools for Cal.com, which it does not accept any more since 2026-09-30.
const LEGACY: [&str; 2] = ["check_availability_cal", "book_appointment_cal"];
/// The word for functions that this house does not have.
const UNKNOWN: &str = "unknown";
/// Where tools may stand beside the list.
const PARTS: [&str; 3] = ["states", "nodes", "components"];

/// What becomes of a tool of the list.
enum Fate<'a> {
    Stays,
    /// It is this function of ours.
    Is(&'a WantedFunction),
    /// It goes, for this reason.
    Goes(&'static str),
}

/// The list as it is read.
struct List<'a> {
    engine: &'a Object,
    field: &'a str,
    tools: Vec<(Box<RawValue>, Object)>,
    /// Ids of tools that a node calls.
    called: BTreeSet<String>,
    wanted: &'a Wanted,
    place: &'a Place,
}

pub(super) fn fit(plan: &mut Plan, (engine, field): (&Object, &str), wanted: &Wanted, place: &Place) {
    let tools = engine.items(field).into_iter();
    let tools = tools.map(|raw| (Object::parse(raw.get()).unwrap_or_default(), raw));
    let mut called = BTreeSet::new();
    for part in PARTS {
        tool_ids(&engine.value(part), &mut called);
    }
    let tools = tools.map(|(tool, raw)| (raw, tool)).collect();
    List { engine, field, tools, called, wanted, place }.fit(plan);
}

/// Whether a tool of a list is one that this deployment decides about.
pub(super) fn is_decided(tool: &Object, wanted: &Wanted, place: &Place) -> bool {
    let kind = tool.string("type").unwrap_or_default();
    function_of(tool, wanted, place).is_some() || LEGACY.contains(&kind.as_str())
}

impl List<'_> {
    fn fit(&self, plan: &mut Plan) {
        let before = plan.changes.len();
        let tools = self.tools.iter().enumerate();
        let mut items: Vec<_> =
            tools.filter_map(|(at, (raw, tool))| self.kept(plan, at, (raw, tool))).collect();
        items.extend(self.added(plan));
        self.point_out(plan);
        let stays = |tool: &&Object| is_legacy(tool) && (!self.place.removes_legacy || self.is_called(tool));
        let stay = self.tools.iter().map(|(_, tool)| tool).filter(stays);
        let stay: Vec<String> = stay.filter_map(|tool| tool.string("name")).collect();
        let changes = plan.changes.len() > before;
        legacy(plan, &stay, changes);
        if changes {
            plan.engine.set_items(self.field, &items);
        }
    }

    /// A tool as it is to be; None: it goes.
    fn kept(&self, plan: &mut Plan, at: usize, (raw, tool): (&RawValue, &Object)) -> Option<Box<RawValue>> {
        let name = tool.string("name").unwrap_or_default();
        match self.fate(at, tool) {
            Fate::Stays => Some(raw.to_owned()),
            Fate::Is(wanted) => {
                let (merged, changes) = tool::merged(tool, wanted);
                let is_same = changes.is_empty();
                plan.changes.extend(changes);
                if is_same { Some(raw.to_owned()) } else { merged.to_raw() }
            }
            Fate::Goes(why) if self.is_called(tool) => {
                plan.notes.push(format!(
                    "{name} {why}, and stays because a node calls it: take it out of the flow first"
                ));
                Some(raw.to_owned())
            }
            Fate::Goes(why) => {
                let change = Change::new(Area::Function, &name, &format!("is taken away: it {why}"));
                plan.changes.push(change.from(tool.string("url").map(|url| without_query(&url).to_owned())));
                None
            }
        }
    }

    fn fate(&self, at: usize, tool: &Object) -> Fate<'_> {
        if is_legacy(tool) {
            let goes = self.place.removes_legacy;
            return if goes { Fate::Goes("is a tool Retell does not accept any more") } else { Fate::Stays };
        }
        let Some(function) = function_of(tool, self.wanted, self.place) else { return Fate::Stays };
        match self.wanted.functions.iter().find(|wanted| wanted.name == function) {
            None => Fate::Goes("calls this server for what it does not have"),
            Some(wanted) if !wanted.is_on => Fate::Goes("is switched off"),
            Some(wanted) if self.first(&function) == Some(at) => Fate::Is(wanted),
            Some(_) => Fate::Goes("is there twice"),
        }
    }

    /// Where a function stands in the list: under its own name rather than under another.
    fn first(&self, function: &str) -> Option<usize> {
        let is_it =
            |tool: &Object| function_of(tool, self.wanted, self.place).is_some_and(|known| known == function);
        let named = |tool: &Object| is_it(tool) && tool.string("name").as_deref() == Some(function);
        let at = |fits: &dyn Fn(&Object) -> bool| self.tools.iter().position(|(_, tool)| fits(tool));
        at(&named).or_else(|| at(&is_it))
    }

    /// What is switched on and stands nowhere yet.
    fn added(&self, plan: &mut Plan) -> Vec<Box<RawValue>> {
        let elsewhere: Vec<String> = self.elsewhere().into_iter().map(|(_, function)| function).collect();
        let missing = self.wanted.functions.iter().filter(|wanted| wanted.is_on);
        let missing = missing.filter(|one| self.first(&one.name).is_none() && !elsewhere.contains(&one.name));
        let mut added = Vec::new();
        for wanted in missing {
            let taken =
                self.tools.iter().find(|(_, tool)| tool.string("name").as_ref() == Some(&wanted.name));
            if let Some((_, other)) = taken {
                let kind = other.string("type").unwrap_or_default();
                let name = &wanted.name;
                plan.obstacles.push(format!(
                    "the agent has a tool of the kind {kind} that is called {name}: rename it at Retell"
                ));
                continue;
            }
            let (tool, change) = tool::new(wanted, self.is_flow());
            plan.changes.push(change);
            added.extend(tool.to_raw());
        }
        added
    }

    /// Functions of ours in states and nodes: whereabouts and which.
    fn elsewhere(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for part in PARTS {
            let whose = part.trim_end_matches('s');
            for inner in self.engine.objects(part) {
                let name = ["name", "id"].iter().find_map(|field| inner.string(field)).unwrap_or_default();
                let tools = inner.objects("tools").into_iter();
                let ours = tools.filter_map(|tool| function_of(&tool, self.wanted, self.place));
                found.extend(ours.map(|function| (format!("{whose} {name}"), function)));
            }
        }
        found
    }

    fn point_out(&self, plan: &mut Plan) {
        for (whereabouts, function) in self.elsewhere() {
            let twice = if self.first(&function).is_some() { ", a second time" } else { "" };
            plan.notes.push(format!(
                "{function} stands in {whereabouts}{twice}: it is left as it is there; see to its URL and arguments at Retell"
            ));
        }
        if !self.is_flow() {
            return;
        }
        let on = self.wanted.functions.iter().filter(|wanted| wanted.is_on);
        let uncalled: Vec<&str> = on
            .filter(|wanted| match self.first(&wanted.name) {
                Some(at) => !self.is_called(&self.tools[at].1),
                None => !self.elsewhere().iter().any(|(_, function)| *function == wanted.name),
            })
            .map(|wanted| wanted.name.as_str())
            .collect();
        if !uncalled.is_empty() {
            let names = uncalled.join(", ");
            plan.notes.push(format!(
                "no node calls {names}: in a conversation flow a function node or a subagent has to, at Retell → the flow's editor"
            ));
        }
    }

    fn is_flow(&self) -> bool {
        self.field == "tools"
    }

    fn is_called(&self, tool: &Object) -> bool {
        tool.string("tool_id").is_some_and(|id| self.called.contains(&id))
    }
}

/// What is said of tools that Retell refuses.
fn legacy(plan: &mut Plan, stay: &[String], changes: bool) {
    if stay.is_empty() {
        return;
    }
    let names = stay.join(", ");
    if changes {
        plan.obstacles.push(format!(
            "Retell refuses every change of tools as long as its former Cal.com tools are among them ({names}): take them away \
             with --remove-legacy (remove_legacy); one that a node of a flow calls has to be taken out of the flow first"
        ));
    } else {
        plan.notes.push(format!(
            "{names}: Retell's former Cal.com tools, which it does not accept any more; --remove-legacy (remove_legacy) takes \
             them away"
        ));
    }
}

fn is_legacy(tool: &Object) -> bool {
    tool.string("type").is_some_and(|kind| LEGACY.contains(&kind.as_str()))
}

/// Which function of this house a tool is, by its name or by where it goes; None: it is somebody else's.
fn function_of(tool: &Object, wanted: &Wanted, place: &Place) -> Option<String> {
    if tool.string("type").as_deref() != Some("custom") {
        return None;
    }
    let name = tool.string("name")?;
    if wanted.functions.iter().any(|function| function.name == name) {
        return Some(name);
    }
    let known = |name: &str| {
        let known = Function::named(name).known();
        (known != UNKNOWN).then(|| known.to_owned())
    };
    let url = tool.string("url").unwrap_or_default();
    let goes_here = url.strip_prefix(&function_url(&place.public_url, ""));
    match goes_here {
        Some(function) => known(without_query(function)).or(Some(name)),
        None => known(&name),
    }
}

/// Every tool that is called anywhere in a flow.
fn tool_ids(of: &Value, found: &mut BTreeSet<String>) {
    match of {
        Value::Object(members) => {
            // A part's own tools are there, not called.
            let members = members.iter().filter(|(key, _)| *key != "tools");
            members.for_each(|(key, value)| called(key, value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| tool_ids(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn called(key: &str, value: &Value, found: &mut BTreeSet<String>) {
    match (key, value.as_str(), value.as_array()) {
        ("tool_id", Some(id), _) => drop(found.insert(id.to_owned())),
        ("tool_ids", _, Some(ids)) => found.extend(ids.iter().filter_map(Value::as_str).map(str::to_owned)),
        _ => tool_ids(value, found),
    }
}
