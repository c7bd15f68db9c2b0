//! API tokens: shown once, kept as a hash.

use entities::token;
use jiff::Timestamp;
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Error, Store, corrupt, read_ids, write_ids};
use crate::domain::ids::{CompanyId, TokenId};

/// Tokens of the installation.
#[derive(Debug)]
pub struct Tokens<'a> {
    pub(super) store: &'a Store,
}

/// A token without the token itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub id: TokenId,
    pub name: String,
    pub role: String,
    pub companies: Vec<CompanyId>,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

impl Tokens<'_> {
    /// Enters a token; only the hash of its text is kept.
    pub async fn enter(&self, token: &Token, text: &str) -> Result<(), Error> {
        let row = token::Model {
            id: token.id.into(),
            hash: hash(text),
            name: token.name.clone(),
            role: token.role.clone(),
            companies: write_ids(&token.companies),
            created_at: token.created_at.into(),
            revoked_at: None,
        };
        token::Entity::insert(row.into_active_model()).exec_without_returning(&self.store.write).await?;
        Ok(())
    }

    /// The living token with this text.
    pub async fn find(&self, text: &str) -> Result<Option<Token>, Error> {
        let query = token::Entity::find()
            .filter(token::Column::Hash.eq(hash(text)))
            .filter(token::Column::RevokedAt.is_null());
        query.one(&self.store.read).await?.map(read).transpose()
    }

    pub async fn list(&self) -> Result<Vec<Token>, Error> {
        let rows = token::Entity::find().order_by_asc(token::Column::CreatedAt).all(&self.store.read).await?;
        rows.into_iter().map(read).collect()
    }

    /// Revokes a token; false: there is no living one of that id.
    pub async fn revoke(&self, id: TokenId, now: Timestamp) -> Result<bool, Error> {
        let revoked = token::Entity::update_many()
            .set(token::ActiveModel { revoked_at: ActiveValue::Set(Some(now.into())), ..Default::default() })
            .filter(token::Column::Id.eq(Uuid::from(id)))
            .filter(token::Column::RevokedAt.is_null())
            .exec(&self.store.write)
            .await?;
        Ok(revoked.rows_affected > 0)
    }
}

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

fn read(row: token::Model) -> Result<Token, Error> {
    Ok(Token {
        companies: read_ids(row.companies)
            .ok_or_else(|| corrupt("tokens", &row.id, "companies are no list of ids"))?,
        id: row.id.into(),
        name: row.name,
        role: row.role,
        created_at: row.created_at.into(),
        revoked_at: row.revoked_at.map(Timestamp::from),
    })
}
