//! The booking protocol: one intent, from waiting for its turn to standing in the calendar, being changed, refused, or given up.
//!
//! What is to be done next, and when, follows from the state alone ([`Booking::due`]), so that a restart goes on where the books end.

mod changing;
mod looking;
mod making;
#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::changing::{Change, ChangeOutcome, Changed, Fate, Order, Phase, Trace};
use super::callback::Reason;
use super::ids::BookingId;
use super::retry::{Backoff, later, millis};

/// How long to wait, how often to look (all settings of `[calcom]`, milliseconds).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// When to look for a booking whose request ended in doubt, counted from the doubt.
    pub look_after_ms: Vec<u64>,
    /// How often to look after that.
    pub look_again_ms: u64,
    /// For this long a request may still be carried out after nobody has heard of it; nothing is sent again before.
    pub quiet_horizon_ms: u64,
    /// When to look once more at what seems settled although a request of ours was never accounted for.
    pub watch_after_ms: Vec<u64>,
    /// Requests to make one booking that may have reached Cal.com.
    pub sent_max: u32,
    /// Pauses between attempts that never reached Cal.com.
    pub backoff: Backoff,
    /// A booking that could not be sent for this long is given to a person.
    pub give_up_after_ms: u64,
}

/// How a booking stands at Cal.com.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Accepted,
    /// Cal.com's owner must confirm it.
    Pending,
}

/// Where a booking is. Each state holds what is true in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum State {
    /// Waits for its turn, not before that instant.
    Waiting {
        not_before: Option<Timestamp>,
    },
    /// A request is under way.
    Sent {
        attempt: u32,
        since: Timestamp,
    },
    /// A request ended in doubt: it may stand in the calendar.
    Unsure {
        since: Timestamp,
        looks: u32,
        why: String,
        /// When it is looked for again.
        look_at: Timestamp,
    },
    Booked {
        uid: String,
        standing: Standing,
    },
    /// Cal.com said no.
    Refused {
        why: String,
    },
    /// Given up; a person calls back.
    Failed {
        why: String,
    },
    Cancelled {
        why: String,
    },
}

/// An intent to book and what has become of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Booking {
    pub id: BookingId,
    pub start: Timestamp,
    pub requested_at: Timestamp,
    pub attempts: u32,
    /// Requests whose fate nobody knows yet: each may have made a booking, or may still make one.
    pub sent_maybe: u32,
    pub state: State,
    /// What is to become of it, once it stands.
    pub change: Option<Change>,
    /// How the last change ended.
    pub changed: Option<Changed>,
    /// Bookings at Cal.com that are ours and too many: they are cancelled.
    pub surplus: Vec<Surplus>,
    /// Bookings at Cal.com that were this one and are over.
    pub past_uids: Vec<String>,
    /// A look that is still to come although the state is settled.
    pub watch: Option<Watch>,
}

/// A booking too many.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Surplus {
    pub uid: String,
    pub attempts: u32,
    /// When its cancellation is sent (again).
    pub at: Timestamp,
}

/// One more look.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Watch {
    pub at: Timestamp,
    /// How many of the schedule have been made.
    pub looks: u32,
    /// Out of schedule, on a hint from Cal.com: what is read right after that may be older than what the hint was about.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hinted: bool,
}

/// A booking as seen at Cal.com; where a person has moved it, as it stands now.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Seen {
    pub uid: String,
    pub start: Timestamp,
    /// Our id in its metadata.
    pub marked: Option<BookingId>,
    pub attendee_fits: bool,
    /// None: cancelled or rejected there.
    pub standing: Option<Standing>,
    /// When it was made, as far as Cal.com says.
    pub created_at: Option<Timestamp>,
    /// It stood under another uid when it was found.
    pub moved: bool,
}

/// How a request to book ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    Created(Seen),
    /// Cal.com refused for a reason that will not go away.
    DefiniteNo(String),
    /// Surely nothing happened there.
    NotExecuted {
        why: String,
        not_before: Option<Timestamp>,
    },
    /// "Not available": taken, or an outside failure, or our own earlier success.
    NotAvailable,
    Doubt(String),
}

/// What happens to a booking.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// It is its turn in the calendar's queue, and the line is open.
    Turn,
    /// It was its turn, but nothing may leave before that instant.
    Kept { until: Timestamp, why: String },
    /// The request with that number ended.
    Ended { attempt: u32, outcome: Outcome },
    /// A look found these bookings (all statuses); None: the look itself failed. `told` says whether somebody has been told
    /// that it does not stand.
    Looked { found: Option<Vec<Seen>>, told: bool },
    /// The same within its turn, before it is sent again.
    LookedFirst { found: Option<Vec<Seen>> },
    /// Cal.com's webhook shows a booking with our mark.
    Witnessed(Seen),
    /// Something has happened to it at Cal.com.
    Hinted,
    /// What stands at the end of its chain of uids; None: nobody could look.
    Traced(Option<Trace>),
    /// The caller or a person wants it changed.
    Ordered(Order),
    /// The request for a change with that number ended.
    ChangeEnded { attempt: u32, outcome: ChangeOutcome },
    /// The cancellation of a booking too many ended; false: it may still stand.
    Tidied { uid: String, done: bool },
    /// A person wants it tried again.
    RetryOrdered,
    /// The process started again and finds the booking like this.
    Woke,
}

