//! Callback items as people see them, those due first at the head, and what they say about them.

use entities::callback::Model;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::audit::{self, Action, Deed};
use super::{Error, List, Principal, instant, limit, slug_of};
use crate::actors::Switchboard;
use crate::domain::callback::{Priority, Reason, State};
use crate::domain::directory::Directory;
use crate::store::callbacks::{self, Filter, Text, Tries};

/// The longest name of an owner, in characters.
const OWNER_MAX: usize = 200;
/// The longest note, in characters.
const NOTE_MAX: usize = 4_000;
/// More tries than anybody makes.
const TRIES_MAX: u32 = 1_000;

/// Which items are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Query {
    /// A company's slug; left out: all that the token sees.
    pub company: Option<String>,
    /// `open`, `unreachable` or `done`.
    pub state: Option<String>,
    /// Why somebody is to call back, such as `request` or `booking_failed`.
    pub reason: Option<String>,
    /// `low`, `normal` or `high`.
    pub priority: Option<String>,
    /// Our id of the call, or Retell's.
    pub call_id: Option<String>,
    /// Only those that should have been dealt with by now.
    pub overdue: Option<bool>,
    /// Only those that somebody still has to see to: open, or tried without reaching anybody.
    pub to_be_done: Option<bool>,
    /// 1 to 200; 50 where nothing is said.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// What is said about an item; a field that is left out stays as it is, null empties it.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// `unreachable` counts one try more, unless `tries` says how many there were.
    pub state: Option<State>,
    /// How often nobody was reached, 0 to 1000.
    pub tries: Option<u32>,
    /// Who sees to it, at most 200 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub owner: Text,
    /// At most 4000 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub note: Text,
}

/// A callback item as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct CallbackView {
    pub id: String,
    pub company: String,
    pub branch: Option<String>,
    pub call_id: String,
    pub booking_id: Option<String>,
    pub reason: String,
    pub priority: String,
    pub state: String,
    pub name: Option<String>,
    pub phone: Option<String>,
    /// In the caller's words.
    pub wish: Option<String>,
    /// When the caller would like to be called, where the words were understood.
    pub wished: Option<WishedView>,
    pub due: String,
    /// It is still to be done, and its time has passed.
    pub overdue: bool,
    /// Who sees to it.
    pub owner: Option<String>,
    pub note: Option<String>,
    /// How often nobody was reached.
    pub tries: i32,
    pub created_at: String,
    pub updated_at: String,
}

/// From when until when the caller would like to be called.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct WishedView {
    pub from: String,
    pub to: String,
}

pub async fn list(house: &Switchboard, who: &Principal, query: &Query) -> Result<List<CallbackView>, Error> {
    who.may_see_appointments()?;
    let directory = house.directory();
    let scope = who.scope_for(&directory, query.company.as_deref())?;
    let now = house.clock().now();
    let call = match &query.call_id {
        Some(id) => match super::calls::find(house, who, id).await {
            Ok(row) => Some(row.id.into()),
            // A call nobody has heard of has no items.
            Err(Error::NotFound(_)) => return Ok(List { items: Vec::new(), next_cursor: None }),
            Err(error) => return Err(error),
        },
        None => None,
    };
    let filter = Filter {
        state: word("state", query.state.as_deref(), State::parse, &State::ALL.map(State::as_str))?,
        reason: word("reason", query.reason.as_deref(), Reason::parse, &Reason::ALL.map(Reason::as_str))?,
        priority: word(
            "priority",
            query.priority.as_deref(),
            Priority::parse,
            &Priority::ALL.map(Priority::as_str),
        )?,
        call,
        overdue_at: query.overdue.filter(|overdue| *overdue).map(|_| now),
        to_be_done: query.to_be_done.unwrap_or_default(),
    };
    let cursor = query.cursor.as_deref().map(str::parse).transpose()?;
    let page = house.store().callbacks(scope).list(&filter, cursor, limit(query.limit)?).await?;
    let next_cursor = page.next.map(|cursor| cursor.to_string());
    let mut page = page;
    // What is due at the same time is seen to by how urgent it is.
    page.items.sort_by_key(|row| (row.due_at.0, std::cmp::Reverse(Priority::parse(&row.priority))));
    Ok(List { items: page.items.into_iter().map(|row| view(&directory, row, now)).collect(), next_cursor })
}

