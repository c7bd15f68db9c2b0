//! Composition: starts every room in order and stops them in reverse; the program and its tests come in here alike.

use std::fs::{File, TryLockError};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use actix_rt::{Arbiter, ArbiterHandle};
use actix_web::dev::ServerHandle;
use actix_web::middleware::{DefaultHeaders, NormalizePath, from_fn};
use actix_web::{App as WebApp, HttpServer};

use socket2::{Domain, Protocol, Socket, Type};

use crate::actors::enquiries::Enquiries;
use crate::actors::post::PostOffice;
use crate::actors::supervisor::{Falls, spawn, supervise};
use crate::actors::sweeper::Sweeper;
use crate::actors::switchboard::{Outside, Threads};
use crate::actors::{Switchboard, erasing, recovery};
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::http::{self, Rooms};
use crate::notify::{self, Courier};
use crate::operations::readiness::Site;
use crate::store::bell::Change;
use crate::{calcom, meters, retell, store};

/// How long a stop waits for requests that are being answered, in seconds; an answer takes four at most.
const ANSWERS_WAIT_S: u64 = 5;
/// How long it then waits for bookings that are under way, in seconds; what takes longer is parked in the books.
const BOOKINGS_WAIT_S: u64 = 12;
/// How long it waits at last for what is being read from and written to the books, in seconds.
const BOOKS_WAIT_S: u64 = 5;

