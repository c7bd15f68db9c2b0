//! What several pages need beside the frame: the one company they are about, tabs, ways back, and complaints to be shown.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use askama::Template;

use super::desk::{Away, Desk, escaped, show};
use super::frame::{Frame, Place, with_company};
use crate::domain::directory::Company;
use crate::http::error::Problem;
use crate::operations::{Error, companies_of, company_of};

/// A link to a part of a page.
pub(super) struct Tab {
    pub(super) href: String,
    pub(super) label: String,
    pub(super) is_current: bool,
}

#[derive(Template)]
#[template(path = "desk/choose.html")]
struct Choose {
    f: Frame,
    companies: Vec<Tab>,
}

/// The one company a page is about: the one that is looked at, or the only one there is; else the page on which one is
/// chosen, which is to be answered instead.
pub(super) fn company(desk: &Desk, place: Place) -> Result<Result<Arc<Company>, HttpResponse>, Away> {
    let directory = desk.rooms.house.directory();
    let slugs = companies_of(&directory, desk.who());
    if desk.company.is_some() || slugs.len() == 1 {
        return Ok(Ok(company_of(&directory, desk.who(), desk.company.as_deref())?));
    }
    let companies = slugs.into_iter().map(|slug| Tab {
        href: with_company(place.path(), Some(&slug)),
        label: directory.company_by_slug(&slug).map_or_else(|| slug.clone(), |company| company.name.clone()),
        is_current: false,
    });
    let page = Choose { f: desk.frame(place), companies: companies.collect() };
    Ok(Err(show(&page)?))
}

/// What stands behind the question mark, of those that are set.
pub(super) fn query(pairs: &[(&str, Option<&str>)]) -> String {
    let set = pairs.iter().filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)));
    set.map(|(name, value)| format!("{name}={}", escaped(value))).collect::<Vec<_>>().join("&")
}

/// After something was done: back to a page, which says so with the words of `notice-KEY`.
pub(super) fn back(path: &str, notice: &str, pairs: &[(&str, Option<&str>)]) -> HttpResponse {
    let more = query(pairs);
    let more = if more.is_empty() { more } else { format!("&{more}") };
    HttpResponse::SeeOther().insert_header((LOCATION, format!("{path}?notice={notice}{more}"))).finish()
}

/// What to say on the page itself to whoever asked for what cannot be; anything else is a page of its own.
pub(super) fn complaint(error: Error) -> Result<String, Away> {
    match error {
        Error::Invalid(_)
        | Error::Conflict(_)
        | Error::Gone(_)
        | Error::Taken { .. }
        | Error::CalendarAway
        | Error::NoAnswer => Ok(error.to_string()),
        Error::Forbidden | Error::NotFound(_) | Error::Store(_) => Err(error.into()),
    }
}

/// A page that says what was wrong with a form.
pub(super) fn show_refused(page: &impl Template) -> Result<HttpResponse, Away> {
    let undrawn = |_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the page could not be drawn");
    let html = page.render().map_err(undrawn)?;
    Ok(HttpResponse::BadRequest().content_type("text/html; charset=utf-8").body(html))
}

/// What a form has in a field; None where it is empty.
pub(super) fn filled(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}
