//! Numbers across all tenants for whoever watches the house: how much waits, never what.

use entities::{booking, call, callback};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{Error, Store, bookings, callbacks};

/// Across all tenants: the house itself asks, never a person.
#[derive(Debug)]
pub struct Figures<'a> {
    pub(super) store: &'a Store,
}

/// Bookings of one calendar in one state that is not final.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct OpenBookings {
    pub company_id: Uuid,
    pub calendar_id: Uuid,
    pub state: String,
    pub number: i64,
    /// When the oldest was promised, in milliseconds since 1970.
    pub oldest_ms: i64,
}

/// Open callback items of one company.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct OpenCallbacks {
    pub company_id: Uuid,
    pub number: i64,
}

impl Figures<'_> {
    /// Bookings that are not settled, by calendar and state; read by the index of states.
    pub async fn open_bookings(&self) -> Result<Vec<OpenBookings>, Error> {
        let query = booking::Entity::find()
            .select_only()
            .column(booking::Column::CompanyId)
            .column(booking::Column::CalendarId)
            .column(booking::Column::State)
            .column_as(booking::Column::Id.count(), "number")
            .column_as(booking::Column::CreatedAt.min(), "oldest_ms")
            .filter(booking::Column::State.is_in(bookings::OPEN))
            .group_by(booking::Column::CompanyId)
            .group_by(booking::Column::CalendarId)
            .group_by(booking::Column::State);
        Ok(query.into_model().all(&self.store.read).await?)
    }

    /// Open callback items by company; with an instant, only those due before it.
    pub async fn open_callbacks(&self, due_before: Option<Timestamp>) -> Result<Vec<OpenCallbacks>, Error> {
        let mut query = callback::Entity::find()
            .select_only()
            .column(callback::Column::CompanyId)
            .column_as(callback::Column::Id.count(), "number")
            .filter(callback::Column::State.is_in(callbacks::TO_BE_DONE))
            .group_by(callback::Column::CompanyId);
        if let Some(instant) = due_before {
            query = query.filter(callback::Column::DueAt.lt(instant.as_millisecond()));
        }
        Ok(query.into_model().all(&self.store.read).await?)
    }

    /// Calls that have not ended and were heard of since then.
    pub async fn live_calls(&self, since: Timestamp) -> Result<u64, Error> {
        let query = call::Entity::find()
            .filter(call::Column::Phase.eq("live"))
            .filter(call::Column::LastEventAt.gte(since.as_millisecond()));
        Ok(query.count(&self.store.read).await?)
    }

    /// Appends that wait for the journal's writer.
    pub fn journal_waiting(&self) -> usize {
        self.store.journal.waiting()
    }
}
