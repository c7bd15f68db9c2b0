//! Why a call came out as it did, in one true sentence: judged from what stands in the books, never from the last word alone.

mod open;
mod promise;
mod words;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Call, Ending, Event, Outcome, Phase, Yes};
use crate::domain::answer::Status;
use crate::domain::appointment::{Chosen, Draft, Stage};
use crate::domain::booking::Booking;
use crate::domain::callback::Reason;
use crate::domain::directory::Company;
use crate::domain::ids::BookingId;

pub use words::{claimed, of_code};

/// What the books hold about one call.
#[derive(Debug)]
pub struct Case<'a> {
    /// The call before its first event.
    pub blank: Call,
    pub journal: Vec<(Event, Timestamp)>,
    /// The answers of functions, in order.
    pub answers: Vec<Given>,
    pub promises: Vec<Promise>,
    /// Bookings of before this call that were spoken of in it, as they stand now.
    pub spoken_of: Vec<Booking>,
    pub callbacks: Vec<Item>,
    /// Retell's `disconnection_reason`.
    pub hung_up_because: Option<String>,
    pub company: Option<&'a Company>,
    /// Where the times of the sentence are read off the wall.
    pub zone: TimeZone,
    /// How long an ended call waits for its analysis, in milliseconds.
    pub analysis_wait_ms: u64,
    /// A live call that was silent for so long has probably ended without anybody saying so, in milliseconds.
    pub silent_after_ms: u64,
    /// What Retell said when it was asked about the call.
    pub enquiry: Option<Enquiry>,
    pub now: Timestamp,
}

/// Retell was asked what became of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enquiry {
    pub answer: Answer,
    pub at: Timestamp,
    /// When it is asked again.
    pub again_at: Timestamp,
}

/// What came of asking Retell about a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Ongoing,
    Ended,
    /// The workspace knows no such call.
    Unknown,
    /// There was no answer that could be used.
    Unreachable,
}

impl Answer {
    pub const ALL: [Self; 4] = [Self::Ongoing, Self::Ended, Self::Unknown, Self::Unreachable];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ongoing => "ongoing",
            Self::Ended => "ended",
            Self::Unknown => "unknown",
            Self::Unreachable => "unreachable",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.as_str() == text)
    }
}

/// What a function was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub function: String,
    pub status: Status,
    /// What was still to be asked for.
    pub missing: Vec<String>,
    /// The branch took no new appointments.
    pub paused: bool,
}

/// An appointment that was promised, as far as it has come.
#[derive(Clone, Debug)]
pub struct Promise {
    pub appointment: u8,
    pub service: String,
    pub staff: Option<String>,
    pub booking: Booking,
    /// Since when it stands as it does.
    pub since: Timestamp,
}

/// A callback item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    pub reason: Reason,
    pub booking: Option<BookingId>,
    pub due: Timestamp,
    pub is_open: bool,
    pub has_number: bool,
}

/// One sentence that says why something was or was not booked.
pub fn why(case: &Case<'_>) -> String {
    let text = Told::of(case).in_words();
    let mut signs = text.chars();
    let first = signs.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(signs).chain(['.']).collect()
}

/// The case with its journal read.
struct Told<'a> {
    case: &'a Case<'a>,
    /// As it stands now.
    call: Call,
    /// What the caller had said, before what was left open was let go at the end.
    said: Call,
    /// What was last held for each appointment, also where it is let go by now.
    held: BTreeMap<u8, (Chosen, String)>,
    yes: BTreeMap<u8, Yes>,
    /// The appointment that was last spoken about.
    last: Option<u8>,
}

