//! One booking on its way through its machine: each step is in the books before anything follows from it.

mod looking;

use std::collections::BTreeMap;
use std::sync::Arc;

use entities::booking::Model;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::errand::Errand;
use super::line::{Leave, Line};
use super::switchboard::Switchboard;
use super::witness::{change_of, outcome_of, word_for, word_for_change};
use crate::calcom::{self, Attendee, NewBooking, Uid, attendee_email_on_record};
use crate::domain::Hidden;
use crate::domain::booking::{
    Action, Booking, Cause, ChangeOutcome, Input, Job, Order, Outcome, State, Step,
};
use crate::domain::callback::{self, Callback};
use crate::domain::directory::{Account, Company};
use crate::domain::ids::{BookingId, CompanyId};
use crate::domain::outbox::Message;
use crate::domain::outbox::telling::Telling;
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
/// Told to Cal.com, which asks hosts for a reason.
const CANCELLED_BY_CALLER: &str = "Vom Anrufer abgesagt / cancelled by the caller";
const CANCELLED_AT_DESK: &str = "Am Empfang abgesagt / cancelled at the desk";
const MOVED_BY_CALLER: &str = "Vom Anrufer verschoben / moved by the caller";
const MOVED_AT_DESK: &str = "Am Empfang verschoben / moved at the desk";
const TOO_MANY: &str = "Doppelt eingetragen / entered twice";

/// What Cal.com is told of why.
fn told_why<'a>(order: &Order, cause: &'a Cause) -> &'a str {
    match (order, cause) {
        (_, Cause::Desk { because: Some(because) }) => because.as_str(),
        (Order::Move { .. }, Cause::Desk { because: None }) => MOVED_AT_DESK,
        (Order::Cancel, Cause::Desk { because: None }) => CANCELLED_AT_DESK,
        (Order::Move { .. }, Cause::Caller) => MOVED_BY_CALLER,
        (Order::Cancel, Cause::Caller) => CANCELLED_BY_CALLER,
    }
}

/// What a calendar does next about a booking it has worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    Done,
    /// It waits for its turn; where it was being served it keeps its place until that instant.
    Turn { at: Timestamp },
    /// It joins the queue again at that instant: nobody has to wait behind it.
    Rejoin { at: Timestamp },
    /// Look at Cal.com at that instant, out of turn.
    Look { at: Timestamp },
}

