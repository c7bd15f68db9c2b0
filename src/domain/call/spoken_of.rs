//! Which change is being spoken of, whether whoever speaks may speak of it, and whether a yes is to that.

use super::changing::{CHANGES, Subject, Wanted, names_one, says_when, to_move};
use super::desk::Desk;
use super::existing::Mine;
use super::facts::Need;
use super::hear::may_mean;
use super::moment::{day_in, time_in};
use super::{Event, Question, Request};
use crate::domain::answer::Answer;
use crate::domain::appointment::{Change, Draft, Stage};
use crate::domain::directory::Branch;
use crate::domain::ids::BookingId;

impl<'a> Desk<'a> {
    /// What is being spoken of already: what was asked about last, the newest otherwise; of what was agreed to also if the
    /// caller says once more which appointment it was.
    pub(super) fn spoken_of(&self, wanted: Wanted, branch: &'a Branch, request: &Request) -> Option<Subject> {
        let of_this_kind = |(number, change): &(u8, Change)| {
            change.cancels == (wanted == Wanted::Cancel) && self.goes_on(*number, change, branch, request)
        };
        let mut changes = self.changes().filter(of_this_kind);
        if names_one(request) {
            let is_it = |(number, change): &(u8, Change)| {
                self.draft(*number).stage == Stage::Confirmed
                    && self.is_called(*number, change, branch, request)
            };
            return changes.rfind(is_it).map(|(number, _)| Subject::Change(number));
        }
        let promise = || self.promise_being_changed().filter(|_| wanted == Wanted::Move);
        match self.call.asked {
            Some(Question::Drop(number)) if wanted == Wanted::Cancel => return Some(Subject::Draft(number)),
            Some(Question::ReadBack(last)) if last < CHANGES && promise() == Some(last) => {
                return Some(Subject::Draft(last));
            }
            Some(Question::ReadBack(last)) if changes.any(|(number, _)| number == last) => {
                return Some(Subject::Change(last));
            }
            Some(Question::Drop(_) | Question::ReadBack(_)) | None => {}
        }
        let newest = self.changes().rfind(of_this_kind).map(|(number, _)| Subject::Change(number));
        newest.or_else(|| promise().map(Subject::Draft))
    }

    /// Whether it is still spoken of. One that has ended is only told of again.
    fn goes_on(&self, number: u8, change: &Change, branch: &'a Branch, request: &Request) -> bool {
        let is_open = self.draft(number).stage != Stage::Withdrawn && change.came.is_none();
        let is_told_again = || {
            let place = self.company.branch(change.branch).unwrap_or(branch);
            let is_the_same = || self.hear(place, number, &to_move(request)).start == change.to;
            request.confirmed == Some(true) && (!says_when(request) || is_the_same())
        };
        is_open || change.came.is_some() && is_told_again()
    }

    /// Whether the caller says that it is this appointment: by its handle, or by the day or the time that it had, and then
    /// with a yes to just that.
    fn is_called(&self, number: u8, change: &Change, branch: &Branch, request: &Request) -> bool {
        if let Some(handle) = request.booking.as_deref() {
            let named = self.call.named.iter().find(|named| named.handle.eq_ignore_ascii_case(handle.trim()));
            return named.is_some_and(|named| named.booking == change.booking);
        }
        let began = self.began(branch);
        let reference = self.reference(branch, &began);
        let local = change.from.to_zoned(self.zone_at(change.branch));
        let day = request.date.as_deref().map(|words| day_in(words, &reference));
        let time = request.time.as_deref().map(|words| time_in(words, &reference));
        let says_it = day.iter().chain(&time).all(|understood| may_mean(understood, &local));
        let is_asked_last = self.call.asked == Some(Question::ReadBack(number));
        is_asked_last && request.confirmed == Some(true) && (day.is_some() || time.is_some()) && says_it
    }

