//! A company as its operator declares it (contract 3): read, checked, and complaints in words that say what to do.

mod channels;
mod checks;
mod defaults;
pub mod diff;
pub mod keys;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::call::APPOINTMENTS_MAX;
use super::holidays::Region;
use super::hours::OpeningHours;
use super::phone::{NotANumber, PhoneNumber};
use super::policy::{self, Policy};
use super::speech::Language;
pub use channels::ChannelPlan;
use checks::{check_exceptions, check_url, check_zone, is_domain};

/// A branch that is open on the holidays of the company's region.
const NO_HOLIDAYS: &str = "none";

/// One TOML file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub company: CompanyPlan,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub branch: Vec<BranchPlan>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompanyPlan {
    pub slug: String,
    pub name: String,
    #[serde(default)]
    pub language: Language,
    #[serde(default = "defaults::berlin")]
    pub timezone: String,
    /// Hotlines: numbers for several branches, the caller is asked for one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phone_numbers: Vec<String>,
    pub retell: RetellPlan,
    pub calcom: CalcomPlan,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calcom_account: Vec<CalcomPlan>,
    /// Calendars that do not belong to the default account, and pools of several hosts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calendar: Vec<CalendarPlan>,
    /// Where the company wants to hear of things.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channel: Vec<ChannelPlan>,
    #[serde(default, serialize_with = "policy::differences", skip_serializing_if = "policy::is_default")]
    pub policy: Policy,
}

