//! The functions of a company's agents: shown as they are to be at Retell, and changed.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Of, Subject, changed};
use crate::actors::Switchboard;
use crate::domain::Field;
use crate::domain::deployment::catalogue::{self, Entry, Place};
use crate::domain::deployment::reception::{FunctionChange, Reception};
use crate::domain::directory::Company;
use crate::domain::readiness::function_url;
use crate::operations::readiness::Site;
use crate::operations::{Error, Principal};

/// The functions as agents are to get them.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct AgentFunctionsView {
    pub company: String,
    /// None: what holds for all branches that say nothing else.
    pub branch: Option<String>,
    /// Where Retell calls them.
    pub base_url: String,
    pub custom_functions: Vec<AgentFunctionView>,
    pub changed_at: Option<String>,
    pub changed_by: Option<String>,
}

/// One function as agents are to get it.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct AgentFunctionView {
    pub name: String,
    /// Whether the next deployment gives it to the agent, or takes it away.
    pub enabled: bool,
    /// When the model is to call it.
    pub description: String,
    /// A JSON Schema of its arguments.
    #[schema(value_type = Object)]
    pub parameters: Value,
    pub url: String,
    /// How long Retell waits for an answer, in milliseconds.
    pub timeout_ms: u32,
    /// What the agent says while it waits; null: nothing.
    pub speak_during: Option<String>,
}

/// What is to be changed about a function; a field that is left out stays, null goes back to the usual.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FunctionUpdate {
    /// The slug; needed by whoever sees several companies.
    pub company: Option<String>,
    /// Only for this branch.
    pub branch: Option<String>,
    /// Its name, such as `collect_appointment`.
    pub function_name: String,
    /// Whether the agent gets it at the next deployment.
    #[serde(default)]
    pub enabled: Field<bool>,
    /// When the model is to call it, 1 to 1000 characters.
    #[serde(default)]
    pub description: Field<String>,
    /// Descriptions of its parameters by their names, 1 to 500 characters each; null goes back to the usual one.
    #[serde(default)]
    pub parameters: BTreeMap<String, Option<String>>,
    /// How long Retell waits for an answer, 1000 to 15000 milliseconds.
    #[serde(default)]
    pub timeout_ms: Field<u32>,
    /// What the agent says while it waits, at most 200 characters; an empty text: nothing.
    #[serde(default)]
    pub speak_during: Field<String>,
}

/// A function that was changed.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct FunctionUpdated {
    pub success: bool,
    pub function: AgentFunctionView,
    /// What is left to do.
    pub message: String,
}

/// All functions of a company, or as one of its branches has them.
pub async fn list(
    house: &Switchboard,
    site: &Site,
    who: &Principal,
    of: &Of,
) -> Result<AgentFunctionsView, Error> {
    let subject = Subject::find(house, who, of)?;
    let kept = subject.effective(house).await?;
    let company = &subject.company;
    let functions =
        catalogue::ALL.iter().map(|entry| view(entry, company, &kept.reception, site.public_url()));
    let (changed_at, changed_by) = changed(&kept);
    Ok(AgentFunctionsView {
        company: company.slug.clone(),
        branch: subject.branch_slug(),
        base_url: function_url(site.public_url(), "").trim_end_matches('/').to_owned(),
        custom_functions: functions.collect(),
        changed_at,
        changed_by,
    })
}

/// One function.
pub async fn get(
    house: &Switchboard,
    site: &Site,
    who: &Principal,
    (of, name): (&Of, &str),
) -> Result<AgentFunctionView, Error> {
    let subject = Subject::find(house, who, of)?;
    let entry = catalogue::entry(name).ok_or(Error::NotFound("function"))?;
    let kept = subject.effective(house).await?;
    Ok(view(entry, &subject.company, &kept.reception, site.public_url()))
}

/// Changes a function; agents get it with the next deployment.
pub async fn change(
    house: &Switchboard,
    site: &Site,
    who: &Principal,
    (of, name): (&Of, &str),
    change: FunctionChange,
) -> Result<FunctionUpdated, Error> {
    let subject = Subject::find(house, who, of)?;
    let kept = subject.change(house, who, |reception| reception.change_function(name, change)).await?;
    let entry = catalogue::entry(name).ok_or(Error::NotFound("function"))?;
    Ok(FunctionUpdated {
        success: true,
        function: view(entry, &subject.company, &kept.reception, site.public_url()),
        message: format!(
            "kept; agents get it with the next deployment (retell.config.deployCustomFunctions){}",
            without(
                name,
                kept.reception.function(entry, Place::of(&subject.company, kept.reception.trade())).is_on
            )
        ),
    })
}

impl FunctionUpdate {
    /// Whose function, which, and what of it.
    pub fn parts(self) -> (Of, String, FunctionChange) {
        let Self {
            company,
            branch,
            function_name,
            enabled,
            description,
            parameters,
            timeout_ms,
            speak_during,
            ..
        } = self;
        let change = FunctionChange { enabled, description, parameters, timeout_ms, speak_during };
        (Of { company, branch }, function_name, change)
    }
}

/// What is lost where a function is off that others need.
fn without(name: &str, is_on: bool) -> &'static str {
    match name {
        "collect_appointment" if !is_on => {
            "; without collect_appointment no agent can book anything: every wish ends in a callback at best"
        }
        "check_availability" if !is_on => {
            "; without check_availability callers hear of free times only once they have named one that is not"
        }
        _ => "",
    }
}

fn view(entry: &Entry, company: &Company, reception: &Reception, public_url: &str) -> AgentFunctionView {
    let function = reception.function(entry, Place::of(company, reception.trade()));
    AgentFunctionView {
        url: function_url(public_url, entry.name),
        name: function.name,
        enabled: function.is_on,
        description: function.description,
        parameters: function.parameters,
        timeout_ms: function.timeout_ms,
        speak_during: function.speak_during,
    }
}
