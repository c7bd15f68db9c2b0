//! Creates channels and the outbox; says of every alert whether somebody was told, and of bookings whether their customer
//! may be written to.

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
        manager
            .alter_table(alter("alerts").add_column(ColumnDef::new("told_at").big_integer()).to_owned())
            .await?;
        manager
            .alter_table(alter("bookings").add_column(ColumnDef::new("may_notify").boolean()).to_owned())
            .await?;
        // Nobody wants to hear now of what went wrong before there was anybody to tell.
        let told = Query::update().table("alerts").value("told_at", Expr::col("at")).to_owned();
        manager.execute(told).await?;
        for (table, columns, unique) in INDEXES {
            index(manager, table, columns, *unique).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let name = "alerts_by_told_at_company_id_kind";
        manager.drop_index(Index::drop().name(name).table("alerts").to_owned()).await?;
        manager.alter_table(alter("bookings").drop_column("may_notify").to_owned()).await?;
        manager.alter_table(alter("alerts").drop_column("told_at").to_owned()).await?;
        drop_all(manager, TABLES).await
    }
}

fn alter(table: &'static str) -> TableAlterStatement {
    sea_orm_migration::prelude::Table::alter().table(table).to_owned()
}

const TABLES: &[Table] = &[
    Table {
        name: "channels",
        columns: &[
            Column::key("id", Kind::Uuid),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::required("name", Kind::Text),
            Column::required("kind", Kind::Text),
            Column::required("address", Kind::Text),
            Column::optional("secret", Kind::Text),
            Column::optional("secret_from", Kind::Text),
            Column::required("kinds", Kind::Json),
            Column::required("position", Kind::Int),
            Column::optional("gone_at", Kind::Big),
        ],
    },
    Table {
        name: "outbox",
        columns: &[
            Column::key("id", Kind::Uuid),
            Column::required("company_id", Kind::Uuid).references("companies"),
            Column::optional("channel_id", Kind::Uuid),
            Column::required("kind", Kind::Text),
            Column::optional("subject", Kind::Text),
            Column::required("about", Kind::Json),
            Column::required("state", Kind::Text),
            Column::required("due_at", Kind::Big),
            Column::required("attempts", Kind::Int),
            Column::optional("error", Kind::Text),
            Column::required("created_at", Kind::Big),
            Column::optional("ended_at", Kind::Big),
        ],
    },
    Table {
        name: "alert_rounds",
        columns: &[
            Column::key("company_id", Kind::Uuid).references("companies"),
            Column::key("kind", Kind::Text),
            Column::required("at", Kind::Big),
        ],
    },
];

const INDEXES: &[(&str, &[&str], bool)] = &[
    ("channels", &["company_id", "name"], true),
    ("outbox", &["state", "due_at"], false),
    ("outbox", &["company_id", "created_at"], false),
    ("outbox", &["subject"], false),
    ("alerts", &["told_at", "company_id", "kind"], false),
];
