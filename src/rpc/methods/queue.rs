//! `queue.*`: what waits to be made at Cal.com, what came to nothing, and trying it again.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::operations::{OfCompany, bookings, queues};
use crate::rpc::table::{Ask, Method};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OfBooking {
    /// Our id of the booking.
    booking_id: String,
    /// Slug; where it is given, it has to be of that company.
    #[serde(default)]
    company: Option<String>,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::reads(
            "queue.getOverview",
            "How the calendars stand: what waits, what is on its way, what moved last",
            |ask: Ask, of: OfCompany| async move { queues::overview(&ask.house, &ask.who, &of).await },
        ),
        Method::reads(
            "queue.getFailedJobs",
            "Bookings that came to nothing or are in doubt, with who is called back about them",
            |ask: Ask, asked: queues::Failed| async move { queues::failed(&ask.house, &ask.who, &asked).await },
        ),
        Method::reads(
            "queue.getMetrics",
            "How requests about bookings fared, and how long they took",
            |ask: Ask, period: queues::Period| async move { queues::metrics(&ask.house, &ask.who, &period).await },
        ),
        Method::changes(
            "queue.retryJob",
            "Has a booking that was refused or given up tried again",
            |ask: Ask, of: OfBooking| async move {
                let who = ask.who.within(&ask.house.directory(), of.company.as_deref())?;
                bookings::retry(&ask.house, &who, &of.booking_id).await
            },
        ),
    ]
}
