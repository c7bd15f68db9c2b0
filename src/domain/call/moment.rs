//! When the caller would like to come: a day, a time, several of either, as soon as possible, or a question back.

use jiff::civil::{Date, Time};
use jiff::{Timestamp, Zoned};

use super::Request;
use super::desk::Desk;
use super::hear::{Heard, clarify, which_of};
use crate::domain::alternatives::{Days, Times};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::Wish;
use crate::domain::directory::Branch;
use crate::domain::speech::names::fold;
use crate::domain::speech::{Edge, Reference, Understood, Why, say, sentences, when};

/// Days of a week.
const WEEK: i32 = 7;

/// Day and time as understood, or the question to ask.
enum Moment {
    Nothing,
    Soonest,
    AnyTimeOn(Date),
    Parts(Option<Date>, Option<Time>),
    /// Several days or times, of which any would do.
    Open(Wish),
    At(Timestamp, Date, Time),
    Ask(Answer),
}

impl Desk<'_> {
    pub(super) fn moment_of(&self, branch: &Branch, request: &Request, before: &Wish, heard: &mut Heard) {
        match self.moment(branch, request, before) {
            Moment::Nothing => {}
            Moment::Soonest => {
                heard.soonest = true;
                (heard.wish.time, heard.wish.times) = self.clear_times(branch, request);
            }
            Moment::Open(wish) => {
                (heard.wish.date, heard.wish.days) = (wish.date, wish.days);
                (heard.wish.time, heard.wish.times) = (wish.time, wish.times);
            }
            Moment::AnyTimeOn(date) => {
                heard.any_time = true;
                heard.wish.date = Some(date);
            }
            Moment::Parts(date, time) => (heard.wish.date, heard.wish.time) = (date, time),
            Moment::At(start, date, time) => {
                (heard.wish.date, heard.wish.time) = (Some(date), Some(time));
                heard.start = Some(start);
            }
            Moment::Ask(question) => {
                heard.question.get_or_insert(question);
                // Of a clear day and an unclear time, or the other way round, the clear one is kept.
                match self.clear_parts(branch, request) {
                    // Both are clear and do not go together: the day stays, the time is asked for.
                    (Some(date), Some(_)) => heard.wish.date = Some(date),
                    (date, time) => (heard.wish.date, heard.wish.time) = (date, time),
                }
            }
        }
    }

    /// The day and the time that are clear by themselves.
    fn clear_parts(&self, branch: &Branch, request: &Request) -> (Option<Date>, Option<Time>) {
        let began = self.began(branch);
        let reference = self.reference(branch, &began);
        let date = request
            .date
            .as_deref()
            .map(|words| day_in(words, &reference))
            .and_then(|day| if let Understood::Day { date } = day { Some(date) } else { None });
        let time = request
            .time
            .as_deref()
            .map(|words| time_in(words, &reference))
            .and_then(|time| if let Understood::Time { time } = time { Some(time) } else { None });
        (date, time)
    }

    /// The time, or the times, of any day that are clear by themselves.
    fn clear_times(&self, branch: &Branch, request: &Request) -> (Option<Time>, Option<Times>) {
        let began = self.began(branch);
        let reference = self.reference(branch, &began);
        match request.time.as_deref().map(|words| time_in(words, &reference)) {
            Some(Understood::Time { time }) => (Some(time), None),
            Some(Understood::Window { from: Edge::Clock(from), to: Edge::Clock(until) }) => {
                (None, Some(Times { from, until }))
            }
            Some(_) | None => (None, None),
        }
    }

    fn moment(&self, branch: &Branch, request: &Request, before: &Wish) -> Moment {
        let began = self.began(branch);
        let reference = self.reference(branch, &began);
        let (said_day, said_time) = (
            request.date.as_deref().map(|words| day_in(words, &reference)),
            request.time.as_deref().map(|words| time_in(words, &reference)),
        );
        let day_before = before.date.map(|date| Understood::Day { date });
        let time_before = before.time.map(|time| Understood::Time { time });
        let (day, time) = match (said_day, said_time) {
            (None, None) if day_before.is_none() || time_before.is_none() => return Moment::Nothing,
            // One argument may carry day and time together, whichever it is.
            (Some(whole @ Understood::Exact { .. }), None | Some(Understood::Unknown))
            | (None, Some(whole @ Understood::Exact { .. })) => return self.meaning_of(branch, whole),
            (Some(time @ Understood::Time { .. }), None) => (day_before, Some(time)),
            (None, Some(day @ Understood::Day { .. })) => (Some(day), time_before),
            (day, time) => (day.or(day_before), time.or(time_before)),
        };
        match (day, time) {
            (Some(days @ Understood::Window { .. }), Some(time)) => self.open(days, time),
            (Some(Understood::Soonest), _) | (None, Some(Understood::Soonest)) => Moment::Soonest,
            (Some(Understood::Day { date }), Some(Understood::Soonest)) => Moment::AnyTimeOn(date),
            (Some(only), None | Some(Understood::Soonest)) | (None, Some(only)) => {
                self.meaning_of(branch, only)
            }
            (Some(day), Some(time)) => self.meaning_of(branch, when::combine(&day, &time, &reference)),
            (None, None) => Moment::Nothing,
        }
    }

    /// Several days (or times, said as a day) with a time or several said beside them.
    fn open(&self, days: Understood, time: Understood) -> Moment {
        let ask = || Moment::Ask(clarify(sentences::when_exactly(self.company.language)));
        let Understood::Window { from, to } = days else { return ask() };
        let Some(open) = window(from, to) else { return ask() };
        match time {
            Understood::Soonest => Moment::Open(open),
            Understood::Time { time } if open.times.is_none() => {
                Moment::Open(Wish { time: Some(time), ..open })
            }
            Understood::Window { from, to } => match window(from, to) {
                Some(other)
                    if open.says_a_day() != other.says_a_day()
                        && open.says_a_time() != other.says_a_time() =>
                {
                    Moment::Open(open.or(other))
                }
                Some(other) if open == other => Moment::Open(open),
                Some(_) | None => ask(),
            },
            Understood::Time { .. }
            | Understood::Exact { .. }
            | Understood::Day { .. }
            | Understood::Candidates { .. }
            | Understood::Invalid { .. }
            | Understood::Unknown => ask(),
        }
    }

    fn meaning_of(&self, branch: &Branch, understood: Understood) -> Moment {
        let language = self.company.language;
        match understood {
            Understood::Exact { start } => {
                let local = start.with_time_zone(branch.zone.clone());
                Moment::At(local.timestamp(), local.date(), local.time())
            }
            Understood::Day { date } => Moment::Parts(Some(date), None),
            Understood::Time { time } => Moment::Parts(None, Some(time)),
            Understood::Soonest => Moment::Soonest,
            Understood::Candidates { options } if let Some(open) = any_of(&options) => Moment::Open(open),
            Understood::Candidates { options } => Moment::Ask(which_of(&options, language)),
            Understood::Invalid { why: Why::Past } => {
                Moment::Ask(Answer::new(Status::Past, sentences::past(language)))
            }
            Understood::Invalid { why } => Moment::Ask(clarify(sentences::no_such_moment(why, language))),
            Understood::Window { from, to } => {
                let open = window(from, to);
                open.map_or_else(|| Moment::Ask(clarify(sentences::when_exactly(language))), Moment::Open)
            }
            Understood::Unknown => Moment::Ask(clarify(sentences::which_day_and_time(language))),
        }
    }
}

