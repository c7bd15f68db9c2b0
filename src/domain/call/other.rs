//! The small functions: what is offered here, and "please call me back".

use jiff::Zoned;
use jiff::civil::{Date, Time};
use serde_json::json;

use super::desk::{Asked, Desk, iso};
use super::hear::{kept, news_of};
use super::{Event, Request};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::Wish;
use crate::domain::callback::{Reason, Wished};
use crate::domain::directory::{Branch, Service};
use crate::domain::phone::Caller;
use crate::domain::speech::{Edge, Understood, sentences, understand};

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

    pub(super) fn request_callback(&mut self, branch: &Branch, request: &Request) -> Answer {
        let language = self.company.language;
        let (person, unclear, mark) = self.person_of(branch, request);
        let (news, name) = news_of(&person, mark, &self.draft(1));
        if !news.is_empty() || name.is_some() {
            self.record(Event::Heard { appointment: 1, wish: Wish::default(), name, person: news });
        }
        if unclear.phone || self.call.reachable_at(1).is_none() {
            let sentence = match self.call.caller {
                Caller::Withheld => sentences::number_needed_withheld(language),
                Caller::Number(_) => sentences::number_not_understood(language),
            };
            return Answer::new(Status::Incomplete, sentence).with("missing", vec!["telefonnummer"]);
        }
        let wish: Vec<String> =
            [&request.reason, &request.when].into_iter().flatten().map(|words| kept(words)).collect();
        let asked = Asked {
            wished: request.when.as_deref().and_then(|words| self.wished(branch, words)),
            is_urgent: wish.iter().any(|words| self.is_urgent(words)),
            wish: Some(wish.join(" / ")).filter(|wish| !wish.is_empty()),
            name: None,
        };
        let from = asked.wished.map(|wished| iso(wished.from, &branch.zone));
        let due = self.call_back_as(branch, 1, Reason::CallersWish, asked);
        let sentence = sentences::callback_noted(&self.spoken(due, &branch.zone), language);
        let answer = Answer::new(Status::CallbackNoted, sentence).with("until", iso(due, &branch.zone));
        match from {
            Some(from) => answer.with("from", from),
            None => answer,
        }
    }

    /// When the caller would like to be called, as far as the words can be understood and lie ahead.
    fn wished(&self, branch: &Branch, words: &str) -> Option<Wished> {
        let began = self.began(branch);
        let today = began.date();
        let (from, to) = match understand(words, &self.reference(branch, &began)) {
            Understood::Exact { start } => (start.clone(), start),
            Understood::Day { date } => (on(branch, date, None, true)?, on(branch, date, None, false)?),
            Understood::Time { time } => {
                let at = on(branch, today, Some(time), true)?;
                (at.clone(), at)
            }
            Understood::Window { from, to } => {
                (edge(branch, &from, today, true)?, edge(branch, &to, today, false)?)
            }
            Understood::Candidates { .. }
            | Understood::Invalid { .. }
            | Understood::Soonest
            | Understood::Unknown => return None,
        };
        let wished = Wished { from: from.timestamp(), to: to.timestamp() };
        Some(wished).filter(|wished| wished.to > self.now && wished.from <= wished.to)
    }
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
