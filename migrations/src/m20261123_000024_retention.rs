//! Creates what went with its time, by company and kind; finds what is old without reading what is not; calls say what was
//! said to recording and messages.

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
        for (name, is_text) in CONSENT {
            let mut column = ColumnDef::new(*name);
            let column = if *is_text { column.text() } else { column.big_integer() };
            manager.alter_table(calls().add_column(column.to_owned()).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in INDEXES {
            let name = format!("{table}_by_{}", columns.join("_"));
            manager.drop_index(Index::drop().name(name).table(Alias::new(*table)).to_owned()).await?;
        }
        for (name, _) in CONSENT {
            manager.alter_table(calls().drop_column(Alias::new(*name)).to_owned()).await?;
        }
        drop_all(manager, TABLES).await
    }
}

const CONSENT: &[(&str, bool)] =
    &[("recording", true), ("recording_at", false), ("messages", true), ("messages_at", false)];

fn calls() -> TableAlterStatement {
    sea_orm_migration::prelude::Table::alter().table("calls").to_owned()
}

const TABLES: &[Table] = &[Table {
    name: "retentions",
    columns: &[
        Column::key("company_id", Kind::Uuid).references("companies"),
        Column::key("kind", Kind::Text),
        Column::required("days", Kind::Int),
        Column::required("ran_at", Kind::Big),
        Column::required("gone", Kind::Big),
        Column::required("gone_ever", Kind::Big),
        Column::optional("oldest_at", Kind::Big),
    ],
}];

const INDEXES: &[(&str, &[&str])] = &[
    ("calls", &["company_id", "erased_at", "started_at"]),
    ("function_invocations", &["company_id", "received_at"]),
    ("exchanges", &["company_id", "at"]),
];
