//! What the accounts offer: personal and team event types, which of them can be booked by voice and why not, who uses them,
//! and what to write into the company's file for the rest.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::{PATIENCE, TOO_SLOW, UNUSABLE, in_words};
use crate::actors::Switchboard;
use crate::actors::line::{Line, Unread};
use crate::calcom::EventType;
use crate::domain::directory::{Account, Branch, Company, Offer, Service};
use crate::domain::readiness::{self, Scheduling, Unbookable, unbookable};
use crate::operations::readiness::gather::known;
use crate::operations::{Error, Principal, company_of};

/// The most teams of one account that are looked at.
const TEAMS_MAX: usize = 20;

/// What a company's accounts offer.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EventTypes {
    pub company: String,
    pub accounts: Vec<AccountTypes>,
}

/// What one account offers.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct AccountTypes {
    pub account: String,
    /// Why it could not be asked, or not about everything, and what to do.
    pub problem: Option<String>,
    pub event_types: Vec<TypeView>,
    /// For the company's file: a service for each event type that can be booked and that nobody uses.
    pub proposal: Option<String>,
}

/// An event type.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches of Cal.com's form, and what they come to"
)]
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TypeView {
    pub id: i64,
    pub title: String,
    pub slug: String,
    pub length_minutes: Option<u32>,
    /// `personal`, `round_robin`, `collective`, `managed` or `unknown`.
    pub kind: &'static str,
    pub team_id: Option<i64>,
    pub hosts: Vec<HostView>,
    /// What must be answered when it is booked.
    pub required_fields: Vec<String>,
    /// Of these, what callers are not asked for.
    pub unanswerable_fields: Vec<String>,
    /// Somebody can be booked with a telephone number and no e-mail address.
    pub allows_phone_only: bool,
    pub requires_confirmation: bool,
    pub minimum_notice_minutes: u32,
    pub buffer_minutes: u32,
    pub is_hidden: bool,
    pub is_bookable_by_voice: bool,
    pub why_not: Vec<Hindrance>,
    pub used_by: Vec<Use>,
}

/// Whose time a booking takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HostView {
    /// The user's number at Cal.com.
    pub id: String,
    /// The calendars of the company's file whose bookings go to this host.
    pub calendars: Vec<String>,
}

/// What keeps an event type from being booked by voice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Hindrance {
    pub why: String,
    pub fix: String,
}

/// Where the company's file uses an event type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Use {
    pub branch: String,
    pub service: String,
    pub staff: Option<String>,
    pub calendar: Option<String>,
}

/// Reads the event types of every active account; writes nothing.
pub async fn event_types(
    house: &Switchboard,
    who: &Principal,
    company: Option<&str>,
) -> Result<EventTypes, Error> {
    who.may_see_calls()?;
    let company = company_of(&house.directory(), who, company)?;
    let active = company.accounts.iter().filter(|account| account.is_active);
    let accounts = active.map(|account| of_account(house, &company, account));
    Ok(EventTypes { company: company.slug.clone(), accounts: futures_util::future::join_all(accounts).await })
}

async fn of_account(house: &Switchboard, company: &Company, account: &Account) -> AccountTypes {
    let blank = AccountTypes { account: account.name.clone(), ..AccountTypes::default() };
    let Some(line) = house.line(account) else {
        return AccountTypes { problem: Some(UNUSABLE.into()), ..blank };
    };
    let used: BTreeSet<i64> = offers(company, account).map(|(_, _, offer)| offer.event_type_id).collect();
    let read = match tokio::time::timeout(PATIENCE, read(&line, &used)).await {
        Ok(Ok(read)) => read,
        Ok(Err(unread)) => return AccountTypes { problem: Some(in_words(&unread)), ..blank },
        Err(_) => return AccountTypes { problem: Some(TOO_SLOW.into()), ..blank },
    };
    let missing: Vec<String> =
        used.iter().filter(|id| !read.contains_key(id)).map(ToString::to_string).collect();
    let problem = (!missing.is_empty()).then(|| {
        format!("the company's file names event types that this key does not see: {}", missing.join(", "))
    });
    let calendars = calendars(company, account, &read);
    let event_types: Vec<TypeView> =
        read.into_values().map(|one| view(one, company, account, &calendars)).collect();
    AccountTypes { proposal: proposal(account, &event_types), event_types, problem, ..blank }
}

/// The owner's own, those of the owner's teams, and those of others that the company's file names.
async fn read(line: &Line, used: &BTreeSet<i64>) -> Result<BTreeMap<i64, EventType>, Unread> {
    let mut found: BTreeMap<i64, EventType> =
        line.event_types().await?.into_iter().map(|one| (one.id, one)).collect();
    let mut teams: BTreeSet<i64> = line.teams().await?.into_iter().take(TEAMS_MAX).collect();
    for id in used {
        if !found.contains_key(id)
            && let Some(one) = line.event_type(*id).await?
        {
            teams.extend(one.team_id);
            found.insert(*id, one);
        }
    }
    for team in teams {
        for one in line.team_event_types(team).await? {
            found.entry(one.id).or_insert(one);
        }
    }
    Ok(found)
}

fn offers<'a>(
    company: &'a Company,
    account: &'a Account,
) -> impl Iterator<Item = (&'a Branch, &'a Service, &'a Offer)> {
    let services = company
        .branches
        .iter()
        .flat_map(|branch| branch.services.iter().map(move |service| (branch, service)));
    let offers = services
        .flat_map(|(branch, service)| service.offers.iter().map(move |offer| (branch, service, offer)));
    offers.filter(|(_, _, offer)| {
        company.calendar(offer.calendar).is_some_and(|calendar| calendar.account == account.id)
    })
}

