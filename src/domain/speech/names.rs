//! Names of persons: folded for comparison, and told from what merely stands in their place.

mod likeness;
mod spelling;
mod tables;
mod trust;

pub use likeness::{Likeness, likeness, sound, sound_alike};
pub use spelling::{Spelling, spell, spell_surname, spelling};
pub use trust::{Mark, Source, settle};

use super::{folded_letters, is_placeholder};

/// Forms of address; folded.
const SALUTATIONS: [&str; 12] =
    ["herr", "herrn", "frau", "fraeulein", "familie", "mr", "mrs", "ms", "miss", "mister", "sir", "madam"];

/// Degrees, which are no part of a name either; folded.
const DEGREES: [&str; 12] = [
    "dr",
    "prof",
    "professor",
    "professorin",
    "doktor",
    "doktorin",
    "doctor",
    "dipl",
    "ing",
    "mag",
    "magister",
    "magistra",
];

/// What may follow a degree and belongs to it; folded.
const FACULTIES: [&str; 9] = ["med", "dent", "vet", "phil", "jur", "rer", "nat", "pol", "habil"];

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
    let words: Vec<&str> =
        letters.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words[titles_in(&words)..].join(" ")
}

/// The titles before a name and its words, all as they are written: "Frau Dr." and "Erika Beispiel".
pub fn split_titles(name: &str) -> (Vec<&str>, Vec<&str>) {
    let words: Vec<&str> = name.split_whitespace().collect();
    let folded: Vec<String> = words.iter().copied().map(folded_title).collect();
    let (titles, words) = words.split_at(titles_in(&folded));
    (titles.to_vec(), words.to_vec())
}

/// How many folded words before a name are titles.
fn titles_in(words: &[impl AsRef<str>]) -> usize {
    let mut has_degree = false;
    let is_title = |word: &&str| {
        let is_degree = DEGREES.contains(word) || has_degree && FACULTIES.contains(word);
        has_degree |= is_degree;
        is_degree || SALUTATIONS.contains(word)
    };
    words.iter().map(AsRef::as_ref).take_while(is_title).count()
}

fn folded_title(word: &str) -> String {
    folded_letters(word).trim_matches(|sign: char| !sign.is_alphanumeric()).to_owned()
}

fn is_salutation(word: &str) -> bool {
    SALUTATIONS.contains(&folded_title(word).as_str())
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
        assert_eq!(fold("Frau Dr. med. Beispiel"), "beispiel");
        assert_eq!(fold("Familie Muster"), "muster");
        assert_eq!(fold("Sir Klein"), "klein");
    }

    #[test]
    fn titles_are_told_from_the_words_of_a_name() {
        assert_eq!(split_titles("Frau Dr. Erika Beispiel"), (vec!["Frau", "Dr."], vec!["Erika", "Beispiel"]));
        assert_eq!(split_titles("Med Muster"), (vec![], vec!["Med", "Muster"]));
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
