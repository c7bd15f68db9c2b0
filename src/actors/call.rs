//! The call actor: a warm copy of one call's journal. It works one thing after the other and answers after the commit.

mod following;

use std::collections::VecDeque;

use actix::{
    Actor, ActorContext, ActorFutureExt, AsyncContext, Context, Handler, Message, ResponseFuture,
    SpawnHandle, Supervised, WrapFuture,
};
use jiff::Timestamp;
use tokio::sync::oneshot;
use tracing::{Instrument as _, Span};

use following::{raise_alarm, take_over};

use super::branch::PlaceBooking;
use super::courtesy;
use super::enquiries::last_word;
use super::prefetch;
use super::switchboard::{CallKey, Switchboard};
pub use super::turn::{Answered, Asked, Told, Trouble};
use super::turn::{InHand, Outcome};
use crate::clock::Clock;
use crate::domain::call::{Call, Event, News, Phase};
use crate::domain::ids::BranchId;
use crate::domain::phone::Caller;
use crate::domain::retry::{later, millis};
use crate::meters;
use crate::store::{Error, Scope};

/// Things waiting to be worked on in one call; more are turned away.
const WAITING_MAX: usize = 64;

/// How often what was decided is brought about before a function is answered.
const STAGES_MAX: usize = 4;

/// How soon a decision that failed is taken again.
const WAIT_MIN: std::time::Duration = std::time::Duration::from_secs(1);

/// What is known of a call when its first sign arrives.
#[derive(Clone, Debug)]
pub struct Seed {
    pub caller: Caller,
    pub began_at: Timestamp,
    pub branch: Option<BranchId>,
}

/// A function call of the agent.
#[derive(Debug, Message)]
#[rtype(result = "Result<Answered, Trouble>")]
pub struct Invoke(Asked, Span);

/// News about the call; answered when they are in the books.
#[derive(Debug, Message)]
#[rtype(result = "Result<(), Trouble>")]
pub struct Hear(Told, Span);

/// Asks how it stands; None: it has not been read from the books yet.
#[derive(Debug, Message)]
#[rtype(result = "Option<Call>")]
pub struct Describe;

/// Forget everything and go: the words of this call were taken out of the books.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Forget;

/// Be there: reads the call from the books and takes up its timers.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct WakeUp;

impl Invoke {
    /// What it brings about hangs under the span it is made in.
    pub fn new(asked: Asked) -> Self {
        Self(asked, Span::current())
    }
}

impl Hear {
    /// What it brings about hangs under the span it is made in.
    pub fn new(told: Told) -> Self {
        Self(told, Span::current())
    }
}

/// Something to work on, under the span it came from.
struct Job {
    task: Task,
    from: Span,
}

enum Task {
    Invoke(Box<Asked>, oneshot::Sender<Result<Answered, Trouble>>),
    Hear(Box<Told>, oneshot::Sender<Result<(), Trouble>>),
    WakeUp,
    /// The time for the analysis is up; with what Retell has said about the call by now.
    TimeIsUp(Box<Told>),
}

impl Task {
    /// What it is, for spans.
    fn what(&self) -> &'static str {
        match self {
            Self::Invoke(asked, _) => asked.function.known(),
            Self::Hear(told, _) | Self::TimeIsUp(told) => told.news.as_str(),
            Self::WakeUp => "wake_up",
        }
    }
}

/// The actor.
pub struct CallActor {
    key: CallKey,
    seed: Seed,
    switchboard: Switchboard,
    in_hand: Option<InHand>,
    waiting: VecDeque<Job>,
    is_working: bool,
    idle: Option<SpawnHandle>,
    analysis: Option<SpawnHandle>,
    /// How often the time was up already without the call being settled.
    overtime: u32,
    /// The words of the last webhook, for the decision when nothing more comes.
    last_words: crate::domain::call::Words,
}

impl std::fmt::Debug for CallActor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CallActor({:?})", self.in_hand.as_ref().map(|in_hand| in_hand.call.id))
    }
}

impl CallActor {
    pub fn new(switchboard: Switchboard, key: CallKey, seed: Seed) -> Self {
        Self {
            key,
            seed,
            switchboard,
            in_hand: None,
            waiting: VecDeque::new(),
            is_working: false,
            idle: None,
            analysis: None,
            overtime: 0,
            last_words: crate::domain::call::Words::default(),
        }
    }

    fn enqueue(&mut self, (task, from): (Task, Span), ctx: &mut Context<Self>) {
        if self.waiting.len() < WAITING_MAX {
            self.waiting.push_back(Job { task, from });
        } else {
            // Whoever waits for it is told that nothing came of it.
            meters::turned_away("call_waiting");
        }
        self.go_on(ctx);
    }

