//! The command line: one file a command; every error says what to do next.

mod apply;
mod call;
mod chaos;
mod check;
mod config;
mod demo;
mod deploy;
mod desk;
mod erase;
mod export_config;
mod export_person;
mod methods;
mod openapi;
mod serve;
mod sim;
mod token;
mod understand;
mod user;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::clock::Clock;
use crate::config::Config;

/// The exchange between a telephone voice agent and the calendar: one promise, one booking.
#[derive(Debug, Parser)]
#[command(name = "fernamt", version, after_help = "Try it: fernamt demo")]
struct Arguments {
    /// Settings file; default: fernamt.toml if it is there
    #[arg(long, global = true, value_name = "PATH", env = "FERNAMT_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Demo(demo::Demo),
    Chaos(chaos::Chaos),

    Apply(apply::Apply),
    Check(check::Check),
    Deploy(deploy::Deploy),
    #[command(subcommand)]
    Sim(sim::Sim),
    ExportConfig(export_config::ExportConfig),
    Erase(erase::Erase),
    ExportPerson(export_person::ExportPerson),
    #[command(subcommand)]
    Token(token::Token),
    #[command(subcommand)]
    User(user::User),
    Call(call::Call),
    Understand(understand::Understand),
    Config(config::Show),
    Openapi(openapi::Openapi),
    Methods(methods::Methods),
}

/// Runs the program; the exit code is 0 when all went well, 1 when not, 2 for a wrong command line.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("a crypto provider was installed before");
    }
    let run = async move {
        let config = || Config::load(arguments.config.as_deref()).inspect(name_ignored);
        let clock = Clock::default();
        match arguments.command {
            Command::Sim(sim) => sim.run().await,
            Command::Demo(demo) => demo.run(clock).await,
            Command::Chaos(chaos) => chaos.run().await,
            Command::Serve(serve) => serve.run(&config()?, clock).await,

            Command::Apply(apply) => apply.run(&config()?, clock).await,
            Command::Check(check) => check.run(&config()?, clock).await,
            Command::Deploy(deploy) => deploy.run(&config()?, clock).await,
            Command::ExportConfig(export) => export.run(&config()?, clock).await,
            Command::Erase(erase) => erase.run(&config()?, clock).await,
            Command::ExportPerson(export) => export.run(&config()?, clock).await,
            Command::Token(token) => token.run(&config()?, clock).await,
            Command::User(user) => user.run(&config()?, clock).await,
            Command::Call(call) => call.run(&config()?, clock).await,
            Command::Openapi(_) => Ok(openapi::Openapi::run()),
            Command::Methods(_) => Ok(methods::Methods::run()),
            Command::Understand(understand) => understand.run(clock),
            Command::Config(show) => {
                drop(config()?);
                show.run(arguments.config.as_deref())
            }
        }
    };
    match actix_rt::System::new().block_on(run) {
        Ok(code) => code,
        Err(error) => {
            warn(&format!("fernamt: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Says which variables of the environment look like settings and are none.
fn name_ignored(config: &Config) {
    for name in &config.ignored {
        warn(&format!("fernamt: {name} is no setting and is ignored"));
    }
}

/// Prints a line to standard output; a closed pipe is nobody listening, which is no failure.
fn out(line: &str) {
    drop(writeln!(std::io::stdout(), "{line}"));
}

/// Prints a line to standard error.
fn warn(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }
}
