//! Who sits at the desk: a handler that takes a `Desk` is reached by whoever is signed in, one that takes a `Signed` by
//! what one of our own forms sent; all others are shown the way to the door.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{Bytes, Data, Query};
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError};
use askama::Template;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::frame::{Frame, Place, Wanted};
use super::words::Words;
use crate::http::Rooms;
use crate::http::error::Problem;
use crate::http::session::{LIVE_HEADER, Session, own, session};
use crate::operations::{Error, Principal};

/// Where whoever is not signed in is sent.
pub(super) const DOOR: &str = "/admin/login";
/// A company without a branch lives here.
const ZONE: &str = "Europe/Berlin";

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, Away>>>>;

/// Somebody who is signed in, and what every page has to know of the question.
pub(super) struct Desk {
    pub(super) rooms: Data<Rooms>,
    pub(super) session: Session,
    pub(super) w: Words,
    /// The one company that is looked at, by its slug; all that the reader sees, where none is chosen.
    pub(super) company: Option<String>,
    pub(super) asked: Asked,
}

/// What every page understands of its address.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    /// The path with what follows it.
    pub(super) path: String,
    pub(super) notice: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Common {
    company: Option<String>,
    notice: Option<String>,
}

/// Why somebody does not get to the desk.
#[derive(Debug)]
pub(super) enum Away {
    /// Not signed in; comes back here afterwards.
    ToTheDoor {
        back_to: String,
    },
    Refused(Problem),
}

impl std::fmt::Display for Away {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ToTheDoor { .. } => f.write_str("nobody is signed in"),
            Self::Refused(problem) => problem.fmt(f),
        }
    }
}

impl ResponseError for Away {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::ToTheDoor { .. } => StatusCode::SEE_OTHER,
            Self::Refused(problem) => problem.status_code(),
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::ToTheDoor { back_to } => {
                let to = format!("{DOOR}?next={}", escaped(back_to));
                HttpResponse::SeeOther().insert_header((LOCATION, to)).finish()
            }
            Self::Refused(problem) => problem.error_response(),
        }
    }
}

impl From<Problem> for Away {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<Error> for Away {
    fn from(error: Error) -> Self {
        Self::Refused(error.into())
    }
}

impl FromRequest for Desk {
    type Error = Away;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { sit_down(&request).await })
    }
}

/// What a form of ours sent, from somebody who is signed in. What else stands in the form is left alone.
pub(super) struct Signed<T> {
    pub(super) desk: Desk,
    pub(super) form: T,
}

#[derive(Deserialize)]
struct Token {
    csrf: Option<String>,
}

impl<T: DeserializeOwned + 'static> FromRequest for Signed<T> {
    type Error = Away;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Bytes::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let desk = sit_down(&request).await?;
            let body = body.await.map_err(|error| unread(&error))?;
            let text = std::str::from_utf8(&body).map_err(|error| unread(&error))?;
            // A form is written like what follows the question mark of an address.
            let Token { csrf } = read(text)?;
            own(&desk.rooms, &request, &desk.session, csrf.as_deref())?;
            Ok(Self { desk, form: read(text)? })
        })
    }
}

fn read<T: DeserializeOwned>(form: &str) -> Result<T, Problem> {
    Query::from_query(form).map(Query::into_inner).map_err(|error| unread(&error))
}

fn unread(error: &impl std::fmt::Display) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, error.to_string())
}

async fn sit_down(request: &HttpRequest) -> Result<Desk, Away> {
    let missing = || Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the rooms are not open");
    let rooms = request.app_data::<Data<Rooms>>().cloned().ok_or_else(missing)?;
    let path = request.uri().path_and_query().map_or("/admin", |path| path.as_str()).to_owned();
    let Some(session) = session(&rooms, request).await? else {
        // A script has nothing of the door: it is told, and has the whole page loaded again.
        if request.headers().contains_key(LIVE_HEADER) {
            return Err(Problem::new(StatusCode::UNAUTHORIZED, "nobody is signed in").into());
        }
        return Err(Away::ToTheDoor { back_to: path });
    };
    let common: Common = read(request.query_string())?;
    let company = common.company.filter(|slug| !slug.is_empty());
    // A company of somebody else's is not there.
    session.signed_in.who.within(&rooms.house.directory(), company.as_deref())?;
    let asked = Asked { path, notice: common.notice };
    Ok(Desk { rooms, session, w: Words::of(request), company, asked })
}

impl Desk {
    pub(super) fn who(&self) -> &Principal {
        &self.session.signed_in.who
    }

    /// What stands around a page.
    pub(super) fn frame(&self, place: Place) -> Frame {
        Frame::new(Wanted {
            w: self.w,
            title: self.w.t(place.key()),
            place: Some(place),
            who: self.who(),
            companies: crate::operations::companies_of(&self.rooms.house.directory(), self.who()),
            company: self.company.as_deref(),
            csrf: self.session.csrf(),
            asked: &self.asked,
        })
    }

    /// The page itself.
    #[expect(clippy::unused_self, reason = "only who sits at the desk is shown pages of it")]
    pub(super) fn show(&self, page: &impl Template) -> Result<HttpResponse, Away> {
        show(page)
    }

    /// After something was done: back to a page, which then says so with the words of `notice-KEY`.
    pub(super) fn back_to(&self, path: &str, notice: &str) -> HttpResponse {
        let company = self.company.as_deref().map(|slug| format!("&company={slug}")).unwrap_or_default();
        let to = format!("{path}?notice={notice}{company}");
        HttpResponse::SeeOther().insert_header((LOCATION, to)).finish()
    }

    /// The zone of a branch, else of the company's first branch.
    pub(super) fn zone(&self, company: &str, branch: Option<&str>) -> TimeZone {
        let directory = self.rooms.house.directory();
        let branches = directory.company_by_slug(company).map(|company| company.branches.as_slice());
        let branches = branches.unwrap_or_default();
        let own = branches.iter().find(|own| Some(own.slug.as_str()) == branch).or(branches.first());
        let usual = || TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
        own.map_or_else(usual, |own| own.zone.clone())
    }
}

/// A page drawn.
pub(super) fn show(page: &impl Template) -> Result<HttpResponse, Away> {
    let undrawn = |_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the page could not be drawn");
    let html = page.render().map_err(undrawn)?;
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html))
}

/// A text as it may stand behind the equals sign of an address.
pub(super) fn escaped(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte);
    let signs = text.bytes().map(|byte| match byte {
        byte if is_plain(byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    signs.collect()
}
