//! Scripted conversations: what is said and asked line by line, and what has to be answered.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value, json};

use super::words;
use super::{Expected, Played, Scene};
use crate::sim::retell::{Answer, Call, Ring};
use crate::sim::time;

/// How long a story waits for what an earlier call has promised to stand in the calendar.
const PATIENCE_MS: u64 = 30_000;
/// How often a function that answers `working` is asked again.
const AGAIN_MAX: u32 = 20;

/// A conversation, or several that belong together.
#[derive(Debug, PartialEq, Eq)]
pub struct Script {
    pub name: &'static str,
    pub talks: &'static [Talk],
}

/// One call of a script. Words in braces stand for this scene's day, times, name and service ([`Scene::fill`]).
#[derive(Debug, PartialEq, Eq)]
pub struct Talk {
    pub from: Whose,
    /// So many appointments of this scene stand in the calendar before this call rings.
    pub after: usize,
    pub lines: &'static [Line],
    pub ends: Ends,
    pub expected: Expected,
}

/// The number a call comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The caller's own, the same in all calls of a scene.
    Own,
    Hidden,
    /// Somebody else's telephone.
    Strange,
    /// No telephone at all: the browser.
    Browser,
    /// The own number, but it is rung where no company is.
    NobodysNumber,
}

/// A line of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    Caller(&'static str),
    Agent(&'static str),
    /// The agent calls a function and must get this status, with these words in the sentence.
    Asks {
        function: &'static str,
        args: &'static [(&'static str, &'static str)],
        status: &'static str,
        says: &'static [&'static str],
    },
}

/// How a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    HungUp,
    /// The line breaks.
    Broken,
}

pub(super) const fn caller(words: &'static str) -> Line {
    Line::Caller(words)
}

pub(super) const fn agent(words: &'static str) -> Line {
    Line::Agent(words)
}

pub(super) const fn asks(
    function: &'static str,
    args: &'static [(&'static str, &'static str)],
    status: &'static str,
    says: &'static [&'static str],
) -> Line {
    Line::Asks { function, args, status, says }
}

/// The caller agrees to an appointment as it was read back.
pub(super) const YES: Line = asks("collect_appointment", &[("bestaetigung", "true")], "confirmed", &[]);

impl Talk {
    pub(super) const fn own(expected: Expected, lines: &'static [Line]) -> Self {
        Self { from: Whose::Own, after: 0, lines, ends: Ends::HungUp, expected }
    }

    pub(super) const fn from(self, from: Whose) -> Self {
        Self { from, ..self }
    }

    /// Once what an earlier call has promised stands in the calendar.
    pub(super) const fn later(self) -> Self {
        self.later_with(1)
    }

    pub(super) const fn later_with(self, standing: usize) -> Self {
        Self { after: standing, ..self }
    }

    pub(super) const fn broken(self) -> Self {
        Self { ends: Ends::Broken, ..self }
    }
}

