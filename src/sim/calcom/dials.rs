//! What a test may turn while the simulated Cal.com runs: delays, cuts, failures, stale reads and other people.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;

use super::books::{Attendee, Status};
use super::engine::Engine;
use super::hooks::Hook;
use super::notices::Trigger;
use super::orders::{self, NewBooking, Order};
use super::post::Fate;

/// Which kind of booking write a mishap waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Write {
    Create,
    Reschedule,
    Cancel,
}

/// What goes wrong with one booking write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// The connection drops before anything is stored.
    CutBefore,
    /// It is stored, then the connection drops without an answer.
    CutAfter,
    /// 500, nothing stored.
    FailBefore,
    /// 500 for something that is stored.
    FailAfter,
    /// The checks pass, the connection drops at once and the row appears so much later.
    CommitLate { ms: u64 },
    /// The checks pass, the row appears so much later and is answered then: whoever waits less has timed out long before.
    InsertLate { ms: u64 },
    /// It is stored and answered, so much later.
    AnswerLate { ms: u64 },
    /// 429 before anything is looked at.
    Throttled,
}

/// What goes wrong with one request that is no booking write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glitch {
    /// The connection drops without an answer.
    Cut,
    /// 500.
    Fail,
    /// 429 before anything is looked at.
    Throttled,
    /// Answered so much later.
    Slow { ms: u64 },
}

/// The dials of one simulated Cal.com; every clone turns the same ones.
#[derive(Clone, Debug)]
pub struct Dials {
    engine: Arc<Engine>,
}

/// Where the dials stand.
#[derive(Debug, Default)]
pub(super) struct Standing {
    pub(super) mishaps: HashMap<Write, VecDeque<Option<Mishap>>>,
    pub(super) glitches: VecDeque<Option<Glitch>>,
    pub(super) fates: VecDeque<Fate>,
    pub(super) write_delay_ms: (u64, u64),
    pub(super) read_delay_ms: (u64, u64),
    pub(super) stale_ms: u64,
    pub(super) gap_ms: u64,
    pub(super) failing_reads: usize,
    pub(super) is_broken: bool,
}

impl Dials {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Booking writes are stored at once and answered after a delay between these bounds.
    pub fn write_delay_ms(&self, min: u64, max: u64) {
        self.engine.standing().write_delay_ms = (min, max);
    }

    /// Everything else is answered after a delay between these bounds.
    pub fn read_delay_ms(&self, min: u64, max: u64) {
        self.engine.standing().read_delay_ms = (min, max);
    }

    /// The next `n` writes of a kind meet this mishap; what was ordered before comes first.
    pub fn mishap(&self, write: Write, mishap: Mishap, n: usize) {
        let mut standing = self.engine.standing();
        standing.mishaps.entry(write).or_default().extend(std::iter::repeat_n(Some(mishap), n));
    }

    /// What the next writes of a kind meet, one after the other, where `None` is nothing; after them all goes well.
    pub fn mishaps(&self, write: Write, each: impl IntoIterator<Item = Option<Mishap>>) {
        self.engine.standing().mishaps.entry(write).or_default().extend(each);
    }

    /// The same for the next requests that are no booking writes.
    pub fn glitches(&self, each: impl IntoIterator<Item = Option<Glitch>>) {
        self.engine.standing().glitches.extend(each);
    }

    /// What becomes of the next deliveries of webhooks, one after the other; after them all come on time.
    pub fn fates(&self, each: impl IntoIterator<Item = Fate>) {
        self.engine.standing().fates.extend(each);
    }

    /// Somebody subscribes, on the page, to everything that happens to anybody's bookings.
    pub fn subscribe(&self, url: &str, secret: &str) {
        let mut books = self.engine.books(self.engine.now());
        let id = books.uuid();
        books.hooks.push(Hook::to_everything(id, url.to_owned(), Some(secret.to_owned())));
    }

    /// The next `n` booking POSTs lose their connection before anything is stored.
    pub fn cut_before_insert(&self, n: usize) {
        self.mishap(Write::Create, Mishap::CutBefore, n);
    }

    /// The next `n` booking POSTs are stored and lose their connection without an answer.
    pub fn cut_after_insert(&self, n: usize) {
        self.mishap(Write::Create, Mishap::CutAfter, n);
    }

