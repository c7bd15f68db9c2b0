//! The line to one Cal.com account: nothing passes it without the breaker's leave and a place in the minute's budget.

use std::time::Duration;

use actix::Addr;
use jiff::Timestamp;

use super::breaker::{Admit, BreakerActor, Record};
use super::budget::{self, BudgetActor, NoPlace, Told};
use crate::calcom::{self, Attempt, Client, Lookup, NewBooking, ReadFailure, Uid};
use crate::clock::Clock;
use crate::domain::breaker::{Permit, Report};
use crate::domain::budget::{Class, UsedUp};
use crate::domain::retry::{later, millis};

const NOT_ANSWERING: &str = "the calendar is not answering";
/// How long a question waits for a place in the minute's budget.
const QUESTION_WAITS: Duration = Duration::from_secs(2);
/// How long a look or a booking waits for it: nobody is on the line. A booking keeps its place in its calendar's queue.
const PROMISE_WAITS: Duration = Duration::from_mins(2);

/// How long a courtesy, or what is read ahead, waits for it: hardly at all, or it would be in the way.
const COURTESY_WAITS: Duration = Duration::from_millis(50);

/// One account's line; all companies with the same base URL and key share it. Cheap to clone.
#[derive(Clone)]
pub struct Line {
    client: Client,
    breaker: Addr<BreakerActor>,
    budget: Addr<BudgetActor>,
    clock: Clock,
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Line")
    }
}

/// Why nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub until: Timestamp,
    pub why: &'static str,
}

/// Why nothing could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The breaker keeps everything back.
    Kept(Kept),
    Failed(ReadFailure),
}

/// Leave to send one booking; must be used or given back.
#[derive(Debug)]
pub struct Leave(Permit);

impl Line {
    pub fn new(client: Client, breaker: Addr<BreakerActor>, budget: Addr<BudgetActor>, clock: Clock) -> Self {
        Self { client, breaker, budget, clock }
    }

    /// The same line; whoever is named is told of each request.
    pub fn observed_by(&self, observer: calcom::Observer) -> Self {
        Self { client: self.client.observed_by(observer), ..self.clone() }
    }

    pub fn budget(&self) -> &Addr<BudgetActor> {
        &self.budget
    }

    pub fn breaker(&self) -> &Addr<BreakerActor> {
        &self.breaker
    }

    /// Leave to send a booking: asks the breaker, waits for the budget, asks again, and where the line is being tried
    /// asks `GET /v2/me` first; the booking that follows decides whether the line is back.
    pub async fn leave(&self) -> Result<Leave, Kept> {
        self.is_open().await?;
        self.place(Class::Booking, PROMISE_WAITS).await?;
        let permit = self.admitted().await?;
        if !permit.probe {
            return Ok(Leave(permit));
        }
        self.probe(permit).await?;
        // The probe has used up the place.
        match self.place(Class::Booking, QUESTION_WAITS).await {
            Ok(()) => Ok(Leave(permit)),
            Err(kept) => {
                self.record(permit, Report::Unused).await;
                Err(kept)
            }
        }
    }

    /// Leave to read: never waits long for the budget, since the caller does not either, and never stakes the line's
    /// return on a question: there `GET /v2/me` alone decides.
    async fn leave_to_read(&self, class: Class, patience: Duration) -> Result<Leave, Kept> {
        self.is_open().await?;
        self.place(class, patience).await?;
        let permit = self.admitted().await?;
        if !permit.probe {
            return Ok(Leave(permit));
        }
        self.probe(permit).await?;
        self.record(permit, Report::Answered).await;
        self.place(class, patience).await?;
        Ok(Leave(self.admitted().await?))
    }

    async fn place(&self, class: Class, patience: Duration) -> Result<(), Kept> {
        budget::place(&self.budget, class, patience).await.map_err(|none| match none {
            NoPlace::UsedUp(UsedUp { until }) => Kept { until, why: "the minute's requests are used up" },
            NoPlace::Restarting => self.restarting(),
        })
    }

