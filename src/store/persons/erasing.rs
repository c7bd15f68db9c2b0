//! Taking a person out of the books: what is nobody else's is deleted, of an appointment time and service stay, without the person.

use std::collections::BTreeSet;
use std::time::Duration;

use entities::{
    booking, call, call_particulars, callback, code, customer, customer_number, function_invocation, inbox,
};
use jiff::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr,
    EntityTrait, QueryFilter, QuerySelect, Statement, UpdateMany,
};
use uuid::Uuid;

use super::{Persons, Sought, Trail};
use crate::store::bookings::machine;
use crate::store::{Error, Store};

/// How often the write-ahead log is tried to be emptied while somebody reads in it.
const TRUNCATE_TRIES_MAX: u32 = 20;
const TRUNCATE_PAUSE: Duration = Duration::from_millis(100);

/// What was taken out, by kind of row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    pub customers: u64,
    pub numbers: u64,
    /// Their time and service stay.
    pub bookings: u64,
    /// That they took place stays.
    pub calls: u64,
    pub particulars: u64,
    pub functions: u64,
    pub bodies: u64,
    pub callbacks: u64,
    pub codes: u64,
    /// Calls and appointments that still need their words: they go on, or their promise is not kept yet.
    pub waiting: u64,
}

/// What became of the database's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scrubbed {
    /// Deleted rows are overwritten, and the write-ahead log is empty.
    Done,
    /// Somebody was reading all the time; to be tried again.
    Busy,
    /// PostgreSQL gives the room of deleted rows back when it vacuums.
    Vacuum,
}

impl Erased {
    pub fn rows(&self) -> u64 {
        self.customers
            + self.numbers
            + self.bookings
            + self.calls
            + self.particulars
            + self.functions
            + self.bodies
            + self.callbacks
            + self.codes
    }
}

impl Trail {
    /// What may go already, and how many calls and appointments have to wait.
    pub fn ready(&self) -> (Self, u64) {
        let is_over = |row: &booking::Model| {
            row.due_at.is_none()
                && machine(row).is_ok_and(|booking| booking.is_settled() && !booking.is_under_way())
        };
        let busy: Vec<&booking::Model> = self.bookings.iter().filter(|row| !is_over(row)).collect();
        let has_busy = |row: &call::Model| busy.iter().any(|booking| booking.call_id == row.id);
        let may_go = |row: &call::Model| row.phase == "settled" && !has_busy(row);
        let kept: BTreeSet<Uuid> = self.calls.iter().filter(|row| !may_go(row)).map(|row| row.id).collect();
        let keeps = |row: &customer::Model| busy.iter().any(|booking| booking.customer_id == row.id);
        let kept_customers: BTreeSet<Uuid> =
            self.customers.iter().filter(|row| keeps(row)).map(|row| row.id).collect();
        let waiting = u64::try_from(kept.len().max(busy.len())).unwrap_or(u64::MAX);
        let ready = Self {
            customers: self
                .customers
                .iter()
                .filter(|row| !kept_customers.contains(&row.id))
                .cloned()
                .collect(),
            numbers: self
                .numbers
                .iter()
                .filter(|row| !kept_customers.contains(&row.customer_id))
                .cloned()
                .collect(),
            bookings: self.bookings.iter().filter(|row| is_over(row)).cloned().collect(),
            calls: self.calls.iter().filter(|row| may_go(row)).cloned().collect(),
            callbacks: self.callbacks.iter().filter(|row| !kept.contains(&row.call_id)).cloned().collect(),
            strays: self.strays.clone(),
        };
        (ready, waiting)
    }
}

