//! Applying a plan: what is new is created, what differs is changed, what is gone is put out of use; said line by line.

use entities::{account, branch, calendar, company, number, offer, service};
use jiff::Timestamp;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    ModelTrait, QueryFilter,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Directories, next_version, place};
use crate::domain::phone::PhoneNumber;
use crate::domain::plan::{BranchPlan, OfferPlan, Plan, ServicePlan};
use crate::store::Error;

/// The keys of a plan, resolved: what stood behind `env:` and `file:`.
#[derive(Clone, Debug)]
pub struct Keys {
    pub retell_api: SecretString,
    pub retell_webhook: Option<SecretString>,
    pub retell_previous: Option<SecretString>,
    /// In the order of [`Plan::accounts`]: API key and webhook secret.
    pub accounts: Vec<(SecretString, Option<SecretString>)>,
}

/// Why a plan could not be applied.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("phone number {number} already belongs to company {company}; a number rings at one place")]
    NumberTaken { number: String, company: String },
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<sea_orm::DbErr> for Refused {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Store(error.into())
    }
}

/// One run of `apply`: the transaction, the time, and what has been said so far.
struct Work<'a> {
    store: &'a Directories<'a>,
    tx: &'a DatabaseTransaction,
    now: Timestamp,
    mint: &'a (dyn Fn() -> Uuid + Sync),
    said: Vec<String>,
}

impl Directories<'_> {
    /// Brings one company to what the plan says; the lines tell what changed. With `dry_run` nothing is kept.
    pub async fn apply(
        &self,
        plan: &Plan,
        keys: &Keys,
        (now, mint): (Timestamp, &(dyn Fn() -> Uuid + Sync)),
        dry_run: bool,
    ) -> Result<Vec<String>, Refused> {
        let tx = self.store.begin().await?;
        let mut work = Work { store: self, tx: &tx, now, mint, said: Vec::new() };
        work.bring_to(plan, keys).await?;
        let said = work.said;
        if dry_run || said.is_empty() {
            tx.rollback().await?;
        } else {
            next_version(&tx).await?;
            tx.commit().await?;
        }
        Ok(said)
    }
}

