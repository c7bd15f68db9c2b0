//! Bookings in lists: the newest first, and what was made since midnight.

use entities::booking;
use jiff::Timestamp;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use uuid::Uuid;

use super::{Bookings, Filter};
use crate::store::{Cursor, Error, Page, Scope};

impl Bookings<'_> {
    /// A page of bookings, the newest first.
    pub async fn list(
        &self,
        filter: &Filter,
        after: Option<Cursor>,
        limit: u64,
    ) -> Result<Page<booking::Model>, Error> {
        let rows = match &self.scope {
            // One by one, each by its own index: of several at once, a database sorts all there are.
            Scope::Companies(several) if several.len() > 1 => {
                let mut rows = Vec::new();
                for company in several {
                    rows.extend(self.newest(&Scope::one(*company), (filter, after), limit).await?);
                }
                rows.sort_by_key(|row| std::cmp::Reverse((row.created_at, row.id)));
                rows
            }
            scope @ (Scope::All | Scope::Companies(_)) => self.newest(scope, (filter, after), limit).await?,
        };
        Ok(Page::cut(
            rows,
            limit,
            |row: &booking::Model| Cursor { at: row.created_at, id: row.id },
            |row| row,
        ))
    }

    /// One row more than the page holds.
    async fn newest(
        &self,
        scope: &Scope,
        (filter, after): (&Filter, Option<Cursor>),
        limit: u64,
    ) -> Result<Vec<booking::Model>, Error> {
        let mut query = booking::Entity::find().filter(scope.condition(booking::Column::CompanyId));
        if let Some(call) = filter.call {
            query = query.filter(booking::Column::CallId.eq(Uuid::from(call)));
        }
        if let Some(calendar) = filter.calendar {
            query = query.filter(booking::Column::CalendarId.eq(Uuid::from(calendar)));
        }
        if let Some(branch) = filter.branch {
            query = query.filter(booking::Column::BranchId.eq(Uuid::from(branch)));
        }
        if let Some(state) = &filter.state {
            query = query.filter(booking::Column::State.eq(state));
        }
        if let Some(from) = filter.from {
            query = query.filter(booking::Column::StartsAt.gte(from.as_millisecond()));
        }
        if let Some(to) = filter.to {
            query = query.filter(booking::Column::StartsAt.lt(to.as_millisecond()));
        }
        if let Some(cursor) = after {
            query = query.filter(cursor.before(booking::Column::CreatedAt, booking::Column::Id));
        }
        let query = query
            .order_by_desc(booking::Column::CreatedAt)
            .order_by_desc(booking::Column::Id)
            .limit(limit + 1);
        Ok(query.all(&self.store.read).await?)
    }

    /// The companies and states of what was made since then; a day's, so that it is counted where it is asked.
    pub async fn made_since(&self, since: Timestamp) -> Result<Vec<(Uuid, String)>, Error> {
        let query = booking::Entity::find()
            .select_only()
            .column(booking::Column::CompanyId)
            .column(booking::Column::State)
            .filter(self.scope.condition(booking::Column::CompanyId))
            .filter(booking::Column::CreatedAt.gte(since.as_millisecond()));
        Ok(query.into_tuple().all(&self.store.read).await?)
    }
}
