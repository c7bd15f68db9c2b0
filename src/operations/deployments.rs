//! Setting up an agent at Retell as it is wanted: what would change, doing it, undoing it.

mod course;
mod desk;
mod gather;
mod report;
mod sentence;
mod watch;
mod work;

use entities::deployment::Model;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

pub use report::{DeploymentReport, DeploymentView, HeardView, Outcome, PlanView, ShareView};

pub(super) use self::watch::drifts;

use self::desk::{Aim, Desk, Task};
use super::audit::{self, Action, Deed};
use super::readiness::Site;
use super::{Error, List, Principal, company_of, instant};
use crate::actors::Switchboard;
use crate::domain::deployment::{AtRetell, Due, Goal, Saved, WayBack};
use crate::domain::directory::{Branch, Company};
use crate::store::Scope;

/// Deployments that are listed.
const LISTED_MAX: u64 = 50;

/// Which agent is to be set up.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Which {
    /// The company's slug; may be left out where only one can be meant.
    pub company: Option<String>,
    /// The branch's slug; may be left out where there is only one.
    pub branch: Option<String>,
    /// Take the Cal.com tools away that Retell does not accept any more.
    pub remove_legacy: bool,
}

/// Which deployment is to be undone.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhichDeployment {
    /// The company's slug; may be left out where only one can be meant.
    #[serde(default)]
    pub company: Option<String>,
    /// The id that the deployment said.
    pub id: Uuid,
}

/// What would change at Retell; nothing is written, here or there.
/// Fails where the role does not allow it, the company or branch is not found, or Retell cannot be read.
pub async fn plan(
    house: &Switchboard,
    site: &Site,
    who: &Principal,
    which: &Which,
) -> Result<PlanView, Error> {
    who.may_see_calls()?;
    let desk = open(house, site, who, which).await?;
    let at = desk.at_retell(&[]).await?;
    let plan = desk.planned(&at);
    Ok(PlanView::of(&desk.company.slug, &desk.branch.slug, &desk.place.agent_id, plan))
}

/// Brings the agent to what is wanted, as a new published version, and reads it back. What stood there before is kept.
/// Fails, with nothing written at Retell, where the plan has obstacles or another deployment of this company is under way.
pub async fn deploy(
    house: &Switchboard,
    site: &Site,
    who: &Principal,
    which: &Which,
) -> Result<DeploymentReport, Error> {
    who.may_see_calls()?;
    let desk = open(house, site, who, which).await?;
    let at = desk.at_retell(&[]).await?;
    let plan = desk.planned(&at);
    if !plan.obstacles.is_empty() {
        return Err(Error::Conflict(plan.obstacles.join("; ")));
    }
    if plan.is_empty() {
        return desk.nothing(who, &at, plan).await;
    }
    let goal = plan.makes_version.then(|| Goal::wanted(&at.answering, &plan, &desk.wanted, &desk.place));
    let id = desk.begin(who, &at, None).await?;
    audit::done(house, who, deed(Action::Deployed, &desk).about("deployment", id)).await?;
    let due = Due::wanted(&at, &plan, goal.as_ref(), &desk.place);
    desk.carry_out(id, Task { at, goal, plan, due, aim: Aim::Wanted }).await
}

/// What undoing a deployment would change, also of what others have changed since; nothing is written, here or there.
/// Fails as undoing it does.
pub async fn plan_rollback(
    house: &Switchboard,
    site: &Site,
    who: &Principal,
    which: &WhichDeployment,
) -> Result<PlanView, Error> {
    let Way { desk, back, .. } = way(house, site, who, which).await?;
    Ok(PlanView::of(&desk.company.slug, &desk.branch.slug, &desk.place.agent_id, back.plan))
}

/// Brings the agent back to what stood at Retell before a deployment, as a new published version.
/// Fails, with nothing written at Retell, where there is no such deployment or another one of this company is under way.
pub async fn rollback(
    house: &Switchboard,
    site: &Site,
    who: &Principal,
    which: &WhichDeployment,
) -> Result<DeploymentReport, Error> {
    let Way { desk, at, back: WayBack { goal, plan, due } } = way(house, site, who, which).await?;
    if plan.changes.is_empty() {
        return Ok(DeploymentReport::nothing(&desk, plan));
    }
    let id = desk.begin(who, &at, Some(which.id)).await?;
    audit::done(house, who, deed(Action::RolledBack, &desk).about("deployment", id)).await?;
    desk.carry_out(id, Task { at, goal, plan, due, aim: Aim::Saved }).await
}

/// The way back to before a deployment.
struct Way {
    desk: Desk,
    at: AtRetell,
    back: WayBack,
}

