//! What a booking is, what can happen to it, and what follows: the terms of the protocol.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::agreed::Agreed;
use super::changing::{Change, ChangeOutcome, Changed, Fate, Order, Trace};
use crate::domain::callback::Reason;
use crate::domain::ids::{BookingId, OrderId};
use crate::domain::retry::{Backoff, later, millis};

/// How long to wait, how often to look (all settings of `[calcom]`, milliseconds).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// When to look for a booking whose request ended in doubt, counted from the doubt.
    pub look_after_ms: Vec<u64>,
    /// How often to look after that.
    pub look_again_ms: u64,
    /// For this long a request may still be carried out after nobody has heard of it; nothing is sent again before.
    pub quiet_horizon_ms: u64,
    /// When to look once more at what seems settled although a request of ours was never accounted for.
    pub watch_after_ms: Vec<u64>,
    /// Requests to make one booking that may have reached Cal.com.
    pub sent_max: u32,
    /// Pauses between attempts that never reached Cal.com.
    pub backoff: Backoff,
    /// A booking that could not be sent for this long is given to a person.
    pub give_up_after_ms: u64,
}

/// How a booking stands at Cal.com.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Accepted,
    /// Cal.com's owner must confirm it.
    Pending,
}

/// Where a booking is. Each state holds what is true in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum State {
    /// Waits for its turn, not before that instant.
    Waiting {
        not_before: Option<Timestamp>,
    },
    /// A request is under way.
    Sent {
        attempt: u32,
        since: Timestamp,
    },
    /// A request ended in doubt: it may stand in the calendar.
    Unsure {
        since: Timestamp,
        looks: u32,
        why: String,
        /// When it is looked for again.
        look_at: Timestamp,
    },
    Booked {
        uid: String,
        standing: Standing,
    },
    /// Cal.com said no.
    Refused {
        why: String,
    },
    /// Given up; a person calls back.
    Failed {
        why: String,
    },
    Cancelled {
        why: String,
    },
}

/// An intent to book and what has become of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Booking {
    pub id: BookingId,
    pub start: Timestamp,
    /// The start for which requests to make it have left: a late one makes it there, wherever it has been moved meanwhile.
    pub sent_for: Option<Timestamp>,
    pub requested_at: Timestamp,
    pub attempts: u32,
    /// Requests whose fate nobody knows yet: each may have made a booking, or may still make one.
    pub sent_maybe: u32,
    pub state: State,
    /// What is to become of it, once it stands.
    pub change: Option<Change>,
    /// How the last change ended.
    pub changed: Option<Changed>,
    /// Bookings at Cal.com that are ours and too many: they are cancelled.
    pub surplus: Vec<Surplus>,
    /// Bookings at Cal.com that were this one and are over.
    pub past_uids: Vec<String>,
    /// A look that is still to come although the state is settled.
    pub watch: Option<Watch>,
    /// When a person ended it at Cal.com.
    pub ended_there_at: Option<Timestamp>,
    /// When a booking too many was cancelled last.
    pub tidied_at: Option<Timestamp>,
    /// What callers have agreed to and was ordered, the latest last: none of it is ordered again.
    pub given: Vec<OrderId>,
}

/// A booking too many.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Surplus {
    pub uid: String,
    pub attempts: u32,
    /// When its cancellation is sent (again).
    pub at: Timestamp,
    /// A person has been asked to see to it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub told: bool,
}

/// One more look.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Watch {
    pub at: Timestamp,
    /// How many of the schedule have been made.
    pub looks: u32,
    /// Out of schedule, on a hint from Cal.com: what is read right after that may be older than what the hint was about.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hinted: bool,
}

/// A booking as seen at Cal.com; where a person has moved it, as it stands now.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Seen {
    pub uid: String,
    pub start: Timestamp,
    /// Our id in its metadata.
    pub marked: Option<BookingId>,
    pub attendee_fits: bool,
    pub fate: Fate,
    /// When it was made and when it was changed last, as far as Cal.com says.
    pub created_at: Option<Timestamp>,
    pub changed_at: Option<Timestamp>,
    /// The uids under which it stood before it was moved, as far as they were seen.
    pub was: Vec<String>,
}

/// How a request to book ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    Created(Seen),
    /// Cal.com refused for a reason that will not go away.
    DefiniteNo(String),
    /// Surely nothing happened there.
    NotExecuted {
        why: String,
        not_before: Option<Timestamp>,
    },
    /// "Not available": taken, or an outside failure, or our own earlier success.
    NotAvailable,
    Doubt(String),
}

