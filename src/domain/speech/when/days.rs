//! Days: all that was said about the day, as one day, several to choose from, or a span of them.

use jiff::civil::{Date, Weekday};

use super::reading::{Contradiction, the_one};
use super::said::{Bound, Part, Said};
use super::span::{Options, Span, has_time_left, later, monday, next_day_of_month, options, weekday_dates};
use super::{Edge, among};
use super::{Reference, Understood, Why};

/// Where the caller names no end, the window ends after so many days.
const OPEN_END_DAYS: i32 = 366;
const YEARS_AHEAD_MAX: i16 = 2;
/// More days than this are no choice one can put to a caller.
const CHOICE_MAX: usize = 8;

/// What the parts about the day come to; none where nothing was said of it.
pub(super) fn resolve(
    parts: &[Part],
    reference: &Reference<'_>,
) -> Result<Option<Understood>, Contradiction> {
    let parts: Vec<Part> = parts.iter().filter(|part| part.said.is_day()).copied().collect();
    let (bounds, plain): (Vec<Part>, Vec<Part>) =
        parts.iter().partition(|part| !matches!(part.bound, Bound::At | Bound::Around));
    // "Freitag vor Weihnachten" is not the coming one.
    let is_bare_weekday = plain.iter().all(|part| part.said.weekday().is_some()) && !plain.is_empty();
    if is_bare_weekday && !bounds.is_empty() {
        return Err(Contradiction);
    }
    let base = plain_days(&plain, reference)?;
    let found = if bounds.is_empty() { base } else { Some(bounded(base, &bounds, reference)?) };
    let Some(found) = found else { return Ok(None) };
    if found.is_empty() || found.len() > CHOICE_MAX {
        return Err(Contradiction);
    }
    Ok(Some(among(found.into_iter().map(|option| finished(option, reference)).collect())))
}

/// Nobody books so far ahead: "14.5.85" is a date of birth.
pub(super) fn is_far_off(date: Date, reference: &Reference<'_>) -> bool {
    date.year() > reference.today().year().saturating_add(YEARS_AHEAD_MAX)
}

/// What lies ahead of a span, as far as its days are open where it is a week.
fn finished(option: Result<Span, Why>, reference: &Reference<'_>) -> Understood {
    let span = match option {
        Ok(span) => span,
        Err(why) => return Understood::invalid(why),
    };
    let today = reference.today();
    if span.last < today {
        return Understood::invalid(Why::Past);
    }
    if is_far_off(span.first, reference) {
        return Understood::Unknown;
    }
    let span = Span { first: span.first.max(today), ..span };
    let span = if span.is_week { trimmed(span, reference) } else { span };
    if span.is_day() {
        return Understood::Day { date: span.first };
    }
    Understood::Window { from: Edge::Day(span.first), to: Edge::Day(span.last) }
}

fn trimmed(span: Span, reference: &Reference<'_>) -> Span {
    let Some(opening) = reference.opening else { return span };
    let today = reference.today();
    let is_open = |date: Date| !opening.is_closed_on(date) && (date != today || has_time_left(reference));
    let open = span.days(usize::MAX, is_open);
    match (open.first(), open.last()) {
        (Some(first), Some(last)) => Span { first: *first, last: *last, ..span },
        // All of it is closed, which is for the hours to say and not for the words.
        _ => span,
    }
}

