//! What a turn finds out for its machine: free slots, holds, persons and bookings, never longer than the caller can wait.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use tokio::sync::oneshot;
use tracing::Instrument as _;

use super::awaiting;
use super::courtesy;
use super::errand::Errand;
use super::line::{Line, Unread};
use super::slots::{Question, Stretch};
use super::supervisor::spawn;
use super::switchboard::Switchboard;
use crate::calcom::Uid;
use crate::clock::Stopwatch;
use crate::domain::call::{Call, Fact, Need};
use crate::domain::directory::{Branch, Company, Offer};
use crate::domain::ids::BookingId;
use crate::domain::retry::{later, minutes};
use crate::domain::slot::Slot;
use crate::store::holds::Owner;
use crate::store::{Error, Scope};

/// How long a question may take when no caller is waiting, but Retell is: it gives up a webhook after ten seconds.
const AFTER_THE_CALL: Duration = Duration::from_secs(4);

/// How long a look at free slots waits for the call's own reservation to be gone.
const WAY_MAX: Duration = Duration::from_millis(800);

/// A caller who rings again within so many minutes goes on where the last call stopped.
const RESUMED_WITHIN: u32 = 10;

/// What a turn may ask, whom, and for how long.
pub(super) struct Inquiry<'a> {
    pub(super) switchboard: &'a Switchboard,
    pub(super) company: &'a Arc<Company>,
    pub(super) call: &'a Call,
    pub(super) now: Timestamp,
    pub(super) watch: Option<&'a Stopwatch>,
}

