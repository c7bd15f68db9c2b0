//! Changing what stands: moving and cancelling along the chain of uids; success is judged by reading.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::looking::{CANCELLED_THERE, DECLINED};
use super::making::CANCELLED_BEFORE;
use super::{Action, Booking, Cause, Rules, Seen, Standing, State, Step};
use crate::domain::callback::Reason;
use crate::domain::retry::{later, millis};

/// What is wanted of a booking that stands or will stand.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "order")]
pub enum Order {
    Move { to: Timestamp },
    Cancel,
}

/// A change under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Change {
    #[serde(flatten)]
    pub order: Order,
    pub phase: Phase,
    pub attempts: u32,
    /// Requests whose fate nobody knows yet.
    pub sent_maybe: u32,
    pub requested_at: Timestamp,
    #[serde(default, skip_serializing_if = "Cause::is_a_caller")]
    pub cause: Cause,
}

/// Where a change is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "phase")]
pub enum Phase {
    Waiting { not_before: Option<Timestamp> },
    Sent { attempt: u32, since: Timestamp },
    Unsure { since: Timestamp, looks: u32, why: String, look_at: Timestamp },
}

/// How a change ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Changed {
    #[serde(flatten)]
    pub order: Order,
    /// Somebody at Cal.com did it, unasked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_person: bool,
    /// None: it was done.
    pub failed: Option<String>,
    pub at: Timestamp,
}

/// How a request for a change ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ChangeOutcome {
    /// Done, and this is what stands now; for a cancellation None.
    Done(Option<Seen>),
    DefiniteNo(String),
    NotExecuted {
        why: String,
        not_before: Option<Timestamp>,
    },
    /// "Not available": taken, or already done by an earlier request.
    NotAvailable,
    Doubt(String),
}

/// The end of a chain of uids.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Trace {
    pub uid: String,
    pub start: Timestamp,
    pub fate: Fate,
    /// When it was changed last, as far as Cal.com says.
    pub changed_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    Stands(Standing),
    Cancelled,
    /// Cal.com's owner did not want it.
    Rejected,
}

impl Fate {
    /// How it stands; None: it is over.
    pub fn standing(self) -> Option<Standing> {
        match self {
            Self::Stands(standing) => Some(standing),
            Self::Cancelled | Self::Rejected => None,
        }
    }
}

const SLOT_TAKEN: &str = "slot_taken";

impl Change {
    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.phase, Phase::Waiting { .. })
    }

    fn new((order, cause): (Order, Cause), now: Timestamp) -> Self {
        Self {
            order,
            cause,
            phase: Phase::Waiting { not_before: None },
            attempts: 0,
            sent_maybe: 0,
            requested_at: now,
        }
    }

    fn accounted(&self) -> Self {
        Self { sent_maybe: self.sent_maybe.saturating_sub(1), ..self.clone() }
    }
}

impl Booking {
    /// Takes an order; one that has begun is finished first, and what is over cannot be changed.
    pub(super) fn ordered(&self, (order, cause): (Order, Cause), rules: &Rules, now: Timestamp) -> Step {
        let has_begun =
            self.change.as_ref().is_some_and(|change| !change.is_waiting() || change.sent_maybe > 0);
        if has_begun || self.change.as_ref().is_some_and(|change| change.order == order) {
            return Step::nothing();
        }
        match (&self.state, &order) {
            (State::Waiting { .. }, Order::Cancel) if self.sent_maybe == 0 => {
                let state = State::Cancelled { why: CANCELLED_BEFORE.into() };
                self.close(state, None, rules, now)
            }
            (State::Waiting { .. }, Order::Move { to }) if self.sent_maybe == 0 => {
                Step::to(Self { start: *to, ..self.clone() }, vec![])
            }
            (State::Waiting { .. } | State::Sent { .. } | State::Unsure { .. } | State::Booked { .. }, _) => {
                Step::to(Self { change: Some(Change::new((order, cause), now)), ..self.clone() }, vec![])
            }
            // Given up, and perhaps there all the same: what comes to light is cancelled.
            (State::Refused { .. } | State::Failed { .. }, Order::Cancel) if self.sent_maybe > 0 => {
                let state = State::Cancelled { why: cause.called_off().into() };
                Step::to(Self { state, ..self.clone() }, vec![])
            }
            (State::Refused { .. } | State::Failed { .. } | State::Cancelled { .. }, _) => Step::nothing(),
        }
    }

