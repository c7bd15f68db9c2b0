//! Retell's signature over a raw body: an HMAC in the header, checked before anything is parsed.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// The header that carries the signature, in the lower case HTTP libraries compare with.
pub const HEADER: &str = "x-retell-signature";

/// How far the signature's time may lie from ours, either way, the bound itself included.
pub const WINDOW_MS: i64 = 300_000;

const TIMESTAMP_DIGITS_MAX: usize = 16;
const DIGEST_HEX_LEN: usize = 64;

/// Why a body is not accepted as Retell's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    #[error("the signature is missing")]
    Missing,
    #[error("the signature is not of the form v=<milliseconds>,d=<digest>")]
    Malformed,
    #[error("the signature is older or newer than five minutes")]
    Stale,
    #[error("the signature fits none of the keys")]
    Wrong,
}

/// Says which of the keys signed this body; a stale signature is refused before any key is tried.
pub fn verify(
    body: &[u8],
    header: Option<&str>,
    keys: &[&SecretString],
    now: Timestamp,
) -> Result<usize, Invalid> {
    let header = header.ok_or(Invalid::Missing)?;
    let claim = Claim::parse(header).ok_or(Invalid::Malformed)?;
    let apart_ms = now.as_millisecond().abs_diff(claim.at_ms);
    if apart_ms > WINDOW_MS.unsigned_abs() {
        return Err(Invalid::Stale);
    }
    keys.iter().position(|key| claim.is_by(key, body)).ok_or(Invalid::Wrong)
}

/// The header value Retell would send for this body at this moment; for our own test webhook.
pub fn sign(body: &[u8], key: &SecretString, at: Timestamp) -> Option<String> {
    let timestamp = at.as_millisecond().to_string();
    let digest = mac(key, body, &timestamp)?.finalize().into_bytes();
    Some(format!("v={timestamp},d={}", hex::encode(digest)))
}

struct Claim<'a> {
    at_ms: i64,
    timestamp: &'a str,
    digest: Vec<u8>,
}

impl<'a> Claim<'a> {
    fn parse(header: &'a str) -> Option<Self> {
        let (timestamp, digest) = header.strip_prefix("v=")?.split_once(",d=")?;
        let is_timestamp = (1..=TIMESTAMP_DIGITS_MAX).contains(&timestamp.len())
            && timestamp.bytes().all(|byte| byte.is_ascii_digit());
        let is_digest = digest.len() == DIGEST_HEX_LEN
            && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !is_timestamp || !is_digest {
            return None;
        }
        Some(Self { at_ms: timestamp.parse().ok()?, timestamp, digest: hex::decode(digest).ok()? })
    }

    fn is_by(&self, key: &SecretString, body: &[u8]) -> bool {
        mac(key, body, self.timestamp).is_some_and(|mac| mac.verify_slice(&self.digest).is_ok())
    }
}

/// Names a key without giving it away, so that it can be recognised later.
pub fn fingerprint(key: &SecretString) -> String {
    hex::encode(&Sha256::digest(key.expose_secret().as_bytes())[..8])
}

