//! The booking protocol, model-checked: the very `step` of the house against every order of events that a small world allows.
//!
//! The world: one intent, two requests to make it, a Cal.com that carries requests out late, answers, or does not; processes that
//! die or are taken for dead; a stranger who wants the same slot, a person at Cal.com, a caller who changes the order.

use std::sync::Arc;

use jiff::Timestamp;
use stateright::{Checker, HasDiscoveries, Model, Property};
use uuid::Uuid;

use super::*;
use crate::domain::ids::BookingId;

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

impl World {
    fn step(&self, state: &mut Now, input: Input) -> Vec<Action> {
        let input = match (self.without, input) {
            (Without::LookingBeforeSendingAgain, Input::Ended { attempt, outcome: Outcome::Doubt(why) }) => {
                Input::Ended { attempt, outcome: Outcome::NotExecuted { why, not_before: None } }
            }
            (Without::ComparingMetadata, Input::Ended { attempt, outcome: Outcome::Created(seen) }) => {
                Input::Ended { attempt, outcome: Outcome::Created(Seen { marked: Some(id()), ..seen }) }
            }
            (_, input) => input,
        };
        let step = state.booking.step(input, &self.rules, at(state.tick));
        if let Some(next) = step.next {
            state.booking = next;
        }
        if self.without == Without::WatchingAfterwards {
            state.booking.watch = None;
        }
        for action in &step.actions {
            match action {
                Action::CallBack { .. } => state.callback = true,
                Action::Send { .. }
                | Action::LookFirst
                | Action::SendChange { .. }
                | Action::Tidy { .. }
                | Action::StandsAfterAll
                | Action::Settled => {}
            }
        }
        step.actions
    }

    /// Does what a step asks for, within the same turn.
    fn follow(&self, state: &mut Now, actions: Vec<Action>, reading: Reading) {
        for action in actions {
            match action {
                Action::Send { attempt } => {
                    state.resent |= state.booking.sent_maybe > 1;
                    state.requests.push(request(state.tick, attempt, Wanted::Make, None));
                }
                Action::SendChange { attempt, uid, order } => {
                    let change = state.booking.change.as_ref();
                    state.resent |= change.is_some_and(|change| change.sent_maybe > 1);
                    let wanted = match order {
                        Order::Move { to } => Wanted::Move(tick_of(to)),
                        Order::Cancel => Wanted::Cancel,
                    };
                    state.requests.push(request(state.tick, attempt, wanted, Some(row_of(&uid))));
                }
                Action::LookFirst => {
                    let found = found(state, reading);
                    let actions = self.step(state, Input::LookedFirst { found });
                    self.follow(state, actions, reading);
                }
                Action::Tidy { uid } => {
                    let done = reading != Reading::Failed;
                    state.rows[usize::from(row_of(&uid))].live &= !done;
                    self.step(state, Input::Tidied { uid, done });
                }
                Action::CallBack { .. } | Action::StandsAfterAll | Action::Settled => {}
            }
        }
    }

    fn serve(&self, state: &mut Now, reading: Reading) {
        let Some(due) = state.booking.due() else { return };
        match due.job {
            Job::Turn => {
                let actions = self.step(state, Input::Turn);
                self.follow(state, actions, reading);
            }
            Job::Look => {
                let found = found(state, reading);
                let actions = self.step(state, Input::Looked { found, told: state.called_back });
                self.follow(state, actions, reading);
            }
            Job::Trace => {
                let trace = traced(state, reading);
                self.step(state, Input::Traced(trace));
                if state.booking.change.is_none() {
                    let found = found(state, reading);
                    self.step(state, Input::Looked { found, told: state.called_back });
                }
            }
        }
    }

    /// Nothing is under way, nothing is due, nothing has been done that the house could not know.
    fn is_calm(&self, state: &Now) -> bool {
        let is_over = |request: &Request| {
            !request.awaited && (request.done.is_some() || !self.may_still_happen(request, state.tick))
        };
        state.booking.is_settled()
            && state.booking.due().is_none()
            && !state.unheard
            && state.requests.iter().all(is_over)
    }

    fn may_still_happen(&self, request: &Request, tick: u8) -> bool {
        request.done.is_none() && request.sent_at + self.late > tick
    }

