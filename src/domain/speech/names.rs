//! Names of persons: folded for comparison, and told from what merely stands in their place.

mod likeness;
mod spelling;
mod tables;

pub use likeness::{Likeness, likeness, sound, sound_alike};
pub use spelling::{spell, spelled};

use super::{folded_letters, is_placeholder};

/// Forms of address and degrees, which are no part of a name; folded.
const TITLES: [&str; 14] = [
    "dr",
    "prof",
    "professor",
    "doktor",
    "doctor",
    "herr",
    "herrn",
    "frau",
    "mr",
    "mrs",
    "ms",
    "miss",
    "dipl",
    "ing",
];

/// Words a model or a telephone exchange writes where it knows no name; folded.
const NOBODY: [&str; 26] = [
    "unbekannt",
    "unbekannter",
    "unbekannte",
    "anonym",
    "anonymous",
    "unknown",
    "user",
    "nutzer",
    "kunde",
    "kundin",
    "customer",
    "caller",
    "anrufer",
    "anruferin",
    "patient",
    "patientin",
    "gast",
    "guest",
    "client",
    "name",
    "nachname",
    "vorname",
    "assistent",
    "assistant",
    "agent",
    "bot",
];

/// Words that show a time of day got into the name; folded.
const CLOCK_WORDS: [&str; 10] = [
    "uhr",
    "oclock",
    "heute",
    "today",
    "tomorrow",
    "uebermorgen",
    "vormittag",
    "vormittags",
    "nachmittag",
    "nachmittags",
];

/// The name as it is compared: umlauts and accents folded, hyphens as blanks, titles before it dropped.
pub fn fold(name: &str) -> String {
    let letters = folded_letters(name).replace('\'', "");
    let words = letters.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.skip_while(|word| TITLES.contains(word)).collect::<Vec<_>>().join(" ")
}

/// Whether this can be a caller's name and is none of the house's own names.
pub fn is_a_name(text: &str, not_names: &[&str]) -> bool {
    let folded = fold(text);
    let words: Vec<&str> = folded.split(' ').collect();
    let is_lettered = text.trim().chars().all(|sign| sign.is_alphabetic() || is_in_names(sign));
    if is_placeholder(text) || folded.chars().count() < 2 || !is_lettered {
        return false;
    }
    // "Unbekannter Anrufer" is nobody, "Anna Gast" is somebody.
    if words.iter().all(|word| NOBODY.contains(word)) || words.iter().any(|word| CLOCK_WORDS.contains(word)) {
        return false;
    }
    if matches!(words[..], ["halb" | "viertel" | "dreiviertel", ..]) && words.len() > 1 {
        return false;
    }
    !not_names.iter().any(|name| fold(name) == folded)
}

fn is_in_names(sign: char) -> bool {
    sign.is_whitespace() || "-.,'’‘´`".contains(sign) || ('\u{300}'..='\u{36f}').contains(&sign)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_name_fold_alike() {
        assert_eq!(fold("Jürgen Groß"), "juergen gross");
        assert_eq!(fold("JUERGEN  GROSS"), "juergen gross");
        assert_eq!(fold("Renée Müller-Lüdenscheid"), fold("renee mueller luedenscheid"));
        assert_eq!(fold("O’Hara"), fold("O'Hara"));
    }

    #[test]
    fn titles_are_no_part_of_a_name() {
        assert_eq!(fold("Frau Dr. Berta Beispiel"), "berta beispiel");
        assert_eq!(fold("Herr Prof. Dr. Muster"), "muster");
        assert_eq!(fold("Drost"), "drost");
        assert_eq!(fold("Haarschnitt Frau"), "haarschnitt frau");
    }

    #[test]
    fn what_stands_in_a_names_place_is_refused() {
        let refused = [
            "",
            "{{name}}",
            "None",
            "unbekannt",
            "Anonym",
            "unknown",
            "User",
            "Kunde",
            "Unbekannter Anrufer",
            "Frau",
            "14 Uhr",
            "zehn Uhr",
            "halb drei",
            "0171 2345678",
            "m@example.org",
            "x",
        ];
        for text in refused {
            assert!(!is_a_name(text, &[]), "{text}");
        }
    }

    #[test]
    fn the_houses_own_names_are_refused_however_they_are_spelled() {
        let house = ["Lotte", "Salon Schön", "Jörg Müller"];

        assert!(!is_a_name("lotte", &house));
        assert!(!is_a_name("Salon Schoen", &house));
        assert!(!is_a_name("Herr Joerg Mueller", &house));
        assert!(is_a_name("Lotte Lampe", &house));
    }

    #[test]
    fn real_names_pass() {
        for name in
            ["Marta Beispiel", "Dr. O'Hara", "Jean-Luc d’Exemple", "Freitag", "Anna Gast", "Ng", "Łucja Żak"]
        {
            assert!(is_a_name(name, &["Salon Anna"]), "{name}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(name in "\\PC{0,30}") {
            prop_assert_eq!(fold(&fold(&name)), fold(&name));
        }

        #[test]
        fn no_text_makes_it_panic(name in "\\PC{0,30}") {
            prop_assert!(!is_a_name(&name, &[&name]));
        }
    }
}
