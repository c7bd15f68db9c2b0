//! Times of day: all that was said about it, as a time, several to choose from, or a window, by the opening hours.

use jiff::civil::{Date, Time, Weekday};
use jiff::{SignedDuration, ToSpan};

use super::reading::{Contradiction, the_one};
use super::said::{Bound, Clock, Part, PartOfDay, Said};
use super::{Edge, Reference, Understood, Why, among};

/// "Gegen vier" is so many minutes before or after it.
const AROUND_MINUTES: i64 = 30;

/// What the parts about the time come to, on that day if one was said; none where nothing was said of it.
pub(super) fn resolve(
    parts: &[Part],
    date: Option<Date>,
    reference: &Reference<'_>,
) -> Result<Option<Understood>, Contradiction> {
    let day = Day { date, reference };
    let (mut times, mut bounds, mut dayparts) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        match (part.said, part.bound) {
            (Said::Clock(clock), Bound::At) => times.push(clock),
            (Said::Clock(clock), bound) => bounds.push((bound, End::Clock(clock))),
            (Said::PartOfDay(said), Bound::At | Bound::Around) => dayparts.push(said),
            (Said::PartOfDay(said), bound) => bounds.push((bound, End::Part(said))),
            (_, _) => {}
        }
    }
    let part_of_day = the_one(dayparts.into_iter())?;
    let clock = the_one(times.into_iter())?;
    match (clock, bounds.as_slice(), part_of_day) {
        (None, [], None) => Ok(None),
        (None, [], Some(part)) => Ok(Some(window(day.window_of(part)))),
        (Some(clock), [], part) => {
            Ok(Some(among(day.times_of(clock, part)?.into_iter().map(time).collect())))
        }
        (None, bounds, part) => day.bounded(bounds, part).map(Some),
        (Some(_), _, _) => Err(Contradiction),
    }
}

fn time(time: Result<Time, Why>) -> Understood {
    time.map_or_else(Understood::invalid, |time| Understood::Time { time })
}

fn window((from, to): (Time, Time)) -> Understood {
    Understood::Window { from: Edge::Clock(from), to: Edge::Clock(to) }
}

/// An end of a window of the clock.
#[derive(Debug, Clone, Copy)]
enum End {
    Clock(Clock),
    Part(PartOfDay),
}

/// A day, or any day, with the hours that count on it.
struct Day<'a> {
    date: Option<Date>,
    reference: &'a Reference<'a>,
}

