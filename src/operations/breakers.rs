//! The circuit breakers of the Cal.com accounts, as people see and reset them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use utoipa::ToSchema;

use super::audit::{self, Action, Deed};
use super::{Error, List, Principal};
use crate::actors::Switchboard;
use crate::actors::breaker::{Describe, Description, Reset};
use crate::actors::switchboard::account_name;
use crate::domain::breaker::Face;
use crate::domain::directory::Company;

/// A breaker as it is shown; sharers of a key share one.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct BreakerView {
    pub id: String,
    pub companies: Vec<String>,
    /// `closed`, `open`, `half_open` or `misconfigured`.
    #[schema(value_type = String)]
    #[schemars(with = "String")]
    pub state: Face,
    pub failures: u32,
    pub opens: u64,
    pub retry_at: Option<String>,
}

pub async fn list(house: &Switchboard, who: &Principal) -> Result<List<BreakerView>, Error> {
    who.may_see_calls()?;
    let mut items = Vec::new();
    for (id, companies) in accounts(house, who) {
        items.push(view(house, id, companies).await?);
    }
    Ok(List { items, next_cursor: None })
}

/// Closes breakers by the account's id or by a company's slug; says how they stand afterwards.
pub async fn reset(house: &Switchboard, who: &Principal, id: &str) -> Result<List<BreakerView>, Error> {
    who.may_see_calls()?;
    let mut items = Vec::new();
    for (account, companies) in accounts(house, who) {
        if account != id && !companies.iter().any(|slug| slug == id) {
            continue;
        }
        // Whoever does not see all who share it must not decide for them.
        if sharers(house, &account) > companies.len() {
            return Err(Error::Forbidden);
        }
        if let Some(line) = house.living_line(&account) {
            line.breaker().send(Reset).await.map_err(|_| Error::NoAnswer)?;
        }
        let directory = house.directory();
        let of = companies.iter().filter_map(|slug| directory.company_by_slug(slug));
        for company in of {
            let deed = Deed::new(Action::BreakerReset).at(company.id).about("account", &account);
            audit::done(house, who, deed).await?;
        }
        items.push(view(house, account, companies).await?);
    }
    if items.is_empty() { Err(Error::NotFound("breaker")) } else { Ok(List { items, next_cursor: None }) }
}

/// Accounts the principal can see, each with its companies.
fn accounts(house: &Switchboard, who: &Principal) -> BTreeMap<String, Vec<String>> {
    let mut accounts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for company in house.directory().companies().filter(|company| who.sees(company.id)) {
        for account in &company.accounts {
            accounts.entry(account_name(account)).or_default().push(company.slug.clone());
        }
    }
    accounts
}

/// Whether the principal sees a company of that account.
pub(super) fn has_account(house: &Switchboard, who: &Principal, account: &str) -> bool {
    accounts(house, who).contains_key(account)
}

/// How many companies share an account's key.
fn sharers(house: &Switchboard, account: &str) -> usize {
    let directory = house.directory();
    let shares =
        |company: &&std::sync::Arc<Company>| company.accounts.iter().any(|own| account_name(own) == account);
    directory.companies().filter(shares).count()
}

async fn view(house: &Switchboard, id: String, companies: Vec<String>) -> Result<BreakerView, Error> {
    let unused = Description { face: Face::Closed, failures: 0, opens: 0, retry_at: None };
    let described = match house.living_line(&id) {
        Some(line) => line.breaker().send(Describe).await.map_err(|_| Error::NoAnswer)?,
        None => unused,
    };
    Ok(BreakerView {
        id,
        companies,
        state: described.face,
        failures: described.failures,
        opens: described.opens,
        // A refused key is not tried again at any time, but when it is replaced or reset.
        retry_at: described.retry_at.filter(|at| *at < jiff::Timestamp::MAX).map(|at| at.to_string()),
    })
}
