//! The settings, gathered: the embedded defaults, then the file, then the environment. Each room says what its own mean.

mod effective;

pub use effective::effective;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Toml};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

use crate::actors::{backfill, enquiries, post, prefetch};
use crate::domain::retry::Backoff;
use crate::domain::{booking, breaker, outbox};
use crate::operations::{readiness, sessions};
use crate::store::secrets::{Keyring, NoKey};
use crate::{actors, calcom, http, notify, retell, store};

/// Every key with its default and what it means.
pub const DEFAULTS: &str = include_str!("config.default.toml");
const PREFIX: &str = "FERNAMT_";
/// Read elsewhere, or by the tests.
const NOT_SETTINGS: [&str; 3] = ["config", "password", "test_database_url"];
/// Settings without a default.
const OPTIONAL: [&str; 6] =
    ["public_url", "master_key", "previous_master_key", "erasures_file", "node", "otlp_endpoint"];
const MASTER_KEY_FILE: &str = "fernamt.key";
const ERASURES_FILE: &str = "fernamt.erasures";

/// Everything that can be set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub listen: String,
    pub public_url: Option<String>,
    pub database_url: String,
    pub master_key: Option<SecretString>,
    pub previous_master_key: Option<SecretString>,
    erasures_file: Option<PathBuf>,
    pub log: String,
    pub log_format: LogFormat,
    pub threads: usize,
    /// This node's name, for when several share one database.
    #[serde(default, deserialize_with = "words")]
    pub node: Option<String>,
    /// Where traces go (OTLP over HTTP); nowhere without it.
    pub otlp_endpoint: Option<String>,
    /// Variables of the environment that look like settings and are none.
    #[serde(skip)]
    pub ignored: Vec<String>,
    /// Whether an older schema is brought up to date at start.
    #[serde(default = "yes", skip_deserializing)]
    pub migrate: bool,
    database: Database,
    calls: Calls,
    backfill: backfill::Settings,
    calcom: Calcom,
    pub retell: retell::Settings,
    messages: Messages,
    smtp: notify::Smtp,
    pub readiness: readiness::Settings,
    pub web: http::Settings,
    pub sign_in: sessions::Settings,
    pub limits: http::limit::Settings,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Database {
    connections_max: u32,
    journal_waiting_max: usize,
    journal_batch_max: usize,
    wait_max_ms: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "calls_max is the name of the setting")]
struct Calls {
    answer_budget_ms: u64,
    answer_max_ms: u64,
    repeat_window_ms: u64,
    analysis_wait_ms: u64,
    idle_ms: u64,
    calls_max: usize,
    sweep_every_ms: u64,
    stuck_after_ms: u64,
    bodies_days: u32,
    deliveries_days: u32,
    exchanges_days: u32,
    functions_days: u32,
    calls_days: u32,
    callbacks_days: u32,
    silent_after_ms: u64,
    ask_first_ms: u64,
    ask_longest_ms: u64,
    unreported_after_ms: u64,
    late_yes_after_ms: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Calcom {
    connect_timeout_ms: u64,
    read_timeout_ms: u64,
    write_timeout_ms: u64,
    body_max_bytes: usize,
    slots_life_ms: u64,
    prefetch_days: u8,
    prefetch_event_types_max: usize,
    calendar_waiting_max: usize,
    budget_waiting_max: usize,
    #[serde(deserialize_with = "milliseconds")]
    look_after_ms: Vec<u64>,
    look_again_ms: u64,
    quiet_horizon_ms: u64,
    compare_every_ms: u64,
    #[serde(deserialize_with = "milliseconds")]
    watch_after_ms: Vec<u64>,
    sent_max: u32,
    retry_first_ms: u64,
    retry_longest_ms: u64,
    give_up_after_ms: u64,
    breaker_failures_max: u32,
    breaker_cool_down_ms: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Messages {
    every_ms: u64,
    watch_every_ms: u64,
    timeout_ms: u64,
    at_once_max: usize,
    keep_days: u32,
    #[serde(deserialize_with = "milliseconds")]
    retry_after_ms: Vec<u64>,
    gather_ms: u64,
    allow_private: bool,
}

/// Why the settings could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Figment(Box<figment::Error>),
    #[error(transparent)]
    Key(#[from] NoKey),
    #[error("with PostgreSQL the master key must be given: set FERNAMT_MASTER_KEY to 32 bytes in base64")]
    KeyRequired,
    #[error("database_url \"{0}\" is neither sqlite://FILE?mode=rwc nor postgres://…")]
    Url(String),
    #[error(
        "{key} is missing, but {database} was sealed with it: put it back, or give the key as FERNAMT_MASTER_KEY"
    )]
    KeyLost { key: PathBuf, database: PathBuf },
    #[error("the settings file {0} does not exist")]
    NoFile(PathBuf),
    #[error("{file}: {} is no setting; fernamt config --default prints all there are", keys.join(", "))]
    UnknownKeys { file: PathBuf, keys: Vec<String> },
}

