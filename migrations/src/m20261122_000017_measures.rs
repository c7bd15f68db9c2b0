//! Creates what was measured of calls; finds the requests about bookings of one company by when they left.

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
        drop_all(manager, TABLES).await
    }
}

const TABLES: &[Table] = &[Table {
    name: "measures",
    columns: &[
        Column::key("call_id", Kind::Uuid).references("calls"),
        Column::required("company_id", Kind::Uuid).references("companies"),
        Column::required("imported", Kind::Bool),
        Column::optional("ended_at", Kind::Big),
        Column::optional("duration_ms", Kind::Big),
        Column::optional("cost_millicents", Kind::Big),
        Column::optional("answer_p50_ms", Kind::Big),
        Column::optional("answer_p95_ms", Kind::Big),
    ],
}];

const INDEXES: &[(&str, &[&str])] = &[("attempts", &["company_id", "started_at"])];
