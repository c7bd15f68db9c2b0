//! Creates sessions and the audit; counts wrong passwords of users, so that an account can be locked; indexes the newest bookings.

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
        let wrong = ColumnDef::new("wrong_passwords").integer().not_null().default(0).to_owned();
        for column in [wrong, big("wrong_since"), big("locked_until")] {
            manager.alter_table(users().add_column(column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["wrong_passwords", "wrong_since", "locked_until"] {
            manager.alter_table(users().drop_column(column).to_owned()).await?;
        }
        for (table, columns, _) in INDEXES.iter().filter(|(table, ..)| !["sessions", "audit"].contains(table))
        {
            let name = format!("{table}_by_{}", columns.join("_"));
            manager.drop_index(Index::drop().name(name).table(Alias::new(*table)).to_owned()).await?;
        }
        drop_all(manager, TABLES).await
    }
}

fn users() -> TableAlterStatement {
    sea_orm_migration::prelude::Table::alter().table("users").to_owned()
}

fn big(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().to_owned()
}

const TABLES: &[Table] = &[
    Table {
        name: "sessions",
        columns: &[
            Column::key("id", Kind::Uuid),
            Column::required("hash", Kind::Text),
            Column::required("user_id", Kind::Uuid).references("users"),
            Column::required("created_at", Kind::Big),
            Column::required("used_at", Kind::Big),
            Column::required("ends_at", Kind::Big),
        ],
    },
    Table {
        name: "audit",
        columns: &[
            Column::key("id", Kind::Uuid),
            Column::required("at", Kind::Big),
            Column::required("who", Kind::Text),
            Column::optional("role", Kind::Text),
            Column::optional("company_id", Kind::Uuid),
            Column::required("action", Kind::Text),
            Column::optional("subject_kind", Kind::Text),
            Column::optional("subject", Kind::Text),
            Column::optional("detail", Kind::Json),
        ],
    },
];

/// What a page shows is found without going through all there is: the newest bookings, those in doubt, who is on the line.
const INDEXES: &[(&str, &[&str], bool)] = &[
    ("sessions", &["hash"], true),
    ("sessions", &["user_id"], false),
    ("audit", &["at", "id"], false),
    ("audit", &["company_id", "at"], false),
    ("audit", &["who", "at"], false),
    ("audit", &["action", "company_id", "at"], false),
    ("bookings", &["created_at", "id"], false),
    ("bookings", &["company_id", "created_at"], false),
    // Or those of a call would be looked for by the one above, which also sorts.
    ("bookings", &["company_id", "call_id", "created_at"], false),
    ("bookings", &["state", "company_id", "created_at"], false),
    ("calls", &["phase", "company_id", "started_at"], false),
    ("alerts", &["company_id", "at"], false),
];
