//! The list of an agent's tools: ours are merged by name, everybody else's stay in their very letters.

use std::collections::BTreeSet;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

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

/// What becomes of a tool.
enum Fate<'a> {
    Stays,
    /// It is this function of ours.
    Is(&'a WantedFunction),
    /// It goes, for this reason.
    Goes(&'static str),
}

/// Every tool of an engine, wherever it stands: in its list, its states, its nodes and components.
struct Tools<'a> {
    engine: &'a Object,
    /// The member that holds the list.
    field: &'a str,
    /// The list first, then the others in their order.
    all: Vec<Object>,
    /// How many of them stand in the list.
    in_list: usize,
    /// Ids of tools that a node calls.
    called: BTreeSet<String>,
    wanted: &'a Wanted,
    place: &'a Place,
}

/// Where the rebuilding stands.
struct Walk<'a> {
    plan: &'a mut Plan,
    /// The next of all tools.
    at: usize,
}

pub(super) fn fit(plan: &mut Plan, (engine, field): (&Object, &str), wanted: &Wanted, place: &Place) {
    let mut called = BTreeSet::new();
    for part in PARTS {
        tool_ids(&engine.value(part), &mut called);
    }
    let mut all: Vec<Object> = parsed(&engine.items(field)).collect();
    let in_list = all.len();
    for part in PARTS {
        engine.objects(part).iter().for_each(|part| inner(part, &mut all));
    }
    Tools { engine, field, all, in_list, called, wanted, place }.fit(plan);
}

/// Whether a tool is one that this deployment decides about.
pub(super) fn is_decided(tool: &Object, wanted: &Wanted, place: &Place) -> bool {
    function_of(tool, wanted, place).is_some() || is_legacy(tool)
}

/// What others have added to the functions of this house beside what is set from here, by its names alone.
pub fn extras(engine: &Object, wanted: &Wanted, place: &Place) -> BTreeSet<String> {
    let lists = ["general_tools", "tools"].into_iter().flat_map(|list| engine.objects(list));
    let mut all: Vec<Object> = lists.collect();
    for part in PARTS {
        engine.objects(part).iter().for_each(|part| inner(part, &mut all));
    }
    let mut found = BTreeSet::new();
    for tool in all {
        let Some(function) = function_of(&tool, wanted, place) else { continue };
        for member in ["headers", "query_params", "response_variables"] {
            let names = tool.value(member);
            let names = names.as_object().into_iter().flat_map(Map::keys);
            found.extend(names.map(|name| format!("{function}: {member}.{name}")));
        }
    }
    found
}

/// The tools of a part of an engine, and of the parts within it.
fn inner(part: &Object, all: &mut Vec<Object>) {
    all.extend(parsed(&part.items("tools")));
    part.objects("nodes").iter().for_each(|node| inner(node, all));
}

fn parsed(items: &[Box<RawValue>]) -> impl Iterator<Item = Object> {
    items.iter().map(|raw| Object::parse(raw.get()).unwrap_or_default())
}

