//! A callback item: a person has to call back, why, and until when.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::hidden::Hidden;
use super::hours::Opening;
use super::ids::{BookingId, CallId, CallbackId};
use super::phone::PhoneNumber;
use super::retry::{later, minutes};

/// Why somebody has to call back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The caller asked for it.
    CallersWish,
    /// The call broke off after the read-back.
    CutOff,
    /// The caller said yes, but what to could not be understood.
    UnclearWish,
    /// A yes came to light so long after the call that it is not booked unasked.
    LateYes,
    /// Something was wanted, and Retell never reported how the call went on.
    NeverReported,
    SlotTaken,
    BookingRefused,
    BookingUnsure,
    CalendarUnreachable,
    /// A change that was promised could not be made; what stood stands.
    ChangeFailed,
    /// Something of ours stands at Cal.com twice and could not be cancelled there.
    BookedTwice,
    /// The caller wants to change what cannot be changed by telephone, or not any more.
    ChangeNotAllowed,
    /// The agent spoke of something as done that nobody has done.
    PromiseWithoutBooking,
    /// The caller wanted to hear of or change an appointment, and it could not be settled whose it is.
    Unidentified,
}

/// How soon somebody has to see to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    Low,
    Normal,
    High,
}

/// How far an item has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Open,
    /// Somebody tried and reached nobody; it is still to be done.
    Unreachable,
    Done,
}

/// From when until when the caller would like to be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wished {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Reason {
    pub const ALL: [Self; 14] = [
        Self::CallersWish,
        Self::CutOff,
        Self::UnclearWish,
        Self::LateYes,
        Self::NeverReported,
        Self::SlotTaken,
        Self::BookingRefused,
        Self::BookingUnsure,
        Self::CalendarUnreachable,
        Self::ChangeFailed,
        Self::BookedTwice,
        Self::PromiseWithoutBooking,
        Self::Unidentified,
        Self::ChangeNotAllowed,
    ];

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::CallersWish => "callers_wish",
            Self::CutOff => "cut_off",
            Self::UnclearWish => "unclear_wish",
            Self::LateYes => "late_yes",
            Self::NeverReported => "never_reported",
            Self::SlotTaken => "slot_taken",
            Self::BookingRefused => "booking_refused",
            Self::BookingUnsure => "booking_unsure",
            Self::CalendarUnreachable => "calendar_unreachable",
            Self::ChangeFailed => "change_failed",
            Self::BookedTwice => "booked_twice",
            Self::PromiseWithoutBooking => "promise_without_booking",
            Self::ChangeNotAllowed => "change_not_allowed",
            Self::Unidentified => "unidentified",
        }
    }

    /// A broken promise comes before a wish, a wish before a guess.
    pub fn priority(self) -> Priority {
        match self {
            Self::LateYes
            | Self::SlotTaken
            | Self::BookingRefused
            | Self::BookingUnsure
            | Self::CalendarUnreachable
            | Self::ChangeFailed
            | Self::BookedTwice
            | Self::PromiseWithoutBooking => Priority::High,
            Self::CallersWish | Self::ChangeNotAllowed | Self::UnclearWish | Self::Unidentified => {
                Priority::Normal
            }
            Self::CutOff | Self::NeverReported => Priority::Low,
        }
    }
}

impl Priority {
    pub const ALL: [Self; 3] = [Self::Low, Self::Normal, Self::High];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.as_str() == text)
    }
}

impl State {
    pub const ALL: [Self; 3] = [Self::Open, Self::Unreachable, Self::Done];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Unreachable => "unreachable",
            Self::Done => "done",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether somebody still has to call.
    pub fn is_to_be_done(self) -> bool {
        match self {
            Self::Open | Self::Unreachable => true,
            Self::Done => false,
        }
    }
}

/// A callback item as it enters the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    pub call: CallId,
    pub booking: Option<BookingId>,
    pub appointment: u8,
    pub reason: Reason,
    pub name: Option<Hidden>,
    pub phone: Option<PhoneNumber>,
    pub wish: Option<Hidden>,
    /// When the caller would like it, as far as the words were understood.
    pub wished: Option<Wished>,
    /// The caller spoke of an emergency.
    pub is_urgent: bool,
    pub due: Timestamp,
}

impl Callback {
    pub fn priority(&self) -> Priority {
        if self.is_urgent { Priority::High } else { self.reason.priority() }
    }

    /// The same call, appointment and reason always give the same item; for a booking, the same booking and reason.
    pub fn id(&self) -> CallbackId {
        match self.booking {
            Some(booking) => CallbackId::of(self.call, &format!("{} {booking}", self.reason.as_str())),
            None => CallbackId::of(self.call, &format!("{} {}", self.reason.as_str(), self.appointment)),
        }
    }
}

/// The same, where the caller would like it from a certain time on: counted from there, if somebody is there then.
pub fn due_from(
    opening: Option<&Opening>,
    zone: &TimeZone,
    within_minutes: u32,
    (wished, now): (Option<Timestamp>, Timestamp),
) -> Timestamp {
    let is_open =
        |at: &Timestamp| opening.is_none_or(|opening| opening.is_open_at(&at.to_zoned(zone.clone())));
    let from = wished.filter(|at| *at > now).filter(is_open).unwrap_or(now);
    due(opening, zone, within_minutes, from)
}

/// Until when a callback can be promised: so much opening time from now on.
pub fn due(opening: Option<&Opening>, zone: &TimeZone, within_minutes: u32, now: Timestamp) -> Timestamp {
    match opening {
        Some(opening) => opening.after_open_time(&now.to_zoned(zone.clone()), within_minutes).timestamp(),
        None => later(now, minutes(within_minutes)),
    }
}
