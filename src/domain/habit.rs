//! What a customer usually comes for, learned from past appointments: a hint for the agent, never a fact for the caller.

use jiff::Zoned;
use jiff::civil::Weekday;

/// From so few appointments nothing is learned.
const VISITS_MIN: usize = 2;
/// The most appointments that are looked at, the latest first.
pub const VISITS_MAX: usize = 12;

/// A past appointment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    pub service: String,
    pub staff: Option<String>,
    /// On the clock of the branch.
    pub start: Zoned,
}

/// A part of the day as people speak of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartOfDay {
    Morning,
    Noon,
    Afternoon,
    Evening,
}

/// What was so in more than half of the past appointments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Habit {
    pub service: Option<String>,
    pub staff: Option<String>,
    pub weekday: Option<Weekday>,
    pub part: Option<PartOfDay>,
}

impl PartOfDay {
    pub fn of(moment: &Zoned) -> Self {
        match moment.hour() {
            ..12 => Self::Morning,
            12 => Self::Noon,
            13..17 => Self::Afternoon,
            _ => Self::Evening,
        }
    }
}

impl Habit {
    /// What is usual, if anything is.
    pub fn of(visits: &[Visit]) -> Option<Self> {
        let habit = Self {
            service: usual(visits, |visit| Some(visit.service.clone())),
            staff: usual(visits, |visit| visit.staff.clone()),
            weekday: usual(visits, |visit| Some(visit.start.weekday())),
            part: usual(visits, |visit| Some(PartOfDay::of(&visit.start))),
        };
        Some(habit).filter(|habit| *habit != Self { service: None, staff: None, weekday: None, part: None })
    }
}

/// The value that more than half of the appointments share, two at least.
fn usual<T: PartialEq>(visits: &[Visit], of: impl Fn(&Visit) -> Option<T>) -> Option<T> {
    let values: Vec<T> = visits.iter().filter_map(of).collect();
    let count = |value: &T| values.iter().filter(|other| *other == value).count();
    let most = (0..values.len()).max_by_key(|at| (count(&values[*at]), std::cmp::Reverse(*at)))?;
    let is_usual = count(&values[most]) >= VISITS_MIN && count(&values[most]) * 2 > visits.len();
    values.into_iter().nth(most).filter(|_| is_usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(service: &str, staff: Option<&str>, start: &str) -> Visit {
        let start = start.parse::<jiff::civil::DateTime>().unwrap().in_tz("Europe/Berlin").unwrap();
        Visit { service: service.into(), staff: staff.map(str::to_owned), start }
    }

    #[test]
    fn what_more_than_half_of_the_visits_share_is_usual() {
        let habit = Habit::of(&[
            visit("Haarschnitt", Some("Anna"), "2026-10-06T14:30"),
            visit("Haarschnitt", Some("Bea"), "2026-09-08T15:00"),
            visit("Färben", Some("Anna"), "2026-08-11T09:00"),
        ]);

        assert_eq!(
            habit,
            Some(Habit {
                service: Some("Haarschnitt".into()),
                staff: Some("Anna".into()),
                weekday: Some(Weekday::Tuesday),
                part: Some(PartOfDay::Afternoon),
            })
        );
    }

    #[test]
    fn once_or_now_and_then_is_no_habit() {
        assert_eq!(Habit::of(&[]), None);
        assert_eq!(Habit::of(&[visit("Haarschnitt", None, "2026-10-06T14:30")]), None);
        let half = [
            visit("Haarschnitt", None, "2026-10-06T14:30"),
            visit("Färben", None, "2026-09-09T09:00"),
            visit("Färben", None, "2026-08-13T12:00"),
            visit("Haarschnitt", None, "2026-07-17T17:00"),
        ];
        assert_eq!(Habit::of(&half), None);
    }
}
