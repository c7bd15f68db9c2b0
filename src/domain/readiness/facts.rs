//! What has been found out before judging; what could not be found out says so, and is never taken for good.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::ids::AccountId;

/// What came of a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Asked<T> {
    Known(T),
    /// Nobody was to be asked, or the question made no sense without another answer.
    #[default]
    NotAsked,
    BadKey,
    /// The question failed, and this is how.
    Failed(String),
}

/// All that is known about a company's surroundings.
#[derive(Clone, Debug)]
pub struct Facts {
    pub now: Timestamp,
    pub house: House,
    pub retell: Workspace,
    pub accounts: BTreeMap<AccountId, AccountFacts>,
    pub event_types: BTreeMap<(AccountId, i64), Knowledge>,
}

/// The installation itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct House {
    /// Without a slash at its end.
    pub public_url: String,
    pub master_key: MasterKey,
}

/// Where the key that seals secrets comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MasterKey {
    /// From the settings or the environment.
    Given,
    File {
        /// Where it stands on the server; None for whoever does not run it.
        path: Option<String>,
        open_to_others: bool,
    },
}

/// What Retell said.
#[derive(Clone, Debug)]
pub struct Workspace {
    pub base_url: String,
    /// Whether signatures are verified with a key of their own, not with the API key.
    pub has_webhook_key: bool,
    pub signing: Signing,
    /// The numbers of the workspace; that they could be listed shows that the key is good.
    pub numbers: Asked<Vec<Number>>,
    /// By agent id, in the version that answers calls; None: there is no such agent.
    pub agents: BTreeMap<String, Asked<Option<Agent>>>,
}

/// What has come with which signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signing {
    /// A key of before counts beside the one that is set.
    pub has_previous: bool,
    /// Until when, where that is known.
    pub previous_until: Option<Timestamp>,
    /// When something was signed with the key that is set, to the hour.
    pub seen_at: Option<Timestamp>,
    /// When something about this company's numbers was signed with none of its keys.
    pub refused_at: Option<Timestamp>,
}

/// A number at Retell.
#[derive(Clone, PartialEq, Eq)]
pub struct Number {
    pub e164: String,
    pub inbound_agents: Vec<Binding>,
    pub inbound_webhook_url: Option<String>,
}

/// An agent that answers a number, and in which version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    pub agent_id: String,
    /// A number, a tag, `latest` or `latest_published`; none: Retell chooses.
    pub version: Option<String>,
}

/// An agent at Retell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    pub version: Option<i64>,
    pub is_published: bool,
    pub webhook_url: Option<String>,
    /// None: the default of started, ended and analyzed.
    pub webhook_events: Option<Vec<String>>,
    /// None: the agent thinks elsewhere (a custom LLM), where its functions cannot be read.
    pub tools: Asked<Option<Vec<Tool>>>,
    /// Whether its prompt or greeting speaks of an AI; None: they could not be read.
    pub tells_ai: Option<bool>,
}

/// A custom function of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    pub name: String,
    pub url: String,
    pub method: String,
    /// "Payload: args only": the call's identity is not sent.
    pub args_at_root: bool,
    /// Retell waits two minutes where nothing is set.
    pub timeout_ms: Option<u64>,
    /// The names of what it passes on.
    pub parameters: BTreeSet<String>,
}

/// What Cal.com said about an account.
#[derive(Clone, Debug, Default)]
pub struct AccountFacts {
    /// The id of the user whose key it is.
    pub me: Asked<String>,
    /// Whether bookings can be listed with this key.
    pub lists: Asked<()>,
    /// Event types the key's owner has, to be proposed where one is missing: id, title and length in minutes.
    pub own_event_types: Vec<(i64, String, Option<u32>)>,
    /// Where Cal.com tells of the owner's bookings; asked for only where the company's file has a secret for it.
    pub webhooks: Asked<Vec<Subscription>>,
}

/// A webhook of Cal.com's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub url: String,
    pub is_active: bool,
    pub triggers: Vec<String>,
}

/// What is known of an event type.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// None: there is no such event type, or this key does not see it.
    pub event_type: Asked<Option<EventType>>,
    /// Whether a booking of it stands in the list that this key gets.
    pub has_listed_booking: bool,
}

/// How hosts are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheduling {
    Personal,
    RoundRobin,
    Collective,
    /// A template for others, which cannot be booked itself.
    Managed,
    Unknown,
}

/// An event type at Cal.com, as far as it decides whether the telephone can book it.
#[expect(clippy::struct_excessive_bools, reason = "independent switches of Cal.com's form")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventType {
    pub title: String,
    pub length_minutes: Option<u32>,
    pub length_options: Vec<u32>,
    /// Ids of those whose calendar a booking goes into.
    pub hosts: Vec<String>,
    pub scheduling: Scheduling,
    pub requires_confirmation: bool,
    pub seats: Option<u32>,
    pub is_recurring: bool,
    /// In the smallest unit of the currency.
    pub price: i64,
    pub minimum_notice_minutes: u32,
    pub buffer_minutes: u32,
    /// Questions of the owner's own that must be answered.
    pub required_questions: Vec<String>,
    pub allows_phone_only: bool,
    pub requires_email_verification: bool,
    pub requires_authentication: bool,
    pub is_instant: bool,
    pub is_hidden: bool,
    /// How many days ahead it can be booked at least; none: as far as one likes.
    pub window_days: Option<u32>,
    /// The last day for which it can be booked, where one is set.
    pub window_until: Option<Date>,
    pub disables_cancelling: bool,
    pub disables_rescheduling: bool,
}

impl<T> Asked<T> {
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(answer) => Some(answer),
            Self::NotAsked | Self::BadKey | Self::Failed(_) => None,
        }
    }

    /// Why nothing is known, in words; None where something is.
    pub fn why_unknown(&self) -> Option<String> {
        match self {
            Self::Known(_) => None,
            Self::NotAsked => Some("not asked".into()),
            Self::BadKey => Some("not asked, since the key is not accepted".into()),
            Self::Failed(why) => Some(format!("could not be asked: {why}")),
        }
    }
}

impl std::fmt::Debug for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Number").field("inbound_agents", &self.inbound_agents).finish_non_exhaustive()
    }
}

/// Where Retell sends the events of calls.
pub fn webhook_url(public_url: &str) -> String {
    format!("{public_url}/api/webhooks/retell")
}

/// Where Cal.com tells what people change there.
pub fn calcom_webhook_url(public_url: &str, company: &str) -> String {
    format!("{public_url}/api/webhooks/calcom/{company}")
}

/// Where Retell asks while it rings.
pub fn inbound_url(public_url: &str) -> String {
    format!("{public_url}/api/webhooks/retell/inbound")
}

/// Where Retell calls a function.
pub fn function_url(public_url: &str, name: &str) -> String {
    format!("{public_url}/api/mcp/gateway/retell/functions/{name}")
}
