//! Watches every request: how long it took and how it ended, by the pattern it fitted, never by its path.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;

use crate::clock::Clock;
use crate::meters;

/// The outermost layer of the web server.
pub async fn watch<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let (watch, method) = (Clock::stopwatch(), method(request.method()));
    let (answer, route) = match next.call(request).await {
        Ok(answer) => {
            let route = answer.request().match_pattern();
            (Ok(answer), route)
        }
        Err(error) => (Err(error), None),
    };
    let status = match &answer {
        Ok(answer) => answer.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    meters::request(route.unwrap_or_else(|| "none".to_owned()), method, class(status), watch.elapsed());
    answer
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
