//! Times by the hands of the clock: "halb drei", "viertel drei", "Viertel nach drei", "quarter to three".

use super::super::place::Place;
use super::super::said::{Clock, Said};
use super::{Match, sure};

const NOON: i16 = 12 * 60;
const DAY: i16 = 24 * 60;

/// "halb drei", "fünf vor halb drei", "zehn nach vier", "half past two in the afternoon"
pub(super) fn related(place: &Place<'_>) -> Match {
    let (taken, minutes) = relation(place)?;
    let taken = taken + usize::from(place.is_hour_mark(taken));
    if let Some(is_afternoon) = place.half(taken) {
        let minutes = minutes % NOON + if is_afternoon { NOON } else { 0 };
        return Some((taken + 1, sure(Said::Clock(by_minutes(minutes, true)))));
    }
    // From thirteen on an hour is said by the day and not by the dial.
    Some((taken, sure(Said::Clock(by_minutes(minutes, minutes >= NOON + 60)))))
}

fn by_minutes(minutes: i16, literal: bool) -> Clock {
    let part = |number: i16| i8::try_from(number).unwrap_or(i8::MAX);
    let hour = if literal || minutes >= 60 { minutes / 60 } else { 12 };
    Clock { hour: part(hour), minute: part(minutes % 60), literal, dial: !literal }
}

/// How many tokens it takes and which minute of the day, by the hour as said.
fn relation(place: &Place<'_>) -> Option<(usize, i16)> {
    if let Some(found) = whole(place, 0) {
        return Some(found);
    }
    let (at, minutes) = distance(place)?;
    let minutes = if place.is_word_of(at, place.idioms.past) {
        minutes
    } else if place.is_word_of(at, place.idioms.to) {
        -minutes
    } else {
        return None;
    };
    let (taken, base) = whole(place, at + 1).or_else(|| hour(place, at + 1))?;
    Some((at + 1 + taken, (base + minutes).rem_euclid(DAY)))
}

/// "Viertel", "zehn", "fünf Minuten"
fn distance(place: &Place<'_>) -> Option<(usize, i16)> {
    let idioms = place.idioms;
    let article = usize::from(place.word(0) == Some("a"));
    if place.is_word_of(article, idioms.quarter) {
        return Some((article + 1, 15));
    }
    let minutes = place.small(0).filter(|minutes| (1..30).contains(minutes))?;
    let named = usize::from(place.is_word_of(1, idioms.minutes));
    // "2 to 4" is a range of hours, and so is "from 10 to 12".
    let may_be_range = !idioms.dial_runs_up && named == 0;
    let is_range = may_be_range && (minutes % 5 != 0 || place.is_after(idioms.range_openers));
    (!is_range && !place.mark(1, '.')).then_some((1 + named, i16::from(minutes)))
}

/// "halb drei", "viertel drei", "dreiviertel drei", "half past two", "half two"
fn whole(place: &Place<'_>, ahead: usize) -> Option<(usize, i16)> {
    let idioms = place.idioms;
    let split = place.small(ahead) == Some(3) && place.is_word_of(ahead + 1, idioms.quarter);
    let (words, minutes) = if place.is_word_of(ahead, idioms.half) {
        (1, 30)
    } else if !idioms.dial_runs_up {
        return None;
    } else if split {
        (2, 15)
    } else if place.is_word_of(ahead, idioms.three_quarters) {
        (1, 15)
    } else if place.is_word_of(ahead, idioms.quarter) {
        (1, 45)
    } else {
        return None;
    };
    if idioms.dial_runs_up {
        let (taken, hour) = hour(place, ahead + words)?;
        return Some((words + taken, (hour - minutes).rem_euclid(DAY)));
    }
    let past = usize::from(place.is_word_of(ahead + words, idioms.past));
    let (taken, hour) = hour(place, ahead + words + past)?;
    Some((words + past + taken, hour + minutes))
}

/// An hour by its number, in minutes; no part of a date or of another time.
fn hour(place: &Place<'_>, ahead: usize) -> Option<(usize, i16)> {
    let hour = place.small(ahead).filter(|hour| (1..24).contains(hour))?;
    let next_is_figure = [':', '/'].iter().any(|mark| place.glued_mark(ahead + 1, *mark));
    let is_date = place.glued_mark(ahead + 1, '.') && !place.is_last(ahead + 1);
    if next_is_figure || is_date || place.month(ahead + 1).is_some() || place.is_ordinal(ahead + 1) {
        return None;
    }
    Some((1, i16::from(hour) * 60))
}
