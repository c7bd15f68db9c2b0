//! What is wanted where and by whom, read from words at the door.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::FreeSlot;
use crate::actors::Switchboard;
use crate::actors::desk::{Desk, Search};
use crate::domain::alternatives::{Days, Times, Wished, ranked};
use crate::domain::appointment::StaffWish;
use crate::domain::directory::{Branch, Called, Company, Offer, Service};
use crate::domain::ids::BookingId;
use crate::domain::objection::{last_day, objection};
use crate::domain::slot::Slot;
use crate::domain::speech::say;
use crate::operations::Error;

/// The most days asked for at once.
pub(super) const DAYS_MAX: i32 = 31;

/// A service of a branch, and who is to give it.
pub(super) struct Place<'a> {
    pub(super) company: &'a Arc<Company>,
    pub(super) branch: &'a Branch,
    pub(super) service: &'a Service,
    pub(super) staff: Option<StaffWish>,
    /// Only as this event type, where a booking of it is to be moved.
    pub(super) only: Option<i64>,
}

impl<'a> Place<'a> {
    /// Fails with the names there are, where none or more than one fits.
    pub(super) fn find(
        company: &'a Arc<Company>,
        branch: Option<&str>,
        service: &str,
        staff: Option<&str>,
    ) -> Result<Self, Error> {
        let branch = branch_called(company, branch)?;
        let service = service_called(branch, service)?;
        let staff = staff.map(|name| staff_called(branch, service, name)).transpose()?;
        let place = Self { company, branch, service, staff, only: None };
        if place.offers().is_empty() {
            let by = service.staff_names().join(", ");
            return Err(Error::Invalid(format!("{} is not given by them, but by {by}", service.name)));
        }
        Ok(place)
    }

    pub(super) fn offers(&self) -> Vec<Offer> {
        let offers = self.service.offers_by(self.staff.as_ref());
        offers.filter(|offer| self.only.is_none_or(|only| only == offer.event_type_id)).cloned().collect()
    }

    /// The same by whoever gives it.
    fn by_anybody(&self) -> Vec<Offer> {
        let offers = self.service.offers.iter();
        offers.filter(|offer| self.only.is_none_or(|only| only == offer.event_type_id)).cloned().collect()
    }

    pub(super) fn day_of(&self, at: Timestamp) -> Date {
        at.to_zoned(self.branch.zone.clone()).date()
    }

    /// An instant as people write it: with an offset, or as the branch's clock shows it.
    pub(super) fn instant(&self, field: &str, text: &str) -> Result<Timestamp, Error> {
        instant_at(self.branch, field, text)
    }

    pub(super) fn search(&self, offers: Vec<Offer>, (from, days): (Date, u8)) -> Search {
        Search {
            offers,
            minutes: self.service.duration_minutes,
            from,
            days,
            fresh: false,
            appointment: 1,
            moving: None,
        }
    }

