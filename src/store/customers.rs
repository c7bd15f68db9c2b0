//! Customers: persons of one company, found by name and the number they called from.

use entities::{customer, customer_number};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use super::{Append, Error, Store};
use crate::domain::call::Intent;
use crate::domain::ids::{CompanyId, CustomerId};
use crate::domain::phone::PhoneNumber;
use crate::domain::speech::names;

/// Customers of one tenant.
#[derive(Debug)]
pub struct Customers<'a> {
    pub(super) store: &'a Store,
    pub(super) company: CompanyId,
}

impl Customers<'_> {
    /// The customer of that folded name who has called from that number before.
    pub async fn seen(&self, name_folded: &str, number: &PhoneNumber) -> Result<Option<CustomerId>, Error> {
        let company = Uuid::from(self.company);
        let called = customer_number::Entity::find()
            .filter(customer_number::Column::CompanyId.eq(company))
            .filter(customer_number::Column::Number.eq(number.e164()))
            .filter(customer_number::Column::Kind.eq("seen"))
            .all(&self.store.read)
            .await?;
        let found = customer::Entity::find()
            .filter(customer::Column::CompanyId.eq(company))
            .filter(customer::Column::NameFolded.eq(name_folded))
            .filter(customer::Column::Id.is_in(called.into_iter().map(|row| row.customer_id)))
            .order_by_asc(customer::Column::CreatedAt)
            .one(&self.store.read)
            .await?;
        Ok(found.map(|row| row.id.into()))
    }

    pub async fn find(&self, id: CustomerId) -> Result<Option<customer::Model>, Error> {
        let query = customer::Entity::find_by_id(Uuid::from(id))
            .filter(customer::Column::CompanyId.eq(Uuid::from(self.company)));
        Ok(query.one(&self.store.read).await?)
    }

    /// The numbers of a customer with their kind, `seen` or `claimed`.
    pub async fn numbers(&self, id: CustomerId) -> Result<Vec<customer_number::Model>, Error> {
        let query = customer_number::Entity::find()
            .filter(customer_number::Column::CompanyId.eq(Uuid::from(self.company)))
            .filter(customer_number::Column::CustomerId.eq(Uuid::from(id)));
        Ok(query.all(&self.store.read).await?)
    }
}

/// The persons of a batch of appends: new ones, and the numbers they called from or spoke.
pub(super) async fn enter(tx: &DatabaseTransaction, won: &[&Append]) -> Result<(), DbErr> {
    let intents = || won.iter().flat_map(|append| append.intents.iter().map(move |intent| (*append, intent)));
    let new: Vec<customer::ActiveModel> = intents()
        .filter(|(_, intent)| intent.customer_is_new)
        .map(|(append, intent)| person_row(append, intent))
        .collect();
    if !new.is_empty() {
        customer::Entity::insert_many(new)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    let numbers: Vec<customer_number::ActiveModel> =
        intents().flat_map(|(append, intent)| number_rows(append, intent)).collect();
    if !numbers.is_empty() {
        customer_number::Entity::insert_many(numbers)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

fn person_row(append: &Append, intent: &Intent) -> customer::ActiveModel {
    customer::Model {
        id: intent.customer.into(),
        company_id: append.after.company.into(),
        name: intent.person.name.clone(),
        name_folded: intent.person.name.as_deref().map(names::fold),
        email: intent.person.email.clone(),
        created_at: append.at.into(),
    }
    .into_active_model()
}

/// The number the call came from, and the one that was spoken, if it is another.
fn number_rows(append: &Append, intent: &Intent) -> Vec<customer_number::ActiveModel> {
    let seen = append.after.caller_number.as_ref().map(|caller| caller.0.as_str());
    let spoken = intent.person.phone.as_ref().map(PhoneNumber::e164).filter(|spoken| seen != Some(*spoken));
    let row = |number: &str, kind: &str| {
        customer_number::Model {
            customer_id: intent.customer.into(),
            number: number.to_owned(),
            kind: kind.to_owned(),
            company_id: append.after.company.into(),
            seen_at: append.at.into(),
        }
        .into_active_model()
    };
    let seen = seen.map(|number| row(number, "seen"));
    seen.into_iter().chain(spoken.map(|number| row(number, "claimed"))).collect()
}
