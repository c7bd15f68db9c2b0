//! Enquiries: asks Retell what became of calls that have gone silent, and has its lists gone through now and then.

use std::collections::BTreeMap;

use actix::{Actor, ActorFutureExt, AsyncContext, Context, Supervised, WrapFuture};
use entities::call::Model;
use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::backfill::{self, fill_in};
use super::call::Told;
use super::news::{self, short};
use super::recovery::seed;
use super::switchboard::{CallKey, Switchboard, is_written};
use super::trunk::Trunk;
use crate::domain::call::why::Answer;
use crate::domain::call::{News, Words};
use crate::domain::ids::CompanyId;
use crate::domain::measures::Measures;
use crate::domain::retry::{Backoff, later, millis};
use crate::meters;
use crate::retell::{Found, ReadFailure};
use crate::store::Error;
use crate::store::journal::Delivery;
use crate::store::lost::Silent;

/// Silent calls that are asked about in one round.
const ASKED_AT_A_TIME: u64 = 50;
/// Companies whose calls are asked about at the same time, so that one that cannot be reached keeps no other waiting.
const COMPANIES_AT_ONCE: usize = 8;

/// When Retell is asked about a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// A live call is asked about after so long a silence, in milliseconds.
    pub silent_after_ms: u64,
    /// Pauses between questions about one call.
    pub again: Backoff,
    /// After so long a silence, and questions for so long, nothing more is expected of a call, in milliseconds.
    pub unreported_after_ms: u64,
    pub backfill: backfill::Settings,
}

impl Settings {
    /// Whether nothing more is expected of a call that was heard of last then and has been asked about so often: both its
    /// silence and the questions have lasted long enough. A time in which nobody asked, since the house was down, is none.
    fn is_given_up(&self, (last_heard, now): (Timestamp, Timestamp), asked: i32) -> bool {
        let long = millis(self.unreported_after_ms);
        later(last_heard, long) <= now && self.again.pauses(times(asked).saturating_sub(1)) >= long
    }
}

/// The actor.
#[derive(Debug)]
pub struct Enquiries {
    switchboard: Switchboard,
    is_asking: bool,
    is_filling_in: bool,
    filled_in_at: Option<Timestamp>,
}

impl Enquiries {
    pub fn new(switchboard: Switchboard) -> Self {
        Self { switchboard, is_asking: false, is_filling_in: false, filled_in_at: None }
    }

    fn look_round(&mut self, ctx: &mut Context<Self>) {
        // A slow round is not overtaken by the next one.
        if !std::mem::replace(&mut self.is_asking, true) {
            let round = ask_about_silent_calls(self.switchboard.clone());
            ctx.spawn(round.into_actor(self).map(|result, actor, _| actor.asked(result)));
        }
        let now = self.switchboard.clock().now();
        let every_ms = self.switchboard.settings().enquiries.backfill.every_ms;
        let is_due = self.filled_in_at.is_none_or(|at| later(at, millis(every_ms)) <= now);
        if every_ms > 0 && is_due && !std::mem::replace(&mut self.is_filling_in, true) {
            self.filled_in_at = Some(now);
            let round = fill_in(self.switchboard.clone());
            ctx.spawn(round.into_actor(self).map(|result, actor, _| actor.filled_in(result)));
        }
    }

    fn asked(&mut self, result: Result<(), Error>) {
        self.is_asking = false;
        if let Err(error) = result {
            complain(&error);
        }
    }

    fn filled_in(&mut self, is_more: Result<bool, Error>) {
        self.is_filling_in = false;
        match is_more {
            Ok(false) => {}
            // It is gone on with at the next look.
            Ok(true) => self.filled_in_at = None,
            Err(error) => complain(&error),
        }
    }
}

fn complain(error: &Error) {
    let error = error as &dyn std::error::Error;
    tracing::error!(error, "enquiries about calls failed and will be tried again");
}

/// One round of questions about calls that have gone silent.
async fn ask_about_silent_calls(house: Switchboard) -> Result<(), Error> {
    let now = house.clock().now();
    let since = later(now, -millis(house.settings().enquiries.silent_after_ms));
    let mut of_companies: BTreeMap<CompanyId, Vec<Silent>> = BTreeMap::new();
    for silent in house.store().lost().silent(since, now, ASKED_AT_A_TIME).await? {
        of_companies.entry(silent.call.company_id.into()).or_default().push(silent);
    }
    let rounds = stream::iter(of_companies).map(|(company, silent)| ask_about(&house, company, silent));
    let results: Vec<Result<(), Error>> = rounds.buffer_unordered(COMPANIES_AT_ONCE).collect().await;
    results.into_iter().collect()
}

async fn ask_about(house: &Switchboard, company: CompanyId, silent: Vec<Silent>) -> Result<(), Error> {
    let trunk = house.trunk(company).await?;
    let mut is_passed_over = false;
    for one in silent {
        if is_written(&one.call.retell_call_id) {
            hang_up(house, &one.call).await;
            continue;
        }
        let found = match &trunk {
            Some(_) if is_passed_over => None,
            Some(line) => Some(line.call(&one.call.retell_call_id).await),
            // Whoever has no line cannot ask, however long we wait for it.
            None => Some(Err(ReadFailure::Unreachable)),
        };
        // What could not be asked once is not asked for every other call as well.
        is_passed_over |= matches!(&found, Some(Err(failure)) if is_down(*failure));
        conclude(house, one, found).await?;
    }
    Ok(())
}

