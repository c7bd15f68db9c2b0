//! What is known of a person, handed over as one document (Art. 15 and 20 of the General Data Protection Regulation).

use entities::{call, call_event, call_particulars, function_invocation, inbox};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::bookings::{self, BookingView};
use super::callbacks::{self, CallbackView};
use super::erasures::{PersonAsked, sought};
use super::people::{PersonNumber, PersonView};
use super::{Error, Principal, company_of, instant};
use crate::actors::Switchboard;
use crate::domain::directory::Directory;
use crate::store::persons::Bundle;

/// The version of this document's shape.
const FORMAT: &str = "fernamt-person/1";
/// Who else has some of it, as whoever asks has a right to know.
const ELSEWHERE: [&str; 2] = [
    "Retell keeps calls with their transcripts and recordings as long as its own settings say.",
    "Cal.com keeps appointments with the name, number and address they were made for.",
];

/// Everything the books of one company hold about a person.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct PersonBundle {
    /// `fernamt-person/1`: the shape of this document.
    pub format: String,
    pub company: String,
    pub made_at: String,
    /// Several where several people are known at the number.
    pub people: Vec<PersonView>,
    pub appointments: Vec<AppointmentOfPerson>,
    pub callbacks: Vec<CallbackView>,
    pub calls: Vec<CallOfPerson>,
    /// Stored messages that belong to none of the calls.
    pub deliveries: Vec<DeliveryOfPerson>,
    /// Who else has some of it.
    pub elsewhere: Vec<String>,
}

/// An appointment with the address it was made for.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct AppointmentOfPerson {
    pub email: Option<String>,
    pub appointment: BookingView,
}

/// A call with everything that was said and done in it, as far as it is kept.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct CallOfPerson {
    pub id: String,
    pub retell_call_id: String,
    pub branch: Option<String>,
    /// In full.
    pub caller: Option<String>,
    pub started_at: String,
    pub ended_at: Option<String>,
    pub outcome: Option<String>,
    pub events: Vec<EventOfCall>,
    pub functions: Vec<FunctionOfCall>,
    /// Webhooks with transcript and variables, while they are kept.
    pub deliveries: Vec<DeliveryOfPerson>,
}

/// One event, with the personal words that were said.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct EventOfCall {
    pub at: String,
    pub kind: String,
    pub details: Value,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub note: Option<String>,
}

/// A function the voice agent called.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct FunctionOfCall {
    pub at: String,
    pub function: String,
    pub status: String,
    /// As JSON, or as text where it is none.
    pub arguments: Value,
    pub answer: Value,
}

/// A message as it came.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct DeliveryOfPerson {
    pub at: String,
    pub event: String,
    /// As JSON, or as text where it is none.
    pub body: Value,
}

/// Everything that is known of whoever has that number.
pub async fn export(
    house: &Switchboard,
    who: &Principal,
    asked: &PersonAsked,
) -> Result<PersonBundle, Error> {
    who.may_answer_for_data()?;
    let (directory, now) = (house.directory(), house.clock().now());
    let company = company_of(&directory, who, asked.company.as_deref())?;
    let sought = sought(&company, (&asked.phone, asked.name.as_deref()), now)?;
    let bundle = house.store().persons(company.id).bundle(&sought).await?;
    let trail = &bundle.trail;
    let person = |row: &entities::customer::Model| {
        let theirs = trail.numbers.iter().filter(|number| number.customer_id == row.id);
        PersonView::of(row, theirs.map(PersonNumber::of).collect())
    };
    let appointment = |row: &entities::booking::Model| AppointmentOfPerson {
        email: row.attendee_email.clone(),
        appointment: bookings::view(&directory, row),
    };
    let strays = bundle.deliveries.iter().filter(|row| trail.strays.contains(&row.id));
    Ok(PersonBundle {
        format: FORMAT.to_owned(),
        company: company.slug.clone(),
        made_at: now.to_string(),
        people: trail.customers.iter().map(person).collect(),
        appointments: trail.bookings.iter().map(appointment).collect(),
        callbacks: trail.callbacks.iter().map(|row| callbacks::view(&directory, row.clone(), now)).collect(),
        calls: trail.calls.iter().map(|row| call_of(&directory, &bundle, row)).collect(),
        deliveries: strays.map(delivery).collect(),
        elsewhere: ELSEWHERE.map(str::to_owned).to_vec(),
    })
}

fn call_of(directory: &Directory, bundle: &Bundle, row: &call::Model) -> CallOfPerson {
    let company = directory.company(row.company_id.into());
    let branch = company.and_then(|company| company.branch(row.branch_id?.into()));
    let words = |event: &call_event::Model| {
        bundle.particulars.iter().find(|words| words.call_id == row.id && words.version == event.version)
    };
    let of_call = |id: Uuid| id == row.id;
    CallOfPerson {
        id: row.id.to_string(),
        retell_call_id: row.retell_call_id.clone(),
        branch: branch.map(|branch| branch.slug.clone()),
        caller: row.caller_number.clone(),
        started_at: instant(row.started_at),
        ended_at: row.ended_at.map(instant),
        outcome: row.outcome.clone(),
        events: bundle
            .events
            .iter()
            .filter(|one| of_call(one.call_id))
            .map(|one| event(one, words(one)))
            .collect(),
        functions: bundle.functions.iter().filter(|one| of_call(one.call_id)).map(function).collect(),
        deliveries: bundle
            .deliveries
            .iter()
            .filter(|one| one.call_id == Some(row.id))
            .map(delivery)
            .collect(),
    }
}

fn event(row: &call_event::Model, words: Option<&call_particulars::Model>) -> EventOfCall {
    EventOfCall {
        at: instant(row.at),
        kind: row.kind.clone(),
        details: row.payload.clone(),
        name: words.and_then(|words| words.name.clone()),
        phone: words.and_then(|words| words.phone.clone()),
        email: words.and_then(|words| words.email.clone()),
        note: words.and_then(|words| words.note.clone()),
    }
}

fn function(row: &function_invocation::Model) -> FunctionOfCall {
    FunctionOfCall {
        at: instant(row.received_at),
        function: row.function.clone(),
        status: row.status.clone(),
        arguments: as_json(row.arguments.as_bytes()),
        answer: as_json(row.answer.as_bytes()),
    }
}

fn delivery(row: &inbox::Model) -> DeliveryOfPerson {
    DeliveryOfPerson {
        at: instant(row.received_at),
        event: row.event.clone(),
        body: as_json(row.body.as_deref().unwrap_or_default()),
    }
}

fn as_json(text: &[u8]) -> Value {
    serde_json::from_slice(text).unwrap_or_else(|_| String::from_utf8_lossy(text).into_owned().into())
}
