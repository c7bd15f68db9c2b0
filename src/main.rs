//! The program: parses the command line and hands over.

use std::process::ExitCode;

/// Half the processor time of a turn is small, short-lived allocations; this one is quicker at them than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    fernamt::cli::main()
}
