//! Which route a request means, which version of it, and the way from there to the answer.

use serde_json::Value;

use super::dials::{Glitch, Write};
use super::engine::{Engine, pause};
use super::hooks::{self, HookRoute};
use super::limits::Verdict;
use super::settings::ApiKey;
use super::wire::{self, BAD_KEY, NO_AUTH, Refusal};
use super::{catalogue, reads, reservations, slots, writes};
use crate::sim::time;

/// A request as it came in.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) version: String,
    pub(super) bearer: Option<String>,
    pub(super) body: Vec<u8>,
}

/// What goes back, if anything does.
#[derive(Debug)]
pub(super) enum Outcome {
    Answer {
        status: u16,
        body: Value,
        verdict: Option<Verdict>,
        request_id: String,
    },
    /// The connection drops without a byte.
    Cut,
}

/// A handler's success: status and body, or a dropped connection.
#[derive(Debug)]
pub(super) enum Done {
    Answer(u16, Value),
    Cut,
}

/// The routes of the API, with the uid where the path holds one.
#[derive(Clone, Debug)]
pub(super) enum Route {
    Me,
    EventTypes,
    EventType(String),
    Teams,
    TeamEventTypes(String),
    Slots,
    Reserve,
    Reservation(String),
    MoveReservation(String),
    DropReservation(String),
    CreateBooking,
    ListBookings,
    GetBooking(String),
    CancelBooking(String),
    Reschedule(String),
    /// Webhooks of the key's user, or of an event type.
    Hooks {
        route: HookRoute,
        event_type: Option<String>,
    },
    /// No part of the API: whoever tries something has everything fail, or go on.
    Outage(bool),
    Unknown,
}

impl Ask {
    /// The address as it appears in error envelopes.
    pub(super) fn address(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// The query string, decoded.
    pub(super) fn parameters(&self) -> Vec<(String, String)> {
        actix_web::web::Query::<Vec<(String, String)>>::from_query(&self.query)
            .map(actix_web::web::Query::into_inner)
            .unwrap_or_default()
    }
}

impl Route {
    /// The route of a request; anything unknown is a 404 of the framework.
    pub(super) fn of(ask: &Ask) -> Self {
        let parts: Vec<&str> = ask.path.trim_matches('/').split('/').collect();
        match (ask.method.as_str(), parts.as_slice()) {
            ("GET", ["v2", "me"]) => Self::Me,
            ("GET", ["v2", "event-types"]) => Self::EventTypes,
            ("GET", ["v2", "event-types", id]) => Self::EventType((*id).to_owned()),
            ("GET", ["v2", "teams"]) => Self::Teams,
            ("GET", ["v2", "teams", id, "event-types"]) => Self::TeamEventTypes((*id).to_owned()),
            ("GET", ["v2", "slots"]) => Self::Slots,
            ("POST", ["v2", "slots", "reservations"]) => Self::Reserve,
            ("GET", ["v2", "slots", "reservations", uid]) => Self::Reservation((*uid).to_owned()),
            ("PATCH", ["v2", "slots", "reservations", uid]) => Self::MoveReservation((*uid).to_owned()),
            ("DELETE", ["v2", "slots", "reservations", uid]) => Self::DropReservation((*uid).to_owned()),
            ("POST", ["v2", "bookings"]) => Self::CreateBooking,
            ("GET", ["v2", "bookings"]) => Self::ListBookings,
            ("GET", ["v2", "bookings", uid]) => Self::GetBooking((*uid).to_owned()),
            ("POST", ["v2", "bookings", uid, "cancel"]) => Self::CancelBooking((*uid).to_owned()),
            ("POST", ["v2", "bookings", uid, "reschedule"]) => Self::Reschedule((*uid).to_owned()),
            ("POST", ["sim", "outage", "on"]) => Self::Outage(true),
            ("POST", ["sim", "outage", "off"]) => Self::Outage(false),
            (method, ["v2", "webhooks", rest @ ..]) => Self::hooks(method, rest, None),
            (method, ["v2", "event-types", id, "webhooks", rest @ ..]) => {
                Self::hooks(method, rest, Some((*id).to_owned()))
            }
            _ => Self::Unknown,
        }
    }

