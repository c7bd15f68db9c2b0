//! The story of a call: everything that is known of it in one order, and why it came out as it did.

mod case;
mod words;

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::audit::{self, Action, Deed};
use super::bookings::BookingView;
use super::calls::CallView;
use super::deliveries::DeliveryView;
use super::{Error, Principal, calls, deliveries, instant};
use crate::actors::Switchboard;
use crate::domain::call::Event;
use crate::domain::call::why::{of_code, why};
use crate::domain::ids::{BookingId, CallId};
use crate::retell::Found;
use crate::store::calls::Journalled;

/// The story of a call.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct Story {
    pub call: CallView,
    /// What came of it, in one word; null while it is not settled.
    pub outcome: Option<String>,
    /// Everything below and what was asked of Cal.com, in one order.
    pub entries: Vec<Entry>,
    pub events: Vec<EventView>,
    pub functions: Vec<FunctionView>,
    pub exchanges: Vec<ExchangeView>,
    pub deliveries: Vec<DeliveryView>,
    pub bookings: Vec<BookingView>,
    /// Why something was or was not booked, in one sentence.
    pub why: String,
}

/// Something that happened, in words.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct Entry {
    pub at: String,
    /// `delivery`, `event`, `calcom`, `function`, `booking` or `callback`.
    pub kind: &'static str,
    pub text: String,
    pub data: Value,
}

#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct EventView {
    pub at: String,
    pub kind: String,
    pub data: Value,
}

#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct FunctionView {
    pub at: String,
    pub function: String,
    pub status: String,
    pub duration_ms: i32,
    /// Requests to Cal.com that were made for it while it was worked on; 0: it was answered from what was known.
    pub calcom_requests: usize,
    pub arguments: Value,
    pub answer: Value,
}

/// A request to Cal.com, without names, addresses and uids.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct ExchangeView {
    pub at: String,
    pub kind: String,
    pub method: String,
    pub path: String,
    /// The times and event types that were asked about.
    pub asked: Value,
    /// The HTTP status; null: there was no complete answer.
    pub status: Option<i32>,
    /// `ok`, or the code of what was answered or went wrong.
    pub outcome: String,
    pub duration_ms: i32,
    pub booking_id: Option<String>,
}

/// What the books hold about a call.
struct Books {
    row: entities::call::Model,
    journal: Vec<Journalled>,
    invocations: Vec<entities::function_invocation::Model>,
    bookings: Vec<entities::booking::Model>,
    /// Those of before that were to be changed in the call.
    spoken_of: Vec<entities::booking::Model>,
    attempts: Vec<entities::attempt::Model>,
    callbacks: Vec<entities::callback::Model>,
    exchanges: Vec<entities::exchange::Model>,
    enquiry: Option<entities::enquiry::Model>,
}

impl Books {
    async fn read(house: &Switchboard, who: &Principal, row: entities::call::Model) -> Result<Self, Error> {
        let (store, id) = (house.store(), CallId::from(row.id));
        let calls = store.calls(who.scope.clone());
        let bookings = store.bookings(who.scope.clone());
        let rows = bookings.of_call(id).await?;
        let mut attempts = Vec::new();
        for booking in &rows {
            attempts.extend(bookings.attempts(BookingId::from(booking.id)).await?);
        }
        let journal = calls.journal(id).await?;
        let mut spoken_of = BTreeMap::new();
        for one in &journal {
            if let Event::Changing { change, .. } = &one.event
                && let Some(row) = bookings.find(change.booking).await?
            {
                spoken_of.insert(row.id, row);
            }
        }
        Ok(Self {
            journal,
            spoken_of: spoken_of.into_values().collect(),
            invocations: calls.invocations(id).await?,
            bookings: rows,
            attempts,
            callbacks: store.callbacks(who.scope.clone()).of_call(id).await?,
            exchanges: store.exchanges(who.scope.clone()).of_call(id).await?,
            enquiry: store.enquiries(who.scope.clone()).of_call(id).await?,
            row,
        })
    }
}

