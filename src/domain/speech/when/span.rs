//! Spans of days, and what each part of what was said may mean on the calendar.

use jiff::civil::{Date, ISOWeekDate, Weekday};
use jiff::{Span as Duration, ToSpan};

use super::said::{Month, Said, Third};
use super::{Reference, Why};

/// "freitags" is asked about so many Fridays.
const HABIT_DAYS: i32 = 3;

/// Days from one to another; a week ends where the last open day of it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: Date,
    pub(super) last: Date,
    pub(super) is_week: bool,
}

/// What a part may mean; where it means nothing there is, why.
pub(super) type Options = Vec<Result<Span, Why>>;

impl Span {
    pub(super) fn day(date: Date) -> Self {
        Self { first: date, last: date, is_week: false }
    }

    fn between(first: Date, last: Date) -> Self {
        Self { first, last, is_week: false }
    }

    pub(super) fn is_day(&self) -> bool {
        self.first == self.last
    }

    pub(super) fn shared(&self, other: &Self) -> Option<Self> {
        let (first, last) = (self.first.max(other.first), self.last.min(other.last));
        (first <= last).then_some(Self { first, last, is_week: self.is_week || other.is_week })
    }

    /// The days in it that fit, as far as somebody would name them.
    pub(super) fn days(&self, most: usize, fits: impl Fn(Date) -> bool) -> Vec<Date> {
        self.first
            .series(1.day())
            .take_while(|date| *date <= self.last)
            .filter(|date| fits(*date))
            .take(most)
            .collect()
    }
}

/// The spans a part may mean by itself; none for what is no day.
pub(super) fn options(said: Said, reference: &Reference<'_>) -> Options {
    let today = reference.today();
    let day = |date: Result<Date, Why>| vec![date.map(Span::day)];
    match said {
        Said::Date { year: Some(year), month, day: number } => day(in_year(year, month, number, today)),
        Said::Date { year: None, month, day: number } => day(next_occurrence(month, number, today)),
        Said::DayOfMonth(number) => day(next_day_of_month(number, today)),
        Said::Weekday(weekday) => days(weekday_dates(weekday, reference)),
        Said::Coming(weekday) => day(later(today, ahead(weekday, today))),
        Said::Next(weekday, weeks) => next_weekday(weekday, i32::from(weeks), today),
        Said::Habit(weekday) => {
            let first = i32::from(today.weekday().until(weekday));
            (0..HABIT_DAYS).map(|week| later(today, first + 7 * week).map(Span::day)).collect()
        }
        Said::Gone => vec![Err(Why::Past)],
        Said::InDays(days) | Said::Shift { days, .. } => day(later(today, days)),
        Said::InMonths(months) => {
            let date = moved(today, months.months());
            // A month from the 31st is no day where that month has none.
            if date.is_ok_and(|date| date.day() != today.day()) { Vec::new() } else { day(date) }
        }
        Said::Week { ahead, third } => vec![week(today, ahead, third)],
        Said::NumberedWeek(number) => vec![numbered_week(number, today)],
        Said::Weekend(ahead) => weekends(ahead, today),
        Said::Month { which, third } => vec![month(which, third, today)],
        Said::Year { ahead, third } => vec![year(ahead, third, today)],
        Said::Season { month, months } => vec![season(month, months, today)],
        Said::NthWeekday { nth, weekday, month } => day(nth_weekday(nth, weekday, month, today)),
        Said::WeekOfMonth { nth, month } => vec![week_of_month(nth, month, today)],
        Said::Feast(feast) => {
            let next = feast.next(today).ok_or(Why::NoSuchDate);
            vec![next.map(|(first, last)| Span::between(first, last))]
        }
        Said::Clock(_) | Said::PartOfDay(_) | Said::Instant(_) | Said::Local(_) | Said::Soonest => Vec::new(),
    }
}

/// The next such day; said on that weekday, also today while the branch is still open.
pub(super) fn weekday_dates(weekday: Weekday, reference: &Reference<'_>) -> Vec<Date> {
    let today = reference.today();
    let ahead = i32::from(today.weekday().until(weekday));
    if ahead > 0 {
        return later(today, ahead).into_iter().collect();
    }
    let today = Some(today).filter(|_| has_time_left(reference));
    today.into_iter().chain(later(reference.today(), 7)).collect()
}

