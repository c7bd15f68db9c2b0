//! What is worth knowing about versions and numbers before anything is changed.

use super::numbers;
use super::plan::Place;
use super::standing::{AtRetell, Bound, bindings, e164};

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
        let drafts = followers(at, place);
        if !drafts.is_empty() {
            notes.push(format!(
                "other numbers follow every draft of this agent and hear of each step at once: {}",
                drafts.join(", ")
            ));
        }
        let published = others(at, place, &Bound::Published);
        if !published.is_empty() {
            notes.push(format!(
                "other numbers follow what is published of this agent and hear the new version too: {}",
                published.join(", ")
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

/// What somebody has begun and not published.
pub(super) fn of_draft(at: &AtRetell) -> Option<String> {
    let latest = at.latest().filter(|latest| Some(*latest) > at.answering.number().max(at.published()))?;
    let differs = at.content(Some(latest)).is_some_and(|draft| !draft.is_like(&at.answering));
    differs.then(|| {
        format!("version {latest} was changed by hand and never published: callers do not hear it; publish it or leave it")
    })
}

/// Numbers nobody looks after here that hear of every draft.
pub(super) fn followers(at: &AtRetell, place: &Place) -> Vec<String> {
    others(at, place, &Bound::Latest)
}

/// Numbers nobody looks after here that ask for the agent by this word.
fn others(at: &AtRetell, place: &Place, word: &Bound) -> Vec<String> {
    let ours: Vec<String> = numbers::ours(at, place).into_iter().map(e164).collect();
    let asking = at.numbers.iter().filter(|there| bindings(there, &place.agent_id).contains(word));
    let others = asking.map(e164).filter(|number| !ours.contains(number));
    others.map(|number| tail(&number)).collect()
}

/// Enough to recognise a number that is nobody's here.
pub fn tail(number: &str) -> String {
    let signs: Vec<char> = number.chars().collect();
    let tail: String = signs.iter().skip(signs.len().saturating_sub(4)).collect();
    format!("…{tail}")
}
