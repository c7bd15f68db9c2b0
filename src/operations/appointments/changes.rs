//! Appointments moved and called off at the desk: ordered once, carried out by the booking's own machine, waited for.

use entities::booking::Model;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::Outcome;
use super::place::{Place, instant_at, why_not};
use crate::actors::Switchboard;
use crate::actors::desk::{Desk, Search};
use crate::domain::booking::{Because, Booking, Cause, Order, State};
use crate::domain::directory::{Branch, Company};
use crate::domain::ids::BookingId;
use crate::domain::objection::{Objection, objection};
use crate::domain::retry::later;
use crate::domain::slot::Slot;
use crate::operations::audit::{self, Action, Deed};
use crate::operations::{Error, Principal, bookings};
use crate::store::bookings::machine;

/// A booking that is to be moved.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// Slug; where it is given, the booking has to be that company's.
    #[serde(default)]
    pub company: Option<String>,
    /// Our id of the booking.
    pub booking_id: String,
    /// RFC 3339, or a local time of the branch.
    pub start: String,
    /// Whether it is moved outside the company's hours, notice and horizon, too.
    #[serde(default)]
    pub override_rules: bool,
    /// Why, 200 characters at most. Cal.com is told where the company's policy says `calcom_reasons`; it is not kept otherwise.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A booking that is to be called off.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancellation {
    /// Slug; where it is given, the booking has to be that company's.
    #[serde(default)]
    pub company: Option<String>,
    /// Our id of the booking.
    pub booking_id: String,
    /// Why, 200 characters at most. Cal.com is told where the company's policy says `calcom_reasons`; it is not kept otherwise.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A booking and where it belongs.
struct Existing<'a> {
    house: &'a Switchboard,
    row: Model,
    company: std::sync::Arc<Company>,
}

/// Moves a booking, at Cal.com too, and waits some seconds for it. Asked again, it is done once. Fails with alternatives
/// where the time cannot be had.
pub async fn reschedule(house: &Switchboard, who: &Principal, asked: &Move) -> Result<Outcome, Error> {
    who.may_see_appointments()?;
    let who = &who.within(&house.directory(), asked.company.as_deref())?;
    let existing = Existing::find(house, who, &asked.booking_id).await?;
    let cause = existing.cause(asked.reason.as_deref())?;
    let branch = existing.branch()?;
    let to = instant_at(branch, "start", &asked.start)?;
    let order = Order::Move { to };
    let before = machine(&existing.row)?;
    let mut is_repeat = is_so_or_on_its_way(&before, &order);
    let desk = Desk::at(house, &existing.company, branch, existing.row.call_id.into());
    if !is_repeat {
        existing.can_be_changed(&before)?;
        if let Err(refusal) = existing.make_room(&desk, branch, (to, asked.override_rules)).await {
            // The same request, sent twice at once, may have been quicker and be what stands in the way.
            let row = bookings::find(house, who, &asked.booking_id).await?;
            is_repeat = is_so_or_on_its_way(&machine(&row)?, &order);
            if !is_repeat {
                return Err(refusal);
            }
        }
    }
    existing.order(who, &desk, (&order, cause, is_repeat)).await
}

/// Calls a booking off, at Cal.com too where it stands there or may stand, and waits some seconds for it.
pub async fn cancel(house: &Switchboard, who: &Principal, asked: &Cancellation) -> Result<Outcome, Error> {
    who.may_see_appointments()?;
    let who = &who.within(&house.directory(), asked.company.as_deref())?;
    let existing = Existing::find(house, who, &asked.booking_id).await?;
    let cause = existing.cause(asked.reason.as_deref())?;
    let branch = existing.branch()?;
    let before = machine(&existing.row)?;
    let is_repeat = is_so_or_on_its_way(&before, &Order::Cancel);
    let is_lost_for_sure =
        matches!(before.state, State::Refused { .. } | State::Failed { .. }) && before.sent_maybe == 0;
    if is_lost_for_sure {
        return Err(Error::Conflict("it was never booked: nothing is there to be called off".into()));
    }
    let desk = Desk::at(house, &existing.company, branch, existing.row.call_id.into());
    existing.order(who, &desk, (&Order::Cancel, cause, is_repeat)).await
}

fn is_so_or_on_its_way(booking: &Booking, order: &Order) -> bool {
    let is_on_its_way = booking.change.as_ref().is_some_and(|change| change.order == *order);
    is_on_its_way || booking.change.is_none() && booking.is_as_ordered(order)
}

impl<'a> Existing<'a> {
    async fn find(house: &'a Switchboard, who: &Principal, id: &str) -> Result<Self, Error> {
        let row = bookings::find(house, who, id).await?;
        let directory = house.directory();
        let company = directory.company(row.company_id.into()).cloned();
        Ok(Self { house, row, company: company.ok_or(Error::NotFound("booking"))? })
    }

    fn branch(&self) -> Result<&Branch, Error> {
        self.company.branch(self.row.branch_id.into()).ok_or(Error::NotFound("branch"))
    }

    fn number(&self) -> u8 {
        u8::try_from(self.row.appointment).unwrap_or(u8::MAX)
    }

    fn id(&self) -> BookingId {
        self.row.id.into()
    }

