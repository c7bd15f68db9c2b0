//! The inbound webhook: while it rings, tells the agent what day it is, whether the branch is open, what it offers.

use std::time::Duration;

use actix_web::web;
use actix_web::{HttpRequest, HttpResponse};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::Rooms;
use super::door::{Knock, Visitor, refuse};
use super::error::Refusal;
use super::limit::Letter;
use super::webhooks::{count, not_a_webhook, unread};
use crate::actors::supervisor::spawn;
use crate::actors::{Switchboard, prefetch};
use crate::domain::directory::Company;
use crate::domain::habit::Habit;
use crate::domain::phone::Caller;
use crate::domain::ringing;
use crate::retell::{Call, Inbound};

/// The event's name, in case it is sent to the other door.
pub(super) const EVENT: &str = "call_inbound";
const ROUTE: &str = "inbound";
/// How long the answer waits for the books; while it rings, a hint is not worth more.
const BOOKS_WAIT: Duration = Duration::from_millis(300);

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
    let inbound = match Inbound::parse(knock.body) {
        Ok(inbound) => inbound,
        Err(not) => return not_a_webhook(knock, not),
    };
    let call = Call {
        from_number: inbound.from_number,
        to_number: inbound.to_number,
        agent_id: inbound.agent_id,
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
            let house = &knock.rooms.house;
            prefetch::read_ahead(house, company.id, line.branch);
            let branch = line.branch.and_then(|id| company.branch(id));
            let habit = habit(house, company, &call, knock.now).await;
            let told = ringing::variables(company, branch, habit.as_ref(), knock.now);
            // Retell takes strings only.
            let variables: Map<String, Value> =
                told.into_iter().map(|(name, text)| (name.to_owned(), Value::String(text))).collect();
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

/// What a known customer usually comes for, if the company wants it told and the books say so in time.
async fn habit(house: &Switchboard, company: &Company, ringing: &Call, now: Timestamp) -> Option<Habit> {
    if !company.policy.customer_hints {
        return None;
    }
    let caller = Caller::from_wire(ringing.their_number());
    let customers = house.store().customers(company.id);
    let visits = customers.visits(caller.number()?, now);
    match actix_web::rt::time::timeout(BOOKS_WAIT, visits).await {
        Ok(Ok(visits)) => Habit::of(&visits),
        Ok(Err(error)) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "a customer's habit could not be read");
            None
        }
        Err(_) => None,
    }
}
