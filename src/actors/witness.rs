//! What Cal.com answered, in the words of the booking's machine.

use jiff::Timestamp;

use super::booking::MARK;
use crate::calcom::{self, Attempt, Doubt, No, Unsent};
use crate::domain::booking::{ChangeOutcome, Fate, Order, Outcome, Seen, Standing};
use crate::domain::retry::{later, millis};

pub(super) fn outcome_of(attempt: &Attempt, email: Option<&str>, now: Timestamp) -> Outcome {
    match attempt {
        Attempt::Created(booking) => Outcome::Created(seen(booking, email)),
        Attempt::DefiniteNo { why } => Outcome::DefiniteNo(why.code().to_owned()),
        Attempt::NotExecuted { why } => {
            Outcome::NotExecuted { why: why.code().to_owned(), not_before: not_before(*why, now) }
        }
        Attempt::Ambiguous { why: Doubt::NotAvailable } => Outcome::NotAvailable,
        Attempt::Ambiguous { why } => Outcome::Doubt(why.code().to_owned()),
    }
}

pub(super) fn change_of(change: &calcom::Change, order: &Order, now: Timestamp) -> ChangeOutcome {
    match (change, order) {
        // It is not to stand, and it does not.
        (calcom::Change::Done(_) | calcom::Change::DefiniteNo { why: No::UnknownBooking }, Order::Cancel) => {
            ChangeOutcome::Done(None)
        }
        (calcom::Change::Done(booking), Order::Move { .. }) => {
            ChangeOutcome::Done(booking.as_ref().map(|booking| seen(booking, None)))
        }
        // Somebody was quicker; whether that leaves anything to do is read from the chain.
        (calcom::Change::DefiniteNo { why: why @ No::AlreadyCancelled }, _) => {
            ChangeOutcome::Doubt(why.code().to_owned())
        }
        (calcom::Change::DefiniteNo { why }, _) => ChangeOutcome::DefiniteNo(why.code().to_owned()),
        (calcom::Change::NotExecuted { why }, _) => {
            ChangeOutcome::NotExecuted { why: why.code().to_owned(), not_before: not_before(*why, now) }
        }
        (calcom::Change::Ambiguous { why: Doubt::NotAvailable }, _) => ChangeOutcome::NotAvailable,
        (calcom::Change::Ambiguous { why }, _) => ChangeOutcome::Doubt(why.code().to_owned()),
    }
}

fn not_before(why: Unsent, now: Timestamp) -> Option<Timestamp> {
    match why {
        Unsent::Throttled { retry_after_s } => Some(later(now, millis(u64::from(retry_after_s) * 1_000))),
        Unsent::Offline(_) => None,
    }
}

/// A booking as the machine sees it; without an e-mail address to compare, its attendee counts as fitting.
pub(super) fn seen(booking: &calcom::Booking, email: Option<&str>) -> Seen {
    let marked = booking.metadata_value(MARK).and_then(|mark| mark.parse().ok());
    let fits = |guest: &calcom::Guest| match (email, guest.email.as_deref()) {
        (Some(expected), Some(address)) => expected.eq_ignore_ascii_case(address),
        (Some(_), None) => false,
        (None, _) => true,
    };
    Seen {
        uid: booking.uid.expose().to_owned(),
        start: booking.start,
        marked,
        attendee_fits: booking.attendees.iter().any(fits),
        fate: fate_of(&booking.status),
        created_at: booking.created_at,
        changed_at: booking.updated_at,
        was: booking.rescheduled_from.iter().map(|uid| uid.expose().to_owned()).collect(),
    }
}

/// Whatever is not over stands, in a way that somebody may still have to confirm where Cal.com calls it something new.
pub(super) fn fate_of(status: &calcom::Status) -> Fate {
    match status {
        calcom::Status::Accepted => Fate::Stands(Standing::Accepted),
        calcom::Status::Pending | calcom::Status::Other(_) => Fate::Stands(Standing::Pending),
        calcom::Status::Cancelled => Fate::Cancelled,
        calcom::Status::Rejected => Fate::Rejected,
    }
}

/// How an attempt ended, in a word for the books.
pub(super) fn word_for(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Created(_) => "created".into(),
        Outcome::DefiniteNo(why) => format!("definite no: {why}"),
        Outcome::NotExecuted { why, .. } => format!("not executed: {why}"),
        Outcome::NotAvailable => "not available".into(),
        Outcome::Doubt(why) => format!("doubt: {why}"),
    }
}

/// The same for a change.
pub(super) fn word_for_change(outcome: &ChangeOutcome) -> String {
    match outcome {
        ChangeOutcome::Done(_) => "done".into(),
        ChangeOutcome::DefiniteNo(why) => format!("definite no: {why}"),
        ChangeOutcome::NotExecuted { why, .. } => format!("not executed: {why}"),
        ChangeOutcome::NotAvailable => "not available".into(),
        ChangeOutcome::Doubt(why) => format!("doubt: {why}"),
    }
}
