//! The functions of a conversation, for Retell's agent, which signs, and for programs with a token, which show no caller.

pub mod args;

use std::marker::PhantomData;
use std::time::Duration;

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{Error, Principal, company_of};
use crate::actors::Switchboard;
use crate::actors::call::{Answered, Asked, Invoke, Seed};
use crate::actors::switchboard::{CallKey, nth_of, written_id};
use crate::clock::{Clock, Stopwatch};
use crate::domain::Hidden;
use crate::domain::answer::{Answer, Status};
use crate::domain::call::{Function, Mark, Request};
use crate::domain::directory::Company;
use crate::domain::phone::Caller;
use crate::domain::speech::{is_placeholder, sentences};
use crate::meters;
use crate::retell::Arguments;
use crate::retell::function::CODES;
use crate::store::Scope;
use crate::store::calls::{AT_DESK, WRITTEN};

/// The shortest and the longest name of a conversation, in bytes.
const CALL_ID_MIN: usize = 3;
const CALL_ID_MAX: usize = 128;

/// What stands for a name where none was filled in: whoever writes it would share one conversation with all others who do.
const NO_NAMES: [&str; 16] = [
    "call",
    "call_id",
    "callid",
    "call-id",
    "conversation",
    "conversation_id",
    "default",
    "example",
    "id",
    "session",
    "session_id",
    "string",
    "test",
    "unique_id",
    "uuid",
    "your_call_id",
];

/// How names begin that the house gives itself.
const OWN_NAMES: [&str; 2] = [AT_DESK, WRITTEN];

/// A function as a program calls it, with args that are described as `A`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "A: JsonSchema")]
pub struct Asking<A> {
    /// A company's slug; needed where the token sees several.
    pub company: Option<String>,
    /// Which conversation it belongs to: Retell's id of a call that is going on, or any name the program chooses, 3 to 128
    /// characters. What is agreed on in a conversation of its own is booked at the yes; after 15 minutes of silence it is
    /// over, and the same name begins another that knows nothing of it.
    pub call_id: String,
    /// What the caller has said.
    #[serde(default)]
    #[schemars(with = "A")]
    pub args: Map<String, Value>,
    #[serde(skip)]
    described_as: PhantomData<fn() -> A>,
}

impl<A> std::fmt::Debug for Asking<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Asking").finish_non_exhaustive()
    }
}

/// What is to be said, and what the status lists beside it.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct Said {
    pub success: bool,
    pub status: String,
    /// A sentence to say.
    pub message: String,
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Said").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Calls a function for a program. Nobody vouches for a number, so the caller is one who shows none. Fails where the
/// company is not the token's, `call_id` is no name, or the call of that id is over.
pub async fn call<A>(
    house: &Switchboard,
    who: &Principal,
    function: Function,
    asking: Asking<A>,
) -> Result<Said, Error> {
    let company = company_of(&house.directory(), who, asking.company.as_deref())?;
    let (key, watch) = (key_of(house, &company, &asking.call_id).await?, Clock::stopwatch());
    let args = Arguments::from_json(Value::Object(asking.args));
    let now = house.clock().now();
    let asked = Asked {
        request: Request { as_withheld: true, ..request_of(&args) },
        mark: mark_of(house, &function, &args),
        arguments: Hidden(args.for_the_books()),
        received_at: now,
        function,
    };
    let branch = match company.branches.as_slice() {
        [only] => Some(only.id),
        _ => None,
    };
    let seed = Seed { caller: Caller::Withheld, began_at: now, branch };
    let answered = answer(house, &company, (&key, &seed), asked, &watch).await;
    serde_json::from_str(&answered.text).map_err(|_| Error::NoAnswer)
}

