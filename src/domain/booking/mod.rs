//! The booking protocol: one intent, from waiting for its turn to standing in the calendar, being changed, refused, or given up.
//!
//! What is to be done next, and when, follows from the state alone ([`Booking::due`]), so that a restart goes on where the books end.

mod agreed;
mod cause;
mod changing;
mod looking;
mod making;
#[cfg(test)]
mod model;
mod terms;
#[cfg(test)]
pub(crate) mod tests;

use jiff::Timestamp;

pub use self::agreed::{Agreed, Upshot};
pub use self::cause::{Because, Cause};
pub use self::changing::{Change, ChangeOutcome, Changed, Fate, Order, Phase, Trace};
pub use self::terms::{
    Action, Booking, Due, Input, Job, Outcome, Rules, Seen, Standing, State, Step, Surplus, Watch,
};
use super::callback::Reason;
use super::ids::BookingId;
use super::retry::{later, millis};

/// After so many attempts to cancel a booking too many a person is asked to do it.
const TIDIES_MAX: u32 = 5;

impl Booking {
    pub fn new(id: BookingId, start: Timestamp, requested_at: Timestamp) -> Self {
        Self {
            id,
            start,
            sent_for: None,
            requested_at,
            attempts: 0,
            sent_maybe: 0,
            state: State::Waiting { not_before: None },
            change: None,
            changed: None,
            surplus: Vec::new(),
            past_uids: Vec::new(),
            watch: None,
            ended_there_at: None,
            tidied_at: None,
            given: Vec::new(),
        }
    }

    /// From when on bookings at Cal.com may be this one.
    pub fn looks_from(&self) -> Timestamp {
        self.sent_for.map_or(self.start, |sent_for| sent_for.min(self.start))
    }

    /// Whether the caller's outcome stands; something may still be due ([`Booking::due`]).
    pub fn is_settled(&self) -> bool {
        match self.state {
            State::Waiting { .. } | State::Sent { .. } | State::Unsure { .. } => false,
            State::Booked { .. } | State::Refused { .. } | State::Failed { .. } | State::Cancelled { .. } => {
                true
            }
        }
    }

    /// Whether a request to make or change it has left and nobody knows yet how it ended.
    pub fn is_under_way(&self) -> bool {
        match (&self.state, &self.change) {
            (State::Sent { .. }, _) => true,
            (State::Booked { .. }, Some(change)) => matches!(change.phase, Phase::Sent { .. }),
            _ => false,
        }
    }

    /// Whether what the order wants is how it stands.
    pub fn is_as_ordered(&self, order: &Order) -> bool {
        match (&self.state, order) {
            (State::Cancelled { .. }, Order::Cancel) => true,
            (State::Booked { .. }, Order::Move { to }) => self.start == *to,
            (
                State::Waiting { .. }
                | State::Sent { .. }
                | State::Unsure { .. }
                | State::Booked { .. }
                | State::Refused { .. }
                | State::Failed { .. }
                | State::Cancelled { .. },
                _,
            ) => false,
        }
    }

    /// What has to be done next; None: nothing, or a request is under way.
    pub fn due(&self) -> Option<Due> {
        let own = match (&self.state, &self.change) {
            (State::Sent { .. }, _) => return None,
            (State::Waiting { not_before }, _) => Some((not_before.unwrap_or(self.requested_at), Job::Turn)),
            (State::Unsure { look_at, .. }, _) => Some((*look_at, Job::Look)),
            (State::Booked { .. }, Some(change)) => match change.phase {
                Phase::Sent { .. } => return None,
                Phase::Waiting { not_before } => Some((not_before.unwrap_or(change.requested_at), Job::Turn)),
                Phase::Unsure { look_at, .. } => Some((look_at, Job::Trace)),
            },
            (
                State::Booked { .. } | State::Refused { .. } | State::Failed { .. } | State::Cancelled { .. },
                _,
            ) => None,
        };
        let tidy = self.surplus.iter().map(|surplus| (surplus.at, Job::Turn));
        let stands = matches!(self.state, State::Booked { .. });
        let job = if stands { Job::Trace } else { Job::Look };
        // While it is being changed the change's own looks tell; the watch goes on afterwards.
        let is_changing = stands && self.change.is_some();
        let watch = self.watch.as_ref().filter(|_| !is_changing).map(|watch| (watch.at, job));
        own.into_iter().chain(tidy).chain(watch).map(|(at, job)| Due { at, job }).min()
    }

