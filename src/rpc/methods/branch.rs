//! `branch.*`: the branches as they are set up.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::operations::readiness::Look;
use crate::operations::{branches, readiness};
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

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Ready {
    /// A company's slug; all that the token sees where neither is named.
    company: Option<String>,
    /// The slug of a branch, whose company is meant.
    branch: Option<String>,
    /// Look at the books alone, and ask neither Retell nor Cal.com.
    offline: bool,
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
        Method::reads(
            "branch.readiness",
            "Whether calls can be taken, with what is to be put right",
            |ask: Ask, of: Ready| async move {
                let branch = of.branch.as_deref();
                let found =
                    branch.map(|slug| branches::get(&ask.house, &ask.who, slug, of.company.as_deref()));
                let company = found.transpose()?.map(|branch| branch.company).or(of.company);
                let look = Look { company: company.as_deref(), offline: of.offline, rehearse: false };
                readiness::check(&ask.house, &ask.site, &ask.who, look).await
            },
        )
        .of_the_set_up(),
    ]
}
