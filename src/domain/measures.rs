//! What was measured of a call when it was over: when it ended, how long it took, what it cost, how soon it was answered.

use jiff::Timestamp;

/// Numbers about one call; None: not told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measures {
    pub ended_at: Option<Timestamp>,
    pub duration_ms: Option<i64>,
    /// In thousandths of a US cent.
    pub cost_millicents: Option<i64>,
    /// How long the caller waited for the agent to speak, in milliseconds: half of the times it was quicker.
    pub answer_p50_ms: Option<i64>,
    /// The same: nineteen times of twenty it was quicker.
    pub answer_p95_ms: Option<i64>,
}

impl Measures {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
