//! The budget actor of one Cal.com account: keeps requests waiting until their turn, most important first.

use std::collections::HashMap;
use std::time::Duration;

use actix::{Actor, Addr, AsyncContext, Context, Handler, Message, MessageResult, SpawnHandle, Supervised};
use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::clock::{Clock, Stopwatch};
use crate::domain::budget::{Budget, Class, Said, Ticket, UsedUp};
use crate::domain::retry::{later, millis};
use crate::meters;

/// The longest a timer runs before the actor looks again.
const LOOK_AGAIN: Duration = Duration::from_mins(1);

/// The actor.
#[derive(Debug)]
pub struct BudgetActor {
    budget: Budget,
    waiting: HashMap<Ticket, Waiting>,
    timer: Option<SpawnHandle>,
    clock: Clock,
}

#[derive(Debug)]
struct Waiting {
    tell: oneshot::Sender<Result<(), UsedUp>>,
    since: Stopwatch,
}

/// Asks for a place in the minute.
#[derive(Debug, Message)]
#[rtype(result = "()")]
struct Place {
    class: Class,
    patience: Duration,
    /// Whoever asks keeps the other end, so that a place given up is seen at once.
    tell: oneshot::Sender<Result<(), UsedUp>>,
}

/// An answer of Cal.com has said how much is left, and in how many seconds that starts anew.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct Told {
    pub left: u32,
    /// Of how many in a whole window; None where it does not say.
    pub of: Option<u32>,
    pub reset_s: u32,
}

/// Another ceiling from now on.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct Ceiling(pub u32);

/// Asks how many wait, by class.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "Vec<(Class, usize)>")]
pub struct Describe;

/// Why a request did not get its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoPlace {
    UsedUp(UsedUp),
    /// The actor is being started again.
    Restarting,
}

/// Waits until a request of that class may leave, for as long as its patience lasts.
pub async fn place(budget: &Addr<BudgetActor>, class: Class, patience: Duration) -> Result<(), NoPlace> {
    let (tell, told) = oneshot::channel();
    budget.send(Place { class, patience, tell }).await.map_err(|_| NoPlace::Restarting)?;
    told.await.map_err(|_| NoPlace::Restarting)?.map_err(NoPlace::UsedUp)
}

impl BudgetActor {
    pub fn new(per_minute: u32, waiting_max: usize, clock: Clock) -> Self {
        Self { budget: Budget::new(per_minute, waiting_max), waiting: HashMap::new(), timer: None, clock }
    }

    /// Lets go whoever may go now and comes back when the next one may.
    fn go_on(&mut self, ctx: &mut Context<Self>) {
        let now = self.clock.now();
        for ticket in self.budget.late(now) {
            let until = self.budget.would_go_at(ticket.class(), now);
            self.tell(ticket, Err(UsedUp { until }));
        }
        while let Some(first) = self.budget.first() {
            // Whoever has hung up takes nobody's place.
            if self.waiting.get(&first).is_none_or(|waiting| waiting.tell.is_closed()) {
                self.budget.leave(first);
                self.waiting.remove(&first);
                continue;
            }
            let Some(gone) = self.budget.depart(now) else { break };
            self.tell(gone, Ok(()));
        }
        self.set_timer(now, ctx);
    }

    fn tell(&mut self, ticket: Ticket, verdict: Result<(), UsedUp>) {
        let Some(Waiting { tell, since }) = self.waiting.remove(&ticket) else { return };
        let class = ticket.class().as_str();
        meters::budget_waited(class, since.elapsed());
        if verdict.is_err() {
            meters::budget_turned_away(class);
        }
        // Whoever asked may have hung up in this very moment.
        drop(tell.send(verdict));
    }

    fn set_timer(&mut self, now: Timestamp, ctx: &mut Context<Self>) {
        if let Some(timer) = self.timer.take() {
            ctx.cancel_future(timer);
        }
        let Some(at) = self.budget.wakes_at(now) else { return };
        let wait = Duration::try_from(at.duration_since(now)).unwrap_or_default().min(LOOK_AGAIN);
        // Timers count whole milliseconds: one too early would look in vain.
        let wait = wait + Duration::from_millis(1);
        self.timer = Some(ctx.run_later(wait, Self::go_on));
    }
}

impl Actor for BudgetActor {
    type Context = Context<Self>;
}

