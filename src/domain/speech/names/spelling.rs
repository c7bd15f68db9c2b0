//! Spelled names: letters, spelling tables and what people mix in between, put together; and a name spelled for a read-back.

use super::super::{Language, folded_letters};
use super::tables::{CHOICES, LETTERS, SIGNS, WORDS};
use super::{sound_alike, split_titles, titles_in};

/// Words that say nothing about a letter; folded.
const FILLERS: [&str; 12] = [
    "gross",
    "klein",
    "grosses",
    "kleines",
    "und",
    "dann",
    "also",
    "and",
    "then",
    "capital",
    "buchstabiert",
    "geschrieben",
];
/// Words that double the next letter; folded.
const DOUBLES: [&str; 4] = ["doppel", "doppeltes", "zweimal", "double"];
/// Words between a letter and its example; folded.
const LIKES: [&str; 4] = ["wie", "as", "like", "for"];

/// What one piece of a spelling stands for, and how surely it is one.
struct Unit {
    letters: String,
    /// A bare letter, a sign, "Doppel-t", "A wie Anton": nobody says that in a name that is not spelled.
    is_explicit: bool,
}

/// A name that was spelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spelling {
    pub name: String,
    /// It was also spoken, and understood otherwise.
    pub differs: bool,
}

/// The name that is spelled in these words, alone or after the name as it sounds; None: nothing is spelled here, or it
/// is not clear what.
pub fn spelling(text: &str) -> Option<Spelling> {
    if let Some((name, differs)) = with_choice(text) {
        return Some(Spelling { name, differs });
    }
    let all = words(text);
    let first = (0..all.len()).find(|from| is_a_spelling(&all[*from..]))?;
    let (spoken, letters) = all.split_at(first);
    let name = title_case(&units(letters)?.into_iter().map(|unit| unit.letters).collect::<String>());
    let spoken: Vec<&str> =
        spoken.iter().copied().filter(|word| !FILLERS.contains(&folded_letters(word).as_str())).collect();
    let titles = titles_in(&spoken.iter().map(|word| folded_letters(word)).collect::<Vec<_>>());
    let (titles, spoken) = spoken.split_at(titles);
    let whole = |given: &[&str]| [titles, given, &[name.as_str()]].concat().join(" ");
    let Some((surname, given)) = spoken.split_last() else {
        return Some(Spelling { name: whole(&[]), differs: false });
    };
    // What is spelled after a name is the last part of it, if it sounds like it at all.
    let is_it = name.contains([' ', '-']) || sound_alike(surname, &name) || starts_alike(surname, &name);
    let differs = folded_letters(surname) != folded_letters(&name);
    is_it.then(|| Spelling { name: whole(given), differs })
}

/// The name letter by letter: in German with the words of the old table, which most people know, in English with the ICAO's.
pub fn spell(name: &str, language: Language) -> String {
    name.trim().chars().map(|sign| in_words(sign, language)).collect::<Vec<_>>().join(", ")
}

/// The last word of a name letter by letter: what is misheard is the surname.
pub fn spell_surname(name: &str, language: Language) -> String {
    split_titles(name).1.last().map(|surname| spell(surname, language)).unwrap_or_default()
}

fn in_words(sign: char, language: Language) -> String {
    let (blank, hyphen, like, first) = match language {
        Language::De => ("Leerzeichen", "Bindestrich", "wie", "anton"),
        Language::En => ("space", "hyphen", "for", "alfa"),
    };
    match sign {
        ' ' => blank.to_owned(),
        '-' => hyphen.to_owned(),
        '\'' | '’' => "Apostroph".to_owned(),
        'ß' => "Eszett".to_owned(),
        'y' | 'Y' if language == Language::De => "Ypsilon".to_owned(),
        _ => {
            let (capital, lower): (String, String) =
                (sign.to_uppercase().collect(), sign.to_lowercase().collect());
            let folded = folded_letters(&lower);
            let mut table = WORDS.iter().skip_while(|(word, _)| *word != first);
            let word = table.find(|(_, letters)| *letters == lower || *letters == folded);
            word.map_or(capital.clone(), |(word, _)| format!("{capital} {like} {}", shown(word)))
        }
    }
}

/// A word of the tables as it is written.
fn shown(folded: &str) -> String {
    title_case(
        &folded
            .replace("aerger", "ärger")
            .replace("caesar", "cäsar")
            .replace("oekonom", "ökonom")
            .replace("uebermut", "übermut"),
    )
}

fn words(text: &str) -> Vec<&str> {
    let is_between = |sign: char| !sign.is_alphanumeric() && sign != '\u{308}';
    text.split(is_between).filter(|word| !word.is_empty()).collect()
}

/// Enough pieces, and not just given names in a row: "Emil Ulrich" is somebody.
fn is_a_spelling(words: &[&str]) -> bool {
    let Some(units) = units(words) else { return false };
    let explicit = units.iter().filter(|unit| unit.is_explicit).count();
    (units.len() > 2 && explicit * 2 >= units.len()) || (units.len() > 3 && explicit > 0) || units.len() > 4
}