impl Config {
    /// The settings from a file, if one is named or `fernamt.toml` is there, and the environment.
    pub fn load(file: Option<&Path>) -> Result<Self, Error> {
        let (figment, ignored) = gathered(file)?;
        let config: Self = figment.extract().map_err(|error| Error::Figment(Box::new(error)))?;
        Ok(Self { ignored, ..config })
    }

    /// The defaults alone, whatever stands in files and environment; for the demo and for tests.
    pub fn defaults() -> Result<Self, Error> {
        let figment = Figment::new().merge(Toml::string(DEFAULTS));
        figment.extract().map_err(|error| Error::Figment(Box::new(error)))
    }

    /// The defaults with some keys changed, written as TOML; for the demo and for tests.
    pub fn with(overrides: &str) -> Result<Self, Error> {
        let figment = Figment::new().merge(Toml::string(DEFAULTS)).merge(Toml::string(overrides));
        figment.extract().map_err(|error| Error::Figment(Box::new(error)))
    }

    /// The same settings, but an older schema is refused instead of migrated.
    pub fn without_migration(&self) -> Self {
        Self { migrate: false, ..self.clone() }
    }

    pub fn store(&self) -> store::Settings {
        store::Settings {
            url: self.database_url.clone(),
            connections_max: self.database.connections_max,
            journal_waiting_max: self.database.journal_waiting_max,
            journal_batch_max: self.database.journal_batch_max,
            wait_max_ms: self.database.wait_max_ms,
        }
    }

    /// The file beside the database that holds the master key; None where the key is given otherwise.
    pub fn master_key_file(&self) -> Option<PathBuf> {
        let database = self.store().sqlite_file().filter(|_| self.master_key.is_none())?;
        Some(database.with_file_name(MASTER_KEY_FILE))
    }

    /// Where erasures are written down: as set, else beside the SQLite database; None with PostgreSQL where it is not set.
    pub fn erasures_file(&self) -> Option<PathBuf> {
        let beside = || Some(self.store().sqlite_file()?.with_file_name(ERASURES_FILE));
        self.erasures_file.clone().or_else(beside)
    }

    /// The master keys: from the settings, else from the file beside the database.
    pub fn keyring(&self) -> Result<Keyring, Error> {
        let texts = self.master_key.iter().chain(&self.previous_master_key);
        let texts: Vec<&str> = texts.map(ExposeSecret::expose_secret).collect();
        if self.master_key.is_some() {
            return Ok(Keyring::parse(texts)?);
        }
        let Some(database) = self.store().sqlite_file() else {
            let is_postgres = self.database_url.starts_with("postgres");
            return Err(if is_postgres { Error::KeyRequired } else { Error::Url(self.database_url.clone()) });
        };
        let key = database.with_file_name(MASTER_KEY_FILE);
        let has_data = std::fs::metadata(&database).is_ok_and(|file| file.len() > 0);
        if has_data && !key.exists() {
            return Err(Error::KeyLost { key, database });
        }
        Ok(Keyring::of_file(&key)?)
    }

    pub fn calcom(&self) -> calcom::Settings {
        calcom::Settings {
            connect_timeout_ms: self.calcom.connect_timeout_ms,
            read_timeout_ms: self.calcom.read_timeout_ms,
            write_timeout_ms: self.calcom.write_timeout_ms,
            body_max_bytes: self.calcom.body_max_bytes,
            ..calcom::Settings::default()
        }
    }

    pub fn notify(&self) -> notify::Settings {
        notify::Settings {
            timeout_ms: self.messages.timeout_ms,
            allow_private: self.messages.allow_private,
            smtp: self.smtp.clone(),
        }
    }

    fn post(&self) -> post::Settings {
        let messages = &self.messages;
        post::Settings {
            every_ms: messages.every_ms,
            watch_every_ms: messages.watch_every_ms,
            timeout_ms: messages.timeout_ms,
            at_once_max: messages.at_once_max,
            keep_days: messages.keep_days,
            rules: outbox::Rules {
                pauses_ms: messages.retry_after_ms.clone(),
                window_ms: messages.gather_ms,
            },
            public_url: self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen)),
        }
    }

    pub fn actors(&self) -> actors::Settings {
        let (calls, calcom) = (&self.calls, &self.calcom);
        actors::Settings {
            answer_budget_ms: calls.answer_budget_ms,
            answer_max_ms: calls.answer_max_ms,
            repeat_window_ms: calls.repeat_window_ms,
            analysis_wait_ms: calls.analysis_wait_ms,
            idle_ms: calls.idle_ms,
            calls_max: calls.calls_max,
            calendar_waiting_max: calcom.calendar_waiting_max,
            budget_waiting_max: calcom.budget_waiting_max,
            slots_life_ms: calcom.slots_life_ms,
            prefetch: prefetch::Settings {
                days: calcom.prefetch_days,
                event_types_max: calcom.prefetch_event_types_max,
            },
            sweep_every_ms: calls.sweep_every_ms,
            compare_every_ms: calcom.compare_every_ms,
            stuck_after_ms: calls.stuck_after_ms,
            bodies_days: calls.bodies_days,
            deliveries_days: calls.deliveries_days,
            exchanges_days: calls.exchanges_days,
            functions_days: calls.functions_days,
            calls_days: calls.calls_days,
            callbacks_days: calls.callbacks_days,
            erasures_file: self.erasures_file(),
            late_yes_after_ms: calls.late_yes_after_ms,
            post: self.post(),
            enquiries: enquiries::Settings {
                silent_after_ms: calls.silent_after_ms,
                again: Backoff { first_ms: calls.ask_first_ms, longest_ms: calls.ask_longest_ms },
                unreported_after_ms: calls.unreported_after_ms,
                backfill: self.backfill.clone(),
            },
            booking: booking::Rules {
                look_after_ms: calcom.look_after_ms.clone(),
                look_again_ms: calcom.look_again_ms,
                quiet_horizon_ms: calcom.quiet_horizon_ms,
                watch_after_ms: calcom.watch_after_ms.clone(),
                sent_max: calcom.sent_max,
                backoff: Backoff { first_ms: calcom.retry_first_ms, longest_ms: calcom.retry_longest_ms },
                give_up_after_ms: calcom.give_up_after_ms,
            },
            breaker: breaker::Rules {
                failures_max: calcom.breaker_failures_max,
                cool_down_ms: calcom.breaker_cool_down_ms,
                // A try that asks who we are and then books may take as long as both.
                probe_max_ms: calcom.read_timeout_ms + calcom.write_timeout_ms,
            },
        }
    }
}

