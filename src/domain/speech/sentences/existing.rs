//! What is said about appointments that are there already, and about who may hear of them.

use super::either;
use crate::domain::speech::{Language, say};

/// The most appointments that are said in one breath.
const SAID_MAX: usize = 3;

/// Why an appointment does not simply stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Promised or asked for, and not confirmed so far.
    NotYet,
    Moving,
    Ending,
}

/// Says nothing about anybody: neither that there is such a person nor that there is none.
pub fn identity_needed(language: Language) -> String {
    either(
        language,
        "Nennen Sie mir dafür bitte den vollen Namen, auf den der Termin eingetragen ist, und, wenn Sie ihn haben, den Code aus Ihrer Terminbestätigung. Sonst lasse ich Sie gern zurückrufen.",
        "For that, please tell me the full name the appointment is under and, if you have it, the code from your confirmation. Otherwise I can have somebody call you back.",
    )
}

/// Nobody was identified, and a person calls back.
pub fn unidentified(until: &str, language: Language) -> String {
    either(
        language,
        format!(
            "Am Telefon kann ich Ihnen dazu leider nichts sagen. Ich habe notiert, dass wir Sie zurückrufen, spätestens am {until}."
        ),
        format!(
            "I am afraid I cannot tell you anything about that on the phone. I have noted that we call you back by {until}."
        ),
    )
}

/// The same, and there is no number to call.
pub fn unidentified_without_number(language: Language) -> String {
    either(
        language,
        "Am Telefon kann ich Ihnen dazu leider nichts sagen, aber wir rufen Sie gern zurück. Unter welcher Telefonnummer erreichen wir Sie?",
        "I am afraid I cannot tell you anything about that on the phone, but we can call you back. Which phone number can we reach you at?",
    )
}

/// When an appointment is, what for and with whom if that may be said, and where if there is more than one place.
pub fn appointment(
    when: &str,
    what: Option<(&str, Option<&str>)>,
    place: Option<&str>,
    language: Language,
) -> String {
    let (on, at) = match language {
        Language::De => ("am", "Filiale"),
        Language::En => ("on", "branch"),
    };
    let (service, staff) = match what {
        Some((service, staff)) => (format!("{service} "), staff),
        None => (String::new(), None),
    };
    let staff = staff.map(|name| format!(", {}", say::by(name, language))).unwrap_or_default();
    let place = place.map(|name| format!(", {at} {name}")).unwrap_or_default();
    format!("{service}{on} {when}{staff}{place}")
}

pub fn found(appointments: &[(String, Option<Doubt>)], language: Language) -> String {
    let said: Vec<String> = appointments
        .iter()
        .take(SAID_MAX)
        .map(|(spoken, doubt)| match doubt {
            Some(doubt) => format!("{spoken}, {}", doubt.in_words(language)),
            None => spoken.clone(),
        })
        .collect();
    let list = say::list(&said, language);
    let many = appointments.len();
    match language {
        Language::De if many == 1 => format!("Sie haben einen Termin: {list}."),
        Language::En if many == 1 => format!("You have one appointment: {list}."),
        Language::De if many <= SAID_MAX => format!("Sie haben {many} Termine: {list}."),
        Language::En if many <= SAID_MAX => format!("You have {many} appointments: {list}."),
        Language::De => format!("Sie haben {many} Termine. Die nächsten sind {list}."),
        Language::En => format!("You have {many} appointments. The next ones are {list}."),
    }
}

pub fn none_found(language: Language) -> String {
    either(
        language,
        "Ich sehe keinen bevorstehenden Termin für Sie. Kann ich sonst etwas für Sie tun?",
        "I see no upcoming appointment for you. Is there anything else I can do for you?",
    )
}

pub fn which_one(spoken: &[String], language: Language) -> String {
    let said = &spoken[..spoken.len().min(SAID_MAX)];
    match (said.split_last(), language) {
        (Some((last, rest)), Language::De) if !rest.is_empty() => {
            format!("Welchen Termin meinen Sie: {} oder {last}?", rest.join(", "))
        }
        (Some((last, rest)), Language::En) if !rest.is_empty() => {
            format!("Which appointment do you mean: {} or {last}?", rest.join(", "))
        }
        (Some((only, _)), Language::De) => format!("Meinen Sie den Termin {only}?"),
        (Some((only, _)), Language::En) => format!("Do you mean the appointment {only}?"),
        (None, _) => none_found(language),
    }
}

pub fn stands(spoken: &str, language: Language) -> String {
    either(
        language,
        format!("Vielen Dank. Ihr Termin steht: {spoken}. Wir freuen uns auf Sie."),
        format!("Thank you. Your appointment stands: {spoken}. We look forward to seeing you."),
    )
}

pub fn stands_not(spoken: &str, doubt: Doubt, language: Language) -> String {
    let state = doubt.in_words(language);
    either(
        language,
        format!("Zu Ihrem Termin {spoken}: Er ist {state}."),
        format!("About your appointment {spoken}: it is {state}."),
    )
}

impl Doubt {
    fn in_words(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::NotYet, Language::De) => "vorgemerkt, aber noch nicht bestätigt",
            (Self::NotYet, Language::En) => "noted but not confirmed yet",
            (Self::Moving, Language::De) => "gerade dabei, verschoben zu werden",
            (Self::Moving, Language::En) => "just being moved",
            (Self::Ending, Language::De) => "gerade dabei, abgesagt zu werden",
            (Self::Ending, Language::En) => "just being cancelled",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_appointment_is_told_by_day_and_time_unless_more_may_be_said() {
        let short = appointment("Dienstag, 20. Oktober, 14 Uhr 30", None, None, Language::De);
        let full = appointment(
            "Dienstag, 20. Oktober, 14 Uhr 30",
            Some(("Haarschnitt", Some("Anna"))),
            None,
            Language::De,
        );

        assert_eq!(
            found(&[(short, None)], Language::De),
            "Sie haben einen Termin: am Dienstag, 20. Oktober, 14 Uhr 30."
        );
        assert_eq!(full, "Haarschnitt am Dienstag, 20. Oktober, 14 Uhr 30, bei Anna");
    }

    #[test]
    fn nobody_has_to_listen_to_more_than_three() {
        let many: Vec<(String, Option<Doubt>)> = (1..=9).map(|n| (format!("am Tag {n}"), None)).collect();
        let spoken: Vec<String> = many.iter().map(|(spoken, _)| spoken.clone()).collect();

        assert_eq!(
            found(&many, Language::De),
            "Sie haben 9 Termine. Die nächsten sind am Tag 1, am Tag 2 und am Tag 3."
        );
        assert_eq!(
            which_one(&spoken, Language::De),
            "Welchen Termin meinen Sie: am Tag 1, am Tag 2 oder am Tag 3?"
        );
    }
}
