//! Analytics over REST.

use actix_web::web::{self, Data, Query, ServiceConfig};
use utoipa::OpenApi;

use super::Rooms;
use super::admin::{Answer, shown};
use super::auth::Caller;
use crate::domain::statistics::By;
use crate::operations::analytics::{self, Analytics};

#[derive(OpenApi)]
#[openapi(paths(read), components(schemas(By)))]
pub(super) struct Document;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/api/admin/v1/analytics").route(web::get().to(read)));
}

/// How calls went: from call to booking, by day, place and outcome, when, how fast, at what cost
#[utoipa::path(get, path = "/api/admin/v1/analytics", operation_id = "analytics", params(analytics::Query), responses((status = 200, body = Analytics)))]
async fn read(rooms: Data<Rooms>, who: Caller, query: Query<analytics::Query>) -> Answer {
    Ok(shown(&analytics::read(&rooms.house, &who.0, &query).await?))
}
