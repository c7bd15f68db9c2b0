//! What the house itself can do about a finding, for whoever would rather press a button than edit a file.

use super::retell::NO_NOTICE;
use super::{Area, Finding, Light};
use crate::domain::directory::{Branch, Company};

/// A way to put something right from here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mend {
    /// A deployment to the agent of that branch sets it right.
    Deploy { branch: String },
    /// The branch takes appointments again.
    Resume { branch: String },
    /// Hours of that branch are to be given.
    Hours { branch: String },
    /// The house writes the prompt, which says that an AI answers; then a deployment.
    TellOfAi { branch: String },
    /// Callers get real appointments again.
    EndTest,
}

/// What can be done about it from here; None: nothing has to be, or it is done elsewhere.
pub fn mend(company: &Company, finding: &Finding) -> Option<Mend> {
    if finding.light == Light::Green {
        return None;
    }
    let branch = company.branches.iter().find(|branch| branch.slug == finding.subject);
    match finding.area {
        Area::Policy => (finding.subject == "test_mode").then_some(Mend::EndTest),
        Area::Branch => of_branch(branch?),
        Area::Agent if finding.what == NO_NOTICE => Some(Mend::TellOfAi { branch: set_up(branch?)? }),
        Area::Agent | Area::Function => Some(Mend::Deploy { branch: set_up(branch?)? }),
        Area::Number => {
            let rings = |branch: &&Branch| branch.numbers.iter().any(|own| own.e164() == finding.subject);
            Some(Mend::Deploy { branch: set_up(company.branches.iter().find(rings)?)? })
        }
        Area::House
        | Area::Retell
        | Area::Account
        | Area::Service
        | Area::Calendar
        | Area::Channel
        | Area::Rehearsal => None,
    }
}

fn of_branch(branch: &Branch) -> Option<Mend> {
    let slug = branch.slug.clone();
    if branch.paused {
        return Some(Mend::Resume { branch: slug });
    }
    branch.opening.is_none().then_some(Mend::Hours { branch: slug })
}

/// A branch without an agent has nothing that could be deployed to.
fn set_up(branch: &Branch) -> Option<String> {
    branch.agent_id.is_some().then(|| branch.slug.clone())
}
