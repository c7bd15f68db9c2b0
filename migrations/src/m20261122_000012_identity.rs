//! Finds the calls of a number, so that failed tries to be identified count against it.

use sea_orm_migration::prelude::*;

use crate::table::index;

#[derive(DeriveMigrationName, Debug)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index(manager, "calls", NUMBER, false).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let name = format!("calls_by_{}", NUMBER.join("_"));
        manager.drop_index(Index::drop().name(name).table(Alias::new("calls")).to_owned()).await
    }
}

const NUMBER: &[&str] = &["company_id", "caller_number", "last_event_at"];
