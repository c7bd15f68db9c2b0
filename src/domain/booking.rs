//! The booking protocol: one intent, from waiting for its turn to standing in the calendar, being refused, or given up.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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
    /// After this long without an answer a person is told.
    pub quiet_horizon_ms: u64,
    /// Pauses between attempts that never reached Cal.com.
    pub backoff: Backoff,
    /// A booking that could not be sent for this long is given to a person.
    pub give_up_after_ms: u64,
}

/// How a booking stands at Cal.com.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Accepted,
    /// Cal.com's owner must confirm it.
    Pending,
}

/// Where a booking is. Each state holds what is true in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Cal.com said no; nothing stands.
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    pub id: BookingId,
    pub start: Timestamp,
    pub requested_at: Timestamp,
    pub attempts: u32,
    /// Attempts that may have reached Cal.com.
    pub sent_maybe: u32,
    pub state: State,
}

/// A booking as seen at Cal.com.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub uid: String,
    pub start: Timestamp,
    /// Our id in its metadata.
    pub marked: Option<BookingId>,
    pub attendee_fits: bool,
    /// None: cancelled or rejected there.
    pub standing: Option<Standing>,
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// It is its turn.
    Turn,
    /// It was its turn, but nothing may leave before that instant.
    Kept { until: Timestamp, why: String },
    /// The request with that number ended.
    Ended { attempt: u32, outcome: Outcome },
    /// A look at Cal.com found these bookings (all statuses); None: the look itself failed.
    Looked(Option<Vec<Seen>>),
    /// The process started again and finds the booking like this.
    Woke,
}

/// What to do next, after the new state is in the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Send {
        attempt: u32,
    },
    Look {
        at: Timestamp,
    },
    /// Its place in the queue is to be served again at that instant.
    TryAgain {
        at: Timestamp,
    },
    /// A person has to call back.
    CallBack {
        reason: Reason,
    },
    /// Nothing more to do here: the hold may go, the caller's outcome stands.
    Settled,
}

/// The next state, if it changes, and what to do then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub next: Option<Booking>,
    pub actions: Vec<Action>,
}

impl Booking {
    pub fn new(id: BookingId, start: Timestamp, requested_at: Timestamp) -> Self {
        let state = State::Waiting { not_before: None };
        Self { id, start, requested_at, attempts: 0, sent_maybe: 0, state }
    }

    pub fn is_settled(&self) -> bool {
        match self.state {
            State::Waiting { .. } | State::Sent { .. } | State::Unsure { .. } => false,
            State::Booked { .. } | State::Refused { .. } | State::Failed { .. } | State::Cancelled { .. } => {
                true
            }
        }
    }

    /// What follows from the input; changes nothing itself.
    pub fn step(&self, input: Input, rules: &Rules, now: Timestamp) -> Step {
        match (&self.state, input) {
            (State::Waiting { .. }, Input::Turn) => self.send(rules, now),
            (State::Waiting { .. }, Input::Kept { until, why }) => self.kept(until, &why, rules, now),
            (State::Sent { attempt, .. }, Input::Ended { attempt: ended, outcome }) if *attempt == ended => {
                self.ended(outcome, rules, now)
            }
            (State::Sent { .. }, Input::Woke) => self.doubt("restarted", rules, now),
            (State::Waiting { not_before }, Input::Woke) => {
                Step::only(Action::TryAgain { at: not_before.unwrap_or(now).max(now) })
            }
            (State::Unsure { look_at, .. }, Input::Woke) => Step::only(Action::Look { at: *look_at }),
            (State::Unsure { since, looks, why, .. }, Input::Looked(found)) => {
                self.looked((*since, *looks, why), found, rules, now)
            }
            // A second witness or a late answer for something that is settled already: nothing follows.
            (
                State::Waiting { .. }
                | State::Sent { .. }
                | State::Unsure { .. }
                | State::Booked { .. }
                | State::Refused { .. }
                | State::Failed { .. }
                | State::Cancelled { .. },
                _,
            ) => Step { next: None, actions: Vec::new() },
        }
    }

