//! Dates in figures and with the name of the month.

use jiff::civil::Date;

use super::super::place::Place;
use super::super::said::{Alternatives, Clock, Said};
use super::{Match, is_a_day, is_a_time, sure};

fn day_in(year: Option<i16>, month: i8, day: i8) -> Said {
    Said::Date { year, month, day }
}

/// 2026-10-20
pub(super) fn iso_date(place: &Place<'_>) -> Match {
    if place.figures(0)?.len() != 4
        || !place.glued_mark(1, '-')
        || !place.glued_mark(3, '-')
        || !place.is_glued(4)
    {
        return None;
    }
    let date = day_in(place.number(0, 4), place.small(2)?, place.small(4)?);
    // The "t" of a stamp that names a day or time there is not, which the parts will tell.
    if place.is_glued(5) && place.word(5) == Some("t") {
        return Some((6, sure(date)));
    }
    (!place.is_glued(5) || place.mark(5, ',') || place.mark(5, '.')).then(|| (5, sure(date)))
}

/// 20102026, or 20261020 where only that is a date.
pub(super) fn eight_figures(place: &Place<'_>) -> Match {
    let figures = place.figures(0).filter(|figures| figures.len() == 8)?;
    let part = |from: usize, to: usize| figures[from..to].parse::<i16>().ok();
    let small = |from, to| part(from, to).and_then(|number| i8::try_from(number).ok());
    let german = (part(4, 8)?, small(2, 4)?, small(0, 2)?);
    let iso = (part(0, 4)?, small(4, 6)?, small(6, 8)?);
    let exists = |(year, month, day): (i16, i8, i8)| Date::new(year, month, day).is_ok();
    let (year, month, day) = if !exists(german) && exists(iso) { iso } else { german };
    Some((1, sure(day_in(Some(year), month, day))))
}

/// 20.10., 20.10, 20. 10. 2026, 20.10.26
pub(super) fn dotted_date(place: &Place<'_>) -> Match {
    if !place.glued_mark(1, '.') {
        return None;
    }
    let (day, month) = (place.small(0)?, place.small(2)?);
    let closed = place.glued_mark(3, '.');
    if !closed {
        // "20. 10 Uhr" is a day and an hour.
        return place.is_glued(2).then(|| (3, open_date(place, day, month)));
    }
    // "am 20. 14.30 Uhr" is a day and a time.
    if !place.is_glued(2) && place.is_glued(4) && place.is_hour_mark(5) {
        return None;
    }
    if let Some(year) = place.year(4) {
        return Some((5, sure(day_in(Some(year), month, day))));
    }
    let is_short_year = place.is_glued(4) && !place.mark(5, ':') && !place.is_hour_mark(5);
    match place.minutes(4) {
        Some(year) if is_short_year => Some((5, sure(day_in(Some(2000 + i16::from(year)), month, day)))),
        Some(_) | None => Some((4, sure(day_in(None, month, day)))),
    }
}

/// "14.10" is a date, and a time where another date is said.
fn open_date(place: &Place<'_>, day: i8, month: i8) -> Alternatives {
    let mut alternatives = sure(day_in(None, month, day));
    if place.minutes(2).is_some() && is_a_time(day, month) {
        let literal = place.figures(0).is_some_and(|figures| figures.starts_with('0'));
        alternatives.push((1, Said::Clock(Clock { hour: day, minute: month, literal, dial: false })));
    }
    alternatives
}

/// 20/10/2026, 20/10; month first too where the language may mean it.
pub(super) fn slashed_date(place: &Place<'_>) -> Match {
    if !place.glued_mark(1, '/') {
        return None;
    }
    let (first, second) = (place.small(0)?, place.small(2)?);
    let (taken, year) = match (place.glued_mark(3, '/'), place.year(4), place.minutes(4)) {
        (true, Some(year), _) => (5, Some(year)),
        (true, None, Some(year)) => (5, Some(2000 + i16::from(year))),
        (true, None, None) => return None,
        (false, _, _) => (3, None),
    };
    let day_first = (0, day_in(year, second, first));
    let month_first = (0, day_in(year, first, second));
    if !place.words.month_may_lead || !is_a_day(first, second) {
        return Some((taken, vec![day_first]));
    }
    Some((taken, if is_a_day(second, first) { vec![day_first, month_first] } else { vec![month_first] }))
}

/// 20-10-2026
pub(super) fn dashed_date(place: &Place<'_>) -> Match {
    if !place.glued_mark(1, '-') || !place.glued_mark(3, '-') {
        return None;
    }
    Some((5, sure(day_in(Some(place.year(4)?), place.small(2)?, place.small(0)?))))
}

/// 20. Oktober 2026, 20 October, October 20th, 2026
pub(super) fn named_date(place: &Place<'_>) -> Match {
    let (taken, month, day) = day_and_month(place).or_else(|| month_and_day(place))?;
    let dotted = usize::from(place.mark(taken, '.') && !place.is_last(taken));
    let comma = usize::from(place.mark(taken, ','));
    match place.year(taken + dotted.max(comma)) {
        Some(year) => Some((taken + dotted.max(comma) + 1, sure(day_in(Some(year), month, day)))),
        None => Some((taken, sure(day_in(None, month, day)))),
    }
}

fn day_and_month(place: &Place<'_>) -> Option<(usize, i8, i8)> {
    let day = place.small(0)?;
    let ending = usize::from(place.glued_mark(1, '.') || place.is_ordinal(1));
    let of = usize::from(place.word(1 + ending) == Some("of"));
    Some((2 + ending + of, place.month(1 + ending + of)?, day))
}

fn month_and_day(place: &Place<'_>) -> Option<(usize, i8, i8)> {
    if !place.words.month_may_lead {
        return None;
    }
    let month = place.month(0)?;
    let dot = usize::from(place.glued_mark(1, '.'));
    let the = usize::from(place.word(1 + dot) == Some("the"));
    let at = 1 + dot + the;
    let day = place.small(at)?;
    let is_clock = place.mark(at + 1, ':') || place.is_hour_mark(at + 1) || place.half(at + 1).is_some();
    let ending = usize::from(place.is_ordinal(at + 1));
    (!is_clock).then_some((at + 1 + ending, month, day))
}
