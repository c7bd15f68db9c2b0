//! The switchboard: finds the actor of a call, a branch, a calendar, an account, or starts it.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, PoisonError, RwLock};

use actix::Addr;
use actix_rt::ArbiterHandle;
use dashmap::mapref::entry::Entry;
use dashmap::{DashMap, DashSet};
use jiff::civil::Date;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::Settings;
use super::awaiting::Movements;
use super::branch::BranchActor;
use super::breaker::BreakerActor;
use super::budget::{BudgetActor, Ceiling};
use super::calendar::CalendarActor;
use super::call::{CallActor, Seed};
use super::line::Line;
use super::slots::Slots;
use super::supervisor::{Falls, supervise};
use super::trunk::{Trunk, Trunks};
use crate::clock::Clock;
use crate::domain::Hidden;
use crate::domain::burst::Burst;
use crate::domain::consent::Consent;
use crate::domain::directory::{Account, Directory};
use crate::domain::ids::{BranchId, CalendarId, CompanyId};
use crate::notify::Courier;
use crate::store::calls::WRITTEN;
use crate::store::journal::Delivery;
use crate::store::{self, Store};
use crate::{calcom, meters, retell};

/// How often a stopping house looks whether it is calm.
const CALM_PAUSE: std::time::Duration = std::time::Duration::from_millis(50);

/// A call as Retell knows it, within one tenant.
pub type CallKey = (CompanyId, Arc<str>);

/// The n-th conversation of that day that a program leads under a name of its own choice, as it stands where Retell's id of
/// a call would. Once one is over, the same name begins another.
pub fn written_id(name: &str, day: Date, nth: u32) -> Arc<str> {
    format!("{WRITTEN}{day}.{nth}:{name}").into()
}

/// Which of that day's conversations of one name it is.
pub fn nth_of(written_id: &str, day: Date) -> Option<u32> {
    let (nth, _) = written_id.strip_prefix(WRITTEN)?.strip_prefix(&format!("{day}."))?.split_once(':')?;
    nth.parse().ok()
}

/// Whether Retell knows nothing of a call: nobody tells of its end, and nobody can be asked about it.
pub(super) fn is_written(retell_call_id: &str) -> bool {
    retell_call_id.starts_with(WRITTEN)
}

/// The switchboard. Cheap to clone; one per process.
#[derive(Clone)]
pub struct Switchboard(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    settings: Settings,
    calcom: (reqwest::Client, calcom::Settings),
    trunks: Trunks,
    courier: Courier,
    /// Wrong signatures in the name of each company.
    wrong_signatures: DashMap<CompanyId, Burst>,
    /// Companies in whose name there were many.
    signature_bursts: DashSet<CompanyId>,
    directory: RwLock<Arc<Directory>>,
    /// Requests a minute of each account; of several that share one, the most careful counts.
    budgets: DashMap<String, u32>,
    calls: DashMap<CallKey, Addr<CallActor>>,
    branches: DashMap<BranchId, Addr<BranchActor>>,
    calendars: DashMap<CalendarId, Addr<CalendarActor>>,
    lines: DashMap<String, Line>,
    slots: Slots,
    movements: Movements,
    falls: Falls,
    threads: Threads,
    hasher: RandomState,
}

/// Where actors live: calls spread over several threads, the desk on one of its own.
#[derive(Clone, Debug)]
pub struct Threads {
    pub calls: Vec<ArbiterHandle>,
    pub desk: ArbiterHandle,
}

/// What leads outside, for all lines of the house.
#[derive(Debug)]
pub struct Outside {
    pub calcom: (reqwest::Client, calcom::Settings),
    pub retell: (reqwest::Client, retell::Settings),
    pub courier: Courier,
}

/// There are as many calls as this node may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("all lines are busy")]
pub struct Busy;

impl std::fmt::Debug for Switchboard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Switchboard({} calls)", self.0.calls.len())
    }
}

impl Switchboard {
    pub fn new(store: Store, clock: Clock, settings: Settings, outside: Outside, threads: Threads) -> Self {
        let slots = Slots::new(settings.slots_life_ms, clock);
        Self(Arc::new(Inner {
            store,
            clock,
            settings,
            calcom: outside.calcom,
            trunks: Trunks::new(outside.retell.0, outside.retell.1),
            courier: outside.courier,
            wrong_signatures: DashMap::new(),
            signature_bursts: DashSet::new(),
            directory: RwLock::default(),
            budgets: DashMap::new(),
            calls: DashMap::new(),
            branches: DashMap::new(),
            calendars: DashMap::new(),
            lines: DashMap::new(),
            slots,
            movements: Movements::default(),
            falls: Falls::default(),
            threads,
            hasher: RandomState::new(),
        }))
    }

