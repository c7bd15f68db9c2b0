//! `fernamt sim`: a simulated Cal.com and Retell to set a company up against, and callers to ring it.

mod world;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use self::world::World;
use super::out;
use crate::sim::calcom::{self, Calcom, EventType};
use crate::sim::retell::{Account, Call, Rest, Ring, Settings, Workspace};

const HOUSE: &str = "http://127.0.0.1:8080";
const CALCOM: &str = "http://127.0.0.1:4010";
const RETELL: &str = "http://127.0.0.1:4011";
const CALCOM_KEY: &str = "cal_sim_key";
const RETELL_KEY: &str = "key_sim";
const AGENT: &str = "agent_3f7b1c9d2e8a4056b1c2d3e4f5";
const NUMBER: &str = "+493083793369";
/// One of the numbers that the German network agency keeps free for films.
const CALLER: &str = "+493023125777";

/// Try your own company's file: a simulated Cal.com and Retell, and a caller
#[derive(Debug, clap::Subcommand)]
pub(super) enum Sim {
    /// Start a simulated Cal.com and Retell and leave them running; prints addresses, keys and ids
    #[command(after_help = "Example: fernamt sim serve")]
    Serve {
        /// Port of the simulated Cal.com on loopback; 0 takes any
        #[arg(long, default_value_t = 4010)]
        calcom_port: u16,
        /// Port of the simulated Retell on loopback; 0 takes any
        #[arg(long, default_value_t = 4011)]
        retell_port: u16,
        /// Where the server under trial listens
        #[arg(long, default_value = HOUSE, value_name = "URL")]
        house: String,
        /// A company's file: numbers, agents, event types and hosts as it needs them; several may be given
        #[arg(long, value_name = "FILE")]
        company: Vec<PathBuf>,
    },
    /// Have the running simulated Cal.com fail, or work again
    #[command(after_help = "Example: fernamt sim outage on")]
    Outage {
        switch: Switch,
        /// Where the simulated Cal.com listens
        #[arg(long, default_value = CALCOM, value_name = "URL")]
        calcom: String,
    },
    /// Ring a running server as Retell would: ask for the next free time, say yes, hang up
    #[command(after_help = "Example: fernamt sim call --service Haarschnitt --name \"Paula Probe\"")]
    Call {
        /// The number that is called
        #[arg(long, default_value = NUMBER, value_name = "E164")]
        to: String,
        /// The branch that is wanted, where a hotline asks for it
        #[arg(long, value_name = "WORDS")]
        branch: Option<String>,
        /// What is wanted; default: the first service the branch lists
        #[arg(long, value_name = "WORDS")]
        service: Option<String>,
        /// Who calls
        #[arg(long, default_value = "Paula Probe")]
        name: String,
        /// The key that signs, as in the company's file
        #[arg(long, default_value = RETELL_KEY)]
        key: String,
        /// Where the server under trial listens
        #[arg(long, default_value = HOUSE, value_name = "URL")]
        house: String,
        /// Where the simulated Retell listens, which is told of the call
        #[arg(long, default_value = RETELL, value_name = "URL")]
        retell: String,
    },
}

/// Whether something is to be so.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum Switch {
    On,
    Off,
}

impl Sim {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Serve { calcom_port, retell_port, house, company } => {
                serve((calcom_port, retell_port), house.trim_end_matches('/'), &company).await
            }
            Self::Outage { switch, calcom } => outage(switch, &calcom).await,
            Self::Call { to, branch, service, name, key, house, retell } => {
                let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).build()?;
                let workspace = Workspace::new(Settings {
                    house_url: house.trim_end_matches('/').to_owned(),
                    key,
                    agent_id: AGENT.into(),
                    clock_offset: jiff::SignedDuration::ZERO,
                    http: http.clone(),
                    seed: fastrand::u64(..),
                });
                let call = workspace.ring(Ring { from: Some(CALLER), to: &to, ..Ring::default() });
                let retell = retell.trim_end_matches('/').to_owned();
                Telephone { call, branch, retell, http }.play(service, &name).await
            }
        }
    }
}

/// The world without a file: one number, one agent, two things to book.
fn usual(house: &str) -> World {
    let types = [(1001, "Haarschnitt", 30), (1011, "Farbe", 60)];
    let event_types = types.map(|(id, title, length_minutes)| EventType {
        title: title.into(),
        length_minutes,
        ..EventType::personal(id, 1)
    });
    let mut lines =
        types.map(|(id, title, minutes)| format!("  event type {id}: {title}, {minutes} minutes")).to_vec();
    lines.push(format!("  {NUMBER} is answered by {AGENT}, set up for a server at {house}"));
    World {
        calcom: calcom::Settings { event_types: event_types.to_vec(), ..calcom::Settings::with_hosts(1) },
        workspaces: [(RETELL_KEY.to_owned(), Account::default().with_receptionist(AGENT, NUMBER, house))]
            .into(),
        lines,
    }
}