    fn send(&self, rules: &Rules, now: Timestamp) -> Step {
        if self.start <= now {
            return self.give_up("the time had passed before it could be sent");
        }
        if self.is_overdue(rules, now) {
            return self.give_up("the calendar could not be reached in time");
        }
        let attempt = self.attempts + 1;
        let state = State::Sent { attempt, since: now };
        let next = Self { attempts: attempt, sent_maybe: self.sent_maybe + 1, state, ..self.clone() };
        Step { next: Some(next), actions: vec![Action::Send { attempt }] }
    }

    fn kept(&self, until: Timestamp, why: &str, rules: &Rules, now: Timestamp) -> Step {
        if self.start <= now || self.is_overdue(rules, now) {
            return self.give_up(why);
        }
        let next = Self { state: State::Waiting { not_before: Some(until) }, ..self.clone() };
        Step { next: Some(next), actions: vec![Action::TryAgain { at: until }] }
    }

    fn ended(&self, outcome: Outcome, rules: &Rules, now: Timestamp) -> Step {
        match outcome {
            Outcome::Created(seen) => self.created(seen),
            Outcome::DefiniteNo(why) => self.refuse(why, Reason::BookingRefused),
            Outcome::NotExecuted { why, not_before } => {
                let sent_maybe = self.sent_maybe.saturating_sub(1);
                let unsent = Self { sent_maybe, state: State::Waiting { not_before: None }, ..self.clone() };
                let again = rules.backoff.again_at(self.attempts.saturating_sub(sent_maybe), now);
                unsent.kept(not_before.unwrap_or(again), &why, rules, now)
            }
            // Nothing of ours can be there yet: one quick look, then it is a definite no.
            Outcome::NotAvailable if self.sent_maybe <= 1 => self.unsure((now, 0, NOT_AVAILABLE), now),
            Outcome::NotAvailable => self.doubt("not_available_after_resend", rules, now),
            Outcome::Doubt(why) => self.doubt(&why, rules, now),
        }
    }

    fn created(&self, seen: Seen) -> Step {
        match seen.standing {
            Some(standing) if self.is_ours(&seen) => self.booked(seen.uid, standing),
            _ => self.refuse("foreign_booking_returned".into(), Reason::SlotTaken),
        }
    }

    fn booked(&self, uid: String, standing: Standing) -> Step {
        let next = Self { state: State::Booked { uid, standing }, ..self.clone() };
        Step { next: Some(next), actions: vec![Action::Settled] }
    }

    fn looked(
        &self,
        (since, looks, why): (Timestamp, u32, &str),
        found: Option<Vec<Seen>>,
        rules: &Rules,
        now: Timestamp,
    ) -> Step {
        let Some(found) = found else {
            // A look that saw nothing moves along the schedule too, or it would be repeated at the first pause for ever.
            return self.still_unsure((since, looks + 1, why), rules, now);
        };
        if let Some(ours) = found.iter().find(|seen| self.is_ours(seen)) {
            return match ours.standing {
                Some(standing) => self.booked(ours.uid.clone(), standing),
                None => {
                    let state = State::Cancelled { why: "cancelled at Cal.com".into() };
                    let next = Self { state, ..self.clone() };
                    Step { next: Some(next), actions: vec![Action::Settled] }
                }
            };
        }
        if why == NOT_AVAILABLE {
            return self.refuse("slot_taken".into(), Reason::SlotTaken);
        }
        self.still_unsure((since, looks + 1, why), rules, now)
    }

