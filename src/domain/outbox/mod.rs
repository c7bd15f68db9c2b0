//! What leaves the house for people: of which kind, about what, when, and what follows from how a delivery ended.

pub mod alerts;
pub mod appointments;
pub mod telling;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::alert;
use super::booking::{Booking, Standing, State as BookingState};
use super::ids::{BookingId, ChannelId, CompanyId, MessageId};
use super::retry::{later, millis};

/// What has become of an appointment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    Booked,
    Moved,
    Cancelled,
    /// It comes near.
    Reminder,
}

/// The kind of a message, which is also the type of a webhook's event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    Alert(alert::Kind),
    Appointment(Occasion),
    /// Somebody tries whether anything arrives.
    Test,
}

/// What a message tells of. No name, no number, no address: they are read from the books as it leaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "of")]
pub enum About {
    Alerts {
        /// The newest of them first, so many as are worth naming.
        subjects: Vec<String>,
        count: u64,
    },
    Appointment {
        booking: BookingId,
        start: Timestamp,
        /// When it was before it was moved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<Timestamp>,
        /// Grows with every change of the booking.
        sequence: i32,
    },
    Test,
}

/// A message as it enters the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub company: CompanyId,
    /// None: to the customer of the booking.
    pub channel: Option<ChannelId>,
    pub topic: Topic,
    pub about: About,
    pub due: Timestamp,
}

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Waiting,
    Sent,
    /// Given up; a person may have it tried again.
    Failed,
    /// There was nothing left to tell, or nobody to tell it.
    Dropped,
}

/// How a delivery ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Taken,
    /// It may be taken another time; why it was not, without a personal word.
    NotNow(String),
    /// It will never be taken.
    Refused(String),
    /// Whoever is there wants nothing any more.
    Gone,
    /// There was nothing to send.
    Moot(&'static str),
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    Sent,
    Again { at: Timestamp, why: String },
    Failed { why: String },
    Dropped { why: &'static str },
}

/// When deliveries are tried again, and how alerts are gathered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// The pauses between attempts in milliseconds; after the last of them it is given up.
    pub pauses_ms: Vec<u64>,
    /// After a message about alerts, the next ones of the kind are gathered for this long, in milliseconds.
    pub window_ms: u64,
}

impl Occasion {
    pub const ALL: [Self; 4] = [Self::Booked, Self::Moved, Self::Cancelled, Self::Reminder];

    /// What a step of a booking is to its customer; None: nothing that would have to be told. What still waits for
    /// Cal.com's owner was not promised for good, so neither its coming nor its going is told.
    pub fn of(before: &Booking, after: &Booking) -> Option<Self> {
        match (stands(before), stands(after)) {
            (false, true) => Some(Self::Booked),
            (true, true) if before.start != after.start => Some(Self::Moved),
            // Moved to where Cal.com's owner has yet to agree, it is not called off.
            (true, false) if after.is_settled() && !matches!(after.state, BookingState::Booked { .. }) => {
                Some(Self::Cancelled)
            }
            (true, true | false) | (false, false) => None,
        }
    }
}

fn stands(booking: &Booking) -> bool {
    matches!(booking.state, BookingState::Booked { standing: Standing::Accepted, .. })
}

impl Topic {
    /// All there are.
    pub fn all() -> impl Iterator<Item = Self> {
        let alerts = alert::Kind::ALL.into_iter().map(Self::Alert);
        alerts.chain(Occasion::ALL.into_iter().map(Self::Appointment)).chain([Self::Test])
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alert(kind) => match kind {
                alert::Kind::BookingFailed => "alert.booking_failed",
                alert::Kind::PromiseWithoutBooking => "alert.promise_without_booking",
                alert::Kind::CalendarDiffers => "alert.calendar_differs",
                alert::Kind::UnknownBooking => "alert.unknown_booking",
                alert::Kind::BreakerOpen => "alert.breaker_open",
                alert::Kind::BreakerMisconfigured => "alert.breaker_misconfigured",
                alert::Kind::BreakerClosed => "alert.breaker_closed",
                alert::Kind::SignatureFailures => "alert.signature_failures",
                alert::Kind::NoCalls => "alert.no_calls",
                alert::Kind::CallbackOverdue => "alert.callback_overdue",
                alert::Kind::DeliveriesFailing => "alert.deliveries_failing",
            },
            Self::Appointment(Occasion::Booked) => "appointment.booked",
            Self::Appointment(Occasion::Moved) => "appointment.moved",
            Self::Appointment(Occasion::Cancelled) => "appointment.cancelled",
            Self::Appointment(Occasion::Reminder) => "appointment.reminder",
            Self::Test => "test",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::all().find(|topic| topic.as_str() == text)
    }

    pub fn is_about_a_customer(self) -> bool {
        matches!(self, Self::Appointment(_))
    }
}

impl Message {
    /// The same message always has the same id, so entering it twice is entering it once.
    pub fn id(&self) -> MessageId {
        let to = self.channel.map_or_else(|| "customer".to_owned(), |channel| channel.to_string());
        let what = match &self.about {
            // Told twice of the same instant is told once; another sequence says another thing.
            About::Appointment { booking, start, sequence, .. } => match self.topic {
                Topic::Appointment(Occasion::Reminder) => format!("{booking} {start}"),
                Topic::Appointment(_) | Topic::Alert(_) | Topic::Test => format!("{booking} {sequence}"),
            },
            About::Alerts { .. } | About::Test => self.due.to_string(),
        };
        let name = format!("message {to} {} {what}", self.topic.as_str());
        Uuid::new_v5(&self.company.into(), name.as_bytes()).into()
    }

    /// The booking it is about.
    pub fn booking(&self) -> Option<BookingId> {
        match self.about {
            About::Appointment { booking, .. } => Some(booking),
            About::Alerts { .. } | About::Test => None,
        }
    }
}

impl State {
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Sent, Self::Failed, Self::Dropped];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

impl Rules {
    /// What follows from the n-th attempt, the first being number 1. `chance` from 0 to 999 lengthens a pause by up to a
    /// tenth, so that what failed together does not come back together.
    pub fn next(&self, attempts: u32, verdict: Verdict, chance: u16, now: Timestamp) -> Next {
        let why = match verdict {
            Verdict::Taken => return Next::Sent,
            Verdict::Moot(why) => return Next::Dropped { why },
            Verdict::Gone => return Next::Failed { why: "410: nothing is wanted there any more".into() },
            Verdict::Refused(why) => return Next::Failed { why },
            Verdict::NotNow(why) => why,
        };
        let failures = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
        match self.pauses_ms.get(failures) {
            Some(pause) => {
                let more = pause / 10 * u64::from(chance.min(999)) / 1_000;
                Next::Again { at: later(now, millis(pause.saturating_add(more))), why }
            }
            None => Next::Failed { why },
        }
    }

    /// Whether alerts of a kind may be told now, when they were last told then; None: never.
    pub fn may_tell(&self, told: Option<Timestamp>, now: Timestamp) -> bool {
        told.is_none_or(|told| later(told, millis(self.window_ms)) <= now)
    }

    /// How long a message is tried altogether.
    pub fn patience(&self) -> SignedDuration {
        self.pauses_ms.iter().map(|pause| millis(*pause)).sum()
    }
}

#[cfg(test)]
mod tests;
