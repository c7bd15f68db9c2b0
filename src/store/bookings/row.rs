//! A booking's machine as its row keeps it, and back.

use entities::booking;
use jiff::Timestamp;
use sea_orm::{ActiveValue, IntoActiveModel as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::booking::{self as rules, Booking, State};
use crate::domain::call::{Appointment, Footing, Intent};
use crate::domain::ids::{CallId, OrderId};
use crate::domain::retry::later;
use crate::domain::slot::Slot;
use crate::store::{Append, Error, corrupt};

/// The booking's machine as it stands in its row.
pub fn machine(row: &booking::Model) -> Result<Booking, Error> {
    let number = |value: i32| u32::try_from(value).unwrap_or(0);
    let why = || row.reason.clone().unwrap_or_default();
    let unreadable = || corrupt("bookings", &row.id, "a course this program does not know");
    let uid = || row.calcom_uid.clone().ok_or_else(|| corrupt("bookings", &row.id, "booked without a uid"));
    let state = match row.state.as_str() {
        "waiting" => State::Waiting { not_before: row.not_before.map(Timestamp::from) },
        "sent" => State::Sent { attempt: number(row.attempts), since: row.state_since.into() },
        "unsure" => State::Unsure {
            since: row.state_since.into(),
            looks: number(row.looks),
            why: why(),
            look_at: row.not_before.unwrap_or(row.state_since).into(),
        },
        "booked" => State::Booked { uid: uid()?, standing: rules::Standing::Accepted },
        "pending" => State::Booked { uid: uid()?, standing: rules::Standing::Pending },
        "refused" => State::Refused { why: why() },
        "failed" => State::Failed { why: why() },
        "cancelled" => State::Cancelled { why: why() },
        _ => return Err(corrupt("bookings", &row.id, "a state this program does not know")),
    };
    let course: Course = row
        .course
        .clone()
        .map(serde_json::from_value)
        .transpose()
        .map_err(|_| unreadable())?
        .unwrap_or_default();
    Ok(Booking {
        id: row.id.into(),
        start: row.starts_at.into(),
        sent_for: course.sent_for.or((row.attempts > 0).then(|| row.starts_at.into())),
        requested_at: course.requested_at.unwrap_or(row.created_at.into()),
        attempts: number(row.attempts),
        sent_maybe: number(row.sent_maybe),
        state,
        change: course.change,
        changed: course.changed,
        surplus: course.surplus,
        past_uids: course.past_uids,
        watch: course.watch,
        ended_there_at: course.ended_there_at,
        tidied_at: course.tidied_at,
        given: course.given,
    })
}

/// The row as an appointment that a caller may speak of in that call.
pub(super) fn appointment(row: &booking::Model, call: CallId) -> Result<Appointment, Error> {
    let booking = machine(row)?;
    let footing = match booking.state {
        State::Booked { standing: rules::Standing::Accepted, .. } => Footing::Stands,
        State::Booked { standing: rules::Standing::Pending, .. } => Footing::AwaitsOwner,
        State::Waiting { .. }
        | State::Sent { .. }
        | State::Unsure { .. }
        | State::Refused { .. }
        | State::Failed { .. }
        | State::Cancelled { .. } => Footing::OnItsWay,
    };
    Ok(Appointment {
        booking: booking.id,
        customer: row.customer_id.into(),
        branch: row.branch_id.into(),
        service: row.service_name.clone(),
        slot: Slot {
            start: booking.start,
            end: row.ends_at.into(),
            event_type_id: row.event_type_id,
            calendar: row.calendar_id.into(),
            staff: row.staff.clone(),
        },
        footing,
        change: booking.change.map(|change| change.order),
        is_of_this_call: row.call_id == Uuid::from(call),
    })
}

/// An intent as it enters the books.
pub(super) fn entered(append: &Append, intent: &Intent) -> booking::ActiveModel {
    let (state, reason) = if intent.test_mode {
        ("cancelled", Some("test mode: nothing is written at Cal.com".to_owned()))
    } else {
        ("waiting", None)
    };
    booking::Model {
        id: intent.booking.into(),
        company_id: append.after.company.into(),
        branch_id: intent.branch.into(),
        call_id: append.after.id.into(),
        appointment: i32::from(intent.appointment),
        calendar_id: intent.slot.calendar.into(),
        customer_id: intent.customer.into(),
        service_name: intent.service_name.clone(),
        staff: intent.slot.staff.clone(),
        event_type_id: intent.slot.event_type_id,
        starts_at: intent.slot.start.into(),
        ends_at: intent.slot.end.into(),
        zone: append.zone.clone(),
        language: append.language.to_owned(),
        attendee_name: intent.person.name.clone(),
        attendee_email: intent.person.email.clone(),
        attendee_phone: intent.person.phone.as_ref().map(|phone| phone.e164().to_owned()),
        version: 1,
        state: state.into(),
        state_since: append.at.into(),
        attempts: 0,
        sent_maybe: 0,
        looks: 0,
        not_before: None,
        reason,
        calcom_uid: None,
        due_at: (state == "waiting").then(|| append.at.into()),
        course: None,
        may_notify: intent.may_notify,
        created_at: append.at.into(),
        updated_at: append.at.into(),
    }
    .into_active_model()
}

/// What a machine remembers beside its state, as it is kept.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Course {
    /// Where it is not when the row was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<rules::Change>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<rules::Changed>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    surplus: Vec<rules::Surplus>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    past_uids: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    watch: Option<rules::Watch>,
    /// Where it is not the start in the row.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_for: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_there_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tidied_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    given: Vec<OrderId>,
}

