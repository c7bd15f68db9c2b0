//! Creates what is kept about calls that Retell was asked about, and how far each workspace has been gone through.

use sea_orm_migration::prelude::*;

use crate::table::{Column, Kind, Table, create, drop_all};

#[derive(DeriveMigrationName, Debug)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            create(manager, table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, TABLES).await
    }
}

const TABLES: &[Table] = &[
    Table {
        name: "enquiries",
        columns: &[
            Column::key("call_id", Kind::Uuid).references("calls"),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::required("asked", Kind::Int),
            Column::required("answer", Kind::Text),
            Column::required("asked_at", Kind::Big),
            Column::required("again_at", Kind::Big),
        ],
    },
    Table {
        name: "backfills",
        columns: &[
            Column::key("workspace", Kind::Text),
            Column::required("known_until", Kind::Big),
            Column::optional("going_until", Kind::Big),
            Column::optional("page", Kind::Text),
        ],
    },
];