    /// Whether anything may leave at all; costs nothing of the budget.
    async fn is_open(&self) -> Result<(), Kept> {
        match self.breaker.send(super::breaker::Describe).await {
            Ok(description) => match description.retry_at {
                Some(until) => Err(Kept { until, why: NOT_ANSWERING }),
                None => Ok(()),
            },
            Err(_) => Err(self.restarting()),
        }
    }

    /// It is being started again: a moment later it will answer.
    fn restarting(&self) -> Kept {
        Kept { until: later(self.clock.now(), millis(100)), why: "the line is restarting" }
    }

    /// The leave was not used after all.
    pub async fn give_back(&self, leave: Leave) {
        self.record(leave.0, Report::Unused).await;
    }

    /// Sends one booking; the leave is used up whatever comes of it.
    pub async fn create(&self, Leave(permit): Leave, booking: &NewBooking) -> Attempt {
        let attempt = self.client.create_booking(booking).await;
        self.record(permit, report_of_attempt(&attempt)).await;
        attempt
    }

    /// Moves one booking; the leave is used up whatever comes of it.
    pub async fn reschedule(
        &self,
        Leave(permit): Leave,
        uid: &Uid,
        start: Timestamp,
        reason: &str,
    ) -> calcom::Change {
        let change = self.client.reschedule(uid, start, reason, None).await;
        self.record(permit, report_of_change(&change)).await;
        change
    }

    /// Cancels one booking; the leave is used up whatever comes of it.
    pub async fn cancel(&self, Leave(permit): Leave, uid: &Uid, reason: &str) -> calcom::Change {
        let change = self.client.cancel(uid, reason).await;
        self.record(permit, report_of_change(&change)).await;
        change
    }

    /// Free slots that start between two instants.
    pub async fn slots(
        &self,
        event_type_id: i64,
        (from, to): (Timestamp, Timestamp),
        zone: &str,
    ) -> Result<Vec<calcom::Slot>, Unread> {
        let Leave(permit) =
            self.leave_to_read(Class::Question, QUESTION_WAITS).await.map_err(Unread::Kept)?;
        let read = self.client.slots(event_type_id, (from, to), zone, None).await;
        self.record(permit, report_of_read(read.as_ref().err())).await;
        read.map_err(Unread::Failed)
    }

    /// The same, before anybody has asked: only where the line is open and the minute has room to spare right now.
    pub async fn slots_ahead(
        &self,
        event_type_id: i64,
        (from, to): (Timestamp, Timestamp),
        zone: &str,
    ) -> Result<Vec<calcom::Slot>, Unread> {
        let leave = self.leave_in_passing(Class::Prefetch, COURTESY_WAITS).await.map_err(Unread::Kept)?;
        let read = self.client.slots(event_type_id, (from, to), zone, None).await;
        self.record_in_passing(leave, read.as_ref().err()).await;
        read.map_err(Unread::Failed)
    }

    /// The same for whoever moves a booking: its own time counts as free.
    pub async fn slots_to_move(
        &self,
        event_type_id: i64,
        range: (Timestamp, Timestamp),
        zone: &str,
        booking: &Uid,
    ) -> Result<Vec<calcom::Slot>, Unread> {
        let Leave(permit) =
            self.leave_to_read(Class::Question, QUESTION_WAITS).await.map_err(Unread::Kept)?;
        let read = self.client.slots(event_type_id, range, zone, Some(booking)).await;
        self.record(permit, report_of_read(read.as_ref().err())).await;
        read.map_err(Unread::Failed)
    }

    /// Looks for a booking that may have been made.
    pub async fn look(&self, lookup: &Lookup) -> Result<Vec<calcom::Booking>, Unread> {
        let Leave(permit) = self.leave_to_read(Class::Look, PROMISE_WAITS).await.map_err(Unread::Kept)?;
        let read = self.client.find_bookings(lookup).await;
        self.record(permit, report_of_read(read.as_ref().err())).await;
        read.map_err(Unread::Failed)
    }

