//! Applying a plan: what is new is created, what differs is changed, what is gone is put out of use.

use std::collections::BTreeSet;

use entities::{account, branch, calendar, company, number, offer, service};
use jiff::Timestamp;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    ModelTrait, QueryFilter,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Directories, Keys, Refused, channels, next_version, place, standing};
use crate::domain::phone::PhoneNumber;
use crate::domain::plan::diff::Standing;
use crate::domain::plan::keys::reference;
use crate::domain::plan::{BranchPlan, OfferPlan, Plan, ServicePlan, diff};
use crate::store::Error;

/// One run of `apply`: the transaction, the time, and what it has done so far.
struct Work<'a> {
    store: &'a Directories<'a>,
    tx: &'a DatabaseTransaction,
    now: Timestamp,
    mint: &'a (dyn Fn() -> Uuid + Sync),
    /// Keys whose value is another one now, as "subject: field".
    replaced: BTreeSet<String>,
    /// Until when the key counts by which signatures were known so far, where another takes its place.
    signing_until: Option<Timestamp>,
}

impl Directories<'_> {
    /// Brings one company to what the plan says; the lines tell what changes. With `dry_run` nothing is kept.
    pub async fn apply(
        &self,
        plan: &Plan,
        keys: &Keys,
        (now, mint): (Timestamp, &(dyn Fn() -> Uuid + Sync)),
        dry_run: bool,
    ) -> Result<Vec<String>, Refused> {
        let tx = self.store.begin().await?;
        let before = standing::read(&tx, &plan.company.slug).await?;
        let lines = self.bring(&tx, (before.as_ref(), plan), keys, (now, mint)).await?;
        if dry_run {
            tx.rollback().await?;
        } else {
            tx.commit().await?;
        }
        Ok(lines)
    }

    /// The same within a transaction.
    pub(super) async fn bring(
        &self,
        tx: &DatabaseTransaction,
        (before, plan): (Option<&Standing>, &Plan),
        keys: &Keys,
        (now, mint): (Timestamp, &(dyn Fn() -> Uuid + Sync)),
    ) -> Result<Vec<String>, Refused> {
        let mut work = Work { store: self, tx, now, mint, replaced: BTreeSet::new(), signing_until: None };
        work.bring_to(plan, keys).await?;
        let mut lines = diff::changes(before, plan, &work.replaced);
        if let Some(until) = work.signing_until {
            diff::tell_of_the_signing_key(&mut lines, &plan.company.slug, until);
        }
        // Without a line there may still be something to note: where a key comes from.
        if !lines.is_empty() {
            next_version(tx).await?;
        }
        Ok(lines)
    }
}

