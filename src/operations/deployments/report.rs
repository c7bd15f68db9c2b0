//! What is told of a deployment: before it, after it, and later.

use entities::deployment::Model;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::course::{Course, ReadBack};
use super::desk::Desk;
use super::sentence::{self, number};
use crate::domain::deployment::{Change, Ear, Plan, Share};
use crate::domain::directory::Company;
use crate::operations::instant;

/// What callers hear after a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything was so already.
    NothingToChange,
    /// Everything is as it was to be, as reading it back has shown.
    Done,
    /// It stopped; callers hear the agent as before.
    AsBefore,
    /// It stopped; callers hear the agent as it was to be, something beside it is left to do.
    AsWanted,
    /// It stopped; at some numbers the agent is as it was to be, at the others as before.
    Mixed,
    /// It stopped, or somebody else changed something meanwhile: a number hears neither what was there nor what is wanted.
    Neither,
    /// It stopped and could not be read back: the agent is as before or as it was to be.
    Unknown,
}

/// What a deployment would do.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PlanView {
    pub company: String,
    pub branch: String,
    pub agent_id: String,
    /// Whether there is nothing to change.
    pub is_empty: bool,
    pub changes: Vec<Change>,
    /// What is worth knowing and changes nothing.
    pub notes: Vec<String>,
    /// Why it cannot be done as things are.
    pub obstacles: Vec<String>,
    /// Numbers that hear of every step before anything is published, as far as they are shown.
    pub followers: Vec<String>,
}

/// What a deployment did.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DeploymentReport {
    /// Undoes it; nothing where nothing was changed.
    pub id: Option<Uuid>,
    pub company: String,
    pub branch: String,
    pub agent_id: String,
    pub outcome: Outcome,
    /// The outcome as a sentence.
    pub sentence: String,
    /// The version that was made, if one was.
    pub version: Option<i64>,
    /// What was to be changed.
    pub changes: Vec<Change>,
    /// What was done, in its order.
    pub steps: Vec<String>,
    /// Why it stopped before its end.
    pub stopped: Option<String>,
    /// What is not yet as it is to be.
    pub left: Vec<String>,
    /// Who answers which number now, as it was read back; nothing where nothing was begun, or it could not be read.
    pub heard: Vec<HeardView>,
    /// What others have added to the functions of this house, such as headers, by its names alone.
    pub extras: Vec<String>,
    pub notes: Vec<String>,
}

/// Who answers a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HeardView {
    /// Of a number that does not belong to the branches of this agent, only its end.
    pub number: String,
    pub shares: Vec<ShareView>,
}

/// Who answers a part of a number's calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ShareView {
    pub agent_id: String,
    /// The version of the agent that was deployed; nothing where another agent answers.
    pub version: Option<i64>,
    /// Which part of the calls, 0 to 1.
    pub weight: Option<f64>,
}

/// A deployment as it is listed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DeploymentView {
    pub id: Uuid,
    pub company: String,
    pub branch: Option<String>,
    pub at: String,
    pub by: String,
    /// The deployment that this one undid.
    pub undoes: Option<Uuid>,
    /// Nothing while it is under way.
    pub outcome: Option<String>,
    pub sentence: Option<String>,
}

impl PlanView {
    pub(super) fn of(company: &str, branch: &str, agent_id: &str, plan: Plan) -> Self {
        Self {
            company: company.to_owned(),
            branch: branch.to_owned(),
            agent_id: agent_id.to_owned(),
            is_empty: plan.is_empty(),
            changes: plan.changes,
            notes: plan.notes.into_iter().chain(plan.remarks).collect(),
            obstacles: plan.obstacles,
            followers: plan.followers,
        }
    }
}

impl DeploymentReport {
    pub(super) fn nothing(desk: &Desk, plan: Plan) -> Self {
        Self::new(desk, (None, Outcome::NothingToChange), Course::default(), (None, plan))
    }

    pub(super) fn of(
        desk: &Desk,
        (id, outcome): (Uuid, Outcome),
        course: Course,
        (after, plan): (Option<ReadBack>, Plan),
    ) -> Self {
        Self::new(desk, (Some(id), outcome), course, (after, plan))
    }

    fn new(
        desk: &Desk,
        (id, outcome): (Option<Uuid>, Outcome),
        course: Course,
        (after, plan): (Option<ReadBack>, Plan),
    ) -> Self {
        let heard = after.iter().flat_map(|after| &after.ears).filter(|ear| !ear.number.is_empty());
        Self {
            id,
            company: desk.company.slug.clone(),
            branch: desk.branch.slug.clone(),
            agent_id: desk.place.agent_id.clone(),
            outcome,
            sentence: sentence::of(outcome, &course, after.as_ref()),
            version: course.version,
            changes: plan.changes,
            steps: course.steps,
            stopped: course.stopped,
            heard: heard.map(HeardView::of).collect(),
            extras: after.iter().flat_map(|after| after.extras.clone()).collect(),
            left: after.map(|after| after.left).unwrap_or_default(),
            notes: plan.notes.into_iter().chain(plan.remarks).collect(),
        }
    }
}

impl HeardView {
    /// In which part of the calls an agent answers, 0 to 1.
    pub(super) fn part(&self, agent_id: &str) -> f64 {
        let ours = self.shares.iter().filter(|share| share.agent_id == agent_id);
        ours.filter_map(|share| share.weight).sum()
    }

    pub(super) fn of(ear: &Ear) -> Self {
        let share = |share: &Share| ShareView {
            agent_id: share.agent_id.clone(),
            version: share.version,
            weight: share.weight.as_f64(),
        };
        Self { number: number(ear), shares: ear.shares.iter().map(share).collect() }
    }
}

impl DeploymentView {
    pub(super) fn of(row: Model, company: &Company) -> Self {
        let branch = company.branches.iter().find(|branch| Uuid::from(branch.id) == row.branch_id);
        let sentence = row.done.as_ref().and_then(|done| done["sentence"].as_str()).map(str::to_owned);
        Self {
            id: row.id,
            company: company.slug.clone(),
            branch: branch.map(|branch| branch.slug.clone()),
            at: instant(row.at),
            by: row.by,
            undoes: row.undoes,
            outcome: row.outcome,
            sentence,
        }
    }
}