impl Inquiry<'_> {
    pub(super) async fn find_out(&self, need: &Need) -> Result<Fact, Error> {
        let store = self.switchboard.store();
        match need {
            Need::Hold { appointment, slot, until } => {
                let owner = Owner { call: self.call.id, appointment: *appointment };
                // What is to be kept until it is settled is so from the commit that says why; a claim alone runs out.
                let life = minutes(self.company.policy.hold_minutes);
                let until = until.unwrap_or_else(|| later(self.now, life));
                let lanes = self.company.hosts_of(slot.calendar);
                let holds = store.holds(self.company.id);
                holds.claim(owner, (slot, lanes), until, self.now).await.map(Fact::Held)
            }
            Need::Customer { name, number } => {
                store.customers(self.company.id).seen(name, number).await.map(Fact::Customer)
            }
            Need::Settled { booking } => {
                let settled = awaiting::settled(self.switchboard, self.company.id, *booking, self.patience());
                settled.await.map(|settled| Fact::Settled(settled.map(Box::new)))
            }
            Need::Ordered { booking, agreed } => {
                let order = (*booking, agreed);
                let seen_to = awaiting::ordered(self.switchboard, self.company.id, order, self.patience());
                seen_to.await.map(|settled| Fact::Settled(settled.map(Box::new)))
            }
            Need::Code { figures, name } => {
                store.codes(self.company.id).shown((figures, name), self.now).await.map(Fact::Customer)
            }
            Need::Earlier { number, branch } => {
                let calls = store.calls(Scope::one(self.company.id));
                let since = later(self.now, -minutes(RESUMED_WITHIN));
                let latest = calls.latest_from(number, *branch, (since, self.call.id)).await?;
                Ok(Fact::Earlier(latest.and_then(|call| call.left_open()).map(Box::new)))
            }
            Need::Persons { number, and } => {
                store.customers(self.company.id).persons((number.as_ref(), and), self.now).await
            }
            Need::Appointments { customers } => {
                let bookings = store.bookings(Scope::one(self.company.id));
                bookings.existing(customers, self.call.id, self.now).await.map(Fact::Appointments)
            }
            Need::Slots { appointment, offers, minutes, from, days, fresh, moving } => {
                let range = (*from, *days);
                let patience = self.patience().min(WAY_MAX);
                let hidden = courtesy::make_way(self.switchboard, self.company, self.call, patience).await?;
                let free = match moving {
                    Some(booking) => self.free_to_move(*booking, offers, (*minutes, range)).await?,
                    None => self.free(offers, *minutes, range, *fresh).await,
                };
                match free {
                    Some(mut slots) => {
                        let asked = (&self.zone(offers).0, range);
                        courtesy::show_own(&mut slots, self.call, &hidden, offers, asked);
                        let owner = Owner { call: self.call.id, appointment: *appointment };
                        self.without_held(owner, offers, range, slots).await.map(Fact::Slots)
                    }
                    None => Ok(Fact::Slots(None)),
                }
            }
        }
    }

    fn branch(&self) -> Option<&Branch> {
        self.call.branch.and_then(|id| self.company.branch(id))
    }

    fn zone(&self, offers: &[Offer]) -> (TimeZone, String) {
        let offered_at = |branch: &&Branch| {
            branch.services.iter().flat_map(|service| &service.offers).any(|offer| offers.contains(offer))
        };
        // A call to one branch may ask for what another has.
        let branch = self.company.branches.iter().find(offered_at).or_else(|| self.branch());
        branch.map_or_else(
            || (TimeZone::UTC, "UTC".into()),
            |branch| (branch.zone.clone(), branch.zone_name.clone()),
        )
    }

    /// Free slots of all the offers; None when one of them could not be read in time.
    async fn free(
        &self,
        offers: &[Offer],
        minutes_long: u32,
        (from, days): (jiff::civil::Date, u8),
        fresh: bool,
    ) -> Option<Vec<Slot>> {
        let (zone, zone_name) = self.zone(offers);
        let asked = offers.iter().map(|offer| {
            let question = Question {
                company: self.company.id,
                event_type_id: offer.event_type_id,
                from,
                days,
                zone: zone.clone(),
                zone_name: zone_name.clone(),
                fresh,
            };
            async move { Some((offer, self.ask(offer, question).await?)) }
        });
        let read = futures_util::future::join_all(asked).await;
        let read: Vec<(&Offer, Vec<Stretch>)> = read.into_iter().collect::<Option<_>>()?;
        let slots = read.into_iter().flat_map(|(offer, stretches)| {
            stretches.into_iter().map(move |stretch| slot_of(offer, stretch, minutes_long))
        });
        Some(slots.collect())
    }

    /// The same for a booking that is to be moved: what it takes up itself counts as free, so this is never known beforehand.
    async fn free_to_move(
        &self,
        booking: BookingId,
        offers: &[Offer],
        (minutes_long, (from, days)): (u32, (jiff::civil::Date, u8)),
    ) -> Result<Option<Vec<Slot>>, Error> {
        let row = self.switchboard.store().bookings(Scope::one(self.company.id)).find(booking).await?;
        let Some(uid) = row.and_then(|row| row.calcom_uid).map(Uid::new) else {
            return Ok(self.free(offers, minutes_long, (from, days), true).await);
        };
        let (zone, zone_name) = self.zone(offers);
        let midnight =
            |day: jiff::civil::Date| zone.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX);
        let range = (midnight(from), midnight(from.saturating_add(i64::from(days).days())));
        let mut slots = Vec::new();
        for offer in offers {
            let Some(line) = self.line_to(offer) else { return Ok(None) };
            let asking = line.slots_to_move(offer.event_type_id, range, &zone_name, &uid);
            let Ok(Ok(read)) = tokio::time::timeout(self.patience(), asking).await else { return Ok(None) };
            slots.extend(read.into_iter().map(|free| slot_of(offer, (free.start, free.end), minutes_long)));
        }
        Ok(Some(slots))
    }

    fn line_to(&self, offer: &Offer) -> Option<Line> {
        let account = self.company.account_of(offer.calendar)?;
        let errand = Errand { company: self.company.id, call: self.call.id, booking: None };
        self.switchboard.line_for(account, errand)
    }

    /// Asks in the background, so that an answer that comes too late for this turn is there for the next.
    async fn ask(&self, offer: &Offer, question: Question) -> Option<Vec<Stretch>> {
        let line = self.line_to(offer)?;
        let (tell, told) = oneshot::channel();
        let slots = self.switchboard.slots().clone();
        let asking = async move {
            // Nobody may be waiting any more; then the cache has gained.
            drop(tell.send(slots.free(&line, &question).await));
        };
        spawn(self.switchboard.desk(), asking.in_current_span());
        let read: Result<Vec<Stretch>, Unread> =
            tokio::time::timeout(self.patience(), told).await.ok()?.ok()?;
        read.ok()
    }

    /// How long a question may still take.
    fn patience(&self) -> Duration {
        match self.watch {
            Some(watch) => watch.left_of(self.switchboard.settings().answer_budget_ms),
            None => AFTER_THE_CALL,
        }
    }

    /// Without those that are full: what others hold, and this call for other appointments, leaves no host for them.
    async fn without_held(
        &self,
        owner: Owner,
        offers: &[Offer],
        (from, days): (jiff::civil::Date, u8),
        mut slots: Vec<Slot>,
    ) -> Result<Option<Vec<Slot>>, Error> {
        let (zone, _) = self.zone(offers);
        let midnight = |days: i64| {
            let day = from.saturating_add(days.days());
            zone.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX)
        };
        let calendars: Vec<_> = offers.iter().map(|offer| offer.calendar).collect();
        let range = (midnight(0), midnight(i64::from(days) + 1));
        let holds = self.switchboard.store().holds(self.company.id);
        let kept = holds.kept_by_others(&calendars, range, owner, self.now).await?;
        slots.retain(|slot| !slot.is_kept_in_all(&kept, self.company.hosts_of(slot.calendar)));
        Ok(Some(slots))
    }
}

/// What is free as this offer would give it; where Cal.com names no end, the service's length tells.
fn slot_of(offer: &Offer, (start, end): Stretch, minutes_long: u32) -> Slot {
    Slot {
        start,
        end: end.unwrap_or_else(|| later(start, minutes(minutes_long))),
        event_type_id: offer.event_type_id,
        calendar: offer.calendar,
        staff: offer.staff.clone(),
    }
}