/// What happens to a booking.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// It is its turn in the calendar's queue, and the line is open.
    Turn,
    /// It was its turn, but nothing may leave before that instant.
    Kept { until: Timestamp, why: String },
    /// The request with that number ended.
    Ended { attempt: u32, outcome: Outcome },
    /// A look found these bookings (all statuses); None: the look itself failed. `told` says whether a person has settled
    /// it with the customer meanwhile.
    Looked { found: Option<Vec<Seen>>, told: bool },
    /// The same within its turn, before it is sent again.
    LookedFirst { found: Option<Vec<Seen>>, told: bool },
    /// Cal.com's webhook shows a booking with our mark.
    Witnessed(Seen),
    /// Something has happened to it at Cal.com.
    Hinted,
    /// What stands at the end of its chain of uids; None: nobody could look.
    Traced(Option<Trace>),
    /// A person wants it changed.
    Ordered(Order),
    /// A caller has said yes to having it changed.
    Agreed(Agreed),
    /// The request for a change with that number ended.
    ChangeEnded { attempt: u32, outcome: ChangeOutcome },
    /// The cancellation of a booking too many ended; false: it may still stand.
    Tidied { uid: String, done: bool },
    /// A person wants it tried again.
    RetryOrdered,
    /// The process started again and finds the booking like this.
    Woke,
}

/// What to do next, after the new state is in the books.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    Send {
        attempt: u32,
    },
    /// Look for it within this turn, and tell what was found.
    LookFirst,
    SendChange {
        attempt: u32,
        uid: String,
        order: Order,
    },
    /// Cancel a booking too many.
    Tidy {
        uid: String,
    },
    /// A person has to call back.
    CallBack {
        reason: Reason,
    },
    /// It stands, although a person may have been asked to call about it.
    StandsAfterAll,
    /// The caller's outcome stands: the hold may go.
    Settled,
}

/// The next state, if it changes, and what to do then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub next: Option<Booking>,
    pub actions: Vec<Action>,
}

/// What has to be done for a booking, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Due {
    pub at: Timestamp,
    pub job: Job,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Job {
    /// Its turn in the calendar's queue.
    Turn,
    /// Look for it by its mark.
    Look,
    /// Follow its chain of uids, and where nothing is being changed look for it by its mark as well.
    Trace,
}

impl Rules {
    pub(super) fn is_past_horizon(&self, since: Timestamp, now: Timestamp) -> bool {
        later(since, millis(self.quiet_horizon_ms)) <= now
    }

    /// The pause before the next look, when so many have been made.
    pub(super) fn pause_before_look(&self, looks: u32) -> jiff::SignedDuration {
        millis(pause_in(&self.look_after_ms, looks).unwrap_or(self.look_again_ms))
    }

    /// The look that follows one on a hint: the next of the schedule, or its last once more.
    pub(super) fn watch_after_hint(&self, looks: u32, now: Timestamp) -> Option<Watch> {
        let last = u32::try_from(self.watch_after_ms.len()).ok()?.checked_sub(1)?;
        self.watch(looks.min(last), now)
    }

    /// The next look at something settled, when so many have been made; None: it has been looked at often enough.
    pub(super) fn watch(&self, looks: u32, now: Timestamp) -> Option<Watch> {
        let pause = pause_in(&self.watch_after_ms, looks)?;
        Some(Watch { at: later(now, millis(pause)), looks, hinted: false })
    }
}

/// The pause before step `index` of a schedule that is counted from its beginning.
fn pause_in(schedule: &[u64], index: u32) -> Option<u64> {
    let index = index as usize;
    let next = schedule.get(index)?;
    let last = index.checked_sub(1).and_then(|last| schedule.get(last));
    Some(next.saturating_sub(last.copied().unwrap_or(0)))
}

impl Seen {
    /// How it stands; None: it is over.
    pub fn standing(&self) -> Option<Standing> {
        self.fate.standing()
    }
}

impl State {
    /// The word of the contract for this state.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Sent { .. } => "sent",
            Self::Unsure { .. } => "unsure",
            Self::Booked { standing: Standing::Accepted, .. } => "booked",
            Self::Booked { standing: Standing::Pending, .. } => "pending",
            Self::Refused { .. } => "refused",
            Self::Failed { .. } => "failed",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}
