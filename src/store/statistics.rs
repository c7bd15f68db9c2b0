//! Calls as they are counted: page by page, with what came of each.

use std::collections::HashMap;

use entities::{Ms, booking, call, call_event, callback, function_invocation, measure};
use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationTrait,
};
use uuid::Uuid;

use super::bookings::STANDING;
use super::calls::{AT_DESK, WRITTEN};
use super::{Cursor, Error, Page, Scope, Store};
use crate::domain::appointment::Came;
use crate::domain::call::Event;
use crate::domain::call::outcome::Standing;
use crate::domain::ids::BranchId;
use crate::domain::statistics::Counted;

/// Calls of some tenants, to be counted.
#[derive(Debug)]
pub struct Statistics<'a> {
    pub(super) store: &'a Store,
    pub(super) scope: Scope,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    retell_call_id: String,
    branch_id: Option<Uuid>,
    outcome: Option<String>,
    disconnection_reason: Option<String>,
    started_at: Ms,
    imported: Option<bool>,
    duration_ms: Option<i64>,
    cost_millicents: Option<i64>,
}

/// What a call has done to existing appointments.
#[derive(Clone, Copy, Default)]
struct Changes {
    moved: u64,
    cancelled: u64,
}

impl Changes {
    /// One more; None: nobody knows what it was.
    fn count(&mut self, cancelled: Option<bool>) {
        match cancelled {
            Some(true) => self.cancelled += 1,
            Some(false) => self.moved += 1,
            None => {}
        }
    }
}

/// What came of a call when it was over: that its customer called the appointment off later is another call's doing.
fn outcome_then(outcome: Option<String>, booked: u64) -> Option<String> {
    let is_called_off = outcome.as_deref() == Some(Standing::Cancelled.as_str()) && booked > 0;
    if is_called_off { Some(Standing::Booked.as_str().to_owned()) } else { outcome }
}

