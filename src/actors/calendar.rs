//! The calendar actor: one booking after the other, in the order they joined; looks and waits run on its timers.

use std::collections::{HashMap, HashSet};

use actix::{
    Actor, ActorFutureExt, AsyncContext, Context, Handler, Message, SpawnHandle, Supervised, WrapFuture,
};
use jiff::Timestamp;
use tracing::Instrument as _;
use tracing::field::Empty;

use super::booking::{Next, Work};
use super::switchboard::Switchboard;
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
    /// Looks that are due, one for each booking in doubt.
    looks: HashMap<BookingId, SpawnHandle>,
    /// Bookings whose rows cannot be read: said once, not served again by this process.
    unreadable: HashSet<BookingId>,
}

/// A booking joins the queue; joining twice is joining once.
#[derive(Debug, Message)]
#[rtype(result = "Result<(), Full>")]
pub struct JoinQueue(pub BookingId);

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
            looks: HashMap::new(),
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
            Ok(Next::Done) => self.queue.end(booking),
            Ok(Next::Wait { until }) => {
                self.queue.put_back(booking);
                self.waits_until = Some(until);
                wake(ctx, until_then(now, until));
            }
            Ok(Next::Look { at }) => {
                self.queue.end(booking);
                self.look_at(booking, at, ctx);
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

    fn look_at(&mut self, booking: BookingId, at: Timestamp, ctx: &mut Context<Self>) {
        let wait = until_then(self.switchboard.clock().now(), at);
        let look = ctx.run_later(wait, move |calendar, ctx| calendar.look(booking, ctx));
        if let Some(earlier) = self.looks.insert(booking, look) {
            ctx.cancel_future(earlier);
        }
    }

    fn look(&mut self, booking: BookingId, ctx: &mut Context<Self>) {
        self.looks.remove(&booking);
        let (switchboard, company) = (self.switchboard.clone(), self.company);
        let look = async move {
            match Work::on(&switchboard, company, booking).await? {
                Some(work) => work.look().await,
                None => Ok(Next::Done),
            }
        };
        let look = look.instrument(span_of(booking, "look"));
        ctx.spawn(look.into_actor(self).map(move |next, calendar, ctx| match next {
            Ok(Next::Look { at }) => calendar.look_at(booking, at, ctx),
            Ok(Next::Done | Next::Wait { .. }) => {}
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
        self.looks.clear();
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
