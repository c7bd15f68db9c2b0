//! The functions the agent calls: once the signature holds, the answer is always 200 and something to say.

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

use super::Rooms;
use super::door::{Knock, Visitor, refuse};
use super::limit::Letter;
use super::webhooks::not_a_webhook;
use crate::actors::call::{Answered, Asked};
use crate::actors::news::{self, call_id};
use crate::domain::Hidden;
use crate::domain::answer::Status;
use crate::domain::call::{Function, Mark};
use crate::domain::directory::{Company, Line};
use crate::domain::speech::{Language, sentences};
use crate::meters;
use crate::operations::functions;
use crate::retell::function::base_name;
use crate::retell::{Arguments, Call, Invocation};

const ROUTE: &str = "function";
/// Retell's ids are opaque but never longer than this.
const KEY_MAX: usize = 200;

pub(super) fn routes(config: &mut ServiceConfig) {
    let path = "/api/mcp/gateway/retell/functions/{function}";
    config.service(web::resource(path).route(web::post().to(receive)));
}

async fn receive(
    rooms: web::Data<Rooms>,
    request: HttpRequest,
    name: web::Path<String>,
    letter: Letter,
) -> HttpResponse {
    let knock = Knock::new(&rooms, &request, &letter);
    let invocation = match Invocation::parse(knock.body) {
        Ok(invocation) => invocation,
        Err(not) => return not_a_webhook(&knock, not),
    };
    let visitor = match knock.open(invocation.call.as_ref()).await {
        Err(invalid) => return refuse(invalid),
        Ok(visitor) => visitor,
    };
    let call = invocation.call.as_ref();
    let id = call.and_then(call_id);
    if let (Visitor::Known { company, line }, Some(call), Some(id)) = (&visitor, call, id) {
        return serve(&knock, base_name(&name), &invocation, (company, *line, call, id)).await;
    }
    let (over, language) = match &visitor {
        Visitor::Known { company, .. } => (rooms.limits.over(company.id, None), company.language),
        Visitor::Unknown { .. } => (rooms.limits.over_unknown(), Language::default()),
    };
    let (kept_as, number, answered) = match (&visitor, call) {
        (Visitor::Unknown { .. }, Some(call)) => {
            let sentence = sentences::unknown_number(language);
            ("unknown_number", call.our_number(), functions::said(Status::UnknownNumber, sentence))
        }
        (Visitor::Known { .. }, _) | (Visitor::Unknown { .. }, None) => {
            ("no_call_id", None, functions::said(Status::Invalid, sentences::not_understood(language)))
        }
    };
    if over.is_none() {
        keep(&knock, &name, &visitor, kept_as, number).await;
    }
    say(&answered)
}

async fn serve(
    knock: &Knock<'_>,
    name: &str,
    invocation: &Invocation,
    (company, line, call, id): (&Company, Line, &Call, &str),
) -> HttpResponse {
    let house = &knock.rooms.house;
    let function = Function::named(name);
    if knock.rooms.limits.over(company.id, Some(id)).is_some() {
        // The caller hears something that is so, and the agent asks again.
        let answered = functions::said(Status::Working, sentences::one_moment(company.language));
        meters::turn(function.known(), answered.status, knock.watch.elapsed());
        return say(&answered);
    }
    let asked = Asked {
        request: functions::request_of(&invocation.args),
        mark: mark_of((name, call), &invocation.args, knock.body),
        arguments: Hidden(invocation.args.for_the_books()),
        received_at: knock.now,
        function,
    };
    let (key, seed) = ((line.company, id.into()), news::seed(call, line, knock.now));
    say(&functions::answer(house, company, (&key, &seed), asked, &knock.watch).await)
}

/// What makes a repeat recognisable: Retell's id of the invocation, else function and arguments, and their body.
fn mark_of((name, call): (&str, &Call), args: &Arguments, body: &[u8]) -> Mark {
    let digest = |bytes: &[u8]| hex::encode(&Sha256::digest(bytes)[..16]);
    match call.last_tool_call_id(name).filter(|id| id.len() <= KEY_MAX) {
        Some(id) => Mark::Id(id.to_owned()),
        None => Mark::Content {
            words: digest(format!("{name} {}", args.canonical()).as_bytes()),
            body: digest(body),
        },
    }
}

fn say(answered: &Answered) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(answered.text.to_string())
}

/// Keeps what could not be served, so that nothing is lost; a failure is told to those who run the house.
async fn keep(knock: &Knock<'_>, name: &str, visitor: &Visitor, status: &str, number: Option<&str>) {
    let delivery = knock.delivery(visitor, (ROUTE, name), number);
    let deliveries = knock.rooms.house.store().deliveries();
    if let Err(error) = deliveries.keep(delivery, visitor.company(), None, status, knock.now).await {
        tracing::error!(error = &error as &dyn std::error::Error, "a function call could not be kept");
    }
}
