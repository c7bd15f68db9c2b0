//! Feast days by which callers name a date, whether or not anybody has the day off.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::domain::holidays::{easter, repentance_day};

/// A feast of one or more days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::domain::speech) enum Feast {
    /// Month and day.
    Fixed(i8, i8),
    /// From one day to another of the same year.
    Days((i8, i8), (i8, i8)),
    /// Days from Easter Sunday: the first and the last.
    Easter(i32, i32),
    /// The nth Sunday in Advent.
    Advent(i32),
    RepentanceDay,
    /// The second Sunday in May.
    MothersDay,
}

impl Feast {
    /// Its first and last day in a year.
    fn in_year(self, year: i16) -> Option<(Date, Date)> {
        let single = |date: Date| (date, date);
        match self {
            Self::Fixed(month, day) => Date::new(year, month, day).ok().map(single),
            Self::Days((month, day), (last_month, last_day)) => {
                Date::new(year, month, day).ok().zip(Date::new(year, last_month, last_day).ok())
            }
            Self::Easter(first, last) => {
                let sunday = easter(year)?;
                sunday.checked_add(first.days()).ok().zip(sunday.checked_add(last.days()).ok())
            }
            Self::Advent(nth) => {
                let christmas = Date::new(year, 12, 25).ok()?;
                let fourth = christmas.nth_weekday(-1, Weekday::Sunday).ok()?;
                fourth.checked_sub((7 * (4 - nth)).days()).ok().map(single)
            }
            Self::RepentanceDay => repentance_day(year).map(single),
            Self::MothersDay => {
                let may = Date::new(year, 5, 1).ok()?;
                may.nth_weekday_of_month(2, Weekday::Sunday).ok().map(single)
            }
        }
    }

    /// The next time it comes round, today included.
    pub(super) fn next(self, today: Date) -> Option<(Date, Date)> {
        let years = [today.year(), today.year().saturating_add(1)];
        years.into_iter().filter_map(|year| self.in_year(year)).find(|(_, last)| *last >= today)
    }
}
