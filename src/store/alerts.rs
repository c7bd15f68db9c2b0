//! Alerts: written with what they are about, each once, and read in order by whoever tells people.

use std::collections::BTreeMap;

use entities::{alert, alert_round};
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::{Append, Cursor, Error, Page, Scope, Store, bell, outbox};
use crate::domain::alert::{Alert, Kind};
use crate::domain::ids::CompanyId;
use crate::domain::outbox::Message;

/// Of so many alerts gathered in a message it is said what they are about.
const NAMED_MAX: u64 = 5;

/// Alerts of a kind that nobody was told of yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Untold {
    pub company: CompanyId,
    pub kind: Kind,
    /// When somebody was last told of that kind.
    pub told: Option<Timestamp>,
}

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

    /// Enters what is told once, however often it is found. False: it was there.
    pub async fn raise_once(&self, company: CompanyId, alert: &Alert, at: Timestamp) -> Result<bool, Error> {
        if self.last(company, alert).await?.is_some() {
            return Ok(false);
        }
        let tx = self.store.begin().await?;
        let row = row_of(company, alert, at).into_active_model();
        let there = OnConflict::column(alert::Column::Id).do_nothing().to_owned();
        let entered = alert::Entity::insert(row).on_conflict(there).exec_without_returning(&tx).await?;
        tx.commit().await?;
        Ok(entered > 0)
    }

    /// When this was last raised.
    pub async fn last(&self, company: CompanyId, alert: &Alert) -> Result<Option<Timestamp>, Error> {
        let row = alert::Entity::find_by_id(Uuid::from(alert.id(company)))
            .filter(self.scope.condition(alert::Column::CompanyId))
            .one(&self.store.read)
            .await?;
        Ok(row.map(|row| row.at.into()))
    }

    /// Whose alerts of which kind nobody was told of yet, and when of that kind somebody was last told.
    pub async fn untold(&self) -> Result<Vec<Untold>, Error> {
        let rows: Vec<(Uuid, String)> = alert::Entity::find()
            .select_only()
            .columns([alert::Column::CompanyId, alert::Column::Kind])
            .filter(self.scope.condition(alert::Column::CompanyId))
            .filter(alert::Column::ToldAt.is_null())
            .distinct()
            .into_tuple()
            .all(&self.store.read)
            .await?;
        let mut untold = Vec::new();
        for (company, kind) in rows {
            // What a newer program has raised is its to tell.
            let Some(parsed) = Kind::parse(&kind) else { continue };
            let round = alert_round::Entity::find_by_id((company, kind)).one(&self.store.read).await?;
            let told = round.map(|round| round.at.into());
            untold.push(Untold { company: company.into(), kind: parsed, told });
        }
        Ok(untold)
    }

    /// Takes what is untold of a kind as told, and enters the messages about it in the same commit. False: somebody else
    /// was quicker.
    pub async fn tell(
        &self,
        (company, kind): (CompanyId, Kind),
        at: Timestamp,
        messages: impl FnOnce(Vec<String>, u64) -> Vec<Message>,
    ) -> Result<bool, Error> {
        let tx = self.store.begin().await?;
        let of_kind = Condition::all()
            .add(alert::Column::CompanyId.eq(Uuid::from(company)))
            .add(alert::Column::Kind.eq(kind.as_str()))
            .add(alert::Column::ToldAt.is_null());
        let subjects: Vec<String> = alert::Entity::find()
            .select_only()
            .column(alert::Column::Subject)
            .filter(of_kind.clone())
            .order_by_desc(alert::Column::At)
            .limit(NAMED_MAX)
            .into_tuple()
            .all(&tx)
            .await?;
        let taken = alert::Entity::update_many()
            .col_expr(alert::Column::ToldAt, Expr::value(at.as_millisecond()))
            .filter(of_kind)
            .exec(&tx)
            .await?;
        if taken.rows_affected == 0 {
            tx.rollback().await?;
            return Ok(false);
        }
        let round =
            alert_round::Model { company_id: company.into(), kind: kind.as_str().into(), at: at.into() };
        let there = OnConflict::columns([alert_round::Column::CompanyId, alert_round::Column::Kind])
            .update_column(alert_round::Column::At)
            .to_owned();
        alert_round::Entity::insert(round.into_active_model())
            .on_conflict(there)
            .exec_without_returning(&tx)
            .await?;
        outbox::enter(&tx, &messages(subjects, taken.rows_affected), at).await?;
        tx.commit().await?;
        Ok(true)
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
    let rows = once.into_values().map(|alert| row_of(company, alert, at).into_active_model());
    let anew = OnConflict::column(alert::Column::Id)
        .update_columns([alert::Column::At, alert::Column::ToldAt])
        .to_owned();
    alert::Entity::insert_many(rows).on_conflict(anew).exec_without_returning(tx).await?;
    Ok(())
}

fn row_of(company: CompanyId, alert: &Alert, at: Timestamp) -> alert::Model {
    alert::Model {
        id: alert.id(company).into(),
        company_id: company.into(),
        kind: alert.kind.as_str().into(),
        subject: alert.subject().to_owned(),
        at: at.into(),
        told_at: None,
    }
}
