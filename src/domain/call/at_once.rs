//! Appointments that are booked while the caller is on the line (`booking_moment = "in_call"`): what came of the yes is told at once.

use super::changing::CHANGES;
use super::desk::{Desk, iso};
use super::facts::Need;
use super::hear::clarify;
use super::offer::Search;
use super::{Event, Named, Phase, Request};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::{Chosen, Draft};
use crate::domain::booking::{Booking, Standing, State};
use crate::domain::callback::{self, Reason};
use crate::domain::directory::Branch;
use crate::domain::ids::BookingId;
use crate::domain::policy::BookingMoment;
use crate::domain::speech::sentences;

/// What Cal.com's refusal is called where somebody else has the time.
const TAKEN: &str = "slot_taken";
/// The numbers by which a caller's appointments are called are followed by those of their further tries.
const TRY: u8 = 10;

impl<'a> Desk<'a> {
    /// Whether what is agreed to is booked at once.
    pub(super) fn books_at_once(&self) -> bool {
        self.company.policy.booking_moment == BookingMoment::InCall && self.call.phase == Phase::Live
    }

    /// The yes enters the books at once, and the answer waits for what becomes of it. Where the calendar does not answer
    /// anyway, or nothing is written there, the answer is what it would be at the end of a call.
    pub(super) fn book_at_once(&mut self, number: u8, branch: &Branch) -> Result<Answer, Need> {
        let draft = self.draft(number);
        let Some(chosen) = &draft.chosen else { return Ok(self.not_an_appointment()) };
        let answer = self.agreed(&draft, chosen, branch);
        self.place(branch, number, &draft, chosen)?;
        if chosen.verified && !self.company.policy.test_mode {
            self.wait();
        }
        Ok(answer)
    }

    /// What was agreed to stands in the books already: says how it ended, or that it is still being seen to.
    pub(super) fn told_of(
        &mut self,
        number: u8,
        (draft, booking): (&Draft, BookingId),
        branch: &'a Branch,
        request: &Request,
    ) -> Result<Answer, Need> {
        let Some(chosen) = draft.chosen.as_ref().filter(|_| self.call.phase == Phase::Live) else {
            return Ok(self.after_the_end(number, draft, branch, request));
        };
        if self.company.policy.test_mode {
            return Ok(self.after_the_end(number, draft, branch, request));
        }
        let Some(settled) = self.settled(booking)? else {
            return Ok(self.still_at_it(draft, chosen, branch));
        };
        match &settled.state {
            State::Refused { why } if why == TAKEN => self.missed(number, chosen, branch),
            State::Refused { .. } | State::Failed { .. } => Ok(self.could_not_be_booked(branch)),
            State::Cancelled { .. } => {
                Ok(Answer::new(Status::Withdrawn, sentences::stands_no_more(self.company.language)))
            }
            State::Booked { .. } if self.wants_more(number, draft, branch, request) => {
                Ok(self.stands_already(&settled, (draft, chosen), branch))
            }
            State::Booked { .. } => Ok(self.is_booked(&settled, (draft, chosen), branch)),
            State::Waiting { .. } | State::Sent { .. } | State::Unsure { .. } => {
                Ok(self.still_at_it(draft, chosen, branch))
            }
        }
    }

    /// The call is over, or its booking is seen to as if it were: whoever wants something else now is called back.
    fn after_the_end(&mut self, number: u8, draft: &Draft, branch: &Branch, request: &Request) -> Answer {
        match &draft.chosen {
            Some(chosen) if !self.wants_more(number, draft, branch, request) => {
                self.agreed(draft, chosen, branch)
            }
            _ => {
                let due = self.call_back(branch, number, Reason::UnclearWish, None);
                let sentence =
                    sentences::callback_noted(&self.spoken(due, &branch.zone), self.company.language);
                Answer::new(Status::CallbackNoted, sentence).with("until", iso(due, &branch.zone))
            }
        }
    }

    /// Whether something else is said than what was agreed to.
    fn wants_more(&self, number: u8, draft: &Draft, branch: &Branch, request: &Request) -> bool {
        let heard = self.hear(branch, number, request);
        !heard.wish.changes_to(&draft.wish).is_empty()
            || !heard.news_of_the_person(draft).0.is_empty()
            || heard.wants_something_else()
            || heard.unsaid != (false, false)
            || request.confirmed == Some(false)
    }

    fn still_at_it(&self, draft: &Draft, chosen: &Chosen, branch: &Branch) -> Answer {
        if chosen.verified {
            Answer::new(Status::Working, sentences::booking_now(self.company.language))
        } else {
            self.agreed(draft, chosen, branch)
        }
    }

