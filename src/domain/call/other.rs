//! The small functions: what is offered here, and "please call me back".

use serde_json::json;

use super::desk::{Desk, iso};
use super::hear::kept;
use super::{Event, Request};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::Wish;
use crate::domain::callback::Reason;
use crate::domain::directory::Branch;
use crate::domain::phone::Caller;
use crate::domain::speech::sentences;

/// The most services one answer lists, so that it stays short enough for the wire and the ear.
const LISTED_MAX: usize = 50;

impl Desk<'_> {
    pub(super) fn list_services(&self, branch: &Branch) -> Answer {
        let rows: Vec<_> = branch
            .offered()
            .take(LISTED_MAX)
            .map(|service| {
                let staff: Vec<&str> =
                    service.offers.iter().filter_map(|offer| offer.staff.as_deref()).collect();
                json!({"name": service.name, "duration_minutes": service.duration_minutes, "staff": staff})
            })
            .collect();
        Answer::new(Status::Services, sentences::services(&names_of(branch), self.company.language))
            .with("services", rows)
    }

    /// The caller means none of our services, or we cannot tell which one.
    pub(super) fn which_service(&self, branch: &Branch) -> Answer {
        let names = names_of(branch);
        let sentence = sentences::which_service(&names, self.company.language);
        Answer::new(Status::UnknownService, sentence).with("services", names)
    }

    /// Nothing was said about what it is to be.
    pub(super) fn ask_for_a_service(&self, branch: &Branch) -> Answer {
        let names = names_of(branch);
        let sentence = sentences::asking_for("dienstleistung", false, &names, self.company.language);
        Answer::new(Status::UnknownService, sentence).with("services", names)
    }

    pub(super) fn request_callback(&mut self, branch: &Branch, request: &Request) -> Answer {
        let language = self.company.language;
        let before = self.draft(1).person;
        let (person, unclear) = self.person_of(branch, request);
        let news = person.changes_to(&before);
        if !news.is_empty() {
            self.record(Event::Heard { appointment: 1, wish: Wish::default(), person: news });
        }
        if unclear.phone || self.call.reachable_at(1).is_none() {
            let sentence = match self.call.caller {
                Caller::Withheld => sentences::number_needed_withheld(language),
                Caller::Number(_) => sentences::number_not_understood(language),
            };
            return Answer::new(Status::Incomplete, sentence).with("missing", vec!["telefonnummer"]);
        }
        let wish: Vec<String> =
            [&request.reason, &request.when].into_iter().flatten().map(|words| kept(words)).collect();
        let wish = Some(wish.join(" / ")).filter(|wish| !wish.is_empty());
        let due = self.call_back(branch, 1, Reason::CallersWish, wish);
        let sentence = sentences::callback_noted(&self.spoken(due, &branch.zone), language);
        Answer::new(Status::CallbackNoted, sentence).with("until", iso(due, &branch.zone))
    }
}

/// What is offered here by name, as far as it is listed.
pub(super) fn names_of(branch: &Branch) -> Vec<String> {
    branch.offered().take(LISTED_MAX).map(|service| service.name.clone()).collect()
}
