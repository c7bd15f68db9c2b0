//! What was understood, in the JSON shape that agents and integrators read.

use jiff::Zoned;
use jiff::civil::{Date, Time};
use serde_json::{Value, json};

use super::super::{Language, say};
use super::{Edge, Understood, Why};

/// The understood as JSON with its spoken form; the spoken form names no year.
pub fn to_json(understood: &Understood, language: Language) -> Value {
    written(understood, &Voice { language, seen_from: None })
}

/// The same; the spoken form names the year where it is not the one seen from.
pub fn to_json_seen_from(understood: &Understood, seen_from: Date, language: Language) -> Value {
    written(understood, &Voice { language, seen_from: Some(seen_from) })
}

struct Voice {
    language: Language,
    seen_from: Option<Date>,
}

impl Voice {
    fn date(&self, date: Date) -> String {
        say::date(date, self.seen_from.unwrap_or(date), self.language)
    }

    fn time(&self, time: Time) -> String {
        say::time(time, self.language)
    }

    fn window(&self, from: &Edge, to: &Edge) -> String {
        let end = |edge: &Edge| match edge {
            Edge::Moment(moment) => self.moment(moment),
            Edge::Day(date) => self.date(*date),
            Edge::Clock(time) => self.time(*time),
        };
        let last = match (from, to) {
            (Edge::Moment(from), Edge::Moment(to)) if from.date() == to.date() => self.time(to.time()),
            _ => end(to),
        };
        say::range(&end(from), &last, self.language)
    }

    fn moment(&self, moment: &Zoned) -> String {
        say::moment(moment, self.seen_from.unwrap_or_else(|| moment.date()), self.language)
    }
}

fn written(understood: &Understood, voice: &Voice) -> Value {
    match understood {
        Understood::Exact { start } => {
            json!({"kind": "exact", "start": rfc3339(start), "spoken": voice.moment(start)})
        }
        Understood::Day { date } => {
            json!({"kind": "day", "date": date.to_string(), "spoken": voice.date(*date)})
        }
        Understood::Time { time } => {
            json!({"kind": "time", "time": hour_and_minute(*time), "spoken": voice.time(*time)})
        }
        Understood::Window { from, to } => {
            json!({"kind": "window", "from": edge(from), "to": edge(to), "spoken": voice.window(from, to)})
        }
        Understood::Candidates { options } => {
            let options: Vec<Value> = options.iter().map(|option| written(option, voice)).collect();
            json!({"kind": "candidates", "options": options})
        }
        Understood::Invalid { why } => json!({"kind": "invalid", "why": reason(*why)}),
        Understood::Soonest => json!({"kind": "soonest"}),
        Understood::Unknown => json!({"kind": "unknown"}),
    }
}

fn edge(edge: &Edge) -> String {
    match edge {
        Edge::Moment(moment) => rfc3339(moment),
        Edge::Day(date) => date.to_string(),
        Edge::Clock(time) => hour_and_minute(*time),
    }
}

fn reason(why: Why) -> &'static str {
    match why {
        Why::Past => "past",
        Why::NoSuchDate => "no_such_date",
        Why::WeekdayMismatch => "weekday_mismatch",
        Why::NoSuchTime => "no_such_time",
    }
}

fn rfc3339(moment: &Zoned) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn hour_and_minute(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}
