//! The interface described: `/openapi.json` for programs, `/docs` for people, from assets inside the binary.

use std::sync::{Arc, LazyLock};

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Path, ServiceConfig};
use utoipa_swagger_ui::{Config, serve};

use super::error::Problem;
use super::openapi;

/// Scripts and styles of our own alone; the page asks nobody but this server.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const PAGE: &str = include_str!("../../templates/docs.html");
/// No validator is asked: it would be somebody else's.
const START: &str =
    "SwaggerUIBundle({url: '/openapi.json', dom_id: '#interface', deepLinking: true, validatorUrl: null});\n";
/// What the page needs of Swagger UI.
const ASSETS: [&str; 2] = ["swagger-ui.css", "swagger-ui-bundle.js"];

static TEXT: LazyLock<String> = LazyLock::new(openapi::text);

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/openapi.json").route(web::get().to(description)))
        .service(web::resource("/docs").route(web::get().to(page)))
        .service(web::resource("/docs/{file}").route(web::get().to(asset)));
}

async fn description() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(TEXT.as_str())
}

async fn page() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("Content-Security-Policy", POLICY))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Referrer-Policy", "no-referrer"))
        .content_type("text/html; charset=utf-8")
        .body(PAGE)
}

async fn asset(file: Path<String>) -> Result<HttpResponse, Problem> {
    let mut answer = HttpResponse::Ok();
    answer.insert_header(("X-Content-Type-Options", "nosniff"));
    if *file == "start.js" {
        return Ok(answer.content_type("text/javascript; charset=utf-8").body(START));
    }
    let missing = || Problem::new(StatusCode::NOT_FOUND, "there is no such part of the page");
    if !ASSETS.contains(&file.as_str()) {
        return Err(missing());
    }
    let found = serve(&file, Arc::new(Config::from("/openapi.json"))).ok().flatten().ok_or_else(missing)?;
    if found.gzpipped {
        answer.insert_header(("Content-Encoding", "gzip"));
    }
    Ok(answer.content_type(found.content_type).body(found.bytes.into_owned()))
}
