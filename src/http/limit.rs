//! Limits on strangers: who keeps signing wrongly for numbers nobody knows is not listened to for a minute.

use std::net::IpAddr;
use std::num::NonZeroU32;

use actix_web::HttpRequest;
use dashmap::DashMap;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use jiff::{SignedDuration, Timestamp};

use super::Settings;
use crate::domain::retry::later;

/// How long a source is barred after too many failures.
const BARRED_FOR: SignedDuration = SignedDuration::from_mins(1);
/// Sources remembered before those that have been quiet are forgotten.
const SOURCES_MAX: usize = 10_000;

/// Counts failures by source address; all of Retell comes from few, so successes are never counted.
pub(super) struct Strangers {
    failures: DefaultKeyedRateLimiter<IpAddr>,
    barred: DashMap<IpAddr, Timestamp>,
    trusted_proxies: Vec<IpAddr>,
}

impl Strangers {
    pub(super) fn new(settings: &Settings) -> Self {
        let per_minute = NonZeroU32::new(settings.unknown_tries_per_minute).unwrap_or(NonZeroU32::MIN);
        Self {
            failures: RateLimiter::keyed(Quota::per_minute(per_minute)),
            barred: DashMap::new(),
            trusted_proxies: settings.trusted_proxies.clone(),
        }
    }

    /// Where a request comes from: the peer, or whom a trusted proxy names.
    pub(super) fn source(&self, request: &HttpRequest) -> Option<IpAddr> {
        let peer = request.peer_addr()?.ip();
        if !self.trusted_proxies.contains(&peer) {
            return Some(peer);
        }
        let header = request.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok());
        let hops = header.unwrap_or_default().rsplit(',').filter_map(|hop| hop.trim().parse().ok());
        hops.into_iter().find(|hop| !self.trusted_proxies.contains(hop)).or(Some(peer))
    }

    pub(super) fn is_barred(&self, source: Option<IpAddr>, now: Timestamp) -> bool {
        source.is_some_and(|source| self.barred.get(&source).is_some_and(|until| *until > now))
    }

    /// One more failure of that source.
    pub(super) fn failed(&self, source: Option<IpAddr>, now: Timestamp) {
        let Some(source) = source else { return };
        if self.failures.len() >= SOURCES_MAX {
            self.failures.retain_recent();
        }
        if self.failures.check_key(&source).is_ok() {
            return;
        }
        if self.barred.len() >= SOURCES_MAX {
            self.barred.retain(|_, until| *until > now);
        }
        self.barred.insert(source, later(now, BARRED_FOR));
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn strangers(trusted: &[&str]) -> Strangers {
        let trusted_proxies = trusted.iter().map(|ip| ip.parse().unwrap()).collect();
        Strangers::new(&Settings {
            trusted_proxies,
            body_max_bytes: 1,
            unknown_tries_per_minute: 3,
            metrics: crate::http::Readers::Off,
        })
    }

    fn from(peer: &str, forwarded: &str) -> HttpRequest {
        let peer = format!("{peer}:1234").parse().unwrap();
        TestRequest::default().peer_addr(peer).insert_header(("x-forwarded-for", forwarded)).to_http_request()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_about_where_a_request_comes_from() {
        let strangers = strangers(&["10.0.0.1", "10.0.0.2"]);

        let direct = strangers.source(&from("192.0.2.7", "198.51.100.1"));
        let proxied = strangers.source(&from("10.0.0.1", "203.0.113.9, 198.51.100.1, 10.0.0.2"));

        assert_eq!(direct, Some("192.0.2.7".parse().unwrap()));
        assert_eq!(proxied, Some("198.51.100.1".parse().unwrap()));
    }

    #[test]
    fn after_too_many_failures_one_source_is_barred_for_a_minute_and_no_other() {
        let (strangers, now) = (strangers(&[]), Timestamp::UNIX_EPOCH);
        let (noisy, quiet) = (Some("192.0.2.7".parse().unwrap()), Some("192.0.2.8".parse().unwrap()));
        for _ in 0..4 {
            assert!(!strangers.is_barred(noisy, now));
            strangers.failed(noisy, now);
        }

        assert!(strangers.is_barred(noisy, now));
        assert!(!strangers.is_barred(quiet, now));
        assert!(!strangers.is_barred(noisy, later(now, BARRED_FOR)));
    }
}
