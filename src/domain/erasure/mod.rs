//! What is done when a person's data are erased: step by step, what came of each, and when it is over.

mod traces;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use traces::Traces;

/// One thing that has to be done.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = ErasureStep)]
pub enum Step {
    /// Writing down, as keyed hashes in a file beside the master key, that it was asked for: a restored copy of the books
    /// is erased again.
    Remembered,
    /// Calling off what lies ahead, where that was asked for.
    Appointments,
    /// Deleting the calls at Retell.
    CallsAtRetell,
    /// Appointments as Cal.com keeps them.
    AppointmentsAtCalcom,
    /// Our own rows.
    Books,
    /// What living actors know.
    Memory,
    /// What the database's files still hold of deleted rows.
    Files,
}

/// What came of a step.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = ErasureStepState)]
pub enum StepState {
    /// To be done, or to be tried again.
    Open,
    Done,
    /// Nothing was there to be done, or it was not asked for.
    NotNeeded,
    /// It cannot be done from here; `what` says what a person can do.
    NotPossible,
    /// It was tried for days.
    Failed,
}

/// A step and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, schemars::JsonSchema)]
#[schema(as = ErasureEntry)]
pub struct Entry {
    pub step: Step,
    pub state: StepState,
    /// How many calls, appointments or rows it was about.
    pub count: u64,
    /// In words, for a person; nothing of whom it is about.
    pub what: String,
}

/// How an erasure stands as a whole.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = ErasureState)]
pub enum State {
    /// Something is still to be done; it goes on by itself.
    Open,
    /// All that can be done from here is done.
    Done,
    /// Something was tried for days and could not be done.
    Incomplete,
}

/// The course of an erasure, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Course {
    /// Since when it is tried.
    pub begun_at: Option<Timestamp>,
    /// Whether appointments ahead are called off.
    pub cancel_ahead: bool,
    pub steps: Vec<Entry>,
    /// Retell's ids of calls that are still to be deleted there.
    pub at_retell: Vec<String>,
}

impl Step {
    pub const ALL: [Self; 7] = [
        Self::Remembered,
        Self::Appointments,
        Self::CallsAtRetell,
        Self::AppointmentsAtCalcom,
        Self::Books,
        Self::Memory,
        Self::Files,
    ];
}

impl State {
    pub const ALL: [Self; 3] = [Self::Open, Self::Done, Self::Incomplete];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Incomplete => "incomplete",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

impl Course {
    /// A course on which everything is still to be done.
    pub fn new(cancel_ahead: bool, now: Timestamp) -> Self {
        let open = |step| Entry { step, state: StepState::Open, count: 0, what: "not begun".into() };
        let steps = Step::ALL.map(open).to_vec();
        Self { begun_at: Some(now), cancel_ahead, steps, at_retell: Vec::new() }
    }

    /// Writes down what came of a step; what was counted before stays counted, since every round finds only what is left.
    pub fn note(&mut self, step: Step, state: StepState, (more, what): (u64, &str)) {
        let before = self.count(step);
        let new = Entry { step, state, count: before + more, what: what.to_owned() };
        match self.steps.iter_mut().find(|entry| entry.step == step) {
            // What came of an earlier round is not undone by a later one that found nothing more.
            Some(entry) if state == StepState::NotNeeded && more == 0 && before > 0 => {
                if entry.state == StepState::Open {
                    entry.state = StepState::Done;
                }
            }
            Some(entry) => *entry = new,
            None => self.steps.push(new),
        }
    }

    /// What is still open has been tried for long enough.
    pub fn give_up(&mut self) {
        for entry in self.steps.iter_mut().filter(|entry| entry.state == StepState::Open) {
            entry.state = StepState::Failed;
        }
    }

    /// How many a step was about so far.
    pub fn count(&self, step: Step) -> u64 {
        self.entry(step).map_or(0, |entry| entry.count)
    }

    pub fn entry(&self, step: Step) -> Option<&Entry> {
        self.steps.iter().find(|entry| entry.step == step)
    }

    /// Calls that are to be deleted at Retell, each once.
    pub fn delete_at_retell(&mut self, ids: impl IntoIterator<Item = String>) {
        for id in ids {
            if !self.at_retell.contains(&id) {
                self.at_retell.push(id);
            }
        }
    }

    pub fn state(&self) -> State {
        let has = |state| self.steps.iter().any(|entry| entry.state == state);
        if has(StepState::Open) {
            State::Open
        } else if has(StepState::Failed) {
            State::Incomplete
        } else {
            State::Done
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_done() -> Course {
        let mut course = Course::new(false, Timestamp::UNIX_EPOCH);
        for step in Step::ALL {
            course.note(step, StepState::Done, (1, "done"));
        }
        course
    }

    #[test]
    fn it_is_over_when_nothing_is_open_and_incomplete_when_something_failed() {
        let mut course = all_done();
        assert_eq!(
            (Course::new(true, Timestamp::UNIX_EPOCH).state(), course.state()),
            (State::Open, State::Done)
        );

        course.note(Step::AppointmentsAtCalcom, StepState::NotPossible, (0, "by hand"));
        assert_eq!(course.state(), State::Done);

        course.note(Step::CallsAtRetell, StepState::Open, (0, "Retell did not answer"));
        assert_eq!(course.state(), State::Open);
        course.give_up();
        assert_eq!(course.state(), State::Incomplete);
    }

    #[test]
    fn a_second_round_that_finds_nothing_more_takes_nothing_back() {
        let mut course = all_done();

        course.note(Step::Books, StepState::NotNeeded, (0, "nothing was there"));
        course.note(Step::Files, StepState::Done, (2, "again"));

        let books = course.entry(Step::Books).unwrap();
        assert_eq!((books.state, books.count, books.what.as_str()), (StepState::Done, 1, "done"));
        assert_eq!(course.entry(Step::Files).unwrap().count, 3);
    }

    #[test]
    fn a_call_is_deleted_at_retell_once_however_often_it_is_found() {
        let mut course = Course::new(false, Timestamp::UNIX_EPOCH);

        course.delete_at_retell(["call_1".to_owned(), "call_2".to_owned()]);
        course.delete_at_retell(["call_2".to_owned()]);

        assert_eq!(course.at_retell, ["call_1", "call_2"]);
    }

    #[test]
    fn a_course_that_was_stored_is_read_back() {
        let mut course = all_done();
        course.delete_at_retell(["call_1".to_owned()]);

        let stored = serde_json::to_string(&course).unwrap();

        assert_eq!(serde_json::from_str::<Course>(&stored).unwrap(), course);
    }
}
