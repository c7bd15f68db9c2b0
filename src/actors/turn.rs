//! One turn of a call: asks what its machine wants to know, within the caller's patience, then writes down what follows.

use std::sync::Arc;

use jiff::Timestamp;
use tracing::Instrument as _;

use super::inquiry::Inquiry;
use super::switchboard::{Switchboard, is_written};
use crate::clock::Stopwatch;
use crate::domain::Hidden;
use crate::domain::call::{Call, Decision, Event, Facts, Function, Mark, News, Request, Step, Turn, Words};
use crate::domain::directory::Company;
use crate::domain::measures::Measures;
use crate::domain::policy::BookingMoment;
use crate::domain::retry::{later, millis};
use crate::store::journal::{Append, Appended, Delivery, Head, Invocation};
use crate::store::{Error, Scope};

/// How often a lost race for a call's journal is taken up again.
const RACES_MAX: u32 = 8;

/// A function the agent calls.
#[derive(Clone, Debug)]
pub struct Asked {
    pub function: Function,
    pub request: Request,
    pub mark: Mark,
    /// The arguments as they came, for the books.
    pub arguments: Hidden,
    pub received_at: Timestamp,
}

/// News about the call, with the delivery that brought them.
#[derive(Clone, Debug)]
pub struct Told {
    pub news: News,
    pub words: Words,
    pub delivery: Option<Delivery>,
    pub disconnection_reason: Option<String>,
    pub measures: Measures,
}

/// Why a turn came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("the books failed")]
    Books(#[from] Error),
    #[error("the company is no longer in the directory")]
    NoCompany,
    #[error("the call is changed by others all the time")]
    Races,
    #[error("a turn asked more than {} questions", Facts::MAX)]
    Endless,
}

/// A call in hand: its state as it stands in the books, and where it belongs.
#[derive(Clone, Debug)]
pub(super) struct InHand {
    pub call: Call,
    pub retell_call_id: Arc<str>,
    pub disconnection_reason: Option<String>,
}

/// The answer to a function.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The JSON text to send.
    pub text: Arc<str>,
    /// Its status, or "repeated" where it is the answer given before.
    pub status: &'static str,
}

/// What is written down beside what was decided.
#[derive(Default)]
struct Beside {
    invocation: Option<Invocation>,
    delivery: Option<Delivery>,
    measures: Measures,
}

impl Beside {
    fn an_answer(invocation: Option<Invocation>) -> Self {
        Self { invocation, ..Self::default() }
    }

    fn news(told: &Told) -> Self {
        Self { delivery: told.delivery.clone(), measures: told.measures, ..Self::default() }
    }
}

/// What a turn has brought about.
pub(super) struct Outcome {
    pub answer: Option<Answered>,
    pub decision: Decision,
}

impl InHand {
    /// Answers a function; a repeat gets the first answer, byte for byte. Without an answer, what follows from the decision
    /// has to be brought about, and the function asked again.
    pub(super) async fn answer(
        &mut self,
        switchboard: &Switchboard,
        asked: &Asked,
        watch: &Stopwatch,
    ) -> Result<Outcome, Trouble> {
        for _ in 0..RACES_MAX {
            if let Some(text) = self.answered(switchboard, asked).await? {
                let answer = Some(Answered { text, status: "repeated" });
                return Ok(Outcome { answer, decision: Decision::default() });
            }
            let (opened, prefix) = self.opened(switchboard);
            let company = self.company(switchboard)?;
            let decision = decide(switchboard, (&company, &opened), Some(watch), |call, turn| {
                call.invoke(&asked.function, &asked.request, &asked.mark.key(), turn)
            })
            .await?;
            let answer = decision.answer.as_ref().map(|given| Answered {
                text: given.to_json().to_string().into(),
                status: given.status.as_str(),
            });
            let invocation = answer.as_ref().map(|answered| invocation(asked, answered, watch));
            if self.append(switchboard, prefix, &decision, Beside::an_answer(invocation)).await? {
                return Ok(Outcome { answer, decision });
            }
        }
        Err(Trouble::Races)
    }

    /// Takes in news; what is known already changes nothing.
    pub(super) async fn hear(&mut self, switchboard: &Switchboard, told: &Told) -> Result<Outcome, Trouble> {
        let words = self.dated(switchboard, &told.words);
        for _ in 0..RACES_MAX {
            if self.call.knows(told.news) {
                self.note_repeat(switchboard, told).await;
                return Ok(Outcome { answer: None, decision: Decision::default() });
            }
            if told.disconnection_reason.is_some() {
                self.disconnection_reason.clone_from(&told.disconnection_reason);
            }
            let (opened, prefix) = self.opened(switchboard);
            let company = self.company(switchboard)?;
            let hear = |call: &Call, turn: &Turn<'_>| call.hear(told.news, &words, turn);
            let decision = decide(switchboard, (&company, &opened), None, hear).await?;
            if self.append(switchboard, prefix, &decision, Beside::news(told)).await? {
                return Ok(Outcome { answer: None, decision });
            }
        }
        Err(Trouble::Races)
    }

    /// The words, and whether they come so long after the call that nobody waits for what they say any more.
    fn dated(&self, switchboard: &Switchboard, words: &Words) -> Words {
        let late_after = millis(switchboard.settings().late_yes_after_ms);
        let is_late = later(self.call.began_at, late_after) <= switchboard.clock().now();
        words.clone().heard_late(is_late)
    }

