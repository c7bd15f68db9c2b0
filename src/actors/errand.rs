//! On whose behalf Cal.com is asked, so that each request can be told in the story of its call.

use std::sync::Arc;

use super::line::Line;
use super::switchboard::Switchboard;
use crate::calcom;
use crate::domain::directory::Account;
use crate::domain::ids::{BookingId, CallId, CompanyId};
use crate::domain::retry::{later, millis};
use crate::store::exchanges::Exchange;

/// Who asks and what about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errand {
    pub company: CompanyId,
    pub call: CallId,
    pub booking: Option<BookingId>,
}

impl Switchboard {
    /// The line to an account, with every request on it noted for this errand; None as for [`Switchboard::line`].
    pub fn line_for(&self, account: &Account, errand: Errand) -> Option<Line> {
        let (notes, clock) = (self.store().notes().clone(), self.clock());
        let observer = move |exchange: calcom::Exchange| {
            let duration_ms = exchange.duration_ms;
            notes.note(Exchange {
                id: clock.mint(),
                company: errand.company,
                call: Some(errand.call),
                booking: errand.booking,
                at: later(clock.now(), -millis(duration_ms)),
                kind: exchange.kind,
                method: exchange.method,
                path: exchange.path,
                asked: exchange.asked.to_string(),
                status: exchange.status,
                outcome: exchange.outcome,
                duration_ms,
            });
        };
        Some(self.line(account)?.observed_by(Arc::new(observer)))
    }
}
