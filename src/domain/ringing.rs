//! What the agent is told while it rings: the day, the hours, what is offered; of the caller only what may be said.

use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan, Zoned};

use super::directory::{Branch, Company};
use super::habit::Habit;
use super::hours::Opening;
use super::speech::{Language, say, sentences};

/// Days told ahead, so that "Dienstag" is a date for the agent too.
const DAYS_AHEAD: i64 = 14;
/// The most names of services or people in one variable: it stands in the agent's prompt at every turn.
const NAMES_MAX: usize = 50;

/// A dynamic variable: its name and its text.
pub type Variable = (&'static str, String);

/// The variables of a call to that branch, or to a hotline that has yet to ask for one. Every name is always there, since
/// an agent would read out one that is not.
pub fn variables(
    company: &Company,
    branch: Option<&Branch>,
    habit: Option<&Habit>,
    now: Timestamp,
) -> Vec<Variable> {
    let language = company.language;
    let zone =
        branch.or(company.branches.first()).map_or(jiff::tz::TimeZone::UTC, |branch| branch.zone.clone());
    let local = now.to_zoned(zone);
    let opening = branch.and_then(|branch| branch.opening.as_ref());
    let (services, staff) = (branch.map(services_of), branch.map(staff_of));
    let branches = company.branches.iter().map(|branch| branch.name.clone());
    let habit = branch.zip(habit).map(|(branch, habit)| hint(branch, habit, language));
    vec![
        ("firma", company.name.clone()),
        ("filiale", branch.map(|branch| branch.name.clone()).unwrap_or_default()),
        ("filialen", joined(branches)),
        ("heute", say::date(local.date(), local.date(), language)),
        ("wochentag", say::weekday(local.weekday(), language).to_owned()),
        ("heute_datum", local.date().to_string()),
        ("uhrzeit_jetzt", say::time(local.time(), language)),
        ("naechste_tage", next_days(opening, local.date(), language)),
        ("geoeffnet", is_open(opening.map(|opening| opening.is_open_at(&local)), language).to_owned()),
        ("oeffnungsstatus", opening.map(|opening| state(opening, &local, language)).unwrap_or_default()),
        ("oeffnungszeiten_heute", opening.map(|it| hours(it, local.date(), language)).unwrap_or_default()),
        ("dienstleistungen", services.unwrap_or_default()),
        ("mitarbeiter", staff.unwrap_or_default()),
        ("stammkunde_hinweis", habit.unwrap_or_default()),
    ]
}

fn services_of(branch: &Branch) -> String {
    joined(branch.offered().map(|service| service.name.clone()))
}

fn staff_of(branch: &Branch) -> String {
    let mut staff: Vec<String> = Vec::new();
    for name in branch.staff() {
        if !staff.iter().any(|known| known == name) {
            staff.push(name.to_owned());
        }
    }
    joined(staff)
}

fn joined(names: impl IntoIterator<Item = String>) -> String {
    names.into_iter().take(NAMES_MAX).collect::<Vec<_>>().join(", ")
}

/// "Mittwoch, 14. Oktober = 2026-10-14; Sonntag, 18. Oktober = 2026-10-18 (geschlossen); …"; holidays by their name.
fn next_days(opening: Option<&Opening>, today: Date, language: Language) -> String {
    let days = (0..DAYS_AHEAD).map(|ahead| {
        let day = today.saturating_add(ahead.days());
        let note = opening.and_then(|opening| note_on(opening, day, language));
        let note = note.map(|note| format!(" ({note})")).unwrap_or_default();
        format!("{} = {day}{note}", say::date(day, today, language))
    });
    days.collect::<Vec<_>>().join("; ")
}

/// That it is closed on a day, for which holiday, or that the hours are not the usual ones.
fn note_on(opening: &Opening, day: Date, language: Language) -> Option<String> {
    let closed = sentences::closed_word(language);
    if opening.is_closed_on(day) {
        let holiday = opening.holiday_on(day).map(|holiday| holiday.name(language));
        return Some(holiday.map_or_else(|| closed.to_owned(), |name| format!("{closed}, {name}")));
    }
    let is_unusual = opening.blocks_on(day) != opening.hours.blocks(day.weekday());
    is_unusual.then(|| hours(opening, day, language))
}

fn is_open(open: Option<bool>, language: Language) -> &'static str {
    match (open, language) {
        (Some(true), Language::De) => "ja",
        (Some(false), Language::De) => "nein",
        (None, Language::De) => "unbekannt",
        (Some(true), Language::En) => "yes",
        (Some(false), Language::En) => "no",
        (None, Language::En) => "unknown",
    }
}

/// Until when it is open, or when it opens again.
fn state(opening: &Opening, local: &Zoned, language: Language) -> String {
    if !opening.is_open_at(local) {
        let next = opening.next_open(local).map(|next| say::moment(&next, local.date(), language));
        return sentences::closed_until(next.as_deref(), language);
    }
    let blocks = opening.blocks_on(local.date());
    let closes = blocks.iter().find(|(opens, closes)| *opens <= local.time() && local.time() < *closes);
    sentences::open_until(closes.map(|(_, closes)| closing(*closes, language)).as_deref(), language)
}

/// The hours of a day: "9 Uhr bis 12 Uhr, 14 Uhr bis 18 Uhr".
fn hours(opening: &Opening, day: Date, language: Language) -> String {
    let blocks = opening.blocks_on(day);
    if blocks.is_empty() {
        return sentences::closed_word(language).to_owned();
    }
    let spoken = blocks.iter().map(|(opens, closes)| {
        sentences::from_to(&say::time(*opens, language), &closing(*closes, language), language)
    });
    spoken.collect::<Vec<_>>().join(", ")
}

/// A block up to midnight ends at the last moment of its day.
fn closing(closes: Time, language: Language) -> String {
    let is_midnight = (closes.hour(), closes.minute(), closes.second()) == (23, 59, 59);
    if is_midnight { sentences::midnight(language).to_owned() } else { say::time(closes, language) }
}

/// The habit in words for the agent, as far as it can still be met here; it names nobody but the house's own people.
fn hint(branch: &Branch, habit: &Habit, language: Language) -> String {
    let service = habit.service.as_deref();
    let service = service.filter(|name| branch.offered().any(|service| service.name == *name));
    let staff = habit.staff.as_deref().filter(|name| branch.staff().any(|known| known == *name));
    let usual = sentences::Usual {
        service,
        staff,
        weekday: habit.weekday.map(|weekday| say::weekday(weekday, language)),
        part: habit.part,
    };
    sentences::usually(&usual, language)
}

#[cfg(test)]
mod tests;