/// By host, the calendars whose event types the host gives.
fn calendars(
    company: &Company,
    account: &Account,
    read: &BTreeMap<i64, EventType>,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut calendars: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, _, offer) in offers(company, account) {
        let Some(event_type) = read.get(&offer.event_type_id) else { continue };
        let Some(calendar) = company.calendar(offer.calendar) else { continue };
        for host in known(event_type.clone()).hosts {
            calendars.entry(host).or_default().insert(calendar.slug.clone());
        }
    }
    calendars
}

fn view(
    of: EventType,
    company: &Company,
    account: &Account,
    calendars: &BTreeMap<String, BTreeSet<String>>,
) -> TypeView {
    let used_by = offers(company, account).filter(|(_, _, offer)| offer.event_type_id == of.id);
    let used_by = used_by.map(|(branch, service, offer)| Use {
        branch: branch.slug.clone(),
        service: service.slug.clone(),
        staff: offer.staff.clone(),
        calendar: company.calendar(offer.calendar).map(|calendar| calendar.slug.clone()),
    });
    let used_by: Vec<Use> = used_by.collect();
    let (id, slug, team_id) = (of.id, of.slug.clone(), of.team_id);
    let required_fields: Vec<String> = of.required_fields().map(|field| field.slug.clone()).collect();
    let judged: readiness::EventType = known(of);
    let why_not: Vec<Hindrance> = unbookable(&judged)
        .into_iter()
        .map(|Unbookable { why, fix }| Hindrance {
            why,
            fix: format!("at Cal.com → Event types → {id}: {fix}"),
        })
        .collect();
    let host = |host: &String| {
        let calendars = calendars.get(host).into_iter().flatten().cloned().collect();
        HostView { id: host.clone(), calendars }
    };
    TypeView {
        id,
        slug,
        team_id,
        length_minutes: judged.length_minutes,
        kind: match judged.scheduling {
            Scheduling::Personal => "personal",
            Scheduling::RoundRobin => "round_robin",
            Scheduling::Collective => "collective",
            Scheduling::Managed => "managed",
            Scheduling::Unknown => "unknown",
        },
        hosts: judged.hosts.iter().map(host).collect(),
        required_fields,
        allows_phone_only: judged.allows_phone_only,
        requires_confirmation: judged.requires_confirmation,
        minimum_notice_minutes: judged.minimum_notice_minutes,
        buffer_minutes: judged.buffer_minutes,
        is_hidden: judged.is_hidden,
        is_bookable_by_voice: why_not.is_empty(),
        why_not,
        used_by,
        unanswerable_fields: judged.required_questions,
        title: judged.title,
    }
}

/// What to write under a branch for what nobody uses yet.
fn proposal(account: &Account, event_types: &[TypeView]) -> Option<String> {
    let unused = event_types.iter().filter(|one| one.is_bookable_by_voice && one.used_by.is_empty());
    let services = unused.map(|one| {
        let text = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let calendar = calendar_for(one);
        format!(
            "[[branch.service]]\nslug = {}\nname = {}\nduration_minutes = {}\nevent_type_id = {}\ncalendar = {}{}\n\n",
            text(&one.slug),
            text(&one.title),
            one.length_minutes.unwrap_or(30),
            one.id,
            text(&calendar),
            note(account, one),
        )
    });
    let services: Vec<String> = services.collect();
    (!services.is_empty()).then(|| services.concat())
}

/// A calendar that its hosts have already, else one named for them.
fn calendar_for(of: &TypeView) -> String {
    let theirs = of.hosts.iter().find_map(|host| host.calendars.first());
    theirs.cloned().unwrap_or_else(|| match (of.hosts.as_slice(), of.team_id) {
        ([only], _) => format!("host-{}", only.id),
        (_, Some(team)) => format!("team-{team}"),
        (_, None) => of.slug.clone(),
    })
}

fn note(account: &Account, of: &TypeView) -> String {
    let mut notes = Vec::new();
    if account.name != "default" {
        notes.push(format!("of the account \"{}\"", account.name));
    }
    if of.hosts.len() > 1 {
        notes.push(format!(
            "shared by {} hosts: [[company.calendar]] hosts = {}",
            of.hosts.len(),
            of.hosts.len()
        ));
    }
    if notes.is_empty() { String::new() } else { format!("   # {}", notes.join("; ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_is_toml_that_names_the_event_type_and_the_calendar_of_its_host() {
        let account = Account {
            id: uuid::Uuid::from_u128(1).into(),
            name: "default".into(),
            base_url: "http://127.0.0.1:1".into(),
            api_key: secrecy::SecretString::from("cal_test"),
            webhook_secret: None,
            attendee_email_domain: None,
            requests_per_minute: 100,
            is_active: true,
        };
        let host = HostView { id: "7".into(), calendars: vec!["anna".into()] };
        let of = TypeView {
            id: 4711,
            title: "Schnitt \"kurz\"".into(),
            slug: "schnitt".into(),
            length_minutes: Some(20),
            kind: "personal",
            team_id: None,
            hosts: vec![host],
            required_fields: Vec::new(),
            unanswerable_fields: Vec::new(),
            allows_phone_only: true,
            requires_confirmation: false,
            minimum_notice_minutes: 0,
            buffer_minutes: 0,
            is_hidden: false,
            is_bookable_by_voice: true,
            why_not: Vec::new(),
            used_by: Vec::new(),
        };

        let text = proposal(&account, &[of]).unwrap();

        let table: toml::Table = text.replace("branch.service", "service").parse().unwrap();
        let service = &table["service"][0];
        assert_eq!(service["name"].as_str(), Some("Schnitt \"kurz\""));
        assert_eq!(
            (service["event_type_id"].as_integer(), service["calendar"].as_str()),
            (Some(4711), Some("anna"))
        );
        assert_eq!(proposal(&account, &[]), None);
    }
}
