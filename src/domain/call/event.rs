//! The events of a call's journal, as they are stored; personal words are carried beside them, never inside.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::alternatives::{Days, Times};
use crate::domain::answer::Status;
use crate::domain::appointment::{Came, Change, Chosen, Person, StaffWish, Wish};
use crate::domain::callback::Reason;
use crate::domain::identity::Basis;
use crate::domain::ids::{BookingId, BranchId, CallId, CustomerId, ServiceId};
use crate::domain::slot::Slot;
use crate::domain::speech::claims::Claim;
use crate::domain::speech::names::Mark;

/// A slot that was offered, with the short handle the agent may use for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    pub handle: String,
    pub slot: Slot,
}

/// The short handle under which the agent speaks of an appointment that is there already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub handle: String,
    pub booking: BookingId,
}

/// What was asked for when slots were offered: whoever asks the same again wants to hear of others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sought {
    pub service: ServiceId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<StaffWish>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<Days>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<Times>,
}

/// How a call came to its end for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Retell said so.
    HungUp,
    /// The analysis arrived, so it must have ended.
    Analyzed,
    /// Nobody said so; Retell was asked.
    Asked,
    /// Nobody said so, and Retell could not be asked for so long that nothing more is expected.
    Unreported,
    /// It was over long before it was found in Retell's list.
    Imported,
}

/// How the caller agreed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Yes {
    /// A yes to what was read back.
    #[default]
    Said,
    /// A yes in the variables, found at the end; of old journals also one that only the analysis has heard.
    InVariables,
    /// A yes that Retell's analysis has heard in a call without functions.
    InAnalysis,
    /// None was needed: this company counts a complete wish as one.
    NotNeeded,
    /// Whoever entered it at the desk has agreed it with the customer.
    AtTheDesk,
}

impl Yes {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    fn is_said(&self) -> bool {
        *self == Self::Said
    }
}

/// What came of a call when it was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// At least one appointment was promised and is being booked.
    Promised,
    /// An appointment that existed was moved or called off.
    Changed,
    /// A person calls back.
    Callback,
    /// The caller said no in the end.
    Withdrawn,
    /// Something was wanted, but the call ended before a yes.
    Abandoned,
    /// Nothing was wanted that we know of.
    Nothing,
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Promised => "promised",
            Self::Changed => "changed",
            Self::Callback => "callback",
            Self::Withdrawn => "withdrawn",
            Self::Abandoned => "abandoned",
            Self::Nothing => "nothing",
        }
    }
}

