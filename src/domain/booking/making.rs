//! Making a booking: sending it, waiting, and what its answers mean.

use jiff::Timestamp;

use super::{Action, Booking, Order, Outcome, Rules, Seen, Standing, State, Step, Surplus};
use crate::domain::callback::Reason;
use crate::domain::retry::later;

/// The doubt of a first attempt that was answered "not available": nothing of ours can be there, one look makes it sure.
pub(super) const NOT_AVAILABLE: &str = "not_available";
/// The same answer after an earlier attempt in doubt: it may be that attempt which has taken the slot.
pub(super) const NOT_AVAILABLE_AGAIN: &str = "not_available_after_doubt";
/// Ours, and not as it was asked for when the answer came.
const NOT_AS_ASKED: &str = "changed_before_answered";
pub(super) const CANCELLED_BEFORE: &str = "cancelled before it was made";

impl Booking {
    pub(super) fn make(&self, rules: &Rules, now: Timestamp) -> Step {
        if self.is_unwanted() {
            let state = State::Cancelled { why: CANCELLED_BEFORE.into() };
            return self.close(state, None, rules, now);
        }
        if self.start <= now {
            return self.give_up("the time had passed before it could be sent", rules, now);
        }
        if self.is_overdue(rules, now) {
            return self.give_up("the calendar could not be reached in time", rules, now);
        }
        if self.sent_maybe >= rules.sent_max {
            return self.give_up("nobody knows what became of the requests", rules, now);
        }
        if self.sent_maybe > 0 {
            return Step { next: None, actions: vec![Action::LookFirst] };
        }
        self.send(now)
    }

    /// Sends it; where an earlier attempt is in doubt, only after a look within this very turn.
    pub(super) fn send(&self, now: Timestamp) -> Step {
        let attempt = self.attempts + 1;
        let state = State::Sent { attempt, since: now };
        let (sent_maybe, sent_for) = (self.sent_maybe + 1, Some(self.start));
        let next = Self { attempts: attempt, sent_maybe, sent_for, state, ..self.clone() };
        Step::to(next, vec![Action::Send { attempt }])
    }

    pub(super) fn wait(&self, until: Timestamp, why: &str, rules: &Rules, now: Timestamp) -> Step {
        if self.start <= now || self.is_overdue(rules, now) {
            return self.give_up(why, rules, now);
        }
        Step::to(Self { state: State::Waiting { not_before: Some(until) }, ..self.clone() }, vec![])
    }

    pub(super) fn ended(&self, attempt: u32, outcome: Outcome, rules: &Rules, now: Timestamp) -> Step {
        let is_expected = matches!(self.state, State::Sent { attempt: sent, .. } if sent == attempt);
        match outcome {
            Outcome::Created(seen) if is_expected => self.created(seen, rules, now),
            // An answer that comes when nobody waits for it any more is a witness all the same.
            Outcome::Created(seen) => self.witnessed(seen, rules, now),
            Outcome::DefiniteNo(why) if is_expected => {
                self.accounted().refuse(why, Reason::BookingRefused, rules, now)
            }
            Outcome::NotExecuted { why, not_before } if is_expected => {
                let unsent = self.accounted();
                let in_vain = unsent.attempts.saturating_sub(unsent.sent_maybe);
                let again = rules.backoff.again_at(in_vain, now);
                unsent.wait(not_before.unwrap_or(again).max(now), &why, rules, now)
            }
            Outcome::NotAvailable if is_expected && self.sent_maybe <= 1 => {
                self.unsure((now, 0, NOT_AVAILABLE), now)
            }
            Outcome::NotAvailable if is_expected => self.accounted().doubt(NOT_AVAILABLE_AGAIN, rules, now),
            Outcome::Doubt(why) if is_expected => self.doubt(&why, rules, now),
            // It was settled while this request was still under way: from now on that one may come late.
            Outcome::Doubt(_) if self.is_settled() && self.sent_maybe > 0 => {
                Step::to(Self { watch: rules.watch(0, now), ..self.clone() }, vec![])
            }
            Outcome::DefiniteNo(_)
            | Outcome::NotExecuted { .. }
            | Outcome::NotAvailable
            | Outcome::Doubt(_) => Step::nothing(),
        }
    }

