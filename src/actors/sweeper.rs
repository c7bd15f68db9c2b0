//! The sweeper: now and then looks round for what was forgotten, and forgets what has to be.

use actix::{Actor, ActorFutureExt, AsyncContext, Context, Supervised, WrapFuture};

use jiff::{SignedDuration, Timestamp};

use super::courtesy;
use super::erasing;
use super::hints;
use super::recovery::take_up;
use super::retaining;
use super::switchboard::Switchboard;
use crate::domain::retry::{later, millis};
use crate::meters;
use crate::store::{Error, Scope};

/// How often old bodies are forgotten: often enough for a period in days, seldom enough for a large table.
const FORGETS_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// Clocks of several processes may differ by so much: what was erased is looked at once more.
const ERASED_OVERLAP: SignedDuration = SignedDuration::from_mins(2);

/// The actor.
#[derive(Debug)]
pub struct Sweeper {
    switchboard: Switchboard,
    directory_version: i64,
    is_sweeping: bool,
    forgot_at: Option<Timestamp>,
    took_up_at: Option<Timestamp>,
    is_comparing: bool,
    compared_at: Option<Timestamp>,
    /// Up to when what other processes have erased is forgotten here; None: nothing was looked at yet.
    erased_until: Option<Timestamp>,
    is_erasing: bool,
    began_at: Timestamp,
}

impl Sweeper {
    /// A sweeper that knows which directory is in use.
    pub fn new(switchboard: Switchboard, directory_version: i64) -> Self {
        let began_at = switchboard.clock().now();
        Self {
            switchboard,
            directory_version,
            is_sweeping: false,
            forgot_at: None,
            took_up_at: None,
            is_comparing: false,
            compared_at: None,
            erased_until: None,
            is_erasing: false,
            began_at,
        }
    }

    /// What people change at Cal.com is told by webhooks, if they come; this finds it in any case.
    fn compare(&mut self, now: Timestamp, ctx: &mut Context<Self>) {
        let every = millis(self.switchboard.settings().compare_every_ms);
        let is_due = self.compared_at.is_none_or(|at| later(at, every) <= now);
        if !is_due || std::mem::replace(&mut self.is_comparing, true) {
            return;
        }
        let switchboard = self.switchboard.clone();
        let compared = async move { hints::compare_all(&switchboard).await };
        ctx.spawn(compared.into_actor(self).map(move |is_more, sweeper, _| {
            sweeper.is_comparing = false;
            sweeper.compared_at = Some(now).filter(|_| !is_more);
        }));
    }

    /// What is still to be erased, here and in what other processes have erased; beside the sweep, since Cal.com and Retell
    /// may take their time.
    fn erase(&mut self, now: Timestamp, ctx: &mut Context<Self>) {
        if std::mem::replace(&mut self.is_erasing, true) {
            return;
        }
        let switchboard = self.switchboard.clone();
        let since = later(self.erased_until.unwrap_or(now), -ERASED_OVERLAP);
        // What the last process has left open is not waited for.
        let due = self.erased_until.map_or((Timestamp::MAX, self.began_at), |_| (now, Timestamp::MAX));
        let erased = async move {
            erasing::forget_since(&switchboard, since).await?;
            erasing::go_on(&switchboard, due).await
        };
        ctx.spawn(erased.into_actor(self).map(move |result, sweeper, _| {
            sweeper.is_erasing = false;
            match result {
                Ok(()) => sweeper.erased_until = Some(now),
                Err(error) => tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "an erasure could not go on and will be tried again"
                ),
            }
        }));
    }

    fn look_round(&mut self, ctx: &mut Context<Self>) {
        // A slow sweep is not overtaken by the next one.
        if std::mem::replace(&mut self.is_sweeping, true) {
            return;
        }
        let now = self.switchboard.clock().now();
        let forgets = self.forgot_at.is_none_or(|at| later(at, FORGETS_EVERY) <= now);
        if forgets {
            self.forgot_at = Some(now);
        }
        // In a long outage thousands wait in their queues; they are gone through now and then, not at every look.
        let stuck_after = millis(self.switchboard.settings().stuck_after_ms);
        let takes_up = self.took_up_at.is_none_or(|at| later(at, stuck_after) <= now);
        if takes_up {
            self.took_up_at = Some(now);
        }
        self.compare(now, ctx);
        self.erase(now, ctx);
        let sweep = sweep(self.switchboard.clone(), self.directory_version, Round { takes_up, forgets });
        ctx.spawn(sweep.into_actor(self).map(|result, sweeper, _| {
            sweeper.is_sweeping = false;
            match result {
                Ok(version) => sweeper.directory_version = version,
                Err(error) => tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the sweep failed and will be tried again"
                ),
            }
        }));
    }
}

/// What is done in a round beside what is done in each.
#[derive(Clone, Copy)]
struct Round {
    takes_up: bool,
    forgets: bool,
}

/// One round; the answer is the version of the directory that is in use now.
async fn sweep(switchboard: Switchboard, known_version: i64, round: Round) -> Result<i64, Error> {
    meters::sum_up();
    let store = switchboard.store();
    store.directory().forget_replaced_keys(switchboard.clock().now()).await?;
    let version = store.directory().version().await?;
    if version != known_version {
        switchboard.publish(store.directory().load().await?);
        tracing::info!(version, "the directory has changed and is in use");
    }
    let now = switchboard.clock().now();
    if round.takes_up {
        take_up(&switchboard, later(now, -millis(switchboard.settings().stuck_after_ms))).await?;
    }
    store.recovery().drop_expired_holds(now).await?;
    courtesy::sweep(&switchboard).await?;
    if round.forgets {
        retaining::forget(&switchboard).await?;
        let kept = SignedDuration::from_hours(-24 * i64::from(switchboard.settings().post.keep_days));
        store.outbox(Scope::All).forget(later(now, kept)).await?;
    }
    Ok(version)
}

impl Actor for Sweeper {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let every = std::time::Duration::from_millis(self.switchboard.settings().sweep_every_ms.max(10));
        ctx.run_interval(every, Self::look_round);
    }
}

impl Supervised for Sweeper {
    fn restarting(&mut self, _: &mut Self::Context) {
        self.is_sweeping = false;
        self.is_comparing = false;
        self.is_erasing = false;
    }
}
