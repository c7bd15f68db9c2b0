//! The keys by which Retell's signatures are known: the one that counts, and those that were replaced and count for a while.

use entities::{Ms, company, mark, replaced_key};
use jiff::{SignedDuration, Timestamp};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::{Directories, Keys, next_version, place};
use crate::domain::ids::CompanyId;
use crate::store::{Error, corrupt};

/// How long a key counts that was replaced, where nothing else is said: the badge at Retell is moved by hand.
pub const PREVIOUS_COUNTS: SignedDuration = SignedDuration::from_hours(72);

/// How a company's signatures are known.
#[derive(Clone, Debug)]
pub struct Signing {
    pub key: Option<SecretString>,
    /// No key of its own was set: the API key signs.
    pub is_api_key: bool,
    /// The company's file names a previous key, which counts until the file names it no more.
    pub has_previous_of_file: bool,
    /// Until when the last of the keys counts that were replaced, if any still does.
    pub replaced_until: Option<Timestamp>,
    /// How many of them there are.
    pub replaced: usize,
}

/// What came under a company's numbers, by the key that signed it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signatures {
    /// When something was signed with the key that is set, to the hour; None: nothing so far.
    pub seen_at: Option<Timestamp>,
    /// When something was signed with none of the company's keys.
    pub refused_at: Option<Timestamp>,
}

