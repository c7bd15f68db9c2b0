//! One call of the run, as Retell and a stubborn caller play it against a house that may be dead at any moment.

use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use super::judge::{Heard, Told, Word};
use super::plan::{CallPlan, Caller, Letter, Mind, OnSilence, Repeat, Snipe, WishPlan};
use super::{SERVICES, Stage, Tally, clock, pause};
use crate::sim::retell::{Answer, Call, Prepared, Ring, Workspace};
use crate::sim::scenario::NAMES;

const COLLECT: &str = "collect_appointment";
const WEBHOOKS: &str = "/api/webhooks/retell";
/// What an agent says about one appointment before it gives up.
const TURNS_MAX: usize = 12;
/// How often a function is tried where nobody answers, and the pause between, in milliseconds.
const TRIES_MAX: usize = 6;
const TRY_AGAIN_MS: u64 = 250;
/// Before the agent asks for what is still being done.
const ASK_AGAIN_MS: u64 = 150;
/// Retell delivers a webhook and tries again three times; how long it waits between it does not say.
const DELIVERY_PAUSES_MS: [u64; 4] = [0, 200, 400, 800];

/// A call that is over.
#[derive(Clone, Debug)]
pub struct Played {
    pub heard: Heard,
    pub shelf: Option<Shelf>,
}

/// What was sent in a call and can be sent again, years later.
#[derive(Clone, Debug)]
pub struct Shelf {
    call: String,
    workspace: Workspace,
    functions: Vec<(Prepared, Answer)>,
    letters: Vec<Vec<u8>>,
}

/// A call under way.
struct Line<'a> {
    stage: &'a Stage,
    plan: &'a CallPlan,
    call: Call,
    heard: Heard,
    functions: usize,
    answered: Vec<(Prepared, Answer)>,
    is_over: bool,
}

/// Plays a call to its end.
pub(super) async fn play(stage: &Stage, plan: &CallPlan) -> Played {
    let from = format!("+4930{:08}", 20_000_000 + plan.number);
    let from = Some(from.as_str()).filter(|_| plan.caller != Caller::Anonymous);
    let ring = Ring { from, to: stage.number, is_web: plan.caller == Caller::Web, ..Ring::default() };
    let call = stage.retell.ring(ring);
    let heard = Heard { call: call.id().to_owned(), ..Heard::default() };
    let line = Line { stage, plan, call, heard, functions: 0, answered: Vec::new(), is_over: false };
    line.play().await
}

