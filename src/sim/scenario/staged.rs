//! Stories that a script cannot tell: two callers at once, repeats, webhooks out of order, a calendar that goes down.

use serde_json::{Value, json};

use super::{Expected, Played, Scene};
use crate::sim::retell::{Answer, Call, Ring};

impl Scene<'_> {
    fn ring(&self) -> Call {
        self.company.retell.ring(Ring { from: Some(&self.from), to: self.company.number, ..Ring::default() })
    }

    fn wish(&self, time: &str) -> Value {
        json!({"datum": self.day.to_string(), "uhrzeit": time, "dienstleistung": self.company.service, "name": self.name})
    }

    async fn asks_for(&self, call: &mut Call, time: &str) -> Answer {
        call.says(&format!("Ich hätte gern einen Termin, {}, um {time} Uhr.", self.company.service));
        call.invoke("collect_appointment", self.wish(time)).await
    }

    async fn says_yes(call: &mut Call) -> Answer {
        call.says("Ja, genau.");
        call.invoke("collect_appointment", json!({"bestaetigung": true})).await
    }

    async fn hangs_up(call: &mut Call) {
        call.hang_up("user_hangup");
        call.ended().await;
        call.analyzed(json!({})).await;
    }

    fn played(&self, call: &Call, expected: Expected, answers: &[(&Answer, &str)]) -> Played {
        let status = |answer: &Answer| answer.body["status"].as_str().unwrap_or("no answer").to_owned();
        let surprise = answers.iter().find(|(answer, wanted)| status(answer) != *wanted);
        let last_words = answers.last().and_then(|(answer, _)| answer.body["message"].as_str());
        Played {
            story: self.story.name(),
            call_id: call.id().to_owned(),
            expected,
            last_words: last_words.unwrap_or("–").to_owned(),
            surprise: surprise
                .map(|(answer, wanted)| format!("{wanted} expected, {} answered", status(answer))),
        }
    }

    pub(super) async fn plain_booking(self) -> Played {
        let mut call = self.ring();
        call.inbound().await;
        call.start().await;
        call.agent("Guten Tag, hier spricht der KI-Assistent. Was kann ich für Sie tun?");
        let wish = json!({"datum": self.day.to_string(), "dienstleistung": self.company.service});
        let free = call.invoke("check_availability", wish).await;
        let held = self.asks_for(&mut call, &self.time).await;
        let yes = Self::says_yes(&mut call).await;
        Self::hangs_up(&mut call).await;
        self.played(&call, Expected::Booked, &[(&free, "available"), (&held, "held"), (&yes, "confirmed")])
    }

    pub(super) async fn in_three_parts(self) -> Played {
        let mut call = self.ring();
        call.start().await;
        let day = json!({"datum": self.day.to_string(), "dienstleistung": self.company.service});
        let first = call.invoke("collect_appointment", day).await;
        let second = call.invoke("collect_appointment", json!({"uhrzeit": self.time})).await;
        let third = call.invoke("collect_appointment", json!({"name": self.name})).await;
        let yes = Self::says_yes(&mut call).await;
        Self::hangs_up(&mut call).await;
        let answers =
            [(&first, "incomplete"), (&second, "incomplete"), (&third, "held"), (&yes, "confirmed")];
        self.played(&call, Expected::Booked, &answers)
    }

    pub(super) async fn changes_the_time(self) -> Played {
        let mut call = self.ring();
        call.start().await;
        let held = self.asks_for(&mut call, &self.time).await;
        let yes = Self::says_yes(&mut call).await;
        call.says("Ach, eine halbe Stunde später wäre besser.");
        let moved = call.invoke("collect_appointment", json!({"uhrzeit": self.other_time})).await;
        let again = Self::says_yes(&mut call).await;
        Self::hangs_up(&mut call).await;
        let answers = [(&held, "held"), (&yes, "confirmed"), (&moved, "held"), (&again, "confirmed")];
        self.played(&call, Expected::Booked, &answers)
    }

    pub(super) async fn says_no_after_all(self) -> Played {
        let mut call = self.ring();
        call.start().await;
        let held = self.asks_for(&mut call, &self.time).await;
        call.says("Nein, lassen Sie es doch.");
        let no = call.invoke("collect_appointment", json!({"bestaetigung": false})).await;
        Self::hangs_up(&mut call).await;
        self.played(&call, Expected::Nothing, &[(&held, "held"), (&no, "withdrawn")])
    }

    pub(super) async fn two_callers_one_slot(self) -> Vec<Played> {
        let (mut one, mut two) = (self.ring(), self.ring());
        one.start().await;
        two.start().await;
        let (for_one, for_two) =
            (self.asks_for(&mut one, &self.time).await, self.asks_for(&mut two, &self.time).await);
        let yes_one = Self::says_yes(&mut one).await;
        // The second takes the first alternative that was offered.
        let slot = for_two.body["slots"][0]["slot_id"].clone();
        let held_two = two.invoke("collect_appointment", json!({"slot_id": slot})).await;
        let yes_two = Self::says_yes(&mut two).await;
        Self::hangs_up(&mut one).await;
        Self::hangs_up(&mut two).await;
        let first = self.played(&one, Expected::Booked, &[(&for_one, "held"), (&yes_one, "confirmed")]);
        let answers = [(&for_two, "unavailable"), (&held_two, "held"), (&yes_two, "confirmed")];
        vec![first, self.played(&two, Expected::Booked, &answers)]
    }

    pub(super) async fn function_repeated(self) -> Played {
        let mut call = self.ring();
        call.start().await;
        let held = self.asks_for(&mut call, &self.time).await;
        let yes = Self::says_yes(&mut call).await;
        let repeated = call.repeat_last().await;
        Self::hangs_up(&mut call).await;
        let mut played = self.played(
            &call,
            Expected::Booked,
            &[(&held, "held"), (&yes, "confirmed"), (&repeated, "confirmed")],
        );
        if yes.bytes != repeated.bytes {
            played.surprise = Some("the repeat was answered with other bytes".into());
        }
        played
    }

    pub(super) async fn webhooks_thrice(self) -> Played {
        let mut call = self.ring();
        let held = self.asks_for(&mut call, &self.time).await;
        let yes = Self::says_yes(&mut call).await;
        call.hang_up("agent_hangup");
        for _ in 0..3 {
            call.analyzed(json!({})).await;
            call.ended().await;
            call.start().await;
        }
        self.played(&call, Expected::Booked, &[(&held, "held"), (&yes, "confirmed")])
    }

    pub(super) async fn only_variables(self) -> Played {
        let mut call = self.ring();
        call.start().await;
        for (name, value) in [
            ("booking_confirmed", "true"),
            ("datum", self.day.to_string().as_str()),
            ("uhrzeit", self.time.as_str()),
            ("name", self.name),
            ("dienstleistung", self.company.service),
        ] {
            call.set_variable(name, value);
        }
        Self::hangs_up(&mut call).await;
        self.played(&call, Expected::Booked, &[])
    }

    pub(super) async fn wants_a_callback(self) -> Played {
        let mut call = self.company.retell.ring(Ring { to: self.company.number, ..Ring::default() });
        call.start().await;
        let asked =
            call.invoke("request_callback", json!({"grund": "Frage zur Rechnung", "name": self.name})).await;
        call.says("Null dreißig, eins zwei drei vier, fünf sechs sieben acht.");
        let noted = call
            .invoke(
                "request_callback",
                json!({"grund": "Frage zur Rechnung", "telefonnummer": "030 12345678"}),
            )
            .await;
        Self::hangs_up(&mut call).await;
        self.played(&call, Expected::Callback, &[(&asked, "incomplete"), (&noted, "callback_noted")])
    }

    pub(super) async fn cut_off(self) -> Played {
        let mut call = self.ring();
        call.start().await;
        let held = self.asks_for(&mut call, &self.time).await;
        call.hang_up("error_asr");
        call.ended().await;
        call.analyzed(json!({})).await;
        self.played(&call, Expected::Callback, &[(&held, "held")])
    }

    pub(super) async fn calendar_outage(self) -> Played {
        let mut call = self.ring();
        call.start().await;
        self.stage.calcom.go_down().await;
        let noted = self.asks_for(&mut call, &self.time).await;
        let yes = Self::says_yes(&mut call).await;
        Self::hangs_up(&mut call).await;
        let mut played = self.played(&call, Expected::Booked, &[(&noted, "noted"), (&yes, "noted")]);
        if let Err(error) = self.stage.calcom.come_back() {
            played.surprise = Some(format!("the calendar could not come back: {error}"));
        }
        played
    }
}
