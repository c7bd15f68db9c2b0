//! Deliveries as people read them: lists, one with its body, and what became of it when it was taken in again.

use entities::{Ms, inbox};
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::{Cursor, Error, Page, Scope, Store, forgetting};
use crate::domain::ids::{CallId, CompanyId, DeliveryId};

/// Deliveries of some tenants; only whoever sees all tenants sees those that belong to none.
#[derive(Debug)]
pub struct Inbox<'a> {
    pub(super) store: &'a Store,
    pub(super) scope: Scope,
}

/// Which deliveries a list is about; None: any.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub event: Option<String>,
    pub status: Option<String>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

/// A delivery without its body.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Listed {
    pub id: Uuid,
    pub company_id: Option<Uuid>,
    pub call_id: Option<Uuid>,
    pub route: String,
    pub event: String,
    pub our_number: Option<String>,
    pub status: String,
    pub received_at: Ms,
    pub repeats: i32,
    pub last_at: Option<Ms>,
    pub headers: Option<String>,
    pub has_body: bool,
}

/// Deliveries of one kind.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Counted {
    pub route: String,
    pub event: String,
    pub status: String,
    pub number: i64,
    /// How often they came again.
    pub repeats: i64,
    pub last_at: Ms,
}

impl Inbox<'_> {
    /// A page of deliveries, the newest first, without their bodies.
    pub async fn list(
        &self,
        filter: &Filter,
        after: Option<Cursor>,
        limit: u64,
    ) -> Result<Page<Listed>, Error> {
        let mut query = inbox::Entity::find().filter(self.scope.condition(inbox::Column::CompanyId));
        if let Some(event) = &filter.event {
            query = query.filter(inbox::Column::Event.eq(event));
        }
        if let Some(status) = &filter.status {
            query = query.filter(inbox::Column::Status.eq(status));
        }
        if let Some(from) = filter.from {
            query = query.filter(inbox::Column::ReceivedAt.gte(from.as_millisecond()));
        }
        if let Some(to) = filter.to {
            query = query.filter(inbox::Column::ReceivedAt.lt(to.as_millisecond()));
        }
        if let Some(cursor) = after {
            query = query.filter(cursor.before(inbox::Column::ReceivedAt, inbox::Column::Id));
        }
        let query =
            query.order_by_desc(inbox::Column::ReceivedAt).order_by_desc(inbox::Column::Id).limit(limit + 1);
        let rows = without_bodies(query).into_model::<Listed>().all(&self.store.read).await?;
        Ok(Page::cut(rows, limit, |row: &Listed| Cursor { at: row.received_at, id: row.id }, |row| row))
    }

    /// How many deliveries came from then until before then, by door, event and status.
    pub async fn counts(&self, (from, to): (Timestamp, Timestamp)) -> Result<Vec<Counted>, Error> {
        let query = inbox::Entity::find()
            .select_only()
            .columns([inbox::Column::Route, inbox::Column::Event, inbox::Column::Status])
            .column_as(inbox::Column::Id.count(), "number")
            .column_as(Expr::col(inbox::Column::Repeats).sum().cast_as("BIGINT"), "repeats")
            .column_as(inbox::Column::ReceivedAt.max(), "last_at")
            .filter(self.scope.condition(inbox::Column::CompanyId))
            .filter(inbox::Column::ReceivedAt.gte(from.as_millisecond()))
            .filter(inbox::Column::ReceivedAt.lt(to.as_millisecond()))
            .group_by(inbox::Column::Route)
            .group_by(inbox::Column::Event)
            .group_by(inbox::Column::Status)
            .order_by_asc(inbox::Column::Route)
            .order_by_asc(inbox::Column::Event)
            .order_by_asc(inbox::Column::Status);
        Ok(query.into_model().all(&self.store.read).await?)
    }

    pub async fn find(&self, id: DeliveryId) -> Result<Option<inbox::Model>, Error> {
        let query =
            inbox::Entity::find_by_id(Uuid::from(id)).filter(self.scope.condition(inbox::Column::CompanyId));
        Ok(query.one(&self.store.read).await?)
    }

    /// The deliveries about a call, in the order they came.
    pub async fn of_call(&self, call: CallId) -> Result<Vec<Listed>, Error> {
        let query = inbox::Entity::find()
            .filter(self.scope.condition(inbox::Column::CompanyId))
            .filter(inbox::Column::CallId.eq(Uuid::from(call)))
            .order_by_asc(inbox::Column::ReceivedAt);
        Ok(without_bodies(query).into_model::<Listed>().all(&self.store.read).await?)
    }

    /// A lifecycle event that is known already came once more.
    pub async fn came_again(&self, once: &str, at: Timestamp) -> Result<(), Error> {
        inbox::Entity::update_many()
            .col_expr(inbox::Column::Repeats, Expr::col(inbox::Column::Repeats).add(1))
            .col_expr(inbox::Column::LastAt, Expr::value(at.as_millisecond()))
            .filter(self.scope.condition(inbox::Column::CompanyId))
            .filter(inbox::Column::Once.eq(once))
            .exec(&self.store.write)
            .await?;
        Ok(())
    }

    /// A delivery that belonged to nobody, or had been of no use, was taken in for that call.
    pub async fn taken_in(
        &self,
        id: DeliveryId,
        company: CompanyId,
        call: Option<CallId>,
        status: &str,
    ) -> Result<(), Error> {
        inbox::Entity::update_many()
            .col_expr(inbox::Column::CompanyId, Expr::value(Uuid::from(company)))
            .col_expr(inbox::Column::CallId, Expr::value(call.map(Uuid::from)))
            .col_expr(inbox::Column::Status, Expr::value(status))
            .filter(self.scope.condition(inbox::Column::CompanyId))
            .filter(inbox::Column::Id.eq(Uuid::from(id)))
            .exec(&self.store.write)
            .await?;
        Ok(())
    }

    /// Forgets deliveries that came before that instant altogether; says how many.
    pub async fn forget(&self, before: Timestamp) -> Result<u64, Error> {
        forgetting::in_steps(async || {
            let old = inbox::Entity::find()
                .select_only()
                .column(inbox::Column::Id)
                .filter(self.scope.condition(inbox::Column::CompanyId))
                .filter(inbox::Column::ReceivedAt.lt(before.as_millisecond()))
                .limit(forgetting::AT_A_TIME);
            let gone = inbox::Entity::delete_many()
                .filter(inbox::Column::Id.in_subquery(old.into_query()))
                .exec(&self.store.write)
                .await?;
            Ok(gone.rows_affected)
        })
        .await
    }
}

/// Bodies may be large, and a list needs none of them.
fn without_bodies(query: Select<inbox::Entity>) -> Select<inbox::Entity> {
    query
        .select_only()
        .columns([
            inbox::Column::Id,
            inbox::Column::CompanyId,
            inbox::Column::CallId,
            inbox::Column::Route,
            inbox::Column::Event,
            inbox::Column::OurNumber,
            inbox::Column::Status,
            inbox::Column::ReceivedAt,
            inbox::Column::Repeats,
            inbox::Column::LastAt,
            inbox::Column::Headers,
        ])
        .column_as(inbox::Column::Body.is_not_null(), "has_body")
}
