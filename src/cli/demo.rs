//! `fernamt demo`: the whole system in one process against simulated Retell and Cal.com, with the proof that the books agree.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::desk::Desk;
use super::out;
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::operations::users::{self, NewUser};
use crate::operations::{Principal, Role, companies, tokens};
use crate::sim::calcom::{self, Calcom, EventType};
use crate::sim::retell::{self, Account, Rest, Workspace};
use crate::sim::scenario::{Company, Expected, Played, Stage, programme};
use crate::telemetry;

/// Try everything: temporary database, simulated Retell and Cal.com, scripted German phone calls
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fernamt demo --calls 40 --once")]
pub(super) struct Demo {
    /// About how many calls are played
    #[arg(long, default_value_t = 56, value_parser = clap::value_parser!(u16).range(1..=1000))]
    calls: u16,
    /// Where the dashboard listens
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDR")]
    listen: String,
    /// Exit after the calls; 0 only if the books agree
    #[arg(long)]
    once: bool,
    /// The same seed gives the same ids
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Waits are shortened so that an outage and its repair can be watched.
const SETTINGS: &str = r#"
log = "warn"
[calls]
sweep_every_ms = 500
[calcom]
retry_first_ms = 200
retry_longest_ms = 1000
breaker_cool_down_ms = 1000
look_after_ms = [200, 500, 1000, 2000]
look_again_ms = 2000
quiet_horizon_ms = 5000
watch_after_ms = [3000]
"#;
/// How long the demo waits for the last promise to be kept.
const PATIENCE_MS: u64 = 60_000;
const POLL: Duration = Duration::from_millis(200);
const CALCOM_KEY: &str = "cal_sim_key";
const PERSON: &str = "demo@fernamt.example";
/// Number, key and agent.
const SALON: (&str, &str, &str) = ("+493083793369", "key_demo_salon", "agent_demo_salon");
const WORKSHOP: (&str, &str, &str) = ("+494055566778", "key_demo_werkstatt", "agent_demo_werkstatt");

impl Demo {
    pub(super) async fn run(self, clock: Clock) -> anyhow::Result<ExitCode> {
        let folder = tempfile::tempdir().context("no temporary folder")?;
        let config = Config::with(&format!(
            "listen = \"{}\"\ndatabase_url = \"sqlite://{}?mode=rwc\"\n{SETTINGS}",
            self.listen,
            folder.path().join("demo.db").display(),
        ))?;
        telemetry::start(&config.log, config.log_format)?;
        let calcom =
            Calcom::start(world(self.seed)).context("the simulated Cal.com cannot listen on loopback")?;
        let app = App::start(&config, clock).await?;
        let retell = Rest::start(0).context("the simulated Retell cannot listen on loopback")?;
        for (number, key, agent) in [SALON, WORKSHOP] {
            retell.open(key, Account::default().with_receptionist(agent, number, &app.url()));
        }
        furnish(&app, clock, (&calcom.url(), &retell.url())).await?;
        let directory = app.house().directory();
        let named = (Role::PlatformAdmin, [].as_slice(), "demo");
        let (_, token) = tokens::create(app.house().store(), clock, &directory, named).await?;
        let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).build()?;
        let played = play(&self, &app, (&calcom, &retell), &http).await;
        let desk = Desk { http, url: app.url(), token };
        let agree = desk.report(&played, &calcom).await?;
        if !self.once {
            let password = person(&app, clock, &desk.token).await?;
            out(&format!("\ndashboard: {}/admin   user: {PERSON}   password: {password}", desk.url));
            if let Some(one) = played.first() {
                out("the story of any of these calls, from another terminal while this one stays open:");
                out(&format!("  {}", command_for(&config, &one.call_id)));
            }
            out("press Ctrl-C to end");
            tokio::signal::ctrl_c().await?;
        }
        app.stop().await;
        calcom.stop().await;
        Ok(if agree { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Somebody who may sign in at the demo's dashboard, with the token's own text as password: one secret is enough to copy.
async fn person(app: &App, clock: Clock, token: &str) -> anyhow::Result<String> {
    let (store, directory) = (app.house().store(), app.house().directory());
    let new = NewUser {
        email: PERSON.into(),
        role: Role::PlatformAdmin,
        companies: Vec::new(),
        password: token.into(),
    };
    users::create(store, clock, (&directory, &Principal::house()), new).await?;
    Ok(token.to_owned())
}

/// The command that tells a call's story from the demo's own books.
fn command_for(config: &Config, call_id: &str) -> String {
    let program = std::env::current_exe().ok();
    let program = program.map_or_else(|| "fernamt".to_owned(), |path| path.display().to_string());
    format!("FERNAMT_DATABASE_URL='{}' {program} call {call_id}", config.database_url)
}

/// Two hosts at the salon, one at the workshop who does two things.
fn world(seed: u64) -> calcom::Settings {
    let inspection = EventType { length_minutes: 60, ..EventType::personal(1013, 3) };
    calcom::Settings { requests_per_minute: None, seed, ..calcom::Settings::with_hosts(3).and(inspection) }
}

async fn furnish(app: &App, clock: Clock, (calcom_url, retell_url): (&str, &str)) -> anyhow::Result<()> {
    for text in [include_str!("demo/salon.toml"), include_str!("demo/werkstatt.toml")] {
        let text = text.replace("CALCOM_URL", calcom_url).replace("CALCOM_KEY", CALCOM_KEY);
        let text = text.replace("RETELL_URL", retell_url);
        let read = companies::read(&text).and_then(|plan| Ok((companies::keys(&plan, ".".as_ref())?, plan)));
        let (keys, plan) =
            read.map_err(|complaints| anyhow::anyhow!("demo company: {}", complaints.join("; ")))?;
        companies::apply(app.house().store(), clock, &plan, &keys, false).await?;
    }
    app.house().publish(app.house().store().directory().load().await?);
    Ok(())
}

async fn play(
    demo: &Demo,
    app: &App,
    (calcom, rest): (&Calcom, &Rest),
    http: &reqwest::Client,
) -> Vec<Played> {
    let workspace = |(key, agent): (&str, &str), seed: u64| {
        Workspace::new(retell::Settings {
            house_url: app.url(),
            key: key.into(),
            agent_id: agent.into(),
            clock_offset: jiff::SignedDuration::ZERO,
            http: http.clone(),
            seed,
        })
        .known_at(rest)
    };
    let company = |(number, key, agent), (service, synonym), event_type, seed| Company {
        retell: workspace((key, agent), seed),
        number,
        service,
        synonym,
        event_type,
    };
    let stage = Stage {
        calcom: calcom.clone(),
        companies: vec![
            company(SALON, ("Haarschnitt", "Haare schneiden"), 1001, demo.seed),
            company(WORKSHOP, ("Reifenwechsel", "Reifen wechseln"), 1003, demo.seed.wrapping_add(1)),
        ],
        now: calcom.now(),
    };
    out(&format!("house {}   simulated Cal.com {}", app.url(), calcom.url()));
    let stories = programme(demo.calls.into());
    let mut played = Vec::new();
    for (n, story) in stories.iter().enumerate() {
        out(&format!("story {:>3} of {}: {}", n + 1, stories.len(), story.name()));
        played.extend(story.play(&stage, n).await);
    }
    played
}

impl Desk {
    /// Waits until nothing is under way, prints what happened to each call, and compares the books with the calendar.
    async fn report(&self, played: &[Played], calcom: &Calcom) -> anyhow::Result<bool> {
        let bookings = self.settled_bookings().await?;
        let callbacks = self.all("callbacks").await?;
        let calls = self.all("calls").await?;
        let mut wrong = Vec::new();
        out(&format!("\n{:34} {:44} {:11} {:10} result", "call", "story", "expected", "outcome"));
        for one in played {
            let call = calls.iter().find(|call| call["retell_call_id"] == one.call_id.as_str());
            let found = call.map_or(Expected::Unknown, |call| found(call, &bookings, &callbacks));
            let fits = found == one.expected && one.surprise.is_none();
            let outcome = call.and_then(|call| call["outcome"].as_str()).unwrap_or("–");
            let mark = if fits { "ok" } else { "WRONG" };
            let expected = format!("{:?}", one.expected);
            out(&format!("{:34} {:44} {expected:11} {outcome:10} {mark}", one.call_id, one.story));
            if call.is_some() {
                out(&format!("    {}", self.why(&one.call_id).await?));
            }
            if !fits {
                let surprise = one.surprise.as_deref().unwrap_or("the books say otherwise");
                wrong.push(format!("{} ({}): {found:?}; {surprise}", one.call_id, one.story));
            }
        }
        wrong.extend(compare(&bookings, calcom));
        for line in &wrong {
            out(&format!("disagreement: {line}"));
        }
        out(&verdict(played, &bookings, &callbacks, calcom, wrong.is_empty()));
        Ok(wrong.is_empty())
    }

    async fn settled_bookings(&self) -> anyhow::Result<Vec<Value>> {
        let watch = Clock::stopwatch();
        loop {
            let bookings = self.all("bookings").await?;
            let is_open =
                |booking: &Value| matches!(booking["state"].as_str(), Some("waiting" | "sent" | "unsure"));
            if !bookings.iter().any(is_open) {
                return Ok(bookings);
            }
            if watch.left_of(PATIENCE_MS).is_zero() {
                bail!("after {} s a booking is still under way", PATIENCE_MS / 1_000);
            }
            actix_rt::time::sleep(POLL).await;
        }
    }
}

fn found(call: &Value, bookings: &[Value], callbacks: &[Value]) -> Expected {
    let of_call = |row: &&Value| row["call_id"] == call["id"];
    match bookings.iter().filter(of_call).filter(|booking| booking["state"] == "booked").count() {
        0 if callbacks.iter().any(|callback| of_call(&callback) && callback["state"] != "done") => {
            Expected::Callback
        }
        0 => Expected::Nothing,
        1 => Expected::Booked,
        _ => Expected::BookedTwice,
    }
}

/// What stands in our books and not in the calendar, or there and not here, or twice, or over another.
fn compare(bookings: &[Value], calcom: &Calcom) -> Vec<String> {
    let ledger = calcom.ledger();
    let there: BTreeMap<String, String> = ledger
        .live_bookings()
        .into_iter()
        .filter_map(|row| Some((row.metadata.get("fernamt_booking")?.clone(), row.uid)))
        .collect();
    let mut wrong = Vec::new();
    for booking in bookings.iter().filter(|booking| booking["state"] == "booked") {
        let id = booking["id"].as_str().unwrap_or_default();
        if there.get(id).map(String::as_str) != booking["calcom_uid"].as_str() {
            wrong.push(format!("booking {id} is in our books and not in the calendar"));
        }
    }
    for id in there.keys() {
        if !bookings.iter().any(|booking| booking["id"] == id.as_str() && booking["state"] == "booked") {
            wrong.push(format!("booking {id} is in the calendar and not in our books"));
        }
    }
    let twice = ledger.live_bookings_per_intent().into_iter().filter(|(_, count)| *count > 1);
    wrong.extend(twice.map(|(id, count)| format!("booking {id} stands {count} times")));
    wrong.extend(ledger.overlaps().iter().map(|(one, two)| format!("{} and {} overlap", one.id, two.id)));
    wrong
}

fn verdict(
    played: &[Played],
    bookings: &[Value],
    callbacks: &[Value],
    calcom: &Calcom,
    agree: bool,
) -> String {
    let promised = bookings.len();
    let standing = calcom.ledger().live_bookings().len();
    let items = callbacks.len();
    let said = if agree { "books agree" } else { "books DISAGREE" };
    let calls = played.len();
    format!(
        "\n{said}: {calls} calls, {promised} promises, {standing} appointments in the calendar, {items} callback items"
    )
}
