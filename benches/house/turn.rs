//! `turn`: a signed function call of 14 kB until it is durable and answered, against a handler that only verifies and parses.

use std::time::Duration;

use anyhow::ensure;
use fernamt::sim::retell::Workspace;
use serde_json::{Value, json};

use crate::load::{self, Round};
use crate::measure::{self, Rounds, Target, Verdict};
use crate::out;
use crate::script::{self, BODY_LEN, Request, Script, Signed};
use crate::stage::{Premises, Served, count, service};

/// What the house has to reach of the bare handler's requests a second, at this many connections.
const TARGET: (f64, usize) = (0.25, 64);
const ROUND: Duration = Duration::from_millis(750);
/// Calls signed at a time; signing costs as much as verifying and is not measured.
const SIGNED_MAX: u64 = 4_000;

/// What a case measures.
struct Case {
    name: &'static str,
    args: Vec<Value>,
    connections: usize,
    rounds: usize,
}

/// One side of the comparison: a server, its calls signed in advance, what was measured.
struct Side<'a> {
    served: &'a Served,
    calls: Vec<Signed>,
    rate: Rounds,
    processor_us: Rounds,
    times_us: Vec<u32>,
}

pub(crate) async fn run() -> anyhow::Result<Vec<Verdict>> {
    let premises = Premises::furnish()?;
    let (house, bare) = (premises.open().await?, premises.open_bare().await?);
    let workspace = house.workspace()?;
    out(
        "\nturn: a signed function call, durable in the journal (SQLite on disk, synchronous=FULL), answered;",
    );
    out("      against a bare handler that verifies and parses the same bytes");
    let (mut verdicts, mut answered, mut number) = (Vec::new(), 0, 0);
    for case in cases() {
        let script = script_of(&case, &workspace);
        let mut stage = Stage { workspace: &workspace, case: &case, script, number: &mut number };
        let mut sides = (Side::new(&house), Side::new(&bare));
        let mut ratio = Rounds::default();
        for round in 0..=case.rounds {
            stage.sign(&mut sides)?;
            let of_house = stage.play(&mut sides.0, round > 0).await?;
            answered += of_house.answered;
            let of_bare = stage.play(&mut sides.1, round > 0).await?;
            // The first round warms up both sides and is not counted.
            if round > 0 {
                ratio.push(of_house.per_second() / of_bare.per_second());
            }
        }
        stage.report(&sides, &ratio);
        if case.connections == TARGET.1 && case.name == "collect_appointment" {
            let what = format!("turn, {} at {} connections, house / bare", case.name, case.connections);
            verdicts.push(Verdict { what, measured: ratio.median(), target: Target::AtLeast(TARGET.0) });
        }
    }
    let kept = count(&premises.books().await?, "SELECT count(*) FROM function_invocations").await?;
    ensure!(kept >= answered, "{answered} answers were counted, but only {kept} stand in the books");
    out(&format!("  {answered} answers counted, {kept} function calls in the books"));
    Ok(verdicts)
}

fn cases() -> Vec<Case> {
    let collect = |connections, rounds| {
        let args = vec![
            json!({"dienstleistung": service(1)}),
            json!({"name": "Erika Beispiel"}),
            json!({"datum": "Dienstag"}),
            json!({"notiz": "klingelt bitte nicht"}),
            json!({"telefonnummer": "0171 7654321"}),
            json!({"dienstleistung": service(2)}),
        ];
        Case { name: "collect_appointment", args, connections, rounds }
    };
    let list = Case { name: "list_services", args: vec![json!({}); 6], connections: 64, rounds: 7 };
    vec![collect(64, 15), collect(1, 7), collect(256, 7), list]
}

fn script_of(case: &Case, workspace: &Workspace) -> Script {
    case.args.iter().map(|args| Request::invocation(workspace, case.name, args, BODY_LEN)).collect()
}

struct Stage<'a> {
    workspace: &'a Workspace,
    case: &'a Case,
    script: Script,
    /// Calls so far: each has an id of its own.
    number: &'a mut u64,
}

impl Stage<'_> {
    /// Sees to it that both sides have calls for a round; they are the same, byte for byte.
    fn sign(&mut self, (house, bare): &mut (Side<'_>, Side<'_>)) -> anyhow::Result<()> {
        if house.calls.len().min(bare.calls.len()) < usize::try_from(SIGNED_MAX / 2)? {
            let signed = script::sign(&mut self.script, self.workspace, *self.number, SIGNED_MAX);
            *self.number += SIGNED_MAX;
            bare.calls.extend(signed.iter().cloned());
            house.calls.extend(signed);
        }
        Ok(())
    }

    async fn play(&mut self, side: &mut Side<'_>, counts: bool) -> anyhow::Result<Round> {
        let before = measure::processor_time(side.served.pid())?;
        let how = (self.case.connections, ROUND);
        let round = load::play(&side.served.address, &self.script, &mut side.calls, how).await?;
        let used = measure::processor_time(side.served.pid())?.saturating_sub(before);
        ensure!(round.answered > 0, "nothing was answered");
        if counts {
            side.rate.push(round.per_second());
            #[expect(clippy::cast_precision_loss, reason = "no round has 2^52 requests")]
            side.processor_us.push(used.as_secs_f64() * 1e6 / round.answered as f64);
            side.times_us.extend(&round.times_us);
        }
        Ok(round)
    }

    fn report(&self, (house, bare): &(Side<'_>, Side<'_>), ratio: &Rounds) {
        let kilobytes = self.script.first().map_or(0, Request::body_len) / 1_000;
        let (name, connections) = (self.case.name, self.case.connections);
        out(&format!("  {name}, {kilobytes} kB, {connections} connections"));
        out(&format!("    house {house}"));
        out(&format!("    bare  {bare}"));
        out(&format!("    ratio {:.2} ({})", ratio.median(), ratio.spread()));
    }
}

impl<'a> Side<'a> {
    fn new(served: &'a Served) -> Self {
        Self {
            served,
            calls: Vec::new(),
            rate: Rounds::default(),
            processor_us: Rounds::default(),
            times_us: Vec::new(),
        }
    }
}

impl std::fmt::Display for Side<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut times_us = self.times_us.clone();
        times_us.sort_unstable();
        let at = |hundredth| f64::from(times_us[(times_us.len() - 1) * hundredth / 100]) / 1e3;
        write!(
            f,
            "{:>7.0} requests/s   p50 {:>7.2} ms   p99 {:>7.2} ms   {:>4.0} µs of processor each",
            self.rate.median(),
            at(50),
            at(99),
            self.processor_us.median()
        )
    }
}
