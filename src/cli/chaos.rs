//! `fernamt chaos`: the house as a process that is killed again and again while everything round it goes wrong.

mod house;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::Value;

use super::desk::Desk;
use super::out;
use crate::clock::Clock;
use crate::sim::calcom::{self, Calcom, EventType, Kind};
use crate::sim::chaos::judge::{self, Booking, Call, Callback, Case, Finding, Heard, Verdict, Word};
use crate::sim::chaos::{self, Plan, Played, Stage, Tally};
use crate::sim::retell::{self, Account, Rest, Workspace};
use house::House;

/// Try the promises: callers, crashes and a calendar that does everything wrong, and a judge at the end
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: fernamt chaos --calls 2000 --seed 7\n\nExit code 0 only with 0 duplicates, 0 lost, 0 false sentences and 0 changes unnoticed. The same seed makes the same decisions; when exactly a process dies between two of them, no seed can say."
)]
pub(super) struct Chaos {
    /// How many calls are played
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    calls: u32,
    /// Where the decisions come from; default: a new one, which is printed
    #[arg(long)]
    seed: Option<u64>,
    /// Calls at a time
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=500))]
    at_once: u16,
    /// What the house writes to its log
    #[arg(long, default_value = "warn,fernamt=info", value_name = "FILTER")]
    log: String,
}

const NUMBER: &str = "+493083793369";
const KEY: &str = "key_chaos_salon";
const AGENT: &str = "agent_chaos";
const SECRET: &str = "whsec_chaos_invented";
/// How long the last promise may take to be kept once nothing goes wrong any more; where the verdict has not changed for so
/// long, it will not; and how often that is looked at.
const PATIENCE_MS: u64 = 120_000;
const UNCHANGED_MS: u64 = 25_000;
const LOOK: Duration = Duration::from_secs(1);
/// What is clean has to stay so for a while: a late commit or a second look may still come.
const STAYS_CLEAN_MS: u64 = 3_000;

impl Chaos {
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let seed = self.seed.unwrap_or_else(|| fastrand::u64(1..1_000_000));
        let watch = Clock::stopwatch();
        let folder = tempfile::tempdir().context("no temporary folder")?;
        let calcom = Calcom::start(world(seed)).context("the simulated Cal.com cannot listen on loopback")?;
        let rest = Rest::start(0).context("the simulated Retell cannot listen on loopback")?;
        let company = include_str!("chaos/salon.toml").replace("CALCOM_URL", &calcom.url());
        let company = company.replace("RETELL_URL", &rest.url());
        let (mut house, token) = House::furnish(folder.path(), &company, &self.log)?;
        house.start().await?;
        rest.open(KEY, Account::default().with_receptionist(AGENT, NUMBER, &house.url()));
        let hook = format!("{}/api/webhooks/calcom/salon-morgenrot", house.url());
        calcom.dials().subscribe(&hook, SECRET);
        let http = reqwest::Client::builder().timeout(Duration::from_secs(8)).build()?;
        let mut stage = self.stage(seed, &calcom, &house, &http);
        stage.retell = stage.retell.known_at(&rest);
        out(&format!("chaos: seed {seed}, {} calls, house {}", self.calls, house.url()));
        chaos::prepare(&stage, &House::rules());
        let played = self.storm(&stage, &mut house).await?;
        let desk = Desk { http, url: house.url(), token };
        let (case, verdict) = aftermath(&stage, &mut house, &desk, played).await?;
        report(&stage, &desk, &verdict).await;
        out(&summary(&case, &verdict));
        out(&format!("took {} s", watch.elapsed_ms() / 1_000));
        let fell = stage.tally.get(FELL);
        if verdict.is_clean() && fell == 0 {
            return Ok(ExitCode::SUCCESS);
        }
        house.kill();
        let kept = folder.keep();
        out(&format!("books and log of the house are kept in {}", kept.display()));
        out(&format!("the same decisions again: fernamt chaos --calls {} --seed {seed}", self.calls));
        Ok(ExitCode::FAILURE)
    }

    fn stage(&self, seed: u64, calcom: &Calcom, house: &House, http: &reqwest::Client) -> Stage {
        let retell = Workspace::new(retell::Settings {
            house_url: house.url(),
            key: KEY.into(),
            agent_id: AGENT.into(),
            clock_offset: jiff::SignedDuration::ZERO,
            http: http.clone(),
            seed,
        });
        let plan = Plan { seed, calls: self.calls as usize };
        let (calcom, now, tally) = (calcom.clone(), calcom.now(), Tally::default());
        Stage { plan, calcom, retell, number: NUMBER, now, tally }
    }

    /// All calls, so many at a time, while the house is killed and Cal.com does what the plan has it do.
    async fn storm(&self, stage: &Stage, house: &mut House) -> anyhow::Result<Vec<Played>> {
        let calls = stream::iter((0..stage.plan.calls).map(|number| stage.play(number)));
        let mut calls = calls.buffer_unordered(self.at_once.into());
        let all = async {
            let mut played = Vec::new();
            while let Some(one) = calls.next().await {
                played.push(one);
                say_how_far(stage, played.len());
            }
            played
        };
        tokio::select! {
            played = all => Ok(played),
            failed = killer(stage, house) => Err(failed),
            () = chaos::weather(stage) => anyhow::bail!("the weather has ended"),
            () = chaos::visitors(stage) => anyhow::bail!("the visitors have gone"),
            () = chaos::people(stage) => anyhow::bail!("the people have gone"),
        }
    }
}

