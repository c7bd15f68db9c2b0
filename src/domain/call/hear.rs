//! What the caller said, understood: services, staff, days and times, names and numbers; what is unclear becomes a question.

use std::cmp::Ordering;

use jiff::{Timestamp, Zoned};
use serde_json::Value;

use super::desk::Desk;
use super::other::CHOICES_MAX;
use super::{APPOINTMENTS_MAX, Request};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::{Draft, Person, StaffWish, Wish};
use crate::domain::directory::{Branch, Called, Service};
use crate::domain::email::is_an_address;
use crate::domain::phone::PhoneNumber;
use crate::domain::speech::names::{self, Mark, Source};
use crate::domain::speech::{self, Edge, Understood, legible, sentences, when};

/// Longest words kept from one argument, in characters.
const WORDS_MAX: usize = 500;

/// What callers and models say for "whoever has time"; folded.
const ANYONE: [&str; 12] = [
    "beliebig",
    "keine praeferenz",
    "kein wunsch",
    "jeder",
    "jede",
    "jemand",
    "irgendwer",
    "wer frei ist",
    "wer zeit hat",
    "anyone",
    "any",
    "no preference",
];
/// What one request says.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) wish: Wish,
    pub(super) person: Person,
    /// How surely the name in it is known.
    pub(super) mark: Mark,
    /// The wished instant, where day and time are known (from this request or before).
    pub(super) start: Option<Timestamp>,
    /// "So bald wie möglich".
    pub(super) soonest: bool,
    /// A day, but "egal" when.
    pub(super) any_time: bool,
    /// What has to be asked before anything else.
    pub(super) question: Option<Answer>,
    /// Personal words that could not be used.
    pub(super) unclear: Unclear,
    /// A day, a time that was said before and no longer stands, since something else was said instead.
    pub(super) unsaid: (bool, bool),
}

/// Which personal words were given but could not be understood.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Unclear {
    pub(super) name: bool,
    pub(super) phone: bool,
    pub(super) email: bool,
}

