//! A function call as the conversation understands it: German and English names already made one.

use std::fmt;

/// The functions of contract 4 that this house answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Function {
    CheckAvailability,
    CollectAppointment,
    ListServices,
    OpeningHours,
    RequestCallback,
    FindAppointments,
    ConfirmAppointment,
    ChangeAppointment,
    CancelAppointment,
    Unknown(String),
}

impl Function {
    pub fn named(name: &str) -> Self {
        match name {
            "check_availability" => Self::CheckAvailability,
            "collect_appointment" | "collect_appointment_data" => Self::CollectAppointment,
            "list_services" => Self::ListServices,
            "opening_hours" => Self::OpeningHours,
            "request_callback" => Self::RequestCallback,
            "find_appointments" => Self::FindAppointments,
            "confirm_appointment" => Self::ConfirmAppointment,
            "change_appointment" => Self::ChangeAppointment,
            "cancel_appointment" => Self::CancelAppointment,
            other => Self::Unknown(other.chars().filter(|sign| !sign.is_control()).take(64).collect()),
        }
    }

    /// Its name if it is one of ours, for counting: what others make up is one word.
    pub fn known(&self) -> &'static str {
        match self {
            Self::CheckAvailability => "check_availability",
            Self::CollectAppointment => "collect_appointment",
            Self::ListServices => "list_services",
            Self::OpeningHours => "opening_hours",
            Self::RequestCallback => "request_callback",
            Self::FindAppointments => "find_appointments",
            Self::ConfirmAppointment => "confirm_appointment",
            Self::ChangeAppointment => "change_appointment",
            Self::CancelAppointment => "cancel_appointment",
            Self::Unknown(_) => "unknown",
        }
    }

    pub fn as_str(&self) -> &str {
        match self {
            Self::Unknown(name) => name,
            Self::CheckAvailability
            | Self::CollectAppointment
            | Self::ListServices
            | Self::OpeningHours
            | Self::RequestCallback
            | Self::FindAppointments
            | Self::ConfirmAppointment
            | Self::ChangeAppointment
            | Self::CancelAppointment => self.known(),
        }
    }
}

/// What the agent passes on from the caller, in the caller's words.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// Which appointment of the call, 1 when not said; None when what was said is no number from 1 to 9.
    pub appointment: Option<u8>,
    pub date: Option<String>,
    pub time: Option<String>,
    pub service: Option<String>,
    pub staff: Option<String>,
    /// To when an appointment that exists is to be moved.
    pub new_date: Option<String>,
    pub new_time: Option<String>,
    pub slot_id: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub note: Option<String>,
    pub confirmed: Option<bool>,
    /// Whether the caller agrees to be written to.
    pub may_notify: Option<bool>,
    pub branch: Option<String>,
    pub reason: Option<String>,
    pub when: Option<String>,
    /// The handle of an appointment that is there already.
    pub booking: Option<String>,
    /// From the confirmation of a booking: shows who the caller is.
    pub code: Option<String>,
    /// Nobody vouches for the number of the call: the caller counts as one who shows none.
    pub as_withheld: bool,
    /// The arguments could not be read at all.
    pub unreadable: bool,
}

impl Request {
    /// The caller's own words, wherever an agent has put them.
    pub(super) fn free_words(&self) -> impl Iterator<Item = &str> {
        let Self { service, reason, note, date, time, when, new_date, new_time, .. } = self;
        [service, reason, note, date, time, when, new_date, new_time].into_iter().filter_map(Option::as_deref)
    }

    /// What stands where a name belongs.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        [&self.name, &self.staff, &self.branch].into_iter().filter_map(Option::as_deref)
    }

    /// Whether something is said about what is wanted, by whom or when.
    pub(super) fn says_what_or_when(&self) -> bool {
        [&self.date, &self.time, &self.service, &self.staff].into_iter().any(Option::is_some)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("appointment", &self.appointment).finish_non_exhaustive()
    }
}
