//! Weeks, weekends, months, years, and what is named within them.

use super::super::idioms::{Unit, Which};
use super::super::place::{Place, lookup};
use super::super::said::{Month, Said, Third};
use super::{Match, sure};

/// What a third may be of: "nächster Woche", "November", "des Monats".
fn counted_unit(place: &Place<'_>, ahead: usize, third: Option<Third>) -> Option<(usize, Said)> {
    let links = place.links(ahead);
    let at = ahead + links;
    if let Some(month) = place.month(at) {
        return Some((links + 1, Said::Month { which: Month::Named(month), third }));
    }
    let which = place.which(at);
    let at = at + usize::from(which.is_some());
    let (taken, unit) = place.longest_at(at, place.idioms.units)?;
    let after_next = after_next(place, at + taken);
    let ahead_by = match (which, after_next) {
        // "Ende der Woche" is of this one; without an end it would be no day at all.
        (None, None) => third.map(|_| 0)?,
        (Some(Which::This), None) => 0,
        (Some(Which::Coming | Which::Next), None) => 1,
        (_, Some(_)) | (Some(Which::AfterNext), None) => 2,
        (Some(Which::Last), None) => return Some((at + taken - ahead, Said::Gone)),
    };
    let said = match unit {
        Unit::Week => Said::Week { ahead: ahead_by, third },
        Unit::Month => Said::Month { which: Month::Ahead(ahead_by), third },
        Unit::Year => Said::Year { ahead: i16::try_from(ahead_by).ok()?, third },
        Unit::Day | Unit::Fortnight | Unit::Quarter | Unit::HalfYear => return None,
    };
    Some((at + taken + after_next.unwrap_or(0) - ahead, said))
}

fn after_next(place: &Place<'_>, ahead: usize) -> Option<usize> {
    let phrase = place.idioms.after_next;
    place.phrase_at(ahead, &[phrase]).filter(|_| !phrase.is_empty())
}

/// "nächste Woche", "diesen Monat", "the week after next"
pub(super) fn counted(place: &Place<'_>) -> Match {
    let lead = usize::from(place.is_word_of(0, place.idioms.ins) || place.word(0) == Some("the"));
    let at = lead + place.links(lead);
    let has_after_next = || {
        let (taken, _) = place.longest_at(at, place.idioms.units)?;
        after_next(place, at + taken)
    };
    if place.which(at).is_none() && has_after_next().is_none() {
        return None;
    }
    let (taken, said) = counted_unit(place, at, None)?;
    if matches!(said, Said::Month { which: Month::Named(_), .. }) {
        return None;
    }
    Some((at + taken, sure(said)))
}

/// "Anfang November", "Ende nächster Woche", "Mitte des Monats", "mid-November"
pub(super) fn third(place: &Place<'_>) -> Match {
    let (taken, third) = place.longest(place.idioms.thirds)?;
    let hyphen = usize::from(place.mark(taken, '-'));
    let (unit, said) = counted_unit(place, taken + hyphen, Some(third))?;
    let end = taken + hyphen + unit;
    match (place.year(end), said) {
        (None, said) => Some((end, sure(said))),
        (Some(year), Said::Month { which: Month::Named(month), third }) => {
            Some((end + 1, sure(Said::Month { which: Month::Of(year, month), third })))
        }
        (Some(_), _) => None,
    }
}

/// "im November", and where the language has no other use for the word, "November".
pub(super) fn month(place: &Place<'_>) -> Match {
    let lead = usize::from(place.is_word_of(0, place.idioms.ins) || place.which(0) == Some(Which::Next))
        + usize::from(place.which(0) == Some(Which::This) || place.which(0) == Some(Which::Coming));
    let month = place.month(lead)?;
    let is_clear = lead > 0 || (place.idioms.bare_months && place.word(0).is_some_and(|word| word.len() > 4));
    if let Some(year) = place.year(lead + 1) {
        return Some((lead + 2, sure(Said::Month { which: Month::Of(year, month), third: None })));
    }
    if !is_clear || place.small(lead + 1).is_some() {
        return None;
    }
    Some((lead + 1, sure(Said::Month { which: Month::Named(month), third: None })))
}

pub(super) fn season(place: &Place<'_>) -> Match {
    let lead = usize::from(place.is_word_of(0, place.idioms.ins));
    let lead = lead + place.links(lead);
    let (month, months) = lookup(place.idioms.seasons, place.word(lead)?)?;
    (lead > 0).then(|| (lead + 1, sure(Said::Season { month, months })))
}