    /// A promise of this call that is just being changed.
    fn promise_being_changed(&self) -> Option<u8> {
        let being_changed = |draft: &Draft| {
            draft.change.is_none()
                && draft.past.was_promised
                && matches!(draft.stage, Stage::Open | Stage::ReadBack)
        };
        let drafts = self.call.drafts.iter().filter(|(_, draft)| being_changed(draft));
        drafts.map(|(number, _)| *number).next_back()
    }

    /// Whether whoever speaks now may go on with it; false: they speak of somebody else. Err: they have to show who they
    /// are, or cannot any more.
    pub(super) fn may_go_on(
        &mut self,
        subject: &Subject,
        branch: &Branch,
        request: &Request,
    ) -> Result<Result<bool, Answer>, Need> {
        let inquest = self.inquest(branch, request)?;
        let change = match subject {
            Subject::Draft(number) => {
                return Ok(Ok(inquest.may_be_about(self.draft(*number).person.name.as_deref())));
            }
            Subject::Change(number) => self.draft(*number).change,
        };
        let Some(change) = change else { return Ok(Ok(false)) };
        let mut drafts = self.call.drafts.values();
        let own = drafts.find(|draft| draft.stage == Stage::Requested(change.booking));
        if own.is_some_and(|own| inquest.may_be_about(own.person.name.as_deref())) {
            return Ok(Ok(true));
        }
        let granted = match self.identify(branch, request, inquest) {
            Ok(granted) => granted,
            Err(answer) => return Ok(Err(answer)),
        };
        let is_theirs = |customer| granted.iter().any(|(id, _)| *id == customer);
        Ok(Ok(change.customer.is_none_or(is_theirs)))
    }

    /// What the caller says to that question: a yes that does not say to what is none, unless it was asked last.
    pub(super) fn said_to(&self, number: u8, request: &Request) -> Option<bool> {
        let says_to_what = names_one(request) || says_when(request);
        let is_asked_last = self.call.asked == Some(Question::ReadBack(number));
        request.confirmed.filter(|yes| !yes || says_to_what || is_asked_last)
    }

    /// The change of this appointment that has been taken up already, as it stands now; one that is agreed to in any case.
    pub(super) fn taken_up(&self, wanted: Wanted, mine: &Mine) -> Option<u8> {
        let is_it = |(number, change): &(u8, Change)| {
            let is_spoken_of = match self.draft(*number).stage {
                Stage::Confirmed => true,
                Stage::Open | Stage::ReadBack => change.from == mine.start,
                Stage::Withdrawn | Stage::Requested(_) => false,
            };
            change.booking == mine.booking
                && change.cancels == (wanted == Wanted::Cancel)
                && change.came.is_none()
                && is_spoken_of
        };
        self.changes().rfind(is_it).map(|(number, _)| number)
    }

    /// Whether nothing of what was agreed to about this appointment is still being seen to.
    pub(super) fn is_done_with(&mut self, booking: BookingId) -> Result<bool, Need> {
        let is_agreed_to = |(number, change): &(u8, Change)| {
            change.booking == booking
                && self.draft(*number).stage == Stage::Confirmed
                && change.came.is_none()
        };
        let agreed_to = self.changes().rfind(is_agreed_to);
        match agreed_to {
            Some((number, change)) => Ok(self.see_to(number, &change)?.is_some()),
            None => Ok(true),
        }
    }

    /// Another question is asked: a yes is not to these any more.
    pub(super) fn withdraw_cancellations(&mut self) {
        let is_asked =
            |(number, change): &(u8, Change)| change.cancels && self.draft(*number).stage == Stage::ReadBack;
        let asked: Vec<u8> = self.changes().filter(is_asked).map(|(number, _)| number).collect();
        for number in asked {
            self.record(Event::Withdrawn { appointment: number });
        }
    }

    pub(super) fn changes(&self) -> impl DoubleEndedIterator<Item = (u8, Change)> + '_ {
        let drafts = self.call.drafts.iter();
        drafts.filter_map(|(number, draft)| draft.change.clone().map(|change| (*number, change)))
    }
}
