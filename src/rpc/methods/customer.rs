//! `customer.*`: who a company's customers are, and what they have had.

use crate::operations::people;
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
    ]
}
