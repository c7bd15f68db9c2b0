//! What is free, what is not, and why: sentences about times.

use super::either;
use crate::domain::speech::{Language, say};

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
            "{when} liegt außerhalb unserer Öffnungszeiten oder endet danach. Welcher andere Zeitpunkt passt Ihnen?"
        ),
        format!(
            "{when} is outside our opening hours or would end after them. What other time would suit you?"
        ),
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

fn would_be(spoken: &[String]) -> &'static str {
    if spoken.len() == 1 { "wäre" } else { "wären" }
}