/// The pieces of a spelling; None where something else is between them.
fn units(words: &[&str]) -> Option<Vec<Unit>> {
    let folded: Vec<String> = words.iter().map(|word| folded_letters(word)).collect();
    let mut units = Vec::new();
    let mut at = 0;
    while let Some(word) = folded.get(at) {
        if FILLERS.contains(&word.as_str()) {
            at += 1;
            continue;
        }
        let (unit, used) = unit(&folded[at..], words[at])?;
        units.push(unit);
        at += used;
    }
    Some(units)
}

/// The piece at the head of these words, and how many words it takes.
fn unit(folded: &[String], written: &str) -> Option<(Unit, usize)> {
    let word = folded.first()?.as_str();
    let next = |n: usize| folded.get(n).map(String::as_str);
    let explicit = |letters: String, used| Some((Unit { letters, is_explicit: true }, used));
    if DOUBLES.contains(&word) {
        let letter = letter(next(1)?, None)?;
        return explicit(letter.repeat(2), 2);
    }
    if word == "umlaut" {
        return explicit(umlaut(&letter(next(1)?, None)?)?, 2);
    }
    if word == "scharfes" || word == "scharf" {
        return (next(1) == Some("s")).then_some((Unit { letters: "ß".into(), is_explicit: true }, 2));
    }
    if LIKES.contains(&word) {
        return explicit(example(next(1)?), 2);
    }
    if let Some((_, sign)) = SIGNS.iter().find(|(name, _)| *name == word) {
        return explicit((*sign).to_owned(), 1);
    }
    if next(1).is_some_and(|like| LIKES.contains(&like)) && word.chars().count() <= 3 {
        return explicit(as_in(word, written, next(2)?), 3);
    }
    let letters = letter(word, Some(written))?;
    // "A, Umlaut O" is two letters, "A Umlaut, R" is one and a half.
    let is_of_the_next =
        next(2).and_then(|next| letter(next, None)).is_some_and(|next| umlaut(&next).is_some());
    if let Some(letters) = umlaut(&letters).filter(|_| next(1) == Some("umlaut") && !is_of_the_next) {
        return explicit(letters, 2);
    }
    let is_explicit = written.chars().count() == 1 || word == "ypsilon" || word == "eszett";
    Some((Unit { letters, is_explicit }, 1))
}

/// "B wie Berta": the letter; where it contradicts a word of the tables, the word was understood better.
fn as_in(letter: &str, written: &str, example: &str) -> String {
    let known = WORDS.iter().find(|(word, _)| *word == example).map(|(_, letters)| *letters);
    let bare = written.to_lowercase();
    match known {
        Some(letters) if !example.starts_with(letter) && letters != bare => letters.to_owned(),
        _ => bare,
    }
}

/// What a word stands for as an example: by the tables, else its first letter.
fn example(word: &str) -> String {
    let known = WORDS.iter().find(|(one, _)| *one == word).map(|(_, letters)| (*letters).to_owned());
    known.unwrap_or_else(|| word.chars().take(1).collect())
}

/// The letter or letters of one word, if it stands for any.
fn letter(folded: &str, written: Option<&str>) -> Option<String> {
    let bare = written.map_or_else(|| folded.to_owned(), str::to_lowercase);
    let mut signs = bare.chars();
    if let (Some(only), None) = (signs.next(), signs.next()) {
        return only.is_alphabetic().then(|| only.to_string());
    }
    let table = WORDS.iter().chain(&LETTERS);
    table.into_iter().find(|(word, _)| *word == folded).map(|(_, letters)| (*letters).to_owned())
}

fn umlaut(letter: &str) -> Option<String> {
    match letter {
        "a" => Some("ä".into()),
        "o" => Some("ö".into()),
        "u" => Some("ü".into()),
        _ => None,
    }
}

/// "Schmidt mit dt", "Meier mit Ypsilon", "Mayer mit a y": the name with that spelling where it may be meant, and whether it
/// was understood otherwise.
fn with_choice(text: &str) -> Option<(String, bool)> {
    let (name, choice) = text.split_once(" mit ").or_else(|| text.split_once(" with "))?;
    let name = name.trim().trim_end_matches(',');
    let surname = name.split_whitespace().next_back()?;
    let pieces = words(choice);
    let wanted = match pieces.as_slice() {
        [] => return None,
        [one] if one.chars().count() <= 3 => one.to_lowercase(),
        several => units(several)?.into_iter().map(|unit| unit.letters).collect(),
    };
    let lower = surname.to_lowercase();
    if lower.contains(&wanted) {
        return Some((name.to_owned(), false));
    }
    let group = CHOICES
        .iter()
        .find(|group| group.contains(&wanted.as_str()) && group.iter().any(|other| lower.contains(other)))?;
    let (at, other) = group.iter().find_map(|other| lower.rfind(other).map(|at| (at, *other)))?;
    let respelled = format!("{}{wanted}{}", &lower[..at], &lower[at + other.len()..]);
    let given = name.strip_suffix(surname)?;
    Some((format!("{given}{}", title_case(&respelled)), true))
}

