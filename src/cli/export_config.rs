//! `fernamt export-config`: a company back as TOML, its keys as references.

use std::process::ExitCode;

use super::out;
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::operations::companies;

/// Print a company as a TOML file that can be applied again; keys appear only as references
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fernamt export-config --company salon-anna > salon-anna.toml")]
pub(super) struct ExportConfig {
    #[arg(long, value_name = "SLUG")]
    company: String,
}

impl ExportConfig {
    pub(super) async fn run(self, config: &Config, clock: Clock) -> anyhow::Result<ExitCode> {
        let house = app::visit(config, clock).await?;
        let file = companies::export(house.store(), &self.company).await?;
        out(file.trim_end());
        Ok(ExitCode::SUCCESS)
    }
}
