//! Creates the codes of bookings; finds the calls of a number, so that failed tries to be identified count against it.

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
        let (table, columns) = INDEXES[0];
        let name = format!("{table}_by_{}", columns.join("_"));
        manager.drop_index(Index::drop().name(name).table(Alias::new(table)).to_owned()).await?;
        drop_all(manager, TABLES).await
    }
}

const TABLES: &[Table] = &[Table {
    name: "codes",
    columns: &[
        Column::key("booking_id", Kind::Uuid).references("bookings"),
        Column::required("company_id", Kind::Uuid).references("companies"),
        Column::required("hash", Kind::Text),
        Column::required("sealed", Kind::Text),
        Column::required("tries", Kind::Int),
        Column::required("made_at", Kind::Big),
    ],
}];

const INDEXES: &[(&str, &[&str])] =
    &[("calls", &["company_id", "caller_number", "last_event_at"]), ("codes", &["company_id", "hash"])];
