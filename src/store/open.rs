//! Opening the books: SQLite in a file by default, PostgreSQL when the url says so; migrations at start.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement};
use serde::{Deserialize, Serialize};

use super::bell::Bell;
use super::secrets::Keyring;
use super::{Error, Store, Writer, begin};
use super::{exchanges, journal};

/// The advisory lock of whoever migrates on PostgreSQL: "fernamt" in bytes.
const MIGRATING: i64 = 0x66_65_72_6e_61_6d_74;

const CONNECT_TRIES_MAX: u32 = 50;
const CONNECT_PAUSE: Duration = Duration::from_millis(100);

/// Settings of the `[database]` table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `sqlite://…` or `postgres://…`.
    pub url: String,
    /// Connections for reading (SQLite), for everything (PostgreSQL).
    pub connections_max: u32,
    /// Waiting appends before the journal says it is full.
    pub journal_waiting_max: usize,
    /// Appends that share one transaction at most.
    pub journal_batch_max: usize,
    /// How long a question waits for a connection, or for SQLite's lock, in milliseconds.
    pub wait_max_ms: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            url: "sqlite://fernamt.db?mode=rwc".into(),
            connections_max: 4,
            journal_waiting_max: 4_096,
            journal_batch_max: 256,
            wait_max_ms: 10_000,
        }
    }
}

impl Settings {
    pub fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    fn wait_max(&self) -> Duration {
        Duration::from_millis(self.wait_max_ms)
    }

    /// The file of an SQLite database, if it is one.
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let path = self.url.strip_prefix("sqlite://").or_else(|| self.url.strip_prefix("sqlite:"))?;
        let path = path.split('?').next().unwrap_or(path);
        (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
    }
}

/// Opens the books; the writer has to be run by the caller, or no append is ever acknowledged.
pub async fn open(settings: &Settings, keyring: Keyring, migrate: bool) -> Result<(Store, Writer), Error> {
    let write =
        if settings.is_sqlite() { sqlite_writer(settings).await? } else { postgres(settings).await? };
    if migrate {
        bring_up(&write).await?;
    } else if !Migrator::get_pending_migrations_read_only(&write).await?.is_empty() {
        return Err(Error::OldSchema);
    }
    let read = if settings.is_sqlite() { sqlite_readers(settings).await? } else { write.clone() };
    let (notes, exchanges) = exchanges::pair(write.clone());
    let bell = Bell::default();
    let outlets = (exchanges, bell.clone());
    let (journal, writer) = journal::pair(write.clone(), outlets, settings, keyring.clone());
    Ok((Store { write, read, keyring, journal, notes, bell }, writer))
}

/// Migrates in one transaction: a crash leaves no half schema, and of nodes that start together one does the work.
async fn bring_up(write: &DatabaseConnection) -> Result<(), Error> {
    let tx = begin(write).await?;
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATING})")).await?;
    }
    Migrator::up(&tx, None).await?;
    tx.commit().await?;
    Ok(())
}

async fn sqlite_writer(settings: &Settings) -> Result<DatabaseConnection, Error> {
    if settings.sqlite_file().is_none() {
        return Err(Error::Url(format!(
            "{}: name a file, for example sqlite://fernamt.db?mode=rwc",
            settings.url
        )));
    }
    if let Some(file) = settings.sqlite_file().filter(|_| settings.url.contains("mode=rwc")) {
        make_private(&file).map_err(|error| Error::Url(format!("{}: {error}", file.display())))?;
    }
    let mut options = ConnectOptions::new(&settings.url);
    // SQLite has one writer at a time anyway; one connection queues here instead of failing there.
    options.max_connections(1).min_connections(1).sqlx_logging(false).test_before_acquire(false);
    let wait_max = settings.wait_max();
    options.acquire_timeout(wait_max);
    options.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(wait_max)
            .foreign_keys(true)
            // What is deleted is overwritten, and is in no byte of the file any more.
            .pragma("secure_delete", "ON")
    });
    connect_in_turn(options).await
}

/// What the writing connection says about its commits: `journal_mode=wal synchronous=FULL`.
pub(super) async fn durability(write: &DatabaseConnection) -> Result<String, DbErr> {
    let ask = async |sql: &str| {
        let row = write.query_one_raw(Statement::from_string(write.get_database_backend(), sql)).await?;
        row.ok_or_else(|| DbErr::RecordNotFound(sql.to_owned()))
    };
    if write.get_database_backend() == DbBackend::Postgres {
        let commit: String = ask("SHOW synchronous_commit").await?.try_get_by_index(0)?;
        return Ok(format!("synchronous_commit={commit}"));
    }
    let mode: String = ask("PRAGMA journal_mode").await?.try_get_by_index(0)?;
    let level: i32 = ask("PRAGMA synchronous").await?.try_get_by_index(0)?;
    let level = match level {
        0 => "OFF",
        1 => "NORMAL",
        2 => "FULL",
        _ => "EXTRA",
    };
    Ok(format!("journal_mode={mode} synchronous={level}"))
}

/// Two processes that make a file at the same moment get in each other's way when it is switched to WAL, where SQLite's
/// own time-out does not help: the later one tries again.
async fn connect_in_turn(options: ConnectOptions) -> Result<DatabaseConnection, Error> {
    let mut tries = 0;
    loop {
        match Database::connect(options.clone()).await {
            Err(error) if tries < CONNECT_TRIES_MAX && error.to_string().contains("database is locked") => {
                tries += 1;
                tokio::time::sleep(CONNECT_PAUSE).await;
            }
            connected => return Ok(connected?),
        }
    }
}

async fn sqlite_readers(settings: &Settings) -> Result<DatabaseConnection, Error> {
    let mut options = ConnectOptions::new(&settings.url);
    options.max_connections(settings.connections_max.max(1)).sqlx_logging(false).test_before_acquire(false);
    let wait_max = settings.wait_max();
    options.acquire_timeout(wait_max);
    options.map_sqlx_sqlite_opts(move |sqlite| sqlite.read_only(true).busy_timeout(wait_max));
    Ok(Database::connect(options).await?)
}

async fn postgres(settings: &Settings) -> Result<DatabaseConnection, Error> {
    if !settings.url.starts_with("postgres") {
        return Err(Error::Url(format!("{}: expected sqlite://… or postgres://…", settings.url)));
    }
    let mut options = ConnectOptions::new(&settings.url);
    options.max_connections(settings.connections_max.max(2)).sqlx_logging(false);
    options.acquire_timeout(settings.wait_max()).connect_timeout(settings.wait_max());
    Ok(Database::connect(options).await?)
}

/// Makes the file, if it is not there, for its owner alone: names and numbers stand in it.
fn make_private(file: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(file).map(drop)
}
