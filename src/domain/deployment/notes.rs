//! What is worth knowing about versions and numbers before anything is changed.

use super::numbers;
use super::plan::Place;
use super::standing::{AtRetell, e164, follows};

pub(super) fn of_versions(at: &AtRetell, place: &Place, makes_version: bool) -> Vec<String> {
    let mut notes = Vec::new();
    let base = at.answering.number().unwrap_or_default();
    if let Some(published) = at.published().filter(|published| *published > base && makes_version) {
        notes.push(format!(
            "version {published} was published after version {base}, which answers: the new version is made from {base}, without \
             what was changed in between"
        ));
    }
    let drafts: Vec<String> = at
        .versions
        .iter()
        .filter(|listed| !listed.is_published && listed.version > base)
        .map(|listed| listed.version.to_string())
        .collect();
    if !drafts.is_empty() {
        let drafts = drafts.join(", ");
        notes.push(format!(
            "nobody has published version {drafts}: it stays as it is and is not part of this"
        ));
    }
    if makes_version {
        let ours: Vec<String> = numbers::ours(at, place).into_iter().map(e164).collect();
        let others = at.numbers.iter().filter(|there| follows(there, &place.agent_id)).map(e164);
        let others: Vec<String> =
            others.filter(|number| !ours.contains(number)).map(|number| tail(&number)).collect();
        if !others.is_empty() {
            notes.push(format!(
                "other numbers follow every draft of this agent and hear of each step at once: {}",
                others.join(", ")
            ));
        }
    }
    notes
}

pub(super) fn of_numbers(at: &AtRetell, place: &Place) -> Vec<String> {
    let mut notes = Vec::new();
    for number in place.numbers.iter().chain(&place.hotlines).filter(|number| at.number(number).is_none()) {
        notes.push(format!(
            "Retell does not know {number}: buy or import it there, or correct the company's file"
        ));
    }
    let ours: Vec<String> = numbers::ours(at, place).into_iter().map(e164).collect();
    let elsewhere = place.hotlines.iter().filter(|line| at.number(line).is_some() && !ours.contains(line));
    notes.extend(elsewhere.map(|number| {
        format!("{number} belongs to several branches and rings at another agent: it is left alone")
    }));
    let answering: Vec<Vec<i64>> = ours
        .iter()
        .map(|number| at.answers(number, &place.agent_id))
        .filter(|versions| !versions.is_empty())
        .collect();
    if answering.iter().flatten().any(|version| Some(*version) != at.answering.number()) {
        let base = at.answering.number().unwrap_or_default();
        notes.push(format!(
            "the numbers are answered by different versions; version {base} is the one that is changed, and all of them get it"
        ));
    }
    notes
}

/// Enough to recognise a number that is nobody's here.
fn tail(number: &str) -> String {
    let signs: Vec<char> = number.chars().collect();
    let tail: String = signs.iter().skip(signs.len().saturating_sub(4)).collect();
    format!("…{tail}")
}
