//! The only place that knows what is counted and measured: names, help texts, units and labels of the metrics.

use std::sync::OnceLock;
use std::time::Duration;

use metrics::{KeyName, Recorder, Unit, counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

/// What is found when somebody looks, as opposed to what is counted as it happens.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    pub version: &'static str,
    pub queues: Vec<QueueFigures>,
    /// Bookings not yet made or given up, by state.
    pub bookings_open: Vec<(String, u64)>,
    pub callbacks: Vec<CallbackFigures>,
    pub breakers: Vec<BreakerFigures>,
    pub budgets: Vec<BudgetFigures>,
    /// Calls under way that were heard of lately.
    pub calls_live: u64,
    /// Actors in memory, by kind.
    pub actors: Vec<(&'static str, usize)>,
    /// Appends that wait for the journal's writer.
    pub journal_waiting: usize,
    /// Messages that have not left yet, and those that were given up.
    pub messages: Vec<(&'static str, u64)>,
}

/// How long a calendar's queue is in the books.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueFigures {
    pub company: String,
    pub calendar: String,
    pub waiting: u64,
    /// How long the oldest has been waiting, in seconds.
    pub oldest_s: f64,
}

/// Callback items of a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackFigures {
    pub company: String,
    pub open: u64,
    pub overdue: u64,
}

/// How the breaker of an account stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakerFigures {
    pub account: String,
    pub state: &'static str,
}

/// How many requests wait for the budget of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetFigures {
    pub account: String,
    pub class: &'static str,
    pub waiting: usize,
}

enum Kind {
    Counter,
    Gauge,
    Seconds,
    Sizes,
}

struct Meter {
    name: &'static str,
    kind: Kind,
    unit: Unit,
    help: &'static str,
}

/// Upper bounds in seconds, from one millisecond to the minute a booking may take.
const SECONDS: [f64; 16] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 4.0, 10.0, 20.0, 40.0, 60.0];
const SIZES: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

const TURN: &str = "fernamt_turn_seconds";
const REQUEST: &str = "fernamt_http_request_seconds";
const WEBHOOKS: &str = "fernamt_webhooks_total";
const SIGNATURES: &str = "fernamt_signatures_refused_total";
const ASKED: &str = "fernamt_calls_asked_total";
const BACKFILLED: &str = "fernamt_calls_backfilled_total";
const CALCOM: &str = "fernamt_calcom_request_seconds";
const ATTEMPTS: &str = "fernamt_booking_attempts_total";
const LOOKS: &str = "fernamt_booking_looks_total";
const CALENDAR_DIFFERS: &str = "fernamt_calendar_differences_total";
const SETTLED: &str = "fernamt_bookings_settled_total";
const OPENS: &str = "fernamt_breaker_opens_total";
const SLOTS: &str = "fernamt_slot_questions_total";
const BATCH: &str = "fernamt_journal_batch_appends";
const COMMIT: &str = "fernamt_journal_commit_seconds";
const CONFLICTS: &str = "fernamt_journal_conflicts_total";
const TURNED_AWAY: &str = "fernamt_turned_away_total";
const BUDGET_WAIT: &str = "fernamt_calcom_budget_wait_seconds";
const BUDGET_TURNED_AWAY: &str = "fernamt_calcom_budget_turned_away_total";
const UNFOUNDED: &str = "fernamt_unfounded_promises_total";
const MESSAGES: &str = "fernamt_messages_total";
const FALLS: &str = "fernamt_actor_restarts_total";

