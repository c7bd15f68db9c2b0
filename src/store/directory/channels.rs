//! A company's channels in the books: read with the directory, set one by one, closed where nothing is wanted any more.

use entities::channel;
use jiff::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder,
};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::{Directories, next_version, place};
use crate::domain::channel::{Address, Channel, Pattern};
use crate::domain::ids::{ChannelId, CompanyId};
use crate::domain::plan::keys::reference;
use crate::domain::plan::{ChannelPlan, Plan};
use crate::store::{Error, corrupt};

/// What comes of entering a channel.
struct Entered {
    row: channel::Model,
    /// Its secret is another one than before.
    is_replaced: bool,
}

impl Directories<'_> {
    pub(super) fn channel(&self, row: &channel::Model) -> Result<Channel, Error> {
        let kinds: Vec<String> = serde_json::from_value(row.kinds.clone())
            .map_err(|_| corrupt("channels", &row.id, "kinds that cannot be read"))?;
        let to = match &row.secret {
            Some(sealed) => Address::Webhook {
                url: row.address.clone(),
                secret: self.store.keyring.open(&place("channels", "secret", row.id), sealed)?,
            },
            None => Address::Email(row.address.clone()),
        };
        Ok(Channel {
            id: row.id.into(),
            name: row.name.clone(),
            to,
            kinds: kinds.iter().filter_map(|text| Pattern::parse(text)).collect(),
            is_gone: row.gone_at.is_some(),
        })
    }

    /// Enters a channel or changes the one of that name; the secret is kept where none is given.
    pub async fn put_channel(
        &self,
        company: CompanyId,
        plan: &ChannelPlan,
        secret: Option<&SecretString>,
        mint: Uuid,
    ) -> Result<(), Error> {
        let tx = self.store.begin().await?;
        let there = channels_of(&tx, company.into()).await?;
        let found = there.iter().find(|row| row.name == plan.name).cloned();
        let next = there.iter().map(|row| row.position).max().unwrap_or(0).saturating_add(1);
        let position = found.as_ref().map_or(next, |row| row.position);
        let entered = self.channel_row(plan, secret, (company.into(), mint, position), found.as_ref())?;
        write(&tx, entered.row, found.is_some()).await?;
        next_version(&tx).await?;
        Ok(tx.commit().await?)
    }

    /// Takes a channel out; false: there is none of that name.
    pub async fn remove_channel(&self, company: CompanyId, name: &str) -> Result<bool, Error> {
        let tx = self.store.begin().await?;
        let gone = channel::Entity::delete_many()
            .filter(channel::Column::CompanyId.eq(Uuid::from(company)))
            .filter(channel::Column::Name.eq(name))
            .exec(&tx)
            .await?;
        if gone.rows_affected > 0 {
            next_version(&tx).await?;
        }
        tx.commit().await?;
        Ok(gone.rows_affected > 0)
    }

    /// Nothing more is sent to a channel from that instant on, or, without one, it is sent to again. False: so it was.
    pub async fn close_channel(
        &self,
        (company, id): (CompanyId, ChannelId),
        at: Option<Timestamp>,
    ) -> Result<bool, Error> {
        let tx = self.store.begin().await?;
        let differs = match at {
            Some(_) => channel::Column::GoneAt.is_null(),
            None => channel::Column::GoneAt.is_not_null(),
        };
        let changed = channel::Entity::update_many()
            .col_expr(channel::Column::GoneAt, Expr::value(at.map(Timestamp::as_millisecond)))
            .filter(channel::Column::CompanyId.eq(Uuid::from(company)))
            .filter(channel::Column::Id.eq(Uuid::from(id)))
            .filter(differs)
            .exec(&tx)
            .await?;
        if changed.rows_affected > 0 {
            next_version(&tx).await?;
        }
        tx.commit().await?;
        Ok(changed.rows_affected > 0)
    }

    /// The row of a channel as it is wanted; another address or secret is a new beginning where it had been closed.
    fn channel_row(
        &self,
        plan: &ChannelPlan,
        secret: Option<&SecretString>,
        (company_id, mint, position): (Uuid, Uuid, i32),
        found: Option<&channel::Model>,
    ) -> Result<Entered, Error> {
        let id = found.map_or(mint, |row| row.id);
        let (kind, address) = match (&plan.webhook, &plan.email) {
            (Some(url), _) => ("webhook", url.clone()),
            (None, email) => ("email", email.clone().unwrap_or_default()),
        };
        let at = place("channels", "secret", id);
        let old = found.and_then(|row| row.secret.clone()).filter(|_| kind == "webhook");
        let is_same = |old: &String, secret: &SecretString| {
            let open = self.store.keyring.open(&at, old);
            open.is_ok_and(|open| open.expose_secret() == secret.expose_secret())
        };
        let (sealed, is_replaced) = match (old, secret) {
            (Some(old), Some(secret)) if is_same(&old, secret) => (Some(old), false),
            (old, Some(secret)) => (Some(self.store.keyring.seal(&at, secret)?), old.is_some()),
            (old, None) => (old, false),
        };
        let stays = found.is_some_and(|row| row.address == address && !is_replaced);
        let row = channel::Model {
            id,
            company_id,
            name: plan.name.clone(),
            kind: kind.into(),
            address,
            secret: sealed,
            secret_from: match &plan.secret {
                Some(text) if secret.is_some() => reference(text),
                Some(_) | None => found.and_then(|row| row.secret_from.clone()),
            },
            kinds: plan.kinds.clone().into(),
            position,
            gone_at: found.and_then(|row| row.gone_at).filter(|_| stays),
        };
        Ok(Entered { row, is_replaced })
    }
}