impl<'a> Told<'a> {
    fn of(case: &'a Case<'a>) -> Self {
        let (call, said) = (case.blank.clone(), case.blank.clone());
        let (held, yes) = (BTreeMap::new(), BTreeMap::new());
        let mut told = Self { case, call, said, held, yes, last: None };
        for (n, (event, at)) in case.journal.iter().enumerate() {
            told.call.apply(event, *at);
            let rest = case.journal.get(n + 1..).unwrap_or_default();
            if !is_let_go_at_the_end(event, rest) {
                told.said.apply(event, *at);
            }
            told.note(event);
        }
        told
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::Chosen { appointment, chosen } => {
                let service = self.service_of(self.said.drafts.get(appointment).map(AsRef::as_ref));
                self.held.insert(*appointment, (chosen.clone(), service));
            }
            Event::Confirmed { appointment, yes } => drop(self.yes.insert(*appointment, *yes)),
            Event::Heard { appointment, .. } | Event::Offered { appointment, .. } => {
                self.last = Some(*appointment);
            }
            Event::Began { .. }
            | Event::EnteredAtDesk { .. }
            | Event::Started
            | Event::BranchChosen { .. }
            | Event::MayNotify { .. }
            | Event::Unsaid { .. }
            | Event::Dropped { .. }
            | Event::ReadBack { .. }
            | Event::Withdrawn { .. }
            | Event::Answered { .. }
            | Event::CallbackNoted { .. }
            | Event::Unfounded { .. }
            | Event::Ended { .. }
            | Event::Analyzed
            | Event::Identified { .. }
            | Event::NotIdentified { .. }
            | Event::Named { .. }
            | Event::WillCome { .. }
            | Event::Requested { .. }
            | Event::Missed { .. }
            | Event::Resumed { .. }
            | Event::TakenOver
            | Event::Changing { .. }
            | Event::Changed { .. }
            | Event::AskedToDrop { .. }
            | Event::Settled { .. } => {}
        }
    }

    fn service_of(&self, draft: Option<&Draft>) -> String {
        // Before the branch is known it may be any branch's.
        let of_company = |id| self.case.company?.branches.iter().find_map(|branch| branch.service(id));
        let branch = self.said.branch.and_then(|id| self.case.company?.branch(id));
        let service = draft.and_then(|draft| draft.wish.service).and_then(|id| match branch {
            Some(branch) => branch.service(id),
            None => of_company(id),
        });
        service.map(|service| service.name.clone()).unwrap_or_default()
    }

    fn in_words(&self) -> String {
        let told = self.what_came_of_it();
        let is_left_out = self.spoke_of_an_emergency() && !told.contains(EMERGENCY);
        if is_left_out { format!("{told}; {EMERGENCY}") } else { told }
    }

    fn spoke_of_an_emergency(&self) -> bool {
        self.case.answers.iter().any(|given| given.status == Status::Emergency)
    }

    fn what_came_of_it(&self) -> String {
        let promised = self.case.promises.iter().map(|promise| self.promise(promise));
        let mut clauses: Vec<String> = promised.collect();
        clauses.extend(self.changes());
        let nothing = match self.call.phase {
            Phase::Live | Phase::Ended { .. } => "nothing is booked yet",
            Phase::Settled { .. } => "nothing was booked",
        };
        if clauses.is_empty() {
            return format!("{nothing}: {}", self.without_a_promise().join("; "));
        }
        let open = self.open_drafts().map(|(number, draft)| {
            format!("{nothing} for appointment {number}: {}", self.undecided(number, draft))
        });
        clauses.extend(open);
        clauses.extend(self.beside_the_promises());
        clauses.join("; ")
    }

    /// What the call itself comes to where it has promised nothing.
    fn without_a_promise(&self) -> Vec<String> {
        match self.call.phase {
            Phase::Live => self.still_talking(),
            Phase::Ended { at } => self.awaiting_the_analysis(at),
            Phase::Settled { .. } if self.is_imported() => vec![IMPORTED.to_owned()],
            Phase::Settled { outcome } => match outcome {
                Outcome::Promised => {
                    vec!["an appointment was promised, but it does not stand among the bookings".into()]
                }
                Outcome::Changed
                | Outcome::Callback
                | Outcome::Withdrawn
                | Outcome::Abandoned
                | Outcome::Nothing => self.settled(),
            },
        }
    }

    fn is_imported(&self) -> bool {
        let is_so = |event: &Event| matches!(event, Event::Ended { ending: Ending::Imported });
        self.case.journal.iter().any(|(event, _)| is_so(event))
    }

    /// Drafts with something in them that are not promised.
    fn open_drafts(&self) -> impl Iterator<Item = (u8, &Draft)> {
        let is_promised = |number: u8| self.case.promises.iter().any(|one| one.appointment == number);
        let drafts = self.said.drafts.iter().map(|(number, draft)| (*number, draft.as_ref()));
        drafts.filter(move |(number, draft)| {
            let is_empty = draft.wish.is_empty() && draft.chosen.is_none() && draft.stage == Stage::Open;
            !is_promised(*number) && !is_empty && draft.change.is_none()
        })
    }

    /// What was agreed about calling back beside the appointments that were promised.
    fn beside_the_promises(&self) -> Vec<String> {
        let own = self.case.callbacks.iter().filter(|item| item.booking.is_none());
        let said = own.filter_map(|item| {
            let call = self.to_call(item);
            match item.reason {
                Reason::CallersWish => Some(format!("the caller asked to be called back, and {call}")),
                Reason::Unidentified => Some(format!("{NOBODY_KNOWN}, and {call}")),
                Reason::UnclearWish => {
                    Some(format!("something was wanted that could not be seen to, and {call}"))
                }
                Reason::SlotTaken | Reason::LateYes => Some(self.late_yes(item)),
                // Told with the appointment that was cut off.
                Reason::CutOff | Reason::NeverReported => None,
                Reason::BookingRefused
                | Reason::BookingUnsure
                | Reason::CalendarUnreachable
                | Reason::ChangeFailed
                | Reason::BookedTwice
                | Reason::ChangeNotAllowed => Some(call),
                Reason::PromiseWithoutBooking => Some(self.unfounded(item)),
            }
        });
        said.collect()
    }

    /// What the agent said without any ground, as a clause.
    fn unfounded(&self, item: &Item) -> String {
        let claims = self.case.journal.iter().find_map(|(event, _)| {
            if let Event::Unfounded { claims } = event { Some(claimed(claims)) } else { None }
        });
        let claims = claims.unwrap_or_else(|| "something was done".into());
        format!("the agent said that {claims}, but nothing of the kind stands, and {}", self.to_call(item))
    }

    /// Who calls back until when, as a clause.
    fn to_call(&self, item: &Item) -> String {
        let due = self.moment(item.due);
        let number = if item.has_number { "" } else { ", though no number is known" };
        match (item.is_open, item.due < self.case.now) {
            (true, false) => format!("a person is to call back by {due}{number}"),
            (true, true) => {
                format!("a person was to call back by {due}, which is still open{number}")
            }
            (false, _) => "a person has dealt with the callback".into(),
        }
    }

    /// A day and a time as the branch's clock shows them.
    fn moment(&self, at: Timestamp) -> String {
        at.to_zoned(self.case.zone.clone()).strftime("%a %-d %b %Y, %H:%M").to_string()
    }

    /// A time of the clock to the second, for what happens soon.
    fn clock(&self, at: Timestamp) -> String {
        at.to_zoned(self.case.zone.clone()).strftime("%H:%M:%S").to_string()
    }
}

