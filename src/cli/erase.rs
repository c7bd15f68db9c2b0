//! `fernamt erase`: everything that is known of whoever has a number goes, and what was done is said step by step.

use std::process::ExitCode;

use super::out;
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::erasure::{Entry, State, StepState};
use crate::operations::Principal;
use crate::operations::erasures::{self, PersonAsked, Preview};

/// Say what is known of whoever has a number and, with --yes, erase it here, at Retell and, where it can be, at Cal.com
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: fernamt erase --company salon-anna --phone '+49 171 1234567' --yes\n\nExit code: 0 done or only looked, 1 something could not be done yet; fernamt serve goes on with it"
)]
pub(super) struct Erase {
    #[arg(long, value_name = "SLUG")]
    company: String,
    /// The whole number, as it is dialled or with its country code
    #[arg(long, value_name = "NUMBER")]
    phone: String,
    /// Only whoever at that number is called so
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Call off what lies ahead, at Cal.com too
    #[arg(long)]
    cancel_future: bool,
    /// Erase it; without this only what would be erased is said
    #[arg(long)]
    yes: bool,
}

impl Erase {
    pub(super) async fn run(self, config: &Config, clock: Clock) -> anyhow::Result<ExitCode> {
        let house = app::visit(config, clock).await?;
        let who = Principal::house();
        let Self { company, phone, name, cancel_future, yes } = self;
        let asked = PersonAsked { company: Some(company.clone()), phone: phone.clone(), name: name.clone() };
        tell(&erasures::preview(&house, &who, &asked).await?);
        if !yes {
            out("nothing was erased; add --yes to erase it");
            return Ok(ExitCode::SUCCESS);
        }
        let asked = erasures::Erase { company: Some(company), phone, name, cancel_future };
        let erased = erasures::erase(&house, &who, &asked).await?;
        out(&format!("erasure {}:", erased.id));
        erased.steps.iter().map(line_of).for_each(|line| out(&line));
        Ok(if erased.state == State::Done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn tell(preview: &Preview) {
    for whom in &preview.people {
        let numbers: Vec<&str> = whom.numbers.iter().map(|one| one.number.as_str()).collect();
        out(&format!("{}: {}", whom.name.as_deref().unwrap_or("without a name"), numbers.join(", ")));
    }
    for booking in &preview.appointments_ahead {
        out(&format!("ahead: {} {} ({})", booking.local_start, booking.service, booking.state));
    }
    let Preview { appointments, calls, callbacks, deliveries, waiting, .. } = preview;
    out(&format!(
        "{appointments} appointments, {calls} calls, {callbacks} callback items, {deliveries} other messages; {waiting} have to wait until they are over"
    ));
}

fn line_of(entry: &Entry) -> String {
    let state = match entry.state {
        StepState::Open => "open",
        StepState::Done => "done",
        StepState::NotNeeded => "not needed",
        StepState::NotPossible => "not possible",
        StepState::Failed => "failed",
    };
    let step = serde_json::to_value(entry.step).ok();
    let step = step.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
    format!("  {step:22}  {state:12}  {:>4}  {}", entry.count, entry.what)
}
