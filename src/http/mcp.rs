//! The door for models: the Model Context Protocol over streamable HTTP, behind the same tokens and limits as the rest.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpMessage as _, ResponseError as _};
use reqwest::Url;
use rmcp_actix_web::transport::{LocalSessionManager, StreamableHttpService, on_request_extensions};

use super::Rooms;
use super::auth::{bearer, no_token, recognise};
use super::error::Problem;
use crate::rpc::mcp::Server;
use crate::rpc::{Ask, BODY_MAX_BYTES};

/// Names that always mean this machine.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// Hangs the door. Each request stands alone, so that any node may answer it and nothing is kept between two.
pub(super) fn routes(config: &mut ServiceConfig, rooms: &Rooms) {
    let service = StreamableHttpService::builder()
        .service_factory(Arc::new(|| {
            Ok(Server::new(|extensions| on_request_extensions(extensions)?.get().cloned()))
        }))
        .session_manager(Arc::new(LocalSessionManager::default()))
        .stateful_mode(false)
        .json_response(true)
        .max_request_body_bytes(BODY_MAX_BYTES)
        .allowed_hosts(hosts(Some(rooms.site.public_url()).filter(|url| !url.is_empty())))
        .on_request_fn(|request, extensions| {
            if let Some(ask) = request.extensions().get::<Ask>() {
                extensions.insert(ask.clone());
            }
        })
        .build();
    config.service(web::scope("/mcp").wrap(from_fn(vouched)).service(service.scope()));
}

/// Whoever comes by another name than these was led here by somebody else's page. An address that stands for all of this
/// machine's names, without one that others know it by, says nothing: there the token alone counts.
fn hosts(public_url: Option<&str>) -> Vec<String> {
    let url = public_url.and_then(|url| Url::parse(url).ok());
    let Some(host) = url.as_ref().and_then(|url| url.host_str()) else { return Vec::new() };
    let host = host.trim_matches(['[', ']']);
    if host.parse().is_ok_and(|address: IpAddr| address.is_unspecified()) {
        return Vec::new();
    }
    LOOPBACK.into_iter().chain([host]).map(str::to_owned).collect()
}

/// Lets in whoever shows a token, and puts into the request who that is.
async fn vouched<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    if request.method() != Method::POST {
        let problem =
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "there is no stream to open here: send POST");
        let mut answer = problem.error_response();
        answer.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        return Ok(request.into_response(answer).map_into_right_body());
    }
    match ask_of(&request).await {
        Ok(ask) => {
            request.extensions_mut().insert(ask);
            Ok(next.call(request).await?.map_into_left_body())
        }
        Err(problem) => Ok(request.into_response(problem.error_response()).map_into_right_body()),
    }
}

async fn ask_of(request: &ServiceRequest) -> Result<Ask, Problem> {
    let rooms = request.app_data::<Data<Rooms>>().ok_or_else(no_token)?;
    let token = bearer(request.request()).ok_or_else(no_token)?;
    let who = recognise(rooms, request.request(), &token).await?.ok_or_else(no_token)?;
    Ok(rooms.ask(who))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_house_that_others_know_by_a_name_is_reached_by_that_and_from_its_own_machine() {
        assert_eq!(
            hosts(Some("https://amt.example:8443/x")),
            ["localhost", "127.0.0.1", "::1", "amt.example"]
        );
        assert_eq!(hosts(Some("http://[2001:db8::7]:80")).last().unwrap(), "2001:db8::7");
        assert_eq!(hosts(Some("http://0.0.0.0:8080")), Vec::<String>::new());
        assert_eq!(hosts(Some("http://[::]:8080")), Vec::<String>::new());
        assert_eq!(hosts(None), Vec::<String>::new());
    }
}
