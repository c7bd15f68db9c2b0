//! The audit as a page: who changed something or read what a caller said.

use actix_web::HttpResponse;
use actix_web::web::{self, Query, ServiceConfig};
use askama::Template;
use serde::Deserialize;

use super::desk::{Away, Desk, escaped};
use super::frame::{Frame, Place};
use super::times::Moment;
use crate::operations::audit::{self, Action, LineView};

/// Lines of a page.
const ROWS: u64 = 50;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/audit").route(web::get().to(page)));
}

#[derive(Template)]
#[template(path = "desk/audit.html")]
struct Page {
    f: Frame,
    lines: Vec<Line>,
    /// Actions to choose from: the word, its name in the address, whether it is chosen.
    actions: Vec<(String, &'static str, bool)>,
    /// The page's own address, to be continued by a cursor.
    href: String,
    next: Option<String>,
}

struct Line {
    at: Moment,
    who: String,
    role: String,
    what: String,
    subject: String,
    company: String,
    detail: String,
}

#[derive(Debug, Default, Deserialize)]
struct Wanted {
    #[serde(default)]
    action: String,
    cursor: Option<String>,
}

async fn page(desk: Desk, wanted: Query<Wanted>) -> Result<HttpResponse, Away> {
    let action = Some(wanted.action.clone()).filter(|action| !action.is_empty());
    let query = audit::Query {
        company: desk.company.clone(),
        action: action.clone(),
        limit: Some(ROWS),
        cursor: wanted.cursor.clone(),
        ..audit::Query::default()
    };
    let list = audit::list(&desk.rooms.house, desk.who(), &query).await?;
    let w = desk.w;
    let actions = Action::ALL
        .map(|one| (w.word("audit", one.as_str()), one.as_str(), Some(one.as_str()) == action.as_deref()));
    let asked = [("company", desk.company.as_deref()), ("action", action.as_deref())];
    let asked = asked.into_iter().filter_map(|(key, value)| Some(format!("{key}={}&", escaped(value?))));
    let page = Page {
        f: desk.frame(Place::Audit),
        lines: list.items.into_iter().map(|line| shown(&desk, line)).collect(),
        actions: actions.to_vec(),
        href: format!("{}?{}", Place::Audit.path(), asked.collect::<String>()),
        next: list.next_cursor,
    };
    desk.show(&page)
}

fn shown(desk: &Desk, line: LineView) -> Line {
    let w = desk.w;
    let kind = line.subject_kind.as_deref().map(|kind| w.word("subject", kind));
    let subject = kind.into_iter().chain(line.subject).collect::<Vec<_>>().join(" ");
    let who = match line.who.as_str() {
        "system" => w.t("who-system"),
        "nobody" => w.t("who-nobody"),
        _ => line.name.unwrap_or_else(|| w.t("who-hidden")),
    };
    Line {
        at: desk.when(&line.at, (line.company.as_deref().unwrap_or_default(), None)),
        who,
        role: line.role.map(|role| w.word("role", &role)).unwrap_or_default(),
        what: w.word("audit", &line.action),
        subject,
        company: line.company.unwrap_or_default(),
        detail: line.detail.map(|detail| detail.to_string()).unwrap_or_default(),
    }
}
