//! `customer.*`: who a company's customers are, and what they have had.

use crate::operations::{bundles, erasures, people};
use crate::rpc::table::{Ask, Method};

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::reads(
            "customer.find",
            "Customers of a number or a name",
            |ask: Ask, asked: people::Find| async move { people::find(&ask.house, &ask.who, &asked).await },
        ),
        Method::reads(
            "customer.history",
            "A customer with their appointments, callbacks and calls",
            |ask: Ask, asked: people::Who| async move { people::history(&ask.house, &ask.who, &asked).await },
        ),
        Method::reads(
            "customer.previewErasure",
            "What would be erased of whoever has a number",
            |ask: Ask, asked: erasures::PersonAsked| async move {
                erasures::preview(&ask.house, &ask.who, &asked).await
            },
        ),
        Method::changes(
            "customer.erase",
            "Erases what is known of whoever has a number, here, at Retell and where it can be at Cal.com",
            |ask: Ask, asked: erasures::Erase| async move {
                erasures::erase(&ask.house, &ask.who, &asked).await
            },
        )
        .destructive()
        .idempotent(),
        Method::reads(
            "customer.export",
            "Everything that is known of whoever has a number, as one document",
            |ask: Ask, asked: erasures::PersonAsked| async move {
                bundles::export(&ask.house, &ask.who, &asked).await
            },
        ),
    ]
}
