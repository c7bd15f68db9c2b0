//! What happened in a call, in plain words: one line for every event, booking, attempt and callback.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::appointment::{Came, Change, StaffWish, Wish};
use crate::domain::call::why::{claimed, of_code};
use crate::domain::call::{Ending, Event, Named, Outcome, Yes, as_called, change_number, tries_before};
use crate::domain::callback::Reason;
use crate::domain::directory::{Branch, Company};
use crate::domain::identity::Basis;
use crate::domain::ids::{BranchId, ServiceId};

/// Says things as they are called at this company, in the time of the call's branch.
pub(super) struct Speaker<'a> {
    company: Option<&'a Company>,
    zone: TimeZone,
}

impl<'a> Speaker<'a> {
    pub(super) fn new(company: Option<&'a Company>, row: &entities::call::Model) -> Self {
        let branch = row.branch_id.and_then(|id| company?.branch(id.into()));
        let branch = branch.or_else(|| company?.branches.first());
        Self { company, zone: branch.map_or(TimeZone::UTC, |branch| branch.zone.clone()) }
    }

    pub(super) fn event(&self, event: &Event) -> String {
        match event {
            Event::Began { branch, withheld, .. } => {
                let number = if *withheld { "without a number" } else { "with its number shown" };
                format!("the call began {number} at {}", self.branch(*branch))
            }
            Event::EnteredAtDesk { branch, .. } => {
                format!("entered at the desk for {}", self.branch(Some(*branch)))
            }
            Event::Started => "Retell reported the start".into(),
            Event::BranchChosen { branch } => {
                format!("the branch was chosen: {}", self.branch(Some(*branch)))
            }
            Event::Heard { appointment, wish, .. } => {
                format!("heard for {}: {}", nth(*appointment), self.wish(wish))
            }
            Event::MayNotify { appointment, allowed } => may_notify(*appointment, *allowed),
            Event::Unsaid { appointment, date, time } => unsaid(*appointment, *date, *time),
            Event::Offered { appointment, slots, .. } => {
                let times: Vec<String> = slots.iter().map(|one| self.moment(one.slot.start)).collect();
                format!("offered for {}: {}", nth(*appointment), times.join("; "))
            }
            Event::Chosen { appointment, chosen } => {
                let seen =
                    if chosen.verified { "seen free" } else { "not seen, the calendar did not answer" };
                format!("held for {}: {} ({seen})", nth(*appointment), self.moment(chosen.slot.start))
            }
            Event::Dropped { appointment } => format!("the slot of {} was let go", nth(*appointment)),
            Event::ReadBack { appointment } => format!("{} was read back", nth(*appointment)),
            Event::Confirmed { appointment, yes } => format!("{} {}", nth(*appointment), agreed(*yes)),
            Event::Withdrawn { appointment } => format!("the caller said no to {}", nth(*appointment)),
            Event::Answered { function, status, .. } => {
                format!("{function} was answered: {}", status.as_str())
            }
            Event::CallbackNoted { reason } => format!("a callback was noted: {}", because(*reason)),
            Event::Unfounded { claims } => {
                format!("the agent said that {}, and nothing of the kind stands", claimed(claims))
            }
            Event::Ended { ending } => ended(*ending).into(),
            Event::Analyzed => "Retell reported its analysis".into(),
            Event::Identified { basis, .. } => format!("the caller was identified {}", shown(*basis)),
            Event::NotIdentified { .. } => "what the caller said about themselves fits nobody".into(),
            Event::Named { appointments } => spoken_of(appointments),
            Event::WillCome { at_desk: true, .. } => "the desk noted that they will come".into(),
            Event::WillCome { .. } => "the caller said that they will come to an appointment".into(),
            Event::Requested { appointment, .. } => format!("{} entered the books", nth(*appointment)),
            Event::Resumed { from } => format!("goes on where call {from} stopped"),
            Event::TakenOver => "the caller rang again and went on in that call".into(),
            Event::Changing { change, .. } => self.wanted(change),
            Event::Changed { appointment, came } => format!("{} {}", nth(*appointment), came_to(*came)),
            Event::AskedToDrop { appointment } => asked_to_drop(*appointment),
            Event::Missed { appointment, next } => {
                format!("{} came to nothing, and the wish goes on as {}", nth(*appointment), nth(*next))
            }
            Event::Settled { outcome } => format!("settled: {}", settled(*outcome)),
        }
    }

    pub(super) fn booking(&self, row: &entities::booking::Model) -> String {
        let staff = row.staff.as_deref().map(|name| format!(" with {name}")).unwrap_or_default();
        let reason =
            row.reason.as_deref().map(|reason| format!(" ({})", of_code(reason))).unwrap_or_default();
        format!("{}{staff} on {}{reason}", row.service_name, self.moment(row.starts_at.into()))
    }

    pub(super) fn callback(&self, row: &entities::callback::Model) -> String {
        let reason = Reason::parse(&row.reason).map_or("for a reason this program does not know", because);
        format!("callback ({}, {}) due {}: {reason}", row.priority, row.state, self.moment(row.due_at.into()))
    }

    fn wanted(&self, change: &Change) -> String {
        let wanted = if change.cancels { "called off" } else { "moved" };
        format!("the appointment on {} is to be {wanted}", self.moment(change.from))
    }

    fn wish(&self, wish: &Wish) -> String {
        let staff = wish.staff.as_ref().map(|staff| match staff {
            StaffWish::Anyone => "with anyone".to_owned(),
            StaffWish::Named(name) => format!("with {name}"),
            StaffWish::AnyoneBut(names) => format!("with anyone but {}", names.join(", ")),
        });
        let said = [
            wish.service.map(|id| self.service(id)),
            staff,
            wish.date.map(|date| date.strftime("%a %-d %b %Y").to_string()),
            wish.days.map(|days| days.to_string()),
            wish.time.map(|time| time.strftime("%H:%M").to_string()),
            wish.times.map(|times| times.to_string()),
        ];
        let said: Vec<String> = said.into_iter().flatten().collect();
        if said.is_empty() { "words about the person, kept apart".into() } else { said.join(", ") }
    }

