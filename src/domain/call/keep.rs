//! What a call keeps beyond a turn: holds that every turn extends, and slots worth hiding from web visitors.

use jiff::{SignedDuration, Timestamp};

use super::desk::Desk;
use super::facts::Need;
use super::{Call, Event, Phase};
use crate::domain::appointment::{Chosen, Stage};
use crate::domain::directory::Company;
use crate::domain::retry::{later, minutes};
use crate::domain::slot::Slot;

/// A hold is extended when less than its life minus this remains, so that not every turn writes.
const EXTEND_AFTER: SignedDuration = SignedDuration::from_mins(1);

impl Call {
    /// Slots that are held here and that Cal.com showed free: a pool's are not hidden, since that would hide its other
    /// hosts' time, too.
    pub fn courtesies<'a>(&'a self, company: &'a Company) -> impl Iterator<Item = (u8, &'a Slot)> {
        let policy = &company.policy;
        let is_meant = self.phase == Phase::Live
            && policy.calcom_reservation
            && policy.hold_minutes > 0
            && !policy.test_mode;
        let is_one_hosts = |slot: &Slot| company.hosts_of(slot.calendar) == 1;
        self.drafts.iter().filter(move |_| is_meant).filter_map(move |(number, draft)| {
            let chosen = draft.chosen.as_ref().filter(|chosen| chosen.verified)?;
            let is_open = !matches!(draft.stage, Stage::Requested(_) | Stage::Withdrawn);
            (is_open && is_one_hosts(&chosen.slot)).then_some((*number, &chosen.slot))
        })
    }
}

impl Desk<'_> {
    /// The caller is still there: what is held stays so, whatever this turn was about. A hold that ran out meanwhile and
    /// is somebody else's now is gone.
    pub(super) fn extend_holds(&mut self) -> Result<(), Need> {
        let numbers: Vec<u8> = self.call.drafts.keys().copied().collect();
        for number in numbers {
            let draft = self.draft(number);
            // What was agreed to be moved is ordered already, whatever becomes of the hold.
            let is_ordered = draft.change.is_some() && draft.is_promised();
            let Some(chosen) = draft.chosen.filter(|chosen| !is_ordered && self.is_to_be_extended(chosen))
            else {
                continue;
            };
            if self.hold(number, &chosen.slot, Some(self.held_until()))? {
                let chosen = Chosen { until: Some(self.held_until()), ..chosen };
                self.record(Event::Chosen { appointment: number, chosen });
            } else {
                self.record(Event::Dropped { appointment: number });
            }
        }
        Ok(())
    }

    /// Whether so little is left of a hold that it is worth writing.
    pub(super) fn is_to_be_extended(&self, chosen: &Chosen) -> bool {
        let life = minutes(self.company.policy.hold_minutes);
        chosen.until.is_some_and(|until| until < later(self.now, life - EXTEND_AFTER))
    }

    /// When a hold that is taken now runs out.
    pub(super) fn held_until(&self) -> Timestamp {
        later(self.now, minutes(self.company.policy.hold_minutes))
    }
}
