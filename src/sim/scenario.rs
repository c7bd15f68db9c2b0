//! Named stories on the telephone, in German: what callers say, what agents do with it, and what must come of it.

mod questions;
mod returning;
mod script;
mod staged;
mod talks;
mod words;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::calcom::Calcom;
use super::retell::Workspace;
pub use script::Script;

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
    /// Another word for it.
    pub synonym: &'static str,
    /// Event type and host of that service.
    pub event_type: i64,
}

/// What has to come of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// One appointment stands in the calendar.
    Booked,
    BookedTwice,
    /// Nothing stands, because the caller said no.
    Nothing,
    /// Nothing stands, and a person calls back.
    Callback,
    /// The number belongs to nobody: there is no such call in the books.
    Unknown,
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
    /// A conversation line by line.
    Told(&'static Script),
}

/// All stories in the order the demo plays them.
pub fn all() -> impl Iterator<Item = Story> + Clone {
    let told = talks::ALL.iter().chain(questions::ALL).chain(returning::ALL);
    STAGED.into_iter().chain(told.map(|script| Story::Told(script)))
}

/// The stories that are more than a conversation.
const STAGED: [Story; 11] = [
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
            Self::Told(script) => script.name,
        }
    }

    /// How many calls it takes.
    pub fn calls(self) -> usize {
        match self {
            Self::TwoCallersOneSlot => 2,
            Self::Told(script) => script.talks.len(),
            Self::PlainBooking
            | Self::InThreeParts
            | Self::ChangesTheTime
            | Self::SaysNoAfterAll
            | Self::FunctionRepeated
            | Self::WebhooksThrice
            | Self::OnlyVariables
            | Self::WantsACallback
            | Self::CutOffAfterTheReadBack
            | Self::CalendarOutage => 1,
        }
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
            Self::Told(script) => scene.follow(script).await,
        }
    }
}

/// The stories of a run of about so many calls.
pub fn programme(calls: usize) -> Vec<Story> {
    let mut planned = 0;
    all()
        .cycle()
        .take(calls)
        .take_while(|story| {
            let goes_in = planned < calls;
            planned += story.calls();
            goes_in
        })
        .collect()
}

/// How many weekdays ahead the days begin that belong to no scene.
const FAR: usize = 25;

struct Scene<'a> {
    story: Story,
    stage: &'a Stage,
    company: &'a Company,
    day: Date,
    /// A day on which only what is free is taken.
    far_day: Date,
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
            day: weekday_ahead(stage.now, day),
            far_day: weekday_ahead(stage.now, FAR + n % FAR),
            time: clock(2 * half_hour),
            other_time: clock(2 * half_hour + 1),
            name: NAMES[n % NAMES.len()],
            from: format!("+49301234{:04}", n % 10_000),
        }
    }
}

/// The n-th day from three days ahead on that is no Sunday.
pub(super) fn working_day(now: Timestamp, n: usize) -> Date {
    let berlin = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
    let first = now.to_zoned(berlin).date();
    let days = (3i64..).map(|ahead| first.saturating_add(ahead.days()));
    days.filter(|day| day.weekday() != Weekday::Sunday).nth(n).unwrap_or(first)
}

/// The n-th day from three days ahead on that is neither Saturday nor Sunday.
fn weekday_ahead(now: Timestamp, n: usize) -> Date {
    let days = (0..).map(|nth| working_day(now, nth));
    let mut weekdays = days.filter(|day| day.weekday() != Weekday::Saturday);
    weekdays.nth(n).unwrap_or_default()
}
