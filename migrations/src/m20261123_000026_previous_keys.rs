//! Keeps every signing key that was replaced until its own time is over, not only the last one.

use sea_orm_migration::prelude::*;

use crate::table::{Column, Kind, Table, create, drop_all, index};

#[derive(DeriveMigrationName, Debug)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in AFTER {
            create(manager, table).await?;
        }
        index(manager, "previous_keys", &["company_id"], false).await?;
        let copy = "INSERT INTO previous_keys (id, company_id, sealed, \"until\") \
                    SELECT company_id, company_id, sealed, \"until\" FROM replaced_keys";
        manager.get_connection().execute_unprepared(copy).await?;
        drop_all(manager, BEFORE).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in BEFORE {
            create(manager, table).await?;
        }
        // There is room for one of each company: the one that counts for longest.
        let copy = "INSERT INTO replaced_keys (company_id, sealed, \"until\") \
                    SELECT company_id, sealed, \"until\" FROM previous_keys AS kept WHERE NOT EXISTS (\
                    SELECT 1 FROM previous_keys AS other WHERE other.company_id = kept.company_id \
                    AND (other.\"until\" > kept.\"until\" OR (other.\"until\" = kept.\"until\" AND other.id > kept.id)))";
        manager.get_connection().execute_unprepared(copy).await?;
        drop_all(manager, AFTER).await
    }
}

const BEFORE: &[Table] = &[Table {
    name: "replaced_keys",
    columns: &[
        Column::key("company_id", Kind::Uuid).references("companies"),
        Column::required("sealed", Kind::Text),
        Column::required("until", Kind::Big),
    ],
}];

const AFTER: &[Table] = &[Table {
    name: "previous_keys",
    columns: &[
        Column::key("id", Kind::Uuid),
        Column::required("company_id", Kind::Uuid).references("companies"),
        Column::required("sealed", Kind::Text),
        Column::required("until", Kind::Big),
    ],
}];