/// Keys are written as they are, or as `env:NAME` or `file:PATH`.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetellPlan {
    pub api_key: String,
    pub webhook_key: Option<String>,
    pub previous_webhook_key: Option<String>,
    #[serde(default = "defaults::retell", skip_serializing_if = "defaults::is_retell")]
    pub base_url: String,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalcomPlan {
    #[serde(default = "defaults::account", skip_serializing_if = "defaults::is_default_account")]
    pub name: String,
    pub api_key: String,
    #[serde(default = "defaults::calcom", skip_serializing_if = "defaults::is_calcom")]
    pub base_url: String,
    pub webhook_secret: Option<String>,
    pub attendee_email_domain: Option<String>,
    #[serde(default = "defaults::hundred", skip_serializing_if = "defaults::is_hundred")]
    pub requests_per_minute: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarPlan {
    pub slug: String,
    /// None: the default one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// How many of its hosts can serve at the same time: more than one only for a round-robin pool.
    #[serde(default = "defaults::one", skip_serializing_if = "defaults::is_one")]
    pub hosts: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BranchPlan {
    pub slug: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phone_numbers: Vec<String>,
    pub retell_agent_id: Option<String>,
    pub hours: Option<String>,
    pub timezone: Option<String>,
    pub holidays: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closures: Vec<String>,
    /// Days with hours of their own, such as "2026-12-24 09:00-13:00"; they count before all of the others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub special_hours: Vec<String>,
    #[serde(default, skip_serializing_if = "defaults::is_false")]
    pub paused: bool,
    pub transfer_to: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub service: Vec<ServicePlan>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServicePlan {
    pub slug: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
    pub duration_minutes: u32,
    pub event_type_id: Option<i64>,
    pub calendar: Option<String>,
    pub staff: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offer: Vec<OfferPlan>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfferPlan {
    pub staff: Option<String>,
    pub event_type_id: i64,
    pub calendar: Option<String>,
}

impl std::fmt::Debug for RetellPlan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RetellPlan").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for CalcomPlan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CalcomPlan").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The largest pool of hosts.
pub const HOSTS_MAX: u32 = 100;

/// The calendar of services that name none: they are booked one after the other, which is always safe.
pub const SHARED_CALENDAR: &str = "shared";

impl ServicePlan {
    /// The offers of the service: the listed ones, or the one written into the service itself.
    pub fn offers(&self) -> Vec<OfferPlan> {
        let own = self.event_type_id.map(|event_type_id| OfferPlan {
            staff: self.staff.clone(),
            event_type_id,
            calendar: self.calendar.clone(),
        });
        own.into_iter().chain(self.offer.iter().cloned()).collect()
    }
}

impl OfferPlan {
    pub fn calendar(&self) -> &str {
        self.calendar.as_deref().unwrap_or(SHARED_CALENDAR)
    }
}

impl Plan {
    /// All accounts, the default one first.
    pub fn accounts(&self) -> impl Iterator<Item = &CalcomPlan> {
        std::iter::once(&self.company.calcom).chain(&self.company.calcom_account)
    }

    /// The name of the account a calendar belongs to.
    pub fn account_of(&self, calendar: &str) -> &str {
        let named = self.company.calendar.iter().find(|plan| plan.slug == calendar);
        named.and_then(|plan| plan.account.as_ref()).unwrap_or(&self.company.calcom.name)
    }

    /// How many hosts of a calendar can serve at the same time.
    pub fn hosts_of(&self, calendar: &str) -> u32 {
        self.company.calendar.iter().find(|plan| plan.slug == calendar).map_or(1, |plan| plan.hosts)
    }

    /// Slugs of all calendars, each once.
    pub fn calendars(&self) -> Vec<String> {
        let mut slugs: Vec<String> =
            self.company.calendar.iter().map(|calendar| calendar.slug.clone()).collect();
        for service in self.branch.iter().flat_map(|branch| &branch.service) {
            slugs.extend(service.offers().iter().map(|offer| offer.calendar().to_owned()));
        }
        slugs.sort();
        slugs.dedup();
        slugs
    }

    /// What is wrong with the plan; empty: nothing.
    pub fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        self.check_company(&mut complaints);
        for branch in &self.branch {
            check_branch(branch, &mut complaints);
        }
        check_twice("branch", self.branch.iter().map(|branch| &branch.slug), &mut complaints);
        let numbers =
            self.branch.iter().flat_map(|branch| &branch.phone_numbers).chain(&self.company.phone_numbers);
        let known: Vec<String> = numbers
            .filter_map(|text| PhoneNumber::parse_e164(text).ok())
            .map(|number| number.e164().to_owned())
            .collect();
        check_twice("phone number", known.iter(), &mut complaints);
        complaints
    }

    /// What will work, but perhaps not as it is meant.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for account in self.accounts().filter(|account| account.attendee_email_domain.is_none()) {
            warnings.push(format!(
                "calcom account {}: without attendee_email_domain only callers whose number is known can be booked, \
                 and only in event types that ask for the phone instead of the e-mail",
                account.name
            ));
        }
        if self.branch.is_empty() {
            warnings.push("the company has no branch: no call can be taken".into());
        }
        for branch in self.branch.iter().filter(|branch| branch.hours.is_none()) {
            warnings.push(format!("branch {}: without hours whatever Cal.com shows is offered", branch.slug));
        }
        for (branch, service) in self.unfinished() {
            warnings.push(format!(
                "branch {}: service {} has no event_type_id yet: it is not offered to callers",
                branch.slug, service.slug
            ));
        }
        let agents: Vec<String> =
            self.branch.iter().filter_map(|branch| branch.retell_agent_id.clone()).collect();
        for agent in twice(agents.iter()) {
            warnings.push(format!("agent {agent} stands at several branches: its web calls belong to none"));
        }
        warnings.extend(self.calendars_of_one_event_type());
        warnings
    }

    /// Services that name no event type of Cal.com, so that nobody can book them.
    fn unfinished(&self) -> impl Iterator<Item = (&BranchPlan, &ServicePlan)> {
        let services =
            self.branch.iter().flat_map(|branch| branch.service.iter().map(move |one| (branch, one)));
        services.filter(|(_, service)| service.offers().is_empty())
    }

    fn calendars_of_one_event_type(&self) -> Vec<String> {
        let mut calendars: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
        for offer in self.branch.iter().flat_map(|branch| &branch.service).flat_map(ServicePlan::offers) {
            calendars.entry(offer.event_type_id).or_default().insert(offer.calendar().to_owned());
        }
        let several = calendars.into_iter().filter(|(_, calendars)| calendars.len() > 1);
        several
            .map(|(id, calendars)| {
                let names: Vec<String> = calendars.into_iter().collect();
                format!(
                    "event type {id} stands in the calendars {}: they will not wait for each other",
                    names.join(", ")
                )
            })
            .collect()
    }

    fn check_company(&self, complaints: &mut Vec<String>) {
        let company = &self.company;
        check_name("company", &company.name, complaints);
        complaints.extend(company.policy.too_little());
        channels::check(&company.channel, complaints);
        if !(1..=APPOINTMENTS_MAX).contains(&company.policy.holds_max) {
            complaints.push(format!("company.policy: holds_max must be 1 to {APPOINTMENTS_MAX}"));
        }
        check_slug("company", &company.slug, complaints);
        check_zone("company", &company.timezone, complaints);
        check_holidays("company.policy", company.policy.holidays.as_deref(), complaints);
        check_numbers("company", &company.phone_numbers, complaints);
        check_url("company.retell", &company.retell.base_url, complaints);
        for account in self.accounts() {
            check_url(&format!("calcom account {}", account.name), &account.base_url, complaints);
            if let Some(domain) = account.attendee_email_domain.as_deref().filter(|domain| !is_domain(domain))
            {
                complaints.push(format!(
                    "calcom account {}: attendee_email_domain \"{domain}\" must be a domain of yours in ASCII, such as anrufer.example.com",
                    account.name
                ));
            }
            let minute = account.requests_per_minute;
            if minute == 0 || minute > 100_000 {
                complaints.push(format!(
                    "calcom account {}: requests_per_minute must be 1 to 100000",
                    account.name
                ));
            }
        }
        check_twice("calcom account", self.accounts().map(|account| &account.name), complaints);
        check_twice("calendar", company.calendar.iter().map(|calendar| &calendar.slug), complaints);
        for calendar in &company.calendar {
            if !(1..=HOSTS_MAX).contains(&calendar.hosts) {
                complaints.push(format!("calendar {}: hosts must be 1 to {HOSTS_MAX}", calendar.slug));
            }
            let account = self.account_of(&calendar.slug);
            if !self.accounts().any(|one| one.name == account) {
                let slug = &calendar.slug;
                complaints.push(format!("calendar {slug}: there is no calcom account named \"{account}\""));
            }
        }
    }
}

