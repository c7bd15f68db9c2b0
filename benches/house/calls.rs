//! `calls`: how long callers wait behind a slow Cal.com, against one request to it; and when it does not answer at all.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use fernamt::sim::retell::{Call, Ring, Workspace};
use futures_util::StreamExt as _;
use futures_util::stream;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use serde_json::{Value, json};

use crate::measure::{self, Target, Verdict};
use crate::out;
use crate::stage::{NUMBER, Premises, service};

/// What Cal.com takes for each request, in milliseconds.
const LATENCY_MS: u64 = 400;
/// How long the phone has rung when the caller is connected.
const RINGS: Duration = Duration::from_secs(1);
/// Callers, and how many of them at a time.
const CALLS: u16 = 96;
const AT_ONCE: usize = 6;
/// Services that are asked for: as many as are read ahead.
const SERVICES: u16 = 12;
/// Slots are known for so short a time that every ring has to fetch them anew.
const SETTINGS: &str = "[calcom]\nslots_life_ms = 4000\n";
/// The functions in the order of a call, and what each may take of one request to Cal.com, at the 95th percentile.
const WANTED: [(&str, f64); 4] = [
    ("check_availability", 0.75),
    ("list_services", 0.75),
    ("opening_hours", 0.75),
    ("collect_appointment", 1.4),
];
/// The longest a caller may wait when Cal.com hangs, in seconds.
const LONGEST: f64 = 4.0;
const HANGS_MS: u64 = 60_000;

/// How long one function took in one call, and the status it was answered with.
struct Answered {
    function: &'static str,
    took: Duration,
    status: String,
}

pub(crate) async fn run() -> anyhow::Result<Vec<Verdict>> {
    out(&format!(
        "\ncalls: {CALLS} callers, {AT_ONCE} at a time, connected after {} s of ringing, Cal.com at {LATENCY_MS} ms a request",
        RINGS.as_secs()
    ));
    let premises = Premises::furnish()?;
    OpenOptions::new().append(true).open(premises.path("fernamt.toml"))?.write_all(SETTINGS.as_bytes())?;
    let house = premises.open().await?;
    let workspace = house.workspace()?;
    premises.calcom.dials().read_delay_ms(LATENCY_MS, LATENCY_MS);
    premises.calcom.dials().write_delay_ms(LATENCY_MS, LATENCY_MS);
    let round_trip = round_trip(&premises).await?;
    let tuesday = tuesday(&premises)?;
    let calls = stream::iter(0..CALLS).map(|number| play(&workspace, number, tuesday));
    let calls: Vec<Vec<Answered>> =
        calls.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await.into_iter().collect::<Result<_, _>>()?;
    let mut verdicts = report(&calls.into_iter().flatten().collect::<Vec<_>>(), round_trip);
    premises.calcom.dials().read_delay_ms(HANGS_MS, HANGS_MS);
    verdicts.push(hanging(&workspace, tuesday).await?);
    Ok(verdicts)
}

/// What one request to Cal.com takes, seen from here: the median of several.
async fn round_trip(premises: &Premises) -> anyhow::Result<Duration> {
    let http = reqwest::Client::new();
    let mut took = Vec::new();
    for _ in 0..9 {
        let began = measure::now();
        let request = http.get(format!("{}/v2/me", premises.calcom.url())).bearer_auth("cal_sim_key");
        ensure!(request.send().await?.status().is_success(), "the simulated Cal.com refuses");
        took.push(began.elapsed());
    }
    took.sort();
    Ok(took[took.len() / 2])
}

/// One call: it rings, is connected, and the caller asks for everything once.
async fn play(workspace: &Workspace, number: u16, tuesday: Date) -> anyhow::Result<Vec<Answered>> {
    let mut call = ringing(workspace, number).await?;
    let (what, turn) = (service(1 + number % SERVICES), number / SERVICES);
    let time = format!("{:02}:{:02}", 9 + turn / 2, turn % 2 * 30);
    let day = tuesday.to_string();
    let collected = json!({"dienstleistung": what, "datum": day, "uhrzeit": time, "name": "Erika Beispiel"});
    let asked = [
        ("check_availability", json!({"dienstleistung": what, "datum": day}), "available"),
        ("list_services", json!({}), "services"),
        ("opening_hours", json!({}), "hours"),
        ("collect_appointment", collected, "held"),
    ];
    let mut answers = Vec::new();
    for (function, args, expected) in asked {
        let answered = ask(&mut call, function, args).await?;
        let is_there = answered.status != "unknown_function";
        ensure!(!is_there || answered.status == expected, "{function} was answered {}", answered.status);
        answers.extend(is_there.then_some(answered));
    }
    Ok(answers)
}

