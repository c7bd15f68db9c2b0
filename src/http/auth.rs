//! Who is asking: a bearer token; for the page alone, what was typed into a browser's own log-in window.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Rooms;
use super::error::Problem;
use super::limit::seconds;
use crate::operations::{Principal, tokens, users};

/// The one who asks; a request without a valid token does not get past it.
#[derive(Debug)]
pub(super) struct Caller(pub(super) Principal);

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let rooms = request.app_data::<web::Data<Rooms>>().cloned();
        let (token, request) = (bearer(request), request.clone());
        Box::pin(async move {
            let (rooms, token) = (rooms.ok_or_else(no_token)?, token.ok_or_else(no_token)?);
            recognise(&rooms, &request, &token).await?.map(Caller).ok_or_else(no_token)
        })
    }
}

/// What is said to whoever shows no token, or none that is good.
pub(super) fn no_token() -> Problem {
    let detail = "a valid token is needed: Authorization: Bearer fernamt_… (fernamt token create makes one)";
    Problem::new(StatusCode::UNAUTHORIZED, detail)
}

/// Whose token it is; who tries too many, or asks too often with a good one, has to wait.
pub(super) async fn recognise(
    rooms: &Rooms,
    request: &HttpRequest,
    token: &str,
) -> Result<Option<Principal>, Problem> {
    if let Some(wait) = rooms.limits.token_bar(request) {
        let detail = "too many wrong tokens came from your address";
        return Err(Problem::too_often(detail, seconds(wait)));
    }
    let Some(principal) = tokens::recognise(rooms.house.store(), token).await? else {
        rooms.limits.wrong_token(request);
        return Ok(None);
    };
    match rooms.limits.right_token(request, token) {
        Some(wait) => Err(Problem::too_often("this token asks too often", seconds(wait))),
        None => Ok(Some(principal)),
    }
}

/// The token of a program.
pub(super) fn bearer(request: &HttpRequest) -> Option<String> {
    credentials(request, "bearer")
}

/// Who logs in at a browser's own window: any name and a token as password, or e-mail and password of a user. Browsers
/// send these by themselves, so they open reading only.
pub(super) async fn browser(rooms: &Rooms, request: &HttpRequest) -> Result<Option<Principal>, Problem> {
    let Some((name, password)) = name_and_password(request) else { return Ok(None) };
    if tokens::is_a_token(&password) {
        return recognise(rooms, request, &password).await;
    }
    if let Some(wait) = rooms.limits.token_bar(request) {
        return Err(Problem::too_often("too many failed log-ins came from your address", seconds(wait)));
    }
    if let Some(wait) = rooms.limits.log_in(request) {
        return Err(Problem::too_often("too many log-ins came from your address", seconds(wait)));
    }
    let who = users::log_in(rooms.house.store(), &name, password.into()).await?;
    if who.is_none() {
        rooms.limits.wrong_token(request);
    }
    Ok(who)
}

fn name_and_password(request: &HttpRequest) -> Option<(String, String)> {
    let pair = String::from_utf8(STANDARD.decode(credentials(request, "basic")?).ok()?).ok()?;
    pair.split_once(':').map(|(name, password)| (name.to_owned(), password.to_owned()))
}

fn credentials(request: &HttpRequest, scheme: &str) -> Option<String> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (given, rest) = header.split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then(|| rest.trim().to_owned())
}