/// A booking being worked on.
pub struct Work<'a> {
    switchboard: &'a Switchboard,
    row: Model,
    company: Arc<Company>,
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
        let booking = machine(&self.row)?;
        if booking.is_under_way() {
            self.take(Input::Woke, None).await?;
        } else if booking.due().is_some_and(|due| due.job == Job::Turn && due.at <= self.now()) {
            self.turn().await?;
        }
        self.next()
    }

    /// Looks for it at Cal.com, if it is time.
    pub async fn look(mut self) -> Result<Next, Error> {
        let due = machine(&self.row)?.due().filter(|due| due.at <= self.now());
        match due.map(|due| due.job) {
            Some(Job::Look) => self.look_for_it().await?,
            Some(Job::Trace) => {
                self.trace().await?;
                // What is being changed is told by its chain alone.
                if machine(&self.row)?.change.is_none() {
                    self.look_for_it().await?;
                }
            }
            Some(Job::Turn) | None => {}
        }
        self.next()
    }

    /// Something has happened to it: an order, a word from Cal.com. False: it changes nothing.
    pub async fn hear(mut self, input: Input) -> Result<(bool, Next), Error> {
        let before = self.row.version;
        self.take(input, None).await?;
        Ok((self.row.version != before, self.next()?))
    }

    fn next(&self) -> Result<Next, Error> {
        let booking = machine(&self.row)?;
        let waits = matches!(booking.state, State::Waiting { .. });
        Ok(match booking.due() {
            None => Next::Done,
            Some(due) => match due.job {
                Job::Turn if waits => Next::Turn { at: due.at },
                Job::Turn => Next::Rejoin { at: due.at },
                Job::Look | Job::Trace => Next::Look { at: due.at },
            },
        })
    }

    async fn turn(&mut self) -> Result<(), Error> {
        let Some((line, account)) = self.line.clone() else {
            let until = later(self.now(), millis(NO_ACCOUNT_PAUSE_MS));
            return self.keep(until, "its Cal.com account is not in the directory").await;
        };
        let leave = match line.leave().await {
            Ok(leave) => leave,
            Err(kept) => return self.keep(kept.until, kept.why).await,
        };
        let mut step = self.take(Input::Turn, None).await?;
        if step.actions == [Action::LookFirst] {
            let (found, note) = self.find().await;
            let told = self.has_been_told().await?;
            step = self.take(Input::LookedFirst { found, told }, Some(note)).await?;
        }
        match step.actions.into_iter().next() {
            Some(Action::Send { attempt }) => self.send(&line, &account, leave, attempt).await,
            Some(Action::SendChange { attempt, uid, order }) => {
                self.send_change((&line, leave), attempt, &Uid::new(uid), &order).await
            }
            Some(Action::Tidy { uid }) => self.tidy((&line, leave), uid).await,
            Some(Action::LookFirst | Action::CallBack { .. } | Action::StandsAfterAll | Action::Settled)
            | None => {
                line.give_back(leave).await;
                Ok(())
            }
        }
    }

    async fn keep(&mut self, until: Timestamp, why: &str) -> Result<(), Error> {
        // A line that is shut for ever may be opened by a person or a new key at any moment.
        let until = until.min(later(self.now(), millis(WAIT_MAX_MS)));
        self.take(Input::Kept { until, why: why.to_owned() }, None).await?;
        Ok(())
    }

    async fn send(
        &mut self,
        line: &Line,
        account: &Account,
        leave: Leave,
        attempt: u32,
    ) -> Result<(), Error> {
        let outcome = match self.request(account) {
            Ok(request) => {
                let sent = line.create(leave, &request).await;
                meters::attempt(sent.class(), sent.code());
                tracing::info!(
                    booking.id = %self.row.id, attempt, outcome = sent.code(),
                    "booking {} attempt {attempt}: {}", self.row.id, sent.code(),
                );
                outcome_of(&sent, self.expected_email(account).as_deref(), self.now())
            }
            Err(error) => {
                line.give_back(leave).await;
                Outcome::DefiniteNo(error.to_string())
            }
        };
        if let Outcome::Doubt(why) = &outcome {
            tracing::warn!(booking.id = %self.row.id, why, "booking {} is in doubt: {why}", self.row.id);
        }
        let note = self.note(AttemptKind::Create, Some(word_for(&outcome)));
        self.take(Input::Ended { attempt, outcome }, Some(note)).await?;
        Ok(())
    }

    async fn send_change(
        &mut self,
        (line, leave): (&Line, Leave),
        attempt: u32,
        uid: &Uid,
        order: &Order,
    ) -> Result<(), Error> {
        let cause = machine(&self.row)?.change.map(|change| change.cause).unwrap_or_default();
        let why = told_why(order, &cause);
        let (kind, changed) = match order {
            Order::Move { to } => (AttemptKind::Move, line.reschedule(leave, uid, *to, why).await),
            Order::Cancel => (AttemptKind::Cancel, line.cancel(leave, uid, why).await),
        };
        tracing::info!(
            booking.id = %self.row.id, attempt, outcome = changed.code(),
            "booking {} {} attempt {attempt}: {}", self.row.id, kind.as_str(), changed.code(),
        );
        let outcome = change_of(&changed, order, self.now());
        let note = self.note(kind, Some(word_for_change(&outcome)));
        self.take(Input::ChangeEnded { attempt, outcome }, Some(note)).await?;
        Ok(())
    }

    /// Cancels one of ours that is too many.
    async fn tidy(&mut self, (line, leave): (&Line, Leave), uid: String) -> Result<(), Error> {
        let changed = line.cancel(leave, &Uid::new(uid.as_str()), TOO_MANY).await;
        let outcome = change_of(&changed, &Order::Cancel, self.now());
        let done = matches!(outcome, ChangeOutcome::Done(_));
        tracing::warn!(
            booking.id = %self.row.id, outcome = changed.code(),
            "booking {} stood at cal.com once too often; cancelled there: {}", self.row.id, changed.code(),
        );
        let note = self.note(AttemptKind::Cancel, Some(word_for_change(&outcome)));
        self.take(Input::Tidied { uid, done }, Some(note)).await?;
        Ok(())
    }

    /// Takes one step and writes it down; a lost race is stepped again from what stands in the books.
    async fn take(&mut self, input: Input, ended: Option<Note>) -> Result<Step, Error> {
        let rules = &self.switchboard.settings().booking;
        for _ in 0..RACES_MAX {
            let (now, before) = (self.now(), machine(&self.row)?);
            let step = before.step(input.clone(), rules, now);
            // A look is told even where it changes nothing.
            let next = match (&step.next, &ended) {
                (Some(next), _) => next,
                (None, Some(_)) => &before,
                (None, None) => return Ok(step),
            };
            let attempts = ended.clone().into_iter().chain(self.leaving(&step)).collect();
            let callbacks = self.callbacks(&step, now);
            let messages = self.messages((&before, next), now);
            let change = Change { row: &self.row, next, at: now, attempts, callbacks, messages };
            let bookings = self.switchboard.store().bookings(Scope::one(self.company.id));
            // Nobody may be offered the time again from what was known before it was booked.
            if next.is_settled() {
                self.switchboard.slots().forget(self.company.id, self.row.event_type_id);
            }
            if let Some(row) = bookings.record(change).await? {
                self.row = row;
                self.switchboard.movements().tell(self.row.id.into());
                self.tell(&before, &step)?;
                return Ok(step);
            }
            if let Some(row) = bookings.find(self.row.id.into()).await? {
                self.row = row;
            }
        }
        tracing::warn!(booking.id = %self.row.id, "booking {} is changed by others all the time", self.row.id);
        Ok(Step { next: None, actions: Vec::new() })
    }

    /// The request that this step has leave, noted in the same commit.
    fn leaving(&self, step: &Step) -> Option<Note> {
        let kind = step.actions.iter().find_map(|action| match action {
            Action::Send { .. } => Some(AttemptKind::Create),
            Action::SendChange { order: Order::Move { .. }, .. } => Some(AttemptKind::Move),
            Action::SendChange { order: Order::Cancel, .. } | Action::Tidy { .. } => {
                Some(AttemptKind::Cancel)
            }
            Action::LookFirst | Action::CallBack { .. } | Action::StandsAfterAll | Action::Settled => None,
        })?;
        Some(self.note(kind, None))
    }

    fn tell(&self, before: &Booking, step: &Step) -> Result<(), Error> {
        if step.actions.contains(&Action::Settled) {
            meters::settled(machine(&self.row)?.state.as_str());
        }
        if step.actions.contains(&Action::StandsAfterAll) {
            let was = before.state.as_str();
            tracing::warn!(booking.id = %self.row.id, was, "booking {} was {was} and stands after all", self.row.id);
        }
        Ok(())
    }

    /// What leaves because of a step, entered in the same commit.
    fn messages(&self, (before, next): (&Booking, &Booking), now: Timestamp) -> Vec<Message> {
        let zone = TimeZone::get(&self.row.zone).unwrap_or(TimeZone::UTC);
        let telling = Telling {
            company: &self.company,
            zone: &zone,
            may_write: self.row.may_notify == Some(true) && self.row.attendee_email.is_some(),
            sequence: self.row.version + 1,
        };
        telling.messages(before, next, now)
    }

    fn callbacks(&self, step: &Step, now: Timestamp) -> Vec<Callback> {
        let reasons = step.actions.iter().filter_map(|action| match action {
            Action::CallBack { reason } => Some(*reason),
            Action::Send { .. }
            | Action::LookFirst
            | Action::SendChange { .. }
            | Action::Tidy { .. }
            | Action::StandsAfterAll
            | Action::Settled => None,
        });
        reasons.map(|reason| self.callback(reason, now)).collect()
    }

    fn callback(&self, reason: callback::Reason, now: Timestamp) -> Callback {
        let within = self.company.policy.callback_within_minutes;
        let due = match self.company.branch(self.row.branch_id.into()) {
            Some(branch) => callback::due(branch.opening.as_ref(), &branch.zone, within, now),
            None => callback::due(None, &TimeZone::UTC, within, now),
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

    fn note(&self, kind: AttemptKind, result: Option<String>) -> Note {
        Note { kind, at: self.now(), result }
    }

    fn now(&self) -> Timestamp {
        self.switchboard.clock().now()
    }
}
