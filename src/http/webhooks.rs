//! Webhooks from Retell: verified, written down, acknowledged with 204; nothing is answered before it is in the books.

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, ResponseError};

use super::door::{Knock, Visitor, refuse};
use super::error::{Refusal, refusal};
use super::limit::{Letter, seconds};
use super::{Rooms, inbound};
use crate::actors::news::{self, call_id};
use crate::domain::call::News;
use crate::domain::directory::Line;
use crate::domain::ids::CallId;
use crate::meters;
use crate::retell::webhook::Event;
use crate::retell::{Call, NotAWebhook, Webhook};
use crate::store::Scope;
use crate::store::journal::Delivery;

pub(super) const ROUTE: &str = "retell";

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
                Err(invalid) => {
                    knock.note_another_key(webhook.call.as_ref(), invalid).await;
                    refuse(invalid)
                }
                Ok(visitor) => match too_often(&knock, &webhook, &visitor) {
                    Some(refused) => refused,
                    None => {
                        if let Visitor::Known { company, .. } = &visitor {
                            knock.note_the_key(company, &webhook).await;
                        }
                        take_in(&knock, &webhook, visitor).await
                    }
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
    let delivery = Delivery {
        once: Some(format!("{} {id}", webhook.event.name())),
        ..delivery(knock, webhook, visitor)
    };
    let (seed, told) =
        (news::seed(call, line, knock.now), news::told(news, (call, knock.body), Some(delivery)));
    if news::tell(house, &(line.company, id.into()), &seed, told).await {
        return HttpResponse::NoContent().finish();
    }
    refusal(
        StatusCode::SERVICE_UNAVAILABLE,
        "try_again",
        "the webhook could not be written down; send it again",
    )
}

/// Keeps a delivery that moves no call; Some: even that failed, and this is the answer.
async fn keep(knock: &Knock<'_>, webhook: &Webhook, visitor: &Visitor, status: &str) -> Option<HttpResponse> {
    let (delivery, call) = (delivery(knock, webhook, visitor), call_of(knock, webhook, visitor).await);
    let deliveries = knock.rooms.house.store().deliveries();
    let kept = deliveries.keep(delivery, visitor.company(), call, status, knock.now).await;
    kept.err().map(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a delivery could not be kept");
        refusal(StatusCode::SERVICE_UNAVAILABLE, "try_again", "the delivery could not be kept; send it again")
    })
}

/// The call that a kept delivery is told with: only of transfers, since transcripts come with every turn.
async fn call_of(knock: &Knock<'_>, webhook: &Webhook, visitor: &Visitor) -> Option<CallId> {
    let id = call_id(webhook.call.as_ref()?).filter(|_| webhook.event.name().starts_with("transfer_"))?;
    let calls = knock.rooms.house.store().calls(Scope::one(visitor.company()?));
    // Where the books fail, it is kept without its call.
    Some(calls.find_by_retell_id(id).await.ok()??.id.into())
}

fn delivery(knock: &Knock<'_>, webhook: &Webhook, visitor: &Visitor) -> Delivery {
    let our_number = webhook.call.as_ref().and_then(Call::our_number);
    knock.delivery(visitor, (ROUTE, webhook.event.name()), our_number)
}
