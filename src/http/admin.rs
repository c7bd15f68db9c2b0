//! The admin REST interface: `/api/admin/v1`, for people and programs with a token.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Json, Path, Query, ServiceConfig};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi};

use super::Rooms;
use super::auth::Caller;
use super::companies::change_branch;
use super::error::Problem;
use crate::operations::{
    List, alerts, bookings, branches, breakers, callbacks, calls, deliveries, readiness, replays, timeline,
};

pub(super) type Answer = Result<HttpResponse, Problem>;

/// A question narrowed to one company.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OfCompany {
    company: Option<String>,
    /// Branches come in one page; accepted, so that every list is asked alike.
    #[serde(rename = "limit")]
    _limit: Option<u64>,
    #[serde(rename = "cursor")]
    _cursor: Option<String>,
}

/// What is described of these routes.
#[derive(OpenApi)]
#[openapi(paths(
    list_calls,
    get_call,
    tell_call,
    list_bookings,
    get_booking,
    retry_booking,
    cancel_booking,
    list_branches,
    get_branch,
    super::companies::change_branch,
    branch_state,
    list_breakers,
    reset_breaker,
    list_deliveries,
    get_delivery,
    replay_delivery,
    list_callbacks,
    get_callback,
    change_callback,
    list_alerts,
    readiness,
))]
pub(super) struct Document;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(
        web::scope("/api/admin/v1")
            .service(web::resource("/calls").route(web::get().to(list_calls)))
            .service(web::resource("/calls/{id}").route(web::get().to(get_call)))
            .service(web::resource("/calls/{id}/timeline").route(web::get().to(tell_call)))
            .service(web::resource("/bookings").route(web::get().to(list_bookings)))
            .service(web::resource("/bookings/{id}").route(web::get().to(get_booking)))
            .service(web::resource("/bookings/{id}/retry").route(web::post().to(retry_booking)))
            .service(web::resource("/bookings/{id}/cancel").route(web::post().to(cancel_booking)))
            .service(web::resource("/branches").route(web::get().to(list_branches)))
            .service(
                web::resource("/branches/{slug}")
                    .route(web::get().to(get_branch))
                    .route(web::patch().to(change_branch)),
            )
            .service(web::resource("/branches/{slug}/state").route(web::get().to(branch_state)))
            .service(web::resource("/breakers").route(web::get().to(list_breakers)))
            .service(web::resource("/breakers/{id}/reset").route(web::post().to(reset_breaker)))
            .service(web::resource("/deliveries").route(web::get().to(list_deliveries)))
            .service(web::resource("/deliveries/{id}").route(web::get().to(get_delivery)))
            .service(web::resource("/deliveries/{id}/replay").route(web::post().to(replay_delivery)))
            .service(web::resource("/callbacks").route(web::get().to(list_callbacks)))
            .service(
                web::resource("/callbacks/{id}")
                    .route(web::get().to(get_callback))
                    .route(web::patch().to(change_callback)),
            )
            .service(web::resource("/alerts").route(web::get().to(list_alerts)))
            .service(web::resource("/readiness").route(web::get().to(readiness))),
    );
}

/// Calls, newest first
#[utoipa::path(get, path = "/api/admin/v1/calls", params(calls::Query), responses((status = 200, body = List<calls::CallView>)))]
async fn list_calls(rooms: Data<Rooms>, who: Caller, query: Query<calls::Query>) -> Answer {
    Ok(shown(&calls::list(&rooms.house, &who.0, &query).await?))
}

/// A call, and its actor while it lives
#[utoipa::path(get, path = "/api/admin/v1/calls/{id}", params(("id" = String, Path, description = "Our id, or Retell's")), responses((status = 200, body = calls::CallView)))]
async fn get_call(rooms: Data<Rooms>, who: Caller, id: Path<String>) -> Answer {
    Ok(shown(&calls::get(&rooms.house, &who.0, &id).await?))
}

