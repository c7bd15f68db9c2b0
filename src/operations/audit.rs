//! The audit: who changed something or read what a caller said. Ids stand in it, never names, numbers or words.

use serde_json::Value;

use super::{By, Error, Principal, Role};
use crate::clock::Clock;
use crate::domain::ids::CompanyId;
use crate::store::audit::Line;
use crate::store::{Scope, Store};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    SignedIn,
    /// The subject is the user, where the e-mail was anybody's.
    SignInRefused,
    SignedOut,
    PasswordChanged,
}

impl Action {
    pub const ALL: [Self; 4] = [Self::SignedIn, Self::SignInRefused, Self::SignedOut, Self::PasswordChanged];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::SignInRefused => "sign_in_refused",
            Self::SignedOut => "signed_out",
            Self::PasswordChanged => "password_changed",
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

    /// What it is about: `call`, `booking`, `user` and so on, and its id.
    pub fn about(self, kind: &'static str, id: impl std::fmt::Display) -> Self {
        Self { subject: Some((kind, id.to_string())), ..self }
    }

    /// On what grounds, or what exactly; a small object without anything personal.
    pub fn with(self, detail: Value) -> Self {
        Self { detail: Some(detail), ..self }
    }
}

/// Writes down what somebody did.
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
