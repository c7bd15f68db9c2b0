//! Number words up to 99 and the years of our days, in German and English.

/// A number said in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Numeral {
    Cardinal(u16),
    Ordinal(u16),
}

use Numeral::{Cardinal, Ordinal};

const GERMAN_SMALL: [(&str, u16); 20] = [
    ("null", 0),
    ("eins", 1),
    ("zwei", 2),
    ("zwo", 2),
    ("drei", 3),
    ("vier", 4),
    ("fuenf", 5),
    ("sechs", 6),
    ("sieben", 7),
    ("acht", 8),
    ("neun", 9),
    ("zehn", 10),
    ("elf", 11),
    ("zwoelf", 12),
    ("dreizehn", 13),
    ("vierzehn", 14),
    ("fuenfzehn", 15),
    ("sechzehn", 16),
    ("siebzehn", 17),
    ("achtzehn", 18),
];

const GERMAN_TENS: [(&str, u16); 8] = [
    ("zwanzig", 20),
    ("dreissig", 30),
    ("vierzig", 40),
    ("fuenfzig", 50),
    ("sechzig", 60),
    ("siebzig", 70),
    ("achtzig", 80),
    ("neunzig", 90),
];

const GERMAN_ORDINALS: [(&str, u16); 5] = [("ers", 1), ("drit", 3), ("sieb", 7), ("siebt", 7), ("ach", 8)];

const ENGLISH_SMALL: [(&str, u16, &str); 20] = [
    ("zero", 0, "zeroth"),
    ("one", 1, "first"),
    ("two", 2, "second"),
    ("three", 3, "third"),
    ("four", 4, "fourth"),
    ("five", 5, "fifth"),
    ("six", 6, "sixth"),
    ("seven", 7, "seventh"),
    ("eight", 8, "eighth"),
    ("nine", 9, "ninth"),
    ("ten", 10, "tenth"),
    ("eleven", 11, "eleventh"),
    ("twelve", 12, "twelfth"),
    ("thirteen", 13, "thirteenth"),
    ("fourteen", 14, "fourteenth"),
    ("fifteen", 15, "fifteenth"),
    ("sixteen", 16, "sixteenth"),
    ("seventeen", 17, "seventeenth"),
    ("eighteen", 18, "eighteenth"),
    ("nineteen", 19, "nineteenth"),
];

const ENGLISH_TENS: [(&str, u16, &str); 4] = [
    ("twenty", 20, "twentieth"),
    ("thirty", 30, "thirtieth"),
    ("forty", 40, "fortieth"),
    ("fifty", 50, "fiftieth"),
];

/// "einundzwanzig", "zwanzigsten", "zweitausendsiebenundzwanzig".
pub(super) fn german(word: &str) -> Option<Numeral> {
    if let Some(number) = german_cardinal(word) {
        return Some(Cardinal(number));
    }
    let ends = ["e", "er", "en", "es", "em"];
    let stem = ends.iter().find_map(|ending| word.strip_suffix(ending)?.strip_suffix('t'))?;
    if let Some(&(_, number)) = GERMAN_ORDINALS.iter().find(|(known, _)| *known == stem) {
        return Some(Ordinal(number));
    }
    match stem.strip_suffix('s') {
        Some(ten) if german_cardinal(ten).is_some_and(|number| number > 19) => {
            german_cardinal(ten).map(Ordinal)
        }
        _ => german_cardinal(stem).filter(|number| (2..20).contains(number)).map(Ordinal),
    }
}

fn german_cardinal(word: &str) -> Option<u16> {
    if let Some(rest) = word.strip_prefix("zweitausend") {
        let rest = rest.strip_prefix("und").unwrap_or(rest);
        return if rest.is_empty() { Some(2000) } else { Some(2000 + german_below_100(rest)?) };
    }
    german_below_100(word)
}

fn german_below_100(word: &str) -> Option<u16> {
    let small = |word: &str| GERMAN_SMALL.iter().find(|(known, _)| *known == word).map(|&(_, value)| value);
    if let Some(number) = small(word).or_else(|| (word == "neunzehn").then_some(19)) {
        return Some(number);
    }
    let (ten, unit) = GERMAN_TENS.iter().find_map(|&(ten, value)| Some((value, word.strip_suffix(ten)?)))?;
    if unit.is_empty() {
        return Some(ten);
    }
    let unit = unit.strip_suffix("und")?;
    let unit = if unit == "ein" { 1 } else { small(unit).filter(|unit| (2..10).contains(unit))? };
    Some(ten + unit)
}

/// "twenty", "twentieth"; what is said in two words is put together later.
pub(super) fn english(word: &str) -> Option<Numeral> {
    let all = ENGLISH_SMALL.iter().chain(&ENGLISH_TENS);
    all.into_iter().find_map(|&(cardinal, value, ordinal)| {
        if word == cardinal { Some(Cardinal(value)) } else { (word == ordinal).then_some(Ordinal(value)) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn german_numbers_are_read_as_one_word() {
        for (word, number) in
            [("eins", 1), ("zwo", 2), ("neunzehn", 19), ("einundzwanzig", 21), ("neunundfuenfzig", 59)]
        {
            assert_eq!(german(word), Some(Cardinal(number)), "{word}");
        }
        for (word, number) in
            [("ersten", 1), ("zweiter", 2), ("siebte", 7), ("siebenten", 7), ("achter", 8), ("dritten", 3)]
        {
            assert_eq!(german(word), Some(Ordinal(number)), "{word}");
        }
        for (word, number) in [("zwanzigster", 20), ("einunddreissigsten", 31), ("zwoelften", 12)] {
            assert_eq!(german(word), Some(Ordinal(number)), "{word}");
        }
        assert_eq!(german("zweitausendsiebenundzwanzig"), Some(Cardinal(2027)));
    }

    #[test]
    fn other_words_are_no_numbers() {
        for word in ["", "te", "und", "undzwanzig", "montag", "bitte", "heute", "einundzehn", "zwanzigte"] {
            assert_eq!(german(word), None, "{word}");
        }
        assert_eq!(english("may"), None);
        assert_eq!(english("twelfth"), Some(Ordinal(12)));
    }
}