/// Why the house could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Config(#[from] config::Error),
    #[error("the database could not be opened: {0}")]
    Store(#[from] store::Error),
    #[error("the client for Cal.com could not be made")]
    Calcom(#[from] calcom::Error),
    #[error("the client for Retell could not be made")]
    Retell(#[from] reqwest::Error),
    #[error(transparent)]
    Notify(#[from] notify::Error),
    #[error(
        "cannot listen on {address}: {source}; FERNAMT_LISTEN takes a free address such as 127.0.0.1:8080"
    )]
    Listen { address: String, source: std::io::Error },
    #[error("another server is running on {0}; one SQLite file serves one process, several take PostgreSQL")]
    InUse(PathBuf),
    #[error("the lock file {path} cannot be used")]
    Lock { path: PathBuf, source: std::io::Error },
}

/// A house that stands open.
#[derive(Debug)]
pub struct App {
    address: SocketAddr,
    house: Switchboard,
    server: ServerHandle,
    threads: Vec<Arbiter>,
    /// Held while the house stands open, let go by the system however the process ends.
    lock: Option<File>,
}

impl App {
    /// Opens the house: books, directory, actors, what was left unfinished, and last the doors.
    pub async fn start(config: &Config, clock: Clock) -> Result<Self, Error> {
        meters::start();
        let lock = lock(config)?;
        let (house, threads) = furnish(config, clock, config.threads).await?;
        let durability = house.store().durability().await?;
        tracing::info!(%durability, "the books are open: {durability}");
        let version = house.store().directory().version().await?;
        // Before anybody is let in, and before anything is taken up again.
        erasing::replay(&house).await?;
        // Whatever is open, however fresh: nobody else is working on it.
        let taken = recovery::take_up(&house, jiff::Timestamp::MAX).await?;
        tracing::info!(calls = taken.calls, bookings = taken.bookings, "taken up again after the last stop");
        let sweeper = house.clone();
        supervise(house.desk(), &Falls::default(), "sweeper".into(), move || Sweeper::new(sweeper, version));
        let asks = house.clone();
        supervise(house.desk(), &Falls::default(), "enquiries".into(), move || Enquiries::new(asks));
        let posts = house.clone();
        supervise(house.desk(), &Falls::default(), "post".into(), move || PostOffice::new(posts));
        make_room(config.limits.connections_max);
        let (server, address) = open_doors(config, &house)?;
        tracing::info!(%address, version = http::VERSION, "fernamt listens on http://{address}");
        Ok(Self { address, house, server, threads, lock })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn house(&self) -> &Switchboard {
        &self.house
    }

    /// Takes no new work, answers what is under way, leaves every booking made or safely in the books.
    pub async fn stop(self) {
        // Whoever listens to what changes would do so for ever.
        self.house.store().bell().ring(Change::Closing);
        self.server.stop(true).await;
        let calm = actix_rt::time::timeout(Duration::from_secs(BOOKINGS_WAIT_S), self.house.calm()).await;
        if calm.is_err() {
            tracing::warn!("a booking was still under way; it will be looked for at the next start");
        }
        self.house.close();
        // A thread that ends with the books in its hands would drop them where nobody can take them back.
        let closed = self.house.store().close();
        if actix_rt::time::timeout(Duration::from_secs(BOOKS_WAIT_S), closed).await.is_err() {
            tracing::warn!(
                "the books were still in use when the server stopped; what was not finished is undone"
            );
        }
        for thread in self.threads {
            thread.stop();
        }
        drop(self.lock);
    }
}

/// The house without its doors and without anything running by itself: for the command line beside a running server.
pub async fn visit(config: &Config, clock: Clock) -> Result<Switchboard, Error> {
    let (house, _) = furnish(config, clock, 1).await?;
    Ok(house)
}

/// What a check has to know of this installation.
pub fn site(config: &Config) -> Result<Site, Error> {
    let http = retell::http(&config.retell)?;
    let site = Site::new(
        config.public_url.clone(),
        config.master_key_file(),
        (http, config.retell.clone()),
        config.readiness.clone(),
    );
    // Port 0 is no address yet: the server says where it listens once it does.
    if !config.listen.ends_with(":0") {
        site.listens_at(&format!("http://{}", config.listen));
    }
    Ok(site)
}

/// One server a file: two would each take the other's bookings for left behind.
fn lock(config: &Config) -> Result<Option<File>, Error> {
    let Some(database) = config.store().sqlite_file() else { return Ok(None) };
    let path = database.with_added_extension("lock");
    let failed = |source| Error::Lock { path: path.clone(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(Error::InUse(database)),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

async fn furnish(
    config: &Config,
    clock: Clock,
    threads: usize,
) -> Result<(Switchboard, Vec<Arbiter>), Error> {
    let keyring = config.keyring()?;
    let (store, writer) = store::open(&config.store(), keyring, config.migrate).await?;
    let count = count_or_processors(threads);
    let arbiters: Vec<Arbiter> = (0..count + 2).map(|_| Arbiter::new()).collect();
    let handles: Vec<ArbiterHandle> = arbiters.iter().map(Arbiter::handle).collect();
    if let [books, desk, calls @ ..] = handles.as_slice() {
        spawn(books, writer.run());
        let threads = Threads { calls: calls.to_vec(), desk: desk.clone() };
        let settings = config.calcom();
        let calcom = (calcom::http(&settings)?, settings);
        let retell = (retell::http(&config.retell)?, config.retell.clone());
        let courier = Courier::new(&config.notify())?;
        let outside = Outside { calcom, retell, courier };
        let house = Switchboard::new(store, clock, config.actors(), outside, threads);
        house.publish(house.store().directory().load().await?);
        return Ok((house, arbiters));
    }
    Err(Error::Store(store::Error::Closed))
}

/// Asks the system for as many open files as connections may need, and some for everything else.
fn make_room(connections_max: usize) {
    let wanted = u64::try_from(connections_max).unwrap_or(u64::MAX).saturating_add(1_024);
    match rlimit::increase_nofile_limit(wanted) {
        Ok(files) if files >= wanted => {}
        Ok(files) => tracing::warn!(
            files,
            "the system allows {files} open files, too few for limits.connections_max: raise it (ulimit -n)"
        ),
        Err(error) => tracing::warn!(%error, "the limit of open files could not be raised"),
    }
}

fn open_doors(config: &Config, house: &Switchboard) -> Result<(ServerHandle, SocketAddr), Error> {
    let listen = |source| Error::Listen { address: config.listen.clone(), source };
    let site = Arc::new(site(config)?);
    let settings = http::All { web: &config.web, limits: &config.limits, sign_in: &config.sign_in };
    let rooms = Rooms::new(house.clone(), settings, site.clone());
    let (limits, greeter, routes) = (&config.limits, rooms.greeter(), http::routes(rooms));
    let workers = count_or_processors(config.threads);
    let listeners = listeners(&config.listen, limits.backlog_max).map_err(listen)?;
    let no_address = || std::io::Error::other("no address was bound");
    let address = listeners.first().ok_or_else(no_address).map_err(listen)?.local_addr().map_err(listen)?;
    let doors = listeners.iter().map(TcpListener::try_clone).collect::<Result<_, _>>().map_err(listen)?;
    greeter.stand_before(doors, house.desk().clone());
    let server = HttpServer::new(move || {
        let version = DefaultHeaders::new().add(("X-Fernamt-Version", http::VERSION));
        WebApp::new()
            .wrap(from_fn(http::gate))
            .wrap(version)
            .wrap(NormalizePath::trim())
            .wrap(from_fn(http::watch))
            .configure(routes.clone())
    })
    .workers(workers)
    .max_connections((limits.connections_max / workers).max(1))
    .client_request_timeout(Duration::from_millis(limits.head_wait_ms))
    .keep_alive(Duration::from_millis(limits.keep_alive_ms))
    .tcp_nodelay(true)
    .on_connect(move |connection, data| greeter.greet(connection, data))
    .shutdown_timeout(ANSWERS_WAIT_S)
    .disable_signals();
    let server = listeners.into_iter().try_fold(server, HttpServer::listen).map_err(listen)?;
    site.listens_at(&format!("http://{address}"));
    let server = server.run();
    let handle = server.handle();
    spawn_server(server);
    Ok((handle, address))
}

/// Everything the address stands for, listened to; an error only where nothing could be bound.
fn listeners(address: &str, backlog_max: u32) -> std::io::Result<Vec<TcpListener>> {
    let bind = |address: SocketAddr| {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        // Whatever the last process left behind on the port does not keep the next one waiting.
        #[cfg(not(windows))]
        socket.set_reuse_address(true)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(i32::try_from(backlog_max).unwrap_or(i32::MAX))?;
        Ok(TcpListener::from(socket))
    };
    let (bound, failed): (Vec<_>, Vec<std::io::Result<TcpListener>>) =
        address.to_socket_addrs()?.map(bind).partition(Result::is_ok);
    match failed.into_iter().next() {
        Some(Err(error)) if bound.is_empty() => Err(error),
        _ => bound.into_iter().collect(),
    }
}

#[expect(clippy::disallowed_methods, reason = "the web server is the one thing that runs on the main thread")]
fn spawn_server(server: actix_web::dev::Server) {
    actix_rt::spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(error = &error as &dyn std::error::Error, "the web server ended");
        }
    });
}

fn count_or_processors(count: usize) -> usize {
    if count > 0 { count } else { thread::available_parallelism().map_or(2, std::num::NonZero::get) }
}
