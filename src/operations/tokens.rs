//! API tokens: made, shown once, recognised, revoked.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::audit::{self, Action, Deed};
use super::{By, Error, List, Principal, Role, grants};
use crate::clock::Clock;
use crate::domain::directory::Directory;
use crate::domain::ids::TokenId;
use crate::store::Store;
use crate::store::tokens::Token;

/// What every token begins with, so that one is recognised where it should not be.
const PREFIX: &str = "fernamt_";
const RANDOM_BYTES: usize = 32;

/// What a token is to be made for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    pub role: Role,
    #[serde(default)]
    pub companies: Vec<String>,
    /// What it is called in lists.
    pub name: String,
}

/// A token as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenView {
    pub id: String,
    pub name: String,
    pub role: String,
    /// Slugs; empty: all companies.
    pub companies: Vec<String>,
    pub revoked: bool,
    pub created_at: String,
}

/// A token that was just made.
#[derive(Clone, Serialize, ToSchema)]
pub struct TokenMade {
    /// The token itself, shown here and never again.
    pub token: String,
    #[serde(flatten)]
    pub view: TokenView,
}

impl std::fmt::Debug for TokenMade {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenMade").field("view", &self.view).finish_non_exhaustive()
    }
}

/// Makes a token for the house's own command line.
pub async fn create(
    store: &Store,
    clock: Clock,
    directory: &Directory,
    (role, companies, name): (Role, &[String], &str),
) -> Result<(TokenView, String), Error> {
    let new = NewToken { role, companies: companies.to_vec(), name: name.to_owned() };
    let made = grant(store, clock, (directory, &Principal::house()), new).await?;
    Ok((made.view, made.token))
}

/// Makes a token; its text is given out here and nowhere else.
pub async fn grant(
    store: &Store,
    clock: Clock,
    (directory, who): (&Directory, &Principal),
    new: NewToken,
) -> Result<TokenMade, Error> {
    let companies = grants::companies(directory, who, new.role, &new.companies)?;
    let mut random = [0; RANDOM_BYTES];
    getrandom::fill(&mut random)
        .map_err(|_| Error::Invalid("the operating system gave no random bytes".into()))?;
    let text = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random));
    let token = Token {
        id: clock.mint().into(),
        name: new.name,
        role: new.role.as_str().to_owned(),
        companies,
        created_at: clock.now(),
        revoked_at: None,
    };
    store.tokens().enter(&token, &text).await?;
    let deed = Deed::new(Action::TokenMade).about("token", token.id).at_only(&token.companies);
    audit::note(store, clock, who, deed.with(json!({"role": token.role}))).await?;
    Ok(TokenMade { token: text, view: view(directory, &token) })
}

/// Who holds this token; None: nobody we know.
pub async fn recognise(store: &Store, text: &str) -> Result<Option<Principal>, Error> {
    if !is_a_token(text) {
        return Ok(None);
    }
    let token = store.tokens().find(text).await?;
    Ok(token
        .and_then(|token| grants::principal((By::Token(token.id), token.name), &token.role, token.companies)))
}

/// Whether a text has the shape of a token.
pub fn is_a_token(text: &str) -> bool {
    text.starts_with(PREFIX)
}

/// The tokens that the principal may look after, without their texts.
pub async fn list(store: &Store, directory: &Directory, who: &Principal) -> Result<List<TokenView>, Error> {
    who.may_see_calls()?;
    let tokens = store.tokens().list().await?;
    let items = tokens.iter().filter(|token| grants::looks_after(who, &token.companies));
    Ok(List { items: items.map(|token| view(directory, token)).collect(), next_cursor: None })
}

/// Revokes a token by its id.
pub async fn revoke(store: &Store, clock: Clock, who: &Principal, id: &str) -> Result<(), Error> {
    who.may_see_calls()?;
    let id: TokenId = id.parse().map_err(|_| Error::NotFound("token"))?;
    let tokens = store.tokens().list().await?;
    let seen = tokens.iter().find(|token| token.id == id && grants::looks_after(who, &token.companies));
    let token = seen.ok_or(Error::NotFound("token"))?;
    if !store.tokens().revoke(id, clock.now()).await? {
        return Err(Error::NotFound("token"));
    }
    let deed = Deed::new(Action::TokenRevoked).about("token", id).at_only(&token.companies);
    audit::note(store, clock, who, deed).await
}

fn view(directory: &Directory, token: &Token) -> TokenView {
    TokenView {
        id: token.id.to_string(),
        name: token.name.clone(),
        role: token.role.clone(),
        companies: grants::slugs(directory, &token.companies),
        revoked: token.revoked_at.is_some(),
        created_at: token.created_at.to_string(),
    }
}
