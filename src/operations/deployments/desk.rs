//! Where one agent is set up: the branch, its workspace at Retell, and the books that keep what stood there.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::course::{Course, ReadBack, judge};
use super::gather::{Unread, at_retell};
use super::report::{DeploymentReport, HeardView, Outcome};
use super::sharing;
use super::watch::Watch;
use super::work::Work;
use crate::actors::Switchboard;
use crate::actors::supervisor::spawn;
use crate::actors::trunk::Trunk;
use crate::domain::deployment::{
    AtRetell, Bound, Due, Goal, Place, Plan, Saved, Wanted, extras, joined, plan as planned,
};
use crate::domain::directory::{Branch, Company};
use crate::domain::phone::PhoneNumber;
use crate::domain::readiness::is_this_machine;
use crate::operations::readiness::Site;
use crate::operations::{Error, Principal, reception};
use crate::store::Scope;
use crate::store::deployments::{Begun, Entry};

/// One agent's desk; cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Desk {
    pub(super) house: Switchboard,
    pub(super) company: Arc<Company>,
    pub(super) branch: Branch,
    pub(super) trunk: Trunk,
    pub(super) place: Place,
    /// All branches that have this agent.
    pub(super) sharing: Vec<Branch>,
    /// What the company wants its agent to be like.
    pub(super) wanted: Wanted,
    /// Where the branches of this agent contradict each other.
    pub(super) contradictions: Vec<String>,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub(super) struct Task {
    /// How it stood when this was planned.
    pub(super) at: AtRetell,
    /// None: no new version is needed.
    pub(super) goal: Option<Goal>,
    pub(super) plan: Plan,
    /// What callers are to hear in the end.
    pub(super) due: Due,
    pub(super) aim: Aim,
}

/// Where a deployment leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aim {
    /// To what the company wants.
    Wanted,
    /// Back to what stood there.
    Saved,
}

