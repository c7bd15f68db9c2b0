//! `opening_hours`: when somebody is there, on a day, over some days, or as a rule.

use jiff::ToSpan as _;
use jiff::civil::{Date, Time, Weekday};
use serde_json::{Value, json};

use super::Request;
use super::desk::Desk;
use super::hear::{clarify, which_of};
use crate::domain::answer::{Answer, Status};
use crate::domain::directory::Branch;
use crate::domain::hours::Opening;
use crate::domain::speech::sentences::{self, Closed, Stretch};
use crate::domain::speech::{Edge, Understood, say, understand};

/// Days of one answer at most: two months.
const DAYS_MAX: i32 = 62;
/// Days ahead for which it is told when it is not as usual.
const AHEAD: i32 = 14;
/// Days of a week as they are told without a date.
const WEEK: i32 = 7;
/// How far ahead the next open day is looked for.
const SEARCH: i32 = 30;

/// Which days are asked about.
enum Asked {
    Day(Date),
    Days(Date, Date),
    /// Nothing was said, or nothing that is a day.
    AsARule,
    Unclear(Answer),
}

impl Desk<'_> {
    pub(super) fn opening_hours(&self, branch: &Branch, request: &Request) -> Answer {
        let language = self.company.language;
        let Some(opening) = &branch.opening else {
            return Answer::new(Status::Hours, sentences::hours_unknown(language))
                .with("hours", Vec::<Value>::new());
        };
        let today = self.today(branch);
        let answer = match self.asked_about(branch, request) {
            Asked::Unclear(question) => return question,
            Asked::Day(day) => self.hours_on(opening, day, today),
            Asked::Days(from, to) => self.hours_between(opening, (from, to), today),
            Asked::AsARule => self.hours_as_a_rule(opening, today),
        };
        let is_open = opening.is_open_at(&self.now.to_zoned(branch.zone.clone()));
        answer.with("open_now", is_open)
    }

    fn asked_about(&self, branch: &Branch, request: &Request) -> Asked {
        let Some(words) = request.date.as_deref().or(request.when.as_deref()) else { return Asked::AsARule };
        let (began, language) = (self.began(branch), self.company.language);
        match understand(words, &self.reference(branch, &began)) {
            Understood::Exact { start } => Asked::Day(start.with_time_zone(branch.zone.clone()).date()),
            Understood::Day { date } => Asked::Day(date),
            Understood::Window { from, to } => match (day_of(&from, branch), day_of(&to, branch)) {
                (Some(from), Some(to)) if from == to => Asked::Day(from),
                (Some(from), Some(to)) => Asked::Days(from, to),
                (_, _) => Asked::AsARule,
            },
            Understood::Candidates { options } => Asked::Unclear(which_of(&options, language)),
            Understood::Invalid { why } => Asked::Unclear(clarify(sentences::no_such_moment(why, language))),
            Understood::Time { .. } | Understood::Soonest | Understood::Unknown => Asked::AsARule,
        }
    }

    fn hours_on(&self, opening: &Opening, day: Date, today: Date) -> Answer {
        let language = self.company.language;
        let spoken = say::date(day, today, language);
        let hours = opening.blocks_on(day);
        let sentence = if hours.is_empty() {
            let next = self.next_in_words(opening, day, today);
            sentences::closed_on(&spoken, next.as_ref(), language)
        } else {
            sentences::open_on(&spoken, &stretches(&hours), language)
        };
        Answer::new(Status::Hours, sentence).with("hours", self.day_rows(opening, &[day], today))
    }

    fn hours_between(&self, opening: &Opening, (from, to): (Date, Date), today: Date) -> Answer {
        let language = self.company.language;
        let days = days(from.max(today), to);
        let Some((first, last)) = days.first().copied().zip(days.last().copied()) else {
            return clarify(sentences::past(language));
        };
        let mut sentence = if days.iter().all(|day| opening.blocks_on(*day).is_empty()) {
            let next = self.next_in_words(opening, last, today);
            sentences::closed_throughout(&say::days(first, last, today, language), next.as_ref(), language)
        } else {
            let open = days.iter().filter(|day| !opening.blocks_on(**day).is_empty());
            let rule = rule(opening, open.map(|day| day.weekday()));
            let closed = self.runs_in_words(&closed_runs(opening, &days), today);
            sentences::open_as_a_rule(&rule, &closed, language)
        };
        if last < to {
            sentence += &sentences::looked_at_until(&say::date(last, today, language), language);
        }
        Answer::new(Status::Hours, sentence).with("hours", self.day_rows(opening, &days, today))
    }

    /// The rule of the week, and what of the days ahead is not as usual, to its end.
    fn hours_as_a_rule(&self, opening: &Opening, today: Date) -> Answer {
        let week = days(today, today.saturating_add((WEEK - 1).days()));
        let rule = rule(opening, week.iter().map(|day| day.weekday()));
        let mut closed = closed_runs(opening, &days(today, today.saturating_add(DAYS_MAX.days())));
        closed.retain(|(first, _)| *first <= today.saturating_add(AHEAD.days()));
        let closed = self.runs_in_words(&closed, today);
        let sentence = sentences::open_as_a_rule(&rule, &closed, self.company.language);
        Answer::new(Status::Hours, sentence).with("hours", self.day_rows(opening, &week, today))
    }

    fn runs_in_words(&self, runs: &[(Date, Date)], today: Date) -> Vec<Closed> {
        let language = self.company.language;
        let in_words = |(first, last): &(Date, Date)| {
            if first == last {
                Closed::Day(say::date(*first, today, language))
            } else {
                Closed::Days(say::days(*first, *last, today, language))
            }
        };
        runs.iter().map(in_words).collect()
    }

    /// The next open day after that one, and from when on.
    fn next_in_words(&self, opening: &Opening, after: Date, today: Date) -> Option<(String, String)> {
        let language = self.company.language;
        let (day, from) = next_open(opening, after)?;
        Some((say::date(day, today, language), say::time(from, language)))
    }

    fn day_rows(&self, opening: &Opening, days: &[Date], today: Date) -> Vec<Value> {
        let clock =
            |time: Time| if time == Time::MAX { "24:00".into() } else { time.strftime("%H:%M").to_string() };
        let row = |day: &Date| {
            let open: Vec<Value> = opening
                .blocks_on(*day)
                .iter()
                .map(|(from, to)| json!({"from": clock(*from), "to": clock(*to)}))
                .collect();
            let spoken = say::date(*day, today, self.company.language);
            json!({"date": day.to_string(), "spoken": spoken, "open": open})
        };
        days.iter().map(row).collect()
    }
}

