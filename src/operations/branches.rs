//! Branches as people see them, and how their calendars stand at the moment.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Error, List, Principal, company_of};
use crate::actors::Switchboard;
use crate::actors::branch::Describe;
use crate::actors::calendar;
use crate::domain::directory::{Branch, Company};
use crate::domain::ids::BranchId;
use crate::domain::phone::PhoneNumber;

/// A branch as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct BranchView {
    pub company: String,
    pub slug: String,
    pub name: String,
    pub timezone: String,
    pub phone_numbers: Vec<String>,
    pub retell_agent_id: Option<String>,
    pub hours: Option<String>,
    pub paused: bool,
    pub services: Vec<ServiceView>,
}

#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct ServiceView {
    pub slug: String,
    pub name: String,
    pub duration_minutes: u32,
}

/// How a branch stands.
#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct StateView {
    pub company: String,
    pub branch: String,
    /// Bookings placed since this process started.
    pub placed: u64,
    pub calendars: Vec<CalendarView>,
}

#[derive(Clone, Debug, Serialize, ToSchema, JsonSchema)]
pub struct CalendarView {
    pub calendar: Option<String>,
    pub waiting: Vec<String>,
    pub in_flight: Option<String>,
    pub waits_until: Option<String>,
    pub last_booking: Option<String>,
    pub last_at: Option<String>,
}

pub fn list(house: &Switchboard, who: &Principal, company: Option<&str>) -> Result<List<BranchView>, Error> {
    who.may_see_appointments()?;
    let directory = house.directory();
    let scope = who.scope_for(&directory, company)?;
    let seen = Principal { scope, ..who.clone() };
    let mut items: Vec<BranchView> = directory
        .companies()
        .filter(|company| seen.sees(company.id))
        .flat_map(|company| company.branches.iter().map(|branch| view(company, branch)))
        .collect();
    items.sort_by(|a, b| (&a.company, &a.slug).cmp(&(&b.company, &b.slug)));
    Ok(List { items, next_cursor: None })
}

pub fn get(
    house: &Switchboard,
    who: &Principal,
    slug: &str,
    company: Option<&str>,
) -> Result<BranchView, Error> {
    who.may_see_appointments()?;
    let (company, id) = only(house, who, slug, company)?;
    let branch = company.branch(id).ok_or(Error::NotFound("branch"))?;
    Ok(view(&company, branch))
}

pub async fn state(
    house: &Switchboard,
    who: &Principal,
    slug: &str,
    company: Option<&str>,
) -> Result<StateView, Error> {
    who.may_see_appointments()?;
    let (company, id) = only(house, who, slug, company)?;
    let described = house.branch(company.id, id).send(Describe).await.map_err(|_| Error::NoAnswer)?;
    Ok(StateView {
        company: company.slug.clone(),
        branch: slug.to_owned(),
        placed: described.placed,
        calendars: described.calendars.iter().map(|calendar| calendar_view(&company, calendar)).collect(),
    })
}

/// Which numbers are asked for.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Which {
    /// The slug; needed by whoever sees several companies.
    pub company: Option<String>,
    /// Only this one, as +49….
    pub phone_number: Option<String>,
    /// Only those of this branch.
    pub branch: Option<String>,
}

/// Which number rings where.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Mapping {
    pub company: String,
    pub items: Vec<Rings>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Rings {
    pub number: String,
    /// Null: a hotline, where the caller is asked for the branch.
    pub branch: Option<String>,
    pub retell_agent_id: Option<String>,
    /// The branch takes no new appointments.
    pub paused: bool,
}

/// Which number is meant.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// Slug; where it is given, the number has to be that company's.
    #[serde(default)]
    pub company: Option<String>,
    /// With its country code: +49….
    pub phone_number: String,
}

/// Where a number rings.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RingsAt {
    pub company: String,
    #[serde(flatten)]
    pub rings: Rings,
}

