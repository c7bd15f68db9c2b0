//! `fernamt apply`: brings companies to what their files say.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};

use super::{out, warn};
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::plan::Plan;
use crate::operations::{companies, vetting};
use crate::store::directory::Keys;

/// Create or update companies from TOML files; applying twice changes nothing
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fernamt apply salon-anna.toml --dry-run")]
pub(super) struct Apply {
    /// One file for each company
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Say what would change and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Apply {
    pub(super) async fn run(self, config: &Config, clock: Clock) -> anyhow::Result<ExitCode> {
        // All files are read before any is applied, so that a mistake in the last leaves nothing half done.
        let plans: Vec<(Plan, Keys)> = self.files.iter().map(|file| read(file)).collect::<Result<_, _>>()?;
        let house = app::visit(config, clock).await?;
        for ((plan, keys), file) in plans.iter().zip(&self.files) {
            let vetted = vetting::vet(&house, plan, keys).await;
            if !vetted.refused.is_empty() {
                return Err(refused(file, &vetted.refused));
            }
            for unseen in &vetted.unseen {
                out(&format!("note: company {}: {unseen}", plan.company.slug));
            }
        }
        for (plan, keys) in &plans {
            let slug = &plan.company.slug;
            let said = companies::apply(house.store(), clock, plan, keys, self.dry_run).await;
            let said = said.with_context(|| format!("company {slug} was not applied"))?;
            for line in &said {
                out(line);
            }
            for warning in plan.warnings() {
                out(&format!("note: {warning}"));
            }
            out(&summary(slug, said.len(), self.dry_run));
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn read(file: &Path) -> anyhow::Result<(Plan, Keys)> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let read = companies::read(&text).and_then(|plan| Ok((companies::keys(&plan, folder)?, plan)));
    read.map(|(keys, plan)| (plan, keys)).map_err(|complaints| refused(file, &complaints))
}

/// Says what stands against a file.
fn refused(file: &Path, complaints: &[String]) -> anyhow::Error {
    for complaint in complaints {
        warn(&format!("{}: {complaint}", file.display()));
    }
    anyhow!("nothing was applied; mend {}", file.display())
}

fn summary(slug: &str, changes: usize, dry_run: bool) -> String {
    match (changes, dry_run) {
        (0, _) => format!("company {slug}: nothing to change"),
        (1, true) => format!("company {slug}: 1 change would be made"),
        (1, false) => format!("company {slug}: 1 change made"),
        (n, true) => format!("company {slug}: {n} changes would be made"),
        (n, false) => format!("company {slug}: {n} changes made"),
    }
}