async fn ringing(workspace: &Workspace, number: u16) -> anyhow::Result<Call> {
    let from = format!("+49171{:07}", u32::from(number) + 2_000_000);
    let mut call = workspace.ring(Ring { from: Some(&from), to: NUMBER, ..Ring::default() });
    ensure!(call.inbound().await.status == 200, "the inbound webhook was not answered");
    actix_rt::time::sleep(RINGS).await;
    ensure!(call.start().await == 204, "the start of a call was not taken");
    Ok(call)
}

async fn ask(call: &mut Call, function: &'static str, args: Value) -> anyhow::Result<Answered> {
    let began = measure::now();
    let answer = call.invoke(function, args).await;
    let took = began.elapsed();
    let status = answer.body["status"].as_str().context("an answer without a status")?.to_owned();
    Ok(Answered { function, took, status })
}

fn report(answers: &[Answered], round_trip: Duration) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for (function, most) in WANTED {
        let mut took: Vec<f64> = answers
            .iter()
            .filter(|answered| answered.function == function)
            .map(|answered| answered.took.as_secs_f64())
            .collect();
        took.sort_by(f64::total_cmp);
        let at = |hundredth: usize| took.get(took.len().saturating_sub(1) * hundredth / 100).copied();
        let (Some(middle), Some(late)) = (at(50), at(95)) else { continue };
        let ratio = late / round_trip.as_secs_f64();
        out(&format!(
            "  {function:<20} p50 {:>4.0} ms   p95 {:>4.0} ms   p95 / one request {ratio:.2}",
            middle * 1e3,
            late * 1e3
        ));
        let what = format!("calls, {function}, p95 / one request to Cal.com");
        verdicts.push(Verdict { what, measured: ratio, target: Target::AtMost(most) });
    }
    out(&format!("  one request to Cal.com {:.0} ms", round_trip.as_secs_f64() * 1e3));
    verdicts
}

/// Callers who ask for what nobody has read ahead, while no request to Cal.com comes back.
async fn hanging(workspace: &Workspace, tuesday: Date) -> anyhow::Result<Verdict> {
    let far = tuesday.saturating_add(42.days()).to_string();
    let callers = stream::iter(CALLS..CALLS + SERVICES).map(async |number| {
        let mut call = ringing(workspace, number).await?;
        let wish = json!({
            "dienstleistung": service(1 + number % SERVICES), "datum": far, "uhrzeit": "10:00", "name": "Erika Beispiel",
        });
        let mut longest = Duration::ZERO;
        for function in ["check_availability", "collect_appointment", "list_services"] {
            longest = longest.max(ask(&mut call, function, wish.clone()).await?.took);
        }
        anyhow::Ok(longest)
    });
    let longest: Vec<Duration> =
        callers.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await.into_iter().collect::<Result<_, _>>()?;
    let longest = longest.into_iter().max().unwrap_or_default().as_secs_f64();
    out(&format!("  when it hangs, no answer took longer than {longest:.2} s"));
    let what = "calls, the longest answer while Cal.com hangs, in seconds".to_owned();
    Ok(Verdict { what, measured: longest, target: Target::AtMost(LONGEST) })
}

fn tuesday(premises: &Premises) -> anyhow::Result<Date> {
    let today = premises.calcom.now().to_zoned(jiff::tz::TimeZone::get("Europe/Berlin")?).date();
    let days = (3..10_i64).map(|days| today.saturating_add(days.days()));
    days.into_iter().find(|day| day.weekday() == Weekday::Tuesday).context("no Tuesday")
}
