//! The audit over REST: who changed something or read what a caller said.

use actix_web::web::{self, Data, Query, ServiceConfig};
use utoipa::OpenApi;

use super::Rooms;
use super::admin::{Answer, shown};
use super::auth::Caller;
use crate::operations::List;
use crate::operations::audit::{self, LineView};

#[derive(OpenApi)]
#[openapi(paths(list_audit))]
pub(super) struct Document;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/api/admin/v1/audit").route(web::get().to(list_audit)));
}

/// Who did or read what, newest first
#[utoipa::path(get, path = "/api/admin/v1/audit", params(audit::Query), responses((status = 200, body = List<LineView>)))]
async fn list_audit(rooms: Data<Rooms>, who: Caller, query: Query<audit::Query>) -> Answer {
    Ok(shown(&audit::list(&rooms.house, &who.0, &query).await?))
}
