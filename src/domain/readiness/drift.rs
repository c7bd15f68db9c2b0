//! Whether an agent that was set up from here is still as it is wanted.

use super::{Area, Asked, Finding};
use crate::domain::deployment::{self, Change};
use crate::domain::directory::{Branch, Company};

/// What differs at Retell from what is wanted, for a branch whose agent was deployed from here.
pub fn drift(company: &Company, branch: &Branch, differs: &Asked<Vec<Change>>) -> Vec<Finding> {
    let Some(changes) = differs.known() else {
        let what = format!("whether it is as it was deployed: {}", differs.why_unknown().unwrap_or_default());
        let fix = "see the finding about Retell's api_key, then run the check again";
        return vec![Finding::yellow(Area::Agent, &branch.slug, what, fix)];
    };
    if changes.is_empty() {
        return vec![Finding::green(Area::Agent, &branch.slug, "is as it was deployed from here")];
    }
    let deploy = format!("fernamt deploy --company {} --branch {}", company.slug, branch.slug);
    let finding = |change: &Change| {
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
    changes.iter().map(finding).collect()
}
