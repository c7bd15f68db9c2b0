//! The cookie of a browser that is signed in, and how what that browser sends is told from what another's page makes it send.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{ACCEPT, HOST, ORIGIN};
use actix_web::http::{Method, StatusCode};
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Url;
use sha2::Sha256;

use super::Rooms;
use super::error::Problem;
use super::limit::seconds;
use crate::operations::sessions::SignedIn;

/// Where a script puts the session's token; forms have a field for it.
pub(super) const CSRF_HEADER: &str = "X-CSRF-Token";
/// On what a page asks by itself: it keeps no session from ending.
pub(super) const LIVE_HEADER: &str = "X-Fernamt-Live";
const COOKIE: &str = "fernamt_session";
/// Over TLS the name itself forbids that a neighbour's host sets it.
const SECURE_COOKIE: &str = "__Host-fernamt_session";

/// A browser that is signed in.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) signed_in: SignedIn,
    text: String,
}

impl Session {
    pub(super) fn new(signed_in: SignedIn, text: String) -> Self {
        Self { signed_in, text }
    }

    /// Goes into every form and every request of a script: only our own pages know it.
    pub(super) fn csrf(&self) -> String {
        self.mac().map(|mac| hex::encode(mac.finalize().into_bytes())).unwrap_or_default()
    }

    /// Whether that is the token of this session.
    pub(super) fn has_csrf(&self, token: &str) -> bool {
        let token = hex::decode(token).unwrap_or_default();
        self.mac().is_some_and(|mac| mac.verify_slice(&token).is_ok())
    }

    fn mac(&self) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.text.as_bytes()).ok()?;
        mac.update(b"csrf");
        Some(mac)
    }
}

/// Who is signed in at this browser; None: nobody.
pub(super) async fn session(rooms: &Rooms, request: &HttpRequest) -> Result<Option<Session>, Problem> {
    let Some(text) = text(rooms, request) else { return Ok(None) };
    // A script cannot put headers of its own on a stream of events; what it says there it takes is enough.
    let accepts = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_by_hand = !request.headers().contains_key(LIVE_HEADER) && accepts != "text/event-stream";
    let Some(signed_in) = rooms.register().recognise(&text, is_by_hand).await? else { return Ok(None) };
    if let Some(wait) = rooms.limits.right_token(request, &text) {
        return Err(Problem::too_often("this session asks too often", seconds(wait)));
    }
    Ok(Some(Session::new(signed_in, text)))
}

/// What the browser shows.
pub(super) fn text(rooms: &Rooms, request: &HttpRequest) -> Option<String> {
    request.cookie(name(rooms)).map(|cookie| cookie.value().to_owned())
}

/// The same for what a script asks: what changes something must bring the session's token, from one of our pages.
pub(super) async fn session_of_script(
    rooms: &Rooms,
    request: &HttpRequest,
) -> Result<Option<Session>, Problem> {
    let Some(session) = session(rooms, request).await? else { return Ok(None) };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let token = request.headers().get(CSRF_HEADER).and_then(|value| value.to_str().ok());
        own(rooms, request, &session, token)?;
    }
    Ok(Some(session))
}

/// Refuses what another's page makes a browser send.
pub(super) fn own(
    rooms: &Rooms,
    request: &HttpRequest,
    session: &Session,
    token: Option<&str>,
) -> Result<(), Problem> {
    if is_from_here(rooms, request) && token.is_some_and(|token| session.has_csrf(token)) {
        return Ok(());
    }
    let detail = format!("this did not come from a page of ours: load the page again, or send {CSRF_HEADER}");
    Err(Problem::new(StatusCode::FORBIDDEN, detail))
}

/// Whether the browser says that a page of ours sent it; what says nothing is judged by its token alone.
pub(super) fn is_from_here(rooms: &Rooms, request: &HttpRequest) -> bool {
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    let is_same_site = header("Sec-Fetch-Site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    let is_ours = header(ORIGIN.as_str()).is_none_or(|origin| {
        let Ok(origin) = Url::parse(origin) else { return false };
        let is_asked = header(HOST.as_str()).is_some_and(|host| authority(&origin) == host.to_lowercase());
        is_asked || Url::parse(rooms.site.public_url()).is_ok_and(|url| url.origin() == origin.origin())
    });
    is_same_site && is_ours
}

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The cookie as it is set. Lax, since mails about alerts lead into the dashboard and a reader who is signed in should get
/// there; nothing is changed by a GET.
pub(super) fn cookie(rooms: &Rooms, text: String) -> Cookie<'static> {
    Cookie::build(name(rooms), text)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(is_secure(rooms))
        .finish()
}

/// The cookie as it is taken back.
pub(super) fn no_cookie(rooms: &Rooms) -> Cookie<'static> {
    let mut cookie = cookie(rooms, String::new());
    cookie.make_removal();
    cookie
}

fn name(rooms: &Rooms) -> &'static str {
    if is_secure(rooms) { SECURE_COOKIE } else { COOKIE }
}

/// Whether others reach this house over TLS.
pub(super) fn is_secure(rooms: &Rooms) -> bool {
    rooms.site.public_url().starts_with("https://")
}