/// Something that has happened in a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Event {
    /// The first we heard of it.
    Began {
        branch: Option<BranchId>,
        withheld: bool,
        at: Timestamp,
    },
    /// Nobody rang: somebody with a token enters an appointment.
    EnteredAtDesk {
        branch: BranchId,
        at: Timestamp,
    },
    /// Retell's `call_started`.
    Started,
    BranchChosen {
        branch: BranchId,
    },
    /// The caller said something new about an appointment.
    Heard {
        appointment: u8,
        #[serde(flatten)]
        wish: Wish,
        /// How surely the name is known by now, where something was heard of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<Mark>,
        #[serde(skip)]
        person: Person,
    },
    /// Whether the caller agrees to be written to about this appointment.
    MayNotify {
        appointment: u8,
        allowed: bool,
    },
    /// A day or a time that was said before no longer stands: something else was said instead.
    Unsaid {
        appointment: u8,
        date: bool,
        time: bool,
    },
    Offered {
        appointment: u8,
        slots: Vec<Offered>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sought: Option<Sought>,
    },
    /// The caller's slot is held for this appointment.
    Chosen {
        appointment: u8,
        chosen: Chosen,
    },
    /// The slot is no longer held: something else is wanted, or it is gone.
    Dropped {
        appointment: u8,
    },
    ReadBack {
        appointment: u8,
    },
    /// The caller agreed.
    Confirmed {
        appointment: u8,
        #[serde(default, skip_serializing_if = "Yes::is_said")]
        yes: Yes,
    },
    Withdrawn {
        appointment: u8,
    },
    /// A function was answered.
    Answered {
        key: String,
        function: String,
        status: Status,
    },
    CallbackNoted {
        reason: Reason,
    },
    /// The agent said that something was done, and nothing of the kind stands.
    Unfounded {
        claims: BTreeSet<Claim>,
    },
    /// Retell's `call_ended`, or its analysis, or silence.
    Ended {
        ending: Ending,
    },
    /// Retell's `call_analyzed`.
    Analyzed,
    /// The caller may hear of these customers' appointments.
    Identified {
        customers: Vec<CustomerId>,
        basis: Basis,
    },
    /// What the caller put forward fits nobody: one of the tries is used up. Some: it was the name of that appointment.
    NotIdentified {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        appointment: Option<u8>,
    },
    /// Appointments were spoken of.
    Named {
        appointments: Vec<Named>,
    },
    /// The caller says that they will come; or somebody at the desk has heard it.
    WillCome {
        booking: BookingId,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        at_desk: bool,
    },
    /// An intent to book stands in the books.
    Requested {
        appointment: u8,
        booking: BookingId,
    },
    /// The caller was cut off a moment ago and goes on with what that call has left open.
    Resumed {
        from: CallId,
    },
    /// The caller has rung again and goes on in that call.
    TakenOver,
    /// The caller wants something else of an appointment that exists.
    Changing {
        appointment: u8,
        change: Change,
    },
    /// Something has come of a change that was agreed to.
    Changed {
        appointment: u8,
        came: Came,
    },
    /// Whether what was promised in this call is really to be dropped; None: it is not.
    AskedToDrop {
        appointment: Option<u8>,
    },
    /// The calendar had no room any more for what was booked in the call: the wish goes on under another number.
    Missed {
        appointment: u8,
        next: u8,
    },
    Settled {
        outcome: Outcome,
    },
}

impl Event {
    /// The caller said something that is no personal word, or nothing that could be used.
    pub fn heard(appointment: u8, wish: Wish) -> Self {
        Self::Heard { appointment, wish, name: None, person: Person::default() }
    }

    /// The personal words that belong to the event and are stored apart from it.
    pub fn person(&self) -> Option<&Person> {
        if let Self::Heard { person, .. } = self {
            Some(person).filter(|person| !person.is_empty())
        } else {
            None
        }
    }

    /// The event with its personal words put back.
    pub fn with_person(self, words: Person) -> Self {
        match self {
            Self::Heard { appointment, wish, name, person } => {
                Self::Heard { appointment, wish, name, person: words.or(person) }
            }
            Self::Began { .. }
            | Self::EnteredAtDesk { .. }
            | Self::Started
            | Self::BranchChosen { .. }
            | Self::Offered { .. }
            | Self::MayNotify { .. }
            | Self::Unsaid { .. }
            | Self::Chosen { .. }
            | Self::Dropped { .. }
            | Self::ReadBack { .. }
            | Self::Confirmed { .. }
            | Self::Withdrawn { .. }
            | Self::Answered { .. }
            | Self::CallbackNoted { .. }
            | Self::Unfounded { .. }
            | Self::Ended { .. }
            | Self::Analyzed
            | Self::Identified { .. }
            | Self::NotIdentified { .. }
            | Self::Named { .. }
            | Self::WillCome { .. }
            | Self::Requested { .. }
            | Self::Missed { .. }
            | Self::Resumed { .. }
            | Self::TakenOver
            | Self::Changing { .. }
            | Self::Changed { .. }
            | Self::AskedToDrop { .. }
            | Self::Settled { .. } => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_words_never_enter_a_stored_event() {
        let person = Person { name: Some("Erika Beispiel".into()), ..Person::default() };
        let event = Event::Heard { appointment: 1, wish: Wish::default(), name: None, person };

        let stored = serde_json::to_string(&event).unwrap();

        assert_eq!(stored, r#"{"kind":"heard","appointment":1}"#);
        let read: Event = serde_json::from_str(&stored).unwrap();
        assert_eq!(read.with_person(event.person().unwrap().clone()), event);
    }
}
