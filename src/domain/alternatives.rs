//! Which free times come nearest to a wish: inside it spread, outside it ranked by how far day, time and person are off.

use std::collections::BTreeSet;
use std::fmt;

use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::slot::Slot;

/// What a day more or less is to a caller, in minutes of another time on the same day.
const A_DAY: i64 = 120;
/// What another person than the wished one is, in the same measure.
const ANOTHER_PERSON: i64 = 45;
/// What a second offer on the same day by the same person is, in the same measure: three alike are no choice.
const MORE_OF_THE_SAME: i64 = 60;

/// How far before and after the wished days alternatives are looked for, in days.
const LOOK_BACK_DAYS: i64 = 3;
const LOOK_AHEAD_DAYS: i64 = 6;

/// From one day to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    pub first: Date,
    pub last: Date,
}

/// Starting times of a day: from one on, before the other; where both are the same, that very time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    pub from: Time,
    pub until: Time,
}

/// When and with whom somebody would like to come; a part that is None may be anything.
#[derive(Clone, Copy, Debug)]
pub struct Wished<'a> {
    pub days: Option<Days>,
    pub times: Option<Times>,
    pub staff: Option<&'a str>,
    /// Where the branch's clock runs.
    pub zone: &'a TimeZone,
}

impl Days {
    pub fn on(date: Date) -> Self {
        Self { first: date, last: date }
    }

    pub fn hold(self, date: Date) -> bool {
        self.first <= date && date <= self.last
    }

    /// The days among which something near is looked for, as far as anything is to be had.
    pub fn round(self, within: Self) -> Self {
        let first = self.first.saturating_sub(LOOK_BACK_DAYS.days()).clamp(within.first, within.last);
        Self { first, last: self.last.saturating_add(LOOK_AHEAD_DAYS.days()).min(within.last) }
    }

    /// How many days a date lies outside.
    fn off(self, date: Date) -> i64 {
        let days = |from: Date, to: Date| i64::from(from.until(to).map_or(0, |span| span.get_days()));
        days(date, self.first).max(days(self.last, date)).max(0)
    }
}

impl Times {
    pub fn at(time: Time) -> Self {
        Self { from: time, until: time }
    }

    pub fn hold(self, time: Time) -> bool {
        time == self.from || (self.from <= time && time < self.until)
    }

    /// How many minutes a time lies outside.
    fn off(self, time: Time) -> i64 {
        let minute = |time: Time| i64::from(time.hour()) * 60 + i64::from(time.minute());
        (minute(self.from) - minute(time)).max(minute(time) - minute(self.until)).max(0)
    }
}

/// For people who look at a call: "Mon 19 Oct 2026 to Sat 24 Oct 2026".
impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = |date: Date| date.strftime("%a %-d %b %Y").to_string();
        write!(f, "{} to {}", day(self.first), day(self.last))
    }
}

/// For people who look at a call: "09:00 to 12:00".
impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |time: Time| time.strftime("%H:%M").to_string();
        write!(f, "{} to {}", time(self.from), time(self.until))
    }
}

impl Wished<'_> {
    /// Whether a slot starts when it is wished for, whoever serves.
    pub fn holds(&self, slot: &Slot) -> bool {
        let (date, time) = self.local(slot);
        self.days.is_none_or(|days| days.hold(date)) && self.times.is_none_or(|times| times.hold(time))
    }

    /// Whether it is one time on one day.
    pub fn is_exact(&self) -> bool {
        self.days.is_some_and(|days| days.first == days.last)
            && self.times.is_some_and(|times| times.from == times.until)
    }

    /// Whether nobody else than the wished person would serve.
    pub fn is_by_the_wished(&self, slot: &Slot) -> bool {
        self.staff.is_none_or(|wished| slot.staff.as_deref() == Some(wished))
    }

    /// How far a slot is from the wish, in minutes as a caller feels them.
    fn off(&self, slot: &Slot) -> i64 {
        let (date, time) = self.local(slot);
        let days = self.days.map_or(0, |days| days.off(date)) * A_DAY;
        let times = self.times.map_or(0, |times| times.off(time));
        days + times + if self.is_by_the_wished(slot) { 0 } else { ANOTHER_PERSON }
    }

    fn local(&self, slot: &Slot) -> (Date, Time) {
        let local = slot.start.to_zoned(self.zone.clone());
        (local.date(), local.time())
    }
}

/// At most so many, the nearest to the wish, in the order of their times; each time once, and not three alike where there
/// is anything else about as near.
pub fn nearest(slots: Vec<Slot>, wished: &Wished<'_>, most: usize) -> Vec<Slot> {
    let mut chosen = ranked(slots, wished, most);
    chosen.sort_by_key(|slot| slot.start);
    chosen
}

