//! The wall before the gate: who is barred and knocks on all the same is not even heard, where the system can do that.

use std::collections::BTreeMap;
use std::net::{IpAddr, TcpListener};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use actix_rt::ArbiterHandle;
use jiff::Timestamp;
use socket2::SockRef;

use super::Source;
use super::rate::Rate;
use crate::actors::supervisor::spawn;
use crate::clock::Clock;
use crate::meters;

/// Connections a minute that are shut one by one before they are not heard any more: more than anybody makes in error.
const KNOCKS_PER_MINUTE: u32 = 600;
/// Sources that knock so often, remembered at once; a packet is compared with each.
const SHUT_OUT_MAX: usize = 64;

/// Who is not heard, and where.
pub(super) struct Wall {
    clock: Clock,
    knocks: Rate<Source>,
    shut_out: Mutex<BTreeMap<Source, Timestamp>>,
    before: OnceLock<(Vec<TcpListener>, ArbiterHandle)>,
}

impl Wall {
    pub(super) fn new(clock: Clock) -> Arc<Self> {
        let knocks = Rate::per_minute(KNOCKS_PER_MINUTE, SHUT_OUT_MAX);
        Arc::new(Self { clock, knocks, shut_out: Mutex::default(), before: OnceLock::new() })
    }

    /// Stands before these listeners from now on; there it is told when somebody may be heard again.
    pub(super) fn stand_before(&self, listeners: Vec<TcpListener>, desk: ArbiterHandle) {
        drop(self.before.set((listeners, desk)));
    }

    /// A barred source knocks; who does so all the time is not heard until the bar is over.
    pub(super) fn knock(self: &Arc<Self>, source: Source, until: Timestamp) {
        if self.knocks.check(&source).is_ok() {
            return;
        }
        let Some((_, desk)) = self.before.get() else { return };
        {
            let mut shut_out = self.shut_out.lock().unwrap_or_else(PoisonError::into_inner);
            if shut_out.len() >= SHUT_OUT_MAX || shut_out.insert(source, until).is_some() {
                return;
            }
        }
        meters::turned_away("shut_out");
        self.build();
        let wall = self.clone();
        spawn(desk, async move {
            let left = until.duration_since(wall.clock.now());
            tokio::time::sleep(left.try_into().unwrap_or_default()).await;
            wall.let_in(source);
        });
    }

    /// This source is heard again.
    pub(super) fn let_in(&self, source: Source) {
        let was_out = self.shut_out.lock().unwrap_or_else(PoisonError::into_inner).remove(&source).is_some();
        if was_out {
            self.build();
        }
    }

    fn build(&self) {
        let Some((listeners, _)) = self.before.get() else { return };
        let shut_out = self.shut_out.lock().unwrap_or_else(PoisonError::into_inner);
        let sources: Vec<IpAddr> = shut_out.keys().map(|source| source.address()).collect();
        for listener in listeners {
            if let Err(error) = filter(&SockRef::from(listener), &sources) {
                tracing::debug!(%error, "the system does not filter who connects: {error}");
            }
        }
    }
}

