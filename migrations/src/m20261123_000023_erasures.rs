//! Creates what was erased for whom, without saying for whom; calls say when their words were taken out.

use sea_orm_migration::prelude::*;

use crate::table::{Column, Kind, Table, create, drop_all, index};

#[derive(DeriveMigrationName, Debug)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            create(manager, table).await?;
        }
        index(manager, "erasures", &["company_id", "asked_at"], false).await?;
        index(manager, "erasures", &["again_at"], false).await?;
        manager.alter_table(calls().add_column(ColumnDef::new(ERASED_AT).big_integer()).to_owned()).await?;
        index(manager, "calls", &["erased_at"], false).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("calls_by_erased_at").table("calls").to_owned()).await?;
        manager.alter_table(calls().drop_column(Alias::new(ERASED_AT)).to_owned()).await?;
        drop_all(manager, TABLES).await
    }
}

const ERASED_AT: &str = "erased_at";

fn calls() -> TableAlterStatement {
    sea_orm_migration::prelude::Table::alter().table("calls").to_owned()
}

const TABLES: &[Table] = &[Table {
    name: "erasures",
    columns: &[
        Column::key("id", Kind::Uuid),
        Column::required("company_id", Kind::Uuid).references("companies"),
        Column::required("mark", Kind::Text),
        Column::required("asked_at", Kind::Big),
        Column::required("asked_by", Kind::Text),
        Column::required("origin", Kind::Text),
        Column::required("state", Kind::Text),
        Column::optional("subject", Kind::Text),
        Column::required("course", Kind::Json),
        Column::optional("again_at", Kind::Big),
        Column::optional("finished_at", Kind::Big),
    ],
}];
