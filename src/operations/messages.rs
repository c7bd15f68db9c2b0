//! Messages on their way out, as people see them: when, of which kind, how often tried. No text and nobody's name.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{Error, List, Principal, instant, limit, slug_of};
use crate::actors::Switchboard;
use crate::domain::directory::Directory;
use crate::domain::ids::MessageId;
use crate::domain::outbox::{State, Topic};
use crate::store::outbox::Filter;

/// Which messages are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Query {
    pub company: Option<String>,
    /// `waiting`, `sent`, `failed` or `dropped`.
    pub state: Option<String>,
    /// Such as `alert.booking_failed` or `appointment.reminder`.
    pub kind: Option<String>,
    pub limit: Option<u64>,
    pub cursor: Option<String>,
}

/// A message as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MessageView {
    pub id: String,
    pub company: String,
    /// The channel's name; null: to the customer of the booking.
    pub channel: Option<String>,
    pub kind: String,
    /// The booking it is about.
    pub booking: Option<String>,
    /// What it tells of: ids, times and counts.
    pub about: Value,
    /// `waiting`, `sent`, `failed` (given up) or `dropped` (there was nothing left to tell).
    pub state: String,
    pub attempts: i32,
    /// When it leaves, or is tried again.
    pub due_at: Option<String>,
    /// Why it was not taken.
    pub error: Option<String>,
    pub created_at: String,
    pub ended_at: Option<String>,
}

pub async fn list(house: &Switchboard, who: &Principal, query: &Query) -> Result<List<MessageView>, Error> {
    who.may_see_calls()?;
    let directory = house.directory();
    let scope = who.scope_for(&directory, query.company.as_deref())?;
    let filter = Filter {
        state: query.state.as_deref().map(state).transpose()?,
        topic: query.kind.as_deref().map(topic).transpose()?,
    };
    let cursor = query.cursor.as_deref().map(str::parse).transpose()?;
    let page = house.store().outbox(scope).list(filter, cursor, limit(query.limit)?).await?;
    let items = page.items.into_iter().map(|row| view(&directory, row)).collect();
    Ok(List { items, next_cursor: page.next.map(|cursor| cursor.to_string()) })
}

/// Sends what was given up once more.
pub async fn retry(house: &Switchboard, who: &Principal, id: &str) -> Result<MessageView, Error> {
    who.may_see_calls()?;
    let id: MessageId = id.parse().map_err(|_| Error::NotFound("message"))?;
    let outbox = house.store().outbox(who.scope.clone());
    let row = outbox.find(id).await?.ok_or(Error::NotFound("message"))?;
    if !outbox.retry(id, house.clock().now()).await? {
        let why = format!("it is {}; only what failed is sent once more", row.state);
        return Err(Error::Conflict(why));
    }
    let row = outbox.find(id).await?.ok_or(Error::NotFound("message"))?;
    Ok(view(&house.directory(), row))
}

fn view(directory: &Directory, row: entities::message::Model) -> MessageView {
    let company = directory.company(row.company_id.into());
    let named = |id: uuid::Uuid| {
        let channel = company.and_then(|company| company.channel(id.into()));
        channel.map_or_else(|| id.to_string(), |channel| channel.name.clone())
    };
    MessageView {
        id: row.id.to_string(),
        company: slug_of(directory, row.company_id),
        channel: row.channel_id.map(named),
        kind: row.kind,
        booking: row.subject,
        about: row.about,
        due_at: (row.state == State::Waiting.as_str()).then(|| instant(row.due_at)),
        state: row.state,
        attempts: row.attempts,
        error: row.error,
        created_at: instant(row.created_at),
        ended_at: row.ended_at.map(instant),
    }
}

fn state(text: &str) -> Result<State, Error> {
    State::parse(text).ok_or_else(|| {
        let states = State::ALL.map(State::as_str).join(", ");
        Error::Invalid(format!("state \"{text}\" must be one of {states}"))
    })
}

fn topic(text: &str) -> Result<Topic, Error> {
    Topic::parse(text).ok_or_else(|| {
        let all: Vec<&str> = Topic::all().map(Topic::as_str).collect();
        Error::Invalid(format!("kind \"{text}\" must be one of {}", all.join(", ")))
    })
}
