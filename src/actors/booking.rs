//! One booking on its way through its machine: each step is in the books before anything follows from it.

use std::collections::BTreeMap;

use entities::booking::Model;
use jiff::Timestamp;

use super::errand::Errand;
use super::line::{Leave, Line};
use super::switchboard::Switchboard;
use crate::calcom::{self, Attempt, Attendee, Lookup, NewBooking, Unsent, attendee_email_on_record};
use crate::domain::Hidden;
use crate::domain::booking::{Action, Input, Outcome, Seen, Standing, State, Step};
use crate::domain::callback::{self, Callback};
use crate::domain::directory::{Account, Company};
use crate::domain::ids::{BookingId, CompanyId};
use crate::domain::phone::PhoneNumber;
use crate::domain::retry::{later, millis};
use crate::meters;
use crate::store::bookings::{Attempt as Note, AttemptKind, Change, machine};
use crate::store::{Error, Scope};

/// The metadata key that marks a booking at Cal.com as ours.
pub const MARK: &str = "fernamt_booking";
/// How often a lost race for the booking's row is taken up again.
const RACES_MAX: u32 = 8;
/// The longest a calendar waits before it asks again whether its line is open, in milliseconds.
const WAIT_MAX_MS: u64 = 10_000;
/// When to come back to a booking whose account is not in the directory, in milliseconds.
const NO_ACCOUNT_PAUSE_MS: u64 = 30_000;

/// What a calendar does next about a booking it has served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Its turn is over.
    Done,
    /// It keeps its place; nothing can be sent before that instant.
    Wait { until: Timestamp },
    /// Its turn is over; look for it at Cal.com at that instant.
    Look { at: Timestamp },
}

/// A booking being worked on.
pub struct Work<'a> {
    switchboard: &'a Switchboard,
    row: Model,
    company: std::sync::Arc<Company>,
    line: Option<(Line, Account)>,
}

impl std::fmt::Debug for Work<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Work({})", self.row.id)
    }
}

impl<'a> Work<'a> {
    /// Takes a booking up; None: it or its company is gone.
    pub async fn on(
        switchboard: &'a Switchboard,
        company: CompanyId,
        booking: BookingId,
    ) -> Result<Option<Self>, Error> {
        let Some(row) = switchboard.store().bookings(Scope::one(company)).find(booking).await? else {
            return Ok(None);
        };
        let Some(company) = switchboard.directory().company(company).cloned() else { return Ok(None) };
        let span = tracing::Span::current();
        span.record("call.id", tracing::field::display(row.call_id)).record("company", &company.slug);
        let account = company.account_of(row.calendar_id.into()).cloned();
        let errand = Errand { company: company.id, call: row.call_id.into(), booking: Some(booking) };
        let line = account.and_then(|account| Some((switchboard.line_for(&account, errand)?, account)));
        Ok(Some(Self { switchboard, row, company, line }))
    }

    /// Serves its turn in the calendar's queue.
    pub async fn serve(mut self) -> Result<Next, Error> {
        match machine(&self.row)?.state {
            State::Waiting { .. } => self.attempt().await,
            State::Sent { .. } | State::Unsure { .. } => {
                let step = self.take(Input::Woke, None).await?;
                self.follow(step)
            }
            State::Booked { .. } | State::Refused { .. } | State::Failed { .. } | State::Cancelled { .. } => {
                Ok(Next::Done)
            }
        }
    }

    /// Looks for it at Cal.com.
    pub async fn look(mut self) -> Result<Next, Error> {
        let State::Unsure { looks, .. } = machine(&self.row)?.state else { return Ok(Next::Done) };
        let found = self.find().await;
        let ours = found.as_ref().map(|seen| seen.iter().filter(|seen| seen.marked.is_some()).count());
        let result = match ours {
            Some(count) => format!("{count} of ours"),
            None => "could not look".to_owned(),
        };
        meters::look(match ours {
            Some(0) => "nothing",
            Some(_) => "ours",
            None => "could_not_look",
        });
        let note = self.note(AttemptKind::Look, looks + 1, Some(result));
        let step = self.take(Input::Looked(found), Some(note)).await?;
        self.follow(step)
    }

