//! Resolving: parts of what was said, held against the calendar and the opening hours.

use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday};

use super::rules::{Clock, Said};
use super::{Reference, Understood, Why};

/// Every day of the month comes round within two months.
const DAY_OF_MONTH_SEARCH_MAX: i32 = 62;

/// The date a part names, if it names one.
pub(super) fn date_of(said: Said, reference: &Reference<'_>) -> Option<Result<Date, Why>> {
    match said {
        Said::Date { year: Some(year), month, day } => Some(in_year(year, month, day, reference)),
        Said::Date { year: None, month, day } => Some(next_occurrence(month, day, reference)),
        Said::DayOfMonth(day) => Some(next_day_of_month(day, reference)),
        Said::InDays(days) => {
            let date = reference.today().checked_add(days.days());
            Some(date.map_err(|_| Why::NoSuchDate))
        }
        Said::Weekday(_) | Said::Clock(_) | Said::Instant(_) | Said::Local(_) | Said::Soonest => None,
    }
}

/// The next such day; said on that weekday, also today while the branch is still open.
pub(super) fn weekday_dates(weekday: Weekday, reference: &Reference<'_>) -> Vec<Understood> {
    let today = reference.today();
    let ahead = i32::from(today.weekday().until(weekday));
    let in_days = |days: i32| today.checked_add(days.days()).ok().map(|date| Understood::Day { date });
    if ahead > 0 {
        return in_days(ahead).into_iter().collect();
    }
    let today = in_days(0).filter(|_| has_time_left(reference));
    today.into_iter().chain(in_days(7)).collect()
}

/// The times a clock word may mean; between morning and evening the opening hours decide if they can.
pub(super) fn times_of(clock: Clock, date: Option<Date>, reference: &Reference<'_>) -> Vec<Understood> {
    let Ok(said) = Time::new(clock.hour, clock.minute, 0, 0) else {
        return vec![Understood::invalid(Why::NoSuchTime)];
    };
    let is_doubtful = !clock.literal && (1..12).contains(&clock.hour);
    let later = if is_doubtful { Time::new(clock.hour + 12, clock.minute, 0, 0).ok() } else { None };
    let open: Vec<Time> = [Some(said), later]
        .into_iter()
        .flatten()
        .filter(|time| is_open_hour(*time, date, reference))
        .collect();
    let times = if later.is_none() || open.is_empty() { vec![said] } else { open };
    times.into_iter().map(|time| Understood::Time { time }).collect()
}

/// The closing time counts: who says "um acht" of a branch open until 20:00 may mean either.
fn is_open_hour(hour: Time, date: Option<Date>, reference: &Reference<'_>) -> bool {
    let Some(opening) = reference.opening else { return false };
    let blocks = match date {
        Some(date) => opening.blocks_on(date),
        None => Weekday::Monday.cycle_forward().take(7).flat_map(|day| opening.hours.blocks(day)).collect(),
    };
    blocks.iter().any(|&(opens, closes)| opens <= hour && hour <= closes)
}

fn has_time_left(reference: &Reference<'_>) -> bool {
    let Some(opening) = reference.opening else { return true };
    opening.next_open(reference.now).is_some_and(|next| next.date() == reference.today())
}

fn in_year(year: i16, month: i8, day: i8, reference: &Reference<'_>) -> Result<Date, Why> {
    let date = Date::new(year, month, day).map_err(|_| Why::NoSuchDate)?;
    if date < reference.today() { Err(Why::Past) } else { Ok(date) }
}

/// This year's such day if it is still to come, else next year's; a missing 29 February is not looked for further.
fn next_occurrence(month: i8, day: i8, reference: &Reference<'_>) -> Result<Date, Why> {
    let year = reference.today().year();
    let coming = [year, year.saturating_add(1)].into_iter().map(|year| (year, Date::new(year, month, 1)));
    for (year, first) in coming {
        let first = first.map_err(|_| Why::NoSuchDate)?;
        if first.last_of_month() < reference.today() {
            continue;
        }
        let date = Date::new(year, month, day).map_err(|_| Why::NoSuchDate)?;
        if date >= reference.today() {
            return Ok(date);
        }
    }
    Err(Why::NoSuchDate)
}

fn next_day_of_month(day: i8, reference: &Reference<'_>) -> Result<Date, Why> {
    let dates =
        (0..=DAY_OF_MONTH_SEARCH_MAX).filter_map(|days| reference.today().checked_add(days.days()).ok());
    dates.into_iter().find(|date| date.day() == day).ok_or(Why::NoSuchDate)
}
