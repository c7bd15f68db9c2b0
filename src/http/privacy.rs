//! What people have a right to, over REST: erasing what is known of them, and handing it over.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Json, Path, Query, ServiceConfig};
use utoipa::OpenApi;

use super::Rooms;
use super::admin::{Answer, shown};
use super::auth::Caller;
use crate::operations::List;
use crate::operations::bundles::{self, PersonBundle};
use crate::operations::erasures::{self, Erase, EraseOrPreview, ErasureView, PersonAsked, Preview};
use crate::operations::retention::{self, RetentionView};

#[derive(OpenApi)]
#[openapi(paths(list_erasures, erase, get_erasure, export, list_retention))]
pub(super) struct Document;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(
            web::resource("/api/admin/v1/erasures")
                .route(web::get().to(list_erasures))
                .route(web::post().to(erase)),
        )
        .service(web::resource("/api/admin/v1/erasures/{id}").route(web::get().to(get_erasure)))
        .service(web::resource("/api/admin/v1/retention").route(web::get().to(list_retention)))
        .service(web::resource("/api/admin/v1/exports").route(web::post().to(export)));
}

/// Erasures, newest first
#[utoipa::path(get, path = "/api/admin/v1/erasures", params(erasures::Query), responses((status = 200, body = List<ErasureView>)))]
async fn list_erasures(rooms: Data<Rooms>, who: Caller, query: Query<erasures::Query>) -> Answer {
    Ok(shown(&erasures::list(&rooms.house, &who.0, &query).await?))
}

/// Erase what is known of whoever has a number, or say what would be erased
#[utoipa::path(
    post,
    path = "/api/admin/v1/erasures",
    request_body = EraseOrPreview,
    responses(
        (status = 200, description = "With preview: what would be erased", body = Preview),
        (status = 201, description = "What was done; what is still open goes on by itself", body = ErasureView)
    )
)]
async fn erase(rooms: Data<Rooms>, who: Caller, asked: Json<EraseOrPreview>) -> Answer {
    let EraseOrPreview { company, phone, name, cancel_future, preview } = asked.into_inner();
    if preview {
        let asked = PersonAsked { company, phone, name };
        return Ok(private(&erasures::preview(&rooms.house, &who.0, &asked).await?));
    }
    let asked = Erase { company, phone, name, cancel_future };
    Ok(HttpResponse::Created().json(erasures::erase(&rooms.house, &who.0, &asked).await?))
}

/// An erasure, step by step
#[utoipa::path(get, path = "/api/admin/v1/erasures/{id}", params(("id" = String, Path, description = "Its id")), responses((status = 200, body = ErasureView)))]
async fn get_erasure(rooms: Data<Rooms>, who: Caller, id: Path<String>) -> Answer {
    Ok(shown(&erasures::get(&rooms.house, &who.0, &id).await?))
}

/// Everything that is known of whoever has a number, as one document
#[utoipa::path(post, path = "/api/admin/v1/exports", request_body = PersonAsked, responses((status = 200, body = PersonBundle)))]
async fn export(rooms: Data<Rooms>, who: Caller, asked: Json<PersonAsked>) -> Answer {
    Ok(private(&bundles::export(&rooms.house, &who.0, &asked).await?))
}

/// What is kept for how long, and what went with its time
#[utoipa::path(get, path = "/api/admin/v1/retention", params(retention::Query), responses((status = 200, body = List<RetentionView>)))]
async fn list_retention(rooms: Data<Rooms>, who: Caller, query: Query<retention::Query>) -> Answer {
    Ok(shown(&retention::list(&rooms.house, &who.0, &query).await?))
}

/// An answer that nobody on the way may keep.
fn private(view: &impl serde::Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(view)
}
