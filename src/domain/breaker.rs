//! The circuit breaker of one Cal.com account: closed lets through, open keeps back, half open lets one try.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::retry::{later, millis};

/// When the breaker opens and for how long it stays so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Failures in a row that open it.
    pub failures_max: u32,
    /// How long it stays open before one request may try, in milliseconds.
    pub cool_down_ms: u64,
    /// How long a try may take before another one is let through, in milliseconds.
    pub probe_max_ms: u64,
}

/// Leave to send one request; its number tells stragglers from news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permit {
    pub number: u64,
    /// Ask `GET /v2/me` first: this request decides whether the line is back.
    pub probe: bool,
}

/// No leave: nothing may be sent before that instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tripped {
    pub retry_at: Timestamp,
}

/// What the wire did with a request. A refusal by Cal.com is a success of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    Answered,
    /// Time-out, refused connection or 5xx.
    Failed,
    /// 401 or 403: the key is not accepted.
    BadKey,
    /// 429: the account is to be left alone for so many milliseconds.
    Throttled {
        for_ms: u64,
    },
    /// Nothing was sent on this permit.
    Unused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed { failures: u32 },
    Open { until: Timestamp },
    HalfOpen { probe: u64, until: Timestamp },
    Misconfigured,
}

/// The state that people see (contract 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Face {
    Closed,
    Open,
    HalfOpen,
    Misconfigured,
}

impl Face {
    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
            Self::Misconfigured => "misconfigured",
        }
    }
}

/// The breaker itself; `admit` and `record` answer the next one and never wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breaker {
    rules: Rules,
    state: State,
    paused_until: Option<Timestamp>,
    next_number: u64,
    /// Permits below this number were given before the last change of state.
    news_from: u64,
    opens: u64,
}

impl Breaker {
    pub fn new(rules: Rules) -> Self {
        let state = State::Closed { failures: 0 };
        Self { rules, state, paused_until: None, next_number: 1, news_from: 1, opens: 0 }
    }

    pub fn face(&self) -> Face {
        match self.state {
            State::Closed { .. } => Face::Closed,
            State::Open { .. } => Face::Open,
            State::HalfOpen { .. } => Face::HalfOpen,
            State::Misconfigured => Face::Misconfigured,
        }
    }

    /// Failures in a row since the last answer.
    pub fn failures(&self) -> u32 {
        match self.state {
            State::Closed { failures } => failures,
            State::Open { .. } | State::HalfOpen { .. } => self.rules.failures_max,
            State::Misconfigured => 0,
        }
    }

    /// How often it has opened since it was made.
    pub fn opens(&self) -> u64 {
        self.opens
    }

    /// When the next request may be tried, if not now.
    pub fn retry_at(&self, now: Timestamp) -> Option<Timestamp> {
        let held = match self.state {
            State::Closed { .. } => None,
            State::Open { until } | State::HalfOpen { until, .. } => Some(until),
            State::Misconfigured => Some(Timestamp::MAX),
        };
        held.max(self.paused_until).filter(|at| *at > now)
    }

    /// Asks for leave to send one request.
    pub fn admit(&mut self, now: Timestamp) -> Result<Permit, Tripped> {
        if let Some(retry_at) = self.retry_at(now) {
            return Err(Tripped { retry_at });
        }
        let number = self.next_number;
        self.next_number += 1;
        let probe = match self.state {
            State::Closed { .. } | State::Misconfigured => false,
            State::Open { .. } | State::HalfOpen { .. } => {
                let until = later(now, millis(self.rules.probe_max_ms));
                self.change(State::HalfOpen { probe: number, until });
                self.news_from = number;
                true
            }
        };
        Ok(Permit { number, probe })
    }

    /// Takes note of how a request ended.
    pub fn record(&mut self, permit: Permit, report: Report, now: Timestamp) {
        if let Report::Throttled { for_ms } = report {
            self.paused_until = self.paused_until.max(Some(later(now, millis(for_ms))));
        }
        // A straggler sent before the last change of state says nothing about now.
        if permit.number < self.news_from {
            return;
        }
        match self.state {
            State::Closed { failures } => self.record_closed(failures, report, now),
            State::HalfOpen { probe, .. } if probe == permit.number => self.record_probe(report, now),
            State::HalfOpen { .. } | State::Open { .. } | State::Misconfigured => {}
        }
    }

    /// A person says: try again now.
    pub fn reset(&mut self) {
        self.paused_until = None;
        self.change(State::Closed { failures: 0 });
    }

    fn record_closed(&mut self, failures: u32, report: Report, now: Timestamp) {
        match report {
            Report::Answered | Report::Throttled { .. } => self.state = State::Closed { failures: 0 },
            Report::Failed if failures + 1 >= self.rules.failures_max => self.open(now),
            Report::Failed => self.state = State::Closed { failures: failures + 1 },
            Report::BadKey => self.change(State::Misconfigured),
            Report::Unused => {}
        }
    }

    fn record_probe(&mut self, report: Report, now: Timestamp) {
        match report {
            Report::Answered | Report::Throttled { .. } => self.change(State::Closed { failures: 0 }),
            Report::Failed => self.open(now),
            Report::BadKey => self.change(State::Misconfigured),
            // The try was not used: the next caller may have it at once.
            Report::Unused => self.change(State::Open { until: now }),
        }
    }

