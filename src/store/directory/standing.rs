//! A company as the books hold it, written back as the plan it came from.

use std::collections::BTreeSet;

use entities::{account, branch, calendar, channel, company, number, offer, service};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{Directories, channels};
use crate::domain::plan::diff::Standing;
use crate::domain::plan::{
    BranchPlan, CalcomPlan, CalendarPlan, CompanyPlan, OfferPlan, Plan, RetellPlan, SHARED_CALENDAR,
    ServicePlan,
};
use crate::domain::speech::Language;
use crate::store::{Error, corrupt};

/// The rows of one company.
struct Rows {
    company: company::Model,
    accounts: Vec<account::Model>,
    calendars: Vec<calendar::Model>,
    channels: Vec<channel::Model>,
    branches: Vec<branch::Model>,
    services: Vec<service::Model>,
    offers: Vec<offer::Model>,
    numbers: Vec<number::Model>,
}

impl Directories<'_> {
    /// The company of that slug as a plan; keys are references, empty where nobody knows where they came from.
    pub async fn standing(&self, slug: &str) -> Result<Option<Standing>, Error> {
        read(&self.store.read, slug).await
    }
}

pub(super) async fn read(db: &impl ConnectionTrait, slug: &str) -> Result<Option<Standing>, Error> {
    match Rows::read(db, slug).await? {
        Some(rows) => Ok(Some(Standing { plan: rows.plan()?, retired: rows.retired() })),
        None => Ok(None),
    }
}

impl Rows {
    async fn read(db: &impl ConnectionTrait, slug: &str) -> Result<Option<Self>, DbErr> {
        let Some(company) = company::Entity::find().filter(company::Column::Slug.eq(slug)).one(db).await?
        else {
            return Ok(None);
        };
        let id = company.id;
        let branches = branch::Entity::find().filter(branch::Column::CompanyId.eq(id));
        let services = service::Entity::find().filter(service::Column::CompanyId.eq(id));
        let offers = offer::Entity::find().filter(offer::Column::CompanyId.eq(id));
        let calendars = calendar::Entity::find().filter(calendar::Column::CompanyId.eq(id));
        let accounts = account::Entity::find().filter(account::Column::CompanyId.eq(id));
        let channels = channel::Entity::find().filter(channel::Column::CompanyId.eq(id));
        let numbers = number::Entity::find().filter(number::Column::CompanyId.eq(id));
        Ok(Some(Self {
            accounts: accounts
                .order_by_asc(account::Column::Position)
                .order_by_asc(account::Column::Name)
                .all(db)
                .await?,
            calendars: calendars.order_by_asc(calendar::Column::Slug).all(db).await?,
            channels: channels.order_by_asc(channel::Column::Position).all(db).await?,
            branches: branches.order_by_asc(branch::Column::Position).all(db).await?,
            services: services.order_by_asc(service::Column::Position).all(db).await?,
            offers: offers.order_by_asc(offer::Column::Position).all(db).await?,
            numbers: numbers.order_by_asc(number::Column::Number).all(db).await?,
            company,
        }))
    }

    fn plan(&self) -> Result<Plan, Error> {
        let row = &self.company;
        let mut accounts = self.accounts.iter().filter(|account| account.active);
        let default = accounts.next().ok_or_else(|| corrupt("companies", &row.id, "no calcom account"))?;
        let branches = self.branches.iter().filter(|branch| branch.active);
        let branch = branches.map(|branch| self.branch(branch)).collect::<Result<Vec<_>, _>>()?;
        let origin = |sealed: &Option<String>, from: &Option<String>| {
            sealed.as_ref().map(|_| from.clone().unwrap_or_default())
        };
        let company = CompanyPlan {
            slug: row.slug.clone(),
            name: row.name.clone(),
            language: Language::parse(&row.language).unwrap_or_default(),
            timezone: row.timezone.clone(),
            phone_numbers: self.numbers(None),
            retell: RetellPlan {
                api_key: row.retell_api_key_from.clone().unwrap_or_default(),
                webhook_key: origin(&row.retell_webhook_key, &row.retell_webhook_key_from),
                previous_webhook_key: origin(&row.retell_previous_key, &row.retell_previous_key_from),
                base_url: row.retell_base_url.clone(),
            },
            calcom: account_plan(default),
            calcom_account: accounts.map(account_plan).collect(),
            calendar: self.calendars(default.id),
            channel: self.channels.iter().map(channels::plan_of).collect::<Result<_, _>>()?,
            policy: json(&row.policy, ("companies", row.id))?,
        };
        Ok(Plan { company, branch })
    }