/// One item.
pub async fn get(house: &Switchboard, who: &Principal, id: &str) -> Result<CallbackView, Error> {
    who.may_see_appointments()?;
    let id = id.parse().map_err(|_| Error::NotFound("callback"))?;
    let row = house.store().callbacks(who.scope.clone()).find(id).await?;
    Ok(view(&house.directory(), row.ok_or(Error::NotFound("callback"))?, house.clock().now()))
}

/// Writes down what somebody says about an item; who sees callbacks may do it.
pub async fn change(
    house: &Switchboard,
    who: &Principal,
    id: &str,
    change: Change,
) -> Result<CallbackView, Error> {
    who.may_see_appointments()?;
    let now = house.clock().now();
    let id = id.parse().map_err(|_| Error::NotFound("callback"))?;
    if change.tries.is_some_and(|tries| tries > TRIES_MAX) {
        return Err(Error::Invalid(format!("tries must be 0 to {TRIES_MAX}")));
    }
    let change = callbacks::Change {
        state: change.state,
        tries: match (change.tries, change.state) {
            (Some(tries), _) => Some(Tries::Are(tries)),
            (None, Some(State::Unreachable)) => Some(Tries::OneMore),
            (None, Some(State::Open | State::Done) | None) => None,
        },
        owner: text("owner", change.owner, OWNER_MAX)?,
        note: text("note", change.note, NOTE_MAX)?,
    };
    let row = house.store().callbacks(who.scope.clone()).change(id, change, now).await?;
    let row = row.ok_or(Error::NotFound("callback"))?;
    let deed = Deed::new(Action::CallbackChanged).at(row.company_id.into()).about("callback", row.id);
    audit::done(house, who, deed.with(json!({"state": row.state, "tries": row.tries}))).await?;
    Ok(view(&house.directory(), row, now))
}

pub(super) fn view(directory: &Directory, row: Model, now: jiff::Timestamp) -> CallbackView {
    let company = directory.company(row.company_id.into());
    let branch = company.and_then(|company| company.branch(row.branch_id?.into()));
    let is_to_be_done = State::parse(&row.state).is_none_or(State::is_to_be_done);
    let wished = row.wished_from.zip(row.wished_to);
    CallbackView {
        id: row.id.to_string(),
        company: slug_of(directory, row.company_id),
        branch: branch.map(|branch| branch.slug.clone()),
        call_id: row.call_id.to_string(),
        booking_id: row.booking_id.map(|id| id.to_string()),
        reason: row.reason,
        priority: row.priority,
        state: row.state,
        name: row.name,
        phone: row.phone,
        wish: row.wish,
        wished: wished.map(|(from, to)| WishedView { from: instant(from), to: instant(to) }),
        overdue: is_to_be_done && jiff::Timestamp::from(row.due_at) < now,
        due: instant(row.due_at),
        owner: row.owner,
        note: row.note,
        tries: row.tries,
        created_at: instant(row.created_at),
        updated_at: instant(row.updated_at),
    }
}

/// A word of a filter; one that is none of ours is refused with those that are.
fn word<T>(
    name: &str,
    text: Option<&str>,
    parse: fn(&str) -> Option<T>,
    words: &[&str],
) -> Result<Option<T>, Error> {
    let Some(text) = text else { return Ok(None) };
    let refusal = || Error::Invalid(format!("{name} \"{text}\" must be one of {}", words.join(", ")));
    parse(text).map(Some).ok_or_else(refusal)
}

/// Words for the books; an empty text is none, and what no screen shows is left out.
fn text(name: &str, text: Text, chars_max: usize) -> Result<Text, Error> {
    let Text::Written(Some(text)) = text else { return Ok(text) };
    if text.chars().count() > chars_max {
        return Err(Error::Invalid(format!("{name} must be at most {chars_max} characters")));
    }
    let shown: String = text.chars().filter(|sign| !sign.is_control() || *sign == '\n').collect();
    Ok(Text::Written(Some(shown.trim().to_owned()).filter(|text| !text.is_empty())))
}
