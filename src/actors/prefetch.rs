//! Reading ahead: while the phone rings, the free times of the branch are fetched, so that the first question finds them.

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use super::line::Line;
use super::slots::Question;
use super::supervisor::spawn;
use super::switchboard::Switchboard;
use crate::domain::directory::{Branch, Company, Offer};
use crate::domain::ids::{BranchId, CompanyId};

/// How much is read ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Days from today on, 1 to 31: Cal.com's work grows with them.
    pub days: u8,
    /// Event types a ring, each one request; 0: nothing is read ahead.
    pub event_types_max: usize,
}

/// Reads the free times of a branch in the background; of a hotline's only where there is just one to go to. Nobody waits
/// for it, and nothing is said where it fails: whoever asks will see.
pub fn read_ahead(house: &Switchboard, company: CompanyId, branch: Option<BranchId>) {
    let directory = house.directory();
    let Some(company) = directory.company(company) else { return };
    let branch = match (branch, company.branches.as_slice()) {
        (Some(id), _) => company.branch(id),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let Some(branch) = branch.filter(|branch| !branch.paused) else { return };
    let questions = questions(house, company, branch);
    if questions.is_empty() {
        return;
    }
    let slots = house.slots().clone();
    spawn(house.desk(), async move {
        join_all(questions.iter().map(|(line, question)| slots.read_ahead(line, question))).await;
    });
}

/// One question an event type, in the order in which the branch offers its services.
fn questions(house: &Switchboard, company: &Company, branch: &Branch) -> Vec<(Line, Question)> {
    let settings = house.settings().prefetch;
    let today = house.clock().now().to_zoned(branch.zone.clone()).date();
    let mut offers: Vec<&Offer> = Vec::new();
    for offer in branch.offered().flat_map(|service| &service.offers) {
        if !offers.iter().any(|known| known.event_type_id == offer.event_type_id) {
            offers.push(offer);
        }
    }
    offers.truncate(settings.event_types_max);
    let question = |offer: &&Offer| {
        let line = house.line(company.account_of(offer.calendar)?)?;
        let question = Question {
            company: company.id,
            event_type_id: offer.event_type_id,
            from: today,
            days: settings.days.clamp(1, 31),
            zone: branch.zone.clone(),
            zone_name: branch.zone_name.clone(),
            fresh: false,
        };
        Some((line, question))
    };
    offers.iter().filter_map(question).collect()
}
