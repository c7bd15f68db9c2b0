//! Customers: persons of one company, found by name and the number they called from.

use entities::{call, call_event, customer, customer_number};
use jiff::{SignedDuration, Timestamp};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait as _,
};
use uuid::Uuid;

use super::{Append, Error, Store};
use crate::domain::call::{Fact, Intent};
use crate::domain::identity::Known;
use crate::domain::ids::{CompanyId, CustomerId};
use crate::domain::phone::PhoneNumber;
use crate::domain::retry::later;
use crate::domain::sought::SearchText;
use crate::domain::speech::names::{self, Likeness, likeness};

/// How far back failed tries to be identified count against a number.
const TRIES_COUNT: SignedDuration = SignedDuration::from_hours(24);

/// Customers of one tenant.
#[derive(Debug)]
pub struct Customers<'a> {
    pub(super) store: &'a Store,
    pub(super) company: CompanyId,
}

impl Customers<'_> {
    /// The customer of that folded name who has called from that number before; by sound, where one alone is called so:
    /// a line spells nobody's name twice alike.
    pub async fn seen(&self, name_folded: &str, number: &PhoneNumber) -> Result<Option<CustomerId>, Error> {
        let company = Uuid::from(self.company);
        let called = self.called_from(number).await?;
        let known = customer::Entity::find()
            .filter(customer::Column::CompanyId.eq(company))
            .filter(customer::Column::Id.is_in(called))
            .order_by_asc(customer::Column::CreatedAt)
            .all(&self.store.read)
            .await?;
        let named = known.iter().filter_map(|row| Some((row.id, row.name_folded.as_deref()?)));
        let named: Vec<(Uuid, &str)> = named.collect();
        let spelled = named.iter().find(|(_, known)| *known == name_folded);
        let mut alike = named.iter().filter(|(_, known)| likeness(name_folded, known) == Likeness::Whole);
        let by_sound = alike.next().filter(|_| alike.next().is_none());
        Ok(spelled.or(by_sound).map(|(id, _)| (*id).into()))
    }

    /// The customers who have called from that number; where it was only spoken does not count.
    pub(super) async fn called_from(&self, number: &PhoneNumber) -> Result<Vec<Uuid>, Error> {
        let query = customer_number::Entity::find()
            .select_only()
            .column(customer_number::Column::CustomerId)
            .filter(customer_number::Column::CompanyId.eq(Uuid::from(self.company)))
            .filter(customer_number::Column::Number.eq(number.e164()))
            .filter(customer_number::Column::Kind.eq("seen"));
        Ok(query.into_tuple().all(&self.store.read).await?)
    }

    /// Who may be calling from that number, with these customers, and how often somebody there could not be identified.
    pub async fn persons(
        &self,
        (number, and): (Option<&PhoneNumber>, &[CustomerId]),
        now: Timestamp,
    ) -> Result<Fact, Error> {
        let known = self.known(number, and).await?;
        Ok(Fact::Persons { known, failed_today: self.failed_lately(number, now).await? })
    }

    /// The customers who have called from that number, and these ones; numbers that were only spoken do not count.
    async fn known(&self, number: Option<&PhoneNumber>, and: &[CustomerId]) -> Result<Vec<Known>, Error> {
        let company = Uuid::from(self.company);
        let called: Vec<Uuid> = match number {
            Some(number) => self.called_from(number).await?,
            None => Vec::new(),
        };
        let ids = called.iter().copied().chain(and.iter().map(|id| Uuid::from(*id)));
        let rows = customer::Entity::find()
            .filter(customer::Column::CompanyId.eq(company))
            .filter(customer::Column::Id.is_in(ids))
            .order_by_asc(customer::Column::CreatedAt)
            .all(&self.store.read)
            .await?;
        let known = |row: customer::Model| Known {
            customer: row.id.into(),
            name: row.name_folded.unwrap_or_default(),
            is_at_this_number: called.contains(&row.id),
        };
        Ok(rows.into_iter().map(known).collect())
    }

    /// How often callers from that number, or those without one, could not be identified within the last day.
    async fn failed_lately(&self, number: Option<&PhoneNumber>, now: Timestamp) -> Result<u32, Error> {
        let company = Uuid::from(self.company);
        let since = later(now, -TRIES_COUNT).as_millisecond();
        // Asked in one question: a day may hold more calls than a statement takes values.
        let calls = call::Entity::find()
            .select_only()
            .column(call::Column::Id)
            .filter(call::Column::CompanyId.eq(company))
            .filter(match number {
                Some(number) => call::Column::CallerNumber.eq(number.e164()),
                None => call::Column::CallerNumber.is_null(),
            })
            .filter(call::Column::LastEventAt.gte(since))
            .into_query();
        let failed = call_event::Entity::find()
            .filter(call_event::Column::CallId.in_subquery(calls))
            .filter(call_event::Column::Kind.eq("not_identified"))
            .filter(call_event::Column::At.gte(since))
            .count(&self.store.read)
            .await?;
        Ok(u32::try_from(failed).unwrap_or(u32::MAX))
    }

    /// The customers at a number, seen or spoken, and of a name that holds all these words; at most so many.
    pub async fn matching(
        &self,
        number: Option<&PhoneNumber>,
        name: Option<&SearchText>,
        most: u64,
    ) -> Result<Vec<CustomerId>, Error> {
        let company = Uuid::from(self.company);
        let mut query = customer::Entity::find()
            .select_only()
            .column(customer::Column::Id)
            .filter(customer::Column::CompanyId.eq(company));
        if let Some(number) = number {
            let at = customer_number::Entity::find()
                .select_only()
                .column(customer_number::Column::CustomerId)
                .filter(customer_number::Column::CompanyId.eq(company))
                .filter(customer_number::Column::Number.eq(number.e164()))
                .into_query();
            query = query.filter(customer::Column::Id.in_subquery(at));
        }
        let words = name.into_iter().flat_map(SearchText::words);
        query = query.filter(
            words
                .map(|word| customer::Column::NameFolded.contains(word))
                .fold(Condition::all(), Condition::add),
        );
        let rows: Vec<Uuid> = query
            .order_by_desc(customer::Column::CreatedAt)
            .limit(most)
            .into_tuple()
            .all(&self.store.read)
            .await?;
        Ok(rows.into_iter().map(CustomerId::from).collect())
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