impl Day<'_> {
    /// The times a clock word may mean; between morning and evening what was said of the day decides, else the hours.
    fn times_of(
        &self,
        clock: Clock,
        part: Option<PartOfDay>,
    ) -> Result<Vec<Result<Time, Why>>, Contradiction> {
        let Ok(said) = Time::new(clock.hour, clock.minute, 0, 0) else {
            return Ok(vec![Err(Why::NoSuchTime)]);
        };
        let halves = halves(clock, said);
        if let Some(part) = part {
            let (from, to) = bounds_of(part);
            let fitting: Vec<_> =
                halves.into_iter().filter(|time| from <= *time && *time <= to).map(Ok).collect();
            return if fitting.is_empty() { Err(Contradiction) } else { Ok(fitting) };
        }
        let open = self.open_among(&halves);
        if halves.len() == 1 || open.is_empty() {
            return Ok(self.unsettled(clock, said, halves).into_iter().map(Ok).collect());
        }
        Ok(open.into_iter().map(Ok).collect())
    }

    /// Where the hours of the day do not decide, those of the week may; else the small hours are asked about.
    fn unsettled(&self, clock: Clock, said: Time, halves: Vec<Time>) -> Vec<Time> {
        let any_day = Day { date: None, reference: self.reference };
        let open = any_day.open_among(&halves);
        if !open.is_empty() {
            return open;
        }
        if clock.hour == 12 && clock.dial {
            return vec![said];
        }
        if clock.hour < 7 || clock.dial { halves } else { vec![said] }
    }

    /// Those at which it is open. The closing time counts beside another: who says "um acht" of a branch open from eight
    /// to eight may mean either. Alone it does not: nothing can begin then.
    fn open_among(&self, halves: &[Time]) -> Vec<Time> {
        let blocks = self.blocks();
        let is_open = |hour: &Time| blocks.iter().any(|(opens, closes)| opens <= hour && hour < closes);
        let closes_then = |hour: &Time| blocks.iter().any(|(_, closes)| hour == closes);
        if !halves.iter().any(is_open) {
            return Vec::new();
        }
        halves.iter().copied().filter(|hour| is_open(hour) || closes_then(hour)).collect()
    }

    /// The hours of the day, or of any day where none was said or that one is closed.
    fn blocks(&self) -> Vec<(Time, Time)> {
        let Some(opening) = self.reference.opening else { return Vec::new() };
        match self.date {
            Some(date) => opening.blocks_on(date),
            None => {
                Weekday::Monday.cycle_forward().take(7).flat_map(|day| opening.hours.blocks(day)).collect()
            }
        }
    }

    /// When the first block opens and the last one closes; of the week where the day has none.
    fn hours(&self) -> Option<(Time, Time)> {
        let any_day = Day { date: None, reference: self.reference };
        let blocks = Some(self.blocks()).filter(|blocks| !blocks.is_empty());
        let blocks = blocks.unwrap_or_else(|| any_day.blocks());
        let opens = blocks.iter().map(|&(opens, _)| opens).min()?;
        Some((opens, blocks.iter().map(|&(_, closes)| closes).max()?))
    }

    /// A part of the day begins and ends with the hours where it is one of their ends.
    fn window_of(&self, part: PartOfDay) -> (Time, Time) {
        let at = |hour: i8| Time::constant(hour, 0, 0, 0);
        let (opens, closes) = self.hours().unzip();
        let from_opening = |to: Time| {
            let opens = opens.unwrap_or(at(6));
            if opens < to { (opens, to) } else { (opens, opens.saturating_add(1.hour())) }
        };
        let to_closing = |from: Time| (from, closes.filter(|closes| *closes > from).unwrap_or(at(22)));
        match part {
            PartOfDay::Early => from_opening(at(10)),
            PartOfDay::BeforeWork => from_opening(at(9)),
            PartOfDay::Morning => from_opening(at(12)),
            PartOfDay::LateMorning => (at(10), at(12)),
            PartOfDay::Noon => (at(12), at(13)),
            PartOfDay::EarlyAfternoon => (at(13), at(15)),
            PartOfDay::Afternoon => (at(13), at(17)),
            PartOfDay::LateAfternoon => (at(16), at(18)),
            PartOfDay::EarlyEvening => (at(17), at(19)),
            PartOfDay::Evening => to_closing(at(17)),
            PartOfDay::LateEvening => to_closing(at(19)),
        }
    }

    fn bounded(&self, bounds: &[(Bound, End)], part: Option<PartOfDay>) -> Result<Understood, Contradiction> {
        if let [(bound, End::Clock(clock))] = bounds
            && matches!(bound, Bound::Around | Bound::ShortlyAfter | Bound::ShortlyBefore)
        {
            let times = self.times_of(*clock, part)?;
            let windows = times
                .into_iter()
                .map(|at| at.map_or_else(Understood::invalid, |at| window(near(*bound, at))));
            return Ok(among(windows.collect()));
        }
        let lower = the_one(
            bounds
                .iter()
                .filter(|(bound, _)| bound.is_lower())
                .map(|(bound, end)| (*bound, self.ends(*bound, *end, part))),
        )?;
        let upper = the_one(
            bounds
                .iter()
                .filter(|(bound, _)| bound.is_upper())
                .map(|(bound, end)| (*bound, self.ends(*bound, *end, part))),
        )?;
        if bounds.iter().any(|(bound, _)| !bound.is_lower() && !bound.is_upper()) {
            return Err(Contradiction);
        }
        let (lower, upper) =
            (lower.map(|(_, ends)| ends).transpose()?, upper.map(|(_, ends)| ends).transpose()?);
        if let Some(why) = lower.iter().chain(&upper).flatten().find_map(|end| end.err()) {
            return Ok(Understood::invalid(why));
        }
        let flat = |ends: Option<Vec<Result<Time, Why>>>| {
            ends.map(|ends| ends.into_iter().flatten().collect::<Vec<Time>>())
        };
        self.windows(flat(lower), flat(upper), part)
    }

    fn ends(
        &self,
        bound: Bound,
        end: End,
        part: Option<PartOfDay>,
    ) -> Result<Vec<Result<Time, Why>>, Contradiction> {
        match end {
            // Both halves of the day are kept: the other end of the window may decide.
            End::Clock(clock) => match (Time::new(clock.hour, clock.minute, 0, 0), part) {
                (Err(_), _) => Ok(vec![Err(Why::NoSuchTime)]),
                (Ok(_), Some(part)) => self.times_of(clock, Some(part)),
                (Ok(said), None) => Ok(halves(clock, said).into_iter().map(Ok).collect()),
            },
            End::Part(part) => {
                let (from, to) = self.window_of(part);
                Ok(vec![Ok(if bound == Bound::After { to } else { from })])
            }
        }
    }

    /// The windows that fit into the hours, if any do; else the shortest.
    fn windows(
        &self,
        lower: Option<Vec<Time>>,
        upper: Option<Vec<Time>>,
        part: Option<PartOfDay>,
    ) -> Result<Understood, Contradiction> {
        let whole = part.map(|part| self.window_of(part)).or_else(|| self.hours());
        let open_end = |from: Time| whole.map(|(_, to)| to).filter(|to| *to > from).unwrap_or(Time::MAX);
        let open_begin =
            |to: Time| whole.map(|(from, _)| from).filter(|from| *from < to).unwrap_or(Time::midnight());
        let pairs: Vec<(Time, Time)> = match (lower, upper) {
            (Some(lower), Some(upper)) => lower
                .iter()
                .flat_map(|from| upper.iter().map(|to| (*from, *to)))
                .filter(|(from, to)| from < to)
                .collect(),
            (Some(lower), None) => lower.into_iter().map(|from| (from, open_end(from))).collect(),
            (None, Some(upper)) => {
                upper.into_iter().filter(|to| *to > Time::midnight()).map(|to| (open_begin(to), to)).collect()
            }
            (None, None) => return Err(Contradiction),
        };
        let fits = |day: &Day<'_>, (from, to): &(Time, Time)| {
            day.hours().is_some_and(|(opens, closes)| opens <= *from && *to <= closes)
        };
        let fitting: Vec<(Time, Time)> = pairs.iter().copied().filter(|pair| fits(self, pair)).collect();
        if !fitting.is_empty() {
            return Ok(among(fitting.into_iter().map(window).collect()));
        }
        let length = |(from, to): &(Time, Time)| to.duration_since(*from);
        let shortest: SignedDuration = pairs.iter().map(length).min().ok_or(Contradiction)?;
        Ok(among(pairs.into_iter().filter(|pair| length(pair) == shortest).map(window).collect()))
    }
}

