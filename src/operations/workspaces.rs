//! What Retell has of a company: its agents, its numbers, and whether its key opens anything. Nothing is written there.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Error, OfCompany, Principal, company_of};
use crate::actors::Switchboard;
use crate::actors::trunk::Trunk;
use crate::clock::Clock;
use crate::domain::directory::{Company, Directory};
use crate::domain::ids::CompanyId;
use crate::domain::phone::PhoneNumber;
use crate::domain::readiness::{Asked, Binding, Number, Tool};
use crate::retell::{ListedAgent, Profile, ReadFailure};

/// Which agent is meant.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Which {
    /// The slug; needed by whoever sees several companies.
    pub company: Option<String>,
    /// Retell's id; left out: the agent of the company's branches, if there is one alone.
    pub agent_id: Option<String>,
    /// A number, a tag, `latest` or `latest_published`; left out: the published one, or the draft where there is none.
    pub version: Option<String>,
}

/// Agents of a company's workspace.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Agents {
    pub company: String,
    pub items: Vec<AgentLine>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AgentLine {
    pub agent_id: String,
    pub name: Option<String>,
    pub suspended: bool,
    /// Branches of this company that name it.
    pub branches: Vec<String>,
}

/// One agent in one version.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AgentView {
    pub company: String,
    pub agent_id: String,
    pub name: Option<String>,
    pub version: Option<i64>,
    pub published: bool,
    pub languages: Vec<String>,
    /// `retell-llm`, `conversation-flow` or `elsewhere`.
    pub engine: String,
    pub engine_id: Option<String>,
    pub webhook_url: Option<String>,
    /// Null: Retell's default of `call_started`, `call_ended` and `call_analyzed`.
    pub webhook_events: Option<Vec<String>>,
    /// Its custom functions; null where they cannot be read, and `tools_problem` says why.
    pub tools: Option<Vec<ToolView>>,
    pub tools_problem: Option<String>,
    /// Branches of this company that name it.
    pub branches: Vec<String>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ToolView {
    pub name: String,
    pub method: String,
    /// Without what stands behind a question mark.
    pub url: String,
    /// The call's identity is not sent along.
    pub args_only: bool,
    /// Null: Retell's two minutes.
    pub timeout_ms: Option<u64>,
}

/// Numbers of a company's workspace, and of its file.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Numbers {
    pub company: String,
    pub items: Vec<NumberView>,
    /// Numbers that the company's file names and Retell does not have.
    pub missing_at_retell: Vec<String>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NumberView {
    pub number: String,
    /// The branch it rings at; null: a hotline, or it is not in the company's file.
    pub branch: Option<String>,
    pub in_file: bool,
    pub inbound_agents: Vec<BoundAgent>,
    pub inbound_webhook_url: Option<String>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BoundAgent {
    pub agent_id: String,
    /// Null: Retell chooses.
    pub version: Option<String>,
}

/// Whether the company's key opens its workspace.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Connection {
    pub company: String,
    pub connected: bool,
    pub org_id: Option<String>,
    pub org_name: Option<String>,
    /// What the key is called at Retell.
    pub key_name: Option<String>,
    pub elapsed_ms: u64,
    /// What is wrong, where it is not connected.
    pub problem: Option<String>,
}

/// The voice agents of the workspace, without those that other companies here are bound to.
pub async fn agents(house: &Switchboard, who: &Principal, of: &OfCompany) -> Result<Agents, Error> {
    let (directory, company) = seen(house, who, of.company.as_deref())?;
    let listed = line(house, &company).await?.agents().await.map_err(refusal)?;
    let own = listed.into_iter().filter(|agent| !is_anothers(&directory, company.id, &agent.id));
    let items = own.map(|agent| agent_line(&company, agent)).collect();
    Ok(Agents { company: company.slug.clone(), items })
}

/// One agent with its functions. One that another company here is bound to is not found.
pub async fn agent(house: &Switchboard, who: &Principal, which: &Which) -> Result<AgentView, Error> {
    let (directory, company) = seen(house, who, which.company.as_deref())?;
    let id = match &which.agent_id {
        Some(id) => id.clone(),
        None => only_agent(&company)?,
    };
    if is_anothers(&directory, company.id, &id) {
        return Err(Error::NotFound("agent"));
    }
    let line = line(house, &company).await?;
    let found = line.profile(&id, which.version.as_deref()).await.map_err(refusal)?;
    Ok(agent_view(&company, id, found.ok_or(Error::NotFound("agent"))?))
}

/// The numbers of the workspace, without those that ring at other companies here.
pub async fn numbers(house: &Switchboard, who: &Principal, of: &OfCompany) -> Result<Numbers, Error> {
    let (directory, company) = seen(house, who, of.company.as_deref())?;
    let numbers = line(house, &company).await?.numbers().await.map_err(refusal)?;
    let there: Vec<&str> = numbers.iter().map(|number| number.e164.as_str()).collect();
    let named = company.branches.iter().flat_map(|branch| &branch.numbers).chain(&company.hotlines);
    let missing = named.map(PhoneNumber::e164).filter(|number| !there.contains(number));
    let missing_at_retell = missing.map(str::to_owned).collect();
    let items = numbers.into_iter().filter_map(|number| number_view(&directory, &company, number)).collect();
    Ok(Numbers { company: company.slug.clone(), items, missing_at_retell })
}

