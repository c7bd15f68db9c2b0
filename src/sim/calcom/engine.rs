//! Everything one simulated Cal.com shares between its requests, its dials and its ledger.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::books::{Booking, Books};
use super::dials::Standing;
use super::ledger::Log;
use super::limits::Limits;
use super::notices::{self, Trigger};
use super::orders::{self, Plan};
use super::post::{self, Parcel, Post, Told};
use super::settings::Settings;
use super::wire::Refusal;
use crate::sim::time;

/// The state behind the socket; it outlives every outage.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) settings: Settings,
    pub(super) limits: Mutex<Limits>,
    pub(super) post: Post,
    books: Mutex<Books>,
    standing: Mutex<Standing>,
    log: Mutex<Log>,
}

impl Engine {
    pub(super) fn new(settings: Settings) -> Self {
        let books = Mutex::new(Books::new(settings.seed));
        Self {
            settings,
            limits: Mutex::default(),
            post: Post::default(),
            books,
            standing: Mutex::default(),
            log: Mutex::default(),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        time::now(self.settings.clock_offset)
    }

    /// The tables as they are at `now`: late commits that have come due are in them.
    pub(super) fn books(&self, now: Timestamp) -> MutexGuard<'_, Books> {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        let (due, waiting) = std::mem::take(&mut books.late).into_iter().partition(|late| late.due <= now);
        books.late = waiting;
        let due: Vec<super::books::Late> = due;
        for late in due {
            // The client is long gone: nobody hears whether a late commit was refused.
            drop(self.carry_out(&mut books, late.plan, late.due));
        }
        books
    }

    /// Does what was allowed, whole, and has those who subscribed told of it; answers the uid the client is to see.
    pub(super) fn carry_out(
        &self,
        books: &mut Books,
        plan: Plan,
        now: Timestamp,
    ) -> Result<(String, Vec<Told>), Refusal> {
        let mut told = Vec::new();
        let news = plan.is_news();
        if let Plan::Cancel { uid, reason } = &plan {
            told.extend(self.announce_cancelling(books, uid, reason.as_deref(), now));
        }
        let uid = orders::carry_out(&self.settings, books, plan, now)?;
        if news && let Some(row) = books.find(&uid).cloned() {
            told.extend(self.announce(books, Trigger::of_new(&row), &row, now));
        }
        Ok((uid, told))
    }

    /// Hands a webhook about this booking to the post, once for each who wants it.
    pub(super) fn announce(
        &self,
        books: &Books,
        trigger: Trigger,
        row: &Booking,
        now: Timestamp,
    ) -> Vec<Told> {
        let wanting: Vec<_> = books.hooks.iter().filter(|hook| hook.wants(trigger.word(), row)).collect();
        if wanting.is_empty() {
            return Vec::new();
        }
        let old = row.rescheduled_from.as_deref().and_then(|uid| books.find(uid));
        let old = old.filter(|_| trigger == Trigger::Rescheduled);
        let body = notices::body(&self.settings, (trigger, row), old, now).to_string().into_bytes();
        let parcel = |hook: &super::hooks::Hook| Parcel {
            url: hook.url.clone(),
            secret: hook.secret.clone(),
            body: body.clone(),
            fate: post::next(&mut self.standing().fates),
            trigger: trigger.word(),
            uid: row.uid.clone(),
        };
        wanting.into_iter().map(|hook| self.post.hand_in(parcel(hook))).collect()
    }

    /// Told before the row changes, so that whoever asks at once still reads the booking as it was.
    pub(super) fn announce_cancelling(
        &self,
        books: &Books,
        uid: &str,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Vec<Told> {
        let Some(row) = books.find(uid) else { return Vec::new() };
        let row = Booking { cancellation_reason: reason.map(str::to_owned), ..row.clone() };
        self.announce(books, Trigger::Cancelled, &row, now)
    }

    pub(super) fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn limits(&self) -> MutexGuard<'_, Limits> {
        self.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits as long as a delay dial says.
    pub(super) async fn delay(&self, (min, max): (u64, u64)) {
        if max == 0 && min == 0 {
            return;
        }
        let ms = self.books(self.now()).random_between(min, max);
        pause(ms).await;
    }
}

/// Waits some milliseconds.
pub(super) async fn pause(ms: u64) {
    if ms > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(ms)).await;
    }
}

/// A number of milliseconds as a signed duration.
pub(super) fn millis(ms: u64) -> SignedDuration {
    SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX))
}
