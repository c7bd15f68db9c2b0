//! What the house is compared with: an actix-web server that verifies the signature, parses the body and does nothing else.

use std::path::Path;

use actix_web::web::{self, Bytes, Path as Segment};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use anyhow::Context as _;
use fernamt::clock::Clock;
use fernamt::retell::signature;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use crate::stage::KEY;

/// As which this program runs the bare server instead of measuring.
pub(crate) const COMMAND: &str = "bare";

/// As much of a function's body as any server would have to read.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "reading it is the work that is measured")]
struct Body {
    name: Option<String>,
    args: Value,
    call: Call,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "reading it is the work that is measured")]
struct Call {
    #[serde(rename = "call_id")]
    id: String,
    agent_id: Option<String>,
    from_number: Option<String>,
    to_number: Option<String>,
    start_timestamp: Option<i64>,
    transcript_with_tool_calls: Vec<Turn>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "reading it is the work that is measured")]
struct Turn {
    role: String,
    tool_call_id: Option<String>,
    name: Option<String>,
}

/// Serves until the process is ended.
pub(crate) async fn serve(port_file: &Path) -> anyhow::Result<()> {
    let key = SecretString::from(KEY);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::new(key.clone()))
            .app_data(web::PayloadConfig::new(8 << 20))
            .route("/readyz", web::get().to(HttpResponse::Ok))
            .route("/api/mcp/gateway/retell/functions/{function}", web::post().to(receive))
    })
    .workers(std::thread::available_parallelism()?.get())
    .bind("127.0.0.1:0")?;
    let address = server.addrs().first().copied().context("no address was bound")?;
    std::fs::write(port_file, address.to_string())?;
    Ok(server.run().await?)
}

async fn receive(
    key: web::Data<SecretString>,
    request: HttpRequest,
    _: Segment<String>,
    body: Bytes,
) -> HttpResponse {
    let header = request.headers().get(signature::HEADER).and_then(|value| value.to_str().ok());
    if signature::verify(&body, header, &[key.as_ref()], Clock::default().now()).is_err() {
        return HttpResponse::Unauthorized().finish();
    }
    match serde_json::from_slice::<Body>(&body) {
        Ok(_) => HttpResponse::Ok().content_type("application/json").body(r#"{"success":true}"#),
        Err(_) => HttpResponse::BadRequest().finish(),
    }
}
