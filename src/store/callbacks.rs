//! Callback items: one per call and reason, the overdue first.

use std::collections::BTreeMap;

use entities::callback;
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IdenStatic as _, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use super::bell::Kind;
use super::{Append, Cursor, Error, Page, Scope, Store};
use crate::domain::callback::{Callback, Priority, Reason, State};
use crate::domain::ids::{BookingId, CallId, CallbackId};

/// States in which somebody still has to call.
pub(super) const TO_BE_DONE: [&str; 2] = ["open", "unreachable"];

/// Which items a list is about; None: any.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    pub state: Option<State>,
    pub reason: Option<Reason>,
    pub priority: Option<Priority>,
    pub call: Option<CallId>,
    /// Only those that should have been dealt with by then.
    pub overdue_at: Option<Timestamp>,
    /// Only those that somebody still has to see to.
    pub to_be_done: bool,
}

/// What a person says about an item; None: as it was.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub state: Option<State>,
    /// How often nobody was reached: so often, or once more than before.
    pub tries: Option<Tries>,
    pub owner: Text,
    pub note: Text,
}

/// Words that are left as they are, or written anew; None empties them.
#[derive(Clone, Debug, Default)]
pub enum Text {
    #[default]
    Left,
    Written(Option<String>),
}

impl<'de> Deserialize<'de> for Text {
    /// What is given counts, null too; a field that is left out takes the default.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::Written)
    }
}

