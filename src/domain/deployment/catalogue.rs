//! Every function an agent may be given: what it is for and what it is told, in the language of the agent.

mod entries;

use serde_json::{Map, Value, json};

use super::reception::Trade;
use crate::domain::channel::Pattern;
use crate::domain::directory::Company;
use crate::domain::speech::Language;

pub use entries::ALL;

/// How long Retell waits for an answer where nothing else is set, in milliseconds.
pub const TIMEOUT_MS: u32 = 8_000;

/// The same in both languages.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    pub de: &'static str,
    pub en: &'static str,
}

/// A function as it is offered where nothing else is set.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its name in the contract, the same in every language.
    pub name: &'static str,
    pub is_on: bool,
    /// When the model is to call it, and what it must not do.
    pub said: Said,
    /// What the agent says while it waits; None: the answer is there at once.
    pub while_waiting: Option<Said>,
    pub parameters: &'static [Parameter],
}

/// What is passed on from the caller.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name for an agent that speaks German, and for one that speaks English.
    pub name: Said,
    pub kind: Kind,
    pub when: When,
    pub said: Said,
}

/// What a parameter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words, as they were said.
    Words,
    YesOrNo,
    /// Which of the call's appointments, from 1.
    Ordinal,
}

/// Where a parameter makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Always,
    /// Only where one number rings for several branches.
    SeveralBranches,
    /// Only where a yes to the read-back is asked for.
    YesIsAsked,
    /// Only where the reason for a visit may be written down.
    NotesAreTaken,
    /// Only where customers are written to.
    MessagesAreSent,
}

/// What decides which parameters there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent settings of a company")]
pub struct Place {
    pub language: Language,
    pub has_several_branches: bool,
    pub asks_for_yes: bool,
    /// Practices must not: why somebody sees a doctor is nobody else's business, until the company says otherwise.
    pub takes_notes: bool,
    /// The company writes to customers itself, or has a channel that does.
    pub sends_messages: bool,
}

impl Place {
    pub fn of(company: &Company, trade: Trade) -> Self {
        Self {
            language: company.language,
            has_several_branches: !company.hotlines.is_empty() && company.branches.len() > 1,
            asks_for_yes: company.policy.require_confirmation,
            takes_notes: trade != Trade::Practice,
            sends_messages: company.policy.confirmations
                || company.channels.iter().any(|channel| channel.kinds.iter().any(Pattern::fits_customers)),
        }
    }

    /// One branch that asks for everything.
    pub fn plain(language: Language) -> Self {
        Self {
            language,
            has_several_branches: false,
            asks_for_yes: true,
            takes_notes: true,
            sends_messages: false,
        }
    }

    /// Whether a parameter makes sense here.
    pub fn allows(self, when: When) -> bool {
        match when {
            When::Always => true,
            When::SeveralBranches => self.has_several_branches,
            When::YesIsAsked => self.asks_for_yes,
            When::NotesAreTaken => self.takes_notes,
            When::MessagesAreSent => self.sends_messages,
        }
    }
}

impl Said {
    pub fn by(self, language: Language) -> &'static str {
        match language {
            Language::De => self.de,
            Language::En => self.en,
        }
    }

    fn is_either(self, text: &str) -> bool {
        self.de == text || self.en == text
    }
}

impl Entry {
    /// The parameter of that German or English name.
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|parameter| parameter.name.is_either(name))
    }

    /// A JSON Schema of the arguments; `said` gives the company's own words for a parameter, by its German name. None is
    /// required: a part of the wish may be passed on, and a model that has to fill a field makes something up.
    pub fn schema<'a>(&self, place: Place, said: impl Fn(&str) -> Option<&'a str>) -> Value {
        let mut properties = Map::new();
        for parameter in self.parameters {
            let own = said(parameter.name.de);
            // Whoever writes words for a note wants notes.
            let is_wanted = own.is_some() && parameter.when == When::NotesAreTaken;
            if !(is_wanted || place.allows(parameter.when)) {
                continue;
            }
            let words = own.unwrap_or_else(|| parameter.said.by(place.language));
            let property = match parameter.kind {
                Kind::Words => json!({"type": "string", "description": words}),
                Kind::YesOrNo => json!({"type": "boolean", "description": words}),
                Kind::Ordinal => json!({"type": "integer", "minimum": 1, "maximum": 9, "description": words}),
            };
            properties.insert(parameter.name.by(place.language).to_owned(), property);
        }
        json!({"type": "object", "properties": properties})
    }
}

