//! Readings: of all that the words may mean together, what fits and is nearest.

use jiff::civil::Date;

use super::combining::not_past;
use super::said::{Bound, Part, Phrase, Said};
use super::{Reference, Understood, Why, among, clocks, combine, days, flat};

/// More than this is no sentence somebody said.
pub(super) const READINGS_MAX: usize = 64;

/// Parts that cannot stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Contradiction;

/// What all parts say together.
#[derive(Debug, Clone, Default)]
struct Reading {
    rank: u8,
    parts: Vec<Part>,
}

/// What is said by one of several sentences that an "oder" divides, each with what it leaves to the other.
pub(super) fn choose(said: &[Vec<Phrase>], reference: &Reference<'_>) -> Understood {
    let Some(said) = &with_shared_span(said) else { return Understood::Unknown };
    let mut results = Vec::new();
    for at in 0..said.len() {
        let result = nearest(&completed(said, at), reference);
        if result == Understood::Unknown {
            return result;
        }
        results.push(result);
    }
    if results.contains(&Understood::Soonest) && results.len() > 1 {
        return Understood::Unknown;
    }
    among(results)
}

/// "Nächste Woche Dienstag oder Donnerstag" and "am 20. oder 21. November" name the week and the month once; none
/// where it stays open what they are said of.
fn with_shared_span(said: &[Vec<Phrase>]) -> Option<Vec<Vec<Phrase>>> {
    let mut said = said.to_vec();
    for at in 1..said.len() {
        let (before, rest) = said.split_at_mut(at);
        let (before, this) = (before.last_mut()?, rest.first_mut()?);
        // "in zwei Wochen oder drei", "November 5 or 6"
        if this.iter().all(Phrase::is_clock) && !before.iter().any(Phrase::is_clock) {
            return None;
        }
        let is_month_once = |one: &[Phrase], other: &[Phrase]| {
            one.iter().any(|phrase| phrase.day_of_month().is_some())
                && other.iter().any(|phrase| phrase.date().is_some())
        };
        if is_month_once(this, before) {
            return None;
        }
        if is_month_once(before, this) {
            let date = this.iter().find_map(Phrase::date)?;
            for phrase in before.iter_mut() {
                phrase.take_month_of(date)?;
            }
        }
        let spans = |phrases: &[Phrase]| -> Vec<Phrase> {
            phrases.iter().filter(|phrase| phrase.is_span()).cloned().collect()
        };
        let is_bare = |phrases: &[Phrase]| {
            let mut days = phrases.iter().filter(|phrase| phrase.is_day()).peekable();
            days.peek().is_some() && days.all(Phrase::is_picked_from_a_span)
        };
        let begins_with_it = this.first().is_some_and(Phrase::is_span);
        if !spans(this).is_empty() && is_bare(before) && !begins_with_it {
            return None;
        }
        if is_bare(this) && before.iter().any(Phrase::is_picked_from_a_span) {
            this.extend(spans(before));
        }
    }
    Some(said)
}

/// "Freitag um drei oder vier" leaves out the day the second time, "Freitag oder Samstag um drei" the time the first.
fn completed(said: &[Vec<Phrase>], at: usize) -> Vec<Phrase> {
    let mut phrases = said[at].clone();
    let has_day = phrases.iter().any(|phrase| !phrase.is_clock());
    let has_clock = phrases.iter().any(Phrase::is_clock);
    let before = said[..at].iter().rev();
    if !has_day {
        let of_others = before.chain(&said[at + 1..]);
        let with_day = of_others.clone().find(|other| other.iter().any(Phrase::is_day));
        phrases.extend(with_day.into_iter().flatten().filter(|phrase| phrase.is_day()).cloned());
    }
    if !has_clock {
        let with_clock = said[at + 1..].iter().find(|other| other.iter().any(Phrase::is_clock));
        phrases.extend(with_clock.into_iter().flatten().filter(|phrase| phrase.is_clock()).cloned());
    }
    phrases
}

