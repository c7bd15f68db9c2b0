//! People who look after the desk: one row an e-mail, the password only as a hash.

use entities::{session, user};
use jiff::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect as _,
};
use uuid::Uuid;

use super::{Error, Store, corrupt, read_ids, write_ids};
use crate::domain::Email;
use crate::domain::ids::{CompanyId, SessionId, UserId};
use crate::domain::lockout::{Rules, Tries};

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
    /// None: may log in again. Whoever may not is signed out everywhere.
    DisabledAt(Option<Timestamp>),
    /// As argon2 writes it. All sessions end but one that may be kept, and the account is locked no longer.
    Password { hash: String, keep: Option<SessionId> },
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
            wrong_passwords: 0,
            wrong_since: None,
            locked_until: None,
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
        let mut ending = session::Entity::delete_many().filter(session::Column::UserId.eq(Uuid::from(id)));
        let ends = match change {
            Change::DisabledAt(at) => {
                row.disabled_at = ActiveValue::Set(at.map(Into::into));
                at.is_some()
            }
            Change::Password { hash, keep } => {
                row.password_hash = ActiveValue::Set(hash);
                set_tries(&mut row, Tries::default());
                if let Some(kept) = keep {
                    ending = ending.filter(session::Column::Id.ne(Uuid::from(kept)));
                }
                true
            }
        };
        let update = user::Entity::update_many().set(row).filter(user::Column::Id.eq(Uuid::from(id)));
        let tx = self.store.begin().await?;
        let changed = update.exec(&tx).await?.rows_affected > 0;
        if ends {
            ending.exec(&tx).await?;
        }
        tx.commit().await?;
        Ok(changed)
    }

    /// Counts one try at a user's password, before it is known whether it is right; false: the account is locked.
    pub async fn try_password(&self, id: UserId, rules: Rules, now: Timestamp) -> Result<bool, Error> {
        let tx = self.store.begin().await?;
        let found = user::Entity::find_by_id(Uuid::from(id)).lock_exclusive().one(&tx).await?;
        let Some(before) = found.map(|row| tries(&row)) else { return Ok(false) };
        if before.is_locked(now) {
            return Ok(false);
        }
        let mut row = user::ActiveModel::default();
        set_tries(&mut row, before.and_one_more(rules, now));
        let update = user::Entity::update_many().set(row).filter(user::Column::Id.eq(Uuid::from(id)));
        update.exec(&tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The password was right: what was tried before does not count any more.
    pub async fn forget_tries(&self, id: UserId) -> Result<(), Error> {
        let mut row = user::ActiveModel::default();
        set_tries(&mut row, Tries::default());
        let update = user::Entity::update_many().set(row).filter(user::Column::Id.eq(Uuid::from(id)));
        update.exec(&self.store.write).await?;
        Ok(())
    }
}

fn tries(row: &user::Model) -> Tries {
    Tries {
        wrong: u32::try_from(row.wrong_passwords).unwrap_or(0),
        since: row.wrong_since.map(Timestamp::from),
        locked_until: row.locked_until.map(Timestamp::from),
    }
}

fn set_tries(row: &mut user::ActiveModel, tries: Tries) {
    row.wrong_passwords = ActiveValue::Set(i32::try_from(tries.wrong).unwrap_or(i32::MAX));
    row.wrong_since = ActiveValue::Set(tries.since.map(Into::into));
    row.locked_until = ActiveValue::Set(tries.locked_until.map(Into::into));
}

pub(super) fn read(row: user::Model) -> Result<User, Error> {
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
