//! What no appointment helps with: emergencies, and what only a person can do.

use super::desk::{Asked, Desk};
use super::other::callback_in_words;
use super::{Function, Request};
use crate::domain::answer::{Answer, Status};
use crate::domain::callback::Reason;
use crate::domain::directory::{Branch, Company};
use crate::domain::phone::PhoneNumber;
use crate::domain::speech::names::fold;
use crate::domain::speech::sentences;

/// Words that make an emergency none; folded.
const DENIALS: [&str; 8] = ["kein", "keine", "keinen", "nicht", "no", "not", "nothing", "never"];

/// Where the number for doctors on call is 116 117.
const GERMANY: [&str; 2] = ["Europe/Berlin", "Europe/Busingen"];

impl<'a> Desk<'a> {
    /// Whether the caller speaks of an emergency, whatever was asked for and wherever it was put.
    pub(super) fn is_an_emergency(&self, request: &Request) -> bool {
        let of = &self.company.policy.emergency_words;
        // Somebody may be called like a part of such a word.
        request.free_words().any(|words| speaks_of(words, of)) || request.names().any(|name| names(name, of))
    }

    /// Where there is help. A callback that was asked for is noted all the same: it is the first to be made.
    pub(super) fn help(&mut self, function: &Function, request: &Request) -> Answer {
        let company = self.company;
        let branch = self.here_or_first();
        if let (Function::RequestCallback, Some(branch)) = (function, branch) {
            self.hear_who_calls(branch, request);
            if self.call.reachable_at(1).is_some() {
                let wish = callback_in_words(request);
                let asked = Asked { wish, is_urgent: true, ..Asked::default() };
                self.call_back_as(branch, 1, Reason::CallersWish, asked);
            }
        }
        self.emergency(company)
    }

    /// Whether it should not wait.
    pub(super) fn is_urgent(&self, words: &str) -> bool {
        let policy = &self.company.policy;
        speaks_of(words, &policy.emergency_words) || speaks_of(words, &policy.urgent_words)
    }

    /// No appointment helps: where there is help, and a person at once if one is there.
    fn emergency(&self, company: &Company) -> Answer {
        let (policy, language) = (&company.policy, company.language);
        let place = self.here_or_first();
        let has_doctors = place.is_some_and(|branch| GERMANY.contains(&branch.zone_name.as_str()));
        let own = policy.emergency_sentence.clone();
        let sentence = own.unwrap_or_else(|| sentences::emergency(has_doctors, language));
        Answer::new(Status::Emergency, sentence)
    }

    /// Where somebody is there to talk to, an answer that only a person can follow up says who; all others stay as they are.
    pub(super) fn refer(&self, answer: Answer) -> Answer {
        let Some(person) = self.somebody_there().filter(|_| is_for_a_person(&answer)) else { return answer };
        let sentence = if answer.status == Status::Emergency {
            sentences::put_through(self.company.language)
        } else {
            sentences::may_put_through(self.company.language)
        };
        let mut referred = answer.with("transfer_to", person.e164());
        referred.message = format!("{} {sentence}", referred.message);
        referred
    }

    /// Who can be talked to right now: somebody answers there in opening hours only.
    fn somebody_there(&self) -> Option<&PhoneNumber> {
        let branch = self.here()?;
        let now = self.now.to_zoned(branch.zone.clone());
        let is_open = branch.opening.as_ref().is_none_or(|opening| opening.is_open_at(&now));
        branch.transfer_to.as_ref().filter(|_| is_open)
    }

    fn here(&self) -> Option<&'a Branch> {
        let company = self.company;
        self.call.branch.and_then(|id| company.branch(id))
    }

    /// The branch of the call; before it is known, the company's first.
    pub(super) fn here_or_first(&self) -> Option<&'a Branch> {
        let company = self.company;
        self.here().or_else(|| company.branches.first())
    }
}

/// Whether only a person can help with what was asked.
fn is_for_a_person(answer: &Answer) -> bool {
    match answer.status {
        Status::Emergency | Status::UnknownFunction | Status::NotAllowed => true,
        // Nothing is free for weeks, or no appointments are given at all.
        Status::Unavailable => {
            answer.field("slots").and_then(|slots| slots.as_array()).is_some_and(Vec::is_empty)
        }
        Status::Closed => answer.field("paused").is_some(),
        Status::CallbackNoted => answer.field("from").is_none(),
        Status::Available
        | Status::Clarify
        | Status::UnknownService
        | Status::Past
        | Status::TooSoon
        | Status::TooFar
        | Status::CalendarUnreachable
        | Status::IdentityNeeded
        | Status::Found
        | Status::NoneFound
        | Status::WhichOne
        | Status::NotFound
        | Status::Incomplete
        | Status::Held
        | Status::Confirmed
        | Status::Booked
        | Status::Requested
        | Status::Withdrawn
        | Status::SlotTaken
        | Status::Noted
        | Status::Working
        | Status::Services
        | Status::Hours
        | Status::Changed
        | Status::ConfirmCancel
        | Status::Cancelled
        | Status::UnknownNumber
        | Status::Invalid
        | Status::Trouble => false,
    }
}

/// Whether one of these stands there as a whole.
fn names(said: &str, of: &[String]) -> bool {
    let said = format!(" {} ", fold(said));
    let wanted = of.iter().map(|word| fold(word));
    wanted.filter(|word| !word.is_empty()).any(|wanted| said.contains(&format!(" {wanted} ")))
}

/// Whether one of these is said; parts of words count, "kein Notfall" is none.
fn speaks_of(words: &str, of: &[String]) -> bool {
    let said = fold(words);
    let wanted = of.iter().map(|word| fold(word));
    wanted.filter(|word| !word.is_empty()).any(|wanted| {
        said.match_indices(&wanted).any(|(at, _)| {
            let word_begins = said[..at].rfind(' ').unwrap_or(0);
            let before = said[..word_begins].split_whitespace().next_back().unwrap_or_default();
            !DENIALS.contains(&before)
        })
    })
}
