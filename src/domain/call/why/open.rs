//! Why nothing was promised: what was said, how far it came, and how the call ended.

use jiff::Timestamp;

use super::{Answer, EMERGENCY, Given, Item, NOBODY_KNOWN, Told, what, words};
use crate::domain::answer::Status;
use crate::domain::appointment::{Draft, Stage};
use crate::domain::call::{Event, Parting};
use crate::domain::callback::Reason;
use crate::domain::retry::{later, millis};

impl Told<'_> {
    pub(super) fn still_talking(&self) -> Vec<String> {
        let last = self.case.journal.last().map_or(self.case.now, |(_, at)| *at);
        let is_silent = later(last, millis(self.case.silent_after_ms)) <= self.case.now;
        let mut clauses = vec![if is_silent {
            let asked = self.asked();
            format!(
                "Retell has not reported the end of the call, last heard of at {}{asked}",
                self.moment(last)
            )
        } else {
            "the call is still under way".to_owned()
        }];
        clauses.extend(self.so_far("when the call ends"));
        clauses
    }

    /// What Retell said when it was asked, to follow a clause.
    fn asked(&self) -> String {
        let Some(enquiry) = self.case.enquiry else { return String::new() };
        let (at, again) = (self.clock(enquiry.at), self.clock(enquiry.again_at));
        match enquiry.answer {
            Answer::Ongoing => format!(", and said at {at} that it still goes on (asked again at {again})"),
            Answer::Unknown => format!(", and knew no such call when asked at {at} (asked again at {again})"),
            Answer::Unreachable => format!(", and could not be asked at {at} (asked again at {again})"),
            Answer::Ended => String::new(),
        }
    }

    pub(super) fn awaiting_the_analysis(&self, ended: Timestamp) -> Vec<String> {
        let until = later(ended, millis(self.case.analysis_wait_ms));
        let ended = self.moment(ended);
        let mut clauses = vec![if until > self.case.now {
            format!("the call ended at {ended} and waits until {} for Retell's analysis", self.clock(until))
        } else {
            format!("the call ended at {ended} and is due to be settled without Retell's analysis")
        }];
        clauses.extend(self.so_far("as soon as the call is settled"));
        clauses
    }

    /// What has been agreed or not while nothing is decided.
    fn so_far(&self, booked: &str) -> Vec<String> {
        let mut clauses: Vec<String> = Vec::new();
        for (number, draft) in self.open_drafts() {
            let it = self.held_or_wished(number, draft);
            clauses.push(match draft.stage {
                Stage::Confirmed | Stage::Requested(_) => {
                    format!("the caller has agreed to {it}, which is booked {booked}")
                }
                Stage::ReadBack => format!("{it} was read back and the caller has not said yes so far"),
                Stage::Withdrawn => format!("the caller said no to {it}"),
                Stage::Open if draft.chosen.is_some() => format!("{it} is held and not read back so far"),
                Stage::Open => format!("nothing is agreed about {it}"),
            });
        }
        if clauses.is_empty() {
            clauses.push("nothing has been agreed so far".into());
        }
        clauses.extend(self.callbacks_noted());
        clauses
    }

    /// Why a settled call without a promise made none.
    pub(super) fn settled(&self) -> Vec<String> {
        let late = self.case.callbacks.iter().find(|item| is_a_late_yes(item.reason));
        let mut clauses: Vec<String> = late.map(|item| self.late_yes(item)).into_iter().collect();
        // A yes in the variables is about the first appointment; what is said of it tells how that one ended.
        let others = self.open_drafts().filter(|(number, _)| late.is_none() || *number != 1);
        clauses.extend(others.map(|(number, draft)| self.undecided(number, draft)));
        clauses.extend(self.callbacks_noted());
        if clauses.is_empty() {
            clauses.push(self.nothing_wanted());
        }
        clauses
    }

    /// Why one appointment of an ended call was not promised.
    pub(super) fn undecided(&self, number: u8, draft: &Draft) -> String {
        let it = self.held_or_wished(number, draft);
        if self.call.taken_over && matches!(draft.stage, Stage::Open | Stage::ReadBack) {
            return format!("{it} was spoken of, and the caller rang again and went on in that call");
        }
        match draft.stage {
            Stage::Withdrawn => format!("the caller said no to {it}"),
            Stage::ReadBack => {
                let is_about_it = |item: &&Item| item.booking.is_none() && is_of_the_unfinished(item.reason);
                let item = self.case.callbacks.iter().find(is_about_it);
                let ending = if self.call.unreported {
                    "nothing more was heard of the call".into()
                } else {
                    words::ending(self.case.hung_up_because.as_deref())
                };
                let then = item.map(|item| format!(", and {}", self.to_call(item))).unwrap_or_default();
                let unreachable = self.said.reachable_at(number).is_none() && then.is_empty();
                let then = if unreachable { ", and no number is known to call back" } else { &then };
                format!("{it} was read back, and {ending} before a yes{then}")
            }
            Stage::Confirmed | Stage::Requested(_) => {
                format!("the caller agreed to {it}, but it does not stand among the bookings")
            }
            Stage::Open => {
                let given = self.deciding_answer().filter(|_| self.last.is_none_or(|last| last == number));
                // Without a branch nothing is read back, and what is cut off is this.
                let is_about_it = |item: &&Item| {
                    let is_cut_off = item.reason == Reason::CutOff && self.call.branch.is_none();
                    is_cut_off || item.reason == Reason::NeverReported
                };
                let item = self.case.callbacks.iter().find(is_about_it);
                let then = item.map(|item| format!(", and {}", self.to_call(item))).unwrap_or_default();
                match given.and_then(after) {
                    _ if self.call.unreported => {
                        format!("nothing was agreed about {it} when the call was last heard of{then}")
                    }
                    Some(told) => format!("{told} (wished: {it}){then}"),
                    None => format!("nothing was agreed about {it}{then}"),
                }
            }
        }
    }

    /// What was last held for the appointment, else what is known of the wish.
    fn held_or_wished(&self, number: u8, draft: &Draft) -> String {
        let let_go = draft.chosen.is_none() && draft.stage == Stage::Open;
        if let Some((chosen, service)) = self.held.get(&number).filter(|_| !let_go) {
            return what(service, chosen.slot.staff.as_deref(), &self.moment(chosen.slot.start));
        }
        let service = self.service_of(Some(draft));
        let wish = &draft.wish;
        let day = wish.date.map(|date| date.strftime("%a %-d %b %Y").to_string());
        let day = day.or_else(|| wish.days.map(|days| days.to_string()));
        let time = wish.time.map(|time| time.strftime("%H:%M").to_string());
        let time = time.or_else(|| wish.times.map(|times| times.to_string()));
        let when: Vec<String> = day.into_iter().chain(time).collect();
        match (service.is_empty(), when.is_empty()) {
            (true, true) => "an appointment".into(),
            (false, true) => service,
            (_, false) => what(&service, draft.wish.staff_named(), &when.join(", ")),
        }
    }

    pub(super) fn late_yes(&self, item: &Item) -> String {
        let draft = self.said.drafts.get(&1).cloned().unwrap_or_default();
        let it = self.held_or_wished(1, &draft);
        let told = if item.reason == Reason::SlotTaken {
            format!(
                "a yes to {it} stood in the call's variables when it ended, but that time was not free then"
            )
        } else if item.reason == Reason::LateYes {
            let is_it = |event: &Event| matches!(event, Event::CallbackNoted { reason: Reason::LateYes });
            let heard = self.case.journal.iter().find(|(event, _)| is_it(event));
            let at = self.moment(heard.map_or(self.case.now, |(_, at)| *at));
            format!(
                "a yes stood in the call's variables (last spoken of: {it}), but it came to light only at {at}, too late to \
                 be booked unasked"
            )
        } else {
            format!(
                "a yes was found at the end of the call, but what it was to is unclear, contradicts what was spoken of, or \
                 cannot be booked (last spoken of: {it})"
            )
        };
        format!("{told}, and {}", self.to_call(item))
    }

    /// Callbacks the caller asked for, and what else was noted without belonging to anything said already.
    fn callbacks_noted(&self) -> Vec<String> {
        let own = self.case.callbacks.iter().filter(|item| item.booking.is_none());
        let said = own.filter_map(|item| match item.reason {
            Reason::CallersWish => {
                Some(format!("the caller asked to be called back, and {}", self.to_call(item)))
            }
            Reason::PromiseWithoutBooking => Some(self.unfounded(item)),
            Reason::ChangeNotAllowed => Some(format!(
                "a change was wanted that cannot be made by telephone, and {}",
                self.to_call(item)
            )),
            Reason::Unidentified => Some(format!("{NOBODY_KNOWN}, and {}", self.to_call(item))),
            // Told with what they belong to.
            Reason::CutOff
            | Reason::NeverReported
            | Reason::LateYes
            | Reason::UnclearWish
            | Reason::SlotTaken
            | Reason::BookingRefused
            | Reason::BookingUnsure
            | Reason::ChangeFailed
            | Reason::BookedTwice
            | Reason::CalendarUnreachable => None,
        });
        said.collect()
    }

    /// No appointment was spoken of at all.
    fn nothing_wanted(&self) -> String {
        let reason = self.case.hung_up_because.as_deref();
        match (self.case.answers.last(), reason) {
            (Some(_), _) => {
                let told = self.deciding_answer().and_then(after);
                told.unwrap_or_else(|| "no appointment was asked for".into())
            }
            (None, Some("not_connected")) => "the call was never connected".into(),
            (None, Some(reason)) if Parting::of(Some(reason)) == Parting::NeverConnected => {
                format!("the call was never connected ({reason})")
            }
            (None, _) if self.call.unreported => {
                "Retell never reported the end of the call, and until then no function was called".into()
            }
            (None, _) => {
                let ending = words::ending(reason);
                format!("{ending} without any function being called or a yes in the call's variables")
            }
        }
    }

    /// The last answer about an appointment, else the last one at all.
    fn deciding_answer(&self) -> Option<&Given> {
        let about =
            |given: &&Given| ["collect_appointment", "check_availability"].contains(&given.function.as_str());
        self.case.answers.iter().rev().find(about).or(self.case.answers.last())
    }
}

