//! What a person or program may do with the house; permission is checked here, for every way in alike.

pub mod alerts;
pub mod analytics;
pub mod appointments;
pub mod audit;
pub mod bookings;
pub mod branches;
pub mod breakers;
pub mod bundles;
pub mod calcom;
pub mod callbacks;
pub mod calls;
pub mod channels;
pub mod companies;
pub mod deliveries;
pub mod deployments;
pub mod erasures;
pub mod events;
pub mod figures;
pub mod functions;
pub mod health;
pub mod imports;
pub mod messages;
pub mod overview;
pub mod people;
pub mod queues;
pub mod readiness;
pub mod reception;
pub mod replays;
pub mod retention;
pub mod sandbox;
pub mod sessions;
pub mod statistics;
pub mod timeline;
pub mod tokens;
pub mod transcripts;
pub mod users;
pub mod vetting;
pub mod views;
pub mod workspaces;

mod grants;
mod moments;
mod passwords;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::directory::{Company, Directory};
use crate::domain::ids::{CompanyId, TokenId, UserId};
use crate::store::{self, NotACursor, Scope};

/// What a person or program is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Role {
    /// Runs the installation.
    PlatformAdmin,
    /// Looks after several companies.
    Agency,
    CompanyAdmin,
    /// Appointments and callbacks of one company.
    Staff,
    /// A voice agent: functions only.
    Agent,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PlatformAdmin => "platform_admin",
            Self::Agency => "agency",
            Self::CompanyAdmin => "company_admin",
            Self::Staff => "staff",
            Self::Agent => "agent",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::PlatformAdmin, Self::Agency, Self::CompanyAdmin, Self::Staff, Self::Agent]
            .into_iter()
            .find(|role| role.as_str() == text)
    }
}

/// Whom the audit names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The house itself, or its command line.
    System,
    User(UserId),
    Token(TokenId),
}

/// Who asks.
#[derive(Clone, Debug)]
pub struct Principal {
    pub by: By,
    pub name: String,
    pub role: Role,
    pub scope: Scope,
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("your role does not allow this")]
    Forbidden,
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("{0}")]
    Invalid(String),
    /// It stands in the way of itself: what is asked for cannot be done as things are.
    #[error("{0}")]
    Conflict(String),
    /// The time cannot be had; these can.
    #[error("{why}{}", appointments::in_words(alternatives))]
    Taken { why: String, alternatives: Vec<appointments::FreeSlot> },
    /// Cal.com did not answer in time, or its breaker is open.
    #[error("the calendar does not answer just now; try again in a minute")]
    CalendarAway,
    /// It was there and is not kept any more.
    #[error("{0}")]
    Gone(String),
    #[error("the books failed")]
    Store(#[from] store::Error),
    #[error("the actor that was asked did not answer; try again")]
    NoAnswer,
}

impl From<NotACursor> for Error {
    fn from(error: NotACursor) -> Self {
        Self::Invalid(error.to_string())
    }
}

/// Which company is meant.
#[derive(Clone, Debug, Default, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OfCompany {
    /// A company's slug; needed where the token is good for several.
    pub company: Option<String>,
}

/// A part of a list as it is shown.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema, schemars::JsonSchema)]
pub struct List<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}

/// The most rows of one page.
pub const LIMIT_MAX: u64 = 200;
const LIMIT_DEFAULT: u64 = 50;

impl Principal {
    /// The house's own command line.
    pub fn house() -> Self {
        Self { by: By::System, name: "command line".into(), role: Role::PlatformAdmin, scope: Scope::All }
    }

    /// Staff see appointments and callbacks; voice agents see nothing here.
    fn may_see_appointments(&self) -> Result<(), Error> {
        if self.role == Role::Agent { Err(Error::Forbidden) } else { Ok(()) }
    }

    /// Calls, their functions and accounts are for those who look after the set-up.
    fn may_see_calls(&self) -> Result<(), Error> {
        match self.role {
            Role::PlatformAdmin | Role::Agency | Role::CompanyAdmin => Ok(()),
            Role::Staff | Role::Agent => Err(Error::Forbidden),
        }
    }

    /// The principal's scope, narrowed to one company if one is named. A company outside of it is not found.
    fn scope_for(&self, directory: &Directory, company: Option<&str>) -> Result<Scope, Error> {
        let Some(slug) = company else { return Ok(self.scope.clone()) };
        let company = directory.company_by_slug(slug).ok_or(Error::NotFound("company"))?;
        match self.scope.clone().and(company.id) {
            Scope::Companies(ids) if ids.is_empty() => Err(Error::NotFound("company")),
            scope @ (Scope::All | Scope::Companies(_)) => Ok(scope),
        }
    }

    /// The same principal, seeing one company alone where one is named. A company outside of its scope is not found.
    pub fn within(&self, directory: &Directory, company: Option<&str>) -> Result<Self, Error> {
        Ok(Self { scope: self.scope_for(directory, company)?, ..self.clone() })
    }

    fn sees(&self, company: CompanyId) -> bool {
        match &self.scope {
            Scope::All => true,
            Scope::Companies(ids) => ids.contains(&company),
        }
    }
}

/// The slugs of all companies that the principal sees, in order.
pub fn companies_of(directory: &Directory, who: &Principal) -> Vec<String> {
    let seen = directory.companies().filter(|company| who.sees(company.id));
    let mut slugs: Vec<String> = seen.map(|company| company.slug.clone()).collect();
    slugs.sort();
    slugs
}

/// How many companies are named to whoever has to choose one.
const NAMED_MAX: usize = 20;

/// The one company a question is about: the one that is named, or the only one the principal sees. A company outside of
/// that is not found; where there are several, the refusal names them.
pub fn company_of(
    directory: &Directory,
    who: &Principal,
    company: Option<&str>,
) -> Result<Arc<Company>, Error> {
    if let Some(slug) = company {
        let found = directory.company_by_slug(slug).filter(|company| who.sees(company.id));
        return found.cloned().ok_or(Error::NotFound("company"));
    }
    let slugs = companies_of(directory, who);
    match slugs.as_slice() {
        [] => Err(Error::NotFound("company")),
        [only] => directory.company_by_slug(only).cloned().ok_or(Error::NotFound("company")),
        several => {
            let more = if several.len() > NAMED_MAX { ", …" } else { "" };
            let named = several.iter().take(NAMED_MAX).cloned().collect::<Vec<_>>().join(", ");
            Err(Error::Invalid(format!("name the company: one of {named}{more}")))
        }
    }
}

fn limit(asked: Option<u64>) -> Result<u64, Error> {
    match asked {
        None => Ok(LIMIT_DEFAULT),
        Some(limit) if (1..=LIMIT_MAX).contains(&limit) => Ok(limit),
        Some(_) => Err(Error::Invalid(format!("limit must be 1 to {LIMIT_MAX}"))),
    }
}

fn slug_of(directory: &Directory, company: uuid::Uuid) -> String {
    directory.company(company.into()).map_or_else(|| company.to_string(), |company| company.slug.clone())
}

fn instant(ms: entities::Ms) -> String {
    jiff::Timestamp::from(ms).to_string()
}
