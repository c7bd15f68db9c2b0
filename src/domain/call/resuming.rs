//! The same number again within minutes: the call goes on where the last one stopped, and nothing of it counts unless it is
//! read back anew.

use super::desk::Desk;
use super::facts::{Fact, Need};
use super::hear::Heard;
use super::{Call, Event, Phase};
use crate::domain::answer::Answer;
use crate::domain::appointment::{Draft, Person, Stage, Wish};
use crate::domain::callback::Reason;
use crate::domain::directory::Branch;
use crate::domain::ids::{CallId, CallbackId};
use crate::domain::policy::CallerId;
use crate::domain::speech::names::{self, Mark};
use crate::domain::speech::sentences;

/// What an earlier call has left open.
#[derive(Clone, Debug, PartialEq)]
pub struct Earlier {
    pub call: CallId,
    pub wish: Wish,
    pub person: Person,
    /// How surely the name is known.
    pub name_mark: Mark,
}

impl Call {
    /// What was spoken of in this call, which has ended, and neither agreed to nor given up.
    pub fn left_open(&self) -> Option<Earlier> {
        if self.phase == Phase::Live || self.taken_over {
            return None;
        }
        let open = self.drafts.values().find(|draft| is_open(draft) && draft.person.name.is_some())?;
        // Whoever rings may be another: what was dictated is not repeated to them.
        let person = Person { name: open.person.name.clone(), ..Person::default() };
        Some(Earlier { call: self.id, wish: open.wish.clone(), person, name_mark: open.name_mark })
    }
}

impl Desk<'_> {
    /// Takes over what the caller left open a moment ago, if it is the same person who says nothing else; false: there is
    /// nothing like that. The name comes first: others may ring from the same number.
    pub(super) fn resume(&mut self, branch: &Branch, before: &Draft, heard: &Heard) -> Result<bool, Need> {
        // One name a call: nobody goes through those who may have rung from a number that can be forged.
        let is_beginning = self.call.phase == Phase::Live
            && self.call.resumed.is_none()
            && !self.call.was_named
            && self.call.failed_tries == 0
            && self.company.policy.caller_id != CallerId::Code;
        let name = heard.person.name.as_deref().filter(|_| before.person.name.is_none() && is_beginning);
        let (Some(name), Some(number)) = (name, self.call.caller.number().cloned()) else { return Ok(false) };
        let need = Need::Earlier { number, branch: branch.id };
        let Fact::Earlier(Some(earlier)) = self.about(need)?.clone() else { return Ok(false) };
        let is_theirs = earlier.person.name.as_deref().map(names::fold) == Some(names::fold(name));
        let said = heard.wish.clone().or(before.wish.clone());
        let is_something_else =
            heard.wants_something_else() || said.clone().or(earlier.wish.clone()) != earlier.wish;
        if !is_theirs || is_something_else {
            return Ok(false);
        }
        self.record(Event::Resumed { from: earlier.call });
        let name = Some(Mark { by: earlier.name_mark.by.max(heard.mark.by), ..earlier.name_mark });
        self.record(Event::Heard { appointment: 1, wish: earlier.wish, name, person: earlier.person });
        self.wait();
        Ok(true)
    }

    /// The first answer after that says so.
    pub(super) fn going_on(&self, mut answer: Answer) -> Answer {
        if self.call.resumed == Some(self.call.answered.len()) {
            answer.message = format!("{} {}", sentences::going_on(self.company.language), answer.message);
        }
        answer
    }

    /// The caller has rung again and goes on there: nothing is kept here, and nobody has to call back.
    pub(super) fn give_over(&mut self) {
        let open = self.call.drafts.iter().filter(|(_, draft)| is_open(draft));
        let open: Vec<(u8, bool)> = open.map(|(number, draft)| (*number, draft.chosen.is_some())).collect();
        self.record(Event::TakenOver);
        for (number, is_held) in open {
            if is_held {
                self.record(Event::Dropped { appointment: number });
            }
            self.see_done(CallbackId::of(self.call.id, &format!("{} {number}", Reason::CutOff.as_str())));
        }
    }
}

fn is_open(draft: &Draft) -> bool {
    matches!(draft.stage, Stage::Open | Stage::ReadBack) && draft.change.is_none() && !draft.wish.is_empty()
}
