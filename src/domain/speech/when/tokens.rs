//! Tokens: the caller's words folded and cut into words, numbers and marks.

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::super::folded_letters;
use super::super::words::Words;

/// A piece of text and whether it touches the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) glued: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Word(String),
    /// Figures as written, since a leading zero means something.
    Number(String),
    Mark(char),
    /// A machine's date and time in one, with an offset.
    Instant(Timestamp),
    /// The same without an offset.
    Local(DateTime),
}

impl Token {
    pub(super) fn word(&self) -> Option<&str> {
        if let Kind::Word(word) = &self.kind { Some(word) } else { None }
    }

    pub(super) fn figures(&self) -> Option<&str> {
        if let Kind::Number(figures) = &self.kind { Some(figures) } else { None }
    }

    pub(super) fn is_mark(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }
}

/// The tokens of a text, in order.
pub(super) fn of(text: &str, words: &Words) -> Vec<Token> {
    let mut text = folded_letters(text);
    for (spelling, plain) in words.spellings {
        text = text.replace(spelling, plain);
    }
    let mut tokens = Vec::new();
    for chunk in text.split_whitespace() {
        match stamp(chunk) {
            Some(kind) => tokens.push(Token { kind, glued: false }),
            None => cut(chunk, &mut tokens),
        }
    }
    tokens
}

/// "2026-10-20t14:30:00+02:00" in one piece, as models and calendars write it.
fn stamp(chunk: &str) -> Option<Kind> {
    let date = chunk.get(..10)?;
    let shape = date.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if !shape || chunk.as_bytes().get(10) != Some(&b't') {
        return None;
    }
    let upper = chunk.to_ascii_uppercase();
    // An annotation of the zone adds nothing to the offset before it.
    let bare = upper.split('[').next().unwrap_or_default().trim_end_matches(['.', ',']);
    let instant = bare.parse::<Timestamp>().ok().map(Kind::Instant);
    instant.or_else(|| bare.parse::<DateTime>().ok().map(Kind::Local))
}

fn cut(chunk: &str, tokens: &mut Vec<Token>) {
    let mut glued = false;
    let mut rest = chunk;
    while let Some(first) = rest.chars().next() {
        let length = if first.is_ascii_digit() {
            run(rest, |letter| letter.is_ascii_digit())
        } else if first.is_alphabetic() {
            run(rest, |letter| letter.is_alphabetic() || letter == '\'')
        } else {
            first.len_utf8()
        };
        let (piece, after) = rest.split_at(length);
        let kind = if first.is_ascii_digit() {
            Kind::Number(piece.to_owned())
        } else if first.is_alphabetic() {
            Kind::Word(piece.to_owned())
        } else {
            Kind::Mark(first)
        };
        tokens.push(Token { kind, glued });
        (rest, glued) = (after, true);
    }
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|letter| !belongs(letter)).unwrap_or(text.len())
}
