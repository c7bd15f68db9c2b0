//! `GET /metrics`: how the house stands in numbers, in the text format of Prometheus.

use std::net::IpAddr;

use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{FromRequest as _, HttpRequest, HttpResponse, ResponseError as _};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::Rooms;
use super::auth::Caller;
use super::error::Problem;
use crate::actors::Switchboard;
use crate::clock::{Clock, Stopwatch};
use crate::meters::{self, Figures};
use crate::operations::{Error, Role, figures};

/// The text format, as Prometheus asks for it.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// Headers by which a request shows that it came through a proxy.
const BY_PROXY: [&str; 4] = ["x-forwarded-for", "forwarded", "x-real-ip", "via"];

/// Who may read the metrics: they name companies and calendars, and say how much business each has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Readers {
    /// Everybody who reaches the listener.
    Open,
    /// Whoever comes directly from this machine or a private network; all others with a token.
    Local,
    /// Only with the token of a platform administrator.
    Token,
    /// Nobody.
    Off,
}

/// How long what was read from the books is told again: whoever asks all the time does not keep them busy.
const FIGURES_LIFE_MS: u64 = 1_000;

/// How long a reading may take before the last one is told again.
const READING_MAX: std::time::Duration = std::time::Duration::from_secs(3);

/// What was read last; who asks at the same moment waits for the same reading.
#[derive(Default)]
pub(super) struct Scrapes(Mutex<Option<(Stopwatch, Figures)>>);

impl Scrapes {
    async fn figures(&self, house: &Switchboard) -> Result<Figures, Error> {
        let mut last = self.0.lock().await;
        if let Some((_, figures)) = last.as_ref().filter(|(watch, _)| watch.elapsed_ms() < FIGURES_LIFE_MS) {
            return Ok(figures.clone());
        }
        let reading = tokio::time::timeout(READING_MAX, figures::read(house, super::VERSION)).await;
        let figures = match (reading, last.as_ref()) {
            (Ok(figures), _) => figures?,
            // An actor that does not answer is a reason to look at the rest, not to see nothing.
            (Err(_), Some((_, figures))) => return Ok(figures.clone()),
            (Err(_), None) => return Err(Error::NoAnswer),
        };
        *last = Some((Clock::stopwatch(), figures.clone()));
        Ok(figures)
    }
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/metrics").route(web::get().to(show)));
}

async fn show(rooms: Data<Rooms>, request: HttpRequest) -> HttpResponse {
    let may_read = match rooms.readers {
        Readers::Open => true,
        Readers::Local => is_local(&request),
        Readers::Token => false,
        Readers::Off => return super::error::not_here(request).await,
    };
    if !may_read && let Err(problem) = with_token(&request).await {
        return problem.error_response();
    }
    match rooms.scrapes.figures(&rooms.house).await {
        Ok(figures) => HttpResponse::Ok().content_type(TEXT).body(meters::render(&figures)),
        Err(error) => Problem::from(error).error_response(),
    }
}

/// The numbers are about all tenants.
async fn with_token(request: &HttpRequest) -> Result<(), Problem> {
    let Caller(who) = Caller::from_request(request, &mut actix_web::dev::Payload::None).await?;
    if who.role == Role::PlatformAdmin { Ok(()) } else { Err(Error::Forbidden.into()) }
}

/// Whether a request comes from near by and not on behalf of somebody else.
fn is_local(request: &HttpRequest) -> bool {
    let by_proxy = BY_PROXY.iter().any(|name| request.headers().contains_key(*name));
    !by_proxy && request.peer_addr().is_some_and(|peer| is_private(peer.ip()))
}

fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(four) => four.is_loopback() || four.is_private(),
        IpAddr::V6(six) => six.is_loopback() || six.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn from(peer: &str) -> TestRequest {
        TestRequest::default().peer_addr(peer.parse().unwrap())
    }

    #[test]
    fn near_by_is_who_comes_from_here_and_for_nobody_else() {
        for near in ["127.0.0.1:1", "[::1]:1", "10.1.2.3:1", "192.168.0.7:1", "[::ffff:172.16.0.1]:1"] {
            assert!(is_local(&from(near).to_http_request()), "{near}");
        }
        for far in ["192.0.2.7:1", "[2001:db8::1]:1"] {
            assert!(!is_local(&from(far).to_http_request()), "{far}");
        }
        let proxied = from("127.0.0.1:1").insert_header(("X-Forwarded-For", "127.0.0.1"));
        assert!(!is_local(&proxied.to_http_request()), "a proxy speaks for others, whoever it says they are");
    }
}
