//! The calendar actor: one booking after the other, in the order they joined; looks and waits run on its timers.

use std::collections::{HashMap, HashSet};

use actix::{
    Actor, ActorFutureExt, AsyncContext, Context, Handler, Message, ResponseActFuture, SpawnHandle,
    Supervised, WrapFuture,
};
use jiff::Timestamp;
use tracing::Instrument as _;
use tracing::field::Empty;

use super::booking::{Next, Work};
use super::switchboard::Switchboard;
use crate::domain::booking::Input;
use crate::domain::ids::{BookingId, CalendarId, CompanyId};
use crate::domain::queue::{Full, Queue};
use crate::meters;

/// When to come back after the books could not be read or written.
const BOOKS_PAUSE: std::time::Duration = std::time::Duration::from_secs(1);

/// The actor of one Cal.com host.
#[derive(Debug)]
pub struct CalendarActor {
    id: CalendarId,
    company: CompanyId,
    switchboard: Switchboard,
    queue: Queue,
    /// Nothing is sent before that instant.
    waits_until: Option<Timestamp>,
    last: Option<Last>,
    /// When to come back to bookings that are not in the queue, one timer for each.
    returns: HashMap<BookingId, SpawnHandle>,
    /// Bookings whose rows cannot be read: said once, not served again by this process.
    unreadable: HashSet<BookingId>,
}

/// A booking joins the queue; joining twice is joining once.
#[derive(Debug, Message)]
#[rtype(result = "Result<(), Full>")]
pub struct JoinQueue(pub BookingId);

/// Something has happened to a booking: an order, or a word from Cal.com. The answer is false where it changed nothing.
#[derive(Debug, Message)]
#[rtype(result = "Result<bool, crate::store::Error>")]
pub struct Tell {
    pub booking: BookingId,
    pub input: Input,
}

/// A booking leaves the queue; the answer is false where it was not waiting.
#[derive(Debug, Message)]
#[rtype(result = "bool")]
pub struct LeaveQueue(pub BookingId);

/// Asks how it stands.
#[derive(Debug, Message)]
#[rtype(result = "Description")]
pub struct Describe;

/// The last booking served and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Last {
    pub booking: BookingId,
    pub at: Timestamp,
}

/// How a calendar stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    pub id: CalendarId,
    pub waiting: Vec<BookingId>,
    pub in_flight: Option<BookingId>,
    pub waits_until: Option<Timestamp>,
    pub last: Option<Last>,
}

impl CalendarActor {
    pub fn new(id: CalendarId, company: CompanyId, switchboard: Switchboard) -> Self {
        let queue = Queue::new(switchboard.settings().calendar_waiting_max);
        Self {
            id,
            company,
            switchboard,
            queue,
            waits_until: None,
            last: None,
            returns: HashMap::new(),
            unreadable: HashSet::new(),
        }
    }

    /// Serves the next one, if none is being served and nothing has to be waited for.
    fn go_on(&mut self, ctx: &mut Context<Self>) {
        let now = self.switchboard.clock().now();
        if self.waits_until.is_some_and(|until| until > now) {
            return;
        }
        self.waits_until = None;
        let Some(booking) = self.queue.begin() else { return };
        let (switchboard, company) = (self.switchboard.clone(), self.company);
        let turn = async move {
            match Work::on(&switchboard, company, booking).await? {
                Some(work) => work.serve().await,
                None => Ok(Next::Done),
            }
        };
        let turn = turn.instrument(span_of(booking, "serve"));
        ctx.spawn(turn.into_actor(self).map(move |next, calendar, ctx| calendar.served(booking, next, ctx)));
    }

    fn served(
        &mut self,
        booking: BookingId,
        next: Result<Next, crate::store::Error>,
        ctx: &mut Context<Self>,
    ) {
        let now = self.switchboard.clock().now();
        self.last = Some(Last { booking, at: now });
        match next {
            Ok(Next::Turn { at }) => {
                self.queue.put_back(booking);
                self.waits_until = Some(at);
                wake(ctx, until_then(now, at));
            }
            Ok(next @ (Next::Done | Next::Rejoin { .. } | Next::Look { .. })) => {
                self.queue.end(booking);
                self.come_back(booking, next, ctx);
            }
            // A row that cannot be read must not hold up those behind it.
            Err(error @ crate::store::Error::Corrupt { .. }) => {
                tracing::error!(booking.id = %booking, error = &error as &dyn std::error::Error, "booking {booking} cannot be read and is left out");
                self.unreadable.insert(booking);
                self.queue.end(booking);
            }
            Err(error) => {
                tracing::error!(booking.id = %booking, error = &error as &dyn std::error::Error, "the books failed while serving booking {booking}");
                self.queue.put_back(booking);
                wake(ctx, BOOKS_PAUSE);
                return;
            }
        }
        self.go_on(ctx);
    }

