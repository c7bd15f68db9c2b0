//! Webhooks that somebody subscribed to: the routes under /v2/webhooks and /v2/event-types/{id}/webhooks.

use serde_json::{Map, Value, json};

use super::books::{Booking, Books};
use super::engine::Engine;
use super::routes::Ask;
use super::settings::ApiKey;
use super::validate;
use super::wire::{self, NO_AUTH, Refusal};

const FIELDS: [&str; 6] = ["active", "subscriberUrl", "triggers", "payloadTemplate", "secret", "version"];
const TRIGGERS: [&str; 19] = [
    "BOOKING_CREATED",
    "BOOKING_RESCHEDULED",
    "BOOKING_REQUESTED",
    "BOOKING_CANCELLED",
    "BOOKING_REJECTED",
    "BOOKING_NO_SHOW_UPDATED",
    "BOOKING_PAYMENT_INITIATED",
    "BOOKING_PAID",
    "MEETING_STARTED",
    "MEETING_ENDED",
    "RECORDING_READY",
    "RECORDING_TRANSCRIPTION_GENERATED",
    "OOO_CREATED",
    "FORM_SUBMITTED",
    "FORM_SUBMITTED_NO_EVENT",
    "AFTER_HOSTS_CAL_VIDEO_NO_SHOW",
    "AFTER_GUESTS_CAL_VIDEO_NO_SHOW",
    "DELEGATION_CREDENTIAL_ERROR",
    "WRONG_ASSIGNMENT_REPORT",
];
const TAKE: usize = 100;
const TAKE_MAX: usize = 250;

/// Whose bookings a webhook tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Those this user organizes.
    User(i64),
    EventType(i64),
    /// All there are, as an administrator sets it on the page.
    Everybody,
}

/// One subscription.
#[derive(Clone, Debug)]
pub(super) struct Hook {
    pub(super) id: String,
    pub(super) scope: Scope,
    pub(super) url: String,
    pub(super) active: bool,
    pub(super) triggers: Vec<String>,
    pub(super) template: Option<String>,
    pub(super) secret: Option<String>,
}

/// What is asked for, below one of the two roots.
#[derive(Clone, Debug)]
pub(super) enum HookRoute {
    Create,
    List,
    Get(String),
    Change(String),
    Delete(String),
}

impl Hook {
    /// A subscription to everything, made on the page and not over the API.
    pub(super) fn to_everything(id: String, url: String, secret: Option<String>) -> Self {
        let triggers = TRIGGERS.map(str::to_owned).to_vec();
        Self { id, scope: Scope::Everybody, url, active: true, triggers, template: None, secret }
    }

    pub(super) fn wants(&self, trigger: &str, row: &Booking) -> bool {
        let concerned = match self.scope {
            Scope::User(id) => row.host == id,
            Scope::EventType(id) => row.event_type == id,
            Scope::Everybody => true,
        };
        concerned && self.active && self.triggers.iter().any(|known| known == trigger)
    }

    fn shown(&self) -> Value {
        let mut fields = json!({
            "id": self.id, "subscriberUrl": self.url, "active": self.active, "triggers": self.triggers,
            "payloadTemplate": self.template, "secret": self.secret,
        });
        match self.scope {
            Scope::User(id) => fields["userId"] = json!(id),
            Scope::EventType(id) => fields["eventTypeId"] = json!(id),
            Scope::Everybody => fields["platform"] = json!(false),
        }
        fields
    }
}

impl HookRoute {
    /// The route below its root; None where there is none.
    pub(super) fn of(method: &str, rest: &[&str]) -> Option<Self> {
        match (method, rest) {
            ("POST", []) => Some(Self::Create),
            ("GET", []) => Some(Self::List),
            ("GET", [id]) => Some(Self::Get((*id).to_owned())),
            ("PATCH", [id]) => Some(Self::Change((*id).to_owned())),
            ("DELETE", [id]) => Some(Self::Delete((*id).to_owned())),
            _ => None,
        }
    }

    /// The route with placeholders, for the ledger.
    pub(super) fn label(&self) -> &'static str {
        match self {
            Self::Create => "POST /v2/webhooks",
            Self::List => "GET /v2/webhooks",
            Self::Get(_) => "GET /v2/webhooks/{id}",
            Self::Change(_) => "PATCH /v2/webhooks/{id}",
            Self::Delete(_) => "DELETE /v2/webhooks/{id}",
        }
    }
}

/// Answers one of these routes; `event_type` is the id in the path, where there is one.
pub(super) fn answer(
    engine: &Engine,
    ask: &Ask,
    (route, event_type): (&HookRoute, Option<&str>),
    key: Option<&ApiKey>,
) -> Result<(u16, Value), Refusal> {
    let key = key.ok_or_else(|| Refusal::framework(401, NO_AUTH))?;
    let scope = scope(engine, event_type, key)?;
    let mut books = engine.books(engine.now());
    match route {
        HookRoute::Create => create(&mut books, ask, scope),
        HookRoute::List => Ok((200, wire::success(json!(list(&books, ask, scope))))),
        HookRoute::Get(id) => Ok((200, wire::success(find(&mut books, id, scope)?.shown()))),
        HookRoute::Change(id) => change(&mut books, ask, (id, scope)),
        HookRoute::Delete(id) => {
            let gone = find(&mut books, id, scope)?.shown();
            books.hooks.retain(|hook| hook.id != *id);
            Ok((200, wire::success(gone)))
        }
    }
}

