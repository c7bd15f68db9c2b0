//! How a deployment went, and what callers hear after it.

use super::report::Outcome;
use crate::domain::deployment::{AtRetell, Place, Plan, ours};

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

impl Course {
    pub(super) fn not_begun(why: String) -> Self {
        Self { stopped: Some(why), ..Self::default() }
    }
}

/// What callers hear now, from what stands at Retell; where that could not be read, from what was sent.
pub(super) fn judge(
    course: &Course,
    (before, after): (&AtRetell, Option<&AtRetell>),
    plan: &Plan,
    (place, is_all_done): (&Place, bool),
) -> Outcome {
    let Some(after) = after else {
        return if course.is_live { Outcome::Unknown } else { Outcome::AsBefore };
    };
    if is_all_done {
        return Outcome::Done;
    }
    let is_published =
        |version: i64| after.versions.iter().any(|at| at.version == version && at.is_published);
    if !course.version.is_some_and(is_published) && plan.makes_version {
        return Outcome::AsBefore;
    }
    let numbers: Vec<bool> = ours(after, place)
        .into_iter()
        .filter_map(|there| there.string("phone_number"))
        .map(|number| is_as_wanted(&number, (before, after), course, (plan, place)))
        .collect();
    match (numbers.iter().any(|wanted| *wanted), numbers.iter().any(|wanted| !*wanted)) {
        (true, true) => Outcome::Mixed,
        (false, true) => Outcome::AsBefore,
        (_, false) => Outcome::AsWanted,
    }
}

/// Whether whoever rings that number hears what is wanted, and not what was there before.
fn is_as_wanted(
    number: &str,
    (before, after): (&AtRetell, &AtRetell),
    course: &Course,
    (plan, place): (&Plan, &Place),
) -> bool {
    let answers = after.answers(number, &place.agent_id);
    match course.version {
        Some(version) => !answers.is_empty() && answers.iter().all(|answer| *answer == version),
        None => {
            let patch = plan.numbers.iter().find(|patch| patch.number == number && patch.is_bound_anew());
            let is_bound =
                patch.is_none_or(|patch| after.number(number).is_some_and(|there| patch.is_so(there)));
            is_bound || answers == before.answers(number, &place.agent_id) && !answers.is_empty()
        }
    }
}