pub(super) fn has_time_left(reference: &Reference<'_>) -> bool {
    let Some(opening) = reference.opening else { return true };
    opening.next_open(reference.now).is_some_and(|next| next.date() == reference.today())
}

/// The Monday of the week in which the day lies.
pub(super) fn monday(date: Date) -> Date {
    date.saturating_sub(i32::from(date.weekday().to_monday_zero_offset()).days())
}

pub(super) fn later(date: Date, days: i32) -> Result<Date, Why> {
    moved(date, i64::from(days).days())
}

/// The next such day of a month; "am 31." is not looked for beyond the month it would be in.
pub(super) fn next_day_of_month(day: i8, from: Date) -> Result<Date, Why> {
    let first = from.first_of_month();
    let first = if day < from.day() { moved(first, 1.month())? } else { first };
    Date::new(first.year(), first.month(), day).map_err(|_| Why::NoSuchDate)
}

fn moved(date: Date, by: Duration) -> Result<Date, Why> {
    date.checked_add(by).map_err(|_| Why::NoSuchDate)
}

fn days(dates: Vec<Date>) -> Options {
    dates.into_iter().map(|date| Ok(Span::day(date))).collect()
}

/// How far off the next such weekday is, today not counted.
fn ahead(weekday: Weekday, today: Date) -> i32 {
    match i32::from(today.weekday().until(weekday)) {
        0 => 7,
        days => days,
    }
}

/// "Nächsten Freitag" is the coming one to some and next week's to others.
fn next_weekday(weekday: Weekday, weeks: i32, today: Date) -> Options {
    let coming = later(today, ahead(weekday, today) + 7 * (weeks - 1));
    let offset = i32::from(weekday.to_monday_zero_offset());
    let of_the_week = later(monday(today), 7 * weeks + offset);
    let both = if coming == of_the_week { vec![coming] } else { vec![coming, of_the_week] };
    both.into_iter().map(|date| date.map(Span::day)).collect()
}

fn week(today: Date, ahead: i32, third: Option<Third>) -> Result<Span, Why> {
    let (first, last) = match third {
        None => (0, 6),
        Some(Third::Beginning) => (0, 1),
        Some(Third::Middle) => (1, 3),
        Some(Third::End) => (3, 6),
    };
    let monday = later(monday(today), 7 * ahead)?;
    Ok(Span { first: later(monday, first)?, last: later(monday, last)?, is_week: true })
}

fn numbered_week(number: i8, today: Date) -> Result<Span, Why> {
    let year = today.iso_week_date().year();
    let weeks = [year, year.saturating_add(1)].into_iter();
    let mondays = weeks.filter_map(|year| ISOWeekDate::new(year, number, Weekday::Monday).ok());
    let spans = mondays.filter_map(|monday| week(monday.date(), 0, None).ok());
    spans.into_iter().find(|span| span.last >= today).ok_or(Why::NoSuchDate)
}

fn weekends(ahead: i32, today: Date) -> Options {
    let saturday = later(monday(today), 5);
    let weekend = |weeks: i32| {
        let first = later(saturday?, 7 * weeks)?;
        Ok(Span { first, last: later(first, 1)?, is_week: true })
    };
    // "Nächstes Wochenende" is this one to some and the one after it to others.
    let from = (ahead - 1).max(0);
    (from..=ahead).map(weekend).collect()
}

fn month(which: Month, third: Option<Third>, today: Date) -> Result<Span, Why> {
    match which {
        Month::Ahead(months) => third_of_month(moved(today.first_of_month(), months.months())?, third),
        Month::Of(year, month) => third_of_month(first_of(year, month)?, third),
        Month::Named(month) => {
            let firsts = coming_firsts(month, today)?;
            let spans = firsts.into_iter().filter_map(|first| third_of_month(first, third).ok());
            spans.into_iter().find(|span| span.last >= today).ok_or(Why::NoSuchDate)
        }
    }
}

