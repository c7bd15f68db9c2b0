//! The agent itself: where its events go, which, and how long Retell waits for them to be taken.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::change::{Area, Change, shown};
use super::object::is_same;
use super::plan::{Place, Plan};
use super::standing::Version;
use super::wanted::Wanted;

/// What is told where an agent names no events.
const EVENTS: [&str; 3] = ["call_analyzed", "call_ended", "call_started"];
/// How long Retell waits where an agent does not say, in milliseconds.
const TIMEOUT_MS: u32 = 10_000;

pub(super) fn fit(plan: &mut Plan, version: &Version, wanted: &Wanted, place: &Place) {
    let events: BTreeSet<&str> = wanted.webhook_events.iter().map(String::as_str).collect();
    let members = [
        ("webhook_url", json!(wanted.webhook_url), Value::Null),
        ("webhook_events", json!(events), json!(EVENTS)),
        ("webhook_timeout_ms", json!(wanted.webhook_timeout_ms), json!(TIMEOUT_MS)),
    ];
    for (key, after, unset) in members {
        let before = version.agent.value(key);
        let counts = if before.is_null() { unset } else { sorted(before.clone()) };
        if is_same(&counts, &after) {
            continue;
        }
        plan.agent.set(key, &after);
        let change = Change::new(Area::Agent, &place.agent_id, key).from(shown(&before));
        plan.changes.push(change.to(shown(&after).unwrap_or_default()));
    }
}

/// The order of events says nothing.
fn sorted(value: Value) -> Value {
    let Value::Array(mut items) = value else { return value };
    items.sort_by_key(ToString::to_string);
    Value::Array(items)
}