async fn way(
    house: &Switchboard,
    site: &Site,
    who: &Principal,
    which: &WhichDeployment,
) -> Result<Way, Error> {
    who.may_see_calls()?;
    let company = company_of(&house.directory(), who, which.company.as_deref())?;
    let found = house.store().deployments(Scope::one(company.id)).find(which.id).await?;
    let (row, before) = found.ok_or(Error::NotFound("deployment"))?;
    let branch = company.branches.iter().find(|branch| Uuid::from(branch.id) == row.branch_id);
    let branch = branch.ok_or(Error::NotFound("branch"))?.slug.clone();
    let saved: Saved = serde_json::from_str(&before)
        .map_err(|_| Error::Gone("what stood there before cannot be read any more".into()))?;
    let of = Which { company: Some(company.slug.clone()), branch: Some(branch), remove_legacy: false };
    let mut desk = open(house, site, who, &of).await?;
    // The agent that was deployed then, whichever the branch has by now.
    desk.place.agent_id.clone_from(&saved.agent_id);
    let at = desk.at_retell(&saved.words()).await?;
    let mut back = saved.way_back(&at, &desk.place).map_err(|gone| Error::Gone(gone.to_string()))?;
    if !back.plan.changes.is_empty() {
        back.plan.notes.extend(desk.shared_note());
        back.plan.notes.extend(undone_too(house, &company, (&row, &saved.agent_id)).await?);
    }
    Ok(Way { desk, at, back })
}

/// The deployments of a company or of one branch, the newest first.
pub async fn list(
    house: &Switchboard,
    who: &Principal,
    which: &Which,
) -> Result<List<DeploymentView>, Error> {
    who.may_see_calls()?;
    let company = company_of(&house.directory(), who, which.company.as_deref())?;
    let branch = which.branch.as_deref().map(|slug| branch_of(&company, Some(slug))).transpose()?;
    let rows = house.store().deployments(Scope::one(company.id));
    let rows = rows.list(branch.map(|branch| branch.id), LISTED_MAX).await?;
    let items = rows.into_iter().map(|row| DeploymentView::of(row, &company)).collect();
    Ok(List { items, next_cursor: None })
}

fn deed(action: Action, desk: &Desk) -> Deed {
    Deed::new(action).at(desk.company.id).with(json!({"branch": desk.branch.slug}))
}

async fn open(house: &Switchboard, site: &Site, who: &Principal, which: &Which) -> Result<Desk, Error> {
    let company = company_of(&house.directory(), who, which.company.as_deref())?;
    let branch = branch_of(&company, which.branch.as_deref())?.clone();
    Desk::open(house, site, (company, branch), which.remove_legacy).await
}

/// The branches of a company that have the same agent as this one, this one among them.
fn sharing(company: &Company, branch: &Branch) -> Vec<Branch> {
    let all = company.branches.iter();
    all.filter(|other| {
        other.id == branch.id || (other.agent_id.is_some() && other.agent_id == branch.agent_id)
    })
    .cloned()
    .collect()
}

/// What was deployed to that agent after it, and goes with it.
async fn undone_too(
    house: &Switchboard,
    company: &Company,
    (row, agent_id): (&Model, &str),
) -> Result<Option<String>, Error> {
    let rows = house.store().deployments(Scope::one(company.id)).list(None, LISTED_MAX).await?;
    let is_of = |other: &Model| other.done.as_ref().is_some_and(|done| done["agent_id"] == agent_id);
    let later = rows.iter().take_while(|other| other.id != row.id).filter(|other| is_of(other));
    let changed = later.filter(|other| other.outcome.as_deref() != Some(Outcome::NothingToChange.as_str()));
    let said: Vec<String> =
        changed.map(|other| format!("{} ({}, by {})", other.id, instant(other.at), other.by)).collect();
    let what = "what was done to this agent after it goes with it";
    Ok((!said.is_empty()).then(|| format!("{what}: {}", said.join(", "))))
}

fn branch_of<'a>(company: &'a Company, slug: Option<&str>) -> Result<&'a Branch, Error> {
    if let Some(slug) = slug {
        return company.branches.iter().find(|branch| branch.slug == slug).ok_or(Error::NotFound("branch"));
    }
    match company.branches.as_slice() {
        [] => Err(Error::NotFound("branch")),
        [only] => Ok(only),
        several => {
            let named: Vec<&str> = several.iter().map(|branch| branch.slug.as_str()).collect();
            Err(Error::Invalid(format!("name the branch: one of {}", named.join(", "))))
        }
    }
}
