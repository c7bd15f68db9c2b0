//! The rules: which tokens say which part of a date or time, by the tables of the language.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};

use super::super::words::Words;
use super::place::{Place, lookup};
use super::tokens::{Kind, Token};

/// A part of what was said, not yet held against the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Date { year: Option<i16>, month: i8, day: i8 },
    DayOfMonth(i8),
    Weekday(Weekday),
    InDays(i32),
    Clock(Clock),
    Instant(Timestamp),
    Local(DateTime),
    Soonest,
}

/// A time as said; `literal` leaves no doubt between morning and evening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) hour: i8,
    pub(super) minute: i8,
    pub(super) literal: bool,
}

/// What one place in the text may mean, nothing for a filler; a higher rank counts only where the lower ones fit nowhere.
pub(super) type Alternatives = Vec<(u8, Said)>;

type Match = Option<(usize, Alternatives)>;
type Rule = fn(&Place<'_>) -> Match;

/// The first rule that matches has the word; so the longer shapes stand before the shorter.
const RULES: [Rule; 14] = [
    stamped,
    iso_date,
    eight_figures,
    clock_with_colon,
    clock_with_dot,
    dotted_date,
    slashed_date,
    dashed_date,
    named_date,
    clock_by_the_hour,
    half_of_the_day,
    relative_day,
    weekday,
    number_alone,
];

/// Everything said, or none where something is left that no rule knows.
pub(super) fn read(tokens: &[Token], words: &Words) -> Option<Vec<Alternatives>> {
    let mut said = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let place = Place { tokens, at, words };
        let phrase = place.phrase(words.soonest).map(|taken| (taken, sure(Said::Soonest)));
        let found = phrase.or_else(|| RULES.iter().find_map(|rule| rule(&place)));
        let found = found.or_else(|| place.filler().map(|taken| (taken, Alternatives::new())));
        let (taken, alternatives) = found?;
        said.push(alternatives);
        at += taken;
    }
    said.retain(|alternatives| !alternatives.is_empty());
    (!said.is_empty()).then_some(said)
}

fn sure(said: Said) -> Alternatives {
    vec![(0, said)]
}

fn day_in(year: Option<i16>, month: i8, day: i8) -> Said {
    Said::Date { year, month, day }
}

/// Whether there is such a day in some year.
fn is_a_day(month: i8, day: i8) -> bool {
    Date::new(2028, month, day).is_ok()
}

fn is_a_time(hour: i8, minute: i8) -> bool {
    (0..24).contains(&hour) && (0..60).contains(&minute)
}

fn stamped(place: &Place<'_>) -> Match {
    match place.token(0)?.kind {
        Kind::Instant(instant) => Some((1, sure(Said::Instant(instant)))),
        Kind::Local(local) => Some((1, sure(Said::Local(local)))),
        Kind::Word(_) | Kind::Number(_) | Kind::Mark(_) => None,
    }
}

