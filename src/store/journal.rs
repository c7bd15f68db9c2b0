//! The journal of calls, written in groups: waiting appends share one transaction and are acknowledged after its commit.

mod rows;

use std::collections::{HashSet, VecDeque};

use entities::call;
use jiff::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait, IntoActiveModel,
    Statement, Value,
};
use tokio::sync::{mpsc, oneshot};
use tracing::Instrument as _;
use uuid::Uuid;

use super::bell::Bell;
use super::open::Settings;
use super::secrets::Keyring;
use super::{Error, begin, exchanges};
use crate::clock::Clock;
use crate::domain::Hidden;
use crate::domain::alert::Alert;
use crate::domain::call::{Call, Ending, Event, Intent, Phase};
use crate::domain::callback::Callback;
use crate::domain::consent::Consent;
use crate::domain::ids::{BookingId, CallId, CallbackId, CompanyId, DeliveryId};
use crate::domain::measures::Measures;
use crate::meters;

/// What is added to the journal of one call in one piece.
#[derive(Clone, Debug)]
pub struct Append {
    /// The call as it was before; its version is the lock.
    pub before: Head,
    /// The call as it is after the events.
    pub after: Head,
    pub events: Vec<Event>,
    pub at: Timestamp,
    pub invocation: Option<Invocation>,
    pub delivery: Option<Delivery>,
    pub intents: Vec<Intent>,
    pub callbacks: Vec<Callback>,
    pub alerts: Vec<Alert>,
    /// Appointments whose hold is not needed any more: let go in the same commit.
    pub releases: Vec<u8>,
    /// Callback items that nobody has to see to any more.
    pub done: Vec<CallbackId>,
    /// Bookings that nobody has to call about any more, since the caller has agreed to something else.
    pub replaced: Vec<BookingId>,
    /// What was measured of the call, where it is over.
    pub measures: Measures,
    /// The zone and language that intents are booked in.
    pub zone: String,
    pub language: &'static str,
}

/// The row of a call, as far as the journal keeps it.
#[derive(Clone, Debug)]
pub struct Head {
    pub id: CallId,
    pub company: CompanyId,
    pub retell_call_id: String,
    pub version: u32,
    pub branch: Option<Uuid>,
    pub caller_number: Option<Hidden>,
    pub phase: &'static str,
    pub outcome: Option<&'static str>,
    pub began_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub disconnection_reason: Option<String>,
}

/// A function call and what was answered.
#[derive(Clone, Debug)]
pub struct Invocation {
    pub key: String,
    pub function: String,
    pub arguments: Hidden,
    pub answer: Hidden,
    pub status: &'static str,
    pub received_at: Timestamp,
    pub duration_ms: i32,
}

/// A webhook as it came.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub id: DeliveryId,
    pub route: &'static str,
    pub event: String,
    /// Set for lifecycle events: each is taken in once per call.
    pub once: Option<String>,
    pub our_number: Option<String>,
    /// The fingerprint of the key that signed it.
    pub signed_by: Option<String>,
    /// What the caller has said to being recorded and written to, as far as it tells.
    pub consent: Consent,
    /// What it was sent with, as JSON, without its signature.
    pub headers: Option<String>,
    pub body: Option<Hidden>,
}

/// Whether an append went in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    Done,
    /// Somebody else moved the call on: load it again and decide again.
    Conflict,
}

impl Append {
    /// Whether the call was over long before it was found in Retell's list.
    pub(super) fn is_import(&self) -> bool {
        self.events.iter().any(|event| matches!(event, Event::Ended { ending: Ending::Imported }))
    }
}

impl Head {
    pub fn of(call: &Call, retell_call_id: &str, disconnection_reason: Option<String>) -> Self {
        let (phase, outcome, ended_at) = match call.phase {
            Phase::Live => ("live", None, None),
            Phase::Ended { at } => ("ended", None, Some(at)),
            Phase::Settled { outcome } => ("settled", Some(outcome.as_str()), None),
        };
        Self {
            id: call.id,
            company: call.company,
            retell_call_id: retell_call_id.to_owned(),
            version: call.version,
            branch: call.branch.map(Uuid::from),
            caller_number: call.caller.number().map(|number| Hidden(number.e164().to_owned())),
            phase,
            outcome,
            began_at: call.began_at,
            ended_at,
            disconnection_reason,
        }
    }
}

type Waiting = (Box<Append>, oneshot::Sender<Result<Appended, Error>>);

/// Where appends are handed in. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Journal {
    waiting: mpsc::Sender<Waiting>,
}

