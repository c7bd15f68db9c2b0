//! The webhook: where it goes, which events, signed with which key, whether it arrives, and what the agents know of it.

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use secrecy::SecretString;
use serde::Deserialize;

use super::{At, Fields, Head, WEBHOOK, Whose};
use crate::domain::Field;
use crate::domain::deployment::reception::{EVENTS, EVENTS_NEEDED, WEBHOOK_TIMEOUT_MS_RANGE};
use crate::http::dashboard::around::{complaint, filled, show_refused};
use crate::http::dashboard::desk::{Away, Desk, Signed};
use crate::http::dashboard::frame::{Frame, Place};
use crate::http::dashboard::times::Moment;
use crate::operations::Error;
use crate::operations::reception::test_webhook;
use crate::operations::reception::webhook::{self, WebhookUpdate, WebhookView};

#[derive(Template)]
#[template(path = "desk/retell_webhook.html")]
struct Page {
    f: Frame,
    head: Head,
    complaint: Option<String>,
    v: WebhookView,
    events: Vec<Event>,
    timeout_min: u32,
    timeout_max: u32,
    test: Test,
    previous_until: Option<Moment>,
    changed: Option<Moment>,
}

struct Event {
    name: &'static str,
    words: String,
    is_on: bool,
    is_needed: bool,
}

/// How the last test went.
struct Test {
    tone: &'static str,
    state: String,
    at: Option<Moment>,
}

async fn draw(desk: &Desk, whose: &Whose, complaint: Option<String>) -> Result<Page, Away> {
    let rooms = &desk.rooms;
    let v = webhook::get(&rooms.house, &rooms.site, desk.who(), &whose.agents()).await?;
    let place = (v.company.as_str(), v.branch.as_deref());
    let w = desk.w;
    let events = EVENTS.map(|name| Event {
        name,
        words: w.word("event", name),
        is_on: v.webhook_events.iter().any(|own| own == name),
        is_needed: EVENTS_NEEDED.contains(&name),
    });
    let tone = match v.test_status.as_str() {
        "success" => "good",
        "failed" => "bad",
        _ => "quiet",
    };
    let moment = |iso: &Option<String>| iso.as_deref().map(|iso| desk.when(iso, place));
    Ok(Page {
        f: desk.frame(Place::Retell),
        head: whose.head(w, WEBHOOK),
        complaint,
        events: events.into(),
        timeout_min: *WEBHOOK_TIMEOUT_MS_RANGE.start(),
        timeout_max: *WEBHOOK_TIMEOUT_MS_RANGE.end(),
        test: Test { tone, state: w.word("webhook-test", &v.test_status), at: moment(&v.last_tested_at) },
        previous_until: moment(&v.previous_secret_valid_until),
        changed: moment(&v.changed_at),
        v,
    })
}

pub(super) async fn page(desk: Desk, at: Query<At>) -> Result<HttpResponse, Away> {
    let whose = match Whose::of(&desk, &at)? {
        Ok(whose) => whose,
        Err(choose) => return Ok(choose),
    };
    desk.show(&draw(&desk, &whose, None).await?)
}

/// Which events, and how long Retell waits.
pub(super) async fn change(form: Signed<Fields>, at: Query<At>) -> Result<HttpResponse, Away> {
    let Signed { desk, form } = form;
    let is_on = |name: &&str| EVENTS_NEEDED.contains(name) || form.contains_key(&format!("event-{name}"));
    let events = EVENTS.into_iter().filter(is_on).map(str::to_owned).collect();
    let timeout = filled(form.get("timeout")).map(|text| text.parse::<u32>());
    let update = WebhookUpdate {
        webhook_events: Field::Given(Some(events)),
        // What is no number is out of the range, which the refusal names.
        webhook_timeout_ms: Field::Given(timeout.map(|number| number.unwrap_or(0))),
        ..WebhookUpdate::default()
    };
    carry_out(&desk, &at, update, "webhook-changed").await
}

#[derive(Deserialize)]
pub(super) struct NewKey {
    signing_key: SecretString,
    hours: Option<String>,
}

/// Another key signs from now on.
pub(super) async fn replace_key(form: Signed<NewKey>, at: Query<At>) -> Result<HttpResponse, Away> {
    let Signed { desk, form } = form;
    let hours = filled(form.hours.as_ref()).map(|text| text.parse().unwrap_or(u32::MAX));
    let update = WebhookUpdate {
        signing_key: Some(form.signing_key),
        previous_valid_hours: hours,
        ..WebhookUpdate::default()
    };
    carry_out(&desk, &at, update, "key-replaced").await
}

async fn carry_out(desk: &Desk, at: &At, update: WebhookUpdate, notice: &str) -> Result<HttpResponse, Away> {
    let whose = match Whose::of(desk, at)? {
        Ok(whose) => whose,
        Err(choose) => return Ok(choose),
    };
    let update =
        WebhookUpdate { company: Some(whose.company.slug.clone()), branch: whose.branch.clone(), ..update };
    match webhook::update(&desk.rooms.house, &desk.rooms.site, desk.who(), update).await {
        Ok(_) => Ok(whose.back(WEBHOOK, notice)),
        Err(error) => refused(desk, &whose, error).await,
    }
}

async fn refused(desk: &Desk, whose: &Whose, error: Error) -> Result<HttpResponse, Away> {
    show_refused(&draw(desk, whose, Some(complaint(error)?)).await?)
}

/// Sends an event the whole way and says how it fared.
pub(super) async fn try_it(form: Signed<Fields>, at: Query<At>) -> Result<HttpResponse, Away> {
    let desk = form.desk;
    let whose = match Whose::of(&desk, &at)? {
        Ok(whose) => whose,
        Err(choose) => return Ok(choose),
    };
    match test_webhook(&desk.rooms.house, &desk.rooms.site, desk.who(), &whose.agents()).await {
        Ok(test) if test.success => Ok(whose.back(WEBHOOK, "webhook-arrived")),
        Ok(test) => {
            let fix = test.fix.map(|fix| format!(" – {fix}")).unwrap_or_default();
            desk.show(&draw(&desk, &whose, Some(format!("{}{fix}", test.message))).await?)
        }
        Err(error) => refused(&desk, &whose, error).await,
    }
}
