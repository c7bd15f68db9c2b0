//! `cold`: from the start of the process to the first `/readyz` that says yes, with empty and with well-filled books.

use std::time::Duration;

use anyhow::ensure;
use fernamt::sim::retell::{Ring, Workspace};
use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::json;

use crate::measure::{self, Rounds, Verdict};
use crate::out;
use crate::stage::{NUMBER, Premises, Served, count, service};

const ROUNDS: usize = 9;
/// Calls in the filled books, and how many of them have ended without being settled: those are woken at the start.
const CALLS: (usize, usize) = (10_000, 1_000);
const AT_ONCE: usize = 32;
const LOOK: Duration = Duration::from_micros(500);
const LONGEST: Duration = Duration::from_mins(1);

pub(crate) async fn run() -> anyhow::Result<Vec<Verdict>> {
    let (calls, undecided) = CALLS;
    out("\ncold: from the start of the process to the first yes of /readyz");
    let premises = Premises::furnish()?;
    compare(&premises, "empty books").await?;
    fill(&premises).await?;
    compare(&premises, &format!("{calls} calls in the books, {undecided} of them undecided")).await?;
    Ok(Vec::new())
}

async fn compare(premises: &Premises, books: &str) -> anyhow::Result<()> {
    let (mut house, mut bare, mut ratio) = (Rounds::default(), Rounds::default(), Rounds::default());
    for round in 0..=ROUNDS {
        let began = measure::now();
        let of_house = ready(premises.open().await?).await.map(|()| began.elapsed().as_secs_f64() * 1e3)?;
        let began = measure::now();
        let of_bare =
            ready(premises.open_bare().await?).await.map(|()| began.elapsed().as_secs_f64() * 1e3)?;
        // The first start also brings the program from disk.
        if round > 0 {
            house.push(of_house);
            bare.push(of_bare);
            ratio.push(of_house / of_bare);
        }
    }
    out(&format!(
        "  {books}: house {:.1} ms, bare {:.1} ms   ratio {:.1} ({})",
        house.median(),
        bare.median(),
        ratio.median(),
        ratio.spread()
    ));
    Ok(())
}

async fn ready(served: Served) -> anyhow::Result<()> {
    let began = measure::now();
    loop {
        let answer = reqwest::get(format!("{}/readyz", served.url())).await;
        if answer.is_ok_and(|answer| answer.status().is_success()) {
            return Ok(());
        }
        ensure!(began.elapsed() < LONGEST, "not ready after {} s", LONGEST.as_secs());
        actix_rt::time::sleep(LOOK).await;
    }
}

async fn fill(premises: &Premises) -> anyhow::Result<()> {
    let (calls, undecided) = CALLS;
    let house = premises.open().await?;
    let workspace = house.workspace()?;
    let played = stream::iter(0..calls).map(|n| play(&workspace, n < undecided));
    let played: Vec<anyhow::Result<()>> = played.buffer_unordered(AT_ONCE).collect().await;
    played.into_iter().collect::<anyhow::Result<()>>()?;
    let open = count(&premises.books().await?, "SELECT count(*) FROM calls WHERE phase = 'ended'").await?;
    ensure!(open == u64::try_from(undecided)?, "{open} calls are undecided instead of {undecided}");
    Ok(())
}

/// A call that told something and ended; only with its analysis it is settled.
async fn play(workspace: &Workspace, stays_undecided: bool) -> anyhow::Result<()> {
    let mut call = workspace.ring(Ring { from: Some("+491711234567"), to: NUMBER, ..Ring::default() });
    let wish = json!({"dienstleistung": service(1), "name": "Erika Beispiel"});
    let answer = call.invoke("collect_appointment", wish).await;
    ensure!(answer.body["status"] == "incomplete", "{}", answer.body);
    call.hang_up("user_hangup");
    ensure!(call.ended().await == 204, "the end was not taken");
    if !stays_undecided {
        ensure!(call.analyzed(json!({})).await == 204, "the analysis was not taken");
    }
    Ok(())
}
