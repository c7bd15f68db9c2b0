//! What goes with its time, by company and kind: a little at a time, never what an unfinished promise needs, and written down.

use entities::{
    Ms, booking, call, call_particulars, callback, exchange, function_invocation, inbox, retention,
};
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict, SelectStatement};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait as _, Select,
};
use uuid::Uuid;

use super::bookings::OPEN;
use super::callbacks::TO_BE_DONE;
use super::{Error, Scope, Store, forgetting};
use crate::domain::callback::State;
use crate::domain::ids::CompanyId;
use crate::domain::retention::Kind;

/// What one company keeps.
#[derive(Debug)]
pub struct Kept<'a> {
    pub(super) store: &'a Store,
    pub(super) company: CompanyId,
}

/// What was forgotten.
#[derive(Debug)]
pub struct Retentions<'a> {
    pub(super) store: &'a Store,
    pub(super) scope: Scope,
}

/// How a kind was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ran {
    pub kind: Kind,
    pub days: u32,
    pub at: Timestamp,
    pub gone: u64,
    pub oldest: Option<Timestamp>,
}

impl Kept<'_> {
    fn id(&self) -> Uuid {
        self.company.into()
    }

    /// Forgets what of that kind came before that instant and is not needed any more; says how many rows.
    pub async fn forget(&self, kind: Kind, before: Timestamp, now: Timestamp) -> Result<u64, Error> {
        let before = before.as_millisecond();
        forgetting::in_steps(async || match kind {
            Kind::Transcripts | Kind::Messages => self.forget_bodies(kind, before).await,
            Kind::Functions => self.forget_functions(before).await,
            Kind::Calls => self.forget_callers(before, now).await,
            Kind::Callbacks => self.forget_callbacks(before).await,
            Kind::Exchanges => self.forget_exchanges(before).await,
        })
        .await
    }

    /// When the oldest of that kind came that is still there.
    pub async fn oldest(&self, kind: Kind) -> Result<Option<Timestamp>, Error> {
        let read = &self.store.read;
        let oldest: Option<Option<i64>> = match kind {
            Kind::Transcripts | Kind::Messages => {
                let query = self.bodies(kind).select_only().column_as(inbox::Column::ReceivedAt.min(), "at");
                query.into_tuple().one(read).await?
            }
            Kind::Functions => {
                let query = function_invocation::Entity::find()
                    .filter(function_invocation::Column::CompanyId.eq(self.id()))
                    .select_only()
                    .column_as(function_invocation::Column::ReceivedAt.min(), "at");
                query.into_tuple().one(read).await?
            }
            Kind::Calls => {
                let query = call::Entity::find()
                    .filter(call::Column::CompanyId.eq(self.id()))
                    .filter(call::Column::ErasedAt.is_null())
                    .select_only()
                    .column_as(call::Column::StartedAt.min(), "at");
                query.into_tuple().one(read).await?
            }
            Kind::Callbacks => {
                let query = callback::Entity::find()
                    .filter(callback::Column::CompanyId.eq(self.id()))
                    .filter(callback::Column::State.eq(State::Done.as_str()))
                    .select_only()
                    .column_as(callback::Column::UpdatedAt.min(), "at");
                query.into_tuple().one(read).await?
            }
            Kind::Exchanges => {
                let query = exchange::Entity::find()
                    .filter(exchange::Column::CompanyId.eq(self.id()))
                    .select_only()
                    .column_as(exchange::Column::At.min(), "at");
                query.into_tuple().one(read).await?
            }
        };
        Ok(oldest.flatten().map(|at| Ms(at).into()))
    }

    /// Writes down what was looked at and what went.
    pub async fn note(&self, ran: Ran) -> Result<(), Error> {
        let gone = i64::try_from(ran.gone).unwrap_or(i64::MAX);
        let row = retention::Model {
            company_id: self.id(),
            kind: ran.kind.as_str().to_owned(),
            days: i32::try_from(ran.days).unwrap_or(i32::MAX),
            ran_at: ran.at.into(),
            gone,
            gone_ever: gone,
            oldest_at: ran.oldest.map(Ms::from),
        };
        let mut replace = OnConflict::columns([retention::Column::CompanyId, retention::Column::Kind]);
        replace.update_columns([
            retention::Column::Days,
            retention::Column::RanAt,
            retention::Column::Gone,
            retention::Column::OldestAt,
        ]);
        replace.value(
            retention::Column::GoneEver,
            Expr::col((retention::Entity, retention::Column::GoneEver)).add(gone),
        );
        retention::Entity::insert(row.into_active_model())
            .on_conflict(replace)
            .exec_without_returning(&self.store.write)
            .await?;
        Ok(())
    }

    /// Calls that are over, as a question within another one.
    fn settled(&self) -> SelectStatement {
        call::Entity::find()
            .select_only()
            .column(call::Column::Id)
            .filter(call::Column::CompanyId.eq(self.id()))
            .filter(call::Column::Phase.eq("settled"))
            .into_query()
    }

    fn bodies(&self, kind: Kind) -> Select<inbox::Entity> {
        let query = inbox::Entity::find()
            .filter(inbox::Column::CompanyId.eq(self.id()))
            .filter(inbox::Column::Body.is_not_null());
        match kind {
            Kind::Messages => query.filter(inbox::Column::CallId.is_null()),
            Kind::Transcripts | Kind::Functions | Kind::Calls | Kind::Callbacks | Kind::Exchanges => {
                query.filter(inbox::Column::CallId.is_not_null())
            }
        }
    }

    /// What a call that is not settled yet may still be decided by stays.
    async fn forget_bodies(&self, kind: Kind, before: i64) -> Result<u64, Error> {
        let mut old = self.bodies(kind).filter(inbox::Column::ReceivedAt.lt(before));
        if kind == Kind::Transcripts {
            old = old.filter(inbox::Column::CallId.in_subquery(self.settled()));
        }
        let old = old.select_only().column(inbox::Column::Id).limit(forgetting::AT_A_TIME).into_query();
        let gone = inbox::Entity::update_many()
            .col_expr(inbox::Column::Body, Expr::value(None::<Vec<u8>>))
            .filter(inbox::Column::Id.in_subquery(old))
            .exec(&self.store.write)
            .await?;
        Ok(gone.rows_affected)
    }

    async fn forget_functions(&self, before: i64) -> Result<u64, Error> {
        let old: Vec<(Uuid, String)> = function_invocation::Entity::find()
            .select_only()
            .columns([function_invocation::Column::CallId, function_invocation::Column::Key])
            .filter(function_invocation::Column::CompanyId.eq(self.id()))
            .filter(function_invocation::Column::ReceivedAt.lt(before))
            .filter(function_invocation::Column::CallId.in_subquery(self.settled()))
            .limit(forgetting::AT_A_TIME)
            .into_tuple()
            .all(&self.store.read)
            .await?;
        if old.is_empty() {
            return Ok(0);
        }
        let one = |(call, key): (Uuid, String)| {
            function_invocation::Column::CallId.eq(call).and(function_invocation::Column::Key.eq(key))
        };
        let any = old.into_iter().map(one).fold(sea_orm::Condition::any(), sea_orm::Condition::add);
        let gone = function_invocation::Entity::delete_many()
            .filter(function_invocation::Column::CompanyId.eq(self.id()))
            .filter(any)
            .exec(&self.store.write)
            .await?;
        Ok(gone.rows_affected)
    }

    /// Of calls that are over, and whose promises are kept or given up, the caller goes.
    async fn forget_callers(&self, before: i64, now: Timestamp) -> Result<u64, Error> {
        let promised = booking::Entity::find()
            .select_only()
            .column(booking::Column::CallId)
            .filter(booking::Column::CompanyId.eq(self.id()))
            .filter(booking::Column::State.is_in(OPEN).or(booking::Column::DueAt.is_not_null()));
        let waited_for = callback::Entity::find()
            .select_only()
            .column(callback::Column::CallId)
            .filter(callback::Column::CompanyId.eq(self.id()))
            .filter(callback::Column::State.is_in(TO_BE_DONE));
        let old: Vec<Uuid> = call::Entity::find()
            .select_only()
            .column(call::Column::Id)
            .filter(call::Column::CompanyId.eq(self.id()))
            .filter(call::Column::ErasedAt.is_null())
            .filter(call::Column::StartedAt.lt(before))
            .filter(call::Column::Phase.eq("settled"))
            .filter(call::Column::Id.not_in_subquery(promised.into_query()))
            .filter(call::Column::Id.not_in_subquery(waited_for.into_query()))
            .limit(forgetting::AT_A_TIME)
            .into_tuple()
            .all(&self.store.read)
            .await?;
        if old.is_empty() {
            return Ok(0);
        }
        let tx = self.store.begin().await?;
        call_particulars::Entity::delete_many()
            .filter(call_particulars::Column::CallId.is_in(old.iter().copied()))
            .exec(&tx)
            .await?;
        function_invocation::Entity::delete_many()
            .filter(function_invocation::Column::CallId.is_in(old.iter().copied()))
            .exec(&tx)
            .await?;
        inbox::Entity::update_many()
            .col_expr(inbox::Column::Body, Expr::value(None::<Vec<u8>>))
            .filter(inbox::Column::CallId.is_in(old.iter().copied()))
            .filter(inbox::Column::Body.is_not_null())
            .exec(&tx)
            .await?;
        let gone = call::Entity::update_many()
            .col_expr(call::Column::CallerNumber, Expr::value(None::<String>))
            .col_expr(call::Column::CustomerId, Expr::value(None::<Uuid>))
            .col_expr(call::Column::ErasedAt, Expr::value(now.as_millisecond()))
            .filter(call::Column::Id.is_in(old))
            .exec(&tx)
            .await?;
        tx.commit().await?;
        Ok(gone.rows_affected)
    }

    async fn forget_callbacks(&self, before: i64) -> Result<u64, Error> {
        let old = callback::Entity::find()
            .select_only()
            .column(callback::Column::Id)
            .filter(callback::Column::CompanyId.eq(self.id()))
            .filter(callback::Column::State.eq(State::Done.as_str()))
            .filter(callback::Column::UpdatedAt.lt(before))
            .limit(forgetting::AT_A_TIME);
        let gone = callback::Entity::delete_many()
            .filter(callback::Column::Id.in_subquery(old.into_query()))
            .exec(&self.store.write)
            .await?;
        Ok(gone.rows_affected)
    }

    async fn forget_exchanges(&self, before: i64) -> Result<u64, Error> {
        let old = exchange::Entity::find()
            .select_only()
            .column(exchange::Column::Id)
            .filter(exchange::Column::CompanyId.eq(self.id()))
            .filter(exchange::Column::At.lt(before))
            .limit(forgetting::AT_A_TIME);
        let gone = exchange::Entity::delete_many()
            .filter(exchange::Column::Id.in_subquery(old.into_query()))
            .exec(&self.store.write)
            .await?;
        Ok(gone.rows_affected)
    }
}

impl Retentions<'_> {
    /// What was looked at last, by company and kind.
    pub async fn list(&self) -> Result<Vec<retention::Model>, Error> {
        let query = retention::Entity::find()
            .filter(self.scope.condition(retention::Column::CompanyId))
            .order_by_asc(retention::Column::CompanyId)
            .order_by_asc(retention::Column::Kind);
        Ok(query.all(&self.store.read).await?)
    }
}
