//! Why nothing can start at a time by the house's own rules: notice, horizon, opening hours, holidays.

use std::fmt;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::directory::Branch;
use super::holidays::Holiday;
use super::policy::Policy;
use super::retry::{later, minutes};
use super::speech::Language;

/// What stands against a time, whatever the calendar says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objection {
    Past,
    /// Sooner than the company's notice allows, in minutes.
    TooSoon {
        notice_minutes: u32,
    },
    /// Farther away than the company plans ahead, in days.
    TooFar {
        horizon_days: u32,
    },
    Holiday(&'static Holiday),
    Closed,
}

/// The first objection to so many minutes from that start, if there is one.
pub fn objection(
    policy: &Policy,
    branch: &Branch,
    (start, minutes_long): (Timestamp, u32),
    now: Timestamp,
) -> Option<Objection> {
    if start <= now {
        return Some(Objection::Past);
    }
    if start < later(now, minutes(policy.min_notice_minutes)) {
        return Some(Objection::TooSoon { notice_minutes: policy.min_notice_minutes });
    }
    let zoned = start.to_zoned(branch.zone.clone());
    if zoned.date() > last_day(policy, branch, now) {
        return Some(Objection::TooFar { horizon_days: policy.max_horizon_days });
    }
    let opening = branch.opening.as_ref().filter(|opening| !opening.fits(&zoned, minutes_long))?;
    Some(opening.holiday_on(zoned.date()).map_or(Objection::Closed, Objection::Holiday))
}

/// The last day for which anything is promised.
pub fn last_day(policy: &Policy, branch: &Branch, now: Timestamp) -> Date {
    let today = now.to_zoned(branch.zone.clone()).date();
    today.checked_add(i64::from(policy.max_horizon_days).days()).unwrap_or(Date::MAX)
}

/// For people at the desk; callers hear it in their own language.
impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Past => f.write_str("this time is over"),
            Self::TooSoon { notice_minutes } => {
                write!(f, "the company wants {notice_minutes} minutes of notice")
            }
            Self::TooFar { horizon_days } => write!(f, "the company plans {horizon_days} days ahead"),
            Self::Holiday(holiday) => {
                write!(f, "the branch is closed that day: {}", holiday.name(Language::En))
            }
            Self::Closed => f.write_str("the branch is closed then"),
        }
    }
}
