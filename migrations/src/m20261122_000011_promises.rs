//! Creates alerts and courtesy reservations; callback items learn who sees to them, calendars how many can serve in them.

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
        for column in ["owner", "note"] {
            add(manager, "callbacks", ColumnDef::new(Alias::new(column)).text()).await?;
        }
        for column in ["wished_from", "wished_to"] {
            add(manager, "callbacks", ColumnDef::new(Alias::new(column)).big_integer()).await?;
        }
        for (table, column, first) in COUNTS {
            let mut count = ColumnDef::new(Alias::new(*column));
            add(manager, table, count.integer().not_null().default(*first)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let words = ["owner", "note", "wished_from", "wished_to"].map(|column| ("callbacks", column));
        let counts = COUNTS.iter().map(|(table, column, _)| (*table, *column));
        for (table, column) in words.into_iter().chain(counts) {
            let mut statement = sea_orm_migration::prelude::Table::alter();
            statement.table(Alias::new(table)).drop_column(Alias::new(column));
            manager.alter_table(statement).await?;
        }
        drop_all(manager, TABLES).await
    }
}

/// SQLite takes one column a statement.
async fn add(manager: &SchemaManager<'_>, table: &str, column: &mut ColumnDef) -> Result<(), DbErr> {
    let mut statement = sea_orm_migration::prelude::Table::alter();
    statement.table(Alias::new(table)).add_column(column);
    manager.alter_table(statement).await
}

const COUNTS: &[(&str, &str, i32)] = &[("callbacks", "tries", 0), ("calendars", "hosts", 1)];

const TABLES: &[Table] = &[
    Table {
        name: "alerts",
        columns: &[
            Column::key("id", Kind::Uuid),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::required("kind", Kind::Text),
            Column::required("subject", Kind::Text),
            Column::required("at", Kind::Big),
        ],
    },
    Table {
        name: "reservations",
        columns: &[
            Column::key("id", Kind::Uuid),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::required("call_id", Kind::Uuid),
            Column::required("appointment", Kind::Int),
            Column::required("calendar_id", Kind::Uuid),
            Column::required("event_type_id", Kind::Big),
            Column::required("starts_at", Kind::Big),
            Column::required("expires_at", Kind::Big),
            Column::optional("uid", Kind::Text),
            Column::required("wanted", Kind::Bool),
        ],
    },
];

const INDEXES: &[(&str, &[&str], bool)] =
    &[("alerts", &["at", "id"], false), ("reservations", &["call_id"], false)];
