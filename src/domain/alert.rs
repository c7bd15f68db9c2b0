//! An alert: something a person has to know, whoever tells them and how.

use uuid::Uuid;

use super::ids::{AlertId, BookingId, CallId, CompanyId};

/// What has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A promised booking was refused or given up; the subject is the booking.
    BookingFailed,
    /// The agent promised what nothing stands behind; the subject is the call.
    PromiseWithoutBooking,
    /// Something was changed at Cal.com and only comparing brought it to light; the subject is the booking.
    CalendarDiffers,
    /// A booking at Cal.com bears our mark and is in nobody's books; the subject is its uid there.
    UnknownBooking,
}

/// An alert as it enters the books: of the same kind about the same subject there is one, of the last time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    pub kind: Kind,
    subject: String,
}

impl Kind {
    pub const ALL: [Self; 4] =
        [Self::BookingFailed, Self::PromiseWithoutBooking, Self::CalendarDiffers, Self::UnknownBooking];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::BookingFailed => "booking_failed",
            Self::PromiseWithoutBooking => "promise_without_booking",
            Self::CalendarDiffers => "calendar_differs",
            Self::UnknownBooking => "unknown_booking",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl Alert {
    pub fn booking_failed(booking: BookingId) -> Self {
        Self { kind: Kind::BookingFailed, subject: booking.to_string() }
    }

    pub fn promise_without_booking(call: CallId) -> Self {
        Self { kind: Kind::PromiseWithoutBooking, subject: call.to_string() }
    }

    pub fn calendar_differs(booking: BookingId) -> Self {
        Self { kind: Kind::CalendarDiffers, subject: booking.to_string() }
    }

    pub fn unknown_booking(uid: &str) -> Self {
        Self { kind: Kind::UnknownBooking, subject: uid.to_owned() }
    }

    /// What it is about: the id of a call or a booking, or a uid of Cal.com's.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The same kind and subject give the same id, so entering it twice is entering it once.
    pub fn id(&self, company: CompanyId) -> AlertId {
        let name = format!("alert {} {}", self.kind.as_str(), self.subject);
        Uuid::new_v5(&company.into(), name.as_bytes()).into()
    }
}
