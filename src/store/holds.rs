//! Holds: the lock among our callers. One row per calendar, five-minute step and lane; the primary key decides who was first.
//! A calendar has as many lanes as it has hosts who can serve at the same time.

use entities::{company, hold};
use jiff::{SignedDuration, Timestamp};
use sea_orm::sea_query::{Expr, LockType, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect,
};
use uuid::Uuid;

use super::{Append, Error, Store, reservations};
use crate::domain::call::Event;
use crate::domain::ids::{CalendarId, CallId, CompanyId};
use crate::domain::retry::later;
use crate::domain::slot::{InLane, QUANTUM_MINUTES, Slot, quantum};

/// How long a hold outlasts its booking: longer than slots are known here by default, and than Cal.com takes to notice.
const OUTLASTS: SignedDuration = SignedDuration::from_secs(90);

/// Holds of one tenant.
#[derive(Debug)]
pub struct Holds<'a> {
    pub(super) store: &'a Store,
    pub(super) company: CompanyId,
}

/// Whose hold it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    pub call: CallId,
    pub appointment: u8,
}

impl Holds<'_> {
    /// Moves the owner's hold to this slot of a calendar with so many lanes; false: others hold a part of it in each of
    /// them, and nothing has changed.
    pub async fn claim(
        &self,
        owner: Owner,
        (slot, lanes): (&Slot, u32),
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let tx = self.store.begin().await?;
        one_at_a_time(&tx, self.company).await?;
        let taken = self.take(&tx, owner, (slot, lanes), (until, now)).await?;
        finish(tx, taken).await
    }

    /// The same for an owner who may have a hold already: then that stays as it is.
    pub async fn claim_if_none(
        &self,
        owner: Owner,
        (slot, lanes): (&Slot, u32),
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let tx = self.store.begin().await?;
        one_at_a_time(&tx, self.company).await?;
        let living = hold::Column::ExpiresAt.gt(now.as_millisecond());
        let query = hold::Entity::find().filter(held_by(self.company, owner)).filter(living);
        let taken =
            query.one(&tx).await?.is_some() || self.take(&tx, owner, (slot, lanes), (until, now)).await?;
        finish(tx, taken).await
    }

    /// Moves the owner's hold; false: others are in the way, and the transaction has to be rolled back.
    async fn take(
        &self,
        tx: &DatabaseTransaction,
        owner: Owner,
        (slot, lanes): (&Slot, u32),
        (until, now): (Timestamp, Timestamp),
    ) -> Result<bool, DbErr> {
        let steps: Vec<i64> = slot.quanta().collect();
        hold::Entity::delete_many().filter(held_by(self.company, owner)).exec(tx).await?;
        reservations::give_up_but(tx, self.company, owner, Some(slot)).await?;
        hold::Entity::delete_many()
            .filter(hold::Column::CalendarId.eq(Uuid::from(slot.calendar)))
            .filter(hold::Column::Quantum.is_in(steps.iter().copied()))
            .filter(hold::Column::ExpiresAt.lte(now.as_millisecond()))
            .exec(tx)
            .await?;
        let Some(lane) = free_lane(tx, slot, lanes).await? else { return Ok(false) };
        let rows = steps.iter().map(|step| {
            hold::Model {
                calendar_id: slot.calendar.into(),
                quantum: *step,
                lane,
                company_id: self.company.into(),
                call_id: owner.call.into(),
                appointment: i32::from(owner.appointment),
                expires_at: Some(until.into()),
            }
            .into_active_model()
        });
        let taken = hold::Entity::insert_many(rows)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
        Ok(usize::try_from(taken).unwrap_or_default() == steps.len())
    }

    pub async fn release(&self, owner: Owner) -> Result<(), Error> {
        let tx = self.store.begin().await?;
        remove(&tx, self.company, owner).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What others hold of these calendars between two instants: other calls, and this one for its other appointments.
    pub async fn kept_by_others(
        &self,
        calendars: &[CalendarId],
        (from, to): (Timestamp, Timestamp),
        owner: Owner,
        now: Timestamp,
    ) -> Result<Vec<InLane>, Error> {
        let step = |at: Timestamp| at.as_millisecond().div_euclid(QUANTUM_MINUTES * 60_000);
        let living = Condition::any()
            .add(hold::Column::ExpiresAt.is_null())
            .add(hold::Column::ExpiresAt.gt(now.as_millisecond()));
        let rows = hold::Entity::find()
            .filter(hold::Column::CompanyId.eq(Uuid::from(self.company)))
            .filter(hold::Column::CalendarId.is_in(calendars.iter().map(|id| Uuid::from(*id))))
            .filter(hold::Column::Quantum.between(step(from), step(to)))
            .filter(held_by(self.company, owner).not())
            .filter(living)
            .all(&self.store.read)
            .await?;
        let kept = |row: hold::Model| InLane {
            kept: quantum(row.calendar_id.into(), row.quantum),
            lane: u32::try_from(row.lane).unwrap_or(0),
        };
        Ok(rows.into_iter().map(kept).collect())
    }
}

