//! Readings: of all that the words may mean together, what fits and is nearest.

use jiff::civil::{Date, Weekday};

use super::combining::not_past;
use super::resolving::{date_of, times_of, weekday_dates};
use super::rules::{Alternatives, Clock, Said};
use super::{Reference, Understood, Why, among, combine, flat};

/// More than this is no sentence somebody said.
const READINGS_MAX: usize = 64;

/// Parts that cannot stand together.
#[derive(Debug)]
struct Contradiction;

/// What all parts say together.
#[derive(Debug, Clone, Default)]
struct Reading {
    rank: u8,
    said: Vec<Said>,
}

/// The result of the nearest readings that are consistent; several of one rank are candidates.
pub(super) fn choose(said: &[Alternatives], reference: &Reference<'_>) -> Understood {
    let Some(mut readings) = readings(said) else { return Understood::Unknown };
    readings.sort_by_key(|reading| reading.rank);
    let results =
        readings.iter().filter_map(|reading| Some((reading.rank, resolve(&reading.said, reference).ok()?)));
    let results: Vec<(u8, Understood)> = results.collect();
    let Some(&(nearest, _)) = results.first() else { return Understood::Unknown };
    among(results.into_iter().take_while(|&(rank, _)| rank == nearest).map(|(_, result)| result).collect())
}

fn readings(said: &[Alternatives]) -> Option<Vec<Reading>> {
    let mut readings = vec![Reading::default()];
    for alternatives in said {
        let grown = readings.iter().flat_map(|reading| {
            alternatives.iter().map(|&(rank, said)| {
                let mut grown = reading.clone();
                grown.rank = grown.rank.saturating_add(rank);
                grown.said.push(said);
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
fn resolve(said: &[Said], reference: &Reference<'_>) -> Result<Understood, Contradiction> {
    if let Some(whole) = said.iter().find(|said| matches!(said, Said::Instant(_) | Said::Local(_))) {
        return with_stamp(*whole, said, reference);
    }
    let clock = the_one(
        said.iter().filter_map(|said| if let Said::Clock(clock) = said { Some(*clock) } else { None }),
    )?;
    let day = day_of(said, reference)?;
    let soonest = said.contains(&Said::Soonest);
    match (day, clock) {
        (None, None) if soonest => Ok(Understood::Soonest),
        (Some(day), None) => Ok(day),
        (None, Some(clock)) if !soonest => Ok(among(times_of(clock, None, reference))),
        (Some(day), Some(clock)) if !soonest => Ok(on_each(day, clock, reference)),
        (None | Some(_), _) => Err(Contradiction),
    }
}

/// The day with the time, each hour of doubt looked up in the hours of that very day.
fn on_each(day: Understood, clock: Clock, reference: &Reference<'_>) -> Understood {
    let at = |option: Understood| {
        let date = if let Understood::Day { date } = option { Some(date) } else { None };
        let times = among(times_of(clock, date, reference));
        combine(&option, &times, reference)
    };
    among(flat(day).into_iter().map(at).collect())
}

/// The day said, if any; a weekday must agree with its date.
fn day_of(said: &[Said], reference: &Reference<'_>) -> Result<Option<Understood>, Contradiction> {
    let weekday = weekday_of(said)?;
    let fits = |date: Date| weekday.is_none_or(|weekday| weekday == date.weekday());
    let day = match the_one(said.iter().filter_map(|said| date_of(*said, reference)))? {
        None => weekday.map(|weekday| among(weekday_dates(weekday, reference))),
        Some(Ok(date)) if fits(date) => Some(Understood::Day { date }),
        Some(Ok(_)) => Some(Understood::invalid(Why::WeekdayMismatch)),
        Some(Err(why)) => Some(Understood::invalid(why)),
    };
    Ok(day)
}

fn weekday_of(said: &[Said]) -> Result<Option<Weekday>, Contradiction> {
    the_one(said.iter().filter_map(|said| if let Said::Weekday(day) = said { Some(*day) } else { None }))
}

/// A machine's moment says it all; only a weekday may stand beside it.
fn with_stamp(whole: Said, said: &[Said], reference: &Reference<'_>) -> Result<Understood, Contradiction> {
    if said.iter().any(|part| *part != whole && !matches!(part, Said::Weekday(_))) {
        return Err(Contradiction);
    }
    let (date, result) = match whole {
        Said::Instant(instant) => {
            let start = instant.to_zoned(reference.now.time_zone().clone());
            (start.date(), not_past(start, reference))
        }
        Said::Local(local) => {
            let (day, time) =
                (Understood::Day { date: local.date() }, Understood::Time { time: local.time() });
            (local.date(), combine(&day, &time, reference))
        }
        Said::Date { .. }
        | Said::DayOfMonth(_)
        | Said::Weekday(_)
        | Said::InDays(_)
        | Said::Clock(_)
        | Said::Soonest => return Err(Contradiction),
    };
    let agrees = weekday_of(said)?.is_none_or(|weekday| weekday == date.weekday());
    Ok(if agrees { result } else { Understood::invalid(Why::WeekdayMismatch) })
}

/// What all parts of one kind agree on, if there are any.
fn the_one<T: PartialEq>(mut parts: impl Iterator<Item = T>) -> Result<Option<T>, Contradiction> {
    let Some(first) = parts.next() else { return Ok(None) };
    if parts.all(|part| part == first) { Ok(Some(first)) } else { Err(Contradiction) }
}
