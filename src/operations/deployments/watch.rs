//! Whether an agent that was set up from here is still as it is wanted, and whether what was begun there has come to its end.

use std::time::Duration;

use entities::deployment::Model;
use jiff::Timestamp;
use uuid::Uuid;

use super::desk::Desk;
use super::report::{HeardView, Outcome};
use super::sharing;
use crate::actors::Switchboard;
use crate::domain::directory::{Branch, Company};
use crate::domain::readiness::{Asked, Drift, Finding, Unsettled, drift, unsettled};
use crate::operations::Error;
use crate::operations::readiness::Site;
use crate::store::Scope;

/// Deployments that are looked through for the one that holds.
const READ_MAX: u64 = 200;

/// What the books say about an agent.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch {
    /// The last deployment, where it has not come to its end.
    unsettled: Option<Model>,
    /// The deployment in whose state the agent should be; none: it is as somebody set it up by hand.
    holds: Option<Model>,
}

impl Watch {
    /// What the deployments of some branches say about the agent they share.
    pub(super) async fn of(
        house: &Switchboard,
        company: &Company,
        branches: &[Branch],
        agent_id: &str,
    ) -> Result<Self, Error> {
        let rows = house.store().deployments(Scope::one(company.id)).list(None, READ_MAX).await?;
        let is_ours = |row: &Model| branches.iter().any(|branch| Uuid::from(branch.id) == row.branch_id);
        // What was deployed to the agent a branch had before says nothing about this one.
        let is_of = |row: &Model| row.done.as_ref().is_none_or(|done| done["agent_id"] == agent_id);
        let rows: Vec<Model> = rows.into_iter().filter(|row| is_ours(row) && is_of(row)).collect();
        Ok(Self {
            unsettled: rows.first().filter(|row| !has_reached(row)).cloned(),
            holds: holds(&rows).cloned(),
        })
    }

    /// Whether what is at Retell now is what the books hold to have been set up: nothing has to be written down.
    pub(super) fn is_settled(&self, heard: &[HeardView], extras: &[String]) -> bool {
        let is_same = || self.shares(heard).is_empty() && self.extras(extras).is_empty();
        self.unsettled.is_none() && self.holds.is_some() && is_same()
    }

    /// What others have added to functions of this house, or taken away again, since they were deployed.
    fn extras(&self, now: &[String]) -> Vec<String> {
        let done = self.holds.as_ref().and_then(|row| row.done.as_ref());
        let then = done.and_then(|done| serde_json::from_value::<Vec<String>>(done["extras"].clone()).ok());
        let Some(then) = then else { return Vec::new() };
        let new = now.iter().filter(|extra| !then.contains(extra)).map(|extra| format!("{extra} was added"));
        let gone =
            then.iter().filter(|extra| !now.contains(extra)).map(|extra| format!("{extra} was taken away"));
        new.chain(gone).collect()
    }

    /// Numbers that ring at the agent more or less often than when it was deployed.
    fn shares(&self, heard: &[HeardView]) -> Vec<String> {
        let then = self.holds.as_ref().and_then(|row| row.done.as_ref());
        let then = then.and_then(|done| serde_json::from_value::<Vec<HeardView>>(done["heard"].clone()).ok());
        let then = then.unwrap_or_default();
        let agent_id = self.holds.as_ref().and_then(|row| row.done.as_ref()?["agent_id"].as_str());
        let agent_id = agent_id.unwrap_or_default();
        let mut changed = Vec::new();
        for now in heard {
            let Some(then) = then.iter().find(|then| then.number == now.number) else { continue };
            let (then, part) = (then.part(agent_id), now.part(agent_id));
            // That it does not ring there at all is a change of its own.
            if part > 0.0 && (then - part).abs() > 1e-6 {
                changed.push(format!(
                    "{} is answered by {agent_id} in {} of 100 calls; when it was deployed, in {}",
                    now.number,
                    percent(part),
                    percent(then)
                ));
            }
        }
        changed
    }
}

/// Whether a deployment came to its end.
fn has_reached(row: &Model) -> bool {
    let reached = [Outcome::Done.as_str(), Outcome::NothingToChange.as_str()];
    row.outcome.as_deref().is_some_and(|outcome| reached.contains(&outcome))
}