/// The story of a call, and why it came out as it did
#[utoipa::path(get, path = "/api/admin/v1/calls/{id}/timeline", params(("id" = String, Path, description = "Our id, or Retell's")), responses((status = 200, body = timeline::Story)))]
async fn tell_call(rooms: Data<Rooms>, who: Caller, id: Path<String>) -> Answer {
    Ok(shown(&timeline::of_call(&rooms.house, &who.0, &id).await?))
}

/// Bookings, newest first
#[utoipa::path(get, path = "/api/admin/v1/bookings", params(bookings::Query), responses((status = 200, body = List<bookings::BookingView>)))]
async fn list_bookings(rooms: Data<Rooms>, who: Caller, query: Query<bookings::Query>) -> Answer {
    Ok(shown(&bookings::list(&rooms.house, &who.0, &query).await?))
}

/// A booking
#[utoipa::path(get, path = "/api/admin/v1/bookings/{id}", params(("id" = String, Path, description = "Our id")), responses((status = 200, body = bookings::BookingView)))]
async fn get_booking(rooms: Data<Rooms>, who: Caller, id: Path<String>) -> Answer {
    Ok(shown(&bookings::get(&rooms.house, &who.0, &id).await?))
}

/// Try a refused or failed booking again
#[utoipa::path(post, path = "/api/admin/v1/bookings/{id}/retry", params(("id" = String, Path, description = "Our id")), responses((status = 200, body = bookings::BookingView)))]
async fn retry_booking(rooms: Data<Rooms>, who: Caller, id: Path<String>) -> Answer {
    Ok(shown(&bookings::retry(&rooms.house, &who.0, &id).await?))
}

/// Cancel a booking, here and at Cal.com
#[utoipa::path(post, path = "/api/admin/v1/bookings/{id}/cancel", params(("id" = String, Path, description = "Our id")), responses((status = 200, body = bookings::BookingView)))]
async fn cancel_booking(rooms: Data<Rooms>, who: Caller, id: Path<String>) -> Answer {
    Ok(shown(&bookings::cancel(&rooms.house, &who.0, &id).await?))
}

/// Branches in use
#[utoipa::path(get, path = "/api/admin/v1/branches", params(OfCompany), responses((status = 200, body = List<branches::BranchView>)))]
async fn list_branches(rooms: Data<Rooms>, who: Caller, query: Query<OfCompany>) -> Answer {
    Ok(shown(&branches::list(&rooms.house, &who.0, query.company.as_deref())?))
}

/// A branch
#[utoipa::path(get, path = "/api/admin/v1/branches/{slug}", params(("slug" = String, Path), OfCompany), responses((status = 200, body = branches::BranchView)))]
async fn get_branch(rooms: Data<Rooms>, who: Caller, slug: Path<String>, query: Query<OfCompany>) -> Answer {
    Ok(shown(&branches::get(&rooms.house, &who.0, &slug, query.company.as_deref())?))
}

/// How the calendars of a branch stand
#[utoipa::path(get, path = "/api/admin/v1/branches/{slug}/state", params(("slug" = String, Path), OfCompany), responses((status = 200, body = branches::StateView)))]
async fn branch_state(
    rooms: Data<Rooms>,
    who: Caller,
    slug: Path<String>,
    query: Query<OfCompany>,
) -> Answer {
    Ok(shown(&branches::state(&rooms.house, &who.0, &slug, query.company.as_deref()).await?))
}

/// The circuit breakers of the Cal.com accounts
#[utoipa::path(get, path = "/api/admin/v1/breakers", responses((status = 200, body = List<breakers::BreakerView>)))]
async fn list_breakers(rooms: Data<Rooms>, who: Caller) -> Answer {
    Ok(shown(&breakers::list(&rooms.house, &who.0).await?))
}

/// Close a breaker
#[utoipa::path(post, path = "/api/admin/v1/breakers/{id}/reset", params(("id" = String, Path, description = "The breaker's id, or a company's slug")), responses((status = 200, body = List<breakers::BreakerView>)))]
async fn reset_breaker(rooms: Data<Rooms>, who: Caller, id: Path<String>) -> Answer {
    Ok(shown(&breakers::reset(&rooms.house, &who.0, &id).await?))
}

