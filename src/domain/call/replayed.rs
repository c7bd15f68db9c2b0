//! A call played again from its journal: how it stood after each turn, and what it would be answered today. Nothing but the
//! journal is asked; where it does not tell what was known then, that is said.

use jiff::Timestamp;

use super::facts::{Fact, Facts, Need};
use super::{Call, Event, Function, Request, Step, Turn};
use crate::domain::answer::{Answer, Status};
use crate::domain::directory::Company;
use crate::domain::slot::Slot;

/// A function as it was called then, by the key that its answer is kept under.
#[derive(Clone, Debug)]
pub struct Invoked {
    pub key: String,
    pub function: Function,
    pub request: Request,
}

/// One turn of a call.
#[derive(Clone, Debug)]
pub struct Played {
    pub at: Timestamp,
    pub events: Vec<Event>,
    /// The call as it stood then.
    pub after: Call,
    /// What was answered: the key and the status.
    pub answered: Option<(String, Status)>,
    /// What the function would be answered today; None: none was called, or what it was called with is not kept.
    pub anew: Option<Anew>,
}

/// What comes of asking again.
#[derive(Clone, Debug, PartialEq)]
pub enum Anew {
    Answered(Answer),
    /// The answer hangs on what the journal does not tell.
    HangsOn(Unknown),
}

/// What a journal does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// Whom the house knew at that number, and what stood in the books for them.
    Customer,
    /// What Cal.com made of a booking while the caller waited.
    Booking,
    /// The call before, which this one took up.
    Earlier,
}

impl Unknown {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Booking => "booking",
            Self::Earlier => "earlier",
        }
    }
}

/// Plays a journal from the blank call on, turn by turn.
pub fn replay(
    blank: Call,
    journal: &[(Event, Timestamp)],
    invoked: &[Invoked],
    company: Option<&Company>,
) -> Vec<Played> {
    let mut call = blank;
    let mut played = Vec::new();
    for turn in turns(journal) {
        let answered = turn.iter().find_map(|(event, _)| match_answered(event));
        let asked = answered.as_ref().and_then(|(key, _)| invoked.iter().find(|one| one.key == *key));
        let anew = asked.zip(company).and_then(|(asked, company)| anew(&call, turn, asked, company));
        for (event, at) in turn {
            call.apply(event, *at);
        }
        played.push(Played {
            at: turn.last().map_or(call.began_at, |(_, at)| *at),
            events: turn.iter().map(|(event, _)| event.clone()).collect(),
            after: call.clone(),
            answered,
            anew,
        });
    }
    played
}

fn match_answered(event: &Event) -> Option<(String, Status)> {
    if let Event::Answered { key, status, .. } = event { Some((key.clone(), *status)) } else { None }
}

/// What was written down at one instant was one turn, and an answer ends one.
fn turns(journal: &[(Event, Timestamp)]) -> impl Iterator<Item = &[(Event, Timestamp)]> {
    journal.chunk_by(|(event, at), (_, next)| at == next && match_answered(event).is_none())
}

/// The answer to the same request in the same state, by the company as it is now.
fn anew(before: &Call, turn: &[(Event, Timestamp)], asked: &Invoked, company: &Company) -> Option<Anew> {
    let mut call = before.clone();
    let (_, now) = turn.last()?;
    // A call nobody had heard of began with its first turn.
    turn.iter().take_while(|(event, _)| matches!(event, Event::Began { .. })).for_each(|(event, at)| {
        call.apply(event, *at);
    });
    let mut facts = Facts::default();
    for _ in 0..Facts::MAX {
        match call.invoke(
            &asked.function,
            &asked.request,
            &asked.key,
            &Turn { company, facts: &facts, now: *now },
        ) {
            Step::Done(decision) => {
                return Some(decision.answer.map_or(Anew::HangsOn(Unknown::Booking), Anew::Answered));
            }
            Step::Ask(need) => match told(&need, &call, turn) {
                Ok(fact) => facts.note(need, fact),
                Err(unknown) => return Some(Anew::HangsOn(unknown)),
            },
        }
    }
    None
}

/// What was found out then, as far as what followed tells.
fn told(need: &Need, call: &Call, turn: &[(Event, Timestamp)]) -> Result<Fact, Unknown> {
    let status = turn.iter().find_map(|(event, _)| match_answered(event)).map(|(_, status)| status);
    let any = |is_it: fn(&Event) -> bool| turn.iter().any(|(event, _)| is_it(event));
    let is_about_persons = any(|event| {
        matches!(event, Event::Identified { .. } | Event::NotIdentified { .. } | Event::Named { .. })
    });
    match need {
        Need::Slots { .. } if status == Some(Status::CalendarUnreachable) => Ok(Fact::Slots(None)),
        Need::Slots { offers, .. } => {
            let seen = slots(call, turn, status).into_iter();
            let is_asked = |slot: &Slot| offers.iter().any(|offer| offer.event_type_id == slot.event_type_id);
            Ok(Fact::Slots(Some(seen.filter(is_asked).collect())))
        }
        Need::Hold { .. } => Ok(Fact::Held(status != Some(Status::SlotTaken))),
        Need::Customer { .. } => Ok(Fact::Customer(None)),
        Need::Earlier { .. } if any(|event| matches!(event, Event::Resumed { .. })) => Err(Unknown::Earlier),
        Need::Earlier { .. } => Ok(Fact::Earlier(None)),
        Need::Persons { .. } | Need::Appointments { .. } if is_about_persons => Err(Unknown::Customer),
        Need::Persons { .. } => Ok(Fact::Persons { known: Vec::new(), failed_today: 0 }),
        Need::Appointments { .. } => Ok(Fact::Appointments(Vec::new())),
        Need::Code { .. } => Err(Unknown::Customer),
        Need::Settled { .. } | Need::Ordered { .. } => Err(Unknown::Booking),
    }
}

/// The free times that were seen: those that were offered or chosen in this turn, else the one that was held before it.
fn slots(call: &Call, turn: &[(Event, Timestamp)], status: Option<Status>) -> Vec<Slot> {
    let mut seen: Vec<Slot> = Vec::new();
    for (event, _) in turn {
        if let Event::Offered { slots, .. } = event {
            seen.extend(slots.iter().map(|offered| offered.slot.clone()));
        }
        if let Event::Chosen { chosen, .. } = event {
            seen.push(chosen.slot.clone());
        }
    }
    let is_gone = matches!(status, Some(Status::Unavailable | Status::SlotTaken));
    if seen.is_empty() && !is_gone {
        let held = call.drafts.values().filter_map(|draft| draft.chosen.as_ref());
        seen.extend(held.map(|chosen| chosen.slot.clone()));
    }
    seen.sort_by_key(|slot| (slot.start, slot.event_type_id));
    seen.dedup();
    seen
}