    /// One booking by its uid; None: there is no such.
    pub async fn booking(&self, uid: &Uid) -> Result<Option<calcom::Booking>, Unread> {
        let Leave(permit) = self.leave_to_read(Class::Look, PROMISE_WAITS).await.map_err(Unread::Kept)?;
        let read = self.client.booking(uid).await;
        self.record(permit, report_of_read(read.as_ref().err())).await;
        read.map_err(Unread::Failed)
    }

    /// What has changed at Cal.com since then, the longest unchanged first, and whether there may be more.
    pub async fn updated_since(&self, since: Timestamp) -> Result<(Vec<calcom::Booking>, bool), Unread> {
        self.read(self.client.bookings_updated_since(since)).await
    }

    /// Hides a slot as a courtesy: only where the line is open and the minute has room for it right now.
    pub async fn reserve(
        &self,
        event_type_id: i64,
        start: Timestamp,
        minutes: u32,
    ) -> Result<calcom::Reservation, Unread> {
        let leave = self.leave_in_passing(Class::Courtesy, COURTESY_WAITS).await.map_err(Unread::Kept)?;
        let made = self.client.reserve(event_type_id, start, minutes).await;
        self.record_in_passing(leave, made.as_ref().err()).await;
        made.map_err(Unread::Failed)
    }

    /// Shows the slot again; a reservation that is gone already counts as taken back.
    pub async fn release(
        &self,
        reservation: &Uid,
        (class, patience): (Class, Duration),
    ) -> Result<(), Unread> {
        let leave = self.leave_in_passing(class, patience).await.map_err(Unread::Kept)?;
        let released = self.client.release(reservation).await;
        self.record_in_passing(leave, released.as_ref().err()).await;
        released.map_err(Unread::Failed)
    }

    /// Leave for what nothing depends on: it never tries a line that is down.
    async fn leave_in_passing(&self, class: Class, patience: Duration) -> Result<Leave, Kept> {
        self.is_open().await?;
        self.place(class, patience).await?;
        let permit = self.admitted().await?;
        if permit.probe {
            self.record(permit, Report::Unused).await;
            return Err(Kept { until: self.clock.now(), why: NOT_ANSWERING });
        }
        Ok(Leave(permit))
    }

    /// What went wrong here says nothing about bookings, except that Cal.com asks to wait.
    async fn record_in_passing(&self, Leave(permit): Leave, failure: Option<&ReadFailure>) {
        let report = match report_of_read(failure) {
            report @ Report::Throttled { .. } => report,
            Report::Answered | Report::Failed | Report::BadKey | Report::Unused => Report::Unused,
        };
        self.record(permit, report).await;
    }

    /// Whose key it is.
    pub async fn me(&self) -> Result<calcom::Me, Unread> {
        self.read(self.client.me()).await
    }

    /// The same, and what Cal.com's clock said.
    pub async fn me_dated(&self) -> Result<(calcom::Me, Option<Timestamp>), Unread> {
        self.read(self.client.me_dated()).await
    }

    /// Where the key's owner is told of bookings.
    pub async fn webhooks(&self) -> Result<Vec<calcom::webhook::Subscription>, Unread> {
        self.read(self.client.webhooks()).await
    }

    /// The teams of the key's owner.
    pub async fn teams(&self) -> Result<Vec<i64>, Unread> {
        self.read(self.client.teams()).await
    }

    /// The event types of a team.
    pub async fn team_event_types(&self, team: i64) -> Result<Vec<calcom::EventType>, Unread> {
        self.read(self.client.team_event_types(team)).await
    }

    /// One event type, None if this key sees no such.
    pub async fn event_type(&self, id: i64) -> Result<Option<calcom::EventType>, Unread> {
        self.read(self.client.event_type(id)).await
    }

    /// The event types of the key's owner.
    pub async fn event_types(&self) -> Result<Vec<calcom::EventType>, Unread> {
        self.read(self.client.event_types()).await
    }