/// Only what was taken whole is taken.
async fn finish(tx: DatabaseTransaction, taken: bool) -> Result<bool, Error> {
    let end = if taken { tx.commit().await } else { tx.rollback().await };
    end.map(|()| taken).map_err(Error::from)
}

/// Two callers who want each other's slots would wait for each other for ever on PostgreSQL; one company's claims queue.
async fn one_at_a_time(tx: &DatabaseTransaction, company: CompanyId) -> Result<(), DbErr> {
    company::Entity::find_by_id(Uuid::from(company))
        .select_only()
        .column(company::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .into_tuple::<Uuid>()
        .one(tx)
        .await?;
    Ok(())
}

/// The first lane in which nobody holds a part of the slot: one host serves all of it.
async fn free_lane(tx: &DatabaseTransaction, slot: &Slot, lanes: u32) -> Result<Option<i32>, DbErr> {
    let taken: Vec<i32> = hold::Entity::find()
        .select_only()
        .column(hold::Column::Lane)
        .distinct()
        .filter(hold::Column::CalendarId.eq(Uuid::from(slot.calendar)))
        .filter(hold::Column::Quantum.is_in(slot.quanta()))
        .into_tuple()
        .all(tx)
        .await?;
    let lanes = i32::try_from(lanes.max(1)).unwrap_or(i32::MAX);
    Ok((0..lanes).find(|lane| !taken.contains(lane)))
}

fn held_by(company: CompanyId, owner: Owner) -> Condition {
    Condition::all()
        .add(hold::Column::CompanyId.eq(Uuid::from(company)))
        .add(hold::Column::CallId.eq(Uuid::from(owner.call)))
        .add(hold::Column::Appointment.eq(i32::from(owner.appointment)))
}

/// Whether the owner holds that slot; on PostgreSQL it does so until the transaction ends.
pub(super) async fn holds(
    tx: &DatabaseTransaction,
    company: CompanyId,
    owner: Owner,
    slot: &Slot,
) -> Result<bool, DbErr> {
    let first = hold::Entity::find()
        .filter(held_by(company, owner))
        .filter(hold::Column::CalendarId.eq(Uuid::from(slot.calendar)))
        .filter(hold::Column::Quantum.eq(slot.quanta().next()))
        .lock(LockType::Share);
    Ok(first.one(tx).await?.is_some())
}

/// What a batch of appends says about holds: what is to be kept until its booking is settled stays until it would be over,
/// so that nothing can be orphaned for ever; what is given up is let go.
pub(super) async fn follow(tx: &DatabaseTransaction, won: &[&Append]) -> Result<(), DbErr> {
    for append in won {
        let (company, call) = (append.after.company, append.after.id);
        for event in &append.events {
            if let Event::Chosen { appointment, chosen } = event
                && chosen.until.is_none()
            {
                let owner = Owner { call, appointment: *appointment };
                keep_until(tx, company, owner, chosen.slot.end).await?;
            }
        }
        for appointment in &append.releases {
            remove(tx, company, Owner { call, appointment: *appointment }).await?;
        }
    }
    Ok(())
}

/// Lets go of what the owner holds, if anything.
pub(super) async fn remove(tx: &DatabaseTransaction, company: CompanyId, owner: Owner) -> Result<(), DbErr> {
    hold::Entity::delete_many().filter(held_by(company, owner)).exec(tx).await?;
    reservations::give_up_but(tx, company, owner, None).await
}

/// What was booked stays held a little longer: Cal.com answers from what it knew up to two seconds ago, and what was read
/// from it just before may be offered for as long as slots are known here.
pub(super) async fn outlast_answers(
    tx: &DatabaseTransaction,
    company: CompanyId,
    owner: Owner,
    now: Timestamp,
) -> Result<(), DbErr> {
    keep_until(tx, company, owner, later(now, OUTLASTS)).await?;
    reservations::give_up_but(tx, company, owner, None).await
}

/// What the owner holds, if anything, is held until then.
pub(super) async fn keep_until(
    tx: &DatabaseTransaction,
    company: CompanyId,
    owner: Owner,
    until: Timestamp,
) -> Result<(), DbErr> {
    hold::Entity::update_many()
        .col_expr(hold::Column::ExpiresAt, Expr::value(until.as_millisecond()))
        .filter(held_by(company, owner))
        .exec(tx)
        .await?;
    Ok(())
}
