//! The booking protocol, model-checked: the very `step` of the house against every order of events that a small world allows.
//!
//! The world: one intent, two requests to make it, a Cal.com that carries requests out late, answers, or does not; processes that
//! die or are taken for dead; a stranger who wants the same slot, a person at Cal.com, a caller who changes the order.

mod calcom;
mod house;
mod tests;

use std::sync::Arc;

use jiff::Timestamp;
use stateright::{Model, Property};
use uuid::Uuid;

use self::calcom::seen;
use self::house::answered;
use super::*;
use crate::domain::ids::BookingId;
use crate::domain::retry::Backoff;

/// The intent's time, in ticks; the same number of ticks is the longest life of the world.
const START: u8 = 40;
const ELSEWHERE: u8 = 50;
const WISHED: u8 = 60;
/// For so many ticks a reading may still miss a new row: shorter than the horizon.
const LAG: u8 = 2;

/// How an event type takes a repeated request (calcom.md 4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    /// One host: an equal start is refused by the database.
    Personal,
    /// Two hosts: a repeat gets the existing booking, but two at once get two.
    RoundRobin,
    /// The owner must confirm: like round robin, and nothing blocks anything.
    Confirmed,
}

/// A rule taken out, to see that the checker would notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Without {
    Nothing,
    /// A request in doubt counts as never sent.
    LookingBeforeSendingAgain,
    /// Whatever a 201 shows counts as ours.
    ComparingMetadata,
    /// What was sent twice is not looked at once more.
    WatchingAfterwards,
}

struct World {
    kind: Kind,
    without: Without,
    ticks: u8,
    /// For so many ticks after it left, a request may still be carried out.
    late: u8,
    /// Which of the people's deeds are possible.
    people: People,
    /// No process dies, no line is shut, no reading fails or is old: what is left is late requests and people.
    sturdy: bool,
    rules: Arc<Rules>,
}

#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a possibility of the world on its own, and all combine"
)]
struct People {
    visitor: bool,
    cancels: bool,
    moves: bool,
    orders_move: bool,
    orders_cancel: bool,
    calls_back: bool,
    /// The world begins with the booking made.
    stands: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Wanted {
    Make,
    Move(u8),
    Cancel,
}

/// A request on its way or at Cal.com.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Request {
    attempt: u32,
    wanted: Wanted,
    /// The row it is about; for making one none.
    about: Option<u8>,
    sent_at: u8,
    /// Somebody waits for the answer.
    awaited: bool,
    /// Carried out, with this answer.
    done: Option<Answer>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Answer {
    Row(u8),
    Done,
    NotAvailable,
    No,
}

/// A booking at Cal.com.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Row {
    ours: bool,
    start: u8,
    live: bool,
    moved_to: Option<u8>,
    /// Webhooks about it that may still arrive.
    webhooks: u8,
    born_at: u8,
    died_at: Option<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that has happened, and all combine")]
struct Now {
    tick: u8,
    booking: Booking,
    requests: Vec<Request>,
    rows: Vec<Row>,
    called_back: bool,
    callback: bool,
    /// Deeds that were done.
    visited: bool,
    meddled: bool,
    ordered: bool,
    crashes: u8,
    /// A person's deed that the house has not heard of yet.
    unheard: bool,
    resent: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Tick,
    /// What is due is done; reading shows the present, an older state, or nothing.
    Serve(Reading),
    /// The line is shut.
    Keep,
    Execute(usize),
    Answer(usize),
    TimeOut(usize),
    Unsent(usize),
    Webhook(u8),
    Crash,
    TakeOver,
    Visitor,
    PersonCancels,
    PersonMoves,
    HearOfIt,
    Order(Wanted),
    CallBack,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Fresh,
    Stale,
    Failed,
}

fn at(tick: u8) -> Timestamp {
    Timestamp::from_millisecond(i64::from(tick)).unwrap()
}

fn tick_of(at: Timestamp) -> u8 {
    u8::try_from(at.as_millisecond()).unwrap()
}

fn uid(row: u8) -> String {
    format!("u{row}")
}

fn row_of(uid: &str) -> u8 {
    uid[1..].parse().unwrap()
}

fn id() -> BookingId {
    Uuid::from_u128(5).into()
}

fn rules() -> Rules {
    Rules {
        look_after_ms: vec![1],
        look_again_ms: 1,
        quiet_horizon_ms: 3,
        watch_after_ms: vec![3],
        sent_max: 2,
        backoff: Backoff { first_ms: 1, longest_ms: 1 },
        give_up_after_ms: 20,
    }
}

impl Model for World {
    type State = Now;
    type Action = Deed;

    fn init_states(&self) -> Vec<Now> {
        let mut booking = Booking::new(id(), at(START), at(0));
        let mut rows = vec![];
        if self.people.stands {
            booking.state = State::Booked { uid: uid(0), standing: Standing::Accepted };
            rows.push(Row {
                ours: true,
                start: START,
                live: true,
                moved_to: None,
                webhooks: 0,
                born_at: 0,
                died_at: None,
            });
        }
        vec![Now {
            tick: 0,
            booking,
            requests: vec![],
            rows,
            called_back: false,
            callback: false,
            visited: false,
            meddled: false,
            ordered: false,
            crashes: 0,
            unheard: false,
            resent: false,
        }]
    }