    /// Nothing found, or not even looked: a person is told in time, and once the time has passed it is over.
    fn still_unsure(
        &self,
        (since, looks, why): (Timestamp, u32, &str),
        rules: &Rules,
        now: Timestamp,
    ) -> Step {
        let horizon = later(since, millis(rules.quiet_horizon_ms));
        let is_past_horizon = horizon <= now;
        let tell = Action::CallBack { reason: Reason::BookingUnsure };
        if is_past_horizon && self.start <= now {
            let state = State::Failed { why: format!("nobody knows whether it stood ({why})") };
            let next = Self { state, ..self.clone() };
            return Step { next: Some(next), actions: vec![tell, Action::Settled] };
        }
        let next_look = later(now, rules.pause_before_look(looks));
        // A person is told at the horizon, not at whatever look comes after it.
        let look_at = if is_past_horizon { next_look } else { next_look.min(horizon) };
        let mut step = self.unsure((since, looks, why), look_at);
        if is_past_horizon {
            step.actions.push(tell);
        }
        step
    }

    fn doubt(&self, why: &str, rules: &Rules, now: Timestamp) -> Step {
        self.unsure((now, 0, why), later(now, rules.pause_before_look(0)))
    }

    fn unsure(&self, (since, looks, why): (Timestamp, u32, &str), look_at: Timestamp) -> Step {
        let next =
            Self { state: State::Unsure { since, looks, why: why.to_owned(), look_at }, ..self.clone() };
        Step { next: Some(next), actions: vec![Action::Look { at: look_at }] }
    }

    fn refuse(&self, why: String, reason: Reason) -> Step {
        let next = Self { state: State::Refused { why }, ..self.clone() };
        Step { next: Some(next), actions: vec![Action::CallBack { reason }, Action::Settled] }
    }

    fn give_up(&self, why: &str) -> Step {
        let next = Self { state: State::Failed { why: why.to_owned() }, ..self.clone() };
        let reason = Reason::CalendarUnreachable;
        Step { next: Some(next), actions: vec![Action::CallBack { reason }, Action::Settled] }
    }

    fn is_overdue(&self, rules: &Rules, now: Timestamp) -> bool {
        later(self.requested_at, millis(rules.give_up_after_ms)) <= now
    }

    fn is_ours(&self, seen: &Seen) -> bool {
        seen.marked == Some(self.id) && seen.start == self.start && seen.attendee_fits
    }
}

const NOT_AVAILABLE: &str = "not_available";

impl Step {
    fn only(action: Action) -> Self {
        Self { next: None, actions: vec![action] }
    }
}