/// A conversation that Retell knows nothing of ends by its silence. What could not be told is told in the next round.
async fn hang_up(house: &Switchboard, call: &Model) {
    let key = (call.company_id.into(), call.retell_call_id.as_str().into());
    if !news::tell(house, &key, &seed(call), silence(News::GivenUp)).await {
        tracing::warn!(call.id = %call.id, "call {} has gone silent and could not be ended yet", call.id);
    }
}

/// Whether the next question would fare no better.
fn is_down(failure: ReadFailure) -> bool {
    match failure {
        ReadFailure::BaseUrl
        | ReadFailure::BadKey
        | ReadFailure::Unreachable
        | ReadFailure::TimedOut
        | ReadFailure::Throttled
        | ReadFailure::ServerError { .. } => true,
        ReadFailure::Refused { .. } | ReadFailure::Unreadable => false,
    }
}

/// Tells the call's actor what Retell said, and writes down when to ask again; None: this call was not asked about.
async fn conclude(
    house: &Switchboard,
    Silent { call, enquiry }: Silent,
    found: Option<Result<Option<Found>, ReadFailure>>,
) -> Result<(), Error> {
    let (settings, now) = (&house.settings().enquiries, house.clock().now());
    let asked_before = enquiry.map_or(0, |enquiry| enquiry.asked);
    let was_asked = found.is_some();
    let asked = asked_before.saturating_add(i32::from(was_asked));
    let is_given_up = was_asked && settings.is_given_up((call.last_event_at.into(), now), asked);
    let (answer, told) = match found {
        Some(Ok(Some(found))) if found.call.has_ended() => (Answer::Ended, Some(told(house, &found))),
        Some(Ok(Some(_))) => (Answer::Ongoing, None),
        Some(Ok(None)) => (Answer::Unknown, Some(silence(News::NoAnswer))),
        Some(Err(failure)) => {
            tracing::warn!(call.id = %call.id, "Retell could not be asked about call {}: {failure}", call.id);
            (Answer::Unreachable, Some(silence(News::NoAnswer)))
        }
        None => (Answer::Unreachable, Some(silence(News::NoAnswer))),
    };
    if was_asked {
        meters::asked(answer.as_str());
    }
    let told = if is_given_up && answer != Answer::Ended { Some(silence(News::GivenUp)) } else { told };
    if let Some(told) = told {
        let key = (call.company_id.into(), call.retell_call_id.as_str().into());
        if !news::tell(house, &key, &seed(&call), told).await {
            tracing::warn!(call.id = %call.id, "what Retell said about call {} is asked for again", call.id);
        }
    }
    note(house, &call, (asked, answer)).await
}

/// Writes down what Retell said and when it is asked again.
pub(super) async fn note(
    house: &Switchboard,
    call: &Model,
    (asked, answer): (i32, Answer),
) -> Result<(), Error> {
    let now = house.clock().now();
    let again_at = house.settings().enquiries.again.again_at(times(asked).max(1), now);
    let row = entities::enquiry::Model {
        call_id: call.id,
        company_id: call.company_id,
        asked,
        answer: answer.as_str().into(),
        asked_at: now.into(),
        again_at: again_at.into(),
    };
    house.store().lost().note(row).await
}

fn times(asked: i32) -> u32 {
    u32::try_from(asked).unwrap_or_default()
}

/// News without words.
fn silence(news: News) -> Told {
    let measures = Measures::default();
    Told { news, words: Words::default(), delivery: None, disconnection_reason: None, measures }
}

/// What Retell answered about a call that has ended, as news.
pub(super) fn told(house: &Switchboard, found: &Found) -> Told {
    let news = News::Found { analyzed: found.call.is_analyzed };
    news::told(news, (&found.call, found.body.0.as_bytes()), Some(delivery(house, found)))
}

/// The answer as it is kept: read again like a webhook, and told as what it is.
pub(super) fn delivery(house: &Switchboard, found: &Found) -> Delivery {
    let kept = house.delivery(Found::EVENT, Found::EVENT.into(), found.body.0.as_bytes());
    Delivery { our_number: found.call.our_number().map(|number| short(number, 32)), ..kept }
}

/// What is decided with when the time for the analysis is up: with what Retell has by now and what these words say
/// beyond it, since a workspace may keep less than its webhooks tell.
pub(super) async fn last_word(house: Switchboard, key: CallKey, words: Words) -> Told {
    let trunk: Option<Trunk> = match house.trunk(key.0).await {
        Ok(trunk) => trunk,
        Err(error) => {
            complain(&error);
            None
        }
    };
    let found = match &trunk {
        Some(line) => line.call(&key.1).await.ok().flatten(),
        None => None,
    };
    meters::asked(match &found {
        Some(found) if found.call.is_analyzed => "analyzed",
        Some(_) => "not_analyzed",
        None => "unreachable",
    });
    let Some(found) = found.filter(|found| found.call.has_ended()) else {
        return Told { words, ..silence(News::TimeIsUp) };
    };
    let told = told(&house, &found);
    let news = if found.call.is_analyzed { told.news } else { News::TimeIsUp };
    Told { news, words: told.words.clone().or(words), ..told }
}

impl Actor for Enquiries {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        let every = std::time::Duration::from_millis(self.switchboard.settings().sweep_every_ms.max(10));
        ctx.run_interval(every, Self::look_round);
    }
}

impl Supervised for Enquiries {
    fn restarting(&mut self, _: &mut Self::Context) {
        (self.is_asking, self.is_filling_in) = (false, false);
    }
}
