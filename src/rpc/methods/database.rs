//! `database.*`: the books by named views, read only, always within one company.

use crate::operations::{branches, people, queues, statistics, views};
use crate::rpc::table::{Ask, Method, Nothing};

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::reads(
            "database.getSchema",
            "The views that may be asked, with their columns",
            |ask: Ask, Nothing {}| async move { views::schema(&ask.who) },
        ),
        Method::reads(
            "database.query",
            "Rows of a view that fit; no SQL is taken",
            |ask: Ask, query: views::Query| async move { views::query(&ask.house, &ask.who, &query).await },
        ),
        Method::reads(
            "database.search",
            "People, appointments and calls by a part of a name or a number",
            |ask: Ask, text: people::Text| async move { people::search(&ask.house, &ask.who, &text).await },
        ),
        Method::reads(
            "database.getFailedAppointments",
            "Bookings that came to nothing or are in doubt, with who is called back about them",
            |ask: Ask, asked: queues::Failed| async move { queues::failed(&ask.house, &ask.who, &asked).await },
        ),
        Method::reads(
            "database.getCallStats",
            "Calls counted by day, branch or outcome",
            |ask: Ask, query: statistics::Query| async move {
                statistics::calls(&ask.house, &ask.who, &query).await
            },
        )
        .of_the_set_up(),
        Method::reads(
            "database.getPhoneBranchMapping",
            "Which number rings at which branch",
            |ask: Ask, which: branches::Which| async move { branches::numbers(&ask.house, &ask.who, &which) },
        ),
    ]
}
