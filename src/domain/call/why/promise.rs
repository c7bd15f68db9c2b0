//! Why a promised appointment stands as it does: a clause for every state a booking can be in.

use super::{Item, Promise, Told, what, words};
use crate::domain::appointment::{Came, Change, Draft, Stage};
use crate::domain::booking::{Booking, Order, Phase, Standing, State, Upshot};
use crate::domain::call::{Phase as CallPhase, Yes};

impl Told<'_> {
    pub(super) fn promise(&self, promise: &Promise) -> String {
        let booking = &promise.booking;
        let what = what(&promise.service, promise.staff.as_deref(), &self.moment(booking.start));
        let told = match &booking.state {
            State::Booked { standing, .. } => {
                let (stands, since) = (self.stands(promise, *standing), self.since_then(booking));
                return format!("{what} {stands}{since}");
            }
            State::Waiting { not_before } => {
                let next = match not_before.filter(|at| *at > self.case.now) {
                    Some(at) => format!("Cal.com cannot be asked just now, next try at {}", self.clock(at)),
                    None => "it waits for its turn in the calendar's queue".into(),
                };
                let (agreed, promised) = (self.agreed(promise), self.was_promised(promise));
                format!("{promised} and not booked yet: {agreed}, and {next}")
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

    /// What was agreed to while the calendar could not be asked was told to be no promise.
    fn was_promised(&self, promise: &Promise) -> &'static str {
        let is_verified = self.held.get(&promise.appointment).is_none_or(|(chosen, _)| chosen.verified);
        if is_verified {
            "is promised"
        } else {
            "is noted, not promised, since the calendar could not be asked,"
        }
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

    /// What has been done, or tried, to what stands.
    fn since_then(&self, booking: &Booking) -> String {
        let mut told = Vec::new();
        if let Some(changed) = &booking.changed {
            let at = self.moment(changed.at);
            let done = match (&changed.order, &changed.failed) {
                (Order::Move { .. }, None) if changed.by_person => {
                    format!("was moved to this time at Cal.com ({at})")
                }
                (Order::Move { .. }, None) => format!("was moved to this time as wished ({at})"),
                (Order::Move { to }, Some(why)) => {
                    format!("was not moved to {} as wished: {}", self.moment(*to), words::of_code(why))
                }
                (Order::Cancel, None) => format!("was cancelled as wished ({at})"),
                (Order::Cancel, Some(why)) => format!("was not cancelled as wished: {}", words::of_code(why)),
            };
            told.push(format!("; it {done}"));
        }
        if let Some(change) = &booking.change {
            let wished = match &change.order {
                Order::Move { to } => format!("moved to {}", self.moment(*to)),
                Order::Cancel => "cancelled".into(),
            };
            let how = match &change.phase {
                Phase::Waiting { .. } => "that waits for its turn",
                Phase::Sent { .. } => "that request is not answered yet",
                Phase::Unsure { .. } => "nobody knows yet whether that was done",
            };
            told.push(format!("; it is to be {wished}, and {how}"));
        }
        if !booking.surplus.is_empty() {
            told.push(
                "; it stands at Cal.com once too often, and the other one is being cancelled there".into(),
            );
        }
        told.concat()
    }

    /// What became of appointments that existed before this call.
    pub(super) fn changes(&self) -> Vec<String> {
        let drafts = self.said.drafts.iter();
        let changes = drafts.filter_map(|(number, draft)| Some((*number, draft, draft.change.as_ref()?)));
        changes.map(|(number, draft, change)| self.changed(number, draft, change)).collect()
    }

    fn changed(&self, number: u8, draft: &Draft, change: &Change) -> String {
        let from = self.moment(change.from);
        let what = match (change.cancels, change.to) {
            (true, _) => format!("the appointment on {from} was to be called off"),
            (false, Some(to)) => format!("the appointment on {from} was to be moved to {}", self.moment(to)),
            (false, None) => format!("the appointment on {from} was to be moved"),
        };
        let came = match (change.came, change.agreed_at) {
            (Some(Came::Done), _) => "and that was done during the call",
            (Some(Came::Failed), _) => {
                "but that could not be done: it stands as it stood, and a person calls back"
            }
            (Some(Came::Gone), _) => "but by then it stood no more",
            (Some(Came::LeftToIt), _) | (None, Some(_)) => self.by_now(number, change),
            (None, None) if draft.stage == Stage::Withdrawn => "but the caller wanted it to stay in the end",
            (None, None) => return format!("{what}, {}", self.left_open(draft, change)),
        };
        format!("{what}, {came}")
    }

    /// How what was agreed to stands now, which nobody knew yet when the call ended.
    fn by_now(&self, number: u8, change: &Change) -> &'static str {
        let booking = self.case.spoken_of.iter().find(|booking| booking.id == change.booking);
        let agreed = change.agreed(self.call.id, number);
        let Some(upshot) = booking.zip(agreed).map(|(booking, agreed)| booking.upshot(&agreed)) else {
            return "the caller agreed, and it was still being done when the call ended";
        };
        match upshot {
            Upshot::Open | Upshot::UnderWay => "the caller agreed, and it is still being done",
            Upshot::Done => "the caller agreed, and it is done",
            Upshot::Failed => {
                "the caller agreed, but it could not be done: it stands as it stood, and a person calls back"
            }
            Upshot::Overtaken => "the caller agreed, and somebody has wanted something else of it since",
            Upshot::Elsewhere => "the caller agreed, but it stood at another time by then",
            Upshot::Over => "the caller agreed, but by then it stood no more",
        }
    }

    /// How far a change came that nobody has agreed to.
    fn left_open(&self, draft: &Draft, change: &Change) -> String {
        let is_about_it = |item: &&Item| item.booking == Some(change.booking);
        let then = self.and_a_person(self.case.callbacks.iter().find(is_about_it));
        let told = match self.call.phase {
            CallPhase::Live | CallPhase::Ended { .. } => "and nothing is agreed so far",
            CallPhase::Settled { .. } if draft.stage == Stage::ReadBack => {
                "but the caller did not agree in the end"
            }
            CallPhase::Settled { .. } => "but the call ended before it was clear to when",
        };
        format!("{told}{then}")
    }

    fn agreed(&self, promise: &Promise) -> &'static str {
        match self.yes.get(&promise.appointment) {
            Some(Yes::Said) => "the caller said yes to what was read back",
            Some(Yes::InVariables) => "the yes stood in the call's variables when it ended",
            Some(Yes::InAnalysis) => "Retell's analysis of the call says that the caller agreed",
            Some(Yes::NotNeeded) => "the wish was complete, and this company asks for no further yes",
            Some(Yes::AtTheDesk) => "it was entered at the desk",
            None => "it was promised in the call",
        }
    }

    fn and_a_person(&self, item: Option<&Item>) -> String {
        item.map(|item| format!(", and {}", self.to_call(item))).unwrap_or_default()
    }
}
