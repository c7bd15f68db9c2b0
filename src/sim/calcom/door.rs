//! The socket: opens it, turns requests into asks, writes answers, and drops connections when told to.

use std::any::Any;
use std::io;
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use actix_rt::{Arbiter, ArbiterHandle};
use actix_web::dev::{Extensions, ServerHandle};
use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use tokio::sync::oneshot;

use super::engine::Engine;
use super::ledger::Request;
use super::routes::{self, Ask, Outcome, Route};
use crate::sim::time;

const BODY_MAX: usize = 1024 * 1024;

/// The open connections, so that an outage can close them all.
#[derive(Debug, Default)]
pub(super) struct Connections {
    open: Mutex<Vec<Weak<TcpStream>>>,
}

impl Connections {
    pub(super) fn close_all(&self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for stream in open.drain(..).filter_map(|stream| stream.upgrade()) {
            hang_up(&stream);
        }
    }

    fn remember(&self, stream: &Arc<TcpStream>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|stream| stream.strong_count() > 0);
        open.push(Arc::downgrade(stream));
    }
}

/// Listens and serves; answers the handle and the port.
pub(super) fn open(
    engine: &Arc<Engine>,
    connections: &Arc<Connections>,
    thread: &ArbiterHandle,
    port: u16,
) -> io::Result<(ServerHandle, u16)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    let port = listener.local_addr()?.port();
    let engine = Arc::clone(engine);
    let connections = Arc::clone(connections);
    let server = HttpServer::new(move || {
        let engine = Arc::clone(&engine);
        App::new().app_data(web::PayloadConfig::new(BODY_MAX)).default_service(web::to(
            move |request: HttpRequest, body: web::Bytes| serve(Arc::clone(&engine), request, body),
        ))
    })
    .on_connect(move |connection, extensions| keep_a_hand_on(connection, extensions, &connections))
    .workers(1)
    .disable_signals()
    .shutdown_timeout(0)
    .listen(listener)?
    .run();
    let handle = server.handle();
    let is_running = thread.spawn(async move {
        // An accept loop that failed shows itself as a refused connection in the test.
        drop(server.await);
    });
    if is_running { Ok((handle, port)) } else { Err(io::Error::other("the arbiter has stopped")) }
}

/// A second descriptor of the same connection, through which it can be shut without an answer.
fn keep_a_hand_on(connection: &dyn Any, extensions: &mut Extensions, connections: &Connections) {
    let Some(stream) = connection.downcast_ref::<actix_rt::net::TcpStream>() else { return };
    let Ok(copy) = stream.as_fd().try_clone_to_owned() else { return };
    let copy = Arc::new(TcpStream::from(copy));
    connections.remember(&copy);
    extensions.insert(copy);
}

/// The work runs apart from the connection: a client that hangs up does not stop Cal.com.
async fn serve(engine: Arc<Engine>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let ask = ask_of(&request, &body);
    let (sender, receiver) = oneshot::channel();
    let is_running = Arbiter::current().spawn(async move {
        // Nobody is left to tell when the client has gone.
        drop(sender.send(logged(&engine, &ask).await));
    });
    let outcome = if is_running { receiver.await.unwrap_or(Outcome::Cut) } else { Outcome::Cut };
    match outcome {
        Outcome::Cut => {
            if let Some(stream) = request.conn_data::<Arc<TcpStream>>() {
                hang_up(stream);
            }
            HttpResponse::InternalServerError().force_close().finish()
        }
        Outcome::Answer { status, body, verdict, request_id } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut response = HttpResponse::build(status);
            response.insert_header(("X-Request-Id", request_id));
            if let Some(verdict) = verdict {
                response.insert_header(("X-RateLimit-Limit-Default", verdict.limit.to_string()));
                response.insert_header(("X-RateLimit-Remaining-Default", verdict.remaining.to_string()));
                response.insert_header(("X-RateLimit-Reset-Default", verdict.reset_s.to_string()));
            }
            response.json(body)
        }
    }
}

/// A request's line in the log: closed with what came of it, and also where an outage takes the request away.
struct Line<'a> {
    engine: &'a Engine,
    at: usize,
    started: std::time::Instant,
    status: Option<u16>,
}

impl<'a> Line<'a> {
    fn open(engine: &'a Engine, ask: &Ask, route: &Route) -> Self {
        let (started, mut log) = (time::instant(), engine.log());
        log.requests.push(Request {
            at: engine.now(),
            method: ask.method.clone(),
            path: ask.path.clone(),
            query: ask.query.clone(),
            route: route.label(),
            status: None,
            took_ms: None,
        });
        Self { engine, at: log.requests.len() - 1, started, status: None }
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        if let Some(line) = self.engine.log().requests.get_mut(self.at) {
            line.took_ms = Some(time::elapsed_ms(self.started));
            line.status = self.status;
        }
    }
}

async fn logged(engine: &Engine, ask: &Ask) -> Outcome {
    let route = Route::of(ask);
    let mut line = Line::open(engine, ask, &route);
    let outcome = routes::answer(engine, ask, &route).await;
    if let Outcome::Answer { status, .. } = &outcome {
        line.status = Some(*status);
    }
    outcome
}

fn ask_of(request: &HttpRequest, body: &web::Bytes) -> Ask {
    let header =
        |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let bearer = header(AUTHORIZATION.as_str())
        .and_then(|value| value.strip_prefix("Bearer ").map(|key| key.trim().to_owned()));
    Ask {
        method: request.method().to_string(),
        path: request.path().to_owned(),
        query: request.query_string().to_owned(),
        version: header("cal-api-version").unwrap_or_default(),
        bearer,
        body: body.to_vec(),
    }
}

fn hang_up(stream: &TcpStream) {
    // A connection the client has already closed cannot be closed again, which is as good.
    drop(stream.shutdown(Shutdown::Both));
}