impl Directories<'_> {
    /// How the signatures of a company are known; None if there is no such company.
    pub async fn signing(&self, id: CompanyId) -> Result<Option<Signing>, Error> {
        let Some(row) = company::Entity::find_by_id(id).one(&self.store.read).await? else { return Ok(None) };
        let replaced = self.replaced_keys(id).await?;
        Ok(Some(Signing {
            key: self.current_key(&row)?,
            is_api_key: row.retell_webhook_key.is_none(),
            has_previous_of_file: row.retell_previous_key.is_some(),
            replaced_until: replaced.iter().map(|row| Timestamp::from(row.until)).max(),
            replaced: replaced.len(),
        }))
    }

    /// What came signed with this key, by its fingerprint, and with none of the company's.
    pub async fn signatures(&self, id: CompanyId, fingerprint: &str) -> Result<Signatures, Error> {
        let seen = mark::Entity::find_by_id(signed(id, fingerprint)).one(&self.store.read).await?;
        let refused = mark::Entity::find_by_id(refused(id)).one(&self.store.read).await?;
        let at = |row: mark::Model| Ms(row.value).into();
        Ok(Signatures { seen_at: seen.map(at), refused_at: refused.map(at) })
    }

    /// That key has signed something at that instant.
    pub async fn note_signature(&self, id: CompanyId, fingerprint: &str, at: Timestamp) -> Result<(), Error> {
        self.mark(signed(id, fingerprint), at).await
    }

    /// Something about the company was signed with none of its keys.
    pub async fn note_refused_signature(&self, id: CompanyId, at: Timestamp) -> Result<(), Error> {
        self.mark(refused(id), at).await
    }

    async fn mark(&self, name: String, at: Timestamp) -> Result<(), Error> {
        let row = mark::Model { name, value: at.as_millisecond() };
        let replace = OnConflict::column(mark::Column::Name).update_column(mark::Column::Value).to_owned();
        mark::Entity::insert(row.into_active_model())
            .on_conflict(replace)
            .exec_without_returning(&self.store.write)
            .await?;
        Ok(())
    }

    /// From now on that key signs; the one before it counts until then (None: not any more), others that were replaced until
    /// their own time is over. False: it is the key already.
    pub async fn replace_webhook_key(
        &self,
        id: CompanyId,
        key: &SecretString,
        until: Option<Timestamp>,
    ) -> Result<bool, Error> {
        let tx = self.store.begin().await?;
        let row = company::Entity::find_by_id(id).one(&tx).await?;
        let row = row.ok_or_else(|| corrupt("companies", &id, "gone"))?;
        let before = self.current_key(&row)?;
        if before.as_ref().is_some_and(|before| before.expose_secret() == key.expose_secret()) {
            return Ok(false);
        }
        self.forget_kept(&tx, row.id, key).await?;
        match (&before, until) {
            (Some(before), Some(until)) => self.keep_replaced(&tx, row.id, (before, until)).await?,
            (Some(before), None) => self.forget_kept(&tx, row.id, before).await?,
            (None, _) => {}
        }
        let sealed = self.store.keyring.seal(&place("companies", "retell_webhook_key", row.id), key)?;
        company::Entity::update_many()
            .col_expr(company::Column::RetellWebhookKey, Expr::value(sealed))
            .col_expr(company::Column::RetellWebhookKeyFrom, Expr::value(None::<String>))
            .filter(company::Column::Id.eq(row.id))
            .exec(&tx)
            .await?;
        next_version(&tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Until when the replaced keys of a company count from now on; false: there is none that counts.
    pub async fn end_replaced_keys(&self, id: CompanyId, until: Timestamp) -> Result<bool, Error> {
        let tx = self.store.begin().await?;
        let ended = replaced_key::Entity::update_many()
            .col_expr(replaced_key::Column::Until, Expr::value(until.as_millisecond()))
            .filter(replaced_key::Column::CompanyId.eq(Uuid::from(id)))
            .exec(&tx)
            .await?;
        next_version(&tx).await?;
        tx.commit().await?;
        Ok(ended.rows_affected > 0)
    }

    /// Retell goes on signing with the key of before until somebody moves its badge: that one counts for a while yet, where
    /// these keys name it no more. Some: until then.
    pub(super) async fn keep_the_signing_key(
        &self,
        tx: &DatabaseTransaction,
        found: &company::Model,
        (keys, now): (&Keys, Timestamp),
    ) -> Result<Option<Timestamp>, Error> {
        let current = keys.retell_webhook.as_ref().unwrap_or(&keys.retell_api);
        self.forget_kept(tx, found.id, current).await?;
        let Some(before) = self.current_key(found)? else { return Ok(None) };
        let is_before = |key: &SecretString| key.expose_secret() == before.expose_secret();
        let is_still_known = is_before(current) || keys.retell_previous.as_ref().is_some_and(is_before);
        if is_still_known {
            return Ok(None);
        }
        let until = now.checked_add(PREVIOUS_COUNTS).unwrap_or(Timestamp::MAX);
        self.keep_replaced(tx, found.id, (&before, until)).await?;
        Ok(Some(until))
    }

    /// The key counts until then beside the one that takes its place, and those that were replaced before it until their own
    /// time is over; each is kept once.
    async fn keep_replaced(
        &self,
        tx: &DatabaseTransaction,
        company_id: Uuid,
        (key, until): (&SecretString, Timestamp),
    ) -> Result<(), Error> {
        self.forget_kept(tx, company_id, key).await?;
        let sealed = self.store.keyring.seal(&replaced_place(company_id), key)?;
        // No two sealed texts are alike.
        let id = Uuid::new_v5(&company_id, sealed.as_bytes());
        let kept = replaced_key::Model { id, company_id, sealed, until: until.into() };
        replaced_key::Entity::insert(kept.into_active_model()).exec_without_returning(tx).await?;
        Ok(())
    }

    async fn forget_kept(
        &self,
        tx: &DatabaseTransaction,
        company_id: Uuid,
        key: &SecretString,
    ) -> Result<(), Error> {
        let of = replaced_key::Column::CompanyId.eq(company_id);
        for kept in replaced_key::Entity::find().filter(of).all(tx).await? {
            if self.replaced_key(&kept)?.expose_secret() == key.expose_secret() {
                replaced_key::Entity::delete_by_id(kept.id).exec(tx).await?;
            }
        }
        Ok(())
    }

    /// Forgets replaced keys whose time is over; the directory's version moves on where there were any.
    pub async fn forget_replaced_keys(&self, now: Timestamp) -> Result<(), Error> {
        let over = replaced_key::Column::Until.lte(now.as_millisecond());
        // Nearly always there is none, and nobody has to wait for the right to write.
        if replaced_key::Entity::find().filter(over.clone()).count(&self.store.read).await? == 0 {
            return Ok(());
        }
        let tx = self.store.begin().await?;
        replaced_key::Entity::delete_many().filter(over).exec(&tx).await?;
        next_version(&tx).await?;
        Ok(tx.commit().await?)
    }

    async fn replaced_keys(&self, id: CompanyId) -> Result<Vec<replaced_key::Model>, Error> {
        let of = replaced_key::Column::CompanyId.eq(Uuid::from(id));
        Ok(replaced_key::Entity::find().filter(of).all(&self.store.read).await?)
    }

    pub(super) fn replaced_key(&self, row: &replaced_key::Model) -> Result<SecretString, Error> {
        Ok(self.store.keyring.open(&replaced_place(row.company_id), &row.sealed)?)
    }

    /// Where no webhook key is set, the API key signs.
    fn current_key(&self, row: &company::Model) -> Result<Option<SecretString>, Error> {
        let (column, sealed) = match &row.retell_webhook_key {
            Some(own) => ("retell_webhook_key", Some(own)),
            None => ("retell_api_key", row.retell_api_key.as_ref()),
        };
        let open = |sealed: &String| self.store.keyring.open(&place("companies", column, row.id), sealed);
        Ok(sealed.map(open).transpose()?)
    }
}

fn signed(company: CompanyId, fingerprint: &str) -> String {
    format!("signed {company} {fingerprint}")
}

fn refused(company: CompanyId) -> String {
    format!("refused signature {company}")
}

fn replaced_place(company: Uuid) -> String {
    place("replaced_keys", "sealed", company)
}
