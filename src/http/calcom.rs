//! Cal.com's door: what people change there is heard here; each company's webhook is signed with its own secret.

use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use secrecy::SecretString;

use super::Rooms;
use super::error::{Refusal, refusal};
use super::limit::vouch;
use crate::actors::hints;
use crate::actors::news::short;
use crate::calcom::webhook::{SIGNATURE_HEADER, Webhook, is_signed};
use crate::domain::directory::Company;
use crate::meters;
use crate::store::journal::Delivery;

/// Under this route its deliveries are kept.
pub(super) const ROUTE: &str = "calcom";
/// Cal.com's bodies are a few kilobytes; custom payloads may be larger.
const BODY_BYTES_MAX: usize = 262_144;

pub(super) fn routes(config: &mut ServiceConfig) {
    let resource = web::resource("/api/webhooks/calcom/{company}");
    config.service(resource.app_data(web::PayloadConfig::new(BODY_BYTES_MAX)).route(web::post().to(receive)));
}

async fn receive(
    rooms: web::Data<Rooms>,
    request: HttpRequest,
    slug: web::Path<String>,
    body: Bytes,
) -> HttpResponse {
    let directory = rooms.house.directory();
    let company = directory.company_by_slug(&slug).filter(|company| is_by(company, &request, &body));
    let Some(company) = company else {
        rooms.limits.wrong_signature(&request);
        meters::signature_refused("calcom");
        let message = "x-cal-signature-256 is missing or not by this company's webhook_secret";
        return Refusal::new(StatusCode::UNAUTHORIZED, "invalid_signature", message).error_response();
    };
    vouch(&request);
    let Some(webhook) = Webhook::parse(&body) else {
        return refusal(StatusCode::BAD_REQUEST, "not_a_webhook", "the body must be a webhook of Cal.com's");
    };
    let known = hints::known(&webhook.trigger);
    match keep(&rooms, company, &webhook, &body).await {
        Ok(true) => {}
        Ok(false) => {
            meters::webhook(known, "repeated");
            return HttpResponse::NoContent().finish();
        }
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a webhook of cal.com could not be kept"
            );
            return refusal(
                StatusCode::SERVICE_UNAVAILABLE,
                "try_again",
                "the webhook could not be written down",
            );
        }
    }
    match hints::hear(&rooms.house, company, &webhook).await {
        Ok(()) => meters::webhook(known, "taken_in"),
        // Cal.com does not send it again: the sweep finds what it was about.
        Err(error) => {
            meters::webhook(known, "not_written");
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a webhook of cal.com changed nothing here"
            );
        }
    }
    HttpResponse::NoContent().finish()
}

fn is_by(company: &Company, request: &HttpRequest, body: &[u8]) -> bool {
    let header = request.headers().get(SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
    let secrets = company.accounts.iter().filter_map(|account| account.webhook_secret.as_ref());
    is_signed(body, header, &secrets.collect::<Vec<&SecretString>>())
}

/// Keeps it with its body; false: it was here before.
async fn keep(
    rooms: &Rooms,
    company: &Company,
    webhook: &Webhook,
    body: &[u8],
) -> Result<bool, crate::store::Error> {
    let house = &rooms.house;
    let came = house.delivery(ROUTE, short(&webhook.trigger, 64), body);
    let delivery = Delivery { once: Some(webhook.once()), ..came };
    house.store().deliveries().keep_once(delivery, company.id, house.clock().now()).await
}