impl Supervised for BudgetActor {
    /// Its timer is gone with the fall; who waited still waits.
    fn restarting(&mut self, ctx: &mut Self::Context) {
        self.timer = None;
        ctx.run_later(Duration::ZERO, Self::go_on);
    }
}

impl Handler<Place> for BudgetActor {
    type Result = ();

    fn handle(&mut self, Place { class, patience, tell }: Place, ctx: &mut Self::Context) {
        let now = self.clock.now();
        let patience_ms = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
        match self.budget.join(class, later(now, millis(patience_ms)), now) {
            Ok(ticket) => {
                self.waiting.insert(ticket, Waiting { tell, since: Clock::stopwatch() });
                self.go_on(ctx);
            }
            Err(used_up) => {
                meters::budget_turned_away(class.as_str());
                drop(tell.send(Err(used_up)));
            }
        }
    }
}

impl Handler<Told> for BudgetActor {
    type Result = ();

    fn handle(&mut self, Told { left, of, reset_s }: Told, ctx: &mut Self::Context) {
        let now = self.clock.now();
        let reset_at = later(now, millis(u64::from(reset_s) * 1_000));
        self.budget.told(Said { left, of, reset_at }, now);
        self.go_on(ctx);
    }
}

impl Handler<Ceiling> for BudgetActor {
    type Result = ();

    fn handle(&mut self, Ceiling(per_minute): Ceiling, ctx: &mut Self::Context) {
        self.budget.set_ceiling(per_minute);
        self.go_on(ctx);
    }
}

impl Handler<Describe> for BudgetActor {
    type Result = MessageResult<Describe>;

    fn handle(&mut self, _: Describe, _: &mut Self::Context) -> Self::Result {
        MessageResult(Class::ALL.map(|class| (class, self.budget.waiting(class))).to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors::supervisor::{Falls, supervise};

    const PATIENT: Duration = Duration::from_mins(5);

    fn budget(per_minute: u32) -> (actix_rt::Arbiter, Addr<BudgetActor>) {
        let arbiter = actix_rt::Arbiter::new();
        let make = move || BudgetActor::new(per_minute, 100, Clock::default());
        let addr = supervise(&arbiter.handle(), &Falls::default(), "budget test".into(), make);
        (arbiter, addr)
    }

    #[actix_rt::test]
    async fn of_those_who_wait_the_booking_goes_first() {
        // A fifth of 600 leaves at once; after it one every 125 ms.
        let (_arbiter, budget) = budget(600);
        for _ in 0..120 {
            place(&budget, Class::Question, PATIENT).await.unwrap();
        }
        let order = std::sync::Mutex::new(Vec::new());
        let ask = async |class| {
            place(&budget, class, PATIENT).await.unwrap();
            order.lock().unwrap().push(class);
        };

        tokio::join!(biased; ask(Class::Sweep), ask(Class::Question), ask(Class::Booking));

        assert_eq!(*order.lock().unwrap(), [Class::Booking, Class::Question, Class::Sweep]);
    }

    #[actix_rt::test]
    async fn who_hung_up_takes_nobodys_place() {
        let (_arbiter, budget) = budget(2);
        place(&budget, Class::Look, PATIENT).await.unwrap();
        for _ in 0..3 {
            let mut hung_up = Box::pin(place(&budget, Class::Booking, PATIENT));
            assert!(futures_util::poll!(&mut hung_up).is_pending());
            // Once the actor has answered this, it has taken the place in, too.
            let waiting = budget.send(Describe).await.unwrap();
            assert_eq!(waiting[0], (Class::Booking, 1));
            assert!(futures_util::poll!(&mut hung_up).is_pending());
        }

        budget.send(Ceiling(6_000_000)).await.unwrap();

        place(&budget, Class::Sweep, PATIENT).await.unwrap();
        let waiting = budget.send(Describe).await.unwrap();
        assert!(waiting.iter().all(|(_, count)| *count == 0), "{waiting:?}");
    }

    #[actix_rt::test]
    async fn after_a_word_from_cal_com_a_question_is_turned_away_at_once() {
        let (_arbiter, budget) = budget(100);
        budget.send(Told { left: 0, of: None, reset_s: 42 }).await.unwrap();

        let refused = place(&budget, Class::Question, Duration::from_secs(2)).await;

        assert!(matches!(refused, Err(NoPlace::UsedUp(_))), "{refused:?}");
    }
}
