//! Retell's signature: HMAC-SHA256 over the body followed by the decimal time in milliseconds.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The header that carries the signature.
pub const SIGNATURE_HEADER: &str = "x-retell-signature";

/// The value of the header for these bytes at this time.
pub fn sign(key: &str, body: &[u8], at_ms: i64) -> String {
    let stamp = at_ms.to_string();
    let digest = match Hmac::<Sha256>::new_from_slice(key.as_bytes()) {
        Ok(mut mac) => {
            mac.update(body);
            mac.update(stamp.as_bytes());
            hex::encode(mac.finalize().into_bytes())
        }
        // HMAC takes keys of every length; an empty digest would be refused like any wrong one.
        Err(_) => String::new(),
    };
    format!("v={stamp},d={digest}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn every_signature_vector_of_the_vendor_comes_out_the_same() {
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/samples/retell/signature_vectors.json");
        let text = std::fs::read_to_string(path).unwrap();
        let file: Value = serde_json::from_str(&text).unwrap();
        let vectors = file["vectors"].as_array().unwrap();
        assert_eq!(vectors.len(), 5);

        for vector in vectors {
            let body = vector["body"].as_str().unwrap().as_bytes();
            let key = vector["key"].as_str().unwrap();
            let at_ms = vector["timestamp_ms"].as_i64().unwrap();

            assert_eq!(sign(key, body, at_ms), vector["signature"].as_str().unwrap(), "{}", vector["name"]);
        }
    }
}
