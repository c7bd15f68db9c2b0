//! Callbacks: the work list of the reception, what is overdue first; taken, done, not reached, with a note.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Path, ServiceConfig};
use askama::Template;
use serde::Deserialize;

use super::desk::{Away, Desk, Signed};
use super::frame::{Frame, Place};
use super::lists::{Address, Choice, Tab, choices, given};
use super::times::Moment;
use super::tones;
use crate::domain::callback::{Reason, State};
use crate::http::error::Problem;
use crate::operations::callbacks::{self, CallbackView, Change};
use crate::store::callbacks::Text;

/// Items of one page.
const ROWS: u64 = 30;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/callbacks").route(web::get().to(page)))
        .service(web::resource("/callbacks/{id}").route(web::post().to(act)));
}

/// What the list is narrowed to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    /// `todo`, `overdue`, `unreachable`, `done` or `all`.
    show: String,
    reason: String,
    call: String,
    cursor: String,
}

#[derive(Template)]
#[template(path = "desk/callbacks.html")]
struct Callbacks {
    f: Frame,
    tabs: Vec<Tab>,
    reasons: Vec<Choice>,
    show: String,
    /// Of one call alone.
    call: String,
    items: Vec<Item>,
    /// With what actions are asked for, so that they come back here.
    query: String,
    more: String,
    next: Option<String>,
    several: bool,
    is_done: bool,
}

/// One item, as a card.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question of the page about the item, on its own"
)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) tone: &'static str,
    pub(super) state: String,
    pub(super) is_overdue: bool,
    pub(super) is_urgent: bool,
    pub(super) is_done: bool,
    is_mine: bool,
    pub(super) name: String,
    pub(super) phone: Option<String>,
    pub(super) reason: String,
    wish: Option<String>,
    wished: Option<(Moment, Moment)>,
    pub(super) due: Moment,
    pub(super) due_in_words: String,
    owner: Option<String>,
    note: String,
    tries: i32,
    place: String,
    call: Option<String>,
    booking: Option<String>,
    updated: Moment,
}

const SHOWN: [&str; 5] = ["todo", "overdue", "unreachable", "done", "all"];

async fn page(desk: Desk) -> Result<HttpResponse, Away> {
    let wanted: Wanted = desk.asked_for()?;
    let show = if SHOWN.contains(&wanted.show.as_str()) { wanted.show.as_str() } else { "todo" };
    let query = callbacks::Query {
        company: desk.company.clone(),
        state: ["unreachable", "done"].contains(&show).then(|| show.to_owned()),
        to_be_done: (show == "todo").then_some(true),
        overdue: (show == "overdue").then_some(true),
        reason: given(&wanted.reason),
        call_id: given(&wanted.call),
        limit: Some(ROWS),
        cursor: given(&wanted.cursor),
        ..Default::default()
    };
    let list = callbacks::list(&desk.rooms.house, desk.who(), &query).await?;
    let narrowed = Address::of(Place::Callbacks.path())
        .and("company", desk.company.as_deref().unwrap_or_default())
        .and("show", if show == "todo" { "" } else { show })
        .and("reason", &wanted.reason)
        .and("call", &wanted.call);
    let tab = |name: &&str| Tab {
        href: narrowed.clone().and("show", if *name == "todo" { "" } else { name }).href(),
        label: desk.w.word("worklist", name),
        is_current: show == *name,
    };
    let page = Callbacks {
        f: desk.frame(Place::Callbacks),
        tabs: SHOWN.iter().map(tab).collect(),
        reasons: choices(desk.w, "reason", &Reason::ALL.map(Reason::as_str), &wanted.reason),
        show: if show == "todo" { String::new() } else { show.to_owned() },
        items: list.items.into_iter().map(|view| item(&desk, view)).collect(),
        query: narrowed.clone().and("cursor", &wanted.cursor).query(),
        more: narrowed.open(),
        next: list.next_cursor,
        call: wanted.call,
        several: desk.sees_several(),
        is_done: show == "done",
    };
    desk.show(&page)
}

pub(super) fn item(desk: &Desk, view: CallbackView) -> Item {
    let w = desk.w;
    let place = (view.company.as_str(), view.branch.as_deref());
    let wished = view.wished.as_ref();
    Item {
        tone: tones::of_callback(view.overdue, &view.state),
        state: if view.overdue { w.t("callback-overdue") } else { w.word("callback", &view.state) },
        is_overdue: view.overdue,
        is_urgent: view.priority == "high",
        is_done: view.state == "done",
        is_mine: view.owner.as_deref() == Some(desk.who().name.as_str()),
        name: view.name.clone().unwrap_or_else(|| w.t("nobody-named")),
        reason: w.word("reason", &view.reason),
        wished: wished.map(|wished| (desk.when(&wished.from, place), desk.when(&wished.to, place))),
        due: desk.when(&view.due, place),
        due_in_words: desk.until(&view.due),
        updated: desk.when(&view.updated_at, place),
        place: view
            .branch
            .as_ref()
            .map_or_else(|| view.company.clone(), |branch| format!("{} / {branch}", view.company)),
        call: Some(view.call_id).filter(|_| desk.sees_calls()),
        booking: view.booking_id,
        id: view.id,
        phone: view.phone,
        wish: view.wish,
        owner: view.owner,
        note: view.note.unwrap_or_default(),
        tries: view.tries,
    }
}

/// What somebody does with an item.
#[derive(Deserialize)]
struct Deed {
    act: String,
    #[serde(default)]
    note: String,
    /// The note as it stood when the page was drawn: what nobody touched overwrites nothing.
    #[serde(default)]
    note_was: String,
}

async fn act(form: Signed<Deed>, id: Path<String>) -> Result<HttpResponse, Away> {
    let Signed { desk, form } = form;
    let me = Some(desk.who().name.clone());
    let (state, owner, notice) = match form.act.as_str() {
        "take" => (None, Text::Written(me), "callback-taken"),
        "release" => (None, Text::Written(None), "callback-released"),
        "done" => (Some(State::Done), Text::Left, "callback-done"),
        "unreachable" => (Some(State::Unreachable), Text::Left, "callback-unreachable"),
        "open" => (Some(State::Open), Text::Left, "callback-open"),
        "note" => (None, Text::Left, "callback-noted"),
        _ => return Err(Problem::new(StatusCode::BAD_REQUEST, "there is no such action").into()),
    };
    // Browsers send line ends of their own.
    let (note, was) = (form.note.replace("\r\n", "\n"), form.note_was.replace("\r\n", "\n"));
    let note = if note == was { Text::Left } else { Text::Written(given(&note)) };
    let change = Change { state, owner, note, ..Change::default() };
    callbacks::change(&desk.rooms.house, desk.who(), &id, change).await?;
    Ok(desk.back_to_list(Place::Callbacks.path(), notice))
}