    pub(super) fn send_change(&self, uid: &str, change: &Change, rules: &Rules, now: Timestamp) -> Step {
        if self.start <= now {
            return self.change_failed(change, "the appointment has begun", rules, now);
        }
        if is_overdue(change, rules, now) {
            return self.change_failed(change, "the calendar could not be reached in time", rules, now);
        }
        let attempt = change.attempts + 1;
        let phase = Phase::Sent { attempt, since: now };
        let sent = Change { attempts: attempt, sent_maybe: change.sent_maybe + 1, phase, ..change.clone() };
        let action = Action::SendChange { attempt, uid: uid.to_owned(), order: change.order.clone() };
        Step::to(self.with_change(sent), vec![action])
    }

    pub(super) fn put_off_change(
        &self,
        change: &Change,
        (until, why): (Timestamp, &str),
        rules: &Rules,
        now: Timestamp,
    ) -> Step {
        if self.start <= now || is_overdue(change, rules, now) {
            return self.change_failed(change, why, rules, now);
        }
        let phase = Phase::Waiting { not_before: Some(until) };
        Step::to(self.with_change(Change { phase, ..change.clone() }), vec![])
    }

    pub(super) fn change_ended(
        &self,
        attempt: u32,
        outcome: ChangeOutcome,
        rules: &Rules,
        now: Timestamp,
    ) -> Step {
        let State::Booked { uid, .. } = &self.state else { return Step::nothing() };
        let Some(change) = &self.change else { return self.hinted(now) };
        if !matches!(change.phase, Phase::Sent { attempt: sent, .. } if sent == attempt) {
            return Step::nothing();
        }
        match outcome {
            ChangeOutcome::Done(seen) => self.change_done(uid, (change, seen), rules, now),
            ChangeOutcome::DefiniteNo(why) if change.sent_maybe <= 1 => {
                self.change_failed(&change.accounted(), &why, rules, now)
            }
            // After an earlier request in doubt a no may be the sign that it was done.
            ChangeOutcome::DefiniteNo(why) => self.doubt_change(&change.accounted(), &why, rules, now),
            ChangeOutcome::NotExecuted { why, not_before } => {
                let unsent = change.accounted();
                let again = rules.backoff.again_at(unsent.attempts.saturating_sub(unsent.sent_maybe), now);
                self.put_off_change(&unsent, (not_before.unwrap_or(again).max(now), &why), rules, now)
            }
            ChangeOutcome::NotAvailable if change.sent_maybe <= 1 => {
                self.change_failed(&change.accounted(), SLOT_TAKEN, rules, now)
            }
            ChangeOutcome::NotAvailable => self.doubt_change(&change.accounted(), SLOT_TAKEN, rules, now),
            ChangeOutcome::Doubt(why) => self.doubt_change(change, &why, rules, now),
        }
    }

    fn change_done(
        &self,
        uid: &str,
        (change, seen): (&Change, Option<Seen>),
        rules: &Rules,
        now: Timestamp,
    ) -> Step {
        let change = change.accounted();
        match (&change.order, seen) {
            (Order::Cancel, _) => self.cancelled((uid, change.cause.called_off()), Some(&change), rules, now),
            (Order::Move { to }, Some(seen)) if seen.start == *to && seen.uid != uid => {
                let standing = seen.standing().unwrap_or(Standing::Accepted);
                self.moved((seen.uid, seen.start, standing), rules, now).concluded(&change, None, now)
            }
            // An answer that does not fit what was asked proves nothing: one reads.
            (Order::Move { .. }, _) => self.doubt_change(&change, "unexpected_answer", rules, now),
        }
    }

