//! `fernamt deploy`: sets an agent up at Retell, shows before what would change, and undoes it again.

use std::process::ExitCode;

use uuid::Uuid;

use super::{out, warn};
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::deployment::Change;
use crate::operations::deployments::{
    self, DeploymentReport, DeploymentView, Outcome, PlanView, Which, WhichDeployment,
};
use crate::operations::{Error, Principal};
use crate::telemetry;

/// For a command line that cannot be meant.
const WRONG_USE: u8 = 2;

/// Set up a branch's agent at Retell: functions, webhooks, numbers
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: fernamt deploy --company salon-anna --plan\n\nWhat stood at Retell before is kept; --rollback ID \
                        brings it back.\nExit code: 0 done, or nothing to do; 1 not done; 2 wrong use"
)]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true).args(["plan", "yes", "rollback", "list"])))]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line, of which clap takes one")]
pub(super) struct Deploy {
    #[arg(long, value_name = "SLUG")]
    company: String,
    /// Which branch; may be left out where there is only one
    #[arg(long, value_name = "SLUG")]
    branch: Option<String>,
    /// Show what would change, and change nothing; with --rollback, what undoing would change
    #[arg(long)]
    plan: bool,
    /// Do it, publish it, and read it back
    #[arg(long, conflicts_with_all = ["plan", "rollback", "list"])]
    yes: bool,
    /// Bring back what stood there before that deployment
    #[arg(long, value_name = "ID", value_parser = id)]
    rollback: Option<Uuid>,
    /// Show what was deployed
    #[arg(long, conflicts_with_all = ["plan", "rollback"])]
    list: bool,
    /// Also take away the Cal.com tools that Retell does not accept any more
    #[arg(long)]
    remove_legacy: bool,
}

impl Deploy {
    pub(super) async fn run(self, config: &Config, clock: Clock) -> anyhow::Result<ExitCode> {
        // Only what somebody must do; the report says the rest.
        telemetry::start("error", config.log_format)?;
        let house = app::visit(config, clock).await?;
        let site = app::site(config)?;
        let who = Principal::house();
        let company = Some(self.company.clone());
        let which = Which {
            company: company.clone(),
            branch: self.branch.clone(),
            remove_legacy: self.remove_legacy,
        };
        if self.list {
            return told(deployments::list(&house, &who, &which).await.map(|list| {
                list.items.iter().for_each(|one| out(&line(one)));
                true
            }));
        }
        if let Some(id) = self.rollback {
            let which = WhichDeployment { company, id };
            if self.plan {
                let plan = deployments::plan_rollback(&house, &site, &who, &which).await;
                return told(plan.map(|plan| show(&plan, &format!("--rollback {id}"))));
            }
            return told(
                deployments::rollback(&house, &site, &who, &which).await.map(|report| tell(&report)),
            );
        }
        if self.yes {
            return told(deployments::deploy(&house, &site, &who, &which).await.map(|report| tell(&report)));
        }
        told(
            deployments::plan(&house, &site, &who, &which)
                .await
                .map(|plan| show(&plan, &format!("--branch {} --yes", plan.branch))),
        )
    }
}

fn line(one: &DeploymentView) -> String {
    let branch = one.branch.as_deref().unwrap_or("-");
    let how = one.sentence.as_deref().or(one.outcome.as_deref()).unwrap_or("under way");
    format!("{} {} {branch} by {}: {how}", one.id, one.at, one.by)
}

/// An id as `--list` shows it.
fn id(text: &str) -> Result<Uuid, String> {
    text.parse().map_err(|_| {
        "this is no id of a deployment; fernamt deploy --company SLUG --list shows them".to_owned()
    })
}

/// What to do where something is not there, to follow what is said.
fn way_out(what: &str) -> &'static str {
    match what {
        "company" => "; fernamt apply FILE makes one",
        "branch" => "; fernamt export-config --company SLUG shows the company's branches",
        "deployment" => "; fernamt deploy --company SLUG --list shows those there were",
        _ => "",
    }
}

/// The exit code; what was asked for in vain is said.
fn told(done: Result<bool, Error>) -> anyhow::Result<ExitCode> {
    match done {
        Ok(true) => Ok(ExitCode::SUCCESS),
        Ok(false) => Ok(ExitCode::FAILURE),
        Err(error @ Error::NotFound(what)) => {
            warn(&format!("fernamt: {error}{}", way_out(what)));
            Ok(ExitCode::from(WRONG_USE))
        }
        Err(error @ Error::Invalid(_)) => {
            warn(&format!("fernamt: {error}"));
            Ok(ExitCode::from(WRONG_USE))
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether it can be done.
fn show(plan: &PlanView, next: &str) -> bool {
    out(&format!("company {}, branch {}, agent {}", plan.company, plan.branch, plan.agent_id));
    changes(&plan.changes);
    mention("note", &plan.notes);
    mention("obstacle", &plan.obstacles);
    if plan.is_empty {
        out("nothing to change");
    } else if plan.obstacles.is_empty() {
        let heard = match plan.followers.as_slice() {
            _ if next.starts_with("--rollback") => "callers then hear what they heard before".to_owned(),
            [] => "no caller hears any of it before it is published".to_owned(),
            early => {
                format!(
                    "callers of {} hear of each step at once, others when it is published",
                    early.join(", ")
                )
            }
        };
        out(&format!("next: fernamt deploy --company {} {next}; {heard}", plan.company));
    }
    plan.obstacles.is_empty()
}

fn changes(changes: &[Change]) {
    for change in changes {
        out(&format!("  {:8} {}: {}", change.area.as_str(), change.subject, change.what));
        for (mark, side) in [("-", &change.before), ("+", &change.after)] {
            for line in side.iter().flat_map(|side| side.lines()) {
                out(&format!("           {mark} {line}"));
            }
        }
    }
}

/// Whether it was done.
fn tell(report: &DeploymentReport) -> bool {
    changes(&report.changes);
    for step in &report.steps {
        out(&format!("  {step}"));
    }
    mention("left", &report.left);
    mention("note", &report.notes);
    out(&report.sentence);
    if let Some(id) = report.id {
        out(&format!("to undo: fernamt deploy --company {} --rollback {id}", report.company));
    }
    matches!(report.outcome, Outcome::Done | Outcome::NothingToChange)
}

fn mention(what: &str, lines: &[String]) {
    for line in lines {
        out(&format!("  {what}: {line}"));
    }
}
