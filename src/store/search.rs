//! Looking people up by a name or a number within one tenant: themselves, their appointments, their calls.

use entities::{booking, call, customer, customer_number};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::views::contains;
use super::{Error, Store};
use crate::domain::ids::{CompanyId, CustomerId};
use crate::domain::sought::SearchText;

/// Somebody or something that is looked for.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// A part of a name.
    pub name: Option<SearchText>,
    /// Digits of a number, as they stand in its international form.
    pub digits: Option<String>,
    /// Retell's id of a call.
    pub retell_call_id: Option<String>,
}

/// A customer with their numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub row: customer::Model,
    pub numbers: Vec<customer_number::Model>,
}

/// People, appointments and calls of one tenant.
#[derive(Debug)]
pub struct Search<'a> {
    pub(super) store: &'a Store,
    pub(super) company: CompanyId,
}

impl Search<'_> {
    /// Customers of that name or number, the newest first.
    pub async fn customers(&self, sought: &Sought, limit: u64) -> Result<Vec<Person>, Error> {
        let mut any = Condition::any();
        if let Some(name) = &sought.name {
            any = any.add(self.contains(customer::Column::NameFolded, name.as_str()));
        }
        if let Some(digits) = &sought.digits {
            any = any.add(customer::Column::Id.is_in(self.with_number(digits, limit).await?));
        }
        if any.is_empty() {
            return Ok(Vec::new());
        }
        let rows = customer::Entity::find()
            .filter(customer::Column::CompanyId.eq(self.id()))
            .filter(any)
            .order_by_desc(customer::Column::CreatedAt)
            .order_by_desc(customer::Column::Id)
            .limit(limit)
            .all(&self.store.read)
            .await?;
        self.with_numbers(rows).await
    }

    /// One customer by id.
    pub async fn customer(&self, id: CustomerId) -> Result<Option<Person>, Error> {
        let row = self.store.customers(self.company).find(id).await?;
        Ok(self.with_numbers(row.into_iter().collect()).await?.pop())
    }

    async fn with_numbers(&self, rows: Vec<customer::Model>) -> Result<Vec<Person>, Error> {
        let numbers = customer_number::Entity::find()
            .filter(customer_number::Column::CompanyId.eq(self.id()))
            .filter(customer_number::Column::CustomerId.is_in(rows.iter().map(|row| row.id)))
            .order_by_desc(customer_number::Column::SeenAt)
            .all(&self.store.read)
            .await?;
        let person = |row: customer::Model| {
            let theirs = numbers.iter().filter(|number| number.customer_id == row.id);
            Person { numbers: theirs.cloned().collect(), row }
        };
        Ok(rows.into_iter().map(person).collect())
    }

    async fn with_number(&self, digits: &str, limit: u64) -> Result<Vec<Uuid>, Error> {
        let query = customer_number::Entity::find()
            .select_only()
            .column(customer_number::Column::CustomerId)
            .distinct()
            .filter(customer_number::Column::CompanyId.eq(self.id()))
            .filter(self.contains(customer_number::Column::Number, digits))
            .limit(limit);
        Ok(query.into_tuple().all(&self.store.read).await?)
    }

    /// Appointments of these customers or under that number, those furthest ahead first.
    pub async fn bookings(
        &self,
        customers: &[Uuid],
        digits: Option<&str>,
        limit: u64,
    ) -> Result<Vec<booking::Model>, Error> {
        let mut any = Condition::any().add(booking::Column::CustomerId.is_in(customers.iter().copied()));
        if let Some(digits) = digits {
            any = any.add(self.contains(booking::Column::AttendeePhone, digits));
        }
        let query = booking::Entity::find()
            .filter(booking::Column::CompanyId.eq(self.id()))
            .filter(any)
            .order_by_desc(booking::Column::StartsAt)
            .order_by_desc(booking::Column::Id)
            .limit(limit);
        Ok(query.all(&self.store.read).await?)
    }

    /// Calls of these customers, from that number, or of that id, the newest first.
    pub async fn calls(
        &self,
        customers: &[Uuid],
        sought: &Sought,
        limit: u64,
    ) -> Result<Vec<call::Model>, Error> {
        let mut any = Condition::any().add(call::Column::CustomerId.is_in(customers.iter().copied()));
        if let Some(digits) = &sought.digits {
            any = any.add(self.contains(call::Column::CallerNumber, digits));
        }
        if let Some(id) = &sought.retell_call_id {
            any = any.add(call::Column::RetellCallId.eq(id));
        }
        let query = call::Entity::find()
            .filter(call::Column::CompanyId.eq(self.id()))
            .filter(any)
            .order_by_desc(call::Column::StartedAt)
            .order_by_desc(call::Column::Id)
            .limit(limit);
        Ok(query.all(&self.store.read).await?)
    }

    fn contains(&self, column: impl ColumnTrait, text: &str) -> Expr {
        contains(column.into_expr(), text, self.store.read.get_database_backend())
    }

    fn id(&self) -> Uuid {
        self.company.into()
    }
}
