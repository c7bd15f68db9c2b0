//! The house in the model: what is due is done, with the very `step` it has outside; and what people do round it.

use super::calcom::{change_outcome, found, outcome, relocate, request, traced};
use super::*;

impl World {
    pub(super) fn step(&self, state: &mut Now, input: Input) -> Vec<Action> {
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
    pub(super) fn follow(&self, state: &mut Now, actions: Vec<Action>, reading: Reading) {
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
                    let actions = self.step(state, Input::LookedFirst { found, told: state.called_back });
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

    pub(super) fn serve(&self, state: &mut Now, reading: Reading) {
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
    pub(super) fn is_calm(&self, state: &Now) -> bool {
        let is_over = |request: &Request| {
            !request.awaited && (request.done.is_some() || !self.may_still_happen(request, state.tick))
        };
        state.booking.is_settled()
            && state.booking.due().is_none()
            && !state.unheard
            && state.requests.iter().all(is_over)
    }

    pub(super) fn may_still_happen(&self, request: &Request, tick: u8) -> bool {
        request.done.is_none() && request.sent_at + self.late > tick
    }
}

impl Now {
    pub(super) fn live_of_ours(&self) -> impl Iterator<Item = u8> {
        let live = self.rows.iter().enumerate().filter(|(_, row)| row.ours && row.live);
        live.map(|(index, _)| u8::try_from(index).unwrap())
    }

    pub(super) fn books_agree(&self) -> bool {
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

    pub(super) fn has_lost_nobody(&self) -> bool {
        match self.booking.state {
            State::Refused { .. } | State::Failed { .. } => self.callback,
            State::Cancelled { .. } => self.meddled || self.ordered,
            State::Waiting { .. } | State::Sent { .. } | State::Unsure { .. } | State::Booked { .. } => true,
        }
    }
}

impl Request {
    pub(super) fn ends(self, made: Outcome, changed: ChangeOutcome) -> Input {
        let attempt = self.attempt;
        match self.wanted {
            Wanted::Make => Input::Ended { attempt, outcome: made },
            Wanted::Move(_) | Wanted::Cancel => Input::ChangeEnded { attempt, outcome: changed },
        }
    }
}

pub(super) fn answered(state: &Now, request: Request, answer: Answer) -> Input {
    request.ends(outcome(state, answer), change_outcome(state, answer))
}

impl World {
    pub(super) fn person_does(&self, state: &mut Now, deed: Deed) {
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
                    died_at: None,
                });
            }
            Deed::PersonCancels => {
                (state.meddled, state.unheard) = (true, true);
                let row = state.live_of_ours().next().unwrap();
                state.rows[usize::from(row)].live = false;
                state.rows[usize::from(row)].died_at = Some(state.tick);
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

    pub(super) fn deeds_about(&self, request: &Request, (index, tick): (usize, u8), deeds: &mut Vec<Deed>) {
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
        let at_first = request.sent_at == tick && tick < 2 && !self.sturdy;
        if request.awaited && request.done.is_none() && at_first {
            deeds.push(Deed::Unsent(index));
        }
    }

    pub(super) fn deeds_of_people(&self, state: &Now, deeds: &mut Vec<Deed>) {
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