fn check_branch(branch: &BranchPlan, complaints: &mut Vec<String>) {
    let place = format!("branch {}", branch.slug);
    check_slug("branch", &branch.slug, complaints);
    check_name(&place, &branch.name, complaints);
    check_numbers(&place, &branch.phone_numbers, complaints);
    if let Some(zone) = &branch.timezone {
        check_zone(&place, zone, complaints);
    }
    let region = branch.holidays.as_deref().filter(|region| *region != NO_HOLIDAYS);
    check_holidays(&place, region, complaints);
    if let Some(Err(error)) = branch.hours.as_deref().map(OpeningHours::parse) {
        complaints.push(format!("{place}: hours: {error}"));
    }
    check_exceptions(&place, branch, complaints);
    if let Some(target) = &branch.transfer_to {
        check_numbers(&format!("{place}: transfer_to"), std::slice::from_ref(target), complaints);
    }
    check_twice(&format!("{place}: service"), branch.service.iter().map(|service| &service.slug), complaints);
    for service in &branch.service {
        check_service(&place, service, complaints);
    }
}

fn check_service(place: &str, service: &ServicePlan, complaints: &mut Vec<String>) {
    let place = format!("{place}: service {}", service.slug);
    check_slug(&place, &service.slug, complaints);
    check_name(&place, &service.name, complaints);
    if !(5..=24 * 60).contains(&service.duration_minutes) {
        complaints.push(format!("{place}: duration_minutes must be 5 to 1440"));
    }
    let offers = service.offers();
    for offer in &offers {
        if offer.event_type_id <= 0 {
            complaints.push(format!("{place}: event_type_id must be the positive number Cal.com shows"));
        }
    }
    let ids: Vec<String> = offers.iter().map(|offer| offer.event_type_id.to_string()).collect();
    check_twice(&format!("{place}: event_type_id"), ids.iter(), complaints);
}

fn check_holidays(place: &str, region: Option<&str>, complaints: &mut Vec<String>) {
    if let Some(Err(error)) = region.map(Region::parse) {
        complaints.push(format!("{place}: holidays: {error}"));
    }
}

fn check_slug(place: &str, slug: &str, complaints: &mut Vec<String>) {
    let sound = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-';
    if slug.is_empty() || slug.len() > 64 || !slug.chars().all(sound) {
        complaints.push(format!("{place}: slug \"{slug}\" must be 1 to 64 of a-z, 0-9 and -"));
    }
}

fn check_name(place: &str, name: &str, complaints: &mut Vec<String>) {
    if name.trim().is_empty() {
        complaints.push(format!("{place}: name must not be empty: it is spoken to callers"));
    }
}

fn check_numbers(place: &str, numbers: &[String], complaints: &mut Vec<String>) {
    for number in numbers {
        if let Err(error) = PhoneNumber::parse_e164(number) {
            let how = if error == NotANumber::UnknownCountry { "" } else { "; write it like +493012345678" };
            complaints.push(format!("{place}: phone number \"{number}\": {error}{how}"));
        }
    }
}

fn check_twice<'a>(what: &str, all: impl Iterator<Item = &'a String>, complaints: &mut Vec<String>) {
    complaints.extend(twice(all).map(|one| format!("{what} {one} is there twice")));
}

fn twice<'a>(all: impl Iterator<Item = &'a String>) -> impl Iterator<Item = &'a String> {
    let mut seen = BTreeSet::new();
    all.filter(move |one| !seen.insert(*one))
}
