//! Questions back to the caller: one at a time, never more to choose from than one can keep in mind.

use super::offering::past;
use super::{either, few, few_or};
use crate::domain::speech::{Language, Why};

/// Asks for the first thing that is missing.
pub fn asking_for(field: &str, name_unclear: bool, services: &[String], language: Language) -> String {
    let de = match field {
        "dienstleistung" => format!("Worum geht es? Wir bieten {}.", few(services, Language::De)),
        "datum" => "An welchem Tag möchten Sie kommen?".into(),
        "uhrzeit" => "Um wie viel Uhr möchten Sie kommen?".into(),
        "name" if name_unclear => "Ihren Namen habe ich nicht verstanden. Wie heißen Sie bitte?".into(),
        "name" => "Auf welchen Namen darf ich den Termin eintragen?".into(),
        "telefonnummer" => "Unter welcher Telefonnummer erreichen wir Sie?".into(),
        _ => "Wie lautet Ihre E-Mail-Adresse? Bitte buchstabieren Sie sie.".to_owned(),
    };
    let en = match field {
        "dienstleistung" => format!("What is it about? We offer {}.", few(services, Language::En)),
        "datum" => "Which day would you like to come?".into(),
        "uhrzeit" => "What time would you like to come?".into(),
        "name" if name_unclear => "I did not catch your name. What is your name, please?".into(),
        "name" => "What name may I put the appointment under?".into(),
        "telefonnummer" => "Which phone number can we reach you at?".into(),
        _ => "What is your e-mail address? Please spell it.".to_owned(),
    };
    either(language, de, en)
}

pub fn which_service(services: &[String], language: Language) -> String {
    let list = few(services, language);
    if services.len() == 1 {
        return either(
            language,
            format!("Das habe ich nicht in unserem Angebot gefunden. Wir bieten {list}. Möchten Sie das?"),
            format!("I could not find that among our services. We offer {list}. Would you like that?"),
        );
    }
    either(
        language,
        format!("Das habe ich nicht in unserem Angebot gefunden. Wir bieten {list}. Was davon darf es sein?"),
        format!("I could not find that among our services. We offer {list}. Which one would you like?"),
    )
}

pub fn which_branch(branches: &[String], is_unknown: bool, language: Language) -> String {
    let list = few_or(branches, language);
    let (de, en) = if is_unknown {
        ("Diese Filiale kenne ich nicht. ", "I do not know that branch. ")
    } else {
        ("", "")
    };
    either(
        language,
        format!("{de}Für welche Filiale darf ich schauen: {list}?"),
        format!("{en}Which branch would you like: {list}?"),
    )
}

/// What is promised at one branch is not mixed with another in the same call.
pub fn one_branch_a_call(branch: &str, language: Language) -> String {
    either(
        language,
        format!(
            "In diesem Gespräch haben wir schon einen Termin für {branch}. Für eine andere Filiale lasse ich Sie gern zurückrufen."
        ),
        format!(
            "In this call we already have an appointment at {branch}. For another branch I can have somebody call you back."
        ),
    )
}

pub fn which_staff(staff: &[String], language: Language) -> String {
    if staff.is_empty() {
        return either(
            language,
            "Diesen Namen habe ich bei uns nicht gefunden. Ist es Ihnen auch ohne bestimmte Person recht?",
            "I could not find that name here. Would anyone else be fine as well?",
        );
    }
    let list = few(staff, language);
    let work = if staff.len() == 1 { "arbeitet" } else { "arbeiten" };
    either(
        language,
        format!(
            "Diesen Namen habe ich bei uns nicht gefunden. Bei uns {work} {list}. Zu wem möchten Sie, oder ist es Ihnen egal?"
        ),
        format!("I could not find that name here. We have {list}. Who would you like, or is anyone fine?"),
    )
}

pub fn not_by_them(service: &str, staff: &[String], language: Language) -> String {
    if staff.is_empty() {
        return either(
            language,
            format!(
                "{service} ist bei uns keiner bestimmten Person zugeordnet. Ist Ihnen das auch so recht?"
            ),
            format!("{service} is not tied to a particular person here. Is that fine with you?"),
        );
    }
    if let [only] = staff {
        return either(
            language,
            format!("{service} macht bei uns nur {only}. Ist Ihnen das recht?"),
            format!("Only {only} does {service} here. Is that fine with you?"),
        );
    }
    let list = few(staff, language);
    either(
        language,
        format!("{service} machen bei uns {list}. Zu wem möchten Sie?"),
        format!("{service} is done by {list}. Who would you like?"),
    )
}

pub fn which_of_these(spoken: &[String], language: Language) -> String {
    match (language, spoken.split_last()) {
        (Language::De, Some((last, rest))) if !rest.is_empty() => {
            format!("Meinen Sie {} oder {last}?", rest.join(", "))
        }
        (Language::En, Some((last, rest))) if !rest.is_empty() => {
            format!("Do you mean {} or {last}?", rest.join(", "))
        }
        (_, _) => which_day_and_time(language),
    }
}

pub fn which_day_and_time(language: Language) -> String {
    either(
        language,
        "Das habe ich nicht verstanden. Welchen Tag und welche Uhrzeit meinen Sie genau?",
        "I did not understand that. Which day and what time exactly do you mean?",
    )
}

pub fn when_exactly(language: Language) -> String {
    either(
        language,
        "Welcher Tag und welche Uhrzeit wären Ihnen genau recht?",
        "Which day and what time exactly would suit you?",
    )
}

pub fn no_such_moment(why: Why, language: Language) -> String {
    match why {
        Why::Past => past(language),
        Why::NoSuchDate => either(
            language,
            "Diesen Tag gibt es nicht. Welches Datum meinen Sie?",
            "There is no such day. Which date do you mean?",
        ),
        Why::WeekdayMismatch => either(
            language,
            "Der Wochentag und das Datum passen nicht zusammen. Welchen Tag meinen Sie?",
            "The weekday and the date do not match. Which day do you mean?",
        ),
        Why::NoSuchTime => either(
            language,
            "Diese Uhrzeit gibt es nicht. Um wie viel Uhr möchten Sie kommen?",
            "There is no such time. What time would you like to come?",
        ),
    }
}

pub fn not_an_appointment(most: u8, language: Language) -> String {
    either(
        language,
        format!("In einem Gespräch kann ich bis zu {most} Termine aufnehmen. Um den wievielten geht es?"),
        format!("I can take up to {most} appointments in one call. Which one is it about?"),
    )
}

pub fn number_needed_withheld(language: Language) -> String {
    either(
        language,
        "Ihre Nummer wird mir nicht angezeigt. Unter welcher Telefonnummer erreichen wir Sie?",
        "I cannot see your number. Which phone number can we reach you at?",
    )
}

pub fn number_not_understood(language: Language) -> String {
    either(
        language,
        "Die Nummer habe ich nicht verstanden. Nennen Sie sie mir bitte noch einmal Ziffer für Ziffer.",
        "I did not catch the number. Please tell me once more, digit by digit.",
    )
}

pub fn not_understood(language: Language) -> String {
    either(
        language,
        "Das habe ich leider nicht verstanden. Können Sie es bitte noch einmal sagen?",
        "I am sorry, I did not understand. Could you say that again, please?",
    )
}
