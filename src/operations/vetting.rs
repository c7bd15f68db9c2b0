//! A company's event types are looked at before it is taken in: what cannot be booked safely is refused, with the reason.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};

use super::readiness::gather::known;
use crate::actors::Switchboard;
use crate::calcom::Client;
use crate::clock::{Clock, Stopwatch};
use crate::domain::plan::Plan;
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
    let watch = Clock::stopwatch();
    let clients: BTreeMap<&str, Option<Client>> = plan
        .accounts()
        .zip(&keys.accounts)
        .map(|(account, (key, _))| (account.name.as_str(), house.client(&account.base_url, key.clone()).ok()))
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
