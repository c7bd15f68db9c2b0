//! `fernamt user`: people who log in with e-mail and password.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use secrecy::{ExposeSecret as _, SecretString};

use super::out;
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::operations::users::{self, NewUser, UserChange, UserView};
use crate::operations::{Principal, Role};

const PASSWORD: &str = "FERNAMT_PASSWORD";

/// Make, list, disable and enable people who log in; the password is asked for, or read from `FERNAMT_PASSWORD`
#[derive(Debug, clap::Subcommand)]
pub(super) enum User {
    /// Make a user; the password (at least 12 characters) is asked for, or read from `FERNAMT_PASSWORD`
    #[command(
        after_help = "Example: fernamt user create --email anna@beispiel.example --role company_admin --company salon-anna"
    )]
    Create {
        #[arg(long)]
        email: String,
        #[arg(long, value_enum)]
        role: Role,
        /// The company the user looks after; several for the role agency
        #[arg(long, value_name = "SLUG")]
        company: Vec<String>,
    },
    /// List users
    #[command(after_help = "Example: fernamt user list")]
    List,
    /// Let a user log in no more
    #[command(after_help = "Example: fernamt user disable anna@beispiel.example")]
    Disable { email: String },
    /// Let a disabled user log in again
    #[command(after_help = "Example: fernamt user enable anna@beispiel.example")]
    Enable { email: String },
    /// Give a user another password
    #[command(after_help = "Example: fernamt user password anna@beispiel.example")]
    Password { email: String },
}

impl User {
    pub(super) async fn run(self, config: &Config, clock: Clock) -> anyhow::Result<ExitCode> {
        let house = app::visit(config, clock).await?;
        let (store, directory, who) = (house.store(), house.directory(), Principal::house());
        let desk = (directory.as_ref(), &who);
        let change = async |email: &str, change: UserChange| {
            users::change(store, clock, desk, email, change).await.with_context(|| format!("user {email}"))
        };
        let disabled = |disabled| UserChange { disabled: Some(disabled), ..UserChange::default() };
        match self {
            Self::Create { email, role, company } => {
                let password = password()?;
                let new = NewUser { email, role, companies: company, password };
                let user = users::create(store, clock, desk, new).await?;
                out(&format!(
                    "user {} ({}) made; log in at /admin with e-mail and password",
                    user.email, user.role
                ));
            }
            Self::List => {
                let users = users::list(store, &directory, &who).await?;
                users.items.iter().map(line_of).for_each(|line| out(&line));
            }
            Self::Disable { email } => {
                let user = change(&email, disabled(true)).await?;
                out(&format!("user {} can log in no more", user.email));
            }
            Self::Enable { email } => {
                let user = change(&email, disabled(false)).await?;
                out(&format!("user {} can log in", user.email));
            }
            Self::Password { email } => {
                let password = Some(password()?);
                let user = change(&email, UserChange { password, ..UserChange::default() }).await?;
                out(&format!("user {} has another password", user.email));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// From the environment, else asked for twice at the terminal.
fn password() -> anyhow::Result<SecretString> {
    if let Ok(given) = std::env::var(PASSWORD) {
        return Ok(given.into());
    }
    if !std::io::stdin().is_terminal() {
        bail!("no password: set {PASSWORD}, or run this at a terminal to be asked for it");
    }
    let asked = |prompt| rpassword::prompt_password(prompt).context("the terminal gave no password");
    let first = SecretString::from(asked("Password (at least 12 characters): ")?);
    let second = SecretString::from(asked("The same again: ")?);
    if first.expose_secret() != second.expose_secret() {
        bail!("the two are not the same; nothing was changed");
    }
    Ok(first)
}

fn line_of(user: &UserView) -> String {
    let state = if user.disabled { "disabled" } else { "active" };
    let companies =
        if user.companies.is_empty() { "all companies".to_owned() } else { user.companies.join(", ") };
    format!("{}  {:14}  {state:8}  {}  {companies}", user.id, user.role, user.email)
}