    async fn attempt(&mut self) -> Result<Next, Error> {
        let Some((line, account)) = self.line.clone() else {
            let until = later(self.now(), millis(NO_ACCOUNT_PAUSE_MS));
            return self.keep(until, "its Cal.com account is not in the directory").await;
        };
        let leave = match line.leave().await {
            Ok(leave) => leave,
            Err(kept) => return self.keep(kept.until, kept.why).await,
        };
        let number = machine(&self.row)?.attempts + 1;
        let note = self.note(AttemptKind::Create, number, None);
        let step = self.take(Input::Turn, Some(note)).await?;
        match step.actions.first() {
            Some(Action::Send { attempt }) => self.send(&line, &account, leave, *attempt).await,
            _ => {
                line.give_back(leave).await;
                self.follow(step)
            }
        }
    }

    async fn keep(&mut self, until: Timestamp, why: &str) -> Result<Next, Error> {
        // A line that is shut for ever may be opened by a person or a new key at any moment.
        let until = until.min(later(self.now(), millis(WAIT_MAX_MS)));
        let step = self.take(Input::Kept { until, why: why.to_owned() }, None).await?;
        self.follow(step)
    }

    async fn send(
        &mut self,
        line: &Line,
        account: &Account,
        leave: Leave,
        attempt: u32,
    ) -> Result<Next, Error> {
        let outcome = match self.request(account) {
            Ok(request) => {
                let sent = line.create(leave, &request).await;
                meters::attempt(sent.class(), sent.code());
                tracing::info!(
                    booking.id = %self.row.id, attempt, outcome = sent.code(),
                    "booking {} attempt {attempt}: {}", self.row.id, sent.code(),
                );
                outcome_of(&sent, &self.row, self.expected_email(account).as_deref(), self.now())
            }
            Err(error) => {
                line.give_back(leave).await;
                Outcome::DefiniteNo(error.to_string())
            }
        };
        let note = self.note(AttemptKind::Create, attempt, Some(word_for(&outcome)));
        let step = self.take(Input::Ended { attempt, outcome }, Some(note)).await?;
        self.follow(step)
    }

    /// What follows from a step that is in the books.
    fn follow(&self, step: Step) -> Result<Next, Error> {
        let mut next = Next::Done;
        for action in step.actions {
            match action {
                Action::Settled => meters::settled(machine(&self.row)?.state.as_str()),
                Action::TryAgain { at } => next = Next::Wait { until: at },
                Action::Look { at } => next = Next::Look { at },
                // Callback items went into the books together with the state.
                Action::CallBack { .. } | Action::Send { .. } => {}
            }
        }
        Ok(next)
    }

    /// Takes one step and writes it down; a lost race is stepped again from what stands in the books.
    async fn take(&mut self, input: Input, note: Option<Note>) -> Result<Step, Error> {
        let rules = &self.switchboard.settings().booking;
        for _ in 0..RACES_MAX {
            let now = self.now();
            let step = machine(&self.row)?.step(input.clone(), rules, now);
            let Some(next) = &step.next else { return Ok(step) };
            let callbacks = self.callbacks(&step, now);
            let change = Change { row: &self.row, next, at: now, attempt: note.clone(), callbacks };
            let bookings = self.switchboard.store().bookings(Scope::one(self.company.id));
            // Nobody may be offered the time again from what was known before it was booked.
            if next.is_settled() {
                self.switchboard.slots().forget(self.company.id, self.row.event_type_id);
            }
            if let Some(row) = bookings.record(change).await? {
                self.row = row;
                return Ok(step);
            }
            if let Some(row) = bookings.find(self.row.id.into()).await? {
                self.row = row;
            }
        }
        tracing::warn!(booking.id = %self.row.id, "booking {} is changed by others all the time", self.row.id);
        Ok(Step { next: None, actions: Vec::new() })
    }

    fn callbacks(&self, step: &Step, now: Timestamp) -> Vec<Callback> {
        let reasons = step.actions.iter().filter_map(|action| match action {
            Action::CallBack { reason } => Some(*reason),
            Action::Send { .. } | Action::Look { .. } | Action::TryAgain { .. } | Action::Settled => None,
        });
        reasons.map(|reason| self.callback(reason, now)).collect()
    }

    fn callback(&self, reason: callback::Reason, now: Timestamp) -> Callback {
        let within = self.company.policy.callback_within_minutes;
        let due = match self.company.branch(self.row.branch_id.into()) {
            Some(branch) => callback::due(branch.opening.as_ref(), &branch.zone, within, now),
            None => callback::due(None, &jiff::tz::TimeZone::UTC, within, now),
        };
        Callback {
            call: self.row.call_id.into(),
            booking: Some(self.row.id.into()),
            appointment: u8::try_from(self.row.appointment).unwrap_or(u8::MAX),
            reason,
            name: self.row.attendee_name.clone().map(Hidden),
            phone: self.row.attendee_phone.as_deref().and_then(|phone| PhoneNumber::parse_e164(phone).ok()),
            wish: None,
            wished: None,
            is_urgent: false,
            due,
        }
    }