/// Counted as it happens, for the whole process.
const HAPPENINGS: &[Meter] = &[
    seconds(
        TURN,
        "How long functions of the agent took from the door to the answer, by function and status.",
    ),
    seconds(REQUEST, "How long HTTP requests took, by route, method and class of status."),
    count(WEBHOOKS, "Webhooks from Retell by event and by what came of them."),
    count(
        ASKED,
        "Questions to Retell about calls that had gone silent or waited for their analysis, by answer.",
    ),
    count(BACKFILLED, "Calls that Retell lists as ended and that had not ended here, by what came of them."),
    count(SIGNATURES, "Requests at Retell's doors that were not signed for us, by reason."),
    seconds(CALCOM, "How long requests to Cal.com took, by kind and by how they ended."),
    count(ATTEMPTS, "Attempts to book at Cal.com by class of outcome and reason."),
    count(LOOKS, "Looks for bookings in doubt by what was found."),
    count(CALENDAR_DIFFERS, "Bookings that stood otherwise at Cal.com than here, as found by comparing."),
    count(SETTLED, "Bookings that came to an end, by state."),
    count(OPENS, "How often the circuit breaker of an account opened."),
    count(
        SLOTS,
        "Questions for free slots: known already, asked of Cal.com, answered by another's question, or read ahead.",
    ),
    Meter {
        name: BATCH,
        kind: Kind::Sizes,
        unit: Unit::Count,
        help: "Appends of calls that shared one transaction of the journal.",
    },
    seconds(COMMIT, "How long a transaction of the journal took, from its begin to its commit."),
    count(CONFLICTS, "Appends that lost the race for their call and were decided again."),
    count(TURNED_AWAY, "Connections, requests and bodies that a limit of the house turned away, by limit."),
    seconds(
        BUDGET_WAIT,
        "How long requests to Cal.com waited for a place in their account's minute, by class.",
    ),
    count(
        BUDGET_TURNED_AWAY,
        "Requests to Cal.com that got no place in their account's minute in time, by class.",
    ),
    count(UNFOUNDED, "Calls in which the agent said to be done what nobody has done, by what it said."),
    count(MESSAGES, "Attempts to send messages to channels and customers, by what came of them."),
    count(FALLS, "Actors that panicked and were started again, by kind."),
];

const QUEUE: &str = "fernamt_queue_bookings";
const QUEUE_AGE: &str = "fernamt_queue_oldest_seconds";
const BOOKINGS: &str = "fernamt_bookings_open";
const CALLBACKS: &str = "fernamt_callbacks_open";
const OVERDUE: &str = "fernamt_callbacks_overdue";
const BREAKER: &str = "fernamt_breaker_state";
const LIVE: &str = "fernamt_calls_live";
const ACTORS: &str = "fernamt_actors";
const BUDGET: &str = "fernamt_calcom_budget_waiting_requests";
const WAITING: &str = "fernamt_journal_waiting_appends";
const OUTBOX: &str = "fernamt_outbox_messages";
const BUILD: &str = "fernamt_build_info";

/// Found at the moment somebody looks, for one house.
const STANDINGS: &[Meter] = &[
    level(
        QUEUE,
        Unit::Count,
        "Bookings in the books that wait for their calendar or are in doubt, by calendar.",
    ),
    level(QUEUE_AGE, Unit::Seconds, "Age of the oldest of them, by calendar."),
    level(BOOKINGS, Unit::Count, "Bookings that are not settled yet, by state."),
    level(CALLBACKS, Unit::Count, "Callback items that nobody has dealt with, by company."),
    level(OVERDUE, Unit::Count, "Those of them whose promised time has passed, by company."),
    level(BREAKER, Unit::Count, "1 for the state the circuit breaker of an account is in, 0 for the others."),
    level(LIVE, Unit::Count, "Calls that have not ended and were heard of lately."),
    level(ACTORS, Unit::Count, "Actors in memory, by kind."),
    level(
        BUDGET,
        Unit::Count,
        "Requests to Cal.com that wait for a place in their account's minute, by account and class.",
    ),
    level(WAITING, Unit::Count, "Appends that wait for the journal's writer."),
    level(OUTBOX, Unit::Count, "Messages that have not left yet and those that were given up, by state."),
    level(BUILD, Unit::Count, "Always 1; the label says which version runs."),
];

/// Every state a breaker can be in.
const BREAKER_STATES: [&str; 4] = ["closed", "open", "half_open", "misconfigured"];

const fn count(name: &'static str, help: &'static str) -> Meter {
    Meter { name, kind: Kind::Counter, unit: Unit::Count, help }
}

