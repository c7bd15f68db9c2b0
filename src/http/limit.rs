//! Limits at the door: by source for strangers, by company, call and token for those we know, and for all together.

mod connections;
mod gate;
mod letter;
mod rate;
mod sources;
mod wall;

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::HttpRequest;
use dashmap::DashMap;
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::domain::ids::CompanyId;
use crate::meters;

pub use connections::Greeter;
use connections::{Connections, Guest};
pub use gate::gate;
pub(super) use letter::Letter;
pub(super) use rate::Over;
use rate::Rate;
pub(super) use sources::Source;
use sources::Sources;
use wall::Wall;

/// Calls and tokens counted before those that have been quiet are forgotten.
const KEYS_MAX: usize = 100_000;

/// Settings of the `[limits]` table. Where a figure per minute is 0, there is no such limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How long a connection may take to send the head of its first request, in milliseconds.
    pub head_wait_ms: u64,
    /// How long a body may take, in milliseconds, before it has to have come at the least rate.
    pub body_wait_ms: u64,
    /// The least rate of a body after that, in bytes a second.
    pub body_bytes_per_second_min: u64,
    /// How long a known peer may keep an idle connection, in milliseconds.
    pub keep_alive_ms: u64,
    /// How long sent bytes may go unacknowledged before the connection is cut, in milliseconds.
    pub write_wait_ms: u32,
    pub connections_max: usize,
    /// Connections that the system keeps for us before they are accepted.
    pub backlog_max: u32,
    /// A connection is a stranger's until a signature or token on it was right.
    pub stranger_connections_max: usize,
    pub stranger_connections_per_source_max: usize,
    /// Bytes of bodies that nobody has vouched for yet, in memory at once.
    pub stranger_bytes_max: usize,
    pub stranger_bytes_per_source_max: usize,
    /// The same for sources where somebody has signed rightly, all together.
    pub proven_bytes_max: usize,
    pub wrong_signatures_per_minute: u32,
    pub wrong_tokens_per_minute: u32,
    /// How long a source that was wrong too often is not listened to, in milliseconds.
    pub barred_ms: u64,
    /// Addresses that are never barred as a whole.
    pub known_sources: Vec<IpAddr>,
    /// Requests being answered at once, of those who have proved themselves.
    pub requests_max: usize,
    /// The same of strangers, who take nobody else's place.
    pub stranger_requests_max: usize,
    /// Signed deliveries for numbers that nobody here has, a minute.
    pub unknown_requests_per_minute: u32,
    /// Log-ins with e-mail and password a minute from one address, right or wrong: each costs a processor a moment.
    pub log_ins_per_minute: u32,
    pub company_requests_per_minute: u32,
    pub call_requests_per_minute: u32,
    pub token_requests_per_minute: u32,
}

/// Everything that is counted at the door.
pub(super) struct Limits {
    settings: Settings,
    clock: Clock,
    sources: Sources,
    connections: Connections,
    wall: Arc<Wall>,
    stranger_bytes: AtomicUsize,
    bytes_by_source: DashMap<Source, usize>,
    /// Bytes of unverified bodies from sources where somebody has signed rightly.
    proven_bytes: AtomicUsize,
    requests: AtomicUsize,
    stranger_requests: AtomicUsize,
    unknown: Rate<()>,
    log_ins: Rate<Source>,
    companies: Rate<CompanyId>,
    calls: Rate<(CompanyId, u64)>,
    tokens: Rate<u64>,
    hasher: RandomState,
}

