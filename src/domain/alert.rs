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
}

/// An alert as it enters the books: of the same kind about the same subject there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    pub kind: Kind,
    subject: Uuid,
}

impl Kind {
    pub const ALL: [Self; 2] = [Self::BookingFailed, Self::PromiseWithoutBooking];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::BookingFailed => "booking_failed",
            Self::PromiseWithoutBooking => "promise_without_booking",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl Alert {
    pub fn booking_failed(booking: BookingId) -> Self {
        Self { kind: Kind::BookingFailed, subject: booking.into() }
    }

    pub fn promise_without_booking(call: CallId) -> Self {
        Self { kind: Kind::PromiseWithoutBooking, subject: call.into() }
    }

    /// The id of the call or booking it is about.
    pub fn subject(&self) -> String {
        self.subject.to_string()
    }

    /// The same kind and subject give the same id, so entering it twice is entering it once.
    pub fn id(&self, company: CompanyId) -> AlertId {
        let name = format!("alert {} {}", self.kind.as_str(), self.subject);
        Uuid::new_v5(&company.into(), name.as_bytes()).into()
    }
}