impl Course {
    fn of(row: &booking::Model, booking: &Booking) -> Self {
        Self {
            requested_at: Some(booking.requested_at).filter(|at| *at != row.created_at.into()),
            change: booking.change.clone(),
            changed: booking.changed.clone(),
            surplus: booking.surplus.clone(),
            past_uids: booking.past_uids.clone(),
            watch: booking.watch.clone(),
            sent_for: booking.sent_for.filter(|at| *at != booking.start),
            ended_there_at: booking.ended_there_at,
            tidied_at: booking.tidied_at,
            given: booking.given.clone(),
        }
    }

    /// Most bookings have none.
    fn to_json(&self) -> Option<serde_json::Value> {
        let is_empty = *self == Self::default();
        if is_empty { None } else { serde_json::to_value(self).ok() }
    }
}

pub(in crate::store) fn columns(row: &booking::Model, next: &Booking, at: Timestamp) -> booking::ActiveModel {
    let (since, not_before, looks, why, uid) = match &next.state {
        State::Waiting { not_before } => (at, *not_before, 0, None, None),
        State::Sent { since, .. } => (*since, None, 0, None, None),
        State::Unsure { since, looks, why, look_at } => {
            (*since, Some(*look_at), *looks, Some(why.clone()), None)
        }
        State::Booked { uid, .. } => (at, None, 0, None, Some(uid.clone())),
        State::Refused { why } | State::Failed { why } | State::Cancelled { why } => {
            (at, None, 0, Some(why.clone()), None)
        }
    };
    let count = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
    let is_same = row.state == next.state.as_str()
        && matches!(next.state, State::Booked { .. } | State::Waiting { .. });
    let due_at = next.due().map(|due| due.at).or(next.is_under_way().then_some(at));
    let lasts = Timestamp::from(row.ends_at).duration_since(row.starts_at.into());
    booking::ActiveModel {
        starts_at: ActiveValue::Set(next.start.into()),
        ends_at: ActiveValue::Set(later(next.start, lasts).into()),
        due_at: ActiveValue::Set(due_at.map(Into::into)),
        course: ActiveValue::Set(Course::of(row, next).to_json()),
        version: ActiveValue::Set(row.version + 1),
        state: ActiveValue::Set(next.state.as_str().to_owned()),
        state_since: ActiveValue::Set(if is_same { row.state_since } else { since.into() }),
        attempts: ActiveValue::Set(count(next.attempts)),
        sent_maybe: ActiveValue::Set(count(next.sent_maybe)),
        looks: ActiveValue::Set(count(looks)),
        not_before: ActiveValue::Set(not_before.map(Into::into)),
        reason: ActiveValue::Set(why),
        calcom_uid: ActiveValue::Set(uid.or_else(|| row.calcom_uid.clone())),
        updated_at: ActiveValue::Set(at.into()),
        ..booking::ActiveModel::default()
    }
}
