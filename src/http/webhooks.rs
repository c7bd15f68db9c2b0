//! Webhooks from Retell: verified, written down, acknowledged with 204; nothing is answered before it is in the books.

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, ResponseError};

use super::door::{Knock, Visitor, refuse, short};
use super::error::{Refusal, refusal};
use super::limit::{Letter, seconds};
use super::{Rooms, inbound};
use crate::actors::Switchboard;
use crate::actors::call::{Hear, Seed, Told};
use crate::actors::recovery::words_of;
use crate::actors::switchboard::CallKey;
use crate::domain::call::News;
use crate::domain::directory::Line;
use crate::domain::phone::Caller;
use crate::domain::speech::is_placeholder;
use crate::meters;
use crate::retell::webhook::Event;
use crate::retell::{Call, NotAWebhook, Webhook};
use crate::store::journal::Delivery;

pub(super) const ROUTE: &str = "retell";
/// Retell's ids are opaque but never longer than this.
pub(super) const CALL_ID_MAX: usize = 200;

pub(super) fn routes(config: &mut ServiceConfig) {
    for path in ["/api/webhooks/retell", "/api/mcp/retell/webhook"] {
        config.service(web::resource(path).route(web::post().to(receive)));
    }
    config.service(web::resource("/api/webhooks/retell/inbound").route(web::post().to(inbound::receive)));
}

async fn receive(
    rooms: web::Data<Rooms>,
    request: HttpRequest,
    letter: Result<Letter, Refusal>,
) -> HttpResponse {
    let letter = match letter {
        Ok(letter) => letter,
        Err(refusal) => return unread(&refusal),
    };
    let knock = Knock::new(&rooms, &request, &letter);
    let (event, answer) = match Webhook::parse(knock.body) {
        Err(not) => ("none", not_a_webhook(&knock, not)),
        Ok(webhook) if webhook.event.name() == inbound::EVENT => {
            (inbound::EVENT, inbound::answer(&knock).await)
        }
        Ok(webhook) => {
            let answer = match knock.open(webhook.call.as_ref()).await {
                Err(invalid) => refuse(invalid),
                Ok(visitor) => match too_often(&knock, &webhook, &visitor) {
                    Some(refused) => refused,
                    None => take_in(&knock, &webhook, visitor).await,
                },
            };
            (webhook.event.known(), answer)
        }
    };
    count(event, &answer);
    answer
}

/// A webhook that was not even read.
pub(super) fn unread(refusal: &Refusal) -> HttpResponse {
    let answer = refusal.error_response();
    count("none", &answer);
    answer
}

/// Counts a webhook by what was answered.
pub(super) fn count(event: &'static str, answer: &HttpResponse) {
    let result = match answer.status().as_u16() {
        200..=299 => "taken_in",
        400 => "unusable",
        401 => "not_signed",
        404 => "unknown_number",
        429 => "too_often",
        503 => "not_written",
        _ => "other",
    };
    meters::webhook(event, result);
}

/// Who sends too much is asked to send it again later, as Retell does. What begins, ends or judges a call of ours is never
/// refused: each comes once, Retell repeats it three times at most, and the caller's promise hangs on it.
fn too_often(knock: &Knock<'_>, webhook: &Webhook, visitor: &Visitor) -> Option<HttpResponse> {
    let limits = &knock.rooms.limits;
    let wait = match (&webhook.event, visitor) {
        (Event::CallStarted | Event::CallEnded | Event::CallAnalyzed, Visitor::Known { .. }) => None,
        (Event::Other(_), Visitor::Known { company, .. }) => {
            limits.over(company.id, webhook.call.as_ref().and_then(call_id))
        }
        (_, Visitor::Unknown { .. }) => limits.over_unknown(),
    }?;
    let message = "too many deliveries; send it again later";
    let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too_often", message);
    Some(refusal.after(seconds(wait)).error_response())
}

/// Not JSON, or not an object: said so to whoever may know, nothing stored.
pub(super) fn not_a_webhook(knock: &Knock<'_>, not: NotAWebhook) -> HttpResponse {
    match knock.signer(&knock.rooms.house.directory()) {
        Err(invalid) => refuse(invalid),
        Ok(_) => {
            refusal(StatusCode::BAD_REQUEST, "not_json", &format!("the body must be one JSON object: {not}"))
        }
    }
}

