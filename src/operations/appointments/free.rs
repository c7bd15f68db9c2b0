//! What is free, and what is free near a time that is not.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FreeSlot;
use super::place::{DAYS_MAX, Place, iso};
use crate::actors::Switchboard;
use crate::actors::desk::Desk;
use crate::domain::objection::{Objection, objection};
use crate::operations::{Error, Principal, company_of};

/// The most times of one answer.
const SLOTS_MAX: usize = 200;
/// How many days are looked at where nobody says.
const DAYS_DEFAULT: i64 = 7;

/// Which times are asked about: one day, or from one instant to another (31 days at most); by default the next seven days.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhatIsFree {
    /// Slug; needed where the token is good for several.
    #[serde(default)]
    pub company: Option<String>,
    /// Slug or name; needed where the company has several.
    #[serde(default)]
    pub branch: Option<String>,
    /// Slug or name.
    pub service: String,
    /// By whom; left out: by anybody who gives it.
    #[serde(default)]
    pub staff: Option<String>,
    /// Like 2026-10-20; instead of `from` and `to`.
    #[serde(default)]
    pub date: Option<String>,
    /// RFC 3339, or a local time of the branch.
    #[serde(default)]
    pub from: Option<String>,
    /// RFC 3339, or a local time of the branch; at most 31 days after `from`.
    #[serde(default)]
    pub to: Option<String>,
}

/// The free times of a stretch of days, by the calendar and by the company's rules.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Free {
    pub branch: String,
    pub service: String,
    pub timezone: String,
    pub from: String,
    pub to: String,
    pub slots: Vec<FreeSlot>,
    /// There are more: ask for fewer days.
    pub has_more: bool,
    /// Why nothing can be had, where the company's rules say so.
    pub because: Option<String>,
}

/// A time that somebody would like to have.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhatIsNear {
    /// Slug; needed where the token is good for several.
    #[serde(default)]
    pub company: Option<String>,
    /// Slug or name; needed where the company has several.
    #[serde(default)]
    pub branch: Option<String>,
    /// Slug or name.
    pub service: String,
    /// By whom; left out: by anybody who gives it.
    #[serde(default)]
    pub staff: Option<String>,
    /// RFC 3339, or a local time of the branch.
    pub start: String,
}

/// Whether it can be had, and what is nearest to it, the nearest first: a day off counts like two hours, another person like
/// three quarters of one.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Near {
    pub is_free: bool,
    pub slots: Vec<FreeSlot>,
    /// Why the time itself cannot be had, where the company's rules say so.
    pub because: Option<String>,
}

/// The free times of a service; fails where the calendar does not answer.
pub async fn check(house: &Switchboard, who: &Principal, asked: &WhatIsFree) -> Result<Free, Error> {
    who.may_see_appointments()?;
    let company = company_of(&house.directory(), who, asked.company.as_deref())?;
    let place = Place::find(&company, asked.branch.as_deref(), &asked.service, asked.staff.as_deref())?;
    is_taking(&place)?;
    let now = house.clock().now();
    let (from, to) = range(&place, asked, now)?;
    let (first, days) = days_of(&place, (from, to))?;
    let desk = Desk::at(house, &company, place.branch, house.clock().mint().into());
    let mut slots = place.allowed((house, &desk), place.search(place.offers(), (first, days))).await?;
    slots.retain(|slot| (from..to).contains(&slot.start));
    let has_more = slots.len() > SLOTS_MAX;
    slots.truncate(SLOTS_MAX);
    let because = slots.is_empty().then(|| closed_all_day(&place, first, days)).flatten();
    let local = |at: Timestamp| iso(&at.to_zoned(place.branch.zone.clone()));
    Ok(Free {
        branch: place.branch.slug.clone(),
        service: place.service.slug.clone(),
        timezone: place.branch.zone_name.clone(),
        from: local(from),
        to: local(to),
        slots: slots.iter().map(|slot| place.shown(slot, now)).collect(),
        has_more,
        because,
    })
}

