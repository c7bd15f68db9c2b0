//! Reservations at Cal.com that hide held slots from web visitors: written down before they are asked for, so that each can
//! be taken back, also after a restart.

use entities::hold;
use entities::reservation::{ActiveModel, Column, Entity, Model};
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::holds::{self, Owner};
use super::{Error, Store};
use crate::domain::ids::{CallId, CompanyId};
use crate::domain::slot::Slot;

/// Reservations of one tenant.
#[derive(Debug)]
pub struct Reservations<'a> {
    pub(super) store: &'a Store,
    pub(super) company: CompanyId,
}

impl Reservations<'_> {
    /// What stands, or may stand, at Cal.com for a call.
    pub async fn of_call(&self, call: CallId, now: Timestamp) -> Result<Vec<Model>, Error> {
        let query = Entity::find()
            .filter(Column::CompanyId.eq(Uuid::from(self.company)))
            .filter(Column::CallId.eq(Uuid::from(call)))
            .filter(Column::ExpiresAt.gt(now.as_millisecond()));
        Ok(query.all(&self.store.read).await?)
    }

    /// Writes down that a slot is about to be reserved; false: its owner does not hold it any more.
    pub async fn begin(
        &self,
        id: Uuid,
        owner: Owner,
        slot: &Slot,
        expires_at: Timestamp,
    ) -> Result<bool, Error> {
        // Whoever lets go of the hold meanwhile finds the row, or is found here to have done so.
        let tx = self.store.begin().await?;
        if !holds::holds(&tx, self.company, owner, slot).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        let row = Model {
            id,
            company_id: self.company.into(),
            call_id: owner.call.into(),
            appointment: i32::from(owner.appointment),
            calendar_id: slot.calendar.into(),
            event_type_id: slot.event_type_id,
            starts_at: slot.start.into(),
            expires_at: expires_at.into(),
            uid: None,
            wanted: true,
        };
        Entity::insert(row.into_active_model()).exec_without_returning(&tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Cal.com has reserved it; the row as it now stands, None: it is gone.
    pub async fn made(&self, id: Uuid, uid: &str) -> Result<Option<Model>, Error> {
        let made = ActiveModel { uid: sea_orm::ActiveValue::Set(Some(uid.to_owned())), ..Default::default() };
        let rows = Entity::update_many()
            .set(made)
            .filter(Column::CompanyId.eq(Uuid::from(self.company)))
            .filter(Column::Id.eq(id))
            .exec_with_returning(&self.store.write)
            .await?;
        Ok(rows.into_iter().next())
    }

    /// It stands no longer, or never did.
    pub async fn forget(&self, id: Uuid) -> Result<(), Error> {
        Entity::delete_many()
            .filter(Column::CompanyId.eq(Uuid::from(self.company)))
            .filter(Column::Id.eq(id))
            .exec(&self.store.write)
            .await?;
        Ok(())
    }

    /// None of a call's is wanted any more.
    pub async fn give_up(&self, call: CallId) -> Result<(), Error> {
        Entity::update_many()
            .col_expr(Column::Wanted, Expr::value(false))
            .filter(Column::CompanyId.eq(Uuid::from(self.company)))
            .filter(Column::CallId.eq(Uuid::from(call)))
            .exec(&self.store.write)
            .await?;
        Ok(())
    }
}

/// What the owner has reserved is to be taken back, except that slot; in the commit that lets go of the hold.
pub(super) async fn give_up_but(
    tx: &DatabaseTransaction,
    company: CompanyId,
    owner: Owner,
    kept: Option<&Slot>,
) -> Result<(), DbErr> {
    let mut query = Entity::update_many()
        .col_expr(Column::Wanted, Expr::value(false))
        .filter(Column::CompanyId.eq(Uuid::from(company)))
        .filter(Column::CallId.eq(Uuid::from(owner.call)))
        .filter(Column::Appointment.eq(i32::from(owner.appointment)));
    if let Some(slot) = kept {
        let is_another = sea_orm::Condition::any()
            .add(Column::EventTypeId.ne(slot.event_type_id))
            .add(Column::StartsAt.ne(slot.start.as_millisecond()));
        query = query.filter(is_another);
    }
    query.exec(tx).await?;
    Ok(())
}

/// Across all tenants: what hides a slot that its owner does not hold any more is to be taken back; says how many.
pub(super) async fn give_up_unheld(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let same =
        |held: hold::Column, reserved: Column| Expr::col((hold::Entity, held)).equals((Entity, reserved));
    let held = Query::select()
        .expr(Expr::val(1))
        .from(hold::Entity)
        .and_where(same(hold::Column::CompanyId, Column::CompanyId))
        .and_where(same(hold::Column::CallId, Column::CallId))
        .and_where(same(hold::Column::Appointment, Column::Appointment))
        .and_where(same(hold::Column::CalendarId, Column::CalendarId))
        .to_owned();
    let given_up = Entity::update_many()
        .col_expr(Column::Wanted, Expr::value(false))
        .filter(Column::Wanted.eq(true))
        .filter(Expr::exists(held).not())
        .exec(db)
        .await?;
    Ok(given_up.rows_affected)
}

/// Across all tenants: what is to be taken back, the oldest first.
pub(super) async fn given_up(db: &impl ConnectionTrait, count_max: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Wanted.eq(false))
        .filter(Column::Uid.is_not_null())
        .order_by_asc(Column::ExpiresAt)
        .limit(count_max)
        .all(db)
        .await
}

/// Across all tenants: what Cal.com has let go of by itself.
pub(super) async fn drop_expired(db: &impl ConnectionTrait, now: Timestamp) -> Result<u64, DbErr> {
    let gone = Entity::delete_many().filter(Column::ExpiresAt.lte(now.as_millisecond())).exec(db).await?;
    Ok(gone.rows_affected)
}