    /// Counts a webhook that came again; where that fails, the count alone is wrong.
    async fn note_repeat(&self, switchboard: &Switchboard, told: &Told) {
        let Some(once) = told.delivery.as_ref().and_then(|delivery| delivery.once.as_deref()) else { return };
        let inbox = switchboard.store().inbox(Scope::one(self.call.company));
        if let Err(error) = inbox.came_again(once, switchboard.clock().now()).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a repeated webhook could not be counted"
            );
        }
    }

    /// What was answered before, if it is a repeat.
    async fn answered(&self, switchboard: &Switchboard, asked: &Asked) -> Result<Option<Arc<str>>, Trouble> {
        let since = later(asked.received_at, -millis(switchboard.settings().repeat_window_ms));
        let Some(key) = self.call.answered_as(&asked.mark, since) else { return Ok(None) };
        let calls = switchboard.store().calls(Scope::one(self.call.company));
        Ok(calls.answer(self.call.id, key).await?.map(Arc::from))
    }

    /// The company as it is in this call: what no end is told of is booked at the yes.
    fn company(&self, switchboard: &Switchboard) -> Result<Arc<Company>, Trouble> {
        let directory = switchboard.directory();
        let mut company = directory.company(self.call.company).cloned().ok_or(Trouble::NoCompany)?;
        if is_written(&self.retell_call_id) {
            Arc::make_mut(&mut company).policy.booking_moment = BookingMoment::InCall;
        }
        Ok(company)
    }

    /// The call as it will be decided on: one nobody has heard of yet begins now.
    fn opened(&self, switchboard: &Switchboard) -> (Call, Option<Event>) {
        let mut call = self.call.clone();
        if call.version > 0 {
            return (call, None);
        }
        let withheld = call.caller.number().is_none();
        let began = Event::Began { branch: call.branch, withheld, at: call.began_at };
        call.apply(&began, switchboard.clock().now());
        (call, Some(began))
    }

    /// Writes down what was decided; false: somebody else was faster, and the call has been read again.
    async fn append(
        &mut self,
        switchboard: &Switchboard,
        prefix: Option<Event>,
        decision: &Decision,
        beside: Beside,
    ) -> Result<bool, Trouble> {
        let events: Vec<Event> = prefix.into_iter().chain(decision.events.iter().cloned()).collect();
        if events.is_empty() {
            return Ok(true);
        }
        let at = switchboard.clock().now();
        let before = Head::of(&self.call, &self.retell_call_id, None);
        let mut call = self.call.clone();
        for event in &events {
            call.apply(event, at);
        }
        let (zone, language) = booked_in(switchboard, &call);
        let append = Append {
            before,
            after: Head::of(&call, &self.retell_call_id, self.disconnection_reason.clone()),
            events,
            at,
            invocation: beside.invocation,
            delivery: beside.delivery,
            measures: beside.measures,
            intents: decision.intents.clone(),
            callbacks: decision.callbacks.clone(),
            alerts: decision.alerts.clone(),
            releases: decision.releases.clone(),
            done: decision.done.clone(),
            replaced: decision.replaced.clone(),
            zone,
            language,
        };
        let appending = switchboard.store().journal().append(append);
        match appending.instrument(tracing::debug_span!("append")).await? {
            Appended::Done => {
                self.call = call;
                Ok(true)
            }
            Appended::Conflict => {
                self.reload(switchboard).await?;
                Ok(false)
            }
        }
    }

    /// Reads the call again, as whoever was faster has left it.
    async fn reload(&mut self, switchboard: &Switchboard) -> Result<(), Trouble> {
        let calls = switchboard.store().calls(Scope::one(self.call.company));
        if let Some(row) = calls.find_by_retell_id(&self.retell_call_id).await? {
            self.call = calls.replay(&row).await?;
        }
        Ok(())
    }
}

fn booked_in(switchboard: &Switchboard, call: &Call) -> (String, &'static str) {
    let directory = switchboard.directory();
    let company = directory.company(call.company);
    let branch = company.and_then(|company| company.branch(call.branch?));
    let zone = branch.map_or_else(|| "UTC".to_owned(), |branch| branch.zone_name.clone());
    (zone, company.map(|company| company.language).unwrap_or_default().code())
}

fn invocation(asked: &Asked, answered: &Answered, watch: &Stopwatch) -> Invocation {
    Invocation {
        key: asked.mark.key(),
        function: asked.function.as_str().to_owned(),
        arguments: asked.arguments.clone(),
        answer: Hidden(answered.text.to_string()),
        status: answered.status,
        received_at: asked.received_at,
        duration_ms: i32::try_from(watch.elapsed_ms()).unwrap_or(i32::MAX),
    }
}

/// Lets the machine decide, finding out what it asks for; with a watch, only as long as the caller can wait.
async fn decide(
    switchboard: &Switchboard,
    (company, call): (&Arc<Company>, &Call),
    watch: Option<&Stopwatch>,
    step: impl Fn(&Call, &Turn<'_>) -> Step,
) -> Result<Decision, Trouble> {
    let mut facts = Facts::default();
    let now = switchboard.clock().now();
    while facts.len() < Facts::MAX {
        match step(call, &Turn { company, facts: &facts, now }) {
            Step::Done(decision) => return Ok(*decision),
            Step::Ask(need) => {
                let desk = Inquiry { switchboard, company, call, now, watch };
                let fact = desk.find_out(&need).await?;
                facts.note(need, fact);
            }
        }
    }
    Err(Trouble::Endless)
}
