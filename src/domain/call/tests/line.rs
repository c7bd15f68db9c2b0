//! A line to the desk: plays the agent's part, keeps the journal, and watches that every turn is pure and every answer sayable.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::house::{InMemory, company, local, mitte};
use crate::domain::alert::Alert;
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::{Draft, Person, Stage};
use crate::domain::booking::Booking;
use crate::domain::call::replayed::Invoked;
use crate::domain::call::{
    Call, Decision, Event, Facts, Function, Intent, News, Outcome, Phase, Request, Step, Turn, Words,
};
use crate::domain::callback::{Callback, Reason};
use crate::domain::directory::Company;
use crate::domain::ids::{BookingId, CallbackId};
use crate::domain::phone::{Caller, PhoneNumber};
use crate::domain::speech::claims;

/// The longest answer the contract allows, in characters.
const ANSWER_CHARS_MAX: usize = 15_000;

pub(super) struct Line {
    pub(super) company: Company,
    pub(super) calendar: InMemory,
    pub(super) call: Call,
    pub(super) now: Timestamp,
    pub(super) journal: Vec<(Event, Timestamp)>,
    pub(super) intents: Vec<Intent>,
    pub(super) callbacks: Vec<Callback>,
    pub(super) alerts: Vec<Alert>,
    pub(super) replaced: Vec<BookingId>,
    pub(super) done: Vec<CallbackId>,
    /// What the agent has said, as the transcript will hold it.
    pub(super) agent_words: Vec<&'static str>,
    pub(super) answers: Vec<(String, Answer)>,
    pub(super) blank: Call,
    /// What was called, as it would be played again.
    pub(super) invoked: Vec<Invoked>,
    turns: u32,
}

/// What "Haarschnitt on Tuesday at half past two, Erika Beispiel" is as arguments.
pub(super) fn whole() -> Value {
    json!({"dienstleistung": "Haarschnitt", "datum": "20.10.2026", "uhrzeit": "14:30", "name": "Erika Beispiel"})
}

/// The same with some arguments changed.
pub(super) fn whole_but(changes: &Value) -> Value {
    let mut args = whole();
    let fields = changes.as_object().unwrap().clone();
    args.as_object_mut().unwrap().extend(fields);
    args
}

/// What the seed's webhook brings at the end of a call without functions.
pub(super) fn collected() -> Value {
    json!({
        "booking_confirmed": "true", "datum": "20.10.2026", "uhrzeit": "14:30",
        "name": "Erika Beispiel", "dienstleistung": "Haarschnitt"
    })
}

pub(super) fn caller() -> Caller {
    Caller::Number(PhoneNumber::parse_e164("+4930901820").unwrap())
}

impl Line {
    /// The phone rings in Mitte; the number is shown.
    pub(super) fn new() -> Self {
        Self::from(caller(), true)
    }

    pub(super) fn withheld() -> Self {
        Self::from(Caller::Withheld, true)
    }

    pub(super) fn hotline() -> Self {
        Self::from(caller(), false)
    }

    fn from(caller: Caller, in_mitte: bool) -> Self {
        let now = local("2026-10-14T10:05");
        let company = company();
        let blank = Call::new(Uuid::from_u128(77).into(), company.id, caller, now);
        let mut line = Self {
            company,
            calendar: InMemory::all_free(),
            call: blank.clone(),
            now,
            journal: Vec::new(),
            intents: Vec::new(),
            callbacks: Vec::new(),
            alerts: Vec::new(),
            replaced: Vec::new(),
            done: Vec::new(),
            agent_words: Vec::new(),
            answers: Vec::new(),
            blank,
            invoked: Vec::new(),
            turns: 0,
        };
        let branch = in_mitte.then(mitte);
        line.write(vec![Event::Began { branch, withheld: line.call.caller == Caller::Withheld, at: now }]);
        line
    }

    pub(super) fn collect(&mut self, args: &Value) -> Answer {
        self.invoke(&Function::CollectAppointment, args)
    }

    pub(super) fn check(&mut self, args: &Value) -> Answer {
        self.invoke(&Function::CheckAvailability, args)
    }

    pub(super) fn yes(&mut self) -> Answer {
        self.collect(&json!({"bestaetigung": true}))
    }

    pub(super) fn no(&mut self) -> Answer {
        self.collect(&json!({"bestaetigung": false}))
    }

    pub(super) fn invoke(&mut self, function: &Function, args: &Value) -> Answer {
        self.turns += 1;
        let (request, key) = (request(args), format!("key {}", self.turns));
        let (again, of) = (request.clone(), function.clone());
        self.invoked.push(Invoked { key: key.clone(), function: of, request: again });
        let decision = self.decide(|call, turn| call.invoke(function, &request, &key, turn));
        let answer = match decision.answer.clone() {
            Some(answer) => {
                self.take(decision);
                answer
            }
            None => {
                self.take(decision);
                let decision = self.decide(|call, turn| call.invoke(function, &request, &key, turn));
                let answer = decision.answer.clone().expect("a function is always answered");
                self.take(decision);
                answer
            }
        };
        assert_sayable(&answer);
        self.answers.push((function.as_str().to_owned(), answer.clone()));
        answer
    }

    pub(super) fn hang_up(&mut self, words: &Value) {
        self.news(News::Ended, words);
    }

    pub(super) fn analyzed(&mut self, words: &Value) {
        self.news(News::Analyzed, words);
    }

    pub(super) fn time_is_up(&mut self, words: &Value) {
        self.news(News::TimeIsUp, words);
    }

    /// As the call's actor does it: what is known already is not told again.
    pub(super) fn news(&mut self, news: News, words: &Value) {
        if !self.call.knows(news) {
            self.news_again(news, words);
        }
    }