    /// The next `n` booking POSTs are answered with a 500 and store nothing.
    pub fn fail_with_500(&self, n: usize) {
        self.mishap(Write::Create, Mishap::FailBefore, n);
    }

    /// The next `n` booking POSTs lose their connection at once; their rows appear `ms` later.
    pub fn late_commit(&self, n: usize, ms: u64) {
        self.mishap(Write::Create, Mishap::CommitLate { ms }, n);
    }

    /// The next `n` reads are answered with a 500.
    pub fn fail_reads_with_500(&self, n: usize) {
        self.engine.standing().failing_reads = n;
    }

    /// While on, every request is answered with a 500 and nothing is stored.
    pub fn broken(&self, on: bool) {
        self.engine.standing().is_broken = on;
    }

    /// Booking reads see the tables as they were so long ago.
    pub fn stale_reads(&self, ms: u64) {
        self.engine.standing().stale_ms = ms;
    }

    /// Time between the availability check of a write and its insert, in which others may be quicker.
    pub fn check_insert_gap_ms(&self, ms: u64) {
        self.engine.standing().gap_ms = ms;
    }

    /// Forgets every delay, mishap and fault that is still set.
    pub fn all_well(&self) {
        *self.engine.standing() = Standing::default();
    }

    /// A visitor of the web page books this time; the uid, or nothing if it was not free.
    pub fn taken_by_visitor(&self, event_type: i64, start: Timestamp) -> Option<String> {
        let now = self.engine.now();
        let mut books = self.engine.books(now);
        let who = books.rows.len();
        let order = Order::Create(Box::new(NewBooking {
            event_type,
            start,
            attendee: Attendee {
                name: format!("Web Visitor {who}"),
                email: format!("visitor{who}@web.example"),
                phone: None,
                time_zone: "Europe/Berlin".into(),
                language: "de".into(),
            },
            guests: Vec::new(),
            metadata: std::collections::BTreeMap::new(),
            responses: serde_json::Map::new(),
        }));
        let plan = orders::check(&self.engine.settings, &books, &order, now).ok()?;
        let (uid, _) = self.engine.carry_out(&mut books, plan, now).ok()?;
        Some(uid)
    }

    /// A person cancels at Cal.com; false if there was no live booking of that uid.
    pub fn cancelled_by_person(&self, uid: &str) -> bool {
        self.set_status(uid, Status::Cancelled)
    }

    /// The owner confirms a pending booking; false if there was no live booking of that uid.
    pub fn confirmed_by_person(&self, uid: &str) -> bool {
        self.set_status(uid, Status::Accepted)
    }

    /// The owner declines a pending booking; false if there was no live booking of that uid.
    pub fn declined_by_person(&self, uid: &str) -> bool {
        self.set_status(uid, Status::Rejected)
    }

    /// A person moves a booking at Cal.com: the new uid, or nothing if it could not be moved.
    pub fn moved_by_person(&self, uid: &str, start: Timestamp) -> Option<String> {
        let now = self.engine.now();
        let mut books = self.engine.books(now);
        let order = Order::Reschedule { uid: uid.to_owned(), start, by: None, reason: None };
        let plan = orders::check(&self.engine.settings, &books, &order, now).ok()?;
        let (uid, _) = self.engine.carry_out(&mut books, plan, now).ok()?;
        Some(uid)
    }

    fn set_status(&self, uid: &str, status: Status) -> bool {
        let now = self.engine.now();
        let mut books = self.engine.books(now);
        if !books.find(uid).is_some_and(super::books::Booking::is_live) {
            return false;
        }
        let why = "Cancelled at Cal.com";
        if status == Status::Cancelled {
            self.engine.announce_cancelling(&books, uid, Some(why), now);
        }
        books.change(uid, now, |row| {
            row.status = status;
            if status == Status::Cancelled {
                row.cancellation_reason = Some(why.to_owned());
            }
        });
        let trigger = match status {
            Status::Accepted => Trigger::Created,
            Status::Rejected => Trigger::Rejected,
            Status::Pending | Status::Cancelled => return true,
        };
        if let Some(row) = books.find(uid) {
            self.engine.announce(&books, trigger, row, now);
        }
        true
    }
}

impl Standing {
    pub(super) fn next_mishap(&mut self, write: Write) -> Option<Mishap> {
        self.mishaps.get_mut(&write)?.pop_front().flatten()
    }
}