    fn hooks(method: &str, rest: &[&str], event_type: Option<String>) -> Self {
        HookRoute::of(method, rest).map_or(Self::Unknown, |route| Self::Hooks { route, event_type })
    }

    /// The route with placeholders, for the ledger.
    pub(super) fn label(&self) -> &'static str {
        match self {
            Self::Me => "GET /v2/me",
            Self::EventTypes => "GET /v2/event-types",
            Self::EventType(_) => "GET /v2/event-types/{id}",
            Self::Teams => "GET /v2/teams",
            Self::TeamEventTypes(_) => "GET /v2/teams/{id}/event-types",
            Self::Slots => "GET /v2/slots",
            Self::Reserve => "POST /v2/slots/reservations",
            Self::Reservation(_) => "GET /v2/slots/reservations/{uid}",
            Self::MoveReservation(_) => "PATCH /v2/slots/reservations/{uid}",
            Self::DropReservation(_) => "DELETE /v2/slots/reservations/{uid}",
            Self::CreateBooking => "POST /v2/bookings",
            Self::ListBookings => "GET /v2/bookings",
            Self::GetBooking(_) => "GET /v2/bookings/{uid}",
            Self::CancelBooking(_) => "POST /v2/bookings/{uid}/cancel",
            Self::Reschedule(_) => "POST /v2/bookings/{uid}/reschedule",
            Self::Hooks { route, .. } => route.label(),
            Self::Outage(_) => "POST /sim/outage",
            Self::Unknown => "unknown",
        }
    }

    /// Whether this is one of the booking writes, and which.
    fn write(&self) -> Option<Write> {
        match self {
            Self::CreateBooking => Some(Write::Create),
            Self::Reschedule(_) => Some(Write::Reschedule),
            Self::CancelBooking(_) => Some(Write::Cancel),
            Self::Me
            | Self::EventTypes
            | Self::EventType(_)
            | Self::Teams
            | Self::TeamEventTypes(_)
            | Self::Slots
            | Self::Reserve
            | Self::Reservation(_)
            | Self::MoveReservation(_)
            | Self::DropReservation(_)
            | Self::ListBookings
            | Self::GetBooking(_)
            | Self::Hooks { .. }
            | Self::Outage(_)
            | Self::Unknown => None,
        }
    }

    /// In the version a header silently degrades to, these routes do not exist.
    fn exists_in(&self, version: &str) -> bool {
        match self {
            Self::Slots
            | Self::Reserve
            | Self::Reservation(_)
            | Self::MoveReservation(_)
            | Self::DropReservation(_) => version == "2024-09-04",
            Self::Reschedule(_) => speaks_bookings(version),
            Self::Unknown => false,
            Self::Me
            | Self::EventTypes
            | Self::EventType(_)
            | Self::Teams
            | Self::TeamEventTypes(_)
            | Self::CreateBooking
            | Self::ListBookings
            | Self::GetBooking(_)
            | Self::Hooks { .. }
            | Self::Outage(_)
            | Self::CancelBooking(_) => true,
        }
    }

    fn needs_a_key(&self) -> bool {
        matches!(
            self,
            Self::Me
                | Self::EventType(_)
                | Self::Teams
                | Self::TeamEventTypes(_)
                | Self::ListBookings
                | Self::Hooks { .. }
        )
    }
}

/// Whether a version header selects the current booking routes; every other value means 2024-04-15.
pub(super) fn speaks_bookings(version: &str) -> bool {
    matches!(version, "2024-08-13" | "2026-02-25")
}

/// Answers one request: route, limit, key, handler, delay, in the order of the real guards.
pub(super) async fn answer(engine: &Engine, ask: &Ask, route: &Route) -> Outcome {
    let mut verdict = None;
    let result = match admitted(engine, ask, route, &mut verdict) {
        Ok(key) => handle(engine, ask, route, key).await,
        Err(refusal) => Err(refusal),
    };
    let now = engine.now();
    let (status, body) = match result {
        Ok(Done::Cut) => return Outcome::Cut,
        Ok(Done::Answer(status, body)) => (status, body),
        Err(refusal) => (refusal.status, refusal.to_json(&ask.address(), now)),
    };
    if status == 429 {
        verdict.get_or_insert(Verdict { limit: 120, remaining: 0, reset_s: 1, is_blocked: true });
    }
    let request_id = engine.books(now).uuid();
    Outcome::Answer { status, body, verdict, request_id }
}