impl Work<'_> {
    async fn bring_to(&mut self, plan: &Plan, keys: &Keys) -> Result<(), Refused> {
        let company = self.company(plan, keys).await?;
        self.accounts(plan, keys, company).await?;
        let secrets =
            channels::bring(self.store, self.tx, plan, (&keys.channels, company, self.mint)).await?;
        self.replaced.extend(secrets);
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
        let subject = format!("company {}", wanted.slug);
        let retell = &wanted.retell;
        if let Some(found) = &found {
            self.signing_until = self.store.keep_the_signing_key(self.tx, found, (keys, self.now)).await?;
        }
        let row = company::Model {
            id,
            slug: wanted.slug.clone(),
            name: wanted.name.clone(),
            language: wanted.language.code().into(),
            timezone: wanted.timezone.clone(),
            policy,
            retell_api_key: self.seal(
                (("companies", "retell_api_key", id), (&subject, "retell.api_key")),
                Some(&keys.retell_api),
                old(|row| row.retell_api_key.clone()),
            )?,
            retell_webhook_key: self.seal(
                (("companies", "retell_webhook_key", id), (&subject, "retell.webhook_key")),
                keys.retell_webhook.as_ref(),
                old(|row| row.retell_webhook_key.clone()),
            )?,
            retell_previous_key: self.seal(
                (("companies", "retell_previous_key", id), (&subject, "retell.previous_webhook_key")),
                keys.retell_previous.as_ref(),
                old(|row| row.retell_previous_key.clone()),
            )?,
            retell_base_url: retell.base_url.clone(),
            retell_api_key_from: reference(&retell.api_key),
            retell_webhook_key_from: retell.webhook_key.as_deref().and_then(reference),
            retell_previous_key_from: retell.previous_webhook_key.as_deref().and_then(reference),
            created_at: found.as_ref().map_or(self.now.into(), |row| row.created_at),
        };
        self.bring(found, row).await?;
        Ok(id)
    }

    async fn accounts(&mut self, plan: &Plan, keys: &Keys, company: Uuid) -> Result<(), Refused> {
        for (position, (wanted, (api_key, webhook))) in plan.accounts().zip(&keys.accounts).enumerate() {
            let subject = wanted.subject();
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
                api_key: self
                    .seal((("accounts", "api_key", id), (&subject, "api_key")), Some(api_key), old_key)?
                    .unwrap_or_default(),
                webhook_secret: self.seal(
                    (("accounts", "webhook_secret", id), (&subject, "webhook_secret")),
                    webhook.as_ref(),
                    old_secret,
                )?,
                attendee_email_domain: wanted.attendee_email_domain.clone(),
                requests_per_minute: i32::try_from(wanted.requests_per_minute).unwrap_or(i32::MAX),
                api_key_from: reference(&wanted.api_key),
                webhook_secret_from: wanted.webhook_secret.as_deref().and_then(reference),
                position: i32::try_from(position).unwrap_or(i32::MAX),
                active: true,
            };
            self.bring(found, row).await?;
        }
        let there =
            account::Entity::find().filter(account::Column::CompanyId.eq(company)).all(self.tx).await?;
        for row in there.into_iter().filter(|row| !plan.accounts().any(|account| account.name == row.name)) {
            self.bring(Some(row.clone()), account::Model { active: false, ..row }).await?;
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
            let row = calendar::Model {
                id,
                company_id: company,
                account_id,
                slug: slug.clone(),
                active: true,
                hosts: i32::try_from(plan.hosts_of(&slug)).unwrap_or(1),
            };
            self.bring(found, row).await?;
            known.push((slug, id));
        }
        let there =
            calendar::Entity::find().filter(calendar::Column::CompanyId.eq(company)).all(self.tx).await?;
        for row in there.into_iter().filter(|row| !known.iter().any(|(_, id)| *id == row.id)) {
            self.bring(Some(row.clone()), calendar::Model { active: false, ..row }).await?;
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
            special_hours: Some(json!(wanted.special_hours)),
            holidays: wanted.holidays.clone(),
            paused: wanted.paused,
            transfer_to: wanted.transfer_to.clone(),
            position: i32::try_from(position).unwrap_or(i32::MAX),
            active: true,
        };
        self.bring(found, row).await?;
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
            self.bring(found, row).await?;
            self.offers(&wanted.offers(), (company, id), calendars).await?;
        }
        let gone =
            there.into_iter().filter(|row| row.active && !branch.service.iter().any(|s| s.slug == row.slug));
        for row in gone {
            self.bring(Some(row.clone()), service::Model { active: false, ..row }).await?;
        }
        Ok(())
    }

    async fn offers(
        &mut self,
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
        offer::Entity::delete_many().filter(offer::Column::ServiceId.eq(service_id)).exec(self.tx).await?;
        if !rows.is_empty() {
            let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
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
            self.bring(Some(row.clone()), branch::Model { active: false, ..row }).await?;
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
            number::Entity::delete_by_id(row.number).exec(self.tx).await?;
        }
        Ok(())
    }

    async fn number(&mut self, row: &number::Model) -> Result<(), Refused> {
        match number::Entity::find_by_id(row.number.clone()).one(self.tx).await? {
            Some(old) if old.company_id != row.company_id => {
                let owner = company::Entity::find_by_id(old.company_id).one(self.tx).await?;
                let company = owner.map(|row| row.slug).unwrap_or_default();
                Err(Refused::NumberTaken { number: row.number.clone(), company })
            }
            old => self.bring(old, row.clone()).await,
        }
    }

    /// Creates the row, changes it where it differs, or leaves it alone.
    async fn bring<M, A>(&self, old: Option<M>, new: M) -> Result<(), Refused>
    where
        M: ModelTrait + PartialEq + IntoActiveModel<A>,
        A: ActiveModelTrait<Entity = M::Entity> + ActiveModelBehavior + Send,
        <M::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    {
        match old {
            None => drop(M::Entity::insert(new.into_active_model()).exec_without_returning(self.tx).await?),
            Some(old) if old == new => {}
            Some(_) => drop(new.into_active_model().reset_all().update(self.tx).await?),
        }
        Ok(())
    }

    /// Seals a key, or keeps the seal that is there if the key has not changed.
    fn seal(
        &mut self,
        ((table, column, row), (subject, field)): ((&str, &str, Uuid), (&str, &str)),
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
            self.replaced.insert(format!("{subject}: {field}"));
        }
        Ok(Some(keyring.seal(&place, key)?))
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