impl Desk<'_> {
    pub(super) fn not_an_appointment(&self) -> Answer {
        Answer::new(Status::Invalid, sentences::not_an_appointment(APPOINTMENTS_MAX, self.company.language))
    }

    /// The number of the appointment meant, as it goes by now, if it is one.
    pub(super) fn appointment_of(&self, request: &Request) -> Option<u8> {
        let called = request.appointment?;
        if self.draft(called).change.is_some() {
            return Some(called);
        }
        (1..=APPOINTMENTS_MAX).contains(&called).then(|| self.latest(called))
    }

    pub(super) fn hear(&self, branch: &Branch, number: u8, request: &Request) -> Heard {
        let before = self.draft(number).wish;
        let (person, unclear, mark) = self.person_of(branch, request);
        let mut heard = Heard { person, mark, unclear, ..Heard::default() };
        let service = self.service_of(branch, request, &before, &mut heard);
        self.staff_of(branch, request, service, &mut heard);
        match request.slot_id.as_deref() {
            Some(handle) => self.slot_of(branch, request, handle, &mut heard),
            None => {
                self.moment_of(branch, request, &before, &mut heard);
                let whole = heard.soonest && request.time.is_none();
                heard.unsaid = (
                    request.date.is_some() && !heard.wish.says_a_day(),
                    (request.time.is_some() || whole) && !heard.wish.says_a_time(),
                );
            }
        }
        heard
    }

    fn service_of<'b>(
        &self,
        branch: &'b Branch,
        request: &Request,
        before: &Wish,
        heard: &mut Heard,
    ) -> Option<&'b Service> {
        let service = match request.service.as_deref() {
            Some(words) => {
                let called = branch.services_called(words);
                match &called {
                    Called::One(_) => {}
                    Called::Several(several) => heard.question = Some(self.which_of_the_services(several)),
                    Called::Nobody => heard.question = Some(self.which_service(branch, words)),
                }
                called.one()
            }
            None => match before.service {
                Some(id) => branch.service(id),
                // Where only one thing is offered, nothing else can be meant.
                None => {
                    let mut offered = branch.offered();
                    offered.next().filter(|_| offered.next().is_none())
                }
            },
        };
        heard.wish.service = service.map(|service| service.id);
        service
    }

    fn staff_of(&self, branch: &Branch, request: &Request, service: Option<&Service>, heard: &mut Heard) {
        let Some(words) = request.staff.as_deref() else { return };
        let staff = match branch.staff_called(words) {
            Called::One(wish) => {
                heard.wish.staff = Some(wish);
                return;
            }
            Called::Several(several) => several.into_iter().filter_map(named).collect(),
            Called::Nobody if self.means_anyone(branch, words) => {
                heard.wish.staff = Some(StaffWish::Anyone);
                return;
            }
            Called::Nobody => Vec::new(),
        };
        let language = self.company.language;
        let (staff, sentence) = if staff.is_empty() {
            let staff = staff_for(branch, service);
            let sentence = sentences::which_staff(&staff, language);
            (staff, sentence)
        } else {
            let sentence = sentences::which_of_these(&staff[..staff.len().min(CHOICES_MAX)], language);
            (staff, sentence)
        };
        let question = Answer::new(Status::Clarify, sentence).with("candidates", staff);
        heard.question.get_or_insert(question);
    }

    pub(super) fn means_anyone(&self, branch: &Branch, words: &str) -> bool {
        let began = self.began(branch);
        let is_soonest = speech::understand(words, &self.reference(branch, &began)) == Understood::Soonest;
        ANYONE.contains(&names::fold(words).as_str()) || is_soonest
    }

    /// A slot named by its handle decides what, when and with whom, unless other words contradict it.
    fn slot_of(&self, branch: &Branch, request: &Request, handle: &str, heard: &mut Heard) {
        let language = self.company.language;
        let offered = self.call.slot_called(handle).map(|offered| offered.slot.clone());
        let service = offered.as_ref().and_then(|slot| {
            branch.services.iter().find(|service| service.offer_of(slot.event_type_id).is_some())
        });
        let (Some(slot), Some(service)) = (offered, service) else {
            let question = clarify(sentences::unknown_slot(language));
            heard.question.get_or_insert(question);
            return;
        };
        let local = slot.start.to_zoned(branch.zone.clone());
        let said_service = request.service.as_ref().and(heard.wish.service);
        let agrees = [&request.date, &request.time].into_iter().flatten().all(|words| {
            let began = self.began(branch);
            may_mean(&when::understand(words, &self.reference(branch, &began)), &local)
        });
        let other_staff = heard.wish.staff_named().is_some_and(|name| slot.staff.as_deref() != Some(name));
        if !agrees || other_staff || said_service.is_some_and(|id| id != service.id) {
            let offered = self.spoken(slot.start, &branch.zone);
            let exact = when::to_json(&Understood::Exact { start: local }, language);
            let sentence = sentences::slot_contradicts(&offered, language);
            let question = Answer::new(Status::Clarify, sentence).with("candidates", vec![exact]);
            heard.question.get_or_insert(question);
            return;
        }
        let staff = slot.staff.clone().map(StaffWish::Named);
        heard.wish = Wish {
            service: Some(service.id),
            staff,
            date: Some(local.date()),
            time: Some(local.time()),
            ..Wish::default()
        };
        heard.start = Some(slot.start);
    }

    pub(super) fn person_of(&self, branch: &Branch, request: &Request) -> (Person, Unclear, Mark) {
        let said = request.name.as_deref().map(kept);
        // What is spelled counts before what merely sounded like it.
        let spelling = said.as_deref().and_then(names::spelling);
        let mark = spelling
            .as_ref()
            .map_or_else(Mark::default, |one| Mark { by: Source::Spelled, is_unsure: one.differs });
        let name = spelling.map(|one| one.name).or(said);
        let own = [self.company.name.as_str(), branch.name.as_str()];
        let agent = self.company.policy.agent_name.as_deref();
        let house: Vec<&str> = branch.staff().chain(own).chain(agent).collect();
        let usable_name = name.clone().filter(|name| names::is_a_name(name, &house));
        let phone =
            request.phone.as_deref().map(|text| PhoneNumber::heard(text, self.company.region_of(branch)));
        let email = request.email.as_deref().map(|text| kept(text).to_lowercase());
        let usable_email = email.clone().filter(|email| is_an_address(email));
        let unclear = Unclear {
            name: name.is_some() && usable_name.is_none(),
            phone: phone.as_ref().is_some_and(Result::is_err),
            email: email.is_some() && usable_email.is_none(),
        };
        let note = request.note.as_deref().map(kept).filter(|note| !note.is_empty());
        let phone = phone.and_then(Result::ok);
        (Person { name: usable_name, phone, email: usable_email, note }, unclear, mark)
    }
}

