//! Cutting an utterance into sentences and clauses of plain, lower-case words.

use super::{Tongue, has, is};

/// A sentence as its clauses, in order.
pub(super) struct Sentence {
    pub(super) clauses: Vec<Clause>,
    pub(super) is_question: bool,
}

/// A clause with its verb, and what was added behind it without one.
pub(super) struct Clause {
    pub(super) words: Vec<String>,
    /// How many words came before each addition.
    added_at: Vec<usize>,
    /// A colon has come: what is added is what the clause speaks of.
    is_listing: bool,
}

impl Clause {
    fn of(piece: Piece) -> Self {
        Self { words: piece.words, added_at: Vec::new(), is_listing: false }
    }

    fn add(&mut self, piece: Piece) {
        self.is_listing |= piece.is_listed;
        if !self.is_listing {
            self.added_at.push(self.words.len());
        }
        self.words.extend(piece.words);
    }

    /// The clause as far as it had come before each addition, and as a whole.
    pub(super) fn parts(&self) -> impl Iterator<Item = &[String]> {
        let whole = std::iter::once(self.words.len());
        self.added_at.iter().copied().chain(whole).filter_map(|end| self.words.get(..end))
    }
}

/// What stands between two signs.
#[derive(Default)]
struct Piece {
    words: Vec<String>,
    /// A colon stands before it.
    is_listed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Sign {
    Word { text: String, is_capital: bool },
    Comma,
    Colon,
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
    let (mut pieces, mut piece) = (Vec::new(), Piece::default());
    for (n, sign) in signs.iter().enumerate() {
        let ends = match sign {
            Sign::Word { text, .. } => {
                piece.words.push(text.clone());
                false
            }
            Sign::Comma | Sign::Colon => {
                let next = Piece { is_listed: *sign == Sign::Colon, ..Piece::default() };
                pieces.push(std::mem::replace(&mut piece, next));
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
            ':' => signs.push(Sign::Colon),
            ',' | '–' | '—' | '…' | '(' | ')' | '-' => signs.push(Sign::Comma),
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
        Some(Sign::Comma | Sign::Colon | Sign::Dot | Sign::Stop | Sign::Question) | None => {
            (false, false, false)
        }
    };
    match signs.get(n + 1) {
        Some(Sign::Word { text, is_capital }) => {
            let goes_on = is_number && (!is_capital || MONTHS.contains(&text.as_str()));
            !(goes_on || is_letter || is_short)
        }
        Some(Sign::Comma | Sign::Colon) => !is_number,
        Some(Sign::Dot | Sign::Stop | Sign::Question) | None => true,
    }
}

fn sentence(pieces: Vec<Piece>, is_question: bool, tongue: &Tongue) -> Sentence {
    let cut: Vec<Piece> =
        pieces.into_iter().flat_map(|piece| at_joints(plain(piece, tongue), tongue)).collect();
    let last = cut.len().saturating_sub(1);
    let mut clauses: Vec<Clause> = Vec::new();
    for (n, piece) in cut.into_iter().enumerate() {
        // "…, sonst noch etwas?" does not make a question of what was said before it.
        let is_asked = is_question && n == last;
        match clauses.last_mut() {
            Some(before) if !has(&piece.words, tongue.verbs) && !is_asked => before.add(piece),
            _ => clauses.push(Clause::of(piece)),
        }
    }
    Sentence { clauses, is_question }
}

/// Without what is said all the time, and without "auf den Namen" and its like.
fn plain(mut piece: Piece, tongue: &Tongue) -> Piece {
    let words = &mut piece.words;
    for harmless in tongue.harmless {
        while let Some(at) = words.windows(harmless.len()).position(|words| words == *harmless) {
            words.drain(at..at + harmless.len());
        }
    }
    let mut at = 0;
    while at < words.len() {
        let manner = words.get(at..).map_or(0, |rest| manner_at_head(rest, tongue));
        words.drain(at..at + manner);
        at += usize::from(manner == 0);
    }
    piece
}

/// How many words a preposition and its particulars take: "mit Namen und Telefonnummer"; 0: there are none.
fn manner_at_head(words: &[String], tongue: &Tongue) -> usize {
    let manner = &tongue.manner;
    let is_one_of = |at: usize, list: &[&str]| words.get(at).is_some_and(|word| is(word, list));
    let noun_behind = |at: usize| {
        let articles = (at..words.len()).take_while(|at| is_one_of(*at, manner.articles)).count();
        is_one_of(at + articles, tongue.particulars).then_some(at + articles + 1)
    };
    let mut end = None;
    let mut next = is_one_of(0, manner.prepositions).then_some(1);
    while let Some(behind) = next.and_then(noun_behind) {
        end = Some(behind);
        next = is_one_of(behind, manner.and).then_some(behind + 1);
    }
    end.unwrap_or(0)
}

/// Cuts before "und" and its like; the word stays at the head of what it joins.
fn at_joints(piece: Piece, tongue: &Tongue) -> impl Iterator<Item = Piece> {
    let is_listed = piece.is_listed;
    let mut parts: Vec<Vec<String>> = vec![Vec::new()];
    for word in piece.words {
        if is(&word, tongue.joints) {
            parts.push(Vec::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push(word);
        }
    }
    parts.into_iter().filter(|words| !words.is_empty()).map(move |words| Piece { words, is_listed })
}
