//! API tokens: made, shown once, recognised, revoked.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Error, Principal, Role};
use crate::clock::Clock;
use crate::domain::directory::Directory;
use crate::domain::ids::{CompanyId, TokenId};
use crate::store::tokens::Token;
use crate::store::{Scope, Store};

/// What every token begins with, so that one is recognised where it should not be.
const PREFIX: &str = "fernamt_";
const RANDOM_BYTES: usize = 32;

/// Makes a token; its text is given out here and nowhere else.
pub async fn create(
    store: &Store,
    clock: Clock,
    directory: &Directory,
    (role, companies, name): (Role, &[String], &str),
) -> Result<(Token, String), Error> {
    let scoped = role != Role::PlatformAdmin;
    if scoped && companies.is_empty() {
        return Err(Error::Invalid(format!("a token of role {} needs --company SLUG", role.as_str())));
    }
    if !scoped && !companies.is_empty() {
        return Err(Error::Invalid("a platform_admin sees every company; leave --company out".into()));
    }
    if matches!(role, Role::CompanyAdmin | Role::Staff | Role::Agent) && companies.len() > 1 {
        return Err(Error::Invalid(format!(
            "a token of role {} is for one company; for several use agency",
            role.as_str()
        )));
    }
    let ids: Vec<CompanyId> = companies
        .iter()
        .map(|slug| {
            let company = directory.company_by_slug(slug);
            company.map(|company| company.id).ok_or_else(|| {
                Error::Invalid(format!("there is no company \"{slug}\"; apply its file first"))
            })
        })
        .collect::<Result<_, _>>()?;
    let mut random = [0; RANDOM_BYTES];
    getrandom::fill(&mut random)
        .map_err(|_| Error::Invalid("the operating system gave no random bytes".into()))?;
    let text = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random));
    let token = Token {
        id: clock.mint().into(),
        name: name.to_owned(),
        role: role.as_str().to_owned(),
        companies: ids,
        created_at: clock.now(),
        revoked_at: None,
    };
    store.tokens().enter(&token, &text).await?;
    Ok((token, text))
}

/// Who holds this token; None: nobody we know.
pub async fn recognise(store: &Store, text: &str) -> Result<Option<Principal>, Error> {
    if !text.starts_with(PREFIX) {
        return Ok(None);
    }
    let Some(token) = store.tokens().find(text).await? else { return Ok(None) };
    let Some(role) = Role::parse(&token.role) else { return Ok(None) };
    let scope = if role == Role::PlatformAdmin { Scope::All } else { Scope::Companies(token.companies) };
    Ok(Some(Principal { name: token.name, role, scope }))
}

/// All tokens, without their texts.
pub async fn list(store: &Store) -> Result<Vec<Token>, Error> {
    Ok(store.tokens().list().await?)
}

/// Revokes a token by its id.
pub async fn revoke(store: &Store, clock: Clock, id: TokenId) -> Result<(), Error> {
    if store.tokens().revoke(id, clock.now()).await? { Ok(()) } else { Err(Error::NotFound("token")) }
}
