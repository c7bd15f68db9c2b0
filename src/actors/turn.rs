//! One turn of a call: asks what its machine wants to know, within the caller's patience, then writes down what follows.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use tokio::sync::oneshot;
use tracing::Instrument as _;

use super::awaiting;
use super::courtesy;
use super::errand::Errand;
use super::line::{Line, Unread};
use super::slots::{Question, Stretch};
use super::supervisor::spawn;
use super::switchboard::Switchboard;
use crate::clock::Stopwatch;
use crate::domain::Hidden;
use crate::domain::call::{
    Call, Decision, Event, Fact, Facts, Function, Mark, Need, News, Request, Step, Turn, Words,
};
use crate::domain::directory::{Branch, Company, Offer};
use crate::domain::retry::{later, millis, minutes};
use crate::domain::slot::Slot;
use crate::store::holds::Owner;
use crate::store::journal::{Append, Appended, Delivery, Head, Invocation};
use crate::store::{Error, Scope};

/// How often a lost race for a call's journal is taken up again.
const RACES_MAX: u32 = 8;

/// How long a question may take when no caller is waiting, but Retell is: it gives up a webhook after ten seconds.
const AFTER_THE_CALL: Duration = Duration::from_secs(4);

/// How long a look at free slots waits for the call's own reservation to be gone.
const WAY_MAX: Duration = Duration::from_millis(800);

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
            let decision = decide(switchboard, &opened, Some(watch), |call, turn| {
                call.invoke(&asked.function, &asked.request, &asked.mark.key(), turn)
            })
            .await?;
            let answer = decision.answer.as_ref().map(|given| Answered {
                text: given.to_json().to_string().into(),
                status: given.status.as_str(),
            });
            let invocation = answer.as_ref().map(|answered| invocation(asked, answered, watch));
            if self.append(switchboard, prefix, &decision, (invocation, None)).await? {
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
            let decision =
                decide(switchboard, &opened, None, |call, turn| call.hear(told.news, &words, turn)).await?;
            if self.append(switchboard, prefix, &decision, (None, told.delivery.clone())).await? {
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
        (invocation, delivery): (Option<Invocation>, Option<Delivery>),
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
            invocation,
            delivery,
            intents: decision.intents.clone(),
            callbacks: decision.callbacks.clone(),
            alerts: decision.alerts.clone(),
            releases: decision.releases.clone(),
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
    call: &Call,
    watch: Option<&Stopwatch>,
    step: impl Fn(&Call, &Turn<'_>) -> Step,
) -> Result<Decision, Trouble> {
    let directory = switchboard.directory();
    let company = directory.company(call.company).ok_or(Trouble::NoCompany)?;
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

struct Inquiry<'a> {
    switchboard: &'a Switchboard,
    company: &'a Arc<Company>,
    call: &'a Call,
    now: Timestamp,
    watch: Option<&'a Stopwatch>,
}

impl Inquiry<'_> {
    async fn find_out(&self, need: &Need) -> Result<Fact, Error> {
        let store = self.switchboard.store();
        match need {
            Need::Hold { appointment, slot, until } => {
                let owner = Owner { call: self.call.id, appointment: *appointment };
                // What is to be kept until it is settled is so from the commit that says why; a claim alone runs out.
                let life = minutes(self.company.policy.hold_minutes);
                let until = until.unwrap_or_else(|| later(self.now, life));
                let lanes = self.company.hosts_of(slot.calendar);
                let holds = store.holds(self.company.id);
                holds.claim(owner, (slot, lanes), until, self.now).await.map(Fact::Held)
            }
            Need::Customer { name, number } => {
                store.customers(self.company.id).seen(name, number).await.map(Fact::Customer)
            }
            Need::Code { figures, name } => {
                store.codes(self.company.id).shown((figures, name), self.now).await.map(Fact::Customer)
            }
            Need::Persons { number, and } => {
                store.customers(self.company.id).persons((number.as_ref(), and), self.now).await
            }
            Need::Appointments { customers } => {
                let bookings = store.bookings(Scope::one(self.company.id));
                bookings.existing(customers, self.call.id, self.now).await.map(Fact::Appointments)
            }
            Need::Settled { booking } => {
                let settled = awaiting::settled(self.switchboard, self.company.id, *booking, self.patience());
                settled.await.map(|settled| Fact::Settled(settled.map(Box::new)))
            }
            Need::Slots { appointment, offers, minutes, from, days, fresh } => {
                let range = (*from, *days);
                let patience = self.patience().min(WAY_MAX);
                let hidden = courtesy::make_way(self.switchboard, self.company, self.call, patience).await?;
                match self.free(offers, *minutes, range, *fresh).await {
                    Some(mut slots) => {
                        let asked = (&self.zone(offers).0, range);
                        courtesy::show_own(&mut slots, self.call, &hidden, offers, asked);
                        let owner = Owner { call: self.call.id, appointment: *appointment };
                        self.without_held(owner, offers, range, slots).await.map(Fact::Slots)
                    }
                    None => Ok(Fact::Slots(None)),
                }
            }
        }
    }

    fn branch(&self) -> Option<&Branch> {
        self.call.branch.and_then(|id| self.company.branch(id))
    }

    fn zone(&self, offers: &[Offer]) -> (TimeZone, String) {
        let offered_at = |branch: &&Branch| {
            branch.services.iter().flat_map(|service| &service.offers).any(|offer| offers.contains(offer))
        };
        // A call to one branch may ask for what another has.
        let branch = self.company.branches.iter().find(offered_at).or_else(|| self.branch());
        branch.map_or_else(
            || (TimeZone::UTC, "UTC".into()),
            |branch| (branch.zone.clone(), branch.zone_name.clone()),
        )
    }

    /// Free slots of all the offers; None when one of them could not be read in time.
    async fn free(
        &self,
        offers: &[Offer],
        minutes_long: u32,
        (from, days): (jiff::civil::Date, u8),
        fresh: bool,
    ) -> Option<Vec<Slot>> {
        let (zone, zone_name) = self.zone(offers);
        let asked = offers.iter().map(|offer| {
            let question = Question {
                company: self.company.id,
                event_type_id: offer.event_type_id,
                from,
                days,
                zone: zone.clone(),
                zone_name: zone_name.clone(),
                fresh,
            };
            async move { Some((offer, self.ask(offer, question).await?)) }
        });
        let read = futures_util::future::join_all(asked).await;
        let read: Vec<(&Offer, Vec<Stretch>)> = read.into_iter().collect::<Option<_>>()?;
        let slots = read.into_iter().flat_map(|(offer, stretches)| {
            stretches.into_iter().map(move |(start, end)| Slot {
                start,
                end: end.unwrap_or_else(|| later(start, minutes(minutes_long))),
                event_type_id: offer.event_type_id,
                calendar: offer.calendar,
                staff: offer.staff.clone(),
            })
        });
        Some(slots.collect())
    }

    /// Asks in the background, so that an answer that comes too late for this turn is there for the next.
    async fn ask(&self, offer: &Offer, question: Question) -> Option<Vec<Stretch>> {
        let account = self.company.account_of(offer.calendar)?;
        let errand = Errand { company: self.company.id, call: self.call.id, booking: None };
        let line: Line = self.switchboard.line_for(account, errand)?;
        let (tell, told) = oneshot::channel();
        let slots = self.switchboard.slots().clone();
        let asking = async move {
            // Nobody may be waiting any more; then the cache has gained.
            drop(tell.send(slots.free(&line, &question).await));
        };
        spawn(self.switchboard.desk(), asking.in_current_span());
        let read: Result<Vec<Stretch>, Unread> =
            tokio::time::timeout(self.patience(), told).await.ok()?.ok()?;
        read.ok()
    }

    /// How long a question may still take.
    fn patience(&self) -> Duration {
        match self.watch {
            Some(watch) => watch.left_of(self.switchboard.settings().answer_budget_ms),
            None => AFTER_THE_CALL,
        }
    }

    /// Without those that are full: what others hold, and this call for other appointments, leaves no host for them.
    async fn without_held(
        &self,
        owner: Owner,
        offers: &[Offer],
        (from, days): (jiff::civil::Date, u8),
        mut slots: Vec<Slot>,
    ) -> Result<Option<Vec<Slot>>, Error> {
        let (zone, _) = self.zone(offers);
        let midnight = |days: i64| {
            let day = from.saturating_add(days.days());
            zone.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX)
        };
        let calendars: Vec<_> = offers.iter().map(|offer| offer.calendar).collect();
        let range = (midnight(0), midnight(i64::from(days) + 1));
        let holds = self.switchboard.store().holds(self.company.id);
        let kept = holds.kept_by_others(&calendars, range, owner, self.now).await?;
        slots.retain(|slot| !slot.is_kept_in_all(&kept, self.company.hosts_of(slot.calendar)));
        Ok(Some(slots))
    }
}
