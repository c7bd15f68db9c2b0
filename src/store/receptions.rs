//! What a company has set about its agents, and how its webhook fared when it was last tried.

use entities::{reception, webhook_test};
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use super::{Error, Store, corrupt};
use crate::domain::deployment::reception::Reception;
use crate::domain::ids::{BranchId, CompanyId};

/// Settings of one tenant.
#[derive(Debug)]
pub struct Receptions<'a> {
    pub(super) store: &'a Store,
    pub(super) company: CompanyId,
}

/// Settings as they are kept.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    pub reception: Reception,
    /// 0: nothing was ever set.
    pub version: i32,
    /// When, and by whom.
    pub changed: Option<(Timestamp, String)>,
}

impl Receptions<'_> {
    /// The settings for all branches, or those of one alone.
    pub async fn of(&self, branch: Option<BranchId>) -> Result<Kept, Error> {
        let row = reception::Entity::find_by_id(self.id(branch))
            .filter(reception::Column::CompanyId.eq(Uuid::from(self.company)))
            .one(&self.store.read)
            .await?;
        row.map_or_else(|| Ok(Kept::default()), kept)
    }

    /// Keeps settings in place of the version that was read; false: somebody was quicker.
    pub async fn put(
        &self,
        branch: Option<BranchId>,
        (settings, version): (&Reception, i32),
        (at, by): (Timestamp, &str),
    ) -> Result<bool, Error> {
        let id = self.id(branch);
        let settings = serde_json::to_value(settings)
            .map_err(|_| corrupt("receptions", &id, "settings that cannot be written"))?;
        if version == 0 {
            let row = reception::Model {
                id,
                company_id: self.company.into(),
                branch_id: branch.map(Uuid::from),
                settings,
                version: 1,
                changed_at: at.into(),
                changed_by: by.to_owned(),
            };
            let there = OnConflict::column(reception::Column::Id).do_nothing().to_owned();
            let insert = reception::Entity::insert(row.into_active_model()).on_conflict(there);
            return Ok(insert.exec_without_returning(&self.store.write).await? > 0);
        }
        let moved = reception::Entity::update_many()
            .col_expr(reception::Column::Settings, Expr::value(settings))
            .col_expr(reception::Column::Version, Expr::value(version + 1))
            .col_expr(reception::Column::ChangedAt, Expr::value(at.as_millisecond()))
            .col_expr(reception::Column::ChangedBy, Expr::value(by))
            .filter(reception::Column::Id.eq(id))
            .filter(reception::Column::CompanyId.eq(Uuid::from(self.company)))
            .filter(reception::Column::Version.eq(version))
            .exec(&self.store.write)
            .await?;
        Ok(moved.rows_affected > 0)
    }

    /// How the webhook fared when it was last tried; None: it never was.
    pub async fn last_test(&self) -> Result<Option<webhook_test::Model>, Error> {
        Ok(webhook_test::Entity::find_by_id(self.company).one(&self.store.read).await?)
    }

    /// Writes down how it fared, in place of what was known.
    pub async fn tested(&self, row: webhook_test::Model) -> Result<(), Error> {
        use webhook_test::Column;
        let row = webhook_test::Model { company_id: self.company.into(), ..row };
        let mut replace = OnConflict::column(Column::CompanyId);
        replace.update_columns([
            Column::TestedAt,
            Column::Success,
            Column::StatusCode,
            Column::LatencyMs,
            Column::Message,
        ]);
        webhook_test::Entity::insert(row.into_active_model())
            .on_conflict(replace)
            .exec_without_returning(&self.store.write)
            .await?;
        Ok(())
    }

    fn id(&self, branch: Option<BranchId>) -> Uuid {
        branch.map_or_else(|| self.company.into(), Uuid::from)
    }
}

fn kept(row: reception::Model) -> Result<Kept, Error> {
    let reception = serde_json::from_value(row.settings)
        .map_err(|_| corrupt("receptions", &row.id, "settings this program does not know"))?;
    Ok(Kept { reception, version: row.version, changed: Some((row.changed_at.into(), row.changed_by)) })
}
