//! The audit: who changed something or read what a caller said. Ids stand in it, never names, numbers or words.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{By, Error, List, Principal, Role, grants, instant, limit, slug_of};
use crate::actors::Switchboard;
use crate::clock::Clock;
use crate::domain::ids::CompanyId;
use crate::domain::retry::{later, minutes};
use crate::store::audit::{Filter, Line};
use crate::store::{Scope, Store};

/// Who reads the same thing again within so many minutes has read it once.
const READ_AGAIN_MINUTES: u32 = 10;

/// What was done. Whoever adds something that changes the house adds it here, with its words in both languages of the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    SignedIn,
    /// The subject is the user, where the e-mail was anybody's.
    SignInRefused,
    SignedOut,
    PasswordChanged,
    /// What a caller said was read: a call's timeline, or a webhook with its transcript.
    CallRead,
    UserMade,
    UserChanged,
    TokenMade,
    TokenRevoked,
    CompanyApplied,
    CallbackChanged,
    BookingRetried,
    BookingCancelled,
    AppointmentEntered,
    AppointmentMoved,
    AppointmentCancelled,
    AppointmentConfirmed,
    BreakerReset,
    DeliveryReplayed,
    /// What a company's agents are to be like: webhook, functions, prompt.
    AgentsChanged,
    KeyReplaced,
    Deployed,
    RolledBack,
    CallsImported,
}

impl Action {
    pub const ALL: [Self; 24] = [
        Self::SignedIn,
        Self::SignInRefused,
        Self::SignedOut,
        Self::PasswordChanged,
        Self::CallRead,
        Self::UserMade,
        Self::UserChanged,
        Self::TokenMade,
        Self::TokenRevoked,
        Self::CompanyApplied,
        Self::CallbackChanged,
        Self::BookingRetried,
        Self::BookingCancelled,
        Self::AppointmentEntered,
        Self::AppointmentMoved,
        Self::AppointmentCancelled,
        Self::AppointmentConfirmed,
        Self::BreakerReset,
        Self::DeliveryReplayed,
        Self::AgentsChanged,
        Self::KeyReplaced,
        Self::Deployed,
        Self::RolledBack,
        Self::CallsImported,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::SignInRefused => "sign_in_refused",
            Self::SignedOut => "signed_out",
            Self::PasswordChanged => "password_changed",
            Self::CallRead => "call_read",
            Self::UserMade => "user_made",
            Self::UserChanged => "user_changed",
            Self::TokenMade => "token_made",
            Self::TokenRevoked => "token_revoked",
            Self::CompanyApplied => "company_applied",
            Self::CallbackChanged => "callback_changed",
            Self::BookingRetried => "booking_retried",
            Self::BookingCancelled => "booking_cancelled",
            Self::AppointmentEntered => "appointment_entered",
            Self::AppointmentMoved => "appointment_moved",
            Self::AppointmentCancelled => "appointment_cancelled",
            Self::AppointmentConfirmed => "appointment_confirmed",
            Self::BreakerReset => "breaker_reset",
            Self::DeliveryReplayed => "delivery_replayed",
            Self::AgentsChanged => "agents_changed",
            Self::KeyReplaced => "key_replaced",
            Self::Deployed => "deployed",
            Self::RolledBack => "rolled_back",
            Self::CallsImported => "calls_imported",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == text)
    }
}

/// One line: what was done, at whose company, about what.
#[derive(Clone, Debug)]
pub struct Deed {
    action: Action,
    company: Option<CompanyId>,
    subject: Option<(&'static str, String)>,
    detail: Option<Value>,
}

impl Deed {
    pub fn new(action: Action) -> Self {
        Self { action, company: None, subject: None, detail: None }
    }

    /// Whose tenant's it is; its administrators may read the line.
    pub fn at(self, company: CompanyId) -> Self {
        Self { company: Some(company), ..self }
    }

    /// The same where it is about one company alone.
    pub(super) fn at_only(self, companies: &[CompanyId]) -> Self {
        match companies {
            [only] => self.at(*only),
            _ => self,
        }
    }

    /// What it is about: `call`, `booking`, `user` and so on, and its id.
    pub fn about(self, kind: &'static str, id: impl std::fmt::Display) -> Self {
        Self { subject: Some((kind, id.to_string())), ..self }
    }

