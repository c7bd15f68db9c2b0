//! How Retell's REST interface is reached for a company: opened only when it is needed.

use entities::company;
use sea_orm::EntityTrait;
use secrecy::SecretString;

use super::{Directories, place};
use crate::domain::ids::CompanyId;
use crate::store::Error;

/// Where a company's workspace at Retell is, and what opens it.
#[derive(Clone, Debug)]
pub struct RetellAccess {
    pub base_url: String,
    pub api_key: Option<SecretString>,
    /// Whether signatures are verified with a key of their own.
    pub has_webhook_key: bool,
}

impl Directories<'_> {
    /// The access of one company; None if there is no such company.
    pub async fn retell_access(&self, company: CompanyId) -> Result<Option<RetellAccess>, Error> {
        let row = company::Entity::find_by_id(company).one(&self.store.read).await?;
        let Some(row) = row else { return Ok(None) };
        let place = place("companies", "retell_api_key", row.id);
        let open = |sealed: &String| self.store.keyring.open(&place, sealed);
        Ok(Some(RetellAccess {
            api_key: row.retell_api_key.as_ref().map(open).transpose()?,
            has_webhook_key: row.retell_webhook_key.is_some(),
            base_url: row.retell_base_url,
        }))
    }
}
