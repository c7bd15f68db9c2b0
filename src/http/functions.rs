//! The functions the agent calls: once the signature holds, the answer is always 200 and something to say.

use std::time::Duration;

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

use super::Rooms;
use super::door::{Knock, Visitor, refuse};
use super::limit::Letter;
use super::webhooks::not_a_webhook;
use crate::actors::call::{Answered, Asked, Invoke};
use crate::actors::news::{self, call_id};
use crate::domain::Hidden;
use crate::domain::answer::{Answer, Status};
use crate::domain::call::{Function, Mark, Request};
use crate::domain::directory::{Company, Line};
use crate::domain::speech::{Language, sentences};
use crate::meters;
use crate::retell::function::{CODES, base_name};
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
            ("unknown_number", call.our_number(), of_ours(Status::UnknownNumber, sentence))
        }
        (Visitor::Known { .. }, _) | (Visitor::Unknown { .. }, None) => {
            ("no_call_id", None, of_ours(Status::Invalid, sentences::not_understood(language)))
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
        let answered = of_ours(Status::Working, sentences::one_moment(company.language));
        meters::turn(function.known(), answered.status, knock.watch.elapsed());
        return say(&answered);
    }
    let asked = Asked {
        request: request_of(&invocation.args),
        mark: mark_of((name, call), &invocation.args, knock.body),
        arguments: Hidden(invocation.args.for_the_books()),
        received_at: knock.now,
        function,
    };
    let known = asked.function.known();
    let longest = Duration::from_millis(house.settings().answer_max_ms);
    let answer = tokio::time::timeout(longest, ask(knock, (line, call, id), asked)).await;
    let language = company.language;
    let answered = match answer {
        Ok(Some(answered)) => answered,
        Ok(None) => of_ours(Status::Trouble, sentences::trouble(language)),
        // The work goes on behind it; asked again, the answer says how it ended.
        Err(_) => {
            tracing::warn!(function = known, "a function was not answered in time");
            of_ours(Status::Working, sentences::working(language))
        }
    };
    meters::turn(known, answered.status, knock.watch.elapsed());
    say(&answered)
}

/// What is said without asking the call's actor.
fn of_ours(status: Status, sentence: String) -> Answered {
    Answered { text: Answer::new(status, sentence).to_json().to_string().into(), status: status.as_str() }
}

/// Asks the call's actor; an actor that is just leaving is met at its next start.
async fn ask(knock: &Knock<'_>, (line, call, id): (Line, &Call, &str), asked: Asked) -> Option<Answered> {
    let (house, seed) = (&knock.rooms.house, news::seed(call, line, knock.now));
    let key = (line.company, id.into());
    for _ in 0..2 {
        let actor = house.call(&key, &seed).ok()?;
        match actor.send(Invoke::new(asked.clone())).await {
            Ok(Ok(answer)) => return Some(answer),
            Ok(Err(trouble)) => {
                tracing::error!(
                    error = &trouble as &dyn std::error::Error,
                    "a function could not be answered"
                );
                return None;
            }
            Err(_) => {}
        }
    }
    None
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

/// The arguments under their German and English names, and the ones agents make up.
fn request_of(args: &Arguments) -> Request {
    let text = |names: &[&str]| args.text(names);
    let appointment = match args.number(&["termin", "appointment", "appointment_number"]) {
        Some(number) => u8::try_from(number).ok(),
        None if text(&["termin", "appointment"]).is_some() => None,
        None => Some(1),
    };
    Request {
        appointment,
        date: text(&["datum", "date", "tag", "day", "start", "start_time", "requested_date"]),
        time: text(&["uhrzeit", "time", "zeit", "preferred_time", "requested_time"]),
        service: text(&["dienstleistung", "service", "service_name", "leistung"]),
        staff: text(&["mitarbeiter", "staff", "staff_name"]),
        new_date: text(&["neues_datum", "new_date"]),
        new_time: text(&["neue_uhrzeit", "new_time"]),
        slot_id: text(&["slot_id", "slot"]),
        name: text(&["name", "customer_name", "kundenname"]),
        phone: text(&["telefonnummer", "phone", "phone_number", "customer_phone"]),
        email: text(&["email", "e_mail", "customer_email"]),
        note: text(&["notiz", "notizen", "note", "notes"]),
        confirmed: args.truth(&["bestaetigung", "bestätigung", "confirmed", "confirmation"]),
        branch: text(&["filiale", "branch"]),
        reason: text(&["grund", "reason"]),
        booking: text(&["booking", "buchung", "appointment_id"]),
        code: text(&CODES),
        as_withheld: false,
        when: text(&["wunschzeit", "when", "preferred_callback_time"]),
        unreadable: !args.is_readable(),
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