    fn service(&self, id: ServiceId) -> String {
        let branches =
            self.company.into_iter().flat_map(|company| company.branches.iter().chain(&company.retired));
        let service = branches.into_iter().find_map(|branch| branch.service(id));
        service.map_or_else(|| "a service that is gone".into(), |service| service.name.clone())
    }

    fn branch(&self, id: Option<BranchId>) -> String {
        let found: Option<&Branch> = id.and_then(|id| self.company?.branch(id));
        found.map_or_else(|| "no branch so far".into(), |branch| branch.name.clone())
    }

    fn moment(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%a %-d %b %Y, %H:%M").to_string()
    }
}

/// What one attempt to book, or one look for it, came to.
pub(super) fn attempt(row: &entities::attempt::Model) -> String {
    let kind = match row.kind.as_str() {
        "create" => "attempt to book",
        "move" => "attempt to move it",
        "cancel" => "attempt to cancel it",
        _ => "look for it",
    };
    let result = row.result.as_deref().unwrap_or("under way");
    let result = match result.split_once(": ") {
        Some((class, code)) => format!("{class}: {}", of_code(code)),
        None => result.to_owned(),
    };
    format!("{kind}, number {}: {result}", row.number)
}

fn spoken_of(appointments: &[Named]) -> String {
    let handles: Vec<&str> = appointments.iter().map(|one| one.handle.as_str()).collect();
    format!("appointments were spoken of: {}", handles.join(", "))
}

fn shown(basis: Basis) -> &'static str {
    match basis {
        Basis::Number => "by the number alone, as the company wants it",
        Basis::Name => "by the number and a name that fits",
        Basis::FullName => "by the number of several and the full name",
        Basis::Code => "by the code of a booking",
    }
}

fn may_notify(appointment: u8, allowed: bool) -> String {
    let word = if allowed { "may" } else { "must not" };
    format!("messages about {} {word} be sent", nth(appointment))
}

fn unsaid(appointment: u8, date: bool, time: bool) -> String {
    let what = match (date, time) {
        (true, true) => "day and time",
        (true, false) => "the day",
        (false, _) => "the time",
    };
    format!("{what} of {} no longer stand", nth(appointment))
}

fn ended(ending: Ending) -> &'static str {
    match ending {
        Ending::HungUp => "the call ended",
        Ending::Analyzed => "the call has ended, since it was analysed",
        Ending::Asked => "the call has ended: Retell was asked, since nothing was heard of it",
        Ending::Unreported => "nothing more is expected: Retell never reported the end of the call",
        Ending::Imported => "the call was over when it was found in Retell's list; it is kept to be counted",
    }
}

fn came_to(came: Came) -> &'static str {
    match came {
        Came::Done => "was made",
        Came::Failed => "could not be made",
        Came::Gone => "was not made: there was nothing left to be changed",
        Came::LeftToIt => "is being made",
    }
}

fn asked_to_drop(appointment: Option<u8>) -> String {
    match appointment {
        Some(appointment) => format!("the caller was asked whether to drop {}", nth(appointment)),
        None => "the caller does not drop it".into(),
    }
}

fn nth(appointment: u8) -> String {
    if let Some(number) = change_number(appointment) {
        return format!("change {number}");
    }
    match tries_before(appointment) {
        0 => format!("appointment {appointment}"),
        tries => format!("appointment {}, attempt {}", as_called(appointment), tries + 1),
    }
}

fn agreed(yes: Yes) -> &'static str {
    match yes {
        Yes::Said => "was agreed to: the caller said yes",
        Yes::InVariables => "was agreed to: the yes stood in the call's variables",
        Yes::InAnalysis => "was agreed to, as Retell's analysis of the call says",
        Yes::NotNeeded => "counts as agreed to: the company asks for no yes",
        Yes::AtTheDesk => "was agreed with the customer by whoever entered it",
    }
}

fn because(reason: Reason) -> &'static str {
    match reason {
        Reason::CallersWish => "the caller asked for it",
        Reason::Unidentified => "it could not be settled whose appointment the caller asked about",
        Reason::CutOff => "the call ended before a yes",
        Reason::UnclearWish => "a yes whose meaning is unclear, or a wish after the end",
        Reason::LateYes => "a yes that came to light too late to be booked unasked",
        Reason::NeverReported => "something was wanted, and Retell never reported how the call went on",
        Reason::SlotTaken => "the time was taken",
        Reason::BookingRefused => "Cal.com refused the booking",
        Reason::BookingUnsure => "nobody knows whether the booking stands",
        Reason::CalendarUnreachable => "the calendar could not be reached in time",
        Reason::ChangeFailed => "a change could not be made at Cal.com",
        Reason::BookedTwice => "it stands at Cal.com twice and could not be cancelled there",
        Reason::ChangeNotAllowed => "a change was wanted that cannot be made by telephone",
        Reason::PromiseWithoutBooking => "the agent said that something was done that nobody has done",
    }
}

fn settled(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Promised => "an appointment is promised",
        Outcome::Changed => "an appointment that existed was changed",
        Outcome::Callback => "a person calls back",
        Outcome::Withdrawn => "the caller said no in the end",
        Outcome::Abandoned => "something was wanted, but nothing agreed",
        Outcome::Nothing => "nothing was wanted that we know of",
    }
}
