//! Who is signed in at a browser: what the browser holds is kept as a hash, beside the user whose session it is.

use entities::{session, user};
use jiff::Timestamp;
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::users::{self, User};
use super::{Error, Store};
use crate::domain::ids::{SessionId, UserId};

/// Sessions of the installation.
#[derive(Debug)]
pub struct Sessions<'a> {
    pub(super) store: &'a Store,
}

/// A session without what opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub user: UserId,
    pub created_at: Timestamp,
    pub used_at: Timestamp,
    /// Over then, however much it is used.
    pub ends_at: Timestamp,
}

impl Sessions<'_> {
    /// Enters a session; only the hash of its text is kept.
    pub async fn enter(&self, session: &Session, text: &str) -> Result<(), Error> {
        let row = session::Model {
            id: session.id.into(),
            hash: hash(text),
            user_id: session.user.into(),
            created_at: session.created_at.into(),
            used_at: session.used_at.into(),
            ends_at: session.ends_at.into(),
        };
        session::Entity::insert(row.into_active_model()).exec_without_returning(&self.store.write).await?;
        Ok(())
    }

    /// The session with this text, over or not, and whose it is.
    pub async fn find(&self, text: &str) -> Result<Option<(Session, User)>, Error> {
        let query = session::Entity::find().filter(session::Column::Hash.eq(hash(text)));
        let Some(row) = query.one(&self.store.read).await? else { return Ok(None) };
        let user = user::Entity::find_by_id(row.user_id).one(&self.store.read).await?;
        user.map(|user| Ok((read(&row), users::read(user)?))).transpose()
    }

    pub async fn touch(&self, id: SessionId, now: Timestamp) -> Result<(), Error> {
        let used = session::ActiveModel { used_at: ActiveValue::Set(now.into()), ..Default::default() };
        let update = session::Entity::update_many().set(used);
        update.filter(session::Column::Id.eq(Uuid::from(id))).exec(&self.store.write).await?;
        Ok(())
    }

    /// Ends a session; false: it had ended.
    pub async fn end(&self, id: SessionId) -> Result<bool, Error> {
        let ended = session::Entity::delete_by_id(Uuid::from(id)).exec(&self.store.write).await?;
        Ok(ended.rows_affected > 0)
    }

    /// Forgets the sessions that were over by then, or not used since.
    pub async fn forget(&self, over: Timestamp, unused_since: Timestamp) -> Result<(), Error> {
        let ends = session::Column::EndsAt.lt(entities::Ms::from(over));
        let unused = session::Column::UsedAt.lt(entities::Ms::from(unused_since));
        session::Entity::delete_many().filter(ends.or(unused)).exec(&self.store.write).await?;
        Ok(())
    }
}

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

fn read(row: &session::Model) -> Session {
    Session {
        id: row.id.into(),
        user: row.user_id.into(),
        created_at: row.created_at.into(),
        used_at: row.used_at.into(),
        ends_at: row.ends_at.into(),
    }
}
