//! Callback items: one per call and reason, the overdue first.

use std::collections::BTreeMap;

use entities::callback;
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IdenStatic as _, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::{Append, Cursor, Error, Page, Scope, Store};
use crate::domain::callback::Callback;
use crate::domain::ids::{BookingId, CallId, CallbackId};

/// Callback items of some tenants.
#[derive(Debug)]
pub struct Callbacks<'a> {
    pub(super) store: &'a Store,
    pub(super) scope: Scope,
}

impl Callbacks<'_> {
    /// A page of items, those due first at the head.
    pub async fn list(
        &self,
        state: Option<&str>,
        after: Option<Cursor>,
        limit: u64,
    ) -> Result<Page<callback::Model>, Error> {
        let mut query = callback::Entity::find().filter(self.scope.condition(callback::Column::CompanyId));
        if let Some(state) = state {
            query = query.filter(callback::Column::State.eq(state));
        }
        if let Some(cursor) = after {
            query = query.filter(cursor.after(callback::Column::DueAt, callback::Column::Id));
        }
        let rows = query
            .order_by_asc(callback::Column::DueAt)
            .order_by_asc(callback::Column::Id)
            .limit(limit + 1)
            .all(&self.store.read)
            .await?;
        Ok(Page::cut(rows, limit, |row: &callback::Model| Cursor { at: row.due_at, id: row.id }, |row| row))
    }

    /// Whether somebody has been at work on an item about this booking.
    pub async fn has_been_told(&self, booking: BookingId) -> Result<bool, Error> {
        let query = callback::Entity::find()
            .filter(self.scope.condition(callback::Column::CompanyId))
            .filter(callback::Column::BookingId.eq(Uuid::from(booking)))
            .filter(callback::Column::State.ne("open"));
        Ok(query.one(&self.store.read).await?.is_some())
    }

    pub async fn of_call(&self, call: CallId) -> Result<Vec<callback::Model>, Error> {
        let query = callback::Entity::find()
            .filter(self.scope.condition(callback::Column::CompanyId))
            .filter(callback::Column::CallId.eq(Uuid::from(call)))
            .order_by_asc(callback::Column::CreatedAt);
        Ok(query.all(&self.store.read).await?)
    }
}

/// What was promised stands after all: nobody has to call about it.
pub(super) async fn answered(tx: &DatabaseTransaction, booking: Uuid, now: Timestamp) -> Result<(), DbErr> {
    callback::Entity::update_many()
        .col_expr(callback::Column::State, Expr::value("done"))
        .col_expr(callback::Column::UpdatedAt, Expr::value(now.as_millisecond()))
        .filter(callback::Column::BookingId.eq(booking))
        .filter(callback::Column::State.eq("open"))
        .exec(tx)
        .await?;
    Ok(())
}

/// The callback items of a batch of appends.
pub(super) async fn enter(tx: &DatabaseTransaction, won: &[&Append]) -> Result<(), DbErr> {
    for append in won {
        enter_all(tx, &append.callbacks, append.after.company.into(), append.after.branch, append.at).await?;
    }
    Ok(())
}

/// Enters items; one of a caller's that is still open takes the newer words, what was not said again stays. One about a
/// booking stays as it is: it is due when it was first due.
pub(super) async fn enter_all(
    tx: &DatabaseTransaction,
    items: &[Callback],
    company_id: Uuid,
    branch_id: Option<Uuid>,
    now: Timestamp,
) -> Result<(), DbErr> {
    if items.is_empty() {
        return Ok(());
    }
    // PostgreSQL refuses to update a row twice in one statement: of equal items the last one counts.
    let newest: BTreeMap<CallbackId, &Callback> = items.iter().map(|item| (item.id(), item)).collect();
    let rows = newest.into_values().map(|item| {
        callback::Model {
            id: item.id().into(),
            company_id,
            branch_id,
            call_id: item.call.into(),
            booking_id: item.booking.map(Uuid::from),
            reason: item.reason.as_str().into(),
            priority: item.reason.priority().into(),
            state: "open".into(),
            name: item.name.as_ref().map(|name| name.0.clone()),
            phone: item.phone.as_ref().map(|phone| phone.e164().to_owned()),
            wish: item.wish.as_ref().map(|wish| wish.0.clone()),
            due_at: item.due.into(),
            created_at: now.into(),
            updated_at: now.into(),
        }
        .into_active_model()
    });
    callback::Entity::insert_many(rows).on_conflict(newest_words()).exec_without_returning(tx).await?;
    Ok(())
}

fn newest_words() -> OnConflict {
    use callback::Column;
    let newest = |column: Column| {
        let name = column.as_str();
        (column, Expr::cust(format!("COALESCE(excluded.{name}, callbacks.{name})")))
    };
    OnConflict::column(Column::Id)
        .values([Column::Name, Column::Phone, Column::Wish, Column::DueAt, Column::UpdatedAt].map(newest))
        .action_and_where(Expr::cust("callbacks.state = 'open' AND callbacks.booking_id IS NULL"))
        .to_owned()
}
