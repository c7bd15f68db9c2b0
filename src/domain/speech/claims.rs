//! What an agent has claimed as done: that something is booked, moved or cancelled, in its own words, German or English.

// An utterance is cut into sentences and these into clauses. A clause claims something if the words of a phrase stand in
// it and nothing takes them back: no denial, nothing that is only going to happen, no condition, no question. Both
// languages are always looked for, since an agent may change to the caller's.

mod clauses;
mod de;
mod en;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use clauses::Sentence;

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

/// Words that together claim something.
#[derive(Clone, Copy)]
struct Phrase {
    claim: Claim,
    /// Of each of these, one word stands in the clause.
    words: &'static [&'static [&'static str]],
    /// One of these stands in the sentence; none are asked for where the list is empty.
    about: &'static [&'static str],
    /// None of these stands in the clause.
    unless: &'static [&'static str],
}

/// How one language claims, and how it takes back.
struct Tongue {
    phrases: &'static [Phrase],
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
            let told = self.phrases.iter().filter(|phrase| phrase.fits(clause, sentence));
            let told = told.map(|phrase| phrase.claim).filter(|claim| !self.is_by_others(*claim, clause));
            told.chain(self.bare_claim(clause))
        })
    }

    fn bare_claim(&self, clause: &[String]) -> Option<Claim> {
        let is_bare = clause.len() <= BARE_WORDS_MAX && !has(clause, self.verbs) && !has(clause, self.taken);
        let bare = self.bare.iter().find(|(word, _)| is_bare && has(clause, &[word]));
        bare.map(|(_, claim)| *claim)
    }

    fn is_taken_back(&self, sentence: &Sentence, n: usize) -> bool {
        let Some(clause) = sentence.clauses.get(n) else { return true };
        has(clause, self.denials)
            || has(clause, self.pending)
            || self.is_condition(clause)
            || self.is_asked(sentence, n)
            || self.has_condition_before(sentence, n)
            || self.has_condition_behind(sentence, n)
    }

    fn is_asked(&self, sentence: &Sentence, n: usize) -> bool {
        let Some((clause, rest)) = sentence.clauses.get(n..).and_then(|from| from.split_first()) else {
            return true;
        };
        let is_tag = |clause: &[String]| clause.iter().all(|word| self.tags.contains(&word.as_str()));
        let asks = match rest {
            [] => true,
            [last] => is_tag(last),
            _ => false,
        };
        let begins = clause.iter().find(|word| !self.joints.contains(&word.as_str()));
        let begins_as_question = begins.is_some_and(|word| self.asking.contains(&word.as_str()));
        sentence.is_question && (asks || begins_as_question)
    }

    /// "Wenn Sie zusagen, ist der Termin gebucht": what was joined by "und" stands for itself.
    fn has_condition_before(&self, sentence: &Sentence, n: usize) -> bool {
        for at in (0..n).rev() {
            let (Some(clause), Some(next)) = (sentence.clauses.get(at), sentence.clauses.get(at + 1)) else {
                return false;
            };
            if next.first().is_some_and(|word| self.joints.contains(&word.as_str())) {
                return false;
            }
            if self.is_condition(clause) {
                return true;
            }
        }
        false
    }

    /// "Der Termin ist gebucht, sobald Sie zusagen"; but not "…, falls Sie noch Fragen haben".
    fn has_condition_behind(&self, sentence: &Sentence, n: usize) -> bool {
        sentence.clauses.get(n + 1).is_some_and(|next| {
            let is_joined = next.first().is_some_and(|word| self.joints.contains(&word.as_str()));
            !is_joined && self.is_condition(next) && !has(next, self.courtesies)
        })
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

impl Phrase {
    fn fits(&self, clause: &[String], sentence: &Sentence) -> bool {
        let is_about = || sentence.clauses.iter().any(|clause| has(clause, self.about));
        self.words.iter().all(|words| has(clause, words))
            && !has(clause, self.unless)
            && (self.about.is_empty() || is_about())
    }
}

/// Whether one of these words stands in the clause.
fn has(clause: &[String], words: &[&str]) -> bool {
    clause.iter().any(|word| words.contains(&word.as_str()))
}