impl Work<'_> {
    async fn bring_to(&mut self, plan: &Plan, keys: &Keys) -> Result<(), Refused> {
        let company = self.company(plan, keys).await?;
        self.accounts(plan, keys, company).await?;
        let calendars = self.calendars(plan, company).await?;
        let mut branches = Vec::new();
        for (position, branch) in plan.branch.iter().enumerate() {
            let id = self.branch(branch, company, position).await?;
            branches.push((id, &branch.phone_numbers));
            self.services(branch, (company, id), &calendars).await?;
        }
        self.retire_branches(plan, company).await?;
        self.numbers(plan, company, &branches).await
    }

    async fn company(&mut self, plan: &Plan, keys: &Keys) -> Result<Uuid, Refused> {
        let wanted = &plan.company;
        let found =
            company::Entity::find().filter(company::Column::Slug.eq(&wanted.slug)).one(self.tx).await?;
        let id = found.as_ref().map_or_else(self.mint, |row| row.id);
        let old = |pick: fn(&company::Model) -> Option<String>| found.as_ref().and_then(pick);
        let policy = serde_json::to_value(&wanted.policy).unwrap_or(Value::Null);
        let row = company::Model {
            id,
            slug: wanted.slug.clone(),
            name: wanted.name.clone(),
            language: wanted.language.code().into(),
            timezone: wanted.timezone.clone(),
            policy,
            retell_api_key: self.seal(
                ("companies", "retell_api_key", id),
                Some(&keys.retell_api),
                old(|row| row.retell_api_key.clone()),
            )?,
            retell_webhook_key: self.seal(
                ("companies", "retell_webhook_key", id),
                keys.retell_webhook.as_ref(),
                old(|row| row.retell_webhook_key.clone()),
            )?,
            retell_previous_key: self.seal(
                ("companies", "retell_previous_key", id),
                keys.retell_previous.as_ref(),
                old(|row| row.retell_previous_key.clone()),
            )?,
            retell_base_url: wanted.retell.base_url.clone(),
            created_at: found.as_ref().map_or(self.now.into(), |row| row.created_at),
        };
        let what = format!("company {}", wanted.slug);
        self.bring(&what, found, row).await?;
        Ok(id)
    }

    async fn accounts(&mut self, plan: &Plan, keys: &Keys, company: Uuid) -> Result<(), Refused> {
        for (wanted, (api_key, webhook)) in plan.accounts().zip(&keys.accounts) {
            let found = account::Entity::find()
                .filter(account::Column::CompanyId.eq(company))
                .filter(account::Column::Name.eq(&wanted.name))
                .one(self.tx)
                .await?;
            let id = found.as_ref().map_or_else(self.mint, |row| row.id);
            let old_key = found.as_ref().map(|row| row.api_key.clone());
            let old_secret = found.as_ref().and_then(|row| row.webhook_secret.clone());
            let row = account::Model {
                id,
                company_id: company,
                name: wanted.name.clone(),
                base_url: wanted.base_url.clone(),
                api_key: self.seal(("accounts", "api_key", id), Some(api_key), old_key)?.unwrap_or_default(),
                webhook_secret: self.seal(
                    ("accounts", "webhook_secret", id),
                    webhook.as_ref(),
                    old_secret,
                )?,
                attendee_email_domain: wanted.attendee_email_domain.clone(),
                requests_per_minute: i32::try_from(wanted.requests_per_minute).unwrap_or(i32::MAX),
            };
            self.bring(&format!("calcom account {}", wanted.name), found, row).await?;
        }
        Ok(())
    }

    async fn calendars(&mut self, plan: &Plan, company: Uuid) -> Result<Vec<(String, Uuid)>, Refused> {
        let accounts =
            account::Entity::find().filter(account::Column::CompanyId.eq(company)).all(self.tx).await?;
        let mut known = Vec::new();
        for slug in plan.calendars() {
            let account = accounts.iter().find(|account| account.name == plan.account_of(&slug));
            let Some(account_id) = account.map(|account| account.id) else { continue };
            let found = calendar::Entity::find()
                .filter(calendar::Column::CompanyId.eq(company))
                .filter(calendar::Column::Slug.eq(&slug))
                .one(self.tx)
                .await?;
            let id = found.as_ref().map_or_else(self.mint, |row| row.id);
            let row = calendar::Model { id, company_id: company, account_id, slug: slug.clone() };
            self.bring(&format!("calendar {slug}"), found, row).await?;
            known.push((slug, id));
        }
        Ok(known)
    }

    async fn branch(&mut self, wanted: &BranchPlan, company: Uuid, position: usize) -> Result<Uuid, Refused> {
        let found = branch::Entity::find()
            .filter(branch::Column::CompanyId.eq(company))
            .filter(branch::Column::Slug.eq(&wanted.slug))
            .one(self.tx)
            .await?;
        let id = found.as_ref().map_or_else(self.mint, |row| row.id);
        let row = branch::Model {
            id,
            company_id: company,
            slug: wanted.slug.clone(),
            name: wanted.name.clone(),
            timezone: wanted.timezone.clone(),
            retell_agent_id: wanted.retell_agent_id.clone(),
            hours: wanted.hours.clone(),
            closures: json!(wanted.closures),
            holidays: wanted.holidays.clone(),
            paused: wanted.paused,
            transfer_to: wanted.transfer_to.clone(),
            position: i32::try_from(position).unwrap_or(i32::MAX),
            active: true,
        };
        let what = format!("branch {}", wanted.slug);
        self.bring(&what, found, row).await?;
        Ok(id)
    }

    async fn services(
        &mut self,
        branch: &BranchPlan,
        (company, branch_id): (Uuid, Uuid),
        calendars: &[(String, Uuid)],
    ) -> Result<(), Refused> {
        let there =
            service::Entity::find().filter(service::Column::BranchId.eq(branch_id)).all(self.tx).await?;
        for (position, wanted) in branch.service.iter().enumerate() {
            let found = there.iter().find(|row| row.slug == wanted.slug).cloned();
            let id = found.as_ref().map_or_else(self.mint, |row| row.id);
            let row = service_row(wanted, (id, company, branch_id), position);
            let what = format!("branch {}: service {}", branch.slug, wanted.slug);
            self.bring(&what, found, row).await?;
            self.offers(&what, &wanted.offers(), (company, id), calendars).await?;
        }
        let gone =
            there.into_iter().filter(|row| row.active && !branch.service.iter().any(|s| s.slug == row.slug));
        for row in gone {
            self.said.push(format!("branch {}: service {}: out of use", branch.slug, row.slug));
            service::Model { active: false, ..row }.into_active_model().reset_all().update(self.tx).await?;
        }
        Ok(())
    }

    async fn offers(
        &mut self,
        what: &str,
        wanted: &[OfferPlan],
        (company, service_id): (Uuid, Uuid),
        calendars: &[(String, Uuid)],
    ) -> Result<(), Refused> {
        let there =
            offer::Entity::find().filter(offer::Column::ServiceId.eq(service_id)).all(self.tx).await?;
        let calendar_of = |offer: &OfferPlan| calendars.iter().find(|(slug, _)| slug == offer.calendar());
        let rows: Vec<offer::Model> = wanted
            .iter()
            .enumerate()
            .filter_map(|(position, offer)| {
                let old = there.iter().find(|row| row.event_type_id == offer.event_type_id);
                Some(offer::Model {
                    id: old.map_or_else(self.mint, |row| row.id),
                    company_id: company,
                    service_id,
                    position: i32::try_from(position).unwrap_or(i32::MAX),
                    staff: offer.staff.clone(),
                    event_type_id: offer.event_type_id,
                    calendar_id: calendar_of(offer)?.1,
                })
            })
            .collect();
        if rows.len() == there.len() && rows.iter().all(|row| there.contains(row)) {
            return Ok(());
        }
        if !there.is_empty() {
            self.said.push(format!("{what}: who offers it, as which event type, changed"));
        }
        offer::Entity::delete_many().filter(offer::Column::ServiceId.eq(service_id)).exec(self.tx).await?;
        let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
        if rows.len() > 0 {
            offer::Entity::insert_many(rows).exec_without_returning(self.tx).await?;
        }
        Ok(())
    }

    async fn retire_branches(&mut self, plan: &Plan, company: Uuid) -> Result<(), Refused> {
        let there = branch::Entity::find()
            .filter(branch::Column::CompanyId.eq(company))
            .filter(branch::Column::Active.eq(true))
            .all(self.tx)
            .await?;
        for row in there.into_iter().filter(|row| !plan.branch.iter().any(|branch| branch.slug == row.slug)) {
            self.said.push(format!("branch {}: out of use", row.slug));
            branch::Model { active: false, ..row }.into_active_model().reset_all().update(self.tx).await?;
        }
        Ok(())
    }

    async fn numbers(
        &mut self,
        plan: &Plan,
        company_id: Uuid,
        branches: &[(Uuid, &Vec<String>)],
    ) -> Result<(), Refused> {
        let hotlines = plan.company.phone_numbers.iter().map(|text| (text, None));
        let direct = branches.iter().flat_map(|(id, numbers)| numbers.iter().map(|text| (text, Some(*id))));
        let wanted: Vec<number::Model> = hotlines
            .chain(direct)
            .filter_map(|(text, branch_id)| {
                let number = PhoneNumber::parse_e164(text).ok()?.e164().to_owned();
                Some(number::Model { number, company_id, branch_id })
            })
            .collect();
        for row in &wanted {
            self.number(row).await?;
        }
        let there =
            number::Entity::find().filter(number::Column::CompanyId.eq(company_id)).all(self.tx).await?;
        for row in there.into_iter().filter(|row| !wanted.iter().any(|other| other.number == row.number)) {
            self.said.push(format!("number {}: removed", row.number));
            number::Entity::delete_by_id(row.number).exec(self.tx).await?;
        }
        Ok(())
    }

    async fn number(&mut self, row: &number::Model) -> Result<(), Refused> {
        let what = format!("number {}", row.number);
        match number::Entity::find_by_id(row.number.clone()).one(self.tx).await? {
            None => self.create(&what, number::Entity::insert(row.clone().into_active_model())).await,
            Some(old) if old == *row => Ok(()),
            Some(old) if old.company_id != row.company_id => {
                let owner = company::Entity::find_by_id(old.company_id).one(self.tx).await?;
                let company = owner.map(|row| row.slug).unwrap_or_default();
                Err(Refused::NumberTaken { number: row.number.clone(), company })
            }
            Some(_) => {
                self.said.push(format!("{what}: rings at another place now"));
                row.clone().into_active_model().reset_all().update(self.tx).await?;
                Ok(())
            }
        }
    }

    /// Creates the row, changes it where it differs, or leaves it alone.
    async fn bring<M, A>(&mut self, what: &str, old: Option<M>, new: M) -> Result<(), Refused>
    where
        M: ModelTrait + PartialEq + IntoActiveModel<A>,
        A: ActiveModelTrait<Entity = M::Entity> + ActiveModelBehavior + Send,
        <M::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    {
        match old {
            None => self.create(what, M::Entity::insert(new.into_active_model())).await,
            Some(old) if old == new => Ok(()),
            Some(old) => {
                self.say_changes(what, &old, &new);
                new.into_active_model().reset_all().update(self.tx).await?;
                Ok(())
            }
        }
    }

    async fn create<A>(&mut self, what: &str, insert: sea_orm::Insert<A>) -> Result<(), Refused>
    where
        A: ActiveModelTrait,
    {
        self.said.push(format!("{what}: created"));
        insert.exec_without_returning(self.tx).await?;
        Ok(())
    }

    /// Seals a key, or keeps the seal that is there if the key has not changed.
    fn seal(
        &self,
        (table, column, row): (&str, &str, Uuid),
        key: Option<&SecretString>,
        old: Option<String>,
    ) -> Result<Option<String>, Error> {
        let Some(key) = key else { return Ok(None) };
        let (keyring, place) = (&self.store.store.keyring, place(table, column, row));
        if let Some(old) = old {
            let same =
                keyring.open(&place, &old).is_ok_and(|open| open.expose_secret() == key.expose_secret());
            if same {
                return Ok(Some(old));
            }
        }
        Ok(Some(keyring.seal(&place, key)?))
    }

    /// Names the fields that differ; secrets are named, not shown.
    fn say_changes<M: ModelTrait>(&mut self, what: &str, old: &M, new: &M) {
        use sea_orm::Iterable as _;
        for column in <M::Entity as EntityTrait>::Column::iter() {
            let (before, after) = (old.get(column), new.get(column));
            if before == after {
                continue;
            }
            let name = sea_orm::IdenStatic::as_str(&column).to_owned();
            let secret = name.contains("key") || name.contains("secret");
            let line = if secret {
                format!("{what}: {name} replaced")
            } else {
                format!("{what}: {name}: {before} → {after}")
            };
            self.said.push(line);
        }
    }
}

fn service_row(
    wanted: &ServicePlan,
    (id, company_id, branch_id): (Uuid, Uuid, Uuid),
    position: usize,
) -> service::Model {
    service::Model {
        id,
        company_id,
        branch_id,
        slug: wanted.slug.clone(),
        name: wanted.name.clone(),
        synonyms: json!(wanted.synonyms),
        duration_minutes: i32::try_from(wanted.duration_minutes).unwrap_or(i32::MAX),
        position: i32::try_from(position).unwrap_or(i32::MAX),
        active: true,
    }
}
