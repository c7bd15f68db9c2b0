//! Creates deployments: what stood at Retell before each of them, so that it can be undone.

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
        for (table, columns, unique) in INDEXES {
            index(manager, table, columns, *unique).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, TABLES).await
    }
}

const TABLES: &[Table] = &[Table {
    name: "deployments",
    columns: &[
        Column::key("id", Kind::Uuid),
        Column::required("company_id", Kind::Uuid).references("companies"),
        Column::required("branch_id", Kind::Uuid),
        Column::required("at", Kind::Big),
        Column::required("by", Kind::Text),
        Column::optional("undoes", Kind::Uuid),
        Column::required("before", Kind::Text),
        Column::optional("under_way", Kind::Uuid),
        Column::optional("outcome", Kind::Text),
        Column::optional("done", Kind::Json),
    ],
}];

const INDEXES: &[(&str, &[&str], bool)] =
    &[("deployments", &["company_id", "at"], false), ("deployments", &["under_way"], true)];