/// Has the system drop what these sources send to a listening socket; packets of all others pass whole.
/// Format: <https://www.kernel.org/doc/html/latest/networking/filter.html>
#[cfg(any(target_os = "linux", target_os = "android"))]
fn filter(socket: &SockRef<'_>, sources: &[IpAddr]) -> std::io::Result<()> {
    use socket2::SockFilter;

    const LOAD_WORD: u16 = 0x20;
    const LOAD_BYTE: u16 = 0x30;
    const KEEP_BITS: u16 = 0x54;
    const JUMP_IF_EQUAL: u16 = 0x15;
    const RETURN: u16 = 0x06;
    /// Where the network header begins; the packet itself begins with TCP's.
    const NETWORK: u32 = 0xFFF0_0000;
    const V4_SOURCE: u32 = NETWORK + 12;
    const V6_SOURCE: u32 = NETWORK + 8;
    const DROP: u32 = 0;
    const PASS: u32 = u32::MAX;

    if sources.is_empty() {
        return socket.detach_filter();
    }
    let is_version = |version: u32| {
        // Of the other version: over the comparison that follows.
        [
            SockFilter::new(LOAD_BYTE, 0, 0, NETWORK),
            SockFilter::new(KEEP_BITS, 0, 0, 0xF0),
            SockFilter::new(JUMP_IF_EQUAL, 0, if version == 4 { 3 } else { 5 }, version << 4),
        ]
    };
    let mut program = Vec::new();
    for source in sources {
        match source {
            IpAddr::V4(address) => {
                program.extend(is_version(4));
                program.extend([
                    SockFilter::new(LOAD_WORD, 0, 0, V4_SOURCE),
                    SockFilter::new(JUMP_IF_EQUAL, 0, 1, address.to_bits()),
                    SockFilter::new(RETURN, 0, 0, DROP),
                ]);
            }
            // A source is the upper half of the address.
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments().map(u32::from);
                program.extend(is_version(6));
                program.extend([
                    SockFilter::new(LOAD_WORD, 0, 0, V6_SOURCE),
                    SockFilter::new(JUMP_IF_EQUAL, 0, 3, a << 16 | b),
                    SockFilter::new(LOAD_WORD, 0, 0, V6_SOURCE + 4),
                    SockFilter::new(JUMP_IF_EQUAL, 0, 1, c << 16 | d),
                    SockFilter::new(RETURN, 0, 0, DROP),
                ]);
            }
        }
    }
    program.push(SockFilter::new(RETURN, 0, 0, PASS));
    socket.attach_filter(&program)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn filter(_: &SockRef<'_>, _: &[IpAddr]) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
#[cfg(any(target_os = "linux", target_os = "android"))]
mod tests {
    use std::net::{SocketAddr, TcpStream};
    use std::time::Duration;

    use super::*;

    const SHORT: Duration = Duration::from_millis(300);

    /// Whether somebody at that loopback address reaches the listener.
    fn reaches(from: &str, listener: &TcpListener) -> bool {
        let address: SocketAddr = format!("{from}:0").parse().unwrap();
        let socket = socket2::Socket::new(socket2::Domain::for_address(address), socket2::Type::STREAM, None);
        let socket = socket.unwrap();
        socket.bind(&address.into()).unwrap();
        socket.connect_timeout(&listener.local_addr().unwrap().into(), SHORT).is_ok()
    }

    fn listener(address: &str) -> TcpListener {
        TcpListener::bind(address).unwrap()
    }

    #[test]
    fn who_is_shut_out_is_not_heard_and_all_others_are_until_it_is_let_in() {
        let listener = listener("127.0.0.1:0");
        let socket = SockRef::from(&listener);

        filter(&socket, &["127.0.0.9".parse().unwrap(), "2001:db8::".parse().unwrap()]).unwrap();

        assert!(!reaches("127.0.0.9", &listener));
        assert!(reaches("127.0.0.8", &listener));
        filter(&socket, &[]).unwrap();
        assert!(reaches("127.0.0.9", &listener));
    }

    #[test]
    fn of_the_newer_addresses_a_whole_network_is_shut_out() {
        let Ok(listener) = TcpListener::bind("[::1]:0") else { return };
        let socket = SockRef::from(&listener);

        filter(&socket, &["127.0.0.1".parse().unwrap(), "::".parse().unwrap()]).unwrap();

        assert!(!reaches("[::1]", &listener));
        filter(&socket, &["127.0.0.1".parse().unwrap(), "0:0:0:1::".parse().unwrap()]).unwrap();
        assert!(reaches("[::1]", &listener));
    }

    #[test]
    fn a_connection_made_before_goes_on() {
        let listener = listener("127.0.0.1:0");
        let mut there = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut here, _) = listener.accept().unwrap();

        filter(&SockRef::from(&listener), &["127.0.0.1".parse().unwrap()]).unwrap();

        std::io::Write::write_all(&mut there, b"a").unwrap();
        here.set_read_timeout(Some(SHORT)).unwrap();
        assert_eq!(std::io::Read::read(&mut here, &mut [0; 1]).unwrap(), 1);
    }
}