/// How long a deployment may take, and the reading back after it; together less than the books keep others from beginning.
const TAKES_MAX: Duration = Duration::from_mins(3);
const READING_BACK_TAKES_MAX: Duration = Duration::from_mins(1);

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
        let numbers = |of: &[PhoneNumber]| -> Vec<String> {
            of.iter().map(|number| number.e164().to_owned()).collect()
        };
        let sharing = sharing(&company, &branch);
        let mut each = Vec::new();
        for one in &sharing {
            each.push((one.slug.clone(), reception::wanted(house, site, &company, one).await?));
        }
        let (wanted, contradictions) = joined(&each).ok_or(Error::NotFound("branch"))?;
        let place = Place {
            agent_id,
            numbers: sharing.iter().flat_map(|branch| numbers(&branch.numbers)).collect(),
            hotlines: numbers(&company.hotlines),
            public_url,
            removes_legacy,
        };
        Ok(Self { house: house.clone(), company, branch, trunk, place, sharing, wanted, contradictions })
    }

    /// How it stands at Retell; `also` are words by which numbers may ask for a version again.
    pub(super) async fn at_retell(&self, also: &[Bound]) -> Result<AtRetell, Error> {
        at_retell(self.trunk.client(), &self.place, also).await.map_err(|unread| match unread {
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
        match self.house.store().deployments(Scope::one(self.company.id)).begin(begun).await? {
            Entry::Entered => Ok(id),
            Entry::UnderWay { since, by, free_at } => Err(Error::Conflict(format!(
                "another deployment of this company is under way since {since}, by {by}: wait for its end, then plan again; if it \
                 was cut off, the next one can begin at {free_at}"
            ))),
        }
    }

    /// Does it to the end, also where whoever asked for it has gone meanwhile.
    pub(super) async fn carry_out(self, id: Uuid, task: Task) -> Result<DeploymentReport, Error> {
        let (tell, told) = oneshot::channel();
        let thread = self.house.desk().clone();
        spawn(&thread, async move {
            let report = self.done(id, task).await;
            // Whoever asked may have gone; the books know.
            drop(tell.send(report));
        });
        told.await.map_err(|_| Error::NoAnswer)?
    }

    async fn done(&self, id: Uuid, task: Task) -> Result<DeploymentReport, Error> {
        let course = self.worked(&task).await;
        let read = at_retell(self.trunk.client(), &self.place, &[]);
        let after = tokio::time::timeout(READING_BACK_TAKES_MAX, read).await.ok().and_then(Result::ok);
        let after = after.map(|after| self.read_back(&after, &task));
        let outcome = judge(&course, after.as_ref());
        let report = DeploymentReport::of(self, (id, outcome), course, (after, task.plan));
        tracing::info!(
            deployment.id = %id, company = %self.company.slug, branch = %self.branch.slug,
            "deployment of {}: {}", self.company.slug, report.outcome.as_str()
        );
        let done = serde_json::to_value(&report).unwrap_or_default();
        let deployments = self.house.store().deployments(Scope::one(self.company.id));
        deployments.end(id, report.outcome.as_str(), done).await?;
        Ok(report)
    }

    async fn worked(&self, task: &Task) -> Course {
        let Task { at, goal, plan, .. } = task;
        let work = Work { client: self.trunk.client(), place: &self.place, at, goal: goal.as_ref(), plan };
        let mut course = Course::default();
        let worked = tokio::time::timeout(TAKES_MAX, async {
            match self.is_as_read(at).await {
                Ok(()) => work.run(&mut course).await,
                Err(why) => course.stopped = Some(why),
            }
        });
        if worked.await.is_err() {
            course.stopped = Some(format!("Retell took longer than {} minutes", TAKES_MAX.as_secs() / 60));
        }
        course
    }

    /// Whether nobody has changed anything since it was read.
    async fn is_as_read(&self, at: &AtRetell) -> Result<(), String> {
        let words: Vec<Bound> = at.resolved.keys().map(|word| Bound::of_word(word)).collect();
        match at_retell(self.trunk.client(), &self.place, &words).await {
            Ok(now) if now.is_as(at) => Ok(()),
            Ok(_) => {
                Err("somebody has changed the agent or a number at Retell meanwhile: plan again".to_owned())
            }
            Err(Unread::NoAgent) => Err("the agent is not at Retell any more".to_owned()),
            Err(Unread::Failed(failure)) => Err(format!("Retell could not be read: {failure}")),
        }
    }

    fn read_back(&self, after: &AtRetell, task: &Task) -> ReadBack {
        let ears = task.due.ears((&task.at, after), &self.place);
        let mut left = Vec::new();
        if task.aim == Aim::Wanted {
            let changes = self.planned(after).changes;
            left.extend(changes.iter().map(|change| format!("{} {}", change.subject, change.what)));
        }
        // What says nothing new is not said twice.
        if left.is_empty() {
            left = task.due.left(after, &self.place);
        }
        ReadBack { ears, published: after.published(), left, extras: self.extras(after) }
    }

    /// What lies between how things are and how the company wants them.
    pub(super) fn planned(&self, at: &AtRetell) -> Plan {
        let mut plan = planned(at, &self.wanted, &self.place);
        plan.obstacles.extend_from_slice(&self.contradictions);
        plan.notes.extend(self.shared_note());
        plan
    }

    /// That what is done here is heard by other branches' callers too.
    pub(super) fn shared_note(&self) -> Option<String> {
        let others = self.sharing.iter().filter(|other| other.id != self.branch.id);
        let others: Vec<&str> = others.map(|other| other.slug.as_str()).collect();
        let note =
            || format!("this agent is also that of {}: it is set up for all of them", others.join(", "));
        (!others.is_empty()).then(note)
    }

    /// Who answers which number.
    pub(super) fn heard(&self, at: &AtRetell, plan: &Plan) -> Vec<HeardView> {
        let ears = Due::wanted(at, plan, None, &self.place).ears((at, at), &self.place);
        ears.iter().filter(|ear| ear.is_ours && !ear.number.is_empty()).map(HeardView::of).collect()
    }

    /// What others have added to the functions of this house.
    pub(super) fn extras(&self, at: &AtRetell) -> Vec<String> {
        let engine = at.answering.engine.as_ref();
        engine
            .map(|engine| extras(engine, &self.wanted, &self.place).into_iter().collect())
            .unwrap_or_default()
    }

    /// That there is nothing to change; written down where the books do not hold it yet, so that later changes by hand are seen.
    pub(super) async fn nothing(
        &self,
        who: &Principal,
        at: &AtRetell,
        plan: Plan,
    ) -> Result<DeploymentReport, Error> {
        let (heard, extras) = (self.heard(at, &plan), self.extras(at));
        let watch = Watch::of(&self.house, &self.company, &self.sharing, &self.place.agent_id).await?;
        let is_settled = watch.is_settled(&heard, &extras);
        let report = DeploymentReport { heard, extras, ..DeploymentReport::nothing(self, plan) };
        if !is_settled {
            let id = self.begin(who, at, None).await?;
            let done = serde_json::to_value(&report).unwrap_or_default();
            let deployments = self.house.store().deployments(Scope::one(self.company.id));
            deployments.end(id, report.outcome.as_str(), done).await?;
        }
        Ok(report)
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
            Self::Neither => "neither",
            Self::Unknown => "unknown",
        }
    }
}
