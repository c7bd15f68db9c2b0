//! Bookings and the attempts to make them; a booking's version is its optimistic lock.

mod lists;
mod row;

use std::collections::BTreeMap;

use entities::{attempt, booking, call};
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, LockType, OnConflict};
use sea_orm::{
    ActiveValue, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

pub(super) use row::columns;
pub use row::machine;

use super::bell::Kind;
use super::holds::{self, Owner};
use super::{Append, Error, Scope, Store, alerts, callbacks, outbox};
use crate::domain::alert::Alert;
use crate::domain::booking::{Booking, State};
use crate::domain::call::outcome::Standing;
use crate::domain::call::{Appointment, as_called};
use crate::domain::callback::Callback;
use crate::domain::ids::{BookingId, BranchId, CalendarId, CallId, CustomerId};
use crate::domain::outbox::{Message, Occasion};

/// States in which something is still to be done.
pub(super) const OPEN: [&str; 3] = ["waiting", "sent", "unsure"];
/// States in which an appointment stands at Cal.com.
pub(super) const STANDING: [&str; 2] = ["booked", "pending"];
/// States in which a promise was not kept.
pub(super) const LOST: [&str; 2] = ["refused", "failed"];

/// The most appointments that one caller is asked about.
const EXISTING_MAX: u64 = 50;

/// Bookings of some tenants.
#[derive(Debug)]
pub struct Bookings<'a> {
    pub(super) store: &'a Store,
    pub(super) scope: Scope,
}

/// Which bookings a list is about; None: any.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub call: Option<CallId>,
    pub calendar: Option<CalendarId>,
    pub branch: Option<BranchId>,
    pub state: Option<String>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

/// A request about a booking that leaves, or how the last one of its kind ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub kind: AttemptKind,
    pub at: Timestamp,
    /// None: it leaves now.
    pub result: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptKind {
    Create,
    Move,
    Cancel,
    Look,
}

impl AttemptKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Move => "move",
            Self::Cancel => "cancel",
            Self::Look => "look",
        }
    }
}

/// A booking moved on: the state as it was read, the next one, and what goes into the books with it.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    pub row: &'a booking::Model,
    pub next: &'a Booking,
    pub at: Timestamp,
    pub attempts: Vec<Attempt>,
    pub callbacks: Vec<Callback>,
    /// What is told about it.
    pub messages: Vec<Message>,
}

