//! Today: who is on the line, who is to be called back, what was booked, and what is wrong now.

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};
use askama::Template;
use jiff::Timestamp;
use jiff::civil::Time;
use serde_json::Value;

use super::desk::{Away, Desk};
use super::frame::{Frame, Place};
use super::tones;
use crate::operations::{Error, List, bookings, breakers, callbacks, calls};

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
    troubles: Vec<Trouble>,
    calls: Option<Vec<LiveCall>>,
    callbacks: Vec<Callback>,
    bookings: Vec<Booking>,
}

/// Something that is wrong now.
struct Trouble {
    tone: &'static str,
    state: String,
    text: String,
}

struct LiveCall {
    branch: String,
    since: Moment,
    caller: String,
    drafts: Vec<Draft>,
}

/// What a caller has said so far about one appointment.
struct Draft {
    tone: &'static str,
    stage: String,
    wish: String,
    held: Option<String>,
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
    tone: &'static str,
    state: String,
    start: Moment,
    company: String,
    service: String,
    name: String,
}

/// An instant for machines and for people.
pub(super) struct Moment {
    pub(super) iso: String,
    pub(super) shown: String,
}

async fn page(desk: Desk) -> Result<HttpResponse, Away> {
    let callbacks = due_callbacks(&desk).await?;
    let (now, company) = (desk.rooms.house.clock().now(), desk.company.as_deref().unwrap_or_default());
    let page = Today {
        f: desk.frame(Place::Today),
        day: desk.w.day(now, &desk.zone(company, None)),
        overdue: callbacks.iter().filter(|item| item.is_overdue).count(),
        troubles: troubles(&desk).await?,
        calls: live_calls(&desk).await?,
        callbacks,
        bookings: newest_bookings(&desk).await?,
    };
    desk.show(&page)
}

/// What is not this reader's to see is left out.
fn if_allowed<T>(list: Result<List<T>, Error>) -> Result<Option<Vec<T>>, Error> {
    match list {
        Ok(list) => Ok(Some(list.items)),
        Err(Error::Forbidden) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn troubles(desk: &Desk) -> Result<Vec<Trouble>, Error> {
    let house = &desk.rooms.house;
    let seen = desk.who().within(&house.directory(), desk.company.as_deref())?;
    let breakers = if_allowed(breakers::list(house, &seen).await)?.unwrap_or_default();
    let open = breakers.into_iter().filter(|breaker| breaker.state.as_str() != "closed");
    let w = desk.w;
    Ok(open
        .map(|breaker| {
            let state = breaker.state.as_str();
            Trouble {
                tone: tones::of_breaker(state),
                state: w.word("breaker", state),
                text: w.with("today-breaker", &breaker.companies.join(", ")),
            }
        })
        .collect())
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
        since: desk.clock(&call.started_at, place),
        caller: call.caller.clone().unwrap_or_else(|| w.t("caller-withheld")),
        drafts: drafts.into_iter().flatten().map(|drawn| draft(desk, place, drawn)).collect(),
        branch: call.branch.clone().unwrap_or(call.company),
    }
}

fn draft(desk: &Desk, place: (&str, Option<&str>), draft: &Value) -> Draft {
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

async fn due_callbacks(desk: &Desk) -> Result<Vec<Callback>, Error> {
    let query = callbacks::Query {
        company: desk.company.clone(),
        state: Some("open".to_owned()),
        limit: Some(ROWS),
        ..Default::default()
    };
    let list = callbacks::list(&desk.rooms.house, desk.who(), &query).await?;
    let w = desk.w;
    let items = list.items.into_iter().map(|item| Callback {
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
    let w = desk.w;
    let items = list.items.into_iter().map(|item| Booking {
        tone: tones::of_booking(&item.state),
        state: w.word("booking", &item.state),
        start: desk.when(&item.start, (&item.company, item.branch.as_deref())),
        service: item.service,
        name: item.customer.name.unwrap_or_else(|| w.t("nobody-named")),
        company: item.company,
    });
    Ok(items.collect())
}

impl Desk {
    /// An instant as the clock of a branch shows it, with the day.
    pub(super) fn when(&self, iso: &str, (company, branch): (&str, Option<&str>)) -> Moment {
        self.moment(iso, |at| self.w.when(at, &self.zone(company, branch)))
    }

    /// The time alone.
    pub(super) fn clock(&self, iso: &str, (company, branch): (&str, Option<&str>)) -> Moment {
        self.moment(iso, |at| self.w.clock(at, &self.zone(company, branch)))
    }

    fn moment(&self, iso: &str, shown: impl FnOnce(Timestamp) -> String) -> Moment {
        let shown = iso.parse().map(shown).unwrap_or_default();
        Moment { iso: iso.to_owned(), shown }
    }
}
