//! Past appointments of whoever rings from a number, from which the house learns what is usual.

use entities::{Ms, booking};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::Error;
use super::bookings::STANDING;
use super::customers::Customers;
use crate::domain::habit::{VISITS_MAX, Visit};
use crate::domain::phone::PhoneNumber;

impl Customers<'_> {
    /// The last appointments before that instant of the one customer who calls from that number; none where it is nobody's,
    /// or where several share it, since nobody can tell whose they are.
    pub async fn visits(&self, number: &PhoneNumber, before: Timestamp) -> Result<Vec<Visit>, Error> {
        let company = Uuid::from(self.company);
        let [only] = self.called_from(number).await?[..] else { return Ok(Vec::new()) };
        let rows = booking::Entity::find()
            .filter(booking::Column::CompanyId.eq(company))
            .filter(booking::Column::CustomerId.eq(only))
            .filter(booking::Column::State.is_in(STANDING))
            .filter(booking::Column::StartsAt.lt(Ms::from(before)))
            .order_by_desc(booking::Column::StartsAt)
            .limit(u64::try_from(VISITS_MAX).unwrap_or(u64::MAX))
            .all(&self.store.read)
            .await?;
        Ok(rows.into_iter().map(visit).collect())
    }
}

fn visit(row: booking::Model) -> Visit {
    let zone = TimeZone::get(&row.zone).unwrap_or(TimeZone::UTC);
    Visit {
        service: row.service_name,
        staff: row.staff,
        start: Timestamp::from(row.starts_at).to_zoned(zone),
    }
}
