//! Where requests come from: who was wrong too often is not listened to, unless somebody there has signed rightly.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Once;
use std::time::Duration;

use actix_web::HttpRequest;
use dashmap::DashMap;
use jiff::{SignedDuration, Timestamp};

use super::Settings;
use super::rate::Rate;
use crate::domain::retry::{later, millis};

/// Sources remembered before those whose time is over are forgotten.
const SOURCES_MAX: usize = 10_000;
/// For how long a right signature speaks for its source.
const PROVEN_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How old that word may grow before it is renewed, so that not every request writes.
const RENEWED_AFTER: SignedDuration = SignedDuration::from_mins(1);

const FORWARDED: &str = "x-forwarded-for";

/// Who sends: an IPv4 address, or the /64 of an IPv6 address, since whoever has one of those has them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::http) struct Source(IpAddr);

impl From<IpAddr> for Source {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(v6) => Self(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into()),
            v4 @ IpAddr::V4(_) => Self(v4),
        }
    }
}

impl Source {
    /// Its address; of an IPv6 source the first of its network.
    pub(super) fn address(self) -> IpAddr {
        self.0
    }
}

/// What is remembered of sources.
pub(super) struct Sources {
    wrong_signatures: Rate<Source>,
    wrong_tokens: Rate<Source>,
    barred_signatures: DashMap<Source, Timestamp>,
    barred_tokens: DashMap<Source, Timestamp>,
    proven: DashMap<Source, Timestamp>,
    known: Vec<Source>,
    trusted_proxies: Vec<IpAddr>,
    barred_ms: u64,
    /// Said once: somebody forwards who is not trusted to.
    unheard_proxy: Once,
}

impl Sources {
    pub(super) fn new(settings: &Settings, trusted_proxies: &[IpAddr]) -> Self {
        Self {
            wrong_signatures: Rate::per_minute(settings.wrong_signatures_per_minute, SOURCES_MAX),
            wrong_tokens: Rate::per_minute(settings.wrong_tokens_per_minute, SOURCES_MAX),
            barred_signatures: DashMap::new(),
            barred_tokens: DashMap::new(),
            proven: DashMap::new(),
            known: settings.known_sources.iter().copied().map(Source::from).collect(),
            trusted_proxies: trusted_proxies.to_vec(),
            barred_ms: settings.barred_ms,
            unheard_proxy: Once::new(),
        }
    }

    pub(super) fn of(&self, request: &HttpRequest) -> Option<Source> {
        let peer = request.peer_addr()?.ip();
        if !self.is_proxy(peer) {
            if request.headers().contains_key(FORWARDED) {
                self.unheard_proxy.call_once(|| name_unheard(peer));
            }
            return Some(peer.into());
        }
        let lines: Vec<&str> =
            request.headers().get_all(FORWARDED).filter_map(|value| value.to_str().ok()).collect();
        let hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
        for hop in hops {
            match address_of(hop) {
                Some(hop) if self.is_proxy(hop) => {}
                Some(hop) => return Some(hop.into()),
                // What stands before a word that cannot be read may have been written by anybody.
                None => break,
            }
        }
        Some(peer.into())
    }

    pub(super) fn is_proxy(&self, peer: IpAddr) -> bool {
        self.trusted_proxies.contains(&peer)
    }

    /// How long nothing of this source is listened to. All of Retell comes from few addresses: where somebody has signed
    /// rightly, another's wrong signatures must not shut the door on the honest.
    pub(super) fn bar(&self, source: Source, now: Timestamp) -> Option<Duration> {
        let bar = self.signature_bar(source, now)?;
        (!self.is_proven(source, now)).then_some(bar)
    }

    /// How long this source gets no further tries at signatures for numbers nobody knows.
    pub(super) fn signature_bar(&self, source: Source, now: Timestamp) -> Option<Duration> {
        left(&self.barred_signatures, source, now)
    }

    pub(super) fn token_bar(&self, source: Source, now: Timestamp) -> Option<Duration> {
        left(&self.barred_tokens, source, now)
    }

    pub(super) fn wrong_signature(&self, source: Source, now: Timestamp) {
        if self.wrong_signatures.check(&source).is_err() && self.signature_bar(source, now).is_none() {
            tracing::warn!(source = %source.0, "{} signs wrongly and is not listened to for a while", source.0);
            note(&self.barred_signatures, source, later(now, millis(self.barred_ms)), now);
        }
    }

    pub(super) fn wrong_token(&self, source: Source, now: Timestamp) {
        if self.wrong_tokens.check(&source).is_err() && self.token_bar(source, now).is_none() {
            tracing::warn!(source = %source.0, "{} tries tokens and may not for a while", source.0);
            note(&self.barred_tokens, source, later(now, millis(self.barred_ms)), now);
        }
    }

    pub(super) fn prove(&self, source: Source, now: Timestamp) {
        let until = later(now, PROVEN_FOR);
        let is_fresh = |known: &Timestamp| until.duration_since(*known) < RENEWED_AFTER;
        if !self.proven.get(&source).is_some_and(|known| is_fresh(&known)) {
            note(&self.proven, source, until, now);
        }
    }

    pub(super) fn is_proven(&self, source: Source, now: Timestamp) -> bool {
        self.known.contains(&source) || self.proven.get(&source).is_some_and(|until| *until > now)
    }
}

fn name_unheard(peer: IpAddr) {
    tracing::warn!(
        %peer,
        "{peer} speaks for others (X-Forwarded-For) and is no trusted proxy; if it is yours, name it in web.trusted_proxies, or all behind it count as one"
    );
}

/// An address, as some proxies write it also with its port.
fn address_of(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    hop.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()))
}

