//! `appointment.management.*`: what customers have, found, moved, called off and confirmed by people with a token.

use crate::operations::appointments::{self, Cancellation, Confirmation, Move, Sought};
use crate::rpc::table::{Ask, Method};

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::reads(
            "appointment.management.find",
            "Appointments of one company by the customer's number, name or both",
            |ask: Ask, sought: Sought| async move { appointments::find(&ask.house, &ask.who, &sought).await },
        ),
        Method::changes(
            "appointment.management.change",
            "Moves an appointment, at Cal.com too, and says how it stands then",
            |ask: Ask, wanted: Move| async move { appointments::reschedule(&ask.house, &ask.who, &wanted).await },
        )
        .idempotent(),
        Method::changes(
            "appointment.management.cancel",
            "Calls an appointment off, at Cal.com too, and says how it stands then",
            |ask: Ask, wanted: Cancellation| async move {
                appointments::cancel(&ask.house, &ask.who, &wanted).await
            },
        )
        .destructive()
        .idempotent(),
        Method::changes(
            "appointment.management.confirm",
            "Notes that the customer will come to an appointment that stands",
            |ask: Ask, wanted: Confirmation| async move {
                appointments::confirm(&ask.house, &ask.who, &wanted).await
            },
        )
        .idempotent(),
    ]
}
