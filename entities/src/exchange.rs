//! A request to Cal.com and what came of it, without names, addresses or uids.

use sea_orm::entity::prelude::*;

use crate::Ms;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "exchanges")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub company_id: Uuid,
    pub call_id: Option<Uuid>,
    pub booking_id: Option<Uuid>,
    pub at: Ms,
    pub kind: String,
    pub method: String,
    pub path: String,
    pub asked: String,
    pub status: Option<i32>,
    pub outcome: String,
    pub duration_ms: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
