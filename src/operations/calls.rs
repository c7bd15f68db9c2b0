//! Calls as people see them: lists, one call with its living actor, and the story of a call with its why.

use entities::call::Model;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::bookings::BookingView;
use super::{Error, List, Principal, instant, limit, slug_of};
use crate::actors::Switchboard;
use crate::actors::call::Describe;
use crate::domain::appointment::{Draft, Stage};
use crate::domain::call::{Call, Event, Phase};
use crate::domain::ids::CallId;
use crate::domain::phone::Caller;
use crate::store::calls::Filter;

/// Which calls are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Query {
    pub live: Option<bool>,
    pub company: Option<String>,
    pub branch: Option<String>,
    pub outcome: Option<String>,
    #[param(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    #[param(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
    pub limit: Option<u64>,
    pub cursor: Option<String>,
}

/// A call as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CallView {
    pub id: String,
    pub retell_call_id: String,
    pub company: String,
    pub branch: Option<String>,
    /// `live`, `ended` or `settled`.
    pub phase: String,
    pub outcome: Option<String>,
    /// Masked; null where the number was withheld.
    pub caller: Option<String>,
    pub started_at: String,
    pub ended_at: Option<String>,
    pub disconnection_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<Value>,
}

/// The story of a call.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Story {
    pub call: CallView,
    pub events: Vec<EventView>,
    pub functions: Vec<FunctionView>,
    pub bookings: Vec<BookingView>,
    /// Why something was or was not booked, in one sentence.
    pub why: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventView {
    pub at: String,
    pub kind: String,
    pub data: Value,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FunctionView {
    pub at: String,
    pub function: String,
    pub status: String,
    pub duration_ms: i32,
    pub arguments: Value,
    pub answer: Value,
}

pub async fn list(house: &Switchboard, who: &Principal, query: &Query) -> Result<List<CallView>, Error> {
    who.may_see_calls()?;
    let directory = house.directory();
    let scope = who.scope_for(&directory, query.company.as_deref())?;
    let branch = match &query.branch {
        Some(slug) => Some(super::branches::only(house, who, slug, query.company.as_deref())?.1),
        None => None,
    };
    let filter =
        Filter { branch, live: query.live, outcome: query.outcome.clone(), from: query.from, to: query.to };
    let cursor = query.cursor.as_deref().map(str::parse).transpose()?;
    let page = house.store().calls(scope).list(&filter, cursor, limit(query.limit)?).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for row in &page.items {
        items.push(view(house, row, row.phase == "live").await);
    }
    Ok(List { items, next_cursor: page.next.map(|cursor| cursor.to_string()) })
}

/// One call by our id or Retell's.
pub async fn get(house: &Switchboard, who: &Principal, id: &str) -> Result<CallView, Error> {
    who.may_see_calls()?;
    let row = find(house, who, id).await?;
    Ok(view(house, &row, true).await)
}

/// Everything that is known of a call, in order, and why it came out as it did.
pub async fn story(house: &Switchboard, who: &Principal, id: &str) -> Result<Story, Error> {
    who.may_see_calls()?;
    let row = find(house, who, id).await?;
    let calls = house.store().calls(who.scope.clone());
    let call_id = CallId::from(row.id);
    let journal = calls.journal(call_id).await?;
    let invocations = calls.invocations(call_id).await?;
    let bookings = super::bookings::of_call(house, who, call_id).await?;
    let call = calls.replay(&row).await?;
    let why = why(&call, &bookings, &journal.iter().map(|one| one.event.clone()).collect::<Vec<_>>());
    let events = journal.into_iter().map(|one| {
        let mut data = serde_json::to_value(&one.event).unwrap_or(Value::Null);
        let kind = data.as_object_mut().and_then(|fields| fields.remove("kind"));
        let kind = kind.and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
        EventView { at: one.at.to_string(), kind, data }
    });
    let functions = invocations.into_iter().map(|one| FunctionView {
        at: instant(one.received_at),
        function: one.function,
        status: one.status,
        duration_ms: one.duration_ms,
        arguments: serde_json::from_str(&one.arguments).unwrap_or(Value::Null),
        answer: serde_json::from_str(&one.answer).unwrap_or(Value::Null),
    });
    Ok(Story {
        call: view(house, &row, true).await,
        events: events.collect(),
        functions: functions.collect(),
        bookings,
        why,
    })
}

/// The call by our id or Retell's, within what the principal may see.
pub(super) async fn find(house: &Switchboard, who: &Principal, id: &str) -> Result<Model, Error> {
    let calls = house.store().calls(who.scope.clone());
    let found = match id.parse::<CallId>() {
        Ok(id) => calls.find(id).await?,
        Err(_) => calls.find_by_retell_id(id).await?,
    };
    found.ok_or(Error::NotFound("call"))
}

async fn view(house: &Switchboard, row: &Model, with_actor: bool) -> CallView {
    let directory = house.directory();
    let company = directory.company(row.company_id.into());
    let branch = company.and_then(|company| company.branch(row.branch_id?.into()));
    let caller = Caller::from_wire(row.caller_number.as_deref());
    CallView {
        id: row.id.to_string(),
        retell_call_id: row.retell_call_id.clone(),
        company: slug_of(&directory, row.company_id),
        branch: branch.map(|branch| branch.slug.clone()),
        phase: row.phase.clone(),
        outcome: row.outcome.clone(),
        caller: caller.number().map(ToString::to_string),
        started_at: instant(row.started_at),
        ended_at: row.ended_at.map(instant),
        disconnection_reason: row.disconnection_reason.clone(),
        actor: if with_actor { actor(house, row).await } else { None },
    }
}

/// The state of the living actor: what the caller has said so far, what is held.
async fn actor(house: &Switchboard, row: &Model) -> Option<Value> {
    let key = (row.company_id.into(), row.retell_call_id.as_str().into());
    let call = house.living_call(&key)?.send(Describe).await.ok().flatten()?;
    let phase = match call.phase {
        Phase::Live => "live",
        Phase::Ended { .. } => "ended",
        Phase::Settled { .. } => "settled",
    };
    let drafts: Vec<Value> = call.drafts.iter().map(|(number, draft)| draft_view(*number, draft)).collect();
    Some(json!({"phase": phase, "events": call.version, "draft": drafts}))
}

fn draft_view(number: u8, draft: &Draft) -> Value {
    let stage = match draft.stage {
        Stage::Open => "open",
        Stage::ReadBack => "held",
        Stage::Confirmed => "confirmed",
        Stage::Withdrawn => "withdrawn",
        Stage::Requested(_) => "requested",
    };
    let held = draft.chosen.as_ref().map(|chosen| {
        json!({
            "start": chosen.slot.start.to_string(),
            "end": chosen.slot.end.to_string(),
            "staff": chosen.slot.staff,
            "until": chosen.until.map(|until| until.to_string()),
            "seen_free": chosen.verified,
        })
    });
    json!({
        "appointment": number,
        "stage": stage,
        "date": draft.wish.date.map(|date| date.to_string()),
        "time": draft.wish.time.map(|time| time.to_string()),
        "name": draft.person.name,
        "held_slot": held,
    })
}

fn why(call: &Call, bookings: &[BookingView], events: &[Event]) -> String {
    if let Some(sentence) = why_of_bookings(bookings) {
        return sentence;
    }
    let callback = events.iter().rev().find_map(|event| {
        if let Event::CallbackNoted { reason } = event { Some(reason.as_str()) } else { None }
    });
    let last_status = events.iter().rev().find_map(|event| {
        if let Event::Answered { status, .. } = event { Some(status.as_str()) } else { None }
    });
    match (call.phase, callback, last_status) {
        (Phase::Live, ..) => "The call is still under way; nothing is booked before it ends.".into(),
        (Phase::Ended { .. }, ..) => {
            "The call has ended without a yes; it waits for Retell's analysis before it is settled.".into()
        }
        (Phase::Settled { .. }, Some(reason), _) => {
            format!("Nothing was booked: a person calls back ({reason}).")
        }
        (Phase::Settled { .. }, None, _)
            if call.drafts.values().any(|draft| draft.stage == Stage::Withdrawn) =>
        {
            "Nothing was booked: the caller said no to what was read back.".into()
        }
        (Phase::Settled { .. }, None, Some(status)) => {
            format!(
                "Nothing was booked: the caller never said yes to a held slot; the last answer was `{status}`."
            )
        }
        (Phase::Settled { .. }, None, None) => {
            "Nothing was booked: no function was called and no confirmed booking stood in the variables."
                .into()
        }
    }
}

fn why_of_bookings(bookings: &[BookingView]) -> Option<String> {
    let sentences: Vec<String> = bookings.iter().map(why_of_booking).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn why_of_booking(booking: &BookingView) -> String {
    let reason = booking.reason.as_deref().unwrap_or("no reason given");
    let what = format!("{} on {}", booking.service, booking.local_start);
    match booking.state.as_str() {
        "booked" => format!("{what} was booked: the caller said yes and Cal.com accepted it."),
        "pending" => format!("{what} was requested: Cal.com's owner must still confirm it."),
        "waiting" => format!("{what} is promised and waits for its calendar's queue."),
        "sent" => format!("{what} is being booked just now."),
        "unsure" => format!(
            "{what} may stand in the calendar: the request ended in doubt ({reason}), we keep looking."
        ),
        "refused" => format!("{what} was not booked: Cal.com refused it ({reason}); a person calls back."),
        "failed" => format!("{what} was not booked: it was given up ({reason}); a person calls back."),
        _ => format!("{what} is not booked any more: {reason}."),
    }
}
