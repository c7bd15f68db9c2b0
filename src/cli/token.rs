//! `fernamt token`: API tokens, shown once.

use std::process::ExitCode;

use anyhow::Context as _;

use super::out;
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::operations::tokens::{self, TokenView};
use crate::operations::{Principal, Role};

/// Make, list and revoke API tokens
#[derive(Debug, clap::Subcommand)]
pub(super) enum Token {
    /// Make a token; it is printed alone on the last line and shown only once
    #[command(
        after_help = "Example: fernamt token create --role company_admin --company salon-anna --name desk"
    )]
    Create {
        #[arg(long, value_enum)]
        role: Role,
        /// The company it is for; several for the role agency
        #[arg(long, value_name = "SLUG")]
        company: Vec<String>,
        /// What it is called in lists
        #[arg(long, default_value = "token")]
        name: String,
    },
    /// List tokens, without the tokens themselves
    #[command(after_help = "Example: fernamt token list")]
    List,
    /// Revoke a token by the id that `token list` shows
    #[command(after_help = "Example: fernamt token revoke 019a9c3e-0000-7000-8000-000000000000")]
    Revoke { id: String },
}

impl Token {
    pub(super) async fn run(self, config: &Config, clock: Clock) -> anyhow::Result<ExitCode> {
        let house = app::visit(config, clock).await?;
        let (store, directory) = (house.store(), house.directory());
        match self {
            Self::Create { role, company, name } => {
                let (token, text) = tokens::create(store, clock, &directory, (role, &company, &name)).await?;
                out(&format!("token {} ({}) made; it is shown only once:", token.id, token.role));
                out(&text);
            }
            Self::List => {
                let tokens = tokens::list(store, &directory, &Principal::house()).await?;
                tokens.items.iter().map(line_of).for_each(|line| out(&line));
            }
            Self::Revoke { id } => {
                let revoked = tokens::revoke(store, clock, &Principal::house(), &id).await;
                revoked
                    .with_context(|| format!("\"{id}\" was not revoked; fernamt token list shows the ids"))?;
                out(&format!("token {id} revoked"));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn line_of(token: &TokenView) -> String {
    let state = if token.revoked { "revoked" } else { "valid" };
    let companies =
        if token.companies.is_empty() { "all companies".to_owned() } else { token.companies.join(", ") };
    format!("{}  {:14}  {state:7}  {}  {companies}", token.id, token.role, token.name)
}
