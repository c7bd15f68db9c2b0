//! The small functions: what is offered here, and "please call me back".

use jiff::Zoned;
use jiff::civil::{Date, Time};
use serde_json::json;

use super::desk::{Asked, Desk, iso};
use super::hear::{Unclear, kept, news_of};
use super::{Event, Request};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::Wish;
use crate::domain::callback::{Reason, Wished};
use crate::domain::directory::{Branch, Service};
use crate::domain::phone::Caller;
use crate::domain::speech::{Edge, Understood, Why, sentences, understand};

/// The most services one answer lists, so that it stays short enough for the wire and the ear.
const LISTED_MAX: usize = 50;
/// The most names a question gives to choose from.
pub(super) const CHOICES_MAX: usize = 5;

impl Desk<'_> {
    pub(super) fn list_services(&self, branch: &Branch) -> Answer {
        let rows: Vec<_> = branch
            .offered()
            .take(LISTED_MAX)
            .map(|service| {
                let (staff, minutes) = (service.staff_names(), service.duration_minutes);
                json!({"name": service.name, "duration_minutes": minutes, "staff": staff})
            })
            .collect();
        Answer::new(Status::Services, sentences::services(&names_of(branch), self.company.language))
            .with("services", rows)
    }

    /// The caller means none of our services: asks with what sounds most like it.
    pub(super) fn which_service(&self, branch: &Branch, words: &str) -> Answer {
        let mut names = branch.services_like(words);
        names.truncate(LISTED_MAX);
        let sentence = sentences::which_service(&names, self.company.language);
        Answer::new(Status::UnknownService, sentence).with("services", names)
    }

    /// More than one of our services may be meant.
    pub(super) fn which_of_the_services(&self, services: &[&Service]) -> Answer {
        let names: Vec<String> =
            services.iter().take(CHOICES_MAX).map(|service| service.name.clone()).collect();
        let sentence = sentences::which_of_these(&names, self.company.language);
        Answer::new(Status::UnknownService, sentence).with("services", names)
    }

    /// Nothing was said about what it is to be.
    pub(super) fn ask_for_a_service(&self, branch: &Branch) -> Answer {
        let names = names_of(branch);
        let sentence = sentences::asking_for("dienstleistung", false, &names, self.company.language);
        Answer::new(Status::UnknownService, sentence).with("services", names)
    }

    /// Takes in who wants to be called, and where; says what of it is unclear.
    pub(super) fn hear_who_calls(&mut self, branch: &Branch, request: &Request) -> Unclear {
        let (person, unclear, mark) = self.person_of(branch, request);
        let (news, name) = news_of(&person, mark, &self.draft(1));
        if !news.is_empty() || name.is_some() {
            self.record(Event::Heard { appointment: 1, wish: Wish::default(), name, person: news });
        }
        unclear
    }

    pub(super) fn request_callback(&mut self, branch: &Branch, request: &Request) -> Answer {
        let language = self.company.language;
        let unclear = self.hear_who_calls(branch, request);
        if unclear.phone || self.call.reachable_at(1).is_none() {
            let sentence = match self.call.caller {
                Caller::Withheld => sentences::number_needed_withheld(language),
                Caller::Number(_) => sentences::number_not_understood(language),
            };
            return Answer::new(Status::Incomplete, sentence).with("missing", vec!["telefonnummer"]);
        }
        let wish = callback_in_words(request);
        let is_urgent = wish.iter().any(|words| self.is_urgent(words));
        // What is urgent does not wait for a later hour, whichever was wished for.
        let words = request.when.as_deref().filter(|_| !is_urgent);
        let when = words.map_or(When::Whenever, |words| self.when_to_call(branch, words));
        let wished = when.at();
        let asked = Asked { wish, wished, is_urgent, ..Asked::default() };
        let due = self.call_back_as(branch, 1, Reason::CallersWish, asked);
        let until = self.spoken(due, &branch.zone);
        let sentence = match when {
            When::Whenever | When::At(_) => sentences::callback_noted(&until, language),
            When::After(next) => {
                sentences::callback_after(&self.spoken(next.from, &branch.zone), &until, language)
            }
            When::Past => sentences::callback_whenever(true, &until, language),
            When::Unclear => sentences::callback_whenever(false, &until, language),
        };
        let answer = Answer::new(Status::CallbackNoted, sentence).with("until", iso(due, &branch.zone));
        match wished {
            Some(wished) => answer.with("from", iso(wished.from, &branch.zone)),
            None => answer,
        }
    }

    /// What the words about when to call come to.
    fn when_to_call(&self, branch: &Branch, words: &str) -> When {
        let began = self.began(branch);
        let today = began.date();
        let ends = match understand(words, &self.reference(branch, &began)) {
            Understood::Soonest => return When::Whenever,
            Understood::Invalid { why: Why::Past } => return When::Past,
            Understood::Candidates { .. } | Understood::Invalid { .. } | Understood::Unknown => {
                return When::Unclear;
            }
            Understood::Exact { start } => Some((start.clone(), start)),
            Understood::Day { date } => on(branch, date, None, true).zip(on(branch, date, None, false)),
            Understood::Time { time } => on(branch, today, Some(time), true).map(|at| (at.clone(), at)),
            Understood::Window { from, to } => {
                edge(branch, &from, today, true).zip(edge(branch, &to, today, false))
            }
        };
        match ends {
            Some((from, to)) if from > to => When::Unclear,
            Some((_, to)) if to.timestamp() <= self.now => When::Past,
            Some((from, to)) => self.while_somebody_is_there(branch, from, &to),
            None => When::Unclear,
        }
    }

    /// From when on somebody is there between these, or after them.
    fn while_somebody_is_there(&self, branch: &Branch, from: Zoned, to: &Zoned) -> When {
        let Some(opening) = &branch.opening else {
            return When::At(Wished { from: from.timestamp(), to: to.timestamp() });
        };
        let now = self.now.to_zoned(branch.zone.clone());
        let Some(next) = opening.next_open(&from.max(now)) else { return When::Unclear };
        let from = next.timestamp();
        if next <= *to {
            return When::At(Wished { from, to: to.timestamp() });
        }
        match on(branch, next.date(), None, false) {
            Some(closes) => When::After(Wished { from, to: closes.timestamp() }),
            None => When::Unclear,
        }
    }
}