    fn request(&self, account: &Account) -> Result<NewBooking, calcom::Error> {
        let row = &self.row;
        let attendee = Attendee {
            name: row.attendee_name.clone().unwrap_or_default(),
            email: self.attendee_email(account),
            phone: row.attendee_phone.clone(),
            zone: row.zone.clone(),
            language: row.language.clone(),
        };
        let marks = BTreeMap::from([
            (MARK.to_owned(), row.id.to_string()),
            ("fernamt_call".to_owned(), row.call_id.to_string()),
        ]);
        NewBooking::new(row.event_type_id, row.starts_at.into(), attendee, marks)
    }

    /// The caller's own address, else one that belongs to this customer alone; never a shared one.
    fn attendee_email(&self, account: &Account) -> Option<String> {
        let own = self.row.attendee_email.clone();
        let made = account.attendee_email_domain.as_ref();
        own.or_else(|| made.map(|domain| format!("c-{}@{domain}", self.row.customer_id)))
    }

    fn expected_email(&self, account: &Account) -> Option<String> {
        attendee_email_on_record(self.attendee_email(account).as_deref(), self.row.attendee_phone.as_deref())
    }

    async fn find(&self) -> Option<Vec<Seen>> {
        let (line, account) = self.line.as_ref()?;
        let email = self.expected_email(account);
        let lookup = Lookup {
            attendee_email: email.clone(),
            event_type_id: self.row.event_type_id,
            start: self.row.starts_at.into(),
            // The end is left open: the length at Cal.com may differ from ours.
            end: None,
        };
        let found = line.look(&lookup).await.ok()?;
        Some(found.into_iter().map(|booking| seen(&booking, email.as_deref())).collect())
    }

    fn note(&self, kind: AttemptKind, number: u32, result: Option<String>) -> Note {
        Note { kind, number, at: self.now(), result }
    }

    fn now(&self) -> Timestamp {
        self.switchboard.clock().now()
    }
}

fn outcome_of(attempt: &Attempt, row: &Model, email: Option<&str>, now: Timestamp) -> Outcome {
    match attempt {
        Attempt::Created(booking) => Outcome::Created(seen(booking, email)),
        Attempt::DefiniteNo { why } => Outcome::DefiniteNo(why.code().to_owned()),
        Attempt::NotExecuted { why } => {
            let not_before = match why {
                Unsent::Throttled { retry_after_s } => {
                    Some(later(now, millis(u64::from(*retry_after_s) * 1_000)))
                }
                Unsent::Offline(_) => None,
            };
            Outcome::NotExecuted { why: why.code().to_owned(), not_before }
        }
        Attempt::Ambiguous { why: calcom::Doubt::NotAvailable } => Outcome::NotAvailable,
        Attempt::Ambiguous { why } => {
            tracing::warn!(booking.id = %row.id, why = why.code(), "booking {} is in doubt: {}", row.id, why.code());
            Outcome::Doubt(why.code().to_owned())
        }
    }
}

fn seen(booking: &calcom::Booking, email: Option<&str>) -> Seen {
    let marked = booking.metadata_value(MARK).and_then(|mark| mark.parse().ok());
    let fits = |guest: &calcom::Guest| match (email, guest.email.as_deref()) {
        (Some(expected), Some(address)) => expected.eq_ignore_ascii_case(address),
        (_, _) => false,
    };
    let standing = match &booking.status {
        calcom::Status::Accepted => Some(Standing::Accepted),
        calcom::Status::Pending => Some(Standing::Pending),
        calcom::Status::Cancelled | calcom::Status::Rejected | calcom::Status::Other(_) => None,
    };
    Seen {
        uid: booking.uid.expose().to_owned(),
        start: booking.start,
        marked,
        attendee_fits: booking.attendees.iter().any(fits),
        standing,
    }
}

/// How an attempt ended, in a word for the books.
fn word_for(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Created(_) => "created".into(),
        Outcome::DefiniteNo(why) => format!("definite no: {why}"),
        Outcome::NotExecuted { why, .. } => format!("not executed: {why}"),
        Outcome::NotAvailable => "not available".into(),
        Outcome::Doubt(why) => format!("doubt: {why}"),
    }
}
