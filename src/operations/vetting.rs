//! A company's event types are looked at before it is taken in: what cannot be booked safely is refused, with the reason.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};

use secrecy::SecretString;

use super::readiness::gather::known;
use crate::actors::Switchboard;
use crate::calcom::Client;
use crate::clock::{Clock, Stopwatch};
use crate::domain::directory::Company;
use crate::domain::plan::keys::reference;
use crate::domain::plan::{CalcomPlan, Plan};
use crate::domain::readiness::{Unbookable, unbookable};
use crate::store::directory::Keys;

/// How long Cal.com is asked about one company altogether, in milliseconds.
const PATIENCE_MS: u64 = 10_000;
/// Questions under way at a time.
const AT_ONCE_MAX: usize = 4;

/// What was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vetted {
    /// Why the company cannot be taken in as its file says; each with what to do.
    pub refused: Vec<String>,
    /// What could not be looked at, and why.
    pub unseen: Vec<String>,
}

/// Asks Cal.com about every event type the plan names.
pub async fn vet(house: &Switchboard, plan: &Plan, keys: &Keys) -> Vetted {
    let keys = plan.accounts().zip(&keys.accounts).map(|(account, (key, _))| (account, key.clone()));
    look_at(house, plan, keys).await
}

/// The same where the keys are those in use, except for the accounts whose key the plan itself names.
pub async fn vet_kept(house: &Switchboard, company: &Company, plan: &Plan) -> Vetted {
    let keys = plan.accounts().map(|account| {
        let own = company.accounts.iter().find(|own| own.name == account.name);
        let own = own.filter(|_| account.api_key.is_empty() || reference(&account.api_key).is_some());
        (account, own.map_or_else(|| account.api_key.as_str().into(), |own| own.api_key.clone()))
    });
    look_at(house, plan, keys).await
}

async fn look_at<'p>(
    house: &Switchboard,
    plan: &'p Plan,
    keys: impl Iterator<Item = (&'p CalcomPlan, SecretString)>,
) -> Vetted {
    let watch = Clock::stopwatch();
    let clients: BTreeMap<&str, Option<Client>> = keys
        .map(|(account, key)| (account.name.as_str(), house.client(&account.base_url, key).ok()))
        .collect();
    let mut named: BTreeMap<(&str, i64), Vec<String>> = BTreeMap::new();
    for branch in &plan.branch {
        for service in &branch.service {
            for offer in service.offers() {
                let account = plan.account_of(offer.calendar());
                let place = format!("branch {}, service {}", branch.slug, service.slug);
                named.entry((account, offer.event_type_id)).or_default().push(place);
            }
        }
    }
    let asked = named.into_iter().map(|((account, id), places)| {
        let client = clients.get(account).cloned().flatten();
        async move { look(client, id, &places.join("; "), &watch).await }
    });
    let seen: Vec<Vetted> = stream::iter(asked).buffered(AT_ONCE_MAX).collect().await;
    seen.into_iter().fold(Vetted::default(), |mut all, one| {
        all.refused.extend(one.refused);
        all.unseen.extend(one.unseen);
        all
    })
}

async fn look(client: Option<Client>, id: i64, places: &str, watch: &Stopwatch) -> Vetted {
    let unseen = |why: &str| Vetted {
        refused: Vec::new(),
        unseen: vec![format!(
            "{places}: event type {id} was not looked at, {why}; `fernamt check` looks at it again"
        )],
    };
    let Some(client) = client else { return unseen("the account's address or key cannot be used") };
    match within(watch, client.event_type(id)).await {
        Some(Ok(Some(found))) => {
            let told = unbookable(&known(found)).into_iter().map(|Unbookable { why, fix }| {
                format!("{places}: event type {id}: {why}; at Cal.com → Event types → {id}: {fix}")
            });
            Vetted { refused: told.collect(), unseen: Vec::new() }
        }
        Some(Ok(None)) => unseen("Cal.com has none of that number that this key may read"),
        Some(Err(failure)) => unseen(&failure.to_string()),
        None => unseen("Cal.com takes too long"),
    }
}

async fn within<T>(watch: &Stopwatch, question: impl Future<Output = T>) -> Option<T> {
    let left: Duration = watch.left_of(PATIENCE_MS);
    tokio::time::timeout(left, question).await.ok()
}
