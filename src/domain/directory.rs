//! The directory: which number rings at which branch, what is offered there, by whom, in which calendar.

mod called;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::tz::TimeZone;
use secrecy::SecretString;

use super::appointment::StaffWish;
use super::channel::Channel;
use super::hours::Opening;
use super::ids::{AccountId, BranchId, CalendarId, ChannelId, CompanyId, OfferId, ServiceId};
use super::phone::{PhoneNumber, Region};
use super::policy::Policy;
use super::speech::{Language, names};

pub use called::Called;

/// All companies of the installation as they were at one moment.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    companies: HashMap<CompanyId, Arc<Company>>,
    by_slug: BTreeMap<String, CompanyId>,
    by_number: HashMap<PhoneNumber, Line>,
    by_agent: HashMap<String, Vec<Line>>,
}

/// Where a number rings: a branch, or a company's hotline that has yet to ask for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub company: CompanyId,
    pub branch: Option<BranchId>,
}

/// A tenant.
#[derive(Clone, Debug)]
pub struct Company {
    pub id: CompanyId,
    pub slug: String,
    pub name: String,
    pub language: Language,
    pub policy: Policy,
    /// Keys that Retell may have signed with: the current one, then those before it while they still count.
    pub webhook_keys: Vec<SecretString>,
    pub hotlines: Vec<PhoneNumber>,
    pub accounts: Vec<Account>,
    pub calendars: Vec<Calendar>,
    pub channels: Vec<Channel>,
    pub branches: Vec<Branch>,
    /// Branches out of use: no number rings there, but calls that began there are finished there.
    pub retired: Vec<Branch>,
}

/// A Cal.com account: where it is and what opens it.
#[derive(Clone, Debug)]
pub struct Account {
    pub id: AccountId,
    pub name: String,
    pub base_url: String,
    pub api_key: SecretString,
    /// Signs Cal.com's webhooks; without it none is believed.
    pub webhook_secret: Option<SecretString>,
    pub attendee_email_domain: Option<String>,
    pub requests_per_minute: u32,
    /// The company's file still names it; if not, it is kept for what was booked through it.
    pub is_active: bool,
}

/// A Cal.com host; what shares one is booked one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    pub id: CalendarId,
    pub slug: String,
    pub account: AccountId,
    /// How many of its hosts can serve at the same time, 1 or more: as many callers may keep one time.
    pub hosts: u32,
}

/// Where people call and come to.
#[derive(Clone, Debug)]
pub struct Branch {
    pub id: BranchId,
    pub slug: String,
    pub name: String,
    pub zone: TimeZone,
    pub zone_name: String,
    pub opening: Option<Opening>,
    pub paused: bool,
    pub transfer_to: Option<PhoneNumber>,
    pub agent_id: Option<String>,
    pub numbers: Vec<PhoneNumber>,
    pub services: Vec<Service>,
    /// Services out of use: not offered, but what was promised keeps its name.
    pub retired: Vec<Service>,
}

/// Something a branch offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    pub id: ServiceId,
    pub slug: String,
    pub name: String,
    pub synonyms: Vec<String>,
    pub duration_minutes: u32,
    pub offers: Vec<Offer>,
}

/// Who gives a service, as which event type, in which calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub id: OfferId,
    pub staff: Option<String>,
    pub event_type_id: i64,
    pub calendar: CalendarId,
}

impl Directory {
    pub fn new(companies: impl IntoIterator<Item = Company>) -> Self {
        let mut directory = Self::default();
        for company in companies {
            directory.enter(company);
        }
        directory
    }

    fn enter(&mut self, company: Company) {
        for number in &company.hotlines {
            self.by_number.insert(number.clone(), Line { company: company.id, branch: None });
        }
        for branch in &company.branches {
            let line = Line { company: company.id, branch: Some(branch.id) };
            for number in &branch.numbers {
                self.by_number.insert(number.clone(), line);
            }
            if let Some(agent) = &branch.agent_id {
                self.by_agent.entry(agent.clone()).or_default().push(line);
            }
        }
        self.by_slug.insert(company.slug.clone(), company.id);
        self.companies.insert(company.id, Arc::new(company));
    }

    pub fn company(&self, id: CompanyId) -> Option<&Arc<Company>> {
        self.companies.get(&id)
    }

