//! A call played against the real set-up without writing anything: real free times, the real conversation, no trace.

use std::sync::Arc;

use futures_util::future::join_all;
use jiff::{Timestamp, ToSpan};
use schemars::JsonSchema;
use serde::Serialize;

use crate::actors::Switchboard;
use crate::actors::slots::Question;
use crate::domain::answer::{Answer, Status};
use crate::domain::call::{
    Call, Decision, Event, Fact, Facts, Function, Need, News, Request, Step, Turn, Words,
};
use crate::domain::directory::{Branch, Company, Offer, Service};
use crate::domain::phone::Caller;
use crate::domain::policy::BookingMoment;
use crate::domain::readiness::{Area, Finding};
use crate::domain::retry::{later, minutes};
use crate::domain::slot::Slot;

/// One of the numbers that the German network agency keeps free for films.
const CALLER: &str = "+493023125123";
const NAME: &str = "Paula Probe";
/// How many days are asked about before the rehearsal gives up.
const DAYS_MAX: i64 = 14;

/// What the caller of one service would have heard.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema, JsonSchema)]
pub struct Rehearsal {
    pub company: String,
    pub branch: String,
    pub service: String,
    pub heard: Vec<Heard>,
}

/// One sentence, and what it answers.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema, JsonSchema)]
pub struct Heard {
    pub function: String,
    pub status: &'static str,
    pub sentence: String,
}

/// Why a rehearsal ended before its time.
struct Stuck {
    what: String,
    fix: String,
}

/// Plays one call for each service of each branch, one after the other.
pub(super) async fn rehearse(house: &Switchboard, company: &Arc<Company>) -> (Vec<Rehearsal>, Vec<Finding>) {
    let (mut played, mut findings) = (Vec::new(), Vec::new());
    // Whatever is booked while a caller is on the line is decided on as at the end; nothing of it is written here.
    let mut at_the_end = Company::clone(company);
    at_the_end.policy.booking_moment = BookingMoment::CallEnd;
    let company = &Arc::new(at_the_end);
    for branch in company.branches.iter().filter(|branch| !branch.paused) {
        for service in branch.offered() {
            let mut stage = Stage::open(house, company, branch, service);
            findings.push(stage.play().await);
            played.push(Rehearsal {
                company: company.slug.clone(),
                branch: branch.slug.clone(),
                service: service.slug.clone(),
                heard: stage.heard,
            });
        }
    }
    (played, findings)
}

struct Stage<'a> {
    house: &'a Switchboard,
    company: &'a Arc<Company>,
    branch: &'a Branch,
    service: &'a Service,
    call: Call,
    heard: Vec<Heard>,
}

impl<'a> Stage<'a> {
    fn open(
        house: &'a Switchboard,
        company: &'a Arc<Company>,
        branch: &'a Branch,
        service: &'a Service,
    ) -> Self {
        let now = house.clock().now();
        let mut call =
            Call::new(house.clock().mint().into(), company.id, Caller::from_wire(Some(CALLER)), now);
        call.apply(&Event::Began { branch: Some(branch.id), withheld: false, at: now }, now);
        Self { house, company, branch, service, call, heard: Vec::new() }
    }

    async fn play(&mut self) -> Finding {
        let subject = format!("{}/{}", self.branch.slug, self.service.slug);
        match self.through().await {
            Ok(start) => {
                let local = start.to_zoned(self.branch.zone.clone()).strftime("%Y-%m-%d %H:%M");
                let what = format!("a caller would be booked on {local}; nothing was written");
                Finding::green(Area::Rehearsal, subject, what)
            }
            Err(Stuck { what, fix }) => Finding::red(Area::Rehearsal, subject, what, fix),
        }
    }

    /// From the first question to the promise; the start of what would be booked.
    async fn through(&mut self) -> Result<Timestamp, Stuck> {
        self.expect(Function::ListServices, first(), &[Status::Services]).await?;
        let slot_id = self.free_time().await?;
        let wish = Request {
            slot_id: Some(slot_id),
            service: Some(self.service.name.clone()),
            name: Some(NAME.into()),
            ..first()
        };
        let read_back = [Status::Held, Status::Confirmed];
        let answer = self.expect(Function::CollectAppointment, wish, &read_back).await?;
        if answer.status == Status::Held {
            let yes = Request { confirmed: Some(true), ..first() };
            self.expect(Function::CollectAppointment, yes, &[Status::Confirmed]).await?;
        }
        let end = self.decide(|call, turn| call.hear(News::Ended, &Words::default(), turn)).await?;
        let intent = end.intents.first().ok_or_else(|| fault("the call ended without a booking to make"))?;
        Ok(intent.slot.start)
    }

