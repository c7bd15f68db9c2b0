//! Creates indexes for what belongs to one call of one company: without them SQLite reads all of that company's rows.

use sea_orm_migration::prelude::*;

use crate::table::index;

#[derive(DeriveMigrationName, Debug)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in INDEXES {
            index(manager, table, columns, false).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in INDEXES {
            let name = format!("{table}_by_{}", columns.join("_"));
            manager.drop_index(Index::drop().name(name).table(Alias::new(*table)).to_owned()).await?;
        }
        Ok(())
    }
}

// One on `call_id` alone is not enough: of two that each fit one condition, SQLite takes the newer or the one that also sorts.
const INDEXES: &[(&str, &[&str])] =
    &[("inbox", &["company_id", "call_id", "received_at"]), ("bookings", &["company_id", "call_id"])];
