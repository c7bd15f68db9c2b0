//! Where webhooks may go: over TLS to the world outside, never to this machine or a private network unless it is allowed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Why an address is not sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    #[error("is no URL")]
    NoUrl,
    #[error("must begin with https://")]
    NotEncrypted,
    #[error("must not hold a user name or a password: the secret signs")]
    HoldsPassword,
    #[error("leads to this machine or a private network; messages.allow_private allows that")]
    Private,
}

/// The address, if webhooks may go there; names are judged once more when they are looked up.
pub fn allowed(url: &str, allow_private: bool) -> Result<Url, NotAllowed> {
    let url: Url = url.parse().map_err(|_| NotAllowed::NoUrl)?;
    if !(url.scheme() == "https" || (allow_private && url.scheme() == "http")) {
        return Err(NotAllowed::NotEncrypted);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(NotAllowed::HoldsPassword);
    }
    let host = url.host_str().ok_or(NotAllowed::NoUrl)?;
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let is_local_name = host == "localhost" || host.ends_with(".localhost");
    if !allow_private && (is_local_name || literal.is_ok_and(is_private)) {
        return Err(NotAllowed::Private);
    }
    Ok(url)
}

/// Looks names up and keeps silent about addresses that must not be reached, so that no name leads there.
#[derive(Debug)]
pub(super) struct Resolver {
    pub(super) allow_private: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> =
                found.filter(|address| allow_private || !is_private(address.ip())).collect();
            if allowed.is_empty() {
                return Err(NotAllowed::Private.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Addresses that are not of the world outside (RFC 6890 and its like).
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => is_private_v6(address),
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    a == 0
        || a == 10
        || a == 127
        || (a == 100 && (64..128).contains(&b))
        || (a == 169 && b == 254)
        || (a == 172 && (16..32).contains(&b))
        || (a == 192 && b == 168)
        || (a == 192 && b == 0 && (c == 0 || c == 2))
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19))
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113)
        || a >= 224
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_private_v4(inner);
    }
    let [first, second, ..] = address.segments();
    let is_documentation = first == 0x2001 && second == 0x0db8;
    // Only 2000::/3 is of the world outside; of that, addresses that hold an IPv4 address may lead anywhere.
    first & 0xe000 != 0x2000 || first == 0x2002 || (first == 0x2001 && second == 0) || is_documentation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webhooks_go_to_the_world_outside_over_tls_only() {
        assert!(allowed("https://hook.example/a?b=c", false).is_ok());
        assert_eq!(allowed("http://hook.example/a", false), Err(NotAllowed::NotEncrypted));
        assert_eq!(allowed("file:///etc/passwd", true), Err(NotAllowed::NotEncrypted));
        assert_eq!(allowed("https://a:b@hook.example/", false), Err(NotAllowed::HoldsPassword));
        assert_eq!(allowed("hook", false), Err(NotAllowed::NoUrl));
    }

    #[test]
    fn no_address_of_this_machine_or_a_private_network_is_reached() {
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.1",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fd00::1]",
            "[::ffff:10.0.0.1]",
            "[64:ff9b::a00:1]",
            "[2002:a00:1::]",
            "localhost",
            "a.localhost",
        ] {
            assert_eq!(allowed(&format!("https://{host}/"), false), Err(NotAllowed::Private), "{host}");
        }
        for host in ["93.184.215.14", "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]", "172.32.0.1"] {
            assert!(allowed(&format!("https://{host}/"), false).is_ok(), "{host}");
        }
    }

    #[test]
    fn where_it_is_allowed_a_private_network_may_do_without_tls() {
        assert!(allowed("http://127.0.0.1:8090/hook", true).is_ok());
    }

    #[actix_rt::test]
    async fn a_name_that_leads_to_this_machine_is_not_found() {
        let name = || "localhost".parse().unwrap();

        let refused = Resolver { allow_private: false }.resolve(name()).await;
        let found = Resolver { allow_private: true }.resolve(name()).await;

        assert!(refused.is_err());
        assert!(found.is_ok_and(|mut found| found.next().is_some()));
    }
}
