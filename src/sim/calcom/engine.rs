//! Everything one simulated Cal.com shares between its requests, its dials and its ledger.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::books::Books;
use super::dials::Standing;
use super::ledger::Log;
use super::limits::Limits;
use super::orders;
use super::settings::Settings;
use crate::sim::time;

/// The state behind the socket; it outlives every outage.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) settings: Settings,
    pub(super) limits: Mutex<Limits>,
    books: Mutex<Books>,
    standing: Mutex<Standing>,
    log: Mutex<Log>,
}

impl Engine {
    pub(super) fn new(settings: Settings) -> Self {
        let books = Mutex::new(Books::new(settings.seed));
        Self { settings, limits: Mutex::default(), books, standing: Mutex::default(), log: Mutex::default() }
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
            drop(orders::perform(&self.settings, &mut books, &late.order, late.due));
        }
        books
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
