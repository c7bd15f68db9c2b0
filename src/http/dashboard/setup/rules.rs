//! A company's rules: the numbers and switches of its policy.

use actix_web::HttpResponse;
use askama::Template;
use serde_json::{Map, Value};

use super::{Fields, RULES, tabs};
use crate::domain::directory::Company;
use crate::http::dashboard::around::{self, Tab, complaint, filled, query, show_refused};
use crate::http::dashboard::desk::{Away, Desk, Signed};
use crate::http::dashboard::frame::{Frame, Place};
use crate::operations::companies::changing::{self, CompanyChange};

/// Keys that are numbers.
const NUMBERS: [&str; 10] = [
    "min_notice_minutes",
    "max_horizon_days",
    "change_until_hours",
    "hold_minutes",
    "alternatives_max",
    "callback_within_minutes",
    "open_appointments_max",
    "holds_max",
    "identity_tries_max",
    "identity_tries_a_day_max",
];
const SWITCHES: [&str; 4] = ["require_confirmation", "calcom_reservation", "customer_hints", "test_mode"];
const CHOICES: [(&str, &[&str]); 2] =
    [("booking_moment", &["call_end", "in_call"]), ("caller_id", &["match", "match_and_name", "code"])];
const TEXTS: [&str; 2] = ["agent_name", "emergency_sentence"];
/// One word or phrase a line.
const LISTS: [&str; 2] = ["emergency_words", "urgent_words"];

#[derive(Template)]
#[template(path = "desk/setup_rules.html")]
struct Page {
    f: Frame,
    tabs: Vec<Tab>,
    q: String,
    complaint: Option<String>,
    name: String,
    numbers: Vec<Entry>,
    switches: Vec<Entry>,
    choices: Vec<(Entry, Vec<Choice>)>,
    texts: Vec<Entry>,
    lists: Vec<Entry>,
}

struct Entry {
    key: &'static str,
    label: String,
    value: String,
}

struct Choice {
    name: &'static str,
    label: String,
    is_chosen: bool,
}

async fn draw(desk: &Desk, company: &Company, complaint: Option<String>) -> Result<Page, Away> {
    let settings = changing::get(&desk.rooms.house, desk.who(), &company.slug).await?;
    let (w, policy) = (desk.w, &settings.policy);
    let entry = |key: &'static str| Entry { key, label: w.word("policy", key), value: shown(&policy[key]) };
    let choices = CHOICES.map(|(key, names)| {
        let chosen = policy[key].as_str().unwrap_or_default();
        let choice = |name: &&'static str| Choice {
            name,
            label: w.word(&format!("policy-{}", key.replace('_', "-")), name),
            is_chosen: *name == chosen,
        };
        (entry(key), names.iter().map(choice).collect())
    });
    Ok(Page {
        f: desk.frame(Place::Setup),
        tabs: tabs(w, &settings.slug, RULES),
        q: query(&[("company", Some(&settings.slug))]),
        complaint,
        numbers: NUMBERS.map(entry).into(),
        switches: SWITCHES.map(entry).into(),
        choices: choices.into(),
        texts: TEXTS.map(entry).into(),
        lists: LISTS.map(entry).into(),
        name: settings.name,
    })
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

pub(super) async fn page(desk: Desk) -> Result<HttpResponse, Away> {
    let company = match around::company(&desk, Place::Setup)? {
        Ok(company) => company,
        Err(choose) => return Ok(choose),
    };
    desk.show(&draw(&desk, &company, None).await?)
}

pub(super) async fn change(form: Signed<Fields>) -> Result<HttpResponse, Away> {
    let Signed { desk, form } = form;
    let company = match around::company(&desk, Place::Setup)? {
        Ok(company) => company,
        Err(choose) => return Ok(choose),
    };
    let change = CompanyChange { name: filled(form.get("name")), policy: policy(&form) };
    match changing::change(&desk.rooms.house, desk.who(), &company.slug, change).await {
        Ok(_) => Ok(around::back(RULES, "rules-changed", &[("company", Some(&company.slug))])),
        Err(error) => show_refused(&draw(&desk, &company, Some(complaint(error)?)).await?),
    }
}

/// What the form says of each key; an empty field goes back to the usual.
fn policy(form: &Fields) -> Map<String, Value> {
    let text = |key: &str| filled(form.get(key)).map_or(Value::Null, Value::String);
    // What is no number goes on as it is, to be refused with its words.
    let number = |key: &str| match filled(form.get(key)) {
        None => Value::Null,
        Some(text) => text.parse::<u32>().map_or(Value::String(text), Value::from),
    };
    let list = |key: &str| {
        let text = form.get(key).map(String::as_str).unwrap_or_default();
        text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Value>()
    };
    let mut policy = Map::new();
    policy.extend(NUMBERS.map(|key| (key.to_owned(), number(key))));
    policy.extend(SWITCHES.map(|key| (key.to_owned(), form.contains_key(key).into())));
    policy.extend(CHOICES.map(|(key, _)| (key.to_owned(), text(key))));
    policy.extend(TEXTS.map(|key| (key.to_owned(), text(key))));
    policy.extend(LISTS.map(|key| (key.to_owned(), list(key))));
    policy
}
