//! A call's page: what came of it and why, what stands because of it, its events in order, and what was said.

use actix_web::HttpResponse;
use actix_web::web::{self, Path, ServiceConfig};
use askama::Template;
use serde_json::Value;

use super::bookings::Row as Booking;
use super::callbacks::{Item, item};
use super::calls::{standing, took};
use super::desk::{Away, Desk};
use super::frame::{Frame, Place};
use super::lists::lasted;
use super::telling::{self, Line};
use super::times::Moment;
use super::today::{Draft, draft};
use crate::operations::callbacks;
use crate::operations::timeline::{self, Story};
use crate::operations::{calls, transcripts};

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/calls/{id}").route(web::get().to(page)));
}

#[derive(Template)]
#[template(path = "desk/call.html")]
struct Call {
    f: Frame,
    id: String,
    tone: &'static str,
    state: String,
    is_live: bool,
    verdict: String,
    /// The same at length, as the interfaces have it.
    why: String,
    facts: Vec<(String, String)>,
    drafts: Vec<Draft>,
    bookings: Vec<Booking>,
    callbacks: Vec<Item>,
    lines: Vec<Line>,
    said: Vec<Said>,
    deliveries: Vec<Delivery>,
}

/// A turn of the transcript.
struct Said {
    is_agent: bool,
    at: String,
    words: String,
}

/// A webhook that brought news of the call.
struct Delivery {
    event: String,
    status: String,
    at: Moment,
    repeats: i32,
}

async fn page(desk: Desk, id: Path<String>) -> Result<HttpResponse, Away> {
    let (house, who) = (&desk.rooms.house, desk.who());
    let story = timeline::of_call(house, who, &id).await?;
    let id = story.call.id.clone();
    let said = transcripts::of_call(house, who, &id).await?;
    let measures = calls::measures(house, who, &id).await?;
    let query = callbacks::Query { call_id: Some(id.clone()), ..Default::default() };
    let items = callbacks::list(house, who, &query).await?.items;
    let at = (story.call.company.as_str(), story.call.branch.as_deref());
    let (tone, state) = standing(&desk, &story.call);
    let began = desk.when(&story.call.started_at, at);
    let mut f = desk.frame(Place::Calls);
    f.title = desk.w.with("call-of", &began.shown);
    let page = Call {
        f,
        tone,
        state,
        is_live: story.call.phase == "live",
        verdict: telling::verdict(&desk, &story, &items),
        facts: facts(&desk, &story.call, measures.as_ref()),
        drafts: drafts(&desk, &story.call),
        bookings: story.bookings.iter().map(|view| super::bookings::row(&desk, view)).collect(),
        callbacks: items.into_iter().map(|view| item(&desk, view)).collect(),
        lines: telling::lines(&desk, &story),
        said: said
            .into_iter()
            .map(|turn| Said {
                is_agent: turn.is_agent,
                at: turn.at_ms.map(lasted).unwrap_or_default(),
                words: turn.words,
            })
            .collect(),
        deliveries: deliveries(&desk, &story),
        why: story.why,
        id,
    };
    desk.show(&page)
}

/// What the caller has said so far; while the call's actor lives.
fn drafts(desk: &Desk, call: &calls::CallView) -> Vec<Draft> {
    let drawn = call.actor.as_ref().and_then(|actor| actor["draft"].as_array());
    let at = (call.company.as_str(), call.branch.as_deref());
    drawn.into_iter().flatten().map(|drawn: &Value| draft(desk, at, drawn)).collect()
}

fn facts(
    desk: &Desk,
    call: &calls::CallView,
    measures: Option<&calls::MeasuresView>,
) -> Vec<(String, String)> {
    let w = desk.w;
    let at = (call.company.as_str(), call.branch.as_deref());
    let cents = |millicents: i64| format!("{}.{:02} ct", millicents / 1000, millicents % 1000 / 10);
    let facts = [
        ("company", Some(call.company.clone())),
        ("branch", call.branch.clone()),
        ("caller", Some(call.caller.clone().unwrap_or_else(|| w.t("caller-withheld")))),
        ("call-began", Some(desk.when(&call.started_at, at).shown)),
        ("call-lasted", took(call).map(|ms| w.with("minutes", &lasted(ms)))),
        ("call-ending", call.disconnection_reason.as_deref().map(|reason| w.word("ending", reason))),
        ("call-cost", measures.and_then(|one| one.cost_millicents).map(cents)),
        ("call-answer", measures.and_then(|one| one.answer_p50_ms).map(|ms| format!("{ms} ms"))),
        ("call-retell-id", Some(call.retell_call_id.clone())),
    ];
    facts.into_iter().filter_map(|(key, value)| Some((w.t(key), value?))).collect()
}

fn deliveries(desk: &Desk, story: &Story) -> Vec<Delivery> {
    let at = (story.call.company.as_str(), story.call.branch.as_deref());
    let delivery = |view: &crate::operations::deliveries::DeliveryView| Delivery {
        event: view.event.clone(),
        status: desk.w.word("delivery", &view.status),
        at: desk.when(&view.received_at, at),
        repeats: view.repeats,
    };
    story.deliveries.iter().map(delivery).collect()
}
