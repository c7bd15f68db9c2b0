//! The codes of the books in words: why a booking did not come about, how a call ended, what was still missing.

use std::collections::BTreeSet;

use crate::domain::call::Parting;
use crate::domain::speech::claims::Claim;

/// A reason as it is stored, in words; one that is stored in words already stays as it is.
pub fn of_code(code: &str) -> String {
    let words = match code {
        "bad_key" => "Cal.com does not accept the account's key",
        "out_of_bounds" => "Cal.com finds the time too soon or too far ahead for this event type",
        "past" => "Cal.com finds that the time has passed",
        "limit_reached" => "the event type's limit of bookings for that period is reached",
        "unknown_event_type" => "the event type does not exist at Cal.com",
        "event_type_misconfigured" => "the event type is set up so that it cannot be booked this way",
        "field_missing" => "the event type's form asks for something that was not given",
        "malformed" => "Cal.com found the request malformed",
        "unknown_booking" => "Cal.com knows no such booking",
        "already_cancelled" => "it had been cancelled before",
        "refused" => "Cal.com refused it without a reason we know",
        "throttled" => "the account's requests of the minute are used up",
        "connection_refused" => "Cal.com refused the connection",
        "connect_timed_out" => "no connection to Cal.com came about in time",
        "no_address" => "Cal.com's name could not be resolved",
        "not_connected" => "no connection to Cal.com came about",
        "not_available" => "Cal.com calls the time taken or not available",
        "not_available_after_resend" => "Cal.com calls the time taken, perhaps by this very booking",
        "race" => "two bookings met in Cal.com's database",
        "already_there" => "Cal.com says that this attendee has a booking already, perhaps this very one",
        "already_moved" => "Cal.com says that it was moved already",
        "after_insert" => "Cal.com failed at a step after it had stored the booking",
        "server_error" => "Cal.com failed inside",
        "timed_out" => "Cal.com did not answer in time",
        "broken" => "the connection broke before the answer was complete",
        "unreadable" => "Cal.com's answer could not be read",
        "unknown_text" => "Cal.com answered with a text we do not know",
        "changed_before_answered" => "somebody changed it at Cal.com before the answer came",
        "restarted" => "this program was stopped before the answer arrived",
        other => other,
    };
    words.to_owned()
}

/// Why Cal.com's answer was a no.
pub(super) fn refusal(code: &str) -> String {
    match code {
        "slot_taken" => "Cal.com says that the time is taken or not available".into(),
        "foreign_booking_returned" => "Cal.com answered with somebody else's booking of that time".into(),
        other => of_code(other),
    }
}

/// Why nobody knows.
pub(super) fn doubt(why: &str) -> String {
    let code = why.strip_prefix("nobody knows whether it stood (").and_then(|rest| rest.strip_suffix(')'));
    match code {
        Some(code) => format!("{}, and it was not found before its time had come", of_code(code)),
        None => of_code(why),
    }
}

/// Why what was promised does not stand any more, or never did.
pub(super) fn cancelled(why: &str) -> String {
    if why.starts_with("test mode") {
        "was not booked: the company is in test mode, so nothing is written at Cal.com".into()
    } else {
        format!("does not stand any more: {why}")
    }
}

/// How a call came to its end, as a clause.
pub(super) fn ending(reason: Option<&str>) -> String {
    match reason {
        Some("user_hangup") => "the caller hung up".into(),
        Some("agent_hangup") => "the agent hung up".into(),
        Some("inactivity") => "the call ended because nobody said anything".into(),
        Some("max_duration_reached") => "the call reached its longest duration".into(),
        Some(reason) if Parting::of(Some(reason)) == Parting::PutThrough => {
            "the call was put through to somebody else".into()
        }
        Some(broken) if broken.starts_with("error_") => format!("the line broke ({broken})"),
        Some(other) => format!("the call ended ({other})"),
        None => "the call ended".into(),
    }
}

/// What was claimed, as a clause.
pub fn claimed(claims: &BTreeSet<Claim>) -> String {
    let words = claims.iter().map(|claim| claim.as_str());
    format!("an appointment was {}", words.collect::<Vec<_>>().join(" and "))
}

/// Fields that were still missing, under the names of the contract, in words.
pub(super) fn fields(missing: &[String]) -> String {
    let words: Vec<&str> = missing
        .iter()
        .map(|field| match field.as_str() {
            "dienstleistung" => "the service",
            "datum" => "the day",
            "uhrzeit" => "the time",
            "name" => "a name",
            "telefonnummer" => "a number to call back",
            "email" => "a usable e-mail address",
            "filiale" => "the branch",
            other => other,
        })
        .collect();
    match words.as_slice() {
        [] => "something more".into(),
        [one] => (*one).to_owned(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}