    pub fn company_by_slug(&self, slug: &str) -> Option<&Arc<Company>> {
        self.companies.get(self.by_slug.get(slug)?)
    }

    /// All companies, in the order of their slugs.
    pub fn companies(&self) -> impl Iterator<Item = &Arc<Company>> {
        self.by_slug.values().filter_map(|id| self.companies.get(id))
    }

    /// The line a number of ours belongs to; nothing is guessed.
    pub fn line_of_number(&self, number: &PhoneNumber) -> Option<Line> {
        self.by_number.get(number).copied()
    }

    /// The line of an agent, if it is bound to exactly one branch.
    pub fn line_of_agent(&self, agent: &str) -> Option<Line> {
        match self.by_agent.get(agent)?.as_slice() {
            [line] => Some(*line),
            _ => None,
        }
    }
}

impl Company {
    pub fn branch(&self, id: BranchId) -> Option<&Branch> {
        self.branches.iter().chain(&self.retired).find(|branch| branch.id == id)
    }

    pub fn calendar(&self, id: CalendarId) -> Option<&Calendar> {
        self.calendars.iter().find(|calendar| calendar.id == id)
    }

    pub fn channel(&self, id: ChannelId) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.id == id)
    }

    /// How many hosts of a calendar can serve at the same time, 1 where nobody knows it.
    pub fn hosts_of(&self, calendar: CalendarId) -> u32 {
        self.calendar(calendar).map_or(1, |calendar| calendar.hosts)
    }

    pub fn account_of(&self, calendar: CalendarId) -> Option<&Account> {
        let calendar = self.calendar(calendar)?;
        self.accounts.iter().find(|account| account.id == calendar.account)
    }

    /// Where a number without a country code is dialled: where the branch's own number is, else where the branch is.
    pub fn region_of(&self, branch: &Branch) -> Option<Region> {
        let own = branch.numbers.iter().chain(&self.hotlines).find_map(PhoneNumber::region);
        let of_the_zone = || match branch.zone_name.as_str() {
            "Europe/Berlin" | "Europe/Busingen" => Some(Region::DE),
            "Europe/Vienna" => Some(Region::AT),
            "Europe/Zurich" => Some(Region::CH),
            zone if zone.starts_with("America/") => Region::parse("US"),
            _ => None,
        };
        own.or_else(of_the_zone)
    }
}

impl Branch {
    /// What callers are offered: a service without an event type is known, but nobody can book it yet.
    pub fn offered(&self) -> impl Iterator<Item = &Service> {
        self.services.iter().filter(|service| !service.offers.is_empty())
    }

    pub fn service(&self, id: ServiceId) -> Option<&Service> {
        self.services.iter().chain(&self.retired).find(|service| service.id == id)
    }

    /// Everybody who is named as giving a service here.
    pub fn staff(&self) -> impl Iterator<Item = &str> {
        self.services.iter().flat_map(|service| &service.offers).filter_map(|offer| offer.staff.as_deref())
    }
}

impl Service {
    fn words(&self) -> impl Iterator<Item = &str> {
        [self.name.as_str(), self.slug.as_str()].into_iter().chain(self.synonyms.iter().map(String::as_str))
    }

    /// The offers that the wish for somebody leaves: by the named person, by all but the unwanted, or all.
    pub fn offers_by<'a>(&'a self, staff: Option<&'a StaffWish>) -> impl Iterator<Item = &'a Offer> {
        self.offers.iter().filter(move |offer| {
            let is_by =
                |name: &String| offer.staff.as_deref().is_some_and(|by| names::fold(by) == names::fold(name));
            match staff {
                None | Some(StaffWish::Anyone) => true,
                Some(StaffWish::Named(name)) => is_by(name),
                Some(StaffWish::AnyoneBut(unwanted)) => !unwanted.iter().any(is_by),
            }
        })
    }

    /// Everybody who gives it by name, each once.
    pub fn staff_names(&self) -> Vec<String> {
        let mut staff: Vec<String> = Vec::new();
        for name in self.offers.iter().filter_map(|offer| offer.staff.as_ref()) {
            if !staff.contains(name) {
                staff.push(name.clone());
            }
        }
        staff
    }

    pub fn offer_of(&self, event_type_id: i64) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.event_type_id == event_type_id)
    }
}