fn scope(engine: &Engine, event_type: Option<&str>, key: &ApiKey) -> Result<Scope, Refusal> {
    let Some(text) = event_type else { return Ok(Scope::User(key.owner)) };
    let related = |host: &i64| key.owner == *host || key.sees.contains(host);
    let kind = text.parse().ok().and_then(|id| engine.settings.event_type(id));
    match kind {
        Some(kind) if related(&kind.owner_id) || kind.host_ids.iter().any(related) => {
            Ok(Scope::EventType(kind.id))
        }
        Some(_) => Err(Refusal::framework(403, "You are not allowed to access this event type")),
        None => Err(Refusal::framework(404, format!("Event type with id {text} not found"))),
    }
}

fn create(books: &mut Books, ask: &Ask, scope: Scope) -> Result<(u16, Value), Refusal> {
    let body = validate::object(&ask.body)?;
    validate::only(&body, &FIELDS, "")?;
    let url = url(&body)?.ok_or_else(|| wrong("subscriberUrl", "subscriberUrl must be a string"))?;
    let active = active(&body)?.ok_or_else(|| wrong("active", "active must be a boolean value"))?;
    let triggers = triggers(&body)?.ok_or_else(|| wrong("triggers", "triggers must be an array"))?;
    if books.hooks.iter().any(|hook| hook.scope == scope && hook.url == url) {
        let text = "Invalid Input: Trying to create a record that already exists.";
        return Err(Refusal::coded(409, "CONFLICT", text));
    }
    let (template, secret) = (text(&body, "payloadTemplate"), text(&body, "secret"));
    let hook = Hook { id: books.uuid(), scope, url, active, triggers, template, secret };
    let shown = hook.shown();
    books.hooks.push(hook);
    Ok((201, wire::success(shown)))
}

fn list(books: &Books, ask: &Ask, scope: Scope) -> Vec<Value> {
    let number = |wanted: &str| {
        let found = ask.parameters().into_iter().find(|(name, _)| name == wanted);
        found.and_then(|(_, value)| value.parse::<usize>().ok())
    };
    let take = number("take").unwrap_or(TAKE).min(TAKE_MAX);
    let ours = books.hooks.iter().filter(|hook| hook.scope == scope);
    ours.skip(number("skip").unwrap_or(0)).take(take).map(Hook::shown).collect()
}

fn change(books: &mut Books, ask: &Ask, (id, scope): (&str, Scope)) -> Result<(u16, Value), Refusal> {
    let body = validate::object(&ask.body)?;
    validate::only(&body, &FIELDS, "")?;
    let (url, active, triggers) = (url(&body)?, active(&body)?, triggers(&body)?);
    let hook = find(books, id, scope)?;
    hook.url = url.unwrap_or_else(|| hook.url.clone());
    hook.active = active.unwrap_or(hook.active);
    hook.triggers = triggers.unwrap_or_else(|| hook.triggers.clone());
    hook.template = text(&body, "payloadTemplate").or_else(|| hook.template.clone());
    hook.secret = text(&body, "secret").or_else(|| hook.secret.clone());
    Ok((200, wire::success(hook.shown())))
}

fn find<'a>(books: &'a mut Books, id: &str, scope: Scope) -> Result<&'a mut Hook, Refusal> {
    let found = books.hooks.iter_mut().find(|hook| hook.id == id && hook.scope == scope);
    found.ok_or_else(|| Refusal::framework(404, format!("Webhook with id {id} not found")))
}

/// As a self-hosted Cal.com checks it: plain HTTP and private addresses are allowed there.
fn url(body: &Map<String, Value>) -> Result<Option<String>, Refusal> {
    let Some(value) = body.get("subscriberUrl") else { return Ok(None) };
    let url = value.as_str().ok_or_else(|| wrong("subscriberUrl", "subscriberUrl must be a string"))?;
    if url.starts_with("http://") || url.starts_with("https://") {
        return Ok(Some(url.to_owned()));
    }
    Err(Refusal::framework(400, "Webhook URL is not allowed: Invalid URL"))
}

fn active(body: &Map<String, Value>) -> Result<Option<bool>, Refusal> {
    let Some(value) = body.get("active") else { return Ok(None) };
    value.as_bool().map(Some).ok_or_else(|| wrong("active", "active must be a boolean value"))
}

fn triggers(body: &Map<String, Value>) -> Result<Option<Vec<String>>, Refusal> {
    let Some(value) = body.get("triggers") else { return Ok(None) };
    let words = value.as_array().ok_or_else(|| wrong("triggers", "triggers must be an array"))?;
    let known = |word: &Value| word.as_str().filter(|word| TRIGGERS.contains(word)).map(str::to_owned);
    let found: Option<Vec<String>> = words.iter().map(known).collect();
    let why =
        || format!("each value in triggers must be one of the following values: {}", TRIGGERS.join(", "));
    found.map(Some).ok_or_else(|| wrong("triggers", &why()))
}

fn text(body: &Map<String, Value>, name: &str) -> Option<String> {
    body.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn wrong(property: &str, why: &str) -> Refusal {
    validate::wrong("", property, why)
}
