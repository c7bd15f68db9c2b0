//! What a look at Cal.com tells: that it stands, that it does not, that it stands twice, that a person has been at work.

use jiff::Timestamp;

use super::making::{NOT_AVAILABLE, NOT_AVAILABLE_AGAIN};
use super::{Action, Booking, Fate, Order, Rules, Seen, Standing, State, Step, Surplus, Watch};
use crate::domain::callback::Reason;
use crate::domain::retry::{later, millis};

impl Booking {
    pub(super) fn looked(&self, found: Option<Vec<Seen>>, told: bool, rules: &Rules, now: Timestamp) -> Step {
        let ours = found.map(|found| self.ours_of(found));
        match &self.state {
            State::Sent { .. } | State::Waiting { .. } => Step::nothing(),
            State::Unsure { since, looks, why, look_at } => {
                let doubt = Doubt { since: *since, looks: looks + 1, why, look_at: *look_at };
                match ours {
                    Some(ours) if !ours.is_empty() => self.found_in_time(ours, told, rules, now),
                    _ if told => self.leave_it(rules, now),
                    None => self.still_unsure(doubt, false, rules, now),
                    Some(_) => self.found_nothing(doubt, rules, now),
                }
            }
            // What is being changed is told by its chain alone.
            State::Booked { .. } if self.change.is_some() => Step::nothing(),
            State::Booked { uid, .. } => self.watched_standing(uid, ours, rules, now),
            State::Refused { .. } | State::Failed { .. } => self.watched_closed(ours, told, rules, now),
            State::Cancelled { .. } => self.watched_ended(ours, rules, now),
        }
    }

    /// The look right before it is sent again: only where nothing of it is there, it leaves. Nobody waits behind one that
    /// cannot be looked for: it goes on out of turn.
    pub(super) fn looked_first(
        &self,
        found: Option<Vec<Seen>>,
        told: bool,
        rules: &Rules,
        now: Timestamp,
    ) -> Step {
        if !matches!(self.state, State::Waiting { .. }) || self.sent_maybe == 0 {
            return Step::nothing();
        }
        match found.map(|found| self.ours_of(found)) {
            Some(ours) if !ours.is_empty() => self.found_in_time(ours, told, rules, now),
            _ if told => self.leave_it(rules, now),
            None => self.doubt(BLIND, rules, now),
            Some(_) => self.send(now),
        }
    }

    /// It stands, and is taken as it is, also where a person has been at work: nobody takes away what that person may rely on.
    fn found_in_time(&self, ours: Vec<Seen>, told: bool, rules: &Rules, now: Timestamp) -> Step {
        let mut step = self.found(ours, rules, now);
        if told {
            step.actions.push(Action::StandsAfterAll);
        }
        step
    }

    /// A person has settled it with the customer while it was in doubt: it is never sent again.
    fn leave_it(&self, rules: &Rules, now: Timestamp) -> Step {
        self.close(State::Failed { why: SEEN_TO.into() }, None, rules, now)
    }

    fn ours_of(&self, found: Vec<Seen>) -> Vec<Seen> {
        found.into_iter().filter(|seen| self.is_ours(seen)).collect()
    }

    /// It is there: it stands, or a person has taken it out again. What is there twice is one too many.
    fn found(&self, ours: Vec<Seen>, rules: &Rules, now: Timestamp) -> Step {
        let (mut live, gone) = split(ours);
        live.sort_by_key(|(seen, _)| seen.created_at);
        let was_declined = gone.iter().any(|seen| seen.fate == Fate::Rejected);
        let ended_there_at = gone.iter().filter_map(|seen| seen.changed_at).max();
        let known = u32::try_from(live.len() + gone.len()).unwrap_or(u32::MAX);
        let accounted = Self { sent_maybe: self.sent_maybe.saturating_sub(known), ..self.clone() };
        let mut live = live.into_iter();
        let Some((kept, standing)) = live.next() else {
            let why = if was_declined { DECLINED } else { CANCELLED_THERE };
            let reason = was_declined.then_some(Reason::BookingRefused);
            let buried = gone.into_iter().map(|seen| seen.uid);
            let past_uids = accounted.past_uids.iter().cloned().chain(buried).collect();
            let over = Self { past_uids, ended_there_at, ..accounted };
            return over.close(State::Cancelled { why: why.into() }, reason, rules, now);
        };
        let rest: Vec<String> = live.map(|(seen, _)| seen.uid).collect();
        accounted.with_surplus(rest, now).book(kept, standing, rules, now)
    }

