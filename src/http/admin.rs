//! The admin REST interface: `/api/admin/v1`, for people and programs with a token.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use serde::{Deserialize, Serialize};

use super::Rooms;
use super::auth::Caller;
use super::error::Problem;
use crate::operations::{bookings, branches, breakers, callbacks, calls};

type Answer = Result<HttpResponse, Problem>;

/// A question narrowed to one company.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct OfCompany {
    company: Option<String>,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(
        web::scope("/api/admin/v1")
            .route("/calls", web::get().to(list_calls))
            .route("/calls/{id}", web::get().to(get_call))
            .route("/calls/{id}/timeline", web::get().to(timeline))
            .route("/bookings", web::get().to(list_bookings))
            .route("/bookings/{id}", web::get().to(get_booking))
            .route("/branches", web::get().to(list_branches))
            .route("/branches/{slug}", web::get().to(get_branch))
            .route("/branches/{slug}/state", web::get().to(branch_state))
            .route("/breakers", web::get().to(list_breakers))
            .route("/breakers/{id}/reset", web::post().to(reset_breaker))
            .route("/callbacks", web::get().to(list_callbacks)),
    );
}

async fn list_calls(rooms: Data<Rooms>, who: Caller, query: Query<calls::Query>) -> Answer {
    Ok(shown(&calls::list(&rooms.house, &who.0, &query).await?))
}

async fn get_call(rooms: Data<Rooms>, who: Caller, id: Path<String>) -> Answer {
    Ok(shown(&calls::get(&rooms.house, &who.0, &id).await?))
}

async fn timeline(rooms: Data<Rooms>, who: Caller, id: Path<String>) -> Answer {
    Ok(shown(&calls::story(&rooms.house, &who.0, &id).await?))
}

async fn list_bookings(rooms: Data<Rooms>, who: Caller, query: Query<bookings::Query>) -> Answer {
    Ok(shown(&bookings::list(&rooms.house, &who.0, &query).await?))
}

async fn get_booking(rooms: Data<Rooms>, who: Caller, id: Path<String>) -> Answer {
    Ok(shown(&bookings::get(&rooms.house, &who.0, &id).await?))
}

async fn list_branches(rooms: Data<Rooms>, who: Caller, query: Query<OfCompany>) -> Answer {
    Ok(shown(&branches::list(&rooms.house, &who.0, query.company.as_deref())?))
}

async fn get_branch(rooms: Data<Rooms>, who: Caller, slug: Path<String>, query: Query<OfCompany>) -> Answer {
    Ok(shown(&branches::get(&rooms.house, &who.0, &slug, query.company.as_deref())?))
}

async fn branch_state(
    rooms: Data<Rooms>,
    who: Caller,
    slug: Path<String>,
    query: Query<OfCompany>,
) -> Answer {
    Ok(shown(&branches::state(&rooms.house, &who.0, &slug, query.company.as_deref()).await?))
}

async fn list_breakers(rooms: Data<Rooms>, who: Caller) -> Answer {
    Ok(shown(&breakers::list(&rooms.house, &who.0).await?))
}

async fn reset_breaker(rooms: Data<Rooms>, who: Caller, id: Path<String>) -> Answer {
    Ok(shown(&breakers::reset(&rooms.house, &who.0, &id).await?))
}

async fn list_callbacks(rooms: Data<Rooms>, who: Caller, query: Query<callbacks::Query>) -> Answer {
    Ok(shown(&callbacks::list(&rooms.house, &who.0, &query).await?))
}

fn shown(view: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().json(view)
}
