//! Connections: how many strangers may have open, so that nobody who sends a byte a second keeps the honest out.

use std::any::Any;
use std::cell::Cell;
use std::net::{IpAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use actix_rt::ArbiterHandle;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use socket2::SockRef;

use super::{Limits, Settings, Source, give_back, take};
use crate::meters;

/// What is counted.
pub(super) struct Connections {
    strangers: AtomicUsize,
    by_source: DashMap<Source, usize>,
    strangers_max: usize,
    per_source_max: usize,
}

/// A connection, as long as it stands.
pub(super) struct Guest {
    limits: Arc<Limits>,
    source: Source,
    is_stranger: Cell<bool>,
}

/// Greets every new connection, before a byte of it is read.
#[derive(Clone)]
pub struct Greeter(pub(in crate::http) Arc<Limits>);

impl Connections {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            strangers: AtomicUsize::new(0),
            by_source: DashMap::new(),
            strangers_max: settings.stranger_connections_max,
            per_source_max: settings.stranger_connections_per_source_max,
        }
    }

    /// One more stranger of that source, if there is room.
    fn enter(&self, source: Source) -> Result<(), &'static str> {
        if !take(&self.strangers, 1, self.strangers_max) {
            return Err("stranger_connections");
        }
        let mut of_source = self.by_source.entry(source).or_insert(0);
        if *of_source < self.per_source_max {
            *of_source += 1;
            return Ok(());
        }
        drop(of_source);
        give_back(&self.strangers, 1);
        Err("stranger_connections_of_source")
    }

    fn leave(&self, source: Source) {
        give_back(&self.strangers, 1);
        if let Entry::Occupied(mut of_source) = self.by_source.entry(source) {
            *of_source.get_mut() = of_source.get().saturating_sub(1);
            if *of_source.get() == 0 {
                of_source.remove();
            }
        }
    }
}

impl std::fmt::Debug for Greeter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Greeter")
    }
}

impl Greeter {
    /// Whom the greeter has to shut out all the time is no longer heard at these listeners.
    pub fn stand_before(&self, listeners: Vec<TcpListener>, desk: ArbiterHandle) {
        self.0.wall.stand_before(listeners, desk);
    }

    /// Lets a connection in, or shuts it at once: that is the cheapest refusal there is.
    pub fn greet(&self, connection: &dyn Any, data: &mut Extensions) {
        let Some(stream) = connection.downcast_ref::<TcpStream>() else { return };
        let Ok(peer) = stream.peer_addr() else { return };
        let limits = &self.0;
        let socket = SockRef::from(stream);
        // A peer that takes no bytes any more is cut by the system; where it cannot be told so, it tries for longer.
        drop(socket.set_tcp_user_timeout(Some(Duration::from_millis(limits.settings.write_wait_ms.into()))));
        match self.admit(peer.ip()) {
            Ok(Some(guest)) => drop(data.insert(guest)),
            Ok(None) => {}
            Err(limit) => {
                meters::turned_away(limit);
                // One that is gone already is shut, too.
                drop(socket.shutdown(std::net::Shutdown::Both));
            }
        }
    }

    /// None: it is not counted, since a proxy of ours holds it or somebody at its source has signed rightly.
    fn admit(&self, peer: IpAddr) -> Result<Option<Guest>, &'static str> {
        let (limits, source) = (&self.0, Source::from(peer));
        let now = limits.clock.now();
        if limits.sources.is_proxy(peer) || limits.sources.is_proven(source, now) {
            return Ok(None);
        }
        if let Some(bar) = limits.sources.bar(source, now) {
            limits.wall.knock(source, now.saturating_add(bar).unwrap_or(now));
            return Err("barred");
        }
        limits.connections.enter(source)?;
        Ok(Some(Guest { limits: limits.clone(), source, is_stranger: Cell::new(true) }))
    }
}

impl Guest {
    pub(super) fn is_stranger(&self) -> bool {
        self.is_stranger.get()
    }

    /// Somebody on it has signed rightly or shown a token.
    pub(super) fn vouch(&self) {
        if self.is_stranger.replace(false) {
            self.limits.connections.leave(self.source);
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.vouch();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::config::Config;

    fn greeter(stranger_connections_max: usize) -> Greeter {
        let limits = Config::defaults().unwrap().limits;
        let settings = Settings {
            stranger_connections_max,
            stranger_connections_per_source_max: 2,
            wrong_signatures_per_minute: 1,
            ..limits
        };
        Greeter(Limits::new(&settings, &["10.0.0.1".parse().unwrap()], Clock::default()))
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_source_holds_no_more_strange_connections_than_it_may_and_gets_them_back() {
        let greeter = greeter(10);
        let mut guests: Vec<_> = (0..2).map(|_| greeter.admit(ip("192.0.2.7")).unwrap()).collect();

        assert_eq!(greeter.admit(ip("192.0.2.7")).err(), Some("stranger_connections_of_source"));
        assert!(greeter.admit(ip("192.0.2.8")).is_ok());
        guests.pop();
        assert!(greeter.admit(ip("192.0.2.7")).is_ok());
        drop(guests);
        assert!(greeter.0.connections.by_source.is_empty(), "whoever has left is forgotten");
    }

    #[test]
    fn all_strangers_together_have_a_bound_and_those_vouched_for_do_not_count() {
        let greeter = greeter(3);
        let guests: Vec<_> =
            (1..=3).map(|n| greeter.admit(ip(&format!("192.0.2.{n}"))).unwrap().unwrap()).collect();
        assert_eq!(greeter.admit(ip("192.0.2.9")).err(), Some("stranger_connections"));

        guests[0].vouch();
        guests[0].vouch();

        let more = greeter.admit(ip("192.0.2.9"));
        assert!(more.is_ok());
        assert!(greeter.admit(ip("192.0.2.10")).is_err(), "vouching twice makes room once");
    }

    #[test]
    fn proxies_and_proven_sources_are_not_counted_and_barred_ones_are_shut_out() {
        let greeter = greeter(10);
        let sources = &greeter.0.sources;
        let now = greeter.0.clock.now();
        sources.prove(ip("192.0.2.7").into(), now);
        for address in ["192.0.2.7", "192.0.2.8"] {
            (0..3).for_each(|_| sources.wrong_signature(ip(address).into(), now));
        }

        for address in ["10.0.0.1", "192.0.2.7"] {
            assert!((0..5).all(|_| greeter.admit(ip(address)).unwrap().is_none()), "{address}");
        }
        assert_eq!(greeter.admit(ip("192.0.2.8")).err(), Some("barred"));
    }
}
