//! What would have to change so that an agent is as it is wanted, and whether Retell would take it.

use super::change::{Area, Change, NEW_VERSION};
use super::numbers::{self, NumberPatch};
use super::object::Object;
use super::standing::{AtRetell, Engine, Version};
use super::wanted::Wanted;
use super::{agent, notes, tools, wording};

/// Which agent is meant, and where this house is.
#[derive(Clone, Debug)]
pub struct Place {
    pub agent_id: String,
    /// The branch's numbers, which its agent answers.
    pub numbers: Vec<String>,
    /// Numbers of several branches: looked after where they ring at this agent.
    pub hotlines: Vec<String>,
    /// Without a slash at its end.
    pub public_url: String,
    /// Take the tools away that Retell does not accept any more.
    pub removes_legacy: bool,
}

/// What a deployment would do.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Nothing of it: the agent is as it is wanted.
    pub changes: Vec<Change>,
    /// What is worth knowing and changes nothing.
    pub notes: Vec<String>,
    /// What is not as it should be, and is not for a deployment to change.
    pub remarks: Vec<String>,
    /// Why it cannot be done as things are.
    pub obstacles: Vec<String>,
    /// Members of the agent as they are to be.
    pub agent: Object,
    /// Members of what it thinks with as they are to be.
    pub engine: Object,
    /// Whether a version has to be made and published.
    pub makes_version: bool,
    /// The version it is made from; none: the one that answers.
    pub base: Option<i64>,
    /// Numbers that would hear of the draft: kept on the version that answers until it is published.
    pub holds: Vec<NumberPatch>,
    /// Numbers that hear what they are to hear as soon as they are set: before anything is published.
    pub early: Vec<NumberPatch>,
    /// Numbers as they are to be in the end.
    pub numbers: Vec<NumberPatch>,
    /// Numbers nobody looks after here which hear of every draft, as far as they are shown.
    pub followers: Vec<String>,
}

/// What lies between how things are and how they are wanted.
pub fn plan(at: &AtRetell, wanted: &Wanted, place: &Place) -> Plan {
    let mut plan = Plan::default();
    fit(&mut plan, &at.answering, wanted, place);
    let (patches, changes) = numbers::plan(at, wanted, place);
    let moves = patches.iter().any(NumberPatch::is_bound_anew);
    let base = at.answering.number();
    // Who moves to what is published must find there what was looked at here.
    plan.makes_version =
        !plan.agent.is_empty() || !plan.engine.is_empty() || (moves && at.published() != base);
    plan.changes.extend(changes);
    plan.numbers = patches;
    if plan.makes_version {
        let from = base.unwrap_or_default();
        let change = Change::new(Area::Agent, &place.agent_id, NEW_VERSION);
        plan.changes
            .push(change.from(Some(format!("version {from} answers"))).to("a copy of it with these changes"));
        plan.holds = numbers::holds(at, place);
        plan.followers = notes::followers(at, place);
    }
    plan.notes.extend(notes::of_versions(at, place, plan.makes_version));
    plan.notes.extend(notes::of_numbers(at, place));
    plan.remarks.extend(notes::of_draft(at));
    plan
}

impl Plan {
    /// Whether there is nothing to do, and nothing that has to be done by hand first.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.obstacles.is_empty()
    }
}

/// What of a version is not as it is wanted, be it the one that answers or a draft.
pub(super) fn fit(plan: &mut Plan, version: &Version, wanted: &Wanted, place: &Place) {
    agent::fit(plan, version, wanted, place);
    let Some(engine) = &version.engine else {
        plan.notes.push(
            "the agent thinks in a custom LLM: only its webhook and its numbers are set from here, its functions your LLM has to \
             call itself"
                .to_owned(),
        );
        return;
    };
    let list = match version.thinks_with() {
        Engine::Flow { .. } => "tools",
        Engine::Llm { .. } | Engine::Elsewhere => "general_tools",
    };
    tools::fit(plan, (engine, list), wanted, place);
    let field = if list == "tools" { "global_prompt" } else { "general_prompt" };
    wording::fit(plan, (engine, field), wanted);
}