fn left(map: &DashMap<Source, Timestamp>, source: Source, now: Timestamp) -> Option<Duration> {
    // Nearly always there is nobody in it at all.
    let until = *map.get(&source)?;
    Duration::try_from(until.duration_since(now)).ok().filter(|left| !left.is_zero())
}

/// Notes until when something holds; where there are too many to remember, the new one is not.
fn note(map: &DashMap<Source, Timestamp>, source: Source, until: Timestamp, now: Timestamp) {
    if map.len() >= SOURCES_MAX {
        map.retain(|_, until| *until > now);
    }
    if map.len() < SOURCES_MAX {
        map.insert(source, until);
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;
    use crate::config::Config;

    fn sources(trusted: &[&str]) -> Sources {
        let trusted: Vec<IpAddr> = trusted.iter().map(|ip| ip.parse().unwrap()).collect();
        let limits = Config::defaults().unwrap().limits;
        Sources::new(
            &Settings { wrong_signatures_per_minute: 3, wrong_tokens_per_minute: 2, ..limits },
            &trusted,
        )
    }

    fn source(address: &str) -> Source {
        address.parse::<IpAddr>().unwrap().into()
    }

    fn from(peer: &str, forwarded: &str) -> HttpRequest {
        let peer = format!("{peer}:1234").parse().unwrap();
        TestRequest::default().peer_addr(peer).insert_header(("x-forwarded-for", forwarded)).to_http_request()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_about_where_a_request_comes_from() {
        let sources = sources(&["10.0.0.1", "10.0.0.2"]);

        let direct = sources.of(&from("192.0.2.7", "198.51.100.1"));
        let proxied = sources.of(&from("10.0.0.1", "203.0.113.9, 198.51.100.1, 10.0.0.2"));

        assert_eq!(direct, Some(source("192.0.2.7")));
        assert_eq!(proxied, Some(source("198.51.100.1")));
    }

    #[test]
    fn what_a_client_wrote_itself_into_the_header_is_not_believed() {
        let sources = sources(&["10.0.0.1"]);
        let of = |lines: &[&str]| {
            let mut request = TestRequest::default().peer_addr("10.0.0.1:1".parse().unwrap());
            for line in lines {
                request = request.append_header(("x-forwarded-for", *line));
            }
            sources.of(&request.to_http_request())
        };

        assert_eq!(of(&["100.20.5.228", "198.51.100.1"]), Some(source("198.51.100.1")));
        assert_eq!(of(&["100.20.5.228, 198.51.100.1:5678"]), Some(source("198.51.100.1")));
        assert_eq!(of(&["100.20.5.228, [2001:db8::1]:99"]), Some(source("2001:db8::1")));
        assert_eq!(of(&["100.20.5.228, nobody"]), Some(source("10.0.0.1")));
    }

    #[test]
    fn a_host_has_all_addresses_of_its_ipv6_network() {
        assert_eq!(source("2001:db8:1:2:3:4:5:6"), source("2001:db8:1:2::9"));
        assert_ne!(source("2001:db8:1:2::9"), source("2001:db8:1:3::9"));
        assert_eq!(source("::ffff:192.0.2.7"), source("192.0.2.7"));
    }

    #[test]
    fn after_too_many_failures_one_source_is_barred_for_a_minute_and_no_other() {
        let (sources, now) = (sources(&[]), Timestamp::UNIX_EPOCH);
        let (noisy, quiet) = (source("192.0.2.7"), source("192.0.2.8"));
        for _ in 0..4 {
            assert_eq!(sources.bar(noisy, now), None);
            sources.wrong_signature(noisy, now);
        }

        assert_eq!(sources.bar(noisy, now), Some(Duration::from_mins(1)));
        assert_eq!(sources.bar(quiet, now), None);
        assert_eq!(sources.bar(noisy, later(now, SignedDuration::from_mins(1))), None);
    }

    #[test]
    fn where_somebody_signed_rightly_others_wrong_signatures_bar_only_guessing() {
        let (sources, now, shared) = (sources(&[]), Timestamp::UNIX_EPOCH, source("192.0.2.7"));
        sources.prove(shared, now);
        for _ in 0..10 {
            sources.wrong_signature(shared, now);
        }

        assert_eq!(sources.bar(shared, now), None);
        assert!(sources.signature_bar(shared, now).is_some());
    }

    #[test]
    fn retells_published_address_is_never_barred() {
        let (sources, now, retell) = (sources(&[]), Timestamp::UNIX_EPOCH, source("100.20.5.228"));
        for _ in 0..10 {
            sources.wrong_signature(retell, now);
        }

        assert_eq!(sources.bar(retell, now), None);
    }

    #[test]
    fn wrong_tokens_bar_tokens_alone_even_where_somebody_signed_rightly() {
        let (sources, now, office) = (sources(&[]), Timestamp::UNIX_EPOCH, source("192.0.2.7"));
        sources.prove(office, now);
        for _ in 0..3 {
            assert_eq!(sources.token_bar(office, now), None);
            sources.wrong_token(office, now);
        }

        assert!(sources.token_bar(office, now).is_some());
        assert_eq!(sources.bar(office, now), None);
    }

    #[test]
    fn no_more_sources_are_remembered_than_may_be() {
        let (sources, now) = (sources(&[]), Timestamp::UNIX_EPOCH);
        for n in 0..12_000u32 {
            sources.prove(IpAddr::from(n.to_be_bytes()).into(), now);
        }
        let tomorrow = later(now, SignedDuration::from_hours(25));

        sources.prove(source("192.0.2.7"), tomorrow);

        assert_eq!(sources.proven.len(), 1);
        assert!(sources.is_proven(source("192.0.2.7"), tomorrow));
    }
}
