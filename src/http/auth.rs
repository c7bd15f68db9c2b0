//! Who is asking: a bearer token; for the page alone, the same token as the password of a browser's own log-in window.

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
use crate::operations::{Principal, tokens};

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
            let refused = || {
                let detail = "a valid token is needed: Authorization: Bearer fernamt_… (fernamt token create makes one)";
                Problem::new(StatusCode::UNAUTHORIZED, detail)
            };
            let (rooms, token) = (rooms.ok_or_else(refused)?, token.ok_or_else(refused)?);
            recognise(&rooms, &request, &token).await?.map(Caller).ok_or_else(refused)
        })
    }
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
fn bearer(request: &HttpRequest) -> Option<String> {
    credentials(request, "bearer")
}

/// The token a browser sends as password. Browsers send it by themselves, so it opens reading only.
pub(super) fn password(request: &HttpRequest) -> Option<String> {
    let pair = String::from_utf8(STANDARD.decode(credentials(request, "basic")?).ok()?).ok()?;
    pair.split_once(':').map(|(_, password)| password.to_owned())
}

fn credentials(request: &HttpRequest, scheme: &str) -> Option<String> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (given, rest) = header.split_once(' ')?;
    given.eq_ignore_ascii_case(scheme).then(|| rest.trim().to_owned())
}
