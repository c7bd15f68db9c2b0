//! Creates companies with all that hangs on them, tokens, marks.

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
        name: "companies",
        columns: &[
            Column::key("id", Kind::Uuid),
            Column::required("slug", Kind::Text),
            Column::required("name", Kind::Text),
            Column::required("language", Kind::Text),
            Column::required("timezone", Kind::Text),
            Column::required("policy", Kind::Json),
            Column::optional("retell_api_key", Kind::Text),
            Column::optional("retell_webhook_key", Kind::Text),
            Column::optional("retell_previous_key", Kind::Text),
            Column::required("retell_base_url", Kind::Text),
            Column::required("created_at", Kind::Big),
        ],
    },
    Table {
        name: "accounts",
        columns: &[
            Column::key("id", Kind::Uuid),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::required("name", Kind::Text),
            Column::required("base_url", Kind::Text),
            Column::required("api_key", Kind::Text),
            Column::optional("webhook_secret", Kind::Text),
            Column::optional("attendee_email_domain", Kind::Text),
            Column::required("requests_per_minute", Kind::Int),
        ],
    },
    Table {
        name: "branches",
        columns: &[
            Column::key("id", Kind::Uuid),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::required("slug", Kind::Text),
            Column::required("name", Kind::Text),
            Column::optional("timezone", Kind::Text),
            Column::optional("retell_agent_id", Kind::Text),
            Column::optional("hours", Kind::Text),
            Column::required("closures", Kind::Json),
            Column::optional("holidays", Kind::Text),
            Column::required("paused", Kind::Bool),
            Column::optional("transfer_to", Kind::Text),
            Column::required("position", Kind::Int),
            Column::required("active", Kind::Bool),
        ],
    },
    Table {
        name: "numbers",
        columns: &[
            Column::key("number", Kind::Text),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::optional("branch_id", Kind::Uuid).references("branches"),
        ],
    },
    Table {
        name: "services",
        columns: &[
            Column::key("id", Kind::Uuid),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::required("branch_id", Kind::Uuid).references("branches"),
            Column::required("slug", Kind::Text),
            Column::required("name", Kind::Text),
            Column::required("synonyms", Kind::Json),
            Column::required("duration_minutes", Kind::Int),
            Column::required("position", Kind::Int),
            Column::required("active", Kind::Bool),
        ],
    },
    Table {
        name: "calendars",
        columns: &[
            Column::key("id", Kind::Uuid),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::required("account_id", Kind::Uuid).references("accounts"),
            Column::required("slug", Kind::Text),
        ],
    },
    Table {
        name: "offers",
        columns: &[
            Column::key("id", Kind::Uuid),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::required("service_id", Kind::Uuid).references("services"),
            Column::required("position", Kind::Int),
            Column::optional("staff", Kind::Text),
            Column::required("event_type_id", Kind::Big),
            Column::required("calendar_id", Kind::Uuid).references("calendars"),
        ],
    },
    Table {
        name: "tokens",
        columns: &[
            Column::key("id", Kind::Uuid),
            Column::required("hash", Kind::Text),
            Column::required("name", Kind::Text),
            Column::required("role", Kind::Text),
            Column::required("companies", Kind::Json),
            Column::required("created_at", Kind::Big),
            Column::optional("revoked_at", Kind::Big),
        ],
    },
    Table {
        name: "marks",
        columns: &[Column::key("name", Kind::Text), Column::required("value", Kind::Big)],
    },
];

const INDEXES: &[(&str, &[&str], bool)] = &[
    ("companies", &["slug"], true),
    ("accounts", &["company_id", "name"], true),
    ("branches", &["company_id", "slug"], true),
    ("numbers", &["company_id"], false),
    ("services", &["branch_id", "slug"], true),
    ("calendars", &["company_id", "slug"], true),
    ("offers", &["service_id", "position"], true),
    ("tokens", &["hash"], true),
];
