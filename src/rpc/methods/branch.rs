//! `branch.*`: the branches as they are set up.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::operations::branches;
use crate::rpc::table::{Ask, Method};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct OfCompany {
    /// A company's slug; all that the token sees where none is named.
    company: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct One {
    /// Its slug.
    branch: String,
    /// Needed where several companies have a branch of that slug.
    company: Option<String>,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::reads(
            "branch.list",
            "Branches in use, with hours, numbers and services",
            |ask: Ask, of: OfCompany| async move { branches::list(&ask.house, &ask.who, of.company.as_deref()) },
        ),
        Method::reads(
            "branch.get",
            "One branch, with hours, numbers and services",
            |ask: Ask, one: One| async move {
                branches::get(&ask.house, &ask.who, &one.branch, one.company.as_deref())
            },
        ),
    ]
}
