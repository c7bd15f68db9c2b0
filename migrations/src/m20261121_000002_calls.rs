//! Creates customers, calls with their journal, the inbox.

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

const TABLES: &[Table] = &[
    Table {
        name: "customers",
        columns: &[
            Column::key("id", Kind::Uuid),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::optional("name", Kind::Text),
            Column::optional("name_folded", Kind::Text),
            Column::optional("email", Kind::Text),
            Column::required("created_at", Kind::Big),
        ],
    },
    Table {
        name: "customer_numbers",
        columns: &[
            Column::key("customer_id", Kind::Uuid).references("customers"),
            Column::key("number", Kind::Text),
            Column::key("kind", Kind::Text),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::required("seen_at", Kind::Big),
        ],
    },
    Table {
        name: "calls",
        columns: &[
            Column::key("id", Kind::Uuid),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::required("retell_call_id", Kind::Text),
            Column::optional("branch_id", Kind::Uuid).references("branches"),
            Column::required("version", Kind::Int),
            Column::optional("caller_number", Kind::Text),
            Column::required("phase", Kind::Text),
            Column::optional("outcome", Kind::Text),
            Column::optional("customer_id", Kind::Uuid),
            Column::required("started_at", Kind::Big),
            Column::required("last_event_at", Kind::Big),
            Column::optional("ended_at", Kind::Big),
            Column::optional("disconnection_reason", Kind::Text),
        ],
    },
    Table {
        name: "call_events",
        columns: &[
            Column::key("call_id", Kind::Uuid).references("calls"),
            Column::key("version", Kind::Int),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::required("kind", Kind::Text),
            Column::required("payload", Kind::Json),
            Column::required("at", Kind::Big),
        ],
    },
    Table {
        name: "call_particulars",
        columns: &[
            Column::key("call_id", Kind::Uuid).references("calls"),
            Column::key("version", Kind::Int),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::optional("name", Kind::Text),
            Column::optional("phone", Kind::Text),
            Column::optional("email", Kind::Text),
            Column::optional("note", Kind::Text),
        ],
    },
    Table {
        name: "function_invocations",
        columns: &[
            Column::key("call_id", Kind::Uuid).references("calls"),
            Column::key("key", Kind::Text),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::required("function", Kind::Text),
            Column::required("arguments", Kind::Text),
            Column::required("answer", Kind::Text),
            Column::required("status", Kind::Text),
            Column::required("received_at", Kind::Big),
            Column::required("duration_ms", Kind::Int),
        ],
    },
    Table {
        name: "inbox",
        columns: &[
            Column::key("id", Kind::Uuid),
            Column::optional("company_id", Kind::Uuid),
            Column::optional("call_id", Kind::Uuid),
            Column::required("route", Kind::Text),
            Column::required("event", Kind::Text),
            Column::optional("once", Kind::Text),
            Column::optional("our_number", Kind::Text),
            Column::required("status", Kind::Text),
            Column::required("received_at", Kind::Big),
            Column::optional("body", Kind::Blob),
        ],
    },
];

const INDEXES: &[(&str, &[&str], bool)] = &[
    ("customers", &["company_id", "name_folded"], false),
    ("customer_numbers", &["company_id", "number"], false),
    ("calls", &["company_id", "retell_call_id"], true),
    ("calls", &["retell_call_id"], false),
    ("calls", &["company_id", "started_at"], false),
    ("calls", &["phase", "last_event_at"], false),
    ("inbox", &["company_id", "once"], true),
    ("inbox", &["received_at"], false),
];