    /// What follows from the input; changes nothing itself.
    pub fn step(&self, input: Input, rules: &Rules, now: Timestamp) -> Step {
        match input {
            Input::Turn => self.turn(rules, now),
            Input::Kept { until, why } => self.kept(until, &why, rules, now),
            Input::Ended { attempt, outcome } => self.ended(attempt, outcome, rules, now),
            Input::Looked { found, told } => self.looked(found, told, rules, now),
            Input::LookedFirst { found, told } => self.looked_first(found, told, rules, now),
            Input::Witnessed(seen) => self.witnessed(seen, rules, now),
            Input::Hinted => self.hinted(now),
            Input::Traced(trace) => self.traced(trace, rules, now),
            Input::Ordered(order) => self.ordered((order, Cause::DESK), rules, now),
            Input::Agreed(agreed) => self.agreed(&agreed, rules, now),
            Input::ChangeEnded { attempt, outcome } => self.change_ended(attempt, outcome, rules, now),
            Input::Tidied { uid, done } => self.tidied(&uid, done, now),
            Input::RetryOrdered => self.retry(rules, now),
            Input::Woke => self.woke(rules, now),
        }
    }

    fn turn(&self, rules: &Rules, now: Timestamp) -> Step {
        if let Some(surplus) = self.surplus.iter().find(|surplus| surplus.at <= now) {
            return self.tidy(surplus.uid.clone(), rules, now);
        }
        match (&self.state, &self.change) {
            (State::Waiting { .. }, _) => self.make(rules, now),
            (State::Booked { uid, .. }, Some(change)) if change.is_waiting() => {
                self.send_change(uid, change, rules, now)
            }
            (
                State::Sent { .. }
                | State::Unsure { .. }
                | State::Booked { .. }
                | State::Refused { .. }
                | State::Failed { .. }
                | State::Cancelled { .. },
                _,
            ) => Step::nothing(),
        }
    }

    /// Nothing leaves before that instant, no cancellation of a booking too many either.
    fn kept(&self, until: Timestamp, why: &str, rules: &Rules, now: Timestamp) -> Step {
        let mut put_off = self.clone();
        for surplus in &mut put_off.surplus {
            surplus.at = surplus.at.max(until);
        }
        match (&self.state, &self.change) {
            (State::Waiting { .. }, _) => put_off.wait(until, why, rules, now),
            (State::Booked { .. }, Some(change)) if change.is_waiting() => {
                put_off.put_off_change(change, (until, why), rules, now)
            }
            _ if put_off.surplus != self.surplus => Step::to(put_off, vec![]),
            (
                State::Sent { .. }
                | State::Unsure { .. }
                | State::Booked { .. }
                | State::Refused { .. }
                | State::Failed { .. }
                | State::Cancelled { .. },
                _,
            ) => Step::nothing(),
        }
    }

    /// A request that was under way when the process ended may have reached Cal.com.
    fn woke(&self, rules: &Rules, now: Timestamp) -> Step {
        match (&self.state, &self.change) {
            (State::Sent { .. }, _) => self.doubt("restarted", rules, now),
            (State::Booked { .. }, Some(change)) if matches!(change.phase, Phase::Sent { .. }) => {
                self.doubt_change(change, "restarted", rules, now)
            }
            _ => Step::nothing(),
        }
    }