/// Everything that is known of a call, by our id or Retell's, and why it came out as it did.
pub async fn of_call(house: &Switchboard, who: &Principal, id: &str) -> Result<Story, Error> {
    who.may_see_calls()?;
    let row = calls::find(house, who, id).await?;
    let call_id = CallId::from(row.id);
    let deed = Deed::new(Action::CallRead).at(row.company_id.into()).about("call", call_id);
    audit::read(house, who, deed).await?;
    let directory = house.directory();
    let listed = house.store().inbox(who.scope.clone()).of_call(call_id).await?;
    let deliveries: Vec<DeliveryView> =
        listed.into_iter().map(|row| deliveries::view(&directory, row)).collect();
    let books = Books::read(house, who, row).await?;
    let company = directory.company(books.row.company_id.into()).map(AsRef::as_ref);
    let why = why(&case::of(&books, company, house.settings(), house.clock().now())?);
    let functions: Vec<FunctionView> =
        books.invocations.iter().map(|row| function_view(row, &books.exchanges)).collect();
    let exchanges: Vec<ExchangeView> = books.exchanges.iter().map(exchange_view).collect();
    Ok(Story {
        call: calls::view(house, &books.row, true).await,
        outcome: books.row.outcome.clone(),
        entries: entries(house, &books, &functions, &exchanges, &deliveries),
        events: books.journal.iter().map(event_view).collect(),
        functions,
        exchanges,
        deliveries,
        bookings: super::bookings::of_call(house, who, call_id).await?,
        why,
    })
}

/// All of it in one order; what happened in the same millisecond in the order of cause and effect.
fn entries(
    house: &Switchboard,
    books: &Books,
    functions: &[FunctionView],
    exchanges: &[ExchangeView],
    deliveries: &[DeliveryView],
) -> Vec<Entry> {
    let directory = house.directory();
    let company = directory.company(books.row.company_id.into());
    let speaker = words::Speaker::new(company.map(AsRef::as_ref), &books.row);
    let mut all: Vec<Entry> = deliveries.iter().map(delivery_entry).collect();
    all.extend(books.journal.iter().map(|one| {
        let view = event_view(one);
        Entry { at: view.at, kind: "event", text: speaker.event(&one.event), data: view.data }
    }));
    all.extend(exchanges.iter().map(exchange_entry));
    all.extend(functions.iter().map(function_entry));
    all.extend(booking_entries(books, &speaker));
    all.extend(books.callbacks.iter().map(|row| Entry {
        at: instant(row.created_at),
        kind: "callback",
        text: speaker.callback(row),
        data: json!({"reason": row.reason, "priority": row.priority, "state": row.state, "due": instant(row.due_at)}),
    }));
    // Stable, so that what shares an instant keeps the order in which it was put together.
    all.sort_by_key(|entry| entry.at.parse::<Timestamp>().unwrap_or_default());
    all
}

pub(super) fn event_view(journalled: &Journalled) -> EventView {
    let mut data = serde_json::to_value(&journalled.event).unwrap_or(Value::Null);
    let kind = data.as_object_mut().and_then(|fields| fields.remove("kind"));
    let kind = kind.and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
    EventView { at: journalled.at.to_string(), kind, data }
}

fn function_view(
    row: &entities::function_invocation::Model,
    exchanges: &[entities::exchange::Model],
) -> FunctionView {
    // Clocks are read before and after: a millisecond each way belongs to it.
    let (from, to) = (row.received_at.0 - 1, row.received_at.0 + i64::from(row.duration_ms) + 1);
    // What is hidden from web visitors, or shown to them again, goes on behind the answers.
    let is_for_it = |one: &&entities::exchange::Model| {
        one.booking_id.is_none() && !["reserve", "release"].contains(&one.kind.as_str())
    };
    let asked = exchanges.iter().filter(is_for_it).filter(|one| (from..=to).contains(&one.at.0));
    FunctionView {
        at: instant(row.received_at),
        function: row.function.clone(),
        status: row.status.clone(),
        duration_ms: row.duration_ms,
        calcom_requests: asked.count(),
        arguments: serde_json::from_str(&row.arguments).unwrap_or(Value::Null),
        answer: serde_json::from_str(&row.answer).unwrap_or(Value::Null),
    }
}

