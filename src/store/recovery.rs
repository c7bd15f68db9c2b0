//! What a starting process takes up again: calls that are not settled, bookings that are not done, holds that ran out.

use entities::{booking, call, hold, reservation};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{Error, Store, bookings, reservations};

/// Across all tenants: the house itself asks, never a person.
#[derive(Debug)]
pub struct Recovery<'a> {
    pub(super) store: &'a Store,
}

impl Recovery<'_> {
    /// Calls that have ended but are not settled.
    pub async fn unsettled_calls(&self) -> Result<Vec<call::Model>, Error> {
        let query = call::Entity::find()
            .filter(call::Column::Phase.eq("ended"))
            .order_by_asc(call::Column::LastEventAt);
        Ok(query.all(&self.store.read).await?)
    }

    /// Bookings that still need something done and have been neither touched nor due since that instant.
    pub async fn due_bookings(&self, since: Timestamp) -> Result<Vec<booking::Model>, Error> {
        Ok(bookings::due_since(&self.store.read, since).await?)
    }

    /// Removes holds that have run out; says how many rows.
    pub async fn drop_expired_holds(&self, now: Timestamp) -> Result<u64, Error> {
        let gone = hold::Entity::delete_many()
            .filter(hold::Column::ExpiresAt.lte(now.as_millisecond()))
            .exec(&self.store.write)
            .await?;
        Ok(gone.rows_affected)
    }

    /// Marks reservations at Cal.com whose hold is gone; says how many.
    pub async fn give_up_unheld_reservations(&self) -> Result<u64, Error> {
        Ok(reservations::give_up_unheld(&self.store.write).await?)
    }

    /// Reservations at Cal.com that are to be taken back.
    pub async fn given_up_reservations(&self, count_max: u64) -> Result<Vec<reservation::Model>, Error> {
        Ok(reservations::given_up(&self.store.read, count_max).await?)
    }

    /// Forgets reservations that Cal.com has let go of by itself; says how many.
    pub async fn drop_expired_reservations(&self, now: Timestamp) -> Result<u64, Error> {
        Ok(reservations::drop_expired(&self.store.write, now).await?)
    }
}
