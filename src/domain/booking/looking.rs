//! What a look at Cal.com tells: that it stands, that it does not, that it stands twice, that a person has been at work.

use jiff::Timestamp;

use super::making::{NOT_AVAILABLE, NOT_AVAILABLE_AGAIN};
use super::{Action, Booking, Order, Rules, Seen, Standing, State, Step, Surplus, Watch};
use crate::domain::callback::Reason;
use crate::domain::retry::{later, millis};

impl Booking {
    pub(super) fn looked(&self, found: Option<Vec<Seen>>, told: bool, rules: &Rules, now: Timestamp) -> Step {
        let ours = found.map(|found| self.ours_of(found));
        match &self.state {
            State::Sent { .. } | State::Waiting { .. } => Step::nothing(),
            State::Unsure { since, looks, why, .. } => {
                let doubt = (*since, looks + 1, why.as_str());
                match ours {
                    None => self.still_unsure(doubt, false, rules, now),
                    Some(ours) if ours.is_empty() => self.found_nothing(doubt, rules, now),
                    Some(ours) => self.found(ours, rules, now),
                }
            }
            State::Booked { uid, .. } => self.watched_standing(uid, ours, rules, now),
            State::Refused { .. } | State::Failed { .. } => self.watched_closed(ours, told, rules, now),
            State::Cancelled { .. } => self.watched_closed(ours, true, rules, now),
        }
    }

    /// The look right before it is sent again: only where nothing of it is there, it leaves.
    pub(super) fn looked_first(&self, found: Option<Vec<Seen>>, rules: &Rules, now: Timestamp) -> Step {
        if !matches!(self.state, State::Waiting { .. }) || self.sent_maybe == 0 {
            return Step::nothing();
        }
        match found.map(|found| self.ours_of(found)) {
            None => self.wait(later(now, rules.pause_before_look(u32::MAX)), BLIND, rules, now),
            Some(ours) if ours.is_empty() => self.send(now),
            Some(ours) => self.found(ours, rules, now),
        }
    }

    fn ours_of(&self, found: Vec<Seen>) -> Vec<Seen> {
        found.into_iter().filter(|seen| self.is_ours(seen)).collect()
    }

    /// It is there: it stands, or a person has taken it out again. What is there twice is one too many.
    fn found(&self, ours: Vec<Seen>, rules: &Rules, now: Timestamp) -> Step {
        let (mut live, gone) = split(ours);
        live.sort_by_key(|(seen, _)| seen.created_at);
        let known = u32::try_from(live.len() + gone.len()).unwrap_or(u32::MAX);
        let accounted = Self { sent_maybe: self.sent_maybe.saturating_sub(known), ..self.clone() };
        let mut live = live.into_iter();
        let Some((kept, standing)) = live.next() else {
            let state = State::Cancelled { why: "cancelled at Cal.com".into() };
            let buried = gone.into_iter().map(|seen| seen.uid);
            let past_uids = accounted.past_uids.iter().cloned().chain(buried).collect();
            return Self { past_uids, ..accounted }.close(state, None, rules, now);
        };
        let rest: Vec<String> = live.map(|(seen, _)| seen.uid).collect();
        accounted.with_surplus(rest, now).book(kept, standing, rules, now)
    }

    fn found_nothing(&self, doubt: (Timestamp, u32, &str), rules: &Rules, now: Timestamp) -> Step {
        let (since, _, why) = doubt;
        if why == NOT_AVAILABLE {
            return self.accounted().refuse("slot_taken".into(), Reason::SlotTaken, rules, now);
        }
        if !rules.is_past_horizon(since, now) {
            return self.still_unsure(doubt, true, rules, now);
        }
        if why == NOT_AVAILABLE_AGAIN {
            return self.refuse("slot_taken".into(), Reason::SlotTaken, rules, now);
        }
        if self.is_unwanted() {
            return self.close(State::Cancelled { why: String::new() }, None, rules, now);
        }
        if self.sent_maybe >= rules.sent_max || self.start <= now {
            return self.give_up(&format!("nobody knows whether it stood ({why})"), rules, now);
        }
        // Nothing of the earlier request can be expected any more: it takes its turn again, and is looked for once more there.
        Step::to(Self { state: State::Waiting { not_before: None }, ..self.clone() }, vec![])
    }

