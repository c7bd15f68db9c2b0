//! What a company's agents are to be like: read and set by people, and put together for a deployment.

pub mod functions;
pub mod prompt;
pub mod webhook;

mod trial;
mod verdict;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

pub use trial::{EVENT, WebhookTestView, test_webhook};

use super::audit::{self, Action, Deed};
use super::readiness::Site;
use super::{Error, Principal, company_of};
use crate::actors::Switchboard;
use crate::domain::deployment::Wanted;
use crate::domain::deployment::reception::{Reception, Refused};
use crate::domain::directory::{Branch, Company};
use crate::store::receptions::Kept;

/// Whose agents.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Of {
    /// A company's slug; needed where the token sees several.
    pub company: Option<String>,
    /// A branch's slug: its own settings, over those of the company. None: those for all branches.
    pub branch: Option<String>,
}

/// Which branch, where the company is known.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfBranch {
    /// A branch's slug: its own settings, over those of the company. None: those for all branches.
    pub branch: Option<String>,
}

/// A company, and the branch that is meant alone.
struct Subject {
    company: Arc<Company>,
    branch: Option<Branch>,
}

/// What the agent of a branch is to be like: what the company has set, what the branch has set over it, else the usual.
pub async fn wanted(
    house: &Switchboard,
    site: &Site,
    company: &Company,
    branch: &Branch,
) -> Result<Wanted, Error> {
    let reception = effective(house, company, Some(branch)).await?.reception;
    Ok(Wanted::of(company, branch, &reception, site.public_url()))
}

impl Subject {
    fn find(house: &Switchboard, who: &Principal, of: &Of) -> Result<Self, Error> {
        // Whoever looks after the set-up sees calls; staff and voice agents do neither.
        who.may_see_calls()?;
        let company = company_of(&house.directory(), who, of.company.as_deref())?;
        let named = of.branch.as_deref().map(|slug| {
            let found = company.branches.iter().find(|branch| branch.slug == slug);
            found.cloned().ok_or(Error::NotFound("branch"))
        });
        Ok(Self { branch: named.transpose()?, company })
    }

    /// The branch whose prompt and functions are shown: the one that is meant, else the first.
    fn shown(&self) -> Result<&Branch, Error> {
        let none = || Error::Conflict(format!("company {} has no branch yet", self.company.slug));
        self.branch.as_ref().or(self.company.branches.first()).ok_or_else(none)
    }

    fn branch_slug(&self) -> Option<String> {
        self.branch.as_ref().map(|branch| branch.slug.clone())
    }

    /// What holds now, and who set it last.
    async fn effective(&self, house: &Switchboard) -> Result<Kept, Error> {
        effective(house, &self.company, self.branch.as_ref()).await
    }

    /// Takes a change of what is kept here; what others change meanwhile is not overwritten.
    async fn change(
        &self,
        house: &Switchboard,
        who: &Principal,
        change: impl FnOnce(&mut Reception) -> Result<(), Refused>,
    ) -> Result<Kept, Error> {
        let receptions = house.store().receptions(self.company.id);
        let branch = self.branch.as_ref().map(|branch| branch.id);
        let mut kept = receptions.of(branch).await?;
        let before = kept.reception.clone();
        change(&mut kept.reception).map_err(|refused| Error::Invalid(refused.to_string()))?;
        if kept.reception != before {
            let changed = (house.clock().now(), who.name.as_str());
            if !receptions.put(branch, (&kept.reception, kept.version), changed).await? {
                let why = "somebody else has just changed these settings: read them again, then change them";
                return Err(Error::Conflict(why.into()));
            }
            let deed =
                Deed::new(Action::AgentsChanged).at(self.company.id).about("company", &self.company.slug);
            audit::done(house, who, deed.with(json!({"branch": self.branch_slug()}))).await?;
            let (company, branch) = (&self.company.slug, self.branch_slug().unwrap_or_default());
            tracing::info!(company, branch, "what the agents of {company} are to be like has changed");
        }
        self.effective(house).await
    }
}

/// What holds for a branch, or for all branches that say nothing else; changed last where either was.
async fn effective(house: &Switchboard, company: &Company, branch: Option<&Branch>) -> Result<Kept, Error> {
    let receptions = house.store().receptions(company.id);
    let of_company = receptions.of(None).await?;
    let Some(branch) = branch else { return Ok(of_company) };
    let own = receptions.of(Some(branch.id)).await?;
    Ok(Kept {
        reception: own.reception.over(&of_company.reception),
        version: own.version,
        changed: own.changed.max(of_company.changed),
    })
}

/// When something was set last, and by whom.
fn changed(kept: &Kept) -> (Option<String>, Option<String>) {
    kept.changed.clone().map(|(at, by)| (at.to_string(), by)).unzip()
}
