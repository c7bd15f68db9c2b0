//! The directory in the books: loaded whole, changed by applying a plan; what changed is said line by line.

mod access;
mod apply;
mod changing;
mod channels;
mod keys;
mod signing;
mod standing;

pub use access::RetellAccess;
pub use changing::Trial;
pub use keys::{Keys, Refused};
pub use signing::{PREVIOUS_COUNTS, Signatures, Signing};

use std::collections::HashMap;

use entities::{account, branch, calendar, channel, company, mark, number, offer, replaced_key, service};
use jiff::tz::TimeZone;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryOrder};
use secrecy::SecretString;
use uuid::Uuid;

use super::{Error, Store, corrupt};
use crate::domain::directory::{Account, Branch, Calendar, Company, Directory, Offer, Service};
use crate::domain::holidays::Region;
use crate::domain::hours::{DateRange, Opening, OpeningHours, SpecialHours};
use crate::domain::phone::PhoneNumber;
use crate::domain::speech::Language;

const VERSION: &str = "directory_version";

/// The directory's rows.
#[derive(Debug)]
pub struct Directories<'a> {
    pub(super) store: &'a Store,
}

/// All rows of the directory, read in one go.
struct Rows {
    companies: Vec<company::Model>,
    replaced_keys: Vec<replaced_key::Model>,
    accounts: HashMap<Uuid, Vec<account::Model>>,
    branches: HashMap<Uuid, Vec<branch::Model>>,
    numbers: Vec<number::Model>,
    services: HashMap<Uuid, Vec<service::Model>>,
    offers: HashMap<Uuid, Vec<offer::Model>>,
    calendars: HashMap<Uuid, Vec<calendar::Model>>,
    channels: HashMap<Uuid, Vec<channel::Model>>,
}

impl Directories<'_> {
    /// Moves on with every change, so that a running server notices.
    pub async fn version(&self) -> Result<i64, Error> {
        let row = mark::Entity::find_by_id(VERSION.to_owned()).one(&self.store.read).await?;
        Ok(row.map_or(0, |row| row.value))
    }

    pub async fn load(&self) -> Result<Directory, Error> {
        let rows = Rows::read(&self.store.read).await?;
        let companies = rows.companies.iter().map(|row| self.company(row, &rows));
        Ok(Directory::new(companies.collect::<Result<Vec<_>, _>>()?))
    }

    fn company(&self, row: &company::Model, rows: &Rows) -> Result<Company, Error> {
        let keys = [
            ("retell_webhook_key", row.retell_webhook_key.as_ref().or(row.retell_api_key.as_ref())),
            ("retell_previous_key", row.retell_previous_key.as_ref()),
        ];
        let replaced = rows.replaced_keys.iter().filter(|replaced| replaced.company_id == row.id);
        let webhook_keys = keys
            .into_iter()
            .filter_map(|(column, sealed)| Some((column, sealed?)))
            .map(|(column, sealed)| self.open_company_key(row, column, sealed))
            .chain(replaced.map(|replaced| self.replaced_key(replaced)))
            .collect::<Result<Vec<_>, _>>()?;
        let hotlines =
            rows.numbers.iter().filter(|number| number.company_id == row.id && number.branch_id.is_none());
        let none = Vec::new();
        Ok(Company {
            id: row.id.into(),
            slug: row.slug.clone(),
            name: row.name.clone(),
            language: Language::parse(&row.language).unwrap_or_default(),
            policy: serde_json::from_value(row.policy.clone())
                .map_err(|_| corrupt("companies", &row.id, "a policy this program does not know"))?,
            webhook_keys,
            hotlines: hotlines.map(parse_number).collect::<Result<_, _>>()?,
            accounts: rows
                .accounts
                .get(&row.id)
                .unwrap_or(&none)
                .iter()
                .map(|account| self.account(account))
                .collect::<Result<_, _>>()?,
            calendars: rows.calendars.get(&row.id).into_iter().flatten().map(calendar_of).collect(),
            channels: rows
                .channels
                .get(&row.id)
                .into_iter()
                .flatten()
                .map(|channel| self.channel(channel))
                .collect::<Result<_, _>>()?,
            branches: branches_of(row, rows, true)?,
            retired: branches_of(row, rows, false)?,
        })
    }

    fn open_company_key(
        &self,
        row: &company::Model,
        column: &str,
        sealed: &str,
    ) -> Result<SecretString, Error> {
        // Where no webhook key is set, the API key signs and stands sealed in its own column.
        let own = row.retell_webhook_key.is_some() || column != "retell_webhook_key";
        let column = if own { column } else { "retell_api_key" };
        Ok(self.store.keyring.open(&place("companies", column, row.id), sealed)?)
    }

    fn account(&self, row: &account::Model) -> Result<Account, Error> {
        Ok(Account {
            id: row.id.into(),
            name: row.name.clone(),
            base_url: row.base_url.clone(),
            api_key: self.store.keyring.open(&place("accounts", "api_key", row.id), &row.api_key)?,
            webhook_secret: row
                .webhook_secret
                .as_ref()
                .map(|secret| self.store.keyring.open(&place("accounts", "webhook_secret", row.id), secret))
                .transpose()?,
            attendee_email_domain: row.attendee_email_domain.clone(),
            requests_per_minute: u32::try_from(row.requests_per_minute).unwrap_or(1).max(1),
            is_active: row.active,
        })
    }
}