    /// On what grounds, or what exactly; a small object without anything personal.
    pub fn with(self, detail: Value) -> Self {
        Self { detail: Some(detail), ..self }
    }
}

/// Writes down what somebody did with the house.
pub async fn done(house: &Switchboard, who: &Principal, deed: Deed) -> Result<(), Error> {
    note(house.store(), house.clock(), who, deed).await
}

/// Writes down that somebody read something, before it is shown; a page that keeps itself up to date is read once.
pub(super) async fn read(house: &Switchboard, who: &Principal, deed: Deed) -> Result<(), Error> {
    let now = house.clock().now();
    let filter = Filter {
        action: Some(deed.action.as_str().to_owned()),
        who: Some(name_of(who.by)),
        subject: deed.subject.as_ref().map(|(_, id)| id.clone()),
        from: Some(later(now, -minutes(READ_AGAIN_MINUTES))),
        to: None,
    };
    let lately = house.store().audit(Scope::All).list(&filter, None, 1).await?;
    if lately.items.is_empty() { done(house, who, deed).await } else { Ok(()) }
}

/// Writes down what somebody did; for what needs no more of the house than its books.
pub async fn note(store: &Store, clock: Clock, who: &Principal, deed: Deed) -> Result<(), Error> {
    enter(store, clock, (name_of(who.by), Some(who.role)), deed).await
}

/// Writes down what nobody that is known did.
pub(super) async fn note_of_nobody(store: &Store, clock: Clock, deed: Deed) -> Result<(), Error> {
    enter(store, clock, ("nobody".to_owned(), None), deed).await
}

async fn enter(
    store: &Store,
    clock: Clock,
    (who, role): (String, Option<Role>),
    deed: Deed,
) -> Result<(), Error> {
    let line = Line {
        id: clock.mint().into(),
        at: clock.now(),
        who,
        role: role.map(Role::as_str),
        company: deed.company,
        action: deed.action.as_str(),
        subject: deed.subject,
        detail: deed.detail,
    };
    Ok(store.audit(Scope::All).enter(line).await?)
}

fn name_of(by: By) -> String {
    match by {
        By::System => "system".to_owned(),
        By::User(id) => format!("user:{id}"),
        By::Token(id) => format!("token:{id}"),
    }
}

/// Which lines are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Query {
    pub company: Option<String>,
    pub action: Option<String>,
    /// `user:ID`, `token:ID`, `system` or `nobody`.
    pub who: Option<String>,
    /// The id of what it is about.
    pub subject: Option<String>,
    #[param(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    #[param(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
    pub limit: Option<u64>,
    pub cursor: Option<String>,
}

/// A line of the audit as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LineView {
    pub id: String,
    pub at: String,
    /// `user:ID`, `token:ID`, `system`, or `nobody` where it is not known who it was.
    pub who: String,
    /// The user's e-mail or the token's name, where the reader looks after them.
    pub name: Option<String>,
    pub role: Option<String>,
    pub company: Option<String>,
    pub action: String,
    /// What kind of thing it is about: `call`, `booking`, `user` and so on.
    pub subject_kind: Option<String>,
    pub subject: Option<String>,
    /// On what grounds, or what exactly.
    pub detail: Option<Value>,
}

/// The audit, the newest first; for those who look after the set-up. What belongs to no company is seen by those who see all.
pub async fn list(house: &Switchboard, who: &Principal, query: &Query) -> Result<List<LineView>, Error> {
    who.may_see_calls()?;
    let directory = house.directory();
    let scope = who.scope_for(&directory, query.company.as_deref())?;
    if let Some(unknown) = query.action.as_deref().filter(|action| Action::parse(action).is_none()) {
        let known = Action::ALL.map(Action::as_str).join(", ");
        return Err(Error::Invalid(format!("action \"{unknown}\" must be one of {known}")));
    }
    let filter = Filter {
        action: query.action.clone(),
        who: query.who.clone(),
        subject: query.subject.clone(),
        from: query.from,
        to: query.to,
    };
    let cursor = query.cursor.as_deref().map(str::parse).transpose()?;
    let page = house.store().audit(scope).list(&filter, cursor, limit(query.limit)?).await?;
    let names = names(house.store(), who).await?;
    let view = |row: entities::audit::Model| LineView {
        id: row.id.to_string(),
        at: instant(row.at),
        name: names.get(&row.who).cloned(),
        who: row.who,
        role: row.role,
        company: row.company_id.map(|id| slug_of(&directory, id)),
        action: row.action,
        subject_kind: row.subject_kind,
        subject: row.subject,
        detail: row.detail,
    };
    let next_cursor = page.next.map(|cursor| cursor.to_string());
    Ok(List { items: page.items.into_iter().map(view).collect(), next_cursor })
}

/// What those are called whom the reader looks after.
async fn names(store: &Store, who: &Principal) -> Result<HashMap<String, String>, Error> {
    let users = store.users().list().await?.into_iter();
    let users = users.map(|user| (By::User(user.id), user.email, user.companies));
    let tokens = store.tokens().list().await?.into_iter();
    let tokens = tokens.map(|token| (By::Token(token.id), token.name, token.companies));
    let seen = users.chain(tokens).filter(|(_, _, companies)| grants::looks_after(who, companies));
    Ok(seen.map(|(by, name, _)| (name_of(by), name)).collect())
}
