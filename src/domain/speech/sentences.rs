//! The sentences the house puts into the agent's mouth: short, polite, true, without ids or figures of machines.

use super::{Language, Why, say};

/// An appointment in words.
#[derive(Clone)]
pub struct Spoken {
    pub service: String,
    pub when: String,
    pub staff: Option<String>,
    pub name: String,
}

/// How the caller is to be reached, in words, as far as it was said.
#[derive(Clone, Default)]
pub struct Contact {
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
        match (language, &self.staff) {
            (Language::De, Some(staff)) => format!("{service} am {when}, bei {staff}"),
            (Language::De, None) => format!("{service} am {when}"),
            (Language::En, Some(staff)) => format!("{service} on {when}, with {staff}"),
            (Language::En, None) => format!("{service} on {when}"),
        }
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
        "In Ordnung, ich trage nichts ein. Kann ich sonst etwas für Sie tun?",
        "All right, I will not enter anything. Is there anything else I can do for you?",
    )
}

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
    either(
        language,
        format!("Das habe ich nicht in unserem Angebot gefunden. Wir bieten {list}. Was davon darf es sein?"),
        format!("I could not find that among our services. We offer {list}. Which one would you like?"),
    )
}

pub fn services(services: &[String], language: Language) -> String {
    let list = say::list(services, language);
    either(language, format!("Wir bieten {list}."), format!("We offer {list}."))
}

