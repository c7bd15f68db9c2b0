//! `fernamt check`: what is still missing before a company can take calls, each point with what to do in words.

use std::process::ExitCode;

use super::{out, warn};
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::readiness::{Light, READY, Report, UNASKED};
use crate::operations::readiness::{Look, Readiness, Rehearsal, check};
use crate::operations::{Error, Principal};
use crate::telemetry;

/// For a command line that cannot be meant.
const WRONG_USE: u8 = 2;

/// Check whether companies can take calls, and say what to do next
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: fernamt check --company salon-anna\n\nExit code: 0 nothing red, 1 something red, 2 wrong use"
)]
pub(super) struct Check {
    /// Only this company
    #[arg(long, value_name = "SLUG")]
    company: Option<String>,
    /// Ask neither Retell nor Cal.com
    #[arg(long)]
    offline: bool,
    /// Also play a call for each service with real free times, without writing anything
    #[arg(long, conflicts_with = "offline")]
    rehearse: bool,
    /// Print JSON, as GET /api/admin/v1/readiness answers
    #[arg(long)]
    json: bool,
}

impl Check {
    pub(super) async fn run(self, config: &Config, clock: Clock) -> anyhow::Result<ExitCode> {
        // Only what somebody must do; the findings say the rest.
        telemetry::start("error", config.log_format)?;
        let house = app::visit(config, clock).await?;
        let site = app::site(config)?;
        let look = Look { company: self.company.as_deref(), offline: self.offline, rehearse: self.rehearse };
        let readiness = match check(&house, &site, &Principal::house(), look).await {
            Err(Error::NotFound(_)) => {
                let slug = self.company.unwrap_or_default();
                warn(&format!("fernamt: there is no company \"{slug}\"; fernamt apply FILE makes one"));
                return Ok(ExitCode::from(WRONG_USE));
            }
            readiness => readiness?,
        };
        if self.json {
            out(&serde_json::to_string_pretty(&readiness)?);
        } else {
            tell(&readiness);
        }
        Ok(if readiness.light == Light::Red { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn tell(readiness: &Readiness) {
    for report in &readiness.companies {
        for line in lines(report) {
            out(&line);
        }
    }
    for rehearsal in &readiness.rehearsals {
        for line in spoken(rehearsal) {
            out(&line);
        }
    }
    out(&last_line(readiness));
}

fn spoken(rehearsal: &Rehearsal) -> Vec<String> {
    let Rehearsal { company, branch, service, heard } = rehearsal;
    let mut lines = vec![format!("rehearsal {company}, {branch}, {service}:")];
    lines.extend(heard.iter().map(|one| format!("  {} → {}: {}", one.function, one.status, one.sentence)));
    lines.push(String::new());
    lines
}

fn lines(report: &Report) -> Vec<String> {
    let mut lines = vec![format!("company {}: {}", report.company, word(report.light))];
    for finding in &report.findings {
        let (mark, area) = (word(finding.light), finding.area.as_str());
        lines.push(format!("  {mark:6} {area:9} {}: {}", finding.subject, finding.what));
        lines.extend(finding.fix.iter().map(|fix| format!("         fix: {fix}")));
    }
    lines.push(String::new());
    lines
}

/// The next step of the first company that has one.
fn last_line(readiness: &Readiness) -> String {
    let Some(first) = readiness.companies.first() else {
        return "next: write a company's file and run fernamt apply FILE (the README shows one)".into();
    };
    let red = readiness.companies.iter().find(|report| report.light == Light::Red);
    match red {
        Some(report) => format!("next, {}: {}", report.company, report.next),
        None if readiness.companies.len() == 1 => first.next.clone(),
        None if readiness.companies.iter().any(|report| report.next == UNASKED) => UNASKED.to_owned(),
        None => READY.to_owned(),
    }
}

fn word(light: Light) -> &'static str {
    match light {
        Light::Green => "green",
        Light::Yellow => "YELLOW",
        Light::Red => "RED",
    }
}
