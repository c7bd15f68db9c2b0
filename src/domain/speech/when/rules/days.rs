//! Days by their name or by how far off they are.

use super::super::idioms::{Unit, Which};
use super::super::place::{Place, lookup};
use super::super::said::Said;
use super::{Match, sure};

/// "heute", "übermorgen"; behind another day "morgen" is the time of day.
pub(super) fn relative_day(place: &Place<'_>) -> Match {
    let (taken, days) = place.longest(place.words.relative_days)?;
    let is_behind_a_day = place.is_after(place.words.not_before_relative) || place.is_after_weekday();
    let said = match place.idioms.morning {
        Some(part) if days == 1 && is_behind_a_day => Said::PartOfDay(part),
        Some(_) | None => Said::InDays(days),
    };
    Some((taken, sure(said)))
}

/// "Freitag", "nächsten Freitag", "Friday week", "Tuesday after next".
pub(super) fn weekday(place: &Place<'_>) -> Match {
    let which = place.which(0).filter(|_| place.weekday_at(1).is_some());
    let marked = usize::from(which.is_some() || place.is_word_of(0, place.words.weekday_marks));
    let day = place.weekday_at(marked)?;
    // "Fr." and "Tues." are closed by a dot that says nothing more.
    let taken = marked + 1;
    let idioms = place.idioms;
    if !idioms.after_next.is_empty()
        && let Some(after) = place.phrase_at(taken, &[idioms.after_next])
    {
        return Some((taken + after, sure(Said::Next(day, 2))));
    }
    let said = match which {
        None | Some(Which::This) => Said::Weekday(day),
        Some(Which::Coming) => Said::Coming(day),
        Some(Which::Next) => Said::Next(day, 1),
        Some(Which::AfterNext) => Said::Next(day, 2),
        Some(Which::Last) => Said::Gone,
    };
    Some((taken, sure(said)))
}

pub(super) fn habit(place: &Place<'_>) -> Match {
    let day = lookup(place.idioms.habits, place.word(0)?)?;
    Some((1, sure(Said::Habit(day))))
}

/// "in drei Tagen", "in einer Woche", "a week on Friday", "Friday week", "three days from now".
pub(super) fn amount(place: &Place<'_>) -> Match {
    let idioms = place.idioms;
    let leads = place.phrase(idioms.amounts_before).unwrap_or(0);
    let after_weekday =
        !idioms.dial_runs_up && (place.is_after_weekday() || place.is_after(&["today", "tomorrow"]));
    if after_weekday
        && leads == 0
        && let Some((taken, unit)) = place.longest(idioms.units)
        && place.small(taken).is_none()
    {
        return Some((taken, sure(shift(1, unit, true))));
    }
    let (taken, number, unit) = place.amount(leads)?;
    let end = leads + taken;
    let after = place.phrase_at(end, idioms.amounts_after).unwrap_or(0);
    if leads > 0 || after > 0 {
        let time = usize::from(leads > 0 && place.word(end) == Some("time"));
        return Some((end + after.max(time), sure(shift(number, unit, false))));
    }
    let from = place.phrase_at(end, idioms.amounts_from).unwrap_or(0);
    let counted_from = place.weekday_at(end + from).is_some()
        || place.which(end + from).is_some()
        || place.longest_at(end + from, place.words.relative_days).is_some();
    if from > 0 && idioms.dial_runs_up {
        return Some((end + from, sure(shift(number, unit, false))));
    }
    if idioms.dial_runs_up || !counted_from {
        return None;
    }
    Some((end + from, sure(shift(number, unit, true))))
}

fn shift(number: i32, unit: Unit, strict: bool) -> Said {
    let days = match (number, unit) {
        // "In acht Tagen" is said for a week.
        (8, Unit::Day) => 7,
        (_, Unit::Day) => number,
        (_, Unit::Week) => number * 7,
        (_, Unit::Fortnight) => number * 14,
        (_, Unit::Month) => return Said::InMonths(number),
        (_, Unit::Quarter) => return Said::InMonths(number * 3),
        (_, Unit::HalfYear) => return Said::InMonths(number * 6),
        (_, Unit::Year) => return Said::InMonths(number * 12),
    };
    Said::Shift { days, strict }
}

/// "gestern", "yesterday" and whatever else has gone by.
pub(super) fn gone(place: &Place<'_>) -> Match {
    let is_gone = ["gestern", "vorgestern", "yesterday"];
    place.is_word_of(0, &is_gone).then(|| (1, sure(Said::Gone)))
}
