//! News about calls as Retell tells them, by webhook or when asked: whose call it is, what is said of it, and telling its actor.

use super::call::{Hear, Seed, Told};
use super::switchboard::{CallKey, Switchboard};
use crate::domain::Hidden;
use crate::domain::call::{News, Parting, Words};
use crate::domain::consent::{self, Consent, Said};
use crate::domain::directory::{Directory, Line};
use crate::domain::measures::Measures;
use crate::domain::phone::{Caller, PhoneNumber};
use crate::domain::speech::{claims, is_placeholder};
use crate::retell::{self, agent_words};
use crate::store::journal::Delivery;

use jiff::Timestamp;

/// Retell's ids are opaque but never longer than this.
const CALL_ID_MAX: usize = 200;
/// The longest reason that is kept, in characters.
const REASON_MAX: usize = 64;

/// The line a call came in on, by the number that was called or, for web calls, by its agent; nothing is guessed.
pub fn line_of(directory: &Directory, call: &retell::Call) -> Option<Line> {
    if call.is_web() {
        return directory.line_of_agent(call.agent_id.as_deref()?);
    }
    let number = PhoneNumber::parse_e164(call.our_number()?).ok()?;
    directory.line_of_number(&number)
}

/// Retell's id of the call, unless a placeholder stands in its place.
pub fn call_id(call: &retell::Call) -> Option<&str> {
    let sound = |id: &&str| id.len() <= CALL_ID_MAX && !id.contains(char::is_control) && !is_placeholder(id);
    call.call_id.as_deref().filter(sound)
}

/// What a sign of a call tells about it before anything else is known.
pub fn seed(call: &retell::Call, line: Line, now: Timestamp) -> Seed {
    Seed {
        caller: Caller::from_wire(call.their_number()),
        began_at: call.start_timestamp.unwrap_or(now),
        branch: line.branch,
    }
}

/// What a call object and the body it came in say, as news.
pub fn told(news: News, (call, body): (&retell::Call, &[u8]), delivery: Option<Delivery>) -> Told {
    let reason = call.ended_because().map(|reason| short(reason, REASON_MAX));
    let consent = consent_of(call);
    let delivery = delivery.map(|delivery| sparing(delivery, consent));
    Told {
        news,
        words: words_of(call, body),
        delivery,
        disconnection_reason: reason,
        measures: measures_of(news, call),
    }
}

/// What the caller has said to being recorded and written to, as the agent has noted it.
fn consent_of(call: &retell::Call) -> Consent {
    let said = |names: &[&str]| {
        let analysed = || call.custom_analysis.as_ref().and_then(|values| values.truth(names));
        Said::of(call.variable(names).and_then(retell::values::truth).or_else(analysed))
    };
    Consent { recording: said(&consent::RECORDING), messages: said(&consent::MESSAGES) }
}

/// A delivery as it is kept: where a recording may be heard only if the caller has agreed to it, and after a refusal nothing
/// of what was said.
fn sparing(delivery: Delivery, consent: Consent) -> Delivery {
    let spare = |Hidden(body): Hidden| match consent.recording {
        Said::Given => Hidden(body),
        Said::NotAsked => Hidden(retell::sparing::without_recording(&body)),
        Said::Refused => Hidden(retell::sparing::without_words(&body)),
    };
    Delivery { body: delivery.body.map(spare), consent, ..delivery }
}

/// What was measured of a call; while it goes on, nothing.
fn measures_of(news: News, call: &retell::Call) -> Measures {
    if news == News::Started { Measures::default() } else { call.measures() }
}

/// The words of a call object in order of trust: collected variables, dynamic variables, the analysis; and what the agent
/// has claimed in the transcript of its body.
pub fn words_of(call: &retell::Call, body: &[u8]) -> Words {
    let analysis = call.custom_analysis.as_ref().map(|values| {
        let names = values.iter().map(|(name, _)| name.to_owned());
        names.filter_map(|name| Some((name.clone(), spoken(values, &name)?))).collect()
    });
    let words = Words::gather([call.collected_variables.clone(), call.dynamic_variables.clone()])
        .and_of_the_analysis(analysis.unwrap_or_default());
    words.parted(Parting::of(call.ended_because())).with_claims(claims::of(agent_words(body)))
}

fn spoken(values: &retell::Values, name: &str) -> Option<String> {
    values.text(&[name]).or_else(|| values.truth(&[name]).map(|truth| truth.to_string()))
}

/// A word of somebody else's as it may be stored: short, and without what PostgreSQL would refuse.
pub fn short(text: &str, most: usize) -> String {
    text.chars().filter(|sign| !sign.is_control()).take(most).collect()
}

/// Tells the call's actor; false: it could not be written down, and has to be told again.
pub async fn tell(house: &Switchboard, key: &CallKey, seed: &Seed, told: Told) -> bool {
    // An actor that is just leaving is met at its next start.
    for _ in 0..2 {
        let Ok(actor) = house.call(key, seed) else { return false };
        match actor.send(Hear::new(told.clone())).await {
            Ok(Ok(())) => return true,
            Ok(Err(trouble)) => {
                tracing::error!(
                    error = &trouble as &dyn std::error::Error,
                    "news about a call could not be written down; they have to be told again"
                );
                return false;
            }
            Err(_) => {}
        }
    }
    false
}