/// Retell's call of that id, as long as it goes on; else the conversation of that name that does, apart from Retell's
/// calls, or the next one. What was agreed on in one that is over may be heard of by nobody who merely knows its name.
async fn key_of(house: &Switchboard, company: &Company, call_id: &str) -> Result<CallKey, Error> {
    if !is_a_name(call_id) {
        let why = format!(
            "call_id must name the conversation: {CALL_ID_MIN} to {CALL_ID_MAX} characters, new for each \
             conversation and the same each time in it, no placeholder, and not beginning with {}",
            OWN_NAMES.join(" or ")
        );
        return Err(Error::Invalid(why));
    }
    let (calls, now) = (house.store().calls(Scope::one(company.id)), house.clock().now());
    match calls.find_by_retell_id(call_id).await? {
        Some(row) if is_going_on(&row) => return Ok((company.id, call_id.into())),
        Some(_) => {
            let why = "the call of this call_id is over: give the conversation a name of its own";
            return Err(Error::Conflict(why.into()));
        }
        None => {}
    }
    let before = calls.written_as(call_id, now).await?;
    if let Some(row) = before.iter().find(|row| is_going_on(row)) {
        return Ok((company.id, row.retell_call_id.as_str().into()));
    }
    let today = now.to_zoned(TimeZone::UTC).date();
    let latest = before.iter().filter_map(|row| nth_of(&row.retell_call_id, today)).max();
    Ok((company.id, written_id(call_id, today, latest.unwrap_or(0) + 1)))
}

fn is_going_on(row: &entities::call::Model) -> bool {
    row.phase == "live"
}

fn is_a_name(call_id: &str) -> bool {
    let bare = call_id.trim().trim_matches(['<', '>', '{', '}', '[', ']', '(', ')', '"', '\'', '$', '%']);
    let lower = bare.to_lowercase();
    (CALL_ID_MIN..=CALL_ID_MAX).contains(&call_id.len())
        && bare.len() >= CALL_ID_MIN
        && !call_id.contains(char::is_control)
        && !is_placeholder(call_id)
        && !NO_NAMES.contains(&lower.as_str())
        && !OWN_NAMES.iter().any(|own| lower.starts_with(own))
}

/// Without an id of the invocation only the same words soon after are a repeat: the body is never the same.
fn mark_of(house: &Switchboard, function: &Function, args: &Arguments) -> Mark {
    let words = format!("{} {}", function.as_str(), args.canonical());
    Mark::Content {
        words: hex::encode(&Sha256::digest(words.as_bytes())[..16]),
        body: house.clock().mint().simple().to_string(),
    }
}

/// Asks the call's actor, as long as a caller can wait; there is always something to say.
pub async fn answer(
    house: &Switchboard,
    company: &Company,
    (key, seed): (&CallKey, &Seed),
    asked: Asked,
    watch: &Stopwatch,
) -> Answered {
    let (known, language) = (asked.function.known(), company.language);
    let longest = Duration::from_millis(house.settings().answer_max_ms);
    let answered = match tokio::time::timeout(longest, ask(house, (key, seed), asked)).await {
        Ok(Some(answered)) => answered,
        Ok(None) => said(Status::Trouble, sentences::trouble(language)),
        // The work goes on behind it; asked again, the answer says how it ended.
        Err(_) => {
            tracing::warn!(function = known, "a function was not answered in time");
            said(Status::Working, sentences::working(language))
        }
    };
    meters::turn(known, answered.status, watch.elapsed());
    answered
}

/// What is said without asking the call's actor.
pub fn said(status: Status, sentence: String) -> Answered {
    Answered { text: Answer::new(status, sentence).to_json().to_string().into(), status: status.as_str() }
}

/// Asks the call's actor; an actor that is just leaving is met at its next start.
async fn ask(house: &Switchboard, (key, seed): (&CallKey, &Seed), asked: Asked) -> Option<Answered> {
    for _ in 0..2 {
        let actor = house.call(key, seed).ok()?;
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

/// The arguments under their German and English names, and the ones agents make up.
pub fn request_of(args: &Arguments) -> Request {
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
        may_notify: args.truth(&["benachrichtigung_erlaubt", "notifications_allowed"]),
        branch: text(&["filiale", "branch"]),
        reason: text(&["grund", "reason"]),
        booking: text(&["booking", "buchung", "appointment_id"]),
        code: text(&CODES),
        as_withheld: false,
        when: text(&["wunschzeit", "when", "preferred_callback_time"]),
        unreadable: !args.is_readable(),
    }
}
