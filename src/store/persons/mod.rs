//! One person of one tenant, by a number: which rows are theirs, how they are taken out, and how they are handed over.

mod bundle;
mod erasing;
pub mod map;

use std::collections::{BTreeMap, BTreeSet};

use entities::{
    booking, call, call_particulars, callback, customer, customer_number, function_invocation, inbox,
};
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::views::contains;
use super::{Error, Store};
use crate::domain::erasure::Traces;
use crate::domain::ids::CompanyId;
use crate::domain::phone::PhoneNumber;
use crate::domain::speech::names::{Likeness, likeness};

pub use bundle::Bundle;
pub use erasing::{Erased, Scrubbed};

/// Bodies that are looked through at a time.
const BODIES_AT_A_TIME: u64 = 100;

/// Persons of one tenant.
#[derive(Debug)]
pub struct Persons<'a> {
    pub(super) store: &'a Store,
    pub(super) company: CompanyId,
}

/// Who is meant: whoever has that number, or of them whoever is called so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought {
    pub number: PhoneNumber,
    /// Folded as names are compared.
    pub name: Option<String>,
    /// What began after that is not meant.
    pub until: Timestamp,
}

/// The rows of a person.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    pub customers: Vec<customer::Model>,
    pub numbers: Vec<customer_number::Model>,
    pub bookings: Vec<booking::Model>,
    pub calls: Vec<call::Model>,
    pub callbacks: Vec<callback::Model>,
    /// Deliveries that belong to none of the calls and hold the person all the same.
    pub strays: Vec<Uuid>,
}

impl Sought {
    fn is_called(&self, name: &str) -> bool {
        self.name.as_deref().is_none_or(|sought| likeness(sought, name) != Likeness::Other)
    }
}

impl Trail {
    pub fn is_empty(&self) -> bool {
        self.customers.is_empty()
            && self.bookings.is_empty()
            && self.calls.is_empty()
            && self.callbacks.is_empty()
            && self.strays.is_empty()
    }

    fn call_ids(&self) -> Vec<Uuid> {
        self.calls.iter().map(|row| row.id).collect()
    }

    fn booking_ids(&self) -> Vec<Uuid> {
        self.bookings.iter().map(|row| row.id).collect()
    }

    fn customer_ids(&self) -> Vec<Uuid> {
        self.customers.iter().map(|row| row.id).collect()
    }
}

