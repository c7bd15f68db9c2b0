//! A call that was over long before anybody here heard of it: it is kept, and nothing follows from it.

use super::desk::Desk;
use super::{Ending, Event, Outcome};

impl Desk<'_> {
    /// Neither booked nor called back about: whoever answered it then has seen to it.
    pub(super) fn import(&mut self, analyzed: bool) {
        self.record(Event::Ended { ending: Ending::Imported });
        if analyzed {
            self.record(Event::Analyzed);
        }
        self.record(Event::Settled { outcome: Outcome::Nothing });
    }
}