const fn seconds(name: &'static str, help: &'static str) -> Meter {
    Meter { name, kind: Kind::Seconds, unit: Unit::Seconds, help }
}

const fn level(name: &'static str, unit: Unit, help: &'static str) -> Meter {
    Meter { name, kind: Kind::Gauge, unit, help }
}

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts counting for the whole process; once is enough, more does no harm.
pub fn start() {
    HANDLE.get_or_init(|| {
        let recorder = recorder(HAPPENINGS);
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!(
                "something else counts in this process already; /metrics tells less than it could"
            );
        }
        handle
    });
}

/// Sums up what was measured since the last time; without it measurements would pile up where nobody asks for them.
pub fn sum_up() {
    if let Some(handle) = HANDLE.get() {
        handle.run_upkeep();
    }
}

/// Everything in the text format of Prometheus: what was counted in this process and what was found in this house.
pub fn render(figures: &Figures) -> String {
    let counted = HANDLE.get().map(PrometheusHandle::render).unwrap_or_default();
    // A recorder of its own for what is found: what is gone leaves no series behind, and two houses do not mix.
    let found = recorder(STANDINGS);
    metrics::with_local_recorder(&found, || show(figures));
    let process = metrics_process::Collector::default();
    metrics::with_local_recorder(&found, || {
        process.describe();
        process.collect();
    });
    counted + &found.handle().render()
}

