//! Combining: a day and a time said apart, as one moment of the branch's zone.

use jiff::Zoned;
use jiff::civil::{Date, Time};
use jiff::tz::AmbiguousOffset;

use super::{Edge, Reference, Understood, Why, among, flat};
use Understood as U;

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
        (U::Day { date }, U::Time { time }) | (U::Time { time }, U::Day { date }) => {
            at(*date, *time, reference)
        }
        (U::Day { date }, U::Window { from, to }) | (U::Window { from, to }, U::Day { date }) => {
            window_on(*date, from, to, reference)
        }
        (U::Exact { start }, U::Time { time }) | (U::Time { time }, U::Exact { start }) => {
            agreed(start, at(start.date(), *time, reference))
        }
        (U::Day { date }, U::Exact { start }) | (U::Exact { start }, U::Day { date }) => {
            agreed(start, at(*date, start.time(), reference))
        }
        (U::Exact { start }, U::Exact { .. }) => agreed(start, time.clone()),
        (U::Day { date: one }, U::Day { date: other }) if one == other => date.clone(),
        (U::Time { time: one }, U::Time { time: other }) if one == other => date.clone(),
        (U::Day { .. } | U::Time { .. } | U::Window { .. } | U::Exact { .. }, _) => U::Unknown,
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
            let moment =
                |time: Time| now.time_zone().to_ambiguous_zoned(date.to_datetime(time)).compatible().ok();
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