/// The result of the nearest readings that are consistent; several of one rank are candidates.
fn nearest(phrases: &[Phrase], reference: &Reference<'_>) -> Understood {
    let Some(mut readings) = readings(phrases) else { return Understood::Unknown };
    readings.sort_by_key(|reading| reading.rank);
    let results =
        readings.iter().filter_map(|reading| Some((reading.rank, resolve(&reading.parts, reference).ok()?)));
    let results: Vec<(u8, Understood)> = results.collect();
    let Some(&(nearest, _)) = results.first() else { return Understood::Unknown };
    among(results.into_iter().take_while(|&(rank, _)| rank == nearest).map(|(_, result)| result).collect())
}

fn readings(phrases: &[Phrase]) -> Option<Vec<Reading>> {
    let mut readings = vec![Reading::default()];
    for phrase in phrases {
        let grown = readings.iter().flat_map(|reading| {
            phrase.alternatives.iter().map(|&(rank, said)| {
                let mut grown = reading.clone();
                grown.rank = grown.rank.saturating_add(rank);
                grown.parts.push(Part { bound: phrase.bound, said });
                grown
            })
        });
        readings = grown.collect();
        if readings.len() > READINGS_MAX {
            return None;
        }
    }
    Some(readings)
}

/// What a reading comes to; none if its parts cannot stand together.
fn resolve(parts: &[Part], reference: &Reference<'_>) -> Result<Understood, Contradiction> {
    if let Some(whole) = parts.iter().find(|part| part.said.is_stamp()) {
        return with_stamp(*whole, parts, reference);
    }
    let parts = &with_shared_month(parts);
    let is_soonest = parts.iter().any(|part| part.said == Said::Soonest);
    let day = days::resolve(parts, reference)?;
    let Some(day) = day else {
        return match clocks::resolve(parts, None, reference)? {
            Some(time) => Ok(time),
            None if is_soonest => Ok(Understood::Soonest),
            None => Err(Contradiction),
        };
    };
    if clocks::resolve(parts, None, reference)?.is_none() {
        return Ok(day);
    }
    let on = |option: Understood| {
        let date = if let Understood::Day { date } = option { Some(date) } else { None };
        Ok(match clocks::resolve(parts, date, reference)? {
            Some(time) => combine(&option, &time, reference),
            None => option,
        })
    };
    Ok(among(flat(day).into_iter().map(on).collect::<Result<_, _>>()?))
}

/// "20. bis 25. Oktober" names the month once.
fn with_shared_month(parts: &[Part]) -> Vec<Part> {
    let end = parts.iter().filter(|part| part.bound.is_upper()).find_map(|part| {
        if let Said::Date { year, month, .. } = part.said { Some((year, month)) } else { None }
    });
    let shared = |part: &Part| match (part.said, end) {
        (Said::DayOfMonth(day), Some((year, month))) if part.bound.is_lower() => {
            Part { said: Said::Date { year, month, day }, ..*part }
        }
        _ => *part,
    };
    parts.iter().map(shared).collect()
}

/// A machine's moment says it all; only a weekday may stand beside it.
fn with_stamp(whole: Part, parts: &[Part], reference: &Reference<'_>) -> Result<Understood, Contradiction> {
    let is_weekday = |part: &Part| matches!(part.said, Said::Weekday(_)) && part.bound == Bound::At;
    if whole.bound != Bound::At || parts.iter().any(|part| *part != whole && !is_weekday(part)) {
        return Err(Contradiction);
    }
    let (date, result): (Date, Understood) = if let Said::Instant(instant) = whole.said {
        let start = instant.to_zoned(reference.now.time_zone().clone());
        (start.date(), not_past(start, reference))
    } else if let Said::Local(local) = whole.said {
        let (day, time) = (Understood::Day { date: local.date() }, Understood::Time { time: local.time() });
        (local.date(), combine(&day, &time, reference))
    } else {
        return Err(Contradiction);
    };
    if days::is_far_off(date, reference) {
        return Err(Contradiction);
    }
    let weekday = the_one(parts.iter().filter_map(|part| part.said.weekday()))?;
    let agrees = weekday.is_none_or(|weekday| weekday == date.weekday());
    Ok(if agrees { result } else { Understood::invalid(Why::WeekdayMismatch) })
}

/// What all parts of one kind agree on, if there are any.
pub(super) fn the_one<T: PartialEq>(mut parts: impl Iterator<Item = T>) -> Result<Option<T>, Contradiction> {
    let Some(first) = parts.next() else { return Ok(None) };
    if parts.all(|part| part == first) { Ok(Some(first)) } else { Err(Contradiction) }
}
