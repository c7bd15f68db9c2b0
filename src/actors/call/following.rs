//! What follows from a decision beside the booking: the call it goes on from lets go, and a promise without ground is an alarm.

use super::super::news;
use super::super::switchboard::Switchboard;
use super::super::turn::InHand;
use super::{Seed, Told};
use crate::domain::call::{Event, News, Words};
use crate::domain::ids::{BranchId, CallId, CompanyId};
use crate::domain::measures::Measures;
use crate::domain::phone::Caller;
use crate::meters;
use crate::store::Scope;

/// The call that this one goes on from keeps nothing more; where it cannot be told, it ends as if nobody had rung again.
pub(super) async fn take_over(switchboard: &Switchboard, company: CompanyId, from: CallId) {
    let found = switchboard.store().calls(Scope::one(company)).find(from).await;
    let Ok(Some(row)) = found else {
        tracing::warn!(call.id = %from, "call {from} could not be told that it goes on in another one");
        return;
    };
    let caller = Caller::from_wire(row.caller_number.as_deref());
    let seed = Seed { caller, began_at: row.started_at.into(), branch: row.branch_id.map(BranchId::from) };
    let told = Told {
        news: News::TakenOver,
        words: Words::default(),
        delivery: None,
        disconnection_reason: None,
        measures: Measures::default(),
    };
    let key = (company, row.retell_call_id.into());
    if !news::tell(switchboard, &key, &seed, told).await {
        tracing::warn!(call.id = %from, "call {from} ends as if it went on in no other one");
    }
}

/// What the agent said without any ground is worth waking somebody; its words stay out of the log.
pub(super) fn raise_alarm(in_hand: &InHand, event: &Event) {
    let Event::Unfounded { claims } = event else { return };
    for claim in claims {
        meters::unfounded(claim.as_str());
    }
    let (call, claims): (_, Vec<_>) = (in_hand.call.id, claims.iter().map(|claim| claim.as_str()).collect());
    tracing::error!(
        call.id = %call, claims = claims.join(" "),
        "in call {call} the agent promised what nobody has done; a person has to call back",
    );
}
