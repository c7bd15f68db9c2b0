//! Server-sent events: tells pages and programs what has changed, for as long as whoever listens may hear it.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::{self, Bytes, Data, Query, ServiceConfig};
use actix_web::{HttpRequest, http::header};
use futures_util::stream;
use serde::Deserialize;
use utoipa::{IntoParams, OpenApi};

use super::Rooms;
use super::auth::{Caller, caller};
use super::error::Problem;
use crate::clock::{Clock, Stopwatch};
use crate::operations::events::{ChangeView, Feed, listen};

/// A sign of life where nothing happens, and the time after which it is asked again who listens.
const BEAT: Duration = Duration::from_secs(15);

#[derive(OpenApi)]
#[openapi(paths(events), components(schemas(ChangeView)))]
pub(super) struct Document;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/api/admin/v1/events").route(web::get().to(events)));
}

/// Whose events are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    company: Option<String>,
}

/// A stream that says what has changed: server-sent events named `calls`, `bookings`, `callbacks`, `breakers`, `alerts`, or
/// `lost` when more has changed than could be told
#[utoipa::path(get, path = "/api/admin/v1/events", params(Wanted), responses((status = 200, description = "The data of each event", content_type = "text/event-stream", body = ChangeView)))]
async fn events(
    rooms: Data<Rooms>,
    request: HttpRequest,
    who: Caller,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Problem> {
    let seen = who.0.within(&rooms.house.directory(), wanted.company.as_deref())?;
    let feed = listen(&rooms.house, seen)?;
    let listener = Listener { feed, rooms, request, seen: Clock::stopwatch() };
    let told = stream::unfold(listener, |mut listener| async move {
        let line = listener.next().await?;
        Some((Ok::<_, actix_web::Error>(line), listener))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // Proxies that gather answers would keep events back.
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(told))
}

/// Whoever listens, and since when it is known that they may.
struct Listener {
    feed: Feed,
    rooms: Data<Rooms>,
    request: HttpRequest,
    seen: Stopwatch,
}

impl Listener {
    /// What is sent next; None: the stream ends, since the house closes or the listener's token or session has ended.
    async fn next(&mut self) -> Option<Bytes> {
        let event = match tokio::time::timeout(BEAT, self.feed.next()).await {
            Ok(event) => Some(event?),
            Err(_) => None,
        };
        if self.seen.elapsed() >= BEAT {
            caller(&self.rooms, &self.request).await.ok().flatten()?;
            self.seen = Clock::stopwatch();
        }
        let alive = || Bytes::from_static(b": still here\n\n");
        Some(event.map_or_else(alive, |event| written(&event)))
    }
}

fn written(event: &ChangeView) -> Bytes {
    let data = serde_json::to_string(event).unwrap_or_default();
    Bytes::from(format!("event: {}\ndata: {data}\n\n", event.kind))
}