    /// Sets the timer for what is next about a booking that is not in the queue.
    fn come_back(&mut self, booking: BookingId, next: Next, ctx: &mut Context<Self>) {
        let now = self.switchboard.clock().now();
        let timer = match next {
            Next::Done => None,
            Next::Turn { at } | Next::Rejoin { at } => {
                Some(ctx.run_later(until_then(now, at), move |calendar, ctx| calendar.rejoin(booking, ctx)))
            }
            Next::Look { at } => {
                Some(ctx.run_later(until_then(now, at), move |calendar, ctx| calendar.look(booking, ctx)))
            }
        };
        let earlier = match timer {
            Some(timer) => self.returns.insert(booking, timer),
            None => self.returns.remove(&booking),
        };
        if let Some(earlier) = earlier {
            ctx.cancel_future(earlier);
        }
    }

    fn rejoin(&mut self, booking: BookingId, ctx: &mut Context<Self>) {
        self.returns.remove(&booking);
        // Where there is no room, the sweep brings it back.
        if self.queue.join(booking).is_ok() {
            self.go_on(ctx);
        }
    }

    fn look(&mut self, booking: BookingId, ctx: &mut Context<Self>) {
        self.returns.remove(&booking);
        let (switchboard, company) = (self.switchboard.clone(), self.company);
        let look = async move {
            match Work::on(&switchboard, company, booking).await? {
                Some(work) => work.look().await,
                None => Ok(Next::Done),
            }
        };
        let look = look.instrument(span_of(booking, "look"));
        ctx.spawn(look.into_actor(self).map(move |next, calendar, ctx| match next {
            Ok(next) => calendar.come_back(booking, next, ctx),
            // The sweep finds it again when the books can be read.
            Err(error) => {
                tracing::error!(booking.id = %booking, error = &error as &dyn std::error::Error, "the books failed while looking for {booking}");
            }
        }));
    }
}

/// The span of work on a booking, long after the call: whose it is, its row tells.
fn span_of(booking: BookingId, what: &'static str) -> tracing::Span {
    tracing::info_span!(parent: None, "booking", booking.id = %booking, what, call.id = Empty, company = Empty)
}

fn wake(ctx: &mut Context<CalendarActor>, after: std::time::Duration) {
    ctx.run_later(after, CalendarActor::go_on);
}

/// How long from now until then; never so long that a timer could not hold it.
fn until_then(now: Timestamp, then: Timestamp) -> std::time::Duration {
    let wait = then.duration_since(now);
    let longest = std::time::Duration::from_hours(1);
    std::time::Duration::try_from(wait).unwrap_or_default().min(longest)
}

impl Actor for CalendarActor {
    type Context = Context<Self>;
}

impl Supervised for CalendarActor {
    /// What was being served is served again: its state in the books says whether a request had left.
    fn restarting(&mut self, ctx: &mut Self::Context) {
        if let Some(booking) = self.queue.in_flight() {
            self.queue.put_back(booking);
        }
        self.waits_until = None;
        // Timers are gone with the fall; the sweep brings back what was to be looked for.
        self.returns.clear();
        wake(ctx, std::time::Duration::ZERO);
    }
}

impl Handler<JoinQueue> for CalendarActor {
    type Result = Result<(), Full>;

    fn handle(&mut self, JoinQueue(booking): JoinQueue, ctx: &mut Self::Context) -> Self::Result {
        if self.unreadable.contains(&booking) {
            return Ok(());
        }
        self.queue.join(booking).inspect_err(|Full| meters::turned_away("calendar_waiting"))?;
        self.go_on(ctx);
        Ok(())
    }
}

impl Handler<Tell> for CalendarActor {
    type Result = ResponseActFuture<Self, Result<bool, crate::store::Error>>;

    fn handle(&mut self, Tell { booking, input }: Tell, _: &mut Self::Context) -> Self::Result {
        let (switchboard, company) = (self.switchboard.clone(), self.company);
        let told = async move {
            match Work::on(&switchboard, company, booking).await? {
                Some(work) => work.hear(input).await,
                None => Ok((false, Next::Done)),
            }
        };
        let told = told.instrument(span_of(booking, "tell"));
        Box::pin(told.into_actor(self).map(move |told, calendar, ctx| {
            let (changed, next) = told?;
            // What is being served or waits in the queue goes on there.
            if !calendar.queue.holds(booking) {
                calendar.come_back(booking, next, ctx);
            }
            Ok(changed)
        }))
    }
}

impl Handler<LeaveQueue> for CalendarActor {
    type Result = bool;

    fn handle(&mut self, LeaveQueue(booking): LeaveQueue, _: &mut Self::Context) -> bool {
        self.queue.leave(booking)
    }
}

impl Handler<Describe> for CalendarActor {
    type Result = actix::MessageResult<Describe>;

    fn handle(&mut self, _: Describe, _: &mut Self::Context) -> Self::Result {
        actix::MessageResult(Description {
            id: self.id,
            waiting: self.queue.waiting().collect(),
            in_flight: self.queue.in_flight(),
            waits_until: self.waits_until,
            last: self.last,
        })
    }
}