const KILLS: &str = "kills of the house";
const FELL: &str = "times the house fell by itself";

/// Three who work alone, two who take turns, and one who has to be asked.
fn world(seed: u64) -> calcom::Settings {
    let hosts = calcom::Settings::with_hosts(7);
    calcom::Settings { requests_per_minute: None, slots_stale_ms: 50, seed, ..hosts }
        .and(EventType::team(1021, Kind::RoundRobin, &[5, 6]))
        .and(EventType { kind: Kind::RequiresConfirmation, ..EventType::personal(1031, 7) })
}

/// Ten times in a run.
fn say_how_far(stage: &Stage, played: usize) {
    let calls = stage.plan.calls;
    if played.is_multiple_of((calls / 10).max(1)) {
        out(&format!("{played:>6} of {calls} calls, {} kills", stage.tally.get(KILLS)));
    }
}

/// How long a start takes where there is nothing else to do.
const USUAL_START: Duration = Duration::from_millis(800);

/// Kills the house and starts it again, and again; ends only where it does not start any more.
async fn killer(stage: &Stage, house: &mut House) -> anyhow::Error {
    // A machine with much else to do needs as much longer for everything as for a start: its house lives longer too.
    let mut pace = 1.0_f64;
    for kill in stage.plan.kills() {
        actix_rt::time::sleep(Duration::from_millis(kill.after_ms).mul_f64(pace)).await;
        let what = if house.is_alive() { KILLS } else { FELL };
        stage.tally.add(what, 1);
        house.kill();
        actix_rt::time::sleep(Duration::from_millis(kill.down_ms)).await;
        let watch = Clock::stopwatch();
        if let Err(error) = house.start().await {
            return error;
        }
        pace = Duration::from_millis(watch.elapsed_ms()).div_duration_f64(USUAL_START).max(1.0);
    }
    anyhow::anyhow!("there are no kills left")
}

/// Calm, everything sent once more, calm again, and the verdict.
async fn aftermath(
    stage: &Stage,
    house: &mut House,
    desk: &Desk,
    played: Vec<Played>,
) -> anyhow::Result<(Case, Verdict)> {
    house.start().await?;
    chaos::calm(stage).await;
    let (mut heard, mut shelves) = (Vec::new(), Vec::new());
    for one in played {
        heard.push(one.heard);
        shelves.extend(one.shelf);
    }
    let (case, verdict) = settle(stage, desk, &heard).await?;
    if !verdict.is_clean() {
        return Ok((case, verdict));
    }
    out("all promises kept; now old webhooks and functions come once more");
    let before = standing(desk).await?;
    for shelf in shelves {
        heard.extend(shelf.replay(&stage.tally).await);
    }
    if !house.is_alive() {
        stage.tally.add(FELL, 1);
    }
    let (case, mut verdict) = settle(stage, desk, &heard).await?;
    let changed = judge::changed(&before, &standing(desk).await?);
    verdict.false_sentences.extend(changed);
    Ok((case, verdict))
}

/// Alerts that come with time and with the line to Cal.com, whatever is delivered again.
const OF_TIME: [&str; 4] = ["breaker_open", "breaker_misconfigured", "breaker_closed", "callback_overdue"];

/// What may not change by a replay: each row by its list and id, in words, and the call it belongs to.
async fn standing(desk: &Desk) -> anyhow::Result<BTreeMap<String, Finding>> {
    let lists = [
        ("calls", "id", ["phase", "outcome", "ended_at", "disconnection_reason"].as_slice()),
        ("bookings", "call_id", &["state", "start", "calcom_uid"]),
        ("callbacks", "call_id", &["state", "due", "reason", "wish"]),
        ("alerts", "call_id", &["kind", "subject"]),
    ];
    let mut standing = BTreeMap::new();
    for (list, call, fields) in lists {
        let rows = desk.all(list).await?;
        for row in rows.iter().filter(|row| !row["kind"].as_str().is_some_and(|kind| OF_TIME.contains(&kind)))
        {
            let what = fields.iter().map(|field| format!("{field} {}", row[*field]));
            let what = what.collect::<Vec<_>>().join(", ");
            let call = row[call].as_str().unwrap_or("unknown call").to_owned();
            standing.insert(format!("{list} {}", row["id"]), Finding { call, what });
        }
    }
    Ok(standing)
}

