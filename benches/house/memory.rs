//! `memory`: what a live call keeps in memory, with a hundred thousand of them on the line.

use std::time::Duration;

use anyhow::ensure;
use serde_json::json;

use crate::load;
use crate::measure::{self, Target, Verdict};
use crate::out;
use crate::script::{self, BODY_LEN, Request};
use crate::stage::{Premises, Served, service};

const CALLS: u64 = 100_000;
/// The most a live call may take, in bytes.
const TARGET: f64 = 4096.0;
/// Calls signed at a time.
const SIGNED_MAX: u64 = 5_000;
const CONNECTIONS: usize = 64;
const LONGEST: Duration = Duration::from_mins(10);

pub(crate) async fn run() -> anyhow::Result<Vec<Verdict>> {
    let premises = Premises::furnish()?;
    let house = premises.open().await?;
    let workspace = house.workspace()?;
    out(&format!("\nmemory: {CALLS} calls that have begun and told a service, a day and a name"));
    let idle = measure::resident_bytes(house.pid())?;
    let args = json!({"dienstleistung": service(1), "datum": "Dienstag", "name": "Erika Beispiel"});
    let mut script = vec![Request::invocation(&workspace, "collect_appointment", &args, BODY_LEN)];
    for from in (0..CALLS).step_by(usize::try_from(SIGNED_MAX)?) {
        let mut calls = script::sign(&mut script, &workspace, from, SIGNED_MAX);
        let how = (CONNECTIONS, LONGEST);
        load::play(&house.address, &script, &mut calls, how).await?;
    }
    let full = measure::resident_bytes(house.pid())?;
    let live = live_calls(&house).await?;
    ensure!(live == CALLS, "{live} calls are live instead of {CALLS}");
    let each = (full - idle) / CALLS;
    let megabytes = |bytes: u64| bytes / 1_000_000;
    out(&format!(
        "  {} MB at the start, {} MB with {live} live calls: {each} bytes a call",
        megabytes(idle),
        megabytes(full)
    ));
    let measured = f64::from(u32::try_from(each)?);
    Ok(vec![Verdict { what: "memory, bytes a live call".into(), measured, target: Target::AtMost(TARGET) }])
}

async fn live_calls(house: &Served) -> anyhow::Result<u64> {
    let text = reqwest::get(format!("{}/metrics", house.url())).await?.text().await?;
    let figure = text.lines().find_map(|line| line.strip_prefix("fernamt_actors{kind=\"call\"} "));
    Ok(figure.unwrap_or_default().trim().parse().unwrap_or_default())
}