    /// On whose word it is changed, with the reason where Cal.com may be told.
    fn cause(&self, reason: Option<&str>) -> Result<Cause, Error> {
        let Some(reason) = reason.filter(|reason| !reason.trim().is_empty()) else { return Ok(Cause::DESK) };
        let because = Because::parse(reason).ok_or_else(|| {
            Error::Invalid(format!("reason must be at most {} visible characters", Because::CHARS_MAX))
        })?;
        Ok(Cause::Desk { because: Some(because).filter(|_| self.company.policy.calcom_reasons) })
    }

    fn can_be_changed(&self, booking: &Booking) -> Result<(), Error> {
        if booking.change.is_some() {
            return Err(Error::Conflict("it is being changed: look at its state and try again".into()));
        }
        let is_over = booking.is_settled() && !matches!(booking.state, State::Booked { .. });
        if is_over {
            return Err(Error::Conflict("it stands no more: enter a new appointment instead".into()));
        }
        if booking.start <= self.house.clock().now() {
            return Err(Error::Conflict("it has begun: what is over cannot be moved".into()));
        }
        Ok(())
    }

    /// Sees whether it may be moved there by the company's rules, is free there, and keeps the time.
    async fn make_room(
        &self,
        desk: &Desk<'_>,
        branch: &Branch,
        (to, overrides): (Timestamp, bool),
    ) -> Result<(), Error> {
        let (now, long) = (self.house.clock().now(), self.minutes_long());
        match objection(&self.company.policy, branch, (to, long), now) {
            None => {}
            Some(Objection::Past) => return Err(Error::Invalid("start lies in the past".into())),
            Some(_) if overrides => {}
            Some(objection) => {
                return Err(Error::Conflict(format!("{objection}; override_rules moves it all the same")));
            }
        }
        // What an earlier try has kept is not in the way of this one.
        desk.release_move(self.number()).await?;
        let day = self.day_of(desk, branch, to).await?;
        // While Cal.com is away nobody knows: it judges when the order gets there.
        let is_free = day.as_ref().is_none_or(|slots| slots.iter().any(|slot| slot.start == to));
        if is_free && desk.hold_to_move(self.number(), &self.slot(to)).await? {
            return Ok(());
        }
        let alternatives = match self.place(branch) {
            Some(place) => {
                let own = (self.number(), Some(self.id()));
                place.near((self.house, desk), to, own).await?
            }
            None => Vec::new(),
        };
        Err(Error::Taken { why: why_not(day.as_deref(), to).into(), alternatives })
    }

    /// What is free on that day; None: Cal.com is away, or the company does not offer it any more.
    async fn day_of(
        &self,
        desk: &Desk<'_>,
        branch: &Branch,
        to: Timestamp,
    ) -> Result<Option<Vec<Slot>>, Error> {
        let Some(place) = self.place(branch) else { return Ok(None) };
        let search = Search {
            fresh: true,
            appointment: self.number(),
            moving: Some(self.id()),
            ..place.search(place.offers(), (place.day_of(to), 1))
        };
        Ok(desk.free(search).await?)
    }

    /// The service as the event type it is booked as; None: the company does not offer it any more.
    fn place<'b>(&'b self, branch: &'b Branch) -> Option<Place<'b>> {
        let event_type = self.row.event_type_id;
        let offers_it = |service: &&crate::domain::directory::Service| service.offer_of(event_type).is_some();
        let service = branch.services.iter().chain(&branch.retired).find(offers_it)?;
        Some(Place { company: &self.company, branch, service, staff: None, only: Some(event_type) })
    }

    fn slot(&self, start: Timestamp) -> Slot {
        let lasts = Timestamp::from(self.row.ends_at).duration_since(self.row.starts_at.into());
        Slot {
            start,
            end: later(start, lasts),
            event_type_id: self.row.event_type_id,
            calendar: self.row.calendar_id.into(),
            staff: self.row.staff.clone(),
        }
    }

    fn minutes_long(&self) -> u32 {
        let lasts = Timestamp::from(self.row.ends_at).duration_since(self.row.starts_at.into());
        u32::try_from(lasts.as_mins()).unwrap_or(0)
    }

    /// Has it done, waits for it and says how it ended.
    async fn order(
        &self,
        who: &Principal,
        desk: &Desk<'_>,
        (order, cause, is_repeat): (&Order, Cause, bool),
    ) -> Result<Outcome, Error> {
        let action = match order {
            Order::Move { .. } => Action::AppointmentMoved,
            Order::Cancel => Action::AppointmentCancelled,
        };
        let deed = Deed::new(action).at(self.company.id).about("booking", self.row.id);
        audit::done(self.house, who, deed.with(json!({"repeat": is_repeat}))).await?;
        let ended = desk.ordered((self.id(), self.row.starts_at.into()), order, cause).await?;
        let row = bookings::find(self.house, who, &self.row.id.to_string()).await?;
        let now = machine(&row)?;
        if ended.is_some() && matches!(order, Order::Move { .. }) {
            desk.release_move(self.number()).await?;
        }
        if ended.is_some_and(|ended| !ended.is_as_ordered(order)) && !is_so_or_on_its_way(&now, order) {
            let failed = now.changed.as_ref().and_then(|changed| changed.failed.clone());
            let why = failed.unwrap_or_else(|| "something else was done to it meanwhile".into());
            return Err(Error::Conflict(format!(
                "this could not be done at Cal.com: {why}; look at its state"
            )));
        }
        Ok(Outcome::of(bookings::view(&self.house.directory(), &row), is_repeat))
    }
}
