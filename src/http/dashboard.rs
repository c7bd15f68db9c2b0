//! `/admin`: one honest page that lists live calls, bookings and callbacks, drawn on the server.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::Rooms;
use super::auth::browser;
use super::error::Problem;
use crate::operations::{Error, List, Principal, bookings, breakers, callbacks, calls};

/// Rows of each table.
const ROWS: u64 = 50;
/// Nothing is loaded from anywhere; the page's own style is all it needs.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/admin").route(web::get().to(page)));
}

#[derive(Template)]
#[template(path = "admin.html")]
struct Page {
    name: String,
    calls: Vec<calls::CallView>,
    bookings: Vec<bookings::BookingView>,
    callbacks: Vec<callbacks::CallbackView>,
    breakers: Vec<(String, String)>,
}

async fn page(rooms: Data<Rooms>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let Some(who) = browser(&rooms, &request).await? else { return Ok(log_in()) };
    let page = draw(&rooms, who).await?;
    let html = page
        .render()
        .map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the page could not be drawn"))?;
    Ok(HttpResponse::Ok()
        .insert_header(("Content-Security-Policy", POLICY))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("Referrer-Policy", "no-referrer"))
        .content_type("text/html; charset=utf-8")
        .body(html))
}

/// The browser's own log-in window.
fn log_in() -> HttpResponse {
    HttpResponse::Unauthorized()
        .insert_header((
            "WWW-Authenticate",
            "Basic realm=\"Fernamt: e-mail and password, or any name and a token\", charset=\"UTF-8\"",
        ))
        .content_type("text/plain; charset=utf-8")
        .body("E-mail and password are needed, or any name and a token as password. `fernamt user create` and `fernamt token create` make them.\n")
}

async fn draw(rooms: &Rooms, who: Principal) -> Result<Page, Problem> {
    let house = &rooms.house;
    let limit = Some(ROWS);
    let live = calls::Query { limit, ..calls::Query::default() };
    // Staff see appointments and callbacks; the tables that are not theirs stay empty.
    let breakers = or_empty(breakers::list(house, &who).await)?;
    Ok(Page {
        calls: or_empty(calls::list(house, &who, &live).await)?,
        bookings: bookings::list(house, &who, &bookings::Query { limit, ..Default::default() }).await?.items,
        callbacks: callbacks::list(house, &who, &callbacks::Query { limit, ..Default::default() })
            .await?
            .items,
        breakers: breakers
            .into_iter()
            .map(|breaker| {
                let state = serde_json::to_value(breaker.state).ok();
                let state = state.and_then(|state| state.as_str().map(str::to_owned)).unwrap_or_default();
                (breaker.companies.join(", "), state)
            })
            .collect(),
        name: who.name,
    })
}

fn or_empty<T>(list: Result<List<T>, Error>) -> Result<Vec<T>, Error> {
    match list {
        Ok(list) => Ok(list.items),
        Err(Error::Forbidden) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
