//! The post office: gathers alerts into messages, sends what is due, and writes down what came of it.

mod compose;
mod watch;

use actix::{Actor, ActorFutureExt, AsyncContext, Context, Supervised, WrapFuture};
use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::switchboard::Switchboard;
use crate::domain::alert::{Alert, Kind};
use crate::domain::channel::Address;
use crate::domain::ids::CompanyId;
use crate::domain::outbox::{About, Message, Next, Rules, Topic, Verdict};
use crate::domain::retry::{later, millis};
use crate::meters;
use crate::notify::{Event, Mail};
use crate::store::outbox::Taken;
use crate::store::{Error, Scope};
use compose::Parcel;
use watch::Seen;

pub use compose::test_of;

/// Times and bounds of the post office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// How often it looks for what is due, in milliseconds.
    pub every_ms: u64,
    /// How often it looks for callbacks that are overdue and for branches that nobody calls, in milliseconds.
    pub watch_every_ms: u64,
    /// How long one delivery may take, in milliseconds.
    pub timeout_ms: u64,
    /// Deliveries under way at a time.
    pub at_once_max: usize,
    /// How long messages are kept after they have left, in days.
    pub keep_days: u32,
    pub rules: Rules,
    /// Where people find the dashboard.
    pub public_url: String,
}

/// The actor.
#[derive(Debug)]
pub struct PostOffice {
    switchboard: Switchboard,
    is_busy: bool,
    seen: Seen,
}

impl PostOffice {
    pub fn new(switchboard: Switchboard) -> Self {
        Self { switchboard, is_busy: false, seen: Seen::default() }
    }

    fn look(&mut self, ctx: &mut Context<Self>) {
        // A slow round is not overtaken by the next one.
        if std::mem::replace(&mut self.is_busy, true) {
            return;
        }
        let (switchboard, mut seen) = (self.switchboard.clone(), self.seen.clone());
        let round = async move {
            let result = round(&switchboard, &mut seen).await;
            (result, seen)
        };
        ctx.spawn(round.into_actor(self).map(|(result, seen), office, _| {
            office.is_busy = false;
            office.seen = seen;
            if let Err(error) = result {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "messages could not be seen to and will be tried again"
                );
            }
        }));
    }
}

async fn round(house: &Switchboard, seen: &mut Seen) -> Result<(), Error> {
    watch::round(house, seen).await?;
    gather(house).await?;
    send_due(house).await
}

/// Alerts that may be told by now become messages, one for each kind and channel.
async fn gather(house: &Switchboard) -> Result<(), Error> {
    let alerts = house.store().alerts(Scope::All);
    let now = house.clock().now();
    for untold in alerts.untold().await? {
        if house.settings().post.rules.may_tell(untold.told, now) {
            let about = (untold.company, untold.kind);
            alerts.tell(about, now, |subjects, count| told(house, about, (subjects, count), now)).await?;
        }
    }
    Ok(())
}

fn told(
    house: &Switchboard,
    (company, kind): (CompanyId, Kind),
    (subjects, count): (Vec<String>, u64),
    now: Timestamp,
) -> Vec<Message> {
    let topic = Topic::Alert(kind);
    let directory = house.directory();
    let channels = directory.company(company).into_iter().flat_map(|company| &company.channels);
    // Where nothing arrives, nobody has to be told of it there.
    let is_itself = |id: String| kind == Kind::DeliveriesFailing && subjects.contains(&id);
    let wanting = channels.filter(|channel| channel.wants(topic) && !is_itself(channel.id.to_string()));
    let about = About::Alerts { subjects: subjects.clone(), count };
    let message =
        |channel| Message { company, channel: Some(channel), topic, about: about.clone(), due: now };
    wanting.map(|channel| message(channel.id)).collect()
}

async fn send_due(house: &Switchboard) -> Result<(), Error> {
    let settings = &house.settings().post;
    let at_once = settings.at_once_max.max(1);
    let outbox = house.store().outbox(Scope::All);
    loop {
        let now = house.clock().now();
        // Whoever takes a message and falls leaves it for twice as long as a delivery may take.
        let until = later(now, millis(settings.timeout_ms.saturating_mul(2)));
        let taken = outbox.take(now, until, u64::try_from(at_once).unwrap_or(1)).await?;
        if taken.is_empty() {
            return Ok(());
        }
        let sent = taken.iter().map(|taken| deliver(house, taken));
        let results: Vec<Result<(), Error>> = stream::iter(sent).buffer_unordered(at_once).collect().await;
        results.into_iter().collect::<Result<(), Error>>()?;
    }
}

/// Sends a message and writes down what came of it.
async fn deliver(house: &Switchboard, taken: &Taken) -> Result<(), Error> {
    let verdict = match compose::parcel(house, taken).await? {
        Ok(parcel) => send(house, &parcel).await,
        Err(verdict) => verdict,
    };
    let now = house.clock().now();
    let is_gone = verdict == Verdict::Gone;
    let next = house.settings().post.rules.next(taken.attempt, verdict, fastrand::u16(..1_000), now);
    let channel = taken.message.channel;
    if let (true, Some(channel)) = (is_gone, channel)
        && house.store().directory().close_channel((taken.message.company, channel), Some(now)).await?
    {
        house.publish(house.store().directory().load().await?);
    }
    // That it cannot be told that something cannot be told, is told once.
    let is_news = matches!(next, Next::Failed { .. })
        && taken.message.topic != Topic::Alert(Kind::DeliveriesFailing)
        && taken.message.topic != Topic::Test;
    let alert = channel.filter(|_| is_news).map(Alert::deliveries_failing);
    house.store().outbox(Scope::one(taken.message.company)).settle(taken, &next, alert, now).await?;
    note(taken, &next);
    Ok(())
}

/// Hands a parcel over.
pub async fn send(house: &Switchboard, parcel: &Parcel) -> Verdict {
    let courier = house.courier();
    match parcel {
        Parcel::Event { to: Address::Webhook { url, secret }, id, body } => {
            let event = Event { id, at: house.clock().now(), body };
            courier.post(url, secrecy::ExposeSecret::expose_secret(secret), event).await
        }
        Parcel::Event { to: Address::Email(_), .. } => Verdict::Refused("a mailbox takes no events".into()),
        Parcel::Mail { id, to, by, subject, text, invite } => {
            courier.mail(&Mail { id, to, by, subject, text, invite: invite.clone() }).await
        }
    }
}

fn note(taken: &Taken, next: &Next) {
    let (id, attempt, kind) = (taken.id, taken.attempt, taken.message.topic.as_str());
    match next {
        Next::Sent => {
            meters::message("sent");
            tracing::debug!(message.id = %id, kind, attempt, "message {id} was taken");
        }
        Next::Again { why, .. } => {
            meters::message("again");
            tracing::info!(message.id = %id, kind, attempt, why, "message {id} was not taken and comes again");
        }
        Next::Failed { why } => {
            meters::message("failed");
            tracing::error!(message.id = %id, kind, attempt, why, "message {id} is given up: {why}");
        }
        Next::Dropped { why } => {
            meters::message("dropped");
            tracing::info!(message.id = %id, kind, why, "message {id} is not sent: {why}");
        }
    }
}

impl Actor for PostOffice {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let every = std::time::Duration::from_millis(self.switchboard.settings().post.every_ms.max(10));
        ctx.run_interval(every, Self::look);
    }
}

impl Supervised for PostOffice {
    fn restarting(&mut self, _: &mut Self::Context) {
        self.is_busy = false;
    }
}