    /// Something has happened at Cal.com: what seems settled is looked at now, and what is in doubt too.
    fn hinted(&self, now: Timestamp) -> Step {
        let mut next = self.clone();
        match (&mut next.state, &mut next.change) {
            (State::Unsure { look_at, .. }, _) => *look_at = now.min(*look_at),
            (State::Waiting { .. } | State::Sent { .. }, _) => return Step::nothing(),
            (State::Booked { .. }, Some(Change { phase: Phase::Unsure { look_at, .. }, .. })) => {
                *look_at = now.min(*look_at);
            }
            // What its time has passed over is not looked at again, whatever is told about it.
            (
                State::Booked { .. } | State::Refused { .. } | State::Failed { .. } | State::Cancelled { .. },
                _,
            ) if self.start <= now => return Step::nothing(),
            (
                State::Booked { .. } | State::Refused { .. } | State::Failed { .. } | State::Cancelled { .. },
                _,
            ) => {
                let looks = self.watch.as_ref().map_or(0, |watch| watch.looks);
                next.watch = Some(Watch { at: now, looks, hinted: true });
            }
        }
        Step::to(next, vec![])
    }

    fn tidy(&self, uid: String, rules: &Rules, now: Timestamp) -> Step {
        let mut next = self.clone();
        for surplus in next.surplus.iter_mut().filter(|surplus| surplus.uid == uid) {
            surplus.attempts += 1;
            surplus.at = rules.backoff.again_at(surplus.attempts, now);
        }
        Step::to(next, vec![Action::Tidy { uid }])
    }

    /// What could not be cancelled is a person's matter after some attempts, and over once its time has passed.
    fn tidied(&self, uid: &str, done: bool, now: Timestamp) -> Step {
        let Some(surplus) = self.surplus.iter().find(|surplus| surplus.uid == uid) else {
            return Step::nothing();
        };
        let is_over = self.start <= now;
        let tells = !done && !surplus.told && (is_over || surplus.attempts >= TIDIES_MAX);
        let tell = tells.then_some(Action::CallBack { reason: Reason::BookedTwice });
        let mut next = self.clone();
        if !done && !is_over {
            for surplus in next.surplus.iter_mut().filter(|surplus| surplus.uid == uid) {
                surplus.told |= tells;
            }
            return Step { next: tells.then_some(next), actions: tell.into_iter().collect() };
        }
        next.surplus.retain(|surplus| surplus.uid != uid);
        next.past_uids.push(uid.to_owned());
        next.tidied_at = if done { Some(now) } else { next.tidied_at };
        Step::to(next, tell.into_iter().collect())
    }

    /// A person wants it tried again: what may have reached Cal.com is looked for first.
    fn retry(&self, rules: &Rules, now: Timestamp) -> Step {
        match self.state {
            State::Refused { .. } | State::Failed { .. } if self.start > now => {
                let state = State::Waiting { not_before: None };
                let sent_max = rules.sent_max;
                // Whatever was unaccounted for stays so; one more may be sent.
                let sent_maybe = self.sent_maybe.min(sent_max.saturating_sub(1));
                let next =
                    Self { state, sent_maybe, requested_at: now, watch: None, change: None, ..self.clone() };
                Step::to(next, vec![])
            }
            State::Waiting { .. }
            | State::Sent { .. }
            | State::Unsure { .. }
            | State::Booked { .. }
            | State::Refused { .. }
            | State::Failed { .. }
            | State::Cancelled { .. } => Step::nothing(),
        }
    }

    fn is_overdue(&self, rules: &Rules, now: Timestamp) -> bool {
        later(self.requested_at, millis(rules.give_up_after_ms)) <= now
    }

    /// Whether something seen at Cal.com is this booking: made for it, at its time unless a person has moved it.
    fn is_ours(&self, seen: &Seen) -> bool {
        let is_at_its_time = seen.start == self.start || self.sent_for == Some(seen.start);
        seen.marked == Some(self.id)
            && (is_at_its_time || !seen.was.is_empty())
            && !self.past_uids.contains(&seen.uid)
    }
}

impl Step {
    fn nothing() -> Self {
        Self { next: None, actions: Vec::new() }
    }

    fn to(next: Booking, actions: Vec<Action>) -> Self {
        Self { next: Some(next), actions }
    }
}