/// How often nobody was reached.
#[derive(Clone, Copy, Debug)]
pub enum Tries {
    Are(u32),
    OneMore,
}

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
        filter: &Filter,
        after: Option<Cursor>,
        limit: u64,
    ) -> Result<Page<callback::Model>, Error> {
        let mut query = callback::Entity::find().filter(self.scope.condition(callback::Column::CompanyId));
        if let Some(state) = filter.state {
            query = query.filter(callback::Column::State.eq(state.as_str()));
        }
        if filter.to_be_done {
            query = query.filter(callback::Column::State.is_in(TO_BE_DONE));
        }
        if let Some(reason) = filter.reason {
            query = query.filter(callback::Column::Reason.eq(reason.as_str()));
        }
        if let Some(priority) = filter.priority {
            query = query.filter(callback::Column::Priority.eq(priority.as_str()));
        }
        if let Some(call) = filter.call {
            query = query.filter(callback::Column::CallId.eq(Uuid::from(call)));
        }
        if let Some(instant) = filter.overdue_at {
            query = query
                .filter(callback::Column::State.ne(State::Done.as_str()))
                .filter(callback::Column::DueAt.lt(instant.as_millisecond()));
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

    /// How many are to be done, by company; with an instant, only those due before it.
    pub async fn to_be_done(&self, due_before: Option<Timestamp>) -> Result<Vec<(Uuid, i64)>, Error> {
        let mut query = callback::Entity::find()
            .select_only()
            .column(callback::Column::CompanyId)
            .column_as(callback::Column::Id.count(), "number")
            .filter(self.scope.condition(callback::Column::CompanyId))
            .filter(callback::Column::State.is_in(TO_BE_DONE))
            .group_by(callback::Column::CompanyId);
        if let Some(instant) = due_before {
            query = query.filter(callback::Column::DueAt.lt(instant.as_millisecond()));
        }
        Ok(query.into_tuple().all(&self.store.read).await?)
    }

    /// Items still to be done that fell due after the first and up to the second instant, the longest due first.
    pub async fn fell_due(
        &self,
        (after, until): (Timestamp, Timestamp),
        max: u64,
    ) -> Result<Vec<callback::Model>, Error> {
        let query = callback::Entity::find()
            .filter(self.scope.condition(callback::Column::CompanyId))
            .filter(callback::Column::State.ne(State::Done.as_str()))
            .filter(callback::Column::DueAt.gt(after.as_millisecond()))
            .filter(callback::Column::DueAt.lte(until.as_millisecond()))
            .order_by_asc(callback::Column::DueAt)
            .limit(max);
        Ok(query.all(&self.store.read).await?)
    }

    /// Whether an item about this booking was done since then: somebody has been told.
    pub async fn has_been_told(&self, booking: BookingId, since: Timestamp) -> Result<bool, Error> {
        let query = callback::Entity::find()
            .filter(self.scope.condition(callback::Column::CompanyId))
            .filter(callback::Column::BookingId.eq(Uuid::from(booking)))
            .filter(callback::Column::State.eq(State::Done.as_str()))
            .filter(callback::Column::UpdatedAt.gte(since.as_millisecond()));
        Ok(query.one(&self.store.read).await?.is_some())
    }

    pub async fn find(&self, id: CallbackId) -> Result<Option<callback::Model>, Error> {
        let query = callback::Entity::find_by_id(Uuid::from(id))
            .filter(self.scope.condition(callback::Column::CompanyId));
        Ok(query.one(&self.store.read).await?)
    }

    /// Writes down what a person says about an item; the answer is the item as it then stands, None: there is no such.
    pub async fn change(
        &self,
        id: CallbackId,
        change: Change,
        now: Timestamp,
    ) -> Result<Option<callback::Model>, Error> {
        use callback::Column;
        let mut query = callback::Entity::update_many()
            .col_expr(Column::UpdatedAt, Expr::value(now.as_millisecond()))
            .filter(self.scope.condition(Column::CompanyId))
            .filter(Column::Id.eq(Uuid::from(id)));
        if let Some(state) = change.state {
            query = query.col_expr(Column::State, Expr::value(state.as_str()));
        }
        if let Some(tries) = change.tries {
            let tries = match tries {
                Tries::Are(number) => Expr::value(i32::try_from(number).unwrap_or(i32::MAX)),
                Tries::OneMore => Expr::col(Column::Tries).add(1),
            };
            query = query.col_expr(Column::Tries, tries);
        }
        if let Text::Written(owner) = change.owner {
            query = query.col_expr(Column::Owner, Expr::value(owner));
        }
        if let Text::Written(note) = change.note {
            query = query.col_expr(Column::Note, Expr::value(note));
        }
        let changed = query.exec_with_returning(&self.store.write).await?.into_iter().next();
        if let Some(row) = &changed {
            self.store.bell.ring_of(row.company_id.into(), Kind::Callbacks, row.id);
        }
        Ok(changed)
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
        .col_expr(callback::Column::State, Expr::value(State::Done.as_str()))
        .col_expr(callback::Column::UpdatedAt, Expr::value(now.as_millisecond()))
        .filter(callback::Column::BookingId.eq(booking))
        .filter(callback::Column::State.ne(State::Done.as_str()))
        .exec(tx)
        .await?;
    Ok(())
}

/// The callback items of a batch of appends.
pub(super) async fn enter(tx: &DatabaseTransaction, won: &[&Append]) -> Result<(), DbErr> {
    for append in won {
        enter_all(tx, &append.callbacks, append.after.company.into(), append.after.branch, append.at).await?;
        see_done(tx, append).await?;
        for booking in &append.replaced {
            answered(tx, (*booking).into(), append.at).await?;
        }
    }
    Ok(())
}

/// What an append says that nobody has to see to any more.
async fn see_done(tx: &DatabaseTransaction, append: &Append) -> Result<(), DbErr> {
    if append.done.is_empty() {
        return Ok(());
    }
    callback::Entity::update_many()
        .col_expr(callback::Column::State, Expr::value(State::Done.as_str()))
        .col_expr(callback::Column::UpdatedAt, Expr::value(append.at.as_millisecond()))
        .filter(callback::Column::CompanyId.eq(Uuid::from(append.after.company)))
        .filter(callback::Column::Id.is_in(append.done.iter().map(|id| Uuid::from(*id))))
        .filter(callback::Column::State.ne(State::Done.as_str()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Enters items; one of a caller's that is still open takes the newer words, what was not said again stays, and why and
/// when they want to be called is added to what they said of it before. One about a
/// booking stays as it is, due when it was first due; where it is done already, the same has happened anew, and it is open
/// again.
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
            priority: item.priority().as_str().into(),
            state: State::Open.as_str().into(),
            name: item.name.as_ref().map(|name| name.0.clone()),
            phone: item.phone.as_ref().map(|phone| phone.e164().to_owned()),
            wish: item.wish.as_ref().map(|wish| wish.0.clone()),
            wished_from: item.wished.map(|wished| wished.from.into()),
            wished_to: item.wished.map(|wished| wished.to.into()),
            owner: None,
            note: None,
            tries: 0,
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
    // What was urgent once stays so.
    let priority = "CASE WHEN excluded.priority = 'high' THEN 'high' ELSE callbacks.priority END";
    let wish = "CASE WHEN excluded.wish IS NULL THEN callbacks.wish \
                WHEN callbacks.wish IS NULL OR callbacks.reason <> 'callers_wish' THEN excluded.wish \
                WHEN substr(excluded.wish, 1, length(callbacks.wish)) = callbacks.wish THEN excluded.wish \
                WHEN length(callbacks.wish) > 1000 THEN callbacks.wish \
                ELSE callbacks.wish || ' / ' || excluded.wish END";
    // Nobody is due before the caller would like to be called, unless it has become urgent.
    let due = "CASE WHEN excluded.wished_from IS NULL AND callbacks.wished_from IS NOT NULL \
               AND excluded.priority <> 'high' AND excluded.due_at < callbacks.due_at \
               THEN callbacks.due_at ELSE excluded.due_at END";
    let state = "CASE WHEN callbacks.state = 'done' THEN 'open' ELSE callbacks.state END";
    OnConflict::column(Column::Id)
        .values(
            [Column::Name, Column::Phone, Column::WishedFrom, Column::WishedTo, Column::UpdatedAt]
                .map(newest),
        )
        .value(Column::Wish, Expr::cust(wish))
        .value(Column::DueAt, Expr::cust(due))
        .value(Column::Priority, Expr::cust(priority))
        .value(Column::State, Expr::cust(state))
        .action_and_where(Expr::cust("(callbacks.state = 'done') = (callbacks.booking_id IS NOT NULL)"))
        .to_owned()
}