/// Defaults, file, environment, in this order; and the variables that look like ours and are no settings. Unknown keys of
/// the file are mistakes; unknown variables may be somebody else's and are only named.
fn gathered(file: Option<&Path>) -> Result<(Figment, Vec<String>), Error> {
    if let Some(file) = file.filter(|file| !file.exists()) {
        return Err(Error::NoFile(file.to_owned()));
    }
    let mut figment = Figment::new().merge(Toml::string(DEFAULTS));
    let file = file.unwrap_or_else(|| Path::new("fernamt.toml"));
    if file.exists() {
        let keys = effective::unknown_keys(&std::fs::read_to_string(file).unwrap_or_default());
        if !keys.is_empty() {
            return Err(Error::UnknownKeys { file: file.to_owned(), keys });
        }
        figment = figment.merge(Toml::file_exact(file));
    }
    let known = known_keys();
    let is_known = |name: &str| known.contains(&name.to_lowercase().replace("__", "."));
    let ours = std::env::vars_os().filter_map(|(name, _)| {
        let name = name.into_string().ok()?;
        let (prefix, rest) = name.split_at_checked(PREFIX.len())?;
        prefix.eq_ignore_ascii_case(PREFIX).then(|| rest.to_owned())
    });
    let (named, ignored): (Vec<_>, Vec<_>) = ours
        .filter(|name| !NOT_SETTINGS.contains(&name.to_lowercase().as_str()))
        .partition(|name| is_known(name));
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    let environment = Env::prefixed(PREFIX).only(&named).split("__");
    Ok((figment.merge(environment), ignored.iter().map(|name| format!("{PREFIX}{name}")).collect()))
}

/// Every key that can be set, with a dot between table and key.
fn known_keys() -> BTreeSet<String> {
    let defaults: toml::Table = DEFAULTS.parse().unwrap_or_default();
    let mut keys: BTreeSet<String> = OPTIONAL.iter().map(ToString::to_string).collect();
    for (name, value) in &defaults {
        match value.as_table() {
            Some(table) => keys.extend(table.keys().map(|key| format!("{name}.{key}"))),
            None => drop(keys.insert(name.clone())),
        }
    }
    keys
}

/// A text, also where the environment made a number or a truth of it.
fn words<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let value = Option::<toml::Value>::deserialize(from)?;
    Ok(value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
}

fn yes() -> bool {
    true
}

/// Milliseconds as a list, a single number, or text with commas as it comes from the environment.
fn milliseconds<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        List(Vec<u64>),
        One(u64),
        Text(String),
    }
    match Written::deserialize(from)? {
        Written::List(list) => Ok(list),
        Written::One(one) => Ok(vec![one]),
        Written::Text(text) => {
            text.split(',').map(|part| part.trim().parse().map_err(serde::de::Error::custom)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_defaults_are_complete_and_those_of_the_contract() {
        let config = Config::defaults().unwrap();

        assert_eq!(config.listen, "127.0.0.1:8080");
        assert_eq!(config.database_url, "sqlite://fernamt.db?mode=rwc");
        assert_eq!((config.calcom.read_timeout_ms, config.calcom.write_timeout_ms), (2_000, 60_000));
    }

    #[test]
    fn a_list_of_milliseconds_may_be_written_with_commas() {
        let config = Config::with("[calcom]\nlook_after_ms = \"10, 20,30\"").unwrap();

        assert_eq!(config.actors().booking.look_after_ms, [10, 20, 30]);
    }

    #[test]
    fn a_misspelt_setting_is_named() {
        let error = Config::with("[calcom]\nwrite_timeout = 5").unwrap_err();

        assert!(error.to_string().contains("write_timeout"), "{error}");
    }
}
