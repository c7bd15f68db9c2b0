//! Tokens: the caller's words folded and cut into words, numbers and marks.

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::super::folded_letters;
use super::super::words::Words;
use super::feasts::Feast;
use super::idioms::{Idioms, Numeral};

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
    Feast(Feast),
    Soonest,
}

impl Token {
    fn new(kind: Kind) -> Self {
        Self { kind, glued: false }
    }

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

/// The tokens of a text, in order; number words as figures, set phrases as one.
pub(super) fn of(text: &str, words: &Words, idioms: &Idioms) -> Vec<Token> {
    let mut text = folded_letters(text);
    for (spelling, plain) in words.spellings {
        text = text.replace(spelling, plain);
    }
    let mut tokens = Vec::new();
    for chunk in text.split_whitespace() {
        match stamp(chunk) {
            Some(kind) => tokens.push(Token::new(kind)),
            None => cut(chunk, &mut tokens),
        }
    }
    let tokens: Vec<Token> = tokens.into_iter().flat_map(|token| rewritten(token, words, idioms)).collect();
    numbered(&set_phrases(&tokens, words, idioms), idioms)
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

/// "freitagnachmittag" as the two words it is made of, "monatsende" as the words it stands for.
fn rewritten(token: Token, words: &Words, idioms: &Idioms) -> Vec<Token> {
    let Some(word) = token.word() else { return vec![token] };
    let apart = |text: &str| -> Vec<Token> {
        text.split(' ').map(|word| Token::new(Kind::Word(word.to_owned()))).collect()
    };
    if let Some((_, plain)) = idioms.rewrites.iter().find(|(known, _)| *known == word) {
        return apart(plain);
    }
    let days = words.named_weekdays.iter().map(|&(name, _)| name).filter(|name| name.len() > 4);
    let months = words.named_months.iter().map(|&(name, _)| name);
    let mut split = days.chain(months).filter_map(|name| Some((name, word.strip_prefix(name)?)));
    match split.find(|(_, rest)| idioms.compounds.contains(rest)) {
        Some((name, rest)) => apart(&format!("{name} {rest}")),
        None => vec![token],
    }
}

/// Feast days and "as soon as possible", which may be of several words, as one token each.
fn set_phrases(tokens: &[Token], words: &Words, idioms: &Idioms) -> Vec<Token> {
    let mut read = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let rest = &tokens[at..];
        let begins = |phrase: &str| token.word().is_some_and(|first| phrase.starts_with(first));
        let soonest = words.soonest.iter().filter(|phrase| begins(phrase));
        let soonest = soonest.filter_map(|phrase| Some((spoken(rest, phrase)?, Kind::Soonest)));
        let feasts = idioms.feasts.iter().filter(|(phrase, _)| begins(phrase));
        let feasts = feasts.filter_map(|&(phrase, feast)| Some((spoken(rest, phrase)?, Kind::Feast(feast))));
        if let Some((taken, kind)) = soonest.chain(feasts).max_by_key(|&(taken, _)| taken) {
            read.push(Token::new(kind));
            at += taken;
        } else {
            read.push(token.clone());
            at += 1;
        }
    }
    read
}

/// How many tokens a phrase takes at the beginning of these; hyphens between its words do not count.
pub(super) fn spoken(tokens: &[Token], phrase: &str) -> Option<usize> {
    let mut at = 0;
    for word in phrase.split(' ') {
        while at > 0 && tokens.get(at).is_some_and(|token| token.is_mark('-')) {
            at += 1;
        }
        if tokens.get(at)?.word()? != word {
            return None;
        }
        at += 1;
    }
    Some(at)
}

/// Number words as figures, ordinals with what makes figures ordinals.
fn numbered(tokens: &[Token], idioms: &Idioms) -> Vec<Token> {
    let mut read: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let Some((taken, numeral)) = numeral_at(&tokens[at..], idioms) else {
            read.push(token.clone());
            at += 1;
            continue;
        };
        if !idioms.dial_runs_up
            && token.word() == Some("one")
            && !is_hour_one(&read, &tokens[at + 1..], idioms)
        {
            read.push(token.clone());
            at += 1;
            continue;
        }
        let (number, is_ordinal) = match numeral {
            Numeral::Cardinal(number) => (number, false),
            Numeral::Ordinal(number) => (number, true),
        };
        // A figure after a spelled zero is minutes: "neun Uhr null fünf".
        let after_zero = at > 0 && tokens[at - 1].word().is_some_and(|word| idioms.zeros.contains(&word));
        if after_zero && (1..10).contains(&number) && !is_ordinal {
            read.pop();
            read.push(Token::new(Kind::Number(format!("0{number}"))));
        } else {
            read.push(Token::new(Kind::Number(number.to_string())));
        }
        if is_ordinal {
            let sign = idioms.ordinal_sign;
            let kind = if sign.is_empty() { Kind::Mark('.') } else { Kind::Word(sign.to_owned()) };
            read.push(Token { kind, glued: true });
        }
        at += taken;
        // "two-fifteen" is one time and no range.
        let spelled = |at: usize| tokens.get(at).filter(|token| token.glued && token.word().is_some());
        let is_hyphen = tokens.get(at).is_some_and(|token| token.glued && token.is_mark('-'));
        if is_hyphen
            && !idioms.dial_runs_up
            && !is_ordinal
            && (1..=12).contains(&number)
            && spelled(at + 1).is_some()
        {
            let minutes = numeral_at(&tokens[at + 1..], idioms);
            if matches!(minutes, Some((_, Numeral::Cardinal(15 | 20 | 25 | 30 | 35 | 40 | 45 | 50 | 55)))) {
                at += 1;
            }
        }
    }
    read
}

