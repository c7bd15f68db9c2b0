//! What the caller said, understood: services, staff, days and times, names and numbers; what is unclear becomes a question.

use std::cmp::Ordering;

use jiff::civil::{Date, Time};
use jiff::{Timestamp, Zoned};
use serde_json::Value;

use super::desk::Desk;
use super::{APPOINTMENTS_MAX, Request};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::{Person, StaffWish, Wish};
use crate::domain::directory::{Branch, Service};
use crate::domain::email::is_an_address;
use crate::domain::phone::{PhoneNumber, Region};
use crate::domain::speech::{self, Edge, Reference, Understood, Why, names, sentences, when};

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
/// Words that make a name one that is not wanted; folded.
const REFUSALS: [&str; 8] = ["nicht", "ausser", "kein", "keine", "keinesfalls", "ohne", "not", "except"];

/// What one request says.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) wish: Wish,
    pub(super) person: Person,
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

/// Day and time as understood, or the question to ask.
enum Moment {
    Nothing,
    Soonest,
    AnyTimeOn(Date),
    Parts(Option<Date>, Option<Time>),
    At(Timestamp, Date, Time),
    Ask(Answer),
}

impl Desk<'_> {
    pub(super) fn not_an_appointment(&self) -> Answer {
        Answer::new(Status::Invalid, sentences::not_an_appointment(APPOINTMENTS_MAX, self.company.language))
    }

    /// The number of the appointment meant, as it goes by now, if it is one.
    pub(super) fn appointment_of(&self, request: &Request) -> Option<u8> {
        let called = request.appointment.filter(|number| (1..=APPOINTMENTS_MAX).contains(number))?;
        Some(self.latest(called))
    }

    pub(super) fn hear(&self, branch: &Branch, number: u8, request: &Request) -> Heard {
        let before = self.draft(number).wish;
        let (person, unclear) = self.person_of(branch, request);
        let mut heard = Heard { person, unclear, ..Heard::default() };
        let service = self.service_of(branch, request, &before, &mut heard);
        self.staff_of(branch, request, service, &mut heard);
        match request.slot_id.as_deref() {
            Some(handle) => self.slot_of(branch, request, handle, &mut heard),
            None => {
                self.moment_of(branch, request, &before, &mut heard);
                let whole = heard.soonest && request.time.is_none();
                heard.unsaid = (
                    request.date.is_some() && heard.wish.date.is_none(),
                    (request.time.is_some() || whole) && heard.wish.time.is_none(),
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
                let called = branch.service_called(words);
                if called.is_none() {
                    heard.question = Some(self.which_service(branch));
                }
                called
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
        let wanted = names::fold(words);
        let is_refusal = wanted.split(' ').any(|word| REFUSALS.contains(&word));
        let reference = self.began(branch);
        let reference = self.reference(branch, &reference);
        if ANYONE.contains(&wanted.as_str()) || speech::understand(words, &reference) == Understood::Soonest {
            heard.wish.staff = Some(StaffWish::Anyone);
            return;
        }
        if let Some(name) = staff_called(branch, &wanted).filter(|_| !is_refusal) {
            heard.wish.staff = Some(StaffWish::Named(name.to_owned()));
            return;
        }
        let staff = staff_for(branch, service);
        let sentence = sentences::which_staff(&staff, self.company.language);
        let question = Answer::new(Status::Clarify, sentence).with("candidates", staff);
        heard.question.get_or_insert(question);
    }

    fn moment_of(&self, branch: &Branch, request: &Request, before: &Wish, heard: &mut Heard) {
        match self.moment(branch, request, before) {
            Moment::Nothing => {}
            Moment::Soonest => {
                heard.soonest = true;
                heard.wish.time = self.clear_parts(branch, request).1;
            }
            Moment::AnyTimeOn(date) => {
                heard.any_time = true;
                heard.wish.date = Some(date);
            }
            Moment::Parts(date, time) => (heard.wish.date, heard.wish.time) = (date, time),
            Moment::At(start, date, time) => {
                (heard.wish.date, heard.wish.time) = (Some(date), Some(time));
                heard.start = Some(start);
            }
            Moment::Ask(question) => {
                heard.question.get_or_insert(question);
                // Of a clear day and an unclear time, or the other way round, the clear one is kept.
                match self.clear_parts(branch, request) {
                    // Both are clear and do not go together: the day stays, the time is asked for.
                    (Some(date), Some(_)) => heard.wish.date = Some(date),
                    (date, time) => (heard.wish.date, heard.wish.time) = (date, time),
                }
            }
        }
    }

    /// The day and the time that are clear by themselves.
    fn clear_parts(&self, branch: &Branch, request: &Request) -> (Option<Date>, Option<Time>) {
        let began = self.began(branch);
        let reference = self.reference(branch, &began);
        let date = request
            .date
            .as_deref()
            .map(|words| day_in(words, &reference))
            .and_then(|day| if let Understood::Day { date } = day { Some(date) } else { None });
        let time = request
            .time
            .as_deref()
            .map(|words| time_in(words, &reference))
            .and_then(|time| if let Understood::Time { time } = time { Some(time) } else { None });
        (date, time)
    }

    fn moment(&self, branch: &Branch, request: &Request, before: &Wish) -> Moment {
        let began = self.began(branch);
        let reference = self.reference(branch, &began);
        let (said_day, said_time) = (
            request.date.as_deref().map(|words| day_in(words, &reference)),
            request.time.as_deref().map(|words| time_in(words, &reference)),
        );
        let day_before = before.date.map(|date| Understood::Day { date });
        let time_before = before.time.map(|time| Understood::Time { time });
        let (day, time) = match (said_day, said_time) {
            (None, None) if day_before.is_none() || time_before.is_none() => return Moment::Nothing,
            // One argument may carry day and time together, whichever it is.
            (Some(whole @ Understood::Exact { .. }), None | Some(Understood::Unknown))
            | (None, Some(whole @ Understood::Exact { .. })) => return self.meaning_of(branch, whole),
            (Some(time @ Understood::Time { .. }), None) => (day_before, Some(time)),
            (None, Some(day @ Understood::Day { .. })) => (Some(day), time_before),
            (day, time) => (day.or(day_before), time.or(time_before)),
        };
        match (day, time) {
            (Some(Understood::Soonest), _) | (None, Some(Understood::Soonest)) => Moment::Soonest,
            (Some(Understood::Day { date }), Some(Understood::Soonest)) => Moment::AnyTimeOn(date),
            (Some(only), None | Some(Understood::Soonest)) | (None, Some(only)) => {
                self.meaning_of(branch, only)
            }
            (Some(day), Some(time)) => self.meaning_of(branch, when::combine(&day, &time, &reference)),
            (None, None) => Moment::Nothing,
        }
    }

    fn meaning_of(&self, branch: &Branch, understood: Understood) -> Moment {
        let language = self.company.language;
        match understood {
            Understood::Exact { start } => {
                let local = start.with_time_zone(branch.zone.clone());
                Moment::At(local.timestamp(), local.date(), local.time())
            }
            Understood::Day { date } => Moment::Parts(Some(date), None),
            Understood::Time { time } => Moment::Parts(None, Some(time)),
            Understood::Soonest => Moment::Soonest,
            Understood::Candidates { options } => {
                let rows: Vec<Value> = options.iter().map(|option| when::to_json(option, language)).collect();
                let spoken: Vec<String> =
                    rows.iter().filter_map(|row| Some(row.get("spoken")?.as_str()?.to_owned())).collect();
                let sentence = sentences::which_of_these(&spoken, language);
                Moment::Ask(Answer::new(Status::Clarify, sentence).with("candidates", rows))
            }
            Understood::Invalid { why: Why::Past } => {
                Moment::Ask(Answer::new(Status::Past, sentences::past(language)))
            }
            Understood::Invalid { why } => Moment::Ask(clarify(sentences::no_such_moment(why, language))),
            Understood::Window { .. } => Moment::Ask(clarify(sentences::when_exactly(language))),
            Understood::Unknown => Moment::Ask(clarify(sentences::which_day_and_time(language))),
        }
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
        heard.wish =
            Wish { service: Some(service.id), date: Some(local.date()), time: Some(local.time()), staff };
        heard.start = Some(slot.start);
    }

    pub(super) fn person_of(&self, branch: &Branch, request: &Request) -> (Person, Unclear) {
        let name = request.name.as_deref().map(kept);
        let house: Vec<&str> =
            branch.staff().chain([self.company.name.as_str(), branch.name.as_str()]).collect();
        let usable_name = name.clone().filter(|name| names::is_a_name(name, &house));
        let phone = request.phone.as_deref().map(|text| PhoneNumber::parse(text, region(branch)));
        let email = request.email.as_deref().map(|text| kept(text).to_lowercase());
        let usable_email = email.clone().filter(|email| is_an_address(email));
        let unclear = Unclear {
            name: name.is_some() && usable_name.is_none(),
            phone: phone.as_ref().is_some_and(Result::is_err),
            email: email.is_some() && usable_email.is_none(),
        };
        let note = request.note.as_deref().map(kept).filter(|note| !note.is_empty());
        (Person { name: usable_name, phone: phone.and_then(Result::ok), email: usable_email, note }, unclear)
    }
}

impl Heard {
    /// Whether the caller wants something else than before, though it is not clear yet what.
    pub(super) fn wants_something_else(&self) -> bool {
        self.question.is_some() || self.soonest || self.any_time
    }
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

/// Whoever can be asked for, each once.
fn staff_for(branch: &Branch, service: Option<&Service>) -> Vec<String> {
    let of_service: Vec<&str> = service
        .into_iter()
        .flat_map(|service| service.offers.iter().filter_map(|offer| offer.staff.as_deref()))
        .collect();
    let all = if of_service.is_empty() { branch.staff().collect() } else { of_service };
    let mut staff: Vec<String> = Vec::new();
    for name in all {
        if !staff.iter().any(|known| known == name) {
            staff.push(name.to_owned());
        }
    }
    staff
}

fn clarify(sentence: String) -> Answer {
    Answer::new(Status::Clarify, sentence).with("candidates", Vec::<String>::new())
}

/// What was said where a day belongs: a bare figure is no time of day there.
pub(super) fn day_in(words: &str, reference: &Reference<'_>) -> Understood {
    let understood = when::understand(words, reference);
    let is_bare = words.trim().chars().all(|sign| sign.is_ascii_digit());
    let is_clock = matches!(understood, Understood::Time { .. } | Understood::Candidates { .. });
    if is_bare && is_clock { Understood::Unknown } else { understood }
}

/// What was said where a time belongs: "9.10" is ten past nine there, not a day in October.
pub(super) fn time_in(words: &str, reference: &Reference<'_>) -> Understood {
    let understood = when::understand(words, reference);
    // A dot at the end makes it a date whatever it was given as.
    if matches!(understood, Understood::Day { .. }) && !words.trim().ends_with('.') {
        let as_time = when::understand(&format!("um {words}"), reference);
        return if matches!(as_time, Understood::Time { .. }) { as_time } else { understood };
    }
    understood
}

/// Who is meant by a first name, a surname or both; None where nobody or more than one fits.
pub(super) fn staff_called<'b>(branch: &'b Branch, wanted: &str) -> Option<&'b str> {
    let exact = branch.staff().find(|name| names::fold(name) == wanted);
    let shares_a_word = |name: &&str| {
        let folded = names::fold(name);
        folded.split(' ').any(|part| wanted.split(' ').any(|word| word == part))
    };
    let mut fitting: Vec<&str> = branch.staff().filter(shares_a_word).collect();
    fitting.sort_unstable();
    fitting.dedup();
    exact.or(if let [only] = fitting.as_slice() { Some(*only) } else { None })
}

/// Words as they are stored: trimmed, single spaces, not endless.
pub(super) fn kept(words: &str) -> String {
    let words: Vec<&str> = words.split(|sign: char| sign.is_whitespace() || sign.is_control()).collect();
    words
        .into_iter()
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(WORDS_MAX)
        .collect()
}

/// Where a number without a country code is dialled: where the branch is.
fn region(branch: &Branch) -> Region {
    let code = match branch.zone_name.as_str() {
        "Europe/Vienna" => "AT",
        "Europe/Zurich" => "CH",
        zone if zone.starts_with("America/") => "US",
        _ => "DE",
    };
    Region::parse(code).unwrap_or_default()
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