async fn take_in(knock: &Knock<'_>, webhook: &Webhook, visitor: Visitor) -> HttpResponse {
    let call = webhook.call.as_ref();
    let id = call.and_then(call_id);
    let (line, id) = match (&visitor, id) {
        (Visitor::Unknown { .. }, _) if call.is_some() => {
            let kept = keep(knock, webhook, &visitor, "unknown_number").await;
            let message =
                "this number or agent belongs to no branch here; add it to the company's file and apply it";
            return kept.unwrap_or_else(|| refusal(StatusCode::NOT_FOUND, "unknown_number", message));
        }
        (Visitor::Known { line, .. }, Some(id)) => (*line, id),
        // Events that are about no call, such as those of chats, are kept like any other.
        (_, None) if matches!(webhook.event, Event::Other(_)) => {
            let kept = keep(knock, webhook, &visitor, "kept").await;
            return kept.unwrap_or_else(|| HttpResponse::NoContent().finish());
        }
        _ => {
            let kept = keep(knock, webhook, &visitor, "no_call_id").await;
            let message = "the body has no usable call.call_id; the delivery was kept";
            return kept.unwrap_or_else(|| refusal(StatusCode::BAD_REQUEST, "no_call_id", message));
        }
    };
    let news = match &webhook.event {
        Event::CallStarted => News::Started,
        Event::CallEnded => News::Ended,
        Event::CallAnalyzed => News::Analyzed,
        Event::Other(_) => {
            let kept = keep(knock, webhook, &visitor, "kept").await;
            return kept.unwrap_or_else(|| HttpResponse::NoContent().finish());
        }
    };
    let Some(call) = call else { return HttpResponse::BadRequest().finish() };
    tell(knock, webhook, (news, &visitor), (call, line, id)).await
}

async fn tell(
    knock: &Knock<'_>,
    webhook: &Webhook,
    (news, visitor): (News, &Visitor),
    (call, line, id): (&Call, Line, &str),
) -> HttpResponse {
    let house = &knock.rooms.house;
    let told = Told {
        news,
        words: words_of(call),
        delivery: Some(Delivery {
            once: Some(format!("{} {id}", webhook.event.name())),
            ..delivery(knock, webhook, visitor)
        }),
        disconnection_reason: call.disconnection_reason.as_deref().map(|reason| short(reason, 64)),
    };
    if hear(house, &(line.company, id.into()), &seed(knock, call, line), told).await {
        return HttpResponse::NoContent().finish();
    }
    refusal(
        StatusCode::SERVICE_UNAVAILABLE,
        "try_again",
        "the webhook could not be written down; send it again",
    )
}

/// Tells the call's actor; false: it could not be written down.
pub(super) async fn hear(house: &Switchboard, key: &CallKey, seed: &Seed, told: Told) -> bool {
    // An actor that is just leaving is met at its next start.
    for _ in 0..2 {
        let Ok(actor) = house.call(key, seed) else { return false };
        match actor.send(Hear::new(told.clone())).await {
            Ok(Ok(())) => return true,
            Ok(Err(trouble)) => {
                tracing::error!(
                    error = &trouble as &dyn std::error::Error,
                    "a webhook could not be written down; Retell will send it again"
                );
                return false;
            }
            Err(_) => {}
        }
    }
    false
}

/// Keeps a delivery that moves no call; Some: even that failed, and this is the answer.
async fn keep(knock: &Knock<'_>, webhook: &Webhook, visitor: &Visitor, status: &str) -> Option<HttpResponse> {
    let delivery = delivery(knock, webhook, visitor);
    let deliveries = knock.rooms.house.store().deliveries();
    let kept = deliveries.keep(delivery, visitor.company(), None, status, knock.now).await;
    kept.err().map(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a delivery could not be kept");
        refusal(StatusCode::SERVICE_UNAVAILABLE, "try_again", "the delivery could not be kept; send it again")
    })
}

fn delivery(knock: &Knock<'_>, webhook: &Webhook, visitor: &Visitor) -> Delivery {
    let our_number = webhook.call.as_ref().and_then(Call::our_number);
    knock.delivery(visitor, (ROUTE, webhook.event.name()), our_number)
}

/// Retell's id of the call, unless a placeholder stands in its place.
pub(super) fn call_id(call: &Call) -> Option<&str> {
    let sound = |id: &&str| id.len() <= CALL_ID_MAX && !id.contains(char::is_control) && !is_placeholder(id);
    call.call_id.as_deref().filter(sound)
}

/// What this first sign tells about the call.
pub(super) fn seed(knock: &Knock<'_>, call: &Call, line: Line) -> Seed {
    Seed {
        caller: Caller::from_wire(call.their_number()),
        began_at: call.start_timestamp.unwrap_or(knock.now),
        branch: line.branch,
    }
}
