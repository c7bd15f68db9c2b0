//! A call played again in a sandbox: its journal through the machine of today, touching neither books nor wires.

use serde_json::Value;

use super::audit::{self, Action, Deed};
use super::calls::{self, CallView, draft_view, phase_of};
use super::functions::request_of;
use super::timeline::{EventView, event_view};
use super::{Error, Principal};
use crate::actors::Switchboard;
use crate::domain::answer::Answer;
use crate::domain::call::replayed::{Anew, Invoked, Played, replay};
use crate::domain::call::{Call, Event, Function};
use crate::domain::ids::CallId;
use crate::domain::phone::Caller;
use crate::retell::Arguments;
use crate::store::calls::Journalled;

/// A call played again.
#[derive(Clone, Debug)]
pub struct Replay {
    pub call: CallView,
    pub steps: Vec<Step>,
}

/// One turn of it.
#[derive(Clone, Debug)]
pub struct Step {
    pub at: String,
    pub events: Vec<EventView>,
    /// `live`, `ended` or `settled`, after the turn.
    pub phase: &'static str,
    /// The appointments as far as they had come.
    pub drafts: Vec<Value>,
    /// The function that was answered, with what it was called with, while that is kept.
    pub function: Option<(String, Value)>,
    pub then: Option<Given>,
    pub today: Option<Today>,
}

/// An answer, as far as it is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub status: String,
    pub message: String,
}

/// What would be answered today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Today {
    Same,
    Other(Given),
    /// It hangs on what the journal does not tell: `customer`, `booking` or `earlier`.
    HangsOn(&'static str),
}

/// Plays a call again, by our id or Retell's; with the company as it is set up now.
pub async fn of_call(house: &Switchboard, who: &Principal, id: &str) -> Result<Replay, Error> {
    who.may_see_calls()?;
    let row = calls::find(house, who, id).await?;
    let call_id = CallId::from(row.id);
    let deed = Deed::new(Action::CallRead).at(row.company_id.into()).about("call", call_id);
    audit::read(house, who, deed).await?;
    let books = house.store().calls(who.scope.clone());
    let journal = books.journal(call_id).await?;
    let kept = books.invocations(call_id).await?;
    let invoked: Vec<Invoked> = kept.iter().filter_map(invoked).collect();
    let caller = Caller::from_wire(row.caller_number.as_deref());
    let blank = Call::new(call_id, row.company_id.into(), caller, row.started_at.into());
    let directory = house.directory();
    let company = directory.company(row.company_id.into());
    let events: Vec<_> = journal.into_iter().map(|one| (one.event, one.at)).collect();
    let played = replay(blank, &events, &invoked, company.map(AsRef::as_ref));
    let steps = played.into_iter().map(|turn| step(turn, &kept)).collect();
    Ok(Replay { call: calls::view(house, &row, false).await, steps })
}

fn invoked(row: &entities::function_invocation::Model) -> Option<Invoked> {
    let arguments = Arguments::from_json(serde_json::from_str(&row.arguments).ok()?);
    Some(Invoked {
        key: row.key.clone(),
        function: Function::named(&row.function),
        request: request_of(&arguments),
    })
}

fn step(turn: Played, kept: &[entities::function_invocation::Model]) -> Step {
    let row = turn.answered.as_ref().and_then(|(key, _)| kept.iter().find(|row| row.key == *key));
    let then = turn.answered.as_ref().map(|(_, status)| {
        let answer: Value = row.and_then(|row| serde_json::from_str(&row.answer).ok()).unwrap_or_default();
        let message = answer["message"].as_str().unwrap_or_default().to_owned();
        Given { status: status.as_str().to_owned(), message }
    });
    let today = turn.anew.map(|anew| match anew {
        Anew::HangsOn(unknown) => Today::HangsOn(unknown.as_str()),
        Anew::Answered(answer) if then.as_ref() == Some(&given(&answer)) => Today::Same,
        Anew::Answered(answer) => Today::Other(given(&answer)),
    });
    let name = turn.events.iter().find_map(|event| {
        if let Event::Answered { function, .. } = event { Some(function.clone()) } else { None }
    });
    let arguments = row.and_then(|row| serde_json::from_str(&row.arguments).ok()).unwrap_or_default();
    let view = |event: Event| event_view(&Journalled { version: 0, at: turn.at, event });
    Step {
        at: turn.at.to_string(),
        phase: phase_of(&turn.after),
        drafts: turn.after.drafts.iter().map(|(number, draft)| draft_view(*number, draft)).collect(),
        events: turn.events.into_iter().map(view).collect(),
        function: name.map(|name| (name, arguments)),
        then,
        today,
    }
}

fn given(answer: &Answer) -> Given {
    Given { status: answer.status.as_str().to_owned(), message: answer.message.clone() }
}
