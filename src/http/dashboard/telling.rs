//! What happened in a call in the words of the desk: the line of each event, and one sentence for all of it.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde_json::Value;

use super::desk::Desk;
use super::times::Moment;
use super::tones;
use crate::operations::callbacks::CallbackView;
use crate::operations::timeline::{Entry, EventView, Story};

/// One line of the timeline.
pub(super) struct Line {
    pub(super) at: Moment,
    /// `delivery`, `event`, `calcom`, `function`, `booking` or `callback`.
    pub(super) kind: &'static str,
    pub(super) kind_word: String,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) badge: Option<(&'static str, String)>,
    pub(super) took: Option<String>,
    /// What it was called with, what came back; each under its name.
    pub(super) details: Vec<(String, String)>,
}

/// The zone a call's times are read in.
pub(super) type At<'a> = (&'a str, Option<&'a str>);

/// The timeline of a call; what a function's own line tells already is left out.
pub(super) fn lines(desk: &Desk, story: &Story) -> Vec<Line> {
    let at: At<'_> = (&story.call.company, story.call.branch.as_deref());
    // Both were put in order by the same instants, so the nth event of the one is the nth of the other.
    let mut events: Vec<&EventView> = story.events.iter().collect();
    events.sort_by_key(|event| event.at.parse::<Timestamp>().unwrap_or_default());
    let mut events = events.into_iter();
    let line = |entry: &Entry| match entry.kind {
        "event" => {
            events.next().filter(|event| event.kind != "answered").map(|event| of_event(desk, event, at))
        }
        "function" => Some(of_function(desk, entry, at)),
        "calcom" => Some(of_exchange(desk, entry, at)),
        "delivery" => Some(of_delivery(desk, entry, at)),
        "booking" => Some(of_booking(desk, entry, at)),
        _ => Some(of_callback(desk, entry, at)),
    };
    story.entries.iter().filter_map(line).collect()
}

