//! `fernamt openapi`: the description of the REST side.

use std::process::ExitCode;

use super::out;
use crate::http::openapi;

/// Print the `OpenAPI` 3.1 document that a server shows at /openapi.json
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: fernamt openapi > openapi.json")]
pub(super) struct Openapi {}

impl Openapi {
    pub(super) fn run() -> ExitCode {
        out(openapi::text().trim_end());
        ExitCode::SUCCESS
    }
}
