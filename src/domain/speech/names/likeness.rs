//! Whether two names are one person's, as far as a telephone line can tell: spelled alike, or sounding alike.

use rphonetic::{Cologne, Encoder as _};

use super::fold;

/// Words in a name that are looked at; nobody has more.
const WORDS_MAX: usize = 8;

/// Words between given name and surname that callers leave out as often as not; folded.
const PARTICLES: [&str; 12] =
    ["von", "vom", "zu", "zum", "zur", "van", "de", "del", "der", "den", "di", "und"];

/// How well a name that was given fits one that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// Somebody else's.
    Other,
    /// A part of it with the surname; the rest was not said.
    Part,
    /// All of it.
    Whole,
}

/// How well the name given fits the one known. Sound is supporting evidence: it tells nobody's identity by itself.
pub fn likeness(given: &str, known: &str) -> Likeness {
    let (given, known) = (fold(given), fold(known));
    let (given, known) = (words(&given), words(&known));
    let (fewer, more) = if given.len() <= known.len() { (&given, &known) } else { (&known, &given) };
    if fewer.is_empty() || !are_within(fewer, more) {
        return Likeness::Other;
    }
    if fewer.len() == more.len() {
        return Likeness::Whole;
    }
    // "Erika" alone may be any Erika; but where no more than that is known, it is what was said then.
    let has_surname = more.last().is_some_and(|surname| fewer.iter().any(|word| sound_alike(word, surname)));
    // One word more than is known may be a second given name; several would be several tries at once.
    let all_that_is_known = known.len() + 1 == given.len();
    if given.len() > known.len() + 1 {
        return Likeness::Other;
    }
    if has_surname || all_that_is_known { Likeness::Part } else { Likeness::Other }
}

/// Whether two words sound alike in German ears, by the Kölner Phonetik; "Sputer" and "Sputa" do, too.
pub fn sound_alike(one: &str, other: &str) -> bool {
    let (one, other) = (fold(one), fold(other));
    if one == other {
        return !one.is_empty();
    }
    let same = |one: &str, other: &str| {
        let code = sound(one);
        // A single figure stands for too many names.
        code.len() > 1 && code == sound(other)
    };
    same(&one, &other) || same(&vocalised(&one), &vocalised(&other))
}

/// The word's code by the Kölner Phonetik; empty where nothing in it sounds.
pub fn sound(word: &str) -> String {
    Cologne.encode(word)
}

/// An "er" at the end as it is spoken.
fn vocalised(word: &str) -> String {
    word.strip_suffix("er").map_or_else(|| word.to_owned(), |stem| format!("{stem}a"))
}

fn words(folded: &str) -> Vec<&str> {
    folded.split(' ').filter(|word| !word.is_empty() && !PARTICLES.contains(word)).take(WORDS_MAX).collect()
}

/// Whether each of the fewer words has a word of its own among the others, in whatever order.
fn are_within(fewer: &[&str], more: &[&str]) -> bool {
    let mut left: Vec<&str> = more.to_vec();
    // Whoever is spelled alike is found first, so that nobody takes their place by sound.
    let mut by_sound: Vec<&str> = Vec::new();
    for word in fewer {
        match left.iter().position(|other| other == word) {
            Some(at) => drop(left.swap_remove(at)),
            None => by_sound.push(word),
        }
    }
    by_sound.into_iter().all(|word| {
        let at = left.iter().position(|other| sound_alike(word, other));
        at.map(|at| left.swap_remove(at)).is_some()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_published_examples_have_their_published_codes() {
        // https://de.wikipedia.org/wiki/Kölner_Phonetik
        for (word, code) in [
            ("Wikipedia", "3412"),
            ("Müller", "657"),
            ("Lüdenscheidt", "52682"),
            ("Breschnew", "17863"),
            ("Müller-Lüdenscheidt", "65752682"),
        ] {
            assert_eq!(sound(word), code, "{word}");
        }
    }

    #[test]
    fn the_meyers_sound_alike_however_they_are_spelled() {
        let meyers = ["Meyer", "Maier", "Mayr", "Meier", "Mayer", "Meyr"];

        for one in meyers {
            assert_eq!(sound(one), "67", "{one}");
            assert!(meyers.iter().all(|other| sound_alike(one, other)), "{one}");
        }
        assert!(sound_alike("Sputer", "Sputa"));
        assert!(sound_alike("Schmidt", "Schmitt"));
        assert!(!sound_alike("Meyer", "Müller"));
        assert!(!sound_alike("Li", "Lou"), "so short a code tells nothing");
    }

    #[test]
    fn a_part_of_a_name_fits_if_the_surname_is_in_it() {
        for (given, known, expected) in [
            ("Erika Beispiel", "Erika Beispiel", Likeness::Whole),
            ("Beispiel, Erika", "Erika Beispiel", Likeness::Whole),
            ("Frau Dr. Beispiel", "Erika Beispiel", Likeness::Part),
            ("Erika", "Erika Beispiel", Likeness::Other),
            ("Erika Beispiel", "Beispiel", Likeness::Part),
            ("Erika Beispiel", "Erika", Likeness::Part),
            ("Jonas Beispiel", "Erika Beispiel", Likeness::Other),
            ("Erika Muster", "Erika Beispiel", Likeness::Other),
            ("Ludwig Beispiel", "Ludwig van Beispiel", Likeness::Whole),
            ("Erica Baispiel", "Erika Beispiel", Likeness::Whole),
            ("", "Erika Beispiel", Likeness::Other),
            ("Erika Beispiel", "", Likeness::Other),
        ] {
            assert_eq!(likeness(given, known), expected, "{given} / {known}");
        }
    }

    proptest! {
        #[test]
        fn no_two_texts_make_it_panic(one in "\\PC{0,40}", other in "\\PC{0,40}") {
            prop_assert_eq!(sound_alike(&one, &other), sound_alike(&other, &one));
            prop_assert!(likeness(&one, &other) <= Likeness::Whole);
        }

        #[test]
        fn a_name_is_like_itself(name in "[A-Z][a-z]{2,9} [A-Z][a-z]{3,9}") {
            prop_assume!(!fold(&name).is_empty());
            prop_assume!(!words(&fold(&name)).is_empty());
            prop_assert_eq!(likeness(&name, &name), Likeness::Whole);
        }
    }
}
