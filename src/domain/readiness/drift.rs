//! Whether an agent that was set up from here is still as it is wanted, and whether what was begun has come to its end.

use super::{Area, Asked, Finding};
use crate::domain::deployment::{self, Change};
use crate::domain::directory::{Branch, Company};

/// What differs at Retell from what is wanted.
#[derive(Clone, Debug, Default)]
pub struct Drift {
    /// What a deployment would change.
    pub changes: Vec<Change>,
    /// Why it could not.
    pub obstacles: Vec<String>,
    /// What is not as it was set up, and is not for a deployment to change.
    pub remarks: Vec<String>,
}

/// A deployment that has not come to its end.
#[derive(Clone, Debug)]
pub struct Unsettled {
    pub id: String,
    pub since: String,
    pub by: String,
    /// How it stopped; None: it has not ended.
    pub how: Option<String>,
}

/// What differs, for a branch whose agent was deployed from here.
pub fn drift(company: &Company, branch: &Branch, differs: &Asked<Drift>) -> Vec<Finding> {
    let Some(drift) = differs.known() else {
        let what = format!("whether it is as it was deployed: {}", differs.why_unknown().unwrap_or_default());
        let fix = "see the finding about Retell's api_key, then run the check again";
        return vec![Finding::yellow(Area::Agent, &branch.slug, what, fix)];
    };
    let deploy = deploy(company, branch);
    let change = |change: &Change| {
        let area = match change.area {
            deployment::Area::Agent | deployment::Area::Prompt => Area::Agent,
            deployment::Area::Function => Area::Function,
            deployment::Area::Number => Area::Number,
        };
        let is = change.before.as_ref().map(|before| format!(", is {before}")).unwrap_or_default();
        let wanted = change.after.as_ref().map(|after| format!(", wanted: {after}")).unwrap_or_default();
        let what = format!("differs from what is wanted: {} {}{is}{wanted}", change.subject, change.what);
        let fix = format!("{deploy} --plan shows it all, {deploy} --yes sets it right");
        Finding::yellow(area, &branch.slug, what, fix)
    };
    let mut findings: Vec<Finding> =
        drift.changes.iter().filter(|change| !change.follows()).map(change).collect();
    for obstacle in &drift.obstacles {
        let what = format!("differs from what is wanted, and cannot be set right from here: {obstacle}");
        let fix = format!("do what is said there, then {deploy} --plan");
        findings.push(Finding::yellow(Area::Agent, &branch.slug, what, fix));
    }
    for remark in &drift.remarks {
        let what = format!("differs from how it was deployed: {remark}");
        let fix = format!("look at it at Retell; {deploy} --yes takes what is there for what is meant");
        findings.push(Finding::yellow(Area::Agent, &branch.slug, what, fix));
    }
    if findings.is_empty() {
        return vec![Finding::green(Area::Agent, &branch.slug, "is as it was deployed from here")];
    }
    findings
}

/// What is said of a deployment that has not come to its end.
pub fn unsettled(company: &Company, branch: &Branch, of: &Unsettled) -> Finding {
    let deploy = deploy(company, branch);
    let Unsettled { id, since, by, how } = of;
    let what = match how {
        Some(how) => format!("the last deployment ({since}, by {by}) did not come to its end: {how}"),
        None => format!("a deployment was begun ({since}, by {by}) and has not ended"),
    };
    let back = format!("fernamt deploy --company {} --rollback {id} leads back", company.slug);
    let fix = format!(
        "if it is not running any more: {deploy} --plan shows what is left, {deploy} --yes does it, {back}"
    );
    Finding::yellow(Area::Agent, &branch.slug, what, fix)
}

fn deploy(company: &Company, branch: &Branch) -> String {
    format!("fernamt deploy --company {} --branch {}", company.slug, branch.slug)
}