/// What is nearest to a time; fails where the calendar does not answer.
pub async fn alternatives(house: &Switchboard, who: &Principal, asked: &WhatIsNear) -> Result<Near, Error> {
    who.may_see_appointments()?;
    let company = company_of(&house.directory(), who, asked.company.as_deref())?;
    let place = Place::find(&company, asked.branch.as_deref(), &asked.service, asked.staff.as_deref())?;
    is_taking(&place)?;
    let start = place.instant("start", &asked.start)?;
    let now = house.clock().now();
    let desk = Desk::at(house, &company, place.branch, house.clock().mint().into());
    let wished = (start, place.service.duration_minutes);
    let because = objection(&company.policy, place.branch, wished, now);
    let is_free = because.is_none() && {
        let search = place.search(place.offers(), (place.day_of(start), 1));
        place.allowed((house, &desk), search).await?.iter().any(|slot| slot.start == start)
    };
    let slots = place.near((house, &desk), start, (1, None)).await?;
    Ok(Near { is_free, slots, because: because.map(|objection| objection.to_string()) })
}

/// A branch that is paused takes nothing new, whoever asks.
pub(super) fn is_taking(place: &Place<'_>) -> Result<(), Error> {
    if place.branch.paused {
        let why = format!("branch {} is paused and takes no new appointments", place.branch.slug);
        return Err(Error::Conflict(why));
    }
    Ok(())
}

fn range(place: &Place<'_>, asked: &WhatIsFree, now: Timestamp) -> Result<(Timestamp, Timestamp), Error> {
    let WhatIsFree { date, from, to, .. } = asked;
    let midnight = |day: Date| place.branch.zone.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX);
    let (from, to) = match (date, from, to) {
        (Some(date), None, None) => {
            let wrong = |_| Error::Invalid("date must be a day like 2026-10-20".into());
            let day: Date = date.trim().parse().map_err(wrong)?;
            (midnight(day), midnight(day.saturating_add(1.day())))
        }
        (Some(_), _, _) => return Err(Error::Invalid("give date, or from and to, not both".into())),
        (None, from, to) => {
            let from = from.as_deref().map(|text| place.instant("from", text)).transpose()?.unwrap_or(now);
            let after = || midnight(place.day_of(from).saturating_add(DAYS_DEFAULT.days()));
            let to = to.as_deref().map(|text| place.instant("to", text)).transpose()?;
            (from, to.unwrap_or_else(after))
        }
    };
    if to <= from {
        return Err(Error::Invalid("to must be later than from".into()));
    }
    Ok((from, to))
}

/// The local days that hold a stretch of time.
fn days_of(place: &Place<'_>, (from, to): (Timestamp, Timestamp)) -> Result<(Date, u8), Error> {
    let first = place.day_of(from);
    let last = place.day_of(to.saturating_sub(1.millisecond()).unwrap_or(to));
    let days = first.until(last).map_or(i32::MAX, |span| span.get_days()).saturating_add(1);
    match u8::try_from(days) {
        Ok(days) if i32::from(days) <= DAYS_MAX => Ok((first, days)),
        _ => Err(Error::Invalid(format!("ask for at most {DAYS_MAX} days at once"))),
    }
}

/// Why nothing can be had on any of these days by the opening hours alone.
fn closed_all_day(place: &Place<'_>, first: Date, days: u8) -> Option<String> {
    let opening = place.branch.opening.as_ref()?;
    let mut each = (0..i64::from(days)).map(|n| first.saturating_add(n.days()));
    if !each.clone().all(|day| opening.blocks_on(day).is_empty()) {
        return None;
    }
    let holiday = each.find_map(|day| opening.holiday_on(day)).filter(|_| days == 1);
    Some(holiday.map_or(Objection::Closed, Objection::Holiday).to_string())
}
