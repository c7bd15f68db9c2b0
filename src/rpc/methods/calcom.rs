//! `calcom.*`: free times and bookings by way of the house, and how the accounts at Cal.com are set up.

use crate::operations::appointments::{self, Cancellation, Move, NewAppointment, WhatIsFree, WhatIsNear};
use crate::operations::{OfCompany, bookings, calcom};
use crate::rpc::table::{Ask, Method};

pub(super) fn methods() -> Vec<Method> {
    let mut methods = free();
    methods.extend(kept());
    methods.extend(accounts());
    methods
}

fn free() -> Vec<Method> {
    vec![
        Method::reads(
            "calcom.checkAvailability",
            "Free times of a service by Cal.com and by the company's rules, as callers are offered them",
            |ask: Ask, asked: WhatIsFree| async move { appointments::check(&ask.house, &ask.who, &asked).await },
        ),
        Method::reads(
            "calcom.findAlternativeSlots",
            "Free times nearest to a wished one, ranked as for callers",
            |ask: Ask, asked: WhatIsNear| async move {
                appointments::alternatives(&ask.house, &ask.who, &asked).await
            },
        ),
    ]
}

fn kept() -> Vec<Method> {
    vec![
        Method::reads(
            "calcom.getBookings",
            "Bookings of the house, the newest first, with how each stands at Cal.com",
            |ask: Ask, query: bookings::Query| async move { bookings::list(&ask.house, &ask.who, &query).await },
        ),
        Method::changes(
            "calcom.createBooking",
            "Enters an appointment exactly once per idempotency_key and says how it stands at Cal.com",
            |ask: Ask, asked: NewAppointment| async move {
                appointments::create(&ask.house, &ask.who, &asked).await
            },
        )
        .idempotent(),
        Method::changes(
            "calcom.rescheduleBooking",
            "Moves a booking, at Cal.com too, and says how it stands then",
            |ask: Ask, wanted: Move| async move { appointments::reschedule(&ask.house, &ask.who, &wanted).await },
        )
        .idempotent(),
        Method::changes(
            "calcom.cancelBooking",
            "Calls a booking off, at Cal.com too, and says how it stands then",
            |ask: Ask, wanted: Cancellation| async move {
                appointments::cancel(&ask.house, &ask.who, &wanted).await
            },
        )
        .destructive()
        .idempotent(),
    ]
}

fn accounts() -> Vec<Method> {
    vec![
        Method::reads(
            "calcom.syncEventTypes",
            "Event types of each account: which can be booked by voice and why not, who uses them, what to write for the rest",
            |ask: Ask, of: OfCompany| async move {
                calcom::event_types(&ask.house, &ask.who, of.company.as_deref()).await
            },
        )
        .of_the_set_up(),
        Method::reads(
            "calcom.testConnection",
            "Whether each account's key is accepted, whose it is, how fast Cal.com answers and how far its clock is off",
            |ask: Ask, of: OfCompany| async move {
                calcom::test_connection(&ask.house, &ask.who, of.company.as_deref()).await
            },
        )
        .of_the_set_up(),
    ]
}
