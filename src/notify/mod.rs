//! What carries messages out of the house: mail over SMTP, signed webhooks over HTTP; the only room that knows either.

mod invite;
mod mail;
mod reach;
mod webhook;

use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

pub use invite::{Invite, ics};
pub use mail::Mail;
pub use reach::{NotAllowed, allowed};
pub use webhook::{Event, NoSecret, Secret, signature};

/// `[smtp]` and the part of `[messages]` that is about sending.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long one delivery may take, in milliseconds.
    pub timeout_ms: u64,
    /// Whether webhooks may go to addresses of private networks and without encryption.
    pub allow_private: bool,
    pub smtp: Smtp,
}

/// Where mail is handed over.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Smtp {
    /// `smtps://USER:PASSWORD@HOST:465`, `smtp://…:587?tls=required`, or `smtp://localhost:25`; empty: no mail is sent.
    pub url: SecretString,
    /// Who writes, such as `Fernamt <fernamt@agentur.example>`.
    pub from: String,
}

/// Why nothing can be sent with these settings.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the client for webhooks could not be made")]
    Http(#[from] reqwest::Error),
    #[error("smtp.url is not usable: it must be like smtps://USER:PASSWORD@HOST:465")]
    SmtpUrl(#[source] lettre::transport::smtp::Error),
    #[error("smtp.from \"{0}\" is no address like Fernamt <fernamt@agentur.example>")]
    From(String),
}

/// Carries messages. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Courier {
    http: reqwest::Client,
    allow_private: bool,
    mailer: Option<mail::Mailer>,
}

impl Courier {
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let timeout = Duration::from_millis(settings.timeout_ms);
        let http = reqwest::Client::builder()
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(std::sync::Arc::new(reach::Resolver { allow_private: settings.allow_private }))
            .user_agent(concat!("fernamt/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let mailer = mail::Mailer::new(&settings.smtp, timeout)?;
        Ok(Self { http, allow_private: settings.allow_private, mailer })
    }

    /// Whether mail can be sent at all.
    pub fn has_mail(&self) -> bool {
        self.mailer.is_some()
    }

    /// Whether a webhook's address may be sent to, as far as the address itself tells.
    pub fn allows(&self, url: &str) -> Result<(), NotAllowed> {
        allowed(url, self.allow_private).map(drop)
    }
}
