//! `fernamt call`: what happened in a call, in order, and why something was or was not booked.

use std::process::ExitCode;

use anyhow::bail;

use super::out;
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::operations::timeline::Story;
use crate::operations::{Error, Principal, timeline};

/// Show the story of a call and why something was or was not booked
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fernamt call call_5a1e2b3c4d5e6f708192a3b4c5d")]
pub(super) struct Call {
    /// Our id of the call, or Retell's
    #[arg(value_name = "CALL_ID")]
    id: String,
    /// Everything as JSON, as the REST interface has it
    #[arg(long)]
    json: bool,
}

impl Call {
    pub(super) async fn run(self, config: &Config, clock: Clock) -> anyhow::Result<ExitCode> {
        let house = app::visit(config, clock).await?;
        let story = match timeline::of_call(&house, &Principal::house(), &self.id).await {
            Ok(story) => story,
            Err(Error::NotFound(_)) => bail!(
                "there is no call {} in {}; CALL_ID is Retell's call_id or our own id (GET /api/admin/v1/calls lists \
                 both), and FERNAMT_DATABASE_URL names another database",
                self.id,
                without_password(&config.database_url),
            ),
            Err(error) => return Err(error.into()),
        };
        if self.json {
            out(&serde_json::to_string_pretty(&story)?);
        } else {
            tell(&story);
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn tell(story: &Story) {
    let call = &story.call;
    let branch = call.branch.as_deref().unwrap_or("no branch");
    out(&format!("call {} ({}) at {} / {branch}", call.id, call.retell_call_id, call.company));
    let caller = call.caller.as_deref().unwrap_or("withheld");
    let ended = match (&call.ended_at, &call.disconnection_reason) {
        (Some(at), Some(reason)) => format!("ended {at} ({reason})"),
        (Some(at), None) => format!("ended {at}"),
        (None, _) => "not reported as ended".into(),
    };
    out(&format!("caller {caller}, began {}, {ended}", call.started_at));
    let outcome = story.outcome.as_deref().unwrap_or("open");
    out(&format!("phase {}, outcome {outcome}\n", call.phase));
    for entry in &story.entries {
        out(&format!("{:24}  {:8}  {}", entry.at, entry.kind, entry.text));
    }
    out(&format!("\nwhy: {}", story.why));
}

/// The database as it may be shown.
fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}://…@{place}"),
        _ => url.to_owned(),
    }
}
