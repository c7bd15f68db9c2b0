//! The shape of a language's word tables; all words stand folded, as the reader meets them.

use jiff::civil::Weekday;

/// What the date and time rules and the sentences need to know of a language.
pub(super) struct Words {
    /// As spoken, Monday first.
    pub(super) weekdays: [&'static str; 7],
    /// As spoken, January first.
    pub(super) months: [&'static str; 12],
    /// As spoken, zero first.
    pub(super) digits: [&'static str; 10],
    pub(super) and: &'static str,
    /// How signs of an e-mail address are said.
    pub(super) signs: &'static [(char, &'static str)],

    pub(super) named_weekdays: &'static [(&'static str, Weekday)],
    pub(super) named_months: &'static [(&'static str, i8)],
    /// Words that may stand before a weekday without changing it.
    pub(super) weekday_marks: &'static [&'static str],
    /// Days counted from today.
    pub(super) relative_days: &'static [(&'static str, i32)],
    /// Words before which "morgen" is the time of day.
    pub(super) not_before_relative: &'static [&'static str],
    /// Words after which a bare number is a day of the month.
    pub(super) day_marks: &'static [&'static str],
    /// Words after which a bare number is an hour.
    pub(super) clock_marks: &'static [&'static str],
    /// Words after a number that make it an hour.
    pub(super) hour_marks: &'static [&'static str],
    /// Endings that make a number an ordinal.
    pub(super) ordinal_endings: &'static [&'static str],
    /// Whether "20/10" may also be month first.
    pub(super) month_may_lead: bool,
    /// Whether am and pm follow a time.
    pub(super) halves_of_the_day: bool,
    /// Phrases for "the first that is free".
    pub(super) soonest: &'static [&'static str],
    /// Phrases that carry no date and no time.
    pub(super) fillers: &'static [&'static str],
    /// Spellings made plain before reading.
    pub(super) spellings: &'static [(&'static str, &'static str)],
}
