//! Creates exchanges with Cal.com; deliveries learn how often they were repeated and who signed them.

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
        // SQLite takes one change a statement.
        manager
            .alter_table(
                inbox().add_column(ColumnDef::new("repeats").integer().not_null().default(0)).to_owned(),
            )
            .await?;
        manager.alter_table(inbox().add_column(ColumnDef::new("last_at").big_integer()).to_owned()).await?;
        for name in TEXTS {
            manager.alter_table(inbox().add_column(ColumnDef::new(name).text()).to_owned()).await?;
        }
        for (table, columns) in INDEXES {
            index(manager, table, columns, false).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in INDEXES.iter().filter(|(table, _)| *table == "inbox") {
            let name = format!("{table}_by_{}", columns.join("_"));
            manager.drop_index(Index::drop().name(name).table(Alias::new(*table)).to_owned()).await?;
        }
        for name in TEXTS.into_iter().chain(["repeats", "last_at"]) {
            manager.alter_table(inbox().drop_column(Alias::new(name)).to_owned()).await?;
        }
        drop_all(manager, TABLES).await
    }
}

const TEXTS: [&str; 2] = ["signed_by", "headers"];

fn inbox() -> TableAlterStatement {
    sea_orm_migration::prelude::Table::alter().table(Alias::new("inbox")).to_owned()
}

const TABLES: &[Table] = &[Table {
    name: "exchanges",
    columns: &[
        Column::key("id", Kind::Uuid),
        Column::required("company_id", Kind::Uuid).references("companies"),
        // A question may come before the first event of its call is in the journal, hence no reference.
        Column::optional("call_id", Kind::Uuid),
        Column::optional("booking_id", Kind::Uuid),
        Column::required("at", Kind::Big),
        Column::required("kind", Kind::Text),
        Column::required("method", Kind::Text),
        Column::required("path", Kind::Text),
        Column::required("asked", Kind::Text),
        Column::optional("status", Kind::Int),
        Column::required("outcome", Kind::Text),
        Column::required("duration_ms", Kind::Int),
    ],
}];

const INDEXES: &[(&str, &[&str])] = &[
    ("exchanges", &["call_id", "at"]),
    ("exchanges", &["at"]),
    ("inbox", &["call_id"]),
    ("inbox", &["company_id", "received_at"]),
    ("inbox", &["status", "received_at"]),
];