impl Journal {
    /// Adds to a call's journal; the answer comes after the commit.
    pub async fn append(&self, append: Append) -> Result<Appended, Error> {
        let (tell, told) = oneshot::channel();
        self.waiting.send((Box::new(append), tell)).await.map_err(|_| Error::Closed)?;
        told.await.map_err(|_| Error::Closed)?
    }

    /// How many appends wait for the writer.
    pub fn waiting(&self) -> usize {
        self.waiting.max_capacity() - self.waiting.capacity()
    }
}

/// The one who writes; runs until every journal handle is gone.
#[derive(Debug)]
pub struct Writer {
    write: DatabaseConnection,
    waiting: mpsc::Receiver<Waiting>,
    batch_max: usize,
    keyring: Keyring,
    /// What is written beside the journal, whenever there is time.
    exchanges: exchanges::Writer,
    bell: Bell,
}

pub(super) fn pair(
    write: DatabaseConnection,
    (exchanges, bell): (exchanges::Writer, Bell),
    settings: &Settings,
    keyring: Keyring,
) -> (Journal, Writer) {
    let (send, receive) = mpsc::channel(settings.journal_waiting_max.max(1));
    let batch_max = settings.journal_batch_max.max(1);
    (Journal { waiting: send }, Writer { write, waiting: receive, batch_max, keyring, exchanges, bell })
}

impl Writer {
    pub async fn run(self) {
        let Self { write, waiting, batch_max, keyring, exchanges, bell } = self;
        tokio::join!(Scribe { write, waiting, batch_max, keyring, bell }.run(), exchanges.run());
    }
}

struct Scribe {
    write: DatabaseConnection,
    waiting: mpsc::Receiver<Waiting>,
    batch_max: usize,
    /// Seals what only its owner may read.
    keyring: Keyring,
    bell: Bell,
}

impl Scribe {
    async fn run(mut self) {
        let mut taken = Vec::with_capacity(self.batch_max);
        let mut left: VecDeque<Waiting> = VecDeque::new();
        loop {
            if left.is_empty() && self.waiting.recv_many(&mut taken, self.batch_max).await == 0 {
                return;
            }
            left.extend(taken.drain(..));
            let batch = one_each(&mut left);
            let span = tracing::debug_span!(parent: None, "commit", appends = batch.len());
            self.commit(batch).instrument(span).await;
        }
    }

    async fn commit(&self, batch: Vec<Waiting>) {
        let (appends, tells): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        let appends: Vec<&Append> = appends.iter().map(Box::as_ref).collect();
        match write_batch(&self.write, &appends, &self.keyring).await {
            Ok(winners) => {
                for (append, tell) in appends.iter().zip(tells) {
                    self.answer(append, tell, Ok(told(append, &winners)));
                }
            }
            // One bad row must not spoil its neighbours: each on its own.
            Err(error) if appends.len() > 1 => {
                tracing::warn!(
                    batch = appends.len(),
                    error = &error as &dyn std::error::Error,
                    "journal batch failed, writing one by one"
                );
                for (append, tell) in appends.iter().zip(tells) {
                    let written = write_one(&self.write, append, &self.keyring).await;
                    self.answer(append, tell, written);
                }
            }
            Err(error) => {
                let all = appends.iter().zip(tells).take(1);
                all.for_each(|(append, tell)| self.answer(append, tell, Err(dismantle(&error))));
            }
        }
    }
}

impl Scribe {
    fn answer(
        &self,
        append: &Append,
        tell: oneshot::Sender<Result<Appended, Error>>,
        result: Result<Appended, Error>,
    ) {
        if matches!(result, Ok(Appended::Done)) {
            self.bell.ring_for(append);
        }
        // Whoever asked may have gone; what is written stays written and is found by its key when asked again.
        drop(tell.send(result));
    }
}

/// A copy of the error that can be given to somebody else.
fn dismantle(error: &DbErr) -> Error {
    Error::Database(DbErr::Custom(error.to_string()))
}

/// The first waiting append of each call; a second one of the same call waits for the next batch.
fn one_each(left: &mut VecDeque<Waiting>) -> Vec<Waiting> {
    let mut seen = HashSet::new();
    let (now, later): (Vec<_>, Vec<_>) = left.drain(..).partition(|(append, _)| seen.insert(append.after.id));
    left.extend(later);
    now
}

async fn write_one(
    write: &DatabaseConnection,
    append: &Append,
    keyring: &Keyring,
) -> Result<Appended, Error> {
    let winners = write_batch(write, &[append], keyring).await?;
    Ok(told(append, &winners))
}

fn told(append: &Append, winners: &HashSet<Uuid>) -> Appended {
    if winners.contains(&Uuid::from(append.after.id)) {
        return Appended::Done;
    }
    meters::conflict();
    Appended::Conflict
}

