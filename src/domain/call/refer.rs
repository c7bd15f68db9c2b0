//! What no appointment helps with: emergencies, and what only a person can do.

use super::desk::Desk;
use super::{Function, Request};
use crate::domain::answer::{Answer, Status};
use crate::domain::directory::Branch;
use crate::domain::phone::PhoneNumber;
use crate::domain::speech::{names, sentences};

/// Words that make an emergency none; folded.
const DENIALS: [&str; 8] = ["kein", "keine", "keinen", "nicht", "no", "not", "nothing", "never"];

/// Where the number for doctors on call is 116 117.
const GERMANY: [&str; 2] = ["Europe/Berlin", "Europe/Busingen"];

impl Desk<'_> {
    /// Whether the caller speaks of an emergency; whoever asks to be called back is heard first of all.
    pub(super) fn is_an_emergency(&self, function: &Function, request: &Request) -> bool {
        let Request { service, reason, note, date, time, when, .. } = request;
        let said = [service, reason, note, date, time, when];
        *function != Function::RequestCallback
            && said.into_iter().flatten().any(|words| speaks_of(words, &self.company.policy.emergency_words))
    }

    /// Whether it should not wait.
    pub(super) fn is_urgent(&self, words: &str) -> bool {
        let policy = &self.company.policy;
        speaks_of(words, &policy.emergency_words) || speaks_of(words, &policy.urgent_words)
    }

    /// No appointment helps: where there is help, and a person at once if one is there.
    pub(super) fn emergency(&self) -> Answer {
        let (policy, language) = (&self.company.policy, self.company.language);
        let place = self.here().or_else(|| self.company.branches.first());
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

    fn here(&self) -> Option<&Branch> {
        self.call.branch.and_then(|id| self.company.branch(id))
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

/// Whether one of these is said; parts of words count, "kein Notfall" is none.
fn speaks_of(words: &str, of: &[String]) -> bool {
    let said = names::fold(words);
    let wanted = of.iter().map(|word| names::fold(word));
    wanted.filter(|word| !word.is_empty()).any(|wanted| {
        said.match_indices(&wanted).any(|(at, _)| {
            let word_begins = said[..at].rfind(' ').unwrap_or(0);
            let before = said[..word_begins].split_whitespace().next_back().unwrap_or_default();
            !DENIALS.contains(&before)
        })
    })
}