    pub fn store(&self) -> &Store {
        &self.0.store
    }

    pub fn clock(&self) -> Clock {
        self.0.clock
    }

    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub fn slots(&self) -> &Slots {
        &self.0.slots
    }

    /// What carries messages out of the house.
    pub fn courier(&self) -> &Courier {
        &self.0.courier
    }

    /// Somebody has signed wrongly in the name of a company; many of that are told.
    pub fn wrong_signature(&self, company: CompanyId) {
        let now = self.0.clock.now();
        if self.0.wrong_signatures.entry(company).or_default().note(now) {
            self.0.signature_bursts.insert(company);
        }
    }

    /// The companies in whose name many have signed wrongly since this was last asked.
    pub(super) fn take_signature_bursts(&self) -> Vec<CompanyId> {
        let companies: Vec<CompanyId> = self.0.signature_bursts.iter().map(|company| *company).collect();
        companies.into_iter().filter(|company| self.0.signature_bursts.remove(company).is_some()).collect()
    }

    /// Where those who wait for a booking hear that it has moved.
    pub(super) fn movements(&self) -> &Movements {
        &self.0.movements
    }

    /// How often an actor had to be started again.
    pub fn falls(&self) -> u64 {
        self.0.falls.count()
    }

    /// Where work for the desk runs.
    pub fn desk(&self) -> &ArbiterHandle {
        &self.0.threads.desk
    }

