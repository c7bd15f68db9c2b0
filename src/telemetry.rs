//! Logs: one line per happening, as text or JSON, to standard error; names, numbers and texts never reach it.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

use crate::config::LogFormat;

/// Why logging could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("log = \"{filter}\" is no filter; try info, debug, or info,fernamt::actors=debug")]
    Filter { filter: String },
    #[error("logging was set up before")]
    Twice(#[from] TryInitError),
}

/// Sets up logging for the whole process; to be called once.
pub fn start(filter: &str, format: LogFormat) -> Result<(), Error> {
    let parsed = EnvFilter::try_new(filter).map_err(|_| Error::Filter { filter: filter.to_owned() })?;
    let registry = tracing_subscriber::registry().with(parsed);
    match format {
        LogFormat::Text => {
            registry
                .with(
                    tracing_subscriber::fmt::layer()
                        .with_ansi(std::io::stderr().is_terminal())
                        .with_writer(std::io::stderr),
                )
                .try_init()?;
        }
        LogFormat::Json => {
            registry.with(tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr)).try_init()?;
        }
    }
    Ok(())
}
