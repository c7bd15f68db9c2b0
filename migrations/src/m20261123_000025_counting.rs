//! Lets callback items be counted over a time without reading all there are.

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

const INDEXES: &[(&str, &[&str])] = &[("callbacks", &["company_id", "created_at"])];
