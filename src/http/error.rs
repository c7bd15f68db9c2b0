//! Refusals in words: problem documents (RFC 9457) for people and programs, `{"error":…}` at Retell's doors.

use actix_web::error::{JsonPayloadError, QueryPayloadError};
use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::web::{JsonConfig, QueryConfig};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde_json::json;

use crate::operations;

/// The largest body of an administrator's request.
const JSON_MAX_BYTES: usize = 65_536;

/// A refusal as a problem document.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    detail: String,
    retry_after_s: Option<u64>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), retry_after_s: None }
    }

    /// Too often: after so many seconds it is worth trying again.
    pub(super) fn too_often(detail: &str, retry_after_s: u64) -> Self {
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, detail);
        Self { retry_after_s: Some(retry_after_s), ..problem }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let title = self.status.canonical_reason().unwrap_or("Error");
        let mut answer = HttpResponse::build(self.status);
        if self.status == StatusCode::UNAUTHORIZED {
            answer.insert_header(("WWW-Authenticate", "Bearer"));
        }
        if let Some(seconds) = self.retry_after_s {
            answer.insert_header((RETRY_AFTER, seconds));
        }
        answer.content_type("application/problem+json").body(
            json!({"type": "about:blank", "title": title, "status": self.status.as_u16(), "detail": self.detail})
                .to_string(),
        )
    }
}

impl From<operations::Error> for Problem {
    fn from(error: operations::Error) -> Self {
        use operations::Error as Why;
        let status = match &error {
            Why::Forbidden => StatusCode::FORBIDDEN,
            Why::NotFound(_) => StatusCode::NOT_FOUND,
            Why::Invalid(_) => StatusCode::BAD_REQUEST,
            Why::Conflict(_) | Why::Taken { .. } => StatusCode::CONFLICT,
            Why::Gone(_) => StatusCode::GONE,
            Why::NoAnswer | Why::CalendarAway => StatusCode::SERVICE_UNAVAILABLE,
            Why::Store(source) => {
                tracing::error!(error = source as &dyn std::error::Error, "a request failed at the books");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        Self::new(status, error.to_string())
    }
}

/// Query strings that cannot be read are named as such.
pub(super) fn query() -> QueryConfig {
    QueryConfig::default()
        .error_handler(|error, _| Problem::new(StatusCode::BAD_REQUEST, of_the_query(&error)).into())
}

/// Only what does not fit, without the words of the library before it.
fn of_the_query(error: &QueryPayloadError) -> String {
    if let QueryPayloadError::Deserialize(why) = error {
        return format!("the query cannot be read: {why}");
    }
    error.to_string()
}

/// The same of a body; where in it stands behind, for whoever wrote it by hand.
fn of_the_body(error: &JsonPayloadError) -> String {
    if let JsonPayloadError::Deserialize(why) = error {
        return format!("the body cannot be read: {why}");
    }
    error.to_string()
}

/// Bodies that cannot be read are named as such.
pub(super) fn json() -> JsonConfig {
    let handler = JsonConfig::default().content_type_required(false).limit(JSON_MAX_BYTES);
    handler.error_handler(|error, _| Problem::new(StatusCode::BAD_REQUEST, of_the_body(&error)).into())
}

/// Nothing is behind this path.
pub(super) async fn not_here(request: HttpRequest) -> HttpResponse {
    Problem::new(
        StatusCode::NOT_FOUND,
        format!("there is nothing at {} {}", request.method(), request.path()),
    )
    .error_response()
}

/// A refusal at one of Retell's doors.
pub(super) fn refusal(status: StatusCode, code: &str, message: &str) -> HttpResponse {
    HttpResponse::build(status).json(json!({"error": {"code": code, "message": message}}))
}

/// The same before a handler was reached, or with a time after which it is worth trying again.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    retry_after_s: Option<u64>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &'static str, message: &str) -> Self {
        Self { status, code, message: message.to_owned(), retry_after_s: None }
    }

    pub(super) fn after(self, retry_after_s: u64) -> Self {
        Self { retry_after_s: Some(retry_after_s), ..self }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = refusal(self.status, self.code, &self.message);
        if let Some(seconds) = self.retry_after_s {
            answer.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        answer
    }
}
