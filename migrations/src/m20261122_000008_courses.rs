//! Adds to bookings what is due and what their machine remembers beside the state; what is open becomes due.

use sea_orm_migration::prelude::*;

use crate::table::index;

#[derive(DeriveMigrationName, Debug)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [ColumnDef::new("due_at").big_integer().take(), ColumnDef::new("course").json().take()]
        {
            manager.alter_table(Table::alter().table("bookings").add_column(column).to_owned()).await?;
        }
        let due = Query::update()
            .table("bookings")
            .value("due_at", Func::coalesce([Expr::col("not_before"), Expr::col("state_since")]))
            .and_where(Expr::col("state").is_in(["waiting", "sent", "unsure"]))
            .to_owned();
        manager.execute(due).await?;
        for (columns, name) in INDEXES {
            debug_assert_eq!(*name, columns.join("_"));
            index(manager, "bookings", columns, false).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (_, name) in INDEXES {
            let name = format!("bookings_by_{name}");
            manager.drop_index(Index::drop().name(name).table("bookings").to_owned()).await?;
        }
        for column in ["due_at", "course"] {
            manager.alter_table(Table::alter().table("bookings").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}

const INDEXES: &[(&[&str], &str)] =
    &[(&["due_at"], "due_at"), (&["company_id", "calcom_uid"], "company_id_calcom_uid")];
