//! `fernamt understand`: how date and time words are understood, as JSON.

use std::process::ExitCode;

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::out;
use crate::clock::Clock;
use crate::domain::holidays::Region;
use crate::domain::hours::{Opening, OpeningHours};
use crate::domain::speech::{Language, Reference, when};

/// Show how date and time words are understood
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example: fernamt understand \"Dienstag 14 Uhr 30\" --at 2026-10-14T10:05:00+02:00 --zone Europe/Berlin"
)]
pub(super) struct Understand {
    /// The words, in quotes
    words: String,
    /// The moment they are said; default: now
    #[arg(long, value_name = "RFC3339")]
    at: Option<Timestamp>,
    /// The time zone they are said in
    #[arg(long, default_value = "Europe/Berlin", value_name = "IANA")]
    zone: String,
    /// de or en
    #[arg(long, default_value = "de", value_name = "LANG")]
    lang: String,
    /// Opening hours, which tell three in the morning from three in the afternoon
    #[arg(long, value_name = "HOURS")]
    hours: Option<String>,
    /// Whose public holidays are closed: DE-BE and so on, DE, AT, CH; counts together with --hours
    #[arg(long, value_name = "REGION")]
    holidays: Option<String>,
}

impl Understand {
    pub(super) fn run(self, clock: Clock) -> anyhow::Result<ExitCode> {
        let language = Language::parse(&self.lang);
        let language = language.with_context(|| format!("--lang \"{}\" must be de or en", self.lang))?;
        let zone = TimeZone::get(&self.zone);
        let zone = zone.with_context(|| format!("--zone \"{}\" is not an IANA name", self.zone))?;
        let hours = self.hours.as_deref().map(OpeningHours::parse).transpose().context("--hours")?;
        let holidays = self.holidays.as_deref().map(Region::parse).transpose().context("--holidays")?;
        let opening =
            hours.map(|hours| Opening { hours, closures: Vec::new(), holidays, special: Vec::new() });
        let now = self.at.unwrap_or_else(|| clock.now()).to_zoned(zone);
        let reference = Reference { now: &now, opening: opening.as_ref(), language };
        let understood = when::understand(&self.words, &reference);
        out(&when::to_json_seen_from(&understood, now.date(), language).to_string());
        Ok(ExitCode::SUCCESS)
    }
}
