//! Words for the agent's own variables while it rings; nobody hears them as they stand.

use super::either;
use crate::domain::habit::PartOfDay;
use crate::domain::speech::Language;

/// What a customer usually comes for, in words; what is not usual is None.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usual<'a> {
    pub service: Option<&'a str>,
    pub staff: Option<&'a str>,
    pub weekday: Option<&'static str>,
    pub part: Option<PartOfDay>,
}

pub fn closed_word(language: Language) -> &'static str {
    match language {
        Language::De => "geschlossen",
        Language::En => "closed",
    }
}

pub fn midnight(language: Language) -> &'static str {
    match language {
        Language::De => "24 Uhr",
        Language::En => "midnight",
    }
}

pub fn from_to(from: &str, to: &str, language: Language) -> String {
    either(language, format!("{from} bis {to}"), format!("{from} to {to}"))
}

pub fn open_until(closes: Option<&str>, language: Language) -> String {
    match closes {
        Some(closes) => either(language, format!("geöffnet bis {closes}"), format!("open until {closes}")),
        None => either(language, "geöffnet", "open"),
    }
}

pub fn closed_until(opens: Option<&str>, language: Language) -> String {
    match opens {
        Some(opens) => either(
            language,
            format!("geschlossen, öffnet wieder {opens}"),
            format!("closed, opens again {opens}"),
        ),
        None => closed_word(language).to_owned(),
    }
}

/// "Bisher meist gebucht: Haarschnitt, bei Anna, dienstags, nachmittags"; empty where nothing is usual.
pub fn usually(usual: &Usual<'_>, language: Language) -> String {
    let staff = usual.staff.map(|name| either(language, format!("bei {name}"), format!("with {name}")));
    let weekday =
        usual.weekday.map(|day| either(language, format!("{}s", day.to_lowercase()), format!("on {day}s")));
    let part = usual.part.map(|part| part_of_day(part, language).to_owned());
    let all: Vec<String> =
        [usual.service.map(str::to_owned), staff, weekday, part].into_iter().flatten().collect();
    if all.is_empty() {
        return String::new();
    }
    let list = all.join(", ");
    either(
        language,
        format!(
            "Von dieser Nummer bisher meist gebucht: {list}. Nur als Vorschlag, ohne einen Namen zu nennen."
        ),
        format!(
            "Mostly booked from this number so far: {list}. As a suggestion only, without naming anybody."
        ),
    )
}

fn part_of_day(part: PartOfDay, language: Language) -> &'static str {
    match (part, language) {
        (PartOfDay::Morning, Language::De) => "vormittags",
        (PartOfDay::Noon, Language::De) => "mittags",
        (PartOfDay::Afternoon, Language::De) => "nachmittags",
        (PartOfDay::Evening, Language::De) => "abends",
        (PartOfDay::Morning, Language::En) => "in the morning",
        (PartOfDay::Noon, Language::En) => "at noon",
        (PartOfDay::Afternoon, Language::En) => "in the afternoon",
        (PartOfDay::Evening, Language::En) => "in the evening",
    }
}
