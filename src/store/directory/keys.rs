//! The keys that come with a plan, and why a plan could not be applied.

use secrecy::SecretString;

use crate::store::Error;

/// The keys of a plan, resolved: what stood behind `env:` and `file:`.
#[derive(Clone, Debug)]
pub struct Keys {
    pub retell_api: SecretString,
    pub retell_webhook: Option<SecretString>,
    pub retell_previous: Option<SecretString>,
    /// In the order of the plan's accounts: API key and webhook secret.
    pub accounts: Vec<(SecretString, Option<SecretString>)>,
    /// In the order of the plan's channels; where there is none the one that is there stays.
    pub channels: Vec<Option<SecretString>>,
}

/// Why a plan could not be applied.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("phone number {number} already belongs to company {company}; a number rings at one place")]
    NumberTaken { number: String, company: String },
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<sea_orm::DbErr> for Refused {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Store(error.into())
    }
}
