//! Asking Retell and Cal.com how a company is set up: reading only, a few questions at a time, and not for ever.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _};
use futures_util::stream::{self, StreamExt as _};

use super::Site;
use crate::actors::Switchboard;
use crate::actors::line::{Line, Unread};
use crate::calcom::{self, SchedulingType};
use crate::clock::{Clock, Stopwatch};
use crate::domain::directory::{Account, Company};
use crate::domain::ids::AccountId;
use crate::domain::readiness::{
    AccountFacts, Agent, Asked, Binding, EventType, Facts, Knowledge, Number, Scheduling, Signing,
    Subscription, Workspace,
};
use crate::operations::Principal;
use crate::retell;
use crate::retell::signature::fingerprint;
use crate::store::Error;
use crate::store::directory::Signatures;

/// Questions of Cal.com's form that the house answers.
const ANSWERED: [&str; 4] = ["name", "splitName", "email", "phone"];

/// What Retell says of a company's numbers and agents.
pub(in crate::operations) async fn workspace(
    house: &Switchboard,
    site: &Site,
    company: &Company,
) -> Result<Workspace, Error> {
    Inquiry::new(house, site, company, false).workspace().await
}

/// One company's check.
pub(super) struct Inquiry<'a> {
    house: &'a Switchboard,
    site: &'a Site,
    company: &'a Company,
    offline: bool,
    watch: Stopwatch,
}

impl<'a> Inquiry<'a> {
    pub(super) fn new(house: &'a Switchboard, site: &'a Site, company: &'a Company, offline: bool) -> Self {
        Self { house, site, company, offline, watch: Clock::stopwatch() }
    }

    pub(super) async fn facts(&self, who: &Principal) -> Result<Facts, Error> {
        let accounts = futures_util::future::join_all(
            self.company
                .accounts
                .iter()
                .filter(|account| account.is_active)
                .map(|account| async move { (account.id, self.account(account).await) }),
        );
        let (retell, accounts) = futures_util::future::join(self.workspace(), accounts).await;
        let accounts: BTreeMap<AccountId, AccountFacts> = accounts.into_iter().collect();
        let event_types = self.event_types(&accounts).await;
        Ok(Facts {
            now: self.house.clock().now(),
            house: self.site.house(who),
            retell: retell?,
            accounts,
            event_types,
        })
    }

    async fn workspace(&self) -> Result<Workspace, Error> {
        let access = self.house.store().directory().retell_access(self.company.id).await?;
        let mut workspace = Workspace {
            base_url: access.as_ref().map(|access| access.base_url.clone()).unwrap_or_default(),
            has_webhook_key: access.as_ref().is_some_and(|access| access.has_webhook_key),
            signing: self.signing().await?,
            numbers: Asked::NotAsked,
            agents: BTreeMap::new(),
        };
        let Some(key) = access.and_then(|access| access.api_key) else { return Ok(workspace) };
        let (http, settings) = &self.site.retell;
        let client = match retell::Client::new(http.clone(), &workspace.base_url, key, settings) {
            Ok(client) => client,
            Err(failure) => {
                workspace.numbers = Asked::Failed(failure.to_string());
                return Ok(workspace);
            }
        };
        workspace.numbers = self.ask(async { of_retell(client.numbers().await) }).await;
        if let Asked::Known(numbers) = &workspace.numbers {
            workspace.agents = self.agents(&client, numbers).await;
        }
        Ok(workspace)
    }

    /// What has come, by the keys that signed it.
    async fn signing(&self) -> Result<Signing, Error> {
        let directory = self.house.store().directory();
        let Some(signing) = directory.signing(self.company.id).await? else { return Ok(Signing::default()) };
        let heard = match &signing.key {
            Some(key) => directory.signatures(self.company.id, &fingerprint(key)).await?,
            None => Signatures::default(),
        };
        Ok(Signing {
            has_previous: signing.has_previous_of_file || signing.replaced_until.is_some(),
            previous_until: signing.replaced_until,
            seen_at: heard.seen_at,
            refused_at: heard.refused_at,
        })
    }

