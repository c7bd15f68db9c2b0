//! Keeps actors alive: a panic in a handler costs the message it was handling, never the actor, its address or its mailbox.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{self, Poll};

use actix::dev::{ContextFut, channel};
use actix::{Actor, Addr, Context, Supervised};
use actix_rt::ArbiterHandle;

use crate::meters;

/// Messages that may wait for an actor before senders have to wait themselves.
const MAILBOX: usize = 64;

/// How often actors had to be put on their feet again. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Falls(Arc<AtomicU64>);

impl Falls {
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Starts an actor there that is restarted, with what it knew and what waits for it, whenever it panics. The first
/// word of its name is its kind.
pub fn supervise<A, F>(there: &ArbiterHandle, falls: &Falls, name: String, make: F) -> Addr<A>
where
    A: Supervised<Context = Context<A>>,
    F: FnOnce() -> A + Send + 'static,
{
    let (sender, receiver) = channel::channel(MAILBOX);
    let falls = falls.clone();
    let started = there.spawn_fn(move || {
        let context = Context::with_receiver(receiver);
        let life = Box::pin(context.into_future(make()));
        live(Guarded { life, name, falls });
    });
    if !started {
        tracing::error!("an actor's thread is gone; the process is stopping");
    }
    Addr::new(sender)
}

#[expect(clippy::disallowed_methods, reason = "this is the one place where actors come to life")]
fn live<A: Supervised<Context = Context<A>>>(guarded: Guarded<A>) {
    actix_rt::spawn(guarded);
}

/// Runs work there that may outlive whoever asked for it.
pub fn spawn<F>(there: &ArbiterHandle, work: F)
where
    F: Future<Output = ()> + Send + 'static,
{
    if !there.spawn(work) {
        tracing::warn!("work was not started: the process is stopping");
    }
}

struct Guarded<A>
where
    A: Actor<Context = Context<A>>,
{
    life: Pin<Box<ContextFut<A, Context<A>>>>,
    name: String,
    falls: Falls,
}

impl<A> Future for Guarded<A>
where
    A: Supervised<Context = Context<A>>,
{
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<()> {
        loop {
            match catch_unwind(AssertUnwindSafe(|| self.life.as_mut().poll(cx))) {
                Ok(Poll::Pending) => return Poll::Pending,
                Ok(Poll::Ready(())) => return Poll::Ready(()),
                Err(_) => {
                    self.falls.0.fetch_add(1, Ordering::Relaxed);
                    meters::actor_fell(self.name.split(' ').next().unwrap_or_default());
                    tracing::error!(actor = %self.name, "actor {} panicked and is started again", self.name);
                }
            }
            // Nobody holds its address any more: there is nobody to live for.
            if !self.life.restart() {
                return Poll::Ready(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use actix::{Handler, Message};

    use super::*;

    struct Counter(u32);

    impl Actor for Counter {
        type Context = Context<Self>;
    }

    impl Supervised for Counter {}

    struct Add {
        panic: bool,
    }

    impl Message for Add {
        type Result = u32;
    }

    impl Handler<Add> for Counter {
        type Result = u32;

        fn handle(&mut self, add: Add, _: &mut Self::Context) -> u32 {
            assert!(!add.panic, "as the test wants it");
            self.0 += 1;
            self.0
        }
    }

    #[actix_rt::test]
    async fn a_panic_costs_the_message_and_nothing_else() {
        let arbiter = actix_rt::Arbiter::new();
        let falls = Falls::default();
        let addr = supervise(&arbiter.handle(), &falls, "counter".into(), || Counter(0));

        assert_eq!(addr.send(Add { panic: false }).await.unwrap(), 1);
        let (bad, good) = tokio::join!(addr.send(Add { panic: true }), addr.send(Add { panic: false }));

        assert!(bad.is_err());
        assert_eq!(good.unwrap(), 2);
        assert_eq!(falls.count(), 1);
    }
}
