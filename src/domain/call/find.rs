//! `find_appointments` and `confirm_appointment`: what the caller has, and that they will come.

use super::desk::Desk;
use super::existing::{Footing, Mine};
use super::facts::Need;
use super::{Event, Request};
use crate::domain::answer::{Answer, Status};
use crate::domain::booking::Order;
use crate::domain::directory::Branch;
use crate::domain::speech::sentences::{self, Doubt};

impl Desk<'_> {
    pub(super) fn find_appointments(&mut self, branch: &Branch, request: &Request) -> Result<Answer, Need> {
        let language = self.company.language;
        let mine = match self.appointments(branch, request)? {
            Ok(mine) => mine,
            Err(answer) => return Ok(answer),
        };
        if mine.is_empty() {
            return Ok(Answer::new(Status::NoneFound, sentences::none_found(language)));
        }
        let spoken: Vec<(String, Option<Doubt>)> =
            mine.iter().map(|one| (self.in_short(one), doubt(one))).collect();
        let rows = self.rows(&mine);
        Ok(Answer::new(Status::Found, sentences::found(&spoken, language)).with("appointments", rows))
    }

    /// The caller says that they will come: noted, as far as there is something to come to.
    pub(super) fn confirm_appointment(&mut self, branch: &Branch, request: &Request) -> Result<Answer, Need> {
        let language = self.company.language;
        let one = match self.existing(branch, request)? {
            Ok(one) => one,
            Err(answer) => return Ok(answer),
        };
        if !self.call.knows_they_come(one.booking) {
            self.record(Event::WillCome { booking: one.booking, at_desk: false });
        }
        let (status, sentence) = match doubt(&one) {
            None => (Status::Confirmed, sentences::stands(&self.in_short(&one), language)),
            Some(doubt @ Doubt::NotYet) => {
                (Status::Noted, sentences::stands_not(&self.in_short(&one), doubt, language))
            }
            Some(doubt @ (Doubt::Moving | Doubt::Ending)) => {
                (Status::Working, sentences::stands_not(&self.in_short(&one), doubt, language))
            }
        };
        let rows = self.rows(std::slice::from_ref(&one));
        Ok(Answer::new(status, sentence).with("appointments", rows))
    }
}

/// Why it does not simply stand, if so.
fn doubt(one: &Mine) -> Option<Doubt> {
    match (one.change(), one.footing()) {
        (Some(Order::Move { .. }), _) => Some(Doubt::Moving),
        (Some(Order::Cancel), _) => Some(Doubt::Ending),
        (None, Footing::OnItsWay | Footing::AwaitsOwner) => Some(Doubt::NotYet),
        (None, Footing::Stands) => None,
    }
}