    /// Tomorrow, or the first day after it on which something is free.
    async fn free_time(&mut self) -> Result<String, Stuck> {
        let today = self.house.clock().now().to_zoned(self.branch.zone.clone()).date();
        for ahead in 1..=DAYS_MAX {
            let day = today.saturating_add(ahead.days());
            let question =
                Request { date: Some(day.to_string()), service: Some(self.service.name.clone()), ..first() };
            let answer = self.invoke(Function::CheckAvailability, question).await?;
            if answer.status == Status::Available {
                let handle = answer.field("slots").and_then(|slots| slots[0]["slot_id"].as_str());
                return handle.map(str::to_owned).ok_or_else(|| fault("a free time has no handle"));
            }
            if !matches!(answer.status, Status::Closed | Status::Unavailable | Status::TooSoon) {
                return Err(unexpected(&answer));
            }
        }
        Err(Stuck {
            what: format!("nothing is free in the next {DAYS_MAX} days"),
            fix: "at Cal.com: let the event type's schedule overlap with the branch's hours; or correct hours in the \
                  company's file, then fernamt apply FILE"
                .into(),
        })
    }

    async fn expect(
        &mut self,
        function: Function,
        request: Request,
        wanted: &[Status],
    ) -> Result<Answer, Stuck> {
        let answer = self.invoke(function, request).await?;
        if wanted.contains(&answer.status) { Ok(answer) } else { Err(unexpected(&answer)) }
    }

    async fn invoke(&mut self, function: Function, request: Request) -> Result<Answer, Stuck> {
        let key = format!("rehearsal {}", self.heard.len());
        let decision = self.decide(|call, turn| call.invoke(&function, &request, &key, turn)).await?;
        let answer = decision.answer.ok_or_else(|| fault("a function was not answered"))?;
        self.heard.push(Heard {
            function: function.as_str().to_owned(),
            status: answer.status.as_str(),
            sentence: answer.message.clone(),
        });
        Ok(answer)
    }

    /// Lets the machine decide; its events happen to this call alone and to no book.
    async fn decide(&mut self, step: impl Fn(&Call, &Turn<'_>) -> Step) -> Result<Decision, Stuck> {
        let now = self.house.clock().now();
        let mut facts = Facts::default();
        while facts.len() < Facts::MAX {
            match step(&self.call, &Turn { company: self.company, facts: &facts, now }) {
                Step::Ask(need) => {
                    let fact = self.find_out(&need).await;
                    facts.note(need, fact);
                }
                Step::Done(decision) => {
                    decision.events.iter().for_each(|event| self.call.apply(event, now));
                    return Ok(*decision);
                }
            }
        }
        Err(fault("the conversation asked too many questions"))
    }

    async fn find_out(&self, need: &Need) -> Fact {
        match need {
            // Nobody is kept from a slot by a rehearsal.
            Need::Hold { .. } => Fact::Held(true),
            Need::Customer { .. } | Need::Code { .. } => Fact::Customer(None),
            Need::Earlier { .. } => Fact::Earlier(None),
            // Nobody is known in a rehearsal.
            Need::Persons { .. } => Fact::Persons { known: Vec::new(), failed_today: 0 },
            Need::Appointments { .. } => Fact::Appointments(Vec::new()),
            Need::Settled { .. } | Need::Ordered { .. } => Fact::Settled(None),
            Need::Slots { offers, minutes, from, days, fresh, .. } => {
                let question = |offer: &Offer| Question {
                    company: self.company.id,
                    event_type_id: offer.event_type_id,
                    from: *from,
                    days: *days,
                    zone: self.branch.zone.clone(),
                    zone_name: self.branch.zone_name.clone(),
                    fresh: *fresh,
                };
                let read = join_all(offers.iter().map(|offer| self.free(offer, question(offer), *minutes)));
                let read: Option<Vec<Vec<Slot>>> = read.await.into_iter().collect();
                Fact::Slots(read.map(|slots| slots.concat()))
            }
        }
    }

    async fn free(&self, offer: &Offer, question: Question, minutes_long: u32) -> Option<Vec<Slot>> {
        let line = self.house.line(self.company.account_of(offer.calendar)?)?;
        let stretches = self.house.slots().free(&line, &question).await.ok()?;
        let slot = |(start, end): (Timestamp, Option<Timestamp>)| Slot {
            start,
            end: end.unwrap_or_else(|| later(start, minutes(minutes_long))),
            event_type_id: offer.event_type_id,
            calendar: offer.calendar,
            staff: offer.staff.clone(),
        };
        Some(stretches.into_iter().map(slot).collect())
    }
}

/// A request about the call's first appointment.
fn first() -> Request {
    Request { appointment: Some(1), ..Request::default() }
}

fn unexpected(answer: &Answer) -> Stuck {
    let what = format!("the caller would hear \"{}\" ({})", answer.message, answer.status.as_str());
    let fix = "put right what is red or yellow about this branch, this service and its Cal.com account, then rehearse again";
    Stuck { what, fix: fix.into() }
}

/// What no set-up can bring about.
fn fault(what: &str) -> Stuck {
    let fix = "this is a fault of Fernamt, not of the set-up: report it with what the caller heard";
    Stuck { what: what.into(), fix: fix.into() }
}
