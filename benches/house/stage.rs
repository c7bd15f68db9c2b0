//! The servers that are measured, each a process of its own: the house as it ships, and the bare handler beside it.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use fernamt::sim::calcom::{self, Calcom};
use fernamt::sim::retell::{self, Workspace};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement};
use tempfile::TempDir;

use crate::bare;
use crate::measure;

pub(crate) const KEY: &str = "key_bench_salon";
pub(crate) const NUMBER: &str = "+493083793369";
/// Calendars of the company, one service each.
pub(crate) const CALENDARS: u16 = 20;

const PROGRAM: &str = env!("CARGO_BIN_EXE_fernamt");
/// A server that does not listen within this time is broken.
const START_MAX: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(1);
/// What the log says when the books are kept as a promise needs them.
const DURABLE: &str = "synchronous=FULL";

/// The house's settings where they differ from the defaults: the limits of one company and call are not what is measured.
const SETTINGS: &str = r#"
listen = "127.0.0.1:0"
[calls]
calls_max = 200000
[limits]
company_requests_per_minute = 0
call_requests_per_minute = 0
"#;

/// A server process that listens; ended when dropped.
#[derive(Debug)]
pub(crate) struct Served {
    child: Child,
    pub(crate) address: String,
}

impl Served {
    /// Starts it and waits until it has written its address.
    pub(crate) async fn start(mut command: Command, port_file: &Path) -> anyhow::Result<Self> {
        if port_file.exists() {
            fs::remove_file(port_file)?;
        }
        let child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().context("it does not start")?;
        let mut served = Self { child, address: String::new() };
        let began = measure::now();
        while served.address.is_empty() {
            if let Some(status) = served.child.try_wait()? {
                bail!("a server ended at its start: {status}");
            }
            ensure!(began.elapsed() < START_MAX, "a server does not listen");
            actix_rt::time::sleep(LOOK).await;
            served.address = fs::read_to_string(port_file).unwrap_or_default();
        }
        Ok(served)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A workspace whose calls go there.
    pub(crate) fn workspace(&self) -> anyhow::Result<Workspace> {
        Ok(Workspace::new(retell::Settings {
            house_url: self.url(),
            key: KEY.into(),
            agent_id: "agent_bench".into(),
            clock_offset: jiff::SignedDuration::ZERO,
            http: reqwest::Client::builder().timeout(Duration::from_mins(1)).build()?,
            seed: 1,
        }))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        drop(self.child.kill().and_then(|()| self.child.wait()));
    }
}

/// A folder with books and settings, in which the house can be started as often as wanted.
#[derive(Debug)]
pub(crate) struct Premises {
    folder: TempDir,
    pub(crate) calcom: Calcom,
}

impl Premises {
    /// Books on the disk that holds the build, with one company of many calendars at a simulated Cal.com.
    pub(crate) fn furnish() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let settings = calcom::Settings::with_hosts(CALENDARS);
        let calcom = Calcom::start(calcom::Settings { requests_per_minute: None, ..settings })?;
        let premises = Self { folder, calcom };
        fs::write(premises.path("fernamt.toml"), SETTINGS)?;
        fs::write(premises.path("salon.toml"), company(&premises.calcom.url())?)?;
        let applied = premises.program().args(["apply", "salon.toml"]).output()?;
        ensure!(applied.status.success(), "apply: {}", String::from_utf8_lossy(&applied.stderr));
        Ok(premises)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn program(&self) -> Command {
        let mut command = Command::new(PROGRAM);
        let database = format!("sqlite://{}?mode=rwc", self.path("fernamt.db").display());
        command.current_dir(self.folder.path()).env_clear().env("FERNAMT_DATABASE_URL", database);
        command
    }

    /// The house, opened; fails where its books are not as durable as they have to be.
    pub(crate) async fn open(&self) -> anyhow::Result<Served> {
        let (port_file, log) = (self.path("port"), self.path("log"));
        let mut command = self.program();
        command.args(["serve", "--port-file"]).arg(&port_file).stderr(File::create(&log)?);
        let served = Served::start(command, &port_file).await?;
        ensure!(fs::read_to_string(&log)?.contains(DURABLE), "the house does not say {DURABLE}");
        Ok(served)
    }

    /// The bare handler, started from this very program.
    pub(crate) async fn open_bare(&self) -> anyhow::Result<Served> {
        let port_file = self.path("bare-port");
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(bare::COMMAND).arg(&port_file);
        Served::start(command, &port_file).await
    }

    /// A reader of the house's books, beside the house.
    pub(crate) async fn books(&self) -> anyhow::Result<DatabaseConnection> {
        let url = format!("sqlite://{}?mode=ro", self.path("fernamt.db").display());
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        Ok(Database::connect(options).await?)
    }
}

/// One number out of the books.
pub(crate) async fn count(books: &DatabaseConnection, sql: &str) -> anyhow::Result<u64> {
    let row = books.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
    let count: i64 = row.context("a count has a row")?.try_get_by_index(0)?;
    Ok(count.try_into()?)
}

fn company(calcom_url: &str) -> anyhow::Result<String> {
    let mut text = format!(
        r#"
[company]
slug = "salon-messwert"
name = "Salon Messwert"
[company.retell]
api_key = "{KEY}"
base_url = "http://127.0.0.1:9"
[company.calcom]
api_key = "cal_sim_key"
base_url = "{calcom_url}"
attendee_email_domain = "anrufer.salon-messwert.example"
requests_per_minute = 100000
[[branch]]
slug = "mitte"
name = "Salon Messwert Mitte"
phone_numbers = ["{NUMBER}"]
retell_agent_id = "agent_bench"
hours = "mon-fri 09:00-18:00"
"#
    );
    for n in 1..=CALENDARS {
        let (name, event_type) = (service(n), 1000 + n);
        text += "[[branch.service]]\nduration_minutes = 30\n";
        for (key, value) in
            [("slug", format!("leistung-{n}")), ("name", name), ("calendar", format!("kalender-{n}"))]
        {
            writeln!(text, "{key} = \"{value}\"")?;
        }
        writeln!(text, "event_type_id = {event_type}")?;
    }
    Ok(text)
}

/// What a calendar's service is called; two letters, so that none is part of another.
pub(crate) fn service(calendar: u16) -> String {
    let letter = |n: u16| char::from(b'a' + u8::try_from(n % 26).unwrap_or_default());
    format!("Behandlung {}{}", letter(calendar).to_ascii_uppercase(), letter(calendar * 7))
}