fn first_of(year: i16, month: i8) -> Result<Date, Why> {
    Date::new(year, month, 1).map_err(|_| Why::NoSuchDate)
}

/// The first of such a month: the one that was said, or those of this year and the next.
fn firsts(which: Month, today: Date) -> Result<Vec<Date>, Why> {
    match which {
        Month::Ahead(months) => Ok(vec![moved(today.first_of_month(), months.months())?]),
        Month::Of(year, month) => Ok(vec![first_of(year, month)?]),
        Month::Named(month) => coming_firsts(month, today),
    }
}

/// The first of such a month in this year and the next.
fn coming_firsts(month: i8, today: Date) -> Result<Vec<Date>, Why> {
    let years = [today.year(), today.year().saturating_add(1)];
    years.into_iter().map(|year| first_of(year, month)).collect()
}

fn third_of_month(first: Date, third: Option<Third>) -> Result<Span, Why> {
    let last = first.last_of_month();
    Ok(match third {
        None => Span::between(first, last),
        Some(Third::Beginning) => Span::between(first, later(first, 9)?),
        Some(Third::Middle) => Span::between(later(first, 10)?, later(first, 19)?),
        Some(Third::End) => Span::between(later(first, 20)?, last),
    })
}

fn year(ahead: i16, third: Option<Third>, today: Date) -> Result<Span, Why> {
    let year = today.year().checked_add(ahead).ok_or(Why::NoSuchDate)?;
    let (first, last) = match third {
        None => (1, 12),
        Some(Third::Beginning) => (1, 1),
        Some(Third::Middle) => (6, 7),
        Some(Third::End) => (12, 12),
    };
    Ok(Span::between(first_of(year, first)?, first_of(year, last)?.last_of_month()))
}

fn season(month: i8, months: i8, today: Date) -> Result<Span, Why> {
    let before = Date::new(today.year().saturating_sub(1), month, 1).map_err(|_| Why::NoSuchDate)?;
    let firsts = std::iter::once(before).chain(coming_firsts(month, today)?);
    let spans = firsts.filter_map(|first| {
        let last = first.checked_add(i32::from(months - 1).months()).ok()?;
        Some(Span::between(first, last.last_of_month()))
    });
    spans.into_iter().find(|span| span.last >= today).ok_or(Why::NoSuchDate)
}

fn nth_weekday(nth: i8, weekday: Weekday, month: Month, today: Date) -> Result<Date, Why> {
    let firsts = firsts(month, today)?;
    let dates = firsts.into_iter().filter_map(|first| first.nth_weekday_of_month(nth, weekday).ok());
    let dates: Vec<Date> = dates.collect();
    let coming = dates.iter().find(|date| **date >= today);
    coming.copied().ok_or(if dates.is_empty() { Why::NoSuchDate } else { Why::Past })
}

fn week_of_month(nth: i8, which: Month, today: Date) -> Result<Span, Why> {
    let part = |first: Date| -> Result<Span, Why> {
        let last = first.last_of_month();
        let begins = if nth < 0 { later(last, -6)? } else { later(first, 7 * (i32::from(nth) - 1))? };
        if begins > last {
            return Err(Why::NoSuchDate);
        }
        Ok(Span { first: begins, last: later(begins, 6)?.min(last), is_week: true })
    };
    let mut spans = firsts(which, today)?.into_iter().map(part);
    spans.find(|span| span.is_ok_and(|span| span.last >= today)).unwrap_or(Err(Why::NoSuchDate))
}

fn in_year(year: i16, month: i8, day: i8, today: Date) -> Result<Date, Why> {
    let date = Date::new(year, month, day).map_err(|_| Why::NoSuchDate)?;
    if date < today { Err(Why::Past) } else { Ok(date) }
}

/// This year's such day if it is still to come, else next year's; a missing 29 February is not looked for further.
fn next_occurrence(month: i8, day: i8, today: Date) -> Result<Date, Why> {
    for first in coming_firsts(month, today)? {
        if first.last_of_month() < today {
            continue;
        }
        let date = Date::new(first.year(), month, day).map_err(|_| Why::NoSuchDate)?;
        if date >= today {
            return Ok(date);
        }
    }
    Err(Why::NoSuchDate)
}
