//! Named stories on the telephone, in German: what callers say, what agents do with it, and what must come of it.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use super::calcom::Calcom;
use super::retell::{Answer, Call, Ring, Workspace};

/// A stage on which stories are played.
#[derive(Clone, Debug)]
pub struct Stage {
    pub calcom: Calcom,
    pub companies: Vec<Company>,
    /// The real time, for choosing days ahead.
    pub now: Timestamp,
}

/// A company that can be called.
#[derive(Clone, Debug)]
pub struct Company {
    pub retell: Workspace,
    pub number: &'static str,
    pub service: &'static str,
    /// Event type and host of that service.
    pub event_type: i64,
}

/// What has to come of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// One appointment stands in the calendar.
    Booked,
    /// Nothing stands, because the caller said no.
    Nothing,
    /// Nothing stands, and a person calls back.
    Callback,
}

/// A call that has been played.
#[derive(Clone, Debug)]
pub struct Played {
    pub story: &'static str,
    pub call_id: String,
    pub expected: Expected,
    /// The last thing the agent was given to say.
    pub last_words: String,
    /// What went otherwise than the story has it.
    pub surprise: Option<String>,
}

/// A story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Story {
    PlainBooking,
    InThreeParts,
    ChangesTheTime,
    SaysNoAfterAll,
    TwoCallersOneSlot,
    FunctionRepeated,
    WebhooksThrice,
    OnlyVariables,
    WantsACallback,
    CutOffAfterTheReadBack,
    CalendarOutage,
}

/// All stories in the order the demo plays them.
pub const ALL: [Story; 11] = [
    Story::PlainBooking,
    Story::InThreeParts,
    Story::ChangesTheTime,
    Story::SaysNoAfterAll,
    Story::TwoCallersOneSlot,
    Story::FunctionRepeated,
    Story::WebhooksThrice,
    Story::OnlyVariables,
    Story::WantsACallback,
    Story::CutOffAfterTheReadBack,
    Story::CalendarOutage,
];

/// Who calls.
pub const NAMES: [&str; 12] = [
    "Erika Beispiel",
    "Jonas Mustermann",
    "Aylin Probe",
    "Karl-Heinz Vorlage",
    "Zoë Erfunden",
    "Bärbel Nimmerda",
    "Tomasz Schablone",
    "Wiebke Platzhalter",
    "Giovanni Muster",
    "Änne Niemand",
    "Mehmet Irgendwer",
    "Friederike Beleg",
];

impl Story {
    pub fn name(self) -> &'static str {
        match self {
            Self::PlainBooking => "bucht in einem Zug",
            Self::InThreeParts => "sagt alles in drei Teilen",
            Self::ChangesTheTime => "verschiebt vor dem Auflegen",
            Self::SaysNoAfterAll => "sagt doch ab",
            Self::TwoCallersOneSlot => "zwei Anrufer, ein Termin",
            Self::FunctionRepeated => "Funktion kommt zweimal",
            Self::WebhooksThrice => "Webhooks kommen dreimal",
            Self::OnlyVariables => "nur Variablen, keine Funktion",
            Self::WantsACallback => "möchte zurückgerufen werden",
            Self::CutOffAfterTheReadBack => "Leitung bricht nach dem Vorlesen ab",
            Self::CalendarOutage => "Kalender fällt aus",
        }
    }

    /// How many calls it takes.
    pub fn calls(self) -> usize {
        if self == Self::TwoCallersOneSlot { 2 } else { 1 }
    }

    /// Plays it; the n-th story of a run has a time of its own, so that only the two of one story meet.
    pub async fn play(self, stage: &Stage, n: usize) -> Vec<Played> {
        let scene = Scene::new(self, stage, n);
        match self {
            Self::PlainBooking => vec![scene.plain_booking().await],
            Self::InThreeParts => vec![scene.in_three_parts().await],
            Self::ChangesTheTime => vec![scene.changes_the_time().await],
            Self::SaysNoAfterAll => vec![scene.says_no_after_all().await],
            Self::TwoCallersOneSlot => scene.two_callers_one_slot().await,
            Self::FunctionRepeated => vec![scene.function_repeated().await],
            Self::WebhooksThrice => vec![scene.webhooks_thrice().await],
            Self::OnlyVariables => vec![scene.only_variables().await],
            Self::WantsACallback => vec![scene.wants_a_callback().await],
            Self::CutOffAfterTheReadBack => vec![scene.cut_off().await],
            Self::CalendarOutage => vec![scene.calendar_outage().await],
        }
    }
}

/// The stories of a run of about so many calls.
pub fn programme(calls: usize) -> Vec<Story> {
    let mut planned = 0;
    ALL.into_iter()
        .cycle()
        .take(calls)
        .take_while(|story| {
            let goes_in = planned < calls;
            planned += story.calls();
            goes_in
        })
        .collect()
}

struct Scene<'a> {
    story: Story,
    stage: &'a Stage,
    company: &'a Company,
    day: Date,
    time: String,
    other_time: String,
    name: &'static str,
    from: String,
}

impl<'a> Scene<'a> {
    fn new(story: Story, stage: &'a Stage, n: usize) -> Self {
        let company = &stage.companies[n % stage.companies.len()];
        let turn = n / stage.companies.len();
        // Sixteen half hours a day from nine to five; the other time is the half hour after.
        let (day, half_hour) = (turn / 8, turn % 8);
        let clock = |half: usize| format!("{:02}:{:02}", 9 + half / 2, half % 2 * 30);
        Self {
            story,
            stage,
            company,
            day: working_day(stage.now, day),
            time: clock(2 * half_hour),
            other_time: clock(2 * half_hour + 1),
            name: NAMES[n % NAMES.len()],
            from: format!("+49301234{:04}", n % 10_000),
        }
    }

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

    async fn plain_booking(self) -> Played {
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

    async fn in_three_parts(self) -> Played {
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

    async fn changes_the_time(self) -> Played {
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

    async fn says_no_after_all(self) -> Played {
        let mut call = self.ring();
        call.start().await;
        let held = self.asks_for(&mut call, &self.time).await;
        call.says("Nein, lassen Sie es doch.");
        let no = call.invoke("collect_appointment", json!({"bestaetigung": false})).await;
        Self::hangs_up(&mut call).await;
        self.played(&call, Expected::Nothing, &[(&held, "held"), (&no, "withdrawn")])
    }

    async fn two_callers_one_slot(self) -> Vec<Played> {
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

    async fn function_repeated(self) -> Played {
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

    async fn webhooks_thrice(self) -> Played {
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

    async fn only_variables(self) -> Played {
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

    async fn wants_a_callback(self) -> Played {
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

    async fn cut_off(self) -> Played {
        let mut call = self.ring();
        call.start().await;
        let held = self.asks_for(&mut call, &self.time).await;
        call.hang_up("error_asr");
        call.ended().await;
        call.analyzed(json!({})).await;
        self.played(&call, Expected::Callback, &[(&held, "held")])
    }

    async fn calendar_outage(self) -> Played {
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

/// The n-th day from three days ahead on that is no Sunday.
pub(super) fn working_day(now: Timestamp, n: usize) -> Date {
    let berlin = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
    let first = now.to_zoned(berlin).date();
    let days = (3i64..).map(|ahead| first.saturating_add(ahead.days()));
    days.filter(|day| day.weekday() != Weekday::Sunday).nth(n).unwrap_or(first)
}
