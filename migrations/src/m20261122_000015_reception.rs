//! Creates what companies set about their agents, the signing keys that were replaced and still count, and how the webhook
//! fared when it was last tried.

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
        index(manager, "receptions", &["company_id"], false).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, TABLES).await
    }
}

const TABLES: &[Table] = &[
    Table {
        name: "receptions",
        columns: &[
            // The branch's id, or the company's where the settings are for all its branches.
            Column::key("id", Kind::Uuid),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::optional("branch_id", Kind::Uuid).references("branches"),
            Column::required("settings", Kind::Json),
            Column::required("version", Kind::Int),
            Column::required("changed_at", Kind::Big),
            Column::required("changed_by", Kind::Text),
        ],
    },
    Table {
        name: "replaced_keys",
        columns: &[
            Column::key("company_id", Kind::Uuid).references("companies"),
            Column::required("sealed", Kind::Text),
            Column::required("until", Kind::Big),
        ],
    },
    Table {
        name: "webhook_tests",
        columns: &[
            Column::key("company_id", Kind::Uuid).references("companies"),
            Column::required("tested_at", Kind::Big),
            Column::required("success", Kind::Bool),
            Column::optional("status_code", Kind::Int),
            Column::required("latency_ms", Kind::Big),
            Column::required("message", Kind::Text),
        ],
    },
];
