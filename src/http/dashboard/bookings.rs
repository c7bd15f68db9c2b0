//! Bookings: the list, and one with its attempts; tried again, or called off after a question.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Path, ServiceConfig};
use askama::Template;
use jiff::Timestamp;
use serde::Deserialize;

use super::desk::{Away, Desk, Signed};
use super::frame::{Frame, Place, with_company};
use super::lists::{Address, Choice, Tab, choices, given, place};
use super::telling;
use super::times::Moment;
use super::tones;
use crate::operations::Error;
use crate::operations::bookings::{self, BookingView, STATES};
use crate::operations::queues;

/// Bookings of one page.
const ROWS: u64 = 50;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/bookings").route(web::get().to(page)))
        .service(web::resource("/bookings/{id}").route(web::get().to(one)))
        .service(web::resource("/bookings/{id}/retry").route(web::post().to(retry)))
        .service(
            web::resource("/bookings/{id}/cancel").route(web::get().to(ask)).route(web::post().to(cancel)),
        );
}

/// What the list is narrowed to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    state: String,
    /// `COMPANY/CALENDAR`.
    calendar: String,
    /// `COMPANY/BRANCH`.
    branch: String,
    from: String,
    to: String,
    /// `unsure`: those in doubt stand at the head.
    first: String,
    cursor: String,
}

#[derive(Template)]
#[template(path = "desk/bookings.html")]
struct Bookings {
    f: Frame,
    tabs: Vec<Tab>,
    unsure: Vec<Row>,
    rows: Vec<Row>,
    states: Vec<Choice>,
    calendars: Vec<Choice>,
    branches: Vec<Choice>,
    from: String,
    to: String,
    is_unsure_first: bool,
    is_narrowed: bool,
    several: bool,
    more: String,
    next: Option<String>,
}

/// A booking as lists show it.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) tone: &'static str,
    pub(super) state: String,
    pub(super) start: Moment,
    pub(super) name: String,
    pub(super) service: String,
    pub(super) staff: String,
    pub(super) place: String,
    pub(super) company: String,
    pub(super) reason: String,
}

pub(super) fn row(desk: &Desk, view: &BookingView) -> Row {
    let w = desk.w;
    Row {
        id: view.id.clone(),
        tone: tones::of_booking(&view.state),
        state: w.word("booking", &view.state),
        start: desk.when(&view.start, (&view.company, view.branch.as_deref())),
        name: view.customer.name.clone().unwrap_or_else(|| w.t("nobody-named")),
        service: view.service.clone(),
        staff: view.staff.clone().unwrap_or_default(),
        place: view.branch.clone().unwrap_or_else(|| "–".to_owned()),
        company: view.company.clone(),
        reason: view.reason.as_deref().map(|reason| telling::code(desk, reason)).unwrap_or_default(),
    }
}

/// The two pages about bookings.
pub(super) fn tabs(desk: &Desk, is_list: bool) -> Vec<Tab> {
    let pages = [(Place::Bookings.path(), "place-bookings", true), ("/admin/calendars", "calendars", false)];
    let tab = |(path, key, is_it): (&str, &str, bool)| Tab {
        href: with_company(path, desk.company.as_deref()),
        label: desk.w.t(key),
        is_current: is_it == is_list,
    };
    pages.into_iter().map(tab).collect()
}