/// Reasons of callbacks that are noted where a yes is found at the end and cannot be kept.
fn is_a_late_yes(reason: Reason) -> bool {
    match reason {
        Reason::UnclearWish | Reason::SlotTaken | Reason::LateYes => true,
        Reason::CallersWish
        | Reason::CutOff
        | Reason::NeverReported
        | Reason::BookingRefused
        | Reason::BookingUnsure
        | Reason::CalendarUnreachable
        | Reason::ChangeFailed
        | Reason::BookedTwice
        | Reason::ChangeNotAllowed
        | Reason::PromiseWithoutBooking
        | Reason::Unidentified => false,
    }
}

/// Reasons of callbacks about what was neither agreed to nor given up.
fn is_of_the_unfinished(reason: Reason) -> bool {
    match reason {
        Reason::CutOff | Reason::NeverReported => true,
        Reason::CallersWish
        | Reason::UnclearWish
        | Reason::LateYes
        | Reason::SlotTaken
        | Reason::BookingRefused
        | Reason::BookingUnsure
        | Reason::CalendarUnreachable
        | Reason::ChangeFailed
        | Reason::BookedTwice
        | Reason::ChangeNotAllowed
        | Reason::PromiseWithoutBooking
        | Reason::Unidentified => false,
    }
}

/// How it stood with what is still open when the call ended after that answer; None: the answer was about something else.
fn after(given: &Given) -> Option<String> {
    let told = match given.status {
        Status::Available => "free times were named and none of them was chosen",
        Status::Unavailable => "the wished time was not free and no other was chosen",
        Status::Clarify => "what was meant did not become clear",
        Status::UnknownService => "no service that is offered here was named",
        Status::Closed if given.paused => "the branch is paused and took no new appointments",
        Status::Closed => "the branch is closed at the wished time and no other was chosen",
        Status::Past => "the wished time had passed and no other was chosen",
        Status::TooSoon => "the wished time was too soon and no other was chosen",
        Status::TooFar => "the wished time was too far ahead and no other was chosen",
        Status::CalendarUnreachable => "the calendar could not be asked and nothing was chosen",
        Status::IdentityNeeded => {
            "the caller asked about an existing appointment and did not show whose it is"
        }
        Status::Found | Status::NoneFound => "only existing appointments were asked about",
        Status::WhichOne => "it did not become clear which appointment was meant",
        Status::NotFound => "no such appointment was found",
        Status::Incomplete => {
            return Some(format!("the call ended before {} was known", words::fields(&given.missing)));
        }
        // What was read back, agreed to or withdrawn is not open: that was another appointment.
        Status::Held
        | Status::Confirmed
        | Status::Booked
        | Status::Requested
        | Status::Noted
        | Status::Withdrawn => return None,
        Status::SlotTaken => "somebody else was faster and no other time was chosen",
        Status::Changed | Status::ConfirmCancel | Status::Cancelled | Status::NotAllowed => {
            "the last that was spoken about was an appointment that exists already"
        }
        Status::Working => "what was wanted was being seen to already",
        Status::Services => "only what is offered was asked about",
        Status::Hours => "only the opening hours were asked about",
        Status::Emergency => EMERGENCY,
        Status::CallbackNoted => "only a callback was asked for",
        Status::UnknownNumber => "the number that was called belongs to no branch here",
        Status::UnknownFunction => {
            return Some(format!(
                "the agent called the function {}, which does not exist here",
                given.function
            ));
        }
        Status::Invalid => "what the agent passed on could not be used",
        Status::Trouble => "the last function failed inside this program",
    };
    Some(told.to_owned())
}