    /// What the calendars and the company's rules leave of what was searched for, in order.
    pub(super) async fn allowed(
        &self,
        (house, desk): (&Switchboard, &Desk<'_>),
        search: Search,
    ) -> Result<Vec<Slot>, Error> {
        let minutes = search.minutes;
        let mut slots = desk.free(search).await?.ok_or(Error::CalendarAway)?;
        let now = house.clock().now();
        slots.retain(|slot| {
            objection(&self.company.policy, self.branch, (slot.start, minutes), now).is_none()
        });
        slots.sort_by_key(|slot| slot.start);
        Ok(slots)
    }

    /// What is free nearest to that time, the nearest first; nothing where the calendar cannot be asked.
    pub(super) async fn near(
        &self,
        (house, desk): (&Switchboard, &Desk<'_>),
        wished: Timestamp,
        (appointment, moving): (u8, Option<BookingId>),
    ) -> Result<Vec<FreeSlot>, Error> {
        let zone = &self.branch.zone;
        let local = wished.to_zoned(zone.clone());
        let now = house.clock().now();
        let within = Days { first: self.day_of(now), last: last_day(&self.company.policy, self.branch, now) };
        let round = Days::on(local.date()).round(within);
        let days = round.first.until(round.last).map_or(0, |span| span.get_days()).saturating_add(1);
        let range = (round.first, u8::try_from(days.clamp(1, DAYS_MAX)).unwrap_or(1));
        let search = Search { appointment, moving, ..self.search(self.by_anybody(), range) };
        let slots = match self.allowed((house, desk), search).await {
            Err(Error::CalendarAway) => return Ok(Vec::new()),
            slots => slots?,
        };
        let staff = if let Some(StaffWish::Named(name)) = &self.staff { Some(name.as_str()) } else { None };
        let wish =
            Wished { days: Some(Days::on(local.date())), times: Some(Times::at(local.time())), staff, zone };
        let is_gone = |slot: &Slot| wish.holds(slot) && wish.is_by_the_wished(slot);
        let others = slots.into_iter().filter(|slot| !is_gone(slot)).collect();
        let most = usize::from(self.company.policy.alternatives_max).max(1);
        Ok(ranked(others, &wish, most).iter().map(|slot| self.shown(slot, now)).collect())
    }

    pub(super) fn shown(&self, slot: &Slot, now: Timestamp) -> FreeSlot {
        let zone = &self.branch.zone;
        let local = |at: Timestamp| at.to_zoned(zone.clone());
        FreeSlot {
            start: iso(&local(slot.start)),
            end: iso(&local(slot.end)),
            spoken: say::moment(&local(slot.start), local(now).date(), self.company.language),
            staff: slot.staff.clone(),
            calendar: self.company.calendar(slot.calendar).map(|calendar| calendar.slug.clone()),
            event_type_id: slot.event_type_id,
        }
    }
}

pub(super) fn instant_at(branch: &Branch, field: &str, text: &str) -> Result<Timestamp, Error> {
    let text = text.trim();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    let local = text.parse::<DateTime>().ok();
    let instant = local.and_then(|local| branch.zone.to_ambiguous_timestamp(local).unambiguous().ok());
    instant.ok_or_else(|| {
        Error::Invalid(format!(
            "{field} must be a time like 2026-10-20T14:30:00+02:00, or 2026-10-20T14:30 by the branch's clock"
        ))
    })
}

/// Why a time cannot be had, as far as what is free on its day shows; None: nobody knows what is, and others hold it.
pub(super) fn why_not(free: Option<&[Slot]>, start: Timestamp) -> &'static str {
    const HOUR_S: i64 = 3_600;
    let into_the_hour = |at: Timestamp| at.as_second().rem_euclid(HOUR_S);
    let begins_like = |slot: &Slot| into_the_hour(slot.start) == into_the_hour(start);
    match free {
        Some(free) if !free.is_empty() && !free.iter().any(begins_like) => {
            "no appointment begins at this time: it is not among those that Cal.com offers"
        }
        Some([]) => "this time is taken, or not offered: nothing is free on that day",
        Some(free) if free.iter().any(|slot| slot.start == start) => {
            "this time is taken: a caller is just being promised it"
        }
        Some(_) => {
            "this time is taken: Cal.com does not offer it, since something stands there or it lies outside the hours that are \
             set at Cal.com; override_rules changes none of that"
        }
        None => "this time is taken",
    }
}

pub(super) fn iso(at: &jiff::Zoned) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn branch_called<'a>(company: &'a Company, words: Option<&str>) -> Result<&'a Branch, Error> {
    let slugs = || {
        let slugs: Vec<&str> = company.branches.iter().map(|branch| branch.slug.as_str()).collect();
        slugs.join(", ")
    };
    let Some(words) = words else {
        return match company.branches.as_slice() {
            [only] => Ok(only),
            _ => Err(Error::Invalid(format!("name the branch: one of {}", slugs()))),
        };
    };
    let by_slug = company.branches.iter().find(|branch| branch.slug == words);
    by_slug
        .or_else(|| company.branch_called(words))
        .ok_or_else(|| Error::Invalid(format!("there is no such branch: one of {}", slugs())))
}

fn service_called<'a>(branch: &'a Branch, words: &str) -> Result<&'a Service, Error> {
    let by_slug = branch.offered().find(|service| service.slug == words);
    by_slug.or_else(|| branch.service_called(words)).ok_or_else(|| {
        let slugs: Vec<&str> = branch.offered().map(|service| service.slug.as_str()).collect();
        Error::Invalid(format!("there is no such service, or several are meant: one of {}", slugs.join(", ")))
    })
}

fn staff_called(branch: &Branch, service: &Service, words: &str) -> Result<StaffWish, Error> {
    match branch.staff_called(words) {
        Called::One(wish) => Ok(wish),
        Called::Several(_) | Called::Nobody => {
            let names = service.staff_names();
            let by = if names.is_empty() {
                "nobody is named for it: leave staff out".to_owned()
            } else {
                format!("one of {}", names.join(", "))
            };
            Err(Error::Invalid(format!("staff must name who gives {}: {by}", service.name)))
        }
    }
}
