//! Today: who is on the line, who is to be called back, what was booked, and what is wrong now.

mod companies;
mod wrong;

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};
use askama::Template;
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::desk::{Away, Desk};
use super::frame::{Frame, Place};
use super::times::Moment;
use super::tones;
use crate::operations::{Error, List, bookings, callbacks, calls};

/// Rows of each table.
const ROWS: u64 = 10;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("").route(web::get().to(page)));
}

#[derive(Template)]
#[template(path = "desk/today.html")]
struct Today {
    f: Frame,
    day: String,
    overdue: usize,
    troubles: Vec<wrong::Trouble>,
    /// For who looks after several companies and has chosen none.
    companies: Vec<companies::Company>,
    calls: Option<Vec<LiveCall>>,
    all_callbacks: Option<String>,
    callbacks: Vec<Callback>,
    all_bookings: Option<String>,
    bookings: Vec<Booking>,
}

struct LiveCall {
    href: Option<String>,
    branch: String,
    since: Moment,
    caller: String,
    drafts: Vec<Draft>,
}

/// What a caller has said so far about one appointment.
pub(super) struct Draft {
    pub(super) tone: &'static str,
    pub(super) stage: String,
    pub(super) wish: String,
    pub(super) held: Option<String>,
}

struct Callback {
    tone: &'static str,
    state: String,
    is_overdue: bool,
    due: Moment,
    company: String,
    reason: String,
    name: String,
    phone: Option<String>,
}

struct Booking {
    href: Option<String>,
    tone: &'static str,
    state: String,
    start: Moment,
    company: String,
    service: String,
    name: String,
}

async fn page(desk: Desk) -> Result<HttpResponse, Away> {
    let callbacks = due_callbacks(&desk).await?;
    let (now, company) = (desk.rooms.house.clock().now(), desk.company.as_deref().unwrap_or_default());
    let zone = desk.zone(company, None);
    let page = Today {
        f: desk.frame(Place::Today),
        day: desk.w.day(now, &zone),
        overdue: callbacks.iter().filter(|item| item.is_overdue).count(),
        troubles: wrong::now(&desk, now).await?,
        companies: companies::at_a_glance(&desk, midnight(now, &zone)).await?,
        calls: live_calls(&desk).await?,
        callbacks,
        all_callbacks: Place::Callbacks.link("", desk.company.as_deref()),
        all_bookings: Place::Bookings.link("", desk.company.as_deref()),
        bookings: newest_bookings(&desk).await?,
    };
    desk.show(&page)
}

/// When today began.
fn midnight(now: Timestamp, zone: &TimeZone) -> Timestamp {
    now.to_zoned(zone.clone()).start_of_day().map_or(now, |day| day.timestamp())
}

/// What is not this reader's to see is left out.
fn if_allowed<T>(list: Result<List<T>, Error>) -> Result<Option<Vec<T>>, Error> {
    match list {
        Ok(list) => Ok(Some(list.items)),
        Err(Error::Forbidden) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn live_calls(desk: &Desk) -> Result<Option<Vec<LiveCall>>, Error> {
    let query = calls::Query {
        live: Some(true),
        company: desk.company.clone(),
        limit: Some(ROWS),
        ..Default::default()
    };
    let list = if_allowed(calls::list(&desk.rooms.house, desk.who(), &query).await)?;
    Ok(list.map(|calls| calls.into_iter().map(|call| live_call(desk, call)).collect()))
}

fn live_call(desk: &Desk, call: calls::CallView) -> LiveCall {
    let w = desk.w;
    let drafts = call.actor.as_ref().and_then(|actor| actor["draft"].as_array());
    let place = (call.company.as_str(), call.branch.as_deref());
    LiveCall {
        href: Place::Calls.link(&format!("/{}", call.id), desk.company.as_deref()),
        since: desk.clock(&call.started_at, place),
        caller: call.caller.clone().unwrap_or_else(|| w.t("caller-withheld")),
        drafts: drafts.into_iter().flatten().map(|drawn| draft(desk, place, drawn)).collect(),
        branch: call.branch.clone().unwrap_or(call.company),
    }
}

pub(super) fn draft(desk: &Desk, place: (&str, Option<&str>), draft: &Value) -> Draft {
    let stage = draft["stage"].as_str().unwrap_or_default();
    let said = |key: &str| draft[key].as_str();
    let day = said("date").and_then(|day| day.parse().ok()).map(|day| desk.w.date(day));
    let time =
        said("time").and_then(|time| time.parse().ok()).map(|time: Time| time.strftime("%-H:%M").to_string());
    let said = [said("name").map(str::to_owned), day, time];
    let held = draft["held_slot"]["start"].as_str().map(|start| desk.when(start, place).shown);
    Draft {
        tone: tones::of_stage(stage),
        stage: desk.w.word("stage", stage),
        wish: said.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        held,
    }
}

/// What is to be done, whether somebody has tried already or not, those due first at the head.
async fn due_callbacks(desk: &Desk) -> Result<Vec<Callback>, Error> {
    let mut items = Vec::new();
    for state in ["open", "unreachable"] {
        let query = callbacks::Query {
            company: desk.company.clone(),
            state: Some(state.to_owned()),
            limit: Some(ROWS),
            ..Default::default()
        };
        items.extend(callbacks::list(&desk.rooms.house, desk.who(), &query).await?.items);
    }
    items.sort_by_key(|item| item.due.parse::<Timestamp>().ok());
    items.truncate(usize::try_from(ROWS).unwrap_or(usize::MAX));
    let w = desk.w;
    let items = items.into_iter().map(|item| Callback {
        tone: tones::of_callback(item.overdue, &item.state),
        state: if item.overdue { w.t("callback-overdue") } else { w.word("callback", &item.state) },
        is_overdue: item.overdue,
        due: desk.when(&item.due, (&item.company, item.branch.as_deref())),
        reason: w.word("reason", &item.reason),
        name: item.name.unwrap_or_else(|| w.t("nobody-named")),
        phone: item.phone,
        company: item.company,
    });
    Ok(items.collect())
}

async fn newest_bookings(desk: &Desk) -> Result<Vec<Booking>, Error> {
    let query = bookings::Query { company: desk.company.clone(), limit: Some(ROWS), ..Default::default() };
    let list = bookings::list(&desk.rooms.house, desk.who(), &query).await?;
    let sees_calls = Place::Calls.is_for(desk.who().role);
    let w = desk.w;
    let items = list.items.into_iter().map(|item| Booking {
        href: Place::Calls
            .link(&format!("/{}", item.call_id), desk.company.as_deref())
            .filter(|_| sees_calls),
        tone: tones::of_booking(&item.state),
        state: w.word("booking", &item.state),
        start: desk.when(&item.start, (&item.company, item.branch.as_deref())),
        service: item.service,
        name: item.customer.name.unwrap_or_else(|| w.t("nobody-named")),
        company: item.company,
    });
    Ok(items.collect())
}