impl Limits {
    pub(super) fn new(settings: &Settings, trusted_proxies: &[IpAddr], clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            sources: Sources::new(settings, trusted_proxies),
            connections: Connections::new(settings),
            wall: Wall::new(clock),
            stranger_bytes: AtomicUsize::new(0),
            bytes_by_source: DashMap::new(),
            proven_bytes: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
            stranger_requests: AtomicUsize::new(0),
            unknown: Rate::per_minute(settings.unknown_requests_per_minute, 1),
            log_ins: Rate::per_minute(settings.log_ins_per_minute, KEYS_MAX),
            companies: Rate::per_minute(settings.company_requests_per_minute, KEYS_MAX),
            calls: Rate::per_minute(settings.call_requests_per_minute, KEYS_MAX),
            tokens: Rate::per_minute(settings.token_requests_per_minute, KEYS_MAX),
            hasher: RandomState::new(),
            settings: settings.clone(),
            clock,
        })
    }

    /// Where a request comes from: the peer, or whom a trusted proxy names.
    pub(super) fn source(&self, request: &HttpRequest) -> Option<Source> {
        self.sources.of(request)
    }

    /// Whether this source may have no more tries at whose signature it might be.
    pub(super) fn may_not_guess(&self, source: Option<Source>) -> bool {
        source.is_some_and(|source| self.sources.signature_bar(source, self.clock.now()).is_some())
    }

    /// A signature was missing, stale or wrong. Where somebody has signed rightly it is not counted: one company's wrong key
    /// must not end what all of Retell's other customers get from the same addresses.
    pub(super) fn wrong_signature(&self, request: &HttpRequest) {
        let now = self.clock.now();
        if let Some(source) = self.source(request).filter(|source| !self.sources.is_proven(*source, now)) {
            self.sources.wrong_signature(source, now);
        }
    }

    /// A signature for a number nobody has was by no key of this house.
    pub(super) fn wrong_guess(&self, request: &HttpRequest) {
        if let Some(source) = self.source(request) {
            self.sources.wrong_signature(source, self.clock.now());
        }
    }

    /// How long whoever logs in with a password has to wait, if there were too many from there.
    pub(super) fn log_in(&self, request: &HttpRequest) -> Option<Duration> {
        let wait = self.log_ins.check(&self.source(request)?).err()?;
        meters::turned_away("log_ins");
        Some(wait)
    }

    /// How long deliveries for unknown numbers have to wait, if there were too many.
    pub(super) fn over_unknown(&self) -> Option<Duration> {
        let wait = self.unknown.check(&()).err()?;
        meters::turned_away("unknown_numbers");
        Some(wait)
    }

    /// A signature was right: its source and its connection are no strangers any more.
    pub(super) fn right_signature(&self, request: &HttpRequest) {
        if let Some(source) = self.source(request) {
            self.sources.prove(source, self.clock.now());
            self.wall.let_in(source);
        }
        vouch(request);
    }

    /// How long nobody at this source may try a token.
    pub(super) fn token_bar(&self, request: &HttpRequest) -> Option<Duration> {
        let bar = self.sources.token_bar(self.source(request)?, self.clock.now())?;
        meters::turned_away("wrong_tokens");
        Some(bar)
    }

    /// A token or password was wrong.
    pub(super) fn wrong_token(&self, request: &HttpRequest) {
        if let Some(source) = self.source(request) {
            self.sources.wrong_token(source, self.clock.now());
        }
    }

    /// A token was right: how long it has to wait if it was used too often.
    pub(super) fn right_token(&self, request: &HttpRequest, token: &str) -> Option<Duration> {
        vouch(request);
        let wait = self.tokens.check(&self.hasher.hash_one(token)).err()?;
        meters::turned_away("token");
        Some(wait)
    }

    /// The further questions of a batch, of which none is counted unless the token's minute still holds all.
    pub(super) fn more(&self, token: &str, questions: usize) -> Result<(), Over> {
        let questions = u32::try_from(questions).unwrap_or(u32::MAX);
        let over = self.tokens.check_all(&self.hasher.hash_one(token), questions);
        over.inspect_err(|_| meters::turned_away("token"))
    }

    /// How long a company, or one call of it, has to wait if it asked too often.
    pub(super) fn over(&self, company: CompanyId, retell_call_id: Option<&str>) -> Option<Duration> {
        if let Some(id) = retell_call_id
            && let Err(wait) = self.calls.check(&(company, self.hasher.hash_one(id)))
        {
            meters::turned_away("call");
            return Some(wait);
        }
        let wait = self.companies.check(&company).err()?;
        meters::turned_away("company");
        Some(wait)
    }
}

/// What comes on this connection from now on is no stranger's.
pub(super) fn vouch(request: &HttpRequest) {
    if let Some(guest) = request.conn_data::<Guest>() {
        guest.vouch();
    }
}

/// Adds to a figure unless that takes it over its bound.
fn take(figure: &AtomicUsize, more: usize, max: usize) -> bool {
    let add = |now: usize| now.checked_add(more).filter(|then| *then <= max);
    figure.fetch_update(Ordering::AcqRel, Ordering::Acquire, add).is_ok()
}

fn give_back(figure: &AtomicUsize, less: usize) {
    figure.fetch_sub(less, Ordering::AcqRel);
}

/// Seconds for `Retry-After`: at least one, and rounded up.
pub(super) fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0 || wait.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_never_passes_its_bound() {
        let figure = AtomicUsize::new(0);

        assert!(take(&figure, 6, 10));
        assert!(!take(&figure, 5, 10));
        assert!(!take(&figure, usize::MAX, 10));
        give_back(&figure, 1);
        assert!(take(&figure, 5, 10));
    }

    #[test]
    fn retry_after_is_rounded_up_and_never_nothing() {
        let seconds = [0, 1, 1_000, 1_001].map(|ms| seconds(Duration::from_millis(ms)));

        assert_eq!(seconds, [1, 1, 1, 2]);
    }
}
