//! An index over callback items by state, so that counting the open ones costs what is open.

use sea_orm_migration::prelude::*;

use crate::table::index;

#[derive(DeriveMigrationName, Debug)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index(manager, "callbacks", &["state", "company_id", "due_at"], false).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_index(
                Index::drop()
                    .name("callbacks_by_state_company_id_due_at")
                    .table(Alias::new("callbacks"))
                    .to_owned(),
            )
            .await
    }
}
