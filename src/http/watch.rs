//! Watches every request: gives it an id and a span that all it causes hangs under, and measures how long it took.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use tracing::Instrument as _;
use tracing::field::Empty;

use super::Rooms;
use crate::clock::Clock;
use crate::meters;

/// Names a request towards proxies and in the log.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// An id given from outside is taken over if it is this long: too long for a phone number, too short to fill a log.
const ID_LENGTHS: std::ops::RangeInclusive<usize> = 16..=64;
/// The route of what fits none.
const NO_ROUTE: &str = "none";

/// The outermost layer of the web server.
pub async fn watch<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let (watch, method) = (Clock::stopwatch(), method(request.method()));
    let id = id_of(&request);
    // Its path is not told: ids of calls stand in it, and anything else that somebody may type.
    let route = request.match_pattern();
    let span = tracing::info_span!(
        "request",
        id = %id.to_str().unwrap_or_default(),
        method,
        route = route.as_deref().unwrap_or(NO_ROUTE),
        call.id = Empty,
    );
    let mut answer = next.call(request).instrument(span.clone()).await;
    let status = match &mut answer {
        Ok(answer) => {
            answer.headers_mut().insert(REQUEST_ID, id);
            answer.status()
        }
        Err(error) => error.as_response_error().status_code(),
    };
    let took = watch.elapsed();
    // A path is brought into its usual form on the way, and may fit only then.
    let route = route.or_else(|| answer.as_ref().ok()?.request().match_pattern());
    let took_ms = watch.elapsed_ms();
    span.in_scope(|| {
        tracing::debug!(status = status.as_u16(), took_ms, "answered {status} after {took_ms} ms");
    });
    meters::request(route.unwrap_or_else(|| NO_ROUTE.to_owned()), method, class(status), took);
    answer
}

/// The id the request brings, if it looks like one; else a new one.
fn id_of(request: &ServiceRequest) -> HeaderValue {
    let is_sane = |value: &&HeaderValue| {
        let fits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        ID_LENGTHS.contains(&value.len()) && value.as_bytes().iter().all(fits)
    };
    if let Some(id) = request.headers().get(&REQUEST_ID).filter(is_sane) {
        return id.clone();
    }
    let clock = request.app_data::<Data<Rooms>>().map(|rooms| rooms.house.clock()).unwrap_or_default();
    HeaderValue::from_str(&clock.mint().to_string()).unwrap_or(HeaderValue::from_static("unknown"))
}

/// Methods are words that anybody may make up.
fn method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn id_for(given: &str) -> String {
        let request = TestRequest::default().insert_header(("x-request-id", given)).to_srv_request();
        id_of(&request).to_str().unwrap().to_owned()
    }

    #[test]
    fn an_id_from_outside_is_taken_over_only_if_it_can_be_nothing_else() {
        let sane = ["4bf92f3577b34da6a3ce929d0e0e4736", "0199b2c4-7a1e-7c3d-9f00-3b5a1c2d4e6f"];
        let odd = ["+491711234567", "491711234567", "erika beispiel aus berlin", "", &"a".repeat(65)];

        for id in sane {
            assert_eq!(id_for(id), id);
        }
        for id in odd {
            assert_ne!(id_for(id), id);
            assert_eq!(id_for(id).len(), 36);
        }
    }
}
