//! What goes with its time: every company's data by kind, as long as it has set or else the house has.

use jiff::{SignedDuration, Timestamp};

use super::Settings;
use super::switchboard::Switchboard;
use crate::domain::directory::Company;
use crate::domain::retention::Kind;
use crate::domain::retry::later;
use crate::store::retention::Ran;
use crate::store::{Error, Scope};

/// For how many days a company keeps a kind: as it has set, else as the house has.
pub fn days(settings: &Settings, company: &Company, kind: Kind) -> u32 {
    let house = match kind {
        Kind::Transcripts | Kind::Messages => settings.bodies_days,
        Kind::Functions => settings.functions_days,
        Kind::Calls => settings.calls_days,
        Kind::Callbacks => settings.callbacks_days,
        Kind::Exchanges => settings.exchanges_days,
    };
    company.policy.retention.days(kind).unwrap_or(house)
}

/// Forgets what is old enough, and writes down what went.
pub(super) async fn forget(house: &Switchboard) -> Result<(), Error> {
    let (store, settings, now) = (house.store(), house.settings(), house.clock().now());
    for company in house.directory().companies() {
        let kept = store.kept(company.id);
        let mut all = 0;
        for kind in Kind::ALL {
            let days = days(settings, company, kind);
            let gone = kept.forget(kind, before(now, days), now).await?;
            let oldest = kept.oldest(kind).await?;
            kept.note(Ran { kind, days, at: now, gone, oldest }).await?;
            all += gone;
        }
        if all > 0 {
            tracing::info!(company = %company.slug, rows = all, "what was old enough is forgotten");
        }
    }
    // What belongs to nobody, and that something came at all.
    store.deliveries().forget_bodies(before(now, settings.bodies_days)).await?;
    store.inbox(Scope::All).forget(before(now, settings.deliveries_days)).await?;
    Ok(())
}

fn before(now: Timestamp, days: u32) -> Timestamp {
    later(now, SignedDuration::from_hours(-24 * i64::from(days)))
}
