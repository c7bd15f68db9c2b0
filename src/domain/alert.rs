//! An alert: something a person has to know, whoever tells them and how.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ids::{AccountId, AlertId, BookingId, BranchId, CallId, CallbackId, ChannelId, CompanyId};

/// What has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A promised booking was refused or given up; the subject is the booking.
    BookingFailed,
    /// The agent promised what nothing stands behind; the subject is the call.
    PromiseWithoutBooking,
    /// Something was changed at Cal.com and only comparing brought it to light; the subject is the booking.
    CalendarDiffers,
    /// A booking at Cal.com bears our mark and is in nobody's books; the subject is its uid there.
    UnknownBooking,
    /// A Cal.com account does not answer and nothing is sent there; the subject is the account.
    BreakerOpen,
    /// A Cal.com account refuses its key; the subject is the account.
    BreakerMisconfigured,
    /// An account answers again; the subject is the account.
    BreakerClosed,
    /// Many requests for the company bore a wrong signature; the subject is the company.
    SignatureFailures,
    /// A branch is open and nobody has rung for longer than is usual; the subject is the branch.
    NoCalls,
    /// Nobody has called back in time; the subject is the callback item.
    CallbackOverdue,
    /// What is sent to a channel does not arrive; the subject is the channel.
    DeliveriesFailing,
}

/// An alert as it enters the books: of the same kind about the same subject there is one, of the last time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    pub kind: Kind,
    subject: String,
}

impl Kind {
    pub const ALL: [Self; 11] = [
        Self::BookingFailed,
        Self::PromiseWithoutBooking,
        Self::CalendarDiffers,
        Self::UnknownBooking,
        Self::BreakerOpen,
        Self::BreakerMisconfigured,
        Self::BreakerClosed,
        Self::SignatureFailures,
        Self::NoCalls,
        Self::CallbackOverdue,
        Self::DeliveriesFailing,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::BookingFailed => "booking_failed",
            Self::PromiseWithoutBooking => "promise_without_booking",
            Self::CalendarDiffers => "calendar_differs",
            Self::UnknownBooking => "unknown_booking",
            Self::BreakerOpen => "breaker_open",
            Self::BreakerMisconfigured => "breaker_misconfigured",
            Self::BreakerClosed => "breaker_closed",
            Self::SignatureFailures => "signature_failures",
            Self::NoCalls => "no_calls",
            Self::CallbackOverdue => "callback_overdue",
            Self::DeliveriesFailing => "deliveries_failing",
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

    pub fn breaker_open(account: AccountId) -> Self {
        Self { kind: Kind::BreakerOpen, subject: account.to_string() }
    }

    pub fn breaker_misconfigured(account: AccountId) -> Self {
        Self { kind: Kind::BreakerMisconfigured, subject: account.to_string() }
    }

    pub fn breaker_closed(account: AccountId) -> Self {
        Self { kind: Kind::BreakerClosed, subject: account.to_string() }
    }

    pub fn signature_failures(company: CompanyId) -> Self {
        Self { kind: Kind::SignatureFailures, subject: company.to_string() }
    }

    pub fn no_calls(branch: BranchId) -> Self {
        Self { kind: Kind::NoCalls, subject: branch.to_string() }
    }

    pub fn callback_overdue(callback: CallbackId) -> Self {
        Self { kind: Kind::CallbackOverdue, subject: callback.to_string() }
    }

    pub fn deliveries_failing(channel: ChannelId) -> Self {
        Self { kind: Kind::DeliveriesFailing, subject: channel.to_string() }
    }

    /// What it is about: an id of ours, or a uid of Cal.com's.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The same kind and subject give the same id, so entering it twice is entering it once.
    pub fn id(&self, company: CompanyId) -> AlertId {
        let name = format!("alert {} {}", self.kind.as_str(), self.subject);
        Uuid::new_v5(&company.into(), name.as_bytes()).into()
    }
}
