//! `/admin/deliveries`: what came through Retell's doors, as it came, and taking it in again.

use actix_web::HttpResponse;
use actix_web::web::{self, Path, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;

use super::around::{back, complaint, query, show_refused};
use super::desk::{Away, Desk, Signed};
use super::frame::{Frame, Place, with_company};
use super::times::Moment;
use crate::operations::deliveries::{self, DeliveryView};
use crate::operations::replays;

const DELIVERIES: &str = "/admin/deliveries";
/// Rows of a page.
const ROWS: u64 = 50;
const STATUSES: [&str; 6] = ["taken", "kept", "answered", "repeated", "unknown_number", "no_call_id"];

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/deliveries").route(web::get().to(page)))
        .service(web::resource("/deliveries/{id}").route(web::get().to(one)))
        .service(web::resource("/deliveries/{id}/replay").route(web::post().to(again)));
}

#[derive(Template)]
#[template(path = "desk/deliveries.html")]
struct Page {
    f: Frame,
    rows: Vec<Row>,
    statuses: Vec<(&'static str, String, bool)>,
    event: String,
    company: String,
    more: String,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/delivery.html")]
struct One {
    f: Frame,
    complaint: Option<String>,
    row: Row,
    headers: Vec<(String, String)>,
    body: Option<String>,
    can_replay: bool,
    replay: String,
    list: String,
}

struct Row {
    href: String,
    at: Moment,
    tone: &'static str,
    state: String,
    route: String,
    event: String,
    company: String,
    number: String,
    repeats: i32,
    call: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    event: Option<String>,
    status: Option<String>,
    cursor: Option<String>,
}

fn row(desk: &Desk, delivery: &DeliveryView) -> Row {
    let company = delivery.company.clone().unwrap_or_default();
    Row {
        href: with_company(&format!("{DELIVERIES}/{}", delivery.id), desk.company.as_deref()),
        at: desk.when(&delivery.received_at, (&company, None)),
        tone: match delivery.status.as_str() {
            "taken" | "answered" => "good",
            "unknown_number" | "no_call_id" => "bad",
            _ => "quiet",
        },
        state: desk.w.word("arrival", &delivery.status),
        route: desk.w.word("route", &delivery.route),
        event: delivery.event.clone(),
        number: delivery.our_number.clone().unwrap_or_default(),
        repeats: delivery.repeats,
        call: delivery.call_id.clone(),
        company,
    }
}

async fn page(desk: Desk, asked: Query<Asked>) -> Result<HttpResponse, Away> {
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let (event, status) = (filled(&asked.event), filled(&asked.status));
    let filter = deliveries::Query {
        company: desk.company.clone(),
        event: event.clone(),
        status: status.clone(),
        limit: Some(ROWS),
        cursor: filled(&asked.cursor),
        ..Default::default()
    };
    let list = deliveries::list(&desk.rooms.house, desk.who(), &filter).await?;
    let so_far = query(&[
        ("company", desk.company.as_deref()),
        ("event", event.as_deref()),
        ("status", status.as_deref()),
    ]);
    let joint = if so_far.is_empty() { "" } else { "&" };
    let statuses = STATUSES.map(|name| (name, desk.w.word("arrival", name), status.as_deref() == Some(name)));
    let page = Page {
        f: desk.frame(Place::Deliveries),
        rows: list.items.iter().map(|delivery| row(&desk, delivery)).collect(),
        statuses: statuses.into(),
        event: event.unwrap_or_default(),
        company: desk.company.clone().unwrap_or_default(),
        more: format!("{DELIVERIES}?{so_far}{joint}"),
        next: list.next_cursor,
    };
    desk.show(&page)
}

async fn draw(desk: &Desk, id: &str, complaint: Option<String>) -> Result<One, Away> {
    let delivery = deliveries::get(&desk.rooms.house, desk.who(), id).await?;
    let headers = delivery.headers.as_object().into_iter().flatten();
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Ok(One {
        f: desk.frame(Place::Deliveries),
        complaint,
        row: row(desk, &delivery),
        headers: headers.map(|(name, value)| (name.clone(), text(value))).collect(),
        can_replay: delivery.route == "retell" && delivery.has_body,
        body: delivery.body.as_deref().map(pretty),
        replay: with_company(&format!("{DELIVERIES}/{}/replay", delivery.id), desk.company.as_deref()),
        list: with_company(DELIVERIES, desk.company.as_deref()),
    })
}

/// JSON with line breaks; what is none, as it came.
fn pretty(body: &str) -> String {
    let value = serde_json::from_str::<serde_json::Value>(body).ok();
    value.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_else(|| body.to_owned())
}

async fn one(desk: Desk, id: Path<String>) -> Result<HttpResponse, Away> {
    desk.show(&draw(&desk, &id, None).await?)
}

#[derive(Debug, Deserialize)]
struct Nothing {}

async fn again(form: Signed<Nothing>, id: Path<String>) -> Result<HttpResponse, Away> {
    let desk = form.desk;
    let Nothing {} = form.form;
    match replays::again(&desk.rooms.house, desk.who(), &id).await {
        Ok(replayed) => {
            let notice = if replayed.has_moved() { "replayed" } else { "replayed-unchanged" };
            let path = format!("{DELIVERIES}/{}", id.as_str());
            Ok(back(&path, notice, &[("company", desk.company.as_deref())]))
        }
        Err(error) => show_refused(&draw(&desk, &id, Some(complaint(error)?)).await?),
    }
}