/// The function of that name.
pub fn entry(name: &str) -> Option<&'static Entry> {
    ALL.iter().find(|entry| entry.name == name)
}

/// Their names, in the order in which agents see them.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|entry| entry.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::call::Function;

    fn properties(name: &str, place: Place) -> Vec<String> {
        let schema = entry(name).unwrap().schema(place, |_| None);
        let mut names: Vec<String> = schema["properties"].as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    }

    #[test]
    fn every_function_is_one_that_this_house_answers_and_none_is_left_out() {
        for name in names() {
            assert_eq!(Function::named(name).known(), name);
        }
        assert_eq!(ALL.len(), 9);
    }

    #[test]
    fn a_wish_is_passed_on_under_the_names_of_the_contract() {
        let place = Place::plain(Language::De);

        assert_eq!(
            properties("collect_appointment", place),
            [
                "bestaetigung",
                "datum",
                "dienstleistung",
                "email",
                "mitarbeiter",
                "name",
                "notiz",
                "slot_id",
                "telefonnummer",
                "termin",
                "uhrzeit"
            ]
        );
        assert_eq!(
            properties("change_appointment", place),
            ["bestaetigung", "booking", "code", "name", "neue_uhrzeit", "neues_datum", "slot_id"]
        );
        assert_eq!(properties("list_services", place), [] as [String; 0]);
    }

    #[test]
    fn an_agent_that_speaks_english_is_given_the_english_names() {
        let names = properties("check_availability", Place::plain(Language::En));

        assert_eq!(names, ["appointment", "date", "service", "staff", "time"]);
    }

    #[test]
    fn branch_yes_and_note_are_there_only_where_they_make_sense() {
        let plain = Place::plain(Language::De);
        let has =
            |place: Place, name: &str| properties("collect_appointment", place).contains(&name.to_owned());

        assert!(!has(plain, "filiale"));
        assert!(has(Place { has_several_branches: true, ..plain }, "filiale"));
        assert!(!has(Place { asks_for_yes: false, ..plain }, "bestaetigung"));
        assert!(!has(Place { takes_notes: false, ..plain }, "notiz"));
    }

    #[test]
    fn a_practice_that_writes_words_for_the_note_gets_it_with_these_words() {
        let place = Place { takes_notes: false, ..Place::plain(Language::De) };
        let said = |name: &str| (name == "notiz").then_some("Nur ob Kontrolle oder Beschwerden.");

        let schema = entry("collect_appointment").unwrap().schema(place, said);

        assert_eq!(schema["properties"]["notiz"]["description"], "Nur ob Kontrolle oder Beschwerden.");
    }

    #[test]
    fn what_is_said_of_days_and_times_asks_for_the_callers_own_words() {
        let when = ["datum", "uhrzeit", "neues_datum", "neue_uhrzeit", "wunschzeit"];
        for parameter in ALL.iter().flat_map(|entry| entry.parameters) {
            if when.contains(&parameter.name.de) {
                assert!(parameter.said.de.contains("örtlich"), "{}", parameter.name.de);
                assert!(parameter.said.en.contains("exactly as"), "{}", parameter.name.en);
            }
        }
    }

    #[test]
    fn no_function_asks_the_model_for_the_call_it_is_in() {
        for parameter in ALL.iter().flat_map(|entry| entry.parameters) {
            assert!(!parameter.name.de.contains("call"), "{}", parameter.name.de);
        }
    }
}