    /// It stands, at the time that the calendar says.
    fn is_booked(
        &mut self,
        booking: &Booking,
        (draft, chosen): (&Draft, &Chosen),
        branch: &Branch,
    ) -> Answer {
        let (chosen, language) = (as_it_stands(chosen, booking), self.company.language);
        let what = self.in_words(draft, &chosen, branch);
        let awaits_owner = matches!(booking.state, State::Booked { standing: Standing::Pending, .. });
        let (status, sentence) = if awaits_owner {
            (Status::Requested, sentences::requested(&what, language))
        } else {
            (Status::Booked, sentences::booked(&what, language))
        };
        Answer::new(status, sentence)
            .with("booking", self.handle_of(booking.id))
            .with("appointment", self.appointment_row(draft, &chosen, branch))
    }

    /// It stands, and something else is said about it: whether that is another appointment is for the caller to say.
    fn stands_already(
        &mut self,
        booking: &Booking,
        (draft, chosen): (&Draft, &Chosen),
        branch: &Branch,
    ) -> Answer {
        let chosen = as_it_stands(chosen, booking);
        let what = self.in_words(draft, &chosen, branch);
        clarify(sentences::stands_already(&what, self.company.language))
            .with("booking", self.handle_of(booking.id))
            .with("appointment", self.appointment_row(draft, &chosen, branch))
    }

    /// Somebody was faster at the calendar: says so and offers what is near; what is agreed to then is another booking.
    fn missed(&mut self, number: u8, chosen: &Chosen, branch: &'a Branch) -> Result<Answer, Need> {
        let Some(next) = number.checked_add(TRY).filter(|next| *next < CHANGES) else {
            return Ok(self.could_not_be_booked(branch));
        };
        self.record(Event::Missed { appointment: number, next });
        let draft = self.draft(next);
        let Some(service) = draft.wish.service.and_then(|id| branch.service(id)) else {
            return Ok(self.could_not_be_booked(branch));
        };
        let search = Search { branch, service, staff: draft.wish.staff.as_ref(), appointment: next };
        self.not_free(&search, Status::SlotTaken, chosen.slot.start)
    }

    /// The short handle under which the agent may speak of a booking from now on.
    fn handle_of(&mut self, booking: BookingId) -> String {
        if let Some(named) = self.call.named.iter().find(|named| named.booking == booking) {
            return named.handle.clone();
        }
        let handle = format!("t{}", self.call.named.len() + 1);
        self.record(Event::Named { appointments: vec![Named { handle: handle.clone(), booking }] });
        handle
    }

    /// A person has been told to call back when it was refused or given up.
    fn could_not_be_booked(&self, branch: &Branch) -> Answer {
        let within = self.company.policy.callback_within_minutes;
        let due = callback::due(branch.opening.as_ref(), &branch.zone, within, self.now);
        let sentence = sentences::could_not_be_booked(&self.spoken(due, &branch.zone), self.company.language);
        Answer::new(Status::CallbackNoted, sentence).with("until", iso(due, &branch.zone))
    }

    /// What came to nothing before this was agreed to needs nobody to call about it.
    pub(super) fn replace_earlier_tries(&mut self, number: u8) {
        let earlier = (1..=tries_before(number)).map(|tries| number - tries * TRY);
        for number in earlier {
            self.replace(BookingId::of(self.call.id, number));
        }
    }

    /// The number under which an appointment goes on by now.
    pub(super) fn latest(&self, appointment: u8) -> u8 {
        let tries = self
            .call
            .drafts
            .keys()
            .copied()
            .filter(|number| *number < CHANGES && as_called(*number) == appointment);
        tries.max().unwrap_or(appointment)
    }
}

/// The number by which the caller and the agent call an appointment.
pub fn as_called(number: u8) -> u8 {
    number % TRY
}

/// How often the calendar had no room any more for what was booked for this appointment.
pub fn tries_before(number: u8) -> u8 {
    // Whether a change of what exists is the first or the tenth says nothing about tries.
    if number < CHANGES { number / TRY } else { 0 }
}

/// The slot at the time at which the calendar says it is.
fn as_it_stands(chosen: &Chosen, booking: &Booking) -> Chosen {
    let mut chosen = chosen.clone();
    let long = chosen.slot.end.duration_since(chosen.slot.start);
    (chosen.slot.start, chosen.slot.end) = (booking.start, crate::domain::retry::later(booking.start, long));
    chosen
}