fn recorder(meters: &[Meter]) -> PrometheusRecorder {
    let bounds = meters.iter().filter_map(|meter| match meter.kind {
        Kind::Counter | Kind::Gauge => None,
        Kind::Seconds => Some((meter.name, SECONDS.as_slice())),
        Kind::Sizes => Some((meter.name, SIZES.as_slice())),
    });
    let bounded = bounds.into_iter().try_fold(PrometheusBuilder::new(), |builder, (name, bounds)| {
        builder.set_buckets_for_metric(Matcher::Full(name.into()), bounds)
    });
    // Only an empty list of bounds is refused.
    let recorder = bounded.unwrap_or_default().build_recorder();
    for Meter { name, kind, unit, help } in meters {
        let name = KeyName::from_const_str(name);
        match kind {
            Kind::Counter => recorder.describe_counter(name, Some(*unit), (*help).into()),
            Kind::Gauge => recorder.describe_gauge(name, Some(*unit), (*help).into()),
            Kind::Seconds | Kind::Sizes => recorder.describe_histogram(name, Some(*unit), (*help).into()),
        }
    }
    recorder
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float; nothing here counts beyond 2^52")]
fn show(figures: &Figures) {
    gauge!(BUILD, "version" => figures.version).set(1.0);
    for (state, count) in &figures.messages {
        gauge!(OUTBOX, "state" => *state).set(*count as f64);
    }
    gauge!(LIVE).set(figures.calls_live as f64);
    gauge!(WAITING).set(figures.journal_waiting as f64);
    for (kind, number) in &figures.actors {
        gauge!(ACTORS, "kind" => *kind).set(*number as f64);
    }
    for (state, number) in &figures.bookings_open {
        gauge!(BOOKINGS, "state" => state.clone()).set(*number as f64);
    }
    for queue in &figures.queues {
        let labels = [("company", queue.company.clone()), ("calendar", queue.calendar.clone())];
        gauge!(QUEUE, &labels).set(queue.waiting as f64);
        gauge!(QUEUE_AGE, &labels).set(queue.oldest_s);
    }
    for callbacks in &figures.callbacks {
        gauge!(CALLBACKS, "company" => callbacks.company.clone()).set(callbacks.open as f64);
        gauge!(OVERDUE, "company" => callbacks.company.clone()).set(callbacks.overdue as f64);
    }
    for budget in &figures.budgets {
        let account = budget.account.clone();
        gauge!(BUDGET, "account" => account, "class" => budget.class).set(budget.waiting as f64);
    }
    for breaker in &figures.breakers {
        for state in BREAKER_STATES {
            let is = if state == breaker.state { 1.0 } else { 0.0 };
            gauge!(BREAKER, "account" => breaker.account.clone(), "state" => state).set(is);
        }
    }
}

/// A function of the agent was answered. The names must come from our own lists, never from outside.
pub fn turn(function: &'static str, status: &'static str, took: Duration) {
    histogram!(TURN, "function" => function, "status" => status).record(took.as_secs_f64());
}

/// An HTTP request was answered; the route is the pattern it fitted, never its path.
pub fn request(route: String, method: &'static str, class: &'static str, took: Duration) {
    histogram!(REQUEST, "route" => route, "method" => method, "status" => class).record(took.as_secs_f64());
}

/// A webhook came in.
pub fn webhook(event: &'static str, result: &'static str) {
    counter!(WEBHOOKS, "event" => event, "result" => result).increment(1);
}

/// Retell was asked about a call.
pub fn asked(answer: &'static str) {
    counter!(ASKED, "answer" => answer).increment(1);
}

/// Something came of going through what Retell lists as ended.
pub fn backfilled(result: &'static str) {
    counter!(BACKFILLED, "result" => result).increment(1);
}

/// Somebody knocked at Retell's door without a signature that fits.
pub fn signature_refused(reason: &'static str) {
    counter!(SIGNATURES, "reason" => reason).increment(1);
}

/// A request to Cal.com came to its end.
pub fn calcom_request(kind: &'static str, outcome: &'static str, took: Duration) {
    histogram!(CALCOM, "kind" => kind, "outcome" => outcome).record(took.as_secs_f64());
}

/// An attempt to book at Cal.com ended.
pub fn attempt(class: &'static str, why: &'static str) {
    counter!(ATTEMPTS, "class" => class, "why" => why).increment(1);
}

/// A booking in doubt was looked for.
pub fn look(found: &'static str) {
    counter!(LOOKS, "found" => found).increment(1);
}

/// A booking stood otherwise at Cal.com than here.
pub fn calendar_differs() {
    counter!(CALENDAR_DIFFERS).increment(1);
}

/// A booking is as it will stay.
pub fn settled(state: &'static str) {
    counter!(SETTLED, "state" => state).increment(1);
}

/// The breaker of an account opened.
pub fn breaker_opened(account: &str) {
    counter!(OPENS, "account" => account.to_owned()).increment(1);
}

/// Somebody wanted to know free slots.
pub fn slots(answered_by: &'static str) {
    counter!(SLOTS, "answered_by" => answered_by).increment(1);
}

/// The journal's writer committed a batch.
pub fn batch(appends: usize, took: Duration) {
    histogram!(BATCH).record(u32::try_from(appends).unwrap_or(u32::MAX));
    histogram!(COMMIT).record(took.as_secs_f64());
}

/// An append lost the race for its call.
pub fn conflict() {
    counter!(CONFLICTS).increment(1);
}

/// A limit of the house turned somebody away; the name must be one of our own.
pub fn turned_away(limit: &'static str) {
    counter!(TURNED_AWAY, "limit" => limit).increment(1);
}

/// A request to Cal.com got its place in the account's minute, or gave up waiting for it.
pub fn budget_waited(class: &'static str, waited: Duration) {
    histogram!(BUDGET_WAIT, "class" => class).record(waited.as_secs_f64());
}

/// A request to Cal.com got no place in the account's minute.
pub fn budget_turned_away(class: &'static str) {
    counter!(BUDGET_TURNED_AWAY, "class" => class).increment(1);
}

/// An agent said that something was done, and nothing of the kind stands.
pub fn unfounded(claim: &'static str) {
    counter!(UNFOUNDED, "claim" => claim).increment(1);
}

/// A message was sent, will be sent again, was given up, or was not worth sending any more.
pub fn message(outcome: &'static str) {
    counter!(MESSAGES, "outcome" => outcome).increment(1);
}

/// An actor panicked and was started again.
pub fn actor_fell(kind: &str) {
    counter!(FALLS, "kind" => kind.to_owned()).increment(1);
}
