//! People who look after the desk: one row an e-mail, the password only as a hash.

use entities::user;
use jiff::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{Error, Store, corrupt, read_ids, write_ids};
use crate::domain::Email;
use crate::domain::ids::{CompanyId, UserId};

/// Users of the installation.
#[derive(Debug)]
pub struct Users<'a> {
    pub(super) store: &'a Store,
}

/// A user without the password.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub role: String,
    pub companies: Vec<CompanyId>,
    pub created_at: Timestamp,
    pub disabled_at: Option<Timestamp>,
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("User").field("id", &self.id).field("role", &self.role).finish_non_exhaustive()
    }
}

/// What may be changed of a user.
#[derive(Clone, Debug)]
pub enum Change {
    /// None: may log in again.
    DisabledAt(Option<Timestamp>),
    /// As argon2 writes it.
    PasswordHash(String),
}

impl Users<'_> {
    /// Enters a user; false: the e-mail is taken.
    pub async fn enter(&self, user: &User, password_hash: String) -> Result<bool, Error> {
        let row = user::Model {
            id: user.id.into(),
            email: user.email.clone(),
            password_hash,
            role: user.role.clone(),
            companies: write_ids(&user.companies),
            created_at: user.created_at.into(),
            disabled_at: None,
        };
        let taken = OnConflict::column(user::Column::Email).do_nothing().to_owned();
        let insert = user::Entity::insert(row.into_active_model()).on_conflict(taken);
        Ok(insert.exec_without_returning(&self.store.write).await? > 0)
    }

    /// The user with that e-mail, and the hash of the password.
    pub async fn find(&self, email: &Email) -> Result<Option<(User, String)>, Error> {
        let query = user::Entity::find().filter(user::Column::Email.eq(email.as_str()));
        let row = query.one(&self.store.read).await?;
        row.map(|mut row| {
            let hash = std::mem::take(&mut row.password_hash);
            Ok((read(row)?, hash))
        })
        .transpose()
    }

    pub async fn find_by_id(&self, id: UserId) -> Result<Option<User>, Error> {
        user::Entity::find_by_id(Uuid::from(id)).one(&self.store.read).await?.map(read).transpose()
    }

    pub async fn list(&self) -> Result<Vec<User>, Error> {
        let rows = user::Entity::find().order_by_asc(user::Column::Email).all(&self.store.read).await?;
        rows.into_iter().map(read).collect()
    }

    /// Changes a user; false: there is none of that id.
    pub async fn change(&self, id: UserId, change: Change) -> Result<bool, Error> {
        let mut row = user::ActiveModel::default();
        match change {
            Change::DisabledAt(at) => row.disabled_at = ActiveValue::Set(at.map(Into::into)),
            Change::PasswordHash(hash) => row.password_hash = ActiveValue::Set(hash),
        }
        let update = user::Entity::update_many().set(row).filter(user::Column::Id.eq(Uuid::from(id)));
        Ok(update.exec(&self.store.write).await?.rows_affected > 0)
    }
}

fn read(row: user::Model) -> Result<User, Error> {
    Ok(User {
        companies: read_ids(row.companies)
            .ok_or_else(|| corrupt("users", &row.id, "companies are no list of ids"))?,
        id: row.id.into(),
        email: row.email,
        role: row.role,
        created_at: row.created_at.into(),
        disabled_at: row.disabled_at.map(Timestamp::from),
    })
}