/// When somebody who wants to be called would like that.
#[derive(Clone, Copy)]
enum When {
    /// Nothing was said of it, or as soon as possible.
    Whenever,
    At(Wished),
    /// Nobody is there then: from the next opening on.
    After(Wished),
    Past,
    Unclear,
}

impl When {
    fn at(self) -> Option<Wished> {
        match self {
            Self::At(wished) | Self::After(wished) => Some(wished),
            Self::Whenever | Self::Past | Self::Unclear => None,
        }
    }
}

/// Why and when somebody wants to be called, in their own words.
pub(super) fn callback_in_words(request: &Request) -> Option<String> {
    let said = [&request.reason, &request.when].into_iter().flatten();
    let said: Vec<String> = said.map(|words| kept(words)).filter(|words| !words.is_empty()).collect();
    Some(said.join(" / ")).filter(|said| !said.is_empty())
}

/// An end of a window as a moment; a time without a day is today's.
fn edge(branch: &Branch, edge: &Edge, today: Date, is_first: bool) -> Option<Zoned> {
    match edge {
        Edge::Moment(at) => Some(at.clone()),
        Edge::Day(date) => on(branch, *date, None, is_first),
        Edge::Clock(time) => on(branch, today, Some(*time), is_first),
    }
}

/// That time of a day at the branch; without a time, when it opens or closes there.
fn on(branch: &Branch, date: Date, time: Option<Time>, is_first: bool) -> Option<Zoned> {
    let blocks = branch.opening.as_ref().map(|opening| opening.blocks_on(date)).unwrap_or_default();
    let opens = blocks.first().map_or(Time::midnight(), |(from, _)| *from);
    let closes = blocks.last().map_or(Time::MAX, |(_, to)| *to);
    let time = time.unwrap_or(if is_first { opens } else { closes });
    date.to_datetime(time).to_zoned(branch.zone.clone()).ok()
}

/// What is offered here by name, as far as it is listed.
pub(super) fn names_of(branch: &Branch) -> Vec<String> {
    branch.offered().take(LISTED_MAX).map(|service| service.name.clone()).collect()
}
