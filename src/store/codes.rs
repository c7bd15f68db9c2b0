//! Codes of bookings: six figures, made with the booking, by which its customer can be known again on any line.

use entities::{booking, code, customer};
use jiff::{SignedDuration, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait as _,
};
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use super::bookings::{OPEN, STANDING};
use super::secrets::{Keyring, Unreadable};
use super::{Append, Error, Store};
use crate::domain::Hidden;
use crate::domain::call::Intent;
use crate::domain::ids::{BookingId, CompanyId, CustomerId};
use crate::domain::retry::later;
use crate::domain::speech::names::{Likeness, likeness};

/// Wrong codes under the name of its customer after which a booking's code opens nothing for a while.
const TRIES_MAX: i32 = 10;
/// So long after the last of them it opens again: whoever tries cannot shut its customer out for good.
const REST: SignedDuration = SignedDuration::from_hours(24);

/// Codes of one tenant.
#[derive(Debug)]
pub struct Codes<'a> {
    pub(super) store: &'a Store,
    pub(super) company: CompanyId,
}

impl Codes<'_> {
    /// The code of a booking, for its customer alone.
    pub async fn of(&self, booking: BookingId) -> Result<Option<SecretString>, Error> {
        let query = code::Entity::find_by_id(Uuid::from(booking))
            .filter(code::Column::CompanyId.eq(Uuid::from(self.company)));
        let Some(row) = query.one(&self.store.read).await? else { return Ok(None) };
        Ok(Some(self.store.keyring.open(&place_of(row.booking_id), &row.sealed)?))
    }

    /// The customer of that name whose coming booking has that code; a wrong one counts against the bookings under the
    /// name, so that nobody can go through all codes of somebody they know of.
    pub async fn shown(
        &self,
        (figures, name): (&Hidden, &Hidden),
        now: Timestamp,
    ) -> Result<Option<CustomerId>, Error> {
        let hashes = self.store.keyring.marks(&mark_place(self.company), &figures.0);
        let coded: Vec<Uuid> = code::Entity::find()
            .select_only()
            .column(code::Column::BookingId)
            .filter(code::Column::CompanyId.eq(Uuid::from(self.company)))
            .filter(code::Column::Hash.is_in(hashes))
            .filter(code::Column::Tries.lt(TRIES_MAX).or(code::Column::TriedAt.lt(rested(now))))
            .into_tuple()
            .all(&self.store.read)
            .await?;
        let booked = self.coming(now).filter(booking::Column::Id.is_in(coded));
        let owners: Vec<Uuid> = booked
            .select_only()
            .column(booking::Column::CustomerId)
            .into_tuple()
            .all(&self.store.read)
            .await?;
        let customers = customer::Entity::find()
            .filter(customer::Column::CompanyId.eq(Uuid::from(self.company)))
            .filter(customer::Column::Id.is_in(owners))
            .order_by_asc(customer::Column::CreatedAt)
            .all(&self.store.read)
            .await?;
        let is_theirs = |row: &&customer::Model| {
            row.name_folded.as_deref().is_some_and(|known| likeness(&name.0, known) != Likeness::Other)
        };
        let owner = customers.iter().find(is_theirs).map(|row| row.id.into());
        if owner.is_none() {
            self.count_against(&name.0, now).await?;
        }
        Ok(owner)
    }

    /// One more wrong code under that name, against all the coming bookings it would have opened.
    async fn count_against(&self, name: &str, now: Timestamp) -> Result<(), Error> {
        let expecting = self.coming(now).select_only().column(booking::Column::CustomerId).into_query();
        let customers: Vec<(Uuid, Option<String>)> = customer::Entity::find()
            .select_only()
            .columns([customer::Column::Id, customer::Column::NameFolded])
            .filter(customer::Column::CompanyId.eq(Uuid::from(self.company)))
            .filter(customer::Column::Id.in_subquery(expecting))
            .into_tuple()
            .all(&self.store.read)
            .await?;
        let is_like = |known: &Option<String>| {
            known.as_deref().is_some_and(|known| likeness(name, known) != Likeness::Other)
        };
        let named = customers.into_iter().filter(|(_, known)| is_like(known)).map(|(id, _)| id);
        let theirs = self.coming(now).filter(booking::Column::CustomerId.is_in(named));
        let bookings: Vec<Uuid> =
            theirs.select_only().column(booking::Column::Id).into_tuple().all(&self.store.read).await?;
        if bookings.is_empty() {
            return Ok(());
        }
        let tries = Expr::case(code::Column::TriedAt.lt(rested(now)), 1)
            .finally(Expr::col(code::Column::Tries).add(1));
        code::Entity::update_many()
            .col_expr(code::Column::Tries, tries.into())
            .col_expr(code::Column::TriedAt, Expr::value(now.as_millisecond()))
            .filter(code::Column::CompanyId.eq(Uuid::from(self.company)))
            .filter(code::Column::BookingId.is_in(bookings))
            .exec(&self.store.write)
            .await?;
        Ok(())
    }

    fn coming(&self, now: Timestamp) -> sea_orm::Select<booking::Entity> {
        booking::Entity::find()
            .filter(booking::Column::CompanyId.eq(Uuid::from(self.company)))
            .filter(booking::Column::State.is_in(OPEN.into_iter().chain(STANDING)))
            .filter(booking::Column::StartsAt.gt(now.as_millisecond()))
    }
}

/// A code for every booking of a batch of appends.
pub(super) async fn enter(tx: &DatabaseTransaction, won: &[&Append], keyring: &Keyring) -> Result<(), DbErr> {
    let mut rows = Vec::new();
    for append in won {
        for intent in append.intents.iter().filter(|intent| !intent.test_mode) {
            let row = row_of(append, intent, keyring).map_err(|error| DbErr::Custom(error.to_string()))?;
            rows.push(row.into_active_model());
        }
    }
    if !rows.is_empty() {
        code::Entity::insert_many(rows)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

fn row_of(append: &Append, intent: &Intent, keyring: &Keyring) -> Result<code::Model, Unreadable> {
    let mut chance = [0; 8];
    getrandom::fill(&mut chance).map_err(|_| Unreadable)?;
    let figures = SecretString::from(format!("{:06}", u64::from_le_bytes(chance) % 1_000_000));
    let booking = Uuid::from(intent.booking);
    let company = append.after.company;
    Ok(code::Model {
        booking_id: booking,
        company_id: company.into(),
        hash: keyring.mark(&mark_place(company), figures.expose_secret()),
        sealed: keyring.seal(&place_of(booking), &figures)?,
        tries: 0,
        tried_at: None,
        made_at: append.at.into(),
    })
}

/// Tries before that are forgotten.
fn rested(now: Timestamp) -> i64 {
    later(now, -REST).as_millisecond()
}

fn place_of(booking: Uuid) -> String {
    format!("codes.sealed:{booking}")
}

fn mark_place(company: CompanyId) -> String {
    format!("codes.hash:{company}")
}