async fn page(desk: Desk) -> Result<HttpResponse, Away> {
    let wanted: Wanted = desk.asked_for()?;
    let is_unsure_first = wanted.first == "unsure" && wanted.state.is_empty();
    let narrowed = Address::of(Place::Bookings.path())
        .and("state", &wanted.state)
        .and("calendar", &wanted.calendar)
        .and("branch", &wanted.branch)
        .and("from", &wanted.from)
        .and("to", &wanted.to);
    let is_narrowed = !narrowed.query().is_empty();
    let query = query(&desk, &wanted)?;
    let (house, who) = (&desk.rooms.house, desk.who());
    let unsure = if is_unsure_first && wanted.cursor.is_empty() {
        let doubtful = bookings::Query { state: Some("unsure".into()), cursor: None, ..query.clone() };
        bookings::list(house, who, &doubtful).await?.items
    } else {
        Vec::new()
    };
    let list = bookings::list(house, who, &query).await?;
    // Those that stand at the head stand there alone.
    let rest = list.items.iter().filter(|view| !is_unsure_first || view.state != "unsure");
    let page = Bookings {
        f: desk.frame(Place::Bookings),
        tabs: tabs(&desk, true),
        unsure: unsure.iter().map(|view| row(&desk, view)).collect(),
        rows: rest.map(|view| row(&desk, view)).collect(),
        states: choices(desk.w, "booking", &STATES, &wanted.state),
        calendars: calendar_choices(&desk, &wanted.calendar)?,
        branches: desk.branch_choices(&wanted.branch)?,
        from: wanted.from,
        to: wanted.to,
        is_unsure_first,
        is_narrowed,
        several: desk.sees_several(),
        more: narrowed
            .and("company", desk.company.as_deref().unwrap_or_default())
            .and("first", if is_unsure_first { "unsure" } else { "" })
            .open(),
        next: list.next_cursor,
    };
    desk.show(&page)
}

fn query(desk: &Desk, wanted: &Wanted) -> Result<bookings::Query, Away> {
    let (of_branch, branch) = place(&wanted.branch);
    let (of_calendar, calendar) = place(&wanted.calendar);
    let (from, to) = desk.days(&wanted.from, &wanted.to)?;
    Ok(bookings::Query {
        company: desk.company.clone().or(of_branch).or(of_calendar),
        state: given(&wanted.state),
        calendar,
        branch,
        from,
        to,
        limit: Some(ROWS),
        cursor: given(&wanted.cursor),
        ..Default::default()
    })
}

fn calendar_choices(desk: &Desk, chosen: &str) -> Result<Vec<Choice>, Away> {
    let seen = queues::calendars(&desk.rooms.house, desk.who(), desk.company.as_deref())?;
    let several = desk.sees_several();
    let all = Choice { value: String::new(), label: desk.w.t("any"), is_chosen: chosen.is_empty() };
    let each = seen.into_iter().map(|(company, slug)| {
        let value = format!("{company}/{slug}");
        let label = if several { format!("{company} – {slug}") } else { slug };
        Choice { is_chosen: chosen == value, value, label }
    });
    Ok(std::iter::once(all).chain(each).collect())
}

#[derive(Template)]
#[template(path = "desk/booking.html")]
struct Booking {
    f: Frame,
    id: String,
    tone: &'static str,
    state: String,
    heading: String,
    reason: String,
    facts: Vec<(String, String)>,
    attempts: Vec<Attempt>,
    call: Option<String>,
    callbacks: String,
    can_retry: bool,
    can_cancel: bool,
    /// Whether it is really to be called off is being asked.
    asks: bool,
    complaint: Option<String>,
    company: Option<String>,
}

/// A request about the booking.
struct Attempt {
    title: String,
    tone: &'static str,
    result: String,
    at: Moment,
    took: String,
}

async fn one(desk: Desk, id: Path<String>) -> Result<HttpResponse, Away> {
    let page = booking(&desk, &id).await?;
    desk.show(&page)
}

/// Whether it is really to be called off, on a page of its own: no script is needed for it.
async fn ask(desk: Desk, id: Path<String>) -> Result<HttpResponse, Away> {
    let page = booking(&desk, &id).await?;
    desk.show(&Booking { asks: page.can_cancel, ..page })
}

