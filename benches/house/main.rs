//! What the house costs, measured from outside against the real program: `cargo bench --bench house`, `… -- turn` for one alone.

mod bare;
mod calls;
mod cold;
mod line;
mod load;
mod measure;
mod memory;
mod script;
mod stage;
mod turn;

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::bail;

use measure::Verdict;

/// The same as the program's, so that the comparison is one of work.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "cargo bench --bench house -- [turn] [line] [calls] [memory] [cold] [--strict]: all five where none is named; \
                     with --strict a missed target is a failure";

fn main() -> ExitCode {
    // Given by cargo to every bench; says nothing.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    // A provider set before serves as well.
    drop(rustls::crypto::ring::default_provider().install_default());
    match actix_rt::System::new().block_on(run(&arguments)) {
        Ok(code) => code,
        Err(error) => {
            out(&format!("bench: {error:#}"));
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    if let [command, port_file] = arguments
        && command == bare::COMMAND
    {
        bare::serve(port_file.as_ref()).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let (flags, mut names): (Vec<&str>, Vec<&str>) =
        arguments.iter().map(String::as_str).partition(|argument| argument.starts_with('-'));
    if let Some(unknown) = flags.iter().find(|flag| **flag != "--strict") {
        bail!("{unknown} is unknown; {USAGE}");
    }
    if names.is_empty() {
        names = vec!["turn", "line", "calls", "memory", "cold"];
    }
    if names == ["attack"] {
        return Ok(ExitCode::SUCCESS);
    }
    out(&format!("{}; ratios are medians over alternating rounds, with their spread", measure::machine()));
    let mut verdicts: Vec<Verdict> = Vec::new();
    for name in names {
        verdicts.extend(match name {
            // The other bench of this project, which cargo starts with the same arguments.
            "attack" => Vec::new(),
            "turn" => turn::run().await?,
            "line" => line::run().await?,
            "calls" => calls::run().await?,
            "memory" => memory::run().await?,
            "cold" => cold::run().await?,
            unknown => bail!("{unknown} is unknown; {USAGE}"),
        });
    }
    out("");
    for verdict in &verdicts {
        out(&verdict.to_string());
    }
    let missed = verdicts.iter().any(|verdict| !verdict.is_held());
    Ok(if missed && !flags.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Prints a line at once; a closed pipe is nobody listening.
fn out(line: &str) {
    let mut stdout = std::io::stdout().lock();
    drop(writeln!(stdout, "{line}").and_then(|()| stdout.flush()));
}
