//! What of a kind went with its time in a company, when it was last looked at.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "retentions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// How long it was kept then.
    pub days: i32,
    pub ran_at: Ms,
    /// Rows that went then.
    pub gone: i64,
    /// Rows that ever went.
    pub gone_ever: i64,
    /// The oldest that was left.
    pub oldest_at: Option<Ms>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
