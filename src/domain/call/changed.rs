//! What is said of a change of an appointment that exists: what it is to be, what came of it, and what is still missing.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::desk::{Desk, iso};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::{Change, Chosen, Draft};
use crate::domain::callback;
use crate::domain::ids::BranchId;
use crate::domain::speech::sentences;

impl Desk<'_> {
    pub(super) fn has_moved(&self, change: &Change) -> Answer {
        let to = change.to.unwrap_or(change.from);
        let (zone, language) = (self.zone_at(change.branch), self.company.language);
        let sentence = sentences::moved(&self.at_in_words(to, change), language);
        let row = json!({"start": iso(to, &zone), "spoken": self.spoken(to, &zone)});
        Answer::new(Status::Changed, sentence).with("appointment", row)
    }

    /// Its booking has made the callback item when it failed.
    pub(super) fn could_not_be_changed(&self, change: &Change) -> Answer {
        let (company, language) = (self.company, self.company.language);
        let opening = company.branch(change.branch).and_then(|branch| branch.opening.as_ref());
        let zone = self.zone_at(change.branch);
        let due = callback::due(opening, &zone, company.policy.callback_within_minutes, self.now);
        let (spoken, until) = (self.standing_in_words(change), self.spoken(due, &zone));
        Answer::new(Status::CallbackNoted, sentences::could_not_be_changed(&spoken, &until, language))
            .with("until", iso(due, &zone))
    }

    /// A day first, then a time.
    pub(super) fn ask_when(&self, draft: &Draft, change: &Change) -> Answer {
        let language = self.company.language;
        let lacks = [(draft.wish.date.is_none(), "neues_datum"), (draft.wish.time.is_none(), "neue_uhrzeit")];
        let missing: Vec<&str> =
            lacks.into_iter().filter_map(|(lacks, field)| lacks.then_some(field)).collect();
        let spoken = self.standing_in_words(change);
        let sentence = sentences::move_to_when(&spoken, draft.wish.date.is_none(), language);
        Answer::new(Status::Incomplete, sentence).with("missing", missing)
    }

    pub(super) fn moved_row(&self, change: &Change, chosen: &Chosen) -> Value {
        let zone = self.zone_at(change.branch);
        let start = chosen.slot.start;
        json!({
            "start": iso(start, &zone),
            "end": iso(chosen.slot.end, &zone),
            "spoken": self.spoken(start, &zone),
            "moved_from": iso(change.from, &zone),
        })
    }

    /// What was wanted of it, in words, for whoever calls back.
    pub(super) fn change_wished(&self, change: &Change, draft: &Draft) -> String {
        let wish =
            sentences::change_wished(change.cancels, &self.standing_in_words(change), self.company.language);
        match &draft.chosen {
            Some(chosen) => {
                format!("{wish} -> {}", self.spoken(chosen.slot.start, &self.zone_at(change.branch)))
            }
            None => wish,
        }
    }

    /// What stands now, as the caller may hear of it.
    pub(super) fn standing_in_words(&self, change: &Change) -> String {
        self.at_in_words(change.from, change)
    }

    fn at_in_words(&self, at: Timestamp, change: &Change) -> String {
        let (branch, language) = (self.company.branch(change.branch), self.company.language);
        let services = branch.into_iter().flat_map(|branch| branch.services.iter().chain(&branch.retired));
        let service = services
            .filter(|_| change.tells_what_for)
            .find(|one| one.offer_of(change.event_type_id).is_some());
        let what = service
            .map(|service| (service.name.as_str(), service.offer_of(change.event_type_id)))
            .map(|(name, offer)| (name, offer.and_then(|offer| offer.staff.as_deref())));
        let place = branch.filter(|_| self.company.branches.len() > 1).map(|branch| branch.name.as_str());
        sentences::appointment(&self.spoken(at, &self.zone_at(change.branch)), what, place, language)
    }

    pub(super) fn zone_at(&self, branch: BranchId) -> TimeZone {
        self.company.branch(branch).map_or(TimeZone::UTC, |branch| branch.zone.clone())
    }
}
