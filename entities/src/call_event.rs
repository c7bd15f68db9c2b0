//! One event of a call's journal; personal words stand in `call_particulars`.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "call_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub call_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    pub company_id: Uuid,
    pub kind: String,
    pub payload: Json,
    pub at: Ms,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