    /// Calendars that a service does not tell everything about: those of another account, pools, those without a service.
    fn calendars(&self, default: Uuid) -> Vec<CalendarPlan> {
        let is_used = |calendar: &calendar::Model| {
            self.offers.iter().any(|offer| offer.calendar_id == calendar.id && self.is_offered(offer))
        };
        let named = self.calendars.iter().filter(|calendar| calendar.active);
        named
            .filter(|calendar| calendar.account_id != default || calendar.hosts > 1 || !is_used(calendar))
            .filter_map(|calendar| {
                let account = self.accounts.iter().find(|account| account.id == calendar.account_id)?;
                Some(CalendarPlan {
                    slug: calendar.slug.clone(),
                    account: Some(account.name.clone()),
                    hosts: u32::try_from(calendar.hosts).unwrap_or(1),
                })
            })
            .collect()
    }

    fn is_offered(&self, offer: &offer::Model) -> bool {
        let service = self.services.iter().find(|service| service.id == offer.service_id && service.active);
        service.is_some_and(|service| {
            self.branches.iter().any(|branch| branch.id == service.branch_id && branch.active)
        })
    }

    fn branch(&self, row: &branch::Model) -> Result<BranchPlan, Error> {
        let services = self.services.iter().filter(|service| service.branch_id == row.id && service.active);
        Ok(BranchPlan {
            slug: row.slug.clone(),
            name: row.name.clone(),
            phone_numbers: self.numbers(Some(row.id)),
            retell_agent_id: row.retell_agent_id.clone(),
            hours: row.hours.clone(),
            timezone: row.timezone.clone(),
            holidays: row.holidays.clone(),
            closures: json(&row.closures, ("branches", row.id))?,
            special_hours: row
                .special_hours
                .as_ref()
                .map_or(Ok(Vec::new()), |texts| json(texts, ("branches", row.id)))?,
            paused: row.paused,
            transfer_to: row.transfer_to.clone(),
            service: services.map(|service| self.service(service)).collect::<Result<_, _>>()?,
        })
    }

    fn service(&self, row: &service::Model) -> Result<ServicePlan, Error> {
        let offers = self.offers.iter().filter(|offer| offer.service_id == row.id);
        let mut offer: Vec<OfferPlan> = offers
            .map(|offer| OfferPlan {
                staff: offer.staff.clone(),
                event_type_id: offer.event_type_id,
                calendar: self.calendar_named(offer.calendar_id),
            })
            .collect();
        // A service with one offer says it itself.
        let own = if offer.len() == 1 { offer.pop() } else { None };
        Ok(ServicePlan {
            slug: row.slug.clone(),
            name: row.name.clone(),
            synonyms: json(&row.synonyms, ("services", row.id))?,
            duration_minutes: u32::try_from(row.duration_minutes).unwrap_or(0),
            event_type_id: own.as_ref().map(|own| own.event_type_id),
            calendar: own.as_ref().and_then(|own| own.calendar.clone()),
            staff: own.and_then(|own| own.staff),
            offer,
        })
    }

    fn calendar_named(&self, id: Uuid) -> Option<String> {
        let calendar = self.calendars.iter().find(|calendar| calendar.id == id);
        calendar.map(|calendar| calendar.slug.clone()).filter(|slug| slug != SHARED_CALENDAR)
    }

    fn numbers(&self, branch: Option<Uuid>) -> Vec<String> {
        let here = self.numbers.iter().filter(|number| number.branch_id == branch);
        here.map(|number| number.number.clone()).collect()
    }

    fn retired(&self) -> BTreeSet<String> {
        let mut retired = BTreeSet::new();
        for branch in &self.branches {
            if !branch.active {
                retired.insert(format!("branch {}", branch.slug));
            }
            let services = self.services.iter().filter(|service| service.branch_id == branch.id);
            let gone = services.filter(|service| !(branch.active && service.active));
            retired.extend(gone.map(|service| format!("branch {}: service {}", branch.slug, service.slug)));
        }
        let accounts = self.accounts.iter().filter(|account| !account.active);
        retired.extend(accounts.map(|account| account_plan(account).subject()));
        let calendars = self.calendars.iter().filter(|calendar| !calendar.active);
        retired.extend(calendars.map(|calendar| format!("calendar {}", calendar.slug)));
        retired
    }
}

fn account_plan(row: &account::Model) -> CalcomPlan {
    CalcomPlan {
        name: row.name.clone(),
        api_key: row.api_key_from.clone().unwrap_or_default(),
        base_url: row.base_url.clone(),
        webhook_secret: row
            .webhook_secret
            .as_ref()
            .map(|_| row.webhook_secret_from.clone().unwrap_or_default()),
        attendee_email_domain: row.attendee_email_domain.clone(),
        requests_per_minute: u32::try_from(row.requests_per_minute).unwrap_or(1),
    }
}

fn json<T: DeserializeOwned>(
    value: &serde_json::Value,
    (table, id): (&'static str, Uuid),
) -> Result<T, Error> {
    serde_json::from_value(value.clone()).map_err(|_| corrupt(table, &id, "not as this program writes it"))
}
