//! People who log in with e-mail and password: made, listed, disabled.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::audit::{self, Action, Deed};
use super::{Error, List, Principal, Role, grants, passwords};
use crate::clock::Clock;
use crate::domain::Email;
use crate::domain::directory::Directory;
use crate::store::Store;
use crate::store::users::{Change, User};

/// Who is to be entered.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    pub email: String,
    pub role: Role,
    #[serde(default)]
    pub companies: Vec<String>,
    /// At least 12 characters.
    #[schema(value_type = String, format = Password, min_length = 12)]
    pub password: SecretString,
}

/// What is to be changed of a user.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    /// True: may not log in.
    pub disabled: Option<bool>,
    /// At least 12 characters.
    #[schema(value_type = Option<String>, format = Password, min_length = 12)]
    pub password: Option<SecretString>,
}

/// A user as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserView {
    pub id: String,
    pub email: String,
    pub role: String,
    /// Slugs; empty: all companies.
    pub companies: Vec<String>,
    pub disabled: bool,
    pub created_at: String,
}

/// Enters a user.
pub async fn create(
    store: &Store,
    clock: Clock,
    (directory, who): (&Directory, &Principal),
    new: NewUser,
) -> Result<UserView, Error> {
    let email = address(&new.email)?;
    if new.role == Role::Agent {
        return Err(Error::Invalid("the role agent is for voice agents, which take a token".into()));
    }
    let companies = grants::companies(directory, who, new.role, &new.companies)?;
    let password_hash = passwords::hash(new.password).await?;
    let user = User {
        id: clock.mint().into(),
        email: email.as_str().to_owned(),
        role: new.role.as_str().to_owned(),
        companies,
        created_at: clock.now(),
        disabled_at: None,
    };
    if !store.users().enter(&user, password_hash).await? {
        let why = "there is a user with this e-mail already; give another one, or change that user";
        return Err(Error::Invalid(why.into()));
    }
    let deed = Deed::new(Action::UserMade).about("user", user.id).at_only(&user.companies);
    audit::note(store, clock, who, deed.with(json!({"role": user.role}))).await?;
    Ok(view(directory, &user))
}

/// The users that the principal may look after.
pub async fn list(store: &Store, directory: &Directory, who: &Principal) -> Result<List<UserView>, Error> {
    who.may_see_calls()?;
    let users = store.users().list().await?;
    let items = users.iter().filter(|user| grants::looks_after(who, &user.companies));
    Ok(List { items: items.map(|user| view(directory, user)).collect(), next_cursor: None })
}

/// Changes a user by id or e-mail.
pub async fn change(
    store: &Store,
    clock: Clock,
    (directory, who): (&Directory, &Principal),
    name: &str,
    change: UserChange,
) -> Result<UserView, Error> {
    who.may_see_calls()?;
    let user = named(store, name).await?;
    let user =
        user.filter(|user| grants::looks_after(who, &user.companies)).ok_or(Error::NotFound("user"))?;
    let what = json!({"password": change.password.is_some(), "disabled": change.disabled});
    if let Some(password) = change.password {
        let hash = passwords::hash(password).await?;
        store.users().change(user.id, Change::Password { hash, keep: None }).await?;
    }
    if let Some(disabled) = change.disabled {
        let at = disabled.then(|| user.disabled_at.unwrap_or(clock.now()));
        store.users().change(user.id, Change::DisabledAt(at)).await?;
    }
    let deed = Deed::new(Action::UserChanged).about("user", user.id).at_only(&user.companies);
    audit::note(store, clock, who, deed.with(what)).await?;
    let user = store.users().find_by_id(user.id).await?.ok_or(Error::NotFound("user"))?;
    Ok(view(directory, &user))
}

async fn named(store: &Store, name: &str) -> Result<Option<User>, Error> {
    match name.parse() {
        Ok(id) => Ok(store.users().find_by_id(id).await?),
        Err(_) => Ok(store.users().find(&address(name)?).await?.map(|(user, _)| user)),
    }
}

fn address(text: &str) -> Result<Email, Error> {
    Email::parse(text).map_err(|not| Error::Invalid(format!("\"{text}\" is {not}")))
}

fn view(directory: &Directory, user: &User) -> UserView {
    UserView {
        id: user.id.to_string(),
        email: user.email.clone(),
        role: user.role.clone(),
        companies: grants::slugs(directory, &user.companies),
        disabled: user.disabled_at.is_some(),
        created_at: user.created_at.to_string(),
    }
}
