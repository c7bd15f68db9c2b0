//! `/admin`: the dashboard, drawn on the server. A page is a file here and a template under `templates/desk`.

mod analytics;
mod around;
mod assets;
mod audit;
mod bookings;
mod calendars;
mod call;
mod callbacks;
mod calls;
mod deliveries;
mod desk;
mod frame;
mod lists;
mod people;
mod replay;
mod retell;
mod setup;
mod sign_in;
mod telling;
mod times;
mod today;
mod tones;
mod words;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, ResponseError as _};
use askama::Template;

use super::error::Problem;
use desk::Away;
use frame::Frame;
use words::Words;

/// All that a page may load comes from here; nothing stands in the page itself that runs or dresses it.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Whoever is sent elsewhere is not told from where; our own forms are, or browsers would not say that they are ours.
const REFERRER: &str = "same-origin";

/// Hangs all pages; `Place::is_linked` says which are linked.
pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(
        web::scope("/admin")
            .wrap(from_fn(dress))
            .configure(assets::routes)
            .configure(sign_in::routes)
            .configure(today::routes)
            .configure(audit::routes)
            .configure(callbacks::routes)
            .configure(calls::routes)
            .configure(call::routes)
            .configure(replay::routes)
            .configure(bookings::routes)
            .configure(calendars::routes)
            .configure(retell::routes)
            .configure(setup::routes)
            .configure(people::routes)
            .configure(deliveries::routes)
            .configure(analytics::routes)
            .default_service(web::to(nothing)),
    );
}

async fn nothing() -> Result<HttpResponse, Problem> {
    Err(Problem::new(StatusCode::NOT_FOUND, "there is no such page"))
}

#[derive(Template)]
#[template(path = "desk/trouble.html")]
struct Trouble {
    f: Frame,
    heading: String,
    detail: String,
}

/// Puts on every page what browsers are to know, and draws refusals as pages.
async fn dress<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let words = Words::of(request.request());
    let mut answer = next.call(request).await?;
    let page = problem_of(answer.response()).map(|problem| (problem.status_code(), trouble(words, problem)));
    if let Some((status, page)) = page
        && let Ok(html) = page.render()
    {
        let retry = answer.headers().get(RETRY_AFTER).cloned();
        let mut page = HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html);
        if let Some(retry) = retry {
            page.headers_mut().insert(RETRY_AFTER, retry);
        }
        let mut answer = answer.into_response(page).map_into_right_body();
        guard(&mut answer);
        return Ok(answer);
    }
    guard(&mut answer);
    Ok(answer.map_into_left_body())
}

/// Why there is no page, if there is none.
fn problem_of<B>(answer: &HttpResponse<B>) -> Option<&Problem> {
    let error = answer.error()?;
    match error.as_error::<Away>() {
        Some(Away::Refused(problem)) => Some(problem),
        Some(Away::ToTheDoor { .. }) => None,
        None => error.as_error::<Problem>(),
    }
}

fn trouble(words: Words, problem: &Problem) -> Trouble {
    let status = problem.status_code().as_u16().to_string();
    let key = format!("trouble-{status}");
    let heading = words.t(if words.has(&key) { &key } else { "trouble-other" });
    Trouble { f: Frame::bare(words, heading.clone()), heading, detail: problem.to_string() }
}

fn guard<B>(answer: &mut ServiceResponse<B>) {
    let headers = answer.headers_mut();
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", REFERRER),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
