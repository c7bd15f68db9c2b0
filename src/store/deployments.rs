//! Deployments at Retell: written before anything is sent there, one at a time for each company.

use entities::deployment;
use jiff::{SignedDuration, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, SqlErr,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use uuid::Uuid;

use super::directory::place;
use super::{Error, Scope, Store};
use crate::domain::ids::{BranchId, CompanyId};

/// A process that was killed in the middle does not keep the next one from trying for longer than this.
const STALE_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// How a deployment ended of which nothing more was heard.
const LOST: &str = "unknown";

/// A deployment that begins.
#[derive(Debug)]
pub struct Begun {
    pub id: Uuid,
    pub company: CompanyId,
    pub branch: BranchId,
    pub at: Timestamp,
    pub by: String,
    pub undoes: Option<Uuid>,
    /// What stands at Retell.
    pub before: SecretString,
}

/// Whether a deployment may begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    Entered,
    /// Another one of this company has not ended.
    UnderWay {
        since: Timestamp,
        by: String,
        /// When the next one may begin, should nothing more be heard of it.
        free_at: Timestamp,
    },
}

/// Deployments of some tenants.
#[derive(Debug)]
pub struct Deployments<'a> {
    pub(super) store: &'a Store,
    pub(super) scope: Scope,
}

impl Deployments<'_> {
    /// Enters a deployment before its first request, unless another one of this company is under way.
    pub async fn begin(&self, begun: Begun) -> Result<Entry, Error> {
        let company = Uuid::from(begun.company);
        let before = self.store.keyring.seal(&place("deployments", "before", begun.id), &begun.before)?;
        let tx = self.store.begin().await?;
        let stale = begun.at.checked_sub(STALE_AFTER).unwrap_or(begun.at);
        deployment::Entity::update_many()
            .col_expr(deployment::Column::UnderWay, Expr::value(None::<Uuid>))
            .col_expr(deployment::Column::Outcome, Expr::value(LOST))
            .filter(deployment::Column::UnderWay.eq(company))
            .filter(deployment::Column::At.lt(entities::Ms::from(stale)))
            .exec(&tx)
            .await?;
        let others = deployment::Entity::find().filter(deployment::Column::UnderWay.eq(company));
        if let Some(other) = others.one(&tx).await? {
            return Ok(under_way(other));
        }
        let row = deployment::Model {
            id: begun.id,
            company_id: company,
            branch_id: begun.branch.into(),
            at: begun.at.into(),
            by: begun.by.clone(),
            undoes: begun.undoes,
            before,
            under_way: Some(company),
            outcome: None,
            done: None,
        };
        let entered = deployment::Entity::insert(row.into_active_model()).exec_without_returning(&tx).await;
        // Where two transactions run side by side, the index lets one of them in.
        if let Err(error) = entered {
            let is_taken = matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)));
            let other = Entry::UnderWay { since: begun.at, by: begun.by, free_at: free_at(begun.at) };
            return if is_taken { Ok(other) } else { Err(error.into()) };
        }
        tx.commit().await?;
        Ok(Entry::Entered)
    }

    /// Writes down how it ended, and lets the next one begin.
    pub async fn end(&self, id: Uuid, outcome: &str, done: Value) -> Result<(), Error> {
        let row = deployment::ActiveModel {
            id: Set(id),
            under_way: Set(None),
            outcome: Set(Some(outcome.to_owned())),
            done: Set(Some(done)),
            ..Default::default()
        };
        row.update(&self.store.write).await?;
        Ok(())
    }

    /// The deployments of a branch or of all that may be seen, the newest first.
    pub async fn list(&self, branch: Option<BranchId>, limit: u64) -> Result<Vec<deployment::Model>, Error> {
        let mut query =
            deployment::Entity::find().filter(self.scope.condition(deployment::Column::CompanyId));
        if let Some(branch) = branch {
            query = query.filter(deployment::Column::BranchId.eq(Uuid::from(branch)));
        }
        let query = query.order_by_desc(deployment::Column::At).order_by_desc(deployment::Column::Id);
        Ok(query.limit(limit).all(&self.store.read).await?)
    }

    /// A deployment with what stood at Retell before it; None where there is none that may be seen.
    pub async fn find(&self, id: Uuid) -> Result<Option<(deployment::Model, String)>, Error> {
        let query = deployment::Entity::find_by_id(id);
        let row =
            query.filter(self.scope.condition(deployment::Column::CompanyId)).one(&self.store.read).await?;
        let Some(row) = row else { return Ok(None) };
        let before = self.store.keyring.open(&place("deployments", "before", row.id), &row.before)?;
        Ok(Some((row, before.expose_secret().to_owned())))
    }
}

fn under_way(other: deployment::Model) -> Entry {
    let since = Timestamp::from(other.at);
    Entry::UnderWay { since, by: other.by, free_at: free_at(since) }
}

fn free_at(since: Timestamp) -> Timestamp {
    since.checked_add(STALE_AFTER).unwrap_or(since)
}
