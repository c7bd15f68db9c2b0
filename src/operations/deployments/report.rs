//! What is told of a deployment: before it, after it, and later.

use entities::deployment::Model;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::course::Course;
use super::desk::Desk;
use crate::domain::deployment::{Change, Plan};
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
    /// What was done, in its order.
    pub steps: Vec<String>,
    /// Why it stopped before its end.
    pub stopped: Option<String>,
    /// What is not yet as it is to be.
    pub left: Vec<String>,
    pub notes: Vec<String>,
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
            notes: plan.notes,
            obstacles: plan.obstacles,
        }
    }
}

impl DeploymentReport {
    pub(super) fn nothing(desk: &Desk, notes: Vec<String>) -> Self {
        Self::new(desk, (None, Outcome::NothingToChange), Course::default(), (Vec::new(), notes))
    }

    pub(super) fn of(
        desk: &Desk,
        (id, outcome): (Uuid, Outcome),
        course: Course,
        (left, notes): (Vec<String>, Vec<String>),
    ) -> Self {
        Self::new(desk, (Some(id), outcome), course, (left, notes))
    }

    fn new(
        desk: &Desk,
        (id, outcome): (Option<Uuid>, Outcome),
        course: Course,
        (left, notes): (Vec<String>, Vec<String>),
    ) -> Self {
        Self {
            id,
            company: desk.company.slug.clone(),
            branch: desk.branch.slug.clone(),
            agent_id: desk.place.agent_id.clone(),
            outcome,
            sentence: sentence(outcome, &course),
            version: course.version,
            steps: course.steps,
            stopped: course.stopped,
            left,
            notes,
        }
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

fn sentence(outcome: Outcome, course: &Course) -> String {
    let version = course.version.map(|version| format!(" in version {version}")).unwrap_or_default();
    let draft =
        course.version.map(|version| format!(", and nobody hears version {version}")).unwrap_or_default();
    let why = course.stopped.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    match outcome {
        Outcome::NothingToChange => "nothing to change".to_owned(),
        Outcome::Done => format!("done: the agent answers as it was to{version}"),
        Outcome::AsBefore => format!("stopped: the agent answers as before{draft}{why}"),
        Outcome::AsWanted => {
            format!("stopped: the agent answers as it was to{version}, but not everything is done{why}")
        }
        Outcome::Mixed => format!(
            "stopped: at some numbers the agent answers as it was to{version}, at others as before{why}"
        ),
        Outcome::Unknown => format!(
            "stopped: it could not be read back whether the agent answers as it was to{version} or as before; it is one of both, \
             and --plan tells which once Retell answers{why}"
        ),
    }
}
