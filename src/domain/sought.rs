//! What people are looked for by: a text whose length and words are bounded, so that no question to the books grows with it.

use super::speech::names;

/// A part of a name, folded as names are compared. Every finder takes one, so none has to ask how long it is.
#[derive(Clone, PartialEq, Eq)]
pub struct SearchText(String);

/// Why nothing can be looked for by a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("must hold at least {} letters", SearchText::LETTERS_MIN)]
    TooShort,
    #[error("must be at most {} characters", SearchText::CHARS_MAX)]
    TooLong,
    #[error("must be at most {} words", SearchText::WORDS_MAX)]
    TooManyWords,
}

impl SearchText {
    /// Fewer letters or figures name nobody.
    pub const LETTERS_MIN: usize = 2;
    /// The longest text that is looked for, in characters as they were typed.
    pub const CHARS_MAX: usize = 100;
    /// The most words of it: each is a condition of its own.
    pub const WORDS_MAX: usize = 8;

    pub fn parse(text: &str) -> Result<Self, Unfit> {
        let text = text.trim();
        if text.chars().nth(Self::CHARS_MAX).is_some() {
            return Err(Unfit::TooLong);
        }
        let folded = names::fold(text);
        if folded.chars().filter(|sign| sign.is_alphanumeric()).count() < Self::LETTERS_MIN {
            return Err(Unfit::TooShort);
        }
        if folded.split(' ').nth(Self::WORDS_MAX).is_some() {
            return Err(Unfit::TooManyWords);
        }
        Ok(Self(folded))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// One to [`Self::WORDS_MAX`] of them.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ')
    }
}

/// It names somebody.
impl std::fmt::Debug for SearchText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SearchText({} words)", self.words().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_looked_for_as_names_are_compared() {
        let sought = SearchText::parse(" Müller-Lüdenscheidt ").unwrap();

        assert_eq!(sought, SearchText::parse("mueller luedenscheidt").unwrap());
        assert_eq!(sought.words().collect::<Vec<_>>(), ["mueller", "luedenscheidt"]);
        assert_eq!(format!("{sought:?}"), "SearchText(2 words)");
    }

    #[test]
    fn what_names_nobody_or_is_without_bounds_is_refused_with_what_would_do() {
        for text in ["", "%", "'; --", "_%", "a", "Frau"] {
            assert_eq!(SearchText::parse(text), Err(Unfit::TooShort), "{text}");
        }
        assert_eq!(SearchText::parse(&"a".repeat(101)), Err(Unfit::TooLong));
        assert_eq!(SearchText::parse(&"ab ".repeat(1_000)), Err(Unfit::TooLong));
        assert_eq!(SearchText::parse("ab cd ef gh ij kl mn op qr"), Err(Unfit::TooManyWords));
        assert!(SearchText::parse("ab cd ef gh ij kl mn op").is_ok());
        assert_eq!(Unfit::TooManyWords.to_string(), "must be at most 8 words");
    }
}
