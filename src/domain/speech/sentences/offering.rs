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
    if spoken.len() == 1 {
        return either(
            language,
            format!("Frei ist {list}. Was passt Ihnen?"),
            format!("We have {list} free. Does that suit you?"),
        );
    }
    either(
        language,
        format!("Frei sind {list}. Was passt Ihnen?"),
        format!("We have {list} free. What suits you?"),
    )
}

/// Times in words that are offered instead, and the branch where, if it is another than the one that was called.
#[derive(Clone, Debug, Default)]
pub struct Offers {
    pub spoken: Vec<String>,
    pub branch: Option<String>,
}

impl Offers {
    /// What could be had; None: nothing.
    fn could_be(&self, language: Language) -> Option<String> {
        let list = say::list(&self.spoken, language);
        let would = would_be(&self.spoken);
        match (&self.branch, self.spoken.is_empty()) {
            (_, true) => None,
            (None, _) => Some(either(
                language,
                format!("Frei {would} {list}. Passt Ihnen etwas davon?"),
                format!("I could offer {list}. Does one of these suit you?"),
            )),
            (Some(branch), _) => Some(either(
                language,
                format!("In der Filiale {branch} {would} {list} frei. Passt Ihnen etwas davon?"),
                format!("At our branch {branch} I could offer {list}. Does one of these suit you?"),
            )),
        }
    }
}

pub fn not_free(wished: &str, offers: &Offers, language: Language) -> String {
    match offers.could_be(language) {
        Some(could) => either(
            language,
            format!("{wished} ist leider nicht frei. {could}"),
            format!("{wished} is not free. {could}"),
        ),
        None => either(
            language,
            format!(
                "{wished} ist leider nicht frei, und in der Nähe sehe ich nichts. Passt Ihnen ein anderer Tag?"
            ),
            format!("{wished} is not free, and I see nothing near it. Would another day suit you?"),
        ),
    }
}

pub fn not_free_day(day: &str, offers: &Offers, language: Language) -> String {
    let could = offers.could_be(language);
    let de = could.clone().unwrap_or_else(|| "Passt Ihnen ein anderer Tag?".into());
    let en = could.unwrap_or_else(|| "Would another day suit you?".into());
    either(
        language,
        format!("Am {day}, ist leider nichts mehr frei. {de}"),
        format!("Nothing is free on {day}. {en}"),
    )
}

/// Nothing in the window that was wished for.
pub fn nothing_then(offers: &Offers, language: Language) -> String {
    match offers.could_be(language) {
        Some(could) => either(
            language,
            format!("In dieser Zeit ist leider nichts frei. {could}"),
            format!("Nothing is free then. {could}"),
        ),
        None => either(
            language,
            "In dieser Zeit ist leider nichts frei, und in der Nähe sehe ich auch nichts. Passt Ihnen eine andere Zeit?",
            "Nothing is free then, and I see nothing near it. Would another time suit you?",
        ),
    }
}

/// All that is free in the window has been offered already.
pub fn no_more_then(offers: &Offers, language: Language) -> String {
    match offers.could_be(language) {
        Some(could) => either(
            language,
            format!("Mehr ist in dieser Zeit nicht frei. {could}"),
            format!("Nothing more is free then. {could}"),
        ),
        None => either(
            language,
            "Mehr ist in dieser Zeit nicht frei. Passt Ihnen doch einer der genannten Termine, oder eine andere Zeit?",
            "Nothing more is free then. Would one of those suit you after all, or another time?",
        ),
    }
}

/// Nothing for weeks, unless at another branch.
pub fn nothing_free(offers: &Offers, language: Language) -> String {
    match offers.could_be(language) {
        Some(could) => either(
            language,
            format!("In den nächsten Wochen sehe ich hier leider nichts Freies. {could}"),
            format!("I see nothing free here in the coming weeks. {could}"),
        ),
        None => either(
            language,
            "In den nächsten Wochen sehe ich leider nichts Freies. Darf ich Sie zurückrufen lassen?",
            "I see nothing free in the coming weeks. May I have somebody call you back?",
        ),
    }
}

/// A time with the name of whoever serves then.
pub fn by_them(when: &str, staff: &str, language: Language) -> String {
    format!("{when} {}", say::by(staff, language))
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

pub fn closed_holiday(day: &str, holiday: &str, language: Language) -> String {
    either(
        language,
        format!("Am {day}, ist {holiday}, da haben wir geschlossen. Welcher andere Tag passt Ihnen?"),
        format!("{day} is {holiday}, and we are closed then. Which other day would suit you?"),
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