    /// Whether a booking (of this event type) is among those this key lists; None where it may list none at all, which
    /// is no reason to think the whole key bad.
    pub async fn lists(&self, event_type_id: Option<i64>) -> Result<Option<bool>, Unread> {
        let asked = async {
            match self.client.lists(event_type_id).await {
                Err(ReadFailure::BadKey) => Ok(None),
                answer => answer.map(Some),
            }
        };
        self.read(asked).await
    }

    /// A question of somebody who looks at the set-up: no caller waits for it.
    async fn read<T>(&self, asked: impl Future<Output = Result<T, ReadFailure>>) -> Result<T, Unread> {
        let Leave(permit) = self.leave_to_read(Class::Sweep, PROMISE_WAITS).await.map_err(Unread::Kept)?;
        let read = asked.await;
        self.record(permit, report_of_read(read.as_ref().err())).await;
        read.map_err(Unread::Failed)
    }

    async fn admitted(&self) -> Result<Permit, Kept> {
        match self.breaker.send(Admit).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(tripped)) => Err(Kept { until: tripped.retry_at, why: NOT_ANSWERING }),
            Err(_) => Err(self.restarting()),
        }
    }

    async fn probe(&self, permit: Permit) -> Result<(), Kept> {
        let Err(failure) = self.client.me().await else { return Ok(()) };
        let report = match report_of_read(Some(&failure)) {
            // An answer that cannot be read is no sign that the line is back.
            Report::Answered => Report::Failed,
            report @ (Report::Failed | Report::BadKey | Report::Throttled { .. } | Report::Unused) => report,
        };
        self.record(permit, report).await;
        let until = self.admitted_again_at().await;
        Err(Kept { until, why: NOT_ANSWERING })
    }

    async fn admitted_again_at(&self) -> Timestamp {
        let soon = later(self.clock.now(), millis(1_000));
        match self.breaker.send(super::breaker::Describe).await {
            Ok(description) => description.retry_at.unwrap_or(soon),
            Err(_) => soon,
        }
    }

    async fn record(&self, permit: Permit, report: Report) {
        self.tell_budget(report).await;
        if self.breaker.send(Record { permit, report }).await.is_err() {
            tracing::warn!("the breaker missed a report while it was restarting");
        }
    }

    /// What the answer said about the allowance corrects our own counting.
    async fn tell_budget(&self, report: Report) {
        let left = self.client.take_rate_left();
        let left = left.map(|rate| Told { left: rate.remaining, of: rate.limit, reset_s: rate.reset_s });
        let told = match report {
            Report::Throttled { for_ms } => {
                let reset_s = u32::try_from(for_ms.div_ceil(1_000)).unwrap_or(u32::MAX);
                Some(Told { left: 0, of: None, reset_s })
            }
            Report::Answered | Report::Failed | Report::BadKey | Report::Unused => left,
        };
        let Some(told) = told else { return };
        if self.budget.send(told).await.is_err() {
            tracing::warn!("the budget missed what cal.com said while it was restarting");
        }
    }
}

fn report_of_attempt(attempt: &Attempt) -> Report {
    report_of_write(attempt.throttled_s(), attempt.is_bad_key(), attempt.counts_against_wire())
}

fn report_of_change(change: &calcom::Change) -> Report {
    report_of_write(change.throttled_s(), change.is_bad_key(), change.counts_against_wire())
}

fn report_of_write(throttled_s: Option<u32>, is_bad_key: bool, counts_against_wire: bool) -> Report {
    match throttled_s {
        Some(seconds) => Report::Throttled { for_ms: u64::from(seconds) * 1_000 },
        None if is_bad_key => Report::BadKey,
        None if counts_against_wire => Report::Failed,
        None => Report::Answered,
    }
}

fn report_of_read(failure: Option<&ReadFailure>) -> Report {
    match failure {
        Some(ReadFailure::Throttled { retry_after_s }) => {
            Report::Throttled { for_ms: u64::from(*retry_after_s) * 1_000 }
        }
        Some(failure) if failure.is_bad_key() => Report::BadKey,
        Some(failure) if failure.counts_against_wire() => Report::Failed,
        Some(_) | None => Report::Answered,
    }
}
