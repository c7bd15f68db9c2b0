//! Combining: a day and a time said apart, as one moment of the branch's zone.

use std::cmp::Ordering;

use jiff::civil::{Date, Time};
use jiff::tz::AmbiguousOffset;
use jiff::{ToSpan, Zoned};

use super::{Edge, Reference, Understood, Why, among, flat};
use Understood as U;

/// A time of day is put on each day of a week, not of a month.
const DAYS_MAX: usize = 7;

/// The day of the first with the time of the second; what is not there or not past is said so, never shifted.
pub fn combine(date: &Understood, time: &Understood, reference: &Reference<'_>) -> Understood {
    match (date, time) {
        (U::Invalid { why }, _) | (_, U::Invalid { why }) => U::invalid(*why),
        (U::Unknown, _) | (_, U::Unknown) => U::Unknown,
        (exact @ U::Exact { .. }, U::Candidates { options })
        | (U::Candidates { options }, exact @ U::Exact { .. })
            if options.iter().any(|option| combine(exact, option, reference) == *exact) =>
        {
            exact.clone()
        }
        (U::Candidates { options }, _) => {
            among(options.iter().map(|day| combine(day, time, reference)).collect())
        }
        (_, U::Candidates { options }) => {
            among(options.iter().map(|time| combine(date, time, reference)).collect())
        }
        (U::Soonest, other) | (other, U::Soonest) => other.clone(),
        _ => {
            let together = pair(date, time, reference).or_else(|| pair(time, date, reference));
            together.unwrap_or(U::Unknown)
        }
    }
}

/// What the two come to, if they go together in this order.
fn pair(one: &Understood, other: &Understood, reference: &Reference<'_>) -> Option<Understood> {
    match (one, other) {
        (U::Day { date }, U::Time { time }) => Some(at(*date, *time, reference)),
        (U::Day { date }, U::Window { from, to }) => Some(window_on(*date, from, to, reference)),
        (U::Exact { start }, U::Time { time }) => Some(agreed(start, at(start.date(), *time, reference))),
        (U::Day { date }, U::Exact { start }) => Some(agreed(start, at(*date, start.time(), reference))),
        (U::Exact { start }, U::Exact { .. }) => Some(agreed(start, other.clone())),
        (U::Window { from, to }, U::Exact { start }) => {
            within(from, to, start, reference).then(|| other.clone())
        }
        (U::Window { from: Edge::Clock(from), to: Edge::Clock(to) }, U::Time { time }) => {
            (from <= time && time <= to).then(|| other.clone())
        }
        (U::Window { from: Edge::Moment(from), .. }, U::Time { time }) => {
            pair(one, &at(from.date(), *time, reference), reference)
        }
        (U::Window { from: Edge::Day(first), to: Edge::Day(last) }, U::Time { .. } | U::Window { .. })
            if one != other && *first < *last =>
        {
            on_each_day(*first, *last, other, reference)
        }
        (U::Window { from, to }, U::Window { from: other_from, to: other_to }) => {
            shared((from, to), (other_from, other_to))
        }
        _ if one == other => Some(one.clone()),
        _ => None,
    }
}

/// A time of day on each of a few days; closed ones are not meant.
fn on_each_day(first: Date, last: Date, time: &Understood, reference: &Reference<'_>) -> Option<Understood> {
    if let U::Window { from: Edge::Day(_) | Edge::Moment(_), .. } = time {
        return None;
    }
    let is_open = |date: &Date| reference.opening.is_none_or(|opening| !opening.is_closed_on(*date));
    let days: Vec<Date> = first.series(1.day()).take_while(|date| *date <= last).take(DAYS_MAX + 1).collect();
    if days.len() > DAYS_MAX {
        return None;
    }
    let open = days.into_iter().filter(is_open).map(|date| combine(&U::Day { date }, time, reference));
    Some(among(open.collect()))
}

fn within(from: &Edge, to: &Edge, start: &Zoned, reference: &Reference<'_>) -> bool {
    let zone = reference.now.time_zone();
    let local = start.with_time_zone(zone.clone());
    let not_before = match from {
        Edge::Moment(from) => from <= start,
        Edge::Day(date) => *date <= local.date(),
        Edge::Clock(time) => *time <= local.time(),
    };
    let not_after = match to {
        Edge::Moment(to) => start <= to,
        Edge::Day(date) => local.date() <= *date,
        Edge::Clock(time) => local.time() <= *time,
    };
    not_before && not_after
}