impl Desk<'_> {
    /// Whether a moment lies on the weekday that was said, some week or other, and at the time beside it.
    pub(super) fn is_on_that_weekday(&self, branch: &Branch, words: &str, at: &Zoned) -> bool {
        let began = self.began(branch);
        let (date, time) = match day_in(words, &self.reference(branch, &began)) {
            Understood::Day { date } => (date, None),
            Understood::Exact { start } => (start.date(), Some(start.time())),
            Understood::Time { .. }
            | Understood::Window { .. }
            | Understood::Candidates { .. }
            | Understood::Invalid { .. }
            | Understood::Soonest
            | Understood::Unknown => return false,
        };
        // A day further off was said by its date.
        let is_the_next = began.date().until(date).is_ok_and(|ahead| (0..=WEEK).contains(&ahead.get_days()));
        let named = fold(say::weekday(at.date().weekday(), self.company.language));
        let says_it = fold(words).split(' ').any(|word| word == named);
        is_the_next && says_it && time.is_none_or(|time| time == at.time())
    }
}

/// Several days, times, or times of one day; None: edges that do not belong together.
fn window(from: Edge, to: Edge) -> Option<Wish> {
    match (from, to) {
        (Edge::Day(first), Edge::Day(last)) if first == last => {
            Some(Wish { date: Some(first), ..Wish::default() })
        }
        (Edge::Day(first), Edge::Day(last)) => {
            Some(Wish { days: Some(Days { first, last }), ..Wish::default() })
        }
        (Edge::Clock(from), Edge::Clock(until)) => {
            Some(Wish { times: Some(Times { from, until }), ..Wish::default() })
        }
        (Edge::Moment(from), Edge::Moment(to)) if from.date() == to.date() => {
            let times = Times { from: from.time(), until: to.time() };
            Some(Wish { date: Some(from.date()), times: Some(times), ..Wish::default() })
        }
        (Edge::Moment(from), Edge::Moment(to)) => {
            Some(Wish { days: Some(Days { first: from.date(), last: to.date() }), ..Wish::default() })
        }
        (Edge::Moment(_) | Edge::Day(_) | Edge::Clock(_), _) => None,
    }
}

