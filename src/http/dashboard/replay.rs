//! A call played again: each turn as it was decided then, beside what would be answered today.

use actix_web::HttpResponse;
use actix_web::web::{self, Path, ServiceConfig};
use askama::Template;

use super::desk::{Away, Desk};
use super::frame::{Frame, Place};
use super::telling::{self, Line, pretty};
use super::times::Moment;
use super::today::{Draft, draft};
use crate::operations::sandbox::{self, Step, Today};

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/calls/{id}/replay").route(web::get().to(page)));
}

#[derive(Template)]
#[template(path = "desk/replay.html")]
struct Replay {
    f: Frame,
    id: String,
    steps: Vec<Turn>,
    same: usize,
    other: usize,
    unknown: usize,
}

/// One turn.
struct Turn {
    number: usize,
    at: Moment,
    events: Vec<Line>,
    phase: String,
    drafts: Vec<Draft>,
    function: Option<(String, String)>,
    then: Option<(String, String)>,
    /// `same`, `other`, or that the journal does not tell.
    verdict: Option<(&'static str, String)>,
    today: Option<(String, String)>,
}

async fn page(desk: Desk, id: Path<String>) -> Result<HttpResponse, Away> {
    let replay = sandbox::of_call(&desk.rooms.house, desk.who(), &id).await?;
    let at = (replay.call.company.as_str(), replay.call.branch.as_deref());
    let began = desk.when(&replay.call.started_at, at);
    let count = |is_it: fn(&Today) -> bool| {
        replay.steps.iter().filter_map(|step| step.today.as_ref()).filter(|today| is_it(today)).count()
    };
    let mut f = desk.frame(Place::Calls);
    f.title = desk.w.with("replay-of", &began.shown);
    let page = Replay {
        f,
        same: count(|today| matches!(today, Today::Same)),
        other: count(|today| matches!(today, Today::Other(_))),
        unknown: count(|today| matches!(today, Today::HangsOn(_))),
        steps: replay.steps.iter().enumerate().map(|(n, step)| turn(&desk, (n + 1, step), at)).collect(),
        id: replay.call.id.clone(),
    };
    desk.show(&page)
}

fn turn(desk: &Desk, (number, step): (usize, &Step), at: (&str, Option<&str>)) -> Turn {
    let w = desk.w;
    let given = |one: &sandbox::Given| (w.word("answer", &one.status), one.message.clone());
    let events = step.events.iter().filter(|event| event.kind != "answered");
    let (verdict, today) = match &step.today {
        None => (None, None),
        Some(Today::Same) => (Some(("good", w.t("replay-same"))), None),
        Some(Today::Other(other)) => (Some(("warn", w.t("replay-other"))), Some(given(other))),
        Some(Today::HangsOn(what)) => (Some(("quiet", w.word("replay-hangs-on", what))), None),
    };
    Turn {
        number,
        at: desk.second(&step.at, at),
        events: events.map(|event| telling::of_event(desk, event, at)).collect(),
        phase: w.word("phase", step.phase),
        drafts: step.drafts.iter().map(|drawn| draft(desk, at, drawn)).collect(),
        function: step.function.as_ref().map(|(name, arguments)| (name.clone(), pretty(arguments))),
        then: step.then.as_ref().map(given),
        verdict,
        today,
    }
}
