//! The shape of a language's tables for days and times; all words stand folded, as the reader meets them.

mod de;
mod en;
mod numerals;

use jiff::civil::Weekday;

use super::super::Language;
use super::feasts::Feast;
use super::said::{Bound, PartOfDay, Third};

pub(super) use numerals::Numeral;

/// Which of several: "diesen", "kommenden", "nächsten".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    This,
    Coming,
    Next,
    AfterNext,
    Last,
}

/// What is counted from today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Day,
    Week,
    Fortnight,
    Month,
    Quarter,
    HalfYear,
    Year,
}

/// What the rules for days and times need to know of a language.
pub(super) struct Idioms {
    pub(super) numeral: fn(&str) -> Option<Numeral>,
    /// What makes a spelled number an ordinal; nothing stands for the dot.
    pub(super) ordinal_sign: &'static str,
    /// Words said before a single figure of minutes: "neun Uhr null fünf".
    pub(super) zeros: &'static [&'static str],
    /// Words that count as one before a unit or "Uhr".
    pub(super) ones: &'static [&'static str],
    /// Single words that stand for several.
    pub(super) rewrites: &'static [(&'static str, &'static str)],
    /// Second halves of words that begin with a weekday or a month: "freitagnachmittag", "novemberwoche".
    pub(super) compounds: &'static [&'static str],
    pub(super) feasts: &'static [(&'static str, Feast)],
    pub(super) parts_of_day: &'static [(&'static str, PartOfDay)],
    /// The part of the day that the word for tomorrow means behind another day.
    pub(super) morning: Option<PartOfDay>,
    pub(super) bounds: &'static [(&'static str, Bound)],
    /// The same said behind what they are about.
    pub(super) trailing_bounds: &'static [(&'static str, Bound)],
    pub(super) corrections: &'static [&'static str],
    pub(super) or: &'static [&'static str],
    pub(super) range_openers: &'static [&'static str],
    /// Words that lead to the end of a range that was opened, or whose beginning stands before them.
    pub(super) range_middles: &'static [&'static str],
    /// The same, only where the range was opened by one of the first.
    pub(super) opened_middles: (&'static str, &'static str),
    pub(super) half: &'static [&'static str],
    pub(super) quarter: &'static [&'static str],
    pub(super) three_quarters: &'static [&'static str],
    /// Whether "halb drei" is half an hour before three.
    pub(super) dial_runs_up: bool,
    pub(super) past: &'static [&'static str],
    pub(super) to: &'static [&'static str],
    pub(super) minutes: &'static [&'static str],
    pub(super) noon: &'static [&'static str],
    /// Stems, with the endings below.
    pub(super) which: &'static [(&'static str, Which)],
    pub(super) endings: &'static [&'static str],
    /// The weekday is meant, not the week: "Tuesday after next".
    pub(super) after_next: &'static str,
    pub(super) units: &'static [(&'static str, Unit)],
    /// Longest first where one begins like another.
    pub(super) amounts_before: &'static [&'static str],
    pub(super) amounts_after: &'static [&'static str],
    /// "three days from now", with nothing before.
    pub(super) amounts_from: &'static [&'static str],
    pub(super) thirds: &'static [(&'static str, Third)],
    /// Words between the parts of a span: "Ende der nächsten Woche".
    pub(super) links: &'static [&'static str],
    pub(super) ins: &'static [&'static str],
    pub(super) weekends: &'static [&'static str],
    pub(super) week_numbers: &'static [&'static str],
    pub(super) last: &'static [&'static str],
    pub(super) habits: &'static [(&'static str, Weekday)],
    /// The first month and how many.
    pub(super) seasons: &'static [(&'static str, (i8, i8))],
    /// Whether a month may stand alone.
    pub(super) bare_months: bool,
    pub(super) fillers: &'static [&'static str],
}

pub(super) fn of(language: Language) -> &'static Idioms {
    match language {
        Language::De => &de::IDIOMS,
        Language::En => &en::IDIOMS,
    }
}