impl Rows {
    async fn read(db: &impl ConnectionTrait) -> Result<Self, DbErr> {
        let services = service::Entity::find().order_by_asc(service::Column::Position).all(db).await?;
        let branches = branch::Entity::find().order_by_asc(branch::Column::Position).all(db).await?;
        let offers = offer::Entity::find().order_by_asc(offer::Column::Position).all(db).await?;
        let channels = channel::Entity::find().order_by_asc(channel::Column::Position).all(db).await?;
        Ok(Self {
            companies: company::Entity::find().order_by_asc(company::Column::Slug).all(db).await?,
            replaced_keys: replaced_key::Entity::find().all(db).await?,
            accounts: grouped(account::Entity::find().all(db).await?, |row| row.company_id),
            branches: grouped(branches, |row| row.company_id),
            numbers: number::Entity::find().all(db).await?,
            services: grouped(services, |row| row.branch_id),
            offers: grouped(offers, |row| row.service_id),
            calendars: grouped(calendar::Entity::find().all(db).await?, |row| row.company_id),
            channels: grouped(channels, |row| row.company_id),
        })
    }
}

fn grouped<T>(rows: Vec<T>, by: fn(&T) -> Uuid) -> HashMap<Uuid, Vec<T>> {
    let mut groups: HashMap<Uuid, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(by(&row)).or_default().push(row);
    }
    groups
}

fn branches_of(company: &company::Model, rows: &Rows, in_use: bool) -> Result<Vec<Branch>, Error> {
    let branches = rows.branches.get(&company.id).into_iter().flatten();
    branches.filter(|branch| branch.active == in_use).map(|branch| branch_of(branch, company, rows)).collect()
}

fn branch_of(row: &branch::Model, company: &company::Model, rows: &Rows) -> Result<Branch, Error> {
    let zone_name = row.timezone.clone().unwrap_or_else(|| company.timezone.clone());
    let zone = TimeZone::get(&zone_name).map_err(|_| corrupt("branches", &row.id, "an unknown time zone"))?;
    let numbers = rows.numbers.iter().filter(|number| number.branch_id == Some(row.id));
    let services = |in_use: bool| -> Result<Vec<Service>, Error> {
        let services = rows.services.get(&row.id).into_iter().flatten();
        services.filter(|service| service.active == in_use).map(|service| service_of(service, rows)).collect()
    };
    Ok(Branch {
        id: row.id.into(),
        slug: row.slug.clone(),
        name: row.name.clone(),
        zone,
        zone_name,
        opening: opening_of(row, company)?,
        paused: row.paused,
        transfer_to: row.transfer_to.as_deref().and_then(|number| PhoneNumber::parse_e164(number).ok()),
        agent_id: row.retell_agent_id.clone(),
        numbers: numbers.map(parse_number).collect::<Result<_, _>>()?,
        services: services(true)?,
        retired: services(false)?,
    })
}