    async fn agents(
        &self,
        client: &retell::Client,
        numbers: &[Number],
    ) -> BTreeMap<String, Asked<Option<Agent>>> {
        let ids: BTreeSet<&String> =
            self.company.branches.iter().filter_map(|branch| branch.agent_id.as_ref()).collect();
        // Boxed, so that who waits for it may change threads: the compiler cannot see that through a stream of closures.
        let asked: Vec<BoxFuture<'_, _>> =
            ids.into_iter().map(|id| self.agent(client, numbers, id).boxed()).collect();
        stream::iter(asked).buffer_unordered(self.site.settings.at_once_max.max(1)).collect().await
    }

    async fn agent(
        &self,
        client: &retell::Client,
        numbers: &[Number],
        id: &str,
    ) -> (String, Asked<Option<Agent>>) {
        let version = self.version_of(id, numbers);
        (id.to_owned(), self.ask(async { of_retell(client.agent(id, version).await) }).await)
    }

    /// The version that answers this company's numbers, if one of them names it.
    fn version_of<'n>(&self, id: &str, numbers: &'n [Number]) -> Option<&'n str> {
        let ours =
            self.company.branches.iter().flat_map(|branch| &branch.numbers).chain(&self.company.hotlines);
        let ours: Vec<&str> = ours.map(crate::domain::phone::PhoneNumber::e164).collect();
        let bound = numbers.iter().filter(|number| ours.contains(&number.e164.as_str()));
        let mut bound = bound.flat_map(|number| &number.inbound_agents);
        bound.find(|binding: &&Binding| binding.agent_id == id)?.version.as_deref()
    }

    async fn account(&self, account: &Account) -> AccountFacts {
        let Some(line) = self.house.line(account) else {
            let why = "base_url is no http or https address, or the key holds characters no key has";
            return AccountFacts { me: Asked::Failed(why.into()), ..AccountFacts::default() };
        };
        let me = self.ask(async { of_calcom(line.me().await.map(|me| me.id)) }).await;
        if me.known().is_none() {
            return AccountFacts { me, ..AccountFacts::default() };
        }
        let lists = self
            .ask(async {
                match of_calcom(line.lists(None).await) {
                    Asked::Known(Some(_)) => Asked::Known(()),
                    Asked::Known(None) | Asked::BadKey => Asked::BadKey,
                    Asked::NotAsked => Asked::NotAsked,
                    Asked::Failed(why) => Asked::Failed(why),
                }
            })
            .await;
        // Only where something is missing is there anything to propose.
        let is_missing = self
            .company
            .branches
            .iter()
            .flat_map(|branch| &branch.services)
            .any(|service| service.offers.is_empty());
        let own = if is_missing {
            self.ask(async { of_calcom(line.event_types().await) }).await
        } else {
            Asked::NotAsked
        };
        let own = own.known().into_iter().flatten();
        let own_event_types = own.map(|one| (one.id, one.title.clone(), one.length_minutes)).collect();
        let webhooks = match account.webhook_secret {
            Some(_) => self.ask(async { of_calcom(line.webhooks().await.map(subscriptions)) }).await,
            None => Asked::NotAsked,
        };
        AccountFacts { me, lists, own_event_types, webhooks }
    }

    async fn event_types(
        &self,
        accounts: &BTreeMap<AccountId, AccountFacts>,
    ) -> BTreeMap<(AccountId, i64), Knowledge> {
        let company = self.company;
        let offers = company.branches.iter().flat_map(|branch| &branch.services).flat_map(|one| &one.offers);
        let keys: BTreeSet<(AccountId, i64)> = offers
            .filter_map(|offer| Some((company.calendar(offer.calendar)?.account, offer.event_type_id)))
            .collect();
        let asked = keys.into_iter().map(|key| async move {
            let account = company.accounts.iter().find(|account| account.id == key.0);
            let me = accounts.get(&key.0).map(|known| &known.me);
            let knowledge = match (account.and_then(|account| self.house.line(account)), me) {
                (Some(line), Some(Asked::Known(me))) => self.event_type(&line, key.1, me).await,
                (_, Some(Asked::BadKey)) => Knowledge { event_type: Asked::BadKey, ..Knowledge::default() },
                _ => Knowledge::default(),
            };
            (key, knowledge)
        });
        stream::iter(asked).buffer_unordered(self.site.settings.at_once_max.max(1)).collect().await
    }

    async fn event_type(&self, line: &Line, id: i64, me: &str) -> Knowledge {
        let found = async { of_calcom(line.event_type(id).await.map(|found| found.map(known))) };
        let event_type = self.ask(found).await;
        // Of one's own event types one lists the bookings anyway.
        let is_of_others = event_type
            .known()
            .and_then(Option::as_ref)
            .is_some_and(|event_type| !event_type.hosts.iter().any(|host| host == me));
        let has_listed_booking = is_of_others && {
            let listed = self.ask(async { of_calcom(line.lists(Some(id)).await) }).await;
            listed == Asked::Known(Some(true))
        };
        Knowledge { event_type, has_listed_booking }
    }

    async fn ask<T>(&self, question: impl Future<Output = Asked<T>>) -> Asked<T> {
        if self.offline {
            return Asked::NotAsked;
        }
        let left: Duration = self.watch.left_of(self.site.settings.patience_ms);
        let answer = tokio::time::timeout(left, question).await;
        answer.unwrap_or_else(|_| Asked::Failed("the time for the check is over".into()))
    }
}

