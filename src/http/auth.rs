//! Who is asking: a bearer token, or the cookie of a browser that is signed in.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};

use super::Rooms;
use super::error::Problem;
use super::limit::seconds;
use super::session::session_of_script;
use crate::operations::{Principal, tokens};

/// The one who asks; a request without a valid token or session does not get past it.
#[derive(Debug)]
pub(super) struct Caller(pub(super) Principal);

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let rooms = request.app_data::<web::Data<Rooms>>().cloned();
        let request = request.clone();
        Box::pin(async move {
            let rooms = rooms.ok_or_else(no_token)?;
            caller(&rooms, &request).await?.map(Caller).ok_or_else(no_token)
        })
    }
}

/// Whoever asks, by token or else by cookie; None: nobody we know.
pub(super) async fn caller(rooms: &Rooms, request: &HttpRequest) -> Result<Option<Principal>, Problem> {
    match bearer(request) {
        Some(token) => recognise(rooms, request, &token).await,
        None => Ok(session_of_script(rooms, request).await?.map(|session| session.signed_in.who)),
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

fn credentials(request: &HttpRequest, scheme: &str) -> Option<String> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (given, rest) = header.split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then(|| rest.trim().to_owned())
}