/// What is said without a bound: the days that all parts agree on.
fn plain_days(parts: &[Part], reference: &Reference<'_>) -> Result<Option<Options>, Contradiction> {
    let weekday = the_one(parts.iter().filter_map(|part| part.said.weekday()))?;
    let weekday_said = parts.iter().map(|part| part.said).find(|said| said.weekday().is_some());
    let shift = the_one(parts.iter().filter_map(|part| {
        if let Said::Shift { days, strict } = part.said { Some((days, strict)) } else { None }
    }))?;
    let others: Vec<Said> = parts
        .iter()
        .map(|part| part.said)
        .filter(|said| said.weekday().is_none() && !matches!(said, Said::Shift { .. }))
        .collect();
    let counts_from_other = others.iter().all(|said| matches!(said, Said::InDays(_)));
    let mut others = agreed(&others, reference)?;
    if let Some((days, strict)) = shift {
        match (&others, weekday) {
            (None, Some(weekday)) => return Ok(Some(shifted_weekday(weekday, days, strict, reference))),
            (None, None) => others = Some(options(Said::Shift { days, strict }, reference)),
            // "In einer Woche, am 21." says one day twice.
            (Some(base), weekday) if !counts_from_other => {
                let counted = weekday.map_or_else(
                    || options(Said::Shift { days, strict }, reference),
                    |weekday| shifted_weekday(weekday, days, strict, reference),
                );
                return Ok(Some(shared(base, &counted)?));
            }
            (Some(base), _) => {
                let shifted = base.iter().map(|option| shifted(*option, days)).collect::<Option<Options>>();
                others = Some(shifted.ok_or(Contradiction)?);
            }
        }
    }
    match (others, weekday, weekday_said) {
        (None, Some(_), Some(said)) => Ok(Some(options(said, reference))),
        (Some(others), Some(weekday), _) => {
            Ok(Some(others.into_iter().flat_map(|option| on_weekday(option, weekday)).collect()))
        }
        (others, _, _) => Ok(others),
    }
}

/// What dates and spans have in common.
fn agreed(said: &[Said], reference: &Reference<'_>) -> Result<Option<Options>, Contradiction> {
    let spans = said.iter().filter(|said| !matches!(said, Said::DayOfMonth(_)));
    let mut common: Option<Options> = None;
    for said in spans {
        let next = options(*said, reference);
        common = Some(match common {
            None => next,
            Some(before) => shared(&before, &next)?,
        });
    }
    let day = the_one(
        said.iter().filter_map(|said| if let Said::DayOfMonth(day) = said { Some(*day) } else { None }),
    )?;
    let Some(day) = day else { return Ok(common) };
    match common {
        None => Ok(Some(options(Said::DayOfMonth(day), reference))),
        // "Am 20. nächsten Monats" picks the day out of the month.
        Some(spans) => {
            let picked = spans.into_iter().flat_map(|option| match option {
                Ok(span) if span.is_day() && span.first.day() != day => Vec::new(),
                Ok(span) => picked(span, |date| date.day() == day),
                Err(why) => vec![Err(why)],
            });
            let picked: Options = picked.collect();
            if picked.is_empty() { Err(Contradiction) } else { Ok(Some(picked)) }
        }
    }
}

fn picked(span: Span, fits: impl Fn(Date) -> bool) -> Options {
    let days = span.days(CHOICE_MAX + 1, fits);
    if days.is_empty() {
        return vec![Err(Why::NoSuchDate)];
    }
    days.into_iter().map(|date| Ok(Span::day(date))).collect()
}

fn shared(one: &Options, other: &Options) -> Result<Options, Contradiction> {
    if let Some(why) = one.iter().chain(other).find_map(|option| option.err()) {
        return Ok(vec![Err(why)]);
    }
    let pairs = one.iter().flatten().flat_map(|one| other.iter().flatten().map(move |other| (one, other)));
    let both: Options = pairs.filter_map(|(one, other)| one.shared(other)).map(Ok).collect();
    if both.is_empty() { Err(Contradiction) } else { Ok(both) }
}

/// A weekday picks its day out of a span and must agree with a date.
fn on_weekday(option: Result<Span, Why>, weekday: Weekday) -> Options {
    let span = match option {
        Ok(span) => span,
        Err(why) => return vec![Err(why)],
    };
    let days = span.days(CHOICE_MAX + 1, |date| date.weekday() == weekday);
    if days.is_empty() {
        return vec![Err(Why::WeekdayMismatch)];
    }
    days.into_iter().map(|date| Ok(Span::day(date))).collect()
}

fn shifted(option: Result<Span, Why>, days: i32) -> Option<Result<Span, Why>> {
    match option {
        Ok(span) if span.is_day() => Some(later(span.first, days).map(Span::day)),
        Ok(_) => None,
        Err(why) => Some(Err(why)),
    }
}

