//! The actors: thin shells round the pure machines of `domain`. They do nothing that is not in the books first.

pub mod backfill;
pub mod booking;
pub mod branch;
pub mod breaker;
pub mod budget;
pub mod calendar;
pub mod call;
pub mod desk;
pub mod enquiries;
pub mod erasing;
pub mod errand;
pub mod hints;
pub mod import;
pub mod line;
pub mod news;
pub mod post;
pub mod prefetch;
pub mod recovery;
pub mod retaining;
pub mod slots;
pub mod supervisor;
pub mod sweeper;
pub mod switchboard;
pub mod trunk;

mod awaiting;
mod courtesy;
mod inquiry;
mod turn;
mod witness;

use serde::{Deserialize, Serialize};

pub use switchboard::Switchboard;

use crate::domain::{booking as booking_rules, breaker as breaker_rules};

/// Times and bounds of the actors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// How long a function may take before it is answered with what there is, in milliseconds.
    pub answer_budget_ms: u64,
    /// How long a function may take at all before the caller is asked to wait a moment, in milliseconds.
    pub answer_max_ms: u64,
    /// How long a repeat without an id counts as the same call of a function, in milliseconds.
    pub repeat_window_ms: u64,
    /// How long an ended call without a decision waits for its analysis, in milliseconds.
    pub analysis_wait_ms: u64,
    /// How long a call's actor stays after the last word, in milliseconds.
    pub idle_ms: u64,
    /// Calls in memory at a time.
    pub calls_max: usize,
    /// Bookings waiting in one calendar's queue; more wait in the books.
    pub calendar_waiting_max: usize,
    /// Requests waiting for their place in the minute of one account; more are turned away.
    pub budget_waiting_max: usize,
    /// How long slots are kept, in milliseconds.
    pub slots_life_ms: u64,
    pub prefetch: prefetch::Settings,
    /// How often the sweeper looks round, in milliseconds.
    pub sweep_every_ms: u64,
    /// How often what has changed at Cal.com is compared with the books, in milliseconds.
    pub compare_every_ms: u64,
    /// A booking that nobody has moved for this long is brought to its queue again, in milliseconds.
    pub stuck_after_ms: u64,
    /// How long the bodies of deliveries are kept, in days.
    pub bodies_days: u32,
    /// How long deliveries are kept at all, in days.
    pub deliveries_days: u32,
    /// How long arguments and answers of functions are kept, in days.
    pub functions_days: u32,
    /// How long it is known who called, in days.
    pub calls_days: u32,
    /// How long callback items are kept that are done, in days.
    pub callbacks_days: u32,
    /// How long requests to Cal.com are kept for timelines, in days.
    pub exchanges_days: u32,
    /// Where erasures are written down for the day on which an old copy of the books is put back; None: nowhere.
    pub erasures_file: Option<std::path::PathBuf>,
    /// A yes found in a call's variables so long after it began is not booked unasked, in milliseconds.
    pub late_yes_after_ms: u64,
    pub enquiries: enquiries::Settings,
    pub post: post::Settings,
    pub booking: booking_rules::Rules,
    pub breaker: breaker_rules::Rules,
}