/// What to do next, after the new state is in the books.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    Send {
        attempt: u32,
    },
    /// Look for it within this turn, and tell what was found.
    LookFirst,
    SendChange {
        attempt: u32,
        uid: String,
        order: Order,
    },
    /// Cancel a booking too many.
    Tidy {
        uid: String,
    },
    /// A person has to call back.
    CallBack {
        reason: Reason,
    },
    /// It stands, although a person may have been asked to call about it.
    StandsAfterAll,
    /// The caller's outcome stands: the hold may go.
    Settled,
}

/// The next state, if it changes, and what to do then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub next: Option<Booking>,
    pub actions: Vec<Action>,
}

/// What has to be done for a booking, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Due {
    pub at: Timestamp,
    pub job: Job,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Job {
    /// Its turn in the calendar's queue.
    Turn,
    /// Look for it by its mark.
    Look,
    /// Follow its chain of uids, and where nothing is being changed look for it by its mark as well.
    Trace,
}

/// After so many attempts to cancel a booking too many a person is asked to do it.
const TIDIES_MAX: u32 = 5;

impl Booking {
    pub fn new(id: BookingId, start: Timestamp, requested_at: Timestamp) -> Self {
        Self {
            id,
            start,
            requested_at,
            attempts: 0,
            sent_maybe: 0,
            state: State::Waiting { not_before: None },
            change: None,
            changed: None,
            surplus: Vec::new(),
            past_uids: Vec::new(),
            watch: None,
        }
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
            Input::LookedFirst { found } => self.looked_first(found, rules, now),
            Input::Witnessed(seen) => self.witnessed(seen, rules, now),
            Input::Hinted => self.hinted(now),
            Input::Traced(trace) => self.traced(trace, rules, now),
            Input::Ordered(order) => self.ordered(order, rules, now),
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

    fn kept(&self, until: Timestamp, why: &str, rules: &Rules, now: Timestamp) -> Step {
        match (&self.state, &self.change) {
            (State::Waiting { .. }, _) => self.wait(until, why, rules, now),
            (State::Booked { .. }, Some(change)) if change.is_waiting() => {
                self.put_off_change(change, (until, why), rules, now)
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
        let tell = Action::CallBack { reason: Reason::BookedTwice };
        if !done && self.start > now {
            let actions = if surplus.attempts == TIDIES_MAX { vec![tell] } else { vec![] };
            return Step { next: (!actions.is_empty()).then(|| self.clone()), actions };
        }
        let mut next = self.clone();
        next.surplus.retain(|surplus| surplus.uid != uid);
        next.past_uids.push(uid.to_owned());
        Step::to(next, vec![])
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
        seen.marked == Some(self.id)
            && (seen.start == self.start || seen.moved)
            && seen.attendee_fits
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

impl Rules {
    fn is_past_horizon(&self, since: Timestamp, now: Timestamp) -> bool {
        later(since, millis(self.quiet_horizon_ms)) <= now
    }

    /// The pause before the next look, when so many have been made.
    fn pause_before_look(&self, looks: u32) -> jiff::SignedDuration {
        millis(pause_in(&self.look_after_ms, looks).unwrap_or(self.look_again_ms))
    }

    /// The look that follows one on a hint: the next of the schedule, or its last once more.
    fn watch_after_hint(&self, looks: u32, now: Timestamp) -> Option<Watch> {
        let last = u32::try_from(self.watch_after_ms.len()).ok()?.checked_sub(1)?;
        self.watch(looks.min(last), now)
    }

    /// The next look at something settled, when so many have been made; None: it has been looked at often enough.
    fn watch(&self, looks: u32, now: Timestamp) -> Option<Watch> {
        let pause = pause_in(&self.watch_after_ms, looks)?;
        Some(Watch { at: later(now, millis(pause)), looks, hinted: false })
    }
}

/// The pause before step `index` of a schedule that is counted from its beginning.
fn pause_in(schedule: &[u64], index: u32) -> Option<u64> {
    let index = index as usize;
    let next = schedule.get(index)?;
    let last = index.checked_sub(1).and_then(|last| schedule.get(last));
    Some(next.saturating_sub(last.copied().unwrap_or(0)))
}

impl State {
    /// The word of the contract for this state.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Sent { .. } => "sent",
            Self::Unsure { .. } => "unsure",
            Self::Booked { standing: Standing::Accepted, .. } => "booked",
            Self::Booked { standing: Standing::Pending, .. } => "pending",
            Self::Refused { .. } => "refused",
            Self::Failed { .. } => "failed",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}