fn plain(desk: &Desk, (iso, kind): (&str, &'static str), at: At<'_>) -> Line {
    Line {
        at: desk.second(iso, at),
        kind,
        kind_word: desk.w.word("line", kind),
        title: String::new(),
        text: String::new(),
        badge: None,
        took: None,
        details: Vec::new(),
    }
}

/// An event of the journal.
pub(super) fn of_event(desk: &Desk, event: &EventView, at: At<'_>) -> Line {
    Line {
        title: desk.w.word("event", &event.kind),
        text: said(desk, &event.kind, &event.data, at),
        ..plain(desk, (&event.at, "event"), at)
    }
}

/// What an event says beyond its name.
fn said(desk: &Desk, kind: &str, data: &Value, at: At<'_>) -> String {
    let w = desk.w;
    let text = |field: &str| data[field].as_str();
    let told: Vec<Option<String>> = match kind {
        "heard" => vec![
            text("date").and_then(|day| Some(w.date(day.parse::<Date>().ok()?))),
            text("time").and_then(|time| Some(time.parse::<Time>().ok()?.strftime("%-H:%M").to_string())),
            data["staff"]["named"].as_str().map(str::to_owned),
        ],
        "offered" => {
            let slots = data["slots"].as_array().into_iter().flatten();
            slots.map(|one| Some(desk.when(one["slot"]["start"].as_str()?, at).shown)).collect()
        }
        "chosen" => vec![
            data["chosen"]["slot"]["start"].as_str().map(|start| desk.when(start, at).shown),
            (data["chosen"]["verified"] == false).then(|| w.t("event-not-seen-free")),
        ],
        "settled" => vec![text("outcome").map(|outcome| w.word("outcome", outcome))],
        "callback_noted" => vec![text("reason").map(|reason| w.word("reason", reason))],
        "ended" => vec![text("ending").map(|ending| w.word("ended", ending))],
        "confirmed" => vec![Some(w.word("yes", text("yes").unwrap_or("said")))],
        "changing" => vec![data["change"]["from"].as_str().map(|from| desk.when(from, at).shown)],
        "changed" => vec![text("came").map(|came| w.word("came", came))],
        _ => Vec::new(),
    };
    let number = data["appointment"].as_i64().filter(|number| *number > 1);
    let number = number.map(|number| w.count("appointment-number", &number));
    number.into_iter().chain(told.into_iter().flatten()).collect::<Vec<_>>().join(" · ")
}

fn of_function(desk: &Desk, entry: &Entry, at: At<'_>) -> Line {
    let (w, data) = (desk.w, &entry.data);
    let status = data["status"].as_str().unwrap_or_default();
    let details = [("line-arguments", &data["arguments"]), ("line-answer", &data["answer"])];
    Line {
        title: data["function"].as_str().unwrap_or_default().to_owned(),
        text: data["answer"]["message"].as_str().unwrap_or_default().to_owned(),
        badge: Some((tones::of_answer(&data["answer"]), w.word("answer", status))),
        took: took(data),
        details: details.into_iter().map(|(key, json)| (w.t(key), pretty(json))).collect(),
        ..plain(desk, (&entry.at, "function"), at)
    }
}

fn of_exchange(desk: &Desk, entry: &Entry, at: At<'_>) -> Line {
    let (w, data) = (desk.w, &entry.data);
    let text = |field: &str| data[field].as_str().unwrap_or_default();
    let outcome = text("outcome");
    let status = data["status"].as_i64().map(|status| status.to_string());
    let tone = if outcome == "ok" { "good" } else { "bad" };
    let word = if outcome == "ok" { status.clone().unwrap_or_default() } else { code(desk, outcome) };
    let asked = Some(&data["asked"]).filter(|asked| !asked.is_null());
    Line {
        title: format!("{} {}", text("method"), text("path")),
        badge: Some((tone, word)),
        took: took(data),
        details: asked.into_iter().map(|asked| (w.t("line-asked"), pretty(asked))).collect(),
        ..plain(desk, (&entry.at, "calcom"), at)
    }
}

fn of_delivery(desk: &Desk, entry: &Entry, at: At<'_>) -> Line {
    let (w, data) = (desk.w, &entry.data);
    let repeats = data["repeats"].as_i64().filter(|repeats| *repeats > 0);
    Line {
        title: data["event"].as_str().unwrap_or_default().to_owned(),
        text: repeats.map(|repeats| w.count("came-again", &repeats)).unwrap_or_default(),
        badge: data["status"].as_str().map(|status| ("quiet", w.word("delivery", status))),
        ..plain(desk, (&entry.at, "delivery"), at)
    }
}

/// A promise, an attempt to keep it, or how it stands.
fn of_booking(desk: &Desk, entry: &Entry, at: At<'_>) -> Line {
    let (w, data) = (desk.w, &entry.data);
    let line = plain(desk, (&entry.at, "booking"), at);
    if let Some(kind) = data["kind"].as_str() {
        let result = data["result"].as_str();
        return Line {
            title: attempt(desk, kind, data["number"].as_i64().unwrap_or_default()),
            badge: Some(attempted(desk, result)),
            ..line
        };
    }
    match data["state"].as_str() {
        Some(state) => Line {
            title: w.t("line-booking-stands"),
            badge: Some((tones::of_booking(state), w.word("booking", state))),
            text: data["reason"].as_str().map(|reason| code(desk, reason)).unwrap_or_default(),
            ..line
        },
        None => Line { title: w.t("line-promised"), ..line },
    }
}

/// What a request about a booking was for.
pub(super) fn attempt(desk: &Desk, kind: &str, number: i64) -> String {
    format!("{} {number}", desk.w.word("attempt", kind))
}

/// What became of a request about a booking.
pub(super) fn attempted(desk: &Desk, result: Option<&str>) -> (&'static str, String) {
    let Some(result) = result else { return ("busy", desk.w.t("attempt-under-way")) };
    let (class, why) = result.split_once(": ").map_or((result, None), |(class, why)| (class, Some(why)));
    let word = desk.w.word("result", &class.replace(' ', "-"));
    let told = why.map_or_else(|| word.clone(), |why| format!("{word}: {}", code(desk, why)));
    (tones::of_result(class), told)
}

fn of_callback(desk: &Desk, entry: &Entry, at: At<'_>) -> Line {
    let (w, data) = (desk.w, &entry.data);
    let text = |field: &str| data[field].as_str().unwrap_or_default();
    Line {
        title: w.t("line-callback-due"),
        text: format!("{} · {}", w.word("reason", text("reason")), desk.when(text("due"), at).shown),
        badge: Some((tones::of_callback(false, text("state")), w.word("callback", text("state")))),
        ..plain(desk, (&entry.at, "callback"), at)
    }
}

/// A reason of the books in words.
pub(super) fn code(desk: &Desk, code: &str) -> String {
    if code.starts_with("test mode") {
        return desk.w.t("code-test-mode");
    }
    let key = format!("code-{}", code.replace('_', "-"));
    if desk.w.has(&key) { desk.w.t(&key) } else { crate::domain::call::why::of_code(code) }
}

fn took(data: &Value) -> Option<String> {
    data["duration_ms"].as_i64().map(|ms| format!("{ms} ms"))
}

pub(super) fn pretty(json: &Value) -> String {
    serde_json::to_string_pretty(json).unwrap_or_default()
}

/// What came of a call and why, in one sentence.
pub(super) fn verdict(desk: &Desk, story: &Story, callbacks: &[CallbackView]) -> String {
    let w = desk.w;
    let at: At<'_> = (&story.call.company, story.call.branch.as_deref());
    let mut told: Vec<String> = story
        .bookings
        .iter()
        .map(|booking| {
            let what = format!("{}, {}", booking.service, desk.when(&booking.start, at).shown);
            let why = booking.reason.as_deref().map(|reason| code(desk, reason));
            let why = why.or_else(|| agreed(desk, story, booking.appointment)).map(|why| format!(" ({why})"));
            let key = format!("verdict-booking-{}", booking.state);
            format!("{}{}", w.with(&key, &what), why.unwrap_or_default())
        })
        .collect();
    if told.is_empty() {
        told.push(nothing_booked(desk, story));
    }
    told.extend(callbacks.iter().map(|item| {
        let reason = w.word("reason", &item.reason);
        if item.state == "done" {
            w.with("verdict-called-back", &reason)
        } else {
            w.with("verdict-call-back", &format!("{}; {reason}", desk.when(&item.due, at).shown))
        }
    }));
    format!("{}.", told.join("; "))
}

/// How the caller agreed to an appointment.
fn agreed(desk: &Desk, story: &Story, appointment: i32) -> Option<String> {
    let is_it = |event: &&EventView| event.kind == "confirmed" && event.data["appointment"] == appointment;
    let yes = story.events.iter().rfind(is_it)?.data["yes"].as_str().unwrap_or("said");
    Some(desk.w.word("agreed", yes))
}

/// Why a call without a booking has none: how far it came, and how it ended.
fn nothing_booked(desk: &Desk, story: &Story) -> String {
    let w = desk.w;
    if story.call.phase == "live" {
        return w.t("verdict-live");
    }
    let Some(outcome) = story.outcome.as_deref() else { return w.t("verdict-waits") };
    let last = story.functions.last().map(|one| w.word("answer", &one.status));
    let last = last.map(|last| w.with("verdict-last-answer", &last));
    let ending = story.call.disconnection_reason.as_deref().map(|reason| w.word("ending", reason));
    let why: Vec<String> = last.into_iter().chain(ending).collect();
    let outcome = w.word("verdict", outcome);
    if why.is_empty() { outcome } else { format!("{outcome} ({})", why.join("; ")) }
}

impl Desk {
    /// The time of an instant to the second.
    pub(super) fn second(&self, iso: &str, (company, branch): At<'_>) -> Moment {
        let zone = self.zone(company, branch);
        let shown = iso.parse::<Timestamp>().map(|at| at.to_zoned(zone).strftime("%H:%M:%S").to_string());
        Moment { iso: iso.to_owned(), shown: shown.unwrap_or_default() }
    }
}