/// "Freitag in zwei Wochen": so long after the coming one, or of the week that is so far off.
fn shifted_weekday(weekday: Weekday, days: i32, strict: bool, reference: &Reference<'_>) -> Options {
    let today = reference.today();
    if days % 7 != 0 {
        // "two days after Friday"
        if strict {
            return Options::new();
        }
        let date = later(today, days);
        return vec![date.and_then(|date| {
            if date.weekday() == weekday { Ok(Span::day(date)) } else { Err(Why::WeekdayMismatch) }
        })];
    }
    let offset = i32::from(weekday.to_monday_zero_offset());
    let of_the_week = later(monday(today), days + offset);
    let coming = weekday_dates(weekday, reference).into_iter().map(|date| later(date, days));
    let mut dates: Vec<Result<Date, Why>> = coming.collect();
    if !strict && !dates.contains(&of_the_week) {
        dates.insert(0, of_the_week);
    }
    dates.into_iter().map(|date| date.map(Span::day)).collect()
}

/// The base, or all that is to come, within the bounds.
fn bounded(
    base: Option<Options>,
    bounds: &[Part],
    reference: &Reference<'_>,
) -> Result<Options, Contradiction> {
    let has_base = base.is_some();
    let open = Span {
        first: reference.today(),
        last: later(reference.today(), OPEN_END_DAYS).map_err(|_| Contradiction)?,
        is_week: false,
    };
    let mut found = base.unwrap_or_else(|| vec![Ok(open)]);
    let is_clock_window = bounds.iter().all(|part| part.bound == Bound::Except);
    if is_clock_window && !has_base {
        return Err(Contradiction);
    }
    let mut from = None;
    for part in bounds {
        let mut next = Options::new();
        for option in &found {
            let Ok(span) = option else {
                next.push(*option);
                continue;
            };
            for end in ends(part.said, *span, has_base, from, reference)? {
                match end {
                    Ok(end) => next.extend(cut(*span, part.bound, end).into_iter().map(Ok)),
                    Err(why) => next.push(Err(why)),
                }
            }
        }
        if next.is_empty() {
            return Err(Contradiction);
        }
        if part.bound.is_lower() {
            from = next.iter().flatten().map(|span| span.first).min();
        }
        found = next;
    }
    Ok(found)
}

/// Where a bound lies: a weekday in the span it is said of, a day of the month behind where the range begins.
fn ends(
    said: Said,
    span: Span,
    has_base: bool,
    from: Option<Date>,
    reference: &Reference<'_>,
) -> Result<Options, Contradiction> {
    if let (Some(weekday), true) = (said.weekday(), has_base || from.is_some()) {
        let found = Span {
            last: if has_base { span.last } else { later(span.first, 6).map_err(|_| Contradiction)? },
            ..span
        };
        let days = found.days(1, |date| date.weekday() == weekday);
        return if days.is_empty() {
            Err(Contradiction)
        } else {
            Ok(days.into_iter().map(|date| Ok(Span::day(date))).collect())
        };
    }
    if let (Said::DayOfMonth(day), Some(from)) = (said, from) {
        return Ok(vec![next_day_of_month(day, from).map(Span::day)]);
    }
    Ok(options(said, reference))
}

/// What is left of a span on one side of an end, or round it.
fn cut(span: Span, bound: Bound, end: Span) -> Vec<Span> {
    let day = |date: Date, days: i32| later(date, days).unwrap_or(date);
    let within = |first: Date, last: Date| span.shared(&Span { first, last, is_week: false });
    let rest = match bound {
        Bound::From => within(end.first, span.last),
        Bound::After => within(day(end.last, 1), span.last),
        Bound::Until => within(span.first, end.last),
        Bound::Before => within(span.first, day(end.first, -1)),
        Bound::ShortlyAfter => within(day(end.last, 1), day(end.last, 7)),
        Bound::ShortlyBefore => within(day(end.first, -7), day(end.first, -1)),
        Bound::At | Bound::Around => within(end.first, end.last),
        Bound::Except => {
            let before = within(span.first, day(end.first, -1));
            let after = within(day(end.last, 1), span.last);
            return before.into_iter().chain(after).collect();
        }
    };
    rest.into_iter().collect()
}
