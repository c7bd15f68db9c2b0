//! The audit after a call: what the agent has said to be done is held against what stands, and a person is told where nothing does.

use std::collections::BTreeSet;

use super::desk::Desk;
use super::{Event, Words};
use crate::domain::alert::Alert;
use crate::domain::appointment::{Draft, Stage};
use crate::domain::callback::Reason;
use crate::domain::directory::Branch;
use crate::domain::speech::claims::Claim;

impl Desk<'_> {
    /// Once a call, as soon as its transcript is known and nothing more comes of it by itself: what was claimed and is not
    /// so becomes an event, an alert and a callback item.
    pub(super) fn audit(&mut self, words: &Words, branch: Option<&Branch>) {
        let unfounded: BTreeSet<Claim> =
            words.claims().iter().copied().filter(|claim| !self.stands(*claim)).collect();
        let branch = branch.or_else(|| self.company.branches.first());
        let (Some(branch), false, false) = (branch, unfounded.is_empty(), self.call.audited) else { return };
        self.record(Event::Unfounded { claims: unfounded });
        self.alert(Alert::promise_without_booking(self.call.id));
        self.call_back(branch, 1, Reason::PromiseWithoutBooking, words.wish());
    }

    /// Whether something in this call can have been meant. What was promised ends as a booking or, where that fails, with
    /// a callback item of its own; what the caller took back was told as it was.
    fn stands(&self, claim: Claim) -> bool {
        let any = |is: fn(&Draft) -> bool| self.call.drafts.values().any(|draft| is(draft));
        let changed = |cancels: bool| {
            let mut changes = self.call.drafts.values().filter_map(|draft| draft.change.as_ref());
            changes.any(|change| change.cancels == cancels && change.is_promised())
        };
        let taken_back = any(|draft| draft.past.was_promised && is_off(draft));
        match claim {
            Claim::Booked => any(Draft::is_promised) || taken_back,
            // Taken back and agreed to anew is moved, too.
            Claim::Moved => {
                any(|draft| draft.is_promised() && draft.past.was_changed)
                    || any(Draft::is_promised) && taken_back
                    || changed(false)
            }
            Claim::Cancelled => any(is_off) || changed(true),
        }
    }
}

/// What was wanted is not wanted any more; a change that was not leaves everything as it was.
fn is_off(draft: &Draft) -> bool {
    draft.stage == Stage::Withdrawn && draft.change.is_none()
}
