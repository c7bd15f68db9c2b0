//! `fernamt methods`: the description of the gateway.

use std::process::ExitCode;

use super::out;
use crate::rpc::openrpc;

/// Print the `OpenRPC` document of the gateway, which a server shows at /api/mcp/gateway/methods
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fernamt methods > openrpc.json")]
pub(super) struct Methods {}

impl Methods {
    pub(super) fn run() -> ExitCode {
        out(openrpc::text().trim_end());
        ExitCode::SUCCESS
    }
}
