//! Cutting an utterance into sentences and clauses of plain, lower-case words.

use super::{Tongue, has};

/// A sentence as its clauses, in order.
pub(super) struct Sentence {
    pub(super) clauses: Vec<Vec<String>>,
    pub(super) is_question: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Sign {
    Word { text: String, is_capital: bool },
    Comma,
    Dot,
    Stop,
    Question,
}

/// Words a dot belongs to.
const SHORT: [&str; 14] =
    ["dr", "prof", "hr", "fr", "st", "str", "nr", "ca", "bzw", "evtl", "ggf", "mr", "mrs", "ms"];
const MONTHS: [&str; 22] = [
    "januar",
    "jänner",
    "februar",
    "märz",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "dezember",
    "january",
    "february",
    "march",
    "may",
    "june",
    "july",
    "october",
    "december",
    "uhr",
];
const CONTRACTED: [(&str, &str); 8] = [
    ("n't", " not"),
    ("'ve", " have"),
    ("'re", " are"),
    ("'s", " is"),
    ("'ll", " will"),
    ("'d", " would"),
    ("'m", " am"),
    ("'", " "),
];

pub(super) fn sentences(text: &str, tongue: &Tongue) -> Vec<Sentence> {
    let signs = signs(text);
    let mut sentences = Vec::new();
    let (mut pieces, mut piece) = (Vec::new(), Vec::new());
    for (n, sign) in signs.iter().enumerate() {
        let ends = match sign {
            Sign::Word { text, .. } => {
                piece.push(text.clone());
                false
            }
            Sign::Comma => {
                pieces.push(std::mem::take(&mut piece));
                false
            }
            Sign::Dot => is_stop(&signs, n),
            Sign::Stop | Sign::Question => true,
        };
        if ends {
            pieces.push(std::mem::take(&mut piece));
            sentences.push(sentence(std::mem::take(&mut pieces), *sign == Sign::Question, tongue));
        }
    }
    pieces.push(piece);
    sentences.push(sentence(pieces, false, tongue));
    sentences.retain(|sentence| !sentence.clauses.is_empty());
    sentences
}

fn signs(text: &str) -> Vec<Sign> {
    let mut text = text.replace(['’', '‘', '`'], "'");
    for (short, long) in CONTRACTED {
        text = text.replace(short, long);
    }
    let mut signs = Vec::new();
    let mut word = String::new();
    let all: Vec<char> = text.chars().collect();
    for (n, sign) in all.iter().enumerate() {
        let between_digits = || {
            let digit = |at: Option<&char>| at.is_some_and(char::is_ascii_digit);
            digit(n.checked_sub(1).and_then(|before| all.get(before))) && digit(all.get(n + 1))
        };
        let inside_word = |sign: char| match sign {
            '-' => !word.is_empty() && all.get(n + 1).is_some_and(|next| next.is_alphanumeric()),
            ':' | '.' => between_digits(),
            other => other.is_alphanumeric(),
        };
        if inside_word(*sign) {
            word.push(*sign);
            continue;
        }
        push_word(&mut signs, &mut word);
        match sign {
            '.' => signs.push(Sign::Dot),
            '!' | ';' | '\n' => signs.push(Sign::Stop),
            '?' => signs.push(Sign::Question),
            ',' | ':' | '–' | '—' | '…' | '(' | ')' | '-' => signs.push(Sign::Comma),
            _ => {}
        }
    }
    push_word(&mut signs, &mut word);
    signs
}

fn push_word(signs: &mut Vec<Sign>, word: &mut String) {
    if !word.is_empty() {
        let is_capital = word.starts_with(char::is_uppercase);
        signs.push(Sign::Word { text: std::mem::take(word).to_lowercase(), is_capital });
    }
}

/// Whether this dot ends a sentence: not that of "20. Oktober", "am 3. um zehn", "Dr." or "z. B.".
fn is_stop(signs: &[Sign], n: usize) -> bool {
    let before = n.checked_sub(1).and_then(|before| signs.get(before));
    let (is_number, is_letter, is_short) = match before {
        Some(Sign::Word { text, .. }) => (
            text.chars().all(|sign| sign.is_ascii_digit()),
            text.chars().count() == 1 && text != "m",
            SHORT.contains(&text.as_str()),
        ),
        Some(Sign::Comma | Sign::Dot | Sign::Stop | Sign::Question) | None => (false, false, false),
    };
    match signs.get(n + 1) {
        Some(Sign::Word { text, is_capital }) => {
            let goes_on = is_number && (!is_capital || MONTHS.contains(&text.as_str()));
            !(goes_on || is_letter || is_short)
        }
        Some(Sign::Comma) => !is_number,
        Some(Sign::Dot | Sign::Stop | Sign::Question) | None => true,
    }
}

fn sentence(pieces: Vec<Vec<String>>, is_question: bool, tongue: &Tongue) -> Sentence {
    let cut = pieces.into_iter().map(|piece| without_harmless(piece, tongue));
    let cut: Vec<Vec<String>> =
        cut.flat_map(|piece| at_joints(piece, tongue)).filter(|piece| !piece.is_empty()).collect();
    let last = cut.len().saturating_sub(1);
    let mut clauses: Vec<Vec<String>> = Vec::new();
    for (n, piece) in cut.into_iter().enumerate() {
        // "…, sonst noch etwas?" does not make a question of what was said before it.
        let is_asked = is_question && n == last;
        match clauses.last_mut() {
            Some(before) if !has(&piece, tongue.verbs) && !is_asked => before.extend(piece),
            _ => clauses.push(piece),
        }
    }
    Sentence { clauses, is_question }
}

fn without_harmless(mut piece: Vec<String>, tongue: &Tongue) -> Vec<String> {
    for harmless in tongue.harmless {
        while let Some(at) = piece.windows(harmless.len()).position(|words| words == *harmless) {
            piece.drain(at..at + harmless.len());
        }
    }
    piece
}

/// Cuts before "und" and its like; the word stays at the head of what it joins.
fn at_joints(piece: Vec<String>, tongue: &Tongue) -> Vec<Vec<String>> {
    let mut parts: Vec<Vec<String>> = vec![Vec::new()];
    for word in piece {
        if tongue.joints.contains(&word.as_str()) {
            parts.push(Vec::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push(word);
        }
    }
    parts
}
