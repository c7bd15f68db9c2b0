//! How a person may stand in bytes that nobody has read: their number in any spelling, their names and addresses.

use crate::domain::phone::PhoneNumber;

/// Fewer characters name nobody in particular.
const NAME_MIN: usize = 6;

/// What a body is searched for.
#[derive(Clone)]
pub struct Traces {
    /// What all spellings of the number have in common.
    digits: String,
    words: Vec<String>,
}

impl std::fmt::Debug for Traces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Traces")
    }
}

impl Traces {
    /// Of a number, of whole names (a first name alone could be anybody's), and of what belongs to this person alone:
    /// e-mail addresses, ids.
    pub fn new(number: &PhoneNumber, names: &[String], own: &[String]) -> Self {
        let is_whole = |name: &&String| name.trim().contains(' ') && name.chars().count() >= NAME_MIN;
        let words = names.iter().filter(is_whole).chain(own.iter().filter(|text| text.len() >= NAME_MIN));
        let words = words.flat_map(|word| [word.to_lowercase(), escaped(&word.to_lowercase())]);
        let mut words: Vec<String> = words.collect();
        words.sort();
        words.dedup();
        Self { digits: number.national_digits().to_owned(), words }
    }

    /// Whether the person stands in it: the digits of the number with whatever is written between digits, or a word.
    pub fn are_in(&self, body: &[u8]) -> bool {
        let text = String::from_utf8_lossy(body).to_lowercase();
        self.words.iter().any(|word| text.contains(word)) || has_digits(&text, &self.digits)
    }
}

/// A word as JSON may escape it.
fn escaped(word: &str) -> String {
    let one = |sign: char| {
        let mut units = [0; 2];
        if sign.is_ascii() {
            return sign.to_string();
        }
        sign.encode_utf16(&mut units)
            .iter()
            .fold(String::new(), |text, unit| text + &format!("\\u{unit:04x}"))
    };
    word.chars().map(one).collect()
}

/// Whether the digits stand in the text one after the other, with at most what people write between the digits of a number.
fn has_digits(text: &str, digits: &str) -> bool {
    let written: String =
        text.chars().filter(|sign| !matches!(sign, ' ' | '-' | '/' | '.' | '(' | ')' | '\u{a0}')).collect();
    digits.len() >= NAME_MIN && written.contains(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traces() -> Traces {
        let number = PhoneNumber::parse_e164("+491711234567").unwrap();
        let names = ["Jörg Beispiel".to_owned(), "Erika".to_owned()];
        Traces::new(&number, &names, &["joerg@beispiel.example".to_owned()])
    }

    #[test]
    fn a_number_is_found_however_it_is_written() {
        for text in [
            r#"{"from_number":"+491711234567"}"#,
            "ruf 0171 1234567 an",
            "0171/123-45-67",
            "+49 (171) 123 45 67",
            "0 1 7 1 1 2 3 4 5 6 7",
        ] {
            assert!(traces().are_in(text.as_bytes()), "{text}");
        }
        assert!(!traces().are_in(b"+491711234568 +4917112 34 56"));
    }

    #[test]
    fn a_whole_name_is_found_in_either_case_and_escaped_and_a_first_name_is_nobodys() {
        assert!(traces().are_in("der JÖRG BEISPIEL war da".as_bytes()));
        assert!(traces().are_in(br#"{"name":"J\u00f6rg Beispiel"}"#));
        assert!(traces().are_in(br#"{"name":"J\u00F6rg Beispiel"}"#));
        assert!(traces().are_in(b"an Joerg@Beispiel.example"));
        assert!(!traces().are_in(b"Erika ruft an"));
    }

    #[test]
    fn whom_it_looks_for_is_not_shown() {
        assert_eq!(format!("{:?}", traces()), "Traces");
    }
}