/// The same, the nearest first.
pub fn ranked(slots: Vec<Slot>, wished: &Wished<'_>, most: usize) -> Vec<Slot> {
    let mut left: Vec<(i64, Slot)> = slots.into_iter().map(|slot| (wished.off(&slot), slot)).collect();
    // Of those at one time the nearest is by the wished person.
    left.sort_by_key(|(off, slot)| (slot.start, *off));
    left.dedup_by_key(|(_, slot)| slot.start);
    let mut chosen: Vec<Slot> = Vec::new();
    while chosen.len() < most {
        let alike = |slot: &Slot| {
            let is_alike =
                |one: &&Slot| wished.local(one).0 == wished.local(slot).0 && one.staff == slot.staff;
            i64::try_from(chosen.iter().filter(is_alike).count()).unwrap_or(i64::MAX)
        };
        let rank = |at: &usize| {
            let (off, slot) = &left[*at];
            (off.saturating_add(alike(slot).saturating_mul(MORE_OF_THE_SAME)), *off, slot.start)
        };
        let Some(next) = (0..left.len()).min_by_key(rank) else { break };
        chosen.push(left.remove(next).1);
    }
    chosen.sort_by_key(|slot| (wished.off(slot), slot.start));
    chosen
}

/// At most so many, spread evenly over all there are: of three the first, the middle and the last.
pub fn spread(slots: Vec<Slot>, most: usize) -> Vec<Slot> {
    let (count, steps) = (slots.len(), most.saturating_sub(1).max(1));
    if count <= most {
        return slots;
    }
    let wanted: Vec<usize> = (0..most).map(|i| i * (count - 1) / steps).collect();
    slots.into_iter().enumerate().filter(|(i, _)| wanted.contains(i)).map(|(_, slot)| slot).collect()
}

/// The first of each day, at most so many.
pub fn one_a_day(slots: Vec<Slot>, zone: &TimeZone, most: usize) -> Vec<Slot> {
    let mut days = BTreeSet::new();
    let first = |slot: &Slot| days.insert(slot.start.to_zoned(zone.clone()).date());
    slots.into_iter().filter(first).take(most).collect()
}

/// One slot for each starting time: of the wished person if there is one, else the first in the order of the offers.
pub fn one_each_time(mut slots: Vec<Slot>, staff: Option<&str>) -> Vec<Slot> {
    slots.sort_by_key(|slot| (slot.start, staff.is_some_and(|wished| slot.staff.as_deref() != Some(wished))));
    slots.dedup_by_key(|slot| slot.start);
    slots
}

#[cfg(test)]
mod tests {
    use jiff::civil::{DateTime, date, time};
    use uuid::Uuid;

    use super::*;
    use crate::domain::retry::{later, minutes};

    const TUESDAY: Date = date(2026, 10, 20);

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    fn slot(start: &str, staff: &str) -> Slot {
        let start = start.parse::<DateTime>().unwrap().to_zoned(berlin()).unwrap().timestamp();
        Slot {
            start,
            end: later(start, minutes(30)),
            event_type_id: 1,
            calendar: Uuid::nil().into(),
            staff: Some(staff.into()),
        }
    }

    /// Every half hour from nine to half past five, from Monday the 19th to Friday the 23rd, by Anna.
    fn a_free_week() -> Vec<Slot> {
        let halves = (0..18).map(|half| (9 + half / 2, half % 2 * 30));
        let times: Vec<(i32, i32)> = halves.collect();
        let starts = (19..24).flat_map(|day| times.iter().map(move |at| (day, *at)));
        starts.map(|(day, (h, m))| slot(&format!("2026-10-{day}T{h:02}:{m:02}"), "Anna")).collect()
    }

