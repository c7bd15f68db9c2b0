//! Calls counted: how many, what came of them, what they took and cost; by day, by branch or by outcome.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::call::Parting;
use super::directory::{Branch, Company};
use super::ids::BranchId;

/// What calls are put together by.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The day on which the call began, as the branch's clock shows it.
    #[default]
    Day,
    Branch,
    Outcome,
}

/// One call, as far as it is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    pub began_at: Timestamp,
    pub branch: Option<BranchId>,
    /// What had come of it when it was over; None: it is not settled yet.
    pub outcome: Option<String>,
    /// It was over long before it was found in Retell's list.
    pub is_imported: bool,
    /// A program led it, and nobody telephoned.
    pub is_conversation: bool,
    pub disconnection_reason: Option<String>,
    pub duration_ms: Option<i64>,
    /// In thousandths of a US cent.
    pub cost_millicents: Option<i64>,
    /// Appointments of this call that stand, await their owner's word, or stood and were called off later.
    pub booked: u64,
    /// Existing appointments that were moved in this call, or ordered to be.
    pub moved: u64,
    pub cancelled: u64,
    pub callbacks: u64,
}

/// Calls put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub calls: u64,
    /// What programs have led; none of them is a call.
    pub conversations: u64,
    /// Calls in which somebody spoke with the agent.
    pub answered: u64,
    pub booked: u64,
    pub moved: u64,
    pub cancelled: u64,
    pub callbacks: u64,
    pub duration_ms: i64,
    pub cost_millicents: i64,
    /// Calls that came when their branch was closed, and those of which that can be said.
    pub after_hours: u64,
    pub with_hours: u64,
}

/// Where a call stood on the clock of its branch when it began.
pub fn began(call: &Counted, company: &Company) -> jiff::civil::DateTime {
    call.began_at.to_zoned(zone(company, branch(call, company))).datetime()
}

/// The value below which so many of a hundred lie (nearest rank); None: there is none. Puts the values in order.
pub fn percentile(values: &mut [i32], hundredths: usize) -> Option<i32> {
    values.sort_unstable();
    let rank = (values.len() * hundredths).div_ceil(100).max(1);
    values.get(rank - 1).copied()
}

impl By {
    /// The group a call belongs to; words that are never slugs stand for what has none.
    pub fn group(self, call: &Counted, company: &Company) -> String {
        match self {
            Self::Day => {
                let zone = zone(company, branch(call, company));
                call.began_at.to_zoned(zone).date().to_string()
            }
            Self::Branch => {
                branch(call, company).map_or_else(|| "(none)".into(), |branch| branch.slug.clone())
            }
            Self::Outcome if call.is_imported => "(imported)".into(),
            Self::Outcome => call.outcome.clone().unwrap_or_else(|| "(open)".into()),
        }
    }
}

impl Tally {
    pub fn add(&mut self, call: &Counted, company: &Company) {
        if call.is_conversation {
            self.conversations += 1;
        } else {
            self.add_call(call, company);
        }
        self.booked += call.booked;
        self.moved += call.moved;
        self.cancelled += call.cancelled;
        self.callbacks += call.callbacks;
        self.duration_ms = self.duration_ms.saturating_add(call.duration_ms.unwrap_or_default());
        self.cost_millicents = self.cost_millicents.saturating_add(call.cost_millicents.unwrap_or_default());
    }

    fn add_call(&mut self, call: &Counted, company: &Company) {
        self.calls += 1;
        let parting = Parting::of(call.disconnection_reason.as_deref());
        self.answered += u64::from(parting != Parting::NeverConnected);
        if let Some(branch) = branch(call, company)
            && let Some(opening) = &branch.opening
        {
            self.with_hours += 1;
            let began = call.began_at.to_zoned(branch.zone.clone());
            self.after_hours += u64::from(!opening.is_open_at(&began));
        }
    }

    /// To the nearest minute.
    pub fn minutes(&self) -> i64 {
        (self.duration_ms + 30_000) / 60_000
    }

    /// To the nearest US cent.
    pub fn cost_cents(&self) -> i64 {
        (self.cost_millicents + 500) / 1_000
    }

    /// Of a hundred calls, how many came when their branch was closed; None: no branch has hours.
    pub fn after_hours_percent(&self) -> Option<u64> {
        (self.with_hours > 0).then(|| (self.after_hours * 100 + self.with_hours / 2) / self.with_hours)
    }
}

fn branch<'c>(call: &Counted, company: &'c Company) -> Option<&'c Branch> {
    company.branch(call.branch?)
}

/// Calls of a hotline are counted by the clock of the first branch.
fn zone(company: &Company, branch: Option<&Branch>) -> TimeZone {
    branch.or(company.branches.first()).map_or(TimeZone::UTC, |branch| branch.zone.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(duration_ms: i64, cost_millicents: i64) -> Tally {
        Tally { duration_ms, cost_millicents, ..Tally::default() }
    }

    #[test]
    fn sums_are_rounded_once_and_at_the_end() {
        assert_eq!((tally(89_999, 7_499).minutes(), tally(89_999, 7_499).cost_cents()), (1, 7));
        assert_eq!((tally(90_000, 7_500).minutes(), tally(90_000, 7_500).cost_cents()), (2, 8));
    }

    #[test]
    fn of_a_hundred_values_the_ninety_fifth_is_the_one_below_which_ninety_five_lie() {
        let mut values: Vec<i32> = (1..=100).rev().collect();

        assert_eq!((percentile(&mut values, 50), percentile(&mut values, 95)), (Some(50), Some(95)));
        assert_eq!((percentile(&mut [7], 50), percentile(&mut [7], 95)), (Some(7), Some(7)));
        assert_eq!(percentile(&mut [], 50), None);
    }

    #[test]
    fn a_share_of_nothing_is_none() {
        let of = |after_hours, with_hours| Tally { after_hours, with_hours, ..Tally::default() };

        assert_eq!(of(0, 0).after_hours_percent(), None);
        assert_eq!(of(1, 3).after_hours_percent(), Some(33));
        assert_eq!(of(2, 3).after_hours_percent(), Some(67));
    }
}
