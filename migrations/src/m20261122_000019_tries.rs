//! Says when a wrong code was last tried, so that a code works again some time after.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName, Debug)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(codes().add_column(ColumnDef::new(TRIED_AT).big_integer()).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(codes().drop_column(Alias::new(TRIED_AT)).to_owned()).await
    }
}

const TRIED_AT: &str = "tried_at";

fn codes() -> TableAlterStatement {
    Table::alter().table("codes").to_owned()
}
