//! Deliveries that do not move a call: other events, unknown numbers, bodies without a call. Kept, counted, forgotten in time.

use entities::inbox;
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

use super::journal::Delivery;
use super::{Error, Scope, Store, forgetting};
use crate::domain::ids::{CallId, CompanyId};

/// The inbox.
#[derive(Debug)]
pub struct Deliveries<'a> {
    pub(super) store: &'a Store,
}

/// A number of somebody's that rings here without a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownNumber {
    pub number: String,
    pub deliveries: i64,
    pub last_at: Timestamp,
}

impl Deliveries<'_> {
    /// Keeps a delivery; `status` says why nothing more was done with it.
    #[expect(clippy::too_many_arguments, reason = "each is one column of the row")]
    pub async fn keep(
        &self,
        delivery: Delivery,
        company: Option<CompanyId>,
        call: Option<CallId>,
        status: &str,
        at: Timestamp,
    ) -> Result<(), Error> {
        let row = row(delivery, company, call, status, at);
        inbox::Entity::insert(row.into_active_model()).exec_without_returning(&self.store.write).await?;
        Ok(())
    }

    /// Keeps what is told once; false: it was here before, which is counted.
    pub async fn keep_once(
        &self,
        delivery: Delivery,
        company: CompanyId,
        at: Timestamp,
    ) -> Result<bool, Error> {
        let once = delivery.once.clone();
        let row = inbox::Model { once: once.clone(), ..row(delivery, Some(company), None, "taken_in", at) };
        let taken =
            OnConflict::columns([inbox::Column::CompanyId, inbox::Column::Once]).do_nothing().to_owned();
        let insert = inbox::Entity::insert(row.into_active_model()).on_conflict(taken);
        let is_new = insert.exec_without_returning(&self.store.write).await? > 0;
        if let Some(once) = once.filter(|_| !is_new) {
            self.store.inbox(Scope::one(company)).came_again(&once, at).await?;
        }
        Ok(is_new)
    }

    /// Unknown numbers, the latest first; for administrators of the platform.
    pub async fn unknown_numbers(&self) -> Result<Vec<UnknownNumber>, Error> {
        let query = inbox::Entity::find()
            .select_only()
            .column(inbox::Column::OurNumber)
            .column_as(inbox::Column::Id.count(), "deliveries")
            .column_as(inbox::Column::ReceivedAt.max(), "last_at")
            .filter(inbox::Column::Status.eq("unknown_number"))
            .filter(inbox::Column::OurNumber.is_not_null())
            .group_by(inbox::Column::OurNumber)
            .order_by_desc(inbox::Column::ReceivedAt.max());
        let rows: Vec<(String, i64, i64)> = query.into_tuple().all(&self.store.read).await?;
        let unknown = |(number, deliveries, last_at)| UnknownNumber {
            number,
            deliveries,
            last_at: entities::Ms(last_at).into(),
        };
        Ok(rows.into_iter().map(unknown).collect())
    }

    /// How many deliveries there are.
    pub async fn count(&self) -> Result<u64, Error> {
        use sea_orm::PaginatorTrait as _;
        Ok(inbox::Entity::find().count(&self.store.read).await?)
    }

    /// Forgets the bodies of deliveries that belong to nobody and came before that instant; says how many.
    pub async fn forget_bodies(&self, before: Timestamp) -> Result<u64, Error> {
        forgetting::in_steps(async || {
            let old = inbox::Entity::find()
                .select_only()
                .column(inbox::Column::Id)
                .filter(inbox::Column::CompanyId.is_null())
                .filter(inbox::Column::ReceivedAt.lt(before.as_millisecond()))
                .filter(inbox::Column::Body.is_not_null())
                .limit(forgetting::AT_A_TIME);
            let forgotten = inbox::Entity::update_many()
                .col_expr(inbox::Column::Body, Expr::value(Option::<Vec<u8>>::None))
                .filter(inbox::Column::Id.in_subquery(old.into_query()))
                .exec(&self.store.write)
                .await?;
            Ok(forgotten.rows_affected)
        })
        .await
    }
}

fn row(
    delivery: Delivery,
    company: Option<CompanyId>,
    call: Option<CallId>,
    status: &str,
    at: Timestamp,
) -> inbox::Model {
    inbox::Model {
        id: delivery.id.into(),
        company_id: company.map(Uuid::from),
        call_id: call.map(Uuid::from),
        route: delivery.route.into(),
        event: delivery.event,
        once: None,
        our_number: delivery.our_number,
        status: status.into(),
        received_at: at.into(),
        body: delivery.body.map(|body| body.0.into_bytes()),
        repeats: 0,
        last_at: None,
        signed_by: delivery.signed_by,
        headers: delivery.headers,
    }
}
