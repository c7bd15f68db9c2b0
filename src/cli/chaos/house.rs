//! The house on trial: this very program as a process of its own, which is killed and started again on the same books.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::clock::Clock;

/// What takes minutes outside takes seconds here; what depends on the machine (answers, reads) does not shrink as far.
const SETTINGS: &str = r"
threads = 2
[calls]
sweep_every_ms = 150
stuck_after_ms = 3000
analysis_wait_ms = 1500
repeat_window_ms = 200
[calcom]
connect_timeout_ms = 500
read_timeout_ms = 500
write_timeout_ms = 800
slots_life_ms = 500
look_after_ms = [60, 150, 400, 900, 1800]
look_again_ms = 1000
quiet_horizon_ms = 3000
retry_first_ms = 50
retry_longest_ms = 400
give_up_after_ms = 60000
breaker_cool_down_ms = 300
";
/// Newer settings, as variables: one that this version does not know is only named in the log.
const VARIABLES: [(&str, &str); 12] = [
    ("CALCOM__WATCH_AFTER_MS", "1500,4000,9000"),
    ("CALLS__SILENT_AFTER_MS", "5000"),
    ("CALLS__ASK_FIRST_MS", "500"),
    ("CALLS__ASK_LONGEST_MS", "2000"),
    ("CALLS__UNREPORTED_AFTER_MS", "60000"),
    ("BACKFILL__EVERY_MS", "1500"),
    ("BACKFILL__OVERLAP_MS", "10000"),
    ("BACKFILL__BEHIND_MS", "2000"),
    ("BACKFILL__CALLS_MAX", "200"),
    ("RETELL__REQUESTS_PER_SECOND_MAX", "50"),
    ("RETELL__READ_TIMEOUT_MS", "2000"),
    ("CALCOM__COMPARE_EVERY_MS", "1000"),
];
const STARTS_MAX: usize = 5;
const START_MAX_MS: u64 = 30_000;
const LOOK: Duration = Duration::from_millis(5);

/// A process, or the place where one was.
#[derive(Debug)]
pub(super) struct House {
    folder: PathBuf,
    address: String,
    child: Option<Child>,
}

impl House {
    /// The times of these settings by which mishaps are measured.
    pub(super) fn rules() -> crate::sim::chaos::Rules {
        crate::sim::chaos::Rules { write_timeout_ms: 800, quiet_horizon_ms: 3_000 }
    }

    /// Books with one company in them; the token is a platform administrator's.
    pub(super) fn furnish(folder: &Path, company: &str, log: &str) -> anyhow::Result<(Self, String)> {
        let database = folder.join("fernamt.db");
        let settings = format!(
            "log = \"{log}\"\ndatabase_url = \"sqlite://{}?mode=rwc\"\n{SETTINGS}",
            database.display()
        );
        fs::write(folder.join("fernamt.toml"), settings)?;
        fs::write(folder.join("salon.toml"), company)?;
        let house = Self { folder: folder.to_owned(), address: "127.0.0.1:0".into(), child: None };
        house.run(&["apply", "salon.toml"])?;
        let said = house.run(&["token", "create", "--role", "platform_admin"])?;
        let token = said.lines().rfind(|line| !line.is_empty()).unwrap_or_default().to_owned();
        Ok((house, token))
    }

    /// Where it listens, whether or not it lives; known after the first start.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Starts it where it is dead, on the address and the books it had before.
    pub(super) async fn start(&mut self) -> anyhow::Result<()> {
        for _ in 0..STARTS_MAX {
            let port_file = self.folder.join("port");
            // One that was started a moment ago may live and not listen yet.
            if self.is_alive() && self.address_in(&port_file).await.is_some() {
                return Ok(());
            }
            self.kill();
            // At the first start there is none.
            drop(fs::remove_file(&port_file));
            let log = OpenOptions::new().create(true).append(true).open(self.log_file())?;
            let mut command = self.program()?;
            command.env("FERNAMT_LISTEN", &self.address).args(["serve", "--port-file"]).arg(&port_file);
            self.child = Some(command.stdout(Stdio::null()).stderr(log).spawn()?);
            if let Some(address) = self.address_in(&port_file).await {
                self.address = address;
                return Ok(());
            }
            self.kill();
        }
        bail!("the house does not start any more; its last words are in {}", self.log_file().display())
    }

    /// Where it says it listens; nothing where it ended before it did.
    async fn address_in(&mut self, port_file: &Path) -> Option<String> {
        let watch = Clock::stopwatch();
        while self.is_alive() && !watch.left_of(START_MAX_MS).is_zero() {
            let address = fs::read_to_string(port_file).unwrap_or_default();
            if !address.is_empty() {
                return Some(address);
            }
            actix_rt::time::sleep(LOOK).await;
        }
        None
    }

    /// As `kill -9` does it: nothing is finished, nothing is said.
    pub(super) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // One that has ended by itself cannot be killed, which is as dead.
            drop(child.kill());
            drop(child.wait());
        }
    }

    /// False where it was never started, was killed, or has fallen by itself.
    pub(super) fn is_alive(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    pub(super) fn log_file(&self) -> PathBuf {
        self.folder.join("house.log")
    }

    fn run(&self, args: &[&str]) -> anyhow::Result<String> {
        let output = self.program()?.args(args).stderr(Stdio::piped()).output()?;
        if !output.status.success() {
            bail!("fernamt {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr));
        }
        String::from_utf8(output.stdout).context("the program speaks no UTF-8")
    }

    /// Whatever the environment sets is not on trial here.
    fn program(&self) -> anyhow::Result<Command> {
        let mut command = Command::new(std::env::current_exe().context("this program cannot be found")?);
        command.current_dir(&self.folder).env_clear().stdin(Stdio::null()).stdout(Stdio::piped());
        command.envs(VARIABLES.map(|(name, value)| (format!("FERNAMT_{name}"), value)));
        Ok(command)
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.kill();
    }
}
