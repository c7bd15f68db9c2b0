//! How a deployment went, and what callers hear after it.

use super::report::Outcome;
use crate::domain::deployment::{Ear, Hears};

/// What was done, as far as it came.
#[derive(Clone, Debug, Default)]
pub(super) struct Course {
    /// In words, in their order.
    pub(super) steps: Vec<String>,
    /// Why it ended before its end.
    pub(super) stopped: Option<String>,
    /// The version that was made.
    pub(super) version: Option<i64>,
    /// Whether anything was sent that callers may hear.
    pub(super) is_live: bool,
}

/// What reading it back has shown.
#[derive(Clone, Debug)]
pub(super) struct ReadBack {
    pub(super) ears: Vec<Ear>,
    /// The version published last.
    pub(super) published: Option<i64>,
    /// What is not as it is to be, in words.
    pub(super) left: Vec<String>,
    /// What others have added to the functions of this house.
    pub(super) extras: Vec<String>,
}

/// What callers hear now, from what stands at Retell; where that could not be read, from what was sent.
pub(super) fn judge(course: &Course, after: Option<&ReadBack>) -> Outcome {
    let Some(after) = after else {
        return if course.is_live { Outcome::Unknown } else { Outcome::AsBefore };
    };
    // Numbers of others count where they hear something else than before.
    let ours = || after.ears.iter().filter(|ear| ear.is_ours).map(|ear| ear.hears);
    let others = || after.ears.iter().filter(|ear| !ear.is_ours).map(|ear| ear.hears);
    let is_wanted = |hears: Hears| matches!(hears, Hears::AsWanted | Hears::Both);
    let is_before = |hears: Hears| matches!(hears, Hears::AsBefore | Hears::Both);
    if ours().all(is_wanted) {
        return if after.left.is_empty() { Outcome::Done } else { Outcome::AsWanted };
    }
    if ours().chain(others()).any(|hears| hears == Hears::Neither) {
        return Outcome::Neither;
    }
    if ours().chain(others()).all(is_before) { Outcome::AsBefore } else { Outcome::Mixed }
}
