//! `line`: how many bookings go through twenty calendars, against calendars divided by the time Cal.com takes for one.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use fernamt::sim::calcom::Calcom;
use fernamt::sim::retell::{Call, Ring, Workspace};
use futures_util::StreamExt as _;
use futures_util::future::{join, join_all};
use futures_util::stream;
use jiff::ToSpan;
use jiff::civil::Weekday;
use sea_orm::DatabaseConnection;
use serde_json::json;

use crate::measure::{self, Target, Verdict};
use crate::out;
use crate::stage::{CALENDARS, NUMBER, Premises, count, service};

/// What has to be reached of the ideal, with a Cal.com that takes this many milliseconds for each request.
const TARGET: (f64, u64) = (0.9, 400);
/// Calls prepared at a time.
const AT_ONCE: usize = 16;
const LOOK: Duration = Duration::from_millis(2);
const LONGEST: Duration = Duration::from_mins(2);
const SLOTS_A_DAY: u16 = 18;

pub(crate) async fn run() -> anyhow::Result<Vec<Verdict>> {
    out(&format!(
        "\nline: promises booked through {CALENDARS} calendars, each booking one request to Cal.com"
    ));
    let mut verdicts = Vec::new();
    for (latency_ms, bookings) in [(50, 36), (400, 12)] {
        let premises = Premises::furnish()?;
        let took = book(&premises, latency_ms, bookings).await?;
        let requests = premises.calcom.ledger().count("POST /v2/bookings");
        let total = u32::from(CALENDARS) * u32::from(bookings);
        ensure!(requests == usize::try_from(total)?, "{requests} requests for {total} bookings");
        let ideal = Duration::from_millis(latency_ms) * u32::from(bookings);
        let ratio = ideal.as_secs_f64() / took.as_secs_f64();
        out(&format!(
            "  {latency_ms:>3} ms: {total} bookings in {:.3} s, {:.1}/s; ideal {:.3} s, {:.1}/s   ratio {ratio:.2}",
            took.as_secs_f64(),
            f64::from(total) / took.as_secs_f64(),
            ideal.as_secs_f64(),
            f64::from(total) / ideal.as_secs_f64(),
        ));
        out(&requests_of(&premises.calcom));
        if latency_ms == TARGET.1 {
            let what = format!("line, at {latency_ms} ms a request, house / ideal");
            verdicts.push(Verdict { what, measured: ratio, target: Target::AtLeast(TARGET.0) });
        }
    }
    Ok(verdicts)
}

/// How long a request took at Cal.com by its own count, and over what time they left.
fn requests_of(calcom: &Calcom) -> String {
    let requests = calcom.ledger().requests();
    let sent: Vec<_> = requests.iter().filter(|request| request.route == "POST /v2/bookings").collect();
    let took_ms: u64 = sent.iter().filter_map(|request| request.took_ms).sum();
    let count = u64::try_from(sent.len().max(1)).unwrap_or(u64::MAX);
    let (first, last) =
        (sent.iter().map(|request| request.at).min(), sent.iter().map(|request| request.at).max());
    let span_ms = first.zip(last).map_or(0, |(first, last)| last.duration_since(first).as_millis());
    format!(
        "          Cal.com took {} ms for each by itself; the last left {span_ms} ms after the first",
        took_ms / count
    )
}

/// From the first caller who hangs up until the last booking stands in the books.
async fn book(premises: &Premises, latency_ms: u64, bookings: u16) -> anyhow::Result<Duration> {
    let house = premises.open().await?;
    let workspace = house.workspace()?;
    let wishes: Vec<(u16, u16)> =
        (0..bookings).flat_map(|turn| (1..=CALENDARS).map(move |calendar| (calendar, turn))).collect();
    let promised = stream::iter(wishes).map(|wish| promise(premises, &workspace, wish));
    let mut calls: Vec<Call> =
        promised.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await.into_iter().collect::<Result<_, _>>()?;
    let (books, total) = (premises.books().await?, calls.len());
    premises.calcom.dials().write_delay_ms(latency_ms, latency_ms);
    premises.calcom.dials().read_delay_ms(latency_ms, latency_ms);
    for call in &mut calls {
        call.hang_up("user_hangup");
    }
    let began = measure::now();
    let (statuses, booked) = join(join_all(calls.iter().map(Call::ended)), all_booked(&books, total)).await;
    booked?;
    let took = began.elapsed();
    ensure!(statuses.iter().all(|status| *status == 204), "a webhook was not taken");
    Ok(took)
}

/// A call in which an appointment has been read back and agreed to.
async fn promise(
    premises: &Premises,
    workspace: &Workspace,
    (calendar, turn): (u16, u16),
) -> anyhow::Result<Call> {
    let today = premises.calcom.now().to_zoned(jiff::tz::TimeZone::get("Europe/Berlin")?).date();
    let tuesdays = (3..10_i64).map(|days| today.saturating_add(days.days()));
    let tuesday = tuesdays.into_iter().find(|day| day.weekday() == Weekday::Tuesday).context("no Tuesday")?;
    let day = tuesday.saturating_add(i64::from(turn / SLOTS_A_DAY).days());
    let half_hours = turn % SLOTS_A_DAY;
    let time = format!("{:02}:{:02}", 9 + half_hours / 2, half_hours % 2 * 30);
    let number = format!("+49171{:07}", u32::from(calendar) * 100 + u32::from(turn) + 1_000_000);
    let mut call = workspace.ring(Ring { from: Some(&number), to: NUMBER, ..Ring::default() });
    let wish = json!({
        "dienstleistung": service(calendar), "datum": day.to_string(), "uhrzeit": time,
        "name": "Erika Beispiel",
    });
    for (args, expected) in [(wish, "held"), (json!({"bestaetigung": true}), "confirmed")] {
        let answer = call.invoke("collect_appointment", args).await;
        ensure!(answer.body["status"] == expected, "not {expected}: {}", answer.body);
    }
    Ok(call)
}

async fn all_booked(books: &DatabaseConnection, total: usize) -> anyhow::Result<()> {
    let began = measure::now();
    while count(books, "SELECT count(*) FROM bookings WHERE state = 'booked'").await? < u64::try_from(total)?
    {
        ensure!(began.elapsed() < LONGEST, "not all is booked after {} s", LONGEST.as_secs());
        actix_rt::time::sleep(LOOK).await;
    }
    Ok(())
}
