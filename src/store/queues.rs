//! What waits to be made at Cal.com, what came to nothing, and how requests fared; of some tenants.

use entities::{Ms, attempt, booking, callback};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::bookings::{LOST, OPEN};
use super::{Cursor, Error, Page, Scope, Store};
use crate::domain::ids::CalendarId;

/// Bookings on their way, and those that did not arrive.
#[derive(Debug)]
pub struct Queues<'a> {
    pub(super) store: &'a Store,
    pub(super) scope: Scope,
}

/// Bookings of one calendar in one state that is not final.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Waiting {
    pub calendar_id: Uuid,
    pub state: String,
    pub number: i64,
    /// When the oldest was promised.
    pub oldest: Ms,
}

/// A request about a booking that has left, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Sent {
    pub kind: String,
    pub result: Option<String>,
    pub started_at: Ms,
    pub ended_at: Option<Ms>,
}

impl Queues<'_> {
    /// Bookings that are not settled, by calendar and state.
    pub async fn waiting(&self) -> Result<Vec<Waiting>, Error> {
        let query = booking::Entity::find()
            .select_only()
            .column(booking::Column::CalendarId)
            .column(booking::Column::State)
            .column_as(booking::Column::Id.count(), "number")
            .column_as(booking::Column::CreatedAt.min(), "oldest")
            .filter(self.scope.condition(booking::Column::CompanyId))
            .filter(booking::Column::State.is_in(OPEN))
            .group_by(booking::Column::CalendarId)
            .group_by(booking::Column::State);
        Ok(query.into_model().all(&self.store.read).await?)
    }

    /// The booking of a calendar that moved last.
    pub async fn last(&self, calendar: CalendarId) -> Result<Option<booking::Model>, Error> {
        let query = booking::Entity::find()
            .filter(self.scope.condition(booking::Column::CompanyId))
            .filter(booking::Column::CalendarId.eq(Uuid::from(calendar)))
            .order_by_desc(booking::Column::StateSince);
        Ok(query.one(&self.store.read).await?)
    }

    /// A page of bookings that were refused or given up, or of which nobody knows, promised since then; the newest first.
    pub async fn failed(
        &self,
        since: Option<Timestamp>,
        after: Option<Cursor>,
        limit: u64,
    ) -> Result<Page<booking::Model>, Error> {
        let mut query = booking::Entity::find()
            .filter(self.scope.condition(booking::Column::CompanyId))
            .filter(booking::Column::State.is_in(LOST.into_iter().chain(["unsure"])));
        if let Some(since) = since {
            query = query.filter(booking::Column::CreatedAt.gte(since.as_millisecond()));
        }
        if let Some(cursor) = after {
            query = query.filter(cursor.before(booking::Column::CreatedAt, booking::Column::Id));
        }
        let rows = query
            .order_by_desc(booking::Column::CreatedAt)
            .order_by_desc(booking::Column::Id)
            .limit(limit + 1)
            .all(&self.store.read)
            .await?;
        let cursor = |row: &booking::Model| Cursor { at: row.created_at, id: row.id };
        Ok(Page::cut(rows, limit, cursor, |row| row))
    }

    /// The callback items about these bookings.
    pub async fn callbacks_about(&self, bookings: &[Uuid]) -> Result<Vec<callback::Model>, Error> {
        let query = callback::Entity::find()
            .filter(self.scope.condition(callback::Column::CompanyId))
            .filter(callback::Column::BookingId.is_in(bookings.iter().copied()))
            .order_by_asc(callback::Column::DueAt);
        Ok(query.all(&self.store.read).await?)
    }

    /// Requests that left since then, the newest first, so many at most.
    pub async fn sent(&self, since: Timestamp, limit: u64) -> Result<Vec<Sent>, Error> {
        let query = attempt::Entity::find()
            .select_only()
            .columns([
                attempt::Column::Kind,
                attempt::Column::Result,
                attempt::Column::StartedAt,
                attempt::Column::EndedAt,
            ])
            .filter(self.scope.condition(attempt::Column::CompanyId))
            .filter(attempt::Column::StartedAt.gte(since.as_millisecond()))
            .order_by_desc(attempt::Column::StartedAt)
            .limit(limit);
        Ok(query.into_model().all(&self.store.read).await?)
    }
}