    pub(super) fn news_again(&mut self, news: News, words: &Value) {
        let words = gathered(words).with_claims(claims::of(&self.agent_words));
        self.hear(news, &words);
    }

    pub(super) fn hear(&mut self, news: News, words: &Words) {
        let decision = self.decide(|call, turn| call.hear(news, words, turn));
        self.take(decision);
    }

    pub(super) fn wait(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
    }

    pub(super) fn draft(&self, number: u8) -> Draft {
        self.call.drafts.get(&number).map_or_else(Draft::default, |draft| Draft::clone(draft))
    }

    pub(super) fn stage(&self, number: u8) -> Stage {
        self.draft(number).stage
    }

    pub(super) fn outcome(&self) -> Option<Outcome> {
        match self.call.phase {
            Phase::Settled { outcome } => Some(outcome),
            Phase::Live | Phase::Ended { .. } => None,
        }
    }

    pub(super) fn reasons(&self) -> Vec<Reason> {
        self.callbacks.iter().map(|callback| callback.reason).collect()
    }

    pub(super) fn starts(&self) -> Vec<Timestamp> {
        self.intents.iter().map(|intent| intent.slot.start).collect()
    }

    fn decide(&mut self, step: impl Fn(&Call, &Turn<'_>) -> Step) -> Decision {
        let mut facts = Facts::default();
        self.calendar.asked.clear();
        loop {
            let turn = Turn { company: &self.company, facts: &facts, now: self.now };
            let next = step(&self.call, &turn);
            assert_eq!(next, step(&self.call, &turn), "the same facts give the same step");
            match next {
                Step::Done(decision) => return *decision,
                Step::Ask(need) => {
                    let fact = self.calendar.find_out(&need, self.now);
                    facts.note(need, fact);
                    assert!(facts.len() < Facts::MAX, "the turn asks without end");
                }
            }
        }
    }

    fn take(&mut self, decision: Decision) {
        for number in &decision.releases {
            self.calendar.holds.remove(number);
        }
        for intent in &decision.intents {
            let booking = Booking::new(intent.booking, intent.slot.start, self.now);
            self.calendar.books.insert(intent.booking, booking);
        }
        self.replaced.extend(decision.replaced);
        self.done.extend(decision.done);
        self.intents.extend(decision.intents);
        self.callbacks.extend(decision.callbacks);
        self.alerts.extend(decision.alerts);
        self.write(decision.events);
    }

    /// Writes events down and reads the whole journal again: the call must be the same.
    pub(super) fn write(&mut self, events: Vec<Event>) {
        for event in events {
            self.call.apply(&event, self.now);
            self.journal.push((event, self.now));
        }
        let mut again = self.blank.clone();
        for (event, at) in &self.journal {
            again.apply(&stored_and_read(event), *at);
        }
        assert_eq!(again, self.call, "the journal gives the same call");
    }
}

/// The event as it comes back from the books, its personal words from a row of their own.
fn stored_and_read(event: &Event) -> Event {
    let stored = serde_json::to_string(event).unwrap();
    let read: Event = serde_json::from_str(&stored).unwrap();
    let words: Person = event.person().cloned().unwrap_or_default();
    read.with_person(words)
}

fn request(args: &Value) -> Request {
    let text = |name: &str| args.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = args.get("termin").map_or(Some(1), |value| u8::try_from(value.as_u64()?).ok());
    Request {
        appointment: number,
        date: text("datum"),
        time: text("uhrzeit"),
        service: text("dienstleistung"),
        staff: text("mitarbeiter"),
        new_date: text("neues_datum"),
        new_time: text("neue_uhrzeit"),
        slot_id: text("slot_id"),
        name: text("name"),
        phone: text("telefonnummer"),
        email: text("email"),
        note: text("notiz"),
        confirmed: args.get("bestaetigung").and_then(Value::as_bool),
        may_notify: args.get("benachrichtigung_erlaubt").and_then(Value::as_bool),
        branch: text("filiale"),
        reason: text("grund"),
        booking: text("booking"),
        code: text("code"),
        as_withheld: args.get("as_withheld").is_some(),
        when: text("wunschzeit"),
        unreadable: !args.is_object(),
    }
}

pub(super) fn gathered(words: &Value) -> Words {
    let map: BTreeMap<String, String> = words
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect();
    Words::gather([map])
}

/// What holds for every answer: something to say, nothing a machine would say, and not too long.
pub(super) fn assert_sayable(answer: &Answer) {
    let message = &answer.message;
    assert!(!message.trim().is_empty(), "{:?} says nothing", answer.status);
    for word in message.split(|sign: char| sign.is_whitespace() || ",.?!:;".contains(sign)) {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        assert!(!(word.contains('-') && digits > 4), "an id or a date of a machine: {message}");
        let is_handle = word.len() < 4 && word.starts_with(|c: char| c.is_ascii_lowercase()) && digits > 0;
        assert!(!is_handle, "a handle: {message}");
    }
    assert!(!message.contains("{}") && !message.contains("  ") && !message.contains(" ,"), "{message}");
    assert!(answer.to_json().to_string().chars().count() <= ANSWER_CHARS_MAX, "too long");
    assert_eq!(answer.to_json()["success"], json!(answer.status.is_success()));
    if let (Status::Incomplete, Some(missing)) = (answer.status, answer.field("missing")) {
        assert!(missing.as_array().is_some_and(|fields| !fields.is_empty()), "nothing is missing: {message}");
    }
}

/// The handles, and the starts in local time, of an answer's slots.
pub(super) fn slots_of(answer: &Answer) -> Vec<(String, String)> {
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let rows = answer.field("slots").and_then(Value::as_array).cloned().unwrap_or_default();
    rows.iter().map(|row| (text(row, "slot_id"), text(row, "start")[..16].to_owned())).collect()
}