    fn wished(days: Option<Days>, times: Option<Times>, zone: &TimeZone) -> Wished<'_> {
        Wished { days, times, staff: Some("Anna"), zone }
    }

    fn at_half_past_two(zone: &TimeZone) -> Wished<'_> {
        wished(Some(Days::on(TUESDAY)), Some(Times::at(time(14, 30, 0, 0))), zone)
    }

    fn starts(slots: &[Slot]) -> Vec<String> {
        let local = |slot: &Slot| slot.start.to_zoned(berlin()).strftime("%a %H:%M").to_string();
        slots.iter().map(local).collect()
    }

    #[test]
    fn whoever_asks_what_is_nearest_hears_the_nearest_first() {
        let zone = berlin();
        let slots = vec![
            slot("2026-10-19T14:30", "Anna"),
            slot("2026-10-20T15:10", "Anna"),
            slot("2026-10-20T14:20", "Anna"),
        ];

        assert_eq!(
            starts(&ranked(slots.clone(), &at_half_past_two(&zone), 3)),
            ["Tue 14:20", "Tue 15:10", "Mon 14:30"]
        );
        assert_eq!(
            starts(&nearest(slots, &at_half_past_two(&zone), 3)),
            ["Mon 14:30", "Tue 14:20", "Tue 15:10"]
        );
    }

    #[test]
    fn near_the_time_on_that_day_and_at_that_time_on_a_near_day() {
        let (zone, mut slots) = (berlin(), a_free_week());
        slots.retain(|free| free.start != slot("2026-10-20T14:30", "Anna").start);

        assert_eq!(
            starts(&nearest(slots, &at_half_past_two(&zone), 3)),
            ["Mon 14:30", "Tue 14:00", "Tue 15:00"]
        );
    }

    #[test]
    fn where_the_day_is_full_the_days_next_to_it_come_first() {
        let (zone, mut slots) = (berlin(), a_free_week());
        slots.retain(|free| free.start.to_zoned(berlin()).date() > TUESDAY);

        assert_eq!(
            starts(&nearest(slots, &at_half_past_two(&zone), 3)),
            ["Wed 14:00", "Wed 14:30", "Thu 14:30"]
        );
    }

    #[test]
    fn somebody_else_at_that_very_time_is_nearer_than_hours_later_and_farther_than_half_an_hour() {
        let zone = berlin();
        let slots = vec![
            slot("2026-10-20T14:30", "Bea"),
            slot("2026-10-20T15:00", "Anna"),
            slot("2026-10-20T17:30", "Anna"),
        ];

        assert_eq!(starts(&nearest(slots.clone(), &at_half_past_two(&zone), 1)), ["Tue 15:00"]);
        assert_eq!(starts(&nearest(slots, &at_half_past_two(&zone), 2)), ["Tue 14:30", "Tue 15:00"]);
    }

    #[test]
    fn at_one_time_the_wished_person_is_offered() {
        let zone = berlin();
        let both = vec![slot("2026-10-20T15:00", "Bea"), slot("2026-10-20T15:00", "Anna")];

        let offered = nearest(both, &at_half_past_two(&zone), 3);

        assert_eq!(offered, [slot("2026-10-20T15:00", "Anna")]);
    }

    #[test]
    fn outside_a_window_its_edges_count() {
        let (zone, mut slots) = (berlin(), a_free_week());
        let afternoon = Times { from: time(13, 0, 0, 0), until: time(17, 0, 0, 0) };
        let wish = wished(Some(Days::on(TUESDAY)), Some(afternoon), &zone);
        slots.retain(|free| !wish.holds(free) && free.start.to_zoned(berlin()).date() <= TUESDAY);

        assert_eq!(starts(&nearest(slots, &wish, 3)), ["Mon 13:00", "Tue 12:30", "Tue 17:00"]);
    }

    #[test]
    fn a_window_begins_with_its_first_minute_and_ends_before_its_last() {
        let times = Times { from: time(14, 0, 0, 0), until: time(16, 0, 0, 0) };

        let held: Vec<bool> = [(13, 30), (14, 0), (15, 30), (16, 0)]
            .map(|(hour, minute)| times.hold(time(hour, minute, 0, 0)))
            .to_vec();

        assert_eq!(held, [false, true, true, false]);
        assert!(Times::at(time(14, 0, 0, 0)).hold(time(14, 0, 0, 0)));
    }

    #[test]
    fn never_more_than_wanted_and_nothing_of_nothing() {
        let zone = berlin();
        for most in 0..4 {
            assert_eq!(nearest(a_free_week(), &at_half_past_two(&zone), most).len(), most);
        }
        assert_eq!(nearest(Vec::new(), &at_half_past_two(&zone), 3), []);
    }

    #[test]
    fn three_of_many_are_the_first_the_middle_and_the_last() {
        let monday: Vec<Slot> = a_free_week().into_iter().take(9).collect();

        assert_eq!(starts(&spread(monday.clone(), 3)), ["Mon 09:00", "Mon 11:00", "Mon 13:00"]);
        assert_eq!(starts(&spread(monday, 1)), ["Mon 09:00"]);
    }

    #[test]
    fn one_a_day_is_the_first_of_each() {
        let zone = berlin();

        assert_eq!(starts(&one_a_day(a_free_week(), &zone, 3)), ["Mon 09:00", "Tue 09:00", "Wed 09:00"]);
    }
}