fn exchange_view(row: &entities::exchange::Model) -> ExchangeView {
    ExchangeView {
        at: instant(row.at),
        kind: row.kind.clone(),
        method: row.method.clone(),
        path: row.path.clone(),
        asked: serde_json::from_str(&row.asked).unwrap_or(Value::Null),
        status: row.status,
        outcome: row.outcome.clone(),
        duration_ms: row.duration_ms,
        booking_id: row.booking_id.map(|id| id.to_string()),
    }
}

fn exchange_entry(view: &ExchangeView) -> Entry {
    let ended = match view.status {
        Some(status) if view.outcome == "ok" => status.to_string(),
        Some(status) => format!("{status}: {}", of_code(&view.outcome)),
        None => of_code(&view.outcome),
    };
    let text = format!("{} {} → {ended}, in {} ms", view.method, view.path, view.duration_ms);
    let data = serde_json::to_value(view).unwrap_or(Value::Null);
    Entry { at: view.at.clone(), kind: "calcom", text, data }
}

fn function_entry(view: &FunctionView) -> Entry {
    let arguments = view.arguments.as_object().map(|fields| {
        let said = fields.iter().filter(|(_, value)| !value.is_null());
        let said = said.map(|(name, value)| match value.as_str() {
            Some(text) => format!("{name}={text}"),
            None => format!("{name}={value}"),
        });
        said.collect::<Vec<_>>().join(", ")
    });
    let asked = match view.calcom_requests {
        0 => String::new(),
        1 => ", asked Cal.com once".into(),
        several => format!(", asked Cal.com {several} times"),
    };
    let message = view.answer["message"].as_str().unwrap_or_default();
    let text = format!(
        "{}({}) → {} in {} ms{asked}: {message}",
        view.function,
        arguments.unwrap_or_default(),
        view.status,
        view.duration_ms
    );
    let data = json!({
        "function": view.function, "arguments": view.arguments, "answer": view.answer,
        "status": view.status, "duration_ms": view.duration_ms, "calcom_requests": view.calcom_requests,
    });
    Entry { at: view.at.clone(), kind: "function", text, data }
}

fn delivery_entry(view: &DeliveryView) -> Entry {
    let again = match (view.repeats, &view.last_at) {
        (0, _) | (_, None) => String::new(),
        (1, Some(last)) => format!(", came once more ({last})"),
        (several, Some(last)) => format!(", came {several} times more (last {last})"),
    };
    Entry {
        at: view.received_at.clone(),
        kind: "delivery",
        text: match view.route.as_str() {
            Found::EVENT => "Retell was asked about the call".into(),
            _ => format!("webhook {} {}{again}", view.event, view.status),
        },
        data: serde_json::to_value(view).unwrap_or(Value::Null),
    }
}

fn booking_entries(books: &Books, speaker: &words::Speaker<'_>) -> Vec<Entry> {
    let entry = |at, text, data| Entry { at: instant(at), kind: "booking", text, data };
    let mut all = Vec::new();
    for row in &books.bookings {
        let id = json!({"booking_id": row.id.to_string()});
        all.push(entry(row.created_at, format!("to be booked: {}", speaker.booking(row)), id));
        for attempt in books.attempts.iter().filter(|attempt| attempt.booking_id == row.id) {
            let data = json!({
                "booking_id": row.id.to_string(), "kind": attempt.kind, "number": attempt.number,
                "ended_at": attempt.ended_at.map(instant), "result": attempt.result,
            });
            all.push(entry(attempt.started_at, words::attempt(attempt), data));
        }
        let data = json!({"booking_id": row.id.to_string(), "state": row.state, "reason": row.reason});
        all.push(entry(row.updated_at, format!("{}: {}", row.state, speaker.booking(row)), data));
    }
    all
}