/// "one" is an hour only where nothing else can be meant: "at one", "one o'clock", "one thirty".
fn is_hour_one(before: &[Token], after: &[Token], idioms: &Idioms) -> bool {
    const BEFORE: [&str; 17] = [
        "at", "around", "about", "by", "until", "till", "past", "to", "half", "quarter", "before", "after",
        "from", "between", "and", "or", "of",
    ];
    let last = before.iter().rev().find(|token| !token.is_mark(','));
    let next = after.first().and_then(Token::word);
    last.and_then(Token::word).is_some_and(|word| BEFORE.contains(&word))
        || next.is_some_and(|word| ["oclock", "pm", "am"].contains(&word))
        || next.and_then(idioms.numeral).is_some()
        || after.first().is_some_and(|token| token.is_mark('-'))
}

/// The number said here and how many tokens it takes: "einundzwanzig", "ein Uhr", "twenty-first".
fn numeral_at(tokens: &[Token], idioms: &Idioms) -> Option<(usize, Numeral)> {
    let word = |at: usize| tokens.get(at).and_then(Token::word);
    let first = word(0)?;
    if first == "ein" && word(1) == Some("uhr") {
        return Some((1, Numeral::Cardinal(1)));
    }
    let numeral = (idioms.numeral)(first)?;
    let hyphen = usize::from(tokens.get(1).is_some_and(|token| token.is_mark('-')));
    let unit = word(1 + hyphen).and_then(idioms.numeral);
    match (numeral, unit) {
        (Numeral::Cardinal(ten @ (20 | 30 | 40 | 50)), Some(unit)) if !idioms.dial_runs_up => match unit {
            Numeral::Cardinal(unit @ 1..10) => Some((2 + hyphen, Numeral::Cardinal(ten + unit))),
            Numeral::Ordinal(unit @ 1..10) => Some((2 + hyphen, Numeral::Ordinal(ten + unit))),
            Numeral::Cardinal(_) | Numeral::Ordinal(_) => Some((1, numeral)),
        },
        _ => Some((1, numeral)),
    }
}
