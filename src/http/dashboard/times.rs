//! Instants as pages show them: for machines as they are, for people by the clock of the branch they are about.

use jiff::Timestamp;

use super::desk::Desk;

/// An instant for machines and for people.
pub(super) struct Moment {
    pub(super) iso: String,
    pub(super) shown: String,
}

impl Desk {
    /// An instant as the clock of a branch shows it, with the day.
    pub(super) fn when(&self, iso: &str, (company, branch): (&str, Option<&str>)) -> Moment {
        moment(iso, |at| self.w.when(at, &self.zone(company, branch)))
    }

    /// The time alone.
    pub(super) fn clock(&self, iso: &str, (company, branch): (&str, Option<&str>)) -> Moment {
        moment(iso, |at| self.w.clock(at, &self.zone(company, branch)))
    }
}

fn moment(iso: &str, shown: impl FnOnce(Timestamp) -> String) -> Moment {
    let shown = iso.parse().map(shown).unwrap_or_default();
    Moment { iso: iso.to_owned(), shown }
}