    fn go_on(&mut self, ctx: &mut Context<Self>) {
        if self.is_working {
            return;
        }
        let Some(job) = self.waiting.pop_front() else { return };
        self.is_working = true;
        let work = Work {
            switchboard: self.switchboard.clone(),
            key: self.key.clone(),
            seed: self.seed.clone(),
            in_hand: self.in_hand.take(),
            last_words: self.last_words.clone(),
            is_erased: false,
        };
        ctx.spawn(work.run(job).into_actor(self).map(|work, actor, ctx| actor.worked(work, ctx)));
    }

    fn worked(&mut self, work: Work, ctx: &mut Context<Self>) {
        self.is_working = false;
        self.in_hand = work.in_hand;
        self.last_words = work.last_words;
        self.set_timers(ctx);
        self.go_on(ctx);
    }

    fn set_timers(&mut self, ctx: &mut Context<Self>) {
        if let Some(handle) = self.idle.take() {
            ctx.cancel_future(handle);
        }
        let settings = self.switchboard.settings();
        let idle = std::time::Duration::from_millis(settings.idle_ms);
        let phase = self.in_hand.as_ref().map(|in_hand| in_hand.call.phase);
        match phase {
            Some(Phase::Ended { at }) if self.analysis.is_none() => {
                let due = later(at, millis(settings.analysis_wait_ms));
                let wait = due.duration_since(self.switchboard.clock().now());
                // If the books fail when the time is up, it is tried again, less and less often.
                let pause = WAIT_MIN * 2u32.pow(self.overtime.min(6));
                let wait = std::time::Duration::try_from(wait).unwrap_or_default().max(pause);
                self.analysis = Some(ctx.run_later(wait, Self::time_is_up));
            }
            Some(Phase::Ended { .. }) => {}
            Some(Phase::Live | Phase::Settled { .. }) | None => {
                self.idle = Some(ctx.run_later(idle, Self::leave));
            }
        }
    }

    /// Asks Retell once for what it has by now, beside whatever else comes in, and then decides.
    fn time_is_up(&mut self, ctx: &mut Context<Self>) {
        self.overtime += 1;
        let asking = last_word(self.switchboard.clone(), self.key.clone(), self.last_words.clone());
        self.analysis = Some(ctx.spawn(asking.into_actor(self).map(|told, actor, ctx| {
            actor.analysis = None;
            actor.enqueue((Task::TimeIsUp(Box::new(told)), Span::none()), ctx);
        })));
    }

    /// Nothing has happened for a while: the books remember, the actor goes.
    fn leave(&mut self, ctx: &mut Context<Self>) {
        if !self.is_working && self.waiting.is_empty() {
            self.switchboard.forget_call(&self.key, &ctx.address());
            ctx.stop();
        }
    }
}

/// What a job takes with it while the actor stays free to be asked.
struct Work {
    switchboard: Switchboard,
    key: CallKey,
    seed: Seed,
    in_hand: Option<InHand>,
    last_words: crate::domain::call::Words,
    /// Its words were taken out of the books: what is told of it now is not taken in.
    is_erased: bool,
}

impl Work {
    async fn run(mut self, Job { task, from }: Job) -> Self {
        if let Err(error) = self.read().instrument(from.clone()).await {
            let error = &error as &dyn std::error::Error;
            from.in_scope(|| tracing::error!(error, "a call could not be read from the books"));
            return self;
        }
        let span = self.span(&task, &from);
        self.work(task).instrument(span).await
    }

    /// The span of a turn: whose call it is, by our own id.
    fn span(&self, task: &Task, from: &Span) -> Span {
        let Some(in_hand) = &self.in_hand else { return from.clone() };
        let call = in_hand.call.id;
        from.record("call.id", tracing::field::display(call));
        let directory = self.switchboard.directory();
        let company = directory.company(self.key.0).map(|company| company.slug.as_str());
        tracing::info_span!(parent: from, "turn", call.id = %call, company, what = task.what())
    }

