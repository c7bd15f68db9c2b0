//! The gateway's doors: JSON-RPC by POST, its description, and how the services behind it stand.

use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data, PayloadConfig, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::Rooms;
use super::auth::{Caller, bearer, caller};
use super::error::Problem;
use super::limit::{Over, seconds};
use super::session;
use crate::operations::Principal;
use crate::operations::health::{self, Standing};
use crate::rpc::envelope::Letter;
use crate::rpc::{self, Ask, BODY_MAX_BYTES, openrpc};

pub(super) fn routes(config: &mut ServiceConfig) {
    let gateway = web::resource("/api/mcp/gateway").app_data(PayloadConfig::new(BODY_MAX_BYTES));
    config
        .service(gateway.route(web::post().to(receive)))
        .service(web::resource("/api/mcp/gateway/methods").route(web::get().to(methods)))
        .service(
            web::resource("/api/mcp/gateway/health")
                .route(web::get().to(stands))
                .route(web::head().to(stands)),
        );
}

/// What came is answered with 200, whatever comes of it; 204 where nothing is to be answered.
async fn receive(
    rooms: Data<Rooms>,
    request: HttpRequest,
    who: Caller,
    body: Result<Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let body = body.map_err(|error| unread(&error))?;
    let letter = Letter::read(&body);
    if let Some(token) = bearer(&request).or_else(|| session::text(&rooms, &request)) {
        rooms.limits.more(&token, letter.entries().saturating_sub(1)).map_err(too_many)?;
    }
    Ok(match rpc::answer(&rooms.ask(who.0), letter).await {
        Some(answer) => HttpResponse::Ok().json(answer),
        None => HttpResponse::NoContent().finish(),
    })
}

async fn methods(who: Caller) -> HttpResponse {
    HttpResponse::Ok().json(openrpc::document(who.0.role))
}

/// How the services stand; with a token, each account whose breaker it may see.
async fn stands(rooms: Data<Rooms>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let who = caller(&rooms, &request).await?;
    let health = health::look(&rooms.house, who.as_ref()).await;
    let mut answer = match health.status {
        Standing::Down => HttpResponse::ServiceUnavailable(),
        Standing::Ok | Standing::Unknown | Standing::Degraded => HttpResponse::Ok(),
    };
    Ok(answer.json(health))
}

/// None of them was asked, and none counts.
fn too_many(over: Over) -> Problem {
    match over {
        Over::For(wait) => Problem::too_often(
            "the batch holds more questions than this token may ask by now; none was answered",
            seconds(wait),
        ),
        Over::Ever(most) => {
            let detail = format!("this token may ask {most} questions a minute: send smaller batches");
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
        }
    }
}

fn unread(error: &actix_web::Error) -> Problem {
    match error.as_response_error().status_code() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let detail = format!("the body may hold {BODY_MAX_BYTES} bytes at most");
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
        }
        status => Problem::new(status, error.to_string()),
    }
}

impl Rooms {
    /// What somebody may use who asks a method.
    pub(super) fn ask(&self, who: Principal) -> Ask {
        Ask { house: self.house.clone(), site: self.site.clone(), who }
    }
}