pub fn which_branch(branches: &[String], language: Language) -> String {
    let list = few(branches, language);
    either(
        language,
        format!("Für welche Filiale darf ich schauen: {list}?"),
        format!("Which branch may I look at: {list}?"),
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

pub fn past(language: Language) -> String {
    either(
        language,
        "Dieser Zeitpunkt ist schon vorbei. Welchen Tag und welche Uhrzeit meinen Sie?",
        "That time has already passed. Which day and what time do you mean?",
    )
}

pub fn too_soon(minutes: u32, language: Language) -> String {
    let (de, en) = if minutes > 120 {
        let hours = minutes.div_ceil(60);
        (format!("{hours} Stunden"), format!("{hours} hours"))
    } else {
        (format!("{minutes} Minuten"), format!("{minutes} minutes"))
    };
    either(
        language,
        format!(
            "So kurzfristig geht es leider nicht, wir brauchen {de} Vorlauf. Passt Ihnen ein späterer Termin?"
        ),
        format!("That is too soon, we need {en} of notice. Would a later time suit you?"),
    )
}

pub fn too_far(days: u32, language: Language) -> String {
    either(
        language,
        format!(
            "So weit im Voraus vergeben wir noch keine Termine, nur für die nächsten {days} Tage. Passt Ihnen ein früherer Tag?"
        ),
        format!(
            "We do not book that far ahead yet, only for the next {days} days. Would an earlier day suit you?"
        ),
    )
}

pub fn closed(when: &str, language: Language) -> String {
    either(
        language,
        format!(
            "Am {when} haben wir geschlossen oder schließen zu früh dafür. Welcher andere Zeitpunkt passt Ihnen?"
        ),
        format!("On {when} we are closed or close too early for that. What other time would suit you?"),
    )
}

pub fn closed_day(day: &str, language: Language) -> String {
    either(
        language,
        format!("Am {day}, haben wir geschlossen. Welcher andere Tag passt Ihnen?"),
        format!("On {day} we are closed. Which other day would suit you?"),
    )
}

pub fn paused(language: Language) -> String {
    either(
        language,
        "Im Moment kann ich keine Termine vergeben. Darf ich Sie zurückrufen lassen?",
        "I cannot give appointments at the moment. May I have somebody call you back?",
    )
}

pub fn this_is_free(spoken: &str, language: Language) -> String {
    either(
        language,
        format!("{spoken} ist frei. Soll ich das für Sie festhalten?"),
        format!("{spoken} is free. Shall I keep it for you?"),
    )
}

pub fn these_are_free(spoken: &[String], language: Language) -> String {
    let list = say::list(spoken, language);
    let (de, en) = if spoken.len() == 1 { ("ist", "is") } else { ("sind", "are") };
    either(
        language,
        format!("Frei {de} {list}. Was passt Ihnen?"),
        format!("Free {en} {list}. What suits you?"),
    )
}

pub fn not_free(wished: &str, spoken: &[String], language: Language) -> String {
    if spoken.is_empty() {
        return either(
            language,
            format!(
                "{wished} ist leider nicht frei, und in der Nähe sehe ich nichts. Passt Ihnen ein anderer Tag?"
            ),
            format!("{wished} is not free, and I see nothing near it. Would another day suit you?"),
        );
    }
    let list = say::list(spoken, language);
    either(
        language,
        format!("{wished} ist leider nicht frei. Frei {} {list}. Passt Ihnen etwas davon?", would_be(spoken)),
        format!("{wished} is not free. I could offer {list}. Does one of these suit you?"),
    )
}

pub fn not_free_day(day: &str, spoken: &[String], language: Language) -> String {
    if spoken.is_empty() {
        return either(
            language,
            format!("Am {day}, ist leider nichts mehr frei. Passt Ihnen ein anderer Tag?"),
            format!("Nothing is free on {day}. Would another day suit you?"),
        );
    }
    let list = say::list(spoken, language);
    either(
        language,
        format!(
            "Am {day}, ist leider nichts mehr frei. Frei {} {list}. Passt Ihnen etwas davon?",
            would_be(spoken)
        ),
        format!("Nothing is free on {day}. I could offer {list}. Does one of these suit you?"),
    )
}

pub fn nothing_free(language: Language) -> String {
    either(
        language,
        "In den nächsten Wochen sehe ich leider nichts Freies. Darf ich Sie zurückrufen lassen?",
        "I see nothing free in the coming weeks. May I have somebody call you back?",
    )
}

pub fn unreachable(language: Language) -> String {
    either(
        language,
        "Der Kalender antwortet gerade nicht. Sagen Sie mir bitte, wann Sie kommen möchten, dann merke ich es vor.",
        "The calendar is not answering just now. Please tell me when you would like to come and I will note it.",
    )
}

pub fn unknown_slot(language: Language) -> String {
    either(
        language,
        "Diesen Vorschlag habe ich nicht mehr vor mir. Welchen Tag und welche Uhrzeit meinen Sie?",
        "I do not have that suggestion in front of me. Which day and what time do you mean?",
    )
}

pub fn slot_contradicts(offered: &str, language: Language) -> String {
    either(
        language,
        format!("Nur damit ich Sie richtig verstehe: Meinen Sie {offered}?"),
        format!("Just to be sure: do you mean {offered}?"),
    )
}

pub fn too_many_holds(language: Language) -> String {
    either(
        language,
        "Mehr Termine auf einmal kann ich nicht festhalten. Wollen wir erst die bisherigen abschließen?",
        "I cannot keep more appointments at a time. Shall we finish the ones we have first?",
    )
}

pub fn not_an_appointment(most: u8, language: Language) -> String {
    either(
        language,
        format!("In einem Gespräch kann ich bis zu {most} Termine aufnehmen. Um den wievielten geht es?"),
        format!("I can take up to {most} appointments in one call. Which one is it about?"),
    )
}

pub fn callback_noted(until: &str, language: Language) -> String {
    either(
        language,
        format!("Ich habe es notiert. Wir rufen Sie zurück, spätestens am {until}."),
        format!("I have noted it. We will call you back by {until}."),
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

pub fn not_understood(language: Language) -> String {
    either(
        language,
        "Das habe ich leider nicht verstanden. Können Sie es bitte noch einmal sagen?",
        "I am sorry, I did not understand. Could you say that again, please?",
    )
}

pub fn trouble(language: Language) -> String {
    either(
        language,
        "Einen Moment bitte, das hat gerade nicht geklappt. Können Sie es bitte noch einmal sagen?",
        "One moment please, that did not work just now. Could you say that again, please?",
    )
}

fn would_be(spoken: &[String]) -> &'static str {
    if spoken.len() == 1 { "wäre" } else { "wären" }
}

/// At most five names, so that nobody has to listen to a catalogue.
fn few(names: &[String], language: Language) -> String {
    say::list(&names[..names.len().min(5)], language)
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
