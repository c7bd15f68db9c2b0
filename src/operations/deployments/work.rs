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
    pub(super) goal: Option<&'a Goal>,
    pub(super) plan: &'a Plan,
}

impl Work<'_> {
    /// Goes as far as it comes; `course` says how far that was, also where it is broken off.
    pub(super) async fn run(&self, course: &mut Course) {
        course.stopped = self.go(course).await.err();
    }

    async fn go(&self, course: &mut Course) -> Result<(), String> {
        for hold in &self.plan.holds {
            self.set_number(hold).await?;
            course.steps.push(format!("{} is kept on the version that answers", hold.number));
        }
        self.set_numbers(&self.plan.early, course).await?;
        if let Some(goal) = self.goal {
            course.is_live |= !self.plan.followers.is_empty();
            let version = self.draft().await?;
            course.version = Some(version);
            course.steps.push(format!("draft {version} is made"));
            self.fit(goal, version).await?;
            course.steps.push(format!("draft {version} is as it is to be"));
            course.is_live = true;
            self.publish(goal, version).await?;
            course.steps.push(format!("version {version} is published"));
            self.look_again(goal, version).await?;
        }
        self.set_numbers(&self.plan.numbers, course).await
    }

    async fn set_numbers(&self, patches: &[NumberPatch], course: &mut Course) -> Result<(), String> {
        for patch in patches {
            course.is_live = true;
            self.set_number(patch).await?;
            course.steps.push(format!("{} is set", patch.number));
        }
        Ok(())
    }

    /// Sets a number that nobody has changed meanwhile; where it is in doubt whether it was set, what stands there decides.
    async fn set_number(&self, patch: &NumberPatch) -> Result<(), String> {
        let number = &patch.number;
        let mut last = None::<String>;
        for is_last in [false, false, true] {
            let there = self.read_number(number, last.as_deref()).await?;
            if patch.is_so(&there) {
                return Ok(());
            }
            if is_last {
                break;
            }
            let held = self.plan.holds.iter().find(|hold| hold.number == *number);
            let before = self.at.number(number);
            let held = held.zip(before).map(|(hold, before)| before.with(&hold.members));
            let known: Vec<&Object> = before.into_iter().chain(&held).collect();
            if !patch.finds(&there, &known) {
                return Err(format!("{number} was changed at Retell meanwhile: plan again"));
            }
            match self.client.update_number(number, &patch.members).await {
                Ok(()) => return Ok(()),
                Err(failure) if !failure.may_pass() => {
                    return Err(format!("{number} could not be set: {failure}"));
                }
                Err(failure) => last = Some(failure.to_string()),
            }
        }
        Err(format!("{number} could not be set: {}", last.unwrap_or_default()))
    }

    async fn read_number(&self, number: &str, last: Option<&str>) -> Result<Object, String> {
        let unread = |why: &str| match last {
            Some(last) => format!("{number}: {last}; and it could not be read back: {why}"),
            None => format!("{number} could not be read: {why}"),
        };
        let there = twice(|| self.client.raw_number(number)).await;
        let there = there.map_err(|failure| unread(&failure.to_string()))?;
        there.ok_or_else(|| unread("Retell does not know it any more"))
    }

    /// What was published is what was looked at, unless somebody was quick in between; where it cannot be read now, the end tells.
    async fn look_again(&self, goal: &Goal, version: i64) -> Result<(), String> {
        match self.read(version).await {
            Ok(there) if !goal.is_met(&there) => Err(format!(
                "somebody has changed version {version} at Retell between the look at it and its publishing"
            )),
            Ok(_) | Err(_) => Ok(()),
        }
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
