//! Calls: the list, narrowed by branch, outcome, days, and whether they are live.

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};
use askama::Template;
use jiff::Timestamp;
use serde::Deserialize;

use super::desk::{Away, Desk};
use super::frame::{Frame, Place};
use super::lists::{Address, Choice, choices, given, lasted, place};
use super::times::Moment;
use super::tones;
use crate::domain::call::outcome::Standing;
use crate::operations::calls::{self, CallView};

/// Calls of one page.
const ROWS: u64 = 50;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/calls").route(web::get().to(page)));
}

/// What the list is narrowed to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    /// `COMPANY/BRANCH`.
    branch: String,
    outcome: String,
    from: String,
    to: String,
    /// `yes`: only those that go on.
    live: String,
    cursor: String,
}

#[derive(Template)]
#[template(path = "desk/calls.html")]
struct Calls {
    f: Frame,
    rows: Vec<Row>,
    branches: Vec<Choice>,
    outcomes: Vec<Choice>,
    from: String,
    to: String,
    is_live: bool,
    is_narrowed: bool,
    several: bool,
    more: String,
    next: Option<String>,
}

struct Row {
    id: String,
    tone: &'static str,
    state: String,
    began: Moment,
    lasted: String,
    caller: String,
    place: String,
    company: String,
    ending: String,
}

async fn page(desk: Desk) -> Result<HttpResponse, Away> {
    let wanted: Wanted = desk.asked_for()?;
    let (company, branch) = place(&wanted.branch);
    let (from, to) = desk.days(&wanted.from, &wanted.to)?;
    let is_live = wanted.live == "yes";
    let query = calls::Query {
        live: is_live.then_some(true),
        company: desk.company.clone().or(company),
        branch,
        outcome: given(&wanted.outcome),
        from,
        to,
        limit: Some(ROWS),
        cursor: given(&wanted.cursor),
    };
    let list = calls::list(&desk.rooms.house, desk.who(), &query).await?;
    let narrowed = Address::of(Place::Calls.path())
        .and("branch", &wanted.branch)
        .and("outcome", &wanted.outcome)
        .and("from", &wanted.from)
        .and("to", &wanted.to)
        .and("live", if is_live { "yes" } else { "" });
    let is_narrowed = !narrowed.query().is_empty();
    let page = Calls {
        f: desk.frame(Place::Calls),
        rows: list.items.into_iter().map(|call| row(&desk, call)).collect(),
        branches: desk.branch_choices(&wanted.branch)?,
        outcomes: choices(desk.w, "outcome", &Standing::ALL.map(Standing::as_str), &wanted.outcome),
        from: wanted.from,
        to: wanted.to,
        is_live,
        is_narrowed,
        several: desk.sees_several(),
        more: narrowed.and("company", desk.company.as_deref().unwrap_or_default()).open(),
        next: list.next_cursor,
    };
    desk.show(&page)
}

fn row(desk: &Desk, call: CallView) -> Row {
    let w = desk.w;
    let at = (call.company.as_str(), call.branch.as_deref());
    let (tone, state) = standing(desk, &call);
    Row {
        tone,
        state,
        began: desk.when(&call.started_at, at),
        lasted: took(&call).map(lasted).unwrap_or_default(),
        caller: call.caller.clone().unwrap_or_else(|| w.t("caller-withheld")),
        ending: call
            .disconnection_reason
            .as_deref()
            .map(|reason| w.word("ending", reason))
            .unwrap_or_default(),
        place: call.branch.clone().unwrap_or_else(|| "–".to_owned()),
        id: call.id,
        company: call.company,
    }
}

/// How it stands with a call, in one word and its tone.
pub(super) fn standing(desk: &Desk, call: &CallView) -> (&'static str, String) {
    match (call.phase.as_str(), call.outcome.as_deref()) {
        ("live", _) => ("busy", desk.w.t("call-live")),
        (_, Some(outcome)) => (tones::of_outcome(outcome), desk.w.word("outcome", outcome)),
        (_, None) => ("busy", desk.w.t("call-ended")),
    }
}

/// How long a call took, in milliseconds, once it is over.
pub(super) fn took(call: &CallView) -> Option<i64> {
    let began: Timestamp = call.started_at.parse().ok()?;
    let ended: Timestamp = call.ended_at.as_ref()?.parse().ok()?;
    Some(ended.as_millisecond() - began.as_millisecond())
}
