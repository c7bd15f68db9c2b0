//! The sentences the house puts into the agent's mouth: short, polite, true, without ids or figures of machines.

mod asking;
mod booking;
mod changing;
mod existing;
mod offering;
mod opening;
mod ringing;

pub use asking::*;
pub use booking::*;
pub use changing::*;
pub use existing::*;
pub use offering::*;
pub use opening::*;
pub use ringing::*;

use super::{Language, say};

/// The most names in one sentence.
const NAMES_MAX: usize = 5;

/// An appointment in words.
#[derive(Clone)]
pub struct Spoken {
    pub service: String,
    pub when: String,
    pub staff: Option<String>,
    /// Named where there is more than one to go to.
    pub branch: Option<String>,
    pub name: String,
}

/// Who the caller is and how to be reached, as far as it is to be spelled or was said.
#[derive(Clone, Default)]
pub struct Contact {
    /// The name letter by letter, where it may have been misunderstood.
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contact").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Spoken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spoken").field("when", &self.when).finish_non_exhaustive()
    }
}

impl Spoken {
    fn without_name(&self, language: Language) -> String {
        let (service, when) = (&self.service, &self.when);
        let staff = self.staff.as_ref().map(|name| format!(", {}", say::by(name, language)));
        let (on, at) = match language {
            Language::De => ("am", "Filiale"),
            Language::En => ("on", "branch"),
        };
        let branch = self.branch.as_ref().map(|name| format!(", {at} {name}"));
        format!("{service} {on} {when}{}{}", staff.unwrap_or_default(), branch.unwrap_or_default())
    }
}

fn either(language: Language, de: impl Into<String>, en: impl Into<String>) -> String {
    match language {
        Language::De => de.into(),
        Language::En => en.into(),
    }
}

pub fn read_back(what: &Spoken, contact: &Contact, language: Language) -> String {
    let (said, name) = (what.without_name(language), &what.name);
    let reached = contact.in_words(language);
    either(
        language,
        format!("Ich wiederhole: {said}, auf den Namen {name}{reached}. Ist das so richtig?"),
        format!("Let me repeat: {said}, for {name}{reached}. Is that right?"),
    )
}

pub fn read_back_on_trust(what: &Spoken, contact: &Contact, language: Language) -> String {
    let (said, name) = (what.without_name(language), &what.name);
    let reached = contact.in_words(language);
    either(
        language,
        format!(
            "Der Kalender antwortet gerade nicht. Ich merke vor: {said}, auf den Namen {name}{reached}. Das ist noch keine Zusage. Soll ich es so vormerken?"
        ),
        format!(
            "The calendar is not answering just now. I will note: {said}, for {name}{reached}. That is not confirmed yet. Shall I note it like this?"
        ),
    )
}

impl Contact {
    fn in_words(&self, language: Language) -> String {
        let mut words = String::new();
        if let Some(name) = &self.name {
            words += &either(language, format!(", buchstabiert {name}"), format!(", spelled {name}"));
        }
        if let Some(phone) = &self.phone {
            words += &either(language, format!(", Telefon {phone}"), format!(", phone {phone}"));
        }
        if let Some(email) = &self.email {
            words += &either(language, format!(", E-Mail {email}"), format!(", e-mail {email}"));
        }
        words
    }
}

pub fn confirmed(what: &Spoken, language: Language) -> String {
    let said = what.without_name(language);
    either(
        language,
        format!("Gut, ich gebe das gleich nach unserem Gespräch weiter: {said}."),
        format!("Good, I will pass this on right after our call: {said}."),
    )
}

pub fn noted(what: &Spoken, language: Language) -> String {
    let said = what.without_name(language);
    either(
        language,
        format!(
            "Ich habe vorgemerkt: {said}. Das ist noch nicht bestätigt. Sobald der Kalender wieder antwortet, tragen wir es ein, sonst melden wir uns bei Ihnen."
        ),
        format!(
            "I have noted: {said}. It is not confirmed yet. We will enter it as soon as the calendar answers again, or else call you."
        ),
    )
}

pub fn withdrawn(language: Language) -> String {
    either(
        language,
        "In Ordnung, diesen Termin trage ich nicht ein. Kann ich sonst etwas für Sie tun?",
        "All right, I will not enter this appointment. Is there anything else I can do for you?",
    )
}

