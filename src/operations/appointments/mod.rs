//! Appointments at the desk: what is free, entered, found, moved and called off by people and programs with a token, through
//! the same rules, holds and booking protocol as for callers.

mod changes;
mod entering;
mod finding;
mod free;
mod place;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::Serialize;

use super::bookings::BookingView;

pub use changes::{Cancellation, Move, cancel, reschedule};
pub use entering::{NewAppointment, create};
pub use finding::{Confirmation, Found, Sought, confirm, find};
pub use free::{Free, Near, WhatIsFree, WhatIsNear, alternatives, check};

/// A time that can be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FreeSlot {
    /// RFC 3339, with the offset of the branch.
    pub start: String,
    pub end: String,
    /// As it is said to a caller.
    pub spoken: String,
    pub staff: Option<String>,
    pub calendar: Option<String>,
    pub event_type_id: i64,
}

/// How an appointment stands after something was asked of it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Outcome {
    /// `booked`, `pending`, `waiting`, `sent`, `unsure`, `refused`, `failed` or `cancelled`.
    pub state: String,
    /// What that means and what to do next.
    pub message: String,
    /// The request was made before; nothing was done a second time.
    pub is_repeat: bool,
    pub booking: BookingView,
}

/// "; free near it: …" as part of a refusal.
pub(super) fn in_words(alternatives: &[FreeSlot]) -> String {
    if alternatives.is_empty() {
        return "; nothing is free near it".into();
    }
    let each = alternatives.iter().map(|slot| match &slot.staff {
        Some(staff) => format!("{} ({staff})", slot.start),
        None => slot.start.clone(),
    });
    format!("; free near it: {}", each.collect::<Vec<_>>().join(", "))
}

impl Outcome {
    fn of(booking: BookingView, is_repeat: bool) -> Self {
        let message = match booking.state.as_str() {
            "booked" if booking.changing.is_some() => {
                "it stands; the change is on its way: look again in a moment".into()
            }
            "booked" => "it stands at Cal.com".into(),
            "pending" => "it is requested; its owner must confirm it at Cal.com".into(),
            "waiting" | "sent" => "it is kept and on its way to Cal.com: look again in a moment".into(),
            "unsure" => "Cal.com's answer was lost; it is being looked for, nothing has to be done".into(),
            "cancelled" => {
                let reason = booking.reason.as_deref().unwrap_or("no reason was given");
                format!("it does not stand: {reason}")
            }
            _ => {
                let reason = booking.reason.as_deref().unwrap_or("no reason was given");
                format!("it was not booked: {reason}; somebody is to call the customer back")
            }
        };
        Self { state: booking.state.clone(), message, is_repeat, booking }
    }
}
