//! A slot kept for a caller: one row per calendar, five-minute quantum and lane.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "holds")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub calendar_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub quantum: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub lane: i32,
    pub company_id: Uuid,
    pub call_id: Uuid,
    pub appointment: i32,
    pub expires_at: Option<Ms>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
