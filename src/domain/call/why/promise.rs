//! Why a promised appointment stands as it does: a clause for every state a booking can be in.

use super::{Item, Promise, Told, what, words};
use crate::domain::booking::{Standing, State};
use crate::domain::call::Yes;

impl Told<'_> {
    pub(super) fn promise(&self, promise: &Promise) -> String {
        let booking = &promise.booking;
        let what = what(&promise.service, promise.staff.as_deref(), &self.moment(booking.start));
        let told = match &booking.state {
            State::Booked { standing, .. } => return format!("{what} {}", self.stands(promise, *standing)),
            State::Waiting { not_before } => {
                let next = match not_before.filter(|at| *at > self.case.now) {
                    Some(at) => format!("Cal.com cannot be asked just now, next try at {}", self.clock(at)),
                    None => "it waits for its turn in the calendar's queue".into(),
                };
                format!("is promised and not booked yet: {}, and {next}", self.agreed(promise))
            }
            State::Sent { attempt, since } => {
                let since = self.clock(*since);
                format!(
                    "is being booked: attempt {attempt} left for Cal.com at {since} and is not answered yet"
                )
            }
            State::Unsure { since, looks, why, look_at } => {
                let (since, next) = (self.clock(*since), self.clock(*look_at));
                let looked = match looks {
                    0 => String::new(),
                    1 => "was looked for once without being found and ".into(),
                    several => format!("was looked for {several} times without being found and "),
                };
                let why = words::of_code(why);
                format!(
                    "may stand in the calendar or not: the request to Cal.com ended in doubt at {since} ({why}), and it \
                     {looked}is to be looked for at {next}"
                )
            }
            State::Refused { why } => format!("was not booked: {}", words::refusal(why)),
            State::Failed { why } if booking.sent_maybe > 0 => {
                format!("was given up and may stand in the calendar all the same: {}", words::doubt(why))
            }
            State::Failed { why } => format!("was not booked and is given up: {}", words::of_code(why)),
            State::Cancelled { why } => words::cancelled(why),
        };
        let item = self.case.callbacks.iter().find(|item| item.booking == Some(booking.id));
        format!("{what} {told}{}", self.and_a_person(item))
    }

    fn stands(&self, promise: &Promise, standing: Standing) -> String {
        let (agreed, at) = (self.agreed(promise), self.moment(promise.since));
        let on = match promise.booking.attempts {
            0 | 1 => String::new(),
            several => format!(" on attempt {several}"),
        };
        match standing {
            Standing::Accepted => format!("was booked: {agreed}, and Cal.com accepted it{on} ({at})"),
            Standing::Pending => {
                format!(
                    "was requested: {agreed}, and Cal.com took it{on} ({at}), but its owner must still confirm it"
                )
            }
        }
    }

    fn agreed(&self, promise: &Promise) -> &'static str {
        match self.yes.get(&promise.appointment) {
            Some(Yes::Said) => "the caller said yes to what was read back",
            Some(Yes::InVariables) => "the yes stood in the call's variables when it ended",
            Some(Yes::NotNeeded) => "the wish was complete, and this company asks for no further yes",
            None => "it was promised in the call",
        }
    }

    fn and_a_person(&self, item: Option<&Item>) -> String {
        item.map(|item| format!(", and {}", self.to_call(item))).unwrap_or_default()
    }
}
