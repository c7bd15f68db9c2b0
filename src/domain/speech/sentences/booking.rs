//! What has become of an appointment while the caller is on the line, and who helps where no appointment does.

use super::{Spoken, either};
use crate::domain::speech::Language;

pub fn booked(what: &Spoken, language: Language) -> String {
    let said = what.without_name(language);
    either(
        language,
        format!("Ihr Termin ist eingetragen: {said}."),
        format!("Your appointment is booked: {said}."),
    )
}

pub fn requested(what: &Spoken, language: Language) -> String {
    let said = what.without_name(language);
    either(
        language,
        format!("Ihr Termin ist angefragt: {said}. Er muss bei uns noch bestätigt werden."),
        format!("Your appointment is requested: {said}. It still has to be confirmed here."),
    )
}

/// The caller was cut off a moment ago.
pub fn going_on(language: Language) -> String {
    either(
        language,
        "Wir waren eben unterbrochen, ich mache dort weiter.",
        "We were cut off a moment ago, I will go on from there.",
    )
}

/// A write is under way, and it is to be asked again.
pub fn booking_now(language: Language) -> String {
    either(
        language,
        "Ich trage es gerade ein, das dauert noch einen Moment.",
        "I am entering it right now, it takes another moment.",
    )
}

pub fn stands_already(what: &Spoken, language: Language) -> String {
    let said = what.without_name(language);
    either(
        language,
        format!(
            "Eingetragen ist schon: {said}. Möchten Sie diesen Termin verschieben, ihn absagen oder noch einen weiteren?"
        ),
        format!("Already booked: {said}. Would you like to move it, cancel it, or have another one?"),
    )
}

pub fn stands_no_more(language: Language) -> String {
    either(
        language,
        "Dieser Termin steht nicht mehr im Kalender. Möchten Sie einen neuen?",
        "This appointment is no longer in the calendar. Would you like a new one?",
    )
}

pub fn could_not_be_booked(until: &str, language: Language) -> String {
    either(
        language,
        format!(
            "Diesen Termin konnte ich leider nicht eintragen. Wir rufen Sie zurück, spätestens am {until}."
        ),
        format!("I could not enter this appointment. We will call you back by {until}."),
    )
}

/// Where there is help at once; `has_doctors` where doctors on call answer at 116 117.
pub fn emergency(has_doctors: bool, language: Language) -> String {
    let (de, en) = if has_doctors {
        (
            " Den ärztlichen Bereitschaftsdienst erreichen Sie unter 116 117.",
            " Doctors on call answer at 116 117.",
        )
    } else {
        ("", "")
    };
    either(
        language,
        format!("Wenn Gefahr für Leben oder Gesundheit besteht, rufen Sie bitte sofort die 112 an.{de}"),
        format!("If life or health is in danger, please call 112 at once.{en}"),
    )
}

pub fn put_through(language: Language) -> String {
    either(language, "Ich verbinde Sie jetzt.", "I am putting you through now.")
}

pub fn may_put_through(language: Language) -> String {
    either(
        language,
        "Wenn Sie möchten, verbinde ich Sie gleich mit jemandem von uns.",
        "If you like, I can put you through to one of us right away.",
    )
}