    pub(super) fn doubt_change(&self, change: &Change, why: &str, rules: &Rules, now: Timestamp) -> Step {
        let look_at = later(now, rules.pause_before_look(0));
        let phase = Phase::Unsure { since: now, looks: 0, why: why.to_owned(), look_at };
        Step::to(self.with_change(Change { phase, ..change.clone() }), vec![])
    }

    /// What stands at the end of the chain decides.
    pub(super) fn traced(&self, trace: Option<Trace>, rules: &Rules, now: Timestamp) -> Step {
        let State::Booked { uid, standing } = &self.state else { return Step::nothing() };
        match (&self.change, trace) {
            (Some(change), None) => self.still_unsure_of(change, false, rules, now),
            (None, None) => Step::nothing(),
            (change, Some(Trace { fate: Fate::Cancelled, uid: gone, changed_at, .. })) => {
                let by_order = change.as_ref().is_some_and(|change| change.order == Order::Cancel);
                let ended_at = changed_at.unwrap_or(now);
                let ended = if by_order { self.clone() } else { self.ended_there(ended_at) };
                let mut step = ended.cancelled((&gone, CANCELLED_THERE), change.as_ref(), rules, now);
                // A person ended this one of two, and the other was cancelled here: neither stands.
                if !by_order && self.tidied_at.is_some_and(|tidied_at| tidied_at >= ended_at) {
                    step.actions.insert(0, Action::CallBack { reason: Reason::BookedTwice });
                }
                step
            }
            (change, Some(Trace { fate: Fate::Rejected, uid: gone, .. })) => {
                let mut step = self.cancelled((&gone, DECLINED), change.as_ref(), rules, now);
                step.actions.push(Action::CallBack { reason: Reason::BookingRefused });
                step
            }
            (change, Some(Trace { fate: Fate::Stands(now_standing), uid: head, start, .. })) => {
                if head != *uid {
                    return self.found_moved((head, start, now_standing), change.as_ref(), rules, now);
                }
                let state = State::Booked { uid: head, standing: now_standing };
                let same = Self { start, state, ..self.clone() };
                match change {
                    Some(change) => same.still_unsure_of(change, true, rules, now),
                    None if now_standing == *standing && start == self.start => Step::nothing(),
                    None => Step::to(same, vec![]),
                }
            }
        }
    }

    /// Ended by a person: whether another of ours is what that person meant to leave is looked at before any is cancelled.
    fn ended_there(&self, at: Timestamp) -> Self {
        Self { ended_there_at: Some(at), surplus: Vec::new(), ..self.clone() }
    }

    /// It stands under another uid: our own request was carried out, or a person was at work.
    pub(super) fn found_moved(
        &self,
        (uid, start, standing): (String, Timestamp, Standing),
        change: Option<&Change>,
        rules: &Rules,
        now: Timestamp,
    ) -> Step {
        let moved = self.moved((uid, start, standing), rules, now);
        match change {
            None => {
                let order = Order::Move { to: start };
                let changed = Some(Changed { order, by_person: true, failed: None, at: now });
                Step::to(Self { changed, ..moved }, vec![])
            }
            Some(change) => match &change.order {
                Order::Move { to } if *to == start => moved.concluded(&change.accounted(), None, now),
                Order::Move { .. } => moved.change_failed(
                    &change.accounted(),
                    "a person at Cal.com has moved it meanwhile",
                    rules,
                    now,
                ),
                // Who does not come does not come at another time either.
                Order::Cancel => {
                    let phase = Phase::Waiting { not_before: None };
                    let again = Change { phase, sent_maybe: 0, ..change.clone() };
                    Step::to(moved.with_change(again), vec![])
                }
            },
        }
    }

