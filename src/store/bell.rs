//! The bell: rings in this process when something in the books has changed that a page may show; who does not listen misses nothing.

use tokio::sync::broadcast;
use uuid::Uuid;

use super::Append;
use crate::domain::ids::CompanyId;

/// Changes that a slow listener may be behind; beyond that it is told that it missed some.
const BEHIND_MAX: usize = 1_024;

/// What kind of thing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Calls,
    Bookings,
    Callbacks,
    Alerts,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Bookings => "bookings",
            Self::Callbacks => "callbacks",
            Self::Alerts => "alerts",
        }
    }
}

/// One change, after its commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Of a company; with the id, where one thing alone has changed.
    Of { company: CompanyId, kind: Kind, id: Option<Uuid> },
    /// The breaker of an account, by the account's name.
    Breaker { account: String },
    /// The house closes: whoever listens may go.
    Closing,
}

/// Where it is rung and listened to. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Bell(broadcast::Sender<Change>);

impl Default for Bell {
    fn default() -> Self {
        Self(broadcast::Sender::new(BEHIND_MAX))
    }
}

impl Bell {
    pub fn ring(&self, change: Change) {
        // Mostly nobody is listening.
        drop(self.0.send(change));
    }

    pub fn listen(&self) -> broadcast::Receiver<Change> {
        self.0.subscribe()
    }

    pub(super) fn ring_of(&self, company: CompanyId, kind: Kind, id: impl Into<Option<Uuid>>) {
        self.ring(Change::Of { company, kind, id: id.into() });
    }

    /// What an append of a call has changed.
    pub(super) fn ring_for(&self, append: &Append) {
        let company = append.after.company;
        self.ring_of(company, Kind::Calls, Uuid::from(append.after.id));
        let kinds = [
            (Kind::Bookings, !append.intents.is_empty()),
            (Kind::Callbacks, !(append.callbacks.is_empty() && append.done.is_empty())),
            (Kind::Alerts, !append.alerts.is_empty()),
        ];
        kinds.into_iter().filter(|(_, has)| *has).for_each(|(kind, _)| self.ring_of(company, kind, None));
    }
}