/// What is offered, a few by name: nobody keeps more in mind.
pub fn services(services: &[String], language: Language) -> String {
    if services.is_empty() {
        return either(
            language,
            "Im Moment können wir leider nichts anbieten. Darf ich Sie zurückrufen lassen?",
            "I am afraid we have nothing to offer just now. May I have somebody call you back?",
        );
    }
    let list = few(services, language);
    if services.len() > NAMES_MAX {
        return either(
            language,
            format!("Wir bieten unter anderem {list}. Worum geht es Ihnen?"),
            format!("We offer {list}, among other things. What is it about?"),
        );
    }
    either(language, format!("Wir bieten {list}."), format!("We offer {list}."))
}

pub fn callback_noted(until: &str, language: Language) -> String {
    either(
        language,
        format!("Ich habe es notiert. Wir rufen Sie zurück, spätestens am {until}."),
        format!("I have noted it. We will call you back by {until}."),
    )
}

/// Nobody is there when the caller would like to be called: somebody calls once they are.
pub fn callback_after(from: &str, until: &str, language: Language) -> String {
    either(
        language,
        format!(
            "Zu dieser Zeit ist bei uns niemand da. Wir rufen Sie danach zurück, ab {from}, spätestens am {until}."
        ),
        format!(
            "Nobody is here at that time. We will call you after that, from {from}, by {until} at the latest."
        ),
    )
}

/// When the caller would like to be called has passed, or was not understood: the words are kept, and nothing more is
/// promised.
pub fn callback_whenever(is_past: bool, until: &str, language: Language) -> String {
    let (de, en) = if is_past {
        ("Diese Zeit ist schon vorbei.", "That time has already passed.")
    } else {
        (
            "Wann es Ihnen recht ist, habe ich mit Ihren Worten notiert, versprechen kann ich es nicht.",
            "I have noted your words for when it suits you, but I cannot promise it.",
        )
    };
    either(
        language,
        format!("{de} Wir rufen Sie zurück, spätestens am {until}."),
        format!("{en} We will call you back by {until}."),
    )
}

pub fn unknown_number(language: Language) -> String {
    either(
        language,
        "Für diesen Anschluss bin ich noch nicht eingerichtet. Bitte rufen Sie später noch einmal an.",
        "I am not set up for this line yet. Please call again later.",
    )
}

pub fn unknown_function(language: Language) -> String {
    either(
        language,
        "Das kann ich hier leider nicht erledigen. Darf ich Sie zurückrufen lassen?",
        "I am afraid I cannot do that here. May I have somebody call you back?",
    )
}

/// Nothing is under way, and it is to be asked again.
pub fn one_moment(language: Language) -> String {
    either(
        language,
        "Einen Moment bitte. Fragen Sie mich gleich noch einmal.",
        "One moment please. Ask me again in a moment.",
    )
}

pub fn working(language: Language) -> String {
    either(
        language,
        "Einen Moment bitte, ich bin noch dabei. Fragen Sie mich gleich noch einmal.",
        "One moment please, I am still at it. Ask me again in a moment.",
    )
}

pub fn trouble(language: Language) -> String {
    either(
        language,
        "Einen Moment bitte, das hat gerade nicht geklappt. Können Sie es bitte noch einmal sagen?",
        "One moment please, that did not work just now. Could you say that again, please?",
    )
}

/// At most five names to choose one from.
fn few_or(names: &[String], language: Language) -> String {
    let or = either(language, " oder ", " or ");
    match names[..names.len().min(NAMES_MAX)].split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{}{or}{last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

/// At most five names, so that nobody has to listen to a catalogue.
fn few(names: &[String], language: Language) -> String {
    say::list(&names[..names.len().min(NAMES_MAX)], language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_read_back_names_everything_a_yes_will_stand_for() {
        let what = Spoken {
            service: "Haarschnitt".into(),
            when: "Dienstag, 20. Oktober, 14 Uhr 30".into(),
            staff: Some("Anna".into()),
            branch: None,
            name: "Erika Beispiel".into(),
        };

        assert_eq!(
            read_back(&what, &Contact::default(), Language::De),
            "Ich wiederhole: Haarschnitt am Dienstag, 20. Oktober, 14 Uhr 30, bei Anna, auf den Namen Erika Beispiel. Ist das so richtig?"
        );
    }

    #[test]
    fn nobody_has_to_listen_to_a_catalogue() {
        let many: Vec<String> = (1..=20).map(|n| format!("Leistung {n}")).collect();

        let sentence = which_service(&many, Language::De);

        assert!(sentence.contains("Leistung 5") && !sentence.contains("Leistung 6"), "{sentence}");
    }
}
