//! What an agent has claimed as done: that something is booked, moved or cancelled, in its own words, German or English.

// An utterance is cut into sentences and these into clauses. A clause claims something if the words of a phrase stand in
// it and nothing takes them back: no denial, nothing that is only going to happen, no condition, no question. Both
// languages are always looked for, since an agent may change to the caller's.

mod clauses;
mod de;
mod en;
mod voice;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use clauses::{Clause, Sentence};

/// Longer than anybody speaks in one turn; it bounds the work.
const UTTERANCE_CHARS_MAX: usize = 8_000;
/// A clause without a verb is a claim of its own only if it is as short as "so, schon eingetragen".
const BARE_WORDS_MAX: usize = 4;

/// Something that was said to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    Booked,
    Moved,
    Cancelled,
}

impl Claim {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Moved => "moved",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Words that together claim something. An entry of several words is found where they stand side by side.
#[derive(Clone, Copy)]
struct Phrase {
    claim: Claim,
    /// One of these participles stands in the clause, and what it says was done by us or in the passive; none is asked
    /// for where the list is empty.
    done: &'static [&'static str],
    /// Of each of these, one stands in the clause.
    words: &'static [&'static [&'static str]],
    /// One of these stands in the sentence; none are asked for where the list is empty.
    about: &'static [&'static str],
    /// None of these stands in the clause.
    unless: &'static [&'static str],
    /// None of these ends the clause.
    unless_last: &'static [&'static str],
}

impl Phrase {
    /// A claim without conditions: what is written out in a table is what differs from it.
    const fn of(claim: Claim) -> Self {
        Self { claim, done: &[], words: &[], about: &[], unless: &[], unless_last: &[] }
    }
}

/// How one language claims, and how it takes back.
struct Tongue {
    phrases: &'static [Phrase],
    /// Whether the participle at that place tells what we have done, or what was done.
    is_done: fn(&[String], usize) -> bool,
    /// What belongs to an appointment and can be noted down without one: where neither an appointment nor its time is
    /// spoken of, that and nothing else was.
    particulars: &'static [&'static str],
    appointment: &'static [&'static [&'static str]],
    /// What makes a mere manner of particulars: "auf den Namen", "under the name".
    manner: Manner,
    /// What is a claim without a verb, in a clause of a few words.
    bare: &'static [(&'static str, Claim)],
    /// Said all the time, and no denial.
    harmless: &'static [&'static [&'static str]],
    denials: &'static [&'static str],
    /// Only possible, wanted or about to happen.
    pending: &'static [&'static str],
    /// What makes a condition of a clause, wherever it stands.
    conditions: &'static [&'static str],
    /// What does so at its head alone.
    openings: &'static [&'static str],
    /// What shows that a condition behind a claim is about something else.
    courtesies: &'static [&'static str],
    /// The time is booked, but by others.
    taken: &'static [&'static str],
    /// Booked by others, too, unless the caller is spoken to.
    already: &'static [&'static str],
    yours: &'static [&'static str],
    /// Finite verbs: a piece without one belongs to the clause before it.
    verbs: &'static [&'static str],
    /// Verbs at the head of a question.
    asking: &'static [&'static str],
    /// What makes a question of the clause before it.
    tags: &'static [&'static str],
    /// What joins two clauses.
    joints: &'static [&'static str],
}

/// A preposition, what may stand between it and its noun, and what joins another noun.
struct Manner {
    prepositions: &'static [&'static str],
    articles: &'static [&'static str],
    and: &'static [&'static str],
}

const TONGUES: [&Tongue; 2] = [&de::TONGUE, &en::TONGUE];

/// What is claimed in these utterances.
pub fn of(utterances: impl IntoIterator<Item = impl AsRef<str>>) -> BTreeSet<Claim> {
    let mut claims = BTreeSet::new();
    for utterance in utterances {
        let text: String = utterance.as_ref().chars().take(UTTERANCE_CHARS_MAX).collect();
        for tongue in TONGUES {
            for sentence in clauses::sentences(&text, tongue) {
                claims.extend(tongue.claimed(&sentence));
            }
        }
    }
    claims
}

impl Tongue {
    fn claimed<'a>(&'a self, sentence: &'a Sentence) -> impl Iterator<Item = Claim> + 'a {
        let clauses = sentence.clauses.iter().enumerate();
        clauses.filter(|(n, _)| !self.is_taken_back(sentence, *n)).flat_map(move |(_, clause)| {
            let told = self.phrases.iter().filter(|phrase| self.is_told(phrase, clause, sentence));
            let told = told.map(|phrase| phrase.claim);
            let told = told.filter(|claim| !self.is_by_others(*claim, &clause.words));
            told.chain(self.bare_claim(&clause.words))
        })
    }