/// Whether somebody may have spelled only the beginning right, or the other way round.
pub(super) fn starts_alike(one: &str, other: &str) -> bool {
    let (one, other) = (folded_letters(one), folded_letters(other));
    one.chars().next() == other.chars().next() && one.chars().count().abs_diff(other.chars().count()) <= 2
}

/// Capitals at the head of each part.
fn title_case(letters: &str) -> String {
    let mut is_head = true;
    let mut name = String::with_capacity(letters.len());
    for sign in letters.chars() {
        if is_head {
            // There is no capital of it that people write.
            if sign == 'ß' { name.push(sign) } else { name.extend(sign.to_uppercase()) }
        } else {
            name.extend(sign.to_lowercase());
        }
        is_head = " -'".contains(sign);
    }
    name
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spelled(text: &str) -> Option<String> {
        spelling(text).map(|spelling| spelling.name)
    }

    #[test]
    fn every_table_and_every_mixture_is_understood() {
        for (said, name) in [
            ("München Essen Ypsilon Essen Rostock", "Meyer"),
            ("Martha Emil Ida Emil Richard", "Meier"),
            ("Mike Alfa India Echo Romeo", "Maier"),
            ("M wie Martha, A wie Anton, Y, R wie Richard", "Mayr"),
            ("M, e, y, e, er", "Meyer"),
            ("M e i Ypsilon er", "Meiyr"),
            ("M-E-I-E-R", "Meier"),
            ("S c h m i Doppel-t", "Schmitt"),
            ("Schule, M, I, Doppel Theodor", "Schmitt"),
            ("B, Umlaut Aachen, R", "Bär"),
            ("b, a Umlaut, r", "Bär"),
            ("L e a, Umlaut O, n", "Leaön"),
            ("G r o Eszett", "Groß"),
            ("G, r, o, scharfes s", "Groß"),
            ("G, r, ö, ß, e, r", "Größer"),
            ("J e a n Bindestrich L u c", "Jean-Luc"),
            ("wie Dora, wie Otto, wie Richard, wie Anton", "Dora"),
            ("Charlotte, A, Xanthippe, E", "Chaxe"),
            ("P wie Berta, e, r, g", "Berg"),
            ("großes M, kleines u, s, t, e, r", "Muster"),
        ] {
            assert_eq!(spelled(said).as_deref(), Some(name), "{said}");
        }
    }

    #[test]
    fn a_name_may_be_said_before_it_is_spelled() {
        for (said, name) in [
            ("Meyer, M E I E R", "Meier"),
            ("Erika Maier, also M, e, y, e, r", "Erika Meyer"),
            ("Schmitt mit dt", "Schmidt"),
            ("Jonas Schmidt mit Doppel-t", "Jonas Schmitt"),
            ("Schmiz mit tz", "Schmitz"),
            ("Meier mit Ypsilon", "Meyer"),
            ("Meier mit a i", "Maier"),
            ("Frau Doktor M, e, y, e, r", "Frau Doktor Meyer"),
            ("Frau Dr. Maier, M, e, y, e, r", "Frau Dr Meyer"),
        ] {
            assert_eq!(spelled(said).as_deref(), Some(name), "{said}");
        }
    }

    #[test]
    fn whether_it_was_understood_otherwise_is_told() {
        for (said, differs) in [
            ("M, e, y, e, r", false),
            ("Meyer, M, e, y, e, r", false),
            ("Mueller, M, ü, l, l, e, r", false),
            ("Schmidt mit dt", false),
            ("Maier, M, e, y, e, r", true),
            ("Schmitt mit dt", true),
        ] {
            assert_eq!(spelling(said).map(|spelling| spelling.differs), Some(differs), "{said}");
        }
    }

    #[test]
    fn a_name_is_spelled_as_people_of_that_language_do() {
        assert_eq!(spell("Meyß", Language::De), "M wie Martha, E wie Emil, Ypsilon, Eszett");
        assert_eq!(
            spell("Meyer", Language::En),
            "M for Mike, E for Echo, Y for Yankee, E for Echo, R for Romeo"
        );
    }

    #[test]
    fn names_that_are_not_spelled_are_left_alone() {
        for said in [
            "Emil Ulrich",
            "Martha Ludwig",
            "Paula Wilhelm Otto",
            "Anna M.",
            "Erika Beispiel",
            "Otto",
            "Herr Frankfurt",
            "Muster, B e r g",
            "",
        ] {
            assert_eq!(spelled(said), None, "{said}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,200}") {
            drop(spelled(&text));
            drop(spell(&text, Language::De));
        }

        #[test]
        fn what_is_spelled_is_understood_as_it_was(name in "[A-ZÄÖÜ][a-zäöüß]{2,9}([- ][A-ZÄÖÜ][a-zäöüß]{2,9})?") {
            prop_assert_eq!(spelled(&spell(&name, Language::De)), Some(name));
        }

        #[test]
        fn so_it_is_in_english(name in "[A-Z][a-z]{2,9}(-[A-Z][a-z]{2,9})?") {
            prop_assert_eq!(spelled(&spell(&name, Language::En)), Some(name));
        }
    }
}
