//! Holds: the lock among our callers. One row per calendar, five-minute step and lane; the primary key decides who was first.

use entities::{company, hold};
use jiff::{SignedDuration, Timestamp};
use sea_orm::sea_query::{Expr, LockType, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect,
};
use uuid::Uuid;

use super::{Error, Store};
use crate::domain::ids::{CalendarId, CallId, CompanyId};
use crate::domain::retry::later;
use crate::domain::slot::{Kept, QUANTUM_MINUTES, Slot, quantum};

/// Every calendar has one lane: one caller at a time.
const LANE: i32 = 0;
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
    /// Moves the owner's hold to this slot; false: somebody else holds a part of it, and nothing has changed.
    pub async fn claim(
        &self,
        owner: Owner,
        slot: &Slot,
        until: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let tx = self.store.begin().await?;
        let steps: Vec<i64> = slot.quanta().collect();
        one_at_a_time(&tx, self.company).await?;
        remove(&tx, self.company, owner).await?;
        hold::Entity::delete_many()
            .filter(hold::Column::CalendarId.eq(Uuid::from(slot.calendar)))
            .filter(hold::Column::Quantum.is_in(steps.iter().copied()))
            .filter(hold::Column::ExpiresAt.lte(now.as_millisecond()))
            .exec(&tx)
            .await?;
        let rows = steps.iter().map(|step| {
            hold::Model {
                calendar_id: slot.calendar.into(),
                quantum: *step,
                lane: LANE,
                company_id: self.company.into(),
                call_id: owner.call.into(),
                appointment: i32::from(owner.appointment),
                expires_at: until.map(Into::into),
            }
            .into_active_model()
        });
        let taken = hold::Entity::insert_many(rows)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(&tx)
            .await?;
        if usize::try_from(taken).unwrap_or_default() < steps.len() {
            tx.rollback().await?;
            return Ok(false);
        }
        tx.commit().await?;
        Ok(true)
    }

    pub async fn release(&self, owner: Owner) -> Result<(), Error> {
        let tx = self.store.begin().await?;
        remove(&tx, self.company, owner).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What other calls hold of these calendars between two instants.
    pub async fn kept_by_others(
        &self,
        calendars: &[CalendarId],
        (from, to): (Timestamp, Timestamp),
        call: CallId,
        now: Timestamp,
    ) -> Result<Vec<Kept>, Error> {
        let step = |at: Timestamp| at.as_millisecond().div_euclid(QUANTUM_MINUTES * 60_000);
        let living = Condition::any()
            .add(hold::Column::ExpiresAt.is_null())
            .add(hold::Column::ExpiresAt.gt(now.as_millisecond()));
        let rows = hold::Entity::find()
            .filter(hold::Column::CompanyId.eq(Uuid::from(self.company)))
            .filter(hold::Column::CalendarId.is_in(calendars.iter().map(|id| Uuid::from(*id))))
            .filter(hold::Column::Quantum.between(step(from), step(to)))
            .filter(hold::Column::CallId.ne(Uuid::from(call)))
            .filter(living)
            .all(&self.store.read)
            .await?;
        Ok(rows.into_iter().map(|row| quantum(row.calendar_id.into(), row.quantum)).collect())
    }
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

fn held_by(company: CompanyId, owner: Owner) -> Condition {
    Condition::all()
        .add(hold::Column::CompanyId.eq(Uuid::from(company)))
        .add(hold::Column::CallId.eq(Uuid::from(owner.call)))
        .add(hold::Column::Appointment.eq(i32::from(owner.appointment)))
}

/// Lets go of what the owner holds, if anything.
pub(super) async fn remove(tx: &DatabaseTransaction, company: CompanyId, owner: Owner) -> Result<(), DbErr> {
    hold::Entity::delete_many().filter(held_by(company, owner)).exec(tx).await?;
    Ok(())
}

/// What was booked stays held a little longer: Cal.com answers from what it knew up to two seconds ago, and what was read
/// from it just before may be offered for as long as slots are known here.
pub(super) async fn outlast_answers(
    tx: &DatabaseTransaction,
    company: CompanyId,
    owner: Owner,
    now: Timestamp,
) -> Result<(), DbErr> {
    hold::Entity::update_many()
        .col_expr(hold::Column::ExpiresAt, Expr::value(later(now, OUTLASTS).as_millisecond()))
        .filter(held_by(company, owner))
        .exec(tx)
        .await?;
    Ok(())
}
