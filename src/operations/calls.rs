//! Calls as people see them: lists, and one call with its living actor.

use entities::call::Model;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{Error, List, Principal, instant, limit, moments, slug_of};
use crate::actors::Switchboard;
use crate::actors::call::Describe;
use crate::domain::appointment::{Draft, Stage};
use crate::domain::call::outcome::Standing;
use crate::domain::call::{Call, Phase};
use crate::domain::consent::Said;
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
    #[serde(default, deserialize_with = "moments::from")]
    pub from: Option<Timestamp>,
    #[param(value_type = Option<String>, format = DateTime)]
    #[serde(default, deserialize_with = "moments::to")]
    pub to: Option<Timestamp>,
    pub limit: Option<u64>,
    pub cursor: Option<String>,
}

/// A call as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
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
    pub consent: ConsentView,
    /// When the caller's number and words were taken out of it; null: they were not.
    pub erased_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<Value>,
}

/// What the caller said, as the agent has noted it; a refusal stands.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct ConsentView {
    /// To being recorded. After a refusal neither transcript nor recording is kept here.
    pub recording: Said,
    pub recording_at: Option<String>,
    /// To messages about appointments.
    pub messages: Said,
    pub messages_at: Option<String>,
}

/// What Retell measured of a call.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MeasuresView {
    /// It was over long before it was found in Retell's list; nothing followed from it here.
    pub imported: bool,
    pub ended_at: Option<String>,
    pub duration_ms: Option<i64>,
    /// In thousandths of a US cent.
    pub cost_millicents: Option<i64>,
    /// How long the caller waited for the agent to speak: half of the times no longer, in milliseconds.
    pub answer_p50_ms: Option<i64>,
    /// The same, nineteen times of twenty.
    pub answer_p95_ms: Option<i64>,
}

/// What Retell measured of a call by our id or Retell's; None: it has not told yet.
pub async fn measures(house: &Switchboard, who: &Principal, id: &str) -> Result<Option<MeasuresView>, Error> {
    who.may_see_calls()?;
    let row = find(house, who, id).await?;
    let measured = house.store().measured(who.scope.clone()).of_call(row.id.into()).await?;
    Ok(measured.map(|row| MeasuresView {
        imported: row.imported,
        ended_at: row.ended_at.map(instant),
        duration_ms: row.duration_ms,
        cost_millicents: row.cost_millicents,
        answer_p50_ms: row.answer_p50_ms,
        answer_p95_ms: row.answer_p95_ms,
    }))
}

pub async fn list(house: &Switchboard, who: &Principal, query: &Query) -> Result<List<CallView>, Error> {
    who.may_see_calls()?;
    let directory = house.directory();
    let scope = who.scope_for(&directory, query.company.as_deref())?;
    let branch = match &query.branch {
        Some(slug) => Some(super::branches::only(house, who, slug, query.company.as_deref())?.1),
        None => None,
    };
    if let Some(unknown) = query.outcome.as_deref().filter(|outcome| Standing::parse(outcome).is_none()) {
        let known = Standing::ALL.map(Standing::as_str).join(", ");
        return Err(Error::Invalid(format!("outcome \"{unknown}\" must be one of {known}")));
    }
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

/// The call by our id or Retell's, within what the principal may see. Where several companies know one of that id, the
/// refusal says which.
pub(super) async fn find(house: &Switchboard, who: &Principal, id: &str) -> Result<Model, Error> {
    let calls = house.store().calls(who.scope.clone());
    if let Ok(id) = id.parse::<CallId>() {
        return calls.find(id).await?.ok_or(Error::NotFound("call"));
    }
    let mut found = calls.all_by_retell_id(id).await?;
    match (found.pop(), found.as_slice()) {
        (Some(only), []) => Ok(only),
        (Some(last), others) => {
            let directory = house.directory();
            let all = others.iter().chain([&last]);
            let each: Vec<String> =
                all.map(|row| format!("{} in {}", row.id, slug_of(&directory, row.company_id))).collect();
            Err(Error::Invalid(format!(
                "several companies have a call {id}; ask for one of them by our own id: {}",
                each.join(", ")
            )))
        }
        (None, _) => Err(Error::NotFound("call")),
    }
}

pub(super) async fn view(house: &Switchboard, row: &Model, with_actor: bool) -> CallView {
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
        consent: consent(row),
        erased_at: row.erased_at.map(instant),
        actor: if with_actor { actor(house, row).await } else { None },
    }
}

fn consent(row: &Model) -> ConsentView {
    ConsentView {
        recording: Said::parse(row.recording.as_deref()),
        recording_at: row.recording_at.map(instant),
        messages: Said::parse(row.messages.as_deref()),
        messages_at: row.messages_at.map(instant),
    }
}

/// The state of the living actor: what the caller has said so far, what is held.
async fn actor(house: &Switchboard, row: &Model) -> Option<Value> {
    let key = (row.company_id.into(), row.retell_call_id.as_str().into());
    let call = house.living_call(&key)?.send(Describe).await.ok().flatten()?;
    let drafts: Vec<Value> = call.drafts.iter().map(|(number, draft)| draft_view(*number, draft)).collect();
    Some(json!({"phase": phase_of(&call), "events": call.version, "draft": drafts}))
}

pub(super) fn phase_of(call: &Call) -> &'static str {
    match call.phase {
        Phase::Live => "live",
        Phase::Ended { .. } => "ended",
        Phase::Settled { .. } => "settled",
    }
}

pub(super) fn draft_view(number: u8, draft: &Draft) -> Value {
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