impl Scene<'_> {
    pub(super) async fn follow(&self, script: &Script) -> Vec<Played> {
        let mut played = Vec::new();
        for talk in script.talks {
            let waited = self.stand(talk.after).await;
            let (call, last, surprise) = self.talk(talk).await;
            played.push(Played {
                story: script.name,
                call_id: call.id().to_owned(),
                expected: talk.expected,
                last_words: last,
                surprise: waited.err().or(surprise),
            });
        }
        played
    }

    /// Plays a call to its end; with the last words and what went otherwise, if anything.
    async fn talk(&self, talk: &Talk) -> (Call, String, Option<String>) {
        let mut call = self.rings(talk.from);
        call.start().await;
        let (mut surprise, mut last, mut answer) = (None, "–".to_owned(), Value::Null);
        for line in talk.lines {
            match *line {
                Line::Caller(words) => call.says(&self.fill(words, &answer)),
                Line::Agent(words) => call.agent(&self.fill(words, &answer)),
                Line::Asks { function, args, status, says } => {
                    let args = self.arguments(args, &answer);
                    let given = patiently(&mut call, function, &args).await;
                    let wanted: Vec<String> = says.iter().map(|words| self.fill(words, &answer)).collect();
                    surprise = surprise.or_else(|| otherwise(&given, function, status, &wanted));
                    answer = given.body;
                    answer["message"].as_str().unwrap_or("–").clone_into(&mut last);
                }
            }
        }
        match talk.ends {
            Ends::HungUp => call.hang_up("user_hangup"),
            Ends::Broken => call.hang_up("error_asr"),
        }
        call.ended().await;
        call.analyzed(json!({})).await;
        (call, last, surprise)
    }

    fn rings(&self, from: Whose) -> Call {
        let strange = format!("+49409{}", self.from.trim_start_matches("+4930"));
        let to = if from == Whose::NobodysNumber { "+493055555555" } else { self.company.number };
        let ring = match from {
            Whose::Own | Whose::NobodysNumber => Ring { from: Some(&self.from), to, ..Ring::default() },
            Whose::Strange => Ring { from: Some(&strange), to, ..Ring::default() },
            Whose::Hidden => Ring { to, ..Ring::default() },
            Whose::Browser => Ring { is_web: true, to, ..Ring::default() },
        };
        self.company.retell.ring(ring)
    }

    /// Waits until so many appointments of this scene stand in the calendar.
    async fn stand(&self, wanted: usize) -> Result<(), String> {
        let zone = berlin();
        let starts: Vec<Timestamp> = [&self.time, &self.other_time]
            .into_iter()
            .filter_map(|at| zone.to_timestamp(self.day.to_datetime(clock(at))).ok())
            .collect();
        let began = time::instant();
        while began.elapsed().as_millis() < u128::from(PATIENCE_MS) {
            let live = self.stage.calcom.ledger().live_bookings();
            let here = live.iter().filter(|row| row.event_type == self.company.event_type);
            if here.filter(|row| starts.contains(&row.start)).count() >= wanted {
                return Ok(());
            }
            actix_rt::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        Err("what an earlier call promised is not in the calendar".to_owned())
    }

    fn arguments(&self, args: &[(&str, &str)], answer: &Value) -> Value {
        let value = |text: &str| match text {
            "true" => json!(true),
            "false" => json!(false),
            other => json!(self.fill(other, answer)),
        };
        let map: Map<String, Value> =
            args.iter().map(|(name, text)| ((*name).to_owned(), value(text))).collect();
        Value::Object(map)
    }

    /// The text with what stands in braces said in this scene: `{tag.voll}`, `{zeit.uhr}`, `{andere.wort}`, `{name}`,
    /// `{name.spelled}`, `{leistung}`, `{ferner.voll}` (a day on which no other scene has a time of its own), `{slot}` and `{termin}` of the last answer.
    pub(super) fn fill(&self, text: &str, answer: &Value) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('{') {
            let (key, after) = behind.split_once('}').unwrap_or((behind, ""));
            filled.push_str(before);
            filled.push_str(&self.said(key, answer).unwrap_or_else(|| format!("<{key}?>")));
            rest = after;
        }
        filled + rest
    }

    fn said(&self, key: &str, answer: &Value) -> Option<String> {
        let today = self.stage.now.to_zoned(berlin()).date();
        let handle = |list: &str, name: &str| answer[list][0][name].as_str().map(str::to_owned);
        let (what, manner) = key.split_once('.').unwrap_or((key, ""));
        match what {
            "tag" => words::day(self.day, today, manner),
            "ferner" => words::day(self.far_day, today, manner),
            "sonntag" => words::day(next_sunday(today), today, manner),
            "gestern" => words::day(today.saturating_sub(1.day()), today, manner),
            "fern" => words::day(today.saturating_add(300.days()), today, manner),
            "zeit" => words::time(clock(&self.time), manner),
            "andere" => words::time(clock(&self.other_time), manner),
            "name" if manner == "spelled" => Some(words::spelled(self.name)),
            "name" => Some(self.name.to_owned()),
            "leistung" => Some(self.company.service.to_owned()),
            "synonym" => Some(self.company.synonym.to_owned()),
            "slot" => handle("slots", "slot_id"),
            "termin" => handle("appointments", "booking"),
            _ => None,
        }
    }
}

/// Calls the function, and asks again while it says that it is still at it.
async fn patiently(call: &mut Call, function: &str, args: &Value) -> Answer {
    let mut answer = call.invoke(function, args.clone()).await;
    for _ in 0..AGAIN_MAX {
        if answer.body["status"] != "working" {
            break;
        }
        actix_rt::time::sleep(std::time::Duration::from_millis(100)).await;
        answer = call.invoke(function, args.clone()).await;
    }
    answer
}

/// What was answered otherwise than the script has it, if anything.
fn otherwise(answer: &Answer, function: &str, wanted: &str, says: &[String]) -> Option<String> {
    let status = answer.body["status"].as_str().unwrap_or("no answer");
    let message = answer.body["message"].as_str().unwrap_or_default();
    if status != wanted {
        return Some(format!("{function}: {wanted} expected, {status} answered: {message}"));
    }
    let missing = says.iter().find(|words| !message.contains(words.as_str()))?;
    Some(format!("{function}: \"{missing}\" is not in \"{message}\""))
}

fn berlin() -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC)
}

fn clock(at: &str) -> Time {
    at.parse().unwrap_or(Time::midnight())
}

fn next_sunday(today: Date) -> Date {
    let ahead = 7 - i64::from(today.weekday().to_monday_zero_offset() + 1) % 7;
    today.saturating_add(ahead.days())
}
