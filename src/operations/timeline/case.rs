//! What the books hold about a call, gathered for the judgement why it came out as it did.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::Books;
use crate::actors::Settings;
use crate::domain::call::why::{Answer, Case, Enquiry, Given, Item, Promise};
use crate::domain::call::{Call, Event};
use crate::domain::callback::{Reason, State};
use crate::domain::directory::Company;
use crate::domain::phone::Caller;
use crate::store::Error;
use crate::store::bookings::machine;

pub(super) fn of<'a>(
    books: &Books,
    company: Option<&'a Company>,
    settings: &Settings,
    now: Timestamp,
) -> Result<Case<'a>, Error> {
    let row = &books.row;
    let caller = Caller::from_wire(row.caller_number.as_deref());
    Ok(Case {
        blank: Call::new(row.id.into(), row.company_id.into(), caller, row.started_at.into()),
        journal: books.journal.iter().map(|one| (one.event.clone(), one.at)).collect(),
        answers: answers(books),
        promises: books.bookings.iter().map(promise).collect::<Result<_, _>>()?,
        spoken_of: books.spoken_of.iter().map(machine).collect::<Result<_, _>>()?,
        callbacks: books.callbacks.iter().filter_map(item).collect(),
        hung_up_because: row.disconnection_reason.clone(),
        company,
        zone: zone(books, company),
        analysis_wait_ms: settings.analysis_wait_ms,
        silent_after_ms: settings.enquiries.silent_after_ms,
        enquiry: books.enquiry.as_ref().and_then(enquiry),
        now,
    })
}

/// Where the call's times are read: at its branch, else where its first booking is.
fn zone(books: &Books, company: Option<&Company>) -> TimeZone {
    let branch = books.row.branch_id.and_then(|id| company?.branch(id.into()));
    if let Some(branch) = branch {
        return branch.zone.clone();
    }
    let booked = books.bookings.first().and_then(|row| TimeZone::get(&row.zone).ok());
    let first = company.and_then(|company| company.branches.first()).map(|branch| branch.zone.clone());
    booked.or(first).unwrap_or(TimeZone::UTC)
}

/// The answers in the order of the journal, with what the stored answer says beside its status.
fn answers(books: &Books) -> Vec<Given> {
    let stored: HashMap<&str, Value> = books
        .invocations
        .iter()
        .filter_map(|row| Some((row.key.as_str(), serde_json::from_str(&row.answer).ok()?)))
        .collect();
    let given = books.journal.iter().filter_map(|one| {
        let Event::Answered { key, function, status } = &one.event else { return None };
        let answer = stored.get(key.as_str());
        let missing = answer.and_then(|answer| answer["missing"].as_array()).into_iter().flatten();
        Some(Given {
            function: function.clone(),
            status: *status,
            missing: missing.filter_map(|field| field.as_str().map(str::to_owned)).collect(),
            paused: answer.is_some_and(|answer| answer["paused"] == Value::Bool(true)),
        })
    });
    given.collect()
}

fn promise(row: &entities::booking::Model) -> Result<Promise, Error> {
    Ok(Promise {
        appointment: u8::try_from(row.appointment).unwrap_or(u8::MAX),
        service: row.service_name.clone(),
        staff: row.staff.clone(),
        booking: machine(row)?,
        since: row.state_since.into(),
    })
}

fn enquiry(row: &entities::enquiry::Model) -> Option<Enquiry> {
    Some(Enquiry {
        answer: Answer::parse(&row.answer)?,
        at: row.asked_at.into(),
        again_at: row.again_at.into(),
    })
}

fn item(row: &entities::callback::Model) -> Option<Item> {
    Some(Item {
        reason: Reason::parse(&row.reason)?,
        booking: row.booking_id.map(Into::into),
        due: row.due_at.into(),
        is_open: State::parse(&row.state).is_none_or(State::is_to_be_done),
        has_number: row.phone.is_some(),
    })
}
