//! The agent's prompt: shown as the template of its language and trade makes it, and what a company sets of it.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Of, Subject, changed};
use crate::actors::Switchboard;
use crate::domain::Field;
use crate::domain::deployment::prompt;
use crate::domain::deployment::reception::{Author, PromptChange, Trade};
use crate::domain::directory::Branch;
use crate::domain::speech::Language;
use crate::operations::{Error, Principal};
use crate::store::receptions::Kept;

/// The prompt for the agent of a branch.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct PromptView {
    pub company: String,
    /// None: what holds for all branches that say nothing else; the text is then that of the first branch.
    pub branch: Option<String>,
    /// `de` or `en`.
    pub language: String,
    pub trade: Trade,
    /// Whether a deployment replaces the prompt at Retell by this one.
    pub author: Author,
    /// What is said about recording after the greeting.
    pub recording: Option<String>,
    /// The company's own instructions at its end.
    pub extra: Option<String>,
    pub prompt_template: String,
    pub variables: PromptVariables,
    pub changed_at: Option<String>,
    pub changed_by: Option<String>,
}

/// What is known of the branch; names in double curly braces in the text are filled by Retell in each call.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct PromptVariables {
    pub company_name: String,
    pub branch_name: String,
    pub services: Vec<String>,
    /// As the company's file has them; null: none are set.
    pub working_hours: Option<String>,
}

/// Which prompt is asked for; what is left out is as it is set.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PromptAsked {
    /// The slug; needed by whoever sees several companies.
    pub company: Option<String>,
    /// As this branch has it.
    pub branch: Option<String>,
    /// Another template, only to be looked at.
    pub trade: Option<Trade>,
    /// The template of another language, `de` or `en`, only to be looked at.
    pub language: Option<String>,
}

/// The prompt as it is now, or as it would be with another template.
pub async fn get(house: &Switchboard, who: &Principal, asked: PromptAsked) -> Result<PromptView, Error> {
    let mut subject = Subject::find(house, who, &Of { company: asked.company, branch: asked.branch })?;
    let mut kept = subject.effective(house).await?;
    if let Some(trade) = asked.trade {
        let other = PromptChange { trade: Field::Given(Some(trade)), ..PromptChange::default() };
        kept.reception.change_prompt(other).map_err(|refused| Error::Invalid(refused.to_string()))?;
    }
    if let Some(code) = asked.language {
        let language = Language::parse(&code);
        let language = language.ok_or_else(|| Error::Invalid("language must be de or en".into()))?;
        Arc::make_mut(&mut subject.company).language = language;
    }
    view(&subject, &kept)
}

/// Changes what a company sets of its prompt; Retell gets it with the next deployment, if it is ours to write.
pub async fn change(
    house: &Switchboard,
    who: &Principal,
    of: &Of,
    change: PromptChange,
) -> Result<PromptView, Error> {
    let subject = Subject::find(house, who, of)?;
    let kept = subject.change(house, who, |reception| reception.change_prompt(change)).await?;
    view(&subject, &kept)
}

fn view(subject: &Subject, kept: &Kept) -> Result<PromptView, Error> {
    let (company, branch) = (&subject.company, subject.shown()?);
    let reception = &kept.reception;
    let (changed_at, changed_by) = changed(kept);
    Ok(PromptView {
        company: company.slug.clone(),
        branch: subject.branch_slug(),
        language: company.language.code().to_owned(),
        trade: reception.trade(),
        author: reception.author(),
        recording: reception.recording().map(str::to_owned),
        extra: reception.extra().map(str::to_owned),
        prompt_template: prompt::text(company, branch, reception),
        variables: variables(&company.name, branch),
        changed_at,
        changed_by,
    })
}

fn variables(company: &str, branch: &Branch) -> PromptVariables {
    PromptVariables {
        company_name: company.to_owned(),
        branch_name: branch.name.clone(),
        services: branch.offered().map(|service| service.name.clone()).collect(),
        working_hours: branch.opening.as_ref().map(|opening| opening.hours.to_string()),
    }
}