    async fn work(mut self, task: Task) -> Self {
        match task {
            Task::Invoke(asked, tell) => {
                let answer = self.invoke(*asked).await;
                // Whoever asked may have hung up; the answer is in the books for when it is asked again.
                drop(tell.send(answer));
            }
            Task::Hear(told, tell) => {
                let heard = self.hear(&told).await;
                drop(tell.send(heard));
            }
            Task::WakeUp => {}
            Task::TimeIsUp(told) => {
                if let Err(error) = self.hear(&told).await {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "a call could not be settled; it is tried again"
                    );
                }
            }
        }
        self
    }

    async fn read(&mut self) -> Result<(), Error> {
        if self.in_hand.is_some() {
            return Ok(());
        }
        let (company, retell_call_id) = self.key.clone();
        let calls = self.switchboard.store().calls(Scope::one(company));
        let call = match calls.find_by_retell_id(&retell_call_id).await? {
            Some(row) if row.erased_at.is_some() => {
                self.is_erased = true;
                return Ok(());
            }
            Some(row) => {
                self.last_words = super::recovery::last_words(&self.switchboard, &row).await?;
                calls.replay(&row).await?
            }
            None => {
                let id = self.switchboard.clock().mint().into();
                let mut call = Call::new(id, company, self.seed.caller.clone(), self.seed.began_at);
                call.branch = self.seed.branch;
                call
            }
        };
        self.in_hand = Some(InHand { call, retell_call_id, disconnection_reason: None });
        Ok(())
    }

    async fn invoke(&mut self, asked: Asked) -> Result<Answered, Trouble> {
        let watch = Clock::stopwatch();
        for _ in 0..STAGES_MAX {
            let Some(in_hand) = self.in_hand.as_mut() else { return Err(Trouble::NoCompany) };
            let outcome = in_hand.answer(&self.switchboard, &asked, &watch).await?;
            self.follow(&outcome).await;
            if let Some(answer) = outcome.answer {
                return Ok(answer);
            }
        }
        Err(Trouble::Endless)
    }

    async fn hear(&mut self, told: &Told) -> Result<(), Trouble> {
        if self.is_erased {
            return Ok(());
        }
        let Some(in_hand) = self.in_hand.as_mut() else { return Err(Trouble::NoCompany) };
        if told.news == News::Started && !in_hand.call.knows(News::Started) {
            prefetch::read_ahead(&self.switchboard, self.key.0, in_hand.call.branch);
        }
        let outcome = in_hand.hear(&self.switchboard, told).await?;
        if matches!(told.news, News::Ended | News::Analyzed | News::Found { .. }) {
            self.last_words = told.words.clone();
        }
        self.follow(&outcome).await;
        Ok(())
    }

    /// What follows from a decision that is in the books.
    async fn follow(&self, outcome: &Outcome) {
        let Some(in_hand) = &self.in_hand else { return };
        for event in &outcome.decision.events {
            raise_alarm(in_hand, event);
            if let Event::Resumed { from } = event {
                take_over(&self.switchboard, self.key.0, *from).await;
            }
        }
        courtesy::follow(&self.switchboard, &in_hand.call);
        for intent in outcome.decision.intents.iter().filter(|intent| !intent.test_mode) {
            let branch = self.switchboard.branch(self.key.0, intent.branch);
            let place = PlaceBooking { booking: intent.booking, calendar: intent.slot.calendar };
            if branch.send(place).await.is_err() {
                tracing::warn!(booking.id = %intent.booking, "booking {} waits for the sweep", intent.booking);
            }
        }
    }
}

impl Actor for CallActor {
    type Context = Context<Self>;
}

impl Supervised for CallActor {
    /// What was under way is lost to memory, not to the books: they are read again.
    fn restarting(&mut self, ctx: &mut Self::Context) {
        self.in_hand = None;
        self.is_working = false;
        (self.idle, self.analysis) = (None, None);
        self.waiting.push_front(Job { task: Task::WakeUp, from: Span::none() });
        ctx.run_later(std::time::Duration::ZERO, Self::go_on);
    }
}

impl Handler<Invoke> for CallActor {
    type Result = ResponseFuture<Result<Answered, Trouble>>;

    fn handle(&mut self, Invoke(asked, from): Invoke, ctx: &mut Self::Context) -> Self::Result {
        let (tell, told) = oneshot::channel();
        self.enqueue((Task::Invoke(Box::new(asked), tell), from), ctx);
        Box::pin(async move { told.await.unwrap_or(Err(Trouble::Races)) })
    }
}

impl Handler<Hear> for CallActor {
    type Result = ResponseFuture<Result<(), Trouble>>;

    fn handle(&mut self, Hear(news, from): Hear, ctx: &mut Self::Context) -> Self::Result {
        let (tell, told) = oneshot::channel();
        self.enqueue((Task::Hear(Box::new(news), tell), from), ctx);
        Box::pin(async move { told.await.unwrap_or(Err(Trouble::Races)) })
    }
}

impl Handler<WakeUp> for CallActor {
    type Result = ();

    fn handle(&mut self, _: WakeUp, ctx: &mut Self::Context) {
        self.enqueue((Task::WakeUp, Span::none()), ctx);
    }
}

impl Handler<Forget> for CallActor {
    type Result = ();

    fn handle(&mut self, _: Forget, ctx: &mut Self::Context) {
        self.in_hand = None;
        self.last_words = crate::domain::call::Words::default();
        // Whoever waits is told that nothing came of it.
        self.waiting.clear();
        self.switchboard.forget_call(&self.key, &ctx.address());
        ctx.stop();
    }
}

impl Handler<Describe> for CallActor {
    type Result = Option<Call>;

    fn handle(&mut self, _: Describe, _: &mut Self::Context) -> Option<Call> {
        self.in_hand.as_ref().map(|in_hand| in_hand.call.clone())
    }
}
