//! A Cal.com for tests and demos: the API of the vendor's documents on a loopback socket, with dials and a ledger.

mod availability;
mod books;
mod catalogue;
mod dials;
mod door;
mod engine;
mod hooks;
mod ledger;
mod limits;
mod notices;
mod orders;
mod post;
mod present;
mod reads;
mod reservations;
mod routes;
mod settings;
mod slots;
#[cfg(test)]
mod tests;
mod validate;
mod wire;
mod writes;

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use actix_rt::{Arbiter, ArbiterHandle, System};
use actix_web::dev::ServerHandle;
use jiff::Timestamp;

pub use books::{Attendee, Booking, Status};
pub use dials::{Dials, Glitch, Mishap, Write};
pub use ledger::{Delivery, Ledger, Request};
pub use post::{Fate, sign};
pub use settings::{ApiKey, Block, EventType, Host, Kind, Settings};

use door::Connections;
use engine::Engine;

/// A running simulated Cal.com; every clone is the same one.
#[derive(Clone, Debug)]
pub struct Calcom {
    engine: Arc<Engine>,
    connections: Arc<Connections>,
    /// A thread of its own: whoever started it may be busy and is served all the same.
    thread: ArbiterHandle,
    server: Arc<Mutex<Option<ServerHandle>>>,
    port: u16,
}

impl Calcom {
    /// Listens on a loopback port; must be called inside an actix System, and fails where the port is taken.
    pub fn start(settings: Settings) -> io::Result<Self> {
        let wanted = settings.port;
        let engine = Arc::new(Engine::new(settings));
        let connections = Arc::new(Connections::default());
        if System::try_current().is_none() {
            return Err(io::Error::other("no actix system is running here"));
        }
        let thread = Arbiter::new().handle();
        let (server, port) = door::open(&engine, &connections, &thread, wanted)?;
        post::open(&engine, &thread);
        Ok(Self { engine, connections, thread, server: Arc::new(Mutex::new(Some(server))), port })
    }

    /// The base address, without `/v2`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The simulated present.
    pub fn now(&self) -> Timestamp {
        self.engine.now()
    }

    /// What is stored and what was asked.
    pub fn ledger(&self) -> Ledger {
        Ledger::new(Arc::clone(&self.engine))
    }

    /// What can be made to go wrong.
    pub fn dials(&self) -> Dials {
        Dials::new(Arc::clone(&self.engine))
    }

    /// Closes the socket and all connections: the next client is refused. The data stays.
    pub async fn go_down(&self) {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(server) = server {
            self.connections.close_all();
            server.stop(false).await;
            self.connections.close_all();
        }
    }

    /// Listens again on the same port with the same data; does nothing where it already listens.
    pub fn come_back(&self) -> io::Result<()> {
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        if server.is_none() {
            let (handle, _) = door::open(&self.engine, &self.connections, &self.thread, self.port)?;
            *server = Some(handle);
        }
        Ok(())
    }

    /// Ends the server for good; the ledger can still be read.
    pub async fn stop(&self) {
        self.go_down().await;
    }
}
