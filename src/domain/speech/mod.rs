//! Speech: what callers say in, and what the house says back, in German and English.

pub mod claims;
pub mod names;
pub mod say;
pub mod sentences;
pub mod when;

mod de;
mod en;
mod words;

use serde::{Deserialize, Serialize};

pub use names::is_a_name;
pub use when::{Edge, Reference, Understood, Why, combine, to_json, understand};

use words::Words;

/// Texts that stand where a value should be; compared folded.
const PLACEHOLDERS: [&str; 20] = [
    "none",
    "null",
    "nil",
    "nan",
    "undefined",
    "unknown",
    "unbekannt",
    "n/a",
    "n.a.",
    "na",
    "k.a.",
    "keine angabe",
    "nicht angegeben",
    "not provided",
    "not specified",
    "not given",
    "empty",
    "leer",
    "tbd",
    "keine",
];

/// A language in which a branch talks to its callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    De,
    En,
}

impl Language {
    /// The language of a code like "de" or "en-GB", if it is one of ours.
    pub fn parse(code: &str) -> Option<Self> {
        match code.trim().to_ascii_lowercase().split(['-', '_']).next() {
            Some("de") => Some(Self::De),
            Some("en") => Some(Self::En),
            Some(_) | None => None,
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::De => Self::En,
            Self::En => Self::De,
        }
    }

    fn words(self) -> &'static Words {
        match self {
            Self::De => &de::WORDS,
            Self::En => &en::WORDS,
        }
    }
}

/// Words as they may be shown and sent on: single blanks for what is between them, and no signs that cannot be seen but
/// turn the writing round, hide in it or ring a bell.
pub fn legible(text: &str) -> String {
    let words = text.split(|sign: char| sign.is_whitespace() || sign.is_control());
    let words = words.map(|word| word.chars().filter(|sign| !is_hidden(*sign)).collect::<String>());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Signs of direction and of no width; what joins letters and emoji stays.
fn is_hidden(sign: char) -> bool {
    matches!(sign,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0001}'..='\u{e007f}')
}

/// Whether a value is none: empty, an unfilled variable, or a word a model writes for "nothing".
pub fn is_placeholder(text: &str) -> bool {
    let text = folded_letters(text);
    let text = text.trim().trim_matches(['"', '\'', '<', '>', '[', ']', '(', ')']);
    text.contains("{{") || !text.chars().any(char::is_alphanumeric) || PLACEHOLDERS.contains(&text)
}

/// A figure (or the plus before a number) as a word.
pub(crate) fn digit_word(figure: char, language: Language) -> &'static str {
    let words = language.words();
    match figure.to_digit(10).and_then(|digit| usize::try_from(digit).ok()) {
        Some(digit) => words.digits[digit],
        None => "plus",
    }
}

/// Lower case with umlauts written out and accents dropped; all else unchanged.
fn folded_letters(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'ä' | 'æ' => folded.push_str("ae"),
            'ö' | 'ø' | 'œ' => folded.push_str("oe"),
            'ü' => folded.push_str("ue"),
            'ß' => folded.push_str("ss"),
            // The diaeresis as a sign of its own, as macOS writes it.
            '\u{308}' if folded.ends_with(['a', 'o', 'u']) => folded.push('e'),
            '\u{300}'..='\u{36f}' => {}
            'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => folded.push('a'),
            'ç' | 'ć' | 'č' => folded.push('c'),
            'ď' | 'đ' => folded.push('d'),
            'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => folded.push('e'),
            'ğ' => folded.push('g'),
            'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => folded.push('i'),
            'ł' | 'ľ' => folded.push('l'),
            'ñ' | 'ń' | 'ň' => folded.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ō' | 'ő' => folded.push('o'),
            'ř' => folded.push('r'),
            'ś' | 'š' | 'ş' | 'ș' => folded.push('s'),
            'ť' | 'ţ' | 'ț' => folded.push('t'),
            'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'ź' | 'ż' | 'ž' => folded.push('z'),
            '’' | '‘' | '´' | '`' => folded.push('\''),
            other => folded.push(other),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_have_their_two_letters_on_the_wire() {
        assert_eq!(serde_json::to_string(&Language::De).unwrap(), "\"de\"");
        assert_eq!(serde_json::from_str::<Language>("\"en\"").unwrap(), Language::En);
        assert_eq!(Language::parse("de-AT"), Some(Language::De));
        assert_eq!(Language::parse("fr"), None);
    }

    #[test]
    fn placeholders_are_no_value() {
        for text in
            ["", "  ", "{{datum}}", "None", "null", "unknown", "N/A", "Unbekannt", "-", "\"\"", "undefined"]
        {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["morgen", "egal", "Nina", "14", "Dienstag um drei"] {
            assert!(!is_placeholder(text), "{text}");
        }
    }

    #[test]
    fn umlauts_fold_alike_in_both_spellings() {
        assert_eq!(folded_letters("ÜBERMORGEN"), "uebermorgen");
        assert_eq!(folded_letters("u\u{308}bermorgen"), "uebermorgen");
        assert_eq!(folded_letters("Renée Groß"), "renee gross");
    }
}
