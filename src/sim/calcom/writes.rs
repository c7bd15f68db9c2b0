//! The three booking writes with everything that can go wrong on the way.

use serde_json::Value;

use super::books::Late;
use super::dials::{Mishap, Write};
use super::engine::{Engine, millis, pause};
use super::orders::{self, Order};
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
    match mishap {
        Some(Mishap::CutBefore) => return Ok(Done::Cut),
        Some(Mishap::FailBefore) => return Err(Refusal::broken()),
        Some(Mishap::CommitLate { ms }) => {
            if let Ok(order) = order_of(engine, ask, route, key) {
                let now = engine.now();
                engine.books(now).late.push(Late { due: now + millis(ms), order });
            }
            return Ok(Done::Cut);
        }
        Some(Mishap::CutAfter | Mishap::FailAfter | Mishap::AnswerLate { .. }) | None => {}
    }
    let result = store(engine, ask, (route, write), key).await;
    match mishap {
        Some(Mishap::CutAfter) => return Ok(Done::Cut),
        Some(Mishap::FailAfter) => return Err(Refusal::broken()),
        Some(Mishap::AnswerLate { ms }) => pause(ms).await,
        Some(Mishap::CutBefore | Mishap::FailBefore | Mishap::CommitLate { .. }) | None => {}
    }
    let delay = engine.standing().write_delay_ms;
    engine.delay(delay).await;
    result.map(|(status, body)| Done::Answer(status, body))
}

async fn store(
    engine: &Engine,
    ask: &Ask,
    (route, write): (&Route, Write),
    key: Option<&ApiKey>,
) -> Result<(u16, Value), Refusal> {
    let order = order_of(engine, ask, route, key)?;
    let now = engine.now();
    let plan = orders::check(&engine.settings, &engine.books(now), &order, now)?;
    let gap_ms = engine.standing().gap_ms;
    pause(gap_ms).await;
    let now = engine.now();
    let mut books = engine.books(now);
    let uid = orders::carry_out(&engine.settings, &mut books, plan, now)?;
    let row = orders::find(&books, &uid)?;
    let body = match write {
        Write::Cancel if !speaks_bookings(&ask.version) => present::old_booking(&engine.settings, row),
        Write::Cancel => present::booking(&engine.settings, row),
        Write::Create | Write::Reschedule => present::written_booking(&engine.settings, row),
    };
    let status = if write == Write::Cancel { 200 } else { 201 };
    Ok((status, wire::success(body)))
}

fn order_of(engine: &Engine, ask: &Ask, route: &Route, key: Option<&ApiKey>) -> Result<Order, Refusal> {
    let body = validate::object(&ask.body)?;
    match route {
        Route::CancelBooking(uid) => validate::cancel(uid, key.is_some(), &body),
        Route::Reschedule(uid) => validate::reschedule(uid, &body),
        Route::CreateBooking if speaks_bookings(&ask.version) => validate::create(&engine.settings, &body),
        Route::CreateBooking => Err(old_create(&body)),
        Route::Me
        | Route::EventTypes
        | Route::EventType(_)
        | Route::Slots
        | Route::Reserve
        | Route::Reservation(_)
        | Route::MoveReservation(_)
        | Route::DropReservation(_)
        | Route::ListBookings
        | Route::GetBooking(_)
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
