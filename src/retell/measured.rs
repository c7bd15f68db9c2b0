//! What Retell measured of a call, read as whole numbers whatever they were written as.

use serde::Deserialize;
use serde::de::MapAccess;

use super::tolerant::{Scalar, Shape, next_value, skip_value};
use crate::domain::measures::Measures;

/// A decimal number in thousandths, cut off beyond them; none below zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Thousandths(Option<i64>);

impl Thousandths {
    pub(super) fn whole(self) -> Option<i64> {
        self.0.map(|thousandths| thousandths / 1_000)
    }
}

impl Shape for Thousandths {
    fn from_scalar(scalar: Scalar<'_>) -> Self {
        Self(scalar.into_text().and_then(|text| thousandths(text.trim())))
    }
}

fn thousandths(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    let (whole, rest): (u32, u32) = (whole.parse().ok()?, digits.parse().ok()?);
    Some(i64::from(whole) * 1_000 + i64::from(rest))
}

/// `call_cost`: Retell tells US cents, with fractions of them.
#[derive(Default)]
pub(super) struct Cost(pub(super) Option<i64>);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum CostKey {
    CombinedCost,
    #[serde(other)]
    Other,
}

impl Shape for Cost {
    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut cost = Self::default();
        while let Some(key) = map.next_key()? {
            match key {
                CostKey::CombinedCost => cost.0 = next_value::<Thousandths, A>(&mut map)?.0,
                CostKey::Other => skip_value(&mut map)?,
            }
        }
        Ok(cost)
    }
}

/// `latency`: of its parts only how long the caller waited in all.
#[derive(Default)]
pub(super) struct Latency(Spread);

impl Latency {
    pub(super) fn tell(&self, measures: &mut Measures) {
        (measures.answer_p50_ms, measures.answer_p95_ms) = (self.0.p50, self.0.p95);
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum LatencyKey {
    E2e,
    #[serde(other)]
    Other,
}

impl Shape for Latency {
    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut latency = Self::default();
        while let Some(key) = map.next_key()? {
            match key {
                LatencyKey::E2e => latency.0 = next_value(&mut map)?,
                LatencyKey::Other => skip_value(&mut map)?,
            }
        }
        Ok(latency)
    }
}

#[derive(Default)]
struct Spread {
    p50: Option<i64>,
    p95: Option<i64>,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum SpreadKey {
    P50,
    P95,
    #[serde(other)]
    Other,
}

impl Shape for Spread {
    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut spread = Self::default();
        while let Some(key) = map.next_key()? {
            match key {
                SpreadKey::P50 => spread.p50 = next_value::<Thousandths, A>(&mut map)?.whole(),
                SpreadKey::P95 => spread.p95 = next_value::<Thousandths, A>(&mut map)?.whole(),
                SpreadKey::Other => skip_value(&mut map)?,
            }
        }
        Ok(spread)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Webhook, samples};
    use super::*;

    #[test]
    fn cents_become_thousandths_of_them_and_what_is_no_number_is_absent() {
        for (text, read) in
            [("7.04", Some(7_040)), ("36", Some(36_000)), ("0.19567", Some(195)), ("7.", Some(7_000))]
        {
            assert_eq!(thousandths(text), read, "{text}");
        }
        for text in ["", "-3", "1e5", "seven", "1.x", ".5", "99999999999"] {
            assert_eq!(thousandths(text), None, "{text}");
        }
    }

    #[test]
    fn the_vendors_sample_tells_what_the_call_took_and_cost() {
        let call = Webhook::parse(samples::ANALYZED.as_bytes()).unwrap().call.unwrap();

        let measures = call.measures();

        assert_eq!(measures.ended_at.unwrap().as_millisecond(), 1_795_186_835_333);
        assert_eq!(
            (measures.duration_ms, measures.answer_p50_ms, measures.answer_p95_ms),
            (Some(35_210), Some(812), Some(1_188))
        );
        assert!(measures.cost_millicents.is_some());
    }

    #[test]
    fn odd_measures_are_none() {
        let body = json!({"event": "call_ended", "call": {"call_id": "call_1", "duration_ms": [1], "latency": 7,
            "call_cost": {"combined_cost": {"a": 1}}}});

        let call = Webhook::parse(body.to_string().as_bytes()).unwrap().call.unwrap();

        assert!(call.measures().is_empty());
        assert_eq!(call.call_id.as_deref(), Some("call_1"));
    }
}
