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
}

impl Reason {
    pub const ALL: [Self; 11] = [
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
        }
    }

    /// A broken promise comes before a wish, a wish before a guess.
    pub fn priority(self) -> &'static str {
        match self {
            Self::LateYes
            | Self::SlotTaken
            | Self::BookingRefused
            | Self::BookingUnsure
            | Self::CalendarUnreachable
            | Self::ChangeFailed
            | Self::BookedTwice => "high",
            Self::CallersWish | Self::UnclearWish => "normal",
            Self::CutOff | Self::NeverReported => "low",
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
    pub due: Timestamp,
}

impl Callback {
    /// The same call, appointment and reason always give the same item; for a booking, the same booking and reason.
    pub fn id(&self) -> CallbackId {
        match self.booking {
            Some(booking) => CallbackId::of(self.call, &format!("{} {booking}", self.reason.as_str())),
            None => CallbackId::of(self.call, &format!("{} {}", self.reason.as_str(), self.appointment)),
        }
    }
}

/// Until when a callback can be promised: so much opening time from now on.
pub fn due(opening: Option<&Opening>, zone: &TimeZone, within_minutes: u32, now: Timestamp) -> Timestamp {
    match opening {
        Some(opening) => opening.after_open_time(&now.to_zoned(zone.clone()), within_minutes).timestamp(),
        None => later(now, minutes(within_minutes)),
    }
}
