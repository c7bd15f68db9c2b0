//! `callback.*`: who is to be called back, and what came of it.

use crate::operations::callbacks;
use crate::rpc::table::{Ask, Method};

pub(super) fn methods() -> Vec<Method> {
    vec![Method::reads(
        "callback.list",
        "Callback items, those due first at the head",
        |ask: Ask, query: callbacks::Query| async move { callbacks::list(&ask.house, &ask.who, &query).await },
    )]
}
