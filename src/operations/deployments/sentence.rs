//! What callers hear after a deployment, as a sentence: said of what was read back, never of what was meant.

use super::course::{Course, ReadBack};
use super::report::Outcome;
use crate::domain::deployment::{Ear, Hears, tail};

pub(super) fn of(outcome: Outcome, course: &Course, after: Option<&ReadBack>) -> String {
    let why = course.stopped.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    let Some(after) = after else { return unread(outcome, course, &why) };
    let ours = after.ears.iter().filter(|ear| ear.is_ours);
    let version = in_version(&ours.flat_map(Ear::versions).collect::<Vec<_>>());
    match outcome {
        Outcome::NothingToChange | Outcome::Unknown => unread(outcome, course, &why),
        Outcome::Done => format!("done: the agent answers as it was to{version}"),
        Outcome::AsBefore => format!("stopped: the agent answers as before{}{why}", unheard(course, after)),
        Outcome::AsWanted => {
            format!("stopped: the agent answers as it was to{version}, but not everything is done{why}")
        }
        Outcome::Mixed => format!("stopped: the agent answers {}{why}", by_number(after)),
        Outcome::Neither => {
            format!(
                "stopped: the agent answers {}{why}: look at it at Retell, or undo this",
                by_number(after)
            )
        }
    }
}

fn unread(outcome: Outcome, course: &Course, why: &str) -> String {
    let version = course.version.map(|version| format!(" in version {version}")).unwrap_or_default();
    match outcome {
        Outcome::NothingToChange => "nothing to change".to_owned(),
        // Nothing was sent that anybody hears.
        Outcome::AsBefore => format!("stopped: the agent answers as before{why}"),
        Outcome::Done | Outcome::AsWanted | Outcome::Mixed | Outcome::Neither | Outcome::Unknown => {
            let how = if course.stopped.is_some() { "stopped" } else { "everything was sent" };
            format!(
                "{how}: it could not be read back whether the agent answers as it was to{version} or as before; it is one of both, \
                 and --plan tells which once Retell answers{why}"
            )
        }
    }
}

/// Whether anybody hears the version that was made.
fn unheard(course: &Course, after: &ReadBack) -> String {
    let Some(version) = course.version else { return String::new() };
    let hearing: Vec<String> =
        after.ears.iter().filter(|ear| ear.hears_version(version)).map(number).collect();
    if !hearing.is_empty() {
        return format!(", and version {version} sounds the same at {}", hearing.join(", "));
    }
    if after.published == Some(version) {
        return format!(
            ", and no number hears version {version}, though it is published: undo this to withdraw it"
        );
    }
    format!(", and nobody hears version {version}")
}

/// What is heard where, in words.
fn by_number(after: &ReadBack) -> String {
    let said = [
        (Hears::AsWanted, "as it was to"),
        (Hears::AsBefore, "as before"),
        (Hears::Both, "as before, which is what it was to"),
        (Hears::Neither, "neither as before nor as it was to"),
    ];
    let parts = said.iter().filter_map(|(hears, how)| {
        let ears: Vec<&Ear> = after.ears.iter().filter(|ear| ear.hears == *hears).collect();
        let numbers: Vec<String> = ears.iter().map(|ear| number(ear)).collect();
        let versions: Vec<i64> = ears.iter().flat_map(|ear| ear.versions()).collect();
        (!ears.is_empty()).then(|| format!("at {} {how}{}", numbers.join(", "), in_version(&versions)))
    });
    parts.collect::<Vec<_>>().join("; ")
}

/// A number as it is shown: one of somebody else's only by its end.
pub(super) fn number(ear: &Ear) -> String {
    match (ear.number.as_str(), ear.is_ours) {
        ("", _) => "no number".to_owned(),
        (number, true) => number.to_owned(),
        (number, false) => tail(number),
    }
}

fn in_version(versions: &[i64]) -> String {
    let mut versions = versions.to_vec();
    versions.sort_unstable();
    versions.dedup();
    let said: Vec<String> = versions.iter().map(ToString::to_string).collect();
    match said.len() {
        0 => String::new(),
        1 => format!(" in version {}", said[0]),
        _ => format!(" in versions {}", said.join(" and ")),
    }
}
