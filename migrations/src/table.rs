//! A table as data, so that a migration reads like the table it makes, on SQLite and PostgreSQL alike.

use sea_orm_migration::prelude::*;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Uuid,
    Text,
    Json,
    Big,
    Int,
    Bool,
    Blob,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    name: &'static str,
    kind: Kind,
    null: bool,
    key: bool,
    references: Option<&'static str>,
}

impl Column {
    pub(crate) const fn key(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, null: false, key: true, references: None }
    }

    pub(crate) const fn required(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, null: false, key: false, references: None }
    }

    pub(crate) const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, null: true, key: false, references: None }
    }

    /// The column holds the `id` of a row in that table.
    pub(crate) const fn references(self, table: &'static str) -> Self {
        Self { references: Some(table), ..self }
    }

    fn definition(&self) -> ColumnDef {
        let mut column = ColumnDef::new(Alias::new(self.name));
        match self.kind {
            Kind::Uuid => column.uuid(),
            Kind::Text => column.text(),
            Kind::Json => column.json_binary(),
            Kind::Big => column.big_integer(),
            Kind::Int => column.integer(),
            Kind::Bool => column.boolean(),
            Kind::Blob => column.blob(),
        };
        if !self.null {
            column.not_null();
        }
        column
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [Column],
}

pub(crate) async fn create(manager: &SchemaManager<'_>, table: &Table) -> Result<(), DbErr> {
    let mut statement = sea_orm_migration::prelude::Table::create();
    statement.table(Alias::new(table.name));
    let mut key = Index::create();
    for column in table.columns {
        statement.col(column.definition());
        if column.key {
            key.col(Alias::new(column.name));
        }
        if let Some(other) = column.references {
            statement.foreign_key(
                ForeignKey::create()
                    .from(Alias::new(table.name), Alias::new(column.name))
                    .to(Alias::new(other), Alias::new("id")),
            );
        }
    }
    statement.primary_key(&mut key);
    manager.create_table(statement).await
}

pub(crate) async fn index(
    manager: &SchemaManager<'_>,
    table: &str,
    columns: &[&str],
    unique: bool,
) -> Result<(), DbErr> {
    let mut statement = Index::create();
    statement.name(format!("{table}_by_{}", columns.join("_"))).table(Alias::new(table));
    for column in columns {
        statement.col(Alias::new(*column));
    }
    if unique {
        statement.unique();
    }
    manager.create_index(statement).await
}

/// Drops the tables, the last made first, so that no reference is left dangling.
pub(crate) async fn drop_all(manager: &SchemaManager<'_>, tables: &[Table]) -> Result<(), DbErr> {
    for table in tables.iter().rev() {
        manager
            .drop_table(sea_orm_migration::prelude::Table::drop().table(Alias::new(table.name)).to_owned())
            .await?;
    }
    Ok(())
}