/// Asks Retell whose key it is; that it does not answer is an answer, too.
pub async fn test(house: &Switchboard, who: &Principal, of: &OfCompany) -> Result<Connection, Error> {
    let (_, company) = seen(house, who, of.company.as_deref())?;
    let watch = Clock::stopwatch();
    let told = line(house, &company).await?.key_info().await;
    let failed = |problem: Option<String>| Connection {
        company: company.slug.clone(),
        connected: false,
        org_id: None,
        org_name: None,
        key_name: None,
        elapsed_ms: watch.elapsed_ms(),
        problem,
    };
    Ok(match told {
        Err(failure) => failed(Some(failure.to_string())),
        Ok(info) => Connection {
            connected: true,
            org_id: info.org_id,
            org_name: info.org_name,
            key_name: info.key_name,
            ..failed(None)
        },
    })
}

type Seen = (std::sync::Arc<Directory>, std::sync::Arc<Company>);

fn seen(house: &Switchboard, who: &Principal, company: Option<&str>) -> Result<Seen, Error> {
    who.may_see_calls()?;
    let directory = house.directory();
    let company = company_of(&directory, who, company)?;
    Ok((directory, company))
}

async fn line(house: &Switchboard, company: &Company) -> Result<Trunk, Error> {
    let missing =
        "the company has no usable API key or address for Retell; set them in its file and apply it";
    house.trunk(company.id).await?.ok_or_else(|| Error::Conflict(missing.into()))
}

fn refusal(failure: ReadFailure) -> Error {
    Error::Conflict(format!("Retell could not be asked: {failure}"))
}

fn is_anothers(directory: &Directory, company: CompanyId, agent: &str) -> bool {
    let names = |of: &Company| of.branches.iter().any(|branch| branch.agent_id.as_deref() == Some(agent));
    let is_ours = directory.company(company).is_some_and(|company| names(company));
    !is_ours && directory.companies().any(|other| other.id != company && names(other))
}

fn only_agent(company: &Company) -> Result<String, Error> {
    let mut ids: Vec<&String> =
        company.branches.iter().filter_map(|branch| branch.agent_id.as_ref()).collect();
    ids.sort();
    ids.dedup();
    match ids.as_slice() {
        [only] => Ok((*only).clone()),
        [] => Err(Error::Invalid("name the agent: no branch of this company names one".into())),
        several => {
            let named: Vec<&str> = several.iter().map(|id| id.as_str()).collect();
            Err(Error::Invalid(format!("name the agent: one of {}", named.join(", "))))
        }
    }
}

fn branches_of(company: &Company, agent: &str) -> Vec<String> {
    let bound = company.branches.iter().filter(|branch| branch.agent_id.as_deref() == Some(agent));
    bound.map(|branch| branch.slug.clone()).collect()
}

fn agent_line(company: &Company, agent: ListedAgent) -> AgentLine {
    AgentLine {
        branches: branches_of(company, &agent.id),
        agent_id: agent.id,
        name: agent.name,
        suspended: agent.is_suspended,
    }
}

fn agent_view(company: &Company, id: String, profile: Profile) -> AgentView {
    let agent = profile.agent;
    let (tools, tools_problem) = match agent.tools {
        Asked::Known(Some(tools)) => (Some(tools.into_iter().map(tool_view).collect()), None),
        Asked::Known(None) => (None, Some("the agent thinks elsewhere than at Retell".to_owned())),
        Asked::NotAsked => (None, None),
        Asked::BadKey => (None, Some("Retell does not accept the key for them".to_owned())),
        Asked::Failed(why) => (None, Some(why)),
    };
    AgentView {
        company: company.slug.clone(),
        branches: branches_of(company, &id),
        agent_id: id,
        name: profile.name,
        version: agent.version,
        published: agent.is_published,
        languages: profile.languages,
        engine: profile.engine.to_owned(),
        engine_id: profile.engine_id,
        webhook_url: agent.webhook_url.map(without_query),
        webhook_events: agent.webhook_events,
        tools,
        tools_problem,
    }
}

fn tool_view(tool: Tool) -> ToolView {
    ToolView {
        name: tool.name,
        method: tool.method,
        url: without_query(tool.url),
        args_only: tool.args_at_root,
        timeout_ms: tool.timeout_ms,
    }
}

/// Some put their secrets there.
fn without_query(mut url: String) -> String {
    url.truncate(url.find('?').unwrap_or(url.len()));
    url
}

/// None: it rings at another company.
fn number_view(directory: &Directory, company: &Company, number: Number) -> Option<NumberView> {
    let line = PhoneNumber::parse_e164(&number.e164).ok().and_then(|e164| directory.line_of_number(&e164));
    if line.is_some_and(|line| line.company != company.id) {
        return None;
    }
    let bound = number
        .inbound_agents
        .into_iter()
        .map(|Binding { agent_id, version }| BoundAgent { agent_id, version });
    let bound = bound.filter(|agent| !is_anothers(directory, company.id, &agent.agent_id));
    Some(NumberView {
        number: number.e164,
        branch: line.and_then(|line| Some(company.branch(line.branch?)?.slug.clone())),
        in_file: line.is_some(),
        inbound_agents: bound.collect(),
        inbound_webhook_url: number.inbound_webhook_url.map(without_query),
    })
}