impl Persons<'_> {
    /// Takes out what is on the trail and may go, in one commit. Repeating it changes nothing.
    pub async fn erase(&self, sought: &Sought, trail: &Trail, now: Timestamp) -> Result<Erased, Error> {
        let (ready, waiting) = trail.ready();
        let tx = self.store.begin().await?;
        let mut erased = Erased { waiting, ..Erased::default() };
        let company = self.id();
        self.take_out_of_calls(&tx, &ready, (&mut erased, now)).await?;
        rename(&tx, sought, &ready).await?;
        let items = ready.callbacks.iter().map(|row| row.id);
        erased.callbacks = callback::Entity::delete_many()
            .filter(callback::Column::CompanyId.eq(company))
            .filter(callback::Column::Id.is_in(items))
            .exec(&tx)
            .await?
            .rows_affected;
        let strays = blank_bodies(company).filter(inbox::Column::Id.is_in(ready.strays.iter().copied()));
        erased.bodies += strays.exec(&tx).await?.rows_affected;
        self.take_out_of_bookings(&tx, &ready, &mut erased).await?;
        self.take_out_customers(&tx, &ready, &mut erased).await?;
        tx.commit().await?;
        Ok(erased)
    }

    async fn take_out_of_calls(
        &self,
        tx: &DatabaseTransaction,
        ready: &Trail,
        (erased, now): (&mut Erased, Timestamp),
    ) -> Result<(), DbErr> {
        let (company, calls) = (self.id(), ready.call_ids());
        erased.particulars = call_particulars::Entity::delete_many()
            .filter(call_particulars::Column::CompanyId.eq(company))
            .filter(call_particulars::Column::CallId.is_in(calls.iter().copied()))
            .exec(tx)
            .await?
            .rows_affected;
        erased.functions = function_invocation::Entity::delete_many()
            .filter(function_invocation::Column::CompanyId.eq(company))
            .filter(function_invocation::Column::CallId.is_in(calls.iter().copied()))
            .exec(tx)
            .await?
            .rows_affected;
        let bodies = blank_bodies(company).filter(inbox::Column::CallId.is_in(calls.iter().copied()));
        erased.bodies = bodies.exec(tx).await?.rows_affected;
        erased.calls = call::Entity::update_many()
            .col_expr(call::Column::CallerNumber, Expr::value(None::<String>))
            .col_expr(call::Column::CustomerId, Expr::value(None::<Uuid>))
            .col_expr(call::Column::ErasedAt, Expr::value(now.as_millisecond()))
            .filter(call::Column::CompanyId.eq(company))
            .filter(call::Column::Id.is_in(calls))
            .exec(tx)
            .await?
            .rows_affected;
        Ok(())
    }

    async fn take_out_of_bookings(
        &self,
        tx: &DatabaseTransaction,
        ready: &Trail,
        erased: &mut Erased,
    ) -> Result<(), DbErr> {
        let (company, bookings) = (self.id(), ready.booking_ids());
        erased.codes = code::Entity::delete_many()
            .filter(code::Column::CompanyId.eq(company))
            .filter(code::Column::BookingId.is_in(bookings.iter().copied()))
            .exec(tx)
            .await?
            .rows_affected;
        let nothing = || Expr::value(None::<String>);
        erased.bookings = booking::Entity::update_many()
            .col_expr(booking::Column::AttendeeName, nothing())
            .col_expr(booking::Column::AttendeeEmail, nothing())
            .col_expr(booking::Column::AttendeePhone, nothing())
            // What Cal.com said about it may repeat what it was told.
            .col_expr(booking::Column::Reason, nothing())
            .filter(booking::Column::CompanyId.eq(company))
            .filter(booking::Column::Id.is_in(bookings))
            .exec(tx)
            .await?
            .rows_affected;
        Ok(())
    }

    /// A customer who has had appointments stays as somebody without a name, whom the appointments belong to.
    async fn take_out_customers(
        &self,
        tx: &DatabaseTransaction,
        ready: &Trail,
        erased: &mut Erased,
    ) -> Result<(), DbErr> {
        let (company, customers) = (self.id(), ready.customer_ids());
        erased.numbers = customer_number::Entity::delete_many()
            .filter(customer_number::Column::CompanyId.eq(company))
            .filter(customer_number::Column::CustomerId.is_in(customers.iter().copied()))
            .exec(tx)
            .await?
            .rows_affected;
        let needed: Vec<Uuid> = booking::Entity::find()
            .select_only()
            .column(booking::Column::CustomerId)
            .filter(booking::Column::CompanyId.eq(company))
            .filter(booking::Column::CustomerId.is_in(customers.iter().copied()))
            .into_tuple()
            .all(tx)
            .await?;
        for id in customers {
            if needed.contains(&id) {
                let blank = customer::ActiveModel {
                    id: Set(id),
                    name: Set(None),
                    name_folded: Set(None),
                    email: Set(None),
                    ..Default::default()
                };
                blank.update(tx).await?;
            } else {
                customer::Entity::delete_by_id(id).exec(tx).await?;
            }
            erased.customers += 1;
        }
        Ok(())
    }
}

/// What is no call of Retell's stands under a name that a program has chosen: it may be the number itself.
async fn rename(tx: &DatabaseTransaction, sought: &Sought, ready: &Trail) -> Result<(), DbErr> {
    let digits = sought.number.national_digits();
    for row in ready.calls.iter().filter(|row| row.retell_call_id.contains(digits)) {
        let named = call::ActiveModel {
            id: Set(row.id),
            retell_call_id: Set(format!("erased:{}", row.id)),
            ..Default::default()
        };
        named.update(tx).await?;
    }
    Ok(())
}

/// Deliveries of a company lose their bodies and what they were sent with; that they came stays.
fn blank_bodies(company: Uuid) -> UpdateMany<inbox::Entity> {
    inbox::Entity::update_many()
        .col_expr(inbox::Column::Body, Expr::value(None::<Vec<u8>>))
        .col_expr(inbox::Column::Headers, Expr::value(None::<String>))
        .filter(inbox::Column::CompanyId.eq(company))
        .filter(inbox::Column::Body.is_not_null())
}

impl Store {
    /// Sees that what was deleted is in no byte of the database's files any more, as far as that is ours to see to.
    pub async fn scrub(&self) -> Result<Scrubbed, Error> {
        if self.write.get_database_backend() != DbBackend::Sqlite {
            return Ok(Scrubbed::Vacuum);
        }
        for _ in 0..TRUNCATE_TRIES_MAX {
            let ask = Statement::from_string(DbBackend::Sqlite, "PRAGMA wal_checkpoint(TRUNCATE)");
            let row = self.write.query_one_raw(ask).await?;
            let is_busy: i32 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
            if is_busy == 0 {
                return Ok(Scrubbed::Done);
            }
            tokio::time::sleep(TRUNCATE_PAUSE).await;
        }
        Ok(Scrubbed::Busy)
    }
}
