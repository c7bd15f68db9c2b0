//! `fernamt call`: what happened in a call, in order, and why something was or was not booked.

use std::process::ExitCode;

use super::out;
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::operations::{Principal, calls};

/// Show the story of a call and why something was or was not booked
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fernamt call call_5a1e2b3c4d5e6f708192a3b4c5d")]
pub(super) struct Call {
    /// Our id of the call, or Retell's
    #[arg(value_name = "CALL_ID")]
    id: String,
}

impl Call {
    pub(super) async fn run(self, config: &Config, clock: Clock) -> anyhow::Result<ExitCode> {
        let house = app::visit(config, clock).await?;
        let story = calls::story(&house, &Principal::house(), &self.id).await?;
        let call = &story.call;
        let branch = call.branch.as_deref().unwrap_or("no branch");
        out(&format!("call {} ({}) at {} / {branch}", call.id, call.retell_call_id, call.company));
        out(&format!("caller {}, began {}", call.caller.as_deref().unwrap_or("withheld"), call.started_at));
        for event in &story.events {
            out(&format!("{}  {:16} {}", event.at, event.kind, event.data));
        }
        for function in &story.functions {
            let (name, status) = (&function.function, &function.status);
            out(&format!("{}  {name} → {status} in {} ms", function.at, function.duration_ms));
        }
        for booking in &story.bookings {
            out(&format!(
                "booking {} {}: {} at {}",
                booking.id, booking.state, booking.service, booking.start
            ));
        }
        out(&format!("why: {}", story.why));
        Ok(ExitCode::SUCCESS)
    }
}