impl Bookings<'_> {
    pub async fn find(&self, id: BookingId) -> Result<Option<booking::Model>, Error> {
        let query = booking::Entity::find_by_id(Uuid::from(id))
            .filter(self.scope.condition(booking::Column::CompanyId));
        Ok(query.one(&self.store.read).await?)
    }

    pub async fn of_call(&self, call: CallId) -> Result<Vec<booking::Model>, Error> {
        let query = booking::Entity::find()
            .filter(self.scope.condition(booking::Column::CompanyId))
            .filter(booking::Column::CallId.eq(Uuid::from(call)))
            .order_by_asc(booking::Column::Appointment);
        Ok(query.all(&self.store.read).await?)
    }

    /// The booking that stands at Cal.com under this uid.
    pub async fn of_uid(&self, uid: &str) -> Result<Option<booking::Model>, Error> {
        let query = booking::Entity::find()
            .filter(self.scope.condition(booking::Column::CompanyId))
            .filter(booking::Column::CalcomUid.eq(uid));
        Ok(query.one(&self.store.read).await?)
    }

    /// What has not begun and stands or is on its way, for these customers or made in that call, in order.
    pub async fn existing(
        &self,
        customers: &[CustomerId],
        call: CallId,
        now: Timestamp,
    ) -> Result<Vec<Appointment>, Error> {
        let theirs = booking::Column::CustomerId.is_in(customers.iter().map(|id| Uuid::from(*id)));
        let rows = booking::Entity::find()
            .filter(self.scope.condition(booking::Column::CompanyId))
            .filter(Condition::any().add(theirs).add(booking::Column::CallId.eq(Uuid::from(call))))
            .filter(booking::Column::State.is_in(OPEN.into_iter().chain(STANDING)))
            .filter(booking::Column::StartsAt.gt(now.as_millisecond()))
            .order_by_asc(booking::Column::StartsAt)
            .limit(EXISTING_MAX)
            .all(&self.store.read)
            .await?;
        rows.iter().map(|row| row::appointment(row, call)).collect()
    }

    /// What begins since then for these customers, whatever has become of it, in order.
    pub async fn of_customers(
        &self,
        customers: &[CustomerId],
        since: Timestamp,
    ) -> Result<Vec<booking::Model>, Error> {
        let theirs = booking::Column::CustomerId.is_in(customers.iter().map(|id| Uuid::from(*id)));
        let query = booking::Entity::find()
            .filter(self.scope.condition(booking::Column::CompanyId))
            .filter(theirs)
            .filter(booking::Column::StartsAt.gte(since.as_millisecond()))
            .order_by_asc(booking::Column::StartsAt)
            .limit(EXISTING_MAX);
        Ok(query.all(&self.store.read).await?)
    }

    pub async fn attempts(&self, id: BookingId) -> Result<Vec<attempt::Model>, Error> {
        let query = attempt::Entity::find()
            .filter(self.scope.condition(attempt::Column::CompanyId))
            .filter(attempt::Column::BookingId.eq(Uuid::from(id)))
            .order_by_asc(attempt::Column::StartedAt);
        Ok(query.all(&self.store.read).await?)
    }

    /// How many bookings stand in each state.
    pub async fn counts(&self) -> Result<BTreeMap<String, i64>, Error> {
        let query = booking::Entity::find()
            .select_only()
            .column(booking::Column::State)
            .column_as(booking::Column::Id.count(), "count")
            .filter(self.scope.condition(booking::Column::CompanyId))
            .group_by(booking::Column::State);
        let rows: Vec<(String, i64)> = query.into_tuple().all(&self.store.read).await?;
        Ok(rows.into_iter().collect())
    }

    /// Moves a booking on and answers with its row as it then stands; None: somebody else did, read it again. Whatever
    /// was held for a booking that is settled now is let go in the same commit.
    pub async fn record(&self, change: Change<'_>) -> Result<Option<booking::Model>, Error> {
        let tx = self.store.begin().await?;
        let moved = booking::Entity::update_many()
            .set(columns(change.row, change.next, change.at))
            .filter(self.scope.condition(booking::Column::CompanyId))
            .filter(booking::Column::Id.eq(change.row.id))
            .filter(booking::Column::Version.eq(change.row.version))
            .exec_with_returning(&tx)
            .await?;
        let Some(row) = moved.into_iter().next() else {
            tx.rollback().await?;
            return Ok(None);
        };
        for attempt in &change.attempts {
            note_attempt(&tx, change.row, attempt).await?;
        }
        callbacks::enter_all(
            &tx,
            &change.callbacks,
            change.row.company_id,
            Some(change.row.branch_id),
            change.at,
        )
        .await?;
        if row.state != change.row.state && LOST.contains(&row.state.as_str()) {
            let alert = Alert::booking_failed(row.id.into());
            alerts::enter(&tx, row.company_id.into(), &[alert], change.at).await?;
        }
        let stands = matches!(change.next.state, State::Booked { .. });
        if stands && !STANDING.contains(&change.row.state.as_str()) {
            callbacks::answered(&tx, change.row.id, change.at).await?;
        }
        if Occasion::of(&machine(change.row)?, change.next).is_some() {
            outbox::forget_reminders(&tx, row.id.into(), change.at).await?;
        }
        outbox::enter(&tx, &change.messages, change.at).await?;
        // While a booking is open, its call's outcome is the promise that the journal has written down.
        move_hold(&tx, &change).await?;
        if row.state != change.row.state {
            settle_call(&tx, row.call_id).await?;
        }
        tx.commit().await?;
        let company = row.company_id.into();
        self.store.bell.ring_of(company, Kind::Bookings, row.id);
        self.store.bell.ring_of(company, Kind::Callbacks, None);
        Ok(Some(row))
    }
}

/// What was held for a booking that is settled now is let go; what is held for one that is open again stays until then.
async fn move_hold(tx: &DatabaseTransaction, change: &Change<'_>) -> Result<(), DbErr> {
    let row = change.row;
    let (was_open, is_open) = (OPEN.contains(&row.state.as_str()), !change.next.is_settled());
    let appointment = u8::try_from(row.appointment).unwrap_or(u8::MAX);
    let (company, owner) = (row.company_id.into(), Owner { call: row.call_id.into(), appointment });
    match (was_open, is_open) {
        (true, false) if matches!(change.next.state, State::Booked { .. }) => {
            holds::outlast_answers(tx, company, owner, change.at).await
        }
        (true, false) => holds::remove(tx, company, owner).await,
        (false, true) => holds::keep_until(tx, company, owner, row.ends_at.into()).await,
        (true, true) | (false, false) => Ok(()),
    }
}