/// Where that number rings, of those of the principal's companies. Another company's is as unknown as nobody's.
pub fn resolve(house: &Switchboard, who: &Principal, asked: &Rung) -> Result<RingsAt, Error> {
    who.may_see_appointments()?;
    let directory = house.directory();
    let number = PhoneNumber::heard(&asked.phone_number, None);
    let number = number.map_err(|wrong| Error::Invalid(format!("phone_number: {wrong}")))?;
    let seen = who.within(&directory, asked.company.as_deref())?;
    let line = directory.line_of_number(&number).filter(|line| seen.sees(line.company));
    let company = line.and_then(|line| directory.company(line.company)).ok_or(Error::NotFound("number"))?;
    let which = Which {
        company: Some(company.slug.clone()),
        phone_number: Some(number.e164().to_owned()),
        branch: None,
    };
    let found = numbers(house, who, &which)?.items.into_iter().next();
    Ok(RingsAt { company: company.slug.clone(), rings: found.ok_or(Error::NotFound("number"))? })
}

/// Which number of a company rings at which of its branches, in the order of the numbers.
pub fn numbers(house: &Switchboard, who: &Principal, which: &Which) -> Result<Mapping, Error> {
    who.may_see_appointments()?;
    let company = company_of(&house.directory(), who, which.company.as_deref())?;
    let hotline = |number: &PhoneNumber| Rings {
        number: number.e164().to_owned(),
        branch: None,
        retell_agent_id: None,
        paused: false,
    };
    let of_branch = |branch: &Branch| -> Vec<Rings> {
        let rings = |number: &PhoneNumber| Rings {
            branch: Some(branch.slug.clone()),
            retell_agent_id: branch.agent_id.clone(),
            paused: branch.paused,
            ..hotline(number)
        };
        branch.numbers.iter().map(rings).collect()
    };
    let all = company.branches.iter().flat_map(of_branch).chain(company.hotlines.iter().map(hotline));
    let is_asked_for = |rings: &Rings| {
        which.phone_number.as_ref().is_none_or(|number| *number == rings.number)
            && (which.branch.is_none() || which.branch == rings.branch)
    };
    let mut items: Vec<Rings> = all.filter(is_asked_for).collect();
    items.sort_by(|a, b| a.number.cmp(&b.number));
    Ok(Mapping { company: company.slug.clone(), items })
}

/// The one branch of that slug the principal can see.
pub(super) fn only(
    house: &Switchboard,
    who: &Principal,
    slug: &str,
    company: Option<&str>,
) -> Result<(Arc<Company>, BranchId), Error> {
    let directory = house.directory();
    let seen = Principal { scope: who.scope_for(&directory, company)?, ..who.clone() };
    let companies = directory.companies().filter(|company| seen.sees(company.id));
    let mut found = companies.filter_map(|company| {
        let branch = company.branches.iter().find(|branch| branch.slug == slug)?;
        Some((company.clone(), branch.id))
    });
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => {
            Err(Error::Invalid(format!("several companies have a branch \"{slug}\"; add company=…")))
        }
        (None, _) => Err(Error::NotFound("branch")),
    }
}

fn view(company: &Company, branch: &Branch) -> BranchView {
    BranchView {
        company: company.slug.clone(),
        slug: branch.slug.clone(),
        name: branch.name.clone(),
        timezone: branch.zone_name.clone(),
        phone_numbers: branch.numbers.iter().map(|number| number.e164().to_owned()).collect(),
        retell_agent_id: branch.agent_id.clone(),
        hours: branch.opening.as_ref().map(|opening| opening.hours.to_string()),
        paused: branch.paused,
        services: branch
            .services
            .iter()
            .map(|service| ServiceView {
                slug: service.slug.clone(),
                name: service.name.clone(),
                duration_minutes: service.duration_minutes,
            })
            .collect(),
    }
}

fn calendar_view(company: &Company, described: &calendar::Description) -> CalendarView {
    CalendarView {
        calendar: company.calendar(described.id).map(|calendar| calendar.slug.clone()),
        waiting: described.waiting.iter().map(ToString::to_string).collect(),
        in_flight: described.in_flight.map(|booking| booking.to_string()),
        waits_until: described.waits_until.map(|until| until.to_string()),
        last_booking: described.last.map(|last| last.booking.to_string()),
        last_at: described.last.map(|last| last.at.to_string()),
    }
}