    /// Cal.com carries a request out.
    fn execute(&self, state: &mut Now, index: usize) {
        let request = state.requests[index];
        let same = |row: &Row, start: u8| row.live && row.start == start;
        let taken = |state: &Now, start: u8| state.rows.iter().any(|row| same(row, start));
        let existing = |state: &Now, start: u8| state.rows.iter().position(|row| same(row, start));
        let answer = match request.wanted {
            Wanted::Make => match self.kind {
                Kind::Personal if taken(state, START) => Answer::NotAvailable,
                // A repeat gets what is there already, unless the two run at once (see `race`).
                Kind::RoundRobin | Kind::Confirmed if !self.races(state, index) && taken(state, START) => {
                    Answer::Row(u8::try_from(existing(state, START).unwrap()).unwrap())
                }
                Kind::Personal | Kind::RoundRobin | Kind::Confirmed => {
                    state.rows.push(Row {
                        ours: true,
                        start: START,
                        live: true,
                        moved_to: None,
                        webhooks: 1,
                        born_at: state.tick,
                    });
                    Answer::Row(u8::try_from(state.rows.len() - 1).unwrap())
                }
            },
            Wanted::Cancel => {
                let row = &mut state.rows[usize::from(request.about.unwrap())];
                if row.live || row.moved_to.is_none() {
                    row.live = false;
                    Answer::Done
                } else {
                    Answer::No
                }
            }
            Wanted::Move(to) => {
                let about = usize::from(request.about.unwrap());
                if !state.rows[about].live {
                    Answer::No
                } else if taken(state, to) {
                    Answer::NotAvailable
                } else {
                    Answer::Row(relocate(state, about, to))
                }
            }
        };
        state.requests[index].done = Some(answer);
    }

    /// Whether another request of the same kind was under way when this one came: both looked before either wrote.
    fn races(&self, state: &Now, index: usize) -> bool {
        self.kind != Kind::Personal
            && state.requests.iter().enumerate().any(|(other, request)| {
                other != index && request.wanted == Wanted::Make && request.sent_at + 2 >= state.tick
            })
    }
}

fn relocate(state: &mut Now, about: usize, to: u8) -> u8 {
    let new = u8::try_from(state.rows.len()).unwrap();
    state.rows[about].live = false;
    state.rows[about].moved_to = Some(new);
    let ours = state.rows[about].ours;
    state.rows.push(Row { ours, start: to, live: true, moved_to: None, webhooks: 1, born_at: state.tick });
    new
}

fn request(tick: u8, attempt: u32, wanted: Wanted, about: Option<u8>) -> Request {
    Request { attempt, wanted, about, sent_at: tick, awaited: true, done: None }
}

fn head(state: &Now, mut row: u8) -> u8 {
    while let Some(next) = state.rows[usize::from(row)].moved_to {
        row = next;
    }
    row
}

fn seen(state: &Now, row: u8) -> Seen {
    let last = head(state, row);
    let shown = state.rows[usize::from(last)];
    Seen {
        uid: uid(last),
        start: at(shown.start),
        marked: shown.ours.then(id),
        attendee_fits: true,
        standing: shown.live.then_some(Standing::Accepted),
        created_at: Some(at(last)),
        moved: last != row,
    }
}

/// What the exact query finds: everything that was made for the booking's time, followed to where it stands now.
fn found(state: &Now, reading: Reading) -> Option<Vec<Seen>> {
    let rows = match reading {
        Reading::Failed => return None,
        Reading::Fresh => state.rows.len(),
        Reading::Stale => state.rows.len().saturating_sub(1),
    };
    let start = tick_of(state.booking.start);
    let mut found: Vec<Seen> = Vec::new();
    for (index, row) in state.rows.iter().enumerate().take(rows) {
        let seen = seen(state, u8::try_from(index).unwrap());
        if row.start == start && !found.iter().any(|other| other.uid == seen.uid) {
            found.push(seen);
        }
    }
    Some(found)
}

fn traced(state: &Now, reading: Reading) -> Option<Trace> {
    let State::Booked { uid: from, .. } = &state.booking.state else { return None };
    if reading != Reading::Fresh {
        return None;
    }
    let last = head(state, row_of(from));
    let row = state.rows[usize::from(last)];
    let fate = if row.live { Fate::Stands(Standing::Accepted) } else { Fate::Cancelled };
    Some(Trace { uid: uid(last), start: at(row.start), fate })
}

fn outcome(state: &Now, answer: Answer) -> Outcome {
    match answer {
        Answer::Row(row) => Outcome::Created(seen(state, row)),
        Answer::NotAvailable => Outcome::NotAvailable,
        Answer::Done | Answer::No => Outcome::DefiniteNo("no".into()),
    }
}

fn change_outcome(state: &Now, answer: Answer) -> ChangeOutcome {
    match answer {
        Answer::Row(row) => ChangeOutcome::Done(Some(seen(state, row))),
        Answer::Done => ChangeOutcome::Done(None),
        Answer::NotAvailable => ChangeOutcome::NotAvailable,
        Answer::No => ChangeOutcome::DefiniteNo("no".into()),
    }
}

