//! Alerts: written with what they are about, each once, and read in order by whoever tells people.

use std::collections::BTreeMap;

use entities::alert;
use jiff::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::{Append, Cursor, Error, Page, Scope, Store, bell};
use crate::domain::alert::{Alert, Kind};
use crate::domain::ids::CompanyId;

/// Alerts of some tenants.
#[derive(Debug)]
pub struct Alerts<'a> {
    pub(super) store: &'a Store,
    pub(super) scope: Scope,
}

impl Alerts<'_> {
    /// A page of alerts, the newest first.
    pub async fn list(
        &self,
        kind: Option<Kind>,
        after: Option<Cursor>,
        limit: u64,
    ) -> Result<Page<alert::Model>, Error> {
        let mut query = alert::Entity::find().filter(self.scope.condition(alert::Column::CompanyId));
        if let Some(kind) = kind {
            query = query.filter(alert::Column::Kind.eq(kind.as_str()));
        }
        if let Some(cursor) = after {
            query = query.filter(cursor.before(alert::Column::At, alert::Column::Id));
        }
        let rows = query
            .order_by_desc(alert::Column::At)
            .order_by_desc(alert::Column::Id)
            .limit(limit + 1)
            .all(&self.store.read)
            .await?;
        Ok(Page::cut(rows, limit, |row: &alert::Model| Cursor { at: row.at, id: row.id }, |row| row))
    }

    /// How many of a kind there were since then, by company.
    pub async fn counts_since(&self, kind: Kind, since: Timestamp) -> Result<Vec<(Uuid, i64)>, Error> {
        let query = alert::Entity::find()
            .select_only()
            .column(alert::Column::CompanyId)
            .column_as(alert::Column::Id.count(), "number")
            .filter(self.scope.condition(alert::Column::CompanyId))
            .filter(alert::Column::Kind.eq(kind.as_str()))
            .filter(alert::Column::At.gte(since.as_millisecond()))
            .group_by(alert::Column::CompanyId);
        Ok(query.into_tuple().all(&self.store.read).await?)
    }

    /// Enters what nobody else's commit tells of.
    pub async fn raise(&self, company: CompanyId, alert: Alert, at: Timestamp) -> Result<(), Error> {
        let tx = self.store.begin().await?;
        enter(&tx, company, &[alert], at).await?;
        tx.commit().await?;
        self.store.bell.ring_of(company, bell::Kind::Alerts, None);
        Ok(())
    }
}

/// The alerts of a batch of appends.
pub(super) async fn enter_all(tx: &DatabaseTransaction, won: &[&Append]) -> Result<(), DbErr> {
    for append in won {
        enter(tx, append.after.company, &append.alerts, append.at).await?;
    }
    Ok(())
}

/// Enters alerts in the commit of what they are about; what is there already has happened anew, and is of now.
pub(super) async fn enter(
    tx: &DatabaseTransaction,
    company: CompanyId,
    alerts: &[Alert],
    at: Timestamp,
) -> Result<(), DbErr> {
    let once: BTreeMap<Uuid, &Alert> = alerts.iter().map(|alert| (alert.id(company).into(), alert)).collect();
    if once.is_empty() {
        return Ok(());
    }
    let rows = once.into_iter().map(|(id, alert)| {
        alert::Model {
            id,
            company_id: company.into(),
            kind: alert.kind.as_str().into(),
            subject: alert.subject().to_owned(),
            at: at.into(),
        }
        .into_active_model()
    });
    alert::Entity::insert_many(rows)
        .on_conflict(OnConflict::column(alert::Column::Id).update_column(alert::Column::At).to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