/// The key of an admitted request; the limit is counted before anything else is looked at.
fn admitted<'a>(
    engine: &'a Engine,
    ask: &Ask,
    route: &Route,
    verdict: &mut Option<Verdict>,
) -> Result<Option<&'a ApiKey>, Refusal> {
    if !route.exists_in(&ask.version) {
        return Err(Refusal::framework(404, format!("Cannot {} {}", ask.method, ask.address())));
    }
    let key = match &ask.bearer {
        Some(bearer) => Some(engine.settings.key(bearer).ok_or_else(|| Refusal::framework(401, BAD_KEY))?),
        None => None,
    };
    let bucket = key.map_or("", |key| key.key.as_str());
    *verdict = engine.limits().count(&engine.settings, bucket, time::instant());
    if verdict.is_some_and(|verdict| verdict.is_blocked) {
        return Err(Refusal::throttled());
    }
    if key.is_none() && route.needs_a_key() {
        return Err(Refusal::framework(401, NO_AUTH));
    }
    Ok(key)
}

async fn handle(engine: &Engine, ask: &Ask, route: &Route, key: Option<&ApiKey>) -> Result<Done, Refusal> {
    if let Route::Outage(on) = route {
        engine.standing().is_broken = *on;
        return Ok(Done::Answer(200, wire::success(serde_json::json!({"outage": on}))));
    }
    if engine.standing().is_broken {
        return Err(Refusal::broken());
    }
    if let Some(write) = route.write() {
        return writes::run(engine, ask, (route, write), key).await;
    }
    if read_fails(engine, ask) {
        return Err(Refusal::broken());
    }
    let glitch = engine.standing().glitches.pop_front().flatten();
    if let Some(glitch) = glitch {
        engine.log().count_glitch(glitch);
    }
    match glitch {
        Some(Glitch::Cut) => return Ok(Done::Cut),
        Some(Glitch::Fail) => return Err(Refusal::broken()),
        Some(Glitch::Throttled) => return Err(Refusal::throttled()),
        Some(Glitch::Slow { ms }) => pause(ms).await,
        None => {}
    }
    let result = read(engine, ask, route, key);
    let delay = engine.standing().read_delay_ms;
    engine.delay(delay).await;
    result.map(|(status, body)| Done::Answer(status, body))
}

fn read_fails(engine: &Engine, ask: &Ask) -> bool {
    let mut standing = engine.standing();
    if ask.method != "GET" || standing.failing_reads == 0 {
        return false;
    }
    standing.failing_reads -= 1;
    true
}

fn read(engine: &Engine, ask: &Ask, route: &Route, key: Option<&ApiKey>) -> Result<(u16, Value), Refusal> {
    match route {
        Route::Me => catalogue::me(engine, key),
        Route::EventTypes => catalogue::event_types(engine, ask, key),
        Route::EventType(id) => catalogue::event_type(engine, ask, id, key),
        Route::Teams => Ok(catalogue::teams(engine, key)),
        Route::TeamEventTypes(id) => catalogue::team_event_types(engine, id, key),
        Route::Slots => slots::list(engine, ask),
        Route::Reserve => reservations::create(engine, ask, key),
        Route::Reservation(uid) => Ok(reservations::get(engine, uid)),
        Route::MoveReservation(uid) => reservations::change(engine, ask, uid, key),
        Route::DropReservation(uid) => Ok(reservations::delete(engine, uid)),
        Route::ListBookings => reads::list(engine, ask, key),
        Route::GetBooking(uid) => reads::get(engine, ask, uid),
        Route::Hooks { route, event_type } => hooks::answer(engine, ask, (route, event_type.as_deref()), key),
        Route::CreateBooking
        | Route::CancelBooking(_)
        | Route::Reschedule(_)
        | Route::Outage(_)
        | Route::Unknown => Ok((404, wire::success(Value::Null))),
    }
}
