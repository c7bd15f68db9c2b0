//! Calendars: what waits for each, what is on its way, what moved last; and the lines to Cal.com with their breakers.

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};
use askama::Template;
use serde::Deserialize;

use super::bookings::tabs;
use super::desk::{Away, Desk, Signed};
use super::frame::{Frame, Place};
use super::lists::{Address, Tab};
use super::telling;
use super::times::Moment;
use super::tones;
use crate::operations::breakers::{self, BreakerView};
use crate::operations::queues::{self, QueueView};
use crate::operations::{Error, OfCompany, companies_of};

/// Companies of one page.
const COMPANIES: usize = 10;
const PATH: &str = "/admin/calendars";

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/calendars").route(web::get().to(page)))
        .service(web::resource("/calendars/reset").route(web::post().to(reset)));
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    /// The last company of the page before.
    cursor: String,
}

#[derive(Template)]
#[template(path = "desk/calendars.html")]
struct Calendars {
    f: Frame,
    tabs: Vec<Tab>,
    /// None: not this reader's to see.
    breakers: Option<Vec<Breaker>>,
    queues: Vec<Queue>,
    several: bool,
    query: String,
    more: String,
    next: Option<String>,
}

struct Breaker {
    id: String,
    tone: &'static str,
    state: String,
    is_closed: bool,
    companies: String,
    failures: u32,
    opens: u64,
    retry: Option<Moment>,
}

struct Queue {
    company: String,
    calendar: String,
    href: String,
    waiting: u64,
    sent: u64,
    unsure: u64,
    oldest: Option<Moment>,
    waits_until: Option<Moment>,
    in_flight: Option<String>,
    last: Option<Last>,
}

/// The booking that moved last.
struct Last {
    id: String,
    tone: &'static str,
    state: String,
    reason: String,
    at: Moment,
}

async fn page(desk: Desk) -> Result<HttpResponse, Away> {
    let wanted: Wanted = desk.asked_for()?;
    let house = &desk.rooms.house;
    let seen = desk.who().within(&house.directory(), desk.company.as_deref())?;
    let mut companies = companies_of(&house.directory(), &seen);
    companies.retain(|slug| *slug > wanted.cursor);
    let more = companies.len() > COMPANIES;
    companies.truncate(COMPANIES);
    let mut queues = Vec::new();
    for slug in &companies {
        let of = OfCompany { company: Some(slug.clone()) };
        let overview = queues::overview(house, &seen, &of).await?;
        queues.extend(overview.calendars.into_iter().map(|view| queue(&desk, slug, view)));
    }
    let breakers = match breakers::list(house, &seen).await {
        Ok(list) => Some(list.items.into_iter().map(|view| breaker(&desk, view)).collect()),
        Err(Error::Forbidden) => None,
        Err(error) => return Err(error.into()),
    };
    let narrowed = Address::of(PATH).and("company", desk.company.as_deref().unwrap_or_default());
    let mut f = desk.frame(Place::Bookings);
    f.title = desk.w.t("calendars");
    let page = Calendars {
        f,
        tabs: tabs(&desk, false),
        breakers,
        queues,
        several: desk.sees_several(),
        query: narrowed.clone().and("cursor", &wanted.cursor).query(),
        more: narrowed.open(),
        next: companies.pop().filter(|_| more),
    };
    desk.show(&page)
}

fn breaker(desk: &Desk, view: BreakerView) -> Breaker {
    let state = view.state.as_str();
    let company = view.companies.first().map(String::as_str).unwrap_or_default();
    Breaker {
        tone: tones::of_breaker(state),
        state: desk.w.word("breaker", state),
        is_closed: state == "closed",
        retry: view.retry_at.as_deref().map(|at| desk.second(at, (company, None))),
        companies: view.companies.join(", "),
        failures: view.failures,
        opens: view.opens,
        id: view.id,
    }
}

fn queue(desk: &Desk, company: &str, view: QueueView) -> Queue {
    let at = (company, None);
    let href = Address::of(Place::Bookings.path())
        .and("company", desk.company.as_deref().unwrap_or_default())
        .and("calendar", &format!("{company}/{}", view.calendar));
    Queue {
        href: href.href(),
        company: company.to_owned(),
        oldest: view.oldest.as_deref().map(|oldest| desk.when(oldest, at)),
        waits_until: view.waits_until.as_deref().map(|until| desk.second(until, at)),
        last: view.last.map(|last| Last {
            tone: tones::of_booking(&last.state),
            state: desk.w.word("booking", &last.state),
            reason: last.reason.as_deref().map(|reason| telling::code(desk, reason)).unwrap_or_default(),
            at: desk.when(&last.at, at),
            id: last.booking_id,
        }),
        calendar: view.calendar,
        waiting: view.waiting,
        sent: view.sent,
        unsure: view.unsure,
        in_flight: view.in_flight,
    }
}

#[derive(Deserialize)]
struct Which {
    breaker: String,
}

async fn reset(form: Signed<Which>) -> Result<HttpResponse, Away> {
    let Signed { desk, form } = form;
    breakers::reset(&desk.rooms.house, desk.who(), &form.breaker).await?;
    Ok(desk.back_to_list(PATH, "breaker-reset"))
}
