//! Whose deed a participle tells: ours or nobody's in particular is a claim, the caller's own is none.

use super::{de, en, has, is};

/// "ist gebucht", "habe ich gebucht", "wir haben gebucht", "Anna hat Sie eingetragen"; not "Sie haben gebucht".
pub(super) fn is_done_in_german(clause: &[String], _: usize) -> bool {
    let is_passive = has(clause, &["ist", "sind", "wurde", "wurden", "worden", "steht", "bin", "bist"]);
    is_passive || has(clause, &["habe", "hab"]) || is_by_us_in_german(clause) || is_by_ours_in_german(clause)
}

fn is_by_us_in_german(clause: &[String]) -> bool {
    let is_beside = has(clause, &["wir haben", "haben wir"]);
    let is_yours = has(clause, &["sie haben", "haben sie", "ihr habt", "habt ihr"]);
    has(clause, &["haben"]) && has(clause, &["wir"]) && (is_beside || !is_yours)
}

/// Somebody has done it for the caller and is not one of theirs; or the appointment did it by itself.
fn is_by_ours_in_german(clause: &[String]) -> bool {
    let mut has_at = (0..clause.len()).filter(|at| clause.get(*at).is_some_and(|word| word == "hat"));
    has_at.any(|at| {
        let (before, behind) = (clause.get(..at).unwrap_or_default(), clause.get(at + 1));
        let is_to = |words: &[&str]| behind.is_some_and(|word| is(word, words));
        let is_theirs = has(before, &["ihr", "ihre", "dein", "deine", "er", "sie", "es", "wer", "jemand"]);
        let is_appointment = before.last().is_some_and(|word| is(word, de::APPOINTMENT));
        is_to(&["sie", "ihnen", "dich", "dir"]) && !is_theirs || is_to(&["sich"]) && is_appointment
    })
}

const BE: &[&str] = &["is", "are", "am", "was", "were", "been"];
/// What somebody knows of others' deeds by.
const KNOWING: &[&str] = &[
    "see",
    "saw",
    "understand",
    "think",
    "hear",
    "heard",
    "know",
    "noticed",
    "believe",
    "guess",
    "gather",
    "notice",
];

/// "is booked", "I have booked", "I've got you booked", "you're booked"; not "you have booked", "we're booked".
pub(super) fn is_done_in_english(clause: &[String], at: usize) -> bool {
    let before = clause.get(..at).unwrap_or_default();
    // "He's booked a visit" is no passive.
    let has_object = clause.get(at + 1).is_some_and(|word| is(word, &["a", "an"]));
    let subject = before.iter().rposition(|word| is(word, &["i", "we", "you", "he", "she", "they"]));
    let (of, between) = match subject {
        Some(subject) => {
            (before.get(subject).map(String::as_str), before.get(subject + 1..).unwrap_or_default())
        }
        None => (None, before),
    };
    let is_passive = has(between, BE) && !has_object;
    match of {
        Some("i" | "we") => !is_of_ourselves(between) && (is_passive || !has(between, KNOWING)),
        Some("you") => {
            let had = subject.and_then(|subject| subject.checked_sub(1)).and_then(|had| before.get(had));
            is_passive || had.is_some_and(|had| is(had, &["got", "have", "had", "has", "get", "put"]))
        }
        Some(_) => is_passive,
        None => is_passive || has(between, &["all", "got"]) || is_by_ours_in_english(clause, before, at),
    }
}

/// "We are booked", "we are all booked": the house is full.
fn is_of_ourselves(between: &[String]) -> bool {
    between.first().is_some_and(|word| is(word, BE)) && between.len() <= 2
}

/// Somebody has done it for the caller and is not one of theirs; or the appointment did it by itself.
fn is_by_ours_in_english(clause: &[String], before: &[String], at: usize) -> bool {
    let Some(has_at) = before.iter().position(|word| is(word, &["has", "have"])) else { return false };
    let is_to_you = clause.get(at + 1).is_some_and(|word| word == "you") && !has(before, &["your"]);
    let of = has_at.checked_sub(1).and_then(|of| before.get(of));
    is_to_you || of.is_some_and(|of| is(of, en::APPOINTMENT))
}
