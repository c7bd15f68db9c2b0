//! The one style sheet, the one script and the sign of the house: from the binary, kept by browsers until they change.

use std::sync::LazyLock;

use actix_web::http::header::{ETAG, IF_NONE_MATCH};
use actix_web::web::{self, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest as _, Sha256};

use super::nothing;
use crate::http::error::Problem;

const FILES: [(&str, &str, &str); 3] = [
    ("desk.css", "text/css; charset=utf-8", include_str!("../../../templates/desk/desk.css")),
    ("desk.js", "text/javascript; charset=utf-8", include_str!("../../../templates/desk/desk.js")),
    ("fernamt.svg", "image/svg+xml", include_str!("../../../templates/desk/fernamt.svg")),
];

/// Changes with any of the files; pages ask for them by it, so that a new version is never dressed in an old one's style.
pub(super) static MARK: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    for (_, _, text) in FILES {
        digest.update(text);
    }
    hex::encode(digest.finalize()).chars().take(16).collect()
});

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/assets/{name}").route(web::get().to(file)));
}

async fn file(request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Problem> {
    let Some((_, kind, text)) = FILES.iter().find(|(own, _, _)| *own == name.as_str()) else {
        return nothing().await;
    };
    let mark = format!("\"{}\"", *MARK);
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut answer =
        if known == Some(mark.as_str()) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header((ETAG, mark)).insert_header(("Cache-Control", lasting(&request)));
    if known.is_some_and(|known| known.trim_matches('"') == MARK.as_str()) {
        return Ok(answer.finish());
    }
    Ok(answer.content_type(*kind).body(*text))
}

/// What is asked for by its mark never changes; without one it is asked for again each time.
fn lasting(request: &HttpRequest) -> &'static str {
    if request.query_string() == format!("v={}", *MARK) {
        "public, max-age=31536000, immutable"
    } else {
        "public, no-cache"
    }
}
