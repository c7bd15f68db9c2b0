//! The functions agents are given: on and off, when the model is to call them, what is said meanwhile, how long is waited.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;

use super::{At, FUNCTIONS, Fields, Head, Whose};
use crate::domain::Field;
use crate::domain::deployment::reception::{FunctionChange, TIMEOUT_MS_RANGE};
use crate::http::dashboard::around::{complaint, show_refused};
use crate::http::dashboard::desk::{Away, Desk, Signed};
use crate::http::dashboard::frame::{Frame, Place};
use crate::http::dashboard::times::Moment;
use crate::operations::reception::functions::{self, AgentFunctionView};

#[derive(Template)]
#[template(path = "desk/retell_functions.html")]
struct Page {
    f: Frame,
    head: Head,
    complaint: Option<String>,
    functions: Vec<Function>,
    timeout_min: u32,
    timeout_max: u32,
    changed: Option<Moment>,
}

struct Function {
    name: String,
    about: String,
    is_on: bool,
    description: String,
    speak_during: String,
    timeout_ms: u32,
    parameters: Vec<Parameter>,
}

struct Parameter {
    name: String,
    description: String,
}

async fn draw(desk: &Desk, whose: &Whose, complaint: Option<String>) -> Result<Page, Away> {
    let rooms = &desk.rooms;
    let list = functions::list(&rooms.house, &rooms.site, desk.who(), &whose.agents()).await?;
    let changed = list.changed_at.as_deref().map(|at| desk.when(at, (&list.company, list.branch.as_deref())));
    Ok(Page {
        f: desk.frame(Place::Retell),
        head: whose.head(desk.w, FUNCTIONS),
        complaint,
        timeout_min: *TIMEOUT_MS_RANGE.start(),
        timeout_max: *TIMEOUT_MS_RANGE.end(),
        functions: list.custom_functions.into_iter().map(|function| shown(desk, function)).collect(),
        changed,
    })
}

fn shown(desk: &Desk, function: AgentFunctionView) -> Function {
    let parameters = parameters(&function).map(|(name, description)| Parameter { name, description });
    Function {
        about: desk.w.word("function", &function.name),
        is_on: function.enabled,
        speak_during: function.speak_during.clone().unwrap_or_default(),
        timeout_ms: function.timeout_ms,
        parameters: parameters.collect(),
        description: function.description,
        name: function.name,
    }
}

/// What the model is told of each argument.
fn parameters(function: &AgentFunctionView) -> impl Iterator<Item = (String, String)> {
    let properties = function.parameters["properties"].as_object().into_iter().flatten();
    properties
        .map(|(name, schema)| (name.clone(), schema["description"].as_str().unwrap_or_default().to_owned()))
}

pub(super) async fn page(desk: Desk, at: Query<At>) -> Result<HttpResponse, Away> {
    let whose = match Whose::of(&desk, &at)? {
        Ok(whose) => whose,
        Err(choose) => return Ok(choose),
    };
    desk.show(&draw(&desk, &whose, None).await?)
}

pub(super) async fn change(form: Signed<Fields>, at: Query<At>) -> Result<HttpResponse, Away> {
    let Signed { desk, form } = form;
    let whose = match Whose::of(&desk, &at)? {
        Ok(whose) => whose,
        Err(choose) => return Ok(choose),
    };
    let (rooms, of) = (&desk.rooms, whose.agents());
    let name = form.get("function").map(String::as_str).unwrap_or_default();
    let now = functions::get(&rooms.house, &rooms.site, desk.who(), (&of, name)).await?;
    let (change, notice) = match form.get("do").map(String::as_str) {
        Some("on") => (switched(true), "function-on"),
        Some("off") => (switched(false), "function-off"),
        Some("usual") => (usual(&now), "function-usual"),
        Some(_) | None => (texts(&now, &form), "function-changed"),
    };
    match functions::change(&rooms.house, &rooms.site, desk.who(), (&of, name), change).await {
        Ok(_) => Ok(whose.back(FUNCTIONS, notice)),
        Err(error) => show_refused(&draw(&desk, &whose, Some(complaint(error)?)).await?),
    }
}

fn switched(is_on: bool) -> FunctionChange {
    FunctionChange { enabled: Field::Given(Some(is_on)), ..FunctionChange::default() }
}

/// All texts back to what the house says by itself; on or off stays.
fn usual(now: &AgentFunctionView) -> FunctionChange {
    FunctionChange {
        enabled: Field::Left,
        description: Field::Given(None),
        parameters: parameters(now).map(|(name, _)| (name, None)).collect(),
        timeout_ms: Field::Given(None),
        speak_during: Field::Given(None),
    }
}

/// Only what was written anew: what stands there as before stays what the house says, also when that gets better.
fn texts(now: &AgentFunctionView, form: &Fields) -> FunctionChange {
    let anew = |field: &str, before: &str| {
        let text = form.get(field).map(|text| text.trim().replace("\r\n", "\n"));
        text.filter(|text| text != before.trim())
    };
    let given = |text: Option<String>| text.map_or(Field::Left, |text| Field::Given(Some(text)));
    let timeout = anew("timeout_ms", &now.timeout_ms.to_string());
    let parameters: BTreeMap<String, Option<String>> = parameters(now)
        .filter_map(|(name, before)| {
            let text = anew(&format!("parameter-{name}"), &before)?;
            Some((name, Some(text)))
        })
        .collect();
    FunctionChange {
        enabled: Field::Left,
        description: given(anew("description", &now.description)),
        parameters,
        // What is no number is out of the range, which the refusal names.
        timeout_ms: timeout.map_or(Field::Left, |text| Field::Given(Some(text.parse().unwrap_or(0)))),
        speak_during: given(anew("speak_during", now.speak_during.as_deref().unwrap_or_default())),
    }
}