/// The same time, or times, on days that follow each other, closed ones left out: any of them would do.
fn any_of(options: &[Understood]) -> Option<Wish> {
    let mut wishes: Vec<(Date, Wish)> = Vec::new();
    for option in options {
        let wish = match option.clone() {
            Understood::Exact { start } => {
                Wish { date: Some(start.date()), time: Some(start.time()), ..Wish::default() }
            }
            Understood::Window { from, to } => window(from, to)?,
            Understood::Day { .. }
            | Understood::Time { .. }
            | Understood::Candidates { .. }
            | Understood::Invalid { .. }
            | Understood::Soonest
            | Understood::Unknown => return None,
        };
        wishes.push((wish.date?, Wish { date: None, ..wish }));
    }
    wishes.sort_by_key(|(date, _)| *date);
    let (first, time) = wishes.first()?;
    let last = wishes.last()?.0;
    let gaps = wishes.windows(2).map(|two| two[0].0.until(two[1].0).map_or(i32::MAX, |gap| gap.get_days()));
    // A day off between two open ones is a gap of two; but two such days are two that were named.
    let gap_max = if wishes.len() > 2 { 2 } else { 1 };
    let is_row = gaps.into_iter().all(|gap| (1..=gap_max).contains(&gap));
    let is_one_time = time.says_a_time() && wishes.iter().all(|(_, other)| other == time);
    (is_row && is_one_time && first < &last)
        .then(|| Wish { days: Some(Days { first: *first, last }), ..time.clone() })
}

/// What was said where a day belongs: a bare figure is no time of day there.
pub(super) fn day_in(words: &str, reference: &Reference<'_>) -> Understood {
    let understood = when::understand(words, reference);
    let is_bare = words.trim().chars().all(|sign| sign.is_ascii_digit());
    let is_clock = matches!(understood, Understood::Time { .. } | Understood::Candidates { .. });
    if is_bare && is_clock { Understood::Unknown } else { understood }
}

/// What was said where a time belongs: "9.10" is ten past nine there, not a day in October.
pub(super) fn time_in(words: &str, reference: &Reference<'_>) -> Understood {
    let understood = when::understand(words, reference);
    // A dot at the end makes it a date whatever it was given as.
    if matches!(understood, Understood::Day { .. }) && !words.trim().ends_with('.') {
        let as_time = when::understand(&format!("um {words}"), reference);
        return if matches!(as_time, Understood::Time { .. }) { as_time } else { understood };
    }
    understood
}
