//! Where one agent is set up: the branch, its workspace at Retell, and the books that keep what stood there.

use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::course::{Course, judge};
use super::gather::{Saved, Unread, at_retell, twice};
use super::report::{DeploymentReport, Outcome};
use super::work::Work;
use crate::actors::Switchboard;
use crate::actors::supervisor::spawn;
use crate::actors::trunk::Trunk;
use crate::domain::deployment::{AtRetell, Goal, Place, Plan, Wanted, plan as planned};
use crate::domain::directory::{Branch, Company};
use crate::domain::phone::PhoneNumber;
use crate::domain::readiness::is_this_machine;
use crate::operations::readiness::Site;
use crate::operations::{Error, Principal, reception};
use crate::store::Scope;
use crate::store::deployments::Begun;

/// One agent's desk; cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Desk {
    pub(super) house: Switchboard,
    pub(super) company: Arc<Company>,
    pub(super) branch: Branch,
    pub(super) trunk: Trunk,
    pub(super) place: Place,
    /// What the company wants its agent to be like.
    pub(super) wanted: Wanted,
}

/// Where a deployment leads.
#[derive(Clone, Debug)]
pub(super) enum Aim {
    /// To what the company wants.
    Wanted,
    /// Back to what stood there.
    Saved(Box<Saved>),
}

impl Desk {
    pub(super) async fn open(
        house: &Switchboard,
        site: &Site,
        (company, branch): (Arc<Company>, Branch),
        removes_legacy: bool,
    ) -> Result<Self, Error> {
        let no_agent = || {
            let what = "has no retell_agent_id: write it into the company's file, under [[branch]], then fernamt apply FILE";
            Error::Invalid(format!("branch {} {what}", branch.slug))
        };
        let agent_id = branch.agent_id.clone().ok_or_else(no_agent)?;
        let public_url = site.public_url().to_owned();
        let access = house.store().directory().retell_access(company.id).await?;
        let retell = access.map(|access| access.base_url).unwrap_or_default();
        if public_url.is_empty() || (is_this_machine(&public_url) && !is_this_machine(&retell)) {
            let what = "Retell would be told an address that exists on this machine only: set public_url in fernamt.toml (or \
                        FERNAMT_PUBLIC_URL) to the https:// address under which this server is reached from the Internet";
            return Err(Error::Invalid(what.to_owned()));
        }
        let trunk = house.trunk(company.id).await?.ok_or_else(|| {
            Error::Invalid("the company has no usable api_key or base_url under [company.retell]".to_owned())
        })?;
        let numbers = |of: &[PhoneNumber]| of.iter().map(|number| number.e164().to_owned()).collect();
        let wanted = reception::wanted(house, site, &company, &branch).await?;
        let place = Place {
            agent_id,
            numbers: numbers(&branch.numbers),
            hotlines: numbers(&company.hotlines),
            public_url,
            removes_legacy,
        };
        Ok(Self { house: house.clone(), company, branch, trunk, place, wanted })
    }

    pub(super) async fn at_retell(&self) -> Result<AtRetell, Error> {
        at_retell(self.trunk.client(), &self.place).await.map_err(|unread| match unread {
            Unread::NoAgent => {
                let id = &self.place.agent_id;
                Error::Invalid(format!(
                    "Retell has no agent {id} in the workspace of this company's api_key: correct retell_agent_id in the \
                     company's file, then fernamt apply FILE"
                ))
            }
            Unread::Failed(failure) => Error::Conflict(format!("Retell could not be read: {failure}; nothing was changed")),
        })
    }

    /// Keeps what stands at Retell before anything is written there; from then on this deployment is under way.
    pub(super) async fn begin(
        &self,
        who: &Principal,
        at: &AtRetell,
        undoes: Option<Uuid>,
    ) -> Result<Uuid, Error> {
        let id = self.house.clock().mint();
        let saved = Saved::of(at, &self.place);
        let before = serde_json::to_string(&saved).map_err(|error| Error::Invalid(error.to_string()))?;
        let begun = Begun {
            id,
            company: self.company.id,
            branch: self.branch.id,
            at: self.house.clock().now(),
            by: who.name.clone(),
            undoes,
            before: SecretString::from(before),
        };
        if !self.house.store().deployments(Scope::one(self.company.id)).begin(begun).await? {
            let what = "another deployment of this company is under way: wait for its end, then plan again";
            return Err(Error::Conflict(what.to_owned()));
        }
        Ok(id)
    }

    /// Does it to the end, also where whoever asked for it has gone meanwhile.
    pub(super) async fn carry_out(
        self,
        id: Uuid,
        at: AtRetell,
        (goal, plan): (Option<Goal>, Plan),
        aim: Aim,
    ) -> Result<DeploymentReport, Error> {
        let (tell, told) = oneshot::channel();
        let thread = self.house.desk().clone();
        spawn(&thread, async move {
            let report = self.done(id, (&at, goal, plan), aim).await;
            // Whoever asked may have gone; the books know.
            drop(tell.send(report));
        });
        told.await.map_err(|_| Error::NoAnswer)?
    }

    async fn done(
        &self,
        id: Uuid,
        (at, goal, plan): (&AtRetell, Option<Goal>, Plan),
        aim: Aim,
    ) -> Result<DeploymentReport, Error> {
        let work = Work { client: self.trunk.client(), place: &self.place, at, goal, plan: &plan };
        let course = match self.is_as_read(at).await {
            Ok(()) => work.run().await,
            Err(why) => Course::not_begun(why),
        };
        let after = at_retell(self.trunk.client(), &self.place).await.ok();
        let left = after.as_ref().map(|after| self.left(after, &aim)).unwrap_or_default();
        let outcome = judge(&course, (at, after.as_ref()), &plan, (&self.place, left.is_empty()));
        let report = DeploymentReport::of(self, (id, outcome), course, (left, plan.notes));
        tracing::info!(
            deployment.id = %id, company = %self.company.slug, branch = %self.branch.slug,
            "deployment of {}: {}", self.company.slug, report.outcome.as_str()
        );
        let done = serde_json::to_value(&report).unwrap_or_default();
        let deployments = self.house.store().deployments(Scope::one(self.company.id));
        deployments.end(id, report.outcome.as_str(), done).await?;
        Ok(report)
    }

    /// Whether nobody has made or published a version since it was read.
    async fn is_as_read(&self, at: &AtRetell) -> Result<(), String> {
        let (client, agent) = (self.trunk.client(), &self.place.agent_id);
        match twice(|| client.versions(agent)).await {
            Ok(versions) if versions.as_ref() == Some(&at.versions) => Ok(()),
            Ok(_) => Err("somebody has changed the agent at Retell meanwhile: plan again".to_owned()),
            Err(failure) => Err(format!("Retell could not be read: {failure}")),
        }
    }

    /// What is still not as it is to be, in words.
    fn left(&self, after: &AtRetell, aim: &Aim) -> Vec<String> {
        match aim {
            Aim::Wanted => {
                let changes = planned(after, &self.wanted, &self.place).changes;
                changes.iter().map(|change| format!("{} {}", change.subject, change.what)).collect()
            }
            Aim::Saved(saved) => saved.left(after, &self.place),
        }
    }
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NothingToChange => "nothing_to_change",
            Self::Done => "done",
            Self::AsBefore => "as_before",
            Self::AsWanted => "as_wanted",
            Self::Mixed => "mixed",
            Self::Unknown => "unknown",
        }
    }
}