impl Rules {
    /// The pause before the next look, when so many have been made.
    fn pause_before_look(&self, looks: u32) -> jiff::SignedDuration {
        let index = looks as usize;
        let at = |i: usize| self.look_after_ms.get(i).copied();
        let pause = match (at(index), index.checked_sub(1).and_then(at)) {
            (Some(next), Some(last)) => next.saturating_sub(last),
            (Some(first), None) => first,
            (None, _) => self.look_again_ms,
        };
        millis(pause)
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    fn rules() -> Rules {
        Rules {
            look_after_ms: vec![2_000, 5_000, 15_000],
            look_again_ms: 60_000,
            quiet_horizon_ms: 180_000,
            backoff: Backoff { first_ms: 1_000, longest_ms: 30_000 },
            give_up_after_ms: 7_200_000,
        }
    }

    fn waiting() -> Booking {
        Booking::new(Uuid::from_u128(5).into(), at(10_000_000), at(0))
    }

    fn sent() -> Booking {
        waiting().step(Input::Turn, &rules(), at(1_000)).next.unwrap()
    }

    fn ours() -> Seen {
        Seen {
            uid: "abc".into(),
            start: at(10_000_000),
            marked: Some(Uuid::from_u128(5).into()),
            attendee_fits: true,
            standing: Some(Standing::Accepted),
        }
    }

    fn end(booking: &Booking, outcome: Outcome) -> Step {
        booking.step(Input::Ended { attempt: 1, outcome }, &rules(), at(2_000))
    }

    #[test]
    fn a_created_booking_with_our_mark_is_booked() {
        let step = end(&sent(), Outcome::Created(ours()));

        assert_eq!(
            step.next.unwrap().state,
            State::Booked { uid: "abc".into(), standing: Standing::Accepted }
        );
        assert_eq!(step.actions, [Action::Settled]);
    }

    #[test]
    fn somebody_elses_booking_in_the_answer_means_the_slot_is_taken() {
        let foreign = [
            Seen { marked: None, ..ours() },
            Seen { marked: Some(Uuid::from_u128(6).into()), ..ours() },
            Seen { start: at(10_000_001), ..ours() },
            Seen { attendee_fits: false, ..ours() },
        ];
        for seen in foreign {
            let step = end(&sent(), Outcome::Created(seen));

            assert_eq!(step.next.unwrap().state.as_str(), "refused");
            assert_eq!(step.actions[0], Action::CallBack { reason: Reason::SlotTaken });
        }
    }

    #[test]
    fn not_available_at_first_is_final_after_one_quick_look() {
        let doubtful = end(&sent(), Outcome::NotAvailable);

        assert_eq!(doubtful.actions, [Action::Look { at: at(2_000) }]);
        let step = doubtful.next.unwrap().step(Input::Looked(Some(vec![])), &rules(), at(2_100));
        assert_eq!(step.next.unwrap().state, State::Refused { why: "slot_taken".into() });
    }

    #[test]
    fn not_available_at_first_but_ours_is_there_is_booked() {
        let unsure = end(&sent(), Outcome::NotAvailable).next.unwrap();

        let step = unsure.step(Input::Looked(Some(vec![ours()])), &rules(), at(2_100));

        assert_eq!(step.next.unwrap().state.as_str(), "booked");
    }

    #[test]
    fn doubt_is_looked_into_on_schedule_and_never_sent_again() {
        let mut booking = end(&sent(), Outcome::Doubt("timed_out".into())).next.unwrap();
        let mut looks = Vec::new();
        let mut now = at(4_000);
        for _ in 0..5 {
            let step = booking.step(Input::Looked(Some(vec![])), &rules(), now);
            let Some(Action::Look { at: next }) = step.actions.first().cloned() else { panic!("{step:?}") };
            assert!(!step.actions.iter().any(|action| matches!(action, Action::Send { .. })));
            looks.push(next.as_millisecond() - now.as_millisecond());
            (booking, now) = (step.next.unwrap(), next);
        }

        assert_eq!(looks, [3_000, 10_000, 60_000, 60_000, 45_000], "the last one at the horizon");
    }

    #[test]
    fn past_the_quiet_horizon_a_person_is_told() {
        let unsure = end(&sent(), Outcome::Doubt("timed_out".into())).next.unwrap();

        let early = unsure.step(Input::Looked(Some(vec![])), &rules(), at(181_999));
        let late = unsure.step(Input::Looked(Some(vec![])), &rules(), at(182_000));

        assert_eq!(early.actions.len(), 1);
        assert_eq!(late.actions[1], Action::CallBack { reason: Reason::BookingUnsure });
        assert_eq!(late.next.unwrap().state.as_str(), "unsure");
    }

    #[test]
    fn a_person_is_told_in_time_even_if_nobody_could_look() {
        let unsure = end(&sent(), Outcome::Doubt("timed_out".into())).next.unwrap();

        let blind = unsure.step(Input::Looked(None), &rules(), at(182_000));

        assert_eq!(blind.actions[1], Action::CallBack { reason: Reason::BookingUnsure });
    }

    #[test]
    fn a_doubt_ends_when_the_time_has_passed() {
        let unsure = end(&sent(), Outcome::Doubt("timed_out".into())).next.unwrap();

        let over = unsure.step(Input::Looked(None), &rules(), at(10_000_000));

        assert_eq!(over.next.unwrap().state.as_str(), "failed");
        assert_eq!(over.actions, [Action::CallBack { reason: Reason::BookingUnsure }, Action::Settled]);
    }

    #[test]
    fn what_surely_never_left_waits_and_goes_again() {
        let outcome = Outcome::NotExecuted { why: "connection refused".into(), not_before: None };

        let step = end(&sent(), outcome);
        let waiting = step.next.unwrap();

        assert_eq!(waiting.sent_maybe, 0);
        assert_eq!(step.actions, [Action::TryAgain { at: at(3_000) }]);
        let again = waiting.step(Input::Turn, &rules(), at(3_000));
        assert_eq!(again.actions, [Action::Send { attempt: 2 }]);
    }

    #[test]
    fn a_time_that_has_passed_is_never_booked() {
        let step = waiting().step(Input::Turn, &rules(), at(10_000_000));

        assert_eq!(step.next.unwrap().state.as_str(), "failed");
        assert_eq!(step.actions[0], Action::CallBack { reason: Reason::CalendarUnreachable });
    }

    #[test]
    fn a_late_answer_to_an_earlier_attempt_changes_nothing() {
        let stale = Input::Ended { attempt: 7, outcome: Outcome::DefiniteNo("x".into()) };

        assert_eq!(sent().step(stale, &rules(), at(2_000)), Step { next: None, actions: vec![] });
    }

    #[test]
    fn after_a_restart_looks_before_sending_again() {
        let step = sent().step(Input::Woke, &rules(), at(50_000));

        assert_eq!(step.next.unwrap().state.as_str(), "unsure");
        assert_eq!(step.actions, [Action::Look { at: at(52_000) }]);
    }

    #[test]
    fn waking_twice_does_not_put_off_the_look() {
        let unsure = end(&sent(), Outcome::Doubt("timed_out".into())).next.unwrap();

        let woken = [3_000, 3_500].map(|ms| unsure.step(Input::Woke, &rules(), at(ms)).actions);

        assert_eq!(woken, [[Action::Look { at: at(4_000) }], [Action::Look { at: at(4_000) }]]);
    }

    fn any_outcome() -> impl Strategy<Value = Outcome> {
        prop_oneof![
            Just(Outcome::Created(ours())),
            Just(Outcome::Created(Seen { marked: None, ..ours() })),
            Just(Outcome::DefiniteNo("no".into())),
            Just(Outcome::NotExecuted { why: "refused".into(), not_before: None }),
            Just(Outcome::NotAvailable),
            Just(Outcome::Doubt("timed_out".into())),
        ]
    }

    fn any_input() -> impl Strategy<Value = Input> {
        prop_oneof![
            3 => Just(Input::Turn),
            3 => (1u32..4, any_outcome()).prop_map(|(attempt, outcome)| Input::Ended { attempt, outcome }),
            1 => Just(Input::Looked(None)),
            1 => Just(Input::Looked(Some(vec![]))),
            1 => Just(Input::Looked(Some(vec![ours()]))),
            1 => Just(Input::Woke),
            1 => (0i64..9_000_000).prop_map(|ms| Input::Kept { until: at(ms), why: "open".into() }),
        ]
    }

    proptest! {
        /// Once a request may have reached Cal.com, no second one leaves in this protocol; and what settles
        /// without standing in the calendar has asked for a person, unless a person cancelled it there.
        #[test]
        fn never_two_and_never_none(inputs in prop::collection::vec((any_input(), 0i64..60_000), 1..60)) {
            let (mut booking, mut now, mut told) = (waiting(), 0, false);
            for (input, pause) in inputs {
                now += pause;
                let step = booking.step(input, &rules(), at(now));
                for action in &step.actions {
                    if let Action::Send { .. } = action {
                        prop_assert_eq!(booking.sent_maybe, 0);
                    }
                    told |= matches!(action, Action::CallBack { .. });
                }
                prop_assert!(!(booking.is_settled() && step.next.is_some()));
                booking = step.next.unwrap_or(booking);
                if booking.is_settled() {
                    prop_assert!(told || booking.state.as_str() == "booked" || booking.state.as_str() == "cancelled");
                }
            }
        }
    }
}
