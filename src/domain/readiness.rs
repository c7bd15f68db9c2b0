//! Whether a company can take calls: facts in, findings out, each with what to do about it in words.

mod bookable;
mod calendars;
mod channels;
mod drift;
mod event_types;
mod facts;
mod functions;
mod house;
mod mend;
mod notice;
mod places;
mod policy;
mod retell;

#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::Serialize;

pub use bookable::{Unbookable, unbookable};
pub use channels::{ChannelFacts, no_mail_for_customers};
pub use drift::{Drift, Unsettled, drift, unsettled};
pub use facts::{
    AccountFacts, Agent, Asked, Binding, EventType, Facts, House, Knowledge, MasterKey, Number, Scheduling,
    Signing, Subscription, Tool, Workspace, calcom_webhook_url, function_url, inbound_url, webhook_url,
};
pub use house::is_this_machine;
pub use mend::{Mend, mend};
pub use notice::speaks_of_an_ai;

use super::directory::{Branch, Company};

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    Green,
    /// Calls can be taken, but perhaps not as it is meant; or it could not be found out.
    Yellow,
    /// Calls cannot be taken, or not be booked.
    Red,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    House,
    Retell,
    Number,
    Agent,
    Function,
    Branch,
    Account,
    Service,
    Calendar,
    Channel,
    Policy,
    Rehearsal,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema, JsonSchema)]
pub struct Finding {
    pub area: Area,
    /// Which branch, service, account it is about, by its slug.
    pub subject: String,
    pub light: Light,
    pub what: String,
    /// What to do; nothing where nothing has to be done.
    pub fix: Option<String>,
}

/// How a company stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema, JsonSchema)]
pub struct Report {
    pub company: String,
    pub light: Light,
    pub findings: Vec<Finding>,
    /// The first step to take, or that there is none.
    pub next: String,
}

/// What is said where nothing is left to do.
pub const READY: &str = "ready for calls";
/// What is said where nobody was asked, so that nobody knows.
pub const UNASKED: &str =
    "nothing is red, but neither Retell nor Cal.com was asked: run the check without --offline";

impl Area {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::House => "house",
            Self::Retell => "retell",
            Self::Number => "number",
            Self::Agent => "agent",
            Self::Function => "function",
            Self::Branch => "branch",
            Self::Account => "account",
            Self::Service => "service",
            Self::Calendar => "calendar",
            Self::Channel => "channel",
            Self::Policy => "policy",
            Self::Rehearsal => "rehearsal",
        }
    }
}

impl Finding {
    pub fn green(area: Area, subject: impl Into<String>, what: impl Into<String>) -> Self {
        Self { area, subject: subject.into(), light: Light::Green, what: what.into(), fix: None }
    }

    pub fn yellow(
        area: Area,
        subject: impl Into<String>,
        what: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        let fix = Some(fix.into());
        Self { area, subject: subject.into(), light: Light::Yellow, what: what.into(), fix }
    }

    pub fn red(
        area: Area,
        subject: impl Into<String>,
        what: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { light: Light::Red, ..Self::yellow(area, subject, what, fix) }
    }
}

impl Report {
    /// The worst light counts; the first red finding is the next step.
    pub fn of(company: &str, findings: Vec<Finding>) -> Self {
        let light = findings.iter().map(|finding| finding.light).max().unwrap_or(Light::Green);
        let yellow = findings.iter().filter(|finding| finding.light == Light::Yellow).count();
        let first = findings.iter().find(|finding| finding.light == Light::Red);
        let next = match (first, yellow) {
            (Some(red), _) => red.fix.clone().unwrap_or_else(|| red.what.clone()),
            (None, 0) => READY.to_owned(),
            (None, 1) => format!("{READY}; one yellow point is worth reading"),
            (None, n) => format!("{READY}; {n} yellow points are worth reading"),
        };
        Self { company: company.to_owned(), light, findings, next }
    }

    /// The same, where nobody was to be asked: that nothing is red then says little.
    pub fn unasked(self) -> Self {
        let next = if self.light == Light::Red { self.next } else { UNASKED.to_owned() };
        Self { next, ..self }
    }
}

/// Looks at everything a call needs, in the order in which it is best put right.
pub fn judge(company: &Company, facts: &Facts) -> Vec<Finding> {
    let mut findings = house::findings(facts);
    findings.extend(places::findings(company, facts));
    findings.extend(retell::findings(company, facts));
    findings.extend(calendars::accounts(company, facts));
    findings.extend(event_types::findings(company, facts));
    findings.extend(calendars::hosts(company, facts));
    findings.extend(policy::findings(company));
    findings
}

/// What to write under a branch in the company's file.
fn in_branch(branch: &Branch, what: &str) -> String {
    format!("in the company's file, under [[branch]] \"{}\": {what}; then fernamt apply FILE", branch.slug)
}
