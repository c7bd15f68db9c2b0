//! `cold`: from the start of the process to the first `/readyz` that says yes, with empty and with well-filled books.

use std::time::Duration;

use anyhow::ensure;
use serde_json::json;

use crate::load;
use crate::measure::{self, Rounds, Verdict};
use crate::out;
use crate::script::{self, Request};
use crate::stage::{Premises, Served, count, service};

const ROUNDS: usize = 9;
/// Calls in the filled books, and how many of them have ended without being settled: those are woken at the start.
const CALLS: (u64, u64) = (10_000, 1_000);
const CONNECTIONS: usize = 32;
const LOOK: Duration = Duration::from_micros(500);
const LONGEST: Duration = Duration::from_mins(2);

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

/// Calls that told something and ended; only with its analysis a call is settled.
async fn fill(premises: &Premises) -> anyhow::Result<()> {
    let (calls, undecided) = CALLS;
    let house = premises.open().await?;
    let workspace = house.workspace()?;
    let wish = json!({"dienstleistung": service(1), "name": "Erika Beispiel"});
    let said = Request::invocation(&workspace, "collect_appointment", &wish, 0);
    let (ended, analyzed) =
        (Request::webhook(&workspace, "call_ended"), Request::webhook(&workspace, "call_analyzed"));
    for (script, from, count) in [
        (vec![said.clone(), ended.clone()], 0, undecided),
        (vec![said, ended, analyzed], undecided, calls - undecided),
    ] {
        let mut script = script;
        let mut signed = script::sign(&mut script, &workspace, from, count);
        load::play(&house.address, &script, &mut signed, (CONNECTIONS, LONGEST)).await?;
    }
    let open = count(&premises.books().await?, "SELECT count(*) FROM calls WHERE phase = 'ended'").await?;
    ensure!(open == undecided, "{open} calls are undecided instead of {undecided}");
    Ok(())
}
