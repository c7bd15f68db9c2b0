//! Creates bookings with their attempts, holds, callbacks.

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
        name: "bookings",
        columns: &[
            Column::key("id", Kind::Uuid),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::required("branch_id", Kind::Uuid).references("branches"),
            Column::required("call_id", Kind::Uuid).references("calls"),
            Column::required("appointment", Kind::Int),
            Column::required("calendar_id", Kind::Uuid).references("calendars"),
            Column::required("customer_id", Kind::Uuid).references("customers"),
            Column::required("service_name", Kind::Text),
            Column::optional("staff", Kind::Text),
            Column::required("event_type_id", Kind::Big),
            Column::required("starts_at", Kind::Big),
            Column::required("ends_at", Kind::Big),
            Column::required("zone", Kind::Text),
            Column::required("language", Kind::Text),
            Column::optional("attendee_name", Kind::Text),
            Column::optional("attendee_email", Kind::Text),
            Column::optional("attendee_phone", Kind::Text),
            Column::required("version", Kind::Int),
            Column::required("state", Kind::Text),
            Column::required("state_since", Kind::Big),
            Column::required("attempts", Kind::Int),
            Column::required("sent_maybe", Kind::Int),
            Column::required("looks", Kind::Int),
            Column::optional("not_before", Kind::Big),
            Column::optional("reason", Kind::Text),
            Column::optional("calcom_uid", Kind::Text),
            Column::required("created_at", Kind::Big),
            Column::required("updated_at", Kind::Big),
        ],
    },
    Table {
        name: "attempts",
        columns: &[
            Column::key("booking_id", Kind::Uuid).references("bookings"),
            Column::key("kind", Kind::Text),
            Column::key("number", Kind::Int),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::required("started_at", Kind::Big),
            Column::optional("ended_at", Kind::Big),
            Column::optional("result", Kind::Text),
        ],
    },
    Table {
        name: "holds",
        columns: &[
            Column::key("calendar_id", Kind::Uuid).references("calendars"),
            Column::key("quantum", Kind::Big),
            Column::key("lane", Kind::Int),
            Column::required("company_id", Kind::Uuid).references("companies"),
            // Claimed before the first event of its call is in the journal, hence no reference.
            Column::required("call_id", Kind::Uuid),
            Column::required("appointment", Kind::Int),
            Column::optional("expires_at", Kind::Big),
        ],
    },
    Table {
        name: "callbacks",
        columns: &[
            Column::key("id", Kind::Uuid),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::optional("branch_id", Kind::Uuid).references("branches"),
            Column::required("call_id", Kind::Uuid).references("calls"),
            Column::optional("booking_id", Kind::Uuid).references("bookings"),
            Column::required("reason", Kind::Text),
            Column::required("priority", Kind::Text),
            Column::required("state", Kind::Text),
            Column::optional("name", Kind::Text),
            Column::optional("phone", Kind::Text),
            Column::optional("wish", Kind::Text),
            Column::required("due_at", Kind::Big),
            Column::required("created_at", Kind::Big),
            Column::required("updated_at", Kind::Big),
        ],
    },
];

const INDEXES: &[(&str, &[&str], bool)] = &[
    ("bookings", &["call_id", "appointment"], true),
    ("bookings", &["company_id", "starts_at"], false),
    ("bookings", &["state", "updated_at"], false),
    ("bookings", &["calendar_id", "state"], false),
    ("holds", &["call_id", "appointment"], false),
    ("holds", &["expires_at"], false),
    ("callbacks", &["company_id", "state", "due_at"], false),
    ("callbacks", &["call_id"], false),
];
