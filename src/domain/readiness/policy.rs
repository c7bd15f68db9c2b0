//! The company's rules: what is allowed, but may not be what was meant.

use super::{Area, Finding};
use crate::domain::directory::Company;
use crate::domain::holidays::Region;
use crate::domain::policy::Policy;

/// More offers than this cannot be remembered at the telephone.
const SPOKEN_AT_ONCE: u8 = 4;
const MINUTES_A_DAY: u32 = 24 * 60;

pub(super) fn findings(company: &Company) -> Vec<Finding> {
    let policy = &company.policy;
    let found = [
        test_mode(policy),
        window(policy),
        holds(policy),
        confirmation(policy),
        alternatives(policy),
        holidays(policy),
    ];
    let found: Vec<Finding> = found.into_iter().flatten().collect();
    if found.is_empty() {
        return vec![Finding::green(Area::Policy, &company.slug, "nothing unusual in the rules")];
    }
    found
}

fn test_mode(policy: &Policy) -> Option<Finding> {
    let what = "test_mode is on: calls are taken, but nothing is written at Cal.com";
    let fix = in_policy("test_mode = false, when callers are to get real appointments");
    policy.test_mode.then(|| Finding::yellow(Area::Policy, "test_mode", what, fix))
}

fn window(policy: &Policy) -> Option<Finding> {
    let horizon = policy.max_horizon_days.saturating_mul(MINUTES_A_DAY);
    let what = format!(
        "min_notice_minutes ({}) reaches beyond max_horizon_days ({}): nothing can ever be booked",
        policy.min_notice_minutes, policy.max_horizon_days
    );
    let fix = in_policy("a shorter min_notice_minutes or a longer max_horizon_days");
    (policy.min_notice_minutes >= horizon)
        .then(|| Finding::red(Area::Policy, "min_notice_minutes", what, fix))
}

fn holds(policy: &Policy) -> Option<Finding> {
    let what = "hold_minutes is 0: two callers may be told at once that the same time is free";
    (policy.hold_minutes == 0)
        .then(|| Finding::yellow(Area::Policy, "hold_minutes", what, in_policy("hold_minutes = 10")))
}

fn confirmation(policy: &Policy) -> Option<Finding> {
    let what = "require_confirmation is off: a complete wish is booked without the caller's yes";
    let fix =
        in_policy("require_confirmation = true, unless the agent's functions have no argument bestaetigung");
    (!policy.require_confirmation).then(|| Finding::yellow(Area::Policy, "require_confirmation", what, fix))
}

fn alternatives(policy: &Policy) -> Option<Finding> {
    let most = policy.alternatives_max;
    let what = format!("{most} times are offered in one breath, which nobody remembers at the telephone");
    (most > SPOKEN_AT_ONCE)
        .then(|| Finding::yellow(Area::Policy, "alternatives_max", what, in_policy("alternatives_max = 3")))
}

/// Before regions were checked, any text could be kept.
fn holidays(policy: &Policy) -> Option<Finding> {
    let wrong = Region::parse(policy.holidays.as_deref()?).err()?;
    let fix = in_policy("holidays = \"DE-BE\", with the Land in which you are");
    Some(Finding::yellow(Area::Policy, "holidays", format!("no holidays are kept: {wrong}"), fix))
}

fn in_policy(what: &str) -> String {
    format!("in the company's file, under [company.policy]: {what}; then fernamt apply FILE")
}
