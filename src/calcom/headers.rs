//! What Cal.com says beside its answers: what is left of the key's minute, when to come again, and what time it is there.

use jiff::Timestamp;
use reqwest::header::HeaderMap;

const RETRY_AFTER_DEFAULT_S: u32 = 60;

/// What the last answer said about this key's allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLeft {
    pub remaining: u32,
    /// Of how many in a window; None where it does not say.
    pub limit: Option<u32>,
    /// Seconds from that answer until the allowance is full again.
    pub reset_s: u32,
}

/// What the other side's clock said.
pub(super) fn date_of(headers: &HeaderMap) -> Option<Timestamp> {
    let date = headers.get(reqwest::header::DATE)?.to_str().ok()?;
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok()
}

/// Of several named limits the most generous one, since a request is blocked only where all are used up.
pub(super) fn rate_of(headers: &HeaderMap) -> Option<RateLeft> {
    let limits = headers.iter().filter_map(|(name, value)| {
        let name = name.as_str().strip_prefix("x-ratelimit-remaining-")?;
        let reset = headers.get(format!("x-ratelimit-reset-{name}"));
        let reset_s = reset.and_then(|value| number(value.as_bytes())).unwrap_or(RETRY_AFTER_DEFAULT_S);
        let limit = headers.get(format!("x-ratelimit-limit-{name}"));
        let limit = limit.and_then(|value| number(value.as_bytes()));
        Some(RateLeft { remaining: number(value.as_bytes())?, limit, reset_s })
    });
    limits.max_by_key(|limit| (limit.remaining, std::cmp::Reverse(limit.reset_s)))
}

/// Cal.com sends only a reset in seconds from now; what stands before it may send `Retry-After`.
pub(super) fn retry_after_s(headers: &HeaderMap, rate: Option<RateLeft>) -> u32 {
    let resets = headers.iter().filter(|(name, _)| name.as_str().starts_with("x-ratelimit-reset-"));
    let first_reset = resets.filter_map(|(_, value)| number(value.as_bytes())).min();
    let asked = headers.get(reqwest::header::RETRY_AFTER).and_then(|value| number(value.as_bytes()));
    let known = asked.or(first_reset).or(rate.map(|rate| rate.reset_s));
    // A pause of nothing would have us knock again at once.
    known.unwrap_or(RETRY_AFTER_DEFAULT_S).max(1)
}

fn number(value: &[u8]) -> Option<u32> {
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}