/// Brings a company's channels to what the plan says, with the secrets in their order; the answer names those whose secret
/// is another one now.
pub(super) async fn bring(
    directories: &Directories<'_>,
    tx: &DatabaseTransaction,
    plan: &Plan,
    (secrets, company, mint): (&[Option<SecretString>], Uuid, &(dyn Fn() -> Uuid + Sync)),
) -> Result<Vec<String>, Error> {
    let there = channels_of(tx, company).await?;
    let wanted = &plan.company.channel;
    let mut replaced = Vec::new();
    for (position, (one, secret)) in wanted.iter().zip(secrets).enumerate() {
        let found = there.iter().find(|row| row.name == one.name);
        let position = i32::try_from(position).unwrap_or(i32::MAX);
        let entered = directories.channel_row(one, secret.as_ref(), (company, mint(), position), found)?;
        if entered.is_replaced {
            replaced.push(format!("{}: secret", one.subject()));
        }
        if found != Some(&entered.row) {
            write(tx, entered.row, found.is_some()).await?;
        }
    }
    for row in there.iter().filter(|row| !wanted.iter().any(|one| one.name == row.name)) {
        channel::Entity::delete_by_id(row.id).exec(tx).await?;
    }
    Ok(replaced)
}

async fn write(tx: &DatabaseTransaction, row: channel::Model, is_there: bool) -> Result<(), DbErr> {
    let row = row.into_active_model();
    if is_there {
        row.reset_all().update(tx).await?;
    } else {
        channel::Entity::insert(row).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// The channels of a company, in order.
async fn channels_of(tx: &DatabaseTransaction, company: Uuid) -> Result<Vec<channel::Model>, DbErr> {
    let query = channel::Entity::find().filter(channel::Column::CompanyId.eq(company));
    query.order_by_asc(channel::Column::Position).all(tx).await
}

/// A channel as the file says it; the secret as where it came from, empty where nobody knows.
pub(super) fn plan_of(row: &channel::Model) -> Result<ChannelPlan, Error> {
    let is_webhook = row.kind == "webhook";
    let kinds = serde_json::from_value(row.kinds.clone())
        .map_err(|_| corrupt("channels", &row.id, "kinds that cannot be read"))?;
    Ok(ChannelPlan {
        name: row.name.clone(),
        email: (!is_webhook).then(|| row.address.clone()),
        webhook: is_webhook.then(|| row.address.clone()),
        secret: row.secret.as_ref().map(|_| row.secret_from.clone().unwrap_or_default()),
        kinds,
    })
}
