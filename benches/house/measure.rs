//! Time, processors and memory as the system counts them, and what a row of measurements comes to.

use std::fmt::{self, Display, Formatter};
use std::fs;
use std::time::{Duration, Instant};

use anyhow::Context as _;

/// The kernel counts a process's time in hundredths of a second on every Linux of today.
const TICK: Duration = Duration::from_millis(10);

/// The instant from which something is measured.
#[expect(clippy::disallowed_methods, reason = "a bench has a clock of its own, finer than the house's")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// What this machine is, in one clause.
pub(crate) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?").to_owned();
    format!(
        "{cores} cores of {}, load {load} at the start",
        name.map_or("an unknown kind", |(_, name)| name.trim())
    )
}

/// The processor time a process has used, all threads together.
pub(crate) fn processor_time(pid: u32) -> anyhow::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).context("no /proc: this needs Linux")?;
    // The program's name may hold spaces; the fields after its closing bracket do not.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u32>().ok()).unwrap_or_default();
    Ok(TICK * (ticks(11) + ticks(12)))
}

/// The memory a process has in use at this moment, in bytes.
pub(crate) fn resident_bytes(pid: u32) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).context("no /proc: this needs Linux")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS in /proc")?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes * 1024)
}

/// Values of several rounds; what is printed is their median and how far they lie apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rounds(Vec<f64>);

impl Rounds {
    pub(crate) fn push(&mut self, value: f64) {
        self.0.push(value);
        self.0.sort_by(f64::total_cmp);
    }

    pub(crate) fn median(&self) -> f64 {
        let half = self.0.len() / 2;
        match (self.0.get(half), self.0.get(half.wrapping_sub(1))) {
            (Some(upper), Some(lower)) if self.0.len().is_multiple_of(2) => f64::midpoint(*lower, *upper),
            (Some(middle), _) => *middle,
            (None, _) => f64::NAN,
        }
    }

    /// `low to high, n rounds`
    pub(crate) fn spread(&self) -> String {
        let (low, high) = (self.0.first().copied(), self.0.last().copied());
        let (low, high) = (low.unwrap_or(f64::NAN), high.unwrap_or(f64::NAN));
        format!("{low:.2} to {high:.2}, {} rounds", self.0.len())
    }
}

/// Whether a target was held.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    pub(crate) what: String,
    pub(crate) measured: f64,
    pub(crate) target: Target,
}

/// Where a measured value has to lie.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    AtLeast(f64),
    AtMost(f64),
}

impl Verdict {
    pub(crate) fn is_held(&self) -> bool {
        match self.target {
            Target::AtLeast(least) => self.measured >= least,
            Target::AtMost(most) => self.measured <= most,
        }
    }
}

impl Display for Verdict {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let word = if self.is_held() { "held  " } else { "MISSED" };
        let (relation, target) = match self.target {
            Target::AtLeast(least) => ("at least", least),
            Target::AtMost(most) => ("at most", most),
        };
        let digits = if target < 10.0 { 2 } else { 0 };
        write!(f, "{word} {}: {:.digits$}, {relation} {target:.digits$} wanted", self.what, self.measured)
    }
}