fn of_retell<T>(answer: Result<T, retell::ReadFailure>) -> Asked<T> {
    match answer {
        Ok(known) => Asked::Known(known),
        Err(retell::ReadFailure::BadKey) => Asked::BadKey,
        Err(failure) => Asked::Failed(failure.to_string()),
    }
}

fn of_calcom<T>(answer: Result<T, Unread>) -> Asked<T> {
    match answer {
        Ok(known) => Asked::Known(known),
        Err(Unread::Failed(failure)) if failure.is_bad_key() => Asked::BadKey,
        Err(Unread::Failed(failure)) => Asked::Failed(failure.to_string()),
        Err(Unread::Kept(kept)) => Asked::Failed(kept.why.to_owned()),
    }
}

fn subscriptions(of: Vec<calcom::webhook::Subscription>) -> Vec<Subscription> {
    let one = |of: calcom::webhook::Subscription| Subscription {
        url: of.url,
        is_active: of.is_active,
        triggers: of.triggers,
    };
    of.into_iter().map(one).collect()
}

/// What of an event type decides whether it can be booked.
pub(in crate::operations) fn known(of: calcom::EventType) -> EventType {
    let questions = of.required_fields().filter(|field| !field.is_hidden);
    let questions = questions.filter(|field| !ANSWERED.contains(&field.kind.as_str()));
    EventType {
        required_questions: questions.map(|field| field.slug.clone()).collect(),
        allows_phone_only: of.allows_phone_only(),
        hosts: if of.host_ids.is_empty() { of.owner_id.into_iter().collect() } else { of.host_ids },
        title: of.title,
        length_minutes: of.length_minutes,
        length_options: of.length_options,
        scheduling: match of.scheduling_type {
            None => Scheduling::Personal,
            Some(SchedulingType::RoundRobin) => Scheduling::RoundRobin,
            Some(SchedulingType::Collective) => Scheduling::Collective,
            Some(SchedulingType::Managed) => Scheduling::Managed,
            Some(SchedulingType::Other(_)) => Scheduling::Unknown,
        },
        requires_confirmation: of.requires_confirmation,
        seats: of.seats,
        is_recurring: of.is_recurring,
        price: of.price,
        minimum_notice_minutes: of.minimum_notice_minutes,
        buffer_minutes: of.buffer_before_minutes + of.buffer_after_minutes,
        requires_email_verification: of.requires_email_verification,
        requires_authentication: of.requires_authentication,
        is_instant: of.is_instant,
        is_hidden: of.is_hidden,
        window_days: of.window_days,
        window_until: of.window_until,
        disables_cancelling: of.disables_cancelling,
        disables_rescheduling: of.disables_rescheduling,
    }
}
