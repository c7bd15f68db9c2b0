//! What the caller has agreed to have changed: ordered once, and told as it came out.

use super::desk::{Asked, Desk};
use super::facts::Need;
use super::{Event, Request};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::{Came, Change};
use crate::domain::booking::{Agreed, Booking, Order, State, Upshot};
use crate::domain::callback::Reason;
use crate::domain::speech::sentences;

impl Desk<'_> {
    /// The caller has agreed: gives the order, or finds it given, and says how it ended. What does not stand as it was read
    /// back any more is asked about anew.
    pub(super) fn come_of(&mut self, number: u8, change: &Change) -> Result<Answer, Need> {
        let Some((agreed, booking)) = self.order(number, change)? else {
            let came = self.see_to(number, change)?;
            return Ok(self.told_how_it_came(came, change));
        };
        let is_still = booking.change.is_none();
        match booking.upshot(&agreed) {
            Upshot::Elsewhere | Upshot::Overtaken if is_still && !self.call.ended => {
                self.ask_anew(number, &change.from_anew(booking.start))
            }
            Upshot::Open
            | Upshot::UnderWay
            | Upshot::Done
            | Upshot::Failed
            | Upshot::Overtaken
            | Upshot::Elsewhere
            | Upshot::Over => {
                let came = self.see_to(number, change)?;
                let stands = matches!(booking.state, State::Booked { .. });
                let from = if stands && came == Some(Came::Failed) { booking.start } else { change.from };
                Ok(self.told_how_it_came(came, &Change { from, ..change.clone() }))
            }
        }
    }

    fn told_how_it_came(&self, came: Option<Came>, change: &Change) -> Answer {
        let language = self.company.language;
        match (came, change.cancels) {
            (Some(Came::Done), true) => {
                let cancelled = sentences::cancelled(&self.standing_in_words(change), language);
                Answer::new(Status::Cancelled, cancelled)
            }
            (Some(Came::Done), false) => self.has_moved(change),
            (Some(Came::Failed), _) => self.could_not_be_changed(change),
            (Some(Came::Gone), _) => Answer::new(Status::NotFound, sentences::stands_no_more(language)),
            (Some(Came::LeftToIt) | None, _) => {
                Answer::new(Status::Working, sentences::changing_now(change.cancels, language))
            }
        }
    }

    /// It stands at another time than the caller has said yes to: that one is read back, and the yes was to the other.
    fn ask_anew(&mut self, number: u8, change: &Change) -> Result<Answer, Need> {
        self.record(Event::Changing { appointment: number, change: change.clone() });
        let (company, language) = (self.company, self.company.language);
        if change.cancels {
            self.record(Event::ReadBack { appointment: number });
            let spoken = self.standing_in_words(change);
            return Ok(Answer::new(Status::ConfirmCancel, sentences::confirm_cancel(&spoken, language)));
        }
        let Some(place) = company.branch(change.branch) else { return Ok(self.not_an_appointment()) };
        let wished = Request { appointment: Some(number), ..Request::default() };
        let heard = self.hear(place, number, &wished);
        self.see_to_the_time(number, place, (&wished, heard), change)
    }

    /// What was agreed to and its booking, once that is seen to or cannot be ordered; None: it is told of already, being
    /// seen to, or nothing is written in the calendar.
    fn order(&self, number: u8, change: &Change) -> Result<Option<(Agreed, Booking)>, Need> {
        let agreed = change.agreed(self.call.id, number);
        let Some(agreed) = agreed.filter(|_| change.came.is_none() && !self.company.policy.test_mode) else {
            return Ok(None);
        };
        Ok(self.ordered(change.booking, agreed.clone())?.map(|booking| (agreed, booking)))
    }

    /// What has come of a change that was agreed to; None: it is still being seen to, or to be asked about anew.
    pub(super) fn see_to(&mut self, number: u8, change: &Change) -> Result<Option<Came>, Need> {
        if change.came.is_some() || change.agreed_at.is_none() {
            return Ok(change.came);
        }
        let came = match self.order(number, change)? {
            None if self.company.policy.test_mode => Some(Came::Done),
            None => None,
            Some((agreed, booking)) => self.came((number, change), &agreed, booking.upshot(&agreed)),
        };
        if let Some(came) = came {
            self.record(Event::Changed { appointment: number, came });
        }
        Ok(came)
    }

    /// What it has come to. Nobody can be asked anew once the call is over: a person calls back about what was never
    /// ordered, and what was ordered is its booking's own matter.
    fn came(&mut self, (number, change): (u8, &Change), agreed: &Agreed, upshot: Upshot) -> Option<Came> {
        match upshot {
            Upshot::Done => Some(Came::Done),
            Upshot::Failed => Some(Came::Failed),
            Upshot::Over if self.call.ended && agreed.order != Order::Cancel => {
                self.call_back_about(number, change);
                Some(Came::Gone)
            }
            Upshot::Over => Some(Came::Gone),
            Upshot::Open | Upshot::Elsewhere if self.call.ended => {
                self.call_back_about(number, change);
                Some(Came::Failed)
            }
            Upshot::Overtaken if self.call.ended => Some(Came::LeftToIt),
            Upshot::Open | Upshot::Elsewhere | Upshot::Overtaken | Upshot::UnderWay => None,
        }
    }

    /// The caller has said yes to what nobody has ordered.
    fn call_back_about(&mut self, number: u8, change: &Change) {
        let company = self.company;
        let Some(place) = company.branch(change.branch) else { return };
        let wish = Some(self.change_wished(change, &self.draft(number)));
        self.call_back_as(place, number, Reason::ChangeFailed, Asked { wish, ..Asked::default() });
    }
}
