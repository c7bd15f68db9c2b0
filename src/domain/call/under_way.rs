//! What is said where a change of an appointment is still being seen to, and what is noted where something else is wanted of it.

use jiff::Timestamp;

use super::Request;
use super::changing::{CHANGES, Wanted, says_when, to_move};
use super::desk::{Asked, Desk, iso};
use super::existing::{Appointment, Mine};
use super::facts::Need;
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::{Change, Stage};
use crate::domain::booking::Order;
use crate::domain::callback::Reason;
use crate::domain::directory::Branch;
use crate::domain::speech::sentences;

impl Desk<'_> {
    /// Some: a change of this appointment is under way, so none can be taken up, and this is what to say. What nobody has
    /// ordered so far is noted: a person calls back.
    pub(super) fn is_being_changed(
        &mut self,
        wanted: Wanted,
        (mine, appointment, place): (&Mine, &Appointment, &Branch),
        request: &Request,
    ) -> Result<Option<Answer>, Need> {
        let of_this_call = if self.is_done_with(mine.booking)? { None } else { self.agreed_of(mine) };
        let Some(order) = of_this_call.or_else(|| appointment.change.clone()) else { return Ok(None) };
        let to = self.wished_start(place, request);
        let is_just_that = match (wanted, &order) {
            (Wanted::Cancel, Order::Cancel) => true,
            (Wanted::Move, Order::Move { to: ordered }) => !says_when(request) || to == Some(*ordered),
            (Wanted::Cancel, Order::Move { .. }) | (Wanted::Move, Order::Cancel) => false,
        };
        if is_just_that {
            let sentence = sentences::changing_now(order == Order::Cancel, self.company.language);
            return Ok(Some(Answer::new(Status::Working, sentence)));
        }
        Ok(Some(self.note_what_else_is_wanted(wanted, (mine, place, &order), (request, to))))
    }

    /// What this call itself has agreed to have done about it.
    fn agreed_of(&self, mine: &Mine) -> Option<Order> {
        let is_it = |(number, change): &(u8, Change)| {
            change.booking == mine.booking && self.draft(*number).stage == Stage::Confirmed
        };
        let (_, change) = self.changes().rfind(is_it)?;
        Some(if change.cancels { Order::Cancel } else { Order::Move { to: change.to? } })
    }

    fn wished_start(&self, place: &Branch, request: &Request) -> Option<Timestamp> {
        // The draft before the first change knows nothing, so only what is said now counts.
        self.hear(place, CHANGES - 1, &to_move(request)).start
    }

    fn note_what_else_is_wanted(
        &mut self,
        wanted: Wanted,
        (mine, place, order): (&Mine, &Branch, &Order),
        (request, to): (&Request, Option<Timestamp>),
    ) -> Answer {
        let (language, spoken) = (self.company.language, self.in_short(mine));
        let cancels = *order == Order::Cancel;
        if self.call.reachable_at(1).is_none() {
            let sentence = sentences::is_under_way(cancels, &spoken, None, language);
            return Answer::new(Status::NotAllowed, sentence);
        }
        let is_noted = self.call.callbacks.contains(&Reason::ChangeNotAllowed) && !says_when(request);
        let until = if is_noted {
            None
        } else {
            let said = [request.new_date.as_deref(), request.new_time.as_deref()];
            let said = said.into_iter().flatten().collect::<Vec<_>>().join(", ");
            let when =
                to.map(|to| self.spoken(to, &place.zone)).or(Some(said).filter(|said| !said.is_empty()));
            let wish = sentences::change_wished(wanted == Wanted::Cancel, &spoken, language);
            let wish = when.map_or_else(|| wish.clone(), |when| format!("{wish} -> {when}"));
            let name = self.person_of(place, request).0.name;
            let asked = Asked { name, wish: Some(wish), ..Asked::default() };
            Some(self.call_back_as(place, 1, Reason::ChangeNotAllowed, asked))
        };
        let by = until.map(|due| self.spoken(due, &place.zone));
        let answer = Answer::new(
            Status::CallbackNoted,
            sentences::is_under_way(cancels, &spoken, Some(by.as_deref()), language),
        );
        match until {
            Some(due) => answer.with("until", iso(due, &place.zone)),
            None => answer,
        }
    }
}
