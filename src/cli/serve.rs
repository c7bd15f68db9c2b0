//! `fernamt serve`: runs the server until it is told to stop.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::telemetry;

/// Run the server: SQLite in a file by default, migrations applied at start
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: FERNAMT_LISTEN=0.0.0.0:8080 fernamt serve")]
pub(super) struct Serve {
    /// Write the bound address to this file once the server listens
    #[arg(long, value_name = "PATH")]
    port_file: Option<PathBuf>,
    /// Refuse to start on an older schema instead of migrating it
    #[arg(long)]
    no_migrate: bool,
}

impl Serve {
    pub(super) async fn run(self, config: &Config, clock: Clock) -> anyhow::Result<ExitCode> {
        let endpoint = config.otlp_endpoint.as_deref();
        let traces = telemetry::start_with_traces(&config.log, config.log_format, endpoint)?;
        let config = if self.no_migrate { config.without_migration() } else { config.clone() };
        let mut terminate = signal(SignalKind::terminate()).context("signals cannot be heard")?;
        let app = App::start(&config, clock).await?;
        if let Some(path) = &self.port_file {
            let written = std::fs::write(path, app.address().to_string());
            written.with_context(|| format!("the port file {} cannot be written", path.display()))?;
        }
        tokio::select! {
            _ = terminate.recv() => {}
            interrupted = tokio::signal::ctrl_c() => interrupted.context("signals cannot be heard")?,
        }
        tracing::info!("stopping: no new work, finishing what is under way");
        app.stop().await;
        traces.stop();
        Ok(ExitCode::SUCCESS)
    }
}
