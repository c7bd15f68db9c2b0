//! Branches as they stand in the books: numbers, hours, services.

use jiff::{Timestamp, ToSpan};

use super::{Area, Facts, Finding, in_branch};
use crate::domain::directory::{Branch, Company};

/// A branch should open within so many days.
const OPENS_WITHIN_DAYS: i64 = 14;

pub(super) fn findings(company: &Company, facts: &Facts) -> Vec<Finding> {
    if company.branches.is_empty() {
        let fix = "add a [[branch]] with slug, name, phone_numbers and hours to the company's file, then fernamt apply FILE";
        return vec![Finding::red(Area::Branch, &company.slug, "the company has no branch", fix)];
    }
    let of_branch = |branch: &Branch| {
        let found = [
            rings(company, branch),
            Some(opens(branch, facts.now)),
            paused(branch),
            offers_something(branch),
        ];
        found.into_iter().flatten()
    };
    company.branches.iter().flat_map(of_branch).collect()
}

/// Where nothing rings, only web calls arrive.
fn rings(company: &Company, branch: &Branch) -> Option<Finding> {
    if !branch.numbers.is_empty() || !company.hotlines.is_empty() {
        return None;
    }
    let fix = in_branch(branch, "phone_numbers = [\"+49…\"], the number as Retell shows it");
    Some(Finding::red(Area::Branch, &branch.slug, "no number rings here", fix))
}

fn opens(branch: &Branch, now: Timestamp) -> Finding {
    let Some(opening) = &branch.opening else {
        let fix = in_branch(branch, "hours = \"mon-fri 09:00-18:00\", with the real hours");
        let what =
            "no hours: whatever Cal.com shows is offered, and callbacks are promised at any time of day";
        return Finding::yellow(Area::Branch, &branch.slug, what, fix);
    };
    let today = now.to_zoned(branch.zone.clone()).date();
    let is_open = |ahead: &i64| !opening.blocks_on(today.saturating_add(ahead.days())).is_empty();
    match (0..OPENS_WITHIN_DAYS).find(is_open) {
        Some(_) => Finding::green(Area::Branch, &branch.slug, format!("open {}", opening.hours)),
        None => {
            let what =
                format!("closed for the next {OPENS_WITHIN_DAYS} days, so no appointment can be made there");
            let fix = in_branch(branch, "hours and closures as they really are");
            Finding::red(Area::Branch, &branch.slug, what, fix)
        }
    }
}

fn paused(branch: &Branch) -> Option<Finding> {
    let what = "paused: callers are told that no appointments are made at the moment";
    let fix = in_branch(branch, "paused = false, once appointments are to be made again");
    branch.paused.then(|| Finding::yellow(Area::Branch, &branch.slug, what, fix))
}

fn offers_something(branch: &Branch) -> Option<Finding> {
    let fix = format!(
        "in the company's file, under [[branch]] \"{}\": add a [[branch.service]] with slug, name, duration_minutes and \
         event_type_id, then fernamt apply FILE",
        branch.slug
    );
    let what = "no service: there is nothing a caller could book";
    branch.services.is_empty().then(|| Finding::red(Area::Branch, &branch.slug, what, fix))
}
