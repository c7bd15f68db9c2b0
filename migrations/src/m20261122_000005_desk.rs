//! Creates users; keeps beside a sealed key where it came from, and which accounts and calendars a file still names.

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
        index(manager, "users", &["email"], true).await?;
        for (table, name) in ORIGINS {
            add(manager, table, ColumnDef::new(Alias::new(*name)).text()).await?;
        }
        add(manager, "accounts", ColumnDef::new(Alias::new("position")).integer().not_null().default(0))
            .await?;
        for table in ["accounts", "calendars"] {
            add(manager, table, ColumnDef::new(Alias::new("active")).boolean().not_null().default(true))
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let more = [("accounts", "position"), ("accounts", "active"), ("calendars", "active")];
        for (table, name) in ORIGINS.iter().chain(&more) {
            let mut statement = sea_orm_migration::prelude::Table::alter();
            statement.table(Alias::new(*table)).drop_column(Alias::new(*name));
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

const TABLES: &[Table] = &[Table {
    name: "users",
    columns: &[
        Column::key("id", Kind::Uuid),
        Column::required("email", Kind::Text),
        Column::required("password_hash", Kind::Text),
        Column::required("role", Kind::Text),
        Column::required("companies", Kind::Json),
        Column::required("created_at", Kind::Big),
        Column::optional("disabled_at", Kind::Big),
    ],
}];

const ORIGINS: &[(&str, &str)] = &[
    ("companies", "retell_api_key_from"),
    ("companies", "retell_webhook_key_from"),
    ("companies", "retell_previous_key_from"),
    ("accounts", "api_key_from"),
    ("accounts", "webhook_secret_from"),
];