impl Line<'_> {
    async fn play(mut self) -> Played {
        if self.plan.is_greeted && self.plan.caller != Caller::Web {
            self.call.inbound().await;
        }
        let mut letters = self.plan.letters.clone();
        if self.plan.caller == Caller::NeverConnected {
            letters.retain(|(letter, _)| *letter != Letter::Started);
            self.call.never_connects("dial_no_answer");
            return self.end(letters).await;
        }
        if letters.first().is_some_and(|(letter, _)| *letter == Letter::Started) {
            letters.remove(0);
            let body = self.call.body_of("call_started");
            let delivered = deliver(&self.stage.retell, &body, &self.stage.tally);
            // The caller is spoken to while Retell is still delivering.
            let (_, ()) = join(delivered, pause(self.plan.think_ms)).await;
        }
        for (number, wish) in (1..).zip(&self.plan.wishes) {
            if !self.is_over {
                self.appointment(number, wish).await;
            }
        }
        if self.plan.collects && self.told(1).word == Word::Confirmed && !self.told(1).is_unclear {
            self.call.collect("booking_confirmed", "true");
            self.call.collect("name", self.name());
        }
        self.call.hang_up(self.plan.parting);
        self.end(letters).await
    }

    /// What Retell has to tell of it afterwards.
    async fn end(mut self, letters: Vec<(Letter, u64)>) -> Played {
        self.count();
        self.call.analyze(&json!({}));
        let bodies = self.bodies(&letters);
        let mut after_ms = 0;
        let deliveries = bodies.iter().zip(&letters).map(|(body, (_, ms))| {
            after_ms += ms;
            let at_ms = after_ms;
            async move {
                pause(at_ms).await;
                deliver(&self.stage.retell, body, &self.stage.tally).await
            }
        });
        let arrived = join_all(deliveries).await;
        if !arrived.contains(&true) {
            self.stage.tally.add("calls whose end was never delivered", 1);
        }
        let (call, workspace) = (self.heard.call.clone(), self.stage.retell.clone());
        let sent = Shelf { call, workspace, functions: self.answered, letters: bodies };
        Played { heard: self.heard, shelf: self.plan.is_replayed.then_some(sent) }
    }

    fn count(&self) {
        let tally = &self.stage.tally;
        match self.plan.caller {
            Caller::Number => {}
            Caller::Anonymous => tally.add("callers who hid their number", 1),
            Caller::Web => tally.add("callers in the browser", 1),
            Caller::NeverConnected => tally.add("calls that were never connected", 1),
        }
        if !self.plan.has_ids {
            tally.add("calls whose functions have no ids", 1);
        }
        if self.plan.parting == "call_transfer" {
            tally.add("callers who were put through", 1);
        }
    }

    fn name(&self) -> &'static str {
        NAMES[self.plan.number % NAMES.len()]
    }

    fn prepare(&mut self, args: &Value) -> Prepared {
        if self.plan.has_ids {
            self.call.prepare(COLLECT, args)
        } else {
            self.call.prepare_without_id(COLLECT, args)
        }
    }

    fn bodies(&self, letters: &[(Letter, u64)]) -> Vec<Vec<u8>> {
        let event = |letter: Letter| match letter {
            Letter::Started => "call_started",
            Letter::Ended => "call_ended",
            Letter::Analyzed => "call_analyzed",
        };
        letters.iter().map(|(letter, _)| self.call.body_of(event(*letter))).collect()
    }

    /// One wish, from the question to the last yes or no.
    async fn appointment(&mut self, number: i64, wish: &WishPlan) {
        let mut whole = json!({
            "termin": number,
            "dienstleistung": SERVICES[wish.service].0,
            "datum": self.stage.date(wish.time).to_string(),
            "uhrzeit": clock(wish.time),
            "name": self.name(),
        });
        if matches!(self.plan.caller, Caller::Anonymous | Caller::Web) {
            whole["telefonnummer"] = json!(format!("030 {}", 20_000_000 + self.plan.number));
        }
        let asked = Some((SERVICES[wish.service].1, self.name()));
        self.heard.appointments.entry(number).or_default().asked = asked;
        self.call.says("Ich hätte gern einen Termin.");
        self.agree(number, wish, &whole).await;
        let is_promised = self.told(number).word == Word::Confirmed && !self.told(number).is_unclear;
        if !is_promised || self.is_over {
            return;
        }
        self.snipe(number, wish, Snipe::AfterTheYes);
        match wish.mind {
            Mind::Stays | Mind::NeverSaysYes => {}
            Mind::Changes(time) => {
                self.call.says("Ach, ein andermal wäre besser.");
                let mut other = whole;
                other["datum"] = json!(self.stage.date(time).to_string());
                other["uhrzeit"] = json!(clock(time));
                self.agree(number, &WishPlan { mind: Mind::Stays, sniped: None, ..*wish }, &other).await;
            }
            Mind::Withdraws => self.withdraw(number).await,
        }
    }

    /// Asks, listens, takes the first alternative, says yes: until it is confirmed, or there is nothing more to say.
    async fn agree(&mut self, number: i64, wish: &WishPlan, whole: &Value) {
        let yes = json!({"termin": number, "bestaetigung": true});
        let mut args = whole.clone();
        for _ in 0..TURNS_MAX {
            let said_yes = args == yes;
            let Some(answer) = self.ask(number, &args).await else { return };
            let status = answer.body["status"].as_str().unwrap_or_default();
            self.note(number, &answer, said_yes);
            args = match status {
                "noted" if said_yes => return,
                "held" | "noted" if wish.mind == Mind::NeverSaysYes => return,
                "held" | "noted" => {
                    self.snipe(number, wish, Snipe::BeforeTheYes);
                    self.call.says("Ja, genau.");
                    yes.clone()
                }
                "unavailable" | "slot_taken" if answer.body["slots"][0].is_object() => {
                    json!({"termin": number, "slot_id": answer.body["slots"][0]["slot_id"]})
                }
                "working" | "trouble" => {
                    pause(ASK_AGAIN_MS).await;
                    args
                }
                "incomplete" => whole.clone(),
                _ => return,
            };
        }
        // Talked past each other for so long that nobody knows what holds.
        self.heard.appointments.entry(number).or_default().is_unclear = true;
    }

    /// What the last answer promises.
    fn note(&mut self, number: i64, answer: &Answer, said_yes: bool) {
        let told = self.heard.appointments.entry(number).or_default();
        if let Some(start) = answer.body["appointment"]["start"].as_str() {
            told.start = start.parse().ok();
        }
        told.word = match answer.body["status"].as_str().unwrap_or_default() {
            "confirmed" => Word::Confirmed,
            "booked" | "requested" => Word::Booked,
            "noted" if said_yes => Word::Noted,
            // One moment please: what held before still holds.
            "working" | "trouble" => told.word,
            _ => Word::Nothing,
        };
    }

    async fn withdraw(&mut self, number: i64) {
        self.call.says("Nein, lassen Sie es doch.");
        let Some(answer) = self.ask(number, &json!({"termin": number, "bestaetigung": false})).await else {
            return;
        };
        let told = self.heard.appointments.entry(number).or_default();
        match answer.body["status"].as_str() {
            Some("withdrawn") => told.word = Word::Withdrawn,
            _ => told.is_unclear = true,
        }
    }

    fn told(&self, number: i64) -> Told {
        self.heard.appointments.get(&number).copied().unwrap_or_default()
    }

    /// A function, once or as often as the plan has it; nothing where it was never answered.
    async fn ask(&mut self, number: i64, args: &Value) -> Option<Answer> {
        let repeat = self.plan.repeats.get(self.functions).copied().unwrap_or(Repeat::Once);
        self.functions += 1;
        let mut prepared = self.prepare(args);
        for _ in 0..TRIES_MAX {
            let answer = self.send(&prepared, repeat).await;
            let told = self.heard.appointments.entry(number).or_default();
            if answer.status == 200 {
                told.is_unclear = false;
                self.call.hear(&answer);
                self.answered.push((prepared, answer.clone()));
                pause(self.plan.think_ms).await;
                return Some(answer);
            }
            told.is_unclear = true;
            self.stage.tally.add("functions unanswered", 1);
            pause(TRY_AGAIN_MS).await;
            match self.plan.on_silence {
                OnSilence::HangUp => break,
                OnSilence::SameAgain => {}
                OnSilence::AskAnew => {
                    self.call.hear(&answer);
                    prepared = self.prepare(args);
                }
            }
        }
        self.is_over = true;
        None
    }

    async fn send(&mut self, prepared: &Prepared, repeat: Repeat) -> Answer {
        let (one, other) = match repeat {
            Repeat::Once => return prepared.send().await,
            Repeat::AtOnce => join(prepared.send(), prepared.send()).await,
            Repeat::Again => {
                let one = prepared.send().await;
                (one, prepared.send().await)
            }
        };
        self.stage.tally.add("functions repeated", 1);
        if let Some(what) = contradiction(&one, &other) {
            self.heard.contradictions.push(what);
        }
        if one.status == 200 { one } else { other }
    }

    /// A visitor of the web page takes what this caller was just offered, if that is what the plan has now.
    fn snipe(&self, number: i64, wish: &WishPlan, when: Snipe) {
        let start = self.told(number).start.filter(|_| wish.sniped == Some(when));
        let Some(start) = start else { return };
        if self.stage.calcom.dials().taken_by_visitor(SERVICES[wish.service].1, start).is_some() {
            self.stage.tally.add("slots taken from under a caller", 1);
        }
    }
}

