//! The inbound webhook: while it rings, tells the agent what day it is, whether the branch is open, what it offers.

use actix_web::web;
use actix_web::{HttpRequest, HttpResponse};
use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value, json};

use super::Rooms;
use super::door::{Knock, Visitor, refuse};
use super::error::Refusal;
use super::limit::Letter;
use super::webhooks::{count, not_a_webhook, unread};
use crate::actors::supervisor::spawn;
use crate::domain::directory::{Branch, Company};
use crate::domain::speech::{Language, say};
use crate::retell::{Call, Inbound};

/// The event's name, in case it is sent to the other door.
pub(super) const EVENT: &str = "call_inbound";
const ROUTE: &str = "inbound";
/// Days told ahead, so that "Dienstag" is a date for the agent too.
const DAYS_AHEAD: i64 = 14;

pub(super) async fn receive(
    rooms: web::Data<Rooms>,
    request: HttpRequest,
    letter: Result<Letter, Refusal>,
) -> HttpResponse {
    let letter = match letter {
        Ok(letter) => letter,
        Err(refusal) => return unread(&refusal),
    };
    let answer = answer(&Knock::new(&rooms, &request, &letter)).await;
    count(EVENT, &answer);
    answer
}

pub(super) async fn answer(knock: &Knock<'_>) -> HttpResponse {
    let ringing = match Inbound::parse(knock.body) {
        Ok(ringing) => ringing,
        Err(not) => return not_a_webhook(knock, not),
    };
    let call = Call {
        from_number: ringing.from_number,
        to_number: ringing.to_number,
        agent_id: ringing.agent_id,
        ..Call::default()
    };
    let limits = &knock.rooms.limits;
    // In doubt the call goes through as it is: while a refusal is repeated, the caller hears it ring.
    let as_it_is = || HttpResponse::Ok().json(json!({"call_inbound": {}}));
    let visitor = match knock.open(Some(&call)).await {
        Err(invalid) => return refuse(invalid),
        Ok(visitor) => visitor,
    };
    match &visitor {
        Visitor::Unknown { .. } => {
            if limits.over_unknown().is_none() {
                keep(knock, &call, &visitor, "unknown_number");
            }
            as_it_is()
        }
        Visitor::Known { company, .. } if limits.over(company.id, None).is_some() => as_it_is(),
        Visitor::Known { company, line } => {
            let branch = line.branch.and_then(|id| company.branch(id));
            let variables = variables(company, branch, knock.now);
            keep(knock, &call, &visitor, "answered");
            HttpResponse::Ok().json(json!({"call_inbound": {"dynamic_variables": variables}}))
        }
    }
}

/// Keeps what came behind the answer: while it rings, nobody waits for the books.
fn keep(knock: &Knock<'_>, call: &Call, visitor: &Visitor, status: &'static str) {
    let delivery = knock.delivery(visitor, (ROUTE, EVENT), call.our_number());
    let (house, now, company) = (knock.rooms.house.clone(), knock.now, visitor.company());
    spawn(knock.rooms.house.desk(), async move {
        if let Err(error) = house.store().deliveries().keep(delivery, company, None, status, now).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "an inbound webhook could not be kept");
        }
    });
}

/// Dynamic variables; Retell takes strings only.
fn variables(company: &Company, branch: Option<&Branch>, now: Timestamp) -> Map<String, Value> {
    let language = company.language;
    let zone =
        branch.or(company.branches.first()).map_or(jiff::tz::TimeZone::UTC, |branch| branch.zone.clone());
    let local = now.to_zoned(zone);
    let today = local.date();
    let days = (0..DAYS_AHEAD).map(|ahead| {
        let day = today.saturating_add(ahead.days());
        format!("{} = {day}", say::date(day, today, language))
    });
    let open = branch.and_then(|branch| branch.opening.as_ref()).map(|opening| opening.is_open_at(&local));
    let services = branch.into_iter().flat_map(Branch::offered).map(|service| service.name.clone());
    let variables = [
        ("firma", company.name.clone()),
        ("filiale", branch.map(|branch| branch.name.clone()).unwrap_or_default()),
        ("heute", say::date(today, today, language)),
        ("heute_datum", today.to_string()),
        ("uhrzeit_jetzt", say::time(local.time(), language)),
        ("naechste_tage", days.collect::<Vec<_>>().join("; ")),
        ("geoeffnet", opening_state(open, language).to_owned()),
        ("dienstleistungen", services.collect::<Vec<_>>().join(", ")),
    ];
    variables.into_iter().map(|(name, value)| (name.to_owned(), Value::String(value))).collect()
}

fn opening_state(open: Option<bool>, language: Language) -> &'static str {
    match (open, language) {
        (Some(true), Language::De) => "ja",
        (Some(false), Language::De) => "nein",
        (None, Language::De) => "unbekannt",
        (Some(true), Language::En) => "yes",
        (Some(false), Language::En) => "no",
        (None, Language::En) => "unknown",
    }
}