    fn actions(&self, state: &Now, deeds: &mut Vec<Deed>) {
        let now = at(state.tick);
        // The house is punctual: time passes when nothing is due; how it is late is told by crashes and readings that fail.
        let is_due = state.booking.due().is_some_and(|due| due.at <= now);
        if state.tick < self.ticks && !is_due && !self.is_calm(state) {
            deeds.push(Deed::Tick);
        }
        // A world that is calm has no more to show, unless people act.
        if let Some(due) = state.booking.due().filter(|due| due.at <= now) {
            deeds.push(Deed::Serve(Reading::Fresh));
            let reads =
                due.job != Job::Turn || state.booking.sent_maybe > 0 || !state.booking.surplus.is_empty();
            if reads && !self.sturdy {
                deeds.push(Deed::Serve(Reading::Failed));
            }
            let is_new = state.rows.last().is_some_and(|row| row.born_at + LAG > state.tick);
            if is_new && due.job != Job::Trace && !self.sturdy {
                deeds.push(Deed::Serve(Reading::Stale));
            }
            if due.job == Job::Turn && state.tick < 2 && !self.sturdy {
                deeds.push(Deed::Keep);
            }
        }
        for (index, request) in state.requests.iter().enumerate() {
            self.deeds_about(request, (index, state.tick), deeds);
        }
        for (index, row) in state.rows.iter().enumerate() {
            if row.ours && row.webhooks > 0 {
                deeds.push(Deed::Webhook(u8::try_from(index).unwrap()));
            }
        }
        if !self.sturdy && state.crashes == 0 && state.requests.iter().any(|request| request.awaited) {
            deeds.push(Deed::Crash);
            deeds.push(Deed::TakeOver);
        }
        self.deeds_of_people(state, deeds);
    }

    fn next_state(&self, last: &Now, deed: Deed) -> Option<Now> {
        let mut state = last.clone();
        match deed {
            Deed::Tick => state.tick += 1,
            Deed::Serve(reading) => self.serve(&mut state, reading),
            Deed::Keep => {
                let until = at(state.tick + 1);
                self.step(&mut state, Input::Kept { until, why: "shut".into() });
            }
            Deed::Execute(index) => self.execute(&mut state, index),
            Deed::Answer(index) => {
                state.requests[index].awaited = false;
                let request = state.requests[index];
                let input = answered(&state, request, request.done.unwrap());
                self.step(&mut state, input);
            }
            Deed::TimeOut(index) => {
                state.requests[index].awaited = false;
                let why = "timed_out".to_owned();
                let request = state.requests[index];
                let input = request.ends(Outcome::Doubt(why.clone()), ChangeOutcome::Doubt(why));
                self.step(&mut state, input);
            }
            Deed::Unsent(index) => {
                let request = state.requests.remove(index);
                let why = "connection_refused".to_owned();
                let outcome = Outcome::NotExecuted { why: why.clone(), not_before: None };
                let input = request.ends(outcome, ChangeOutcome::NotExecuted { why, not_before: None });
                self.step(&mut state, input);
            }
            Deed::Webhook(row) => {
                state.rows[usize::from(row)].webhooks -= 1;
                let seen = seen(&state, row);
                self.step(&mut state, Input::Witnessed(seen));
            }
            Deed::Crash => {
                state.crashes += 1;
                for request in &mut state.requests {
                    request.awaited = false;
                }
                self.step(&mut state, Input::Woke);
            }
            // Another node believes the first one dead, which is not: its answer will come.
            Deed::TakeOver => {
                state.crashes += 1;
                self.step(&mut state, Input::Woke);
            }
            Deed::Visitor
            | Deed::PersonCancels
            | Deed::PersonMoves
            | Deed::HearOfIt
            | Deed::Order(_)
            | Deed::CallBack => self.person_does(&mut state, deed),
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(
                "calm means one live booking, the recorded one, or none",
                |world: &World, state: &Now| !world.is_calm(state) || state.books_agree(),
            ),
            Property::always("never two at a personal calendar", |world: &World, state: &Now| {
                world.kind != Kind::Personal || state.live_of_ours().count() <= 1
            }),
            Property::always("whoever has no appointment is called back", |world: &World, state: &Now| {
                !world.is_calm(state) || state.has_lost_nobody()
            }),
            Property::always("what is open is going on", |_, state: &Now| {
                state.booking.is_settled()
                    || state.booking.due().is_some()
                    || matches!(state.booking.state, State::Sent { .. })
            }),
            Property::always("what is said to stand is ours", |_, state: &Now| match &state.booking.state {
                State::Booked { uid, .. } => state.rows[usize::from(row_of(uid))].ours,
                State::Waiting { .. }
                | State::Sent { .. }
                | State::Unsure { .. }
                | State::Refused { .. }
                | State::Failed { .. }
                | State::Cancelled { .. } => true,
            }),
            Property::sometimes("it is booked", |world: &World, state: &Now| {
                world.is_calm(state) && matches!(state.booking.state, State::Booked { .. })
            }),
            Property::sometimes("it is sent twice", |_, state: &Now| state.resent),
        ]
    }
}