impl Statistics<'_> {
    /// A page of the calls and conversations that began from then until before then, the oldest first; what was entered at the desk was none.
    pub async fn calls(
        &self,
        (from, to): (Timestamp, Timestamp),
        after: Option<Cursor>,
        limit: u64,
    ) -> Result<Page<Counted>, Error> {
        let mut query = call::Entity::find()
            .select_only()
            .columns([
                call::Column::Id,
                call::Column::RetellCallId,
                call::Column::BranchId,
                call::Column::Outcome,
                call::Column::DisconnectionReason,
                call::Column::StartedAt,
            ])
            .columns([
                measure::Column::Imported,
                measure::Column::DurationMs,
                measure::Column::CostMillicents,
            ])
            .join_rev(JoinType::LeftJoin, measure::Relation::Call.def())
            .filter(self.scope.condition(call::Column::CompanyId))
            .filter(call::Column::RetellCallId.not_like(format!("{AT_DESK}%")))
            .filter(call::Column::StartedAt.gte(from.as_millisecond()))
            .filter(call::Column::StartedAt.lt(to.as_millisecond()));
        if let Some(cursor) = after {
            query = query.filter(cursor.after(call::Column::StartedAt, call::Column::Id));
        }
        let rows: Vec<Row> = query
            .order_by_asc(call::Column::StartedAt)
            .order_by_asc(call::Column::Id)
            .limit(limit + 1)
            .into_model()
            .all(&self.store.read)
            .await?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let (booked, callbacks) = (self.booked(&ids).await?, self.callbacks(&ids).await?);
        let changes = self.changes(&ids).await?;
        let counted = |row: Row| {
            let number = |of: &HashMap<Uuid, i64>| of.get(&row.id).map_or(0, |number| number.unsigned_abs());
            let changes = changes.get(&row.id).copied().unwrap_or_default();
            Counted {
                began_at: row.started_at.into(),
                branch: row.branch_id.map(BranchId::from),
                is_imported: row.imported.unwrap_or_default(),
                is_conversation: row.retell_call_id.starts_with(WRITTEN),
                duration_ms: row.duration_ms,
                cost_millicents: row.cost_millicents,
                booked: number(&booked),
                moved: changes.moved,
                cancelled: changes.cancelled,
                callbacks: number(&callbacks),
                outcome: outcome_then(row.outcome, number(&booked)),
                disconnection_reason: row.disconnection_reason,
            }
        };
        Ok(Page::cut(rows, limit, |row: &Row| Cursor { at: row.started_at, id: row.id }, counted))
    }

    /// How long functions took to answer, in milliseconds, the latest first, as many as are asked for.
    pub async fn function_times(
        &self,
        (from, to): (Timestamp, Timestamp),
        limit: u64,
    ) -> Result<Vec<(String, i32)>, Error> {
        let query = function_invocation::Entity::find()
            .select_only()
            .columns([function_invocation::Column::Function, function_invocation::Column::DurationMs])
            .filter(self.scope.condition(function_invocation::Column::CompanyId))
            .filter(function_invocation::Column::ReceivedAt.gte(from.as_millisecond()))
            .filter(function_invocation::Column::ReceivedAt.lt(to.as_millisecond()))
            .order_by_desc(function_invocation::Column::ReceivedAt)
            .limit(limit);
        Ok(query.into_tuple().all(&self.store.read).await?)
    }

    /// Why people are to be called back, and when that was written down, the latest first, as many as are asked for.
    pub async fn callback_reasons(
        &self,
        (from, to): (Timestamp, Timestamp),
        limit: u64,
    ) -> Result<Vec<(String, Timestamp)>, Error> {
        let query = callback::Entity::find()
            .select_only()
            .columns([callback::Column::Reason, callback::Column::CreatedAt])
            .filter(self.scope.condition(callback::Column::CompanyId))
            .filter(callback::Column::CreatedAt.gte(from.as_millisecond()))
            .filter(callback::Column::CreatedAt.lt(to.as_millisecond()))
            .order_by_desc(callback::Column::CreatedAt)
            .limit(limit);
        let rows: Vec<(String, Ms)> = query.into_tuple().all(&self.store.read).await?;
        Ok(rows.into_iter().map(|(reason, at)| (reason, at.into())).collect())
    }

    async fn booked(&self, calls: &[Uuid]) -> Result<HashMap<Uuid, i64>, Error> {
        let query = booking::Entity::find()
            .select_only()
            .column(booking::Column::CallId)
            .column_as(booking::Column::Id.count(), "number")
            .filter(self.scope.condition(booking::Column::CompanyId))
            .filter(booking::Column::CallId.is_in(calls.iter().copied()))
            .filter(
                // What was called off later was booked all the same: the past does not change.
                Condition::any().add(booking::Column::State.is_in(STANDING)).add(
                    Condition::all()
                        .add(booking::Column::State.eq("cancelled"))
                        .add(booking::Column::CalcomUid.is_not_null()),
                ),
            )
            .group_by(booking::Column::CallId);
        let rows: Vec<(Uuid, i64)> = query.into_tuple().all(&self.store.read).await?;
        Ok(rows.into_iter().collect())
    }

    async fn callbacks(&self, calls: &[Uuid]) -> Result<HashMap<Uuid, i64>, Error> {
        let query = callback::Entity::find()
            .select_only()
            .column(callback::Column::CallId)
            .column_as(callback::Column::Id.count(), "number")
            .filter(self.scope.condition(callback::Column::CompanyId))
            .filter(callback::Column::CallId.is_in(calls.iter().copied()))
            .group_by(callback::Column::CallId);
        let rows: Vec<(Uuid, i64)> = query.into_tuple().all(&self.store.read).await?;
        Ok(rows.into_iter().collect())
    }

    /// Changes that were agreed to and made, or are still being made.
    async fn changes(&self, calls: &[Uuid]) -> Result<HashMap<Uuid, Changes>, Error> {
        let rows = call_event::Entity::find()
            .filter(self.scope.condition(call_event::Column::CompanyId))
            .filter(call_event::Column::CallId.is_in(calls.iter().copied()))
            .filter(call_event::Column::Kind.is_in(["changing", "changed"]))
            .order_by_asc(call_event::Column::CallId)
            .order_by_asc(call_event::Column::Version)
            .all(&self.store.read)
            .await?;
        let mut cancels: HashMap<(Uuid, u8), bool> = HashMap::new();
        let mut changes: HashMap<Uuid, Changes> = HashMap::new();
        for row in rows {
            // What this program does not know counts as nothing.
            match serde_json::from_value(row.payload) {
                Ok(Event::Changing { appointment, change }) => {
                    cancels.insert((row.call_id, appointment), change.cancels);
                }
                Ok(Event::Changed { appointment, came: Came::Done | Came::LeftToIt }) => {
                    let cancelled = cancels.get(&(row.call_id, appointment)).copied();
                    changes.entry(row.call_id).or_default().count(cancelled);
                }
                Ok(_) | Err(_) => {}
            }
        }
        Ok(changes)
    }
}
