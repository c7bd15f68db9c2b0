//! A company changed as it stands in the books, with the keys it has: what others change meanwhile is not lost.

use entities::{account, company};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect};
use secrecy::SecretString;
use uuid::Uuid;

use super::{Directories, Keys, Refused, place, standing};
use crate::domain::plan::Plan;
use crate::store::Error;

/// What came of a change.
#[derive(Debug)]
pub enum Trial<E> {
    /// There is no such company.
    Unknown,
    /// The change itself was refused; nothing is kept.
    Refused(E),
    /// What has changed, line by line; nothing is kept of a dry run.
    Made(Vec<String>),
}

impl Directories<'_> {
    /// Brings a company to what `change` makes of it. Keys stay as they are wherever `change` leaves their texts alone; a
    /// text that it writes is the key.
    pub async fn change<E>(
        &self,
        slug: &str,
        (now, mint): (Timestamp, &(dyn Fn() -> Uuid + Sync)),
        change: impl FnOnce(&mut Plan) -> Result<(), E>,
        dry_run: bool,
    ) -> Result<Trial<E>, Refused> {
        let tx = self.store.begin().await?;
        // Held to the end, so that of two changes at once the second sees what the first has made.
        let row = company::Entity::find().filter(company::Column::Slug.eq(slug)).lock_exclusive();
        let Some(row) = row.one(&tx).await? else { return Ok(Trial::Unknown) };
        let Some(before) = standing::read(&tx, slug).await? else { return Ok(Trial::Unknown) };
        let mut plan = before.plan.clone();
        if let Err(refused) = change(&mut plan) {
            return Ok(Trial::Refused(refused));
        }
        let keys = self.keys_of(&tx, &row, (&before.plan, &plan)).await?;
        let lines = self.bring(&tx, (Some(&before), &plan), &keys, (now, mint)).await?;
        if dry_run {
            tx.rollback().await?;
        } else {
            tx.commit().await?;
        }
        Ok(Trial::Made(lines))
    }

    async fn keys_of(
        &self,
        tx: &DatabaseTransaction,
        row: &company::Model,
        (before, after): (&Plan, &Plan),
    ) -> Result<Keys, Error> {
        let open = |table: &str, column: &str, id: Uuid, sealed: Option<&String>| {
            let sealed = sealed.map(|sealed| self.store.keyring.open(&place(table, column, id), sealed));
            sealed.transpose()
        };
        let own = |column: &str, sealed: &Option<String>| open("companies", column, row.id, sealed.as_ref());
        let (was, is) = (&before.company.retell, &after.company.retell);
        let api = own("retell_api_key", &row.retell_api_key)?;
        let webhook = own("retell_webhook_key", &row.retell_webhook_key)?;
        let previous = own("retell_previous_key", &row.retell_previous_key)?;
        let there = account::Entity::find().filter(account::Column::CompanyId.eq(row.id)).all(tx).await?;
        let mut accounts = Vec::new();
        for wanted in after.accounts() {
            let old = before.accounts().find(|old| old.name == wanted.name);
            let kept = there.iter().find(|row| row.name == wanted.name && old.is_some());
            let key = kept.map(|row| open("accounts", "api_key", row.id, Some(&row.api_key)));
            let secret =
                kept.map(|row| open("accounts", "webhook_secret", row.id, row.webhook_secret.as_ref()));
            let was_key = old.map(|old| old.api_key.as_str());
            let was_secret = old.and_then(|old| old.webhook_secret.as_deref());
            accounts.push((
                of(was_key, Some(&wanted.api_key), key.transpose()?.flatten()).unwrap_or_default(),
                of(was_secret, wanted.webhook_secret.as_deref(), secret.transpose()?.flatten()),
            ));
        }
        Ok(Keys {
            retell_api: of(Some(&was.api_key), Some(&is.api_key), api).unwrap_or_default(),
            retell_webhook: of(was.webhook_key.as_deref(), is.webhook_key.as_deref(), webhook),
            retell_previous: of(
                was.previous_webhook_key.as_deref(),
                is.previous_webhook_key.as_deref(),
                previous,
            ),
            accounts,
            channels: channels(before, after),
        })
    }
}

/// Secrets of channels that are others now.
fn channels(before: &Plan, after: &Plan) -> Vec<Option<SecretString>> {
    let old = |name: &str| before.company.channel.iter().find(|old| old.name == name);
    let each = after.company.channel.iter().map(|wanted| {
        let is_as_before = old(&wanted.name).is_some_and(|old| old.secret == wanted.secret);
        wanted.secret.as_deref().filter(|_| !is_as_before).map(SecretString::from)
    });
    each.collect()
}

/// The key that is kept where its text stays, the text itself where it is another one, none where it goes.
fn of(was: Option<&str>, is: Option<&str>, kept: Option<SecretString>) -> Option<SecretString> {
    let is = is?;
    kept.filter(|_| was == Some(is)).or_else(|| Some(SecretString::from(is)))
}
