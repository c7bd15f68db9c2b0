//! `fernamt sim`: a simulated Cal.com and Retell to set a company up against, and callers to ring it.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};

use super::out;
use crate::sim::calcom::{self, Calcom, EventType};
use crate::sim::retell::{Account, Call, Rest, Ring, Settings, Workspace};

const HOUSE: &str = "http://127.0.0.1:8080";
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
    },
    /// Ring a running server as Retell would: ask for the next free time, say yes, hang up
    #[command(after_help = "Example: fernamt sim call --service Haarschnitt --name \"Paula Probe\"")]
    Call {
        /// The number that is called
        #[arg(long, default_value = NUMBER, value_name = "E164")]
        to: String,
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
    },
}

impl Sim {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Serve { calcom_port, retell_port, house } => {
                serve(calcom_port, retell_port, house.trim_end_matches('/')).await
            }
            Self::Call { to, service, name, key, house } => {
                let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).build()?;
                let workspace = Workspace::new(Settings {
                    house_url: house.trim_end_matches('/').to_owned(),
                    key,
                    agent_id: AGENT.into(),
                    clock_offset: jiff::SignedDuration::ZERO,
                    http,
                    seed: fastrand::u64(..),
                });
                let call = workspace.ring(Ring { from: Some(CALLER), to: &to, ..Ring::default() });
                Telephone { call }.play(service, &name).await
            }
        }
    }
}

async fn serve(calcom_port: u16, retell_port: u16, house: &str) -> anyhow::Result<ExitCode> {
    let types = [(1001, "Haarschnitt", 30), (1011, "Farbe", 60)];
    let settings = calcom::Settings { port: calcom_port, ..calcom::Settings::with_hosts(1) };
    let event_types = types.map(|(id, title, length_minutes)| EventType {
        title: title.into(),
        length_minutes,
        ..EventType::personal(id, 1)
    });
    let settings = calcom::Settings { event_types: event_types.to_vec(), ..settings };
    let calcom =
        Calcom::start(settings).context("the simulated Cal.com cannot listen; try --calcom-port 0")?;
    let retell =
        Rest::start(retell_port).context("the simulated Retell cannot listen; try --retell-port 0")?;
    retell.open(RETELL_KEY, Account::default().with_receptionist(AGENT, NUMBER, house));
    out(&format!("simulated Cal.com  {}  key {CALCOM_KEY}", calcom.url()));
    for (id, title, minutes) in types {
        out(&format!("  event type {id}: {title}, {minutes} minutes"));
    }
    out(&format!("simulated Retell   {}  key {RETELL_KEY}", retell.url()));
    out(&format!("  {NUMBER} is answered by {AGENT}, set up for a server at {house}"));
    out("press Ctrl-C to end");
    tokio::signal::ctrl_c().await?;
    retell.stop().await;
    calcom.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// A call as it is heard.
struct Telephone {
    call: Call,
}

impl Telephone {
    async fn play(mut self, service: Option<String>, name: &str) -> anyhow::Result<ExitCode> {
        good(self.call.inbound().await.status)?;
        good(self.call.start().await)?;
        let listed = self.asks("list_services", json!({})).await?;
        let first = listed["services"][0]["name"].as_str().map(str::to_owned);
        let service = service.or(first).context("nothing is offered there: see fernamt check")?;
        let free = self.asks("check_availability", json!({"dienstleistung": service})).await?;
        let slot = free["slots"][0]["slot_id"].clone();
        if slot.is_null() {
            bail!("nothing is free: see fernamt check");
        }
        let wish = json!({"slot_id": slot, "dienstleistung": service, "name": name});
        self.asks("collect_appointment", wish).await?;
        let promised = self.asks("collect_appointment", json!({"bestaetigung": true})).await?;
        self.call.hang_up("user_hangup");
        good(self.call.ended().await)?;
        good(self.call.analyzed(json!({})).await)?;
        out(&format!("hung up; what came of it: fernamt call {}", self.call.id()));
        let is_promised = promised["status"] == "confirmed";
        Ok(if is_promised { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    async fn asks(&mut self, function: &str, args: Value) -> anyhow::Result<Value> {
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
