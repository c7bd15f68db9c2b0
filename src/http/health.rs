//! Whether the process lives and whether it can do its work.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use serde_json::json;

use super::Rooms;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/healthz").route(web::get().to(lives)).route(web::head().to(lives)));
    config.service(web::resource("/readyz").route(web::get().to(is_ready)).route(web::head().to(is_ready)));
}

async fn lives() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "ok", "version": super::VERSION}))
}

/// The database answers; how often an actor fell is told with it, and nothing of how much there is to do.
async fn is_ready(rooms: Data<Rooms>) -> HttpResponse {
    let database = rooms.house.store().is_well().await;
    let body = json!({
        "status": if database { "ready" } else { "not ready" },
        "database": database,
        "actor_restarts": rooms.house.falls(),
    });
    if database { HttpResponse::Ok().json(body) } else { HttpResponse::ServiceUnavailable().json(body) }
}
