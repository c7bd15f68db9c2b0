//! Branches learn of days with hours of their own.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName, Debug)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = ColumnDef::new(Alias::new("special_hours"));
        let mut statement = Table::alter();
        statement.table(Alias::new("branches")).add_column(column.json_binary());
        manager.alter_table(statement).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut statement = Table::alter();
        statement.table(Alias::new("branches")).drop_column(Alias::new("special_hours"));
        manager.alter_table(statement).await
    }
}
