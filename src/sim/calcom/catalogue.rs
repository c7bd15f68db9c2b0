//! Who I am and what can be booked: GET /v2/me and the event types.

use serde_json::{Value, json};

use super::engine::Engine;
use super::present;
use super::routes::Ask;
use super::settings::{ApiKey, EventType};
use super::wire::{self, NO_AUTH, Refusal};

const VERSION: &str = "2024-06-14";

pub(super) fn me(engine: &Engine, key: Option<&ApiKey>) -> Result<(u16, Value), Refusal> {
    let owner = key.and_then(|key| engine.settings.host(key.owner));
    let owner = owner.ok_or_else(|| Refusal::framework(401, NO_AUTH))?;
    Ok((200, wire::success(present::me(owner))))
}

/// Without a parameter the key's own types; with `username` those of that user.
pub(super) fn event_types(engine: &Engine, ask: &Ask, key: Option<&ApiKey>) -> Result<(u16, Value), Refusal> {
    let parameters = ask.parameters();
    let known = ["username", "eventSlug", "usernames", "orgSlug", "orgId", "sortCreatedAt"];
    if let Some((name, value)) = parameters.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        return Err(Refusal::unknown_parameter(name, value));
    }
    let asked = |wanted: &str| parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
    let owner = match asked("username") {
        Some(name) => engine.settings.hosts.iter().find(|host| host.username == *name).map(|host| host.id),
        None => key.map(|key| key.owner),
    };
    let slug = asked("eventSlug");
    let types: Vec<&EventType> = engine
        .settings
        .event_types
        .iter()
        .filter(|kind| !kind.is_team() && Some(kind.owner_id) == owner)
        .filter(|kind| slug.is_none_or(|slug| kind.slug == *slug))
        .collect();
    if ask.version != VERSION {
        let old: Vec<Value> = types.into_iter().map(present::old_event_type).collect();
        return Ok((200, wire::success(json!({"eventTypeGroups": [{"eventTypes": old}], "profiles": []}))));
    }
    let types: Vec<Value> =
        types.into_iter().map(|kind| present::event_type(&engine.settings, kind)).collect();
    Ok((200, wire::success(json!(types))))
}

/// One type, for its owner, its hosts and those who may see a host of it.
pub(super) fn event_type(
    engine: &Engine,
    ask: &Ask,
    id: &str,
    key: Option<&ApiKey>,
) -> Result<(u16, Value), Refusal> {
    let found = id.parse().ok().and_then(|id| engine.settings.event_type(id));
    let found = found.filter(|kind| key.is_some_and(|key| may_read(key, kind)));
    let kind = found.ok_or_else(|| Refusal::framework(404, format!("Event type with id {id} not found")))?;
    if ask.version != VERSION {
        return Ok((200, wire::success(json!({"eventType": present::old_event_type(kind)}))));
    }
    Ok((200, wire::success(present::event_type(&engine.settings, kind))))
}

/// The teams the key's owner is in; here there is one at most.
pub(super) fn teams(engine: &Engine, key: Option<&ApiKey>) -> (u16, Value) {
    let is_in_one = !of_team(engine, key).is_empty();
    let teams = is_in_one.then(|| json!({"id": present::TEAM_ID, "slug": "team", "name": "Team"}));
    (200, wire::success(json!(teams.into_iter().collect::<Vec<_>>())))
}

/// What a team offers, for those who are in it.
pub(super) fn team_event_types(
    engine: &Engine,
    id: &str,
    key: Option<&ApiKey>,
) -> Result<(u16, Value), Refusal> {
    let types = of_team(engine, key);
    if types.is_empty() || id != present::TEAM_ID.to_string() {
        return Err(Refusal::framework(403, "You are not a member of this team."));
    }
    let types: Vec<Value> =
        types.into_iter().map(|kind| present::event_type(&engine.settings, kind)).collect();
    Ok((200, wire::success(json!(types))))
}

fn of_team<'a>(engine: &'a Engine, key: Option<&ApiKey>) -> Vec<&'a EventType> {
    let is_in = |kind: &&EventType| key.is_some_and(|key| kind.host_ids.contains(&key.owner));
    engine.settings.event_types.iter().filter(|kind| kind.is_team()).filter(is_in).collect()
}

fn may_read(key: &ApiKey, kind: &EventType) -> bool {
    std::iter::once(&kind.owner_id)
        .chain(&kind.host_ids)
        .any(|host| key.owner == *host || key.sees.contains(host))
}