async fn booking(desk: &Desk, id: &str) -> Result<Booking, Away> {
    let (house, who) = (&desk.rooms.house, desk.who());
    let view = bookings::get(house, who, id).await?;
    let at = (view.company.as_str(), view.branch.as_deref());
    let attempts = bookings::attempts(house, who, id).await?;
    let is_ahead = view.start.parse::<Timestamp>().is_ok_and(|start| start > house.clock().now());
    let is_open = ["waiting", "sent", "unsure", "booked", "pending"].contains(&view.state.as_str());
    let row = row(desk, &view);
    let heading = format!("{} – {}", view.service, row.start.shown);
    let mut f = desk.frame(Place::Bookings);
    f.title.clone_from(&heading);
    Ok(Booking {
        f,
        heading,
        tone: row.tone,
        state: row.state,
        reason: row.reason,
        facts: facts(desk, &view),
        attempts: attempts
            .iter()
            .map(|one| {
                let (tone, result) = telling::attempted(desk, one.result.as_deref());
                Attempt {
                    title: telling::attempt(desk, &one.kind, one.number.into()),
                    tone,
                    result,
                    at: desk.when(&one.at, at),
                    took: one.duration_ms.map(|ms| format!("{ms} ms")).unwrap_or_default(),
                }
            })
            .collect(),
        callbacks: Address::of(Place::Callbacks.path()).and("call", &view.call_id).and("show", "all").href(),
        call: Some(view.call_id.clone()).filter(|_| desk.sees_calls()),
        can_retry: ["refused", "failed"].contains(&view.state.as_str()) && is_ahead,
        can_cancel: is_open && view.changing.is_none() && is_ahead,
        asks: false,
        complaint: None,
        company: desk.company.clone(),
        id: view.id,
    })
}

fn facts(desk: &Desk, view: &BookingView) -> Vec<(String, String)> {
    let w = desk.w;
    let at = (view.company.as_str(), view.branch.as_deref());
    let facts = [
        ("name", Some(view.customer.name.clone().unwrap_or_else(|| w.t("nobody-named")))),
        ("phone", view.customer.phone.clone()),
        ("service", Some(view.service.clone())),
        ("staff", view.staff.clone()),
        ("appointment", Some(desk.when(&view.start, at).shown)),
        ("calendar", view.calendar.clone()),
        ("company", Some(view.company.clone())),
        ("branch", view.branch.clone()),
        ("booking-changing", view.changing.map(|change| w.word("attempt", change))),
        ("booking-surplus", Some(view.surplus).filter(|one| *one > 0).map(|one| one.to_string())),
        ("booking-attempts", Some(view.attempts.to_string())),
        ("booking-made", Some(desk.when(&view.created_at, at).shown)),
        ("booking-moved", Some(desk.when(&view.updated_at, at).shown)),
    ];
    facts.into_iter().filter_map(|(key, value)| Some((w.t(key), value?))).collect()
}

/// A form that says nothing but that it was sent.
#[derive(Debug, Deserialize)]
struct Nothing {}

async fn retry(form: Signed<Nothing>, id: Path<String>) -> Result<HttpResponse, Away> {
    let desk = form.desk;
    let done = bookings::retry(&desk.rooms.house, desk.who(), &id).await;
    after(&desk, &id, done, ("booking-retried", "booking-retry-refused")).await
}

async fn cancel(form: Signed<Nothing>, id: Path<String>) -> Result<HttpResponse, Away> {
    let desk = form.desk;
    let done = bookings::cancel(&desk.rooms.house, desk.who(), &id).await;
    after(&desk, &id, done, ("booking-cancelled", "booking-cancel-refused")).await
}

/// Back to the booking, which says what came of it.
async fn after(
    desk: &Desk,
    id: &str,
    done: Result<BookingView, Error>,
    (notice, complaint): (&str, &str),
) -> Result<HttpResponse, Away> {
    match done {
        Ok(view) => Ok(desk.back_to(&format!("{}/{}", Place::Bookings.path(), view.id), notice)),
        Err(Error::Conflict(_) | Error::Invalid(_)) => {
            let page = booking(desk, id).await?;
            let mut answer = desk.show(&Booking { complaint: Some(desk.w.t(complaint)), ..page })?;
            *answer.status_mut() = StatusCode::CONFLICT;
            Ok(answer)
        }
        Err(error) => Err(error.into()),
    }
}
