//! News about a call, and the words found in them, under the names of design 4: variables first, then the analysis.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{Parting, Request};
use crate::domain::speech::claims::Claim;
use crate::domain::speech::is_placeholder;
use crate::domain::speech::names::{Mark, Source};

/// Under which names the caller's name is found.
const NAME: [&str; 2] = ["name", "_name"];

/// Words found at the end of a call, and what the agent has said to be done.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Words {
    said: BTreeMap<String, String>,
    /// Which of them only the analysis says.
    analysed: BTreeSet<String>,
    parting: Parting,
    heard_late: bool,
    claims: BTreeSet<Claim>,
}

/// What was heard about the call itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    Started,
    Ended,
    Analyzed,
    /// Retell was asked and says that it has ended.
    Found {
        analyzed: bool,
    },
    /// Retell was asked and could not tell: what was agreed is seen to, the rest waits.
    NoAnswer,
    /// Retell could not tell for so long that nothing more is expected.
    GivenUp,
    /// The caller has rung again and goes on in that call.
    TakenOver,
    /// Nothing more is coming: decide with what there is.
    TimeIsUp,
    /// It was over long before anybody here heard of it, and is kept to be counted.
    Imported {
        analyzed: bool,
    },
}

impl News {
    /// What it is, for spans.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "call_started",
            Self::Ended => "call_ended",
            Self::Analyzed => "call_analyzed",
            Self::Found { .. } => "found_at_retell",
            Self::NoAnswer => "no_answer_from_retell",
            Self::GivenUp => "given_up",
            Self::TakenOver => "taken_over",
            Self::TimeIsUp => "time_is_up",
            Self::Imported { .. } => "imported",
        }
    }
}

impl Words {
    /// Collects maps in order of trust: what an earlier one says is not overwritten by a later one.
    pub fn gather(maps: impl IntoIterator<Item = BTreeMap<String, String>>) -> Self {
        let mut words = BTreeMap::new();
        for (name, value) in maps.into_iter().flatten() {
            if !is_placeholder(&value) {
                // What no screen shows and no database takes is left out.
                let value = value.chars().filter(|sign| !sign.is_control()).collect();
                words.entry(name.to_lowercase()).or_insert(value);
            }
        }
        Self { said: words, ..Self::default() }
    }

    /// The same words, and beyond them what the analysis says.
    pub fn and_of_the_analysis(self, map: BTreeMap<String, String>) -> Self {
        let mut analysis = Self::gather([map]);
        analysis.analysed = analysis.said.keys().cloned().collect();
        self.or(analysis)
    }

    /// The same words of a call that ended like this.
    pub fn parted(self, parting: Parting) -> Self {
        Self { parting, ..self }
    }

    /// The same words, heard so late that nobody waits for what they say any more.
    pub fn heard_late(self, heard_late: bool) -> Self {
        Self { heard_late, ..self }
    }

    /// The same words, and what the agent has said to be done.
    pub fn with_claims(self, claims: BTreeSet<Claim>) -> Self {
        Self { claims, ..self }
    }

    /// These words, and what others say beyond them.
    pub fn or(self, others: Self) -> Self {
        let (mut said, mut analysed) = (others.said, others.analysed);
        for (name, value) in self.said {
            // What was collected in the call goes before what was found after it, whichever came first.
            let is_better =
                !self.analysed.contains(&name) || analysed.contains(&name) || !said.contains_key(&name);
            if is_better {
                analysed.retain(|one| *one != name);
                analysed.extend(self.analysed.contains(&name).then(|| name.clone()));
                said.insert(name, value);
            }
        }
        Self {
            said,
            analysed,
            parting: if self.parting == Parting::default() { others.parting } else { self.parting },
            heard_late: self.heard_late || others.heard_late,
            claims: self.claims.into_iter().chain(others.claims).collect(),
        }
    }

    pub(super) fn claims(&self) -> &BTreeSet<Claim> {
        &self.claims
    }

    pub(super) fn parting(&self) -> Parting {
        self.parting
    }

    /// Whether they were heard too late for anybody to wait for what they say.
    pub(super) fn is_late(&self) -> bool {
        self.heard_late
    }

    fn text(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.said.get(*name)).cloned()
    }

    /// Without what only the analysis says.
    pub(super) fn of_the_call(&self) -> Self {
        let mut words = self.clone();
        words.said.retain(|name, _| !self.analysed.contains(name));
        words
    }

    /// Whether nothing but the analysis says that there was a yes.
    pub(super) fn is_confirmed_by_the_analysis(&self) -> bool {
        self.is_confirmed() && !self.of_the_call().is_confirmed()
    }

    pub(super) fn is_confirmed(&self) -> bool {
        let said = self.text(&["booking_confirmed", "_booking_confirmed"]).unwrap_or_default();
        matches!(said.trim().to_lowercase().as_str(), "true" | "1" | "1.0" | "yes" | "ja")
    }

    /// What was wanted, in the words it was said in, for whoever calls back.
    pub(super) fn wish(&self) -> Option<String> {
        let Request { service, date, time, staff, .. } = self.request();
        let said: Vec<String> = [service, date, time, staff].into_iter().flatten().collect();
        Some(said.join(", ")).filter(|wish| !wish.is_empty())
    }

    /// How far the name among them is trusted.
    pub(super) fn name_mark(&self) -> Mark {
        let found = NAME.iter().find(|name| self.said.contains_key(**name));
        let is_analysed = found.is_some_and(|name| self.analysed.contains(*name));
        let by = if is_analysed { Source::Analysis } else { Source::Variables };
        Mark { by, is_unsure: false }
    }

    pub(super) fn request(&self) -> Request {
        Request {
            appointment: Some(1),
            date: self.text(&["datum", "_datum", "_datum__termin", "date"]),
            time: self.text(&["uhrzeit", "_uhrzeit", "_uhrzeit__termin", "time"]),
            service: self.text(&["dienstleistung", "_dienstleistung", "service"]),
            staff: self.text(&["mitarbeiter", "_mitarbeiter", "staff"]),
            name: self.text(&NAME),
            phone: self.text(&["telefonnummer", "_telefonnummer", "_telefonnummer__anrufer", "phone"]),
            email: self.text(&["email", "_email"]),
            note: self.text(&["notiz", "_notiz", "note"]),
            branch: self.text(&["filiale", "_filiale", "branch"]),
            ..Request::default()
        }
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Words({} hidden)", self.said.len())
    }
}
