//! `fernamt export-person`: everything that is known of whoever has a number, as JSON.

use std::process::ExitCode;

use super::out;
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::operations::erasures::PersonAsked;
use crate::operations::{Principal, bundles};

/// Print everything that is known of whoever has a number, as one JSON document
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: fernamt export-person --company salon-anna --phone 01711234567 > auskunft.json"
)]
pub(super) struct ExportPerson {
    #[arg(long, value_name = "SLUG")]
    company: String,
    /// The whole number, as it is dialled or with its country code
    #[arg(long, value_name = "NUMBER")]
    phone: String,
    /// Only whoever at that number is called so
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

impl ExportPerson {
    pub(super) async fn run(self, config: &Config, clock: Clock) -> anyhow::Result<ExitCode> {
        let house = app::visit(config, clock).await?;
        let asked = PersonAsked { company: Some(self.company), phone: self.phone, name: self.name };
        let bundle = bundles::export(&house, &Principal::house(), &asked).await?;
        out(&serde_json::to_string_pretty(&bundle)?);
        Ok(ExitCode::SUCCESS)
    }
}