    /// Whether the phrase stands in the clause. What comes without a verb behind it takes nothing back: "Ihr Termin ist
    /// gebucht, Bestätigung per Mail".
    fn is_told(&self, phrase: &Phrase, clause: &Clause, sentence: &Sentence) -> bool {
        let is_whole = |part: &&[String]| {
            phrase.words.iter().all(|words| has(part, words)) && self.has_done(phrase.done, part)
        };
        let Some(part) = clause.parts().find(is_whole) else { return false };
        let is_about = || sentence.clauses.iter().any(|clause| has(&clause.words, phrase.about));
        let is_other =
            has(part, phrase.unless) || part.last().is_some_and(|last| is(last, phrase.unless_last));
        !is_other
            && !self.is_noted_alone(phrase, part, &clause.words)
            && (phrase.about.is_empty() || is_about())
    }

    fn has_done(&self, participles: &[&str], part: &[String]) -> bool {
        let mut participle =
            (0..part.len()).filter(|at| part.get(*at).is_some_and(|word| is(word, participles)));
        participles.is_empty() || participle.any(|at| (self.is_done)(part, at))
    }

    /// "Ich habe Ihren Namen eingetragen": nothing but that.
    fn is_noted_alone(&self, phrase: &Phrase, part: &[String], clause: &[String]) -> bool {
        let is_appointment = || {
            self.appointment.iter().any(|words| has(clause, words))
                || clause.iter().any(|word| word.contains(':'))
        };
        !phrase.done.is_empty() && has(part, self.particulars) && !is_appointment()
    }

    fn bare_claim(&self, clause: &[String]) -> Option<Claim> {
        let is_bare = clause.len() <= BARE_WORDS_MAX && !has(clause, self.verbs) && !has(clause, self.taken);
        let bare = self.bare.iter().find(|(word, _)| is_bare && has(clause, &[word]));
        bare.map(|(_, claim)| *claim)
    }

    fn is_taken_back(&self, sentence: &Sentence, n: usize) -> bool {
        let Some(clause) = sentence.clauses.get(n) else { return true };
        has(&clause.words, self.denials)
            || has(&clause.words, self.pending)
            || self.is_condition(&clause.words)
            || self.is_asked(sentence, n)
            || self.has_condition_before(sentence, n)
            || self.has_condition_behind(sentence, n)
    }

    fn is_asked(&self, sentence: &Sentence, n: usize) -> bool {
        let Some((clause, rest)) = sentence.clauses.get(n..).and_then(|from| from.split_first()) else {
            return true;
        };
        let is_tag = |clause: &Clause| clause.words.iter().all(|word| is(word, self.tags));
        let asks = match rest {
            [] => true,
            [last] => is_tag(last),
            _ => false,
        };
        let begins = clause.words.iter().find(|word| !is(word, self.joints));
        let begins_as_question = begins.is_some_and(|word| is(word, self.asking));
        sentence.is_question && (asks || begins_as_question)
    }

    /// "Wenn Sie zusagen, ist der Termin gebucht": what was joined by "und" stands for itself.
    fn has_condition_before(&self, sentence: &Sentence, n: usize) -> bool {
        for at in (0..n).rev() {
            let (Some(clause), Some(next)) = (sentence.clauses.get(at), sentence.clauses.get(at + 1)) else {
                return false;
            };
            if self.is_joined(next) {
                return false;
            }
            if self.is_condition(&clause.words) {
                return true;
            }
        }
        false
    }

    /// "Der Termin ist gebucht, sobald Sie zusagen"; but not "…, falls Sie noch Fragen haben".
    fn has_condition_behind(&self, sentence: &Sentence, n: usize) -> bool {
        sentence.clauses.get(n + 1).is_some_and(|next| {
            !self.is_joined(next) && self.is_condition(&next.words) && !has(&next.words, self.courtesies)
        })
    }

    fn is_joined(&self, clause: &Clause) -> bool {
        clause.words.first().is_some_and(|word| is(word, self.joints))
    }

    fn is_condition(&self, clause: &[String]) -> bool {
        let head = clause.get(..2).unwrap_or(clause);
        has(clause, self.conditions) || has(head, self.openings)
    }

    fn is_by_others(&self, claim: Claim, clause: &[String]) -> bool {
        let is_already = has(clause, self.already) && !has(clause, self.yours);
        claim == Claim::Booked && (has(clause, self.taken) || is_already)
    }
}

fn is(word: &str, words: &[&str]) -> bool {
    words.contains(&word)
}

/// Whether one of these stands in the clause, of several words those side by side.
fn has(clause: &[String], words: &[&str]) -> bool {
    words.iter().any(|one| match one.split_once(' ') {
        None => clause.iter().any(|word| word == one),
        Some(_) => {
            let run = one.split(' ').count();
            clause.windows(run).any(|words| words.iter().map(String::as_str).eq(one.split(' ')))
        }
    })
}