    fn open(&mut self, now: Timestamp) {
        self.opens += 1;
        self.change(State::Open { until: later(now, millis(self.rules.cool_down_ms)) });
    }

    fn change(&mut self, state: State) {
        self.state = state;
        self.news_from = self.next_number;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RULES: Rules = Rules { failures_max: 3, cool_down_ms: 1_000, probe_max_ms: 5_000 };

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    fn opened() -> Breaker {
        let mut breaker = Breaker::new(RULES);
        for _ in 0..3 {
            let permit = breaker.admit(at(0)).unwrap();
            breaker.record(permit, Report::Failed, at(0));
        }
        breaker
    }

    #[test]
    fn three_failures_in_a_row_open_it() {
        let mut breaker = opened();

        assert_eq!(breaker.face(), Face::Open);
        assert_eq!(breaker.admit(at(999)), Err(Tripped { retry_at: at(1_000) }));
    }

    #[test]
    fn a_refusal_by_the_calendar_never_counts() {
        let mut breaker = Breaker::new(RULES);
        for _ in 0..100 {
            let permit = breaker.admit(at(0)).unwrap();
            breaker.record(permit, Report::Answered, at(0));
        }

        assert_eq!((breaker.face(), breaker.failures()), (Face::Closed, 0));
    }

    #[test]
    fn after_the_pause_exactly_one_may_try() {
        let mut breaker = opened();

        let probe = breaker.admit(at(1_000)).unwrap();

        assert!(probe.probe);
        assert!(breaker.admit(at(1_001)).is_err());
        breaker.record(probe, Report::Answered, at(1_100));
        assert_eq!(breaker.face(), Face::Closed);
        assert!(!breaker.admit(at(1_101)).unwrap().probe);
    }

    #[test]
    fn a_failed_try_opens_it_again() {
        let mut breaker = opened();
        let probe = breaker.admit(at(1_000)).unwrap();

        breaker.record(probe, Report::Failed, at(1_500));

        assert_eq!(breaker.admit(at(2_000)), Err(Tripped { retry_at: at(2_500) }));
        assert_eq!(breaker.opens(), 2);
    }

    #[test]
    fn a_try_that_never_reports_does_not_shut_the_line_for_ever() {
        let mut breaker = opened();
        let lost = breaker.admit(at(1_000)).unwrap();

        let next = breaker.admit(at(6_000)).unwrap();
        breaker.record(lost, Report::Answered, at(6_001));

        assert!(next.probe);
        assert_eq!(breaker.face(), Face::HalfOpen);
    }

    #[test]
    fn a_straggler_from_before_says_nothing_about_now() {
        let mut breaker = Breaker::new(RULES);
        let straggler = breaker.admit(at(0)).unwrap();
        for _ in 0..3 {
            let permit = breaker.admit(at(0)).unwrap();
            breaker.record(permit, Report::Failed, at(0));
        }

        breaker.record(straggler, Report::Answered, at(10));

        assert_eq!(breaker.face(), Face::Open);
    }

    #[test]
    fn a_bad_key_keeps_it_shut_until_somebody_resets_it() {
        let mut breaker = Breaker::new(RULES);
        let permit = breaker.admit(at(0)).unwrap();
        breaker.record(permit, Report::BadKey, at(0));

        assert_eq!(breaker.face(), Face::Misconfigured);
        assert!(breaker.admit(at(i64::from(u32::MAX))).is_err());
        breaker.reset();
        assert!(breaker.admit(at(1)).is_ok());
    }

    #[test]
    fn too_many_requests_is_a_pause_and_not_a_failure() {
        let mut breaker = Breaker::new(RULES);
        let permit = breaker.admit(at(0)).unwrap();
        breaker.record(permit, Report::Throttled { for_ms: 60_000 }, at(0));

        assert_eq!(breaker.face(), Face::Closed);
        assert_eq!(breaker.admit(at(59_999)), Err(Tripped { retry_at: at(60_000) }));
        assert!(breaker.admit(at(60_000)).is_ok());
    }

    proptest! {
        /// Between opening and the end of the pause nothing leaves, whatever is reported in whatever order.
        #[test]
        fn nothing_leaves_while_it_is_open(steps in prop::collection::vec((0i64..400, 0u8..4), 1..200)) {
            let mut breaker = Breaker::new(RULES);
            let (mut now, mut given) = (0, Vec::new());
            for (pause, what) in steps {
                now += pause;
                let shut = breaker.retry_at(at(now)).is_some();
                if let Ok(permit) = breaker.admit(at(now)) {
                    prop_assert!(!shut);
                    given.push(permit);
                }
                let report = [Report::Answered, Report::Failed, Report::Failed, Report::Unused][usize::from(what)];
                if what > 0 && !given.is_empty() {
                    let permit = given.swap_remove(usize::try_from(now).unwrap() % given.len());
                    breaker.record(permit, report, at(now));
                }
                if breaker.face() == Face::Open {
                    prop_assert!(breaker.opens() > 0);
                }
            }
        }
    }
}
