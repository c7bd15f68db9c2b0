//! Bookings as people see them.

use entities::booking::Model;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::audit::{self, Action, Deed};
use super::{Error, List, Principal, instant, limit, moments, slug_of};
use crate::actors::Switchboard;
use crate::actors::calendar::Tell;
use crate::domain::booking::{Input, Order, State};
use crate::domain::directory::Directory;
use crate::domain::ids::{BookingId, CallId};
use crate::domain::retry::{later, minutes};
use crate::domain::slot::Slot;
use crate::store::bookings::{Filter, machine};
use crate::store::holds::Owner;

/// Which bookings are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Query {
    /// A company's slug; left out: all that the token sees.
    pub company: Option<String>,
    /// Our id of the call, or Retell's.
    pub call_id: Option<String>,
    /// `waiting`, `sent`, `unsure`, `booked`, `pending`, `refused`, `failed` or `cancelled`.
    pub state: Option<String>,
    /// A calendar's slug.
    pub calendar: Option<String>,
    /// A branch's slug.
    pub branch: Option<String>,
    /// RFC 3339; those that begin from then on.
    #[param(value_type = Option<String>, format = DateTime)]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    #[serde(default, deserialize_with = "moments::from")]
    pub from: Option<Timestamp>,
    /// RFC 3339; those that begin before then.
    #[param(value_type = Option<String>, format = DateTime)]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    #[serde(default, deserialize_with = "moments::to")]
    pub to: Option<Timestamp>,
    /// 1 to 200; 50 where nothing is said.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A booking as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct BookingView {
    pub id: String,
    pub company: String,
    pub branch: Option<String>,
    pub call_id: String,
    pub appointment: i32,
    pub state: String,
    pub reason: Option<String>,
    pub calcom_uid: Option<String>,
    pub service: String,
    pub staff: Option<String>,
    pub start: String,
    pub end: String,
    /// The start as the branch's clock shows it.
    pub local_start: String,
    pub attempts: i32,
    /// A change that is under way: "move" or "cancel".
    pub changing: Option<&'static str>,
    /// Bookings of this one at Cal.com that are too many and being cancelled there.
    pub surplus: usize,
    pub calendar: Option<String>,
    pub customer: CustomerView,
    pub created_at: String,
    pub updated_at: String,
}

#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct CustomerView {
    pub id: String,
    pub name: Option<String>,
    pub phone: Option<String>,
}

/// A request about a booking that has left, or a look for it.
#[derive(Clone, Debug)]
pub struct AttemptView {
    /// `create`, `move`, `cancel` or `look`.
    pub kind: String,
    pub number: i32,
    pub at: String,
    pub duration_ms: Option<i64>,
    /// None: it is under way.
    pub result: Option<String>,
}

/// How a booking may stand.
pub const STATES: [&str; 8] =
    ["waiting", "sent", "unsure", "booked", "pending", "refused", "failed", "cancelled"];

pub async fn list(house: &Switchboard, who: &Principal, query: &Query) -> Result<List<BookingView>, Error> {
    who.may_see_appointments()?;
    let directory = house.directory();
    let scope = who.scope_for(&directory, query.company.as_deref())?;
    if let Some(state) = query.state.as_deref().filter(|state| !STATES.contains(state)) {
        return Err(Error::Invalid(format!("state \"{state}\" must be one of {}", STATES.join(", "))));
    }
    let call = match &query.call_id {
        Some(id) => match super::calls::find(house, who, id).await {
            Ok(row) => Some(CallId::from(row.id)),
            // A call nobody has heard of has no bookings.
            Err(Error::NotFound(_)) => return Ok(List { items: Vec::new(), next_cursor: None }),
            Err(error) => return Err(error),
        },
        None => None,
    };
    let calendar = match &query.calendar {
        Some(slug) => {
            let seen = who.within(&directory, query.company.as_deref())?;
            Some(calendar_called(&directory, &seen, slug)?)
        }
        None => None,
    };
    let branch = match &query.branch {
        Some(slug) => Some(super::branches::only(house, who, slug, query.company.as_deref())?.1),
        None => None,
    };
    let filter =
        Filter { call, calendar, branch, state: query.state.clone(), from: query.from, to: query.to };
    let cursor = query.cursor.as_deref().map(str::parse).transpose()?;
    let page = house.store().bookings(scope).list(&filter, cursor, limit(query.limit)?).await?;
    let items = page.items.iter().map(|row| view(&directory, row)).collect();
    Ok(List { items, next_cursor: page.next.map(|cursor| cursor.to_string()) })
}

pub async fn get(house: &Switchboard, who: &Principal, id: &str) -> Result<BookingView, Error> {
    who.may_see_appointments()?;
    Ok(view(&house.directory(), &find(house, who, id).await?))
}