/// Callback items, those due first at the head
#[utoipa::path(get, path = "/api/admin/v1/callbacks", params(callbacks::Query), responses((status = 200, body = List<callbacks::CallbackView>)))]
async fn list_callbacks(rooms: Data<Rooms>, who: Caller, query: Query<callbacks::Query>) -> Answer {
    Ok(shown(&callbacks::list(&rooms.house, &who.0, &query).await?))
}

/// A callback item
#[utoipa::path(get, path = "/api/admin/v1/callbacks/{id}", params(("id" = String, Path, description = "Its id")), responses((status = 200, body = callbacks::CallbackView)))]
async fn get_callback(rooms: Data<Rooms>, who: Caller, id: Path<String>) -> Answer {
    Ok(shown(&callbacks::get(&rooms.house, &who.0, &id).await?))
}

/// Say who sees to a callback item, what came of it, or that it is done
#[utoipa::path(patch, path = "/api/admin/v1/callbacks/{id}", params(("id" = String, Path, description = "Its id")), request_body = callbacks::Change, responses((status = 200, body = callbacks::CallbackView)))]
async fn change_callback(
    rooms: Data<Rooms>,
    who: Caller,
    id: Path<String>,
    change: Json<callbacks::Change>,
) -> Answer {
    Ok(shown(&callbacks::change(&rooms.house, &who.0, &id, change.into_inner()).await?))
}

/// What somebody has to know, newest first
#[utoipa::path(get, path = "/api/admin/v1/alerts", params(alerts::Query), responses((status = 200, body = List<alerts::AlertView>)))]
async fn list_alerts(rooms: Data<Rooms>, who: Caller, query: Query<alerts::Query>) -> Answer {
    Ok(shown(&alerts::list(&rooms.house, &who.0, &query).await?))
}

/// Which company is looked at; all that the caller sees, where none is named.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Looked {
    company: Option<String>,
}

/// Whether companies can take calls, and what to do where not: what `fernamt check` prints
#[utoipa::path(get, path = "/api/admin/v1/readiness", params(Looked), responses((status = 200, body = readiness::Readiness)))]
async fn readiness(rooms: Data<Rooms>, who: Caller, query: Query<Looked>) -> Answer {
    let look = readiness::Look { company: query.company.as_deref(), ..readiness::Look::default() };
    Ok(shown(&readiness::check(&rooms.house, &rooms.site, &who.0, look).await?))
}

/// Webhooks as they came, newest first
#[utoipa::path(get, path = "/api/admin/v1/deliveries", params(deliveries::Query), responses((status = 200, body = List<deliveries::DeliveryView>)))]
async fn list_deliveries(rooms: Data<Rooms>, who: Caller, query: Query<deliveries::Query>) -> Answer {
    Ok(shown(&deliveries::list(&rooms.house, &who.0, &query).await?))
}

/// One delivery, with its body as long as that is kept
#[utoipa::path(get, path = "/api/admin/v1/deliveries/{id}", params(("id" = String, Path, description = "Its id")), responses((status = 200, body = deliveries::DeliveryView)))]
async fn get_delivery(rooms: Data<Rooms>, who: Caller, id: Path<String>) -> Answer {
    Ok(shown(&deliveries::get(&rooms.house, &who.0, &id).await?))
}

/// Takes a delivery in again; what is known already changes nothing
#[utoipa::path(post, path = "/api/admin/v1/deliveries/{id}/replay", params(("id" = String, Path, description = "Its id")), responses(
    (status = 200, body = replays::Replayed),
    (status = 409, description = "It cannot be taken in again: the detail says why"),
    (status = 410, description = "Its body is no longer kept")
))]
async fn replay_delivery(rooms: Data<Rooms>, who: Caller, id: Path<String>) -> Answer {
    Ok(shown(&replays::again(&rooms.house, &who.0, &id).await?))
}

pub(super) fn shown(view: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().json(view)
}