impl Shelf {
    /// Sends everything once more: what was answered must be answered in the same words, and nothing may come of it.
    pub async fn replay(&self, tally: &Tally) -> Option<Heard> {
        for body in &self.letters {
            deliver(&self.workspace, body, tally).await;
            tally.add("webhooks replayed at the end", 1);
        }
        let mut contradictions = Vec::new();
        for (prepared, first) in &self.functions {
            contradictions.extend(contradiction(first, &prepared.send().await));
            tally.add("functions replayed at the end", 1);
        }
        (!contradictions.is_empty()).then(|| Heard {
            call: self.call.clone(),
            contradictions,
            ..Heard::default()
        })
    }
}

/// As Retell delivers: again where it was not taken, three times and no more.
async fn deliver(workspace: &Workspace, body: &[u8], tally: &Tally) -> bool {
    for (again, ms) in DELIVERY_PAUSES_MS.into_iter().enumerate() {
        pause(ms).await;
        if again > 0 {
            tally.add("webhooks tried again", 1);
        }
        let status = workspace.post_signed(WEBHOOKS, body).await.status;
        if (200..300).contains(&status) {
            return true;
        }
    }
    tally.add("webhooks lost for good", 1);
    false
}

/// What two answers to one request say differently; "one moment please" contradicts nothing.
fn contradiction(one: &Answer, other: &Answer) -> Option<String> {
    let word = |answer: &Answer| answer.body["status"].as_str().unwrap_or_default().to_owned();
    let is_final = |answer: &Answer| answer.status == 200 && !matches!(&*word(answer), "working" | "trouble");
    let differ = is_final(one) && is_final(other) && one.bytes != other.bytes;
    differ.then(|| format!("one request was answered {} and then {}", word(one), word(other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &Value) -> Answer {
        let bytes = body.to_string().into_bytes();
        Answer { status, body: body.clone(), bytes, elapsed_ms: 1, tool_call_id: None }
    }

    #[test]
    fn two_final_answers_to_one_request_contradict_each_other_and_nothing_else_does() {
        let (held, confirmed) = (json!({"status": "held"}), json!({"status": "confirmed"}));
        let word = |one: &Value, other: &Value| contradiction(&answer(200, one), &answer(200, other));

        assert_eq!(word(&held, &held), None);
        assert_eq!(word(&json!({"status": "working"}), &held), None);
        assert_eq!(contradiction(&answer(0, &Value::Null), &answer(200, &held)), None);
        assert_eq!(word(&held, &confirmed).unwrap(), "one request was answered held and then confirmed");
    }
}
