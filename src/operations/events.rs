//! What changes in the house while it changes: which calls, bookings, callbacks, breakers and alerts a reader may look at anew.

use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::breakers::has_account;
use super::{Error, Principal, slug_of};
use crate::actors::Switchboard;
use crate::store::bell::{Change, Kind};

/// That something has changed; what it is now is asked elsewhere.
#[derive(Clone, Debug, Serialize, PartialEq, Eq, utoipa::ToSchema, JsonSchema)]
pub struct ChangeView {
    /// `calls`, `bookings`, `callbacks`, `breakers`, `alerts`, or `lost`: more has changed than could be told.
    #[serde(skip)]
    pub kind: &'static str,
    /// The slug; null where several share what has changed.
    pub company: Option<String>,
    /// Our id of what has changed, where it is one thing alone.
    pub id: Option<String>,
}

/// What a reader hears from now on.
#[derive(Debug)]
pub struct Feed {
    changes: Receiver<Change>,
    house: Switchboard,
    who: Principal,
}

/// Listens, for whoever may see appointments; what is not theirs to see is not told.
pub fn listen(house: &Switchboard, who: Principal) -> Result<Feed, Error> {
    who.may_see_appointments()?;
    Ok(Feed { changes: house.store().bell().listen(), house: house.clone(), who })
}

impl Feed {
    /// The next change; None: the house closes.
    pub async fn next(&mut self) -> Option<ChangeView> {
        loop {
            let event = match self.changes.recv().await {
                Ok(Change::Closing) | Err(RecvError::Closed) => return None,
                Ok(change) => self.view(change),
                Err(RecvError::Lagged(_)) => Some(ChangeView { kind: "lost", company: None, id: None }),
            };
            if event.is_some() {
                return event;
            }
        }
    }

    fn view(&self, change: Change) -> Option<ChangeView> {
        let sees_calls = self.who.may_see_calls().is_ok();
        match change {
            Change::Of { company, kind, id } => {
                let is_for = match kind {
                    Kind::Bookings | Kind::Callbacks => true,
                    Kind::Calls | Kind::Alerts => sees_calls,
                };
                let company = Some(company).filter(|company| is_for && self.who.sees(*company))?;
                let slug = slug_of(&self.house.directory(), company.into());
                Some(ChangeView { kind: kind.as_str(), company: Some(slug), id: id.map(|id| id.to_string()) })
            }
            Change::Breaker { account } => {
                let is_for = sees_calls && has_account(&self.house, &self.who, &account);
                is_for.then_some(ChangeView { kind: "breakers", company: None, id: Some(account) })
            }
            Change::Closing => None,
        }
    }
}
