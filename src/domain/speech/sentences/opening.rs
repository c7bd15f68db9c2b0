//! When somebody is there: sentences about opening hours.

use jiff::civil::{Time, Weekday};

use super::either;
use crate::domain::speech::{Language, say};

/// Nobody can keep more than a few exceptions in mind.
const TOLD_MAX: usize = 4;

/// From when until when somebody is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub from: Time,
    /// The last moment of the day stands for midnight.
    pub to: Time,
}

/// When nobody is there though somebody would be as a rule, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closed {
    Day(String),
    /// "24. bis 31. Dezember".
    Days(String),
}

pub fn open_on(day: &str, hours: &[Stretch], language: Language) -> String {
    let hours = in_words(hours, language);
    either(
        language,
        format!("Am {day}, haben wir {hours} geöffnet."),
        format!("On {day} we are open {hours}."),
    )
}

/// Closed on that day; `next` is the next open day and from when on.
pub fn closed_on(day: &str, next: Option<&(String, String)>, language: Language) -> String {
    let again = open_again(next, language);
    either(
        language,
        format!("Am {day}, haben wir geschlossen.{again}"),
        format!("On {day} we are closed.{again}"),
    )
}

/// Closed on all of these days; `next` is the next open day and from when on.
pub fn closed_throughout(days: &str, next: Option<&(String, String)>, language: Language) -> String {
    let again = open_again(next, language);
    either(
        language,
        format!("Vom {days} haben wir geschlossen.{again}"),
        format!("From {days} we are closed.{again}"),
    )
}

fn open_again(next: Option<&(String, String)>, language: Language) -> String {
    let Some((next, from)) = next else { return String::new() };
    either(
        language,
        format!(" Wieder geöffnet ist am {next}, ab {from}."),
        format!(" We open again on {next}, at {from}."),
    )
}

/// More was asked about than was looked at.
pub fn looked_at_until(day: &str, language: Language) -> String {
    either(language, format!(" Das gilt bis {day}."), format!(" That is until {day}."))
}

/// The rule by weekday, in their order, and days on which it does not hold.
pub fn open_as_a_rule(rule: &[(Weekday, Vec<Stretch>)], closed: &[Closed], language: Language) -> String {
    let groups: Vec<String> = alike(rule)
        .into_iter()
        .filter(|(_, _, hours)| !hours.is_empty())
        .map(|(first, last, hours)| {
            format!("{} {}", weekdays(first, last, language), in_words(hours, language))
        })
        .collect();
    let list = say::list(&groups, language);
    let sentence = if groups.is_empty() {
        either(language, "An diesen Tagen haben wir geschlossen.", "We are closed on these days.")
    } else {
        either(language, format!("Wir haben {list} geöffnet."), format!("We are open {list}."))
    };
    let told = closed.iter().take(TOLD_MAX).map(|closed| match (closed, language) {
        (Closed::Day(day), Language::De) => format!(" Am {day}, ist geschlossen."),
        (Closed::Day(day), Language::En) => format!(" On {day} we are closed."),
        (Closed::Days(days), Language::De) => format!(" Vom {days} ist geschlossen."),
        (Closed::Days(days), Language::En) => format!(" From {days} we are closed."),
    });
    let told: String = told.collect();
    let more = if closed.len() > TOLD_MAX {
        either(language, " Auch an weiteren Tagen ist geschlossen.", " We are closed on some more days, too.")
    } else {
        String::new()
    };
    format!("{sentence}{told}{more}")
}

pub fn hours_unknown(language: Language) -> String {
    either(
        language,
        "Unsere Öffnungszeiten liegen mir leider nicht vor. Darf ich Sie zurückrufen lassen?",
        "I am afraid I do not have our opening hours. May I have somebody call you back?",
    )
}

/// Neighbouring weekdays with the same hours: the first and the last of each group.
fn alike(rule: &[(Weekday, Vec<Stretch>)]) -> Vec<(Weekday, Weekday, &[Stretch])> {
    let mut groups: Vec<(Weekday, Weekday, &[Stretch])> = Vec::new();
    for (day, hours) in rule {
        match groups.last_mut() {
            Some((_, last, same)) if last.next() == *day && *same == hours.as_slice() => *last = *day,
            _ => groups.push((*day, *day, hours)),
        }
    }
    groups
}

fn weekdays(first: Weekday, last: Weekday, language: Language) -> String {
    let names = language.words().weekdays;
    let name = |day: Weekday| names[usize::try_from(day.to_monday_zero_offset()).unwrap_or_default()];
    if first == last {
        return either(language, name(first), format!("on {}", name(first)));
    }
    let (de, en) = if first.next() == last { ("und", "and") } else { ("bis", "to") };
    either(
        language,
        format!("{} {de} {}", name(first), name(last)),
        format!("{} {en} {}", name(first), name(last)),
    )
}

fn in_words(hours: &[Stretch], language: Language) -> String {
    let stretches: Vec<String> = hours
        .iter()
        .map(|Stretch { from, to }| {
            let (from, to) = (say::time(*from, language), until(*to, language));
            either(language, format!("von {from} bis {to}"), format!("from {from} to {to}"))
        })
        .collect();
    say::list(&stretches, language)
}

fn until(to: Time, language: Language) -> String {
    if to == Time::MAX { either(language, "24 Uhr", "midnight") } else { say::time(to, language) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    fn hours(from: i8, to: i8) -> Vec<Stretch> {
        vec![Stretch { from: time(from, 0, 0, 0), to: time(to, 0, 0, 0) }]
    }

    fn week() -> Vec<(Weekday, Vec<Stretch>)> {
        let days =
            [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
        let mut week: Vec<_> = days.map(|day| (day, hours(9, 18))).to_vec();
        week.extend([(Weekday::Saturday, hours(9, 14)), (Weekday::Sunday, Vec::new())]);
        week
    }

    #[test]
    fn days_with_the_same_hours_are_told_together_and_exceptions_by_their_date() {
        let exceptions = [Closed::Day("Samstag, 24. Oktober".into())];

        assert_eq!(
            open_as_a_rule(&week(), &exceptions, Language::De),
            "Wir haben Montag bis Freitag von 9 Uhr bis 18 Uhr und Samstag von 9 Uhr bis 14 Uhr geöffnet. Am Samstag, \
             24. Oktober, ist geschlossen."
        );
        assert_eq!(
            open_as_a_rule(&week(), &[], Language::En),
            "We are open Monday to Friday from 9 am to 6 pm and on Saturday from 9 am to 2 pm."
        );
    }

    #[test]
    fn a_break_at_noon_is_told_and_so_is_midnight() {
        let two = [hours(9, 12), vec![Stretch { from: time(14, 0, 0, 0), to: Time::MAX }]].concat();

        assert_eq!(
            open_on("Freitag, 16. Oktober", &two, Language::De),
            "Am Freitag, 16. Oktober, haben wir von 9 Uhr bis 12 Uhr und von 14 Uhr bis 24 Uhr geöffnet."
        );
    }
}
