//! Date and time words: what a caller said, as one of a few kinds, never guessed and never shifted.

// Words are folded and cut into tokens, the rules turn tokens into readings by the tables of the language, and a
// reading is resolved against the moment of the call and the opening hours.

mod clocks;
mod combining;
mod days;
mod feasts;
mod idioms;
mod json;
mod place;
mod reading;
mod rules;
mod said;
mod span;
mod tokens;

#[cfg(test)]
mod tests;

use jiff::Zoned;
use jiff::civil::{Date, Time};

use super::{Language, is_placeholder};
use crate::domain::hours::Opening;

pub use combining::combine;
pub use json::{to_json, to_json_seen_from};

/// Longer texts are no date; it also bounds the work.
const WORDS_CHARS_MAX: usize = 200;

/// What words are understood against.
#[derive(Debug, Clone, Copy)]
pub struct Reference<'a> {
    /// The moment of the call, in the branch's zone.
    pub now: &'a Zoned,
    pub opening: Option<&'a Opening>,
    pub language: Language,
}

/// What was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Understood {
    Exact {
        start: Zoned,
    },
    Day {
        date: Date,
    },
    Time {
        time: Time,
    },
    Window {
        from: Edge,
        to: Edge,
    },
    /// Several readings that only the caller can choose from.
    Candidates {
        options: Vec<Understood>,
    },
    Invalid {
        why: Why,
    },
    /// The caller takes the first that is free.
    Soonest,
    Unknown,
}

/// An end of a window: a moment, a whole day, or a time of any day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edge {
    Moment(Zoned),
    Day(Date),
    Clock(Time),
}

/// Why a date or time cannot be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    Past,
    NoSuchDate,
    WeekdayMismatch,
    NoSuchTime,
}

/// What the words say; anything left over that carries meaning makes it `Unknown`.
pub fn understand(words: &str, reference: &Reference<'_>) -> Understood {
    if is_placeholder(words) || words.chars().count() > WORDS_CHARS_MAX {
        return Understood::Unknown;
    }
    let read = |language: Language| {
        let (table, idioms) = (language.words(), idioms::of(language));
        let tokens = tokens::of(words, table, idioms);
        let said = rules::read(place::Place { tokens: &tokens, at: 0, words: table, idioms });
        said.map_or(Understood::Unknown, |said| reading::choose(&said, reference))
    };
    // Callers and models mix languages; "am" behind a figure at the end is English wherever it is said.
    let first = if ends_in_half_of_day(words) { Language::En } else { reference.language };
    let understood = read(first);
    if understood == Understood::Unknown { read(first.other()) } else { understood }
}

/// "3am", "2:30 p.m.": a figure and a half of the day at the very end.
fn ends_in_half_of_day(words: &str) -> bool {
    let bare: String = words.to_lowercase().chars().filter(|sign| *sign != '.').collect();
    let figure = bare.trim_end().strip_suffix("am").or_else(|| bare.trim_end().strip_suffix("pm"));
    figure.is_some_and(|figure| figure.trim_end().ends_with(|sign: char| sign.is_ascii_digit()))
}

impl Reference<'_> {
    fn today(&self) -> Date {
        self.now.date()
    }
}

impl Understood {
    fn invalid(why: Why) -> Self {
        Self::Invalid { why }
    }

    fn is_valid(&self) -> bool {
        !matches!(self, Self::Invalid { .. })
    }
}

/// One answer of several: the valid ones if there are any, else what is wrong with the first.
fn among(mut results: Vec<Understood>) -> Understood {
    if results.iter().any(Understood::is_valid) {
        results.retain(Understood::is_valid);
    } else {
        results.truncate(1);
    }
    let mut options: Vec<Understood> = Vec::new();
    for option in results.into_iter().flat_map(flat) {
        if !options.contains(&option) {
            options.push(option);
        }
    }
    if options.len() > 1 {
        return Understood::Candidates { options };
    }
    options.pop().unwrap_or(Understood::Unknown)
}

fn flat(understood: Understood) -> Vec<Understood> {
    if let Understood::Candidates { options } = understood { options } else { vec![understood] }
}
