//! The three booking writes with everything that can go wrong on the way.

use serde_json::Value;

use super::books::Late;
use super::dials::{Mishap, Write};
use super::engine::{Engine, millis, pause};
use super::notices::Trigger;
use super::orders::{self, Order, Plan};
use super::post::Told;
use super::routes::{Ask, Done, Route, speaks_bookings};
use super::settings::ApiKey;
use super::wire::{self, Refusal};
use super::{present, validate};

/// Counts a booking POST as under way for its hosts until it is over, however it ends.
struct UnderWay<'a> {
    engine: &'a Engine,
    hosts: Vec<i64>,
}

/// Runs one booking write: mishap, body, check, gap, insert, delay, answer.
pub(super) async fn run(
    engine: &Engine,
    ask: &Ask,
    (route, write): (&Route, Write),
    key: Option<&ApiKey>,
) -> Result<Done, Refusal> {
    let _under_way = (write == Write::Create).then(|| UnderWay::enter(engine, ask));
    let mishap = engine.standing().next_mishap(write);
    if let Some(mishap) = mishap {
        engine.log().count_mishap(mishap);
    }
    let mut gap_ms = engine.standing().gap_ms;
    match mishap {
        Some(Mishap::Throttled) => return Err(Refusal::throttled()),
        Some(Mishap::CutBefore) => return Ok(Done::Cut),
        Some(Mishap::FailBefore) => return Err(Refusal::broken()),
        Some(Mishap::CommitLate { ms }) => {
            commit_late(engine, order_of(engine, ask, route, key), ms);
            return Ok(Done::Cut);
        }
        Some(Mishap::InsertLate { ms }) => gap_ms += ms,
        Some(Mishap::CutAfter | Mishap::FailAfter | Mishap::AnswerLate { .. }) | None => {}
    }
    let result = store(engine, ask, (order_of(engine, ask, route, key), write), gap_ms).await;
    match mishap {
        Some(Mishap::CutAfter) => return Ok(Done::Cut),
        Some(Mishap::FailAfter) => return Err(Refusal::broken()),
        Some(Mishap::AnswerLate { ms }) => pause(ms).await,
        Some(
            Mishap::CutBefore
            | Mishap::FailBefore
            | Mishap::CommitLate { .. }
            | Mishap::InsertLate { .. }
            | Mishap::Throttled,
        )
        | None => {}
    }
    let delay = engine.standing().write_delay_ms;
    engine.delay(delay).await;
    result.map(|(status, body)| Done::Answer(status, body))
}

/// What the checks let through is stored later without being checked again, as a server does that hangs in between.
fn commit_late(engine: &Engine, order: Result<Order, Refusal>, ms: u64) {
    let now = engine.now();
    let mut books = engine.books(now);
    let plan = order.and_then(|order| orders::check(&engine.settings, &books, &order, now));
    // The client is gone: nobody hears of a refusal.
    if let Ok(plan) = plan {
        books.late.push(Late { due: now + millis(ms), plan });
        engine.post.commit_in(ms);
    }
}

/// Check, gap, insert; those who subscribed are told before the client is, as Cal.com does it.
async fn store(
    engine: &Engine,
    ask: &Ask,
    (order, write): (Result<Order, Refusal>, Write),
    gap_ms: u64,
) -> Result<(u16, Value), Refusal> {
    let order = order?;
    let now = engine.now();
    let plan = orders::check(&engine.settings, &engine.books(now), &order, now)?;
    pause(gap_ms).await;
    if let Plan::Cancel { uid, reason } = &plan {
        let now = engine.now();
        let told = engine.announce_cancelling(&engine.books(now), uid, reason.as_deref(), now);
        all(told).await;
    }
    let now = engine.now();
    let news = plan.is_news();
    let (uid, told) = {
        let mut books = engine.books(now);
        let uid = orders::carry_out(&engine.settings, &mut books, plan, now)?;
        let row = books.find(&uid).filter(|_| news);
        let told = row.map(|row| engine.announce(&books, Trigger::of_new(row), row, now));
        (uid, told.unwrap_or_default())
    };
    all(told).await;
    let books = engine.books(engine.now());
    let row = orders::find(&books, &uid)?;
    let body = match write {
        Write::Cancel if !speaks_bookings(&ask.version) => present::old_booking(&engine.settings, row),
        Write::Cancel => present::booking(&engine.settings, row),
        Write::Create | Write::Reschedule => present::written_booking(&engine.settings, row),
    };
    let status = if write == Write::Cancel { 200 } else { 201 };
    Ok((status, wire::success(body)))
}

async fn all(told: Vec<Told>) {
    for one in told {
        // A post that has closed tells nobody.
        drop(one.await);
    }
}

fn order_of(engine: &Engine, ask: &Ask, route: &Route, key: Option<&ApiKey>) -> Result<Order, Refusal> {
    let body = validate::object(&ask.body)?;
    match route {
        Route::CancelBooking(uid) => validate::cancel(uid, key.is_some(), &body),
        Route::Reschedule(uid) => validate::reschedule(uid, &body),
        Route::CreateBooking if speaks_bookings(&ask.version) => validate::create(&engine.settings, &body),
        Route::CreateBooking => Err(old_create(&body)),
        Route::Me
        | Route::Hooks { .. }
        | Route::EventTypes
        | Route::EventType(_)
        | Route::Teams
        | Route::TeamEventTypes(_)
        | Route::Slots
        | Route::Reserve
        | Route::Reservation(_)
        | Route::MoveReservation(_)
        | Route::DropReservation(_)
        | Route::ListBookings
        | Route::GetBooking(_)
        | Route::Outage(_)
        | Route::Unknown => Err(Refusal::broken()),
    }
}

/// The oldest version wants another body: it calls today's fields unknown and misses its own.
fn old_create(body: &serde_json::Map<String, Value>) -> Refusal {
    let known = [
        "start",
        "end",
        "eventTypeId",
        "timeZone",
        "language",
        "metadata",
        "responses",
        "hasHashedBookingLink",
    ];
    validate::only(body, &known, "")
        .err()
        .unwrap_or_else(|| validate::wrong("", "responses", "responses should not be empty"))
}

impl<'a> UnderWay<'a> {
    fn enter(engine: &'a Engine, ask: &Ask) -> Self {
        let wanted: Option<Value> = serde_json::from_slice(&ask.body).ok();
        let id = wanted.as_ref().and_then(|body| body.get("eventTypeId")).and_then(Value::as_i64);
        let hosts = id
            .and_then(|id| engine.settings.event_type(id))
            .map(|event_type| event_type.host_ids.clone())
            .unwrap_or_default();
        engine.log().enter(&hosts);
        Self { engine, hosts }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.engine.log().leave(&self.hosts);
    }
}