    fn created(&self, seen: Seen, rules: &Rules, now: Timestamp) -> Step {
        let accounted = self.accounted();
        let fits = self.is_ours(&seen) && seen.attendee_fits;
        match seen.standing() {
            Some(standing) if fits => accounted.book(seen, standing, rules, now),
            // Made for us, and cancelled or moved by a person before the answer came, or not as it was asked for: a look
            // follows it to where it is now.
            _ if seen.marked == Some(self.id) => self.doubt(NOT_AS_ASKED, rules, now),
            _ => accounted.refuse("foreign_booking_returned".into(), Reason::SlotTaken, rules, now),
        }
    }

    /// One request less whose fate is unknown.
    pub(super) fn accounted(&self) -> Self {
        Self { sent_maybe: self.sent_maybe.saturating_sub(1), ..self.clone() }
    }

    /// It stands. Requests that are still unaccounted for are watched: one of them may make a second booking.
    pub(super) fn book(&self, seen: Seen, standing: Standing, rules: &Rules, now: Timestamp) -> Step {
        let surplus = self.surplus_but(&seen.uid);
        let state = State::Booked { uid: seen.uid, standing };
        let watch = self.watch_if_unaccounted(rules, now);
        let next = Self { state, start: seen.start, watch, surplus, ..self.clone() };
        Step::to(next, vec![Action::Settled])
    }

    /// Cal.com's webhook, or an answer nobody waited for, shows it.
    pub(super) fn witnessed(&self, seen: Seen, rules: &Rules, now: Timestamp) -> Step {
        if seen.marked != Some(self.id) {
            return Step::nothing();
        }
        match (&self.state, seen.standing()) {
            (State::Waiting { .. } | State::Sent { .. } | State::Unsure { .. }, Some(standing))
                if self.sent_maybe > 0 && self.is_ours(&seen) =>
            {
                self.accounted().book(seen, standing, rules, now)
            }
            (State::Booked { uid, standing }, Some(now_standing))
                if *uid == seen.uid && *standing == now_standing && self.start == seen.start =>
            {
                Step::nothing()
            }
            // Something of ours that should not be there, or is gone: one has to look before doing anything.
            (
                State::Waiting { .. }
                | State::Sent { .. }
                | State::Unsure { .. }
                | State::Booked { .. }
                | State::Refused { .. }
                | State::Failed { .. }
                | State::Cancelled { .. },
                _,
            ) => self.hinted(now),
        }
    }

    pub(super) fn doubt(&self, why: &str, rules: &Rules, now: Timestamp) -> Step {
        self.unsure((now, 0, why), later(now, rules.pause_before_look(0)))
    }

    pub(super) fn unsure(&self, (since, looks, why): (Timestamp, u32, &str), look_at: Timestamp) -> Step {
        let state = State::Unsure { since, looks, why: why.to_owned(), look_at };
        Step::to(Self { state, ..self.clone() }, vec![])
    }

    pub(super) fn refuse(&self, why: String, reason: Reason, rules: &Rules, now: Timestamp) -> Step {
        self.close(State::Refused { why }, Some(reason), rules, now)
    }

    pub(super) fn give_up(&self, why: &str, rules: &Rules, now: Timestamp) -> Step {
        let reason = if self.sent_maybe > 0 { Reason::BookingUnsure } else { Reason::CalendarUnreachable };
        self.close(State::Failed { why: why.to_owned() }, Some(reason), rules, now)
    }

    /// Settles it without an appointment; whoever ordered its cancellation needs no call.
    pub(super) fn close(&self, state: State, reason: Option<Reason>, rules: &Rules, now: Timestamp) -> Step {
        let watch = self.watch_if_unaccounted(rules, now);
        let was_unwanted = self.change.as_ref().is_some_and(|change| change.order == Order::Cancel);
        let state = if was_unwanted { State::Cancelled { why: CANCELLED_BEFORE.into() } } else { state };
        let tell = reason.filter(|_| !was_unwanted).map(|reason| Action::CallBack { reason });
        let next = Self { state, watch, change: None, ..self.clone() };
        Step::to(next, tell.into_iter().chain([Action::Settled]).collect())
    }

    /// What is too much beside the one that stands.
    pub(super) fn surplus_but(&self, uid: &str) -> Vec<Surplus> {
        self.surplus.iter().filter(|surplus| surplus.uid != uid).cloned().collect()
    }

    pub(super) fn watch_if_unaccounted(&self, rules: &Rules, now: Timestamp) -> Option<super::Watch> {
        if self.sent_maybe > 0 { rules.watch(0, now) } else { None }
    }
}