    /// Not carried out as far as one can see: before the horizon that proves nothing, after it the order is sent again.
    fn still_unsure_of(&self, change: &Change, could_look: bool, rules: &Rules, now: Timestamp) -> Step {
        let Phase::Unsure { since, looks, why, look_at: looked_at } = &change.phase else {
            return Step::nothing();
        };
        let is_past_horizon = rules.is_past_horizon(*since, now);
        if is_past_horizon && could_look {
            if why == SLOT_TAKEN || change.sent_maybe >= rules.sent_max {
                return self.change_failed(change, why, rules, now);
            }
            let phase = Phase::Waiting { not_before: None };
            return Step::to(self.with_change(Change { phase, ..change.clone() }), vec![]);
        }
        if is_past_horizon && self.start <= now {
            return self.change_failed(change, why, rules, now);
        }
        let next_look = later(now, rules.pause_before_look(looks + 1));
        let horizon = later(*since, millis(rules.quiet_horizon_ms));
        let look_at = if is_past_horizon { next_look } else { next_look.min(horizon) };
        let phase = Phase::Unsure { since: *since, looks: looks + 1, why: why.clone(), look_at };
        let mut step = Step::to(self.with_change(Change { phase, ..change.clone() }), vec![]);
        // Once, at the horizon.
        if is_past_horizon && *looked_at <= horizon {
            step.actions.push(Action::CallBack { reason: Reason::BookingUnsure });
        }
        step
    }

    fn cancelled(
        &self,
        (gone, why): (&str, &str),
        change: Option<&Change>,
        rules: &Rules,
        now: Timestamp,
    ) -> Step {
        // What was too much beside it is looked at again before it is cancelled, or not.
        let again = || self.ended_there_at.and_then(|_| rules.watch(0, now));
        let watch = self.watch_if_unaccounted(rules, now).or_else(again);
        let past_uids = self.past_uids.iter().cloned().chain([gone.to_owned()]).collect();
        let state = State::Cancelled { why: why.to_owned() };
        let mut actions = vec![Action::Settled];
        let changed = change.map(|change| {
            let failed = (change.order != Order::Cancel).then(|| why.to_owned());
            Changed { order: change.order.clone(), by_person: false, failed, at: now }
        });
        if changed.as_ref().is_some_and(|changed| changed.failed.is_some()) {
            actions.insert(0, Action::CallBack { reason: Reason::ChangeFailed });
        }
        let changed = changed.or_else(|| self.changed.clone());
        Step::to(Self { state, watch, past_uids, change: None, changed, ..self.clone() }, actions)
    }

    /// The change came to nothing: what stood stands, and a person is told.
    fn change_failed(&self, change: &Change, why: &str, rules: &Rules, now: Timestamp) -> Step {
        let watch = if change.sent_maybe > 0 { rules.watch(0, now) } else { self.watch.clone() };
        let mut step = Self { watch, ..self.clone() }.concluded(change, Some(why.to_owned()), now);
        step.actions.push(Action::CallBack { reason: Reason::ChangeFailed });
        step
    }

    /// The booking under its new uid. A request unaccounted for may have moved it a second time.
    fn moved(
        &self,
        (uid, start, standing): (String, Timestamp, Standing),
        rules: &Rules,
        now: Timestamp,
    ) -> Self {
        let State::Booked { uid: old, .. } = &self.state else { return self.clone() };
        let past_uids = self.past_uids.iter().cloned().chain([old.clone()]).collect();
        let unaccounted = self.change.as_ref().is_some_and(|change| change.sent_maybe > 1);
        let watch = if unaccounted { rules.watch(0, now) } else { self.watch.clone() };
        let surplus = self.surplus_but(&uid);
        Self { state: State::Booked { uid, standing }, start, past_uids, watch, surplus, ..self.clone() }
    }

    fn concluded(&self, change: &Change, failed: Option<String>, now: Timestamp) -> Step {
        let changed = Some(Changed { order: change.order.clone(), by_person: false, failed, at: now });
        Step::to(Self { change: None, changed, ..self.clone() }, vec![Action::Settled])
    }

    fn with_change(&self, change: Change) -> Self {
        Self { change: Some(change), ..self.clone() }
    }
}

fn is_overdue(change: &Change, rules: &Rules, now: Timestamp) -> bool {
    later(change.requested_at, millis(rules.give_up_after_ms)) <= now
}