/// Notes a request that leaves, or how the last of its kind ended that has not; a look begins and ends at once.
async fn note_attempt(
    tx: &DatabaseTransaction,
    row: &booking::Model,
    attempt: &Attempt,
) -> Result<(), DbErr> {
    let of_kind = || {
        attempt::Entity::find()
            .filter(attempt::Column::BookingId.eq(row.id))
            .filter(attempt::Column::Kind.eq(attempt.kind.as_str()))
    };
    if attempt.result.is_some() {
        let open = of_kind().filter(attempt::Column::EndedAt.is_null());
        if let Some(open) = open.order_by_desc(attempt::Column::Number).one(tx).await? {
            let mut open = open.into_active_model();
            open.ended_at = ActiveValue::Set(Some(attempt.at.into()));
            open.result = ActiveValue::Set(attempt.result.clone());
            attempt::Entity::update(open).exec(tx).await?;
            return Ok(());
        }
    }
    let model = attempt::Model {
        booking_id: row.id,
        kind: attempt.kind.as_str().into(),
        number: i32::try_from(of_kind().count(tx).await?).unwrap_or(i32::MAX - 1) + 1,
        company_id: row.company_id,
        started_at: attempt.at.into(),
        ended_at: attempt.result.is_some().then(|| attempt.at.into()),
        result: attempt.result.clone(),
    };
    attempt::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Calls that are settled in this batch may have bookings that were quicker.
pub(super) async fn settle_calls(tx: &DatabaseTransaction, won: &[&Append]) -> Result<(), DbErr> {
    for append in won.iter().filter(|append| append.after.outcome == Some("promised")) {
        settle_call(tx, append.after.id.into()).await?;
    }
    Ok(())
}

/// A call that made promises has the outcome of its bookings.
async fn settle_call(tx: &DatabaseTransaction, call_id: Uuid) -> Result<(), DbErr> {
    // Two bookings of a call may end at the same time: whoever counts second must see what the first has written.
    call::Entity::find_by_id(call_id)
        .select_only()
        .column(call::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .into_tuple::<Uuid>()
        .one(tx)
        .await?;
    let rows: Vec<(i32, String)> = booking::Entity::find()
        .select_only()
        .column(booking::Column::Appointment)
        .column(booking::Column::State)
        .filter(booking::Column::CallId.eq(call_id))
        .into_tuple()
        .all(tx)
        .await?;
    let states = latest_of_each(rows);
    call::Entity::update_many()
        .col_expr(call::Column::Outcome, Expr::value(Standing::of_bookings(&states).as_str()))
        .filter(call::Column::Id.eq(call_id))
        .filter(call::Column::Phase.eq("settled"))
        .exec(tx)
        .await?;
    Ok(())
}

/// The states of what each appointment came to in its last try.
fn latest_of_each(rows: Vec<(i32, String)>) -> Vec<String> {
    let called = |number: i32| as_called(u8::try_from(number).unwrap_or(u8::MAX));
    let mut latest: BTreeMap<u8, (i32, String)> = BTreeMap::new();
    for (number, state) in rows {
        let of_this = latest.entry(called(number)).or_insert_with(|| (number, state.clone()));
        if of_this.0 < number {
            *of_this = (number, state);
        }
    }
    latest.into_values().map(|(_, state)| state).collect()
}

/// The intents of a batch of appends become bookings.
pub(super) async fn enter(tx: &DatabaseTransaction, won: &[&Append]) -> Result<(), DbErr> {
    let rows: Vec<booking::ActiveModel> = won
        .iter()
        .flat_map(|append| append.intents.iter().map(|intent| row::entered(append, intent)))
        .collect();
    if !rows.is_empty() {
        booking::Entity::insert_many(rows)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// Bookings that should be moving, but have been neither touched nor due since that instant.
pub(super) async fn due_since(
    db: &impl ConnectionTrait,
    since: Timestamp,
) -> Result<Vec<booking::Model>, DbErr> {
    let since = since.as_millisecond();
    let query = booking::Entity::find()
        .filter(booking::Column::DueAt.lte(since))
        .filter(booking::Column::UpdatedAt.lte(since));
    let mut rows = query.all(db).await?;
    // Sorted here: a database would go through all bookings by an index that sorts.
    rows.sort_by_key(|row| (row.created_at, row.id));
    Ok(rows)
}
