//! The gate before every route: who is barred is not listened to, and only so many requests are answered at once.

use std::sync::atomic::AtomicUsize;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::middleware::Next;
use actix_web::{ResponseError, web};

use super::connections::Guest;
use super::{Limits, give_back, seconds, take};
use crate::http::Rooms;
use crate::http::error::Refusal;
use crate::meters;

/// What must be answered however busy the house is, or somebody would restart it for that.
const ALWAYS_ANSWERED: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// The layer itself.
pub async fn gate<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let rooms = request.app_data::<web::Data<Rooms>>().cloned();
    let Some(rooms) = rooms else { return Ok(next.call(request).await?.map_into_left_body()) };
    let limits = &rooms.limits;
    let place = match admit(limits, &request) {
        Ok(place) => place,
        Err(refusal) => {
            let mut answer = request.into_response(refusal.error_response());
            close(&mut answer);
            return Ok(answer.map_into_right_body());
        }
    };
    let mut answer = next.call(request).await?;
    drop(place);
    // A stranger's connection ends with its answer: only the first head on a connection has a time limit, so the next
    // one could come a byte a day.
    if answer.request().conn_data::<Guest>().is_some_and(Guest::is_stranger) {
        close(&mut answer);
    }
    Ok(answer.map_into_left_body())
}

/// A place among the requests that are being answered.
struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        give_back(self.0, 1);
    }
}

fn admit<'a>(limits: &'a Limits, request: &ServiceRequest) -> Result<Option<Place<'a>>, Refusal> {
    let source = limits.source(request.request());
    if let Some(wait) = source.and_then(|source| limits.sources.bar(source, limits.clock.now())) {
        meters::turned_away("barred");
        let message = "too many wrong signatures came from your address; this one was not looked at";
        return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "barred", message).after(seconds(wait)));
    }
    if ALWAYS_ANSWERED.contains(&request.path()) {
        return Ok(None);
    }
    // Strangers have places of their own: however slowly they send, they sit on nobody else's.
    let is_stranger = request.request().conn_data::<Guest>().is_some_and(Guest::is_stranger);
    let (places, max, limit) = if is_stranger {
        (&limits.stranger_requests, limits.settings.stranger_requests_max, "stranger_requests")
    } else {
        (&limits.requests, limits.settings.requests_max, "requests")
    };
    if !take(places, 1, max) {
        meters::turned_away(limit);
        let message = "too many requests are being answered; try again in a moment";
        return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "busy", message).after(1));
    }
    Ok(Some(Place(places)))
}

fn close<B>(answer: &mut ServiceResponse<B>) {
    answer.response_mut().head_mut().set_connection_type(ConnectionType::Close);
}