impl Persons<'_> {
    /// Every row of the person. A number that was only spoken counts, too: it is theirs as far as anybody knows.
    pub async fn find(&self, sought: &Sought) -> Result<Trail, Error> {
        let mut trail = Trail::default();
        (trail.customers, trail.numbers) = self.customers(sought).await?;
        trail.bookings = self.bookings(sought, &trail.customer_ids()).await?;
        trail.calls = self.calls(sought, &trail).await?;
        self.and_what_came_of_the_calls(sought, &mut trail).await?;
        trail.callbacks = self.callbacks(sought, &trail).await?;
        trail.strays = self.strays(sought, &trail).await?;
        Ok(trail)
    }

    fn id(&self) -> Uuid {
        self.company.into()
    }

    async fn customers(
        &self,
        sought: &Sought,
    ) -> Result<(Vec<customer::Model>, Vec<customer_number::Model>), Error> {
        let at: Vec<Uuid> = customer_number::Entity::find()
            .select_only()
            .column(customer_number::Column::CustomerId)
            .distinct()
            .filter(customer_number::Column::CompanyId.eq(self.id()))
            .filter(customer_number::Column::Number.eq(sought.number.e164()))
            .into_tuple()
            .all(&self.store.read)
            .await?;
        let rows = customer::Entity::find()
            .filter(customer::Column::CompanyId.eq(self.id()))
            .filter(customer::Column::Id.is_in(at))
            .filter(customer::Column::CreatedAt.lte(sought.until.as_millisecond()))
            .order_by_asc(customer::Column::CreatedAt)
            .all(&self.store.read)
            .await?;
        let is_meant = |row: &customer::Model| match (&sought.name, &row.name) {
            (Some(_), Some(name)) => sought.is_called(name),
            (Some(_), None) => false,
            (None, _) => true,
        };
        let rows: Vec<customer::Model> = rows.into_iter().filter(is_meant).collect();
        let numbers = customer_number::Entity::find()
            .filter(customer_number::Column::CompanyId.eq(self.id()))
            .filter(customer_number::Column::CustomerId.is_in(rows.iter().map(|row| row.id)))
            .all(&self.store.read)
            .await?;
        Ok((rows, numbers))
    }

    async fn bookings(&self, sought: &Sought, customers: &[Uuid]) -> Result<Vec<booking::Model>, Error> {
        let mut theirs = Condition::any().add(booking::Column::CustomerId.is_in(customers.iter().copied()));
        if sought.name.is_none() {
            theirs = theirs.add(booking::Column::AttendeePhone.eq(sought.number.e164()));
        }
        let query = booking::Entity::find()
            .filter(booking::Column::CompanyId.eq(self.id()))
            .filter(booking::Column::CreatedAt.lte(sought.until.as_millisecond()))
            .filter(theirs)
            .order_by_asc(booking::Column::StartsAt);
        Ok(query.all(&self.store.read).await?)
    }

    async fn calls(&self, sought: &Sought, trail: &Trail) -> Result<Vec<call::Model>, Error> {
        let booked = trail.bookings.iter().map(|row| row.call_id);
        let spoken = self.calls_that_speak_of(&sought.number).await?;
        let theirs = Condition::any()
            .add(call::Column::Id.is_in(booked.chain(spoken).collect::<BTreeSet<_>>()))
            .add(call::Column::CustomerId.is_in(trail.customer_ids()))
            .add(call::Column::CallerNumber.eq(sought.number.e164()));
        let rows = call::Entity::find()
            .filter(call::Column::CompanyId.eq(self.id()))
            .filter(call::Column::ErasedAt.is_null())
            .filter(call::Column::StartedAt.lte(sought.until.as_millisecond()))
            .filter(theirs)
            .order_by_asc(call::Column::StartedAt)
            .all(&self.store.read)
            .await?;
        if sought.name.is_none() {
            return Ok(rows);
        }
        let said = self.names_said(rows.iter().map(|row| row.id).collect()).await?;
        let (bookings, customers) = (&trail.bookings, trail.customer_ids());
        let is_meant = |row: &call::Model| {
            let is_of_theirs = bookings.iter().any(|booking| booking.call_id == row.id)
                || row.customer_id.is_some_and(|id| customers.contains(&id));
            // A call in which nobody was named could be anybody's at that number: theirs, too.
            let names = said.get(&row.id).map(Vec::as_slice).unwrap_or_default();
            let could_be = row.customer_id.is_none()
                && (names.is_empty() || names.iter().any(|name| sought.is_called(name)));
            is_of_theirs || could_be
        };
        Ok(rows.into_iter().filter(is_meant).collect())
    }

    /// Calls in which the number was spoken, or given to be called back on.
    async fn calls_that_speak_of(&self, number: &PhoneNumber) -> Result<Vec<Uuid>, Error> {
        let mut calls: Vec<Uuid> = call_particulars::Entity::find()
            .select_only()
            .column(call_particulars::Column::CallId)
            .filter(call_particulars::Column::CompanyId.eq(self.id()))
            .filter(call_particulars::Column::Phone.eq(number.e164()))
            .into_tuple()
            .all(&self.store.read)
            .await?;
        let called_back: Vec<Uuid> = callback::Entity::find()
            .select_only()
            .column(callback::Column::CallId)
            .filter(callback::Column::CompanyId.eq(self.id()))
            .filter(callback::Column::Phone.eq(number.e164()))
            .into_tuple()
            .all(&self.store.read)
            .await?;
        let mut written = Expr::col(function_invocation::Column::Arguments);
        for between in [" ", "-", "/"] {
            written =
                Func::cust("replace").arg(written).arg(Expr::value(between)).arg(Expr::value("")).into();
        }
        let backend = self.store.read.get_database_backend();
        let asked: Vec<Uuid> = function_invocation::Entity::find()
            .select_only()
            .column(function_invocation::Column::CallId)
            .distinct()
            .filter(function_invocation::Column::CompanyId.eq(self.id()))
            .filter(contains(written, number.national_digits(), backend))
            .into_tuple()
            .all(&self.store.read)
            .await?;
        calls.extend(called_back.into_iter().chain(asked));
        Ok(calls)
    }

    async fn names_said(&self, calls: Vec<Uuid>) -> Result<BTreeMap<Uuid, Vec<String>>, Error> {
        let mut rows: Vec<(Uuid, Option<String>)> = call_particulars::Entity::find()
            .select_only()
            .columns([call_particulars::Column::CallId, call_particulars::Column::Name])
            .filter(call_particulars::Column::CompanyId.eq(self.id()))
            .filter(call_particulars::Column::CallId.is_in(calls.clone()))
            .into_tuple()
            .all(&self.store.read)
            .await?;
        let items: Vec<(Uuid, Option<String>)> = callback::Entity::find()
            .select_only()
            .columns([callback::Column::CallId, callback::Column::Name])
            .filter(callback::Column::CompanyId.eq(self.id()))
            .filter(callback::Column::CallId.is_in(calls))
            .into_tuple()
            .all(&self.store.read)
            .await?;
        rows.extend(items);
        let mut said: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
        for (call, name) in rows {
            said.entry(call).or_default().extend(name);
        }
        Ok(said)
    }

    /// Appointments of the calls and whom they are for, also where they were entered after whatever instant is meant: a call
    /// that was going on then is the person's to its end.
    async fn and_what_came_of_the_calls(&self, sought: &Sought, trail: &mut Trail) -> Result<(), Error> {
        let rows = booking::Entity::find()
            .filter(booking::Column::CompanyId.eq(self.id()))
            .filter(booking::Column::CallId.is_in(trail.call_ids()))
            .filter(booking::Column::Id.is_not_in(trail.booking_ids()))
            .all(&self.store.read)
            .await?;
        let is_meant = |row: &booking::Model| match (&sought.name, &row.attendee_name) {
            (Some(_), Some(name)) => sought.is_called(name),
            (Some(_), None) => false,
            (None, _) => true,
        };
        let rows: Vec<booking::Model> = rows.into_iter().filter(is_meant).collect();
        let known = trail.customer_ids();
        let new: BTreeSet<Uuid> =
            rows.iter().map(|row| row.customer_id).filter(|id| !known.contains(id)).collect();
        trail.bookings.extend(rows);
        if new.is_empty() {
            return Ok(());
        }
        let customers = customer::Entity::find()
            .filter(customer::Column::CompanyId.eq(self.id()))
            .filter(customer::Column::Id.is_in(new.iter().copied()));
        trail.customers.extend(customers.all(&self.store.read).await?);
        let numbers = customer_number::Entity::find()
            .filter(customer_number::Column::CompanyId.eq(self.id()))
            .filter(customer_number::Column::CustomerId.is_in(new));
        trail.numbers.extend(numbers.all(&self.store.read).await?);
        Ok(())
    }

    async fn callbacks(&self, sought: &Sought, trail: &Trail) -> Result<Vec<callback::Model>, Error> {
        let mut theirs = Condition::any()
            .add(callback::Column::CallId.is_in(trail.call_ids()))
            .add(callback::Column::BookingId.is_in(trail.booking_ids()));
        if sought.name.is_none() {
            let at_the_number = Condition::all()
                .add(callback::Column::Phone.eq(sought.number.e164()))
                .add(callback::Column::CreatedAt.lte(sought.until.as_millisecond()));
            theirs = theirs.add(at_the_number);
        }
        let query = callback::Entity::find().filter(callback::Column::CompanyId.eq(self.id())).filter(theirs);
        Ok(query.all(&self.store.read).await?)
    }

    /// Bodies that belong to no call, such as Cal.com's webhooks and what came before a call began.
    async fn strays(&self, sought: &Sought, trail: &Trail) -> Result<Vec<Uuid>, Error> {
        let traces = traces_of(sought, trail);
        let (mut found, mut after) = (Vec::new(), Uuid::nil());
        loop {
            let page: Vec<(Uuid, Option<Vec<u8>>)> = inbox::Entity::find()
                .select_only()
                .columns([inbox::Column::Id, inbox::Column::Body])
                .filter(inbox::Column::CompanyId.eq(self.id()))
                .filter(inbox::Column::CallId.is_null())
                .filter(inbox::Column::Body.is_not_null())
                .filter(inbox::Column::ReceivedAt.lte(sought.until.as_millisecond()))
                .filter(inbox::Column::Id.gt(after))
                .order_by_asc(inbox::Column::Id)
                .limit(BODIES_AT_A_TIME)
                .into_tuple()
                .all(&self.store.read)
                .await?;
            let Some((last, _)) = page.last() else { return Ok(found) };
            after = *last;
            let holds = |(_, body): &&(Uuid, Option<Vec<u8>>)| {
                body.as_deref().is_some_and(|body| traces.are_in(body))
            };
            found.extend(page.iter().filter(holds).map(|(id, _)| *id));
        }
    }
}

/// What the person may be found by in bytes: number, names, addresses, and the ids that we put into requests about them.
fn traces_of(sought: &Sought, trail: &Trail) -> Traces {
    let names = trail.customers.iter().filter_map(|row| row.name.clone());
    let names = names.chain(trail.bookings.iter().filter_map(|row| row.attendee_name.clone()));
    let addresses = trail.customers.iter().filter_map(|row| row.email.clone());
    let addresses = addresses.chain(trail.bookings.iter().filter_map(|row| row.attendee_email.clone()));
    let ids = trail.booking_ids().into_iter().chain(trail.customer_ids()).map(|id| id.to_string());
    let uids = trail.bookings.iter().filter_map(|row| row.calcom_uid.clone());
    let calls = trail.calls.iter().map(|row| row.retell_call_id.clone());
    let own: Vec<String> = addresses.chain(ids).chain(uids).chain(calls).collect();
    Traces::new(&sought.number, &names.collect::<Vec<_>>(), &own)
}