/// All days from one to another, not without end.
fn days(from: Date, to: Date) -> Vec<Date> {
    (0..DAYS_MAX).map(|ahead| from.saturating_add(ahead.days())).filter(|day| *day <= to).collect()
}

/// The hours of these weekdays, each once and in their order.
fn rule(opening: &Opening, weekdays: impl Iterator<Item = Weekday>) -> Vec<(Weekday, Vec<Stretch>)> {
    let mut weekdays: Vec<Weekday> = weekdays.collect();
    weekdays.sort_by_key(|day| day.to_monday_zero_offset());
    weekdays.dedup();
    weekdays.into_iter().map(|day| (day, stretches(&opening.hours.blocks(day)))).collect()
}

/// The first and the last day of each row of closed days among which some would be open as a rule.
fn closed_runs(opening: &Opening, days: &[Date]) -> Vec<(Date, Date)> {
    let is_closed = |day: &Date| opening.blocks_on(*day).is_empty();
    let is_unusual = |day: &&Date| is_closed(day) && !opening.hours.blocks(day.weekday()).is_empty();
    let rows = days.chunk_by(|one, next| is_closed(one) == is_closed(next));
    let run = |row: &[Date]| {
        let first = row.iter().find(is_unusual)?;
        let last = row.iter().rfind(is_unusual)?;
        Some((*first, *last))
    };
    rows.filter_map(run).collect()
}

/// The first open day after that one, and from when on.
fn next_open(opening: &Opening, after: Date) -> Option<(Date, Time)> {
    (1..=SEARCH).find_map(|ahead| {
        let day = after.checked_add(ahead.days()).ok()?;
        opening.blocks_on(day).first().map(|(from, _)| (day, *from))
    })
}

fn stretches(blocks: &[(Time, Time)]) -> Vec<Stretch> {
    blocks.iter().map(|(from, to)| Stretch { from: *from, to: *to }).collect()
}

/// The day that an end of a window lies on, if it is on one.
fn day_of(edge: &Edge, branch: &Branch) -> Option<Date> {
    match edge {
        Edge::Moment(moment) => Some(moment.with_time_zone(branch.zone.clone()).date()),
        Edge::Day(day) => Some(*day),
        Edge::Clock(_) => None,
    }
}
