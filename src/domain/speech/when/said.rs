//! What a place in the text may say: parts of a date or time, not yet held against the calendar.

use jiff::Timestamp;
use jiff::civil::{DateTime, Weekday};

use super::feasts::Feast;

/// A part of what was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Date {
        year: Option<i16>,
        month: i8,
        day: i8,
    },
    DayOfMonth(i8),
    /// "Freitag", "diesen Freitag": the coming one, or today.
    Weekday(Weekday),
    /// "kommenden Freitag": never today.
    Coming(Weekday),
    /// "nächsten" (1) or "übernächsten" (2) Freitag: of the week that counts so, or the coming one after that many.
    Next(Weekday, i8),
    /// "freitags": any of them.
    Habit(Weekday),
    /// "letzten Freitag".
    Gone,
    InDays(i32),
    InMonths(i32),
    /// "in einer Woche": counted from the day beside it, else from today; strict where only that can be meant.
    Shift {
        days: i32,
        strict: bool,
    },
    Week {
        ahead: i32,
        third: Option<Third>,
    },
    NumberedWeek(i8),
    /// This (0), next (1) or the one after (2).
    Weekend(i32),
    Month {
        which: Month,
        third: Option<Third>,
    },
    Year {
        ahead: i16,
        third: Option<Third>,
    },
    /// So many months from the first of one on.
    Season {
        month: i8,
        months: i8,
    },
    /// The nth such weekday of the month; -1 is the last.
    NthWeekday {
        nth: i8,
        weekday: Weekday,
        month: Month,
    },
    /// The nth seven days of the month; -1 are the last ones.
    WeekOfMonth {
        nth: i8,
        month: Month,
    },
    Feast(Feast),
    Clock(Clock),
    PartOfDay(PartOfDay),
    /// A machine's moment.
    Instant(Timestamp),
    Local(DateTime),
    Soonest,
}

/// A month by its name, or counted from this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Month {
    Named(i8),
    /// Of a year that was said: the year and the month.
    Of(i16, i8),
    Ahead(i32),
}

/// The beginning, the middle or the end of a week, a month or a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Third {
    Beginning,
    Middle,
    End,
}

/// A time as said; `literal` leaves no doubt between morning and evening, `dial` says it by the twelve hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) hour: i8,
    pub(super) minute: i8,
    pub(super) literal: bool,
    pub(super) dial: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PartOfDay {
    Early,
    BeforeWork,
    Morning,
    LateMorning,
    Noon,
    EarlyAfternoon,
    Afternoon,
    LateAfternoon,
    EarlyEvening,
    Evening,
    LateEvening,
}

/// How what follows is meant: itself, or an end of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    At,
    Around,
    ShortlyAfter,
    ShortlyBefore,
    From,
    After,
    Until,
    Before,
    Except,
}

/// What one place in the text may mean; a higher rank counts only where the lower ones fit nowhere.
pub(super) type Alternatives = Vec<(u8, Said)>;

/// Alternatives and how they are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phrase {
    pub(super) bound: Bound,
    pub(super) alternatives: Alternatives,
}

/// One alternative of a phrase, picked for a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) bound: Bound,
    pub(super) said: Said,
}

impl Said {
    /// Whether it is about the time of day.
    pub(super) fn is_clock(self) -> bool {
        matches!(self, Self::Clock(_) | Self::PartOfDay(_))
    }

    pub(super) fn is_stamp(self) -> bool {
        matches!(self, Self::Instant(_) | Self::Local(_))
    }

    /// Whether it is about the day.
    pub(super) fn is_day(self) -> bool {
        !self.is_clock() && !self.is_stamp() && self != Self::Soonest
    }

    pub(super) fn weekday(self) -> Option<Weekday> {
        if let Self::Weekday(day) | Self::Coming(day) | Self::Next(day, _) | Self::Habit(day) = self {
            Some(day)
        } else {
            None
        }
    }
}

impl Phrase {
    pub(super) fn is_day(&self) -> bool {
        self.alternatives.first().is_some_and(|&(_, said)| said.is_day())
    }

    pub(super) fn is_clock(&self) -> bool {
        self.alternatives.first().is_some_and(|&(_, said)| said.is_clock())
    }
}

impl Phrase {
    pub(super) fn day_of_month(&self) -> Option<i8> {
        self.alternatives.iter().find_map(
            |&(_, said)| {
                if let Said::DayOfMonth(day) = said { Some(day) } else { None }
            },
        )
    }

    pub(super) fn date(&self) -> Option<(Option<i16>, i8, i8)> {
        let &(_, said) = self.alternatives.first()?;
        if let Said::Date { year, month, day } = said { Some((year, month, day)) } else { None }
    }

    /// A day of the month becomes one of that date's month; none where it comes after it, as "30. oder 2. November".
    pub(super) fn take_month_of(&mut self, (year, month, last): (Option<i16>, i8, i8)) -> Option<()> {
        let Some(day) = self.day_of_month() else { return Some(()) };
        if day > last {
            return None;
        }
        self.alternatives = vec![(0, Said::Date { year, month, day })];
        Some(())
    }

    /// A week, a month or the like, out of which a weekday or a day of the month may be picked.
    pub(super) fn is_span(&self) -> bool {
        self.alternatives.first().is_some_and(|&(_, said)| {
            matches!(
                said,
                Said::Week { .. }
                    | Said::NumberedWeek(_)
                    | Said::Month { .. }
                    | Said::Year { .. }
                    | Said::Season { .. }
                    | Said::WeekOfMonth { .. }
                    | Said::Shift { .. }
            )
        })
    }

    pub(super) fn is_picked_from_a_span(&self) -> bool {
        self.alternatives
            .first()
            .is_some_and(|&(_, said)| matches!(said, Said::Weekday(_) | Said::DayOfMonth(_)))
    }

    /// Whether it sets a frame that a weekday or an hour said alone would leave out: a week, a month, a part of the day.
    pub(super) fn is_frame(&self) -> bool {
        let is_plain = |said: Said| {
            matches!(
                said,
                Said::Weekday(_)
                    | Said::Coming(_)
                    | Said::Habit(_)
                    | Said::DayOfMonth(_)
                    | Said::InDays(_)
                    | Said::Clock(_)
                    | Said::Soonest
            )
        };
        !self.alternatives.iter().any(|&(_, said)| is_plain(said))
    }
}

impl Bound {
    /// Whether it makes an end of a window, on either side.
    pub(super) fn is_end(self) -> bool {
        self.is_lower() || self.is_upper() || matches!(self, Self::ShortlyAfter | Self::ShortlyBefore)
    }

    pub(super) fn is_lower(self) -> bool {
        matches!(self, Self::From | Self::After)
    }

    pub(super) fn is_upper(self) -> bool {
        matches!(self, Self::Until | Self::Before)
    }

    /// What two such words one after the other say, as in "bis spätestens"; none if they do not go together.
    pub(super) fn then(self, next: Self) -> Option<Self> {
        match (self, next) {
            (Self::At, next) => Some(next),
            (before, next) if before == next => Some(next),
            (before, next) if before.is_lower() && next.is_lower() => Some(Self::From),
            (before, next) if before.is_upper() && next.is_upper() => Some(next),
            (before, Self::Around) => Some(before),
            _ => None,
        }
    }
}