/// The time as said and, where it may be meant by the twelve hours of the dial, the other one.
fn halves(clock: Clock, said: Time) -> Vec<Time> {
    let other = match clock.hour {
        _ if clock.literal => None,
        12 if clock.dial => Time::new(0, clock.minute, 0, 0).ok(),
        1..12 => Time::new(clock.hour + 12, clock.minute, 0, 0).ok(),
        _ => None,
    };
    std::iter::once(said).chain(other).collect()
}

fn near(bound: Bound, at: Time) -> (Time, Time) {
    let half = AROUND_MINUTES.minutes();
    let (before, after) = (at.saturating_sub(half), at.saturating_add(half));
    match bound {
        Bound::ShortlyAfter => (at, after),
        Bound::ShortlyBefore => (before, at),
        Bound::At
        | Bound::Around
        | Bound::From
        | Bound::After
        | Bound::Until
        | Bound::Before
        | Bound::Except => (before, after),
    }
}

/// Between which times a time may be called so.
fn bounds_of(part: PartOfDay) -> (Time, Time) {
    let (from, to) = match part {
        PartOfDay::Early | PartOfDay::BeforeWork => (3, 11),
        PartOfDay::Morning | PartOfDay::LateMorning => (5, 12),
        PartOfDay::Noon => (11, 14),
        PartOfDay::EarlyAfternoon | PartOfDay::Afternoon | PartOfDay::LateAfternoon => (12, 18),
        PartOfDay::EarlyEvening | PartOfDay::Evening | PartOfDay::LateEvening => (16, 23),
    };
    (Time::constant(from, 0, 0, 0), Time::constant(to, 59, 0, 0))
}
