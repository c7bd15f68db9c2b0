//! Tests of the prompt: what it says of functions, of the law, of what is known, and of the company's own words.

use serde_json::json;

use super::*;
use crate::domain::call::tests::house::{company, local};
use crate::domain::deployment::reception::PromptChange;
use crate::domain::phone::PhoneNumber;
use crate::domain::ringing;

const LANGUAGES: [Language; 2] = [Language::De, Language::En];
const TRADES: [&str; 4] = ["general", "salon", "practice", "workshop"];

/// Settings with these functions on, and all others off.
fn with(on: &[&str], prompt: serde_json::Value) -> Reception {
    let mut reception = Reception::default();
    for name in catalogue::names() {
        let change = serde_json::from_value(json!({"enabled": on.contains(&name)})).unwrap();
        reception.change_function(name, change).unwrap();
    }
    reception.change_prompt(serde_json::from_value::<PromptChange>(prompt).unwrap()).unwrap();
    reception
}

fn told(language: Language, reception: &Reception) -> String {
    let company = Company { language, ..company() };
    text(&company, &company.branches[0], reception)
}

fn all() -> Vec<&'static str> {
    catalogue::names().collect()
}

/// Holds the prompt to these functions, and to no other.
fn assert_speaks_of(on: &[&str], language: Language, trade: &str) {
    let told = told(language, &with(on, json!({"trade": trade, "recording": "Aufzeichnung?"})));

    for name in all() {
        assert_eq!(told.contains(name), on.contains(&name), "{name} with {on:?}:\n{told}");
    }
}

#[test]
fn every_function_that_is_on_is_spoken_of_and_none_that_is_off() {
    let names = all();
    for which in 0_u32..1 << names.len() {
        let on: Vec<&str> =
            (0..names.len()).filter(|bit| which >> bit & 1 == 1).map(|bit| names[bit]).collect();
        for language in LANGUAGES {
            for trade in &TRADES {
                assert_speaks_of(&on, language, trade);
            }
        }
    }
}

#[test]
fn the_first_sentence_says_that_it_is_an_ai_in_every_language_and_trade() {
    for trade in TRADES {
        let reception = with(&all(), json!({"trade": trade}));

        assert!(told(Language::De, &reception).contains("hier ist der KI-Assistent von"));
        assert!(told(Language::De, &reception).contains("eine künstliche Intelligenz, kein Mensch"));
        assert!(told(Language::En, &reception).contains("this is the AI assistant of"));
    }
}

#[test]
fn what_is_said_about_recording_is_said_word_for_word_where_it_was_set() {
    let words = "Darf ich das Gespräch aufzeichnen?";

    assert!(told(Language::De, &with(&all(), json!({"recording": words}))).contains(words));
    assert!(!told(Language::De, &with(&all(), json!({}))).contains("Lehnt der Anrufer das ab"));
}

#[test]
fn every_variable_it_names_is_one_that_is_told_while_it_rings() {
    let mut company = company();
    company.hotlines = vec![PhoneNumber::parse_e164("+493083793360").unwrap()];
    company.branches.push(company.branches[0].clone());
    let variables = ringing::variables(&company, company.branches.first(), None, local("2026-10-14T10:05"));
    for language in LANGUAGES {
        company.language = language;

        let told = text(&company, &company.branches[0], &Reception::default());

        let named: Vec<&str> =
            told.split("{{").skip(1).map(|part| part.split("}}").next().unwrap()).collect();
        for name in &named {
            assert!(variables.iter().any(|(known, _)| known == name), "{name}");
        }
        for name in ["heute", "wochentag", "uhrzeit_jetzt", "naechste_tage", "dienstleistungen", "filialen"] {
            assert!(named.contains(&name), "{name}");
        }
    }
}

#[test]
fn what_may_be_answered_is_spoken_of() {
    let statuses = [
        "held",
        "confirmed",
        "withdrawn",
        "incomplete",
        "identity_needed",
        "which_one",
        "clarify",
        "working",
        "calendar_unreachable",
        "noted",
        "trouble",
        "slot_taken",
        "unavailable",
        "not_allowed",
        "emergency",
    ];
    for language in LANGUAGES {
        let told = told(language, &with(&all(), json!({})));
        for status in statuses {
            assert!(told.contains(status), "{status}");
        }
        assert!(told.contains("112"));
    }
}

#[test]
fn a_yes_is_asked_for_and_booked_is_said_only_as_the_company_has_it() {
    let mut company = company();
    let reception = Reception::default();
    let usual = text(&company, &company.branches[0], &reception);
    assert!(usual.contains("bestaetigung true") && usual.contains("Sage „zugesagt“, nicht „gebucht“"));

    company.policy.require_confirmation = false;
    company.policy.booking_moment = BookingMoment::InCall;
    let other = text(&company, &company.branches[0], &reception);

    assert!(
        !other.contains("bestaetigung true") && other.contains("Bei booked steht der Termin im Kalender")
    );
}

#[test]
fn a_practice_asks_for_no_complaints_and_names_the_number_for_urgent_cases() {
    let told = told(Language::De, &with(&all(), json!({"trade": "practice"})));

    assert!(told.contains("Frage nicht nach Beschwerden") && told.contains("116 117"));
}

#[test]
fn the_companys_own_words_stand_at_the_end() {
    let told = told(Language::De, &with(&all(), json!({"extra": "Parkplätze sind im Hof."})));

    assert!(told.ends_with("Parkplätze sind im Hof.\n"), "{told}");
}

#[test]
fn it_is_laid_out_in_paragraphs_without_holes() {
    for trade in TRADES {
        for on in [all(), vec![], vec!["check_availability"], vec!["opening_hours"]] {
            for language in LANGUAGES {
                let told = told(language, &with(&on, json!({"trade": trade})));

                assert!(!told.contains("\n\n\n") && !told.contains(" \n") && !told.contains("  "), "{told}");
            }
        }
    }
}