async fn serve(
    (calcom_port, retell_port): (u16, u16),
    house: &str,
    companies: &[PathBuf],
) -> anyhow::Result<ExitCode> {
    let world = if companies.is_empty() { usual(house) } else { World::of(companies, house)? };
    let settings = calcom::Settings { port: calcom_port, ..world.calcom };
    let calcom =
        Calcom::start(settings).context("the simulated Cal.com cannot listen; try --calcom-port 0")?;
    let retell =
        Rest::start(retell_port).context("the simulated Retell cannot listen; try --retell-port 0")?;
    for (key, workspace) in world.workspaces {
        retell.open(&key, workspace);
    }
    let keys = |calcom: &str, retell: &str| {
        if companies.is_empty() {
            (format!("  key {calcom}"), format!("  key {retell}"))
        } else {
            ("  the keys of the files".to_owned(), "  the keys of the files".to_owned())
        }
    };
    let (calcom_key, retell_key) = keys(CALCOM_KEY, RETELL_KEY);
    out(&format!("simulated Cal.com  {}{calcom_key}", calcom.url()));
    out(&format!("simulated Retell   {}{retell_key}", retell.url()));
    for line in &world.lines {
        out(line);
    }
    if !companies.is_empty() {
        out("the files must name these addresses as base_url under [company.retell] and [company.calcom]");
    }
    out("press Ctrl-C to end");
    tokio::signal::ctrl_c().await?;
    retell.stop().await;
    calcom.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// Has the simulated Cal.com fail from now on, or work again.
async fn outage(switch: Switch, calcom: &str) -> anyhow::Result<ExitCode> {
    let (word, told) = match switch {
        Switch::On => ("on", "the simulated Cal.com fails from now on; fernamt sim outage off ends that"),
        Switch::Off => ("off", "the simulated Cal.com works again"),
    };
    let url = format!("{}/sim/outage/{word}", calcom.trim_end_matches('/'));
    let answer = reqwest::Client::new().post(url).send().await;
    let answer =
        answer.context("no simulated Cal.com answers there: start fernamt sim serve, or name --calcom")?;
    if !answer.status().is_success() {
        bail!("what answers there is no simulated Cal.com (status {})", answer.status().as_u16());
    }
    out(told);
    Ok(ExitCode::SUCCESS)
}

/// A call as it is heard.
struct Telephone {
    call: Call,
    /// Said with every function, where a hotline asks for it.
    branch: Option<String>,
    /// The simulated Retell that is told of the call, so that the server can look it up there.
    retell: String,
    http: reqwest::Client,
}

impl Telephone {
    async fn play(mut self, service: Option<String>, name: &str) -> anyhow::Result<ExitCode> {
        good(self.call.inbound().await.status)?;
        good(self.call.start().await)?;
        self.tell_retell().await;
        let talked = self.talk(service, name).await;
        // Whoever gives up hangs up, too: no call stays open.
        self.call.hang_up("user_hangup");
        self.tell_retell().await;
        good(self.call.ended().await)?;
        good(self.call.analyzed(json!({})).await)?;
        self.tell_retell().await;
        out(&format!("hung up; what came of it: fernamt call {}", self.call.id()));
        Ok(if talked? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Whether an appointment was promised.
    async fn talk(&mut self, service: Option<String>, name: &str) -> anyhow::Result<bool> {
        let listed = self.asks("list_services", json!({})).await?;
        let offered: Vec<&str> = listed["services"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| one["name"].as_str())
            .collect();
        let service = match (service, offered.first()) {
            (Some(service), _) => service,
            (None, Some(first)) => (*first).to_owned(),
            (None, None) if self.branch.is_none() => {
                bail!("no service is named there: a hotline needs --branch NAME; else see fernamt check")
            }
            (None, None) => bail!("no service is named there: see fernamt check"),
        };
        let free = self.asks("check_availability", json!({"dienstleistung": service})).await?;
        let slot = free["slots"][0]["slot_id"].clone();
        if slot.is_null() && free["status"] == "unknown_service" {
            bail!("there is no service \"{service}\": --service must be one of {}", offered.join(", "));
        }
        if slot.is_null() {
            bail!("no free time was named ({}): see what was said, and fernamt check", free["status"]);
        }
        let wish = json!({"slot_id": slot, "dienstleistung": service, "name": name});
        self.asks("collect_appointment", wish).await?;
        let promised = self.asks("collect_appointment", json!({"bestaetigung": true})).await?;
        Ok(["confirmed", "booked", "requested"].iter().any(|status| promised["status"] == *status))
    }

    /// The simulated Retell knows the call as it stands now; where none runs, nobody can look it up, and that is all.
    async fn tell_retell(&self) {
        let url = format!("{}/sim/calls/{}", self.retell, self.call.id());
        drop(self.http.post(url).json(&self.call.object()).send().await);
    }

    async fn asks(&mut self, function: &str, mut args: Value) -> anyhow::Result<Value> {
        if let Some(branch) = &self.branch {
            args["filiale"] = json!(branch);
        }
        let answer = self.call.invoke(function, args).await;
        good(answer.status)?;
        let word = |field: &str| answer.body[field].as_str().unwrap_or_default().to_owned();
        out(&format!("{function} → {}: {}", word("status"), word("message")));
        Ok(answer.body)
    }
}

/// What is no success ends the call, with the reason in words.
fn good(status: u16) -> anyhow::Result<()> {
    match status {
        200..=299 => Ok(()),
        0 => bail!("nobody answers there: start fernamt serve, or name its address with --house"),
        401 => bail!(
            "the server does not accept the signature: --key must be the company's webhook_key or api_key"
        ),
        404 => bail!(
            "the server knows no such number: --to must stand under phone_numbers in the company's file"
        ),
        status => bail!("the server answered with status {status}"),
    }
}