/// Nothing else that came of the call makes this unimportant.
const EMERGENCY: &str = "the caller spoke of an emergency and was told where there is help";

/// The caller asked for what only its owner may hear of.
const NOBODY_KNOWN: &str = "the caller asked about an existing appointment and could not be identified";

/// What was agreed in a call that was over before we heard of it was seen to elsewhere.
const IMPORTED: &str = "the call was imported from Retell's list after it was over, and what was agreed in it was not seen to here";

/// A slot that is let go because the call is settled; the caller had not given it up.
fn is_let_go_at_the_end(event: &Event, rest: &[(Event, Timestamp)]) -> bool {
    if !matches!(event, Event::Dropped { .. }) {
        return false;
    }
    let mut rest = rest.iter().skip_while(|(next, _)| {
        matches!(next, Event::Dropped { .. } | Event::CallbackNoted { .. } | Event::Unfounded { .. })
    });
    let is_settled = matches!(rest.next(), Some((Event::Settled { .. }, _)));
    is_settled && !matches!(rest.next(), Some((Event::Answered { .. }, _)))
}

/// "Haarschnitt with Anna on Tue 20 Oct 2026, 14:30", as far as it is known.
fn what(service: &str, staff: Option<&str>, when: &str) -> String {
    let service = if service.is_empty() { "an appointment" } else { service };
    let staff = staff.map(|name| format!(" with {name}")).unwrap_or_default();
    format!("{service}{staff} on {when}")
}
