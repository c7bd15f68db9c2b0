//! Requests to Cal.com as they are kept for people: written in groups behind the work, never in its way.

use std::time::Duration;

use entities::exchange;
use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, DatabaseConnection, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{Error, Scope, Store};
use crate::domain::ids::{BookingId, CallId, CompanyId};
use crate::meters;

/// Exchanges that wait to be written; beyond it they are counted and dropped.
const WAITING_MAX: usize = 4_096;
/// Exchanges that share one transaction at most.
const BATCH_MAX: usize = 256;
/// How long others are waited for before a group is written.
const LINGER: Duration = Duration::from_millis(50);
/// Exchanges shown of one call at most.
const SHOWN_MAX: u64 = 1_000;

/// A request that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    pub id: Uuid,
    pub company: CompanyId,
    pub call: Option<CallId>,
    pub booking: Option<BookingId>,
    pub at: Timestamp,
    pub kind: &'static str,
    pub method: String,
    pub path: String,
    /// JSON without anything personal.
    pub asked: String,
    pub status: Option<u16>,
    pub outcome: &'static str,
    pub duration_ms: u64,
}

/// Where exchanges are handed in. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Notes {
    waiting: mpsc::Sender<Exchange>,
}

impl Notes {
    /// Hands one in and never waits: when too many are waiting already, it is counted and let go.
    pub fn note(&self, exchange: Exchange) {
        if self.waiting.try_send(exchange).is_err() {
            meters::turned_away("exchanges");
        }
    }
}

/// The one who writes; runs until every handle is gone.
#[derive(Debug)]
pub(super) struct Writer {
    write: DatabaseConnection,
    waiting: mpsc::Receiver<Exchange>,
}

pub(super) fn pair(write: DatabaseConnection) -> (Notes, Writer) {
    let (send, receive) = mpsc::channel(WAITING_MAX);
    (Notes { waiting: send }, Writer { write, waiting: receive })
}

impl Writer {
    pub(super) async fn run(mut self) {
        let mut taken = Vec::with_capacity(BATCH_MAX);
        while self.waiting.recv_many(&mut taken, BATCH_MAX).await > 0 {
            if taken.len() < BATCH_MAX {
                tokio::time::sleep(LINGER).await;
            }
            while taken.len() < BATCH_MAX
                && let Ok(next) = self.waiting.try_recv()
            {
                taken.push(next);
            }
            let count = taken.len();
            if let Err(error) = insert(&self.write, taken.drain(..)).await {
                (0..count).for_each(|_| meters::turned_away("exchanges"));
                tracing::warn!(
                    count,
                    error = &error as &dyn std::error::Error,
                    "requests to Cal.com could not be noted; timelines will miss them"
                );
            }
        }
    }
}

async fn insert(write: &DatabaseConnection, exchanges: impl Iterator<Item = Exchange>) -> Result<(), DbErr> {
    let rows = exchanges.map(|one| {
        exchange::Model {
            id: one.id,
            company_id: one.company.into(),
            call_id: one.call.map(Uuid::from),
            booking_id: one.booking.map(Uuid::from),
            at: one.at.into(),
            kind: one.kind.into(),
            method: one.method,
            path: one.path,
            asked: one.asked,
            status: one.status.map(i32::from),
            outcome: one.outcome.into(),
            duration_ms: i32::try_from(one.duration_ms).unwrap_or(i32::MAX),
        }
        .into_active_model()
    });
    exchange::Entity::insert_many(rows).exec_without_returning(write).await?;
    Ok(())
}

/// Exchanges of some tenants.
#[derive(Debug)]
pub struct Exchanges<'a> {
    pub(super) store: &'a Store,
    pub(super) scope: Scope,
}

impl Exchanges<'_> {
    /// What was asked of Cal.com for a call, in order; of very many the first.
    pub async fn of_call(&self, call: CallId) -> Result<Vec<exchange::Model>, Error> {
        let query = exchange::Entity::find()
            .filter(self.scope.condition(exchange::Column::CompanyId))
            .filter(exchange::Column::CallId.eq(Uuid::from(call)))
            .order_by_asc(exchange::Column::At)
            .limit(SHOWN_MAX);
        Ok(query.all(&self.store.read).await?)
    }
}
