//! Outgoing webhooks, signed as Standard Webhooks say (standardwebhooks.com, version 1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;

use super::{Courier, allowed};
use crate::domain::outbox::Verdict;

const PREFIX: &str = "whsec_";
/// How long a secret may be, in bytes.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// What a webhook is signed with.
#[derive(Clone)]
pub struct Secret(SecretSlice<u8>);

/// The text is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be whsec_ and 24 to 64 bytes in base64, for example from: echo whsec_$(head -c 32 /dev/urandom | base64)"
)]
pub struct NoSecret;

/// An event as it leaves.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// The same for every attempt, so that whoever receives it twice can tell.
    pub id: &'a str,
    pub at: Timestamp,
    /// JSON.
    pub body: &'a str,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    pub fn parse(text: &str) -> Result<Self, NoSecret> {
        let bytes = STANDARD.decode(text.trim().strip_prefix(PREFIX).ok_or(NoSecret)?);
        let bytes = bytes.map_err(|_| NoSecret)?;
        if SECRET_BYTES.contains(&bytes.len()) { Ok(Self(bytes.into())) } else { Err(NoSecret) }
    }

    /// A fresh one, as it is written; None where the system gave no chance.
    pub fn fresh() -> Option<String> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).ok()?;
        Some(format!("{PREFIX}{}", STANDARD.encode(bytes)))
    }
}

/// The header `webhook-signature` of an event.
pub fn signature(secret: &Secret, event: &Event<'_>) -> Result<String, NoSecret> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.0.expose_secret()).map_err(|_| NoSecret)?;
    mac.update(format!("{}.{}.", event.id, event.at.as_second()).as_bytes());
    mac.update(event.body.as_bytes());
    Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

impl Courier {
    /// Posts an event. Only 2xx means that it was taken; 410 that nothing is wanted there any more.
    pub async fn post(&self, url: &str, secret: &str, event: Event<'_>) -> Verdict {
        let url = match allowed(url, self.allow_private) {
            Ok(url) => url,
            Err(not) => return Verdict::Refused(format!("the address {not}")),
        };
        let signature = match Secret::parse(secret).and_then(|secret| signature(&secret, &event)) {
            Ok(signature) => signature,
            Err(error) => return Verdict::Refused(format!("the secret {error}")),
        };
        let request = self
            .http
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", event.id)
            .header("webhook-timestamp", event.at.as_second().to_string())
            .header("webhook-signature", signature)
            .body(event.body.to_owned());
        match request.send().await {
            Ok(answer) => judge(answer.status()),
            // The error itself may name the address, and addresses may hold what is nobody's business.
            Err(error) if error.is_timeout() => Verdict::NotNow("no answer in time".into()),
            Err(error) if error.is_connect() => Verdict::NotNow("no connection".into()),
            Err(_) => Verdict::NotNow("the connection broke".into()),
        }
    }
}

fn judge(status: StatusCode) -> Verdict {
    match status {
        status if status.is_success() => Verdict::Taken,
        StatusCode::GONE => Verdict::Gone,
        status => Verdict::NotNow(format!("answered {}", status.as_u16())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    fn event() -> Event<'static> {
        Event {
            id: "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            at: Timestamp::from_second(1_649_367_553).unwrap(),
            body: r#"{"email":"test@example.com","username":"test_user"}"#,
        }
    }

    #[test]
    fn an_event_is_signed_as_in_the_example_of_the_specification() {
        let signed = signature(&Secret::parse(SECRET).unwrap(), &event()).unwrap();

        assert_eq!(signed, "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
    }

    #[test]
    fn a_receiver_with_the_specifications_own_library_agrees_about_a_fresh_secret() {
        let secret = Secret::fresh().unwrap();
        let receiver = standardwebhooks::Webhook::new(&secret).unwrap();
        let event = event();

        let ours = signature(&Secret::parse(&secret).unwrap(), &event).unwrap();

        assert_eq!(ours, receiver.sign(event.id, event.at.as_second(), event.body.as_bytes()).unwrap());
    }

    #[test]
    fn what_is_too_short_or_no_base64_is_no_secret() {
        for text in [
            "",
            "whsec_",
            "whsec_AAAA",
            "C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            "whsec_geheim!geheim!geheim!geheim!",
        ] {
            assert!(Secret::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_2xx_is_taken_and_410_ends_it() {
        let judged = |status: u16| judge(StatusCode::from_u16(status).unwrap());

        assert_eq!((judged(200), judged(204)), (Verdict::Taken, Verdict::Taken));
        assert_eq!(judged(410), Verdict::Gone);
        for status in [301, 400, 404, 429, 500] {
            assert_eq!(judged(status), Verdict::NotNow(format!("answered {status}")));
        }
    }
}