impl Now {
    fn live_of_ours(&self) -> impl Iterator<Item = u8> {
        let live = self.rows.iter().enumerate().filter(|(_, row)| row.ours && row.live);
        live.map(|(index, _)| u8::try_from(index).unwrap())
    }

    fn books_agree(&self) -> bool {
        let live: Vec<u8> = self.live_of_ours().collect();
        match &self.booking.state {
            State::Booked { uid, .. } => {
                live == [row_of(uid)] && at(self.rows[usize::from(live[0])].start) == self.booking.start
            }
            State::Waiting { .. }
            | State::Sent { .. }
            | State::Unsure { .. }
            | State::Refused { .. }
            | State::Failed { .. }
            | State::Cancelled { .. } => live.is_empty(),
        }
    }

    fn has_lost_nobody(&self) -> bool {
        match self.booking.state {
            State::Refused { .. } | State::Failed { .. } => self.callback,
            State::Cancelled { .. } => self.meddled || self.ordered,
            State::Waiting { .. } | State::Sent { .. } | State::Unsure { .. } | State::Booked { .. } => true,
        }
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
            rows.push(Row { ours: true, start: START, live: true, moved_to: None, webhooks: 0, born_at: 0 });
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
            if due.job != Job::Turn || state.booking.sent_maybe > 0 || !state.booking.surplus.is_empty() {
                deeds.push(Deed::Serve(Reading::Failed));
            }
            if state.rows.last().is_some_and(|row| row.born_at + LAG > state.tick) && due.job != Job::Trace {
                deeds.push(Deed::Serve(Reading::Stale));
            }
            if due.job == Job::Turn && state.tick < 2 {
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
        if state.crashes == 0 && state.requests.iter().any(|request| request.awaited) {
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

impl Request {
    fn ends(self, made: Outcome, changed: ChangeOutcome) -> Input {
        let attempt = self.attempt;
        match self.wanted {
            Wanted::Make => Input::Ended { attempt, outcome: made },
            Wanted::Move(_) | Wanted::Cancel => Input::ChangeEnded { attempt, outcome: changed },
        }
    }
}

fn answered(state: &Now, request: Request, answer: Answer) -> Input {
    request.ends(outcome(state, answer), change_outcome(state, answer))
}

impl World {
    fn person_does(&self, state: &mut Now, deed: Deed) {
        match deed {
            Deed::Visitor => {
                state.visited = true;
                state.rows.push(Row {
                    ours: false,
                    start: START,
                    live: true,
                    moved_to: None,
                    webhooks: 0,
                    born_at: state.tick,
                });
            }
            Deed::PersonCancels => {
                (state.meddled, state.unheard) = (true, true);
                let row = state.live_of_ours().next().unwrap();
                state.rows[usize::from(row)].live = false;
            }
            Deed::PersonMoves => {
                (state.meddled, state.unheard) = (true, true);
                let row = state.live_of_ours().next().unwrap();
                relocate(state, usize::from(row), ELSEWHERE);
            }
            Deed::HearOfIt => {
                state.unheard = false;
                self.step(state, Input::Hinted);
            }
            Deed::Order(wanted) => {
                state.ordered = true;
                let order = match wanted {
                    Wanted::Move(to) => Order::Move { to: at(to) },
                    Wanted::Make | Wanted::Cancel => Order::Cancel,
                };
                self.step(state, Input::Ordered(order));
            }
            Deed::CallBack => state.called_back = true,
            Deed::Tick
            | Deed::Serve(_)
            | Deed::Keep
            | Deed::Execute(_)
            | Deed::Answer(_)
            | Deed::TimeOut(_)
            | Deed::Unsent(_)
            | Deed::Webhook(_)
            | Deed::Crash
            | Deed::TakeOver => {}
        }
    }

    fn deeds_about(&self, request: &Request, (index, tick): (usize, u8), deeds: &mut Vec<Deed>) {
        // A request that nobody has heard of is carried out within its time or never.
        if self.may_still_happen(request, tick) {
            deeds.push(Deed::Execute(index));
        }
        if request.awaited && request.done.is_some() {
            deeds.push(Deed::Answer(index));
        }
        if request.awaited {
            deeds.push(Deed::TimeOut(index));
        }
        if request.awaited && request.done.is_none() && request.sent_at == tick && tick < 2 {
            deeds.push(Deed::Unsent(index));
        }
    }

    fn deeds_of_people(&self, state: &Now, deeds: &mut Vec<Deed>) {
        let stands = state.live_of_ours().next().is_some();
        if self.people.visitor
            && !state.visited
            && !state.rows.iter().any(|row| row.live && row.start == START)
        {
            deeds.push(Deed::Visitor);
        }
        if stands && !state.meddled {
            if self.people.cancels {
                deeds.push(Deed::PersonCancels);
            }
            if self.people.moves {
                deeds.push(Deed::PersonMoves);
            }
        }
        if state.unheard {
            deeds.push(Deed::HearOfIt);
        }
        if !state.ordered {
            if self.people.orders_move {
                deeds.push(Deed::Order(Wanted::Move(WISHED)));
            }
            if self.people.orders_cancel {
                deeds.push(Deed::Order(Wanted::Cancel));
            }
        }
        if self.people.calls_back && state.callback && !state.called_back {
            deeds.push(Deed::CallBack);
        }
    }
}

/// Looks at every state the world can come to; prints how many there are.
#[expect(clippy::print_stderr, reason = "the number of states is what a reader of the test's output wants")]
fn check(world: World) -> impl Checker<World> {
    let what = format!("{:?} {:?} {:?}", world.kind, world.without, world.people);
    // A world without one of the rules has shown enough once it has failed.
    let until = match world.without {
        Without::Nothing => HasDiscoveries::All,
        Without::LookingBeforeSendingAgain | Without::ComparingMetadata | Without::WatchingAfterwards => {
            HasDiscoveries::AnyFailures
        }
    };
    let checker = world.checker().threads(2).finish_when(until).spawn_bfs().join();
    eprintln!("{} states: {what}", checker.unique_state_count());
    checker
}

fn world(kind: Kind, people: People, ticks: u8) -> World {
    World { kind, without: Without::Nothing, ticks, late: 2, people, rules: Arc::new(rules()) }
}

/// A world where a request may be carried out when it has long been sent again.
fn late_world(kind: Kind, people: People, ticks: u8) -> World {
    World { late: 5, ..world(kind, people, ticks) }
}

const NOBODY: People = People {
    visitor: false,
    cancels: false,
    moves: false,
    orders_move: false,
    orders_cancel: false,
    calls_back: false,
    stands: false,
};

#[test]
fn a_personal_calendar_keeps_the_promise_whatever_is_late_lost_or_repeated() {
    let people = People { visitor: true, calls_back: true, ..NOBODY };
    check(world(Kind::Personal, people, 8)).assert_properties();
}

#[test]
fn a_round_robin_keeps_the_promise() {
    let people = People { visitor: true, calls_back: true, ..NOBODY };
    check(world(Kind::RoundRobin, people, 8)).assert_properties();
}

#[test]
fn a_round_robin_keeps_the_promise_though_the_first_request_comes_after_the_second() {
    check(late_world(Kind::RoundRobin, NOBODY, 9)).assert_properties();
}

#[test]
fn what_an_owner_must_confirm_keeps_the_promise() {
    let people = People { calls_back: true, ..NOBODY };
    check(world(Kind::Confirmed, people, 8)).assert_properties();
}

#[test]
fn a_person_who_cancels_at_the_calendar_does_no_harm() {
    check(world(Kind::Personal, People { cancels: true, ..NOBODY }, 8)).assert_properties();
}

#[test]
fn a_person_who_moves_it_at_the_calendar_does_no_harm() {
    check(world(Kind::Personal, People { moves: true, ..NOBODY }, 8)).assert_properties();
}

#[test]
fn a_caller_who_moves_it_gets_that_or_what_a_person_would_call_right() {
    let people = People { stands: true, orders_move: true, moves: true, cancels: true, ..NOBODY };
    check(world(Kind::Personal, people, 5)).assert_properties();
}

#[test]
fn a_caller_who_cancels_gets_that() {
    let people = People { stands: true, orders_cancel: true, moves: true, cancels: true, ..NOBODY };
    check(world(Kind::Personal, people, 5)).assert_properties();
}

const AGREE: &str = "calm means one live booking, the recorded one, or none";

#[test]
fn the_checker_finds_a_request_sent_again_without_looking() {
    let without = Without::LookingBeforeSendingAgain;
    check(World { without, ..world(Kind::RoundRobin, NOBODY, 8) }).assert_any_discovery(AGREE);
}

#[test]
fn the_checker_finds_a_foreign_booking_taken_for_ours() {
    let people = People { visitor: true, ..NOBODY };
    check(World { without: Without::ComparingMetadata, ..world(Kind::RoundRobin, people, 8) })
        .assert_any_discovery("what is said to stand is ours");
}

#[test]
fn the_checker_finds_a_repeat_nobody_looks_at_again() {
    check(World { without: Without::WatchingAfterwards, ..late_world(Kind::RoundRobin, NOBODY, 9) })
        .assert_any_discovery(AGREE);
}
