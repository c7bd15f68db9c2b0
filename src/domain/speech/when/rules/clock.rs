//! Times of the clock, in figures and in words, and the parts of the day.

use super::super::place::Place;
use super::super::said::{Alternatives, Clock, Said};
use super::{Match, is_a_day, is_a_time, sure};

/// 14:30, 14:30:00, 14:30 Uhr, 2:30 pm
pub(super) fn with_colon(place: &Place<'_>) -> Match {
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
pub(super) fn with_dot(place: &Place<'_>) -> Match {
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

/// 14 Uhr 30, 14 Uhr, 3 o'clock
pub(super) fn by_the_hour(place: &Place<'_>) -> Match {
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
pub(super) fn half_of_the_day(place: &Place<'_>) -> Match {
    place.half(1)?;
    Some(timed(place, 1, place.small(0)?, 0))
}

/// "14" is an hour, "am 20." a day; "Dienstag 20" may be either.
pub(super) fn number_alone(place: &Place<'_>) -> Match {
    let number = place.small(0)?;
    let is_time = place.is_after(place.words.clock_marks);
    let ordinal = place.is_ordinal(1);
    let dotted = place.glued_mark(1, '.') && !(is_time && place.is_last(1));
    if dotted || ordinal {
        return (!is_time && !place.is_a_choice(number)).then(|| (2, sure(Said::DayOfMonth(number))));
    }
    // "für zwei", "zwei Mal", "die eins" count or choose.
    if place.is_a_count() {
        return None;
    }
    // "20 10." lost a dot and says neither day nor hour.
    if place.figures(1).is_some() && place.glued_mark(2, '.') {
        return None;
    }
    if ['/', ':'].iter().any(|mark| place.mark(1, *mark)) || place.dashes_on(1) {
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
    if !is_time && place.is_after_weekday() && !place.has_other_clock() {
        alternatives.push((0, Said::DayOfMonth(number)));
    }
    Some((1, alternatives))
}

/// A time that took so many tokens, with the "Uhr", "am" or "pm" that may follow.
pub(super) fn timed(place: &Place<'_>, taken: usize, hour: i8, minute: i8) -> (usize, Alternatives) {
    let taken = taken + usize::from(place.is_hour_mark(taken));
    let Some(is_afternoon) = place.half(taken) else { return (taken, clock(place, hour, minute)) };
    // "14:30 pm" says the same twice; "0 pm" and "14 am" say nothing there is.
    let hour = match (hour, is_afternoon) {
        (13..=23, true) => hour,
        (1..=12, _) => hour % 12 + if is_afternoon { 12 } else { 0 },
        _ => i8::MAX,
    };
    (taken + 1, sure(Said::Clock(Clock { hour, minute, literal: true, dial: false })))
}

fn clock(place: &Place<'_>, hour: i8, minute: i8) -> Alternatives {
    let literal = place.figures(0).is_some_and(|figures| figures.starts_with('0'));
    sure(Said::Clock(Clock { hour, minute, literal, dial: false }))
}

/// "noon", "12 noon"
pub(super) fn noon(place: &Place<'_>) -> Match {
    let twelve = usize::from(place.small(0) == Some(12));
    let noon = Clock { hour: 12, minute: 0, literal: true, dial: false };
    place.is_word_of(twelve, place.idioms.noon).then(|| (twelve + 1, sure(Said::Clock(noon))))
}

pub(super) fn part_of_day(place: &Place<'_>) -> Match {
    let (taken, part) = place.longest(place.idioms.parts_of_day)?;
    Some((taken, sure(Said::PartOfDay(part))))
}

/// "vierzehn dreißig"; "zehn zehn" may also be a day.
pub(super) fn two_numbers(place: &Place<'_>) -> Match {
    let (hour, minute) = (place.small(0)?, place.minutes(1)?);
    let goes_on = place.is_hour_mark(2)
        || place.month(2).is_some()
        || ['.', ':', '/', '-'].iter().any(|mark| place.glued_mark(2, *mark));
    if goes_on || !is_a_time(hour, minute) || place.is_after_dotted_number() {
        return None;
    }
    let (taken, mut alternatives) = timed(place, 2, hour, minute);
    let is_time = place.is_after(place.words.clock_marks) || taken > 2;
    // "Zwanzigster Oktober zwanzig sechsundzwanzig" is the year.
    let is_year = hour == 20 && (24..=35).contains(&minute) && place.is_behind_a_month();
    if is_year && !is_time {
        return None;
    }
    if !is_time && is_a_day(minute, hour) && place.idioms.dial_runs_up {
        alternatives.push((0, Said::Date { year: None, month: minute, day: hour }));
    }
    Some((taken, alternatives))
}
