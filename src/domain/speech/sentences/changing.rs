//! What is said when an appointment that exists is moved or called off.

use super::either;
use crate::domain::speech::Language;

/// "am Dienstag, 20. Oktober, 14 Uhr 30".
pub fn on(when: &str, language: Language) -> String {
    either(language, format!("am {when}"), format!("on {when}"))
}

/// Reads back what will be moved where; the yes counts for just that.
pub fn read_back_move(from: &str, to: &str, language: Language) -> String {
    either(
        language,
        format!("Ich wiederhole: Ihr Termin {from} wird verschoben auf {to}. Ist das so richtig?"),
        format!("Let me repeat: {} will be moved to {to}. Is that right?", yours(from)),
    )
}

/// "your appointment on Monday", "your appointment for Massage on Monday".
fn yours(spoken: &str) -> String {
    let link = if spoken.starts_with("on ") { "" } else { "for " };
    format!("your appointment {link}{spoken}")
}

pub fn moved(to: &str, language: Language) -> String {
    either(
        language,
        format!("Ihr Termin ist verschoben. Er ist jetzt {to}."),
        format!("Your appointment has been moved. It is now {to}."),
    )
}

pub fn confirm_cancel(spoken: &str, language: Language) -> String {
    either(
        language,
        format!("Soll ich Ihren Termin {spoken} wirklich absagen?"),
        format!("Shall I really cancel {}?", yours(spoken)),
    )
}

pub fn cancelled(spoken: &str, language: Language) -> String {
    either(
        language,
        format!("Ihr Termin {spoken} ist abgesagt."),
        format!("I have cancelled {}.", yours(spoken)),
    )
}

/// The caller does not want it changed after all.
pub fn stays(spoken: &str, language: Language) -> String {
    either(
        language,
        format!("In Ordnung, es bleibt bei Ihrem Termin {spoken}."),
        format!("All right, {} stays as it is.", yours(spoken)),
    )
}

/// A change is under way, and it is to be asked again.
pub fn changing_now(cancels: bool, language: Language) -> String {
    let (de, en) = if cancels {
        (
            "Die Absage geht gerade an den Kalender, das dauert noch einen Moment.",
            "The cancellation is on its way to the calendar, it takes another moment.",
        )
    } else {
        (
            "Ich ändere es gerade im Kalender, das dauert noch einen Moment.",
            "I am changing it in the calendar right now, it takes another moment.",
        )
    };
    either(language, de, en)
}

/// A change is under way, and something else is wanted of the appointment. Some: that is noted for whoever calls back,
/// and until when, where that was not said before.
pub fn is_under_way(cancels: bool, spoken: &str, noted: Option<Option<&str>>, language: Language) -> String {
    let (what_de, what_en) = if cancels {
        ("eine Absage", "a cancellation")
    } else {
        ("eine Verschiebung", "a move to another time")
    };
    let (de, en) = match noted {
        Some(until) => {
            let by = |word: &str| until.map(|until| format!(", {word} {until}")).unwrap_or_default();
            (
                format!(
                    "Ihren neuen Wunsch habe ich notiert, wir rufen Sie dazu zurück{}.",
                    by("spätestens am")
                ),
                format!("I have noted what you would like instead, and we will call you back{}.", by("by")),
            )
        }
        None => (
            "Bitte rufen Sie uns dazu in unseren Öffnungszeiten an.".to_owned(),
            "Please call us about it in our opening hours.".to_owned(),
        ),
    };
    either(
        language,
        format!(
            "Für Ihren Termin {spoken} läuft gerade noch {what_de}, deshalb kann ich ihn jetzt nicht anders ändern. {de}"
        ),
        format!("There is {what_en} under way for {}, so I cannot change it now. {en}", yours(spoken)),
    )
}

pub fn could_not_be_changed(spoken: &str, until: &str, language: Language) -> String {
    either(
        language,
        format!(
            "Das hat im Kalender leider nicht geklappt, es bleibt vorerst bei Ihrem Termin {spoken}. Wir rufen Sie zurück, spätestens am {until}."
        ),
        format!(
            "That did not work in the calendar, so {} stays for now. We will call you back by {until}.",
            yours(spoken)
        ),
    )
}

/// Not by telephone; `until` is when somebody calls back at the latest.
pub fn change_not_allowed(spoken: &str, until: Option<&str>, language: Language) -> String {
    let (de, en) = match until {
        Some(until) => (
            format!(" Wir rufen Sie dazu zurück, spätestens am {until}."),
            format!(" We will call you back about it by {until}."),
        ),
        None => (
            " Bitte rufen Sie uns dazu in unseren Öffnungszeiten an.".to_owned(),
            " Please call us about it in our opening hours.".to_owned(),
        ),
    };
    either(
        language,
        format!("Ihren Termin {spoken} kann ich am Telefon leider nicht mehr ändern.{de}"),
        format!("I am afraid I cannot change {} on the phone any more.{en}", yours(spoken)),
    )
}

/// What somebody wanted, for whoever calls back.
pub fn change_wished(cancels: bool, spoken: &str, language: Language) -> String {
    match (cancels, language) {
        (true, Language::De) => format!("Absage: {spoken}"),
        (false, Language::De) => format!("Verschieben: {spoken}"),
        (true, Language::En) => format!("Cancel: {spoken}"),
        (false, Language::En) => format!("Move: {spoken}"),
    }
}

/// No further one is given to this customer by telephone.
pub fn too_many_open(language: Language) -> String {
    either(
        language,
        "Unter diesem Namen stehen schon so viele Termine an, dass ich am Telefon keinen weiteren vergeben kann. Darf ich Sie zurückrufen lassen?",
        "There are so many appointments under this name already that I cannot give another one on the phone. May I have somebody call you back?",
    )
}

pub fn is_then_already(spoken: &str, language: Language) -> String {
    either(
        language,
        format!("Ihr Termin ist schon {spoken}. Auf wann möchten Sie ihn verschieben?"),
        format!("Your appointment is {spoken} already. When would you like to move it to?"),
    )
}

/// The time that was chosen is not one of whoever has the appointment; None: who that is may not be said.
pub fn stays_with(staff: Option<&str>, language: Language) -> String {
    let (de, en) = match staff {
        Some(name) => (
            format!("Diese Zeit ist nicht bei {name}, und Ihr Termin bleibt bei {name}."),
            format!("That time is not with {name}, and your appointment stays with {name}."),
        ),
        None => (
            "Diese Zeit gehört zu einem anderen Kalender als Ihr Termin.".to_owned(),
            "That time belongs to another calendar than your appointment.".to_owned(),
        ),
    };
    either(
        language,
        format!("{de} Auf welchen Tag und welche Uhrzeit möchten Sie ihn dort verschieben?"),
        format!("{en} Which day and what time would you like to move it to there?"),
    )
}

/// Asks for the new day, or for the new time.
pub fn move_to_when(spoken: &str, lacks_day: bool, language: Language) -> String {
    match (lacks_day, language) {
        (true, Language::De) => format!("Auf welchen Tag möchten Sie Ihren Termin {spoken} verschieben?"),
        (false, Language::De) => "Auf welche Uhrzeit möchten Sie ihn verschieben?".into(),
        (true, Language::En) => format!("Which day would you like to move your appointment {spoken} to?"),
        (false, Language::En) => "What time would you like to move it to?".into(),
    }
}
