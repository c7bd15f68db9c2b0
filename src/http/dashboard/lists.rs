//! Lists: what they are narrowed to stands in the address, stays there from page to page, and is come back to after an action.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::Query;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde::de::DeserializeOwned;

use super::desk::{Away, Desk, escaped};
use super::words::Words;
use crate::http::error::Problem;
use crate::operations::{Role, branches};

/// An address of ours with what it asks for; what is empty is left out.
#[derive(Clone)]
pub(super) struct Address {
    path: &'static str,
    asked: Vec<(&'static str, String)>,
}

impl Address {
    pub(super) fn of(path: &'static str) -> Self {
        Self { path, asked: Vec::new() }
    }

    /// The same, asking for this alone under that name.
    pub(super) fn and(mut self, name: &'static str, value: &str) -> Self {
        self.asked.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            self.asked.push((name, value.to_owned()));
        }
        self
    }

    /// What follows the question mark.
    pub(super) fn query(&self) -> String {
        let pairs = self.asked.iter().map(|(name, value)| format!("{name}={}", escaped(value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    pub(super) fn href(&self) -> String {
        let query = self.query();
        if query.is_empty() { self.path.to_owned() } else { format!("{}?{query}", self.path) }
    }

    /// With its question mark or ampersand, for one thing more.
    pub(super) fn open(&self) -> String {
        let query = self.query();
        if query.is_empty() { format!("{}?", self.path) } else { format!("{}?{query}&", self.path) }
    }
}

/// One of what can be chosen.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) is_chosen: bool,
}

/// A part of a list that is one click away.
pub(super) struct Tab {
    pub(super) href: String,
    pub(super) label: String,
    pub(super) is_current: bool,
}

/// Words of a family to choose from, after one for all of them.
pub(super) fn choices(w: Words, family: &str, names: &[&str], chosen: &str) -> Vec<Choice> {
    let all = Choice { value: String::new(), label: w.t("any"), is_chosen: chosen.is_empty() };
    let each = names.iter().map(|name| Choice {
        value: (*name).to_owned(),
        label: w.word(family, name),
        is_chosen: chosen == *name,
    });
    std::iter::once(all).chain(each).collect()
}

/// A text that says something.
pub(super) fn given(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn unread(why: &impl std::fmt::Display) -> Away {
    Problem::new(StatusCode::BAD_REQUEST, why.to_string()).into()
}

impl Desk {
    /// What this page in particular understands of its address.
    pub(super) fn asked_for<T: DeserializeOwned>(&self) -> Result<T, Away> {
        let query = self.asked.path.split_once('?').map_or("", |(_, query)| query);
        Query::from_query(query).map(Query::into_inner).map_err(|error| unread(&error))
    }

    /// After something was done: back to a page, narrowed as the action was, which then says so with `notice-KEY`.
    pub(super) fn back_to_list(&self, path: &str, notice: &str) -> HttpResponse {
        let query = self.asked.path.split_once('?').map_or("", |(_, query)| query);
        let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("notice="));
        let notice = format!("notice={notice}");
        let all: Vec<&str> = kept.chain([notice.as_str()]).collect();
        let to = format!("{path}?{}", all.join("&"));
        HttpResponse::SeeOther().insert_header((LOCATION, to)).finish()
    }

    /// Whether calls and accounts may be looked at, and so are linked.
    pub(super) fn sees_calls(&self) -> bool {
        match self.who().role {
            Role::PlatformAdmin | Role::Agency | Role::CompanyAdmin => true,
            Role::Staff | Role::Agent => false,
        }
    }

    /// Whether rows of several companies may stand in one list.
    pub(super) fn sees_several(&self) -> bool {
        self.company.is_none()
            && crate::operations::companies_of(&self.rooms.house.directory(), self.who()).len() > 1
    }

    /// The branches to choose from, each as `COMPANY/BRANCH`.
    pub(super) fn branch_choices(&self, chosen: &str) -> Result<Vec<Choice>, Away> {
        let seen = branches::list(&self.rooms.house, self.who(), self.company.as_deref())?;
        let several = self.sees_several();
        let all = Choice { value: String::new(), label: self.w.t("any"), is_chosen: chosen.is_empty() };
        let each = seen.items.into_iter().map(|branch| {
            let value = format!("{}/{}", branch.company, branch.slug);
            let label = if several { format!("{} – {}", branch.company, branch.name) } else { branch.name };
            Choice { is_chosen: chosen == value, value, label }
        });
        Ok(std::iter::once(all).chain(each).collect())
    }

    /// The days of a filter as instants, the last one with all its hours, in the zone of the company.
    pub(super) fn days(&self, from: &str, to: &str) -> Result<(Option<Timestamp>, Option<Timestamp>), Away> {
        let zone = self.zone(self.company.as_deref().unwrap_or_default(), None);
        let begins = |day: Date| -> Result<Timestamp, Away> {
            Ok(day.to_zoned(zone.clone()).map_err(|error| unread(&error))?.timestamp())
        };
        let day = |text: &str| -> Result<Option<Date>, Away> {
            let day = given(text).map(|text| text.parse::<Date>());
            day.transpose().map_err(|error| unread(&error))
        };
        let from = day(from)?.map(begins).transpose()?;
        let after = |day: Date| day.checked_add(1.day()).map_err(|error| unread(&error));
        let to = day(to)?.map(after).transpose()?.map(begins).transpose()?;
        Ok((from, to))
    }

    /// How long until an instant, or since, in words.
    pub(super) fn until(&self, iso: &str) -> String {
        let Ok(at) = iso.parse::<Timestamp>() else { return String::new() };
        let minutes = at.duration_since(self.rooms.house.clock().now()).as_secs() / 60;
        let (w, away) = (self.w, minutes.abs());
        let (hours, days) = ((away + 30) / 60, (away + 720) / 1440);
        match (minutes < 0, away) {
            (_, 0) => w.t("due-now"),
            (false, 1..=89) => w.count("due-minutes", &away),
            (false, 90..=2159) => w.count("due-hours", &hours),
            (false, _) => w.count("due-days", &days),
            (true, 1..=89) => w.count("late-minutes", &away),
            (true, 90..=2159) => w.count("late-hours", &hours),
            (true, _) => w.count("late-days", &days),
        }
    }
}

/// The branch of a filter with its company: `COMPANY/BRANCH`, or a branch alone.
pub(super) fn place(branch: &str) -> (Option<String>, Option<String>) {
    match branch.split_once('/') {
        Some((company, branch)) => (given(company), given(branch)),
        None => (None, given(branch)),
    }
}

/// Minutes and seconds, as a telephone shows them.
pub(super) fn lasted(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_what_is_asked_for_and_leaves_out_what_is_not() {
        let address = Address::of("/admin/calls").and("company", "salon-a").and("branch", "");

        assert_eq!(address.href(), "/admin/calls?company=salon-a");
        assert_eq!(address.open(), "/admin/calls?company=salon-a&");
        assert_eq!(Address::of("/admin/calls").open(), "/admin/calls?");
        assert_eq!(address.and("company", "a b").query(), "company=a%20b");
    }

    #[test]
    fn a_branch_is_named_with_its_company_or_alone() {
        let both = (Some("salon-a".to_owned()), Some("mitte".to_owned()));

        assert_eq!(place("salon-a/mitte"), both);
        assert_eq!(place("mitte"), (None, Some("mitte".to_owned())));
        assert_eq!(place(""), (None, None));
    }

    #[test]
    fn a_call_lasts_minutes_and_seconds() {
        assert_eq!(lasted(125_900), "2:05");
        assert_eq!(lasted(-5), "0:00");
    }
}
