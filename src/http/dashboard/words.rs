//! What pages say, in German and English: Fluent's files, compiled in; and how days and times are written.

use std::sync::LazyLock;

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT_LANGUAGE;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use unic_langid::LanguageIdentifier;

type Bundle = FluentBundle<FluentResource>;

/// The cookie in which a browser keeps the choice.
pub(super) const COOKIE: &str = "fernamt_language";

static GERMAN: LazyLock<Bundle> =
    LazyLock::new(|| bundle(Language::German, include_str!("../../../templates/desk/words/de.ftl")));
static ENGLISH: LazyLock<Bundle> =
    LazyLock::new(|| bundle(Language::English, include_str!("../../../templates/desk/words/en.ftl")));

/// A language the desk speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    German,
    English,
}

impl Language {
    pub(super) const ALL: [Self; 2] = [Self::German, Self::English];

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::German => "de",
            Self::English => "en",
        }
    }

    /// What it calls itself.
    pub(super) fn own_name(self) -> &'static str {
        match self {
            Self::German => "Deutsch",
            Self::English => "English",
        }
    }

    pub(super) fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The language a browser asks for most, of those the desk speaks; German where it asks for none of them.
    fn asked_for(accepted: &str) -> Self {
        let ranges = accepted.split(',').filter_map(|range| {
            let (tag, quality) = range.split_once(";q=").unwrap_or((range, "1"));
            let language = Self::parse(tag.trim().split('-').next()?.to_lowercase().as_str())?;
            Some((language, quality.trim().parse::<f32>().ok()?))
        });
        // Of several that are asked for alike, the first counts.
        let best = ranges.fold(None, |best: Option<(Self, f32)>, range| match best {
            Some(best) if best.1 >= range.1 => Some(best),
            Some(_) | None => Some(range),
        });
        best.map_or(Self::German, |(language, _)| language)
    }
}

/// The words of one language. What has no word is shown by its key, so that it is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Words(Language);

impl Words {
    /// The words for whoever asks: the reader's own choice, else the browser's.
    pub(super) fn of(request: &HttpRequest) -> Self {
        let chosen = request.cookie(COOKIE).and_then(|cookie| Language::parse(cookie.value()));
        let accepted = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Self(chosen.unwrap_or_else(|| Language::asked_for(accepted.unwrap_or_default())))
    }

    pub(super) fn language(self) -> Language {
        self.0
    }

    pub(super) fn code(self) -> &'static str {
        self.0.code()
    }

    /// The text of a key.
    pub(super) fn t(self, key: &str) -> String {
        self.say(key, &FluentArgs::new())
    }

    /// The text of a key that tells a number, `$n`.
    pub(super) fn count(self, key: &str, n: &(impl TryInto<i64> + Copy)) -> String {
        let mut args = FluentArgs::new();
        args.set("n", (*n).try_into().unwrap_or(i64::MAX));
        self.say(key, &args)
    }

    /// The text of a key that tells something, `$it`.
    pub(super) fn with(self, key: &str, it: &(impl ToString + ?Sized)) -> String {
        let mut args = FluentArgs::new();
        args.set("it", FluentValue::from(it.to_string()));
        self.say(key, &args)
    }

    /// The word for one of a family that the program knows by names of its own, such as the states of a booking; the
    /// name itself where there is none.
    pub(super) fn word(self, family: &str, name: &str) -> String {
        let key = format!("{family}-{}", name.replace('_', "-"));
        if self.bundle().has_message(&key) { self.t(&key) } else { name.to_owned() }
    }

    pub(super) fn has(self, key: &str) -> bool {
        self.bundle().has_message(key)
    }

    /// Weekday, day and time.
    pub(super) fn when(self, at: Timestamp, zone: &TimeZone) -> String {
        let local = at.to_zoned(zone.clone()).datetime();
        format!("{}, {}", self.date(local.date()), clock(local))
    }

    /// The time alone.
    #[expect(clippy::unused_self, reason = "told like the day beside it; both languages write it alike")]
    pub(super) fn clock(self, at: Timestamp, zone: &TimeZone) -> String {
        clock(at.to_zoned(zone.clone()).datetime())
    }

    /// Weekday and day.
    pub(super) fn day(self, at: Timestamp, zone: &TimeZone) -> String {
        self.date(at.to_zoned(zone.clone()).date())
    }

    /// A day of the calendar.
    pub(super) fn date(self, local: Date) -> String {
        let weekday = self.t(&format!("weekday-{}", local.weekday().to_monday_one_offset()));
        let month = self.t(&format!("month-{}", local.month()));
        match self.0 {
            Language::German => format!("{weekday} {}. {month} {}", local.day(), local.year()),
            Language::English => format!("{weekday} {} {month} {}", local.day(), local.year()),
        }
    }

    fn say(self, key: &str, args: &FluentArgs<'_>) -> String {
        let Some(pattern) = self.bundle().get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut errors = Vec::new();
        self.bundle().format_pattern(pattern, Some(args), &mut errors).into_owned()
    }

    fn bundle(self) -> &'static Bundle {
        match self.0 {
            Language::German => &GERMAN,
            Language::English => &ENGLISH,
        }
    }
}

fn clock(local: DateTime) -> String {
    format!("{}:{:02}", local.hour(), local.minute())
}

fn bundle(language: Language, text: &str) -> Bundle {
    let locale = language.code().parse::<LanguageIdentifier>();
    let mut bundle = Bundle::new_concurrent(locale.into_iter().collect());
    bundle.set_use_isolating(false);
    // Whatever can be read of the file is used; a test sees to it that all of it can.
    let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(text.to_owned());
    bundle.add_resource_overriding(resource);
    bundle
}

#[cfg(test)]
mod tests;
