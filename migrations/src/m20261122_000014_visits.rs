//! Adds an index by which the appointments of one customer are found, the latest first.

use sea_orm_migration::prelude::*;

use crate::table::index;

#[derive(DeriveMigrationName, Debug)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index(manager, "bookings", &["customer_id", "starts_at"], false).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let name = "bookings_by_customer_id_starts_at";
        manager.drop_index(Index::drop().name(name).table("bookings").to_owned()).await
    }
}