impl Tools<'_> {
    fn fit(&self, plan: &mut Plan) {
        let before = plan.changes.len();
        let mut walk = Walk { plan, at: 0 };
        let (mut items, _) = self.list(&mut walk, &self.engine.items(self.field), "");
        items.extend(self.added(walk.plan));
        let in_list = walk.plan.changes.len() > before;
        if in_list {
            walk.plan.engine.set_items(self.field, &items);
        }
        for part in PARTS {
            let (items, is_changed) = self.parts(&mut walk, &self.engine.items(part), part);
            if is_changed {
                walk.plan.engine.set_items(part, &items);
            }
        }
        let plan = walk.plan;
        self.point_out(plan);
        let stays = |tool: &&Object| is_legacy(tool) && (!self.place.removes_legacy || self.is_called(tool));
        let stay: Vec<String> =
            self.all.iter().filter(stays).filter_map(|tool| tool.string("name")).collect();
        let changes = plan.changes.len() > before;
        legacy(plan, &stay, changes);
    }

    /// A list of tools as it is to be, and whether it is another than it was.
    fn list(
        &self,
        walk: &mut Walk<'_>,
        items: &[Box<RawValue>],
        whereabouts: &str,
    ) -> (Vec<Box<RawValue>>, bool) {
        let before = walk.plan.changes.len();
        let mut kept = Vec::new();
        for (raw, tool) in items.iter().zip(parsed(items)) {
            kept.extend(self.kept(walk, (raw, &tool), whereabouts));
            walk.at += 1;
        }
        (kept, walk.plan.changes.len() > before)
    }

    /// Parts of an engine with the tools in them as they are to be.
    fn parts(&self, walk: &mut Walk<'_>, items: &[Box<RawValue>], kind: &str) -> (Vec<Box<RawValue>>, bool) {
        let (mut kept, mut is_changed) = (Vec::new(), false);
        for raw in items {
            let Some(mut part) = Object::parse(raw.get()) else {
                kept.push(raw.clone());
                continue;
            };
            let name = ["name", "id"].iter().find_map(|field| part.string(field)).unwrap_or_default();
            let whereabouts = format!(" in {} {name}", kind.trim_end_matches('s'));
            let (tools, tools_changed) = self.list(walk, &part.items("tools"), &whereabouts);
            let (nodes, nodes_changed) = self.parts(walk, &part.items("nodes"), "nodes");
            if tools_changed {
                part.set_items("tools", &tools);
            }
            if nodes_changed {
                part.set_items("nodes", &nodes);
            }
            let changed = tools_changed || nodes_changed;
            kept.push(part.to_raw().filter(|_| changed).unwrap_or_else(|| raw.clone()));
            is_changed |= changed;
        }
        (kept, is_changed)
    }

    /// A tool as it is to be; None: it goes.
    fn kept(
        &self,
        walk: &mut Walk<'_>,
        (raw, tool): (&RawValue, &Object),
        whereabouts: &str,
    ) -> Option<Box<RawValue>> {
        let name = tool.string("name").unwrap_or_default();
        let plan = &mut *walk.plan;
        match self.fate(walk.at, tool, plan) {
            Fate::Stays => Some(raw.to_owned()),
            Fate::Is(wanted) => {
                let (merged, changes) =
                    tool::merged(tool, wanted, (self.is_named(walk.at, wanted), whereabouts));
                let is_same = changes.is_empty();
                if tool::goes_elsewhere(tool) {
                    let url = tool.string("url").unwrap_or_default();
                    plan.notes.push(format!(
                        "{name}{whereabouts} went to {} until now and comes here from then on; headers and query parameters that \
                         were meant for there are taken away. If it is to go on there, rename it at Retell first",
                        without_query(&url)
                    ));
                }
                plan.changes.extend(changes);
                if is_same { Some(raw.to_owned()) } else { merged.to_raw() }
            }
            Fate::Goes(why) if self.is_called(tool) => {
                plan.remarks.push(format!(
                    "{name} {why}, and stays because a node calls it: take it out of the flow first"
                ));
                Some(raw.to_owned())
            }
            Fate::Goes(why) => {
                let what = format!("is taken away{whereabouts}: it {why}");
                let change = Change::new(Area::Function, &name, &what);
                plan.changes.push(change.from(tool.string("url").map(|url| without_query(&url).to_owned())));
                None
            }
        }
    }

    fn fate(&self, at: usize, tool: &Object, plan: &mut Plan) -> Fate<'_> {
        if is_legacy(tool) {
            let goes = self.place.removes_legacy;
            return if goes { Fate::Goes("is a tool Retell does not accept any more") } else { Fate::Stays };
        }
        let Some(function) = function_of(tool, self.wanted, self.place) else { return Fate::Stays };
        match self.wanted.functions.iter().find(|wanted| wanted.name == function) {
            None => Fate::Goes("calls this server for what it does not have"),
            Some(wanted) if !wanted.is_on => Fate::Goes("is switched off"),
            // In a state or a node it is offered there, whatever stands elsewhere.
            Some(wanted) if at >= self.in_list || self.first(&function) == Some(at) => Fate::Is(wanted),
            Some(_) if tool::goes_elsewhere(tool) => {
                let name = tool.string("name").unwrap_or_default();
                let url = tool.string("url").unwrap_or_default();
                let url = without_query(&url);
                plan.notes
                    .push(format!("{name} goes to {url} and is left as it is: {function} is there already"));
                Fate::Stays
            }
            Some(_) => Fate::Goes("is there twice"),
        }
    }

    /// Which tool is a function: in the list before all others, under its own name rather than under another.
    fn first(&self, function: &str) -> Option<usize> {
        let is_it =
            |tool: &Object| function_of(tool, self.wanted, self.place).is_some_and(|known| known == function);
        let named = |tool: &Object| is_it(tool) && tool.string("name").as_deref() == Some(function);
        let at = |tools: &[Object], fits: &dyn Fn(&Object) -> bool| tools.iter().position(fits);
        let (list, others) = self.all.split_at(self.in_list);
        let elsewhere = || at(others, &named).or_else(|| at(others, &is_it)).map(|at| at + self.in_list);
        at(list, &named).or_else(|| at(list, &is_it)).or_else(elsewhere)
    }

    /// Whether a tool is to have the function's own name: it has, or nobody else has and it is the first.
    fn is_named(&self, at: usize, wanted: &WantedFunction) -> bool {
        let has = |tool: &Object| tool.string("name").as_ref() == Some(&wanted.name);
        let is_free = !self.all.iter().any(has) && self.first(&wanted.name) == Some(at);
        is_free || self.all.get(at).is_some_and(has)
    }

    /// What is switched on and stands nowhere yet.
    fn added(&self, plan: &mut Plan) -> Vec<Box<RawValue>> {
        let missing = self.wanted.functions.iter().filter(|wanted| wanted.is_on);
        let missing = missing.filter(|one| self.first(&one.name).is_none());
        let mut added = Vec::new();
        for wanted in missing {
            let taken = self.all.iter().find(|tool| tool.string("name").as_ref() == Some(&wanted.name));
            if let Some(other) = taken {
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

    fn point_out(&self, plan: &mut Plan) {
        if !self.is_flow() {
            return;
        }
        let on = self.wanted.functions.iter().filter(|wanted| wanted.is_on);
        let is_uncalled = |at: Option<usize>| match at {
            Some(at) if at >= self.in_list => false,
            Some(at) => !self.is_called(&self.all[at]),
            None => true,
        };
        let uncalled = on.filter(|wanted| is_uncalled(self.first(&wanted.name)));
        let uncalled: Vec<&str> = uncalled.map(|wanted| wanted.name.as_str()).collect();
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
        plan.remarks.push(format!(
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