/// 2026-10-20
fn iso_date(place: &Place<'_>) -> Match {
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
fn eight_figures(place: &Place<'_>) -> Match {
    let figures = place.figures(0).filter(|figures| figures.len() == 8)?;
    let part = |from: usize, to: usize| figures[from..to].parse::<i16>().ok();
    let small = |from, to| part(from, to).and_then(|number| i8::try_from(number).ok());
    let german = (part(4, 8)?, small(2, 4)?, small(0, 2)?);
    let iso = (part(0, 4)?, small(4, 6)?, small(6, 8)?);
    let exists = |(year, month, day): (i16, i8, i8)| Date::new(year, month, day).is_ok();
    let (year, month, day) = if !exists(german) && exists(iso) { iso } else { german };
    Some((1, sure(day_in(Some(year), month, day))))
}

/// 14:30, 14:30:00, 14:30 Uhr, 2:30 pm
fn clock_with_colon(place: &Place<'_>) -> Match {
    if !place.glued_mark(1, ':') || !place.is_glued(2) {
        return None;
    }
    let (hour, minute) = (place.small(0)?, place.minutes(2)?);
    let with_seconds = place.glued_mark(3, ':');
    if with_seconds && place.figures(4) != Some("00") {
        return None;
    }
    Some(timed(place, if with_seconds { 5 } else { 3 }, hour, minute))
}

/// 14.30 Uhr; without the word only where it is no date, or stands where only a time can.
fn clock_with_dot(place: &Place<'_>) -> Match {
    if !place.glued_mark(1, '.') || !place.is_glued(2) {
        return None;
    }
    let (hour, minute) = (place.small(0)?, place.minutes(2)?);
    let is_marked =
        place.is_hour_mark(3) || place.is_after(place.words.clock_marks) || place.half(3).is_some();
    if is_marked {
        return Some(timed(place, 3, hour, minute));
    }
    let ends = !place.glued_mark(3, '.') || place.is_last(3);
    if is_a_day(minute, hour) || !ends {
        return None;
    }
    // "31.11" is a wrong date, "14.75" a wrong time.
    (is_a_time(hour, minute) || minute > 31).then(|| timed(place, 3, hour, minute))
}

/// 20.10., 20.10, 20. 10. 2026, 20.10.26
fn dotted_date(place: &Place<'_>) -> Match {
    if !place.glued_mark(1, '.') {
        return None;
    }
    let (day, month) = (place.small(0)?, place.small(2)?);
    let closed = place.glued_mark(3, '.');
    if !closed {
        // "20. 10 Uhr" is a day and an hour.
        return place.is_glued(2).then(|| (3, open_date(place, day, month)));
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
        alternatives.push((1, Said::Clock(Clock { hour: day, minute: month, literal })));
    }
    alternatives
}

/// 20/10/2026, 20/10; month first too where the language may mean it.
fn slashed_date(place: &Place<'_>) -> Match {
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
fn dashed_date(place: &Place<'_>) -> Match {
    if !place.glued_mark(1, '-') || !place.glued_mark(3, '-') {
        return None;
    }
    Some((5, sure(day_in(Some(place.year(4)?), place.small(2)?, place.small(0)?))))
}

/// 20. Oktober 2026, 20 October, October 20th, 2026
fn named_date(place: &Place<'_>) -> Match {
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

/// 14 Uhr 30, 14 Uhr, 3 o'clock
fn clock_by_the_hour(place: &Place<'_>) -> Match {
    let hour = place.small(0)?;
    if !place.is_hour_mark(1) {
        return None;
    }
    let begins_a_date = (place.mark(3, '.') && !place.is_last(3))
        || ['/', '-', ':'].iter().any(|mark| place.mark(3, *mark))
        || place.is_hour_mark(3)
        || place.month(3).is_some();
    match place.small(2) {
        Some(minute) if !begins_a_date => Some((3, clock(place, hour, minute))),
        Some(_) | None => Some(timed(place, 1, hour, 0)),
    }
}

/// 2 pm, 2pm
fn half_of_the_day(place: &Place<'_>) -> Match {
    place.half(1)?;
    Some(timed(place, 1, place.small(0)?, 0))
}

fn relative_day(place: &Place<'_>) -> Match {
    let days = place.words.relative_days.iter();
    let fits = days.filter_map(|&(phrase, days)| place.phrase(&[phrase]).map(|taken| (taken, days)));
    let (taken, days) = fits.max_by_key(|&(taken, _)| taken)?;
    // "Freitag morgen" and "heute morgen" mean the morning, which is not the day after today.
    let is_time_of_day = place.is_after(place.words.not_before_relative) || place.is_after_weekday();
    (!is_time_of_day).then(|| (taken, sure(Said::InDays(days))))
}

fn weekday(place: &Place<'_>) -> Match {
    let marked = usize::from(place.is_word_of(0, place.words.weekday_marks));
    let day = lookup(place.words.named_weekdays, place.word(marked)?)?;
    Some((marked + 1, sure(Said::Weekday(day))))
}

/// "14" is an hour, "am 20." a day; "Dienstag 20" may be either.
fn number_alone(place: &Place<'_>) -> Match {
    let number = place.small(0)?;
    let is_time = place.is_after(place.words.clock_marks);
    let ordinal = place.is_ordinal(1);
    let dotted = place.glued_mark(1, '.') && !(is_time && place.is_last(1));
    if dotted || ordinal {
        return (!is_time).then(|| (2, sure(Said::DayOfMonth(number))));
    }
    if ['/', '-', ':', '–'].iter().any(|mark| place.mark(1, *mark)) {
        return None;
    }
    // "20. 10" may be a date that lost its last dot.
    if place.is_after_dotted_number() {
        return None;
    }
    if !is_time && place.is_after(place.words.day_marks) {
        return Some((1, sure(Said::DayOfMonth(number))));
    }
    let mut alternatives = clock(place, number, 0);
    if !is_time && place.is_after_weekday() {
        alternatives.push((0, Said::DayOfMonth(number)));
    }
    Some((1, alternatives))
}

/// A time that took so many tokens, with the "Uhr", "am" or "pm" that may follow.
fn timed(place: &Place<'_>, taken: usize, hour: i8, minute: i8) -> (usize, Alternatives) {
    let taken = taken + usize::from(place.is_hour_mark(taken));
    let Some(is_afternoon) = place.half(taken) else { return (taken, clock(place, hour, minute)) };
    // "14:30 pm" says the same twice; "0 pm" and "14 am" say nothing there is.
    let hour = match (hour, is_afternoon) {
        (13..=23, true) => hour,
        (1..=12, _) => hour % 12 + if is_afternoon { 12 } else { 0 },
        _ => i8::MAX,
    };
    (taken + 1, sure(Said::Clock(Clock { hour, minute, literal: true })))
}

fn clock(place: &Place<'_>, hour: i8, minute: i8) -> Alternatives {
    let literal = place.figures(0).is_some_and(|figures| figures.starts_with('0'));
    sure(Said::Clock(Clock { hour, minute, literal }))
}
