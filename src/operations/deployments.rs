//! Setting up an agent at Retell as it is wanted: what would change, doing it, undoing it.

mod course;
mod desk;
mod gather;
mod report;
mod work;

use std::time::Duration;

use entities::deployment::Model;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

pub use report::{DeploymentReport, DeploymentView, Outcome, PlanView};

use self::desk::{Aim, Desk};
use self::gather::Saved;
use super::audit::{self, Action, Deed};
use super::readiness::Site;
use super::{Error, List, Principal, company_of};
use crate::actors::Switchboard;
use crate::domain::deployment::{Goal, plan as planned};
use crate::domain::directory::{Branch, Company};
use crate::domain::readiness::{Asked, Finding, drift};
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
    let at = desk.at_retell().await?;
    let plan = planned(&at, &desk.wanted, &desk.place);
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
    let at = desk.at_retell().await?;
    let plan = planned(&at, &desk.wanted, &desk.place);
    if !plan.obstacles.is_empty() {
        return Err(Error::Conflict(plan.obstacles.join("; ")));
    }
    if plan.is_empty() {
        return Ok(DeploymentReport::nothing(&desk, plan.notes));
    }
    let goal = plan.makes_version.then(|| Goal::wanted(&at.answering, &plan, &desk.wanted, &desk.place));
    let id = desk.begin(who, &at, None).await?;
    audit::done(house, who, deed(Action::Deployed, &desk).about("deployment", id)).await?;
    desk.carry_out(id, at, (goal, plan), Aim::Wanted).await
}

/// Brings the agent back to what stood at Retell before a deployment, as a new published version.
/// Fails, with nothing written at Retell, where there is no such deployment or another one of this company is under way.
pub async fn rollback(
    house: &Switchboard,
    site: &Site,
    who: &Principal,
    which: &WhichDeployment,
) -> Result<DeploymentReport, Error> {
    who.may_see_calls()?;
    let company = company_of(&house.directory(), who, which.company.as_deref())?;
    let found = house.store().deployments(Scope::one(company.id)).find(which.id).await?;
    let (row, before) = found.ok_or(Error::NotFound("deployment"))?;
    let branch = company.branches.iter().find(|branch| Uuid::from(branch.id) == row.branch_id);
    let branch = branch.ok_or(Error::NotFound("branch"))?.slug.clone();
    let saved: Saved = serde_json::from_str(&before)
        .map_err(|_| Error::Gone("what stood there before cannot be read any more".into()))?;
    let which = Which { company: Some(company.slug.clone()), branch: Some(branch), remove_legacy: false };
    let mut desk = open(house, site, who, &which).await?;
    // The agent that was deployed then, whichever the branch has by now.
    desk.place.agent_id.clone_from(&saved.agent_id);
    let at = desk.at_retell().await?;
    let (goal, plan) = saved.way_back(&at, &desk.place)?;
    if goal.is_none() && plan.numbers.is_empty() {
        return Ok(DeploymentReport::nothing(&desk, Vec::new()));
    }
    let id = desk.begin(who, &at, Some(row.id)).await?;
    audit::done(house, who, deed(Action::RolledBack, &desk).about("deployment", id)).await?;
    desk.carry_out(id, at, (goal, plan), Aim::Saved(Box::new(saved))).await
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

/// Whether the agents that were set up from here are still as they are wanted; nothing about all others.
pub(super) async fn drifts(
    house: &Switchboard,
    site: &Site,
    company: &Company,
    patience: Duration,
) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    let deployments = house.store().deployments(Scope::one(company.id));
    for branch in company.branches.iter().filter(|branch| branch.agent_id.is_some()) {
        let last = deployments.list(Some(branch.id), 1).await?.into_iter().next();
        let is_done =
            |row: &Model| row.undoes.is_none() && row.outcome.as_deref() == Some(Outcome::Done.as_str());
        if !last.as_ref().is_some_and(is_done) {
            continue;
        }
        let who = Principal::house();
        let (company_slug, branch_slug) = (Some(company.slug.clone()), Some(branch.slug.clone()));
        let which = Which { company: company_slug, branch: branch_slug, remove_legacy: false };
        let differs = match tokio::time::timeout(patience, plan(house, site, &who, &which)).await {
            Ok(Ok(plan)) => Asked::Known(plan.changes),
            Ok(Err(Error::Store(error))) => return Err(error.into()),
            Ok(Err(error)) => Asked::Failed(error.to_string()),
            Err(_) => Asked::Failed("the time for the check is over".to_owned()),
        };
        findings.extend(drift(company, branch, &differs));
    }
    Ok(findings)
}

fn deed(action: Action, desk: &Desk) -> Deed {
    Deed::new(action).at(desk.company.id).with(json!({"branch": desk.branch.slug}))
}

async fn open(house: &Switchboard, site: &Site, who: &Principal, which: &Which) -> Result<Desk, Error> {
    let company = company_of(&house.directory(), who, which.company.as_deref())?;
    let branch = branch_of(&company, which.branch.as_deref())?.clone();
    Desk::open(house, site, (company, branch), which.remove_legacy).await
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