    /// Nothing known yet: a person is told in time, and once the appointment's time has passed it is over.
    fn still_unsure(
        &self,
        (since, looks, why): (Timestamp, u32, &str),
        could_look: bool,
        rules: &Rules,
        now: Timestamp,
    ) -> Step {
        let horizon = later(since, millis(rules.quiet_horizon_ms));
        let is_past_horizon = horizon <= now;
        if is_past_horizon && self.start <= now {
            return self.give_up(&format!("nobody knows whether it stood ({why})"), rules, now);
        }
        let next_look = later(now, rules.pause_before_look(looks));
        // A person is told at the horizon, not at whatever look comes after it.
        let look_at = if is_past_horizon { next_look } else { next_look.min(horizon) };
        let mut step = self.unsure((since, looks, why), look_at);
        if is_past_horizon && !could_look && !self.is_unwanted() {
            step.actions.push(Action::CallBack { reason: Reason::BookingUnsure });
        }
        step
    }

    /// A later look at what stands: whatever of ours stands beside it is too many.
    fn watched_standing(&self, uid: &str, ours: Option<Vec<Seen>>, rules: &Rules, now: Timestamp) -> Step {
        let Some(ours) = ours else { return self.watch_on(false, rules, now) };
        let (live, _) = split(ours);
        let beside: Vec<String> =
            live.into_iter().filter(|(seen, _)| seen.uid != uid).map(|(seen, _)| seen.uid).collect();
        self.with_surplus(beside, now).watch_on(true, rules, now)
    }

    /// A later look at what does not stand: a late success is taken, unless somebody was told otherwise.
    fn watched_closed(&self, ours: Option<Vec<Seen>>, told: bool, rules: &Rules, now: Timestamp) -> Step {
        let Some(ours) = ours else { return self.watch_on(false, rules, now) };
        let (mut live, _) = split(ours);
        if live.is_empty() {
            return self.watch_on(true, rules, now);
        }
        if told {
            let late = live.into_iter().map(|(seen, _)| seen.uid).collect();
            return self.with_surplus(late, now).watch_on(true, rules, now);
        }
        live.sort_by_key(|(seen, _)| seen.created_at);
        let ours =
            live.into_iter().map(|(seen, standing)| Seen { standing: Some(standing), ..seen }).collect();
        let mut step = self.found(ours, rules, now);
        step.actions.push(Action::StandsAfterAll);
        step
    }

    /// One look of the watch is made; a look that saw nothing is made again.
    pub(super) fn watch_on(&self, could_look: bool, rules: &Rules, now: Timestamp) -> Step {
        let (looks, hinted) = self.watch.as_ref().map_or((0, false), |watch| (watch.looks, watch.hinted));
        let watch = match could_look || self.start <= now {
            true if hinted => rules.watch_after_hint(looks, now),
            true => rules.watch(looks + 1, now),
            false => Some(Watch { at: later(now, millis(rules.look_again_ms)), looks, hinted }),
        };
        Step::to(Self { watch, ..self.clone() }, vec![])
    }

    pub(super) fn with_surplus(&self, uids: Vec<String>, now: Timestamp) -> Self {
        let mut next = self.clone();
        for uid in uids {
            if !next.surplus.iter().any(|surplus| surplus.uid == uid) {
                next.surplus.push(Surplus { uid, attempts: 0, at: now });
            }
        }
        next
    }

    fn is_unwanted(&self) -> bool {
        self.change.as_ref().is_some_and(|change| change.order == Order::Cancel)
    }
}

const BLIND: &str = "it may stand already, and nobody could look";

/// What stands, with how, and what does not.
fn split(ours: Vec<Seen>) -> (Vec<(Seen, Standing)>, Vec<Seen>) {
    let (mut live, mut gone) = (Vec::new(), Vec::new());
    for seen in ours {
        match seen.standing {
            Some(standing) => live.push((seen, standing)),
            None => gone.push(seen),
        }
    }
    (live, gone)
}
