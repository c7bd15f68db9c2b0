//! `fernamt config`: the settings as they stand, and where each came from.

use std::path::Path;
use std::process::ExitCode;

use super::out;
use crate::config::{self, DEFAULTS};

/// Show the effective settings as TOML, each with where it came from; secrets are masked
#[derive(Debug, clap::Args)]
#[command(name = "config", after_help = "Example: fernamt config --default > fernamt.toml")]
pub(super) struct Show {
    /// Print the embedded file instead: every key with its default and meaning
    #[arg(long)]
    default: bool,
}

impl Show {
    pub(super) fn run(&self, file: Option<&Path>) -> anyhow::Result<ExitCode> {
        let text = if self.default { DEFAULTS.to_owned() } else { config::effective(file)? };
        out(text.trim_end());
        Ok(ExitCode::SUCCESS)
    }
}