    pub fn directory(&self) -> Arc<Directory> {
        self.0.directory.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on this is the directory; lines to accounts are made anew as they are needed.
    pub fn publish(&self, directory: Directory) {
        let mut budgets: HashMap<String, u32> = HashMap::new();
        for account in directory.companies().flat_map(|company| &company.accounts) {
            let budget = budgets.entry(account_name(account)).or_insert(u32::MAX);
            *budget = account.requests_per_minute.min(*budget);
        }
        for (name, budget) in budgets {
            let before = self.0.budgets.insert(name.clone(), budget);
            let line = self.0.lines.get(&name).filter(|_| before != Some(budget));
            // A mailbox without room would take a directory that changes all the time; the next one sets it right.
            if line.is_some_and(|line| line.budget().try_send(Ceiling(budget)).is_err()) {
                tracing::warn!(account = %name, "account {name} keeps its old budget until its file changes again");
            }
        }
        *self.0.directory.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(directory);
    }

    /// Something that came, as it is kept: with its body, where bodies are kept at all.
    pub fn delivery(&self, route: &'static str, event: String, body: &[u8]) -> Delivery {
        let keeps_bodies = self.0.settings.bodies_days > 0;
        Delivery {
            id: self.0.clock.mint().into(),
            route,
            event,
            once: None,
            our_number: None,
            signed_by: None,
            consent: Consent::default(),
            headers: None,
            body: keeps_bodies.then(|| Hidden(String::from_utf8_lossy(body).into_owned())),
        }
    }

    /// A client for an account that is not in the directory, without a budget or a breaker.
    pub fn client(&self, base_url: &str, key: SecretString) -> Result<calcom::Client, calcom::Error> {
        let (http, settings) = &self.0.calcom;
        calcom::Client::with_http(http.clone(), base_url, key, settings)
    }

    /// The versions of Cal.com's interface that are asked for.
    pub fn calcom_versions(&self) -> &calcom::Versions {
        &self.0.calcom.1.versions
    }

    /// The line to an account; None when its address or key cannot be used at all.
    pub fn line(&self, account: &Account) -> Option<Line> {
        let name = account_name(account);
        if let Some(line) = self.0.lines.get(&name) {
            return Some(line.clone());
        }
        let budget = self.0.budgets.get(&name).map_or(account.requests_per_minute, |budget| *budget);
        let client = self
            .client(&account.base_url, account.api_key.clone())
            .inspect_err(|error| tracing::error!(account = %name, error = error as &dyn std::error::Error, "account {name} cannot be used"))
            .ok()?;
        let line = self.0.lines.entry(name.clone()).or_insert_with(|| {
            let (rules, clock, actor_name) = (self.0.settings.breaker, self.0.clock, name.clone());
            let bell = self.0.store.bell().clone();
            let make = move || BreakerActor::new(rules, clock, actor_name, bell);
            let breaker = supervise(&self.0.threads.desk, &self.0.falls, format!("breaker {name}"), make);
            let waiting_max = self.0.settings.budget_waiting_max;
            let make = move || BudgetActor::new(budget, waiting_max, clock);
            let budget = supervise(&self.0.threads.desk, &self.0.falls, format!("budget {name}"), make);
            Line::new(client, breaker, budget, self.0.clock)
        });
        Some(line.clone())
    }

    /// The line to a company's workspace at Retell; None: there is no key for it, or its address cannot be used.
    pub async fn trunk(&self, company: CompanyId) -> Result<Option<Trunk>, store::Error> {
        let access = self.0.store.directory().retell_access(company).await?;
        Ok(access.and_then(|access| self.0.trunks.line(access)))
    }

    /// The line of an account by its name, if there has been traffic on it.
    pub fn living_line(&self, name: &str) -> Option<Line> {
        self.0.lines.get(name).map(|line| line.clone())
    }

    /// The actor of a call, found or started.
    pub fn call(&self, key: &CallKey, seed: &Seed) -> Result<Addr<CallActor>, Busy> {
        if let Some(actor) = self.living_call(key) {
            return Ok(actor);
        }
        if self.0.calls.len() >= self.0.settings.calls_max {
            meters::turned_away("calls");
            return Err(Busy);
        }
        let start = || {
            let (switchboard, key, seed) = (self.clone(), key.clone(), seed.clone());
            let name = format!("call of company {}", key.0);
            supervise(self.thread_of(&key.1), &self.0.falls, name, move || {
                CallActor::new(switchboard, key, seed)
            })
        };
        Ok(match self.0.calls.entry(key.clone()) {
            Entry::Occupied(entry) if entry.get().connected() => entry.get().clone(),
            Entry::Occupied(mut entry) => {
                entry.insert(start());
                entry.get().clone()
            }
            Entry::Vacant(entry) => entry.insert(start()).clone(),
        })
    }

    pub fn living_call(&self, key: &CallKey) -> Option<Addr<CallActor>> {
        self.0.calls.get(key).map(|actor| actor.clone()).filter(Addr::connected)
    }

    /// A call's actor says good-bye; only itself, not one that came after it.
    pub fn forget_call(&self, key: &CallKey, actor: &Addr<CallActor>) {
        self.0.calls.remove_if(key, |_, there| there == actor);
    }

    /// How many actors are in memory, by kind.
    pub fn actors_count(&self) -> Vec<(&'static str, usize)> {
        let Inner { calls, branches, calendars, lines, .. } = &*self.0;
        vec![
            ("call", calls.len()),
            ("branch", branches.len()),
            ("calendar", calendars.len()),
            ("breaker", lines.len()),
        ]
    }

    pub fn branch(&self, company: CompanyId, id: BranchId) -> Addr<BranchActor> {
        let start = || {
            let switchboard = self.clone();
            let make = move || BranchActor::new(id, company, switchboard);
            supervise(&self.0.threads.desk, &self.0.falls, format!("branch {id}"), make)
        };
        self.0.branches.entry(id).or_insert_with(start).clone()
    }

    pub fn calendar(&self, company: CompanyId, id: CalendarId) -> Addr<CalendarActor> {
        let start = || {
            let switchboard = self.clone();
            let make = move || CalendarActor::new(id, company, switchboard);
            supervise(&self.0.threads.desk, &self.0.falls, format!("calendar {id}"), make)
        };
        self.0.calendars.entry(id).or_insert_with(start).clone()
    }

    pub fn living_calendar(&self, id: CalendarId) -> Option<Addr<CalendarActor>> {
        self.0.calendars.get(&id).map(|actor| actor.clone())
    }

    /// Comes back when no calendar has a request under way.
    pub async fn calm(&self) {
        loop {
            let calendars: Vec<_> = self.0.calendars.iter().map(|entry| entry.value().clone()).collect();
            let mut busy = false;
            for calendar in calendars {
                let described = calendar.send(super::calendar::Describe).await;
                busy |= described.is_ok_and(|described| described.in_flight.is_some());
            }
            if !busy {
                return;
            }
            actix_rt::time::sleep(CALM_PAUSE).await;
        }
    }

    /// Lets go of all actors, so that the process can end.
    pub fn close(&self) {
        self.0.calls.clear();
        self.0.branches.clear();
        self.0.calendars.clear();
        self.0.lines.clear();
    }

    fn thread_of(&self, retell_call_id: &str) -> &ArbiterHandle {
        let threads = &self.0.threads;
        let count = u64::try_from(threads.calls.len().max(1)).unwrap_or(1);
        let index = usize::try_from(self.0.hasher.hash_one(retell_call_id) % count).unwrap_or(0);
        threads.calls.get(index).unwrap_or(&threads.desk)
    }
}

/// An account's name in breakers and logs: its address and a fingerprint of its key, so that sharers of a key share it.
pub fn account_name(account: &Account) -> String {
    let print = Sha256::digest(account.api_key.expose_secret().as_bytes());
    let host = account.base_url.split("://").nth(1).unwrap_or(&account.base_url).trim_end_matches('/');
    format!("{}-{}", host.replace(['/', ':'], "-"), hex::encode(&print[..4]))
}
