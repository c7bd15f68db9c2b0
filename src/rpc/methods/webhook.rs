//! `webhook.*`: what came through Retell's doors, and taking it in again.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::operations::{branches, deliveries, replays};
use crate::rpc::table::{Ask, Method};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OfDelivery {
    /// Our id of the delivery.
    delivery_id: String,
    /// Slug; where it is given, it has to be of that company.
    #[serde(default)]
    company: Option<String>,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::reads(
            "webhook.getStats",
            "Deliveries counted by door, event and status",
            |ask: Ask, span: deliveries::Span| async move { deliveries::stats(&ask.house, &ask.who, &span).await },
        )
        .of_the_set_up(),
        Method::reads(
            "webhook.listDeliveries",
            "Deliveries, the newest first, without their bodies",
            |ask: Ask, query: deliveries::Query| async move {
                deliveries::list(&ask.house, &ask.who, &query).await
            },
        )
        .of_the_set_up(),
        Method::reads(
            "webhook.resolvePhoneNumber",
            "Where a number rings: its company, its branch and its agent",
            |ask: Ask, rung: branches::Rung| async move { branches::resolve(&ask.house, &ask.who, &rung) },
        ),
        Method::changes(
            "webhook.replay",
            "Takes a webhook in again; one that was taken in before changes nothing",
            |ask: Ask, of: OfDelivery| async move {
                let who = ask.who.within(&ask.house.directory(), of.company.as_deref())?;
                replays::again(&ask.house, &who, &of.delivery_id).await
            },
        )
        .of_the_set_up()
        .idempotent(),
    ]
}