/// What two windows of one kind have in common.
fn shared((from, to): (&Edge, &Edge), (other_from, other_to): (&Edge, &Edge)) -> Option<Understood> {
    match (from, to, other_from, other_to) {
        (Edge::Clock(from), Edge::Clock(to), Edge::Clock(other_from), Edge::Clock(other_to)) => {
            let (from, to) = (*from.max(other_from), *to.min(other_to));
            (from < to).then_some(U::Window { from: Edge::Clock(from), to: Edge::Clock(to) })
        }
        (Edge::Day(from), Edge::Day(to), Edge::Day(other_from), Edge::Day(other_to)) => {
            let (from, to) = (*from.max(other_from), *to.min(other_to));
            match from.cmp(&to) {
                Ordering::Less => Some(U::Window { from: Edge::Day(from), to: Edge::Day(to) }),
                Ordering::Equal => Some(U::Day { date: from }),
                Ordering::Greater => None,
            }
        }
        (Edge::Moment(from), Edge::Moment(to), Edge::Moment(other_from), Edge::Moment(other_to)) => {
            let (from, to) = (from.max(other_from), to.min(other_to));
            (from < to).then(|| U::Window { from: Edge::Moment(from.clone()), to: Edge::Moment(to.clone()) })
        }
        (Edge::Moment(from), Edge::Moment(to), Edge::Clock(first), Edge::Clock(last))
            if from.date() == to.date() =>
        {
            let (first, last) = (from.time().max(*first), to.time().min(*last));
            let moment = |time: Time| from.with().time(time).build().ok();
            let (first, last) = (moment(first)?, moment(last)?);
            (first < last).then_some(U::Window { from: Edge::Moment(first), to: Edge::Moment(last) })
        }
        _ => None,
    }
}

/// The moment itself, unless it has gone by.
pub(super) fn not_past(start: Zoned, reference: &Reference<'_>) -> Understood {
    if start < *reference.now { U::invalid(Why::Past) } else { U::Exact { start } }
}

/// The time on that day: none in the hour that is left out, two in the hour that comes twice.
fn at(date: Date, time: Time, reference: &Reference<'_>) -> Understood {
    let moment = reference.now.time_zone().to_ambiguous_zoned(date.to_datetime(time));
    match moment.offset() {
        AmbiguousOffset::Unambiguous { .. } => {
            moment.compatible().map_or(U::Unknown, |start| not_past(start, reference))
        }
        AmbiguousOffset::Gap { .. } => U::invalid(Why::NoSuchTime),
        AmbiguousOffset::Fold { .. } => {
            let both = [moment.clone().earlier(), moment.later()];
            among(both.into_iter().flatten().map(|start| not_past(start, reference)).collect())
        }
    }
}

/// One moment where both say the same, else both, for the caller to choose.
fn agreed(start: &Zoned, other: Understood) -> Understood {
    let options = flat(other);
    let first = U::Exact { start: start.clone() };
    if options.contains(&first) {
        return first;
    }
    among(std::iter::once(first).chain(options).collect())
}

/// A time of day becomes moments of that day; a window of days must hold it.
fn window_on(date: Date, from: &Edge, to: &Edge, reference: &Reference<'_>) -> Understood {
    let now = reference.now;
    match (from, to) {
        (Edge::Clock(from), Edge::Clock(to)) => {
            let ambiguous = |time: Time| now.time_zone().to_ambiguous_zoned(date.to_datetime(time));
            let is_missing = |time| matches!(ambiguous(time).offset(), AmbiguousOffset::Gap { .. });
            if is_missing(*from) || is_missing(*to) {
                return U::invalid(Why::NoSuchTime);
            }
            let moment = |time: Time| ambiguous(time).compatible().ok();
            let Some((from, to)) = moment(*from).zip(moment(*to)) else { return U::Unknown };
            if to <= *now {
                return U::invalid(Why::Past);
            }
            U::Window { from: Edge::Moment(from.max(now.clone())), to: Edge::Moment(to) }
        }
        (Edge::Moment(first), Edge::Moment(last)) if first.date() == date && last.date() == date => {
            U::Window { from: from.clone(), to: to.clone() }
        }
        (Edge::Day(first), Edge::Day(last)) if *first <= date && date <= *last => U::Day { date },
        (Edge::Moment(_) | Edge::Day(_) | Edge::Clock(_), _) => U::Unknown,
    }
}