/// The deployment in whose state an agent should be: the last one that came to its end, unless that led back before another.
fn holds(rows: &[Model]) -> Option<&Model> {
    let mut at = 0;
    loop {
        let row = rows.get(at)?;
        at = match (has_reached(row), row.undoes) {
            (false, _) => at + 1,
            (true, None) => return Some(row),
            (true, Some(undone)) => {
                let older = rows.iter().skip(at + 1).position(|row| row.id == undone)?;
                at + 1 + older + 1
            }
        };
    }
}

/// In whole or tenth parts of a hundred.
fn percent(part: f64) -> f64 {
    (part * 1_000.0).round() / 10.0
}

/// Whether the agents that were set up from here are still as they are wanted; nothing about all others.
pub(in crate::operations) async fn drifts(
    house: &Switchboard,
    site: &Site,
    company: &std::sync::Arc<Company>,
    patience: Duration,
) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    for branch in &company.branches {
        let Some(agent_id) = &branch.agent_id else { continue };
        let watch = Watch::of(house, company, &sharing(company, branch), agent_id).await?;
        if let Some(row) = &watch.unsettled {
            findings.push(unsettled(company, branch, &told(row)));
        }
        if watch.holds.is_none() {
            continue;
        }
        let desk = Desk::open(house, site, (company.clone(), branch.clone()), false);
        let looked = tokio::time::timeout(patience, async { differs(&desk.await?, &watch).await });
        let differs = match looked.await {
            Ok(Ok(drift)) => Asked::Known(drift),
            Ok(Err(Error::Store(error))) => return Err(error.into()),
            Ok(Err(error)) => Asked::Failed(error.to_string()),
            Err(_) => Asked::Failed("the time for the check is over".to_owned()),
        };
        findings.extend(drift(company, branch, &differs));
    }
    Ok(findings)
}

async fn differs(desk: &Desk, watch: &Watch) -> Result<Drift, Error> {
    let at = desk.at_retell(&[]).await?;
    let plan = desk.planned(&at);
    let heard = desk.heard(&at, &plan);
    let mut remarks = plan.remarks;
    remarks.extend(watch.shares(&heard));
    remarks.extend(watch.extras(&desk.extras(&at)));
    Ok(Drift { changes: plan.changes, obstacles: plan.obstacles, remarks })
}

fn told(row: &Model) -> Unsettled {
    let sentence = row.done.as_ref().and_then(|done| done["sentence"].as_str());
    Unsettled {
        id: row.id.to_string(),
        since: Timestamp::from(row.at).to_string(),
        by: row.by.clone(),
        how: match (sentence, &row.outcome) {
            (Some(sentence), _) => Some(sentence.to_owned()),
            (None, Some(_)) => Some("nothing more was heard of it".to_owned()),
            (None, None) => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: u128, outcome: Option<&str>, undoes: Option<u128>) -> Model {
        Model {
            id: Uuid::from_u128(id),
            company_id: Uuid::nil(),
            branch_id: Uuid::nil(),
            at: Timestamp::UNIX_EPOCH.into(),
            by: "test".into(),
            undoes: undoes.map(Uuid::from_u128),
            before: String::new(),
            under_way: None,
            outcome: outcome.map(str::to_owned),
            done: None,
        }
    }

    fn held(rows: &[Model]) -> Option<u128> {
        holds(rows).map(|row| row.id.as_u128())
    }

    #[test]
    fn the_deployment_that_holds_is_the_last_one_that_reached_its_end_whatever_failed_after_it() {
        let done = || row(1, Some("done"), None);

        assert_eq!(held(&[row(3, None, None), row(2, Some("as_before"), None), done()]), Some(1));
        assert_eq!(held(&[row(2, Some("mixed"), None)]), None);
    }

    #[test]
    fn after_an_undoing_holds_what_held_before_and_after_its_undoing_again_what_was_undone() {
        let (first, second) = (row(1, Some("done"), None), row(2, Some("done"), None));
        let back = row(3, Some("done"), Some(2));
        let forth = row(4, Some("done"), Some(3));

        assert_eq!(held(&[back.clone(), second.clone(), first.clone()]), Some(1));
        assert_eq!(held(&[forth, back, second, first.clone()]), Some(2));
        assert_eq!(held(&[row(2, Some("done"), Some(1)), first]), None);
    }
}