/// "am Wochenende", "nächstes Wochenende"
pub(super) fn weekend(place: &Place<'_>) -> Match {
    let which = place.which(0);
    let at = usize::from(which.is_some());
    if !place.is_word_of(at, place.idioms.weekends) {
        return None;
    }
    let ahead = match which {
        None | Some(Which::This | Which::Coming) => 0,
        Some(Which::Next) => 1,
        Some(Which::AfterNext) => 2,
        Some(Which::Last) => return Some((at + 1, sure(Said::Gone))),
    };
    Some((at + 1, sure(Said::Weekend(ahead))))
}

/// "KW 43", "in der 43. Woche", "week 43"
pub(super) fn numbered_week(place: &Place<'_>) -> Match {
    let lead = usize::from(place.is_word_of(0, place.idioms.ins));
    let (taken, said) = week_number(place, lead)?;
    Some((lead + taken, sure(said)))
}

fn week_number(place: &Place<'_>, ahead: usize) -> Option<(usize, Said)> {
    let numbers = place.idioms.week_numbers;
    if let Some(taken) = place.phrase_at(ahead, numbers) {
        let number = place.small(ahead + taken)?;
        let goes_on = place.is_hour_mark(ahead + taken + 1)
            || [':', '.']
                .iter()
                .any(|mark| place.glued_mark(ahead + taken + 1, *mark) && !place.is_last(ahead + taken + 1));
        return (!goes_on).then_some((taken + 1, Said::NumberedWeek(number)));
    }
    let number = place.small(ahead)?;
    if !place.glued_mark(ahead + 1, '.') && !place.is_ordinal(ahead + 1) {
        return None;
    }
    let taken = place.phrase_at(ahead + 2, numbers)?;
    let is_calendar = !matches!(place.longest_at(ahead + 2, place.idioms.units), Some((_, Unit::Week)));
    // "in der ersten Woche" does not say of what.
    (number > 5 || is_calendar).then_some((taken + 2, Said::NumberedWeek(number)))
}

/// "erster", "letzter": which in the row, and how many tokens say so.
fn nth(place: &Place<'_>) -> Option<(usize, i8)> {
    if place.is_word_of(0, place.idioms.last) {
        return Some((1, -1));
    }
    let number = place.small(0).filter(|number| (1..=5).contains(number))?;
    (place.glued_mark(1, '.') || place.is_ordinal(1)).then_some((2, number))
}

/// The month of "im November", "des nächsten Monats".
fn of_month(place: &Place<'_>, ahead: usize) -> Option<(usize, Month)> {
    let (taken, said) = counted_unit(place, ahead, None).or_else(|| {
        let linked = place.links(ahead);
        let (taken, unit) = place.longest_at(ahead + linked, place.idioms.units)?;
        let this = Said::Month { which: Month::Ahead(0), third: None };
        (linked > 0 && unit == Unit::Month).then_some((linked + taken, this))
    })?;
    let Said::Month { which, .. } = said else { return None };
    match (place.year(ahead + taken), which) {
        (None, which) => Some((taken, which)),
        (Some(year), Month::Named(month)) => Some((taken + 1, Month::Of(year, month))),
        (Some(_), Month::Of(..) | Month::Ahead(_)) => None,
    }
}

/// "erster Montag im November", "the last Friday of the month"
pub(super) fn nth_weekday(place: &Place<'_>) -> Match {
    let (taken, nth) = nth(place)?;
    let weekday = place.weekday_at(taken)?;
    let (more, month) = of_month(place, taken + 1)?;
    Some((taken + 1 + more, sure(Said::NthWeekday { nth, weekday, month })))
}

/// "in der ersten Novemberwoche", "erste Woche im November"
pub(super) fn week_of_month(place: &Place<'_>) -> Match {
    let (taken, nth) = nth(place)?;
    let is_week =
        |ahead| place.longest_at(ahead, place.idioms.units).is_some_and(|found| found == (1, Unit::Week));
    let (more, month) = match place.month(taken) {
        Some(month) => (2, is_week(taken + 1).then_some(Month::Named(month))?),
        None if is_week(taken) => {
            let (more, month) = of_month(place, taken + 1)?;
            (more + 1, month)
        }
        None => return None,
    };
    Some((taken + more, sure(Said::WeekOfMonth { nth, month })))
}
