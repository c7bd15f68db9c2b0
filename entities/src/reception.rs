//! What a company has set about its agents, for all its branches or for one.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "receptions")]
pub struct Model {
    /// The branch's id, or the company's where the settings are for all its branches.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub company_id: Uuid,
    pub branch_id: Option<Uuid>,
    pub settings: Json,
    pub version: i32,
    pub changed_at: Ms,
    pub changed_by: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
