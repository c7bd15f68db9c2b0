//! The breaker actor of one Cal.com account: gives leave to send, takes note of how it went, keeps its state over a panic.

use actix::{Actor, Context, Handler, Message, Supervised};

use crate::clock::Clock;
use crate::domain::breaker::{Breaker, Face, Permit, Report, Rules, Tripped};
use crate::meters;
use crate::store::bell::{Bell, Change};

/// The actor.
#[derive(Debug)]
pub struct BreakerActor {
    breaker: Breaker,
    clock: Clock,
    name: String,
    bell: Bell,
}

/// Asks for leave to send one request.
#[derive(Debug, Message)]
#[rtype(result = "Result<Permit, Tripped>")]
pub struct Admit;

/// Tells how the request with that permit ended.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Record {
    pub permit: Permit,
    pub report: Report,
}

/// Asks how it stands.
#[derive(Debug, Message)]
#[rtype(result = "Description")]
pub struct Describe;

/// A person says: try again now.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Reset;

/// How a breaker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    pub face: Face,
    pub failures: u32,
    pub opens: u64,
    pub retry_at: Option<jiff::Timestamp>,
}

impl BreakerActor {
    pub fn new(rules: Rules, clock: Clock, name: String, bell: Bell) -> Self {
        Self { breaker: Breaker::new(rules), clock, name, bell }
    }

    fn ring(&self) {
        self.bell.ring(Change::Breaker { account: self.name.clone() });
    }
}

impl Actor for BreakerActor {
    type Context = Context<Self>;
}

impl Supervised for BreakerActor {}

impl Handler<Admit> for BreakerActor {
    type Result = Result<Permit, Tripped>;

    fn handle(&mut self, _: Admit, _: &mut Self::Context) -> Self::Result {
        self.breaker.admit(self.clock.now())
    }
}

impl Handler<Record> for BreakerActor {
    type Result = ();

    fn handle(&mut self, Record { permit, report }: Record, _: &mut Self::Context) {
        let before = self.breaker.face();
        self.breaker.record(permit, report, self.clock.now());
        let (name, after) = (&self.name, self.breaker.face());
        if before == after {
            return;
        }
        self.ring();
        match after {
            Face::Closed => tracing::info!(account = %name, "account {name} answers again"),
            Face::HalfOpen => {}
            Face::Open => {
                meters::breaker_opened(name);
                tracing::warn!(account = %name, "account {name} does not answer, sending stops");
            }
            Face::Misconfigured => {
                meters::breaker_opened(name);
                tracing::error!(account = %name, "account {name} refuses our key: set a valid one and apply it");
            }
        }
    }
}

impl Handler<Describe> for BreakerActor {
    type Result = actix::MessageResult<Describe>;

    fn handle(&mut self, _: Describe, _: &mut Self::Context) -> Self::Result {
        let breaker = &self.breaker;
        actix::MessageResult(Description {
            face: breaker.face(),
            failures: breaker.failures(),
            opens: breaker.opens(),
            retry_at: breaker.retry_at(self.clock.now()),
        })
    }
}

impl Handler<Reset> for BreakerActor {
    type Result = ();

    fn handle(&mut self, _: Reset, _: &mut Self::Context) {
        self.breaker.reset();
        self.ring();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors::supervisor::{Falls, supervise};

    struct Crash;

    impl Message for Crash {
        type Result = ();
    }

    impl Handler<Crash> for BreakerActor {
        type Result = ();

        fn handle(&mut self, _: Crash, _: &mut Self::Context) {
            panic!("as the test wants it");
        }
    }

    #[actix_rt::test]
    async fn a_panic_in_the_breaker_loses_nothing_and_it_is_back() {
        let arbiter = actix_rt::Arbiter::new();
        let (falls, clock) = (Falls::default(), Clock::default());
        let rules = Rules { failures_max: 2, cool_down_ms: 60_000, probe_max_ms: 1_000 };
        let make = move || BreakerActor::new(rules, clock, "test".into(), Bell::default());
        let breaker = supervise(&arbiter.handle(), &falls, "breaker test".into(), make);
        for _ in 0..2 {
            let permit = breaker.send(Admit).await.unwrap().unwrap();
            breaker.send(Record { permit, report: Report::Failed }).await.unwrap();
        }

        let (crashed, refused) = tokio::join!(breaker.send(Crash), breaker.send(Admit));

        assert!(crashed.is_err());
        assert!(refused.unwrap().is_err(), "an open breaker stays open over a panic");
        assert_eq!(breaker.send(Describe).await.unwrap().face, Face::Open);
        assert_eq!(falls.count(), 1);
    }
}