fn opening_of(row: &branch::Model, company: &company::Model) -> Result<Option<Opening>, Error> {
    let Some(text) = &row.hours else { return Ok(None) };
    let wrong = |what| corrupt("branches", &row.id, what);
    let hours = OpeningHours::parse(text).map_err(|_| wrong("hours that cannot be read"))?;
    let closures: Vec<String> =
        serde_json::from_value(row.closures.clone()).map_err(|_| wrong("closures that cannot be read"))?;
    let closures = closures.iter().map(|text| DateRange::parse(text));
    let closures = closures.collect::<Result<_, _>>().map_err(|_| wrong("closures that cannot be read"))?;
    let of_company = company.policy.get("holidays").and_then(|code| code.as_str());
    // Before regions were checked any text could be kept; such a one names no holiday, and neither does "none".
    let holidays = row.holidays.as_deref().or(of_company).and_then(|code| Region::parse(code).ok());
    let special: Vec<String> = match &row.special_hours {
        Some(texts) => {
            serde_json::from_value(texts.clone()).map_err(|_| wrong("special hours that cannot be read"))?
        }
        None => Vec::new(),
    };
    let special = special.iter().map(|text| SpecialHours::parse(text));
    let special =
        special.collect::<Result<_, _>>().map_err(|_| wrong("special hours that cannot be read"))?;
    Ok(Some(Opening { hours, closures, holidays, special }))
}

fn service_of(row: &service::Model, rows: &Rows) -> Result<Service, Error> {
    let synonyms = serde_json::from_value(row.synonyms.clone());
    Ok(Service {
        id: row.id.into(),
        slug: row.slug.clone(),
        name: row.name.clone(),
        synonyms: synonyms.map_err(|_| corrupt("services", &row.id, "synonyms that cannot be read"))?,
        duration_minutes: u32::try_from(row.duration_minutes).unwrap_or(0),
        offers: rows.offers.get(&row.id).into_iter().flatten().map(offer_of).collect(),
    })
}

fn offer_of(row: &offer::Model) -> Offer {
    Offer {
        id: row.id.into(),
        staff: row.staff.clone(),
        event_type_id: row.event_type_id,
        calendar: row.calendar_id.into(),
    }
}

fn calendar_of(row: &calendar::Model) -> Calendar {
    Calendar {
        id: row.id.into(),
        slug: row.slug.clone(),
        account: row.account_id.into(),
        hosts: u32::try_from(row.hosts).unwrap_or(1).max(1),
    }
}

fn parse_number(row: &number::Model) -> Result<PhoneNumber, Error> {
    PhoneNumber::parse_e164(&row.number).map_err(|_| corrupt("numbers", &"(hidden)", "not a number"))
}

/// Where a secret is stored: part of its seal.
pub(super) fn place(table: &str, column: &str, row: Uuid) -> String {
    format!("{table}.{column}:{row}")
}

async fn next_version(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let row = mark::Model { name: VERSION.into(), value: 1 }.into_active_model();
    let more = sea_orm::sea_query::ExprTrait::add(Expr::col((mark::Entity, mark::Column::Value)), 1);
    let conflict = OnConflict::column(mark::Column::Name).value(mark::Column::Value, more).to_owned();
    mark::Entity::insert(row).on_conflict(conflict).exec_without_returning(db).await?;
    Ok(())
}