    fn found_nothing(&self, doubt: Doubt<'_>, rules: &Rules, now: Timestamp) -> Step {
        let Doubt { since, why, .. } = doubt;
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
        Doubt { since, looks, why, look_at: looked_at }: Doubt<'_>,
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
        // Once, at the horizon: an item that somebody has dealt with is not opened again and again.
        if is_past_horizon && looked_at <= horizon && !could_look && !self.is_unwanted() {
            step.actions.push(Action::CallBack { reason: Reason::BookingUnsure });
        }
        step
    }

    /// A later look at what stands: whatever of ours stands beside it is too many.
    fn watched_standing(&self, uid: &str, ours: Option<Vec<Seen>>, rules: &Rules, now: Timestamp) -> Step {
        let Some(ours) = ours else { return self.watch_on(false, rules, now) };
        let (live, _) = split(ours);
        let (moved, beside): (Vec<_>, Vec<_>) = live
            .into_iter()
            .filter(|(seen, _)| seen.uid != uid)
            .partition(|(seen, _)| seen.was.iter().any(|was| was == uid));
        let beside = beside.into_iter().map(|(seen, _)| seen.uid).collect();
        let watched = self.with_surplus(beside, now);
        match moved.into_iter().next() {
            // It is the very one, and was moved after its chain was read.
            Some((seen, standing)) => watched.found_moved((seen.uid, seen.start, standing), None, rules, now),
            None => watched.watch_on(true, rules, now),
        }
    }

    /// A later look at what was cancelled. A person who ended one of two that stood meant the other to stand; what comes
    /// only after that, or after an order, is too much.
    fn watched_ended(&self, ours: Option<Vec<Seen>>, rules: &Rules, now: Timestamp) -> Step {
        let stood_then = |seen: &Seen| match (seen.created_at, self.ended_there_at) {
            (Some(created_at), Some(ended_at)) => created_at <= ended_at,
            (None, _) | (_, None) => false,
        };
        let ours = ours.map(|ours| ours.into_iter().partition::<Vec<Seen>, _>(stood_then));
        match ours {
            Some((stood, late)) if stood.iter().any(|seen| seen.standing().is_some()) => {
                let late = split(late).0.into_iter().map(|(seen, _)| seen.uid).collect();
                let kept = Self { ended_there_at: None, ..self.with_surplus(late, now) };
                kept.watched_closed(Some(stood), false, rules, now)
            }
            ours => self.watched_closed(ours.map(|(_, late)| late), true, rules, now),
        }
    }

    /// A later look at what does not stand: a late success is taken, unless somebody was told otherwise.
    fn watched_closed(&self, ours: Option<Vec<Seen>>, told: bool, rules: &Rules, now: Timestamp) -> Step {
        let Some(ours) = ours else { return self.watch_on(false, rules, now) };
        let (live, _) = split(ours);
        if live.is_empty() {
            return self.watch_on(true, rules, now);
        }
        if told {
            let late = live.into_iter().map(|(seen, _)| seen.uid).collect();
            return self.with_surplus(late, now).watch_on(true, rules, now);
        }
        let ours = live.into_iter().map(|(seen, _)| seen).collect();
        let mut step = self.found(ours, rules, now);
        step.actions.push(Action::StandsAfterAll);
        step
    }

    /// One look of the watch is made; a look that saw nothing is made again, and one out of schedule counts for none.
    pub(super) fn watch_on(&self, could_look: bool, rules: &Rules, now: Timestamp) -> Step {
        if self.watch.as_ref().is_some_and(|watch| watch.at > now) {
            return Step::to(self.clone(), vec![]);
        }
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
                next.surplus.push(Surplus { uid, attempts: 0, at: now, told: false });
            }
        }
        next
    }

    pub(super) fn is_unwanted(&self) -> bool {
        self.change.as_ref().is_some_and(|change| change.order == Order::Cancel)
    }
}

const BLIND: &str = "it may stand already, and nobody could look";
const SEEN_TO: &str = "a person has seen to it while it was in doubt";
pub(super) const CANCELLED_THERE: &str = "cancelled at Cal.com";
pub(super) const DECLINED: &str = "declined at Cal.com";

/// A doubt as it stands after one more look.
#[derive(Clone, Copy)]
struct Doubt<'a> {
    since: Timestamp,
    looks: u32,
    why: &'a str,
    /// When this look was due.
    look_at: Timestamp,
}

/// What stands, with how, and what does not.
fn split(ours: Vec<Seen>) -> (Vec<(Seen, Standing)>, Vec<Seen>) {
    let (mut live, mut gone) = (Vec::new(), Vec::new());
    for seen in ours {
        match seen.standing() {
            Some(standing) => live.push((seen, standing)),
            None => gone.push(seen),
        }
    }
    (live, gone)
}
