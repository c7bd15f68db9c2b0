//! Carrying out a deployment: what callers hear changes with the publishing of a version that was looked at before, and not sooner.

use super::course::Course;
use super::gather::twice;
use crate::domain::deployment::{AtRetell, Engine, Goal, NumberPatch, Object, Place, Plan, Version};
use crate::retell::{Client, WriteFailure};

/// How often the same is tried: setting what is set already changes nothing.
const TRIES: usize = 2;

/// What is to be done, and with what.
#[derive(Debug)]
pub(super) struct Work<'a> {
    pub(super) client: &'a Client,
    pub(super) place: &'a Place,
    /// How it stood when it was planned.
    pub(super) at: &'a AtRetell,
    /// None: no new version is needed.
    pub(super) goal: Option<Goal>,
    pub(super) plan: &'a Plan,
}

impl Work<'_> {
    pub(super) async fn run(&self) -> Course {
        let mut course = Course::default();
        course.stopped = self.go(&mut course).await.err();
        course
    }

    async fn go(&self, course: &mut Course) -> Result<(), String> {
        for hold in &self.plan.holds {
            self.set_number(hold).await?;
            course.steps.push(format!("{} is kept on the version that answers", hold.number));
        }
        if let Some(goal) = &self.goal {
            let version = self.draft().await?;
            course.version = Some(version);
            course.steps.push(format!("draft {version} is made"));
            self.fit(goal, version).await?;
            course.steps.push(format!("draft {version} is as it is to be"));
            course.is_live = true;
            self.publish(goal, version).await?;
            course.steps.push(format!("version {version} is published"));
        }
        for patch in &self.plan.numbers {
            course.is_live = true;
            self.set_number(patch).await?;
            course.steps.push(format!("{} is set", patch.number));
        }
        Ok(())
    }

    /// Sets a number; where that is in doubt, what stands there decides.
    async fn set_number(&self, patch: &NumberPatch) -> Result<(), String> {
        let number = &patch.number;
        let mut last = String::new();
        for _ in 0..TRIES {
            match self.client.update_number(number, &patch.members).await {
                Ok(()) => return Ok(()),
                Err(failure) if !failure.may_pass() => {
                    return Err(format!("{number} could not be set: {failure}"));
                }
                Err(failure) => last = failure.to_string(),
            }
            let there = twice(|| self.client.raw_number(number)).await;
            let unread = |why: String| format!("{number}: {last}; and it could not be read back: {why}");
            let there = there.map_err(|failure| unread(failure.to_string()))?;
            let there = there.ok_or_else(|| unread("Retell does not know it any more".to_owned()))?;
            if patch.is_so(&there) {
                return Ok(());
            }
            if !self.is_as_planned(number, &there) {
                return Err(format!("{number} was changed at Retell meanwhile: plan again"));
            }
        }
        Err(format!("{number} could not be set: {last}"))
    }

    /// Whether a number still stands as it did, or as it was set on the way.
    fn is_as_planned(&self, number: &str, there: &Object) -> bool {
        let before = self.at.number(number).map(|before| before.value("inbound_agents"));
        let is_held = self.plan.holds.iter().any(|hold| hold.number == number && hold.is_so(there));
        is_held || before == Some(there.value("inbound_agents"))
    }

    /// Makes a draft. One whose making was not answered is known by not having been there before.
    async fn draft(&self) -> Result<i64, String> {
        let agent_id = &self.place.agent_id;
        let base = self.plan.base.or(self.at.answering.number()).ok_or("the agent has no version")?;
        let mut last = String::new();
        for _ in 0..TRIES {
            match self.client.create_version(agent_id, base).await {
                Ok(version) => return Ok(version),
                Err(failure) if !failure.may_pass() => {
                    return Err(format!("no draft could be made: {failure}"));
                }
                Err(failure) => last = failure.to_string(),
            }
            let versions = twice(|| self.client.versions(agent_id)).await;
            let versions =
                versions.map_err(|failure| format!("no draft is known to be made: {last}; {failure}"))?;
            let is_new = |version: &i64| self.at.versions.iter().all(|known| known.version != *version);
            let drafts = versions.into_iter().flatten().filter(|listed| !listed.is_published);
            if let Some(version) = drafts.map(|listed| listed.version).filter(is_new).max() {
                return Ok(version);
            }
        }
        Err(format!("no draft could be made: {last}"))
    }

    /// Brings a draft to what it is to be; nobody hears it yet, so it may be set as often as it takes.
    async fn fit(&self, goal: &Goal, version: i64) -> Result<(), String> {
        let mut last = "Retell did not keep what was set".to_owned();
        for is_last in [false, false, true] {
            let draft = self.read(version).await?;
            if goal.is_met(&draft) {
                return Ok(());
            }
            if is_last {
                break;
            }
            let (agent, engine) = goal.left(&draft);
            if !engine.is_empty() {
                self.is_of_its_own(&draft)?;
                self.tried(self.client.update_engine(&draft.thinks_with(), &engine).await, &mut last)?;
            }
            if !agent.is_empty() {
                self.tried(self.client.update_agent(&self.place.agent_id, version, &agent).await, &mut last)?;
            }
        }
        Err(format!("draft {version} could not be brought to what it is to be: {last}"))
    }

    /// What may pass is tried again, what Retell refuses is not.
    #[expect(clippy::unused_self, reason = "reads like the steps beside it")]
    fn tried(&self, done: Result<(), WriteFailure>, last: &mut String) -> Result<(), String> {
        match done {
            Ok(()) => {}
            Err(failure) if failure.may_pass() => *last = failure.to_string(),
            Err(failure) => return Err(format!("the draft could not be set: {failure}")),
        }
        Ok(())
    }

    /// What a draft shares with the version that answers must not be touched.
    fn is_of_its_own(&self, draft: &Version) -> Result<(), String> {
        let shared = draft.thinks_with() == self.at.answering.thinks_with();
        if shared && draft.thinks_with() != Engine::Elsewhere {
            return Err("the draft thinks with the very version that answers: publish the agent at Retell, then plan again".into());
        }
        Ok(())
    }

    async fn publish(&self, goal: &Goal, version: i64) -> Result<(), String> {
        let agent_id = &self.place.agent_id;
        let mut last = String::new();
        for _ in 0..TRIES {
            match self.client.publish(agent_id, version).await {
                Ok(()) => return Ok(()),
                Err(failure) if !failure.may_pass() => {
                    return Err(format!("version {version} could not be published: {failure}"));
                }
                Err(failure) => last = failure.to_string(),
            }
            let versions = twice(|| self.client.versions(agent_id)).await;
            let versions = versions.map_err(|failure| format!("version {version}: {last}; {failure}"))?;
            if versions.into_iter().flatten().any(|listed| listed.version == version && listed.is_published) {
                return Ok(());
            }
            if !goal.is_met(&self.read(version).await?) {
                return Err(format!("draft {version} was changed at Retell meanwhile: plan again"));
            }
        }
        Err(format!("version {version} could not be published: {last}"))
    }

    async fn read(&self, version: i64) -> Result<Version, String> {
        let found = twice(|| self.client.version(&self.place.agent_id, version)).await;
        let found = found.map_err(|failure| format!("draft {version} could not be read: {failure}"))?;
        found.ok_or_else(|| format!("draft {version} is not there any more"))
    }
}
