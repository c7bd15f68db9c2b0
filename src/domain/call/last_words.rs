//! What the variables and the analysis say at the end: a yes in them counts for what the first draft then says.

use jiff::Timestamp;

use super::desk::Desk;
use super::facts::Need;
use super::offer::Search;
use super::{Event, Request, Words, Yes};
use crate::domain::appointment::{Draft, Stage};
use crate::domain::callback::Reason;
use crate::domain::directory::Branch;

impl<'a> Desk<'a> {
    /// A yes that stands in the variables: counts for what the first draft then says. Some: why it cannot be kept.
    pub(super) fn take_last_words(
        &mut self,
        words: &Words,
        branch: &'a Branch,
    ) -> Result<Option<Reason>, Need> {
        let before = self.draft(1);
        // Whoever rang again was asked anew.
        if self.call.taken_over {
            return Ok(None);
        }
        match before.stage {
            Stage::Confirmed | Stage::Requested(_) | Stage::Withdrawn => return Ok(None),
            // The yes in the variables may mean what was offered after the read-back.
            Stage::ReadBack if before.has_newer_offer => return Ok(Some(Reason::UnclearWish)),
            Stage::Open | Stage::ReadBack => {}
        }
        let mut heard = self.hear(branch, 1, &only_gaps(words.request(), &before));
        if before.wish.is_empty() && heard.start.is_some_and(|start| self.was_about(start)) {
            return Ok(None);
        }
        heard.mark = words.name_mark();
        let (wish, (person, name)) = (heard.wish.changes_to(&before.wish), heard.news_of_the_person(&before));
        if !wish.is_empty() || !person.is_empty() {
            self.record(Event::Heard { appointment: 1, wish, name, person });
        }
        if words.is_late() {
            return Ok(Some(Reason::LateYes));
        }
        let draft = self.draft(1);
        let service = draft.wish.service.and_then(|id| branch.service(id));
        let (Some(service), Some(start), Some(_), None) =
            (service, heard.start, &draft.person.name, heard.question)
        else {
            return Ok(Some(Reason::UnclearWish));
        };
        let search = Search { branch, service, staff: draft.wish.staff.as_ref(), appointment: 1 };
        if search.offers().is_empty() || self.objection_to(&search, start).is_some() {
            return Ok(Some(Reason::UnclearWish));
        }
        if !self.claim(&search, start, None)? {
            return Ok(Some(Reason::SlotTaken));
        }
        self.record(Event::Confirmed { appointment: 1, yes: Yes::InVariables });
        Ok(None)
    }

    /// Whether an appointment that stands at that time was spoken of, or one that was to be moved there: the variables tell
    /// of that one, and nothing is booked anew.
    fn was_about(&self, start: Timestamp) -> bool {
        self.call.drafts.values().any(|draft| {
            let Some(change) = &draft.change else { return false };
            let wished = draft.chosen.as_ref().map(|chosen| chosen.slot.start);
            [Some(change.from), change.to, wished].contains(&Some(start))
        })
    }
}

/// What functions have said is not overwritten by variables, and a spelled address was never read back here.
fn only_gaps(words: Request, draft: &Draft) -> Request {
    let unless = |known: bool, word: Option<String>| if known { None } else { word };
    Request {
        date: unless(draft.wish.date.is_some(), words.date),
        time: unless(draft.wish.time.is_some(), words.time),
        service: unless(draft.wish.service.is_some(), words.service),
        staff: unless(draft.wish.staff.is_some(), words.staff),
        phone: unless(draft.person.phone.is_some(), words.phone),
        note: unless(draft.person.note.is_some(), words.note),
        email: None,
        ..words
    }
}