/// What was asked of Cal.com about a booking, in order.
pub async fn attempts(house: &Switchboard, who: &Principal, id: &str) -> Result<Vec<AttemptView>, Error> {
    who.may_see_appointments()?;
    let row = find(house, who, id).await?;
    let rows = house.store().bookings(who.scope.clone()).attempts(row.id.into()).await?;
    let view = |row: entities::attempt::Model| AttemptView {
        kind: row.kind,
        number: row.number,
        at: instant(row.started_at),
        duration_ms: row.ended_at.map(|ended| ended.0 - row.started_at.0),
        result: row.result,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Has a booking that was refused or given up tried again, unless its time is another caller's by now.
pub async fn retry(house: &Switchboard, who: &Principal, id: &str) -> Result<BookingView, Error> {
    who.may_see_appointments()?;
    let row = find(house, who, id).await?;
    if !hold_again(house, &row).await? {
        let why = "another caller holds this time or was promised it: agree on another one, or try again when it is free";
        return Err(Error::Conflict(why.to_owned()));
    }
    let why = "only a refused or failed booking whose time has not passed can be tried again";
    tell(house, who, id, (Input::RetryOrdered, Action::BookingRetried), why).await
}

/// Cancels a booking, at Cal.com too where it stands there or may stand.
pub async fn cancel(house: &Switchboard, who: &Principal, id: &str) -> Result<BookingView, Error> {
    let why = "it stands no more, or is being changed: look at its state and try again";
    tell(house, who, id, (Input::Ordered(Order::Cancel), Action::BookingCancelled), why).await
}

pub(super) async fn find(house: &Switchboard, who: &Principal, id: &str) -> Result<Model, Error> {
    let id: BookingId = id.parse().map_err(|_| Error::NotFound("booking"))?;
    house.store().bookings(who.scope.clone()).find(id).await?.ok_or(Error::NotFound("booking"))
}

/// Holds a booking's time for it once more before it is tried again; false: somebody else has it. The hold runs out unless
/// the booking is open again: that commit makes it last.
async fn hold_again(house: &Switchboard, row: &Model) -> Result<bool, Error> {
    let now = house.clock().now();
    let is_lost = machine(row).is_ok_and(|booking| {
        let is_lost = matches!(booking.state, State::Refused { .. } | State::Failed { .. });
        is_lost && booking.start > now
    });
    let directory = house.directory();
    let company = directory.company(row.company_id.into()).filter(|_| is_lost);
    let Some(company) = company.filter(|company| company.policy.hold_minutes > 0) else { return Ok(true) };
    let slot = Slot {
        start: row.starts_at.into(),
        end: row.ends_at.into(),
        event_type_id: row.event_type_id,
        calendar: row.calendar_id.into(),
        staff: row.staff.clone(),
    };
    let appointment = u8::try_from(row.appointment).unwrap_or(u8::MAX);
    let owner = Owner { call: row.call_id.into(), appointment };
    let until = later(now, minutes(company.policy.hold_minutes));
    let holds = house.store().holds(company.id);
    Ok(holds.claim_if_none(owner, (&slot, company.hosts_of(slot.calendar)), until, now).await?)
}

async fn tell(
    house: &Switchboard,
    who: &Principal,
    id: &str,
    (input, action): (Input, Action),
    why_not: &str,
) -> Result<BookingView, Error> {
    who.may_see_appointments()?;
    let row = find(house, who, id).await?;
    let calendar = house.calendar(row.company_id.into(), row.calendar_id.into());
    let told = calendar.send(Tell { booking: row.id.into(), input }).await.map_err(|_| Error::NoAnswer)?;
    if !told? {
        return Err(Error::Conflict(why_not.to_owned()));
    }
    let deed = Deed::new(action).at(row.company_id.into()).about("booking", row.id);
    audit::done(house, who, deed).await?;
    Ok(view(&house.directory(), &find(house, who, id).await?))
}

pub(super) async fn of_call(
    house: &Switchboard,
    who: &Principal,
    call: CallId,
) -> Result<Vec<BookingView>, Error> {
    let rows = house.store().bookings(who.scope.clone()).of_call(call).await?;
    Ok(rows.iter().map(|row| view(&house.directory(), row)).collect())
}

fn calendar_called(
    directory: &Directory,
    who: &Principal,
    slug: &str,
) -> Result<crate::domain::ids::CalendarId, Error> {
    let seen = directory.companies().filter(|company| who.sees(company.id));
    let mut calendars = seen.flat_map(|company| &company.calendars).filter(|calendar| calendar.slug == slug);
    match (calendars.next(), calendars.next()) {
        (Some(calendar), None) => Ok(calendar.id),
        (Some(_), Some(_)) => {
            Err(Error::Invalid(format!("several companies have a calendar \"{slug}\"; add company=…")))
        }
        (None, _) => Err(Error::NotFound("calendar")),
    }
}

pub(super) fn view(directory: &Directory, row: &Model) -> BookingView {
    let company = directory.company(row.company_id.into());
    let branch = company.and_then(|company| company.branch(row.branch_id.into()));
    let calendar = company.and_then(|company| company.calendar(row.calendar_id.into()));
    let machine = machine(row).ok();
    BookingView {
        id: row.id.to_string(),
        company: slug_of(directory, row.company_id),
        branch: branch.map(|branch| branch.slug.clone()),
        call_id: row.call_id.to_string(),
        appointment: row.appointment,
        state: row.state.clone(),
        reason: row.reason.clone(),
        calcom_uid: row.calcom_uid.clone(),
        service: row.service_name.clone(),
        staff: row.staff.clone(),
        start: instant(row.starts_at),
        end: instant(row.ends_at),
        local_start: local(row),
        attempts: row.attempts,
        changing: machine.as_ref().and_then(|booking| match booking.change.as_ref()?.order {
            Order::Move { .. } => Some("move"),
            Order::Cancel => Some("cancel"),
        }),
        surplus: machine.as_ref().map_or(0, |booking| booking.surplus.len()),
        calendar: calendar.map(|calendar| calendar.slug.clone()),
        customer: CustomerView {
            id: row.customer_id.to_string(),
            name: row.attendee_name.clone(),
            phone: row.attendee_phone.clone(),
        },
        created_at: instant(row.created_at),
        updated_at: instant(row.updated_at),
    }
}

fn local(row: &Model) -> String {
    let zone = jiff::tz::TimeZone::get(&row.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    Timestamp::from(row.starts_at).to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string()
}
