//! How the services stand that calls need: the books, the actors, Retell, Cal.com behind its breakers.

use schemars::JsonSchema;
use serde::Serialize;

use super::breakers::{self, BreakerView};
use super::{Error, Principal};
use crate::actors::Switchboard;
use crate::domain::breaker::Face;
use crate::store::inbox::Filter;

/// Deliveries looked through for one of Retell's.
const LOOKED_THROUGH: u64 = 20;

/// How a service stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Ok,
    /// Nothing has been heard of it yet.
    Unknown,
    /// It works in part: calls are answered, something waits.
    Degraded,
    Down,
}

/// How everything stands.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Health {
    /// `down` where calls cannot be served.
    pub status: Standing,
    pub services: Services,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Services {
    pub database: Database,
    pub actors: Actors,
    pub retell: Retell,
    pub calcom: Calcom,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Database {
    pub status: Standing,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Actors {
    pub status: Standing,
    /// Calls and conversations that are going on in the companies the token sees; null without a token that may see calls.
    pub live_calls: Option<u64>,
    /// How often an actor had to be started again since the server was.
    pub restarts: u64,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Retell {
    pub status: Standing,
    /// When something signed by Retell came last; shown with a token.
    pub last_heard_at: Option<String>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Calcom {
    /// The worst of its accounts.
    pub status: Standing,
    /// Shown with a token that may see them.
    pub breakers: Vec<BreakerView>,
}

/// Looks at everything. Who shows no token is told how the services stand and nothing of any company.
pub async fn look(house: &Switchboard, who: Option<&Principal>) -> Health {
    let anybody = Principal::house();
    let who_asks = who.unwrap_or(&anybody);
    let database = if house.store().is_well().await { Standing::Ok } else { Standing::Down };
    let live_calls = match who {
        Some(who) => live_calls(house, who).await.ok(),
        None => None,
    };
    let actors = Actors { status: Standing::Ok, live_calls, restarts: house.falls() };
    let heard = last_heard(house, who_asks).await;
    let calcom = calcom(house, who_asks).await;
    let retell = Retell {
        status: match &heard {
            Ok(Some(_)) => Standing::Ok,
            Ok(None) | Err(_) => Standing::Unknown,
        },
        last_heard_at: heard.ok().flatten().filter(|_| who.is_some()),
    };
    let calcom = if who.is_some() { calcom } else { Calcom { breakers: Vec::new(), ..calcom } };
    let status = match (database, calcom.status) {
        (Standing::Ok, Standing::Ok | Standing::Unknown) => Standing::Ok,
        // Without the calendar calls are answered and wishes kept.
        (Standing::Ok, Standing::Degraded | Standing::Down) => Standing::Degraded,
        (Standing::Unknown | Standing::Degraded | Standing::Down, _) => Standing::Down,
    };
    Health { status, services: Services { database: Database { status: database }, actors, retell, calcom } }
}

async fn live_calls(house: &Switchboard, who: &Principal) -> Result<u64, Error> {
    who.may_see_calls()?;
    Ok(house.store().calls(who.scope.clone()).count_live().await?)
}

/// When something of Retell's came last that the principal may see.
async fn last_heard(house: &Switchboard, who: &Principal) -> Result<Option<String>, Error> {
    who.may_see_calls()?;
    let inbox = house.store().inbox(who.scope.clone());
    let page = inbox.list(&Filter::default(), None, LOOKED_THROUGH).await?;
    let of_retell = page.items.iter().find(|row| row.route != "calcom");
    Ok(of_retell.map(|row| super::instant(row.received_at)))
}

async fn calcom(house: &Switchboard, who: &Principal) -> Calcom {
    let Ok(list) = breakers::list(house, who).await else {
        return Calcom { status: Standing::Unknown, breakers: Vec::new() };
    };
    let worst = list.items.iter().map(|breaker| standing(breaker.state)).max();
    Calcom { status: worst.unwrap_or(Standing::Unknown), breakers: list.items }
}

fn standing(face: Face) -> Standing {
    match face {
        Face::Closed => Standing::Ok,
        Face::HalfOpen => Standing::Degraded,
        Face::Open | Face::Misconfigured => Standing::Down,
    }
}
