//! The admin REST interface: `/api/admin/v1`, for people and programs with a token.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use serde::{Deserialize, Serialize};

use super::auth::Caller;
use super::error::Problem;
use super::{Rooms, replay};
use crate::operations::{bookings, branches, breakers, callbacks, calls, deliveries, readiness, timeline};

type Answer = Result<HttpResponse, Problem>;

/// A question narrowed to one company.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct OfCompany {
    company: Option<String>,
    /// Branches come in one page; accepted, so that every list is asked alike.
    #[serde(rename = "limit")]
    _limit: Option<u64>,
    #[serde(rename = "cursor")]
    _cursor: Option<String>,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(
        web::scope("/api/admin/v1")
            .service(web::resource("/calls").route(web::get().to(list_calls)))
            .service(web::resource("/calls/{id}").route(web::get().to(get_call)))
            .service(web::resource("/calls/{id}/timeline").route(web::get().to(tell_call)))
            .service(web::resource("/bookings").route(web::get().to(list_bookings)))
            .service(web::resource("/bookings/{id}").route(web::get().to(get_booking)))
            .service(web::resource("/branches").route(web::get().to(list_branches)))
            .service(web::resource("/branches/{slug}").route(web::get().to(get_branch)))
            .service(web::resource("/branches/{slug}/state").route(web::get().to(branch_state)))
            .service(web::resource("/breakers").route(web::get().to(list_breakers)))
            .service(web::resource("/breakers/{id}/reset").route(web::post().to(reset_breaker)))
            .service(web::resource("/deliveries").route(web::get().to(list_deliveries)))
            .service(web::resource("/deliveries/{id}").route(web::get().to(get_delivery)))
            .service(web::resource("/deliveries/{id}/replay").route(web::post().to(replay_delivery)))
            .service(web::resource("/callbacks").route(web::get().to(list_callbacks)))
            .service(web::resource("/readiness").route(web::get().to(readiness))),
    );
}

async fn list_calls(rooms: Data<Rooms>, who: Caller, query: Query<calls::Query>) -> Answer {
    Ok(shown(&calls::list(&rooms.house, &who.0, &query).await?))
}

async fn get_call(rooms: Data<Rooms>, who: Caller, id: Path<String>) -> Answer {
    Ok(shown(&calls::get(&rooms.house, &who.0, &id).await?))
}

async fn tell_call(rooms: Data<Rooms>, who: Caller, id: Path<String>) -> Answer {
    Ok(shown(&timeline::of_call(&rooms.house, &who.0, &id).await?))
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

/// Which company is looked at; all that the caller sees, where none is named.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Looked {
    company: Option<String>,
}

async fn readiness(rooms: Data<Rooms>, who: Caller, query: Query<Looked>) -> Answer {
    let look = readiness::Look { company: query.company.as_deref(), ..readiness::Look::default() };
    Ok(shown(&readiness::check(&rooms.house, &rooms.site, &who.0, look).await?))
}

async fn list_deliveries(rooms: Data<Rooms>, who: Caller, query: Query<deliveries::Query>) -> Answer {
    Ok(shown(&deliveries::list(&rooms.house, &who.0, &query).await?))
}

async fn get_delivery(rooms: Data<Rooms>, who: Caller, id: Path<String>) -> Answer {
    Ok(shown(&deliveries::get(&rooms.house, &who.0, &id).await?))
}

async fn replay_delivery(rooms: Data<Rooms>, who: Caller, id: Path<String>) -> Answer {
    Ok(shown(&replay::again(&rooms, &who.0, &id).await?))
}

fn shown(view: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().json(view)
}