impl Heard {
    /// What is new about the person, and how surely the name is known where anything was heard of it.
    pub(super) fn news_of_the_person(&self, before: &Draft) -> (Person, Option<Mark>) {
        news_of(&self.person, self.mark, before)
    }

    /// Whether the caller wants something else than before, though it is not clear yet what.
    pub(super) fn wants_something_else(&self) -> bool {
        self.question.is_some() || self.soonest || self.any_time
    }
}

/// What is new about a person; a name that was surer before stays.
pub(super) fn news_of(person: &Person, mark: Mark, before: &Draft) -> (Person, Option<Mark>) {
    let known = before.person.name.as_deref().map(|name| (name, before.name_mark));
    let settled = person.name.as_deref().and_then(|name| names::settle(known, (name, mark)));
    let mark = settled.as_ref().map(|(_, mark)| *mark);
    let name = settled.map(|(name, _)| name);
    (Person { name, ..person.clone() }.changes_to(&before.person), mark)
}

/// Whether words may mean a slot that was named by its handle; words without a date contradict nothing.
pub(super) fn may_mean(understood: &Understood, slot: &Zoned) -> bool {
    match understood {
        Understood::Exact { start } => start == slot,
        Understood::Day { date } => *date == slot.date(),
        Understood::Time { time } => *time == slot.time(),
        Understood::Window { from, to } => {
            let (after_from, before_to) = (is_before(from, slot), is_before(to, slot));
            after_from != Some(false) && before_to != Some(true)
        }
        Understood::Candidates { options } => options.iter().any(|option| may_mean(option, slot)),
        Understood::Invalid { .. } => false,
        Understood::Soonest | Understood::Unknown => true,
    }
}

/// Whether an edge of a window lies before the slot; None: exactly there.
fn is_before(edge: &Edge, slot: &Zoned) -> Option<bool> {
    let order = match edge {
        Edge::Moment(moment) => moment.timestamp().cmp(&slot.timestamp()),
        Edge::Day(day) => day.cmp(&slot.date()),
        Edge::Clock(time) => time.cmp(&slot.time()),
    };
    (order != Ordering::Equal).then_some(order == Ordering::Less)
}

fn named(wish: StaffWish) -> Option<String> {
    if let StaffWish::Named(name) = wish { Some(name) } else { None }
}

/// Whoever can be asked for, each once.
fn staff_for(branch: &Branch, service: Option<&Service>) -> Vec<String> {
    let of_service = service.map(Service::staff_names).unwrap_or_default();
    if of_service.is_empty() {
        branch.staff_names().into_iter().map(str::to_owned).collect()
    } else {
        of_service
    }
}

/// Asks which of several readings is meant.
pub(super) fn which_of(options: &[Understood], language: speech::Language) -> Answer {
    let rows: Vec<Value> = options.iter().map(|option| when::to_json(option, language)).collect();
    let spoken: Vec<String> =
        rows.iter().filter_map(|row| Some(row.get("spoken")?.as_str()?.to_owned())).collect();
    Answer::new(Status::Clarify, sentences::which_of_these(&spoken, language)).with("candidates", rows)
}

pub(super) fn clarify(sentence: String) -> Answer {
    Answer::new(Status::Clarify, sentence).with("candidates", Vec::<String>::new())
}

/// Words as they are stored: legible, single spaces, not endless.
pub(super) fn kept(words: &str) -> String {
    legible(words).chars().take(WORDS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_words() {
        assert!(is_an_address("erika@beispiel.example"));
        for wrong in
            ["erika", "erika@", "@beispiel.example", "a@b", "a b@c.example", "a@@b.example", "a@b..example"]
        {
            assert!(!is_an_address(wrong), "{wrong}");
        }
    }
}