/// Waits until the judge has nothing to say and for a while nothing new, or until patience ends; then the judge has the word.
async fn settle(stage: &Stage, desk: &Desk, heard: &[Heard]) -> anyhow::Result<(Case, Verdict)> {
    let watch = Clock::stopwatch();
    let (mut last, mut since) = (None, 0);
    loop {
        let case = case(stage, desk, heard).await?;
        let verdict = judge::judge(&case);
        let elapsed = watch.elapsed_ms();
        let is_over = stage.calcom.ledger().writes_under_way() == 0;
        if last.as_ref() != Some(&verdict) || !is_over {
            (last, since) = (Some(verdict.clone()), elapsed);
        }
        let enough = if verdict.is_clean() { STAYS_CLEAN_MS } else { UNCHANGED_MS };
        if elapsed - since >= enough || watch.left_of(PATIENCE_MS).is_zero() {
            return Ok((case, verdict));
        }
        actix_rt::time::sleep(LOOK).await;
    }
}

/// What the callers heard, what the house has in its books and what stands at Cal.com.
async fn case(stage: &Stage, desk: &Desk, heard: &[Heard]) -> anyhow::Result<Case> {
    let text = |row: &Value, field: &str| row[field].as_str().map(str::to_owned);
    let call = |row: Value| Call {
        id: text(&row, "id").unwrap_or_default(),
        retell_id: text(&row, "retell_call_id").unwrap_or_default(),
        is_settled: row["phase"] == "settled",
    };
    let booking = |row: Value| Booking {
        id: text(&row, "id").unwrap_or_default(),
        call: text(&row, "call_id").unwrap_or_default(),
        appointment: row["appointment"].as_i64().unwrap_or_default(),
        state: text(&row, "state").unwrap_or_default(),
        start: text(&row, "start").and_then(|start| start.parse().ok()),
        uid: text(&row, "calcom_uid"),
    };
    let callback = |row: Value| Callback {
        call: text(&row, "call_id").unwrap_or_default(),
        booking: text(&row, "booking_id"),
        reason: text(&row, "reason").unwrap_or_default(),
        is_done: row["state"] == "done",
    };
    Ok(Case {
        heard: heard.to_vec(),
        calls: desk.all("calls").await?.into_iter().map(call).collect(),
        bookings: desk.all("bookings").await?.into_iter().map(booking).collect(),
        callbacks: desk.all("callbacks").await?.into_iter().map(callback).collect(),
        rows: chaos::rows(&stage.calcom),
        overlaps: chaos::overlaps(&stage.calcom),
    })
}

async fn report(stage: &Stage, desk: &Desk, verdict: &Verdict) {
    let named = [
        ("duplicate", &verdict.duplicates),
        ("lost", &verdict.lost),
        ("false sentence", &verdict.false_sentences),
        ("unnoticed", &verdict.unnoticed),
    ];
    for (kind, findings) in named {
        for Finding { call, what } in findings {
            let why = desk.why(call).await.unwrap_or_else(|_| "the house knows no such call".into());
            out(&format!("{kind}: {call}: {what}\n    fernamt call: {why}"));
        }
    }
    let mut survived = stage.tally.counts();
    let ledger = stage.calcom.ledger();
    survived.extend(ledger.mishaps());
    let fates = ledger.deliveries();
    let count = |wanted: fn(&calcom::Fate) -> bool| fates.iter().filter(|one| wanted(&one.fate)).count();
    survived.insert("webhooks of Cal.com lost", count(|fate| *fate == calcom::Fate::Lost));
    survived.insert("webhooks of Cal.com doubled", count(|fate| *fate == calcom::Fate::Twice));
    let late = count(|fate| matches!(fate, calcom::Fate::Delayed { .. }));
    survived.insert("webhooks of Cal.com delayed", late);
    out("survived:");
    for (what, count) in survived {
        out(&format!("{count:>7}  {what}"));
    }
}

/// What was promised, what became of it, and what is wrong.
fn summary(case: &Case, verdict: &Verdict) -> String {
    let told = case.heard.iter().flat_map(|heard| heard.appointments.values());
    let promises =
        told.filter(|told| matches!(told.word, Word::Confirmed | Word::Booked | Word::Noted)).count();
    let live = case.rows.iter().filter(|row| row.is_live && row.mark.is_some()).count();
    format!(
        "{} calls, {promises} promises heard, {} bookings in the house, {live} stand at Cal.com, {} callback items\n\
         {} duplicates, {} lost, {} false sentences, {} changes unnoticed",
        case.calls.len(),
        case.bookings.len(),
        case.callbacks.len(),
        verdict.duplicates.len(),
        verdict.lost.len(),
        verdict.false_sentences.len(),
        verdict.unnoticed.len(),
    )
}
