//! Ids are types, so that a company's id cannot stand where a booking's is wanted.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// A tenant.
    CompanyId,
    /// A Cal.com account of a company.
    AccountId,
    /// A branch of a company.
    BranchId,
    /// Something a branch offers.
    ServiceId,
    /// Who gives a service, as which event type.
    OfferId,
    /// A Cal.com host whose bookings are made one after the other.
    CalendarId,
    /// A person known to one company.
    CustomerId,
    /// A telephone call, ours; Retell's own id is text and stands beside it.
    CallId,
    /// An intent to book.
    BookingId,
    /// What a caller has agreed to have done about a booking.
    OrderId,
    /// A callback item.
    CallbackId,
    /// That a person's data were erased.
    ErasureId,
    /// Something a person has to know.
    AlertId,
    /// Where a company wants to hear of things.
    ChannelId,
    /// Something on its way out.
    MessageId,
    /// A delivery in the inbox.
    DeliveryId,
    /// An API token.
    TokenId,
    /// A person who logs in.
    UserId,
    /// Somebody who is signed in at a browser.
    SessionId,
    /// A line of the audit.
    AuditId,
}

impl CallId {
    /// What is entered at the desk under a key stands in the books as a call that nobody made: the same key with the same
    /// content is always the same, with other content another one.
    pub fn at_desk(company: CompanyId, key: &str, content: &str) -> Self {
        Uuid::new_v5(&company.0, format!("desk {key}\n{content}").as_bytes()).into()
    }
}

impl BookingId {
    /// The booking of a call's n-th appointment: always the same, so asking twice is asking once.
    pub fn of(call: CallId, appointment: u8) -> Self {
        derived(call, &format!("booking {appointment}")).into()
    }
}

impl OrderId {
    /// The order of a call's n-th change, as it was read back the first time or so many times anew: given twice, it is
    /// the same one.
    pub fn of(call: CallId, appointment: u8, anew: u8) -> Self {
        derived(call, &format!("order {appointment} {anew}")).into()
    }
}

impl CustomerId {
    /// The id of a customer of that folded name first met in this call.
    pub fn first_met(call: CallId, name: &str) -> Self {
        derived(call, &format!("customer {name}")).into()
    }
}

impl CallbackId {
    /// One callback item per call and reason.
    pub fn of(call: CallId, reason: &str) -> Self {
        derived(call, &format!("callback {reason}")).into()
    }
}

fn derived(call: CallId, name: &str) -> Uuid {
    Uuid::new_v5(&call.0, name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_appointment_always_has_the_same_booking() {
        let call = CallId::from(Uuid::from_u128(7));

        assert_eq!(BookingId::of(call, 1), BookingId::of(call, 1));
        assert_ne!(BookingId::of(call, 1), BookingId::of(call, 2));
    }

    #[test]
    fn an_id_reads_back_as_written() {
        let call = CallId::from(Uuid::from_u128(99));

        assert_eq!(call.to_string().parse::<CallId>().unwrap(), call);
    }
}