async fn write_batch(
    write: &DatabaseConnection,
    appends: &[&Append],
    keyring: &Keyring,
) -> Result<HashSet<Uuid>, DbErr> {
    let watch = Clock::stopwatch();
    let tx = begin(write).await?;
    insert_new_calls(&tx, appends).await?;
    let winners = move_versions(&tx, appends).await?;
    let won: Vec<&Append> =
        appends.iter().filter(|append| winners.contains(&Uuid::from(append.after.id))).copied().collect();
    rows::insert(&tx, &won, keyring).await?;
    tx.commit().await?;
    meters::batch(appends.len(), watch.elapsed());
    Ok(winners)
}

async fn insert_new_calls(tx: &DatabaseTransaction, appends: &[&Append]) -> Result<(), DbErr> {
    let new: Vec<call::ActiveModel> = appends
        .iter()
        .filter(|append| append.before.version == 0)
        .map(|append| {
            let head = &append.before;
            call::Model {
                id: head.id.into(),
                company_id: head.company.into(),
                retell_call_id: head.retell_call_id.clone(),
                branch_id: head.branch,
                version: 0,
                caller_number: head.caller_number.as_ref().map(|number| number.0.clone()),
                phase: "live".into(),
                outcome: None,
                customer_id: None,
                started_at: head.began_at.into(),
                last_event_at: append.at.into(),
                ended_at: None,
                disconnection_reason: None,
                erased_at: None,
                recording: None,
                recording_at: None,
                messages: None,
                messages_at: None,
            }
            .into_active_model()
        })
        .collect();
    if !new.is_empty() {
        call::Entity::insert_many(new)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

const MOVED: [(&str, &str); 10] = [
    ("id", "uuid"),
    ("expected", "integer"),
    ("version", "integer"),
    ("branch_id", "uuid"),
    ("phase", "text"),
    ("outcome", "text"),
    ("last_event_at", "bigint"),
    ("ended_at", "bigint"),
    ("reason", "text"),
    ("customer_id", "uuid"),
];

/// Moves the version of every call that still stands where it was expected; the ids of those are the winners.
async fn move_versions(tx: &DatabaseTransaction, appends: &[&Append]) -> Result<HashSet<Uuid>, DbErr> {
    let backend = tx.get_database_backend();
    let mut values: Vec<Value> = Vec::with_capacity(appends.len() * MOVED.len());
    for append in appends {
        let after = &append.after;
        values.push(Uuid::from(after.id).into());
        values.push(i32::try_from(append.before.version).unwrap_or(i32::MAX).into());
        values.push(i32::try_from(after.version).unwrap_or(i32::MAX).into());
        values.push(after.branch.into());
        values.push(after.phase.into());
        values.push(after.outcome.map(str::to_owned).into());
        values.push(append.at.as_millisecond().into());
        values.push(ended_at(append).map(Timestamp::as_millisecond).into());
        values.push(after.disconnection_reason.clone().into());
        values.push(append.intents.first().map(|intent| Uuid::from(intent.customer)).into());
    }
    let rows: Vec<String> = (0..appends.len()).map(|row| placeholders(row, backend)).collect();
    let names: Vec<&str> = MOVED.iter().map(|(name, _)| *name).collect();
    let sql = format!(
        "WITH moved ({}) AS (VALUES {}) UPDATE calls SET version = moved.version, branch_id = moved.branch_id, \
         phase = moved.phase, outcome = COALESCE(moved.outcome, calls.outcome), \
         last_event_at = moved.last_event_at, ended_at = COALESCE(calls.ended_at, moved.ended_at), \
         disconnection_reason = COALESCE(calls.disconnection_reason, moved.reason), \
         customer_id = COALESCE(calls.customer_id, moved.customer_id) FROM moved \
         WHERE calls.id = moved.id AND calls.version = moved.expected RETURNING calls.id AS id",
        names.join(", "),
        rows.join(", "),
    );
    let rows = tx.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}

/// When the call ended; one that ends and is settled in one append has its end only among the events.
fn ended_at(append: &Append) -> Option<Timestamp> {
    let ends = append.events.iter().any(|event| matches!(event, Event::Ended { .. }));
    // Of a call that was over long before we heard of it, its own end is meant.
    let at = append.measures.ended_at.filter(|_| append.is_import()).unwrap_or(append.at);
    append.after.ended_at.or_else(|| ends.then_some(at))
}

fn placeholders(row: usize, backend: DbBackend) -> String {
    let one = |(i, (_, kind)): (usize, &(&str, &str))| {
        if backend == DbBackend::Postgres {
            format!("${}::{kind}", row * MOVED.len() + i + 1)
        } else {
            "?".to_owned()
        }
    };
    format!("({})", MOVED.iter().enumerate().map(one).collect::<Vec<_>>().join(", "))
}