fn mac(key: &SecretString, body: &[u8], timestamp: &str) -> Option<Hmac<Sha256>> {
    let key = key.expose_secret();
    // An unset key would let anybody sign, since everybody knows the empty string.
    if key.is_empty() {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
    mac.update(body);
    // The text as received, since a number printed again may lose its leading zeros.
    mac.update(timestamp.as_bytes());
    Some(mac)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::retell::samples::VECTORS;

    fn vectors(list: &str) -> Vec<Value> {
        let all: Value = serde_json::from_str(VECTORS).unwrap();
        all[list].as_array().unwrap().clone()
    }

    fn text<'a>(of: &'a Value, field: &str) -> &'a str {
        of[field].as_str().unwrap()
    }

    fn moment(of: &Value, field: &str) -> Timestamp {
        Timestamp::from_millisecond(of[field].as_i64().unwrap()).unwrap()
    }

    #[test]
    fn every_signing_vector_is_reproduced_and_accepted() {
        let vectors = vectors("vectors");
        assert_eq!(vectors.len(), 5);

        for vector in vectors {
            let key = SecretString::from(text(&vector, "key"));
            let body = hex::decode(text(&vector, "body_utf8_hex")).unwrap();
            let now = moment(&vector, "timestamp_ms");
            let signature = text(&vector, "signature");

            assert_eq!(sign(&body, &key, now).unwrap(), signature, "{}", vector["name"]);
            assert_eq!(verify(&body, Some(signature), &[&key], now), Ok(0), "{}", vector["name"]);
        }
    }

    #[test]
    fn every_verify_case_is_decided_as_the_vendor_does() {
        let cases = vectors("verify_cases");
        assert_eq!(cases.len(), 11);

        for case in cases {
            let key = SecretString::from(text(&case, "key"));
            let body = text(&case, "body").as_bytes();
            let verdict = verify(body, Some(text(&case, "signature")), &[&key], moment(&case, "now_ms"));

            assert_eq!(verdict.is_ok(), case["expected"].as_bool().unwrap(), "{}", case["name"]);
        }
    }

    #[test]
    fn the_reason_for_a_refusal_is_told_apart() {
        let key = SecretString::from("key_one");
        let at = Timestamp::from_millisecond(1_795_186_800_000).unwrap();
        let signature = sign(b"{}", &key, at).unwrap();
        let late = Timestamp::from_millisecond(1_795_187_100_001).unwrap();

        assert_eq!(verify(b"{}", None, &[&key], at), Err(Invalid::Missing));
        assert_eq!(verify(b"{}", Some(""), &[&key], at), Err(Invalid::Malformed));
        assert_eq!(verify(b"{}", Some(&signature), &[&key], late), Err(Invalid::Stale));
        assert_eq!(verify(b"{ }", Some(&signature), &[&key], at), Err(Invalid::Wrong));
        assert_eq!(verify(b"{}", Some(&signature), &[], at), Err(Invalid::Wrong));
    }

    #[test]
    fn the_previous_key_counts_and_says_that_it_was_the_second() {
        let (current, previous) = (SecretString::from("key_new"), SecretString::from("key_old"));
        let at = Timestamp::from_millisecond(1_795_186_800_000).unwrap();
        let signature = sign(b"{}", &previous, at).unwrap();

        assert_eq!(verify(b"{}", Some(&signature), &[&current, &previous], at), Ok(1));
    }

    #[test]
    fn an_empty_key_signs_nothing() {
        let key = SecretString::from("");
        let at = Timestamp::from_millisecond(1_795_186_800_000).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(b"").unwrap();
        mac.update(b"{}1795186800000");
        let forged = format!("v=1795186800000,d={}", hex::encode(mac.finalize().into_bytes()));

        assert_eq!(verify(b"{}", Some(&forged), &[&key], at), Err(Invalid::Wrong));
        assert_eq!(sign(b"{}", &key, at), None);
    }

    #[test]
    fn a_timestamp_of_seventeen_digits_or_with_a_sign_is_malformed() {
        let key = SecretString::from("key_one");
        let at = Timestamp::from_millisecond(1_795_186_800_000).unwrap();
        let digest = "0".repeat(64);

        for timestamp in ["17951868000001234", "", "+1795186800000", "-1", "１７９５"] {
            let header = format!("v={timestamp},d={digest}");
            assert_eq!(verify(b"", Some(&header), &[&key], at), Err(Invalid::Malformed), "{timestamp}");
        }
    }

    #[test]
    fn leading_zeros_are_signed_as_they_were_received() {
        let key = SecretString::from("key_one");
        let at = Timestamp::from_millisecond(1_795_186_800_000).unwrap();
        let digest = mac(&key, b"{}", "0001795186800000").unwrap().finalize().into_bytes();
        let header = format!("v=0001795186800000,d={}", hex::encode(digest));

        assert_eq!(verify(b"{}", Some(&header), &[&key], at), Ok(0));
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(header in ".{0,120}", body in any::<Vec<u8>>(), ms in any::<i32>()) {
            let key = SecretString::from("key_one");
            let now = Timestamp::from_millisecond(i64::from(ms)).unwrap();
            prop_assert!(verify(&body, Some(&header), &[&key], now).is_err());
        }
    }
}
